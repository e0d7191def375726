package jssdk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/wecomkit/wecom-go/wecom"
)

// A corp may fetch 400 of its tickets an hour and each of its apps 100. The
// limiter counts by corp, so the smaller number holds for apps that share one.
var opGetJSAPITicket = wecom.Operation{
	Method: http.MethodGet, Path: "/cgi-bin/get_jsapi_ticket", Doc: 90506, Read: true,
	Limits: []wecom.Limit{{N: 100, Per: time.Hour}},
}

var opGetTicket = wecom.Operation{
	Method: http.MethodGet, Path: "/cgi-bin/ticket/get", Doc: 90506, Read: true,
	Limits: []wecom.Limit{{N: 100, Per: time.Hour}},
}

const (
	maxTicketLife     = 24 * time.Hour
	assumedTicketLife = 5 * time.Minute // if WeCom does not say
	dropPause         = 2 * time.Minute // pages cannot make a service fetch more than 30 an hour
)

type getTicketRequest struct {
	Type string `json:"type"`
}

type ticketResult struct {
	Ticket    string        `json:"ticket"`
	ExpiresIn wecom.Seconds `json:"expires_in"`
}

// CorpTicket returns the ticket that [Service.SignConfig] signs with, for the
// rare case that something else has to sign. Keep it on the server.
//
// 「获取企业 jsapi_ticket」 https://developer.work.weixin.qq.com/document/path/90506
//
// It is fetched when it is first needed and renewed before it ends. WeCom lets
// an app fetch 100 of them an hour: what would exceed that fails with
// [wecom.ErrRateLimited] on this side.
func (s *Service) CorpTicket(ctx context.Context) (wecom.Token, error) {
	return s.corp.get(ctx, opGetJSAPITicket)
}

// AgentTicket returns the ticket that [Service.SignAgentConfig] signs with, as
// [Service.CorpTicket] does the other.
//
// 「获取应用 jsapi_ticket」 https://developer.work.weixin.qq.com/document/path/90506
func (s *Service) AgentTicket(ctx context.Context) (wecom.Token, error) {
	return s.agent.get(ctx, opGetTicket)
}

// DropCorpTicket forgets the ticket of [Service.SignConfig], so that the next
// signature is made with a new one. WeCom can end a ticket early, and then only
// the page hears of it: onConfigFail says 40093, invalid signature. Most often
// that has other reasons, such as a page that is not where its signature says.
//
// Tickets being rare, it does nothing within two minutes of the last time, so
// a page may report its failure without harm. Other machines keep theirs.
func (s *Service) DropCorpTicket(ctx context.Context) { s.corp.drop(ctx) }

// DropAgentTicket forgets the ticket of [Service.SignAgentConfig], as
// [Service.DropCorpTicket] does the other. onAgentConfigFail tells of it.
func (s *Service) DropAgentTicket(ctx context.Context) { s.agent.drop(ctx) }

func (s *Service) fetchCorpTicket(ctx context.Context) (*ticketResult, error) {
	return wecom.Do[ticketResult](ctx, s.client, opGetJSAPITicket, nil)
}

func (s *Service) fetchAgentTicket(ctx context.Context) (*ticketResult, error) {
	return wecom.Do[ticketResult](ctx, s.client, opGetTicket, getTicketRequest{Type: "agent_config"})
}

// A ticketCache keeps one ticket.
type ticketCache struct {
	source wecom.TokenSource
	clock  wecom.Clock

	mu      sync.Mutex // guards dropped
	dropped time.Time
}

func newTicketCache(s *Service, name string, cfg config, fetch func(context.Context) (*ticketResult, error)) (*ticketCache, error) {
	clock := s.client.Clock()
	server := sha256.Sum256([]byte(s.client.BaseURL()))
	source, err := wecom.NewTokenCache(wecom.TokenCacheConfig{
		Key:  fmt.Sprintf("wecom/%s/%s/%d/%s", strings.ReplaceAll(name, " ", "_"), s.client.CorpID(), s.agentID, hex.EncodeToString(server[:6])),
		Name: name,
		Fetch: func(ctx context.Context) (wecom.Token, error) {
			asked := clock.Now()
			res, err := fetch(ctx)
			if err != nil {
				return wecom.Token{}, err
			}
			if res.Ticket == "" {
				return wecom.Token{}, errors.New("jssdk: answered success without a ticket")
			}
			life := min(time.Duration(res.ExpiresIn), maxTicketLife)
			if life <= 0 {
				life = assumedTicketLife
			}
			return wecom.Token{Value: res.Ticket, ExpiresAt: asked.Add(life)}, nil
		},
		Store:  cfg.store,
		Clock:  clock,
		Logger: cfg.logger,
	})
	return &ticketCache{source: source, clock: clock}, err
}

func (t *ticketCache) get(ctx context.Context, op wecom.Operation) (wecom.Token, error) {
	tok, err := t.source.Token(ctx)
	if err != nil {
		return wecom.Token{}, fmt.Errorf("jssdk: %s: no ticket: %w", op.Path, err)
	}
	return tok, nil
}

func (t *ticketCache) drop(ctx context.Context) {
	if !t.mayDrop() {
		return
	}
	if tok, err := t.source.Token(ctx); err == nil {
		t.source.Invalidate(ctx, tok.Value)
	}
}

func (t *ticketCache) mayDrop() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.clock.Now()
	if !t.dropped.IsZero() && now.Sub(t.dropped) < dropPause {
		return false
	}
	t.dropped = now
	return true
}
