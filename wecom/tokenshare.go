package wecom

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"
)

// sharedTokens talks to a TokenStore that may fail, hang or answer rubbish.
// Whatever it does costs a bounded wait and a log line.
type sharedTokens struct {
	store   TokenStore
	key     string
	clock   Clock
	logger  *slog.Logger
	running atomic.Int32 // store calls that have not come back; loads are one at a time
}

func (s *sharedTokens) get(ctx context.Context) (Token, bool) {
	tok, err := bounded(ctx, s, storeTimeout, nil, func(ctx context.Context) (Token, error) {
		return s.store.Get(ctx, s.key)
	})
	if err == nil {
		err = plausible(tok, s.clock.Now())
	}
	if err != nil {
		s.warn(ctx, "get", err, tok.Value)
		return Token{}, false
	}
	return tok, tok.Value != ""
}

func (s *sharedTokens) set(ctx context.Context, tok Token) {
	_, err := bounded(ctx, s, storeTimeout, nil, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, s.store.Set(ctx, s.key, tok)
	})
	if err != nil {
		s.warn(ctx, "set", err, tok.Value)
	}
}

// lock returns false if the store has no lock, or none that can be had in time:
// then every process fetches for itself.
func (s *sharedTokens) lock(ctx context.Context) (unlock func(), ok bool) {
	l, ok := s.store.(Locker)
	if !ok {
		return nil, false
	}
	release := func(free func()) {
		if free != nil {
			free()
		}
	}
	free, err := bounded(ctx, s, storeLockTimeout, release, func(ctx context.Context) (func(), error) {
		return l.Lock(ctx, s.key, storeLockTTL)
	})
	if err == nil && free == nil {
		err = errors.New("no error and no unlock function")
	}
	if err != nil {
		s.warn(ctx, "lock", err, "")
		return nil, false
	}
	return func() {
		ctx := context.WithoutCancel(ctx) // the load's time may be over
		_, err := bounded(ctx, s, storeTimeout, nil, func(context.Context) (struct{}, error) {
			free()
			return struct{}{}, nil
		})
		if err != nil {
			s.warn(ctx, "unlock", err, "")
		}
	}, true
}

// warn logs which step of the store failed, without the token that its error
// may name.
func (s *sharedTokens) warn(ctx context.Context, step string, err error, token string) {
	text := err.Error()
	if token != "" {
		text = strings.ReplaceAll(text, token, "[redacted]")
	}
	s.logger.LogAttrs(ctx, slog.LevelWarn, "wecom: token store failed, going on without it",
		slog.String("step", step), slog.String("key", s.key), slog.String("err", hideLongWords(text)))
}

// hideLongWords removes what may be a token, if nothing is known but that WeCom
// makes them out of letters, digits, - and _ and longer than any name.
func hideLongWords(text string) string {
	const long = 64
	var b strings.Builder
	start := 0 // of the word
	for i := 0; i <= len(text); i++ {
		if i < len(text) && isTokenByte(text[i]) {
			continue
		}
		if i-start >= long {
			b.WriteString("[redacted]")
		} else {
			b.WriteString(text[start:i])
		}
		if i < len(text) {
			b.WriteByte(text[i])
		}
		start = i + 1
	}
	return b.String()
}

func isTokenByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_'
}

var errStoreHangs = errors.New("an earlier call to the store still hangs")

// bounded runs f for at most d, even if f ignores its ctx. A result that comes
// too late goes to late. While a call hangs no other is begun, so at most one
// goroutine is left behind.
func bounded[T any](ctx context.Context, s *sharedTokens, d time.Duration, late func(T), f func(context.Context) (T, error)) (T, error) {
	var zero T
	if s.running.Load() > 0 {
		return zero, errStoreHangs
	}
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()

	type result struct {
		value T
		err   error
	}
	var settled atomic.Bool // by whoever comes first: the result or the time-out
	done := make(chan result, 1)
	s.running.Add(1)
	go func() {
		value, err := f(ctx)
		s.running.Add(-1)
		if settled.CompareAndSwap(false, true) {
			done <- result{value, err}
		} else if err == nil && late != nil {
			late(value)
		}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		if settled.CompareAndSwap(false, true) {
			return zero, fmt.Errorf("no answer within %v: %w", d, ctx.Err())
		}
		r := <-done
		return r.value, r.err
	}
}

// plausible refuses what cannot be a token of WeCom. The zero Token is none.
func plausible(tok Token, now time.Time) error {
	if tok.Value == "" {
		return nil
	}
	if len(tok.Value) > maxTokenLength {
		return fmt.Errorf("rubbish: %d bytes long, a token has at most %d", len(tok.Value), maxTokenLength)
	}
	for _, r := range tok.Value {
		if r <= ' ' || r > '~' {
			return errors.New("rubbish: a token has printable ASCII only")
		}
	}
	if tok.ExpiresAt.After(now.Add(maxLifetime)) {
		return fmt.Errorf("rubbish: expires at %v, which is later than any token does", tok.ExpiresAt)
	}
	return nil
}
