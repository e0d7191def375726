package wecom_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
)

var opPlain = wecom.Operation{Method: "GET", Path: "/cgi-bin/plain"}

// callOf is a call of corp to op from the IP that has no name.
func callOf(corp string, op wecom.Operation) wecom.LimitRequest {
	return wecom.LimitRequest{Op: op, BaseURL: "https://example.com", CorpID: corp}
}

// limited returns a call of one corp to an API with its own limits.
func limited(limits ...wecom.Limit) wecom.LimitRequest {
	return callOf("ww1", wecom.Operation{Method: "GET", Path: "/cgi-bin/limited", Limits: limits})
}

func inBackground(req wecom.LimitRequest) wecom.LimitRequest {
	req.Background = true
	return req
}

func perMinute(n int) wecom.Limit { return wecom.Limit{N: n, Per: time.Minute} }
func perHour(n int) wecom.Limit   { return wecom.Limit{N: n, Per: time.Hour} }

// acquire is for calls that must be let through at once.
func acquire(t *testing.T, l wecom.Limiter, req wecom.LimitRequest, n int) (release func()) {
	t.Helper()
	start := time.Now()
	for range n {
		var err error
		release, err = l.Acquire(t.Context(), req)
		require.NoError(t, err)
	}
	require.Zero(t, time.Since(start), "had to wait")
	return release
}

// requireLimited returns the client's refusal that err has to be.
func requireLimited(t *testing.T, err error) *wecom.Error {
	t.Helper()
	require.ErrorIs(t, err, wecom.ErrRateLimited)
	var e *wecom.Error
	require.ErrorAs(t, err, &e)
	require.True(t, e.Client, "must say that the client refused")
	require.ErrorContains(t, err, "client rate limit")
	return e
}

// A grant is a call that was let through.
type grant struct {
	at         time.Duration
	background bool
}

// byTime puts background calls first of those at one time: the order of a log
// is not the order in which they were let through.
func byTime(a, b grant) int {
	if a.at == b.at && a.background != b.background {
		if a.background {
			return -1
		}
		return 1
	}
	return cmp.Compare(a.at, b.at)
}

// most returns the largest number of grants in any closed window of length
// per, and in any that ends with a background call. The log is sorted.
func most(log []grant, per time.Duration) (all, background int) {
	tail := 0
	for head, g := range log {
		for g.at-log[tail].at > per {
			tail++
		}
		all = max(all, head-tail+1)
		if g.background {
			background = max(background, head-tail+1)
		}
	}
	return all, background
}

// Random traffic of several corps through two IPs, with impatient callers, slow
// replies and refusals: whatever comes, no window of any corp or IP holds more
// than its limit, no more are in flight than may be, and everybody gets an
// answer (or synctest reports a deadlock).
func TestLimiterNeverExceedsAnyLimit(t *testing.T) {
	t.Parallel()

	for seed := range uint64(40) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { randomTraffic(t, seed) })
		})
	}
}

func randomTraffic(t *testing.T, seed uint64) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 0))
	upTo := func(d time.Duration) time.Duration { return time.Duration(r.Int64N(int64(d))) }
	perCorp := []wecom.Limit{perMinute(r.IntN(40) + 1), perHour(r.IntN(300) + 40)}
	perIP := []wecom.Limit{perMinute(r.IntN(60) + 1), perHour(r.IntN(500) + 60)}
	op := wecom.Operation{Path: "/cgi-bin/a", InFlight: r.IntN(5)}
	limiter := wecom.NewLimiter(wecom.LimiterPerCorp(perCorp...), wecom.LimiterPerIP(perIP...))

	var (
		mu       sync.Mutex
		logs     = map[string][]grant{}
		inFlight = map[string]int{}
		wg       sync.WaitGroup
	)
	start := time.Now()
	for i := range 1500 {
		switch r.IntN(4) { // bursts, steady traffic, lulls
		case 0:
			time.Sleep(upTo(time.Minute))
		case 1:
			time.Sleep(upTo(time.Second))
		}
		if i%500 == 499 {
			time.Sleep(upTo(2 * time.Hour))
		}
		req := callOf(fmt.Sprint("ww", r.IntN(3)), op)
		req.Egress = fmt.Sprint("ip", r.IntN(2))
		req.Background = r.IntN(3) == 0
		req.WaitBlock = r.IntN(4) > 0
		ctx, cancel := context.WithCancel(t.Context())
		patience := time.Duration(0)
		switch r.IntN(4) {
		case 0: // gives up without having said so
			patience = upTo(3 * time.Minute)
		case 1:
			ctx, cancel = context.WithTimeout(t.Context(), upTo(10*time.Minute))
		}
		slow, refused := upTo(5*time.Second), r.IntN(200) == 0
		wg.Go(func() {
			defer cancel()
			if patience > 0 {
				defer time.AfterFunc(patience, cancel).Stop()
			}
			release, err := limiter.Acquire(ctx, req)
			if err != nil {
				return
			}
			mu.Lock()
			for _, key := range []string{req.CorpID, req.Egress} {
				logs[key] = append(logs[key], grant{time.Since(start), req.Background})
			}
			inFlight[req.CorpID]++
			if op.InFlight > 0 {
				assert.LessOrEqual(t, inFlight[req.CorpID], op.InFlight)
			}
			mu.Unlock()
			time.Sleep(slow)
			if refused {
				limiter.Refused(ctx, req)
			}
			mu.Lock()
			inFlight[req.CorpID]--
			mu.Unlock()
			release()
		})
	}
	wg.Wait()

	for key, log := range logs {
		slices.SortFunc(log, byTime)
		limits := perCorp
		if key[:2] == "ip" {
			limits = perIP
		}
		for _, limit := range limits {
			all, background := most(log, limit.Per)
			assert.LessOrEqualf(t, all, limit.N, "%s in %v", key, limit.Per)
			assert.LessOrEqualf(t, background, max(limit.N*9/10, 1), "%s in %v, up to a background call", key, limit.Per)
		}
	}
	assert.Len(t, logs, 5)
}

// saturate has workers call as fast as they can for as long as given.
func saturate(t *testing.T, d time.Duration, workers int, l wecom.Limiter, reqs ...wecom.LimitRequest) []grant {
	t.Helper()
	logs := make([][]grant, workers)
	start := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	var wg sync.WaitGroup
	for i := range workers {
		wg.Go(func() {
			for n := i; ; n++ {
				req := reqs[n%len(reqs)]
				release, err := l.Acquire(ctx, req)
				if err != nil {
					return
				}
				release()
				logs[i] = append(logs[i], grant{time.Since(start), req.Background})
			}
		})
	}
	wg.Wait()
	return slices.SortedFunc(slices.Values(slices.Concat(logs...)), byTime)
}

func TestLimiterUsesOfficialLimits(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name         string
		opts         []wecom.LimiterOption
		corps        int
		d            time.Duration
		minute, hour int
	}{
		{name: "corp", corps: 1, d: 3 * time.Hour, minute: 10_000, hour: 150_000},
		{name: "ip", corps: 5, d: time.Hour, minute: 20_000, hour: 600_000},
		{name: "third party's ip", opts: []wecom.LimiterOption{wecom.LimiterThirdParty()}, corps: 9, d: time.Hour, minute: 40_000, hour: 1_200_000},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var reqs []wecom.LimitRequest
				for i := range tt.corps {
					reqs = append(reqs, callOf(fmt.Sprint("ww", i), opPlain))
				}

				log := saturate(t, tt.d, 1, wecom.NewLimiter(tt.opts...), reqs...)

				minute, _ := most(log, time.Minute)
				hour, _ := most(log, time.Hour)
				assert.Equal(t, tt.minute, minute, "the fullest minute")
				assert.LessOrEqual(t, hour, tt.hour, "the fullest hour")
				assert.GreaterOrEqual(t, hour, tt.hour*98/100, "the fullest hour")
				assert.GreaterOrEqual(t, len(log), int(tt.d/time.Hour)*tt.hour*98/100, "all hours")
			})
		})
	}
}

func TestLimiterReachesSmallLimits(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name   string
		limits []wecom.Limit
		d      time.Duration
		want   int
	}{
		{"minute", []wecom.Limit{perMinute(60)}, 200 * time.Minute, 200 * 60},
		{"minute and hour", []wecom.Limit{perMinute(50), perHour(1000)}, 40 * time.Hour, 40 * 1000},
		{"day", []wecom.Limit{{N: 7, Per: 24 * time.Hour}}, 1000 * 24 * time.Hour, 7000},
		{"one", []wecom.Limit{perMinute(1)}, 200 * time.Minute, 200},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				log := saturate(t, tt.d, 24, wecom.NewLimiter(), limited(tt.limits...))

				assert.GreaterOrEqual(t, len(log), tt.want*98/100)
			})
		})
	}
}

func TestLimiterKeepsApart(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name   string
		other  func(*wecom.LimitRequest)
		shared bool
	}{
		{"nothing differs", func(*wecom.LimitRequest) {}, true},
		{"egress, same corp", func(r *wecom.LimitRequest) { r.Egress = "proxy" }, true},
		{"corp, same egress", func(r *wecom.LimitRequest) { r.CorpID = "ww2" }, true},
		{"corp and egress", func(r *wecom.LimitRequest) { r.CorpID, r.Egress = "ww2", "proxy" }, false},
		{"server", func(r *wecom.LimitRequest) { r.BaseURL = "https://other.example.com" }, false},
		{"path", func(r *wecom.LimitRequest) { r.Op.Path = "/cgi-bin/other" }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				limiter := wecom.NewLimiter(wecom.LimiterPerCorp(perMinute(5)), wecom.LimiterPerIP(perMinute(5)))
				req := callOf("ww1", opPlain)
				acquire(t, limiter, req, 5)
				tt.other(&req)

				start := time.Now()
				_, err := limiter.Acquire(t.Context(), req)

				require.NoError(t, err)
				assert.Equal(t, tt.shared, time.Since(start) > 0)
			})
		})
	}
}

// A call that the IP has no room for must not use up its corp's room, nor the
// other way round.
func TestLimiterCountsAllOrNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limiter := wecom.NewLimiter(wecom.LimiterPerCorp(perHour(10)), wecom.LimiterPerIP(perMinute(10)))
		acquire(t, limiter, callOf("ww1", opPlain), 10)
		hurried, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()

		for range 100 {
			_, err := limiter.Acquire(hurried, callOf("ww2", opPlain)) // no room at the IP
			requireLimited(t, err)
		}
		time.Sleep(61 * time.Second)
		acquire(t, limiter, callOf("ww2", opPlain), 5)
		for range 100 {
			_, err := limiter.Acquire(hurried, callOf("ww1", opPlain)) // no room for the corp
			require.Error(t, err)
		}
		acquire(t, limiter, callOf("ww2", opPlain), 5)
	})
}

func TestLimiterFailsAtOnceWhenTheDeadlineIsTooEarly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limiter := wecom.NewLimiter()
		req := limited(perMinute(10))
		start := time.Now()
		acquire(t, limiter, req, 10)
		time.Sleep(10 * time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Second) // all leave after 60.6 s
		defer cancel()

		_, err := limiter.Acquire(ctx, req)

		e := requireLimited(t, err)
		assert.Equal(t, 10*time.Second, time.Since(start), "no waiting for the deadline")
		assert.Equal(t, start.Add(60600*time.Millisecond), e.RetryAt)
		assert.Equal(t, req.Op.Path, e.Op.Path)
		time.Sleep(time.Until(e.RetryAt))
		acquire(t, limiter, req, 10) // nothing was counted
	})
}

// Those who already wait have a claim on the next room.
func TestLimiterDeadlineKnowsTheQueue(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name  string
		opt   wecom.LimiterOption
		corps int
	}{
		{"of a corp", wecom.LimiterPerCorp(perMinute(10)), 1},
		{"of an IP", wecom.LimiterPerIP(perMinute(10)), 11},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				limiter := wecom.NewLimiter(tt.opt)
				acquire(t, limiter, callOf("ww0", opPlain), 10)
				start := time.Now()
				var wg sync.WaitGroup
				for i := range 10 {
					wg.Go(func() {
						_, err := limiter.Acquire(t.Context(), callOf(fmt.Sprint("ww", i%tt.corps), opPlain))
						assert.NoError(t, err)
					})
				}
				synctest.Wait()
				ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
				defer cancel()

				_, err := limiter.Acquire(ctx, callOf(fmt.Sprint("ww", tt.corps-1), opPlain))

				e := requireLimited(t, err)
				assert.Equal(t, start.Add(2*60600*time.Millisecond), e.RetryAt)
				assert.Zero(t, time.Since(start))
				wg.Wait()
			})
		})
	}
}

// shiftedClock is off the system's clock.
type shiftedClock struct{ by time.Duration }

func (c shiftedClock) Now() time.Time { return time.Now().Add(c.by) }

func (c shiftedClock) Sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func TestLimiterDeadlineIsOfTheSystemClock(t *testing.T) {
	t.Parallel()

	for _, by := range []time.Duration{-48 * time.Hour, 48 * time.Hour} {
		t.Run(by.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				clock := shiftedClock{by}
				limiter := wecom.NewLimiter(wecom.LimiterClock(clock))
				req := limited(perMinute(1))
				acquire(t, limiter, req, 1)
				short, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				long, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
				defer cancel()

				_, err := limiter.Acquire(short, req)
				e := requireLimited(t, err)
				assert.Equal(t, clock.Now().Add(60600*time.Millisecond), e.RetryAt)
				_, err = limiter.Acquire(long, req)
				require.NoError(t, err)
			})
		})
	}
}

// jumpingClock can be set.
type jumpingClock struct {
	mu sync.Mutex
	shiftedClock
}

func (c *jumpingClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.shiftedClock.Now()
}

func (c *jumpingClock) jump(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.by += d
}

// A clock that is set back stands still for the limiter until it has caught up.
func TestLimiterClockSetBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		clock := &jumpingClock{}
		limiter := wecom.NewLimiter(wecom.LimiterClock(clock))
		req := limited(perMinute(5))
		acquire(t, limiter, req, 1)
		clock.jump(-30 * time.Second)
		acquire(t, limiter, req, 4)
		start := time.Now()

		_, err := limiter.Acquire(t.Context(), inBackground(req))

		require.NoError(t, err)
		assert.Equal(t, 90600*time.Millisecond, time.Since(start))
	})
}

func TestLimiterClockSetForward(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		clock := &jumpingClock{}
		limiter := wecom.NewLimiter(wecom.LimiterClock(clock))
		req := limited(perMinute(5), perHour(5))
		acquire(t, limiter, req, 5)

		clock.jump(2 * time.Hour)

		acquire(t, limiter, req, 5)
	})
}

func TestLimiterCancelledWaiterLeavesAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limiter := wecom.NewLimiter()
		req := limited(perMinute(2))
		acquire(t, limiter, req, 2)
		ctx, cancel := context.WithCancel(t.Context())
		start := time.Now()
		left, served := make(chan error, 3), make(chan time.Duration, 2)
		for range 3 {
			go func() {
				_, err := limiter.Acquire(ctx, req)
				left <- err
			}()
		}
		synctest.Wait()
		for range 2 {
			go func() {
				_, err := limiter.Acquire(t.Context(), req)
				assert.NoError(t, err)
				served <- time.Since(start)
			}()
		}
		time.Sleep(time.Second)

		cancel()

		for range 3 {
			err := <-left
			require.ErrorIs(t, err, context.Canceled)
			require.ErrorContains(t, err, req.Op.Path)
		}
		assert.Equal(t, time.Second, time.Since(start))
		for range 2 {
			assert.Equal(t, 60600*time.Millisecond, <-served, "both places were left to the next")
		}
	})
}

func TestLimiterEndedContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limiter := wecom.NewLimiter()
		req := limited(perMinute(1))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()

		_, err := limiter.Acquire(ctx, req)

		require.ErrorIs(t, err, context.Canceled)
		acquire(t, limiter, req, 1)
	})
}

// order starts n calls one after the other and returns the order in which
// they were let through.
func order(t *testing.T, l wecom.Limiter, n int, req func(i int) wecom.LimitRequest) []int {
	t.Helper()
	var (
		mu  sync.Mutex
		got []int
		wg  sync.WaitGroup
	)
	for i := range n {
		wg.Go(func() {
			release, err := l.Acquire(t.Context(), req(i))
			assert.NoError(t, err)
			mu.Lock()
			got = append(got, i)
			mu.Unlock()
			time.Sleep(time.Second)
			release()
		})
		synctest.Wait()
	}
	wg.Wait()
	return got
}

func TestLimiterIsFirstInFirstOut(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name string
		op   wecom.Operation
	}{
		{"window", wecom.Operation{Path: "/cgi-bin/a", Limits: []wecom.Limit{perMinute(3)}}},
		{"in flight", wecom.Operation{Path: "/cgi-bin/a", InFlight: 1}},
		{"both", wecom.Operation{Path: "/cgi-bin/a", Limits: []wecom.Limit{perMinute(30)}, InFlight: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				got := order(t, wecom.NewLimiter(), 50, func(int) wecom.LimitRequest { return callOf("ww1", tt.op) })

				assert.Len(t, got, 50)
				assert.True(t, slices.IsSorted(got), "%v", got)
			})
		})
	}
}

func TestLimiterForegroundGoesFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limiter := wecom.NewLimiter(wecom.LimiterPerIP(perMinute(1)))

		// Five background calls wait before five others come, of two corps.
		got := order(t, limiter, 11, func(i int) wecom.LimitRequest {
			req := callOf(fmt.Sprint("ww", i%2), opPlain)
			req.Background = i > 0 && i <= 5
			return req
		})

		assert.Equal(t, []int{0, 6, 7, 8, 9, 10}, got[:6])
		assert.ElementsMatch(t, []int{1, 2, 3, 4, 5}, got[6:])
	})
}

// lateClock wakes sleepers a moment after there is room.
type lateClock struct{ shiftedClock }

func (c lateClock) Sleep(ctx context.Context, d time.Duration) error {
	return c.shiftedClock.Sleep(ctx, d+time.Second)
}

// Who comes in the moment between must not take the room of those who wait.
func TestLimiterNewcomersDoNotOvertake(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name     string
		newcomer func(*wecom.LimitRequest)
	}{
		{"same corp", func(*wecom.LimitRequest) {}},
		{"same corp, background", func(r *wecom.LimitRequest) { r.Background = true }},
		{"other corp", func(r *wecom.LimitRequest) { r.CorpID = "ww2" }},
		{"other corp, background", func(r *wecom.LimitRequest) { r.CorpID, r.Background = "ww2", true }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				limiter := wecom.NewLimiter(wecom.LimiterClock(lateClock{}), wecom.LimiterPerIP(perMinute(1)))
				req := callOf("ww1", opPlain)
				acquire(t, limiter, req, 1)
				start := time.Now()
				waited := make(chan time.Duration, 1)
				go func() {
					_, err := limiter.Acquire(t.Context(), req)
					assert.NoError(t, err)
					waited <- time.Since(start)
				}()
				time.Sleep(61 * time.Second)
				newcomer := req
				tt.newcomer(&newcomer)

				_, err := limiter.Acquire(t.Context(), newcomer)

				require.NoError(t, err)
				assert.Equal(t, 61600*time.Millisecond, <-waited)
				assert.Greater(t, time.Since(start), 2*time.Minute)
			})
		})
	}
}

// A corp with a long queue must not keep others from the IP's limit.
func TestLimiterCorpsTakeTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limiter := wecom.NewLimiter(wecom.LimiterPerIP(perMinute(1)))

		got := order(t, limiter, 12, func(i int) wecom.LimitRequest {
			if i < 10 {
				return callOf("ww1", opPlain)
			}
			return callOf(fmt.Sprint("ww", i), opPlain)
		})

		assert.Equal(t, []int{0, 1, 10, 11, 2, 3}, got[:6])
	})
}

// sleepCounter counts who sleeps.
type sleepCounter struct {
	mu             sync.Mutex
	now, most, all int
}

func (*sleepCounter) Now() time.Time { return time.Now() }

func (c *sleepCounter) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	c.now++
	c.all++
	c.most = max(c.most, c.now)
	c.mu.Unlock()
	err := shiftedClock{}.Sleep(ctx, d)
	c.mu.Lock()
	c.now--
	c.mu.Unlock()
	return err
}

func TestLimiterWakesOnlyWhoseTurnItIs(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name  string
		corps int
		opt   wecom.LimiterOption
	}{
		{"one corp", 1, wecom.LimiterPerCorp(perMinute(100))},
		{"many corps behind one IP", 500, wecom.LimiterPerIP(perMinute(100))},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				clock := &sleepCounter{}
				limiter := wecom.NewLimiter(wecom.LimiterClock(clock), tt.opt)
				var wg sync.WaitGroup
				for i := range 2000 {
					wg.Go(func() {
						_, err := limiter.Acquire(t.Context(), callOf(fmt.Sprint("ww", i%tt.corps), opPlain))
						assert.NoError(t, err)
					})
				}
				wg.Wait()

				assert.LessOrEqual(t, clock.most, 2, "sleepers at one time")
				assert.LessOrEqual(t, clock.all, 2000/100+1, "one sleep for each time that room comes free")
			})
		})
	}
}

// While a job uses all that it may, a person's call goes out in the moment it
// is made.
func TestLimiterBackgroundDoesNotDelayOthers(t *testing.T) {
	t.Parallel()

	corpLimits := []wecom.Limit{perMinute(100), perHour(600)}
	tests := []struct {
		name string
		opts []wecom.LimiterOption
		job  wecom.LimitRequest
		user wecom.LimitRequest
	}{
		{
			name: "windows of the corp",
			job:  limited(corpLimits...),
			user: limited(corpLimits...),
		},
		{
			name: "windows of the IP, another corp",
			opts: []wecom.LimiterOption{wecom.LimiterPerIP(corpLimits...)},
			job:  callOf("ww1", opPlain),
			user: callOf("ww2", opPlain),
		},
		{
			name: "in flight",
			job:  callOf("ww1", wecom.Operation{Path: "/cgi-bin/a", InFlight: 5}),
			user: callOf("ww1", wecom.Operation{Path: "/cgi-bin/a", InFlight: 5}),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				limiter := wecom.NewLimiter(tt.opts...)
				ctx, cancel := context.WithTimeout(t.Context(), 3*time.Hour)
				defer cancel()
				var wg sync.WaitGroup
				jobs := make([]int, 20)
				for i := range jobs {
					wg.Go(func() {
						for {
							release, err := limiter.Acquire(ctx, inBackground(tt.job))
							if err != nil {
								return
							}
							jobs[i]++
							time.Sleep(time.Second)
							release()
						}
					})
				}
				users := 0
				for ; ctx.Err() == nil; users++ {
					time.Sleep(97 * time.Second)
					start := time.Now()
					release, err := limiter.Acquire(t.Context(), tt.user)
					require.NoError(t, err)
					require.Zerof(t, time.Since(start), "call %d waited", users)
					release()
				}
				wg.Wait()

				total := 0
				for i, n := range jobs {
					assert.NotZerof(t, n, "worker %d", i)
					total += n
				}
				assert.Greater(t, total, 3*600*9/10*95/100-users, "the job uses its share")
			})
		})
	}
}

func TestLimiterBackgroundOfTinyLimits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limiter := wecom.NewLimiter()
		op := wecom.Operation{Path: "/cgi-bin/a", Limits: []wecom.Limit{perMinute(1)}, InFlight: 1}

		acquire(t, limiter, inBackground(callOf("ww1", op)), 1) // not shut out for ever
	})
}

func TestLimiterInFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limiter := wecom.NewLimiter()
		op := wecom.Operation{Path: "/cgi-bin/externalcontact/mark_tag", InFlight: 5}
		var (
			mu        sync.Mutex
			now, most int
			wg        sync.WaitGroup
		)
		start := time.Now()
		for range 100 {
			wg.Go(func() {
				release, err := limiter.Acquire(t.Context(), callOf("ww1", op))
				assert.NoError(t, err)
				mu.Lock()
				now++
				most = max(most, now)
				mu.Unlock()
				time.Sleep(time.Second)
				mu.Lock()
				now--
				mu.Unlock()
				release()
			})
		}
		wg.Wait()

		assert.Equal(t, 5, most)
		assert.Equal(t, 20*time.Second, time.Since(start), "all five places are used all the time")
	})
}

func TestLimiterInFlightWaiterObeysContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limiter := wecom.NewLimiter()
		req := callOf("ww1", wecom.Operation{Path: "/cgi-bin/a", InFlight: 1, Limits: []wecom.Limit{perHour(2)}})
		release := acquire(t, limiter, req, 1)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()

		_, err := limiter.Acquire(ctx, req)

		require.ErrorIs(t, err, context.DeadlineExceeded)
		release()
		acquire(t, limiter, req, 1) // neither the place nor the count is lost
	})
}
