package main

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/wecom"
)

// Metrics count since the start; the slowest is of the time since the last
// line. A team with a metrics system feeds it from the same two observers.
type metrics struct {
	late, tagged, noted atomic.Int64
	calls, failed       atomic.Int64 // attempts of calls to WeCom

	mu       sync.Mutex // guards what follows
	greets   int
	slowest  time.Duration            // from WeCom's event to the greeting
	waited   time.Duration            // longest time that an event waited for a worker
	outcomes map[callback.Outcome]int // of events
}

func newMetrics() *metrics { return &metrics{outcomes: map[callback.Outcome]int{}} }

// event is the callback handler's observer.
func (m *metrics) event(_ context.Context, d callback.Delivery) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.outcomes[d.Outcome]++
	m.waited = max(m.waited, d.Queued)
}

// call is the client's observer.
func (m *metrics) call(_ context.Context, a wecom.Attempt) {
	m.calls.Add(1)
	if a.Err != nil {
		m.failed.Add(1)
	}
}

func (m *metrics) greeted(after time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.greets++
	m.slowest = max(m.slowest, after)
}

// line begins a new span of time.
func (m *metrics) line() slog.Value {
	m.mu.Lock()
	defer m.mu.Unlock()
	events := make([]slog.Attr, 0, len(m.outcomes))
	for _, o := range slices.Sorted(maps.Keys(m.outcomes)) {
		events = append(events, slog.Int(string(o), m.outcomes[o]))
	}
	v := slog.GroupValue(
		slog.Int("greeted", m.greets),
		slog.Int64("too_late", m.late.Load()),
		slog.Int64("tagged", m.tagged.Load()),
		slog.Int64("remarked", m.noted.Load()),
		slog.Int64("slowest_greeting_ms", m.slowest.Milliseconds()),
		slog.Int64("longest_wait_ms", m.waited.Milliseconds()),
		slog.GroupAttrs("events", events...),
		slog.Int64("calls", m.calls.Load()),
		slog.Int64("failed_calls", m.failed.Load()),
	)
	m.slowest, m.waited = 0, 0
	return v
}
