package callback_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
)

// An observer collects what WithObserver reports.
type observer struct {
	mu   sync.Mutex
	seen []callback.Delivery
}

func (o *observer) option() callback.Option {
	return callback.WithObserver(func(_ context.Context, d callback.Delivery) {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.seen = append(o.seen, d)
	})
}

// all is what it has seen so far.
func (o *observer) all() []callback.Delivery {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.seen)
}

// Each way that a delivery can go is reported once, and counted once.
func TestObserverSeesEveryOutcome(t *testing.T) {
	t.Parallel()
	handlerErr := errors.New("database is down")
	tests := []struct {
		name    string
		handler func(*callback.AddExternalContact) error // nil registers none
		send    func(t *testing.T, h *callback.Handler)
		want    []callback.Outcome
		err     error
		stats   callback.Stats
	}{
		{"handled", succeed, once, []callback.Outcome{callback.OutcomeHandled}, nil, callback.Stats{Received: 1, Handled: 1}},
		{"failed", func(*callback.AddExternalContact) error { return handlerErr }, once,
			[]callback.Outcome{callback.OutcomeFailed}, handlerErr, callback.Stats{Received: 1, Failed: 1}},
		{"to be delivered again", func(*callback.AddExternalContact) error { return callback.ErrRedeliver }, once,
			[]callback.Outcome{callback.OutcomeFailed}, callback.ErrRedeliver, callback.Stats{Received: 1, Failed: 1}},
		{"panicked", func(*callback.AddExternalContact) error { panic("no") }, once,
			[]callback.Outcome{callback.OutcomePanicked}, errAny, callback.Stats{Received: 1, Failed: 1}},
		{"ended its goroutine", func(*callback.AddExternalContact) error { runtime.Goexit(); return nil }, elsewhere,
			[]callback.Outcome{callback.OutcomePanicked}, errAny, callback.Stats{Received: 1, Failed: 1}},
		{"duplicate", succeed, func(t *testing.T, h *callback.Handler) { once(t, h); once(t, h) },
			[]callback.Outcome{callback.OutcomeHandled, callback.OutcomeDuplicate}, nil, callback.Stats{Received: 2, Handled: 1, Duplicates: 1}},
		{"ignored", nil, once, []callback.Outcome{callback.OutcomeIgnored}, nil, callback.Stats{Received: 1, Ignored: 1}},
		{"refused", succeed, func(_ *testing.T, h *callback.Handler) {
			send(h, httptest.NewRequest(http.MethodPost, "/?"+pageQuery, strings.NewReader("GET / HTTP/1.0")))
		}, []callback.Outcome{callback.OutcomeRefused}, callback.ErrEnvelope, callback.Stats{Refused: 1}},
		{"URL check refused", succeed, func(_ *testing.T, h *callback.Handler) {
			send(h, httptest.NewRequest(http.MethodGet, "/?"+strings.Replace(pageQuery, "nonce=1", "nonce=2", 1)+"&echostr=x", http.NoBody))
		}, []callback.Outcome{callback.OutcomeRefused}, callback.ErrSignature, callback.Stats{Refused: 1}},
		{"closed", succeed, func(t *testing.T, h *callback.Handler) {
			require.NoError(t, h.Close(t.Context()))
			once(t, h)
		}, []callback.Outcome{callback.OutcomeUnanswered}, callback.ErrClosed, callback.Stats{Received: 1, Unanswered: 1}},
		{"in hand from before", func(*callback.AddExternalContact) error { time.Sleep(7 * time.Second); return nil }, func(t *testing.T, h *callback.Handler) {
			elsewhere(t, h)
			once(t, h)
			time.Sleep(time.Minute)
		}, []callback.Outcome{callback.OutcomeUnanswered, callback.OutcomeHandled}, nil, callback.Stats{Received: 2, Handled: 1, Unanswered: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var o observer
				h := newHandler(t, o.option())
				if tt.handler != nil {
					callback.On(h, func(_ context.Context, e *callback.AddExternalContact) error { return tt.handler(e) })
				}
				tt.send(t, h)
				seen := o.all()
				require.Len(t, seen, len(tt.want))
				for i, want := range tt.want {
					assert.Equal(t, want, seen[i].Outcome)
				}
				last := seen[len(seen)-1]
				if errors.Is(tt.err, errAny) {
					require.Error(t, last.Err)
				} else {
					require.ErrorIs(t, last.Err, tt.err)
				}
				assert.Equal(t, tt.stats, h.Stats())
			})
		})
	}
}

var errAny = errors.New("any error")

func succeed(*callback.AddExternalContact) error { return nil }

func once(t *testing.T, h *callback.Handler) {
	t.Helper()
	deliver(t, h, event("a"))
}

// elsewhere delivers on a goroutine of its own, and waits until that can do no more.
func elsewhere(t *testing.T, h *callback.Handler) {
	t.Helper()
	r := request(t, testKeys, event("a"))
	go send(h, r)
	synctest.Wait()
}

// Who, when, how long in the queue and how long in all: with workers, where
// the outcome is known long after the answer.
func TestObserverOnWorkers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var o observer
		h := newHandler(t, callback.WithWorkers(1, 2), o.option())
		callback.On(h, func(context.Context, callback.Event) error { time.Sleep(10 * time.Second); return nil })
		start := time.Now()
		for _, s := range []string{"a", "b", "c", "d"} {
			deliver(t, h, event(s))
			synctest.Wait()
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		require.Error(t, h.Close(ctx))
		time.Sleep(time.Minute) // the second does not hear that it is over

		seen := o.all()
		require.Len(t, seen, 4)
		for i := range seen {
			require.Equal(t, seen[i].Err == nil, seen[i].Outcome == callback.OutcomeHandled)
			seen[i].Err = nil
		}
		who := callback.Delivery{Kind: "change_external_contact/add_external_contact", CorpID: testKeys.ReceiveID, Start: start}
		handled, unanswered, next, lost := who, who, who, who
		handled.Outcome, handled.Elapsed = callback.OutcomeHandled, 10*time.Second
		unanswered.Outcome, unanswered.Queued, unanswered.Elapsed = callback.OutcomeUnanswered, 6*time.Second, 6*time.Second
		next.Outcome, next.Queued, next.Elapsed = callback.OutcomeHandled, 10*time.Second, 20*time.Second
		lost.Outcome, lost.Queued, lost.Elapsed = callback.OutcomeLost, 20*time.Second, 20*time.Second
		assert.Equal(t, []callback.Delivery{unanswered, handled, next, lost}, seen)
	})
}

func TestObserverAndAFullQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var o observer
		h := newHandler(t, callback.WithWorkers(1, 1), o.option())
		callback.On(h, func(context.Context, callback.Event) error { time.Sleep(time.Minute); return nil })
		for _, s := range []string{"a", "b", "c"} {
			deliver(t, h, event(s))
			synctest.Wait()
		}
		seen := o.all()
		require.Len(t, seen, 1)
		require.ErrorIs(t, seen[0].Err, callback.ErrQueueFull)
		require.NoError(t, h.Close(t.Context()))
	})
}

// An observer that panics costs a log line, and no event.
func TestObserverPanics(t *testing.T) {
	t.Parallel()
	for _, opts := range [][]callback.Option{nil, {callback.WithWorkers(1, 1)}} {
		synctest.Test(t, func(t *testing.T) {
			var log bytes.Buffer
			opts = append(opts, callback.WithLogger(slog.New(slog.NewTextHandler(&log, nil))),
				callback.WithObserver(func(context.Context, callback.Delivery) { panic("no such metric") }))
			h := newHandler(t, opts...)
			callback.On(h, func(context.Context, *callback.AddExternalContact) error { return nil })
			assert.Equal(t, acknowledged, deliver(t, h, event("a")))
			assert.Equal(t, acknowledged, deliver(t, h, event("a")))
			require.NoError(t, h.Close(t.Context()))
			assert.Contains(t, log.String(), "no such metric")
			assert.Equal(t, callback.Stats{Received: 2, Handled: 1, Duplicates: 1}, h.Stats())
		})
	}
}
