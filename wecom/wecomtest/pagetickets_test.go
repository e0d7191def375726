package wecomtest_test

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func signed(ticket, page string) wecomtest.PageSignature {
	sum := sha1.Sum(fmt.Appendf(nil, "jsapi_ticket=%s&noncestr=n0nce&timestamp=1414587457&url=%s", ticket, page))
	return wecomtest.PageSignature{URL: page, NonceStr: "n0nce", Timestamp: 1414587457, Signature: hex.EncodeToString(sum[:])}
}

func TestPageTickets(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	one, other := newCaller(t, srv), addApp(t, srv)
	agent := func(c *caller) string { return c.get("ticket/get", "type", "agent_config").text("ticket") }

	corp := one.get("get_jsapi_ticket").text("ticket")
	assert.Len(t, corp, 86)
	assert.Equal(t, corp, other.get("get_jsapi_ticket").text("ticket"), "the corp has one")
	assert.NotEqual(t, agent(one), agent(other), "each app has its own")
	assert.NotEqual(t, corp, agent(one))

	srv.Clock().Advance(time.Hour)
	assert.Equal(t, corp, one.get("get_jsapi_ticket").text("ticket"))
	assert.InDelta(t, 3600, one.get("get_jsapi_ticket").at("expires_in"), 1)
	srv.Clock().Advance(time.Hour)
	one.token = one.fetchToken(srv.Credential().Secret)
	assert.NotEqual(t, corp, one.get("get_jsapi_ticket").text("ticket"))
	assert.Equal(t, 91040, one.get("ticket/get", "type", "wx_card").code())
}

func TestPageSignaturesAreJudged(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	c := newCaller(t, srv)
	const page = "https://crm.example.com/side?customer=1"
	require.Error(t, srv.CheckPageSignature(signed("", page)), "there is no ticket yet")
	corp := signed(c.get("get_jsapi_ticket").text("ticket"), page)
	agent := signed(c.get("ticket/get", "type", "agent_config").text("ticket"), page)
	agent.AgentID = srv.App().AgentID

	require.NoError(t, srv.CheckPageSignature(corp))
	require.NoError(t, srv.CheckPageSignature(agent))
	corp.URL = page + "#top"
	require.NoError(t, srv.CheckPageSignature(corp), "what follows # is not signed")

	corp.AgentID = agent.AgentID
	require.ErrorContains(t, srv.CheckPageSignature(corp), "40093")
	agent.URL = page + "&x=1"
	require.ErrorContains(t, srv.CheckPageSignature(agent), "40093")
	agent.URL = page
	srv.RevokePageTickets()
	require.ErrorContains(t, srv.CheckPageSignature(agent), "40093")
}

func TestPageOfAnotherDomain(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	app := srv.AddApp(wecomtest.App{TrustedDomains: []string{"example.com"}})
	c := &caller{t: t, srv: srv}
	c.token = c.fetchToken(app.Secret)
	ticket := c.get("ticket/get", "type", "agent_config").text("ticket")
	check := func(page string) error {
		p := signed(ticket, page)
		p.AgentID = app.AgentID
		return srv.CheckPageSignature(p)
	}
	require.NoError(t, check("https://example.com/"))
	require.NoError(t, check("https://crm.example.com/"), "a part of it")
	require.ErrorContains(t, check("https://evil-example.com/"), "80001")
}

func TestPageTicketsAreRareWithOfficialLimits(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t, wecomtest.WithOfficialLimits())
	for range 4 {
		c := addApp(t, srv)
		for range 100 {
			require.Zero(t, c.get("get_jsapi_ticket").code())
		}
		require.Equal(t, 45009, c.get("get_jsapi_ticket").code(), "100 an hour for an app")
	}
	assert.Equal(t, 45009, newCaller(t, srv).get("get_jsapi_ticket").code(), "400 an hour for the corp")
}
