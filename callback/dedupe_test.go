package callback_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
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
	mark := func(key string) bool {
		first, err := store.Mark(t.Context(), key, time.Hour)
		require.NoError(t, err)
		return first
	}
	assert.True(t, mark("a"))
	assert.True(t, mark("b"))
	assert.True(t, mark("c"))
	assert.False(t, mark("b"))
	assert.False(t, mark("c"))
	assert.True(t, mark("a"), "the oldest went first")
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
	clock.now = clock.now.Add(5*time.Minute - time.Second)
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

// Two apps of one corp are told of the same change, and may share a store.
func TestAppsShareAStore(t *testing.T) {
	t.Parallel()
	store := callback.NewMemoryStore(100, nil)
	secondApp := testKeys
	secondApp.EncodingAESKey = otherKeys.EncodingAESKey
	n := 0
	for _, keys := range []callback.Keys{testKeys, secondApp, testKeys} {
		h, err := callback.NewHandler(keys, callback.WithDedupe(store, time.Minute))
		require.NoError(t, err)
		callback.On(h, func(context.Context, callback.Event) error { n++; return nil })
		assert.Equal(t, acknowledged, send(h, request(t, keys, event("a"))))
	}
	assert.Equal(t, 2, n)
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

// A brokenStore fails, or hangs as long as it is let.
type brokenStore struct{ hang bool }

func (s brokenStore) Mark(ctx context.Context, _ string, _ time.Duration) (bool, error) {
	return false, s.Unmark(ctx, "")
}

func (s brokenStore) Unmark(ctx context.Context, _ string) error {
	if s.hang {
		<-ctx.Done()
		return ctx.Err()
	}
	return errors.New("connection refused")
}

func TestStoreFails(t *testing.T) {
	t.Parallel()
	for _, hang := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			var log bytes.Buffer
			h := newHandler(t, callback.WithDedupe(brokenStore{hang}, time.Minute), callback.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
			var fail error
			n := 0
			callback.On(h, func(context.Context, callback.Event) error { n++; return fail })

			start := time.Now()
			assert.Equal(t, acknowledged, deliver(t, h, event("a")))
			assert.LessOrEqual(t, time.Since(start), time.Second)
			assert.Contains(t, log.String(), "level=WARN")

			fail = errors.New("no")
			assert.Equal(t, outcome{status: http.StatusInternalServerError}, deliver(t, h, event("a")))
			assert.Equal(t, 2, n)
		})
	}
}
