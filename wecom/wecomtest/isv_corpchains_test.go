package wecomtest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestTokensOfCorpsDownstream(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	h := newReceiver(t, srv)
	srv.Callback(h)
	child, stranger := srv.AddCorp("Child"), srv.AddCorp("")
	bob := child.AddMember(wecomtest.Member{UserID: "bob"})
	chain := srv.Act().CreateChain("Supplies")
	srv.Act().JoinChain(chain, child)
	assert.Contains(t, <-h.got, "create_chain")
	assert.Contains(t, <-h.got, "<CorpIds><CorpId><![CDATA["+child.CorpID()+"]]></CorpId></CorpIds>")
	app := srv.Act().ShareApp(srv.App().AgentID, child, wecomtest.LinkChain)
	c := newCaller(t, srv)

	assert.Equal(t, []any{chain}, c.get("corpgroup/corp/get_chain_list").list("chains", "chain_id"))
	assert.Equal(t, []any{"Supplies"}, c.ok("corpgroup/corp/get_chain_group", object{"chain_id": chain}).list("groups", "group_name"))
	r := c.ok("corpgroup/corp/get_chain_corpinfo_list", object{"chain_id": chain})
	assert.Equal(t, []any{child.CorpID()}, r.list("group_corps", "corpid"))
	assert.Equal(t, "Child", c.ok("corpgroup/corp/get_chain_corpinfo", object{"chain_id": chain, "corpid": child.CorpID()}).text("corp_name"))
	share := c.ok("corpgroup/corp/list_app_share_info", object{"agentid": srv.App().AgentID, "business_type": 1})
	assert.Equal(t, []any{1.0, child.CorpID(), float64(app.AgentID)}, []any{share.at("ending"), share.at("corp_list.0.corpid"), share.at("corp_list.0.agentid")})

	token := func(corpID string, agentID int64, kind int) reply {
		return c.send("corpgroup/corp/gettoken", object{"corpid": corpID, "agentid": agentID, "business_type": kind})
	}
	there := &caller{t: t, srv: child, token: token(child.CorpID(), app.AgentID, 1).text("access_token")}
	assert.Equal(t, []any{bob}, there.get("externalcontact/get_follow_user_list").list("follow_user", ""))
	assert.Equal(t, 40013, token(stranger.CorpID(), app.AgentID, 1).code())
	assert.Equal(t, 40013, token(child.CorpID(), app.AgentID, 0).code(), "they are linked in another way")
	assert.Equal(t, 40056, token(child.CorpID(), 1000002, 1).code())
	assert.Equal(t, 301002, c.send("corpgroup/corp/list_app_share_info", object{"agentid": 1}).code())
	assert.Equal(t, 40058, c.send("corpgroup/corp/get_chain_group", object{"chain_id": "x"}).code())
}

func TestPagesOfCorpsDownstream(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	for range 3 {
		child := srv.AddCorp("")
		srv.Act().LinkCorp(child)
		srv.Act().ShareApp(srv.App().AgentID, child, wecomtest.LinkInterconnect)
	}
	c := newCaller(t, srv)
	all := object{"agentid": srv.App().AgentID}
	assert.Len(t, c.ok("corpgroup/corp/list_app_share_info", all).list("corp_list", "corpid"), 3)

	all["limit"] = 2
	r := c.ok("corpgroup/corp/list_app_share_info", all)
	assert.EqualValues(t, 0, r.at("ending"))
	all["cursor"] = r.at("next_cursor")
	r = c.ok("corpgroup/corp/list_app_share_info", all)
	assert.EqualValues(t, 1, r.at("ending"))
	assert.Len(t, r.list("corp_list", "corpid"), 1)
}

// A provider's app can be shared, too, and with it licenses.
func TestShareLicenses(t *testing.T) {
	t.Parallel()
	h := newTenancy(t)
	child := h.srv.AddCorp("Child")
	alice := child.OpenUserID("", child.AddMember(wecomtest.Member{}))
	order, codes := h.buy(2, 0, 1)
	assert.NotEmpty(t, order)
	share := func() reply {
		return h.provider.send("license/batch_share_active_code", object{
			"from_corpid": h.corpID, "to_corpid": child.OpenCorpID(""), "share_list": []object{{"active_code": codes[0]}, {"active_code": "x"}},
		})
	}
	assert.Equal(t, 701058, share().code())
	h.corp.Act().JoinChain(h.corp.Act().CreateChain(""), child)
	assert.Equal(t, 701051, share().code())
	app := h.corp.Act().ShareApp(h.agentID, child, wecomtest.LinkChain)
	assert.NotEmpty(t, app.Secret)

	r := share()

	assert.Equal(t, []any{701021.0}, r.list("share_result", "errcode"), "only what failed is told")
	info := h.provider.ok("license/get_active_info_by_code", object{"corpid": h.corpID, "active_code": codes[0]})
	assert.Equal(t, []any{6.0, child.OpenCorpID("")}, []any{info.at("active_info.status"), info.at("active_info.share_info.to_corpid")})
	assert.Equal(t, 701055, h.activate(codes[0], h.member("here")).code())
	assert.Zero(t, h.provider.send("license/active_account", object{"corpid": child.OpenCorpID(""), "active_code": codes[0], "userid": alice}).code())
	assert.Equal(t, []any{701055.0, 701021.0}, share().list("share_result", "errcode"))
	assert.Equal(t, 48002, h.suite.tenant(h.corp).send("corpgroup/corp/gettoken", object{"corpid": child.OpenCorpID(""), "agentid": app.AgentID, "business_type": 1}).code())
}

// A template's app reaches corps downstream by the ids of its provider.
func TestTemplateDownstream(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	s := newSuiteCaller(t, srv, wecomtest.Suite{Template: true})
	child := srv.AddCorp("")
	child.AddMember(wecomtest.Member{})
	parent := srv.Act().AuthorizeSuite(s.suite.SuiteID, wecomtest.Authorization{})
	srv.Act().LinkCorp(child)
	app := srv.Act().ShareApp(parent.AgentID, child, wecomtest.LinkInterconnect)
	c := &caller{t: t, srv: srv}
	c.token = c.get("gettoken", "corpid", srv.OpenCorpID(""), "corpsecret", srv.PermanentCode(s.suite.SuiteID)).text("access_token")

	r := c.ok("corpgroup/corp/gettoken", object{"corpid": child.OpenCorpID(""), "agentid": app.AgentID})

	there := &caller{t: t, srv: child, token: r.text("access_token")}
	assert.Len(t, there.get("externalcontact/get_follow_user_list").list("follow_user", ""), 1)
	assert.Equal(t, 40013, c.send("corpgroup/corp/gettoken", object{"corpid": child.CorpID(), "agentid": app.AgentID}).code())
}
