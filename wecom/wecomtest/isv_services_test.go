package wecomtest_test

import (
	"maps"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// tenancy is a corp that has installed a suite of a provider.
type tenancy struct {
	srv, corp *wecomtest.Server
	suite     *suiteCaller
	provider  *providerCaller
	corpID    string // as the provider knows the corp
	agentID   int64  // of the suite's app
}

func newTenancy(t *testing.T) *tenancy {
	t.Helper()
	srv := wecomtest.New(t)
	srv.Clock().Freeze(time.Unix(1700000000, 0))
	h := &tenancy{
		srv: srv, corp: srv.AddCorp("Tenant"), suite: newSuiteCaller(t, srv, wecomtest.Suite{TryDays: 15}), provider: newProviderCaller(t, srv),
	}
	h.agentID = h.corp.Act().AuthorizeSuite(h.suite.suite.SuiteID, wecomtest.Authorization{}).AgentID
	h.corpID = h.corp.OpenCorpID("")
	return h
}

func TestSearchContacts(t *testing.T) {
	t.Parallel()
	h := newTenancy(t)
	ids := map[string]string{}
	for _, m := range []wecomtest.Member{{UserID: "u1", Name: "Ann", Alias: "annie"}, {UserID: "u2", Name: "Hannah"}, {UserID: "u3", Name: "Bob"}, {UserID: "u4", Name: "Anna", Left: true}} {
		ids[m.UserID] = h.corp.OpenUserID("", h.corp.AddMember(m))
	}
	const op = "service/contact/search"
	search := func(more object) reply {
		q := object{"auth_corpid": h.corpID, "query_word": "ann"}
		maps.Copy(q, more)
		return h.provider.send(op, q)
	}

	r := search(object{"query_range": 1})
	assert.Equal(t, []any{ids["u1"], ids["u2"]}, r.list("query_result.user.userid", ""))
	assert.Equal(t, []any{ids["u4"]}, r.list("query_result.dismiss_user.userid", ""))
	assert.Empty(t, r.list("query_result.party.department_id", ""))
	assert.Equal(t, []any{ids["u1"]}, search(object{"query_word": "annie", "full_match_field": 2, "query_type": 1}).list("query_result.user.userid", ""))
	assert.Nil(t, search(object{"query_type": 2}).at("query_result.user"))

	r = search(object{"limit": 1})
	assert.Equal(t, false, r.at("is_last"))
	r = search(object{"limit": 1, "cursor": r.at("next_cursor")})
	assert.Equal(t, []any{ids["u2"]}, r.list("query_result.user.userid", ""))
	assert.Equal(t, true, r.at("is_last"))

	assert.Equal(t, 40013, search(object{"auth_corpid": h.srv.OpenCorpID("")}).code(), "no tenant")
	assert.Equal(t, 40056, search(object{"agentid": 1000002}).code(), "the corp's own app")
	batch := h.provider.ok("service/contact/batchsearch", object{"auth_corpid": h.corpID, "query_request_list": []object{{"query_word": "bob"}, {"query_word": "nobody"}}})
	assert.Equal(t, []any{ids["u3"]}, batch.list("query_result_list.0.query_result.user.userid", ""))
	assert.Equal(t, "nobody", batch.text("query_result_list.1.query_request.query_word"))

	list := []string{ids["u3"], ids["u2"], ids["u1"], "x"}
	assert.Equal(t, []any{ids["u1"], ids["u3"], ids["u2"]}, h.provider.ok("service/contact/sort", object{"auth_corpid": h.corpID, "useridlist": list}).list("useridlist", ""))
	down := object{"auth_corpid": h.corpID, "useridlist": list, "sort_options": []object{{"sort_field": 1, "sort_type": 1}}}
	assert.Equal(t, []any{ids["u2"], ids["u3"], ids["u1"]}, h.provider.ok("service/contact/sort", down).list("useridlist", ""))
}

func TestTranslateIDs(t *testing.T) {
	t.Parallel()
	h := newTenancy(t)
	token := h.provider.token
	file := h.provider.upload("../service/media/upload", "provider_access_token="+token+"&type=file", "a.txt", []byte("text"))
	require.Zero(t, file.code(), file.Body)

	job := h.provider.ok("service/contact/id_translate", object{"auth_corpid": h.corpID, "media_id_list": []any{file.at("media_id")}, "output_file_name": "names"})
	r := h.provider.do(http.MethodGet, "service/batch/getresult", url.Values{"provider_access_token": {token}, "jobid": {job.text("jobid")}}, "")

	assert.EqualValues(t, 3, r.at("status"))
	assert.Regexp(t, "/names.txt$", r.text("result.contact_id_translate.url"))
	assert.Equal(t, 40007, h.provider.send("service/contact/id_translate", object{"auth_corpid": h.corpID, "media_id_list": []string{"x"}}).code())
	assert.Equal(t, 40088, h.provider.do(http.MethodGet, "service/batch/getresult", url.Values{"provider_access_token": {token}, "jobid": {"x"}}, "").code())
}

func TestOrdersOfSuite(t *testing.T) {
	t.Parallel()
	h := newTenancy(t)
	events := h.suite.hear()
	<-events.got // a ticket
	id := h.suite.suite.SuiteID
	who := object{"auth_corpid": h.corpID, "permanent_code": h.corp.PermanentCode(id)}
	status := func() any { return h.suite.ok("service/get_auth_info", who).at("edition_info.agent.0.app_status") }
	assert.EqualValues(t, 1, status(), "on trial")

	r := h.suite.ok("service/prolong_try", object{"buyer_corpid": h.corpID, "prolong_days": 5})
	assert.EqualValues(t, 1700000000+20*86400, r.at("try_end_time"))
	boss := h.corp.AddMember(wecomtest.Member{})
	order := h.corp.Act().OrderSuite(id, wecomtest.SuiteOrder{Price: 9900, UserCount: 10, Days: 30, Operator: boss})
	assert.Contains(t, <-events.got, "<OperatorId><![CDATA["+h.corp.OpenUserID("", boss)+"]]></OperatorId>")
	assert.EqualValues(t, 0, h.suite.ok("service/get_order", object{"orderid": order}).at("order_status"))

	h.corp.Act().PaySuiteOrder(order)

	paid := <-events.got
	assert.Contains(t, paid, "pay_for_app_success")
	assert.Contains(t, paid, "<PaidCorpId><![CDATA["+h.corpID+"]]></PaidCorpId>")
	assert.EqualValues(t, 3, status())
	r = h.suite.ok("service/get_order_list", object{"start_time": 1700000000, "end_time": 1700000000})
	assert.Equal(t, []any{order}, r.list("order_list", "orderid"))
	assert.EqualValues(t, 1700000000+30*86400, r.at("order_list.0.end_time"))
	assert.Empty(t, h.suite.ok("service/get_order_list", object{"start_time": 1700000000, "end_time": 1700000000, "test_mode": 1}).list("order_list", "orderid"))
	h.corp.Act().RefundSuiteOrder(order)
	assert.Contains(t, <-events.got, "[refund]")
	assert.EqualValues(t, 5, h.suite.ok("service/get_order", object{"orderid": order}).at("order_status"))
	assert.Equal(t, 90300, h.suite.send("service/get_order", object{"orderid": "x"}).code())
}

func TestRegisterCorp(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.Clock().Freeze(time.Unix(1700000000, 0))
	p, s := newProviderCaller(t, srv), newSuiteCaller(t, srv, wecomtest.Suite{})
	told, suiteTold := p.hear(), s.hear()
	<-suiteTold.got
	tpl := srv.AddRegisterTemplate(wecomtest.RegisterTemplate{SuiteIDs: []string{s.suite.SuiteID}, ContactSync: true})
	code := p.ok("service/get_register_code", object{"template_id": tpl.TemplateID, "corp_name": "New Ltd", "state": "S1"}).text("register_code")
	info := object{"register_code": code}
	assert.Equal(t, 84024, p.send("service/get_register_info", info).code())

	corp, err := srv.Act().RegisterCorp(code, "Nora")

	require.NoError(t, err)
	e := <-told.got
	assert.Contains(t, e, "<InfoType><![CDATA[register_corp]]></InfoType>")
	assert.Contains(t, e, "<AuthCorpId><![CDATA["+corp.OpenCorpID("")+"]]></AuthCorpId>")
	r := p.ok("service/get_register_info", info)
	assert.Equal(t, []any{corp.OpenCorpID(""), "S1", tpl.TemplateID}, []any{r.at("corpid"), r.at("state"), r.at("template_id")})
	c := &caller{t: t, srv: corp, token: r.text("contact_sync.access_token")}
	assert.NotEqual(t, 48002, c.get("user/delete", "userid", "nobody").code(), "the token is for the directory")
	<-suiteTold.got
	auth := s.ok("service/get_permanent_code", object{"auth_code": srv.Deliveries()[len(srv.Deliveries())-1].Event.Get("AuthCode")})
	assert.Equal(t, code, auth.text("register_code_info.register_code"))
	assert.Equal(t, "New Ltd", auth.text("auth_corp_info.corp_name"))

	_, err = srv.Act().RegisterCorp(code, "Nora")
	require.ErrorContains(t, err, "84022", "a code is good for once")
	assert.Equal(t, 84020, p.send("service/get_register_code", object{"template_id": "tpl"}).code())
	assert.Equal(t, 84022, p.send("service/get_register_info", object{"register_code": "x"}).code())
	srv.Clock().Advance(24 * time.Hour)
	p.token = newProviderCaller(t, srv).token
	assert.Equal(t, 84024, p.send("service/get_register_info", info).code())
}

func TestAuthorizeByQRCode(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	s, p := newSuiteCaller(t, srv, wecomtest.Suite{Template: true}), newProviderCaller(t, srv)
	h := s.hear()
	<-h.got
	const op = "service/get_customized_auth_url"
	qr := p.ok(op, object{"state": "S1", "templateid_list": []string{s.suite.SuiteID}}).text("qrcode_url")

	require.NoError(t, srv.Act().AuthorizeByQRCode(qr, wecomtest.Authorization{}))

	assert.Contains(t, <-h.got, "<State><![CDATA[S1]]></State>")
	assert.Error(t, srv.Act().AuthorizeByQRCode("x", wecomtest.Authorization{}))
	assert.Equal(t, 40083, p.send(op, object{"state": "S1", "templateid_list": []string{"dk1"}}).code())
	assert.Equal(t, 40058, p.send(op, object{"state": "S-1", "templateid_list": []string{s.suite.SuiteID}}).code())

	image := s.send("service/get_app_qrcode", object{"suite_id": s.suite.SuiteID, "state": "x"})
	assert.Equal(t, "image/png", image.Header.Get("Content-Type"))
	assert.NotEmpty(t, s.ok("service/get_app_qrcode", object{"suite_id": s.suite.SuiteID, "result_type": 2}).text("qrcode"))
}

func TestIDsOfProviders(t *testing.T) {
	t.Parallel()
	h := newTenancy(t)
	zoe := h.corp.AddCustomer(h.corp.AddMember(wecomtest.Member{}), wecomtest.Customer{UnionID: "union"})
	h.srv.AddCustomer(h.srv.AddMember(wecomtest.Member{}), wecomtest.Customer{UnionID: "union"}) // of no tenant

	r := h.suite.ok("service/externalcontact/unionid_to_external_userid_3rd", object{"unionid": "union", "openid": "o1"})

	assert.Equal(t, []any{map[string]any{"corpid": h.corpID, "external_userid": h.corp.ProviderExternalUserID(zoe)}}, r.at("external_userid_info"))
	assert.Equal(t, 40013, h.suite.send("service/externalcontact/unionid_to_external_userid_3rd", object{"unionid": "union", "openid": "o1", "corpid": h.srv.OpenCorpID("")}).code())
	assert.Equal(t, h.corpID, h.provider.ok("service/corpid_to_opencorpid", object{"corpid": h.corp.CorpID()}).text("open_corpid"))
	assert.Equal(t, 40013, h.provider.send("service/corpid_to_opencorpid", object{"corpid": h.srv.CorpID()}).code(), "no tenant")
	assert.Equal(t, 40013, h.provider.send("service/corpid_to_opencorpid", object{"corpid": h.corpID}).code(), "converted already")
	h.provider.ok("service/externalcontact/finish_external_userid_migration", object{"corpid": h.corpID})
	h.provider.ok("service/finish_openid_migration", object{"corpid": h.corpID, "openid_type": []int{1, 3}})
}
