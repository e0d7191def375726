package wecomtest_test

import (
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestConvertTagIDs(t *testing.T) {
	t.Parallel()
	srv, provider, own, _ := provided(t)
	g := srv.Seed().TagGroup(wecomtest.TagGroup{GroupName: "level", Tag: []wecomtest.Tag{{Name: "VIP"}}})
	const op = "idconvert/external_tagid"

	r := provider.ok(op, object{"external_tagid_list": []string{g.GroupID, g.Tag[0].ID, "etNone"}})
	fresh := r.text("items.1.open_external_tagid")
	again := provider.ok(op, object{"external_tagid_list": []string{fresh}})

	assert.Equal(t, []any{g.GroupID, g.Tag[0].ID}, r.list("items", "external_tagid"))
	assert.Equal(t, []any{"etNone"}, r.at("invalid_external_tagid_list"))
	assert.Regexp(t, "^et.{30}$", fresh)
	assert.Equal(t, fresh, again.at("items.0.open_external_tagid"), "a new one stays as it is")
	assert.Equal(t, 48002, own.send(op, object{"external_tagid_list": []string{g.GroupID}}).code())
	assert.Equal(t, 40058, provider.send(op, object{"external_tagid_list": make([]string, 1001)}).code())
}

func TestConvertKFIDs(t *testing.T) {
	t.Parallel()
	srv, provider, _, _ := provided(t)
	kf := srv.Seed().OpenKFID()

	r := provider.ok("idconvert/open_kfid", object{"open_kfid_list": []string{kf, "wkNone"}})

	assert.Equal(t, []any{kf}, r.list("items", "open_kfid"))
	assert.Regexp(t, "^wk.{30}$", r.at("items.0.new_open_kfid"))
	assert.Equal(t, []any{"wkNone"}, r.at("invalid_open_kfid_list"))
}

func TestConvertTmpExternalUserIDs(t *testing.T) {
	t.Parallel()
	srv, _, own, agentID := provided(t)
	const op = "idconvert/convert_tmp_external_userid"
	mine := srv.App().AgentID
	zoe := srv.Seed().TmpExternalUserID(wecomtest.TmpExternalUser{AgentID: mine, BusinessType: 1, UserType: 1, ExternalUserID: "wmZoe"})
	partner := srv.Seed().TmpExternalUserID(wecomtest.TmpExternalUser{AgentID: mine, BusinessType: 1, UserType: 3, CorpID: "ww2", UserID: "pat"})
	form := srv.Seed().TmpExternalUserID(wecomtest.TmpExternalUser{AgentID: mine, BusinessType: 2, UserType: 1, ExternalUserID: "wmZoe"})
	other := srv.Seed().TmpExternalUserID(wecomtest.TmpExternalUser{AgentID: agentID, BusinessType: 1, UserType: 1, ExternalUserID: "wmZoe"})

	customers := own.ok(op, object{"business_type": 1, "user_type": 1, "tmp_external_userid_list": []string{zoe, partner, form, other}})
	members := own.ok(op, object{"business_type": 1, "user_type": 3, "tmp_external_userid_list": []string{partner}})

	assert.Equal(t, []any{map[string]any{"tmp_external_userid": zoe, "external_userid": "wmZoe"}}, customers.at("results"))
	assert.Equal(t, []any{partner, form, other}, customers.at("invalid_tmp_external_userid_list"))
	assert.Equal(t, []any{map[string]any{"tmp_external_userid": partner, "corpid": "ww2", "userid": "pat"}}, members.at("results"))
	for name, change := range map[string]object{"business_type": {"business_type": 4}, "user_type": {"user_type": 5}, "101 ids": {"tmp_external_userid_list": make([]string, 101)}} {
		fields := object{"business_type": 1, "user_type": 1, "tmp_external_userid_list": []string{zoe}}
		maps.Copy(fields, change)
		assert.Equal(t, 40058, own.send(op, fields).code(), name)
	}
}

func TestChatIDsAreUpgraded(t *testing.T) {
	t.Parallel()
	srv, provider, _, _ := provided(t)
	now := time.Unix(1700000000, 0)
	srv.Clock().Freeze(now)
	app := srv.AddApp(wecomtest.App{Scopes: []wecomtest.Scope{wecomtest.ScopeProvider}, Visible: []string{"alice"}})
	provider.token = provider.fetchToken(app.Secret)
	chat := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "alice"})
	unseen := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "bob"})
	const convert, apply = "idconvert/chatid", "idconvert/apply_to_upgrade_chatid"
	list := object{"chat_id_list": []string{chat, unseen, "wrNone"}}

	assert.Equal(t, 40166, provider.send(convert, list).code(), "before an upgrade was asked for")
	assert.Equal(t, 40167, provider.send(apply, object{"upgrade_time": now.Unix() - 1}).code())
	assert.Equal(t, 40167, provider.send(apply, object{"upgrade_time": now.AddDate(0, 0, 7).Unix() + 1}).code())
	provider.ok(apply, object{"upgrade_time": now.Unix() + 3600})
	r := provider.ok(convert, list)
	assert.Equal(t, []any{chat}, r.list("items", "chat_id"))
	assert.Equal(t, []any{unseen, "wrNone"}, r.at("invalid_chat_id_list"))
	assert.Equal(t, r.at("items.0.new_chat_id"), provider.ok(convert, object{"chat_id_list": []any{r.at("items.0.new_chat_id")}}).at("items.0.new_chat_id"))
	srv.Clock().Advance(time.Hour)
	assert.Equal(t, 40168, provider.send(convert, list).code(), "after it")
	assert.Equal(t, 40165, provider.send(apply, object{"upgrade_time": now.Unix() + 7200}).code())
}

func TestUpgradeChatIDsOfNewCorps(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	s := newSuiteCaller(t, srv, wecomtest.Suite{})
	other := srv.AddCorp("")
	srv.Act().AuthorizeSuite(s.suite.SuiteID, wecomtest.Authorization{})

	r := s.get("idconvert/upgrade_chatid_for_new_corp")
	other.Act().AuthorizeSuite(s.suite.SuiteID, wecomtest.Authorization{})

	assert.Zero(t, r.code())
	list := object{"chat_id_list": []string{"wrNone"}}
	assert.Equal(t, 40166, s.tenant(srv).send("idconvert/chatid", list).code(), "an old tenant")
	assert.Equal(t, 40168, s.tenant(other).send("idconvert/chatid", list).code())
}
