package wecomtest_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// providerCaller calls the API as a service provider.
type providerCaller struct {
	*caller

	name string // of the token's parameter
}

func newProviderCaller(t *testing.T, srv *wecomtest.Server) *providerCaller {
	t.Helper()
	p := srv.Provider()
	c := &providerCaller{&caller{t: t, srv: srv}, "provider_access_token"}
	c.token = c.bare("service/get_provider_token", nil, object{"corpid": p.CorpID, "provider_secret": p.Secret}).text(c.name)
	require.NotEmpty(t, c.token)
	return c
}

func (c *providerCaller) send(op string, fields object) reply {
	c.t.Helper()
	return c.bare(op, url.Values{c.name: {c.token}}, fields)
}

func (c *providerCaller) ok(op string, fields object) reply {
	c.t.Helper()
	r := c.send(op, fields)
	require.Zero(c.t, r.code(), r.Body)
	return r
}

// hear sets up the provider's callback.
func (c *providerCaller) hear() *receiver {
	c.t.Helper()
	id := c.srv.Provider().CorpID
	r := newReceiver(c.t, c.srv)
	r.keys = c.srv.ProviderKeys(id)
	require.NoError(c.t, c.srv.SetCallback(wecomtest.Callback{ServiceCorpID: id, Handler: r}))
	return r
}

func (c *suiteCaller) query(op string, query ...string) reply {
	c.t.Helper()
	q := url.Values{"suite_access_token": {c.token}}
	for i := 0; i < len(query); i += 2 {
		q.Set(query[i], query[i+1])
	}
	return c.do(http.MethodGet, op, q, "")
}

func loginLink(appID, scope string) string {
	return "https://open.weixin.qq.com/connect/oauth2/authorize?" + url.Values{
		"appid": {appID}, "redirect_uri": {"https://isv.example/in"}, "response_type": {"code"}, "scope": {scope}, "state": {"S1"},
	}.Encode() + "#wechat_redirect"
}

// parameter reads a parameter of where a browser was sent.
func parameter(t *testing.T, link, name string) string {
	t.Helper()
	u, err := url.Parse(link)
	require.NoError(t, err)
	return u.Query().Get(name)
}

func TestLoginAtSuite(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.Clock().Freeze(time.Unix(1700000000, 0))
	s := newSuiteCaller(t, srv, wecomtest.Suite{RedirectDomains: []string{"isv.example"}})
	alice := srv.AddMember(wecomtest.Member{Name: "Alice", Gender: 2, Avatar: "https://a.example/alice"})
	srv.Act().AuthorizeSuite(s.suite.SuiteID, wecomtest.Authorization{})
	her := srv.OpenUserID("", alice)

	back := srv.Act().Authorize(alice, loginLink(s.suite.SuiteID, "snsapi_privateinfo"))

	code := parameter(t, back, "code")
	assert.Equal(t, "S1", parameter(t, back, "state"))
	r := s.query("service/auth/getuserinfo3rd", "code", code)
	assert.Equal(t, []any{srv.OpenCorpID(""), her, her, 7200.0}, []any{r.at("corpid"), r.at("userid"), r.at("open_userid"), r.at("expires_in")})
	assert.Equal(t, 40029, s.query("service/auth/getuserinfo3rd", "code", code).code(), "a code is good for once")
	detail := s.ok("service/auth/getuserdetail3rd", object{"user_ticket": r.at("user_ticket")})
	assert.Equal(t, []any{her, her, "2", "https://a.example/alice"}, []any{detail.at("userid"), detail.at("name"), detail.at("gender"), detail.at("avatar")})
	assert.NotEmpty(t, detail.text("qr_code"))
	srv.Clock().Advance(2 * time.Hour)
	s.token = s.fetch(srv.PushTicket(s.suite.SuiteID)).text("suite_access_token")
	assert.Equal(t, 84014, s.send("service/getuserdetail3rd", object{"user_ticket": r.at("user_ticket")}).code())
	assert.Equal(t, 84015, s.send("service/auth/getuserdetail3rd", object{"user_ticket": "x"}).code())

	late := parameter(t, srv.Act().Authorize(alice, loginLink(s.suite.SuiteID, "snsapi_base")), "code")
	srv.Clock().Advance(5 * time.Minute)
	assert.Equal(t, 40029, s.query("service/auth/getuserinfo3rd", "code", late).code())
}

func TestLoginAtSuiteTellsLess(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	s := newSuiteCaller(t, srv, wecomtest.Suite{})
	other := newSuiteCaller(t, srv, wecomtest.Suite{})
	corp := srv.AddCorp("")
	bob := corp.AddMember(wecomtest.Member{Name: "Bob", Gender: 1})
	login := func(person, scope string) string {
		return parameter(t, corp.Act().Authorize(person, loginLink(s.suite.SuiteID, scope)), "code")
	}
	const op = "service/auth/getuserinfo3rd"

	r := s.query(op, "code", login(bob, "snsapi_userinfo"))
	assert.Equal(t, corp.OpenUserID("", bob), r.text("userid"))
	assert.NotContains(t, r.JSON, "user_ticket", "the corp has not installed the suite")
	r = s.query(op, "code", login("a stranger", "snsapi_userinfo"))
	assert.Regexp(t, "^o.{27}$", r.text("openid"))
	assert.NotContains(t, r.JSON, "corpid")
	assert.Equal(t, 40029, other.query(op, "code", login(bob, "snsapi_base")).code(), "another suite's code")

	corp.Act().AuthorizeSuite(s.suite.SuiteID, wecomtest.Authorization{})
	r = s.query("service/getuserinfo3rd", "code", login(bob, "snsapi_userinfo"))
	assert.Equal(t, []any{corp.OpenCorpID(""), corp.OpenUserID("", bob)}, []any{r.at("CorpId"), r.at("UserId")})
	r = s.ok("service/getuserdetail3rd", object{"user_ticket": r.at("user_ticket")})
	assert.Equal(t, "0", r.at("gender"), "without snsapi_privateinfo")
	assert.NotContains(t, r.JSON, "qr_code")
}

func TestWebLogins(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	s, p := newSuiteCaller(t, srv, wecomtest.Suite{}), newProviderCaller(t, srv)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	app := srv.Act().AuthorizeSuite(s.suite.SuiteID, wecomtest.Authorization{})
	redirect := "&redirect_uri=" + url.QueryEscape("https://isv.example/in") + "&state=S1"

	back := srv.Act().Authorize(alice, "https://login.work.weixin.qq.com/wwlogin/sso/login?login_type=ServiceApp&appid="+s.suite.SuiteID+redirect)
	r := s.query("service/auth/getuserinfo3rd", "code", parameter(t, back, "code"))
	assert.Equal(t, srv.OpenUserID("", alice), r.text("userid"))

	console := "https://open.work.weixin.qq.com/wwopen/sso/3rd_qrConnect?appid=" + srv.Provider().CorpID + redirect + "&usertype="
	p.name = "access_token"
	r = p.ok("service/get_login_info", object{"auth_code": parameter(t, srv.Act().Authorize(alice, console+"admin"), "auth_code")})
	assert.EqualValues(t, 2, r.at("usertype"))
	assert.EqualValues(t, app.AgentID, r.at("agent.0.agentid"))
	assert.Equal(t, srv.OpenCorpID(""), r.text("corp_info.corpid"))
	code := object{"auth_code": parameter(t, srv.Act().Authorize(alice, console+"member"), "auth_code")}
	assert.EqualValues(t, 5, p.ok("service/get_login_info", code).at("usertype"))
	assert.Equal(t, 40029, p.send("service/get_login_info", code).code())
}

func TestBadLoginLinksOfSuites(t *testing.T) {
	t.Parallel()
	for name, link := range map[string]func(suiteID string) string{
		"scope":    func(id string) string { return loginLink(id, "snsapi_all") },
		"fragment": func(id string) string { return loginLink(id, "snsapi_base")[:100] },
		"domain": func(id string) string {
			return "https://login.work.weixin.qq.com/wwlogin/sso/login?login_type=ServiceApp&appid=" + id + "&redirect_uri=https%3A%2F%2Fevil.example"
		},
		"type": func(id string) string {
			return "https://login.work.weixin.qq.com/wwlogin/sso/login?login_type=CorpApp&appid=" + id + "&redirect_uri=https%3A%2F%2Fisv.example"
		},
		"unknown": func(string) string {
			return "https://login.work.weixin.qq.com/wwlogin/sso/login?login_type=ServiceApp&appid=ww1&redirect_uri=https%3A%2F%2Fisv.example"
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := record(t, func(srv *wecomtest.Server) {
				suite := srv.AddSuite(wecomtest.Suite{RedirectDomains: []string{"isv.example"}})
				srv.Act().Authorize(srv.AddMember(wecomtest.Member{}), link(suite.SuiteID))
			})
			assert.Contains(t, r.all(), "shows an error")
		})
	}
}

func TestMiniProgramOfSuite(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	s := newSuiteCaller(t, srv, wecomtest.Suite{})
	alice := srv.AddMember(wecomtest.Member{})
	code := srv.Act().LoginToMiniProgram(s.suite.SuiteID, alice)
	const op = "service/miniprogram/jscode2session"

	r := s.query(op, "js_code", code, "grant_type", "authorization_code")

	assert.Equal(t, []any{srv.OpenCorpID(""), srv.OpenUserID("", alice)}, []any{r.at("corpid"), r.at("userid")})
	assert.NotEmpty(t, r.text("session_key"))
	assert.Equal(t, 40029, s.query(op, "js_code", code, "grant_type", "authorization_code").code())
}
