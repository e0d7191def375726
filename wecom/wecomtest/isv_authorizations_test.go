package wecomtest_test

import (
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestAuthorizeFromTheMarket(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	s := newSuiteCaller(t, srv, wecomtest.Suite{Name: "Greeter"})
	h := s.hear()
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	srv.AddMember(wecomtest.Member{UserID: "bob"})
	<-h.got // a ticket

	app := srv.Act().AuthorizeSuite(s.suite.SuiteID, wecomtest.Authorization{Admin: alice, Visible: []string{alice}})

	e := <-h.got
	d := srv.Deliveries()[1]
	code, _ := d.Event.Get("AuthCode").(string)
	assert.Contains(t, e, "<SuiteId><![CDATA["+s.suite.SuiteID+"]]></SuiteId><AuthCode><![CDATA["+code+"]]></AuthCode><InfoType><![CDATA[create_auth]]></InfoType>")
	assert.NotContains(t, e, "AuthCorpId")
	r := s.ok("service/get_permanent_code", object{"auth_code": code})
	corpID := srv.OpenCorpID("")
	assert.Equal(t, srv.PermanentCode(s.suite.SuiteID), r.text("permanent_code"))
	assert.Equal(t, corpID, r.text("auth_corp_info.corpid"))
	assert.NotEqual(t, srv.CorpID(), corpID)
	her := srv.OpenUserID("", alice)
	assert.Equal(t, her, r.text("auth_user_info.userid"))
	assert.NotEqual(t, alice, her, "a provider knows members by ids of its own, too")
	assert.EqualValues(t, app.AgentID, r.at("auth_info.agent.0.agentid"))
	assert.Equal(t, "Greeter", r.text("auth_info.agent.0.name"))
	assert.Equal(t, []any{her}, r.list("auth_info.agent.0.privilege.allow_user", ""))
	assert.Equal(t, 40078, s.send("service/get_permanent_code", object{"auth_code": code}).code(), "it is good for once")
	assert.Equal(t, 40078, s.send("service/v2/get_permanent_code", object{"auth_code": code}).code())

	who := object{"auth_corpid": corpID, "permanent_code": r.text("permanent_code")}
	assert.Equal(t, r.at("auth_info"), s.ok("service/get_auth_info", who).at("auth_info"))
	assert.Equal(t, r.at("auth_info"), s.ok("service/v2/get_auth_info", who).at("auth_info"))
	assert.Equal(t, []any{her}, s.ok("service/get_admin_list", object{"auth_corpid": corpID, "agentid": app.AgentID}).list("admin", "userid"))

	mine := &caller{t: t, srv: srv, token: r.text("access_token")}
	assert.Equal(t, []any{her}, mine.get("externalcontact/get_follow_user_list").list("follow_user", ""), "it sees what was granted")
	tenant := s.tenant(srv)
	assert.Equal(t, []any{her}, tenant.send("agent/get_admin_list", object{}).list("admin", "userid"))
	assert.Equal(t, 48002, newCaller(t, srv).send("agent/get_admin_list", object{}).code())
	assert.Equal(t, 48002, tenant.get("user/delete", "userid", alice).code(), "it may do what was granted")
	assert.Equal(t, srv.CorpID(), srv.Calls().Op("service/get_corp_token").Last().CorpID)
}

func TestPermanentCodeV2(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	s := newSuiteCaller(t, srv, wecomtest.Suite{})
	h := s.hear()
	other := srv.AddCorp("Other Ltd")

	other.Act().AuthorizeSuite(s.suite.SuiteID, wecomtest.Authorization{})
	srv.WaitDeliveries(2)
	_, _ = <-h.got, <-h.got

	r := s.ok("service/v2/get_permanent_code", object{"auth_code": srv.Deliveries()[1].Event.Get("AuthCode")})
	assert.Equal(t, map[string]any{"corpid": other.OpenCorpID(""), "corp_name": "Other Ltd"}, r.at("auth_corp_info"))
	assert.Equal(t, other.PermanentCode(s.suite.SuiteID), r.text("permanent_code"))
	assert.Empty(t, srv.PermanentCode(s.suite.SuiteID))
}

func TestAuthCodesEnd(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.Clock().Freeze(time.Unix(1700000000, 0))
	s := newSuiteCaller(t, srv, wecomtest.Suite{})
	stranger := newSuiteCaller(t, srv, wecomtest.Suite{})
	s.hear()
	srv.Act().AuthorizeSuite(s.suite.SuiteID, wecomtest.Authorization{})
	code := object{"auth_code": srv.Deliveries()[1].Event.Get("AuthCode")}

	assert.Equal(t, 40078, stranger.send("service/get_permanent_code", code).code())
	srv.Clock().Advance(10 * time.Minute)
	assert.Equal(t, 40078, s.send("service/get_permanent_code", code).code())
}

func TestAuthorizeByLink(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.Clock().Freeze(time.Unix(1700000000, 0))
	s := newSuiteCaller(t, srv, wecomtest.Suite{RedirectDomains: []string{"isv.example"}})
	s.hear()
	link := func(change ...string) string {
		q := url.Values{
			"suite_id": {s.suite.SuiteID}, "pre_auth_code": {s.get("service/get_pre_auth_code").text("pre_auth_code")},
			"redirect_uri": {"https://isv.example/done?x=1"}, "state": {"S1"},
		}
		for i := 0; i < len(change); i += 2 {
			q.Set(change[i], change[i+1])
		}
		return "https://open.work.weixin.qq.com/3rdapp/install?" + q.Encode()
	}
	for name, bad := range map[string]string{
		"page":     "https://open.work.weixin.qq.com/3rdapp/installed",
		"suite":    link("suite_id", "ww1"),
		"code":     link("pre_auth_code", "x"),
		"redirect": link("redirect_uri", "https://evil.example/"),
		"relative": link("redirect_uri", "/done"),
		"state":    link("state", "a-b"),
	} {
		_, err := srv.Act().AuthorizeByLink(bad, wecomtest.Authorization{})
		assert.Error(t, err, name)
	}
	late := link()
	srv.Clock().Advance(20 * time.Minute)
	_, err := srv.Act().AuthorizeByLink(late, wecomtest.Authorization{})
	require.ErrorContains(t, err, "42007")

	once := link()
	back, err := srv.Act().AuthorizeByLink(once, wecomtest.Authorization{})

	require.NoError(t, err)
	u, err := url.Parse(back)
	require.NoError(t, err)
	assert.Equal(t, "isv.example/done", u.Host+u.Path)
	assert.Equal(t, "1", u.Query().Get("x"))
	assert.Equal(t, "S1", u.Query().Get("state"))
	assert.Equal(t, "600", u.Query().Get("expires_in"))
	assert.NotEmpty(t, s.ok("service/get_permanent_code", object{"auth_code": u.Query().Get("auth_code")}).text("permanent_code"))
	for _, d := range srv.Deliveries() {
		assert.Equal(t, "suite_ticket", d.Event.Event, "an installation from the provider's site is not told")
	}
	_, err = srv.AddCorp("").Act().AuthorizeByLink(once, wecomtest.Authorization{})
	require.ErrorContains(t, err, "40077", "a pre-auth code is good for once")
}

func TestSessionInfo(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	s := newSuiteCaller(t, srv, wecomtest.Suite{})
	code := s.get("service/get_pre_auth_code").text("pre_auth_code")

	s.ok("service/set_session_info", object{"pre_auth_code": code, "session_info": object{"auth_type": 1}})

	assert.Equal(t, 40058, s.send("service/set_session_info", object{"pre_auth_code": code, "session_info": object{"auth_type": 2}}).code())
	assert.Equal(t, 40077, s.send("service/set_session_info", object{"pre_auth_code": "x", "session_info": object{}}).code())
}

func TestTemplate(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	s := newSuiteCaller(t, srv, wecomtest.Suite{Template: true})
	h := s.hear()
	<-h.got
	srv.Act().AuthorizeSuite(s.suite.SuiteID, wecomtest.Authorization{State: "qr7"})
	assert.Contains(t, <-h.got, "<State><![CDATA[qr7]]></State>")

	r := s.ok("service/get_permanent_code", object{"auth_code": srv.Deliveries()[1].Event.Get("AuthCode")})

	assert.NotContains(t, r.JSON, "access_token")
	assert.Equal(t, true, r.at("auth_info.agent.0.is_customized_app"))
	assert.Equal(t, "qr7", r.text("state"))
	corpID, secret := r.text("auth_corp_info.corpid"), r.text("permanent_code")
	c := &caller{t: t, srv: srv}
	token := c.get("gettoken", "corpid", corpID, "corpsecret", secret).text("access_token")
	assert.NotEmpty(t, token, "it is an app of the corp, whose secret is the permanent code")
	assert.Equal(t, 40001, c.get("gettoken", "corpid", srv.CorpID(), "corpsecret", secret).code(), "known by the provider's id")
	assert.Equal(t, 48002, s.send("service/get_corp_token", object{"auth_corpid": corpID, "permanent_code": secret}).code())

	srv.Act().ResetPermanentCode(s.suite.SuiteID)
	assert.Contains(t, <-h.got, "<InfoType><![CDATA[reset_permanent_code]]></InfoType>")
	assert.Equal(t, 40001, c.get("gettoken", "corpid", corpID, "corpsecret", secret).code())
	c.token = token
	assert.Zero(t, c.get("externalcontact/get_follow_user_list").code(), "tokens stay")
	fresh := s.ok("service/v2/get_permanent_code", object{"auth_code": srv.Deliveries()[2].Event.Get("AuthCode")}).text("permanent_code")
	assert.NotEqual(t, secret, fresh)
	assert.NotEmpty(t, c.get("gettoken", "corpid", corpID, "corpsecret", fresh).text("access_token"))
}

func TestPermanentCodesAreNoSecrets(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	s := newSuiteCaller(t, srv, wecomtest.Suite{})
	srv.Act().AuthorizeSuite(s.suite.SuiteID, wecomtest.Authorization{})

	c := &caller{t: t, srv: srv}
	r := c.get("gettoken", "corpid", srv.OpenCorpID(""), "corpsecret", srv.PermanentCode(s.suite.SuiteID))

	assert.Equal(t, 40001, r.code(), "of a third-party app")
}

func TestChangeAndCancel(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	s := newSuiteCaller(t, srv, wecomtest.Suite{})
	h := s.hear()
	alice := srv.AddMember(wecomtest.Member{UserID: "alice"})
	srv.Act().AuthorizeSuite(s.suite.SuiteID, wecomtest.Authorization{Visible: []string{}})
	tenant := s.tenant(srv)
	const op = "externalcontact/get_follow_user_list"
	assert.Empty(t, tenant.get(op).list("follow_user", ""))
	_, _ = <-h.got, <-h.got

	srv.Act().ChangeAuthorization(s.suite.SuiteID, func(a *wecomtest.Authorization) { a.Visible = []string{alice} })

	about := "<AuthCorpId><![CDATA[" + srv.OpenCorpID("") + "]]></AuthCorpId>"
	change := <-h.got
	assert.Contains(t, change, "change_auth")
	assert.Contains(t, change, about)
	assert.Equal(t, []any{srv.OpenUserID("", alice)}, tenant.get(op).list("follow_user", ""))

	old := object{"auth_corpid": srv.OpenCorpID(""), "permanent_code": srv.PermanentCode(s.suite.SuiteID)}
	srv.Act().CancelAuthorization(s.suite.SuiteID)

	cancel := <-h.got
	assert.Contains(t, cancel, "cancel_auth")
	assert.Contains(t, cancel, about)
	assert.Equal(t, 40014, tenant.get(op).code())
	assert.Equal(t, 40084, s.send("service/get_corp_token", old).code())
	assert.Equal(t, 40084, s.send("service/get_auth_info", old).code())

	srv.Act().AuthorizeSuite(s.suite.SuiteID, wecomtest.Authorization{})
	assert.NotEqual(t, old["permanent_code"], srv.PermanentCode(s.suite.SuiteID), "a new authorisation has a new code")
	assert.Equal(t, 40084, s.send("service/get_corp_token", old).code())
}

// A provider sees only what was authorised to it.
func TestTenantsOfOtherProviders(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	mine := newSuiteCaller(t, srv, wecomtest.Suite{})
	rival := newSuiteCaller(t, srv, wecomtest.Suite{ProviderID: srv.AddProvider(wecomtest.Provider{}).CorpID})
	srv.Act().AuthorizeSuite(mine.suite.SuiteID, wecomtest.Authorization{})
	code := srv.PermanentCode(mine.suite.SuiteID)

	for _, id := range []string{srv.OpenCorpID(""), srv.OpenCorpID(rival.suite.ProviderID), srv.CorpID(), "wp1"} {
		r := rival.send("service/get_corp_token", object{"auth_corpid": id, "permanent_code": code})
		assert.Equal(t, 40084, r.code(), id)
	}
	for _, id := range []string{srv.OpenCorpID(rival.suite.ProviderID), srv.CorpID()} {
		assert.Equal(t, 40084, mine.send("service/get_corp_token", object{"auth_corpid": id, "permanent_code": code}).code(), id)
	}
}

// What happens in a corp is told to the suites that it has installed, about
// the corp by the id that the provider knows.
func TestSuitesHearOfTheirTenants(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	s := newSuiteCaller(t, srv, wecomtest.Suite{})
	h := s.hear()
	other := srv.AddCorp("")
	stranger := srv.AddCorp("")
	stranger.AddCustomer(stranger.AddMember(wecomtest.Member{}), wecomtest.Customer{})
	<-h.got // a ticket

	for _, corp := range []*wecomtest.Server{srv, other} {
		app := corp.Act().AuthorizeSuite(s.suite.SuiteID, wecomtest.Authorization{})
		corp.AddCustomer(corp.AddMember(wecomtest.Member{UserID: "alice"}), wecomtest.Customer{})
		corp.Trigger("click", wecomtest.Set("FromUserName", "alice"))

		<-h.got // create_auth
		notice, data := <-h.got, <-h.got
		assert.Regexp(t, "^<xml><SuiteId><!\\[CDATA\\["+s.suite.SuiteID+"\\]\\]></SuiteId><AuthCorpId><!\\[CDATA\\["+corp.OpenCorpID("")+
			"\\]\\]></AuthCorpId><InfoType><!\\[CDATA\\[change_external_contact\\]\\]></InfoType>", notice)
		assert.Contains(t, data, "<ToUserName><![CDATA["+corp.OpenCorpID("")+"]]></ToUserName>", "the data callback")
		assert.Contains(t, data, "<AgentID>"+strconv.FormatInt(app.AgentID, 10)+"</AgentID>")
	}
	ids := []string{}
	for _, d := range srv.Deliveries() {
		ids = append(ids, d.CorpID)
	}
	assert.NotContains(t, ids, stranger.CorpID())
}

// The answer to create_auth must come within a second.
func TestSlowAnswerToAuthorization(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := wecomtest.New(t)
		s := newSuiteCaller(t, srv, wecomtest.Suite{})
		h := s.hear()
		srv.WaitDeliveries(1)
		quick := h.post
		h.post = func(w http.ResponseWriter, r *http.Request) {
			select {
			case <-time.After(1500 * time.Millisecond):
				quick(w, r)
			case <-r.Context().Done():
			}
		}
		srv.Act().AuthorizeSuite(s.suite.SuiteID, wecomtest.Authorization{})
		srv.WaitDeliveries(2)

		d := srv.Deliveries()[1]
		require.Len(t, d.Attempts, 4)
		assert.Equal(t, "no answer within 1s", d.Attempts[0].Err)
		assert.False(t, d.Delivered())
	})
}
