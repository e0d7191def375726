package redisstore

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// commandTimeout is how long one question to Redis may take.
const commandTimeout = time.Second

// ask is askWithin for commandTimeout.
func ask[T any](ctx context.Context, what string, late func(T), f func(context.Context) (T, error)) (T, error) {
	return askWithin(ctx, commandTimeout, what, late, f)
}

// askWithin runs f, which asks Redis something, for at most d, and less if ctx
// ends. It comes back even if f does not: go-redis reads an answer
// until the client's own time-out, whatever its ctx says, and that is also
// what ends f then. An answer that nobody waits for any more goes to late,
// which may be nil.
func askWithin[T any](ctx context.Context, d time.Duration, what string, late func(T), f func(context.Context) (T, error)) (T, error) {
	var zero T
	if err := ctx.Err(); err != nil {
		return zero, failed(what, err)
	}
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()

	type result struct {
		value T
		err   error
	}
	var settled atomic.Bool // by whoever comes first: the answer or the time-out
	done := make(chan result, 1)
	go func() {
		value, err := f(ctx)
		if settled.CompareAndSwap(false, true) {
			done <- result{value, err}
		} else if err == nil && late != nil {
			late(value)
		}
	}()
	select {
	case r := <-done:
		return r.value, failed(what, r.err)
	case <-ctx.Done():
		if settled.CompareAndSwap(false, true) {
			return zero, failed(what, ctx.Err())
		}
		r := <-done
		return r.value, failed(what, r.err)
	}
}

// failed says what went wrong. Redis repeats the arguments of a command that
// it does not know, and they may be secrets: they go.
func failed(what string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[redis.Error](err); ok {
		if said, _, cut := strings.Cut(err.Error(), ", with args beginning with"); cut {
			err = errors.New(said)
		}
	}
	return fmt.Errorf("redisstore: %s: %w", what, err)
}

// pause waits. What waits for Redis goes by the time that passes for Redis.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
