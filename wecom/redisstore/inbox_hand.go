package redisstore

import (
	"context"
	"errors"
	"sync"

	"github.com/redis/go-redis/v9"
)

// A hand is what a process has taken and not ended or given back.
type hand struct {
	mu   sync.Mutex         // guards the rest
	held map[string]holding // by key
	stop context.CancelFunc // ends the goroutine that renews; there is one while held is not empty
}

type holding struct {
	id    string // in the stream
	ended bool   // the work is done, and Redis may not know it
}

// take adds an entry. With the first one it starts keep.
func (h *hand) take(ctx context.Context, key, id string, keep func(context.Context)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.held) == 0 {
		h.held = make(map[string]holding)
		ctx, h.stop = context.WithCancel(context.WithoutCancel(ctx))
		go keep(ctx)
	}
	h.held[key] = holding{id: id}
}

// end says that the work on an entry is done.
func (h *hand) end(key string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if e, ok := h.held[key]; ok {
		e.ended = true
		h.held[key] = e
	}
}

// drop removes an entry. With the last one it ends keep.
func (h *hand) drop(key string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.remove(key)
}

func (h *hand) remove(key string) {
	if _, ok := h.held[key]; ok {
		delete(h.held, key)
		if len(h.held) == 0 {
			h.stop()
		}
	}
}

// look returns the entries to renew, by id, and the keys of those that ended.
func (h *hand) look() (held map[string]string, ended []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	held = make(map[string]string, len(h.held))
	for key, e := range h.held {
		if e.ended {
			ended = append(ended, key)
		} else {
			held[e.id] = key
		}
	}
	return held, ended
}

// lose drops an entry that is another's by now, and reports whether it was
// still in hand.
func (h *hand) lose(key, id string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if e, ok := h.held[key]; !ok || e.id != id || e.ended {
		return false
	}
	h.remove(key)
	return true
}

// keepHold renews what is in hand, until ctx ends.
func (b *Inbox) keepHold(ctx context.Context) {
	for wait := b.lease / 3; pause(ctx, wait) == nil; {
		wait = b.lease / 3
		if err := b.renew(ctx); err != nil {
			wait = min(wait, commandTimeout)
			if errors.Is(err, redis.ErrClosed) {
				return // with the client the process ends
			}
			b.logger.WarnContext(ctx, "redisstore: an inbox does not renew its hold", "inbox", b.stream, "err", err)
		}
	}
}

func (b *Inbox) renew(ctx context.Context) error {
	held, ended := b.hand.look()
	for _, key := range ended {
		if err := b.done(ctx, key); err != nil {
			return err
		}
		b.hand.drop(key)
	}
	if len(held) == 0 {
		return nil
	}
	args := []any{inboxGroup, b.consumer, b.lease.Milliseconds()}
	for id := range held {
		args = append(args, id)
	}
	lost, err := ask(ctx, "renewing the hold on events", nil, func(ctx context.Context) ([]string, error) {
		return b.scripts.hold.Run(ctx, b.client, []string{b.stream, b.beat}, args...).StringSlice()
	})
	for _, id := range lost {
		if b.hand.lose(held[id], id) {
			b.logger.WarnContext(ctx, "redisstore: an event in hand is another process's, and may be handled twice", "inbox", b.stream, "id", id)
		}
	}
	return err
}
