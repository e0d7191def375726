package redisstore_test

import (
	"context"
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

func newDedupe(t *testing.T, client redis.UniversalClient, opts ...redisstore.Option) *redisstore.DedupeStore {
	t.Helper()
	d, err := redisstore.NewDedupeStore(client, opts...)
	require.NoError(t, err)
	return d
}

// age lets the keys of a prefix come d nearer to their end.
func age(t *testing.T, client *redis.Client, prefix string, d time.Duration) {
	t.Helper()
	for _, key := range client.Keys(t.Context(), prefix+"*").Val() {
		require.NoError(t, client.PExpire(t.Context(), key, client.PTTL(t.Context(), key).Val()-d).Err())
	}
}

func TestDedupeStore(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	callbacktest.TestDedupeStore(t, func(t *testing.T) (callback.DedupeStore, func(time.Duration)) {
		client, prefix := s.Client(), t.Name()+":"
		return newDedupe(t, client, redisstore.WithPrefix(prefix)), func(d time.Duration) { age(t, client, prefix, d) }
	})
}

func TestDedupeStoreOnCluster(t *testing.T) {
	t.Parallel()
	client := redistest.Start(t, redistest.Cluster()).ClusterClient()
	callbacktest.TestDedupeStore(t, func(t *testing.T) (callback.DedupeStore, func(time.Duration)) {
		return newDedupe(t, client, redisstore.WithPrefix(t.Name()+":")), nil
	})
}

// A process that was away for longer than its lease leaves alone what is
// another's by now.
func TestReleaseIsLate(t *testing.T) {
	t.Parallel()
	client := redistest.Start(t).Client()
	late, next := newDedupe(t, client), newDedupe(t, client)
	claim := func(s callback.DedupeStore, want callback.DedupeState) {
		t.Helper()
		state, err := s.Claim(t.Context(), "k", time.Minute)
		require.NoError(t, err)
		assert.Equal(t, want, state)
	}
	claim(late, callback.DedupeClaimed)
	age(t, client, "wecom:event:", time.Minute)
	claim(next, callback.DedupeClaimed)

	require.NoError(t, late.Release(t.Context(), "k"))
	claim(late, callback.DedupeInHand)
	require.NoError(t, next.Release(t.Context(), "k"))
	claim(late, callback.DedupeClaimed)
}

// An event must not be lost to an answer that was.
func TestClaimIsRepeated(t *testing.T) {
	t.Parallel()
	client := redistest.Start(t).Client()
	client.AddHook(twice{})
	events := newDedupe(t, client)
	for _, want := range []callback.DedupeState{callback.DedupeClaimed, callback.DedupeInHand} {
		state, err := events.Claim(t.Context(), "k", time.Minute)
		require.NoError(t, err)
		assert.Equal(t, want, state)
	}
}

func TestDedupeOutages(t *testing.T) {
	t.Parallel()
	for _, tt := range outages() {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := redistest.Start(t, redistest.Persistent())
			events := newDedupe(t, s.Client())
			_, err := events.Claim(t.Context(), "k", time.Minute)
			require.NoError(t, err)

			tt.begin(s)
			patient(t, bound, func() {
				_, err := events.Claim(t.Context(), "k", time.Minute)
				require.Error(t, err)
			})
			patient(t, bound, func() { require.Error(t, events.Done(t.Context(), "l", time.Minute)) })
			patient(t, bound, func() { require.Error(t, events.Release(t.Context(), "k")) })
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			patient(t, 500*time.Millisecond, func() {
				_, err := events.Claim(ctx, "k", time.Minute)
				require.ErrorIs(t, err, context.DeadlineExceeded)
			})

			tt.over(s)
			eventually(t, "the store works again", func() bool {
				state, err := events.Claim(t.Context(), "k", time.Minute)
				return err == nil && state == callback.DedupeInHand
			})
		})
	}
}
