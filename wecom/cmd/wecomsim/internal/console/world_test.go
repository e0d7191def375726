package console_test

import (
	"bytes"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/console"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

type object = map[string]any

// hostile is a name that would be a script on a careless page.
const hostile = `<script>alert("x")</script>'"><img src=x onerror=alert(1)>`

// world is a simulator, its API and its console, without a network.
type world struct {
	t   *testing.T
	srv *wecomtest.Server
	api *api.API
}

func newWorld(t *testing.T) *world {
	t.Helper()
	srv := wecomtest.NewServer()
	t.Cleanup(srv.Close)
	w := &world{t, srv, api.New(srv, api.WithBaseURL("http://sim.test"), api.WithConsole(console.New))}
	t.Cleanup(w.api.Close)
	return w
}

// do sends a request and returns what it was answered.
func (w *world) do(method, path string, body any, header ...string) *httptest.ResponseRecorder {
	w.t.Helper()
	var in io.Reader = http.NoBody
	if body != nil {
		data := new(bytes.Buffer)
		enc := json.NewEncoder(data)
		enc.SetEscapeHTML(false) // WeCom takes no \u
		require.NoError(w.t, enc.Encode(body))
		in = data
	}
	req := httptest.NewRequestWithContext(w.t.Context(), method, path, in)
	req.Host = "localhost"
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	w.api.ServeHTTP(rec, req)
	return rec
}

// act lets people do something, and returns what came of it.
func (w *world) act(verb string, args object) object {
	w.t.Helper()
	rec := w.do("POST", "/_sim/acts/"+verb, args)
	require.Equal(w.t, http.StatusOK, rec.Code, "%s: %s", verb, rec.Body)
	var out struct{ Result object }
	require.NoError(w.t, json.Unmarshal(rec.Body.Bytes(), &out))
	return out.Result
}

// call calls the API of WeCom as an application does.
func (w *world) call(op string, body object) {
	w.t.Helper()
	cred := w.srv.Credential()
	tok := w.read(w.do("GET", "/cgi-bin/gettoken?corpid="+cred.CorpID+"&corpsecret="+cred.Secret, nil))["access_token"]
	rec := w.do("POST", "/cgi-bin/"+op+"?access_token="+tok.(string), body)
	require.Equal(w.t, http.StatusOK, rec.Code)
}

func (w *world) read(rec *httptest.ResponseRecorder) object {
	w.t.Helper()
	var out object
	require.NoError(w.t, json.Unmarshal(rec.Body.Bytes(), &out), rec.Body)
	return out
}

// show fetches a page that must be there.
func (w *world) show(path string, header ...string) string {
	w.t.Helper()
	rec := w.do("GET", path, nil, header...)
	require.Equal(w.t, http.StatusOK, rec.Code, "%s: %s", path, rec.Body)
	assert.Equal(w.t, "text/html; charset=utf-8", rec.Header().Get("Content-Type"))
	page := rec.Body.String()
	for _, bad := range []string{"ZgotmplZ", "<no value>", "%!", "<script>alert", "<img src=x"} {
		if strings.Contains(page, bad) { // a whole page is too long a message
			assert.Fail(w.t, "careless", "%s has %s", path, bad)
		}
	}
	return page
}

// text is what a reader sees of a page, roughly.
func text(page string) string {
	page = regexp.MustCompile(`(?s)<[^>]*>`).ReplaceAllString(page, " ")
	return html.UnescapeString(strings.Join(strings.Fields(page), " "))
}

// links are the addresses in attributes of a page.
func links(page string) []string {
	var list []string
	for _, m := range regexp.MustCompile(` (?:href|src|formaction)="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		list = append(list, html.UnescapeString(m[1]))
	}
	return list
}

// zoe is the customer of the full world.
const zoe = "wmZoe"

// full is a world with everything that a page shows, under names that would
// break a careless one.
func full(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.act("add-member", object{"userid": "alice", "name": hostile})
	w.act("add-member", object{"userid": "bob", "name": "Bob"})
	w.act("add-customer", object{"userid": "alice", "name": hostile, "external_userid": zoe, "state": hostile})
	w.act("add-customer", object{"userid": "alice", "name": "Yan", "external_userid": "woYan", "type": 2, "corp_name": hostile})
	group := w.act("add-tag-group", object{"group_name": hostile, "tags": []string{hostile, "VIP"}})["tag_group"].(object)
	tag := group["tag"].([]any)[1].(object)["id"]
	w.act("edit-customer", object{"userid": "alice", "external_userid": zoe, "remark": hostile, "description": hostile, "tag_id": []any{tag}})
	w.act("write-to-member", object{"userid": "alice", "external_userid": zoe, "text": hostile})
	media := w.srv.Seed().Media(wecomtest.Media{Type: "image", FileName: hostile + ".png", Data: []byte("\x89PNG\r\n\x1a\n" + hostile)})
	file := w.srv.Seed().Media(wecomtest.Media{Type: "file", FileName: hostile, Data: []byte(hostile)})
	attachments := []object{
		{"msgtype": "image", "media_id": media},
		{"msgtype": "image", "media_id": "expired"},
		{"msgtype": "file", "media_id": file},
		{"msgtype": "link", "title": hostile, "desc": hostile, "url": "javascript:alert(1)"},
		{"msgtype": "miniprogram", "title": hostile, "appid": hostile, "page": hostile, "media_id": media},
	}
	w.act("send-mass", object{"userid": "alice", "to": []string{zoe}, "text": hostile, "attachments": attachments})
	w.call("externalcontact/add_msg_template", object{"external_userid": []string{zoe}, "sender": "alice", "allow_select": true, "text": object{"content": hostile}})
	chat := w.act("create-group-chat", object{"owner": "alice", "name": hostile, "userids": []string{zoe, "bob"}, "notice": hostile})["chat_id"]
	w.act("chat-in-group", object{"chat_id": chat, "userid": zoe, "text": hostile})
	moment := w.act("post-moment", object{"userid": "alice", "text": hostile, "attachments": attachments})["moment_id"]
	w.act("like-moment", object{"moment_id": moment, "publisher": "alice", "who": zoe})
	w.act("comment-moment", object{"moment_id": moment, "publisher": "alice", "who": "alice"})
	w.call("externalcontact/add_moment_task", object{"text": object{"content": hostile}})
	w.call("externalcontact/add_contact_way", object{"type": 1, "scene": 2, "user": []string{"alice"}, "remark": "<i>"})
	w.call("externalcontact/groupchat/add_join_way", object{"scene": 2, "chat_id_list": []any{chat}, "remark": "<i>"})
	w.call("externalcontact/customer_acquisition/create_link", object{"link_name": "<i>", "range": object{"user_list": []string{"alice"}}})
	w.call("message/send", object{"touser": "alice", "msgtype": "text", "agentid": w.srv.App().AgentID, "text": object{"content": hostile}})
	w.call("message/send", object{"touser": "alice", "msgtype": "textcard", "agentid": w.srv.App().AgentID, "textcard": object{"title": "<i>", "description": "<i>", "url": "https://e.test"}})
	w.call("externalcontact/remark", object{"userid": "alice", "external_userid": hostile})
	w.act("add-robot", object{"key": "robot-1", "name": hostile})
	w.do("POST", "/cgi-bin/webhook/send?key=robot-1", object{"msgtype": "text", "text": object{"content": hostile}})
	w.call("appchat/create", object{"name": "<i>", "owner": "alice", "userlist": []string{"alice", "bob"}, "chatid": "staff"})
	w.call("appchat/send", object{"chatid": "staff", "msgtype": "text", "text": object{"content": hostile}})
	w.act("add-aibot", object{"name": hostile})
	w.act("add-suite", object{"name": hostile})
	w.srv.Callback(application{w.srv.Keys()})
	w.act("delete-member", object{"userid": "alice", "external_userid": "woYan"})
	w.srv.WaitDeliveries(1)
	w.post("/_sim/faults", object{"op": "externalcontact/get", "code": 45009, "where": object{"userid": hostile}, "times": 2})
	w.post("/_sim/chaos", object{"profile": "token-storm", "seed": 7})
	w.do("DELETE", "/_sim/chaos/1", nil)
	w.post("/_sim/mishaps", object{"of": []string{"text"}, "delay": "1s"})
	w.post("/_sim/limits", object{"op": "externalcontact/get_follow_user_list", "max": 100, "per": "1h"})
	w.do("GET", "/cgi-bin/externalcontact/get_follow_user_list?access_token=none", nil)
	return w
}

// post does what the API must do.
func (w *world) post(path string, body any) {
	w.t.Helper()
	rec := w.do("POST", path, body)
	require.Equal(w.t, http.StatusOK, rec.Code, rec.Body)
}

// application passes the check of its URL, and answers events with hostility.
type application struct{ keys wecomtest.Keys }

func (a application) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	echo := r.URL.Query().Get("echostr")
	if echo == "" {
		_, _ = io.WriteString(rw, hostile)
		return
	}
	text, err := a.keys.Decrypt(echo)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusForbidden)
		return
	}
	_, _ = io.WriteString(rw, text)
}
