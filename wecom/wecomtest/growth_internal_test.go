package wecomtest

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// creates are the operations that leave something behind each time, as they are
// there to do, and what it is.
func creates() map[string]string {
	return map[string]string{
		"/cgi-bin/externalcontact/add_contact_way":        "a contact way",
		"/cgi-bin/externalcontact/add_moment_task":        "a moment",
		"/cgi-bin/externalcontact/add_msg_template":       "a mass send",
		"/cgi-bin/externalcontact/groupchat/add_join_way": "a join way",
		"/cgi-bin/linkedcorp/message/send":                "a message",
		"/cgi-bin/media/upload":                           "a file, of which 16 MiB stay when they have expired",
		"/cgi-bin/media/upload_attachment":                "the same",
		"/cgi-bin/media/uploadimg":                        "an image, which does not expire",
		"/cgi-bin/message/send":                           "a message",
	}
}

// bodies are requests where made-up values do not do.
func (g *grower) bodies() map[string]map[string]any {
	userID, customer := g.names["userid"], g.names["external_userid"]
	text := map[string]any{"content": "hello"}
	return map[string]map[string]any{
		"/cgi-bin/externalcontact/mark_tag":         {"userid": userID, "external_userid": customer, "add_tag": []any{g.names["tag_id"]}},
		"/cgi-bin/externalcontact/add_msg_template": {"sender": userID, "external_userid": []any{customer}, "text": text},
		"/cgi-bin/externalcontact/add_moment_task":  {"text": text},
		"/cgi-bin/externalcontact/add_contact_way":  {"type": 1, "scene": 2, "user": []any{userID}},
	}
}

// TestReadsLeaveNothing calls every operation again and again. When what it gave
// out has ended, the server must hold no more than before, unless the operation
// is there to create something.
func TestReadsLeaveNothing(t *testing.T) {
	t.Parallel()
	const most = 20
	var answered []string
	for _, e := range spec.all() {
		g := newGrower(t)
		if g.srv.handlers[e.Path] == nil || g.call(e) != 0 {
			g.close()
			continue
		}
		answered = append(answered, strings.TrimPrefix(e.Path, "/cgi-bin/"))
		sizes := [2]int{}
		for i := range sizes {
			for range most {
				g.call(e)
			}
			g.srv.Clock().Advance(30 * oneDay)
			g.token = "" // it has expired
			g.call(e)
			sizes[i] = g.size()
		}
		_, creates := creates()[e.Path]
		assert.Equal(t, creates, sizes[1] > sizes[0], "%s: %d, then %d things in memory", e.Path, sizes[0], sizes[1])
		g.close()
	}
	assert.Greater(t, len(answered), 50, "operations that were carried out")
	assert.Subset(t, answered, []string{
		"gettoken", "externalcontact/get", "externalcontact/list", "externalcontact/batch/get_by_user", "externalcontact/remark",
		"externalcontact/mark_tag", "externalcontact/contact_list", "externalcontact/add_msg_template", "externalcontact/get_corp_tag_list",
		"externalcontact/get_groupmsg_list_v2", "externalcontact/groupchat/list", "externalcontact/groupchat/get",
		"externalcontact/get_user_behavior_data", "externalcontact/transfer_customer", "get_jsapi_ticket",
		"message/send", "media/upload",
	})
}

// A grower has a corp with one of everything.
type grower struct {
	t     *testing.T
	srv   *Server
	token string
	names map[string]any // what the fields of requests are filled with
	paths map[string]any
}

func newGrower(t *testing.T) *grower {
	t.Helper()
	g := &grower{t: t, srv: NewServer(WithCallLog(1), WithDeliveryLog(1))}
	s := g.srv
	s.AddMember(Member{UserID: "alice", Name: "Alice"})
	s.AddMember(Member{UserID: "bob", Name: "Bob"})
	zoe := s.AddCustomer("alice", Customer{Name: "Zoe"})
	chat := s.Act().CreateGroupChat(GroupChat{Owner: "alice", Name: "tea", MemberList: []GroupMember{{UserID: zoe}}})
	tags := s.Act().AddTagGroup(TagGroup{GroupName: "level", Tag: []Tag{{Name: "VIP"}}})
	group, tag := tags.GroupID, tags.Tag[0].ID
	now := s.clock.Now()
	g.names = map[string]any{
		"userid": "alice", "external_userid": zoe, "chat_id": chat, "agentid": s.App().AgentID, "touser": "alice",
		"sender": "alice", "owner": "alice", "tag_id": tag, "group_id": group,
		"cursor": nil, "attachments": nil, "remark_pic_mediaid": nil, "remove_tag": nil, "strategy_id": nil, "conclusions": nil,
		"start_time": now.Add(-oneDay).Unix(), "end_time": now.Unix(), "day_begin_time": midnight(now).Unix(), "day_end_time": midnight(now).Unix(),
		"handover_userid": "alice", "takeover_userid": "bob", "new_owner": "bob",
	}
	g.paths = map[string]any{
		"external_userid[]": zoe, "userid[]": "alice", "chat_id_list[]": chat, "user_list[]": "alice", "userid_list[]": "alice", "user[]": "alice",
		"external_userid_list[]": zoe, "add_tag[]": tag,
	}
	return g
}

func (g *grower) close() { g.srv.Close() }

// call calls an operation and returns the errcode.
func (g *grower) call(e *endpoint) int {
	g.t.Helper()
	if g.token == "" && e.Path != "/cgi-bin/gettoken" {
		cred := g.srv.Credential()
		reply := g.send(http.MethodGet, "/cgi-bin/gettoken?corpid="+cred.CorpID+"&corpsecret="+cred.Secret, "", nil)
		g.token, _ = reply["access_token"].(string)
	}
	query := url.Values{}
	if e.Token == "access_token" {
		query.Set("access_token", g.token)
	}
	if e.Path == "/cgi-bin/gettoken" {
		cred := g.srv.Credential()
		query = url.Values{"corpid": {cred.CorpID}, "corpsecret": {cred.Secret}}
	} else if e.Method == http.MethodGet || len(e.Multipart) > 0 {
		for i := range e.Query {
			var v any
			if json.Unmarshal([]byte(e.Query[i].example()), &v) == nil {
				if v = g.fill(e.Query[i].Name, v); v != nil {
					query.Set(e.Query[i].Name, g.text(v))
				}
			}
		}
	}
	body, contentType := []byte(nil), ""
	switch {
	case len(e.Multipart) > 0:
		var b bytes.Buffer
		form := multipart.NewWriter(&b)
		part, err := form.CreateFormFile("media", "a.png")
		require.NoError(g.t, err)
		_, _ = part.Write([]byte("\x89PNG\r\n\x1a\n1234567890"))
		require.NoError(g.t, form.Close())
		body, contentType = b.Bytes(), form.FormDataContentType()
	case e.Method == http.MethodPost:
		var v any
		if own := g.bodies()[e.Path]; own != nil {
			body = g.json(own)
		} else if len(e.Request) > 0 && json.Unmarshal([]byte(exampleObject(e.Request)), &v) == nil {
			body = g.json(g.fill("", v))
		} else {
			body = []byte("{}")
		}
		contentType = "application/json"
	}
	reply := g.send(e.Method, e.Path+"?"+query.Encode(), contentType, body)
	code, ok := reply["errcode"].(float64)
	if !ok {
		return -1
	}
	return int(code)
}

func (g *grower) json(v any) []byte {
	g.t.Helper()
	data, err := json.Marshal(v)
	require.NoError(g.t, err)
	return data
}

func (g *grower) text(v any) string {
	g.t.Helper()
	if s, ok := v.(string); ok {
		return s
	}
	return string(g.json(v))
}

// fill puts the corp's ids in place of made-up ones.
func (g *grower) fill(name string, v any) any {
	switch in := v.(type) {
	case map[string]any:
		for field, value := range in {
			if in[field] = g.fill(field, value); in[field] == nil {
				delete(in, field)
			}
		}
		return in
	case []any:
		if id, ok := g.paths[name+"[]"]; ok && len(in) > 0 {
			if _, text := in[0].(string); text {
				return []any{id}
			}
		}
		for i := range in {
			in[i] = g.fill(name, in[i])
		}
		return in
	default:
		if id, ok := g.names[name]; ok {
			return id
		}
		return v
	}
}

func (g *grower) send(method, target, contentType string, body []byte) map[string]any {
	g.t.Helper()
	req := httptest.NewRequest(method, target, bytes.NewReader(body))
	if body == nil {
		req.Body, req.ContentLength = http.NoBody, 0
	}
	req.Header.Set("Content-Type", contentType)
	rec := httptest.NewRecorder()
	g.srv.Handler().ServeHTTP(rec, req)
	var reply map[string]any
	data, err := io.ReadAll(rec.Body)
	require.NoError(g.t, err)
	if json.Unmarshal(data, &reply) != nil {
		return nil
	}
	return reply
}

// size is how many things the server holds.
func (g *grower) size() int {
	g.srv.mu.Lock()
	defer g.srv.mu.Unlock()
	g.srv.clock.mu.Lock()
	defer g.srv.clock.mu.Unlock()
	seen := make(map[any]bool)
	n := 0
	w := reflect.ValueOf(g.srv.world).Elem()
	for i := range w.NumField() {
		switch w.Type().Field(i).Name {
		case "t", "mem", "http", "client", "done", "cancel", "owned", "news", "handlers", "tcp":
		default:
			n += things(w.Field(i), seen)
		}
	}
	return n
}

// things counts what is in lists and tables, wherever they are.
func things(v reflect.Value, seen map[any]bool) int {
	n := 0
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() || seen[v.Pointer()] || strings.HasPrefix(v.Type().String(), "*time.") || strings.HasPrefix(v.Type().String(), "*http.") {
			return 0
		}
		seen[v.Pointer()] = true
		return things(v.Elem(), seen)
	case reflect.Interface:
		return things(v.Elem(), seen)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return 0
		}
		for _, field := range v.Fields() {
			n += things(field, seen)
		}
	case reflect.Map:
		n = v.Len()
		for it := v.MapRange(); it.Next(); {
			n += things(it.Value(), seen)
		}
	case reflect.Slice:
		n = v.Len()
		if v.Type().Elem().Kind() != reflect.Uint8 {
			for i := range v.Len() {
				n += things(v.Index(i), seen)
			}
		}
	default:
	}
	return n
}

// TestRestoreLeavesNoAlarms: a server that goes back again and again waits for
// what is due, once, and not for all that ever was.
func TestRestoreLeavesNoAlarms(t *testing.T) {
	t.Parallel()
	srv := New(t)
	srv.Clock().Freeze(time.Unix(1800000000, 0))
	srv.mu.Lock()
	srv.later(time.Hour, quotaEnd{})
	srv.mu.Unlock()
	data, err := srv.Snapshot()
	require.NoError(t, err)

	for range 3 {
		require.NoError(t, srv.Restore(data))
	}

	assert.Len(t, srv.agenda, 1)
	assert.Len(t, srv.alarms, 1)
	assert.Len(t, srv.clock.waiters, 1)
	require.True(t, srv.cancelLater(srv.agenda[0]))
	assert.Empty(t, srv.alarms)
	assert.Empty(t, srv.clock.waiters)
}
