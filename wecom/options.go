package wecom

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	defaultBaseURL = "https://qyapi.weixin.qq.com"
	defaultTimeout = 30 * time.Second
)

// An Option changes how [New] builds a client.
type Option func(*config) error

type config struct {
	baseURL  string
	http     *http.Client
	timeout  time.Duration
	store    TokenStore
	source   TokenSource
	limiter  Limiter
	limits   []LimiterOption
	retry    Retry
	logger   *slog.Logger
	observer func(context.Context, Attempt)
	clock    Clock
	egress   string
}

// WithBaseURL sends calls to a private deployment, a reverse proxy or the
// simulator instead of https://qyapi.weixin.qq.com. A path in it is kept as a
// prefix.
func WithBaseURL(base string) Option {
	return func(c *config) error {
		u, err := url.Parse(base)
		if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
			return errors.New("wecom: WithBaseURL: want http(s)://host[/prefix]")
		}
		if u.User != nil || strings.ContainsAny(base, "?#") {
			return errors.New("wecom: WithBaseURL: user, query and fragment do not belong in a base URL")
		}
		// Tokens and limits are kept by base URL: one server, one spelling.
		c.baseURL = u.Scheme + "://" + strings.ToLower(u.Host) + strings.TrimRight(u.EscapedPath(), "/")
		return nil
	}
}

// WithHTTPClient sends calls through h's transport, cookie jar and time-out:
// proxies and TLS settings go there. h itself is not changed; redirects are
// never followed, because WeCom has none and a redirected call would carry its
// token to a stranger. Clients that share h share its connections.
//
// The transport sees the whole URL, credentials included: one that logs or
// traces URLs writes them down. For metrics and traces use [WithObserver].
func WithHTTPClient(h *http.Client) Option {
	return func(c *config) error {
		if h == nil {
			return errors.New("wecom: WithHTTPClient: nil client")
		}
		c.http = h
		return nil
	}
}

// WithTimeout bounds each attempt of a call, from the connection to the last
// byte of a JSON reply; the default is 30 s. A file on its way up or down may
// take longer: there it bounds how long nothing moves. The ctx bounds the call
// as a whole.
func WithTimeout(d time.Duration) Option {
	return func(c *config) error {
		if d <= 0 {
			return errors.New("wecom: WithTimeout: want a positive duration")
		}
		c.timeout = d
		return nil
	}
}

// WithTokenStore shares tokens with other processes or clients. Without it a
// client keeps its token in its own memory. It does not go with
// [WithTokenSource], which keeps its tokens itself.
func WithTokenStore(s TokenStore) Option {
	return func(c *config) error {
		if s == nil {
			return errors.New("wecom: WithTokenStore: nil store")
		}
		c.store = s
		return nil
	}
}

// WithTokenSource takes tokens from s; the credential's secret is not used then
// and may be empty. s is asked before each attempt, with the ctx of the call:
// one that finds the token there gives each call its own.
func WithTokenSource(s TokenSource) Option {
	return func(c *config) error {
		if s == nil {
			return errors.New("wecom: WithTokenSource: nil source")
		}
		c.source = s
		return nil
	}
}

// WithLimiter replaces the limiter, or shares one between clients.
func WithLimiter(l Limiter) Option {
	return func(c *config) error {
		if l == nil {
			return errors.New("wecom: WithLimiter: nil limiter")
		}
		c.limiter = l
		return nil
	}
}

// WithLimits changes what the client's own limiter allows, as the options of
// [NewLimiter] do. With [WithLimiter] it means nothing.
func WithLimits(opts ...LimiterOption) Option {
	return func(c *config) error {
		c.limits = append(c.limits, opts...)
		return nil
	}
}

// WithRetry changes how often and how long failed calls are tried again.
func WithRetry(r Retry) Option {
	return func(c *config) error {
		if r.Attempts < 0 || r.MinBackoff < 0 || r.MaxBackoff < 0 {
			return errors.New("wecom: WithRetry: negative value")
		}
		if r.MaxBackoff != 0 && r.MinBackoff > r.MaxBackoff {
			return fmt.Errorf("wecom: WithRetry: MinBackoff %v is over MaxBackoff %v", r.MinBackoff, r.MaxBackoff)
		}
		c.retry = r
		return nil
	}
}

// WithLogger logs one Debug line per attempt, Info when a token is fetched,
// Warn on retries, waits and store trouble. No line holds a secret, a token, a
// body or a URL's query. The default logs nothing.
func WithLogger(l *slog.Logger) Option {
	return func(c *config) error {
		if l == nil {
			return errors.New("wecom: WithLogger: nil logger")
		}
		c.logger = l
		return nil
	}
}

// WithObserver calls f after each attempt, on the goroutine that made it:
// enough for metrics and, with the start time it is given, for spans.
func WithObserver(f func(context.Context, Attempt)) Option {
	return func(c *config) error {
		if f == nil {
			return errors.New("wecom: WithObserver: nil function")
		}
		c.observer = f
		return nil
	}
}

// WithClock replaces the system clock, in tests.
func WithClock(k Clock) Option {
	return func(c *config) error {
		if k == nil {
			return errors.New("wecom: WithClock: nil clock")
		}
		c.clock = k
		return nil
	}
}

// WithEgress names the address that calls leave by. WeCom limits calls per IP:
// clients that share a [Limiter] and leave by different proxies have
// different names.
func WithEgress(name string) Option {
	return func(c *config) error {
		c.egress = name
		return nil
	}
}
