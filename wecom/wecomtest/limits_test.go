package wecomtest_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// TestLimits takes each documented limit to its last value and one step over
// it. Where a page counts characters 汉 is one, where it counts bytes, three.
func TestLimits(t *testing.T) {
	t.Parallel()
	chars := func(n int) any { return strings.Repeat("汉", n) }
	bytes := func(n int) any { return strings.Repeat("汉", n/3) + strings.Repeat("x", n%3) }
	ids := func(n int) any { return strings.Split(strings.Repeat("id,", n-1)+"id", ",") }
	number := func(n int) any { return n }
	type fields = map[string]any
	link := func(name string, val any) any {
		link := fields{"title": "t", "url": "https://example.com"}
		link[name] = val
		return []any{fields{"msgtype": "link", "link": link}}
	}
	for _, tt := range []struct {
		name, op string
		base     fields
		set      func(body fields, n int)
		max      int
		code     int
	}{
		{name: "remark.remark", op: "remark", max: 20, set: func(b fields, n int) { b["remark"] = chars(n) }},
		{name: "remark.description", op: "remark", max: 150, set: func(b fields, n int) { b["description"] = chars(n) }},
		{name: "remark.remark_company", op: "remark", max: 20, set: func(b fields, n int) { b["remark_company"] = chars(n) }},
		{name: "add_contact_way.remark", op: "add_contact_way", max: 30, set: func(b fields, n int) { b["remark"] = chars(n) }},
		{name: "add_contact_way.state", op: "add_contact_way", max: 30, set: func(b fields, n int) { b["state"] = chars(n) }},
		{name: "add_contact_way.type", op: "add_contact_way", max: 2, code: 41039, set: func(b fields, n int) { b["type"] = number(n) }},
		{name: "add_contact_way.scene", op: "add_contact_way", max: 2, code: 41040, set: func(b fields, n int) { b["scene"] = number(n) }},
		{name: "add_contact_way.style", op: "add_contact_way", max: 3, code: 41042, set: func(b fields, n int) { b["style"] = number(n) }},
		{name: "add_contact_way.conclusions.text", op: "add_contact_way", max: 4000, set: func(b fields, n int) {
			b["conclusions"] = fields{"text": fields{"content": bytes(n)}}
		}},
		{name: "add_corp_tag.group_name", op: "add_corp_tag", max: 30, code: 40072, set: func(b fields, n int) { b["group_name"] = chars(n) }},
		{name: "add_corp_tag.tag.name", op: "add_corp_tag", max: 30, code: 40072, set: func(b fields, n int) {
			b["tag"] = []any{fields{"name": "x"}, fields{"name": chars(n)}}
		}},
		{name: "add_corp_tag.order", op: "add_corp_tag", max: 1<<32 - 1, set: func(b fields, n int) { b["order"] = number(n) }},
		{name: "transfer_customer.external_userid", op: "transfer_customer", max: 100, set: func(b fields, n int) { b["external_userid"] = ids(n) }},
		{name: "transfer_customer.transfer_success_msg", op: "transfer_customer", max: 200, set: func(b fields, n int) {
			b["transfer_success_msg"] = chars(n)
		}},
		{name: "batch/get_by_user.userid_list", op: "batch/get_by_user", max: 100, set: func(b fields, n int) { b["userid_list"] = ids(n) }},
		{name: "batch/get_by_user.userid_list[1]", op: "batch/get_by_user", max: 64, set: func(b fields, n int) {
			b["userid_list"] = []any{"alice", bytes(n)}
		}},
		{name: "groupchat/list.limit", op: "groupchat/list", max: 1000, set: func(b fields, n int) { b["limit"] = number(n) }},
		{name: "groupchat/list.userid_list", op: "groupchat/list", max: 100, set: func(b fields, n int) {
			b["owner_filter"] = fields{"userid_list": ids(n)}
		}},
		{name: "add_msg_template.text", op: "add_msg_template", max: 4000, set: func(b fields, n int) { b["text"] = fields{"content": bytes(n)} }},
		{name: "add_msg_template.external_userid", op: "add_msg_template", max: 10000, set: func(b fields, n int) { b["external_userid"] = ids(n) }},
		{name: "add_msg_template.chat_id_list", op: "add_msg_template", max: 2000, set: func(b fields, n int) { b["chat_id_list"] = ids(n) }},
		{name: "add_msg_template.tag_list", op: "add_msg_template", max: 100, set: func(b fields, n int) {
			b["tag_filter"] = fields{"group_list": []any{fields{"tag_list": ids(n)}}}
		}},
		{name: "add_msg_template.attachments", op: "add_msg_template", max: 9, code: 41064, set: func(b fields, n int) {
			b["attachments"] = make([]any, 0, n)
			for range n {
				b["attachments"] = append(b["attachments"].([]any), fields{"msgtype": "image", "image": fields{"pic_url": "https://example.com"}})
			}
		}},
		{name: "add_msg_template.link.title", op: "add_msg_template", max: 128, set: func(b fields, n int) { b["attachments"] = link("title", bytes(n)) }},
		{name: "add_msg_template.link.desc", op: "add_msg_template", max: 512, set: func(b fields, n int) { b["attachments"] = link("desc", bytes(n)) }},
		{name: "add_msg_template.link.url", op: "add_msg_template", max: 2048, set: func(b fields, n int) { b["attachments"] = link("url", bytes(n)) }},
		{name: "add_msg_template.link.picurl", op: "add_msg_template", max: 2048, set: func(b fields, n int) { b["attachments"] = link("picurl", bytes(n)) }},
		{name: "send_welcome_msg.text", op: "send_welcome_msg", max: 4000, set: func(b fields, n int) { b["text"] = fields{"content": bytes(n)} }},
		{name: "send_welcome_msg.link.title", op: "send_welcome_msg", max: 128, set: func(b fields, n int) { b["attachments"] = link("title", bytes(n)) }},
		{name: "get_groupmsg_list_v2.filter_type", op: "get_groupmsg_list_v2", max: 2, set: func(b fields, n int) { b["filter_type"] = number(n) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv := wecomtest.New(t)
			op := "externalcontact/" + tt.op
			srv.Fault(op).Code(-1) // comes after the fields
			c := newCaller(t, srv)
			send := func(n int) int {
				body := requiredFields(tt.op)
				tt.set(body, n)
				return c.send(op, body).code()
			}

			assert.Equal(t, -1, send(tt.max))
			if tt.code == 0 {
				tt.code = 40058
			}
			assert.Equal(t, tt.code, send(tt.max+1))
		})
	}
}

// requiredFields is a request of externalcontact with as little as it needs.
func requiredFields(op string) object {
	return map[string]object{
		"remark":               {"userid": "a", "external_userid": "b"},
		"add_contact_way":      {"type": 1, "scene": 2},
		"add_corp_tag":         {"tag": []any{object{"name": "x"}}},
		"transfer_customer":    {"handover_userid": "a", "takeover_userid": "b", "external_userid": []string{"c"}},
		"batch/get_by_user":    {"userid_list": []string{"a"}},
		"groupchat/list":       {"limit": 1},
		"add_msg_template":     {},
		"send_welcome_msg":     {"welcome_code": "CODE"},
		"get_groupmsg_list_v2": {"chat_type": "single", "start_time": 1, "end_time": 2},
	}[op]
}

// TestWhatPagesAllow sends what the official pages call optional, ignored or
// harmless. Refusing any of it would be a false alarm.
func TestWhatPagesAllow(t *testing.T) {
	t.Parallel()
	const (
		link = `{"msgtype":"link","link":{"title":"t","url":"https://example.com"}}`
		more = `{"msgtype":"link","link":{"title":"t","picurl":"","desc":"","url":"https://example.com"}}`
	)
	for _, tt := range []struct{ name, op, body string }{
		{"remark alone", "remark", `{"userid":"alice","external_userid":"ZOE","remark":"VIP"}`},
		{"remark clears the mobiles", "remark", `{"userid":"alice","external_userid":"ZOE","remark_mobiles":[""]}`},
		{"all tags, without a body", "get_corp_tag_list", ``},
		{"all tags", "get_corp_tag_list", `{"tag_id":[],"group_id":[]}`},
		{"group_id beats tag_id", "get_corp_tag_list", `{"tag_id":["etNONE"],"group_id":["GROUP"]}`},
		{"group_id beats group_name and order", "add_corp_tag", `{"group_id":"GROUP","group_name":"ignored","order":7,"tag":[{"name":"new"}]}`},
		{"one tag for a name", "add_corp_tag", `{"group_name":"level","tag":[{"name":"a"},{"name":"a","order":4294967295}]}`},
		{"agentid of an old suite", "add_corp_tag", `{"group_name":"level","tag":[{"name":"a"}],"agentid":1000014}`},
		{"only remove_tag", "mark_tag", `{"userid":"alice","external_userid":"ZOE","add_tag":[],"remove_tag":["TAG"]}`},
		{"customers of nobody", "batch/get_by_user", `{"userid_list":["bob"],"cursor":"","limit":0}`},
		{"limit over the maximum", "batch/get_by_user", `{"userid_list":["alice"],"limit":5000}`},
		{"way for one", "add_contact_way", `{"type":1,"scene":2,"user":["alice"]}`},
		{"way with a style that does not count", "add_contact_way", `{"type":1,"scene":2,"style":1,"user":["alice"]}`},
		{"way with party that does not count", "add_contact_way", `{"type":1,"scene":2,"user":["alice"],"party":[7]}`},
		{"way for a department", "add_contact_way", `{"type":2,"scene":2,"party":[1]}`},
		{"way with the fields of temporary ones", "add_contact_way",
			`{"type":1,"scene":2,"user":["alice"],"is_temp":false,"expires_in":0,"chat_expires_in":0,"unionid":"","conclusions":{}}`},
		{"way with defaults spelled out", "add_contact_way",
			`{"type":1,"scene":1,"style":1,"user":["alice"],"skip_verify":true,"is_temp":false,"is_exclusive":false,"mark_source":true,"remark":"","state":""}`},
		{"temporary way", "add_contact_way", `{"type":1,"scene":2,"user":["alice"],"is_temp":true,"expires_in":1209600,"chat_expires_in":1209600}`},
		{"conclusions: text is empty, link counts", "add_contact_way",
			`{"type":1,"scene":2,"user":["alice"],"is_temp":true,"conclusions":{"text":{"content":""},"link":{"title":"t","url":"https://example.com"}}}`},
		{"conclusions: only image counts", "add_contact_way",
			`{"type":1,"scene":2,"user":["alice"],"is_temp":true,"conclusions":{"text":{},"image":{"media_id":"IMAGE"},"link":{"title":"t","picurl":"","desc":"","url":"https://example.com"}}}`},
		{"ways, by default", "list_contact_way", `{}`},
		{"ways, with zeros", "list_contact_way", `{"start_time":0,"end_time":0,"cursor":"","limit":0}`},
		{"transfer without a text", "transfer_customer", `{"handover_userid":"alice","takeover_userid":"bob","external_userid":["ZOE","wmNONE"]}`},
		{"transfer with an empty text", "transfer_customer", `{"handover_userid":"alice","takeover_userid":"bob","external_userid":["ZOE"],"transfer_success_msg":""}`},
		{"transfer result, first page", "transfer_result", `{"handover_userid":"alice","takeover_userid":"bob","cursor":""}`},
		{"groups, by default", "groupchat/list", `{"limit":1}`},
		{"groups of anybody", "groupchat/list", `{"status_filter":0,"owner_filter":{"userid_list":[]},"cursor":"","limit":1000}`},
		{"group without names", "groupchat/get", `{"chat_id":"CHAT","need_name":0}`},
		{"mass send by default", "add_msg_template", `{"external_userid":["ZOE"],"text":{"content":"hi"}}`},
		{"mass send, with empty things", "add_msg_template",
			`{"chat_type":"single","external_userid":["ZOE"],"chat_id_list":[],"tag_filter":{"group_list":[]},"sender":"","allow_select":false,"text":{"content":"hi"},"attachments":[]}`},
		{"mass send without text", "add_msg_template", `{"sender":"alice","attachments":[` + link + `]}`},
		{"mass send with an empty text object", "add_msg_template", `{"sender":"alice","text":{},"attachments":[` + link + `]}`},
		{"mass send to customers ignores groups", "add_msg_template", `{"sender":"alice","chat_id_list":["CHAT"],"text":{"content":"hi"}}`},
		{"mass send to customers ignores tags", "add_msg_template", `{"external_userid":["ZOE"],"tag_filter":{"group_list":[{"tag_list":["etNONE"]}]},"text":{"content":"hi"}}`},
		{"mass send to groups", "add_msg_template", `{"chat_type":"group","sender":"alice","text":{"content":"hi"},"attachments":[` + more + `]}`},
		{"welcome with an empty text object", "send_welcome_msg", `{"welcome_code":"CODE","text":{},"attachments":[` + link + `,` + more + `]}`},
		{"mass sends, limit over the maximum", "get_groupmsg_list_v2", `{"chat_type":"single","start_time":1605171726,"end_time":1605172726,"limit":1000,"cursor":""}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv := wecomtest.New(t)
			srv.AddMember(wecomtest.Member{UserID: "alice"})
			srv.AddMember(wecomtest.Member{UserID: "bob"})
			zoe := srv.AddCustomer("alice", wecomtest.Customer{Name: "Zoe"})
			chat := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "alice"})
			group := srv.Seed().TagGroup(wecomtest.TagGroup{GroupName: "grade", Tag: []wecomtest.Tag{{Name: "A"}}, AgentID: srv.App().AgentID})
			body := strings.NewReplacer("ZOE", zoe, "CHAT", chat, "GROUP", group.GroupID, "TAG", group.Tag[0].ID, "IMAGE", srv.Seed().Media(wecomtest.Media{Type: "image"}), "CODE", srv.WelcomeCode("alice", zoe)).Replace(tt.body)
			require.True(t, body == "" || json.Valid([]byte(body)), body)

			r := newCaller(t, srv).post("externalcontact/"+tt.op, body)

			assert.Zero(t, r.code(), r.Body)
		})
	}
}
