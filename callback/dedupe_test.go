package callback_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/callback/callbacktest"
)

func TestMemoryStore(t *testing.T) {
	t.Parallel()
	callbacktest.TestDedupeStore(t, func(*testing.T) (callback.DedupeStore, func(time.Duration)) {
		clock := &fixedClock{now: time.Unix(1763733600, 0)}
		return callback.NewMemoryStore(100, clock), func(d time.Duration) { clock.now = clock.now.Add(d) }
	})
}

func TestMemoryStoreIsBounded(t *testing.T) {
	t.Parallel()
	store := callback.NewMemoryStore(2, nil)
	claim := func(key string) callback.DedupeState {
		state, err := store.Claim(t.Context(), key, time.Hour)
		require.NoError(t, err)
		return state
	}
	assert.Equal(t, callback.DedupeClaimed, claim("a"))
	assert.Equal(t, callback.DedupeClaimed, claim("b"))
	require.NoError(t, store.Done(t.Context(), "b", time.Hour), "takes the place that b has")
	assert.Equal(t, callback.DedupeInHand, claim("a"))
	assert.Equal(t, callback.DedupeClaimed, claim("c"))
	assert.Equal(t, callback.DedupeDone, claim("b"))
	assert.Equal(t, callback.DedupeInHand, claim("c"))
	assert.Equal(t, callback.DedupeClaimed, claim("a"), "the oldest went first")
}

func TestRepetitions(t *testing.T) {
	t.Parallel()
	second := func(id string) string {
		body, _ := corpForm("text", cdata("Content", "hello")+"<MsgId>"+id+"</MsgId>")
		return body
	}
	tests := []struct {
		name   string
		bodies []string
		want   int
	}{
		{"the same event", []string{event("a"), event("a"), event("a")}, 1},
		{"events of one second that differ in one field", []string{event("a"), event("b")}, 2},
		{"the same words twice", []string{second("1"), second("2")}, 2},
		{"a message again", []string{second("1"), second("1")}, 1},
		{"a message again, written differently", []string{second("1"), second("1") + "\n"}, 1},
		{"without an id", []string{"<xml><MsgType>text</MsgType><Content>a</Content></xml>", "<xml><MsgType>text</MsgType><Content>b</Content></xml>"}, 2},
		{"ids that look the same joined", []string{
			"<xml><FromUserName>a</FromUserName><MsgType>text</MsgType><MsgId>12</MsgId></xml>",
			"<xml><FromUserName>a1</FromUserName><MsgType>text</MsgType><MsgId>2</MsgId></xml>",
		}, 2},
		{"unreadable", []string{"a", "a", "b"}, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h, n := newHandler(t), 0
			callback.On(h, func(context.Context, callback.Event) error { n++; return nil })
			for _, body := range tt.bodies {
				assert.Equal(t, acknowledged, deliver(t, h, body))
			}
			assert.Equal(t, tt.want, n)
			assert.EqualValues(t, len(tt.bodies)-tt.want, h.Stats().Duplicates)
		})
	}
}

func TestRepetitionAfterTheTTL(t *testing.T) {
	t.Parallel()
	clock := &fixedClock{now: time.Unix(1763733600, 0)}
	h, n := newHandler(t, callback.WithClock(clock)), 0
	callback.On(h, func(context.Context, callback.Event) error { n++; return nil })
	deliver(t, h, event("a"))
	clock.now = clock.now.Add(11*time.Minute - time.Second)
	deliver(t, h, event("a"))
	assert.Equal(t, 1, n)
	clock.now = clock.now.Add(time.Second)
	deliver(t, h, event("a"))
	assert.Equal(t, 2, n)
}

func TestWithoutDedupe(t *testing.T) {
	t.Parallel()
	h, n := newHandler(t, callback.WithoutDedupe()), 0
	callback.On(h, func(context.Context, callback.Event) error { n++; return nil })
	deliver(t, h, event("a"))
	deliver(t, h, event("a"))
	assert.Equal(t, 2, n)
}

func TestWithoutDedupeNothingWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, n := newHandler(t, callback.WithoutDedupe()), 0
		callback.On(h, func(context.Context, callback.Event) error { n++; time.Sleep(time.Minute); return nil })
		body := event("a")
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() { deliver(t, h, body) })
			synctest.Wait()
		}
		assert.Equal(t, 2, n)
		wg.Wait()
	})
}

func TestWithoutDedupeOnAWorkerThatFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(t, callback.WithoutDedupe(), callback.WithWorkers(1, 1))
		callback.On(h, func(context.Context, callback.Event) error { return errors.New("no") })
		assert.Equal(t, acknowledged, deliver(t, h, event("a")))
		require.NoError(t, h.Close(t.Context()))
		assert.EqualValues(t, 1, h.Stats().Failed)
	})
}

// A slowStore takes its time to note that an event was taken over.
type slowStore struct{ callback.DedupeStore }

func (s slowStore) Done(ctx context.Context, key string, ttl time.Duration) error {
	time.Sleep(500 * time.Millisecond)
	return s.DedupeStore.Done(ctx, key, ttl)
}

// A worker that fails before the event is marked leaves no mark behind.
func TestWorkerFailsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(t, callback.WithWorkers(1, 1), callback.WithDedupe(slowStore{callback.NewMemoryStore(10, nil)}, time.Minute))
		callback.On(h, func(context.Context, callback.Event) error { return errors.New("no") })
		for range 2 {
			assert.Equal(t, acknowledged, deliver(t, h, event("a")))
			synctest.Wait()
		}
		require.NoError(t, h.Close(t.Context()))
		assert.Equal(t, callback.Stats{Received: 2, Failed: 2}, h.Stats())
	})
}

// What Close has lost is no repetition to the next process.
func TestLostEventComesAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := callback.WithDedupe(callback.NewMemoryStore(10, nil), time.Minute)
		h := newHandler(t, callback.WithWorkers(1, 1), store)
		callback.On(h, func(ctx context.Context, _ callback.Event) error { <-ctx.Done(); return nil })
		deliver(t, h, event("a"))
		deliver(t, h, event("b"))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.Error(t, h.Close(ctx))
		synctest.Wait()
		assert.EqualValues(t, 1, h.Stats().Lost)

		next := newHandler(t, store)
		callback.On(next, func(context.Context, callback.Event) error { return nil })
		deliver(t, next, event("a"))
		deliver(t, next, event("b"))
		assert.Equal(t, callback.Stats{Received: 2, Handled: 1, Duplicates: 1}, next.Stats())
	})
}

// Two apps of one corp are told of the same change, and may share a store.
func TestAppsShareAStore(t *testing.T) {
	t.Parallel()
	store := callback.NewMemoryStore(100, nil)
	otherKey, otherToken := testKeys, testKeys
	otherKey.EncodingAESKey, otherToken.Token = otherKeys.EncodingAESKey, otherKeys.Token
	n := 0
	for _, keys := range []callback.Keys{testKeys, otherKey, otherToken, testKeys} {
		h, err := callback.NewHandler(keys, callback.WithTimestampTolerance(0), callback.WithDedupe(store, time.Minute))
		require.NoError(t, err)
		callback.On(h, func(context.Context, callback.Event) error { n++; return nil })
		assert.Equal(t, acknowledged, send(h, request(t, keys, event("a"))))
	}
	assert.Equal(t, 3, n)
}

// A repetition is acknowledged when the event itself is, and not before.
func TestRepetitionWaits(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name          string
		failFirst     bool
		after         time.Duration // when the first delivery ends
		first, second outcome
		handled       int
	}{
		{"for success", false, 2 * time.Second, acknowledged, acknowledged, 1},
		{"for failure, and takes over", true, 2 * time.Second, outcome{status: http.StatusInternalServerError}, acknowledged, 2},
		{"not longer than WeCom", false, 10 * time.Second, acknowledged, dropped, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h, n := newHandler(t), 0
				callback.On(h, func(context.Context, callback.Event) error {
					if n++; n > 1 {
						return nil
					}
					time.Sleep(tt.after)
					if tt.failFirst {
						return errors.New("no")
					}
					return nil
				})
				body := event("a")
				var first outcome
				var wg sync.WaitGroup
				wg.Go(func() { first = deliver(t, h, body) })
				synctest.Wait()
				assert.Equal(t, tt.second, deliver(t, h, body))
				wg.Wait()
				assert.Equal(t, tt.first, first)
				assert.Equal(t, tt.handled, n)
			})
		})
	}
}

// The answer that came too late for the first request goes to the one that
// waits: WeCom takes it from any.
func TestRepetitionIsAnsweredAlike(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(t)
		callback.OnReply(h, func(context.Context, *callback.AddExternalContact) (callback.Reply, error) {
			time.Sleep(7 * time.Second)
			return callback.PlainReply("at last"), nil
		})
		body := event("a")
		var wg sync.WaitGroup
		wg.Go(func() { deliver(t, h, body) })
		time.Sleep(5 * time.Second)
		assert.Equal(t, outcome{status: http.StatusOK, body: "at last"}, deliver(t, h, body))
		wg.Wait()
		assert.Equal(t, acknowledged, deliver(t, h, body), "it is not kept for longer")
		assert.Equal(t, callback.Stats{Received: 3, Handled: 1, Duplicates: 2}, h.Stats())
	})
}

// A dyingStore is that of a process which does not live to say how it went.
type dyingStore struct{ callback.DedupeStore }

func (dyingStore) Done(context.Context, string, time.Duration) error { return nil }

func (dyingStore) Release(context.Context, string) error { return nil }

// Two processes with one store: what one has in hand the other neither handles
// nor acknowledges.
func TestRepetitionReachesAnotherProcess(t *testing.T) {
	t.Parallel()
	slow := func(err error) func() error { return func() error { time.Sleep(7 * time.Second); return err } }
	tests := []struct {
		name    string
		dies    bool         // the first process
		first   func() error // its handler
		answers []outcome    // of the other one, to deliveries five seconds apart
		handled int          // by the other one
	}{
		{"that waits for success", false, slow(nil), []outcome{acknowledged}, 0},
		{"that takes over after a failure", false, slow(errors.New("no")), []outcome{acknowledged}, 1},
		{"that takes over from a dead one", true, slow(nil), []outcome{dropped, acknowledged, acknowledged}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				shared := callback.NewMemoryStore(10, nil)
				process := func(store callback.DedupeStore, f func() error) *callback.Handler {
					h := newHandler(t, callback.WithDedupe(store, time.Minute))
					callback.On(h, func(context.Context, callback.Event) error { return f() })
					return h
				}
				first, handled := process(shared, tt.first), 0
				if tt.dies {
					first = process(dyingStore{shared}, tt.first)
				}
				other := process(shared, func() error { handled++; return nil })
				body, start := event("a"), time.Now()
				var wg sync.WaitGroup
				wg.Go(func() { deliver(t, first, body) })
				for i, want := range tt.answers {
					time.Sleep(time.Until(start.Add(time.Duration(i+1) * 5 * time.Second)))
					ctx, hangUp := context.WithTimeout(t.Context(), 4900*time.Millisecond)
					assert.Equal(t, want, send(other, request(t, testKeys, body).WithContext(ctx)))
					hangUp()
				}
				wg.Wait()
				assert.Equal(t, tt.handled, handled)
			})
		})
	}
}

// A brokenStore fails, panics, or hangs as long as it is let.
type brokenStore string

func (s brokenStore) fail(ctx context.Context) error {
	switch s {
	case "hangs":
		<-ctx.Done()
		return ctx.Err()
	case "panics":
		panic("no connection")
	default:
		return errors.New("connection refused")
	}
}

func (s brokenStore) Claim(ctx context.Context, _ string, _ time.Duration) (callback.DedupeState, error) {
	return callback.DedupeDone, s.fail(ctx)
}

func (s brokenStore) Done(ctx context.Context, _ string, _ time.Duration) error { return s.fail(ctx) }

func (s brokenStore) Release(ctx context.Context, _ string) error { return s.fail(ctx) }

// Whatever the store does, an event is handled, and its next delivery as well.
func TestStoreFails(t *testing.T) {
	t.Parallel()
	for _, how := range []brokenStore{"fails", "hangs", "panics"} {
		for name, opts := range map[string][]callback.Option{"before the answer": nil, "on a worker": {callback.WithWorkers(1, 1)}} {
			t.Run(string(how)+" "+name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					var log bytes.Buffer
					opts := append(opts, callback.WithDedupe(how, time.Minute), callback.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
					h, n := newHandler(t, opts...), 0
					fail := false
					callback.On(h, func(context.Context, callback.Event) error {
						if n++; fail {
							return errors.New("no")
						}
						return nil
					})
					start := time.Now()
					assert.Equal(t, acknowledged, deliver(t, h, event("a")))
					assert.LessOrEqual(t, time.Since(start), 2*time.Second)
					synctest.Wait()
					assert.Equal(t, 1, strings.Count(log.String(), "failed, handling the event"))
					assert.Equal(t, 1, strings.Count(log.String(), "failed, a repetition of the event may be handled"))

					fail = true
					deliver(t, h, event("a"))
					require.NoError(t, h.Close(t.Context()))
					assert.Equal(t, 1, strings.Count(log.String(), "failed, a repetition of the event may be dropped"))
					assert.Equal(t, callback.Stats{Received: 2, Handled: 1, Failed: 1}, h.Stats())
					assert.Equal(t, 2, n)
				})
			})
		}
	}
}
