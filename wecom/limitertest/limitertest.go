// Package limitertest checks that a [wecom.Limiter] keeps what it promises. Run
// it from a test of your limiter:
//
//	func TestLimiter(t *testing.T) {
//		limitertest.Run(t, func(t *testing.T, perIP ...wecom.Limit) limitertest.Rig {
//			l := mylimiter.New(…, perIP)
//			return limitertest.Rig{Machine: func() wecom.Limiter { return l }}
//		})
//	}
//
// The checks take a few seconds of real time, because a limiter that lives on
// another machine has no other. They run in parallel and tolerate a busy
// machine; what can be said exactly of a limiter belongs into tests of its own.
package limitertest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wecomkit/wecom-go/wecom"
)

// A Rig is what one check works with.
type Rig struct {
	// Machine returns a limiter. All of one rig count together, each like the
	// limiter of another process; a limiter for one process returns itself.
	Machine func() wecom.Limiter

	// Pass lets time go by for all of them at once. Without it nothing is
	// checked that comes after a block, which is a minute at least.
	Pass func(d time.Duration)
}

// A Starter returns a rig that has counted nothing yet, with these windows for
// each IP; without any there are none.
type Starter func(t *testing.T, perIP ...wecom.Limit) Rig

const (
	soon  = 2 * time.Second        // what happens at once, on a busy machine
	bound = 5 * time.Second        // whatever takes longer hangs
	slack = 100 * time.Millisecond // how much later than it happened a busy test may see something
)

// Run checks the limiters that start makes.
func Run(t *testing.T, start Starter) {
	t.Helper()
	checks := []struct {
		name  string
		check func(*testing.T, Starter)
	}{
		{"no window holds more than its limit and nearly all is used", oneWindow},
		{"a window starts anywhere", anyStart},
		{"several windows at once", severalWindows},
		{"the windows of an IP hold for all corps", ipWindow},
		{"calls are kept apart by server, path, corp and egress", keptApart},
		{"a call that is not let through is counted nowhere", allOrNothing},
		{"a call under no limit goes at once", unlimited},
		{"a deadline before there is room fails at once", deadline},
		{"a deadline after there is room waits", patience},
		{"a ctx that has ended is not let through", endedContext},
		{"a ctx that ends meanwhile ends the wait", cancelledWait},
		{"no more calls in flight than the cap", inFlight},
		{"a place in flight is waited for as long as ctx lasts", inFlightWait},
		{"background calls leave a tenth of a window", backgroundWindow},
		{"background calls leave a place in flight", backgroundPlace},
		{"background calls go behind all others", backgroundLast},
		{"a refusal closes the API for that corp", refusal},
		{"a refusal reaches those who wait", refusalWaiters},
		{"a closed API opens again", reopens},
		{"who is refused late says nothing new", refusedLate},
		{"a refusal long after a block is a new one", refusedAnew},
		{"a long block ends when WeCom says", longBlocks},
	}
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.check(t, start)
		})
	}
}

// call returns a call of an API of its own, should rigs share more than they
// ought to.
func call(t *testing.T, limits ...wecom.Limit) wecom.LimitRequest {
	t.Helper()
	if len(limits) == 0 {
		limits = []wecom.Limit{{N: 1 << 30, Per: time.Minute}}
	}
	return wecom.LimitRequest{
		Op:      wecom.Operation{Method: "GET", Path: fmt.Sprintf("/limitertest/%d", time.Now().UnixNano()), Limits: limits},
		BaseURL: "https://limitertest.example.com",
		CorpID:  "wwlimitertest1",
	}
}

func limit(n int, per time.Duration) wecom.Limit { return wecom.Limit{N: n, Per: per} }

func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// acquire is Acquire, but ends the test if that hangs.
func acquire(ctx context.Context, t *testing.T, l wecom.Limiter, req wecom.LimitRequest) (release func(), err error) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		release, err = l.Acquire(ctx, req)
	}()
	select {
	case <-done:
		return release, err
	case <-time.After(bound + soon):
		t.Fatal("Acquire hangs")
		return nil, nil
	}
}

// must lets n calls through, all of which have room.
func must(t *testing.T, l wecom.Limiter, req wecom.LimitRequest, n int) (release func()) {
	t.Helper()
	ctx := within(t, soon)
	for i := range n {
		var err error
		if release, err = acquire(ctx, t, l, req); err != nil {
			t.Fatalf("Acquire of call %d of %d, for which there is room: %v", i+1, n, err)
		}
		if release == nil {
			t.Fatal("Acquire returned neither an error nor a release function")
		}
	}
	return release
}

// refused checks that err is the limiter's own refusal of req, and that it
// names a time to come back near at.
func refused(t *testing.T, err error, req wecom.LimitRequest, at time.Time) {
	t.Helper()
	e, ok := errors.AsType[*wecom.Error](err)
	if !ok {
		t.Fatalf("Acquire returned %v, want a *wecom.Error", err)
	}
	if !errors.Is(err, wecom.ErrRateLimited) || !e.Client {
		t.Errorf("the error %v does not match ErrRateLimited with Client set", err)
	}
	if e.Op.Path != req.Op.Path {
		t.Errorf("the error names the operation %q, want %q", e.Op.Path, req.Op.Path)
	}
	if d := e.RetryAt.Sub(at); d < -soon || d > soon {
		t.Errorf("RetryAt is off by %v, want %v", d, at)
	}
}

func unlimited(t *testing.T, start Starter) {
	l, req := start(t).Machine(), call(t)
	for range 50 {
		must(t, l, req, 1)() // each may be released once
	}
}

func deadline(t *testing.T, start Starter) {
	rig, req := start(t), call(t, limit(5, 10*time.Second))
	began := time.Now()
	must(t, rig.Machine(), req, 5)
	for _, l := range []wecom.Limiter{rig.Machine(), rig.Machine()} {
		_, err := acquire(within(t, 4*time.Second), t, l, req)
		if time.Since(began) > soon {
			t.Fatal("Acquire waited for a deadline that was too early")
		}
		refused(t, err, req, began.Add(10*time.Second))
	}
}

func patience(t *testing.T, start Starter) {
	const per = 500 * time.Millisecond
	rig, req := start(t), call(t, limit(5, per))
	must(t, rig.Machine(), req, 5)
	began := time.Now()
	if _, err := acquire(within(t, bound), t, rig.Machine(), req); err != nil {
		t.Fatalf("Acquire with enough time: %v", err)
	}
	if d := time.Since(began); d < per-slack-slack || d > per+soon {
		t.Errorf("Acquire waited for %v, want about %v", d, per)
	}
}

func endedContext(t *testing.T, start Starter) {
	l, req := start(t).Machine(), call(t, limit(1, time.Minute))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 3 {
		if _, err := acquire(ctx, t, l, req); !errors.Is(err, context.Canceled) {
			t.Fatalf("Acquire returned %v, want it to wrap context.Canceled", err)
		}
	}
	must(t, l, req, 1)
}

func cancelledWait(t *testing.T, start Starter) {
	const per = time.Second
	rig, req := start(t), call(t, limit(5, per))
	must(t, rig.Machine(), req, 5)
	began := time.Now()
	failed := make(chan error)
	const waiters = 8
	l := rig.Machine()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for range waiters {
		go func() {
			_, err := l.Acquire(ctx, req)
			failed <- err
		}()
	}
	time.AfterFunc(per/4, cancel)
	for range waiters {
		select {
		case err := <-failed:
			if !errors.Is(err, context.Canceled) {
				t.Errorf("Acquire returned %v, want it to wrap context.Canceled", err)
			}
		case <-time.After(bound):
			t.Fatal("Acquire goes on waiting after ctx ended")
		}
	}
	if d := time.Since(began); d > per/4+soon {
		t.Errorf("Acquire returned %v after ctx ended", d-per/4)
	}
	pause(began.Add(per + slack))
	must(t, rig.Machine(), req, 5) // those who gave up were not counted
}

func keptApart(t *testing.T, start Starter) {
	tests := []struct {
		name   string
		other  func(*wecom.LimitRequest)
		shared bool
	}{
		{"nothing differs", func(*wecom.LimitRequest) {}, true},
		{"egress of one corp", func(r *wecom.LimitRequest) { r.Egress = "proxy" }, true},
		{"corp behind one egress", func(r *wecom.LimitRequest) { r.CorpID = "wwlimitertest2" }, true},
		{"corp and egress", func(r *wecom.LimitRequest) { r.CorpID, r.Egress = "wwlimitertest2", "proxy" }, false},
		{"server", func(r *wecom.LimitRequest) { r.BaseURL = "https://limitertest.example.org" }, false},
		{"path", func(r *wecom.LimitRequest) { r.Op.Path += "/more" }, false},
	}
	for _, tt := range tests {
		rig, req := start(t, limit(5, time.Minute)), call(t, limit(5, time.Minute))
		must(t, rig.Machine(), req, 5)
		tt.other(&req)
		_, err := acquire(within(t, bound), t, rig.Machine(), req)
		if shared := err != nil; shared != tt.shared {
			t.Errorf("%s: the calls share a limit: %v, want %v (%v)", tt.name, shared, tt.shared, err)
		}
	}
}

func allOrNothing(t *testing.T, start Starter) {
	const per = time.Second
	rig, req := start(t, limit(10, per)), call(t, limit(10, time.Minute))
	one, two := req, req
	two.CorpID = "wwlimitertest2"
	began := time.Now()
	must(t, rig.Machine(), one, 10) // all of one's minute, and of the IP's second
	for range 20 {                  // no room at the IP
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		_, err := acquire(ctx, t, rig.Machine(), two)
		cancel()
		if err == nil {
			t.Fatal("a call was let through without room at its IP")
		}
	}
	pause(began.Add(per + slack))
	for range 20 { // no room for the corp
		if _, err := acquire(within(t, soon), t, rig.Machine(), one); err == nil {
			t.Fatal("a call was let through without room for its corp")
		}
	}
	must(t, rig.Machine(), two, 10)
}

func refusal(t *testing.T, start Starter) {
	rig, req := start(t), call(t, limit(100, 10*time.Second))
	other := req
	other.CorpID = "wwlimitertest2"
	l := rig.Machine()
	must(t, l, req, 1)()
	opens := time.Now().Add(time.Minute)
	for range 3 { // those under way are refused, too
		if got := l.Refused(t.Context(), req).Sub(opens); got < -soon || got > soon {
			t.Fatalf("Refused returned a time that is %v from a minute from now", got)
		}
	}
	for _, l := range []wecom.Limiter{l, rig.Machine()} {
		for _, wait := range []bool{false, true} {
			req := req
			req.WaitBlock = wait
			_, err := acquire(within(t, 30*time.Second), t, l, req)
			refused(t, err, req, opens)
		}
		must(t, l, other, 1)
	}
	if time.Until(opens) < time.Minute-3*soon {
		t.Error("Acquire waited for an API that it knew to be closed")
	}
}

func refusalWaiters(t *testing.T, start Starter) {
	rig, req := start(t), call(t, limit(1, time.Minute))
	here, there := rig.Machine(), rig.Machine()
	must(t, here, req, 1)
	var told atomic.Int32
	failed := make(chan error)
	waiting := 0
	for _, l := range []wecom.Limiter{here, there} {
		for range 4 {
			waiting++
			go func() {
				_, err := l.Acquire(t.Context(), req)
				told.Add(1)
				failed <- err
			}()
		}
	}
	pause(time.Now().Add(slack))
	if n := told.Load(); n > 0 {
		t.Fatalf("%d calls did not wait", n)
	}
	here.Refused(t.Context(), req)
	opens := time.Now().Add(time.Minute)
	for range waiting {
		select {
		case err := <-failed:
			refused(t, err, req, opens)
		case <-time.After(bound):
			t.Fatal("a call that does not wait out blocks waits on after a refusal")
		}
	}
}

func reopens(t *testing.T, start Starter) {
	rig, req := start(t), call(t, limit(1000, 10*time.Second), limit(10_000, time.Hour))
	if rig.Pass == nil {
		return
	}
	here, there := rig.Machine(), rig.Machine()
	must(t, here, req, 1)
	here.Refused(t.Context(), req)
	passed := make(chan error, 1)
	go func() {
		req := req
		req.WaitBlock = true
		_, err := there.Acquire(within(t, 10*time.Minute), req)
		passed <- err
	}()
	pause(time.Now().Add(slack))
	rig.Pass(59 * time.Second)
	if _, err := acquire(within(t, soon), t, there, req); err == nil {
		t.Fatal("the API was open before its minute was over")
	}
	select {
	case err := <-passed:
		t.Fatalf("WaitBlock ended before the block did: %v", err)
	default:
	}
	rig.Pass(5 * time.Second)
	select {
	case err := <-passed:
		if err != nil {
			t.Fatalf("waiting out the block: %v", err)
		}
	case <-time.After(bound):
		t.Fatal("WaitBlock did not end with the block")
	}
	must(t, here, req, 1)
	opens := there.Refused(t.Context(), req) // as soon as it opened: it was the hour
	_, err := acquire(within(t, soon), t, here, req)
	refused(t, err, req, opens)
	rig.Pass(59 * time.Minute)
	if _, err := acquire(within(t, soon), t, there, req); err == nil {
		t.Fatal("the API was open before its hour was over")
	}
	rig.Pass(2 * time.Minute)
	must(t, there, req, 1)
}

func refusedLate(t *testing.T, start Starter) {
	rig, req := start(t), call(t, limit(1000, 10*time.Second), limit(10_000, time.Hour))
	if rig.Pass == nil {
		return
	}
	here, there := rig.Machine(), rig.Machine()
	must(t, here, req, 1)
	here.Refused(t.Context(), req)
	rig.Pass(40 * time.Second)
	there.Refused(t.Context(), req) // it was on its way when the API closed
	rig.Pass(25 * time.Second)
	must(t, here, req, 1)

	req.Op.Path += "/more"
	must(t, here, req, 1)
	here.Refused(t.Context(), req)
	rig.Pass(65 * time.Second)
	there.Refused(t.Context(), req) // it was on its way for longer: nothing was let through since
	if _, err := acquire(within(t, soon), t, here, req); err == nil {
		t.Fatal("the API is open after a refusal")
	}
	rig.Pass(65 * time.Second)
	must(t, here, req, 1)
}

func refusedAnew(t *testing.T, start Starter) {
	rig, req := start(t), call(t, limit(1000, 10*time.Second), limit(10_000, time.Hour))
	if rig.Pass == nil {
		return
	}
	here, there := rig.Machine(), rig.Machine()
	for range 2 { // a minute, and then an hour
		must(t, here, req, 1)
		here.Refused(t.Context(), req)
		rig.Pass(65 * time.Second)
	}
	if _, err := acquire(within(t, soon), t, there, req); err == nil {
		t.Fatal("the API is open in the hour of its block")
	}
	rig.Pass(3 * time.Hour)
	must(t, there, req, 1)
	there.Refused(t.Context(), req)
	rig.Pass(65 * time.Second)
	must(t, here, req, 1)
}

func longBlocks(t *testing.T, start Starter) {
	const day = 24 * time.Hour
	rig := start(t)
	y, m, d := time.Now().In(time.FixedZone("China", 8*60*60)).Date()
	for per, opens := range map[time.Duration]time.Time{
		day:      time.Date(y, m, d+1, 0, 0, 0, 0, time.FixedZone("China", 8*60*60)),
		30 * day: time.Now().Add(30 * day),
	} {
		req := call(t, limit(1000, per))
		must(t, rig.Machine(), req, 1)
		if got := rig.Machine().Refused(t.Context(), req).Sub(opens); got < -soon || got > soon {
			t.Errorf("the block of a limit for %v ends %v from %v", per, got, opens)
		}
	}
}

// pause waits until at.
func pause(at time.Time) { <-time.After(time.Until(at)) }
