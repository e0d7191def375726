package isv

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/wecomkit/wecom-go/wecom"
)

// A Suite is a third-party app, or a template of delegated apps (代开发应用模板):
// what many corps authorise. [Suite.Client] calls WeCom as one of them.
//
// A Suite is safe for concurrent use and needs no Close. It starts no goroutine
// by itself, but one for each permanent code that its [TenantStore] does not
// take: see [Suite.Authorize]. Printing it shows its id and nothing else.
type Suite struct {
	id      string
	cfg     config
	self    *wecom.Client // carries the suite_access_token
	bare    *wecom.Client // carries nothing
	secret  secretText
	codes   singleflight.Group // exchanges of auth codes under way
	writing writeLocks         // of tenants; taken before mu
	mu      sync.Mutex
	clients map[string]tenantClient // by corp; guarded by mu
	traded  map[string]*traded      // auth codes exchanged lately, by their hash; guarded by mu
}

// NewSuite makes a suite. It sends nothing. Without [WithTickets] and
// [WithTenants] all that it learns is lost when the process ends.
func NewSuite(cred SuiteCredential, opts ...Option) (*Suite, error) {
	if err := check("SuiteCredential", "SuiteID", cred.SuiteID, cred.Secret); err != nil {
		return nil, err
	}
	cfg, err := newConfig(newSuite, opts)
	if err != nil {
		return nil, err
	}
	s := &Suite{
		id: cred.SuiteID, cfg: cfg, secret: secret(cred.Secret),
		clients: map[string]tenantClient{}, traded: map[string]*traded{}, writing: newWriteLocks(),
	}
	if s.bare, err = cfg.newClient(cred.SuiteID); err != nil {
		return nil, err
	}
	tokens, err := cfg.newCache(s.bare, "suite_access_token", s.id, cred.Secret, s.fetchToken)
	if err != nil {
		return nil, err
	}
	s.self, err = s.bare.As(s.id, typedTokens{tokens, wecom.AuthSuiteAccessToken})
	return s, err
}

// SuiteID returns the suite's id.
func (s *Suite) SuiteID() string { return s.id }

// Self returns the client that calls as the suite itself, with its
// suite_access_token: for [wecom.Do] on an endpoint that has no method here. A
// call that wants a corp's token fails before it is sent: use [Suite.Client].
func (s *Suite) Self() *wecom.Client { return s.self }

// Tenants walks over the corps that have authorised the suite, as its
// [TenantStore] does.
func (s *Suite) Tenants(ctx context.Context) iter.Seq2[Tenant, error] {
	return s.cfg.tenants.Tenants(ctx, s.id)
}

// String shows the id only.
func (s *Suite) String() string { return "isv.Suite{" + s.id + "}" }

// Format shows the id only, whatever the verb.
func (s *Suite) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// LogValue shows the id only.
func (s *Suite) LogValue() slog.Value { return slog.StringValue(s.String()) }

var opGetSuiteToken = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/service/get_suite_token", Doc: 90600,
	Read: true, Auth: wecom.AuthNone,
}

type getSuiteTokenRequest struct {
	SuiteID     string `json:"suite_id"`
	SuiteSecret string `json:"suite_secret"`
	SuiteTicket string `json:"suite_ticket"`
}

type getSuiteTokenResult struct {
	SuiteAccessToken string        `json:"suite_access_token"`
	ExpiresIn        wecom.Seconds `json:"expires_in"`
}

// fetchToken asks WeCom for a suite_access_token.
//
// 「获取第三方应用凭证」 https://developer.work.weixin.qq.com/document/path/90600
func (s *Suite) fetchToken(ctx context.Context) (wecom.Token, error) {
	ticket, err := s.cfg.tickets.Ticket(ctx, s.id)
	if err != nil {
		return wecom.Token{}, fmt.Errorf("isv: reading the ticket of suite %s: %w", s.id, err)
	}
	if ticket.Value == "" {
		return wecom.Token{}, fmt.Errorf("%w (suite %s)", ErrNoTicket, s.id)
	}
	asked := s.bare.Clock().Now()
	res, err := wecom.Do[getSuiteTokenResult](ctx, s.bare, opGetSuiteToken, getSuiteTokenRequest{
		SuiteID: s.id, SuiteSecret: s.secret(), SuiteTicket: ticket.Value,
	})
	switch {
	case wecom.IsCode(err, wecom.CodeInvalidSuiteTicket):
		return wecom.Token{}, fmt.Errorf("%w; the newest is of %s: %w", ErrNoTicket, ticket.Pushed.Format(time.DateTime), err)
	case err != nil:
		return wecom.Token{}, err
	}
	return newToken(opGetSuiteToken, res.SuiteAccessToken, asked, res.ExpiresIn)
}

// newToken makes a token of an answer. One that is said to live for no time is
// asked for again soon.
func newToken(op wecom.Operation, value string, asked time.Time, life wecom.Seconds) (wecom.Token, error) {
	if value == "" {
		return wecom.Token{}, fmt.Errorf("isv: %s: answered success without a token", op.Path)
	}
	if life <= 0 {
		life = wecom.Seconds(5 * time.Minute)
	}
	return wecom.Token{Value: value, ExpiresAt: asked.Add(time.Duration(min(life, wecom.Seconds(24*time.Hour))))}, nil
}
