package limitertest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/wecomkit/wecom-go/wecom"
)

const (
	workers = 8                      // on each of two machines
	window  = 500 * time.Millisecond // that most checks fill
)

// saturate has workers on two machines call as fast as they can for as long as
// given, each with the next of reqs. It returns when they were let through.
func saturate(t *testing.T, d time.Duration, rig Rig, reqs ...wecom.LimitRequest) []time.Time {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	var (
		mu  sync.Mutex
		log []time.Time
		wg  sync.WaitGroup
	)
	for _, l := range []wecom.Limiter{rig.Machine(), rig.Machine()} {
		for i := range workers {
			wg.Go(func() {
				for n := i; ; n++ {
					release, err := l.Acquire(ctx, reqs[n%len(reqs)])
					at := time.Now()
					if err != nil {
						if !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, wecom.ErrRateLimited) {
							t.Errorf("Acquire: %v", err)
						}
						return
					}
					release()
					mu.Lock()
					log = append(log, at)
					mu.Unlock()
				}
			})
		}
	}
	wg.Wait()
	slices.SortFunc(log, time.Time.Compare)
	return log
}

// most returns the largest number of times in any window of length per.
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

// neverOver allows for calls that were seen a little after they had been let
// through.
func neverOver(t *testing.T, log []time.Time, limits ...wecom.Limit) {
	t.Helper()
	for _, l := range limits {
		if n := most(log, l.Per-slack); n > l.N {
			t.Errorf("%d calls within %v, want at most %d", n, l.Per, l.N)
		}
	}
}

// reaches tries a few times, because others use this machine, too.
func reaches(t *testing.T, windows int, l wecom.Limit, calls func() int) {
	t.Helper()
	want, got := windows*l.N*95/100, 0
	for range 3 {
		if got = calls(); got >= want {
			return
		}
	}
	t.Errorf("%d calls in %d windows of %d, want 95 %% of them: %d", got, windows, l.N, want)
}

func oneWindow(t *testing.T, start Starter) {
	l := limit(50, window)
	reaches(t, 6, l, func() int {
		// Each window may be held a little longer than it must; six have to begin.
		log := saturate(t, window*11/2, start(t), call(t, l))
		neverOver(t, log, l)
		return len(log)
	})
}

// anyStart finds windows that begin at fixed times, or with the first call.
func anyStart(t *testing.T, start Starter) {
	rig, l := start(t), limit(50, window)
	req := call(t, l)
	log := make([]time.Time, 0, l.N)
	must(t, rig.Machine(), req, 1)
	log = append(log, time.Now())
	pause(log[0].Add(window * 7 / 10))
	log = append(log, saturate(t, window*3/2, rig, req)...)
	neverOver(t, log, l)
	if len(log) < l.N {
		t.Errorf("%d calls, want at least the %d of one window", len(log), l.N)
	}
}

func severalWindows(t *testing.T, start Starter) {
	short, long := limit(20, window), limit(45, 5*window/2)
	log := saturate(t, 3*window, start(t), call(t, long, short))
	neverOver(t, log, short, long)
	if len(log) < long.N {
		t.Errorf("%d calls, want the %d of the longer window", len(log), long.N)
	}
}

func ipWindow(t *testing.T, start Starter) {
	own, shared := limit(20, window), limit(50, window)
	reaches(t, 4, shared, func() int {
		rig, first := start(t, shared), call(t, own)
		var reqs []wecom.LimitRequest
		for _, corp := range []string{"1", "2", "3", "4"} {
			req := first
			req.CorpID = "wwlimitertest" + corp
			reqs = append(reqs, req)
		}
		log := saturate(t, window*7/2, rig, reqs...)
		neverOver(t, log, shared)
		return len(log)
	})
}

func inFlight(t *testing.T, start Starter) {
	const limit, calls = 3, 24
	rig, req := start(t), call(t)
	req.Op.InFlight = limit
	ctx, cancel := context.WithTimeout(t.Context(), bound)
	defer cancel()
	var (
		mu        sync.Mutex
		now, most int
		wg        sync.WaitGroup
	)
	count := func(n int) {
		mu.Lock()
		defer mu.Unlock()
		now += n
		most = max(most, now)
	}
	for _, l := range []wecom.Limiter{rig.Machine(), rig.Machine()} {
		for range calls / 2 {
			wg.Go(func() {
				release, err := l.Acquire(ctx, req)
				if err != nil {
					t.Errorf("Acquire: %v", err)
					return
				}
				count(1)
				<-time.After(10 * time.Millisecond)
				count(-1)
				release()
			})
		}
	}
	wg.Wait()
	if most != limit {
		t.Errorf("%d calls in flight at once, want %d", most, limit)
	}
}

func inFlightWait(t *testing.T, start Starter) {
	rig, req := start(t), call(t, limit(2, time.Minute))
	req.Op.InFlight = 1
	release := must(t, rig.Machine(), req, 1)
	l := rig.Machine()
	if _, err := acquire(within(t, window), t, l, req); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("Acquire returned %v, want it to wrap context.DeadlineExceeded: nobody knows when a call ends", err)
	}
	passed := make(chan error, 1)
	go func() {
		_, err := l.Acquire(within(t, bound), req)
		passed <- err
	}()
	pause(time.Now().Add(slack))
	release()
	select {
	case err := <-passed:
		if err != nil {
			t.Fatalf("Acquire after a place came free: %v", err)
		}
	case <-time.After(soon):
		t.Fatal("Acquire waits on after a place came free")
	}
}

func backgroundWindow(t *testing.T, start Starter) {
	rig, req := start(t), call(t, limit(50, 3*window))
	job := req
	job.Background = true
	log := saturate(t, 2*window, rig, job)
	if len(log) > 45 || len(log) < 43 {
		t.Errorf("%d background calls of a limit of 50, want 45", len(log))
	}
	began := time.Now()
	must(t, rig.Machine(), req, 4)
	if time.Since(began) > window/2 {
		t.Log("this machine is too slow to tell whether a call went at once")
	}
	one := call(t, limit(1, time.Minute))
	one.Background = true
	must(t, rig.Machine(), one, 1) // not shut out for ever
}

func backgroundPlace(t *testing.T, start Starter) {
	rig, req := start(t), call(t)
	req.Op.InFlight = 2
	job := req
	job.Background = true
	must(t, rig.Machine(), job, 1)
	if _, err := acquire(within(t, window), t, rig.Machine(), job); err == nil {
		t.Fatal("a background call took the last place")
	}
	must(t, rig.Machine(), req, 1)()
	one := call(t)
	one.Op.InFlight, one.Background = 1, true
	must(t, rig.Machine(), one, 1) // not shut out for ever
}

func backgroundLast(t *testing.T, start Starter) {
	rig, req := start(t), call(t)
	req.Op.InFlight = 1
	l := rig.Machine()
	release := must(t, l, req, 1)
	const calls = 3
	order := make(chan bool, 2*calls)
	queue := func(background bool) {
		for range calls {
			go func() {
				req := req
				req.Background = background
				release, err := l.Acquire(within(t, bound), req)
				if err != nil {
					t.Errorf("Acquire: %v", err)
				} else {
					defer release()
				}
				order <- background
			}()
		}
		pause(time.Now().Add(slack))
	}
	queue(true)
	queue(false)
	release()
	for i := range 2 * calls {
		select {
		case background := <-order:
			if want := i >= calls; background != want {
				t.Fatalf("place %d went to a background call: %v, want %v", i+1, background, want)
			}
		case <-time.After(bound):
			t.Fatal("a place that came free is not taken")
		}
	}
}
