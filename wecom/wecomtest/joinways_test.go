package wecomtest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

const joinWayOp = "externalcontact/groupchat/"

// joinable is a server with a group chat of alice's, which holds two people.
func joinable(t *testing.T) (srv *wecomtest.Server, c *caller, chat string) {
	t.Helper()
	srv = listening(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	chat = srv.Seed().GroupChat(wecomtest.GroupChat{Name: "Wood fans", Owner: "alice", MemberLimit: 2})
	return srv, newCaller(t, srv), chat
}

func TestJoinWayIsShown(t *testing.T) {
	t.Parallel()
	srv, c, chat := joinable(t)

	id := c.ok(joinWayOp+"add_join_way", object{
		"scene": 2, "remark": strings.Repeat("好", 31), "room_base_name": "Wood", "room_base_id": 10,
		"chat_id_list": []string{chat}, "state": "door", "mark_source": false,
	}).text("config_id")

	way, _ := c.ok(joinWayOp+"get_join_way", object{"config_id": id}).at("join_way").(map[string]any)
	assert.Regexp(t, "^https://", way["qr_code"])
	delete(way, "qr_code")
	assert.Equal(t, map[string]any{
		"config_id": id, "scene": 2.0, "remark": strings.Repeat("好", 30), "auto_create_room": 1.0, "room_base_name": "Wood",
		"room_base_id": 10.0, "chat_id_list": []any{chat}, "state": "door", "mark_source": false,
	}, way)
	assert.Equal(t, "door", srv.JoinWay(id).State)
}

func TestJoinWayUpdateReplacesEverything(t *testing.T) {
	t.Parallel()
	srv, c, chat := joinable(t)
	id := c.ok(joinWayOp+"add_join_way", object{"scene": 2, "remark": "x", "room_base_name": "Wood", "chat_id_list": []string{chat}, "state": "door", "auto_create_room": 0}).text("config_id")
	before := srv.JoinWay(id)

	c.ok(joinWayOp+"update_join_way", object{"config_id": id, "scene": 1, "chat_id_list": []string{chat}})

	want := wecomtest.JoinWay{
		ConfigID: id, Scene: 1, AutoCreateRoom: true, ChatIDList: []string{chat}, QRCode: before.QRCode, MarkSource: true, AgentID: before.AgentID,
	}
	assert.Equal(t, want, srv.JoinWay(id))
	assert.Empty(t, before.RoomBaseName, "without auto_create_room it has no use")
}

func TestJoinWayLeadsIntoTheGroup(t *testing.T) {
	t.Parallel()
	srv, c, chat := joinable(t)
	id := c.ok(joinWayOp+"add_join_way", object{"scene": 2, "chat_id_list": []string{chat}, "state": "door"}).text("config_id")

	to, zoe := srv.Act().ScanJoinWay(id, wecomtest.Customer{Name: "Zoe"})
	again, _ := srv.Act().ScanJoinWay(id, wecomtest.Customer{ExternalUserID: zoe})

	assert.Equal(t, []string{chat, chat}, []string{to, again})
	r := c.ok("externalcontact/groupchat/get", object{"chat_id": chat})
	assert.Equal(t, []any{zoe, "door", 3.0}, []any{r.at("group_chat.member_list.1.userid"), r.at("group_chat.member_list.1.state"), r.at("group_chat.member_list.1.join_scene")})
	events := heard(srv)
	assert.Len(t, events, 1)
	assert.Contains(t, events[0], "UpdateDetail=add_member JoinScene=3 MemChangeCnt=1 MemChangeList=["+zoe+"]")
}

func TestFullGroupsMakeANewOne(t *testing.T) {
	t.Parallel()
	srv, c, chat := joinable(t)
	id := c.ok(joinWayOp+"add_join_way", object{"scene": 2, "chat_id_list": []string{chat}, "room_base_name": "Wood", "room_base_id": 10}).text("config_id")
	chats := make([]string, 3)

	for i := range chats {
		chats[i], _ = srv.Act().ScanJoinWay(id, wecomtest.Customer{})
	}

	assert.Equal(t, chat, chats[0])
	assert.Equal(t, []string{"Wood10", "Wood11"}, []string{srv.GroupChat(chats[1]).Name, srv.GroupChat(chats[2]).Name})
	assert.Equal(t, "alice", srv.GroupChat(chats[2]).Owner)
	assert.Equal(t, "chat create ChatId="+chats[1], heard(srv)[1])
}

func TestDismissedGroupsLeaveJoinWays(t *testing.T) {
	t.Parallel()
	srv, c, chat := joinable(t)
	other := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "alice"})
	id := c.ok(joinWayOp+"add_join_way", object{"scene": 2, "chat_id_list": []string{chat, other}}).text("config_id")

	srv.Act().DismissGroupChat(chat)

	assert.Equal(t, []string{other}, srv.JoinWay(id).ChatIDList)
	to, _ := srv.Act().ScanJoinWay(id, wecomtest.Customer{})
	assert.Equal(t, other, to)
}

func TestFullGroupsWithoutANewOne(t *testing.T) {
	t.Parallel()
	r := record(t, func(srv *wecomtest.Server) {
		srv.AddMember(wecomtest.Member{UserID: "alice"})
		chat := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "alice", MemberLimit: 1})
		c := newCaller(t, srv)
		id := c.ok(joinWayOp+"add_join_way", object{"scene": 2, "chat_id_list": []string{chat}, "auto_create_room": 0}).text("config_id")
		srv.Act().ScanJoinWay(id, wecomtest.Customer{})
	})

	assert.Contains(t, r.fatal, "are full")
}

func TestJoinWaysShareTheQuotaOfContactWays(t *testing.T) {
	t.Parallel()
	srv, c, chat := joinable(t)
	srv.LimitContactWays(2, 0)
	way, contact := object{"scene": 2, "chat_id_list": []string{chat}}, object{"type": 1, "scene": 2, "user": []string{"alice"}}
	id := c.ok(joinWayOp+"add_join_way", way).text("config_id")
	c.ok("externalcontact/add_contact_way", contact)

	assert.Equal(t, 41045, c.send(joinWayOp+"add_join_way", way).code())
	assert.Equal(t, 41045, c.send("externalcontact/add_contact_way", contact).code())
	c.ok(joinWayOp+"del_join_way", object{"config_id": id})
	c.ok(joinWayOp+"add_join_way", way)
}

func TestJoinWayRefusals(t *testing.T) {
	t.Parallel()
	srv, c, chat := joinable(t)
	srv.AddMember(wecomtest.Member{UserID: "bob"})
	unseen := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "bob"})
	id := c.ok(joinWayOp+"add_join_way", object{"scene": 2, "chat_id_list": []string{chat}}).text("config_id")
	other := addApp(t, srv, "alice")
	with := func(key string, value any) object {
		body := object{"scene": 2, "chat_id_list": []string{chat}}
		body[key] = value
		return body
	}
	tests := []struct {
		name   string
		c      *caller
		op     string
		fields object
		want   int
	}{
		{"no scene", c, "add_join_way", object{"chat_id_list": []string{chat}}, 41038},
		{"scene 3", c, "add_join_way", with("scene", 3), 41040},
		{"no group chats", c, "add_join_way", with("chat_id_list", []string{}), 40058},
		{"six group chats", c, "add_join_way", with("chat_id_list", make([]string, 6)), 41091},
		{"unknown group chat", c, "add_join_way", with("chat_id_list", []string{"wrNone"}), 40050},
		{"owner out of sight", other, "add_join_way", with("chat_id_list", []string{unseen}), 60011},
		{"base name of 41 characters", c, "add_join_way", with("room_base_name", strings.Repeat("好", 41)), 40058},
		{"base name of 40 characters", c, "add_join_way", with("room_base_name", strings.Repeat("好", 40)), 0},
		{"state of 31 characters", c, "add_join_way", with("state", strings.Repeat("x", 31)), 40058},
		{"no config_id", c, "get_join_way", object{}, 41043},
		{"unknown config_id", c, "get_join_way", object{"config_id": "none"}, 41044},
		{"another app's", other, "get_join_way", object{"config_id": id}, 41044},
		{"another app's, to change", other, "update_join_way", with("config_id", id), 41044},
		{"another app's, to delete", other, "del_join_way", object{"config_id": id}, 41044},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, tt.c.send(joinWayOp+tt.op, tt.fields).code(), tt.name)
	}
	c.ok(joinWayOp+"del_join_way", object{"config_id": id})
	assert.Zero(t, srv.JoinWay(id))
}
