package wecomtest_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// object is a JSON object to send.
type object map[string]any

// send posts an object.
func (c *caller) send(op string, fields object) reply {
	c.t.Helper()
	return c.post(op, string(toJSON(c.t, fields)))
}

func toJSON(t *testing.T, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	require.NoError(t, err)
	return data
}

// ok posts an object and fails unless the errcode is 0.
func (c *caller) ok(op string, fields object) reply {
	c.t.Helper()
	r := c.send(op, fields)
	require.Zero(c.t, r.code(), r.Body)
	return r
}

// at returns what stands at a path such as "follow_user.0.userid", or nil.
func (r reply) at(path string) any {
	var v any = r.JSON
	for key := range strings.SplitSeq(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			v = at[key]
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i >= len(at) {
				return nil
			}
			v = at[i]
		default:
			return nil
		}
	}
	return v
}

// text is at for a string.
func (r reply) text(path string) string {
	s, _ := r.at(path).(string)
	return s
}

// list is at for the same field of every element: list("customer", "status").
func (r reply) list(path, field string) []any {
	rows, _ := r.at(path).([]any)
	out := []any{}
	for _, row := range rows {
		if field == "" {
			out = append(out, row)
		} else if m, ok := row.(map[string]any); ok {
			out = append(out, m[field])
		}
	}
	return out
}

// listening is a server whose first app hears of what people do.
func listening(t *testing.T) *wecomtest.Server {
	t.Helper()
	srv := wecomtest.New(t)
	srv.Callback(newReceiver(t, srv))
	return srv
}

// heard is what the app was told, one line an event.
func heard(srv *wecomtest.Server) []string {
	lines := []string{}
	for _, d := range srv.Deliveries() {
		line := strings.TrimPrefix(d.Event.Event, "change_external_") + " " + d.Event.ChangeType
		for _, el := range d.Event.Elements {
			if el.Name == "WelcomeCode" {
				el.Value = "set"
			}
			line += fmt.Sprintf(" %s=%v", el.Name, el.Value)
		}
		lines = append(lines, line)
	}
	return lines
}

// addApp adds an app that may call the customer APIs, and returns its caller.
func addApp(t *testing.T, srv *wecomtest.Server, visible ...string) *caller {
	t.Helper()
	app := srv.AddApp(wecomtest.App{Scopes: []wecomtest.Scope{wecomtest.ScopeContact}, Visible: visible})
	c := &caller{t: t, srv: srv}
	c.token = c.fetchToken(app.Secret)
	return c
}

// seedFollow adds a customer of the members and returns the external_userid.
func seedFollow(srv *wecomtest.Server, name string, userIDs ...string) string {
	cust := wecomtest.Customer{Name: name}
	for _, id := range userIDs {
		cust.FollowUser = append(cust.FollowUser, wecomtest.Follow{UserID: id})
	}
	return srv.Seed().Customer(cust)
}
