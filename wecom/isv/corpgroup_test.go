package isv_test

import (
	"net/http"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/isv"
)

const childToken = "/cgi-bin/corpgroup/corp/gettoken"

// upstream is the client of a corp's own app.
func (p *peer) upstream(t *testing.T) *wecom.Client {
	t.Helper()
	c, err := wecom.New(wecom.Credential{CorpID: "wwup", Secret: "s3cr3t"}, wecom.WithBaseURL("https://wecom.test"), wecom.WithHTTPClient(&http.Client{Transport: p}))
	require.NoError(t, err)
	p.on(childToken, func(c call) string {
		return `{"errcode":0,"access_token":"` + c.body["corpid"] + "-" + c.body["agentid"] + `","expires_in":7200}`
	})
	return c
}

func TestCorpGroupClient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, tokens := &peer{}, new(wecom.MemoryStore)
		c := p.upstream(t)
		one := isv.ChildApp{CorpID: "wwone", AgentID: 1001, BusinessType: isv.BusinessTypeChain}
		two := isv.ChildApp{CorpID: "wwtwo", AgentID: 1002, BusinessType: isv.BusinessTypeChain}
		var calls sync.WaitGroup
		for range 2 { // processes
			g, err := isv.NewCorpGroup(c, isv.WithTokenStore(tokens))
			require.NoError(t, err)
			for range 50 {
				for _, app := range []isv.ChildApp{one, two} {
					calls.Go(func() {
						child, err := g.Client(app)
						if assert.NoError(t, err) {
							assert.Equal(t, app.CorpID, child.CorpID())
							_, err = wecom.Do[wecom.Empty](t.Context(), child, opSome(), nil)
							assert.NoError(t, err)
						}
					})
				}
			}
			calls.Wait()
		}
		assert.Len(t, p.to(ownToken), 1)
		require.Len(t, p.to(childToken), 2)
		assert.Equal(t, "own-token-1", p.to(childToken)[0].token)
		assert.Equal(t, "1", p.to(childToken)[0].body["business_type"])
		for _, c := range p.to(someCall) {
			assert.Contains(t, []string{"wwone-1001", "wwtwo-1002"}, c.token)
		}
	})
}

// A corp may be tied to the upstream one twice.
func TestCorpGroupKeepsTiesApart(t *testing.T) {
	t.Parallel()
	p := &peer{}
	g, err := isv.NewCorpGroup(p.upstream(t), isv.WithTokenStore(new(wecom.MemoryStore)))
	require.NoError(t, err)
	for _, tie := range []isv.BusinessType{isv.BusinessTypeGroup, isv.BusinessTypeChain} {
		c, err := g.Client(isv.ChildApp{CorpID: "wwone", AgentID: 1001, BusinessType: tie})
		require.NoError(t, err)
		_, err = c.Token(t.Context())
		require.NoError(t, err)
	}
	assert.Len(t, p.to(childToken), 2)
}

// The upstream app's token ends when a child's is fetched: it is replaced.
func TestCorpGroupWithAnEndedToken(t *testing.T) {
	t.Parallel()
	p := &peer{}
	g, err := isv.NewCorpGroup(p.upstream(t))
	require.NoError(t, err)
	p.on(childToken, func(c call) string {
		if c.token == "own-token-1" {
			return refusal(42001)
		}
		return `{"errcode":0,"access_token":"child","expires_in":7200}`
	})
	c, err := g.Client(isv.ChildApp{CorpID: "wwone", AgentID: 1001})
	require.NoError(t, err)
	_, err = c.Token(t.Context())
	require.NoError(t, err)
	assert.Len(t, p.to(ownToken), 2)
}

func TestCorpGroupRefuses(t *testing.T) {
	t.Parallel()
	_, err := isv.NewCorpGroup(nil)
	require.Error(t, err)
	p := &peer{}
	_, err = isv.NewCorpGroup(p.upstream(t), isv.WithClientOptions())
	require.ErrorContains(t, err, "WithClientOptions is for NewSuite and NewProvider")
	g, err := isv.NewCorpGroup(p.upstream(t))
	require.NoError(t, err)
	_, err = g.Client(isv.ChildApp{AgentID: 1001})
	require.ErrorContains(t, err, "CorpID is empty")
}
