package isv_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/isv"
)

func TestInstallURL(t *testing.T) {
	t.Parallel()
	p := &peer{}
	p.on("/cgi-bin/service/get_pre_auth_code", func(call) string { return `{"errcode":0,"pre_auth_code":"pre+code","expires_in":1200}` })
	s := p.suite(t)

	link, err := s.InstallURL(t.Context(), isv.InstallURLRequest{RedirectURI: "https://app.example.com/installed?x=1&y", State: "abc123"})
	require.NoError(t, err)
	assert.Equal(t, "https://open.work.weixin.qq.com/3rdapp/install?suite_id=wwsuite&pre_auth_code=pre%2Bcode"+
		"&redirect_uri=https%3A%2F%2Fapp.example.com%2Finstalled%3Fx%3D1%26y&state=abc123", link)
	assert.Empty(t, p.to("/cgi-bin/service/set_session_info"))

	_, err = s.InstallURL(t.Context(), isv.InstallURLRequest{RedirectURI: "https://app.example.com/", AuthType: isv.SessionAuthTypeTest})
	require.NoError(t, err)
	require.Len(t, p.to("/cgi-bin/service/set_session_info"), 1)
	assert.Equal(t, map[string]string{"pre_auth_code": "pre+code", "session_info": "map[auth_type:1]"}, p.to("/cgi-bin/service/set_session_info")[0].body)
}

// An admin does not get an error page for a lost reply: to ask for another code
// does no harm.
func TestInstallURLAfterALostReply(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &peer{}
		p.on("/cgi-bin/service/get_pre_auth_code", func(c call) string {
			if c.n == 1 {
				return lost
			}
			return `{"errcode":0,"pre_auth_code":"second","expires_in":1200}`
		})
		link, err := p.suite(t).InstallURL(t.Context(), isv.InstallURLRequest{RedirectURI: "https://app.example.com/"})
		require.NoError(t, err)
		assert.Contains(t, link, "pre_auth_code=second")
	})
}

func TestLinks(t *testing.T) {
	t.Parallel()
	s, v := new(peer).suite(t), new(peer).provider(t)
	const back, coded = "https://app.example.com/in?x=1", "https%3A%2F%2Fapp.example.com%2Fin%3Fx%3D1"
	tests := []struct {
		name string
		link func() (string, error)
		want string
	}{
		{"inside of WeCom", func() (string, error) {
			return s.AuthorizeURL(isv.AuthorizeURLRequest{RedirectURI: back, State: "s1"})
		}, "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wwsuite&redirect_uri=" + coded + "&response_type=code&scope=snsapi_base&state=s1#wechat_redirect"},
		{"with what members agree to tell", func() (string, error) {
			return s.AuthorizeURL(isv.AuthorizeURLRequest{RedirectURI: back, Scope: isv.ScopePrivateInfo})
		}, "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wwsuite&redirect_uri=" + coded + "&response_type=code&scope=snsapi_privateinfo&state=#wechat_redirect"},
		{"in a browser", func() (string, error) {
			return s.LoginURL(isv.LoginURLRequest{RedirectURI: back, State: "s1", Lang: "en"})
		}, "https://login.work.weixin.qq.com/wwlogin/sso/login?login_type=ServiceApp&appid=wwsuite&redirect_uri=" + coded + "&state=s1&lang=en"},
		{"admins at the provider's site", func() (string, error) {
			return v.SSOURL(isv.SSOURLRequest{RedirectURI: back, State: "s1"})
		}, "https://open.work.weixin.qq.com/wwopen/sso/3rd_qrConnect?appid=wwprovider&redirect_uri=" + coded + "&state=s1&usertype=admin"},
		{"members at the provider's site", func() (string, error) {
			return v.SSOURL(isv.SSOURLRequest{RedirectURI: back, Members: true})
		}, "https://open.work.weixin.qq.com/wwopen/sso/3rd_qrConnect?appid=wwprovider&redirect_uri=" + coded + "&state=&usertype=member"},
		{"the longest state", func() (string, error) {
			return v.SSOURL(isv.SSOURLRequest{RedirectURI: back, State: strings.Repeat("a", 128)})
		}, "https://open.work.weixin.qq.com/wwopen/sso/3rd_qrConnect?appid=wwprovider&redirect_uri=" + coded + "&state=" + strings.Repeat("a", 128) + "&usertype=admin"},
		{"a corp to be founded", func() (string, error) {
			return isv.RegisterCode{RegisterCode: "a+b"}.URL(), nil
		}, "https://open.work.weixin.qq.com/3rdservice/wework/register?register_code=a%2Bb"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			link, err := tt.link()
			require.NoError(t, err)
			assert.Equal(t, tt.want, link)
		})
	}
}

func TestLinksRefused(t *testing.T) {
	t.Parallel()
	p := &peer{}
	s, v := p.suite(t), p.provider(t)
	for name, at := range map[string]struct{ redirect, state, want string }{
		"no address":   {"", "", "RedirectURI"},
		"a path":       {"/installed", "", "RedirectURI"},
		"a script":     {"javascript:alert(1)", "", "RedirectURI"},
		"no host":      {"https:///installed", "", "RedirectURI"},
		"a long state": {"https://app.example.com/", strings.Repeat("a", 129), "129 bytes"},
		"a word state": {"https://app.example.com/", "a b", `' '`},
	} {
		_, install := s.InstallURL(t.Context(), isv.InstallURLRequest{RedirectURI: at.redirect, State: at.state})
		_, authorize := s.AuthorizeURL(isv.AuthorizeURLRequest{RedirectURI: at.redirect, State: at.state})
		_, login := s.LoginURL(isv.LoginURLRequest{RedirectURI: at.redirect, State: at.state})
		_, sso := v.SSOURL(isv.SSOURLRequest{RedirectURI: at.redirect, State: at.state})
		for _, err := range []error{install, authorize, login, sso} {
			require.ErrorContains(t, err, at.want, name)
		}
	}
	assert.Empty(t, p.calls)
}
