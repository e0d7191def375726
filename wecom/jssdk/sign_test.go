package jssdk_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/jssdk"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// The example of the page 90506.
func TestSignatureOfTheOfficialExample(t *testing.T) {
	t.Parallel()
	const ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
	const page, want = "http://mp.weixin.qq.com?params=value", "0f9de62fce790f9a083d5c99e95740ceb90c27ed"

	assert.Equal(t, want, jssdk.Signature(ticket, "Wm3WZYTPz0wzccnW", 1414587457, page))
	assert.Equal(t, want, jssdk.Signature(ticket, "Wm3WZYTPz0wzccnW", 1414587457, page+"#top"))
	assert.NotEqual(t, want, jssdk.Signature(ticket, "Wm3WZYTPz0wzccnW", 1414587457, page+"&x=1"))
}

func TestClientsTakeTheSignatures(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	pages := newPages(t, srv)
	for _, page := range []string{"https://crm.example.com/side?customer=%E9%BB%84&a=1", "https://crm.example.com/side#/top", "https://crm.example.com/side#/search?q=100%", "http://localhost:8080/"} {
		corp, err := pages.SignConfig(t.Context(), page)
		require.NoError(t, err)
		agent, err := pages.SignAgentConfig(t.Context(), page)
		require.NoError(t, err)

		require.NoError(t, srv.CheckPageSignature(wecomtest.PageSignature{
			URL: page, NonceStr: corp.NonceStr, Timestamp: corp.Timestamp, Signature: corp.Signature,
		}))
		require.NoError(t, srv.CheckPageSignature(wecomtest.PageSignature{
			AgentID: agent.AgentID, URL: page, NonceStr: agent.NonceStr, Timestamp: agent.Timestamp, Signature: agent.Signature,
		}))
		assert.Equal(t, srv.Clock().Now().Unix(), corp.Timestamp)
		assert.NotEqual(t, corp.NonceStr, agent.NonceStr)
	}
	assert.Equal(t, 1, srv.Calls().Op("get_jsapi_ticket").Len())
	assert.Equal(t, 1, srv.Calls().Op("ticket/get").Len())
}

func TestSignaturesAsTheFrontEndWantsThem(t *testing.T) {
	t.Parallel()
	corp, err := json.Marshal(jssdk.ConfigSignature{AppID: "ww1", Timestamp: 1, NonceStr: "n", Signature: "s"})
	require.NoError(t, err)
	agent, err := json.Marshal(jssdk.AgentConfigSignature{CorpID: "ww1", AgentID: 1000002, Timestamp: 1, NonceStr: "n", Signature: "s"})
	require.NoError(t, err)

	assert.JSONEq(t, `{"appId":"ww1","timestamp":1,"nonceStr":"n","signature":"s"}`, string(corp))
	assert.JSONEq(t, `{"corpid":"ww1","agentid":1000002,"timestamp":1,"nonceStr":"n","signature":"s"}`, string(agent))
}

func TestOnlyPagesAreSigned(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	pages := newPages(t, srv)
	for _, page := range []string{"", "/side", "crm.example.com/side", "javascript:alert(1)", "https:///side?code=s3cr3t", "https://%zz?code=s3cr3t"} {
		for name, sign := range map[string]func(context.Context, string) error{
			"config":      func(ctx context.Context, page string) error { _, err := pages.SignConfig(ctx, page); return err },
			"agentConfig": func(ctx context.Context, page string) error { _, err := pages.SignAgentConfig(ctx, page); return err },
		} {
			err := sign(t.Context(), page)
			require.ErrorIs(t, err, jssdk.ErrPageURL, "%s of %q", name, page)
			assert.NotContains(t, err.Error(), "s3cr3t")
		}
	}
	assert.Zero(t, srv.Calls().Len(), "nothing was asked for")
}
