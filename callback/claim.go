package callback

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

const (
	storePatience = time.Second // for one call of the store
	storePoll     = 200 * time.Millisecond

	// lease is how long an event stays with a process that does not say how it
	// went. A live one has said so by then, or its handler is too slow for an
	// answer; of a dead one's event there is a delivery still to come.
	lease = 2 * answerTime
)

// errDuplicate: the event was acknowledged before.
var errDuplicate = errors.New("callback: duplicate")

// claims sees to it that an event is handled once, and that a repetition is
// not acknowledged before the event itself is. Nil lets everything pass.
type claims struct {
	store  DedupeStore
	ttl    time.Duration
	logger *slog.Logger

	mu   sync.Mutex
	open map[string]*claim // by key, until they end; guarded by mu
}

// A claim is an event in hand, until done or giveBack is called. Nil is the
// claim to an event without a key, which is everybody's.
type claim struct {
	claims *claims
	key    string
	ended  chan struct{} // closed by done and giveBack
	answer *answerBody   // to the event, if it was done; written before ended is closed
}

func newClaims(store DedupeStore, ttl time.Duration, logger *slog.Logger) *claims {
	return &claims{store: store, ttl: ttl, logger: logger, open: make(map[string]*claim)}
}

// claim makes the caller the one who handles the event. It fails with ctx's
// error if somebody else still had the event when ctx ended, or with
// errDuplicate, and then returns the earlier claim if it has just been done.
func (c *claims) claim(ctx context.Context, key string) (*claim, error) {
	if c == nil || key == "" {
		return nil, nil
	}
	k := &claim{claims: c, key: key, ended: make(chan struct{})}
	for {
		other := c.enter(k)
		if other == nil {
			break
		}
		select {
		case <-other.ended:
			if other.answer != nil {
				return other, errDuplicate
			}
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if err := k.ask(ctx); err != nil {
		k.end()
		return nil, err
	}
	return k, nil
}

// enter opens a claim, or returns the one that is open.
func (c *claims) enter(k *claim) *claim {
	c.mu.Lock()
	defer c.mu.Unlock()
	if other := c.open[k.key]; other != nil {
		return other
	}
	c.open[k.key] = k
	return nil
}

func (k *claim) end() {
	k.claims.mu.Lock()
	defer k.claims.mu.Unlock()
	delete(k.claims.open, k.key)
	close(k.ended)
}

// ask claims the event from the store, and waits while another process has it.
func (k *claim) ask(ctx context.Context) error {
	for {
		var state DedupeState
		err := k.try(ctx, func(ctx context.Context) (err error) {
			state, err = k.claims.store.Claim(ctx, k.key, lease)
			return err
		})
		switch {
		case err != nil:
			k.claims.logger.WarnContext(ctx, "callback: the de-duplication store failed, handling the event", "err", err)
			return nil
		case state == DedupeDone:
			return errDuplicate
		case state != DedupeInHand:
			return nil
		}
		poll := time.NewTimer(storePoll)
		select {
		case <-poll.C:
		case <-ctx.Done():
			poll.Stop()
			return ctx.Err()
		}
	}
}

// done ends a claim: a is the answer to the event and to its repetitions.
func (k *claim) done(ctx context.Context, a answerBody) {
	if k == nil {
		return
	}
	err := k.try(ctx, func(ctx context.Context) error { return k.claims.store.Done(ctx, k.key, k.claims.ttl) })
	if err != nil {
		k.claims.logger.WarnContext(ctx, "callback: the de-duplication store failed, a repetition of the event may be handled", "err", err)
	}
	k.answer = &a
	k.end()
}

// giveBack ends a claim so that the event's next delivery is handled.
func (k *claim) giveBack(ctx context.Context) {
	if k == nil {
		return
	}
	k.release(ctx)
	k.end()
}

// undo has the next delivery of an event handled, although it was acknowledged
// or is just being.
func (k *claim) undo(ctx context.Context) {
	if k == nil {
		return
	}
	<-k.ended
	k.release(ctx)
}

func (k *claim) release(ctx context.Context) {
	err := k.try(ctx, func(ctx context.Context) error { return k.claims.store.Release(ctx, k.key) })
	if err != nil {
		k.claims.logger.WarnContext(ctx, "callback: the de-duplication store failed, a repetition of the event may be dropped", "err", err)
	}
}

// try calls the store, for no longer than that may take.
func (*claim) try(ctx context.Context, call func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storePatience)
	defer cancel()
	return orPanic(func() error { return call(ctx) })
}

// orPanic calls what belongs to the application, and turns a panic into an error.
func orPanic(call func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("callback: panic: %v", v)
		}
	}()
	return call()
}
