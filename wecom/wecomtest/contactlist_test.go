package wecomtest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestContactList(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.Clock().Freeze(time.Unix(1700000000, 0))
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	srv.AddMember(wecomtest.Member{UserID: "inner", NoContact: true})
	zoe := seedFollow(srv, "Zoe", "alice")
	seedFollow(srv, "李开", "inner")
	chat := srv.Seed().GroupChat(wecomtest.GroupChat{Name: "shop", Owner: "alice", MemberList: []wecomtest.GroupMember{
		{UserID: zoe, JoinTime: time.Unix(1600000000, 0)}, {UserID: "wmStranger", Name: "Yan"},
	}})
	srv.Seed().GroupChat(wecomtest.GroupChat{Name: "friends", Owner: "inner", MemberList: []wecomtest.GroupMember{{UserID: zoe}}})

	r := newCaller(t, srv).ok("externalcontact/contact_list", object{})

	ids := r.list("info_list", "tmp_openid")
	require.Len(t, ids, 5)
	assert.Equal(t, []any{
		map[string]any{"is_customer": true, "tmp_openid": ids[0], "external_userid": zoe, "follow_userid": "alice", "add_time": 1.7e9},
		map[string]any{"is_customer": false, "tmp_openid": ids[1], "name": "***开", "follow_userid": "inner", "add_time": 1.7e9},
		map[string]any{"is_customer": true, "tmp_openid": ids[2], "external_userid": zoe, "follow_userid": "alice", "chat_id": chat, "add_time": 1.6e9},
		map[string]any{"is_customer": false, "tmp_openid": ids[3], "name": "***n", "follow_userid": "alice", "chat_id": chat, "add_time": 1.7e9},
		map[string]any{"is_customer": true, "tmp_openid": ids[4], "external_userid": zoe, "follow_userid": "inner", "chat_name": "friends", "add_time": 1.7e9},
	}, r.at("info_list"))
	assert.Equal(t, []any{ids[2], ids[4]}, []any{ids[0], ids[0]}, "one person, one id")
}

func TestContactListIsWalkedInRounds(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	srv.AddMember(wecomtest.Member{UserID: "bob"})
	seedFollow(srv, "Zoe", "alice", "bob")
	c := newCaller(t, srv)
	const op = "externalcontact/contact_list"

	first := c.ok(op, object{"limit": 1})
	again := c.ok(op, object{"limit": 1})
	second := c.ok(op, object{"limit": 1, "cursor": first.at("next_cursor")})

	assert.Equal(t, first.at("info_list.0.tmp_openid"), second.at("info_list.0.tmp_openid"), "the same in a round")
	assert.NotEqual(t, first.at("info_list.0.tmp_openid"), again.at("info_list.0.tmp_openid"))
	assert.NotEqual(t, first.at("next_cursor"), again.at("next_cursor"))
	assert.Equal(t, []any{"bob", ""}, []any{second.at("info_list.0.follow_userid"), second.at("next_cursor")})
	srv.Clock().Advance(4 * time.Hour)
	c.token = c.fetchToken(srv.Credential().Secret)
	assert.Equal(t, 50100, c.send(op, object{"cursor": first.at("next_cursor")}).code(), "after four hours")
	assert.Equal(t, 50100, c.send(op, object{"cursor": "none"}).code())
	assert.Equal(t, 40058, c.send(op, object{"limit": 1001}).code())
}

func TestContactListShowsWhoIsInSight(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	for _, id := range []string{"alice", "bob", "carol"} {
		srv.AddMember(wecomtest.Member{UserID: id})
	}
	seedFollow(srv, "Zoe", "alice", "bob", "carol")
	srv.Act().Leave("carol")

	r := addApp(t, srv, "bob", "carol").ok("externalcontact/contact_list", object{})

	assert.Equal(t, []any{"bob"}, r.list("info_list", "follow_userid"))
}
