package soak_test

import (
	"net/url"
	"sync"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/jssdk"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// pages signs web pages, and logs people in to them.
func pages(r *run) error {
	agentID := r.srv.App().AgentID
	service, err := jssdk.New(r.client, agentID, jssdk.WithLogger(r.log))
	require.NoError(r, err)

	if err := r.sign(service, agentID); err != nil {
		return err
	}
	// WeCom ends the tickets, of which only the page hears.
	r.srv.RevokePageTickets()
	service.DropCorpTicket(r.ctx)
	service.DropAgentTicket(r.ctx)
	if err := r.sign(service, agentID); err != nil {
		return err
	}
	if err := r.srv.Clock().Sleep(r.ctx, time.Hour); err != nil {
		r.judge(err)
		return err
	}

	alice := r.member("Alice")
	link, err := service.AuthorizeURL(jssdk.AuthorizeURLRequest{RedirectURI: "https://crm.example.com/back", State: "s1"})
	require.NoError(r, err)
	back, err := url.Parse(r.srv.Act().Authorize(alice, link))
	require.NoError(r, err)
	code := back.Query().Get("code")
	r.tap.secret(code)
	who, err := service.GetUserInfo(r.ctx, code)
	r.judge(err)
	if err == nil {
		assert.Equal(r, alice, who.UserID)
	}
	return err
}

// sign signs a page many times at once.
func (r *run) sign(service *jssdk.Service, agentID int64) error {
	const page = "https://crm.example.com/customers?q=1"
	errs := make([]error, 20)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() {
			if i%2 == 0 {
				sig, err := service.SignConfig(r.ctx, page)
				if errs[i] = r.read(err); err == nil {
					assert.NoError(r, r.srv.CheckPageSignature(wecomtest.PageSignature{URL: page, NonceStr: sig.NonceStr, Timestamp: sig.Timestamp, Signature: sig.Signature}))
				}
				return
			}
			sig, err := service.SignAgentConfig(r.ctx, page)
			if errs[i] = r.read(err); err == nil {
				assert.NoError(r, r.srv.CheckPageSignature(wecomtest.PageSignature{AgentID: agentID, URL: page, NonceStr: sig.NonceStr, Timestamp: sig.Timestamp, Signature: sig.Signature}))
			}
		})
	}
	all.Wait()
	return first(errs)
}
