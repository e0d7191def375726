package wecomtest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestGroupChatDetail(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice", Name: "Alice"})
	zoe := srv.Seed().Customer(wecomtest.Customer{Name: "Zoe", UnionID: "oZoe"})
	chat := srv.Seed().GroupChat(wecomtest.GroupChat{
		Name: "Wood fans", Owner: "alice", Notice: "be nice", CreateTime: time.Unix(1700000000, 0), AdminList: []string{"alice"},
		MemberList: []wecomtest.GroupMember{
			{UserID: zoe, JoinTime: time.Unix(1700000001, 0), JoinScene: 3, GroupNickname: "Z", State: "door"},
			{UserID: "wmUnknown", JoinTime: time.Unix(1700000002, 0), Invitor: "alice", Name: "Yan"},
		},
	})
	c := newCaller(t, srv)

	r := c.ok("externalcontact/groupchat/get", object{"chat_id": chat, "need_name": 1})
	bare := c.ok("externalcontact/groupchat/get", object{"chat_id": chat})

	assert.Equal(t, "wrSIM00000000000000000001", chat)
	assert.Equal(t, []any{"Wood fans", "alice", "be nice", 1700000000.0}, []any{r.at("group_chat.name"), r.at("group_chat.owner"), r.at("group_chat.notice"), r.at("group_chat.create_time")})
	assert.Equal(t, []any{"alice", zoe, "wmUnknown"}, r.list("group_chat.member_list", "userid"))
	assert.Equal(t, []any{1.0, 2.0, 2.0}, r.list("group_chat.member_list", "type"))
	assert.Equal(t, []any{"Alice", "Zoe", "Yan"}, r.list("group_chat.member_list", "name"))
	assert.Equal(t, []any{1.0, 3.0, 1.0}, r.list("group_chat.member_list", "join_scene"))
	assert.Equal(t, []any{nil, "oZoe", nil}, r.list("group_chat.member_list", "unionid"))
	assert.Equal(t, "door", r.at("group_chat.member_list.1.state"))
	assert.Equal(t, "alice", r.at("group_chat.member_list.2.invitor.userid"))
	assert.Equal(t, []any{"alice"}, r.list("group_chat.admin_list", "userid"))
	assert.Regexp(t, `^[0-9a-f]{32}$`, r.at("group_chat.member_version"))
	assert.Equal(t, []any{nil, nil, nil}, bare.list("group_chat.member_list", "name"))
}

func TestGroupChatRefusals(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	srv.AddMember(wecomtest.Member{UserID: "bob"})
	chat := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "bob"})
	c := addApp(t, srv, "alice")
	tests := []struct {
		name, op string
		fields   object
		want     int
	}{
		{"unknown chat", "get", object{"chat_id": "wrNone"}, 40050},
		{"owner out of sight", "get", object{"chat_id": chat}, 60011},
		{"no limit", "list", object{}, 40058},
		{"limit 0", "list", object{"limit": 0}, 40058},
		{"limit 1,001", "list", object{"limit": 1001}, 40058},
		{"limit 1,000", "list", object{"limit": 1000}, 0},
		{"status 4", "list", object{"limit": 1, "status_filter": 4}, 40058},
		{"unknown owner", "list", object{"limit": 1, "owner_filter": object{"userid_list": []string{"nobody"}}}, 60111},
		{"filter by an owner out of sight", "list", object{"limit": 1, "owner_filter": object{"userid_list": []string{"bob"}}}, 60011},
		{"101 owners", "list", object{"limit": 1, "owner_filter": object{"userid_list": make([]string, 101)}}, 40058},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, c.send("externalcontact/groupchat/"+tt.op, tt.fields).code(), tt.name)
	}
}

func TestGroupChatList(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	for _, id := range []string{"alice", "bob", "carol"} {
		srv.AddMember(wecomtest.Member{UserID: id})
	}
	first := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "alice"})
	second := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "bob"})
	third := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "carol"})
	heir := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "alice", Status: 3})
	srv.Act().Leave("carol")
	c := newCaller(t, srv)
	list := func(fields object) ([]any, []any) {
		fields["limit"] = 100
		r := c.ok("externalcontact/groupchat/list", fields)
		return r.list("group_chat_list", "chat_id"), r.list("group_chat_list", "status")
	}

	ids, status := list(object{})
	assert.Equal(t, []any{first, second, heir}, ids, "those of who left only if asked by name")
	assert.Equal(t, []any{0.0, 0.0, 3.0}, status)
	ids, status = list(object{"owner_filter": object{"userid_list": []string{"bob", "carol"}}})
	assert.Equal(t, []any{second, third}, ids)
	assert.Equal(t, []any{0.0, 1.0}, status)
	ids, _ = list(object{"status_filter": 3})
	assert.Equal(t, []any{heir}, ids)
}

func TestGroupChatListPages(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	want := []any{}
	for range 5 {
		want = append(want, srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "alice"}))
	}
	c := newCaller(t, srv)

	got, cursor, calls := []any{}, "", 0
	for {
		r := c.ok("externalcontact/groupchat/list", object{"limit": 2, "cursor": cursor})
		got = append(got, r.list("group_chat_list", "chat_id")...)
		calls++
		if cursor = r.text("next_cursor"); cursor == "" {
			break
		}
	}

	assert.Equal(t, want, got)
	assert.Equal(t, 3, calls)
}

func TestGroupChatListOfTooManyMembers(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	for range 1000 {
		srv.Seed().Member(wecomtest.Member{})
	}
	c := newCaller(t, srv)
	require.Zero(t, c.send("externalcontact/groupchat/list", object{"limit": 1}).code())

	srv.AddMember(wecomtest.Member{UserID: "alice"})

	assert.Equal(t, 81017, c.send("externalcontact/groupchat/list", object{"limit": 1}).code())
	c.ok("externalcontact/groupchat/list", object{"limit": 1, "owner_filter": object{"userid_list": []string{"alice"}}})
}

func TestGroupChatLifeIsTold(t *testing.T) {
	t.Parallel()
	srv := listening(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	srv.AddMember(wecomtest.Member{UserID: "bob"})
	act := srv.Act()

	chat := act.CreateGroupChat(wecomtest.GroupChat{Name: "Wood", Owner: "alice"})
	v1 := srv.GroupChat(chat).MemberVersion
	act.JoinGroupChat(chat, wecomtest.GroupMember{UserID: "bob", JoinScene: 2, Invitor: "alice"}, wecomtest.GroupMember{UserID: "wmYan"})
	v2 := srv.GroupChat(chat).MemberVersion
	act.JoinGroupChat(chat, wecomtest.GroupMember{UserID: "wmZoe", JoinScene: 3, State: "door"})
	v3 := srv.GroupChat(chat).MemberVersion
	act.LeaveGroupChat(chat, "wmZoe")
	v4 := srv.GroupChat(chat).MemberVersion
	act.RemoveFromGroupChat(chat, "wmYan")
	v5 := srv.GroupChat(chat).MemberVersion
	act.RenameGroupChat(chat, "Oak")
	act.ChangeGroupNotice(chat, "be nice")
	act.ChangeGroupOwner(chat, "bob")

	g := srv.GroupChat(chat)
	assert.Equal(t, []any{"Oak", "be nice", "bob", v5}, []any{g.Name, g.Notice, g.Owner, g.MemberVersion})
	assert.Len(t, g.MemberList, 2)
	act.DismissGroupChat(chat)
	assert.Equal(t, 40050, newCaller(t, srv).send("externalcontact/groupchat/get", object{"chat_id": chat}).code())
	update := "chat update ChatId=" + chat + " UpdateDetail="
	assert.Equal(t, []string{
		"chat create ChatId=" + chat,
		update + "add_member JoinScene=0 MemChangeCnt=2 MemChangeList=[bob wmYan] LastMemVer=" + v1 + " CurMemVer=" + v2,
		update + "add_member JoinScene=3 MemChangeCnt=1 MemChangeList=[wmZoe] LastMemVer=" + v2 + " CurMemVer=" + v3,
		update + "del_member QuitScene=0 MemChangeCnt=1 MemChangeList=[wmZoe] LastMemVer=" + v3 + " CurMemVer=" + v4,
		update + "del_member QuitScene=1 MemChangeCnt=1 MemChangeList=[wmYan] LastMemVer=" + v4 + " CurMemVer=" + v5,
		update + "change_name",
		update + "change_notice",
		update + "change_owner",
		"chat dismiss ChatId=" + chat,
	}, heard(srv))
	assert.Contains(t, srv.Deliveries()[1].Body, "<JoinScene>0</JoinScene><MemChangeCnt>2</MemChangeCnt><MemChangeList><Item>bob</Item><Item>wmYan</Item></MemChangeList>")
}

func TestAppsHearOnlyOfGroupsOfOwnersTheySee(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	app := srv.AddApp(wecomtest.App{Scopes: []wecomtest.Scope{wecomtest.ScopeContact}, Visible: []string{"alice"}})
	require.NoError(t, srv.SetCallback(wecomtest.Callback{Handler: newReceiver(t, srv), AgentID: app.AgentID}))
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	srv.AddMember(wecomtest.Member{UserID: "bob"})

	seen := srv.Act().CreateGroupChat(wecomtest.GroupChat{Owner: "alice"})
	unseen := srv.Act().CreateGroupChat(wecomtest.GroupChat{Owner: "bob"})
	srv.Act().DismissGroupChat(unseen)

	assert.Equal(t, []string{"chat create ChatId=" + seen}, heard(srv))
}

func TestGettersReturnCopies(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	chat := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "alice", AdminList: []string{"alice"}})
	g := srv.Seed().TagGroup(wecomtest.TagGroup{GroupName: "level", Tag: []wecomtest.Tag{{Name: "VIP"}}})
	zoe := srv.Seed().Customer(wecomtest.Customer{FollowUser: []wecomtest.Follow{{UserID: "alice", TagID: []string{g.Tag[0].ID}}}})

	srv.GroupChat(chat).MemberList[0].UserID = "x"
	srv.GroupChat(chat).AdminList[0] = "x"
	srv.TagGroup(g.GroupID).Tag[0].Name = "x"
	srv.Customer(zoe).FollowUser[0].TagID[0] = "x"

	assert.Equal(t, "alice", srv.GroupChat(chat).MemberList[0].UserID)
	assert.Equal(t, "alice", srv.GroupChat(chat).AdminList[0])
	assert.Equal(t, "VIP", srv.TagGroup(g.GroupID).Tag[0].Name)
	assert.Equal(t, g.Tag[0].ID, srv.Customer(zoe).FollowUser[0].TagID[0])
}

// TestMemberVersionsMakeAChain lets an app see whether it missed an event.
func TestMemberVersionsMakeAChain(t *testing.T) {
	t.Parallel()
	srv := listening(t)
	for _, id := range []string{"alice", "bob", "carol"} {
		srv.AddMember(wecomtest.Member{UserID: id})
	}
	chat := srv.Act().CreateGroupChat(wecomtest.GroupChat{Owner: "alice"})
	version := srv.GroupChat(chat).MemberVersion
	seen := map[string]bool{version: true}

	srv.Act().JoinGroupChat(chat, wecomtest.GroupMember{UserID: "bob"})
	srv.Act().JoinGroupChat(chat, wecomtest.GroupMember{UserID: "carol"})
	srv.Act().LeaveGroupChat(chat, "bob")

	for _, d := range srv.Deliveries()[1:] {
		assert.Equal(t, version, d.Event.Get("LastMemVer"))
		version, _ = d.Event.Get("CurMemVer").(string)
		assert.False(t, seen[version], version)
		seen[version] = true
	}
	assert.Len(t, seen, 4)
	assert.Equal(t, version, srv.GroupChat(chat).MemberVersion)
	assert.Equal(t, version, newCaller(t, srv).ok("externalcontact/groupchat/get", object{"chat_id": chat}).at("group_chat.member_version"))
}
