package redisstore_test

import (
	"context"
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/limitertest"
	"github.com/wecomkit/wecom-go/wecom/redisstore"
	"github.com/wecomkit/wecom-go/wecom/redisstore/internal/redistest"
)

// newLimiter returns a limiter that is closed when the test ends.
func newLimiter(t *testing.T, client redis.UniversalClient, opts ...redisstore.LimiterOption) *redisstore.Limiter {
	t.Helper()
	l, err := redisstore.NewLimiter(client, opts...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	return l
}

// pass lets time go by for blocks, by moving them to the past.
func pass(t *testing.T, client *redis.Client, prefix string, d time.Duration) {
	t.Helper()
	keys, err := client.Keys(t.Context(), prefix+"*:block").Result()
	require.NoError(t, err)
	for _, key := range keys {
		for _, field := range []string{"until", "granted"} {
			if n, err := client.HGet(t.Context(), key, field).Int64(); err == nil && n > 0 {
				require.NoError(t, client.HIncrBy(t.Context(), key, field, -d.Microseconds()).Err())
			}
		}
	}
}

func TestLimiter(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	limitertest.Run(t, func(t *testing.T, perIP ...wecom.Limit) limitertest.Rig {
		t.Helper()
		own := rand.Text() + ":"
		return limitertest.Rig{
			Machine: func() wecom.Limiter { // with connections of its own, as another machine has
				return newLimiter(t, server.Client(), redisstore.WithPrefix(own), redisstore.LimiterPerIP(perIP...))
			},
			Pass: func(d time.Duration) { pass(t, server.Client(), own, d) },
		}
	})
}

func TestLimiterOnACluster(t *testing.T) {
	t.Parallel()
	client := redistest.Start(t, redistest.Cluster()).ClusterClient()
	limitertest.Run(t, func(t *testing.T, perIP ...wecom.Limit) limitertest.Rig {
		t.Helper()
		own := redisstore.WithPrefix(rand.Text() + ":")
		return limitertest.Rig{Machine: func() wecom.Limiter {
			return newLimiter(t, client, own, redisstore.LimiterPerIP(perIP...))
		}}
	})
}

// callOf is a call of one corp to an API with these limits.
func callOf(limits ...wecom.Limit) wecom.LimitRequest {
	return wecom.LimitRequest{
		Op:      wecom.Operation{Method: "GET", Path: "/cgi-bin/a", Limits: limits},
		BaseURL: "https://example.com",
		CorpID:  "ww1",
	}
}

// A load calls as fast as it can, on several machines, until it is stopped.
type load struct {
	stop context.CancelFunc
	wg   sync.WaitGroup

	mu  sync.Mutex // guards log
	log []time.Time
}

// newLoad watches some machines from the start.
func newLoad(machines ...*redisstore.Limiter) *load {
	l := &load{}
	for _, m := range machines {
		m.Watch(func(at time.Time, calls int) {
			l.mu.Lock()
			defer l.mu.Unlock()
			for range calls {
				l.log = append(l.log, at)
			}
		})
	}
	return l
}

func (l *load) start(t *testing.T, req wecom.LimitRequest, machines ...*redisstore.Limiter) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	l.stop = cancel
	for _, m := range machines {
		for range 8 {
			l.wg.Go(func() {
				for {
					release, err := m.Acquire(ctx, req)
					if ctx.Err() != nil {
						return
					}
					if !assert.NoError(t, err) {
						return
					}
					release()
				}
			})
		}
	}
}

// end returns when each call was let through.
func (l *load) end() []time.Time {
	l.stop()
	l.wg.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.SortedFunc(slices.Values(l.log), time.Time.Compare)
}

// since returns how many calls were let through from then to now.
func (l *load) since(start time.Time) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, at := range l.log {
		if at.After(start) {
			n++
		}
	}
	return n
}

// reaches reports whether so many calls are let through while three windows
// begin, in one of a few tries, because others use this machine, too.
func (l *load) reaches(calls int, per time.Duration) bool {
	for range 3 {
		start := time.Now()
		wait(3 * per * 103 / 100)
		if l.since(start) >= calls {
			return true
		}
	}
	return false
}

// most returns the largest number of calls in any window of length per.
func most(log []time.Time, per time.Duration) int {
	best, tail := 0, 0
	for head, at := range log {
		for at.Sub(log[tail]) > per {
			tail++
		}
		best = max(best, head-tail+1)
	}
	return best
}

func wait(d time.Duration) { <-time.After(d) }

const fast = 300 * time.Millisecond // a LimiterTimeout for tests

// Two machines use all that they may while things happen to Redis. No window
// holds too many calls, and they go on.
func TestLimiterThroughAnOutage(t *testing.T) {
	t.Parallel()

	const n, per = 200, time.Second
	tests := []struct {
		name  string
		opts  []redistest.Option
		begin func(*redistest.Server)
		over  func(*redistest.Server)
		long  time.Duration
	}{
		{name: "killed and empty after it", begin: (*redistest.Server).Kill, over: (*redistest.Server).Restart, long: 3 * per},
		{name: "killed and restarted at once", begin: (*redistest.Server).Restart},
		{name: "killed, with all on disk", opts: []redistest.Option{redistest.Persistent()}, begin: (*redistest.Server).Kill, over: (*redistest.Server).Restart, long: 2 * per},
		{name: "paused", begin: (*redistest.Server).Pause, over: (*redistest.Server).Resume, long: 3 * per},
		{name: "paused for a moment", begin: (*redistest.Server).Pause, over: (*redistest.Server).Resume, long: fast / 2},
		{name: "flushed", begin: (*redistest.Server).Flush},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t, tt.opts...)
			var machines []*redisstore.Limiter
			for range 2 {
				machines = append(machines, newLimiter(t, server.Client(), redisstore.LimiterProcesses(2), redisstore.LimiterTimeout(fast), redisstore.LimiterPerIP()))
			}
			l := newLoad(machines...)
			l.start(t, callOf(wecom.Limit{N: n, Per: per}), machines...)
			wait(per * 2 / 3)
			tt.begin(server)
			if tt.over != nil {
				began := time.Now()
				wait(tt.long)
				if tt.long > 2*per {
					assert.GreaterOrEqual(t, l.since(began.Add(3*per/2)), n/2, "calls went on")
				}
				tt.over(server)
			}
			wait(3 * per) // until nobody is cautious any more
			assert.True(t, l.reaches(3*n*95/100, per), "everything is as before")
			for _, m := range machines {
				assert.False(t, m.Degraded())
			}
			assert.LessOrEqual(t, most(l.end(), per), n)
		})
	}
}

// The same with two windows, an IP's limit, and mishaps one upon the other.
func TestLimiterThroughManyOutages(t *testing.T) {
	t.Parallel()

	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			r := mathrand.New(mathrand.NewPCG(seed, 0))
			server := redistest.Start(t)
			short, long := wecom.Limit{N: 150, Per: 500 * time.Millisecond}, wecom.Limit{N: 500, Per: 4 * time.Second}
			if seed%2 == 1 {
				short.Per, long.Per = long.Per, short.Per // one of them never matters
			}
			ip := wecom.Limit{N: 400, Per: 2 * time.Second}
			var machines []*redisstore.Limiter
			for range 3 {
				machines = append(machines, newLimiter(t, server.Client(), redisstore.LimiterProcesses(3),
					redisstore.LimiterTimeout(fast/3), redisstore.LimiterPerIP(ip)))
			}
			l := newLoad(machines...)
			l.start(t, callOf(short, long), machines...)
			for end := time.Now().Add(10 * time.Second); time.Now().Before(end); {
				wait(mathrand.N(2 * time.Second))
				switch r.IntN(3) {
				case 0:
					server.Flush()
				case 1:
					server.Kill()
					wait(mathrand.N(2 * time.Second))
					server.Restart()
				case 2:
					server.Pause()
					wait(mathrand.N(2 * time.Second))
					server.Resume()
				}
			}
			log := l.end()

			for _, limit := range []wecom.Limit{short, long, ip} {
				assert.LessOrEqualf(t, most(log, limit.Per), limit.N, "in %v", limit.Per)
			}
			assert.Greater(t, len(log), 100)
		})
	}
}
