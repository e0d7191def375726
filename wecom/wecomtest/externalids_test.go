package wecomtest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// provided is a server with alice, whose customer Zoe is, bob, whose customer
// Yan is, the app of a provider that sees alice, and an app of the corp's own
// that sees all.
func provided(t *testing.T) (srv *wecomtest.Server, provider, own *caller, agentID int64) {
	t.Helper()
	srv = wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	srv.AddMember(wecomtest.Member{UserID: "bob"})
	srv.Seed().Customer(wecomtest.Customer{ExternalUserID: "wmZoe", UnionID: "oZoe", FollowUser: []wecomtest.Follow{{UserID: "alice"}}})
	srv.Seed().Customer(wecomtest.Customer{ExternalUserID: "wmYan", UnionID: "oYan", FollowUser: []wecomtest.Follow{{UserID: "bob"}}})
	provider, agentID = addProvider(t, srv, "alice")
	return srv, provider, newCaller(t, srv), agentID
}

// addProvider adds the app of a service provider, and returns its caller.
func addProvider(t *testing.T, srv *wecomtest.Server, visible ...string) (c *caller, agentID int64) {
	t.Helper()
	app := srv.AddApp(wecomtest.App{Scopes: []wecomtest.Scope{wecomtest.ScopeContact, wecomtest.ScopeProvider}, Visible: visible})
	c = &caller{t: t, srv: srv}
	c.token = c.fetchToken(app.Secret)
	return c, app.AgentID
}

func TestUnionIDToExternalUserID(t *testing.T) {
	t.Parallel()
	_, provider, own, _ := provided(t)
	const op = "externalcontact/unionid_to_external_userid"

	assert.Equal(t, "wmZoe", provider.ok(op, object{"unionid": "oZoe", "openid": "o1"}).at("external_userid"))
	assert.Equal(t, 610004, provider.send(op, object{"unionid": "oYan", "openid": "o1"}).code(), "out of sight")
	assert.Equal(t, 610004, provider.send(op, object{"unionid": "oNobody", "openid": "o1"}).code())
	assert.Equal(t, 48002, own.send(op, object{"unionid": "oZoe", "openid": "o1"}).code(), "for providers only")
}

func TestOwnersOfGroupChatsBringPeopleInSight(t *testing.T) {
	t.Parallel()
	srv, provider, _, _ := provided(t)
	srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "alice", MemberList: []wecomtest.GroupMember{{UserID: "wmYan"}}})

	r := provider.ok("externalcontact/unionid_to_external_userid", object{"unionid": "oYan", "openid": "o1"})

	assert.Equal(t, "wmYan", r.at("external_userid"))
}

func TestConvertToOpenID(t *testing.T) {
	t.Parallel()
	srv, provider, own, _ := provided(t)
	wecom := srv.Seed().Customer(wecomtest.Customer{Type: 2, FollowUser: []wecomtest.Follow{{UserID: "alice"}}})
	const op = "externalcontact/convert_to_openid"

	zoe := own.ok(op, object{"external_userid": "wmZoe"}).text("openid")

	assert.Regexp(t, "^o.{27}$", zoe)
	assert.Equal(t, zoe, provider.ok(op, object{"external_userid": "wmZoe"}).text("openid"))
	assert.NotEqual(t, zoe, own.ok(op, object{"external_userid": "wmYan"}).text("openid"))
	assert.Equal(t, 41056, own.send(op, object{"external_userid": wecom}).code())
	assert.Equal(t, 40096, own.send(op, object{"external_userid": "wmNobody"}).code())
	assert.Equal(t, 84061, provider.send(op, object{"external_userid": "wmYan"}).code(), "out of sight")
}

func TestMobilesOfParents(t *testing.T) {
	t.Parallel()
	srv, provider, own, _ := provided(t)
	srv.Seed().ParentMobile("13800000001", "wmZoe")
	srv.Seed().ParentMobile("13800000002", "")

	r := own.ok("externalcontact/batch_to_external_userid", object{"mobiles": []string{"13800000001", "13800000002", "13800000003"}})

	assert.Equal(t, []any{
		map[string]any{"mobile": "13800000001", "external_userid": "wmZoe"},
		map[string]any{"mobile": "13800000002"},
	}, r.at("success_list"))
	assert.Equal(t, []any{map[string]any{"errcode": 60136.0, "errmsg": "record not found", "mobile": "13800000003"}}, r.at("fail_list"))
	assert.Equal(t, 40058, own.send("externalcontact/batch_to_external_userid", object{"mobiles": make([]string, 101)}).code())
	assert.Equal(t, 48002, provider.send("externalcontact/batch_to_external_userid", object{"mobiles": []string{"13800000001"}}).code(), "for schools only")
}

func TestProviderIDsThereAndBack(t *testing.T) {
	t.Parallel()
	srv, provider, own, agentID := provided(t)
	const to, from = "externalcontact/to_service_external_userid", "externalcontact/from_service_external_userid"

	id := provider.ok(to, object{"external_userid": "wmZoe"}).text("external_userid")

	assert.NotEqual(t, "wmZoe", id)
	assert.Equal(t, srv.ProviderExternalUserID("wmZoe"), id)
	assert.Equal(t, "wmZoe", own.ok(from, object{"external_userid": id, "source_agentid": agentID}).at("external_userid"))
	assert.Equal(t, 40096, own.send(from, object{"external_userid": "wmZoe", "source_agentid": agentID}).code(), "not a provider's")
	assert.Equal(t, 40096, own.send(from, object{"external_userid": srv.ProviderExternalUserID("wmYan"), "source_agentid": agentID}).code(), "out of the provider's sight")
	assert.Equal(t, 40056, own.send(from, object{"external_userid": id, "source_agentid": srv.App().AgentID}).code(), "the corp's own app")
	assert.Equal(t, 48002, provider.send(from, object{"external_userid": id, "source_agentid": agentID}).code())
	assert.Equal(t, 84061, provider.send(to, object{"external_userid": "wmYan"}).code(), "out of sight")
	assert.Equal(t, 40096, provider.send(to, object{"external_userid": "wmNobody"}).code())
	assert.Equal(t, 48002, own.send(to, object{"external_userid": "wmZoe"}).code())
}

func TestNewExternalUserIDs(t *testing.T) {
	t.Parallel()
	srv, provider, _, _ := provided(t)
	const op = "externalcontact/get_new_external_userid"

	r := provider.ok(op, object{"external_userid_list": []string{"wmZoe", "wmYan", "wmNobody", srv.ProviderExternalUserID("wmZoe")}})

	id := srv.ProviderExternalUserID("wmZoe")
	assert.Equal(t, []any{"wmZoe", id}, r.list("items", "external_userid"))
	assert.Equal(t, []any{id, id}, r.list("items", "new_external_userid"))
	assert.Equal(t, 40058, provider.send(op, object{"external_userid_list": []string{}}).code())
	assert.Equal(t, 40058, provider.send(op, object{"external_userid_list": make([]string, 1001)}).code())
}

func TestPendingIDs(t *testing.T) {
	t.Parallel()
	srv, provider, _, _ := provided(t)
	const find, pending = "idconvert/unionid_to_external_userid", "idconvert/batch/external_userid_to_pending_id"

	known := provider.ok(find, object{"unionid": "oZoe", "openid": "o1"})
	stranger := provider.ok(find, object{"unionid": "oXia", "openid": "o1"})
	again := provider.ok(find, object{"unionid": "oXia", "openid": "o2", "subject_type": 1})
	xia := srv.AddCustomer("alice", wecomtest.Customer{UnionID: "oXia"})
	r := provider.ok(pending, object{"external_userid": []string{"wmZoe", "wmNobody", xia}})

	assert.Equal(t, []any{"wmZoe", nil}, []any{known.at("external_userid"), known.at("pending_id")})
	assert.Equal(t, []any{nil, again.at("pending_id")}, []any{stranger.at("external_userid"), stranger.at("pending_id")})
	assert.Equal(t, []any{map[string]any{"external_userid": xia, "pending_id": stranger.at("pending_id")}}, r.at("result"))
	assert.Equal(t, xia, provider.ok(find, object{"unionid": "oXia", "openid": "o1"}).at("external_userid"))
	assert.Equal(t, 40058, provider.send(find, object{"unionid": "oXia", "openid": "o1", "subject_type": 2}).code())
}

func TestPendingIDsLast90Days(t *testing.T) {
	t.Parallel()
	srv, provider, _, _ := provided(t)
	app := srv.AddApp(wecomtest.App{Scopes: []wecomtest.Scope{wecomtest.ScopeProvider}})
	provider.ok("idconvert/unionid_to_external_userid", object{"unionid": "oXia", "openid": "o1"})
	xia := srv.AddCustomer("alice", wecomtest.Customer{UnionID: "oXia"})

	srv.Clock().Advance(90 * 24 * time.Hour)
	provider.token = provider.fetchToken(app.Secret)

	assert.Empty(t, provider.ok("idconvert/batch/external_userid_to_pending_id", object{"external_userid": []string{xia}}).list("result", ""))
}

func TestPendingIDsInAGroupChat(t *testing.T) {
	t.Parallel()
	srv, provider, _, _ := provided(t)
	provider.ok("idconvert/unionid_to_external_userid", object{"unionid": "oYan", "openid": "o1"}) // out of sight
	inside := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "alice", MemberList: []wecomtest.GroupMember{{UserID: "wmYan"}}})
	outside := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "alice"})
	unseen := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "bob"})
	ask := func(chat string) reply {
		return provider.send("idconvert/batch/external_userid_to_pending_id", object{"chat_id": chat, "external_userid": []string{"wmYan"}})
	}

	assert.Len(t, ask(inside).list("result", ""), 1)
	assert.Empty(t, ask(outside).list("result", ""))
	assert.Equal(t, 60011, ask(unseen).code())
	assert.Equal(t, 40050, ask("wrNone").code())
}
