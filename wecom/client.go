package wecom

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"time"
)

// A Client calls WeCom as one app of one corp. It is immutable, safe for
// concurrent use, starts no goroutine by itself and needs no Close. Make one
// per credential and keep it: the token cache and the limits live in it.
//
// The zero Client refuses to work: use [New]. Printing a Client shows the corp
// and nothing else.
type Client struct {
	corpID     string
	baseURL    string
	egress     string
	background bool
	retry      Retry
	timeout    time.Duration
	clock      Clock
	logger     *slog.Logger
	observer   func(context.Context, Attempt)
	limiter    Limiter
	source     TokenSource
	sender     *sender
}

// New checks the credential's form and the options and makes a client. It
// sends nothing; use [Client.Check] to verify the credential.
func New(cred Credential, opts ...Option) (*Client, error) {
	cfg := config{
		baseURL: defaultBaseURL,
		timeout: defaultTimeout,
		logger:  slog.New(slog.DiscardHandler),
		clock:   systemClock{},
	}
	for _, opt := range opts {
		if opt == nil {
			return nil, errors.New("wecom: New: nil option")
		}
		if err := opt(&cfg); err != nil {
			return nil, err
		}
	}
	if cfg.source != nil && cfg.store != nil {
		return nil, errors.New("wecom: New: WithTokenSource keeps its tokens itself: leave WithTokenStore out")
	}
	if err := cred.check(cfg.source == nil); err != nil {
		return nil, err
	}
	if cfg.limiter == nil {
		cfg.limiter = NewLimiter(append([]LimiterOption{LimiterClock(cfg.clock)}, cfg.limits...)...)
	}
	if cfg.http == nil {
		cfg.http = defaultHTTPClient()
	}
	c := &Client{
		corpID:   cred.CorpID,
		baseURL:  cfg.baseURL,
		egress:   cfg.egress,
		retry:    cfg.retry.withDefaults(),
		timeout:  cfg.timeout,
		clock:    cfg.clock,
		logger:   cfg.logger,
		observer: cfg.observer,
		limiter:  cfg.limiter,
		source:   cfg.source,
		sender:   newSender(cfg.http),
	}
	if c.source == nil {
		c.source = newTokenCache(tokenCacheConfig{
			key:    tokenKey(cfg.baseURL, cred),
			name:   accessToken,
			fetch:  c.tokenFetcher(cred),
			store:  cfg.store,
			clock:  cfg.clock,
			logger: cfg.logger,
			jitter: rand.Float64,
		})
	}
	return c, nil
}

// Background returns a view of c for bulk work. Its calls leave a tenth of
// each limit free and let waiting calls of c go first, so that a nightly job
// does not hold up the person who is waiting for a page. It shares everything
// else with c.
func (c *Client) Background() *Client {
	b := *c
	b.background = true
	return &b
}

// As returns a view of c that calls as another corp or credential, with tokens
// from source. Everything else is shared with c: connections, limiter, logger.
// A provider of many corps makes one client and a view for each.
func (c *Client) As(corpID string, source TokenSource) (*Client, error) {
	if err := c.ready(); err != nil {
		return nil, err
	}
	if source == nil {
		return nil, errors.New("wecom: Client.As: nil source")
	}
	if err := (Credential{CorpID: corpID}).check(false); err != nil {
		return nil, err
	}
	v := *c
	v.corpID, v.source = corpID, source
	return &v, nil
}

// CorpID returns the corp that c calls as.
func (c *Client) CorpID() string { return c.corpID }

// BaseURL returns where c's calls go, without a slash at the end.
func (c *Client) BaseURL() string { return c.baseURL }

// Clock returns the clock that c waits by.
func (c *Client) Clock() Clock { return c.clock }

// Token returns the access_token that c's next call would carry, for the rare
// case that something outside this module must make the call. Keep it on the
// server: whoever has it acts as the app.
func (c *Client) Token(ctx context.Context) (Token, error) {
	if err := c.ready(); err != nil {
		return Token{}, err
	}
	return c.source.Token(ctx)
}

// Invalidate says that WeCom refused this token. The client does so by itself
// for calls that it makes.
func (c *Client) Invalidate(ctx context.Context, stale string) { c.source.Invalidate(ctx, stale) }

// Check fetches a token and makes one harmless call with it, so that a wrong
// corp id or secret ([ErrInvalidCredential]) or an address missing from the
// app's trusted IPs ([CodeIPNotAllowed]) shows at start-up and not with the
// first customer.
func (c *Client) Check(ctx context.Context) error {
	_, err := c.GetAPIDomainIP(ctx)
	return err
}

// String shows the corp and nothing else.
func (c Client) String() string {
	return "wecom.Client{" + c.corpID + "}"
}

// Format shows the corp and nothing else, whatever the verb.
func (c Client) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(c.String())) }

// LogValue shows the corp and nothing else.
func (c Client) LogValue() slog.Value { return slog.StringValue(c.String()) }

// Do makes one call: req goes out as the query of a GET or the JSON body of a
// POST, the reply is decoded into a T.
//
// It is how every method of this module calls WeCom, and the way to reach an
// endpoint that the module does not cover: any struct with json tags serves as
// req (nil for none) and as T. [encoding/json.RawMessage] as T keeps the whole
// reply, [Empty] drops it. Decoding is lenient: a number may come quoted, a
// boolean as 0 or 1, and unknown fields are ignored.
//
// A refusal by WeCom is an [*Error], a lost or foreign reply a
// [*TransportError]. The error of a reply that does not fit T is neither, and
// says that the call has succeeded. An op or req that cannot work is an error
// before anything is sent.
func Do[T any](ctx context.Context, c *Client, op Operation, req any) (*T, error) {
	out := new(T)
	if err := c.do(ctx, op, req, out); err != nil {
		return nil, err
	}
	return out, nil
}

func (c *Client) do(ctx context.Context, op Operation, req, out any) error {
	k := call{client: c, op: op, out: out}
	if err := k.encode(req); err != nil {
		return err
	}
	return k.run(ctx)
}

// ready reports what calls would otherwise fall over.
func (c *Client) ready() error {
	if c == nil || c.sender == nil {
		return errors.New("wecom: the Client is nil or empty: make it with wecom.New")
	}
	return nil
}

func defaultHTTPClient() *http.Client {
	t, ok := http.DefaultTransport.(*http.Transport)
	if !ok { // replaced by the application: take what it wants to be used
		return &http.Client{}
	}
	t = t.Clone()
	t.MaxIdleConnsPerHost = 64
	t.ResponseHeaderTimeout = 0 // WithTimeout bounds the attempt
	return &http.Client{Transport: t}
}
