package wecom

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
	"golang.org/x/time/rate"
)

const (
	tokenLoadTimeout = 45 * time.Second // one load, whoever waits for it
	storeTimeout     = 2 * time.Second  // one Get or Set
	storeLockTimeout = 5 * time.Second  // waiting for the lock
	storeLockTTL     = tokenLoadTimeout
	refreshMargin    = 5 * time.Minute  // refresh this long before the end,
	refreshJitter    = 5 * time.Minute  // or up to this much earlier
	refreshRetry     = 30 * time.Second // between early refreshes that brought nothing newer
	rejectedPause    = 10 * time.Second // how long a token that WeCom refused but hands out again is kept
	fatalCoolDown    = time.Minute      // no gettoken after a wrong secret; doubled up to
	fatalCoolDownMax = time.Hour
	maxTokenLength   = 512            // bytes, as the official page says
	maxLifetime      = 24 * time.Hour // longer than any token is said to live
	fetchBurst       = 5              // fetches at once of one credential, then one each
	fetchInterval    = 2 * time.Second
)

// A TokenCacheConfig says how [NewTokenCache] gets and keeps tokens. Key and
// Fetch are required.
type TokenCacheConfig struct {
	Key    string                                   // names the credential in Store and in logs: readable, unique, and no secret
	Fetch  func(ctx context.Context) (Token, error) // asks for a new token; never called twice at once
	Name   string                                   // what errors and logs call the token; "" is "access token"
	Store  TokenStore                               // shares the token with other processes; nil for none
	Clock  Clock                                    // nil is the system's
	Logger *slog.Logger                             // nil logs nothing
}

// NewTokenCache makes a [TokenSource] of fetch: what [New] uses for a corp's
// secret, for tokens that come from elsewhere. However many callers wait, one
// fetch is under way; a token is replaced before it ends; a failed store costs
// a log line; and after an error that matches [ErrInvalidCredential] fetch
// rests for a while. It starts nothing until it is asked for a token.
func NewTokenCache(cfg TokenCacheConfig) (TokenSource, error) {
	if cfg.Key == "" || cfg.Fetch == nil {
		return nil, errors.New("wecom: NewTokenCache: want a Key and a Fetch")
	}
	c := tokenCacheConfig{
		key: cfg.Key, name: cmp.Or(cfg.Name, accessToken), fetch: cfg.Fetch,
		store: cfg.Store, clock: cfg.Clock, logger: cfg.Logger, jitter: rand.Float64,
	}
	if c.clock == nil {
		c.clock = systemClock{}
	}
	if c.logger == nil {
		c.logger = slog.New(slog.DiscardHandler)
	}
	return newTokenCache(c), nil
}

const accessToken = "access token"

type tokenCacheConfig struct {
	key    string
	name   string
	fetch  func(context.Context) (Token, error)
	store  TokenStore // may be nil
	clock  Clock
	logger *slog.Logger
	jitter func() float64 // in [0, 1)
}

// A tokenCache is the default TokenSource: one token in memory, one load at a
// time, shared through a store if there is one.
type tokenCache struct {
	tokenCacheConfig

	shared *sharedTokens // nil without a store
	flight singleflight.Group
	pace   *rate.Limiter

	mu         sync.Mutex // guards what follows; never held while waiting
	current    heldToken
	refreshAt  time.Time  // from then on one caller starts an early refresh
	rejected   secretText // the value that WeCom refused last
	rejectedAt time.Time
	fatal      error // a wrong secret, remembered until fatalUntil
	fatalUntil time.Time
	fatalWait  time.Duration
}

// tokenKey names a credential's token in a store: readable, and different for
// any two apps of one corp. The secret goes in as a hash only.
func tokenKey(baseURL string, cred Credential) string {
	sum := sha256.Sum256([]byte(baseURL + "\x00" + cred.CorpID + "\x00" + cred.Secret))
	return "wecom/access_token/" + cred.CorpID + "/" + hex.EncodeToString(sum[:12])
}

func newTokenCache(cfg tokenCacheConfig) *tokenCache {
	c := &tokenCache{
		tokenCacheConfig: cfg,
		pace:             rate.NewLimiter(rate.Every(fetchInterval), fetchBurst),
	}
	if cfg.store != nil {
		c.shared = &sharedTokens{store: cfg.store, key: cfg.key, clock: cfg.clock, logger: cfg.logger}
	}
	return c
}

// Token returns the current token, or waits for the one load that is under
// way. The load does not end with the caller that began it.
func (c *tokenCache) Token(ctx context.Context) (Token, error) {
	c.mu.Lock()
	now := c.clock.Now()
	if c.valid(now) {
		tok := c.current.token()
		early := !now.Before(c.refreshAt)
		if early {
			c.refreshAt = now.Add(refreshRetry)
		}
		c.mu.Unlock()
		if early {
			c.load(ctx, true)
		}
		return tok, nil
	}
	err := c.remembered(now)
	c.mu.Unlock()
	if err != nil {
		return Token{}, err
	}
	if err := ctx.Err(); err != nil {
		return Token{}, c.notThere(err)
	}

	select {
	case res := <-c.load(ctx, false):
		if res.Err != nil {
			return Token{}, res.Err
		}
		tok, _ := res.Val.(Token)
		return tok, nil
	case <-ctx.Done():
		return Token{}, c.notThere(ctx.Err())
	}
}

func (c *tokenCache) notThere(err error) error {
	return fmt.Errorf("wecom: waiting for the %s: %w", c.name, err)
}

// Invalidate drops stale if it is the current token. A token that the server
// refuses but hands out again is not dropped twice in a row, so that the two
// cannot play ping-pong.
func (c *tokenCache) Invalidate(_ context.Context, stale string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if stale == "" || !c.current.value.is(stale) {
		return
	}
	now := c.clock.Now()
	if c.rejected.is(stale) && now.Sub(c.rejectedAt) < rejectedPause {
		return
	}
	c.rejected, c.rejectedAt = secret(stale), now
	c.current = heldToken{}
}

func (c *tokenCache) valid(now time.Time) bool {
	return c.current.value != nil && now.Before(c.current.expiresAt)
}

// remembered returns the refusal of the credential, if gettoken is not to be
// asked again yet. mu is held.
func (c *tokenCache) remembered(now time.Time) error {
	if c.fatal == nil || !now.Before(c.fatalUntil) {
		return nil
	}
	e, ok := errors.AsType[*Error](c.fatal)
	if !ok {
		return c.fatal
	}
	again := *e
	again.RetryAt, again.Client, again.HTTPStatus, again.Attempts = c.fatalUntil, true, 0, 0
	return &again
}

// load starts the one load, or joins it. Its goroutine ends within
// tokenLoadTimeout.
func (c *tokenCache) load(ctx context.Context, early bool) <-chan singleflight.Result {
	return c.flight.DoChan("", func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tokenLoadTimeout)
		defer cancel()
		return c.loadOnce(ctx, early)
	})
}

func (c *tokenCache) loadOnce(ctx context.Context, early bool) (Token, error) {
	if tok, err := c.settled(early); err != nil || tok.Value != "" {
		return tok, err
	}

	if c.shared != nil {
		if tok, ok := c.adopt(c.shared.get(ctx)); ok {
			return tok, nil
		}
		unlock, locked := c.shared.lock(ctx)
		if locked {
			defer unlock()
			if tok, ok := c.adopt(c.shared.get(ctx)); ok { // somebody was faster
				return tok, nil
			}
		}
	}
	if err := c.waitPace(ctx); err != nil {
		return Token{}, err
	}
	tok, err := c.fetch(ctx)
	if err != nil {
		c.failed(ctx, err)
		return Token{}, err
	}
	c.keep(tok)
	if c.shared != nil {
		c.shared.set(ctx, tok)
	}
	c.logger.InfoContext(ctx, "wecom: token fetched", "name", c.name, "key", c.key, "expires", tok.ExpiresAt)
	return tok, nil
}

// settled returns what another load has brought since the caller looked, and
// the refusal that forbids another one, early or not.
func (c *tokenCache) settled(early bool) (Token, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.clock.Now()
	if !early && c.valid(now) {
		return c.current.token(), nil
	}
	return Token{}, c.remembered(now)
}

// waitPace keeps a credential from asking gettoken more often than WeCom likes,
// whatever made it ask.
func (c *tokenCache) waitPace(ctx context.Context) error {
	now := c.clock.Now()
	r := c.pace.ReserveN(now, 1)
	if d := r.DelayFrom(now); d > 0 {
		if err := c.clock.Sleep(ctx, d); err != nil {
			r.CancelAt(c.clock.Now())
			return fmt.Errorf("wecom: waiting to ask for the %s: %w", c.name, err)
		}
	}
	return nil
}

// adopt takes a token from the store if it is better than what is here.
func (c *tokenCache) adopt(tok Token, ok bool) (Token, bool) {
	if !ok {
		return Token{}, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.clock.Now()
	if !now.Before(tok.ExpiresAt) || c.rejected.is(tok.Value) {
		return Token{}, false
	}
	if c.valid(now) && !tok.ExpiresAt.After(c.current.expiresAt) {
		return Token{}, false // an early refresh wants a newer one
	}
	tok.shared = true
	c.set(tok, now)
	return tok, true
}

func (c *tokenCache) keep(tok Token) {
	c.mu.Lock()
	defer c.mu.Unlock()
	same := c.current.value.is(tok.Value)
	now := c.clock.Now()
	c.set(tok, now)
	if earliest := now.Add(refreshRetry); same && c.refreshAt.Before(earliest) {
		c.refreshAt = earliest
	}
}

// set makes tok current and plans its early refresh.
func (c *tokenCache) set(tok Token, now time.Time) {
	life := tok.ExpiresAt.Sub(now)
	lead := refreshMargin + time.Duration(c.jitter()*float64(refreshJitter))
	lead = min(lead, life/4) // of a short life keep most
	c.fatal, c.fatalWait = nil, 0
	c.current = heldToken{value: secret(tok.Value), expiresAt: tok.ExpiresAt, shared: tok.shared}
	c.refreshAt = tok.ExpiresAt.Add(-lead)
}

func (c *tokenCache) failed(ctx context.Context, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !errors.Is(err, ErrInvalidCredential) {
		c.logger.WarnContext(ctx, "wecom: no token", "name", c.name, "key", c.key, "err", err)
		return
	}
	c.fatalWait = min(max(2*c.fatalWait, fatalCoolDown), fatalCoolDownMax)
	c.fatal, c.fatalUntil = err, c.clock.Now().Add(c.fatalWait)
	c.logger.ErrorContext(ctx, "wecom: WeCom refuses the credential", "name", c.name, "key", c.key, "asked_again", c.fatalUntil, "err", err)
}

// A heldToken is a Token whose value nothing can print.
type heldToken struct {
	value     secretText
	expiresAt time.Time
	shared    bool
}

func (h heldToken) token() Token {
	if h.value == nil {
		return Token{}
	}
	return Token{Value: h.value(), ExpiresAt: h.expiresAt, shared: h.shared}
}
