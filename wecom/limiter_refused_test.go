package wecom_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
)

const day = 24 * time.Hour

// refuse lets one call through and has it refused.
func refuse(t *testing.T, l wecom.Limiter, req wecom.LimitRequest) (block time.Duration) {
	t.Helper()
	acquire(t, l, req, 1)
	return time.Until(l.Refused(t.Context(), req))
}

func TestLimiterRefusalClosesTheAPI(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limiter := wecom.NewLimiter()
		req := callOf("ww1", opPlain)

		assert.Equal(t, time.Minute, refuse(t, limiter, req))

		opens := time.Now().Add(time.Minute)
		for range 3 {
			_, err := limiter.Acquire(t.Context(), req)
			e := requireLimited(t, err)
			assert.Equal(t, wecom.CodeAPIFreqLimit, e.Code)
			assert.Equal(t, opens, e.RetryAt)
			time.Sleep(19 * time.Second)
		}
		acquire(t, limiter, callOf("ww2", opPlain), 1)
		acquire(t, limiter, callOf("ww1", wecom.Operation{Path: "/cgi-bin/other"}), 1)
		time.Sleep(time.Until(opens))
		acquire(t, limiter, req, 10_000-1) // the refused call was counted, those held back were not
	})
}

func TestLimiterWaitsOutABlock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limiter := wecom.NewLimiter()
		req := callOf("ww1", opPlain)
		req.WaitBlock = true
		refuse(t, limiter, req)
		start := time.Now()
		short, cancel := context.WithTimeout(t.Context(), 59*time.Second)
		defer cancel()
		long, cancel := context.WithTimeout(t.Context(), 61*time.Second)
		defer cancel()

		_, err := limiter.Acquire(short, req)
		e := requireLimited(t, err)
		assert.Equal(t, start.Add(time.Minute), e.RetryAt)
		assert.Zero(t, time.Since(start), "the deadline is too early: known at once")
		_, err = limiter.Acquire(long, req)
		require.NoError(t, err)
		assert.Equal(t, time.Minute, time.Since(start))
	})
}

// A refusal reaches those who already wait in line.
func TestLimiterRefusalReachesWaiters(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name string
		opts []wecom.LimiterOption
		op   wecom.Operation
	}{
		{name: "for the corp's windows", op: wecom.Operation{Path: "/cgi-bin/a", Limits: []wecom.Limit{perMinute(1)}}},
		{name: "for a place", op: wecom.Operation{Path: "/cgi-bin/a", InFlight: 1}},
		{name: "for the IP's windows", op: opPlain, opts: []wecom.LimiterOption{wecom.LimiterPerIP(perMinute(1))}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				limiter := wecom.NewLimiter(tt.opts...)
				req := callOf("ww1", tt.op)
				release := acquire(t, limiter, req, 1)
				start := time.Now()
				var wg sync.WaitGroup
				for i := range 30 {
					req := req
					req.Background = i%5 == 0
					req.WaitBlock = i%3 != 0
					wg.Go(func() {
						release, err := limiter.Acquire(t.Context(), req)
						if !req.WaitBlock {
							assert.Equal(t, 30*time.Second, time.Since(start), "leaves at once")
							assertLimitedUntil(t, err, start.Add(90*time.Second))
							return
						}
						assert.NoError(t, err)
						assert.GreaterOrEqual(t, time.Since(start), 90*time.Second)
						release()
					})
				}
				time.Sleep(30 * time.Second)

				limiter.Refused(t.Context(), req)

				release()
				wg.Wait()
			})
		})
	}
}

// Who would wait out a block, but has a deadline before its end, leaves as
// soon as that is known.
func TestLimiterRefusalReachesHurriedWaiter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limiter := wecom.NewLimiter()
		req := callOf("ww1", wecom.Operation{Path: "/cgi-bin/a", InFlight: 1})
		req.WaitBlock = true
		acquire(t, limiter, req, 1)
		start := time.Now()
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), 89*time.Second)
				defer cancel()
				_, err := limiter.Acquire(ctx, req)
				assertLimitedUntil(t, err, start.Add(90*time.Second))
				assert.Equal(t, 30*time.Second, time.Since(start))
			})
		}
		time.Sleep(30 * time.Second)

		limiter.Refused(t.Context(), req)

		wg.Wait()
	})
}

// assertLimitedUntil is for goroutines, which must not end the test.
func assertLimitedUntil(t *testing.T, err error, retryAt time.Time) {
	t.Helper()
	var e *wecom.Error
	if assert.ErrorIs(t, err, wecom.ErrRateLimited) && assert.ErrorAs(t, err, &e) {
		assert.Equal(t, retryAt, e.RetryAt)
	}
}

// The server does not say which window is full. If the API is refused as soon
// as it opens, it was a longer one.
func TestLimiterRefusedAgain(t *testing.T) {
	t.Parallel()

	// A test's clock starts on a midnight UTC, which is eight o'clock in China.
	const restOfDay = 16 * time.Hour
	tests := []struct {
		name   string
		limits []wecom.Limit
		pauses []time.Duration // between an opening and the next refusal
		want   []time.Duration // blocks
	}{
		{
			name:   "at once",
			pauses: []time.Duration{0, 0, 0},
			want:   []time.Duration{time.Minute, time.Hour, time.Hour, time.Hour},
		},
		{
			name:   "within one window",
			pauses: []time.Duration{time.Minute, time.Hour},
			want:   []time.Duration{time.Minute, time.Hour, time.Hour},
		},
		{
			name:   "later",
			pauses: []time.Duration{time.Minute + 1, time.Minute + 1},
			want:   []time.Duration{time.Minute, time.Minute, time.Minute},
		},
		{
			name:   "later than an hour",
			pauses: []time.Duration{0, time.Hour + 1, 0},
			want:   []time.Duration{time.Minute, time.Hour, time.Minute, time.Hour},
		},
		{
			name:   "a day, then a month",
			limits: []wecom.Limit{{N: 3000, Per: 30 * day}, {N: 1000, Per: day}},
			pauses: []time.Duration{time.Hour, 0},
			want:   []time.Duration{restOfDay, 30 * day, 30 * day},
		},
		{
			name:   "days end in China",
			limits: []wecom.Limit{{N: 1000, Per: day}},
			pauses: []time.Duration{time.Hour, 25 * time.Hour},
			want:   []time.Duration{restOfDay, 23 * time.Hour, 23 * time.Hour},
		},
		{
			name:   "a window of a second",
			limits: []wecom.Limit{{N: 10, Per: time.Second}},
			pauses: []time.Duration{0},
			want:   []time.Duration{time.Minute, time.Minute},
		},
		{
			name:   "no window",
			limits: []wecom.Limit{{}},
			pauses: []time.Duration{0},
			want:   []time.Duration{time.Minute, time.Minute},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				limiter := wecom.NewLimiter()
				req := limited(tt.limits...)

				got := []time.Duration{refuse(t, limiter, req)}
				for _, pause := range tt.pauses {
					time.Sleep(got[len(got)-1] + pause)
					got = append(got, refuse(t, limiter, req))
				}

				assert.Equal(t, tt.want, got)
			})
		})
	}
}

// Calls that were on their way when the API closed are refused as well. That
// says nothing about a longer window, however late they come.
func TestLimiterRefusedTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limiter := wecom.NewLimiter()
		req := callOf("ww1", opPlain)
		acquire(t, limiter, req, 500)
		opens := limiter.Refused(t.Context(), req)

		for i := range 400 {
			time.Sleep(time.Duration(i%2) * 100 * time.Millisecond)
			assert.Equal(t, opens, limiter.Refused(t.Context(), req))
		}
		time.Sleep(time.Until(opens) + 10*time.Second)
		assert.Equal(t, time.Now().Add(time.Minute), limiter.Refused(t.Context(), req), "none was let through since it opened")

		time.Sleep(time.Minute)
		acquire(t, limiter, req, 100)
		opens = limiter.Refused(t.Context(), req)
		assert.Equal(t, time.Now().Add(time.Hour), opens)
		for range 99 {
			assert.Equal(t, opens, limiter.Refused(t.Context(), req))
		}
	})
}

// A refusal is remembered while others call and nothing else is left of the
// corp's calls.
func TestLimiterRefusalOutlivesTheSweep(t *testing.T) {
	t.Parallel()

	passTime := func(t *testing.T, l wecom.Limiter, d time.Duration) {
		t.Helper()
		time.Sleep(d)
		acquire(t, l, callOf("ww2", opPlain), 10)
	}

	t.Run("the block", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			limiter, req := wecom.NewLimiter(), callOf("ww1", opPlain)
			opens := limiter.Refused(t.Context(), req) // of a call that another limiter let through

			passTime(t, limiter, 59*time.Second)

			_, err := limiter.Acquire(t.Context(), req)
			assert.Equal(t, opens, requireLimited(t, err).RetryAt)
		})
	})
	t.Run("its length", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			limiter, req := wecom.NewLimiter(), callOf("ww1", opPlain)
			refuse(t, limiter, req)
			passTime(t, limiter, time.Minute)
			require.Equal(t, time.Hour, refuse(t, limiter, req))

			passTime(t, limiter, time.Hour+59*time.Minute)

			assert.Equal(t, time.Hour, refuse(t, limiter, req))
		})
	})
}

// Corps share an IP, but not their blocks.
func TestLimiterNobodyWaitsBehindAClosedCorp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limiter := wecom.NewLimiter(wecom.LimiterPerIP(perMinute(1)))
		one, two := callOf("ww1", opPlain), callOf("ww2", opPlain)
		one.WaitBlock = true
		acquire(t, limiter, one, 1)
		start := time.Now()
		var wg sync.WaitGroup
		served := make([]time.Duration, 2)
		for i, req := range []wecom.LimitRequest{one, two} {
			wg.Go(func() {
				_, err := limiter.Acquire(t.Context(), req)
				assert.NoError(t, err)
				served[i] = time.Since(start)
			})
			synctest.Wait()
		}
		time.Sleep(30 * time.Second)

		limiter.Refused(t.Context(), one) // until 90 s after the start

		wg.Wait()
		assert.Equal(t, []time.Duration{121200 * time.Millisecond, 60600 * time.Millisecond}, served)
	})
}
