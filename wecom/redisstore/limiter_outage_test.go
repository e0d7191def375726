package redisstore_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/redisstore"
	"github.com/wecomkit/wecom-go/wecom/redisstore/internal/redistest"
)

// acquire lets n calls through that need not wait.
func acquire(t *testing.T, l wecom.Limiter, req wecom.LimitRequest, n int) (release func()) {
	t.Helper()
	for range n {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		var err error
		release, err = l.Acquire(ctx, req)
		cancel()
		require.NoError(t, err)
	}
	return release
}

// drain lets calls through until there is no more room, and returns how many.
func drain(t *testing.T, l wecom.Limiter, req wecom.LimitRequest) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	for n := 0; ; n++ {
		if _, err := l.Acquire(ctx, req); err != nil {
			requireLimited(t, err)
			return n
		}
	}
}

func requireLimited(t *testing.T, err error) *wecom.Error {
	t.Helper()
	require.ErrorIs(t, err, wecom.ErrRateLimited)
	var e *wecom.Error
	require.ErrorAs(t, err, &e)
	require.True(t, e.Client)
	return e
}

// A diary notes when a limiter says that it does without Redis.
type diary struct {
	mu      sync.Mutex
	entries []bool
}

func (d *diary) note(degraded bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.entries = append(d.entries, degraded)
}

func (d *diary) read() []bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]bool(nil), d.entries...)
}

func TestLimiterSaysThatItIsDegraded(t *testing.T) {
	t.Parallel()

	for _, outage := range outages() {
		t.Run(outage.name, func(t *testing.T) {
			t.Parallel()
			server, book := redistest.Start(t), new(logBook)
			var said diary
			l := newLimiter(t, server.Client(), redisstore.WithLogger(book.logger()),
				redisstore.LimiterTimeout(fast), redisstore.LimiterOnDegraded(said.note))
			req := callOf(wecom.Limit{N: 10_000, Per: time.Minute})
			acquire(t, l, req, 1)
			assert.False(t, l.Degraded())
			assert.Empty(t, said.read())
			outage.begin(server)

			patient(t, fast+time.Second, func() { acquire(t, l, req, 10) })

			assert.True(t, l.Degraded())
			eventually(t, "said so", func() bool { return len(said.read()) == 1 })
			assert.Contains(t, book.String(), "limits are kept without Redis")
			patient(t, fast, func() { acquire(t, l, req, 2) }) // nobody asks it any more
			other := req
			other.CorpID = "ww2"
			patient(t, fast/2, func() { l.Refused(t.Context(), other) })
			outage.over(server)
			eventually(t, "back", func() bool { return len(said.read()) == 2 })
			assert.Equal(t, []bool{true, false}, said.read())
			assert.False(t, l.Degraded())
			assert.Contains(t, book.String(), "with Redis again")
		})
	}
}

// In the first window of an outage a process lets through what was kept aside
// for it, and from then on its part.
func TestLimiterPartOfTheLimit(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	l := newLimiter(t, server.Client(), redisstore.LimiterProcesses(4), redisstore.LimiterTimeout(fast), redisstore.LimiterPerIP())
	const per = 2 * time.Second
	req := callOf(wecom.Limit{N: 800, Per: per})
	acquire(t, l, req, 5)
	server.Kill()

	assert.Equal(t, 2, drain2(t, l, req, fast+per/4), "a hundredth, divided by four")
	wait(per)
	assert.Equal(t, 200, drain2(t, l, req, per/2), "a quarter")
}

// drain2 lets calls through for some time.
func drain2(t *testing.T, l wecom.Limiter, req wecom.LimitRequest, d time.Duration) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	for n := 0; ; n++ {
		if _, err := l.Acquire(ctx, req); err != nil {
			return n
		}
	}
}

func TestLimiterTooSmallToShare(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	l := newLimiter(t, server.Client(), redisstore.LimiterTimeout(fast))
	server.Kill()
	start := time.Now()

	_, err := l.Acquire(t.Context(), callOf(wecom.Limit{N: 7, Per: time.Second}))

	e := requireLimited(t, err)
	require.ErrorContains(t, err, "too small to be shared")
	assert.WithinDuration(t, start.Add(time.Second), e.RetryAt, time.Second)
}

func TestLimiterPlacesInAnOutage(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	l := newLimiter(t, server.Client(), redisstore.LimiterTimeout(fast), redisstore.LimiterProcesses(2))
	server.Kill()
	req := callOf(wecom.Limit{N: 10_000, Per: time.Minute})
	req.Op.InFlight = 5

	release := acquire(t, l, req, 2)

	ctx, cancel := context.WithTimeout(t.Context(), 2*fast)
	defer cancel()
	_, err := l.Acquire(ctx, req)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	release()
	job := req
	job.Background = true
	ctx, cancel = context.WithTimeout(t.Context(), fast)
	defer cancel()
	_, err = l.Acquire(ctx, job)
	require.ErrorIs(t, err, context.DeadlineExceeded, "it leaves the last place")
	acquire(t, l, req, 1)
}

// What was let through in an outage counts afterwards, also for others.
func TestLimiterTellsWhatItDid(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name string
		opts []redistest.Option
	}{
		{name: "a Redis that lost everything"},
		{"a Redis that lost nothing", []redistest.Option{redistest.Persistent()}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t, tt.opts...)
			opts := []redisstore.LimiterOption{ // a slow disk is no outage
				redisstore.LimiterPerIP(), redisstore.LimiterProcesses(1), redisstore.LimiterTimeout(3 * time.Second),
			}
			l := newLimiter(t, server.Client(), opts...)
			req := callOf(wecom.Limit{N: 1000, Per: time.Minute})
			acquire(t, l, req, 300)
			server.Kill()
			acquire(t, l, req, 10)
			assert.True(t, l.Degraded())
			server.Restart()
			eventually(t, "back", func() bool { return !l.Degraded() })
			wait(fast)

			assert.Equal(t, 990-310, drain(t, newLimiter(t, server.Client(), opts...), req))
		})
	}
}

// Whatever Redis loses, a process that saw it counted knows better.
func TestLimiterNoticesALoss(t *testing.T) {
	t.Parallel()

	// restore takes every key back to what it was a moment ago.
	var before map[string]string
	tests := []struct {
		name string
		save func(*testing.T, *redis.Client)
		lose func(*testing.T, *redistest.Server)
	}{
		{
			name: "everything",
			lose: func(_ *testing.T, s *redistest.Server) { s.Flush() },
		},
		{
			name: "an evicted key",
			lose: func(t *testing.T, s *redistest.Server) {
				t.Helper()
				for _, key := range s.Keys() {
					require.NoError(t, s.Client().Del(t.Context(), key).Err())
				}
			},
		},
		{
			name: "the last moment, in a fail-over",
			save: func(t *testing.T, client *redis.Client) {
				t.Helper()
				before = map[string]string{}
				for _, key := range client.Keys(t.Context(), "*").Val() {
					before[key] = client.Dump(t.Context(), key).Val()
				}
			},
			lose: func(t *testing.T, s *redistest.Server) {
				t.Helper()
				for key, value := range before {
					require.NoError(t, s.Client().RestoreReplace(t.Context(), key, time.Minute, value).Err())
				}
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server, book := redistest.Start(t), new(logBook)
			opts := []redisstore.LimiterOption{
				redisstore.LimiterPerIP(), redisstore.WithLogger(book.logger()),
			}
			one, two := newLimiter(t, server.Client(), opts...), newLimiter(t, server.Client(), opts...)
			req := callOf(wecom.Limit{N: 50, Per: time.Minute}) // too few for an eighth of a hundredth
			acquire(t, two, req, 5)
			if tt.save != nil {
				tt.save(t, server.Client())
			}
			acquire(t, one, req, 40)
			tt.lose(t, server)

			ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
			defer cancel()
			_, err := one.Acquire(ctx, req) // knows of all 45
			require.Error(t, err, "is cautious")
			_, err = two.Acquire(ctx, req)
			require.Error(t, err, "is cautious")
			assert.Contains(t, book.String(), "had lost some counts")
			wait(2 * time.Second) // until nobody is any more
			assert.Equal(t, 5, drain(t, two, req)+drain(t, one, req))
		})
	}
}

func TestLimiterRefusalInAnOutage(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Persistent())
	one, two := newLimiter(t, server.Client()), newLimiter(t, server.Client())
	req := callOf(wecom.Limit{N: 10_000, Per: time.Minute})
	acquire(t, two, req, 1)
	server.Kill()
	acquire(t, one, req, 1)

	opens := one.Refused(t.Context(), req)

	assert.WithinDuration(t, time.Now().Add(time.Minute), opens, time.Second)
	_, err := one.Acquire(t.Context(), req)
	assert.WithinDuration(t, opens, requireLimited(t, err).RetryAt, time.Second)
	server.Restart()
	eventually(t, "back", func() bool { return !one.Degraded() })
	wait(fast)
	_, err = two.Acquire(t.Context(), req)
	assert.WithinDuration(t, opens, requireLimited(t, err).RetryAt, 5*time.Second)
}

// A Redis whose clock went back, after a fail-over, keeps the limits and makes
// nobody wait for longer than a window.
func TestLimiterWhenTheClockOfRedisGoesBack(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	l := newLimiter(t, server.Client(), redisstore.LimiterPerIP())
	const per = 2 * time.Second
	req := callOf(wecom.Limit{N: 10, Per: per})
	acquire(t, l, req, 10)
	client := server.Client()
	for _, key := range server.Keys() { // as if counted in a minute
		fields := client.HGetAll(t.Context(), key).Val()
		part := client.HGet(t.Context(), key, "last").Val()
		later := client.HIncrBy(t.Context(), key, "last", 60_000_000/20_020).Val()
		require.NoError(t, client.HSet(t.Context(), key, "first", later, later, fields[part]).Err())
		require.NoError(t, client.HDel(t.Context(), key, part).Err())
	}
	start := time.Now()

	assert.Zero(t, drain2(t, l, req, per/2))
	acquireIn(t, l, req, 2*per)
	assert.Greater(t, time.Since(start), per*9/10)
}

func acquireIn(t *testing.T, l wecom.Limiter, req wecom.LimitRequest, d time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	_, err := l.Acquire(ctx, req)
	require.NoError(t, err)
}

// A spy counts the questions to Redis, and may keep back the answers.
type spy struct {
	twice

	mu        sync.Mutex
	questions int
	delay     time.Duration
	repeats   bool // every question, as go-redis does if an answer gets lost
}

func (s *spy) slow(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.delay = d
}

func (s *spy) repeat(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.repeats = on
}

func (s *spy) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.questions
}

func (s *spy) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		s.mu.Lock()
		repeats := s.repeats
		s.mu.Unlock()
		err := next(ctx, cmd)
		if !strings.HasPrefix(cmd.Name(), "eval") {
			return err
		}
		if repeats && err == nil {
			err = next(ctx, cmd)
		}
		s.mu.Lock()
		s.questions++
		delay := s.delay
		s.mu.Unlock()
		wait(delay)
		return err
	}
}

// sumOf returns how many calls Redis counts.
func sumOf(t *testing.T, server *redistest.Server) int {
	t.Helper()
	keys, err := server.Client().Keys(t.Context(), "*:1m0s").Result()
	require.NoError(t, err)
	require.Len(t, keys, 1)
	n, err := server.Client().HGet(t.Context(), keys[0], "sum").Int()
	require.NoError(t, err)
	return n
}

//
//nolint:tparallel // one after the other
func TestLimiterGivesBackWhatNobodyWaitsFor(t *testing.T) {
	t.Parallel()
	server, s := redistest.Start(t), new(spy)
	client := server.Client()
	client.AddHook(s)
	req := callOf(wecom.Limit{N: 1000, Per: time.Minute})
	req.Op.InFlight = 3

	t.Run("callers gave up", func(t *testing.T) {
		l := newLimiter(t, client, redisstore.LimiterPerIP(), redisstore.LimiterTimeout(2*time.Second))
		for range 5 {
			acquire(t, l, req, 1)()
		}
		s.slow(2 * fast)
		ctx, cancel := context.WithTimeout(t.Context(), fast)
		defer cancel()
		_, err := l.Acquire(ctx, req)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		s.slow(0)
		s.repeat(true) // what is given back, and not what is asked for
		eventually(t, "given back", func() bool { return sumOf(t, server) < 6 })
		wait(fast)
		assert.Equal(t, 5, sumOf(t, server), "given back once")
		s.repeat(false)
		acquire(t, l, req, 3) // the place, too
	})
	t.Run("an answer that was too late", func(t *testing.T) {
		l := newLimiter(t, client, redisstore.LimiterPerIP(), redisstore.LimiterTimeout(fast))
		before := sumOf(t, server)
		s.slow(3 * fast)
		req.Op.InFlight = 0
		acquire(t, l, req, 1) // without Redis
		s.slow(0)
		eventually(t, "back", func() bool { return !l.Degraded() })
		eventually(t, "given back, and told of the one", func() bool { return sumOf(t, server) == before+1 })
	})
	t.Run("callers gave up, and Redis forgot", func(t *testing.T) {
		l := newLimiter(t, client, redisstore.LimiterPerIP(), redisstore.LimiterTimeout(2*time.Second))
		req := callOf(wecom.Limit{N: 1000, Per: time.Hour})
		s.slow(2 * fast)
		ctx, cancel := context.WithTimeout(t.Context(), fast)
		defer cancel()
		_, err := l.Acquire(ctx, req)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		s.slow(0)
		server.Flush()
		acquire(t, newLimiter(t, server.Client(), redisstore.LimiterPerIP()), req, 5)
		wait(2 * fast)
		key := server.Keys()[0]
		assert.Equal(t, "5", server.Client().HGet(t.Context(), key, "sum").Val(), "those are another's")
	})
}
