package wecomtest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

const (
	transferChatOp = "externalcontact/groupchat/transfer"
	onjobChatOp    = "externalcontact/groupchat/onjob_transfer"
)

// owned is a server with a group chat of alice's, and bob.
func owned(t *testing.T) (srv *wecomtest.Server, c *caller, chat string) {
	t.Helper()
	srv = listening(t)
	srv.Clock().Freeze(time.Unix(1700000000, 0))
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	srv.AddMember(wecomtest.Member{UserID: "bob"})
	chat = srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "alice", MemberList: []wecomtest.GroupMember{{UserID: "wmZoe"}}})
	return srv, newCaller(t, srv), chat
}

// moved is the errcode of a group chat's transfer.
func (c *caller) moved(op, newOwner, chat string) any {
	c.t.Helper()
	c.token = c.fetchToken(c.srv.Credential().Secret)
	r := c.ok(op, object{"chat_id_list": []string{chat}, "new_owner": newOwner})
	if r.at("failed_chat_list.0") == nil {
		return 0.0
	}
	assert.Equal(c.t, chat, r.at("failed_chat_list.0.chat_id"))
	return r.at("failed_chat_list.0.errcode")
}

func TestGroupChatOfALeaverIsInherited(t *testing.T) {
	t.Parallel()
	srv, c, chat := owned(t)
	before := srv.GroupChat(chat).MemberVersion
	srv.Act().Leave("alice")

	assert.InDelta(t, 0, c.moved(transferChatOp, "bob", chat), 0)

	g := srv.GroupChat(chat)
	assert.Equal(t, []any{"bob", 3}, []any{g.Owner, g.Status})
	assert.Equal(t, []string{"wmZoe", "bob"}, []string{g.MemberList[0].UserID, g.MemberList[1].UserID})
	assert.NotEqual(t, before, g.MemberVersion)
	assert.Empty(t, heard(srv), "an API call is told to nobody")
	r := c.ok("externalcontact/groupchat/list", object{"limit": 10, "status_filter": 3})
	assert.Equal(t, []any{chat}, r.list("group_chat_list", "chat_id"))
}

func TestGroupChatIsInheritedAgain(t *testing.T) {
	t.Parallel()
	srv, c, chat := owned(t)
	srv.AddMember(wecomtest.Member{UserID: "carol"})
	srv.Act().Leave("alice")
	c.moved(transferChatOp, "bob", chat)
	srv.Act().Leave("bob")

	assert.InDelta(t, 0, c.moved(transferChatOp, "carol", chat), 0)
}

func TestGroupChatIsHandedOnTwiceIn90Days(t *testing.T) {
	t.Parallel()
	srv, c, chat := owned(t)

	assert.InDelta(t, 0, c.moved(onjobChatOp, "bob", chat), 0)
	assert.InDelta(t, 0, c.moved(onjobChatOp, "alice", chat), 0)
	assert.InDelta(t, 40128, c.moved(onjobChatOp, "bob", chat), 0)
	srv.Clock().Advance(90 * 24 * time.Hour)
	assert.InDelta(t, 0, c.moved(onjobChatOp, "bob", chat), 0)

	g := srv.GroupChat(chat)
	assert.Equal(t, []any{"bob", 0}, []any{g.Owner, g.Status})
	assert.Len(t, g.MemberList, 3, "the old owner stays in the group")
}

func TestGroupChatsOfOneOwnerMove300ADay(t *testing.T) {
	t.Parallel()
	srv, c, chat := owned(t)
	for range 3 {
		chats := make([]string, 100)
		for i := range chats {
			chats[i] = srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "alice"})
		}
		assert.Empty(t, c.ok(onjobChatOp, object{"chat_id_list": chats, "new_owner": "bob"}).at("failed_chat_list"))
	}

	assert.InDelta(t, 45009, c.moved(onjobChatOp, "bob", chat), 0)
	srv.Clock().Advance(24 * time.Hour)
	assert.InDelta(t, 0, c.moved(onjobChatOp, "bob", chat), 0)
}

func TestGroupChatsThatCannotMove(t *testing.T) {
	t.Parallel()
	srv, c, chat := owned(t)
	srv.AddMember(wecomtest.Member{UserID: "carol"})
	left := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "carol"})
	inherited := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "alice", Status: 3})
	srv.Act().Leave("carol")
	tests := []struct {
		name, op, chat string
		want           float64
	}{
		{"unknown", transferChatOp, "wrNone", 90501},
		{"owner still there", transferChatOp, chat, 90500},
		{"inherited already", transferChatOp, inherited, 90508},
		{"owner left", onjobChatOp, left, 90502},
		{"unknown, on the job", onjobChatOp, "wrNone", 90501},
	}
	for _, tt := range tests {
		assert.InDelta(t, tt.want, c.moved(tt.op, "bob", tt.chat), 0, tt.name)
	}
	assert.InDelta(t, 90504, c.moved(onjobChatOp, "alice", chat), 0)
}

func TestNewOwnersOfGroupChats(t *testing.T) {
	t.Parallel()
	srv, c, chat := owned(t)
	srv.AddMember(wecomtest.Member{UserID: "dora", NoContact: true})
	srv.AddMember(wecomtest.Member{UserID: "emil", NotActivated: true})
	srv.AddMember(wecomtest.Member{UserID: "fred", NotVerified: true})
	tests := []struct {
		name, owner string
		chats       []string
		want        int
	}{
		{"unknown", "nobody", []string{chat}, 60111},
		{"without customers", "dora", []string{chat}, 84074},
		{"not activated", "emil", []string{chat}, 41054},
		{"not verified", "fred", []string{chat}, 40098},
		{"no group chats", "bob", []string{}, 40058},
		{"101 group chats", "bob", make([]string, 101), 40058},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, c.send(onjobChatOp, object{"chat_id_list": tt.chats, "new_owner": tt.owner}).code(), tt.name)
	}
}

func TestOpenGID(t *testing.T) {
	t.Parallel()
	srv, c, chat := owned(t)
	srv.AddMember(wecomtest.Member{UserID: "carol"})
	unseen := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "carol"})
	some := addApp(t, srv, "alice")

	assert.Equal(t, chat, some.ok("externalcontact/opengid_to_chatid", object{"opengid": srv.OpenGID(chat)}).text("chat_id"))
	assert.Equal(t, 60011, some.send("externalcontact/opengid_to_chatid", object{"opengid": srv.OpenGID(unseen)}).code())
	assert.Equal(t, 90511, c.send("externalcontact/opengid_to_chatid", object{"opengid": "none"}).code())
}

func TestNewIDsOfGroupMembers(t *testing.T) {
	t.Parallel()
	srv, own, chat := owned(t)
	c, _ := addProvider(t, srv)
	const op = "externalcontact/groupchat/get_new_external_userid"

	first := c.ok(op, object{"chat_id": chat, "external_userid_list": []string{"wmZoe", "wmNobody", "alice"}})
	fresh := first.text("items.0.new_external_userid")
	again := c.ok(op, object{"chat_id": chat, "external_userid_list": []string{fresh}})

	assert.Equal(t, []any{"wmZoe"}, first.list("items", "external_userid"))
	assert.Regexp(t, "^wm.{30}$", fresh)
	assert.Equal(t, fresh, again.text("items.0.new_external_userid"), "a new one stays as it is")
	assert.Equal(t, 40050, c.send(op, object{"chat_id": "wrNone", "external_userid_list": []string{"wmZoe"}}).code())
	assert.Equal(t, 48002, own.send(op, object{"chat_id": chat, "external_userid_list": []string{"wmZoe"}}).code(), "for providers only")
}
