package wecomtest_test

import (
	"fmt"
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

// TestOtherTokens is about endpoints for third-party apps and devices. The
// simulator issues no tokens of devices, and only knows that its own are none.
func TestOtherTokens(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	c := newCaller(t, srv)
	for _, tt := range []struct {
		name, op, param, token string
		code                   int
	}{
		{name: "suite", op: "service/get_auth_info", param: "suite_access_token", token: "suite-1", code: 40082},
		{name: "suite, missing", op: "service/get_auth_info", param: "access_token", token: "suite-1", code: 41022},
		{name: "suite, a corp's", op: "service/get_auth_info", param: "suite_access_token", token: c.token, code: 40082},
		{name: "provider", op: "service/corpid_to_opencorpid", param: "provider_access_token", token: "provider-1", code: 40014},
		{name: "device", op: "openhw/device/report_device_status", param: "device_access_token", token: "device-1", code: 40058},
		{name: "device, a corp's", op: "openhw/device/report_device_status", param: "device_access_token", token: c.token, code: 40014},
		{name: "provider, a corp's", op: "service/corpid_to_opencorpid", param: "provider_access_token", token: c.token, code: 40014},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			body := map[string]string{
				"service/get_auth_info":        `{"auth_corpid":"ww1","permanent_code":"code"}`,
				"service/corpid_to_opencorpid": `{"corpid":"ww1"}`,
			}[tt.op]

			r := c.do(http.MethodPost, tt.op, url.Values{tt.param: {tt.token}}, body)

			assert.Equal(t, tt.code, r.code(), r.Body)
		})
	}
}

func TestDirectoryScope(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{})
	c := newCaller(t, srv)
	assert.Equal(t, 48002, c.get("user/delete", "userid", alice).code())

	c.token = c.fetchToken(srv.AddApp(wecomtest.App{Scopes: []wecomtest.Scope{wecomtest.ScopeDirectory}}).Secret)
	assert.Zero(t, c.get("user/delete", "userid", alice).code())
	assert.Equal(t, 48002, c.get("externalcontact/list", "userid", alice).code())
}

// TestSecretsInTheWrongPlace sends them where nobody would look for them.
func TestSecretsInTheWrongPlace(t *testing.T) {
	t.Parallel()
	const secret = "s3cr3t"

	r := record(t, func(srv *wecomtest.Server) {
		srv.Handle("service/get_suite_token", func(call wecomtest.Call) (any, error) {
			assert.Equal(t, secret, call.Value("suite_ticket"), "the handler may check it")
			return map[string]any{"suite_access_token": secret, "expires_in": 7200}, nil
		})
		c := &caller{t: t, srv: srv}
		for _, body := range []string{
			`{"access_token":"s3cr3t","userid":"a","external_userid":"b"}`,
			`{"access_token" : "s3cr3t\"s3cr3t`,
		} {
			assert.Equal(t, 41001, c.do(http.MethodPost, "externalcontact/remark", nil, body).code())
		}
		c.do(http.MethodPost, "service/get_suite_token", nil, `{"suite_id":"ww1","suite_secret":"s3cr3t","suite_ticket":"s3cr3t"}`)
		c.do(http.MethodPost, "service/set_session_info", url.Values{"suite_access_token": {secret}}, `{"pre_auth_code":"s3cr3t","session_info":{}}`)
		c.do(http.MethodPost, "webhook/send", url.Values{"key": {secret}, "debug": {"1"}}, `{"msgtype":"text","text":{"content":"hi"}}`)
		for call := range srv.Calls().All() {
			assert.NotContains(t, fmt.Sprintf("%+v", call), secret)
		}
		assert.Equal(t, "ww1", srv.Calls().Op("service/get_suite_token").Last().Value("suite_id"))
		srv.Fault("gettoken").Code(-1) // fails the test
	})

	assert.Len(t, r.errors, 1)
	assert.Len(t, r.logs, 5)
	assert.NotContains(t, r.all(), secret)
}

func TestWrongSecretsAreForgotten(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t, wecomtest.WithWrongSecretLimit(3))
	c, cred := newCaller(t, srv), srv.Credential()

	for range 10 {
		require.Equal(t, 40001, c.gettoken(cred.CorpID, "nope").code())
		srv.Clock().Advance(25 * time.Minute)
	}

	assert.Zero(t, c.gettoken(cred.CorpID, cred.Secret).code(), "never more than three in an hour")
}

func TestRevokedTokenIsNotGivenAgain(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t, wecomtest.WithSameToken())
	c := newCaller(t, srv)

	srv.RevokeTokens()

	assert.NotEqual(t, c.token, c.fetchToken(srv.Credential().Secret))
}

func TestTokenExpiresOnTheSecond(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.Clock().Freeze(time.Unix(1700000000, 0))
	c := newCaller(t, srv)

	srv.Clock().Advance(2*time.Hour - time.Second)
	assert.Zero(t, c.get("getcallbackip").code())
	srv.Clock().Advance(time.Second)
	assert.Equal(t, 42001, c.get("getcallbackip").code())
}

// TestTrustedIPsOfCalls fetches a token from one address and uses it from another.
func TestTrustedIPsOfCalls(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	require.NoError(t, srv.Start("127.0.0.1:0"))
	app := srv.AddApp(wecomtest.App{TrustedIPs: []string{"127.0.0.1"}})
	c := &caller{t: t, srv: srv}
	c.token = c.fetchToken(app.Secret)

	assert.Zero(t, c.get("getcallbackip").code())
	res, err := srv.HTTPClient().Get("https://qyapi.weixin.qq.com/cgi-bin/getcallbackip?access_token=" + c.token)
	require.NoError(t, err)
	defer res.Body.Close()
	assert.Equal(t, "60020", res.Header.Get("Error-Code"))
}
