package isv_test

import (
	"strings"
	"testing"

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

func TestInstallURLRefused(t *testing.T) {
	t.Parallel()
	p := &peer{}
	s := p.suite(t)
	for name, at := range map[string]struct{ redirect, state, want string }{
		"no address":   {"", "", "RedirectURI"},
		"a path":       {"/installed", "", "RedirectURI"},
		"a script":     {"javascript:alert(1)", "", "RedirectURI"},
		"a long state": {"https://app.example.com/", strings.Repeat("a", 129), "129 bytes"},
		"a word state": {"https://app.example.com/", "a b", `' '`},
	} {
		_, err := s.InstallURL(t.Context(), isv.InstallURLRequest{RedirectURI: at.redirect, State: at.state})
		require.ErrorContains(t, err, at.want, name)
	}
	assert.Empty(t, p.calls)
}
