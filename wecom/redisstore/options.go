package redisstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/wecomkit/wecom-go/wecom"
)

const defaultPrefix = "wecom:"

// An Option changes anything that this package makes.
type Option func(*settings)

// settings are what every type of this package has.
type settings struct {
	prefix string
	logger *slog.Logger
	clock  wecom.Clock
	keys   aeads
}

// WithPrefix replaces "wecom:" at the beginning of every key. It must not be
// empty nor contain a brace, which a Redis Cluster gives a meaning.
func WithPrefix(prefix string) Option { return func(s *settings) { s.prefix = prefix } }

// WithLogger logs what Redis fails to do. The default logs nothing.
func WithLogger(l *slog.Logger) Option { return func(s *settings) { s.logger = l } }

// WithClock replaces the system clock, in tests. Redis goes by its own.
func WithClock(k wecom.Clock) Option { return func(s *settings) { s.clock = k } }

// newSettings applies opts and checks what came out of it.
func newSettings(client redis.UniversalClient, opts []Option) (settings, error) {
	s := settings{prefix: defaultPrefix, logger: slog.New(slog.DiscardHandler), clock: systemClock{}}
	for _, opt := range opts {
		opt(&s)
	}
	switch {
	case client == nil:
		return s, errors.New("redisstore: the Redis client is nil")
	case s.prefix == "" || strings.ContainsAny(s.prefix, "{}"):
		return s, fmt.Errorf("redisstore: WithPrefix(%q): want some text without braces", s.prefix)
	case s.logger == nil:
		return s, errors.New("redisstore: WithLogger(nil)")
	case s.clock == nil:
		return s, errors.New("redisstore: WithClock(nil)")
	case !s.keys.valid():
		return s, errors.New("redisstore: WithEncryption: want at least one key, and none nil")
	}
	return s, nil
}

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() } //nolint:forbidigo // this is the one that others inject

func (systemClock) Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
