package window_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/internal/window"
)

// most returns the largest number of times that any closed window of length
// per holds. A fullest window starts at one of the times.
func most(log []time.Duration, per time.Duration) int {
	best, tail := 0, 0
	for head, t := range log {
		for t-log[tail] > per {
			tail++
		}
		best = max(best, head-tail+1)
	}
	return best
}

func TestMost(t *testing.T) {
	t.Parallel()

	log := []time.Duration{0, 5, 10, 11, 15, 40}

	assert.Equal(t, 3, most(log, 9))
	assert.Equal(t, 4, most(log, 10), "a window includes both its ends")
	assert.Equal(t, 5, most(log, 15))
}

// arrivals returns n rising times of one kind of traffic. limit and per are
// what the traffic is up against.
func arrivals(r *rand.Rand, kind string, n, limit int, per time.Duration) []time.Duration {
	log := make([]time.Duration, 0, n)
	now := time.Duration(r.Int64N(int64(10 * per)))
	for len(log) < n {
		switch kind {
		case "steady": // at 0.8 to 1.3 of the limit
			now += time.Duration(float64(per) / float64(limit) / (0.8 + 0.5*r.Float64()))
			log = append(log, now)
		case "random": // exponential gaps
			now += time.Duration(r.ExpFloat64() * float64(per) / float64(limit))
			log = append(log, now)
		case "bursts": // up to twice the limit at one instant, then quiet for up to two windows
			for range min(r.IntN(2*limit)+1, n-len(log)) {
				log = append(log, now)
			}
			now += time.Duration(r.Int64N(int64(2*per))) + 1
		case "edges": // bursts a hair before, on and after whole parts and windows
			for range min(r.IntN(limit)+1, n-len(log)) {
				log = append(log, now)
			}
			step := []time.Duration{per, per / 100, per / 2, per * 101 / 100}[r.IntN(4)]
			now = now.Truncate(step) + step + time.Duration(r.IntN(5)-2)
			if last := log[len(log)-1]; now < last {
				now = last
			}
		}
	}
	return log
}

func TestNoWindowHoldsMoreThanItsLimit(t *testing.T) {
	t.Parallel()

	for _, kind := range []string{"steady", "random", "bursts", "edges"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(150) {
				r := rand.New(rand.NewPCG(seed, 1))
				limit := r.IntN(60) + 1
				per := time.Duration(r.Int64N(int64(time.Hour))) + 1
				if seed%10 == 0 {
					per = time.Duration(r.IntN(300)) + 1 // parts that do not divide the window
				}
				c := window.New(per)
				var log []time.Duration
				for _, now := range arrivals(r, kind, 40*limit, limit, per) {
					if c.When(now, 1, limit) == now {
						c.Add(now)
						log = append(log, now)
					}
				}
				require.NotEmpty(t, log)
				require.LessOrEqualf(t, most(log, per), limit, "seed %d, %d in %v", seed, limit, per)
			}
		})
	}
}

// When is what waiters sleep for: the k-th call must fit then, and not a
// nanosecond before.
func TestWhenIsExact(t *testing.T) {
	t.Parallel()

	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 2))
		limit, per := r.IntN(20)+1, time.Duration(r.IntN(100_000))+100
		c := window.New(per)
		now := time.Duration(0)
		for range r.IntN(100) {
			now += time.Duration(r.ExpFloat64() * float64(per) / float64(limit))
			if c.When(now, 1, limit) == now {
				c.Add(now)
			}
		}
		k := r.IntN(3*limit) + 1
		want := c.When(now, k, limit)

		at := now
		for i := range k {
			next := c.When(at, 1, limit)
			if next > at {
				require.Greaterf(t, c.When(next-1, 1, limit), next-1, "seed %d: call %d fits before it should", seed, i)
			}
			at = next
			require.Equalf(t, at, c.When(at, 1, limit), "seed %d: call %d does not fit when it should", seed, i)
			c.Add(at)
		}
		require.Equalf(t, want, at, "seed %d: call %d of %d in %v", seed, k, limit, per)
	}
}

func TestFarFuture(t *testing.T) {
	t.Parallel()

	c := window.New(30 * 24 * time.Hour)

	assert.Positive(t, c.When(0, 1_000_000, 1), "no overflow")
}

func TestFullLoadReachesNearlyTheLimit(t *testing.T) {
	t.Parallel()

	tests := []struct {
		limit int
		per   time.Duration
	}{
		{10_000, time.Minute},
		{150_000, time.Hour},
		{10, time.Minute},
		{3_000, 24 * time.Hour},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%d in %v", tt.limit, tt.per), func(t *testing.T) {
			t.Parallel()
			const rounds = 100
			c := window.New(tt.per)
			calls := 0
			for now := time.Duration(0); now < rounds*tt.per; now = c.When(now, 1, tt.limit) {
				c.Add(now)
				calls++
			}
			assert.GreaterOrEqual(t, calls, rounds*tt.limit*98/100)
		})
	}
}

func TestOldCallsAreForgotten(t *testing.T) {
	t.Parallel()

	c := window.New(time.Minute)
	for now := time.Duration(0); now < 10*time.Minute; now += 10 * time.Millisecond {
		c.Add(now)
	}

	assert.InDelta(t, 6_000, c.Sum(10*time.Minute), 60)
	assert.Zero(t, c.Sum(12*time.Minute))
}
