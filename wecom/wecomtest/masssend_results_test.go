package wecomtest_test

import (
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

const groupMsgListOp = "externalcontact/get_groupmsg_list_v2"

// lastHour asks for the mass sends of the last hour.
func lastHour(srv *wecomtest.Server, fields object) object {
	now := srv.Clock().Now()
	body := object{"chat_type": "single", "start_time": now.Add(-time.Hour).Unix(), "end_time": now.Unix()}
	maps.Copy(body, fields)
	return body
}

func TestGroupMsgList(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	zoe := seedFollow(srv, "Zoe", "alice")
	seedFollow(srv, "Yan", "bob")
	c := newCaller(t, srv)
	corp := c.ok(massOp, sale(object{"sender": "bob", "attachments": []object{
		{"msgtype": "link", "link": object{"title": "shop", "url": "https://shop.example"}},
	}})).text("msgid")
	own := srv.Act().SendMass("alice", wecomtest.MassSend{Text: "mine"}, zoe)

	tests := []struct {
		name   string
		caller *caller
		fields object
		want   []any
	}{
		{"all", c, nil, []any{corp, own}},
		{"the corp's", c, object{"filter_type": 0}, []any{corp}},
		{"members' own", c, object{"filter_type": 1}, []any{own}},
		{"all, said aloud", c, object{"filter_type": 2}, []any{corp, own}},
		{"one member's", c, object{"creator": "alice"}, []any{own}},
		{"to group chats", c, object{"chat_type": "group"}, []any{}},
		{"of another time", c, object{"end_time": srv.Clock().Now().Add(-time.Minute).Unix()}, []any{}},
		{"by members in sight", addApp(t, srv, "alice"), nil, []any{own}},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, tt.caller.ok(groupMsgListOp, lastHour(srv, tt.fields)).list("group_msg_list", "msgid"), tt.name)
	}

	r := c.ok(groupMsgListOp, lastHour(srv, nil))
	assert.Equal(t, "shop", r.at("group_msg_list.0.attachments.0.link.title"))
	assert.Nil(t, r.at("group_msg_list.0.creator"), "an app is no creator")
	assert.Equal(t, "alice", r.at("group_msg_list.1.creator"))
	assert.Equal(t, "mine", r.at("group_msg_list.1.text.content"))
}

func TestGroupMsgListOfMoreThanAMonth(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	start := srv.Clock().Now().Add(-32 * 24 * time.Hour).Unix()

	assert.Equal(t, 40058, newCaller(t, srv).send(groupMsgListOp, lastHour(srv, object{"start_time": start})).code())
}

func TestGroupMsgPagesFallToTheDefault(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	zoe := seedFollow(srv, "Zoe", "alice")
	for range 101 {
		srv.Act().SendMass("alice", wecomtest.MassSend{Text: "mine"}, zoe)
	}
	c := newCaller(t, srv)
	page := func(fields object) reply { return c.ok(groupMsgListOp, lastHour(srv, fields)) }

	first := page(object{"limit": 100})
	assert.Len(t, first.list("group_msg_list", ""), 100)
	assert.Len(t, page(object{"limit": 100, "cursor": first.text("next_cursor")}).list("group_msg_list", ""), 1)
	assert.Len(t, page(nil).list("group_msg_list", ""), 50)
	assert.Len(t, page(object{"limit": 101}).list("group_msg_list", ""), 50, "over the maximum")
}

func TestGroupMsgTask(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	zoe, yan := seedFollow(srv, "Zoe", "alice"), seedFollow(srv, "Yan", "bob")
	c := newCaller(t, srv)
	msgID := c.ok(massOp, sale(object{"external_userid": []string{zoe, yan}})).text("msgid")
	srv.Act().IgnoreSend(msgID, "alice")
	srv.Act().ConfirmSend(msgID, "bob")

	r := c.ok("externalcontact/get_groupmsg_task", object{"msgid": msgID})
	some := addApp(t, srv, "bob").ok("externalcontact/get_groupmsg_task", object{"msgid": msgID})

	assert.Equal(t, []any{"alice", "bob"}, r.list("task_list", "userid"))
	assert.Equal(t, []any{0.0, 2.0}, r.list("task_list", "status"))
	assert.Nil(t, r.at("task_list.0.send_time"))
	assert.NotNil(t, r.at("task_list.1.send_time"))
	assert.Equal(t, []any{"bob"}, some.list("task_list", "userid"))
}

func TestGroupMsgSendResult(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	zoe, yan := seedFollow(srv, "Zoe", "alice"), seedFollow(srv, "Yan", "alice")
	c := newCaller(t, srv)
	msgID := c.ok(massOp, sale(object{"sender": "alice"})).text("msgid")
	results := func() reply {
		return c.ok("externalcontact/get_groupmsg_send_result", object{"msgid": msgID, "userid": "alice"})
	}
	assert.Equal(t, []any{0.0, 0.0}, results().list("send_list", "status"))
	srv.Act().DeleteMember(yan, "alice")
	srv.Act().ConfirmSend(msgID, "alice")

	r := results()

	assert.Equal(t, []any{zoe, yan}, r.list("send_list", "external_userid"))
	assert.Equal(t, []any{1.0, 2.0}, r.list("send_list", "status"))
	assert.NotNil(t, r.at("send_list.0.send_time"))
	assert.Nil(t, r.at("send_list.1.send_time"), "only of what was sent")
	assert.Nil(t, r.at("send_list.0.chat_id"))
}

func TestGroupMsgSendResultHidesGroupChatsNotSentTo(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	chat := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "alice"})
	c := newCaller(t, srv)
	msgID := c.ok(massOp, sale(object{"chat_type": "group", "sender": "alice", "chat_id_list": []string{chat}})).text("msgid")
	results := func() []any {
		return c.ok("externalcontact/get_groupmsg_send_result", object{"msgid": msgID, "userid": "alice"}).list("send_list", "chat_id")
	}

	assert.Empty(t, results())
	srv.Act().ConfirmSend(msgID, "alice")
	assert.Equal(t, []any{chat}, results())
}

func TestGroupMsgResultRefusals(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	seedFollow(srv, "Zoe", "alice")
	c := addApp(t, srv, "alice")
	msgID := c.ok(massOp, sale(object{"sender": "alice"})).text("msgid")
	tests := []struct {
		name, op string
		body     object
		want     int
	}{
		{"task of no msgid", "get_groupmsg_task", object{}, 41046},
		{"task of an unknown msgid", "get_groupmsg_task", object{"msgid": "msgNone"}, 41047},
		{"result of an unknown msgid", "get_groupmsg_send_result", object{"msgid": "msgNone", "userid": "alice"}, 41047},
		{"result of nobody", "get_groupmsg_send_result", object{"msgid": msgID, "userid": "nobody"}, 60111},
		{"result of a member out of sight", "get_groupmsg_send_result", object{"msgid": msgID, "userid": "bob"}, 60011},
		{"list of an unknown type", "get_groupmsg_list_v2", lastHour(srv, object{"chat_type": "all"}), 86214},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, c.send("externalcontact/"+tt.op, tt.body).code(), tt.name)
	}
}
