package redisstore_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/redisstore"
	"github.com/wecomkit/wecom-go/wecom/redisstore/internal/redistest"
)

// A slow handler keeps its event; what another process has in hand stays there.
func TestInboxKeepsHold(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	const lease = 4 * time.Second
	in := redisstore.InboxOptions{Name: "app", Lease: lease}
	slow, err := redisstore.NewInbox(s.Client(), in)
	require.NoError(t, err)
	other, err := redisstore.NewInbox(s.Client(), in)
	require.NoError(t, err)
	appended(t, slow, "a")
	mustTake(t, slow, "a", 1)
	_, ok := take(t, other, lease+lease/2)
	assert.False(t, ok, "the event was taken from a living process")
	require.NoError(t, slow.Release(t.Context(), "a", time.Time{}))
	mustTake(t, other, "a", 2) // however often it was renewed
	require.NoError(t, other.Done(t.Context(), "a"))
}

// After an outage that is longer than a lease everybody looks dead.
func TestInboxKeepsHoldOverOutage(t *testing.T) {
	t.Parallel()
	for _, tt := range outages() {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := redistest.Start(t, redistest.Persistent())
			const lease = 3 * time.Second
			in := redisstore.InboxOptions{Name: "app", Lease: lease}
			slow, err := redisstore.NewInbox(s.Client(), in)
			require.NoError(t, err)
			other, err := redisstore.NewInbox(s.Client(), in)
			require.NoError(t, err)
			appended(t, slow, "a")
			mustTake(t, slow, "a", 1)
			ctx, cancel := context.WithCancel(t.Context())
			var wg sync.WaitGroup
			wg.Go(func() {
				for ctx.Err() == nil {
					if e, err := other.Take(ctx); err == nil {
						t.Errorf("%q was taken from a living process", e.Key)
					}
				}
			})

			<-time.After(100 * time.Millisecond)
			tt.begin(s)
			<-time.After(lease + lease/4)
			tt.over(s)
			<-time.After(lease)
			cancel()
			wg.Wait()
			require.NoError(t, slow.Done(t.Context(), "a"))
		})
	}
}

// Who was away for longer than a lease finds that another goes on with it.
func TestInboxLosesHold(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	var log logBook
	away := newInbox(t, s.Client(), redisstore.WithLogger(log.logger()))
	other := newInbox(t, s.Client())
	appended(t, away, "a")
	mustTake(t, away, "a", 1)
	die(t, s.Client(), "wecom:", away)
	mustTake(t, other, "a", 2)

	eventually(t, "it finds out", func() bool { return strings.Contains(log.String(), "another process's") })
	require.NoError(t, away.Release(t.Context(), "a", time.Time{}))
	pending := s.Client().XPendingExt(t.Context(), &redis.XPendingExtArgs{Stream: inboxKey("wecom:", "stream"), Group: "wecom", Start: "-", End: "+", Count: 9}).Val()
	require.Len(t, pending, 1)
	assert.Equal(t, other.Consumer(), pending[0].Consumer)
}

// What was given back is not missed.
func TestInboxLetsGo(t *testing.T) {
	t.Parallel()
	var log logBook
	in := redisstore.InboxOptions{Name: "app", Lease: 3 * time.Second}
	b, err := redisstore.NewInbox(redistest.Start(t).Client(), in, redisstore.WithLogger(log.logger()))
	require.NoError(t, err)
	appended(t, b, "a", "b")
	mustTake(t, b, "a", 1)
	mustTake(t, b, "b", 1)
	require.NoError(t, b.Release(t.Context(), "a", time.Now().Add(time.Hour)))
	wait(2 * time.Second)
	assert.Empty(t, log.String())
	require.NoError(t, b.Done(t.Context(), "b"))
}

// One process may die with many.
func TestInboxLosesNothingOfTheDead(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	const n = 250
	in := redisstore.InboxOptions{Name: "app", Lease: 3 * time.Second}
	client := s.Client()
	dead, err := redisstore.NewInbox(client, in)
	require.NoError(t, err)
	for i := range n {
		appended(t, dead, fmt.Sprintf("%03d", i))
		mustTake(t, dead, fmt.Sprintf("%03d", i), 1)
	}
	require.NoError(t, client.Close())
	die(t, s.Client(), "wecom:", dead)
	<-time.After(3 * time.Second) // so that its consumer is old

	b, err := redisstore.NewInbox(s.Client(), in)
	require.NoError(t, err)
	left := map[string]int{}
	for range n {
		e, ok := take(t, b, 10*time.Second)
		require.True(t, ok, "%d are lost", n-len(left))
		left[e.Key] = e.Attempts
		require.NoError(t, b.Done(t.Context(), e.Key))
	}
	for i := range n {
		assert.Equal(t, 2, left[fmt.Sprintf("%03d", i)])
	}
}

// What a process dies with again and again must not take down all others.
func TestInboxHoldsBackKillers(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	admin := s.Client()
	for attempt := 1; attempt <= 3; attempt++ {
		client := s.Client()
		b := newInbox(t, client)
		if attempt == 1 {
			appended(t, b, "killer")
		}
		mustTake(t, b, "killer", attempt)
		require.NoError(t, client.Close())
		die(t, admin, "wecom:", b)
	}
	b := newInbox(t, admin)
	appended(t, b, "next")
	mustTake(t, b, "next", 1)
	require.NoError(t, b.Done(t.Context(), "next"))
	_, ok := take(t, b, 500*time.Millisecond)
	require.False(t, ok, "it waits for a second")
	mustTake(t, b, "killer", 4)

	// Nor is it held back for ever.
	stream := inboxKey("wecom:", "stream")
	id := admin.XPendingExt(t.Context(), &redis.XPendingExtArgs{Stream: stream, Group: "wecom", Start: "-", End: "+", Count: 9, Consumer: b.Consumer()}).Val()
	other := newInbox(t, s.Client())
	eventually(t, "it is given back", func() bool {
		for _, p := range id {
			err := admin.Do(t.Context(), "XCLAIM", stream, "wecom", "dead", 0, p.ID, "IDLE", lease.Milliseconds(), "RETRYCOUNT", 60, "JUSTID").Err()
			require.NoError(t, err)
		}
		_, ok := take(t, other, lease/5)
		require.False(t, ok)
		return admin.ZCard(t.Context(), inboxKey("wecom:", "later")).Val() == 1
	})
	due := admin.ZRangeWithScores(t.Context(), inboxKey("wecom:", "later"), 0, 0).Val()[0].Score
	assert.InDelta(t, time.Now().Add(time.Hour).UnixMilli(), due, float64(time.Minute.Milliseconds()))
}

// Consumers of processes that are gone do not pile up.
func TestInboxForgetsConsumers(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	hurried := func() *redisstore.Inbox {
		b, err := redisstore.NewInbox(s.Client(), redisstore.InboxOptions{Name: "app", Lease: 3 * time.Second})
		require.NoError(t, err)
		return b
	}
	consumers := func() (names []string) {
		for _, c := range s.Client().XInfoConsumers(t.Context(), inboxKey("wecom:", "stream"), "wecom").Val() {
			names = append(names, c.Name)
		}
		return names
	}
	gone, waiting, busy := hurried(), hurried(), hurried()
	for _, b := range []*redisstore.Inbox{gone, waiting} {
		appended(t, b, b.Consumer())
		mustTake(t, b, b.Consumer(), 1)
		require.NoError(t, b.Done(t.Context(), b.Consumer()))
	}
	appended(t, busy, "b")
	mustTake(t, busy, "b", 1)
	require.Len(t, consumers(), 3)

	eventually(t, "who is gone is forgotten", func() bool {
		_, ok := take(t, waiting, 100*time.Millisecond)
		require.False(t, ok)
		return len(consumers()) < 3
	})
	assert.ElementsMatch(t, []string{waiting.Consumer(), busy.Consumer()}, consumers())
	require.NoError(t, busy.Done(t.Context(), "b"))
}
