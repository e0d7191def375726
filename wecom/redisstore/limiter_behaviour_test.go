package redisstore_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/redisstore"
	"github.com/wecomkit/wecom-go/wecom/redisstore/internal/redistest"
)

func TestLimiterOptions(t *testing.T) {
	t.Parallel()

	client := redistest.Start(t).Client()
	tests := []struct {
		opt  redisstore.LimiterOption
		want string
	}{
		{redisstore.WithPrefix(""), "WithPrefix"},
		{redisstore.WithPrefix("{a}"), "WithPrefix"},
		{redisstore.WithLogger(nil), "WithLogger"},
		{redisstore.WithClock(nil), "WithClock"},
		{redisstore.LimiterProcesses(0), "LimiterProcesses"},
		{redisstore.LimiterTimeout(0), "LimiterTimeout"},
		{redisstore.LimiterLease(0), "LimiterLease"},
		{redisstore.LimiterOnDegraded(nil), "LimiterOnDegraded"},
	}
	for _, tt := range tests {
		_, err := redisstore.NewLimiter(client, tt.opt)
		assert.ErrorContains(t, err, tt.want)
	}
	_, err := redisstore.NewLimiter(nil)
	assert.ErrorContains(t, err, "client")
}

func TestLimiterClose(t *testing.T) {
	t.Parallel()
	l := newLimiter(t, redistest.Start(t).Client())
	req := callOf(wecom.Limit{N: 1, Per: time.Minute})
	acquire(t, l, req, 1)
	failed := make(chan error)
	go func() {
		_, err := l.Acquire(t.Context(), req)
		failed <- err
	}()
	wait(fast)

	require.NoError(t, l.Close())

	require.ErrorContains(t, <-failed, "closed")
	_, err := l.Acquire(t.Context(), req)
	require.ErrorContains(t, err, "closed")
}

// Two limits of one length are one: the smaller.
func TestLimiterTakesTheSmallerLimit(t *testing.T) {
	t.Parallel()
	client := redistest.Start(t).Client()
	l := newLimiter(t, client, redisstore.LimiterPerCorp(wecom.Limit{N: 20, Per: time.Minute}, wecom.Limit{N: 10, Per: time.Minute}, wecom.Limit{}))

	assert.Equal(t, 10, drain(t, l, callOf()))
}

// A short window has ended many times over while nobody asked.
func TestLimiterShortWindow(t *testing.T) {
	t.Parallel()
	l := newLimiter(t, redistest.Start(t).Client(), redisstore.LimiterPerIP())
	req := callOf(wecom.Limit{N: 1, Per: 10 * time.Millisecond})
	acquire(t, l, req, 1)
	wait(3 * time.Second / 2)

	acquire(t, l, req, 1)

	assert.False(t, l.Degraded())
}

// Even without a limit, Redis knows whether the API is closed.
func TestLimiterWithoutLimits(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	one, two := newLimiter(t, server.Client(), redisstore.LimiterPerIP()), newLimiter(t, server.Client(), redisstore.LimiterPerIP())
	req := callOf(wecom.Limit{})
	acquire(t, one, req, 200)

	opens := one.Refused(t.Context(), req)

	assert.WithinDuration(t, time.Now().Add(time.Minute), opens, time.Second)
	_, err := two.Acquire(t.Context(), req)
	assert.WithinDuration(t, opens, requireLimited(t, err).RetryAt, time.Second)
}

// The place of a process that died comes free, and nobody else's.
func TestLimiterLease(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	opt := redisstore.LimiterLease(4 * fast)
	dead, alive := newLimiter(t, server.Client(), opt), newLimiter(t, server.Client(), opt)
	req := callOf(wecom.Limit{N: 1000, Per: time.Minute})
	req.Op.InFlight = 2
	acquire(t, dead, req, 1)
	acquire(t, alive, req, 1)
	require.NoError(t, dead.Close())

	start := time.Now()
	acquire(t, alive, req, 1)
	assert.Greater(t, time.Since(start), 2*fast)
	ctx, cancel := context.WithTimeout(t.Context(), 10*fast)
	defer cancel()
	_, err := alive.Acquire(ctx, req)
	require.ErrorIs(t, err, context.DeadlineExceeded, "two calls still take their time")
}

// A process that holds its places for a short time does not shorten the others'.
func TestLimiterLeasesDiffer(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	long := newLimiter(t, server.Client(), redisstore.LimiterLease(time.Minute))
	short := newLimiter(t, server.Client(), redisstore.LimiterLease(fast))
	req := callOf(wecom.Limit{N: 1000, Per: time.Minute})
	req.Op.InFlight = 2
	acquire(t, long, req, 1)
	acquire(t, short, req, 1)()
	wait(2 * fast)
	acquire(t, short, req, 1)

	ctx, cancel := context.WithTimeout(t.Context(), fast)
	defer cancel()
	_, err := short.Acquire(ctx, req)
	require.ErrorIs(t, err, context.DeadlineExceeded, "the long one has its place")
}

// However many wait, they ask together.
func TestLimiterAsksForAllAtOnce(t *testing.T) {
	t.Parallel()
	server, s := redistest.Start(t), new(spy)
	client := server.Client()
	client.AddHook(s)
	l := newLimiter(t, client)
	req := callOf(wecom.Limit{N: 300, Per: time.Minute})
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range 1000 {
		wg.Go(func() { _, _ = l.Acquire(ctx, req) })
	}
	wait(2500 * time.Millisecond)
	cancel()
	wg.Wait()

	assert.Less(t, s.count(), 60, "a few for 300 calls, and one a second")
}

// A corp with many calls does not keep another one from the limit of their IP.
func TestLimiterCorpsTakeTurns(t *testing.T) {
	t.Parallel()
	const per = 500 * time.Millisecond
	l := newLimiter(t, redistest.Start(t).Client(), redisstore.LimiterPerIP(wecom.Limit{N: 5, Per: per}))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	busy := callOf(wecom.Limit{N: 1 << 20, Per: time.Minute})
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() { _, _ = l.Acquire(ctx, busy) })
	}
	wait(per / 2)
	other := busy
	other.CorpID = "ww2"

	acquireIn(t, l, other, 4*per)

	cancel()
	wg.Wait()
}

// Who gives up while it waits for an IP lets the next one have its turn.
func TestLimiterGivesItsTurnAway(t *testing.T) {
	t.Parallel()
	const per = time.Second
	l := newLimiter(t, redistest.Start(t).Client(), redisstore.LimiterPerIP(wecom.Limit{N: 5, Per: per}))
	req := callOf(wecom.Limit{N: 1 << 20, Per: time.Minute})
	acquire(t, l, req, 5)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(per/3, cancel)
	_, err := l.Acquire(ctx, req)
	require.ErrorIs(t, err, context.Canceled)

	req.CorpID = "ww2"
	acquireIn(t, l, req, 3*per)
}

// Keys say whose they are, hold no secret, and share what a cluster needs.
func TestLimiterKeys(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	l := newLimiter(t, server.Client(), redisstore.WithPrefix("mine:"))
	req := callOf()
	req.Op.InFlight = 5
	req.BaseURL, req.Egress = "https://user:sesame@example.com", "http://user:sesame@proxy"
	acquire(t, l, req, 1)
	l.Refused(t.Context(), req)

	keys := server.Keys()

	assert.Len(t, keys, 6)
	for _, key := range keys {
		assert.Regexp(t, `^mine:limit:\{/cgi-bin/a@[0-9a-f]+\}:(corp:ww1|ip:[0-9a-f]+):`, key)
	}
	assert.NotContains(t, dump(t, server), "sesame")
	assert.NotContains(t, strings.Join(keys, " "), "user")
}

// Nothing in Redis outlives its use by much.
func TestLimiterKeysEnd(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	l := newLimiter(t, server.Client())
	req := callOf()
	req.Op.InFlight = 5
	acquire(t, l, req, 1)
	l.Refused(t.Context(), req)

	for _, key := range server.Keys() {
		life := server.Client().PTTL(t.Context(), key).Val()
		assert.Positive(t, life, key)
		assert.Less(t, life, 63*time.Minute, key)
		if strings.HasSuffix(key, ":block") {
			assert.Greater(t, life, 2*time.Minute, "a refusal in the minute after the block is another one")
		}
	}
}

func TestLimiterForgetsIdleKeys(t *testing.T) {
	t.Parallel()
	l := newLimiter(t, redistest.Start(t).Client(), redisstore.LimiterPerIP())
	const per = 300 * time.Millisecond
	for i := range 200 {
		req := callOf(wecom.Limit{N: 10, Per: per})
		req.CorpID = fmt.Sprint("ww", i)
		acquire(t, l, req, 1)
	}
	wait(2 * per)
	for range 400 {
		acquire(t, l, callOf(wecom.Limit{N: 1 << 20, Per: per}), 1)
	}

	assert.Equal(t, 2, l.Lines(), "one of the corp, one of the IP")
}

func BenchmarkLimiterAcquire(b *testing.B) {
	server := redistest.Start(b)
	l, err := redisstore.NewLimiter(server.Client(), redisstore.LimiterPerIP(wecom.Limit{N: 1 << 40, Per: time.Minute}))
	require.NoError(b, err)
	defer func() { _ = l.Close() }()
	req := callOf(wecom.Limit{N: 1 << 40, Per: time.Minute}, wecom.Limit{N: 1 << 40, Per: time.Hour})
	b.Run("one after the other", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := l.Acquire(b.Context(), req); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("a hundred goroutines", func(b *testing.B) {
		b.ReportAllocs()
		b.SetParallelism(100)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, err := l.Acquire(b.Context(), req); err != nil {
					b.Error(err)
				}
			}
		})
	})
}
