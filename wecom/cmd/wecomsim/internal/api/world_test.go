package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

type object = map[string]any

// world is a simulator and its API, without a network.
type world struct {
	t   *testing.T
	srv *wecomtest.Server
	api *api.API
}

func newWorld(t *testing.T, opts ...api.Option) *world {
	t.Helper()
	srv := wecomtest.NewServer()
	t.Cleanup(srv.Close)
	w := &world{t: t, srv: srv, api: api.New(srv, opts...)}
	t.Cleanup(w.api.Close)
	return w
}

// populated is a world with alice, her customer Zoe, a tag and a group chat.
func populated(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.ok("POST", "acts/add-member", object{"userid": "alice", "name": "Alice"})
	w.ok("POST", "acts/add-customer", object{"userid": "alice", "name": "Zoe", "external_userid": "wmZoe", "state": "fair"})
	w.ok("POST", "acts/add-tag-group", object{"group_name": "level", "tags": []string{"VIP"}})
	w.ok("POST", "acts/create-group-chat", object{"owner": "alice", "name": "tea", "userids": []string{"wmZoe"}})
	return w
}

// reply is what the API answered.
type reply struct {
	t      *testing.T
	Status int
	Header http.Header
	Body   string
}

// at returns what stands at a path such as items.0.name.
func (r reply) at(path string) any {
	r.t.Helper()
	var v any
	require.NoError(r.t, json.Unmarshal([]byte(r.Body), &v), r.Body)
	for name := range strings.SplitSeq(path, ".") {
		switch in := v.(type) {
		case object:
			v = in[name]
		case []any:
			i := int(name[0] - '0')
			if i >= len(in) {
				return nil
			}
			v = in[i]
		default:
			return nil
		}
	}
	return v
}

// do sends a request to a path of the API, or to any that begins with /.
func (w *world) do(method, path string, body any) reply {
	w.t.Helper()
	if !strings.HasPrefix(path, "/") {
		path = api.Prefix + path
	}
	var in io.Reader = http.NoBody
	if body != nil {
		data, err := json.Marshal(body)
		require.NoError(w.t, err)
		in = bytes.NewReader(data)
	}
	req := httptest.NewRequest(method, path, in).WithContext(w.t.Context())
	req.Host = "localhost"
	req.Header.Set("Content-Type", "application/json")
	return w.send(req)
}

func (w *world) send(req *http.Request) reply {
	w.t.Helper()
	rec := httptest.NewRecorder()
	w.api.ServeHTTP(rec, req)
	return reply{w.t, rec.Code, rec.Header(), rec.Body.String()}
}

func (w *world) ok(method, path string, body any) reply {
	w.t.Helper()
	r := w.do(method, path, body)
	require.Equal(w.t, http.StatusOK, r.Status, "%s %s: %s", method, path, r.Body)
	return r
}

func (w *world) get(path string) reply {
	w.t.Helper()
	return w.ok("GET", path, nil)
}

// refused is the message of a request that is not done.
func (w *world) refused(status int, method, path string, body any) string {
	w.t.Helper()
	r := w.do(method, path, body)
	require.Equal(w.t, status, r.Status, "%s %s: %s", method, path, r.Body)
	msg, _ := r.at("error").(string)
	require.NotEmpty(w.t, msg)
	return msg
}

// token fetches an access token as a program would.
func (w *world) token() string {
	w.t.Helper()
	cred := w.srv.Credential()
	r := w.do("GET", "/cgi-bin/gettoken?corpid="+cred.CorpID+"&corpsecret="+cred.Secret, nil)
	tok, _ := r.at("access_token").(string)
	require.NotEmpty(w.t, tok, r.Body)
	return tok
}

// acknowledge is an application that passes the check and takes every event.
func (w *world) acknowledge() http.Handler { return acknowledger{w.srv.Keys()} }

type acknowledger struct{ keys wecomtest.Keys }

func (a acknowledger) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if echo := r.URL.Query().Get("echostr"); echo != "" {
		text, err := a.keys.Decrypt(echo)
		if err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		}
		_, _ = io.WriteString(w, text)
	}
}
