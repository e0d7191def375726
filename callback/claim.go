package callback

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

// errDuplicate: the event was acknowledged before.
var errDuplicate = errors.New("callback: duplicate")

// claims sees to it that an event is handled once, and that a repetition is
// not acknowledged before the event itself is.
type claims struct {
	store  DedupeStore
	ttl    time.Duration
	logger *slog.Logger

	mu   sync.Mutex
	open map[string]chan struct{} // claimed and not settled; closed when it is; guarded by mu
}

func newClaims(store DedupeStore, ttl time.Duration, logger *slog.Logger) *claims {
	return &claims{store: store, ttl: ttl, logger: logger, open: make(map[string]chan struct{})}
}

// claim makes the caller the one who handles the event; the caller then calls
// settle once. It fails with errDuplicate, or with ctx's error if another
// request still had the event when ctx ended. An event without a key is
// everybody's.
func (c *claims) claim(ctx context.Context, key string) error {
	if key == "" {
		return nil
	}
	for {
		c.mu.Lock()
		other, busy := c.open[key]
		if !busy {
			c.open[key] = make(chan struct{})
		}
		c.mu.Unlock()
		if !busy {
			break
		}
		select {
		case <-other: // it was acknowledged, or failed and is ours
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if !c.mark(ctx, key) {
		c.settle(key)
		return errDuplicate
	}
	return nil
}

// settle ends a claim: the event is acknowledged, or given back by release.
func (c *claims) settle(key string) {
	if key == "" {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	close(c.open[key])
	delete(c.open, key)
}

func (c *claims) mark(ctx context.Context, key string) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storePatience)
	defer cancel()
	first, err := c.store.Mark(ctx, key, c.ttl)
	if err != nil {
		c.logger.WarnContext(ctx, "callback: the de-duplication store failed, handling the event", "err", err)
		return true
	}
	return first
}

// release forgets an event that was not handled, so that its repetition is.
func (c *claims) release(ctx context.Context, key string) {
	if key == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storePatience)
	defer cancel()
	if err := c.store.Unmark(ctx, key); err != nil {
		c.logger.WarnContext(ctx, "callback: the de-duplication store failed, a repetition of the event will be dropped", "err", err)
	}
}

// noStore is a DedupeStore that knows nothing.
type noStore struct{}

func (noStore) Mark(context.Context, string, time.Duration) (bool, error) { return true, nil }
func (noStore) Unmark(context.Context, string) error                      { return nil }
