package isv

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/wecomkit/wecom-go/wecom"
)

// An Option changes how [NewSuite], [NewProvider] and [NewCorpGroup] build.
// They refuse those that mean nothing to them.
type Option func(*config) error

type config struct {
	builds   string // the name of the constructor
	tickets  TicketStore
	tenants  TenantStore
	tokens   wecom.TokenStore
	template bool
	client   []wecom.Option
	logger   *slog.Logger
}

// Constructors, as errors name them.
const (
	newSuite     = "NewSuite"
	newProvider  = "NewProvider"
	newCorpGroup = "NewCorpGroup"
)

// WithTickets keeps suite tickets in store instead of in memory. For [NewSuite].
func WithTickets(store TicketStore) Option {
	return func(c *config) error {
		if store == nil {
			return errors.New("isv: WithTickets: nil store")
		}
		c.tickets = store
		return c.only("WithTickets", newSuite)
	}
}

// WithTenants keeps tenants in store instead of in memory, where they are lost
// when the process ends. For [NewSuite].
func WithTenants(store TenantStore) Option {
	return func(c *config) error {
		if store == nil {
			return errors.New("isv: WithTenants: nil store")
		}
		c.tenants = store
		return c.only("WithTenants", newSuite)
	}
}

// WithAppTemplate says that the suite is a template of delegated apps
// (代开发应用模板). Corps that authorise it get an app of their own: its permanent
// code is that app's secret, and its token is fetched as any corp's own is. For
// [NewSuite].
func WithAppTemplate() Option {
	return func(c *config) error {
		c.template = true
		return c.only("WithAppTemplate", newSuite)
	}
}

// WithTokenStore shares tokens with other processes: those of a suite and of
// all its corps, of a provider, or of the corps of a group.
func WithTokenStore(store wecom.TokenStore) Option {
	return func(c *config) error {
		if store == nil {
			return errors.New("isv: WithTokenStore: nil store")
		}
		c.tokens = store
		return nil
	}
}

// WithClientOptions passes options to [wecom.New] for all clients: base URL,
// transport, limiter, logger. All corps of a suite share one limiter, which by
// default allows an address what WeCom allows providers; several suites behind
// one address share one by [wecom.WithLimiter]. Tokens do not belong here:
// [wecom.WithTokenSource] and [wecom.WithTokenStore] are refused. For [NewSuite]
// and [NewProvider].
func WithClientOptions(opts ...wecom.Option) Option {
	return func(c *config) error {
		c.client = append(c.client, opts...)
		return c.only("WithClientOptions", newSuite, newProvider)
	}
}

// WithLogger logs at Info who authorised and who cancelled and which tokens
// were fetched. No line holds a ticket, a code or a token. The clients have a
// logger of their own: [WithClientOptions]. The default logs nothing.
func WithLogger(l *slog.Logger) Option {
	return func(c *config) error {
		if l == nil {
			return errors.New("isv: WithLogger: nil logger")
		}
		c.logger = l
		return nil
	}
}

// only refuses an option that the constructor has no use for.
func (c *config) only(option string, builds ...string) error {
	if slices.Contains(builds, c.builds) {
		return nil
	}
	return fmt.Errorf("isv: %s: %s is for %s", c.builds, option, strings.Join(builds, " and "))
}

func newConfig(builds string, opts []Option) (config, error) {
	memory := new(MemoryStore)
	cfg := config{builds: builds, tickets: memory, tenants: memory, logger: slog.New(slog.DiscardHandler)}
	for _, opt := range opts {
		if opt == nil {
			return config{}, fmt.Errorf("isv: %s: nil option", builds)
		}
		if err := opt(&cfg); err != nil {
			return config{}, err
		}
	}
	return cfg, nil
}

// newClient makes the client that all others are views of. It has no token.
func (c *config) newClient(id string) (*wecom.Client, error) {
	opts := append([]wecom.Option{
		wecom.WithLimits(wecom.LimiterThirdParty()),
		wecom.WithTokenSource(noTokens{}), // beside which wecom.New refuses a store
	}, c.client...)
	client, err := wecom.New(wecom.Credential{CorpID: id}, opts...)
	if err != nil {
		return nil, fmt.Errorf("isv: %s: %w", c.builds, err)
	}
	return client, nil
}

// noTokens is the source of a client that calls nothing with a token.
type noTokens struct{}

func (noTokens) Token(context.Context) (wecom.Token, error) {
	return wecom.Token{}, errors.New("isv: this client has no token")
}

func (noTokens) Invalidate(context.Context, string) {}

// typedTokens says what kind of token a cache keeps.
type typedTokens struct {
	wecom.TokenSource

	kind wecom.Auth
}

func (t typedTokens) Auth() wecom.Auth { return t.kind }

// newCache keeps one kind of token of one owner. What it hashes keeps apart
// tokens that were had by another secret or from another server.
func (c *config) newCache(client *wecom.Client, kind, owner, hashed string, fetch func(context.Context) (wecom.Token, error)) (wecom.TokenSource, error) {
	sum := sha256.Sum256([]byte(client.BaseURL() + "\x00" + owner + "\x00" + hashed))
	return wecom.NewTokenCache(wecom.TokenCacheConfig{
		Key:    "wecom/" + kind + "/" + owner + "/" + hex.EncodeToString(sum[:12]),
		Fetch:  fetch,
		Name:   strings.ReplaceAll(kind, "_", " "),
		Store:  c.tokens,
		Clock:  client.Clock(),
		Logger: c.logger,
	})
}
