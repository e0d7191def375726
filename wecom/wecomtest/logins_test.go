package wecomtest_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// oauth is a link as the page 91022 has it; change is of its parameters.
func oauth(srv *wecomtest.Server, scope string, change ...string) string {
	q := url.Values{
		"appid": {srv.Credential().CorpID}, "redirect_uri": {"https://crm.example.com/back?from=menu"}, "response_type": {"code"},
		"scope": {scope}, "state": {"st4te"}, "agentid": {"1000002"},
	}
	for i := 0; i < len(change); i += 2 {
		q.Set(change[i], change[i+1])
	}
	return "https://open.weixin.qq.com/connect/oauth2/authorize?" + q.Encode() + "#wechat_redirect"
}

// codeIn returns the code that WeCom sends a person back with.
func codeIn(t *testing.T, back string) string {
	t.Helper()
	u, err := url.Parse(back)
	require.NoError(t, err)
	require.NotEmpty(t, u.Query().Get("code"))
	return u.Query().Get("code")
}

func TestAuthorizeLeadsBack(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})

	u, err := url.Parse(srv.Act().Authorize(alice, oauth(srv, "snsapi_base")))

	require.NoError(t, err)
	assert.Equal(t, "https://crm.example.com/back", u.Scheme+"://"+u.Host+u.Path)
	assert.Equal(t, "menu", u.Query().Get("from"))
	assert.Equal(t, "st4te", u.Query().Get("state"))
}

func TestCodeTellsWhoCame(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	c := newCaller(t, srv)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	zoe := srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
	info := func(person string) reply {
		r := c.get("auth/getuserinfo", "code", codeIn(t, srv.Act().Authorize(person, oauth(srv, "snsapi_base"))))
		require.Zero(t, r.code(), r.Body)
		return r
	}

	member, customer, stranger := info(alice), info(zoe), info("a passer-by")

	assert.Equal(t, alice, member.text("userid"))
	assert.Nil(t, member.at("user_ticket"), "snsapi_base")
	assert.Nil(t, member.at("openid"))
	assert.Equal(t, zoe, customer.text("external_userid"))
	assert.Equal(t, c.send("externalcontact/convert_to_openid", object{"external_userid": zoe}).text("openid"), customer.text("openid"))
	assert.NotEmpty(t, stranger.text("openid"))
	assert.Nil(t, stranger.at("external_userid"))
}

func TestCustomerOfNobodyInSightHasNoExternalUserID(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice, bob := srv.AddMember(wecomtest.Member{}), srv.AddMember(wecomtest.Member{})
	zoe := seedFollow(srv, "Zoe", alice)
	c := addApp(t, srv, bob)

	r := c.get("auth/getuserinfo", "code", codeIn(t, srv.Act().Authorize(zoe, oauth(srv, "snsapi_base", "agentid", "1000003"))))

	assert.NotEmpty(t, r.text("openid"), r.Body)
	assert.Nil(t, r.at("external_userid"))
}

func TestCodesAreRefused(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		code func(srv *wecomtest.Server, c *caller, alice string) string
		want int
	}{
		{"missing", func(*wecomtest.Server, *caller, string) string { return "" }, 41008},
		{"unknown", func(*wecomtest.Server, *caller, string) string { return "nothing" }, 40029},
		{"used", func(srv *wecomtest.Server, c *caller, alice string) string {
			code := codeIn(c.t, srv.Act().Authorize(alice, oauth(srv, "snsapi_base")))
			c.get("auth/getuserinfo", "code", code)
			return code
		}, 40029},
		{"after five minutes", func(srv *wecomtest.Server, c *caller, alice string) string {
			code := codeIn(c.t, srv.Act().Authorize(alice, oauth(srv, "snsapi_base")))
			srv.Clock().Advance(5 * time.Minute)
			return code
		}, 40029},
		{"another app's", func(srv *wecomtest.Server, c *caller, alice string) string {
			app := srv.AddApp(wecomtest.App{AgentID: 1000009})
			require.NotZero(c.t, app.AgentID)
			return codeIn(c.t, srv.Act().Authorize(alice, oauth(srv, "snsapi_base", "agentid", "1000009")))
		}, 40029},
		{"of a second verification", func(srv *wecomtest.Server, c *caller, alice string) string {
			return codeIn(c.t, srv.Act().VerifyAgain(alice, oauth(srv, "snsapi_base")))
		}, 40029},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv := wecomtest.New(t)
			c := newCaller(t, srv)
			alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
			assert.Equal(t, tt.want, c.get("auth/getuserinfo", "code", tt.code(srv, c, alice)).code())
		})
	}
}

func TestCodeOfAnotherDomain(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{})
	app := srv.AddApp(wecomtest.App{TrustedDomains: []string{"shop.example.com"}})
	c := &caller{t: t, srv: srv}
	c.token = c.fetchToken(app.Secret)

	// A link without agentid cannot be checked before it is used.
	link := strings.Replace(oauth(srv, "snsapi_base"), "agentid=1000002&", "", 1)
	code := codeIn(t, srv.Act().Authorize(alice, link))

	assert.Equal(t, 50001, c.get("auth/getuserinfo", "code", code).code())
}

func TestUserTicketTellsMore(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	c := newCaller(t, srv)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice", Gender: 2, Mobile: "13800000000", BizMail: "alice@corp.example"})
	ticket := c.get("auth/getuserinfo", "code", codeIn(t, srv.Act().Authorize(alice, oauth(srv, "snsapi_privateinfo")))).text("user_ticket")
	require.NotEmpty(t, ticket)

	detail := c.ok("auth/getuserdetail", object{"user_ticket": ticket})
	assert.Equal(t, alice, detail.text("userid"))
	assert.Equal(t, "2", detail.text("gender"))
	assert.Equal(t, "13800000000", detail.text("mobile"))

	assert.Equal(t, 84015, addApp(t, srv).send("auth/getuserdetail", object{"user_ticket": ticket}).code(), "another app's")
	assert.Equal(t, 84090, c.send("auth/getuserdetail", object{"user_ticket": ""}).code())
	srv.Clock().Advance(30 * time.Minute)
	assert.Equal(t, 84014, c.send("auth/getuserdetail", object{"user_ticket": ticket}).code())
}

func TestSecondVerification(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	c := newCaller(t, srv)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	begin := func() string {
		r := c.ok("auth/get_tfa_info", object{"code": codeIn(t, srv.Act().VerifyAgain(alice, oauth(srv, "snsapi_base")))})
		require.Equal(t, alice, r.text("userid"))
		return r.text("tfa_code")
	}

	late := begin()
	require.True(t, srv.Member(alice).Locked)
	srv.Clock().Advance(5 * time.Minute)
	assert.Equal(t, 40207, c.send("user/tfa_succ", object{"userid": alice, "tfa_code": late}).code())
	code := begin()
	c.ok("user/tfa_succ", object{"userid": alice, "tfa_code": code})

	assert.False(t, srv.Member(alice).Locked)
	assert.Equal(t, 40207, c.send("user/tfa_succ", object{"userid": alice, "tfa_code": code}).code(), "once")
}

func TestLinksThatShowAnError(t *testing.T) {
	t.Parallel()
	web := func(srv *wecomtest.Server, change ...string) string {
		q := url.Values{
			"login_type": {"CorpApp"}, "appid": {srv.Credential().CorpID}, "agentid": {"1000002"},
			"redirect_uri": {"https://crm.example.com/back"}, "state": {"st4te"},
		}
		for i := 0; i < len(change); i += 2 {
			q.Set(change[i], change[i+1])
		}
		return "https://login.work.weixin.qq.com/wwlogin/sso/login?" + q.Encode()
	}
	for _, tt := range []struct {
		name string
		link func(srv *wecomtest.Server) string
		want string // "" is a link that works
	}{
		{"oauth", func(srv *wecomtest.Server) string { return oauth(srv, "snsapi_base") }, ""},
		{"web", func(srv *wecomtest.Server) string { return web(srv, "lang", "en") }, ""},
		{"other host", func(*wecomtest.Server) string { return "https://example.com/connect/oauth2/authorize" }, "no login at"},
		{"http", func(srv *wecomtest.Server) string {
			return strings.Replace(oauth(srv, "snsapi_base"), "https", "http", 1)
		}, "no https"},
		{"no fragment", func(srv *wecomtest.Server) string { l, _, _ := strings.Cut(oauth(srv, "snsapi_base"), "#"); return l }, "wechat_redirect"},
		{"scope", func(srv *wecomtest.Server) string { return oauth(srv, "snsapi_userinfo") }, "scope"},
		{"other corp", func(srv *wecomtest.Server) string { return oauth(srv, "snsapi_base", "appid", "ww2") }, "appid"},
		{"no such app", func(srv *wecomtest.Server) string { return oauth(srv, "snsapi_base", "agentid", "9") }, "no app"},
		{"relative redirect", func(srv *wecomtest.Server) string { return oauth(srv, "snsapi_base", "redirect_uri", "/back") }, "redirect_uri"},
		{"state with a dash", func(srv *wecomtest.Server) string { return oauth(srv, "snsapi_base", "state", "a-b") }, "state"},
		{"long state", func(srv *wecomtest.Server) string {
			return oauth(srv, "snsapi_base", "state", strings.Repeat("a", 129))
		}, "state"},
		{"unknown parameter", func(srv *wecomtest.Server) string { return oauth(srv, "snsapi_base", "lang", "zh") }, "lang"},
		{"web without agentid", func(srv *wecomtest.Server) string { return web(srv, "agentid", "") }, "agentid"},
		{"web as a provider", func(srv *wecomtest.Server) string { return web(srv, "login_type", "ServiceApp") }, "login_type"},
		{"web in another language", func(srv *wecomtest.Server) string { return web(srv, "lang", "fr") }, "lang"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv := wecomtest.NewServer()
			defer srv.Close()
			alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
			shown := func() (said error) {
				defer func() { said, _ = recover().(error) }()
				srv.Act().Authorize(alice, tt.link(srv))
				return nil
			}()
			if tt.want == "" {
				assert.NoError(t, shown)
				return
			}
			assert.ErrorContains(t, shown, tt.want)
		})
	}
}

func TestLoginsLeaveNoSecretInTheLog(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	c := newCaller(t, srv)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	code := codeIn(t, srv.Act().Authorize(alice, oauth(srv, "snsapi_privateinfo")))
	ticket := c.get("auth/getuserinfo", "code", code).text("user_ticket")
	c.ok("auth/getuserdetail", object{"user_ticket": ticket})
	again := codeIn(t, srv.Act().VerifyAgain(alice, oauth(srv, "snsapi_base")))
	tfa := c.ok("auth/get_tfa_info", object{"code": again}).text("tfa_code")
	c.ok("user/tfa_succ", object{"userid": alice, "tfa_code": tfa})

	var log string
	for call := range srv.Calls().All() {
		log += fmt.Sprintf("%+v\n", call)
	}
	require.Contains(t, log, "auth/getuserinfo")
	for _, secret := range []string{code, ticket, again, tfa} {
		assert.NotContains(t, log, secret)
	}
}
