package wecomtest_test

import (
	"io"
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// suiteCaller calls the API as a suite.
type suiteCaller struct {
	*caller

	suite wecomtest.Suite
}

func newSuiteCaller(t *testing.T, srv *wecomtest.Server, in wecomtest.Suite) *suiteCaller {
	t.Helper()
	c := &suiteCaller{&caller{t: t, srv: srv}, srv.AddSuite(in)}
	c.token = c.fetch(srv.PushTicket(c.suite.SuiteID)).text("suite_access_token")
	require.NotEmpty(t, c.token)
	return c
}

// fetch asks for a suite_access_token.
func (c *suiteCaller) fetch(ticket string) reply {
	c.t.Helper()
	return c.bare("service/get_suite_token", nil, object{"suite_id": c.suite.SuiteID, "suite_secret": c.suite.Secret, "suite_ticket": ticket})
}

// bare posts without a token.
func (c *caller) bare(op string, q url.Values, fields object) reply {
	c.t.Helper()
	return c.do(http.MethodPost, op, q, string(toJSON(c.t, fields)))
}

func (c *suiteCaller) get(op string) reply {
	c.t.Helper()
	return c.do(http.MethodGet, op, url.Values{"suite_access_token": {c.token}}, "")
}

func (c *suiteCaller) send(op string, fields object) reply {
	c.t.Helper()
	return c.bare(op, url.Values{"suite_access_token": {c.token}}, fields)
}

func (c *suiteCaller) ok(op string, fields object) reply {
	c.t.Helper()
	r := c.send(op, fields)
	require.Zero(c.t, r.code(), r.Body)
	return r
}

// tenant calls the API as the suite's app in a corp that has installed it.
func (c *suiteCaller) tenant(corp *wecomtest.Server) *caller {
	c.t.Helper()
	r := c.send("service/get_corp_token", object{
		"auth_corpid": corp.OpenCorpID(""), "permanent_code": corp.PermanentCode(c.suite.SuiteID),
	})
	require.NotEmpty(c.t, r.text("access_token"), r.Body)
	return &caller{t: c.t, srv: corp, token: r.text("access_token")}
}

// hear sets up the suite's callback.
func (c *suiteCaller) hear() *receiver {
	c.t.Helper()
	r := newReceiver(c.t, c.srv)
	r.keys = c.srv.SuiteKeys(c.suite.SuiteID)
	r.anyID, r.got = true, make(chan string, 1000)
	r.post = func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "success") }
	require.NoError(c.t, c.srv.SetCallback(wecomtest.Callback{SuiteID: c.suite.SuiteID, Handler: r}))
	return r
}

func TestSuiteToken(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.Clock().Freeze(time.Unix(1700000000, 0))
	c := &suiteCaller{&caller{t: t, srv: srv}, srv.AddSuite(wecomtest.Suite{})}
	first := srv.PushTicket(c.suite.SuiteID)

	r := c.fetch(first)

	assert.NotContains(t, r.JSON, "errcode", "WeCom has one for errors only")
	assert.EqualValues(t, 7200, r.at("expires_in"))
	token := r.text("suite_access_token")
	srv.Clock().Advance(20 * time.Minute)
	second := srv.PushTicket(c.suite.SuiteID)
	assert.NotEqual(t, first, second)
	assert.Equal(t, token, c.fetch(first).text("suite_access_token"), "an older ticket is good for half an hour, the token for two hours")
	srv.Clock().Advance(10 * time.Minute)
	assert.Equal(t, 40085, c.fetch(first).code())
	r = c.fetch(second)
	assert.Equal(t, token, r.text("suite_access_token"))
	assert.EqualValues(t, 5400, r.at("expires_in"))

	c.token = token
	srv.Clock().Advance(90 * time.Minute)
	assert.Equal(t, 42009, c.get("service/get_pre_auth_code").code())
	c.token = c.fetch(srv.PushTicket(c.suite.SuiteID)).text("suite_access_token")
	assert.NotEqual(t, token, c.token)
	assert.Zero(t, c.get("service/get_pre_auth_code").code())
	srv.RevokeProviderTokens()
	assert.Equal(t, 40082, c.get("service/get_pre_auth_code").code())
}

func TestSuiteTokenRefused(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	suite := srv.AddSuite(wecomtest.Suite{})
	ticket := srv.PushTicket(suite.SuiteID)
	other := srv.PushTicket(srv.AddSuite(wecomtest.Suite{}).SuiteID)
	fenced := srv.AddSuite(wecomtest.Suite{TrustedIPs: []string{"198.51.100.1"}})
	for _, tt := range []struct {
		name, id, secret, ticket string
		code                     int
	}{
		{"unknown suite", "ww1", suite.Secret, ticket, 40083},
		{"no suite", "", suite.Secret, ticket, 41021},
		{"wrong secret", suite.SuiteID, "x", ticket, 40080},
		{"no secret", suite.SuiteID, "", ticket, 41024},
		{"wrong ticket", suite.SuiteID, suite.Secret, "x", 40085},
		{"another suite's ticket", suite.SuiteID, suite.Secret, other, 40085},
		{"no ticket", suite.SuiteID, suite.Secret, "", 41023},
		{"strange address", fenced.SuiteID, fenced.Secret, srv.PushTicket(fenced.SuiteID), 60020},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := &caller{t: t, srv: srv}
			r := c.bare("service/get_suite_token", nil, object{"suite_id": tt.id, "suite_secret": tt.secret, "suite_ticket": tt.ticket})
			assert.Equal(t, tt.code, r.code(), r.Body)
		})
	}
}

func TestTicketsArePushedEveryTenMinutes(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.Clock().Freeze(time.Unix(1700000000, 0))
	c := &suiteCaller{&caller{t: t, srv: srv}, srv.AddSuite(wecomtest.Suite{Template: true})}
	assert.Regexp(t, "^dk", c.suite.SuiteID)

	h := c.hear()
	srv.Clock().Advance(35 * time.Minute)
	srv.PushTicket(c.suite.SuiteID)
	srv.WaitDeliveries(5)

	seen := map[string]bool{}
	for i, minute := range []int64{0, 10, 20, 30, 35} {
		d := srv.Deliveries()[i]
		assert.Equal(t, c.suite.SuiteID, d.SuiteID)
		assert.True(t, d.Delivered())
		ticket, _ := d.Event.Get("SuiteTicket").(string)
		assert.Equal(t, "<xml><SuiteId><![CDATA["+c.suite.SuiteID+"]]></SuiteId><InfoType><![CDATA[suite_ticket]]></InfoType>"+
			"<TimeStamp>"+strconv.FormatInt(1700000000+60*minute, 10)+"</TimeStamp><SuiteTicket><![CDATA["+ticket+"]]></SuiteTicket></xml>", <-h.got)
		assert.False(t, seen[ticket], "each is another one")
		seen[ticket] = true
	}
	assert.NotEmpty(t, c.fetch(srv.Deliveries()[4].Event.Get("SuiteTicket").(string)).text("suite_access_token"))
}

func TestProviderToken(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.Clock().Freeze(time.Unix(1700000000, 0))
	p := srv.Provider()
	assert.Equal(t, p, srv.Provider())
	c := &caller{t: t, srv: srv}
	const op = "service/get_provider_token"
	get := func(corpID, secret string) reply {
		return c.bare(op, nil, object{"corpid": corpID, "provider_secret": secret})
	}

	token := get(p.CorpID, p.Secret).text("provider_access_token")

	assert.NotEmpty(t, token)
	srv.Clock().Advance(time.Hour)
	r := get(p.CorpID, p.Secret)
	assert.Equal(t, token, r.text("provider_access_token"))
	assert.EqualValues(t, 3600, r.at("expires_in"))
	assert.Equal(t, 40013, get("ww1", p.Secret).code())
	assert.Equal(t, 40001, get(p.CorpID, "x").code())
	assert.Equal(t, 41002, get("", p.Secret).code())
	assert.Equal(t, 41004, get(p.CorpID, "").code())
	other := srv.AddProvider(wecomtest.Provider{TrustedIPs: []string{"198.51.100.1"}})
	assert.NotEqual(t, p.CorpID, other.CorpID)
	assert.Equal(t, 60020, get(other.CorpID, other.Secret).code())
}
