package callback_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/callback/callbacktest"
)

// A shared inbox, as processes have it that serve one URL: what all of them
// see is a table in memory.
type sharedTable struct {
	clock *handClock

	mu      sync.Mutex
	rows    []*row
	changed chan struct{} // closed when something is
}

type row struct {
	entry callback.Entry
	owner *sharedInbox
	due   time.Time
	done  bool
}

// A sharedInbox is one process's hold on the table.
type sharedInbox struct{ *sharedTable }

func (s *sharedInbox) find(key string) *row {
	i := slices.IndexFunc(s.rows, func(r *row) bool { return r.entry.Key == key })
	if i < 0 {
		return nil
	}
	return s.rows[i]
}

func (s *sharedTable) change() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *sharedInbox) Append(ctx context.Context, e callback.Entry) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ctx.Err() != nil || s.find(e.Key) != nil {
		return false, ctx.Err()
	}
	e.Body = slices.Clone(e.Body)
	s.rows = append(s.rows, &row{entry: e})
	s.change()
	return true, nil
}

func (s *sharedInbox) Take(ctx context.Context) (callback.Entry, error) {
	for ctx.Err() == nil {
		s.clock.mu.Lock()
		now, moved := s.clock.now, s.clock.moved
		s.clock.mu.Unlock()
		s.mu.Lock()
		for _, r := range s.rows {
			if !r.done && r.owner == nil && !r.due.After(now) {
				r.owner = s
				r.entry.Attempts++
				s.mu.Unlock()
				return r.entry, nil
			}
		}
		changed := s.changed
		s.mu.Unlock()
		select {
		case <-changed:
		case <-moved:
		case <-ctx.Done():
		}
	}
	return callback.Entry{}, ctx.Err()
}

func (s *sharedInbox) Done(_ context.Context, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.find(key); r != nil {
		r.done = true
	}
	return nil
}

func (s *sharedInbox) Release(_ context.Context, key string, at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.find(key); r != nil && r.owner == s {
		r.owner, r.due = nil, at
		s.change()
	}
	return nil
}

// kill frees what a process had in hand.
func (s *sharedInbox) kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.rows {
		if r.owner == s {
			r.owner = nil
		}
	}
	s.change()
}

func TestSharedInbox(t *testing.T) {
	t.Parallel()
	callbacktest.TestInbox(t, func(*testing.T) callbacktest.Storage {
		table := &sharedTable{clock: newHandClock(), changed: make(chan struct{})}
		return callbacktest.Storage{
			Open:    func() callback.Inbox { return &sharedInbox{table} },
			Kill:    func(i callback.Inbox) { i.(*sharedInbox).kill() },
			Advance: table.clock.advance,
			Shared:  true,
		}
	})
}
