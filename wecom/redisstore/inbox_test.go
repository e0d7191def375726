package redisstore_test

import (
	"context"
	"crypto/cipher"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/callback/callbacktest"
	"github.com/wecomkit/wecom-go/wecom/redisstore"
	"github.com/wecomkit/wecom-go/wecom/redisstore/internal/redistest"
)

const lease = 6 * time.Second

func newInbox(t *testing.T, client redis.UniversalClient, opts ...redisstore.Option) *redisstore.Inbox {
	t.Helper()
	b, err := redisstore.NewInbox(client, redisstore.InboxOptions{Name: "app", Lease: lease}, opts...)
	require.NoError(t, err)
	return b
}

// inboxKey is a key of the inbox app.
func inboxKey(prefix, name string) string { return prefix + "inbox:{app}:" + name }

// die lets the entries in the hand of an inbox be without a sign of life for
// a lease. Its client must be closed.
func die(t *testing.T, admin redis.UniversalClient, prefix string, b *redisstore.Inbox) {
	t.Helper()
	stream := inboxKey(prefix, "stream")
	pending := admin.XPendingExt(t.Context(), &redis.XPendingExtArgs{Stream: stream, Group: "wecom", Start: "-", End: "+", Count: 1000, Consumer: b.Consumer()}).Val()
	for _, p := range pending {
		err := admin.Do(t.Context(), "XCLAIM", stream, "wecom", b.Consumer(), 0, p.ID, "IDLE", lease.Milliseconds(), "JUSTID").Err()
		require.NoError(t, err)
	}
}

// elapse lets time pass for an inbox.
func elapse(t *testing.T, admin redis.UniversalClient, prefix string, d time.Duration) {
	t.Helper()
	for _, name := range []string{"later", "finished"} {
		key := inboxKey(prefix, name)
		for _, member := range admin.ZRange(t.Context(), key, 0, -1).Val() {
			require.NoError(t, admin.ZIncrBy(t.Context(), key, -float64(d.Milliseconds()), member).Err())
		}
	}
}

func TestInbox(t *testing.T) {
	t.Parallel()
	s, cluster := redistest.Start(t), redistest.Start(t, redistest.Cluster())
	tests := []struct {
		name   string
		client func() redis.UniversalClient
		key    cipher.AEAD
	}{
		{"plain", func() redis.UniversalClient { return s.Client() }, nil},
		{"encrypted", func() redis.UniversalClient { return s.Client() }, aead(t)},
		{"on a cluster", func() redis.UniversalClient { return cluster.ClusterClient() }, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			callbacktest.TestInbox(t, func(t *testing.T) callbacktest.Storage {
				prefix, admin := fmt.Sprintf("%d:", rand.Uint64()), tt.client()
				opts := []redisstore.Option{redisstore.WithPrefix(prefix)}
				if tt.key != nil {
					opts = append(opts, redisstore.WithEncryption(tt.key))
				}
				clients := map[callback.Inbox]redis.UniversalClient{}
				return callbacktest.Storage{
					Shared: true,
					Open: func() callback.Inbox {
						client := tt.client()
						b := newInbox(t, client, opts...)
						clients[b] = client
						return b
					},
					Kill: func(b callback.Inbox) {
						_ = clients[b].Close()
						die(t, admin, prefix, b.(*redisstore.Inbox))
					},
					Advance: func(d time.Duration) time.Time {
						elapse(t, admin, prefix, d)
						return time.Now()
					},
				}
			})
		})
	}
}

func event(key string) callback.Entry {
	return callback.Entry{Key: key, Body: []byte("<xml>the-text</xml>"), Tenant: callback.Tenant{CorpID: "ww1"}, Received: time.Now()}
}

func appended(t *testing.T, b *redisstore.Inbox, keys ...string) {
	t.Helper()
	for _, key := range keys {
		added, err := b.Append(t.Context(), event(key))
		require.NoError(t, err)
		require.True(t, added)
	}
}

// take takes the next entry, if one comes within the time.
func take(t *testing.T, b *redisstore.Inbox, within time.Duration) (callback.Entry, bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	e, err := b.Take(ctx)
	if err != nil {
		require.ErrorIs(t, err, context.DeadlineExceeded)
	}
	return e, err == nil
}

func mustTake(t *testing.T, b *redisstore.Inbox, key string, attempts int) {
	t.Helper()
	e, ok := take(t, b, 10*time.Second)
	require.True(t, ok, "nothing came")
	assert.Equal(t, key, e.Key)
	assert.Equal(t, attempts, e.Attempts)
}

func TestInboxOptions(t *testing.T) {
	t.Parallel()
	client := redistest.Start(t).Client()
	for _, in := range []redisstore.InboxOptions{
		{},
		{Name: "a{b}"},
		{Name: "a", MaxUnfinished: -1},
		{Name: "a", Retention: -1},
		{Name: "a", Lease: time.Second},
	} {
		_, err := redisstore.NewInbox(client, in)
		require.Error(t, err)
	}
}

func TestInboxIsBounded(t *testing.T) {
	t.Parallel()
	b, err := redisstore.NewInbox(redistest.Start(t).Client(), redisstore.InboxOptions{Name: "app", MaxUnfinished: 2})
	require.NoError(t, err)
	appended(t, b, "a", "b")
	_, err = b.Append(t.Context(), event("c"))
	require.ErrorIs(t, err, callback.ErrInboxFull)
	n, err := b.Len(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 2, n)
	added, err := b.Append(t.Context(), event("a"))
	require.NoError(t, err)
	assert.False(t, added)

	require.NoError(t, b.Done(t.Context(), "a"))
	appended(t, b, "c")
}

// Nothing of an event is left in Redis when it is done and forgotten.
func TestInboxForgets(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	b := newInbox(t, s.Client())
	appended(t, b, "the-key")
	mustTake(t, b, "the-key", 1)
	require.NoError(t, b.Done(t.Context(), "the-key"))
	assert.NotContains(t, dump(t, s), "the-text")
	assert.Zero(t, s.Client().XPending(t.Context(), inboxKey("wecom:", "stream"), "wecom").Val().Count)
	ttl := s.Client().PTTL(t.Context(), inboxKey("wecom:", "finished")).Val()
	assert.InDelta(t, 5*time.Minute, ttl, float64(time.Minute))

	elapse(t, s.Client(), "wecom:", 5*time.Minute)
	appended(t, b, "the-key")
	assert.Zero(t, s.Client().ZCard(t.Context(), inboxKey("wecom:", "finished")).Val())
	mustTake(t, b, "the-key", 1)
	require.NoError(t, b.Release(t.Context(), "the-key", time.Now().Add(time.Hour)))
	require.NoError(t, b.Done(t.Context(), "the-key"))
	assert.Zero(t, s.Client().ZCard(t.Context(), inboxKey("wecom:", "later")).Val())
	assert.Zero(t, s.Client().XPending(t.Context(), inboxKey("wecom:", "stream"), "wecom").Val().Count)
}

func TestInboxHidesText(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	key := aead(t)
	encrypted := newInbox(t, s.Client(), redisstore.WithEncryption(key))
	appended(t, encrypted, "a")
	assert.NotContains(t, dump(t, s), "the-text")

	// Who has no key puts it aside, and goes on.
	var log logBook
	plain := newInbox(t, s.Client(), redisstore.WithLogger(log.logger()))
	_, err := plain.Take(t.Context())
	require.ErrorContains(t, err, "no key opens it")
	assert.NotContains(t, err.Error(), "the-text")
	assert.EqualValues(t, 1, s.Client().ZCard(t.Context(), inboxKey("wecom:", "later")).Val())
	appended(t, plain, "b")
	mustTake(t, plain, "b", 1)

	elapse(t, s.Client(), "wecom:", time.Hour)
	mustTake(t, encrypted, "a", 2)
}

// An entry that somebody cut from the stream is taken in again.
func TestInboxIsCut(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	b := newInbox(t, s.Client())
	appended(t, b, "a")
	require.NoError(t, s.Client().XTrimMaxLen(t.Context(), inboxKey("wecom:", "stream"), 0).Err())
	appended(t, b, "a")
	require.NoError(t, s.Client().XAdd(t.Context(), &redis.XAddArgs{Stream: inboxKey("wecom:", "stream"), Values: []string{"strange", "entry"}}).Err())
	appended(t, b, "b")
	mustTake(t, b, "a", 1)
	mustTake(t, b, "b", 1)
	for _, key := range []string{"a", "b"} {
		require.NoError(t, b.Done(t.Context(), key))
	}
	assert.Zero(t, s.Client().XLen(t.Context(), inboxKey("wecom:", "stream")).Val())
}

// Waiting costs Redis next to nothing.
func TestInboxIsQuiet(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	busy, b := newInbox(t, s.Client()), newInbox(t, s.Client())
	appended(t, busy, "a")
	mustTake(t, busy, "a", 1)
	require.NoError(t, s.Client().ConfigResetStat(t.Context()).Err())
	_, ok := take(t, b, 2500*time.Millisecond)
	require.False(t, ok)
	stats := s.Client().Info(t.Context(), "commandstats").Val()
	assert.Regexp(t, `cmdstat_xread:calls=[12],`, stats)
	assert.Regexp(t, `cmdstat_evalsha:calls=[1-6],`, stats)
	require.NoError(t, busy.Done(t.Context(), "a"))
}

// Who waits gets an event when it is due.
func TestInboxIsOnTime(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	one, other := newInbox(t, s.Client()), newInbox(t, s.Client())
	appended(t, one, "a")
	mustTake(t, one, "a", 1)
	due := time.Now().Add(300 * time.Millisecond)
	require.NoError(t, one.Release(t.Context(), "a", due))

	mustTake(t, other, "a", 2)

	assert.Less(t, time.Since(due).Abs(), 500*time.Millisecond)

	came := make(chan time.Time)
	go func() {
		e, err := other.Take(t.Context())
		assert.NoError(t, err)
		assert.Equal(t, 3, e.Attempts)
		came <- time.Now()
	}()
	eventually(t, "it waits", func() bool {
		return strings.Contains(s.Client().Info(t.Context(), "clients").Val(), "blocked_clients:1")
	})
	released := time.Now()
	require.NoError(t, other.Release(t.Context(), "a", time.Time{}))
	assert.Less(t, (<-came).Sub(released), 500*time.Millisecond)
	require.NoError(t, other.Done(t.Context(), "a"))
}

func TestInboxSurvivesRepeatedCommands(t *testing.T) {
	t.Parallel()
	client := redistest.Start(t).Client()
	client.AddHook(twice{})
	b := newInbox(t, client)
	_, err := b.Append(t.Context(), event("a"))
	require.NoError(t, err)
	n, err := b.Len(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 1, n)
	require.NoError(t, b.Done(t.Context(), "a"))
}

// Who waits on another machine gets a new event at once.
func TestInboxWakes(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	front, worker := newInbox(t, s.Client()), newInbox(t, s.Client())
	for i := range 5 {
		came := make(chan time.Time, 1)
		go func() {
			e, err := worker.Take(t.Context())
			assert.NoError(t, err)
			assert.Equal(t, fmt.Sprint(i), e.Key)
			came <- time.Now()
		}()
		eventually(t, "it listens", func() bool {
			return strings.Contains(s.Client().Info(t.Context(), "clients").Val(), "blocked_clients:1")
		})
		sent := time.Now()
		appended(t, front, fmt.Sprint(i))
		assert.Less(t, (<-came).Sub(sent), 500*time.Millisecond)
		require.NoError(t, worker.Done(t.Context(), fmt.Sprint(i)))
	}
}

// What was acknowledged comes out, whatever happens to Redis meanwhile.
func TestInboxLosesNothing(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, redistest.Persistent())
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var mu sync.Mutex
	stored, handled := map[string]bool{}, map[string]int{}
	var appending, taking sync.WaitGroup
	end := make(chan struct{})
	for p := range 2 { // processes
		b := newInbox(t, s.Client())
		for g := range 2 {
			appending.Go(func() {
				for i := 0; ; i++ {
					select {
					case <-end:
						return
					case <-time.After(time.Millisecond):
					}
					e := event(fmt.Sprintf("%d.%d.%d", p, g, i))
					if _, err := b.Append(ctx, e); err == nil {
						mu.Lock()
						stored[e.Key] = true
						mu.Unlock()
					}
				}
			})
			taking.Go(func() {
				for ctx.Err() == nil {
					e, err := b.Take(ctx)
					if err != nil {
						<-time.After(10 * time.Millisecond)
						continue
					}
					mu.Lock()
					handled[e.Key]++
					mu.Unlock()
					_ = b.Done(ctx, e.Key) // is tried again
				}
			})
		}
	}
	for range 3 {
		<-time.After(300 * time.Millisecond)
		s.Kill()
		s.Restart()
		<-time.After(300 * time.Millisecond)
		s.Pause()
		<-time.After(100 * time.Millisecond)
		s.Resume()
	}
	close(end)
	appending.Wait()
	count := newInbox(t, s.Client())
	require.Eventually(t, func() bool {
		n, err := count.Len(t.Context())
		return err == nil && n == 0
	}, 4*lease, 50*time.Millisecond, "everything is done in the end")
	cancel()
	taking.Wait()
	lost, again := 0, 0
	for key := range stored {
		if handled[key] == 0 {
			lost++
		}
		if handled[key] > 1 {
			again++
		}
	}
	assert.Zero(t, lost, "of %d that were stored", len(stored))
	assert.NotEmpty(t, stored)
	t.Logf("%d events stored, %d handled twice", len(stored), again)
}

// A Redis without memory refuses what is new, and can be emptied.
func TestInboxOutOfMemory(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	b, admin := newInbox(t, s.Client()), s.Client()
	appended(t, b, "a", "b")
	mustTake(t, b, "a", 1)
	require.NoError(t, admin.ConfigSet(t.Context(), "maxmemory", "1").Err())

	_, err := b.Append(t.Context(), event("new"))
	require.ErrorContains(t, err, "OOM")
	require.Error(t, b.Release(t.Context(), "a", time.Time{}))
	mustTake(t, b, "b", 1)
	require.NoError(t, b.Done(t.Context(), "b"))
	die(t, admin, "wecom:", b)
	other := newInbox(t, s.Client())
	_, ok := take(t, other, 100*time.Millisecond)
	require.False(t, ok)

	require.NoError(t, admin.ConfigSet(t.Context(), "maxmemory", "0").Err())
	mustTake(t, other, "a", 2)
	require.NoError(t, other.Done(t.Context(), "a"))
	appended(t, b, "new")
	mustTake(t, b, "new", 1)
	require.NoError(t, b.Done(t.Context(), "new"))
}

func TestInboxOutages(t *testing.T) {
	t.Parallel()
	for _, tt := range outages() {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := redistest.Start(t, redistest.Persistent())
			b, other := newInbox(t, s.Client()), newInbox(t, s.Client())
			appended(t, b, "held", "ended", "waiting")
			mustTake(t, b, "held", 1)
			mustTake(t, b, "ended", 1)

			tt.begin(s)
			patient(t, bound, func() {
				var wg sync.WaitGroup
				for name, call := range map[string]func() error{
					"Append":  func() error { _, err := b.Append(t.Context(), event("new")); return err },
					"Take":    func() error { _, err := b.Take(t.Context()); return err },
					"Done":    func() error { return b.Done(t.Context(), "ended") },
					"Release": func() error { return b.Release(t.Context(), "never appended", time.Time{}) },
					"Len":     func() error { _, err := b.Len(t.Context()); return err },
				} {
					wg.Go(func() {
						if err := call(); assert.Error(t, err, name) {
							assert.NotContains(t, err.Error(), "the-text")
						}
					})
				}
				wg.Wait()
			})

			tt.over(s)
			eventually(t, "the store works again", func() bool { _, err := b.Len(t.Context()); return err == nil })
			eventually(t, "what was ended is ended", func() bool {
				n, err := b.Len(t.Context())
				return err == nil && n <= 3 && s.Client().HGet(t.Context(), inboxKey("wecom:", "known"), "ended").Val() == ""
			})
			left := map[string]int{}
			for e, ok := take(t, other, 10*time.Second); ok; e, ok = take(t, other, time.Second) {
				left[e.Key] = e.Attempts
				require.NoError(t, other.Done(t.Context(), e.Key))
			}
			delete(left, "new") // may be stored or not
			assert.Equal(t, map[string]int{"waiting": 1}, left, "what was acknowledged is there, and what is in hand stays there")
			require.NoError(t, b.Done(t.Context(), "held"))
		})
	}
}

// A Redis that forgot everything is begun anew.
func TestInboxBeginsAnew(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(*redistest.Server){
		"flushed":   (*redistest.Server).Flush,
		"restarted": (*redistest.Server).Restart,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := redistest.Start(t)
			var log logBook
			b := newInbox(t, s.Client(), redisstore.WithLogger(log.logger()))
			appended(t, b, "held", "waiting")
			mustTake(t, b, "held", 1)
			var wg sync.WaitGroup
			mustTake(t, b, "waiting", 1)
			wg.Go(func() { // is waiting when it happens, or fails and is called again
				e, err := b.Take(t.Context())
				for err != nil && t.Context().Err() == nil {
					e, err = b.Take(t.Context())
				}
				assert.Equal(t, "new", e.Key)
			})

			lose(s)
			eventually(t, "it is there again", func() bool {
				_, err := b.Append(t.Context(), event("new"))
				return err == nil
			})
			wg.Wait()
			for _, key := range []string{"held", "waiting", "new"} {
				require.NoError(t, b.Done(t.Context(), key))
			}
			n, err := b.Len(t.Context())
			require.NoError(t, err)
			assert.Zero(t, n)
		})
	}
}
