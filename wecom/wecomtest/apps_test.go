package wecomtest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func (c *caller) gettoken(corpID, secret string) reply {
	c.t.Helper()
	return c.do(http.MethodGet, "gettoken", url.Values{"corpid": {corpID}, "corpsecret": {secret}}, "")
}

func TestGetTokenRefusals(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	c, cred := newCaller(t, srv), srv.Credential()
	for _, tt := range []struct {
		name, corp, secret string
		code               int
	}{
		{name: "wrong secret", corp: cred.CorpID, secret: "nope", code: 40001},
		{name: "wrong corp", corp: "ww0", secret: cred.Secret, code: 40013},
		{name: "no corp", secret: cred.Secret, code: 41002},
		{name: "no secret", corp: cred.CorpID, code: 41004},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.code, c.gettoken(tt.corp, tt.secret).code())
		})
	}
}

func TestWrongSecretsBanTheAddress(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t, wecomtest.WithWrongSecretLimit(3))
	c, cred := newCaller(t, srv), srv.Credential()
	for range 4 {
		require.Equal(t, 40001, c.gettoken(cred.CorpID, "nope").code())
	}

	assert.Equal(t, 45009, c.gettoken(cred.CorpID, cred.Secret).code(), "the right secret is banned, too")
	assert.Zero(t, c.get("getcallbackip").code(), "other calls are not")
	srv.Clock().Advance(time.Hour)
	assert.Zero(t, c.gettoken(cred.CorpID, cred.Secret).code())
}

func TestTooFrequentGetToken(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t, wecomtest.WithTokenCallLimit(2, time.Minute))
	c, cred := newCaller(t, srv), srv.Credential()

	require.Zero(t, c.gettoken(cred.CorpID, cred.Secret).code())
	require.Equal(t, 45009, c.gettoken(cred.CorpID, cred.Secret).code())
	srv.Clock().Advance(time.Minute)
	assert.Zero(t, c.gettoken(cred.CorpID, cred.Secret).code())
}

func TestTokens(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	c := newCaller(t, srv)
	older := c.token

	c.token = c.fetchToken(srv.Credential().Secret)
	assert.NotEqual(t, older, c.token)
	assert.LessOrEqual(t, len(c.token), 512)
	newer := c.token
	c.token = older
	assert.Zero(t, c.get("getcallbackip").code(), "an older token lives on")

	srv.RevokeTokens()
	assert.Equal(t, 40014, c.get("getcallbackip").code())
	c.token = newer
	assert.Equal(t, 40014, c.get("getcallbackip").code())
	c.token = "junk"
	assert.Equal(t, 40014, c.get("getcallbackip").code())
	c.token = ""
	assert.Equal(t, 41001, c.get("getcallbackip").code())
}

func TestSameTokenWhileValid(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t, wecomtest.WithSameToken())
	c, cred := newCaller(t, srv), srv.Credential()

	srv.Clock().Advance(30 * time.Minute)
	again := c.gettoken(cred.CorpID, cred.Secret)
	assert.Equal(t, c.token, again.JSON["access_token"])
	assert.InDelta(t, 5400, again.JSON["expires_in"], 1)

	srv.Clock().Advance(2 * time.Hour)
	assert.NotEqual(t, c.token, c.fetchToken(cred.Secret))
}

func TestScopes(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice, bob := srv.AddMember(wecomtest.Member{UserID: "alice"}), srv.AddMember(wecomtest.Member{UserID: "bob"})
	zoe := srv.Seed().Customer(wecomtest.Customer{FollowUser: []wecomtest.Follow{{UserID: alice}, {UserID: bob}}})
	yan := srv.Seed().Customer(wecomtest.Customer{FollowUser: []wecomtest.Follow{{UserID: alice}}})
	none := srv.AddApp(wecomtest.App{Name: "none"})
	narrow := srv.AddApp(wecomtest.App{Scopes: []wecomtest.Scope{wecomtest.ScopeContact}, Visible: []string{bob}})
	fixed := srv.AddApp(wecomtest.App{TrustedIPs: []string{"198.51.100.7"}})
	c := newCaller(t, srv)

	c.token = c.fetchToken(none.Secret)
	assert.Equal(t, 48002, c.get("externalcontact/list", "userid", alice).code())
	assert.Zero(t, c.get("getcallbackip").code())

	c.token = c.fetchToken(narrow.Secret)
	assert.Equal(t, 60011, c.get("externalcontact/list", "userid", alice).code())
	assert.Zero(t, c.get("externalcontact/list", "userid", bob).code())
	assert.Len(t, c.get("externalcontact/get", "external_userid", zoe).JSON["follow_user"], 1)
	assert.Equal(t, 84061, c.get("externalcontact/get", "external_userid", yan).code())
	assert.Equal(t, []any{"bob"}, c.get("externalcontact/get_follow_user_list").JSON["follow_user"])

	assert.Equal(t, 60020, c.gettoken(srv.Credential().CorpID, fixed.Secret).code())
}

func TestSecretsStayOutOfTheLog(t *testing.T) {
	t.Parallel()
	var secrets []string

	r := record(t, func(srv *wecomtest.Server) {
		cred := srv.Credential()
		q := url.Values{"corpid": {cred.CorpID}, "corpsecret": {cred.Secret}}
		get := func(op string) string {
			res, err := srv.HTTPClient().Get(srv.URL() + "/cgi-bin/" + op)
			assert.NoError(t, err)
			defer res.Body.Close()
			return accessToken(t, res.Body)
		}
		token := get("gettoken?" + q.Encode())
		res, err := srv.HTTPClient().Post(srv.URL()+"/cgi-bin/externalcontact/remark?access_token="+token, "", strings.NewReader(`{"token":"`+token+`"}`))
		assert.NoError(t, err)
		assert.NoError(t, res.Body.Close())
		secrets = []string{cred.Secret, token}
		assert.Equal(t, 2, srv.Calls().Len())
	})

	assert.Len(t, r.logs, 2)
	for _, s := range secrets {
		assert.NotContains(t, r.all(), s)
	}
	assert.Contains(t, r.all(), `{"token":"REDACTED"}`)
}
