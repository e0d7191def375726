package wecom

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"
)

// A LocalLimiter keeps the official limits (D/90312) for one process, so that
// WeCom need not: each call of one corp to one API falls under the windows of
// that pair, 10,000 a minute and 150,000 an hour or [Operation.Limits], under
// [Operation.InFlight], and under the windows of its IP for that API over all
// corps, 20,000 a minute and 600,000 an hour. An API is a path at a base URL;
// the first Operation that calls it decides its windows.
//
// In no window of these lengths, wherever it starts, are more calls let
// through than its limit; under full load 99 % of the limit is used. A call
// that has to wait is counted when it is let through, not before, so one that
// gives up costs nothing.
//
// # Who goes first
//
// Calls of one corp to one API go in the order in which they came, and corps
// that wait for the limit of a shared IP take turns. Background calls, made by
// a client from [Client.Background], wait behind all others, and only get
// through while less than nine tenths of every window is used, and while two
// places are free under an in-flight cap (of more than one). So however much a
// background job sends, the last tenth and one place stay free for the person
// who is waiting for a page: that call goes out at once. A job that is not
// marked as background shares the same order with everybody.
//
// # When WeCom refuses
//
// After an errcode 45009 the API is closed for that corp: for a minute, or as
// long as its shortest window of its own. If it is refused again after it
// opened and within the same time, the next longer window must be the full
// one, and it is closed for that: an hour, the rest of the day in China, or 30
// days. Meanwhile calls fail with [ErrRateLimited] and RetryAt, or wait if
// they asked to ([Retry.WaitBlock]).
//
// A LocalLimiter is safe for concurrent use, starts no goroutine and needs no
// Close. It forgets a corp's API once its longest window is empty.
type LocalLimiter struct {
	clock   Clock
	start   time.Time // line times are distances from here
	perCorp []Limit
	perIP   []Limit

	mu    sync.Mutex // guards all below, with every line and waiter
	last  time.Duration
	lines map[lineKey]*line
	all   []*line // the values of lines, for sweep
	hand  int     // next in all to look at
	added int     // lines since the last sweep
}

var _ Limiter = (*LocalLimiter)(nil)

// A LimiterOption changes how [NewLimiter] builds a limiter.
type LimiterOption func(*LocalLimiter)

// LimiterClock replaces the system clock, in tests.
func LimiterClock(k Clock) LimiterOption {
	return func(l *LocalLimiter) { l.clock = k }
}

// LimiterPerCorp replaces the windows of each corp and API, for operations
// without limits of their own. Without an argument there are none.
func LimiterPerCorp(limits ...Limit) LimiterOption {
	return func(l *LocalLimiter) { l.perCorp = slices.Clone(limits) }
}

// LimiterPerIP replaces the windows of each IP and API. Without an argument
// there are none.
func LimiterPerIP(limits ...Limit) LimiterOption {
	return func(l *LocalLimiter) { l.perIP = slices.Clone(limits) }
}

// LimiterThirdParty allows each IP what WeCom allows the servers of a
// third-party provider: 40,000 calls of one API a minute and 1,200,000 an hour.
func LimiterThirdParty() LimiterOption {
	return LimiterPerIP(Limit{40_000, time.Minute}, Limit{1_200_000, time.Hour})
}

// NewLimiter returns a limiter with the official limits. Every client has one
// of its own unless [WithLimiter] says otherwise: clients of one corp, or
// behind one IP, should share one.
func NewLimiter(opts ...LimiterOption) *LocalLimiter {
	l := &LocalLimiter{
		clock:   systemClock{},
		perCorp: []Limit{{10_000, time.Minute}, {150_000, time.Hour}},
		perIP:   []Limit{{20_000, time.Minute}, {600_000, time.Hour}},
		lines:   make(map[lineKey]*line),
	}
	for _, opt := range opts {
		opt(l)
	}
	l.start = l.clock.Now()
	return l
}

// Acquire implements [Limiter].
func (l *LocalLimiter) Acquire(ctx context.Context, req LimitRequest) (release func(), err error) {
	l.mu.Lock()
	now := l.now()
	l.sweep(now)
	corp, ip := l.linesOf(req)
	if ctx.Err() == nil && corp.ahead(req.Background) == 0 && ip.ahead(req.Background) == 0 &&
		corp.closedUntil <= now && corp.hasPlace(req.Op.InFlight, req.Background) &&
		corp.when(now, 1, req.Background) == now && ip.when(now, 1, req.Background) == now {
		defer l.mu.Unlock()
		return l.grant(corp, ip, req.Op.InFlight, now), nil
	}
	w := &waiter{req: req, corp: corp, ip: ip}
	err = l.enqueue(ctx, w, now)
	l.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return l.wait(ctx, w)
}

// Refused implements [Limiter].
func (l *LocalLimiter) Refused(_ context.Context, req LimitRequest) (retryAt time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	corp, _ := l.linesOf(req)
	if corp.closedUntil <= now {
		corp.close(now, l.clock.Now())
	}
	return l.date(corp.closedUntil, now)
}

// never is the time of what only another call's end can bring about.
const never = time.Duration(math.MaxInt64)

// now returns the time since the start. It never goes back, even if the clock does.
func (l *LocalLimiter) now() time.Duration {
	l.last = max(l.last, l.clock.Now().Sub(l.start))
	return l.last
}

// date returns the clock's time for at.
func (l *LocalLimiter) date(at, now time.Duration) time.Time {
	return l.clock.Now().Add(at - now)
}

// linesOf returns the two lines that a call stands in.
func (l *LocalLimiter) linesOf(req LimitRequest) (corp, ip *line) {
	key := lineKey{base: req.BaseURL, path: req.Op.Path, owner: req.CorpID}
	corp, ok := l.lines[key]
	if !ok {
		limits := req.Op.Limits
		if len(limits) == 0 {
			limits = l.perCorp
		}
		corp = l.add(key, limits)
	}
	key.owner, key.ip = req.Egress, true
	ip, ok = l.lines[key]
	if !ok {
		ip = l.add(key, l.perIP)
	}
	return corp, ip
}

func (l *LocalLimiter) add(key lineKey, limits []Limit) *line {
	n := newLine(key, limits)
	l.lines[key] = n
	l.all = append(l.all, n)
	l.added++
	return n
}

// sweep looks at one line, and at two more for each that was added since, and
// forgets those that are idle. That is fast enough to keep at most about twice
// the lines in use, and a call never pays for more than a few looks.
func (l *LocalLimiter) sweep(now time.Duration) {
	looks := 1 + 2*l.added
	l.added = 0
	for ; looks > 0 && len(l.all) > 0; looks-- {
		l.hand %= len(l.all)
		n := l.all[l.hand]
		if !n.idle(now) {
			l.hand++
			continue
		}
		last := len(l.all) - 1
		l.all[l.hand], l.all[last] = l.all[last], nil
		l.all = l.all[:last]
		delete(l.lines, n.key)
	}
}

// grant counts a call and returns its release.
func (l *LocalLimiter) grant(corp, ip *line, inFlight int, now time.Duration) func() {
	corp.count(now)
	ip.count(now)
	if inFlight <= 0 {
		return noRelease
	}
	corp.inFlight++
	if corp.release == nil {
		corp.release = func() {
			l.mu.Lock()
			defer l.mu.Unlock()
			corp.inFlight--
			corp.head().rouse()
		}
	}
	return corp.release
}

func noRelease() {}

// enqueue puts w at the end of its corp's line, unless it is known now that
// its turn comes too late.
func (l *LocalLimiter) enqueue(ctx context.Context, w *waiter, now time.Duration) error {
	bg := w.req.Background
	at := max(
		w.corp.when(now, w.corp.ahead(bg)+1, bg),
		w.ip.when(now, w.ip.ahead(bg)+1, bg),
	)
	if err := l.refusal(ctx, w, at, now); err != nil {
		return err
	}
	w.enter()
	return nil
}

// wait returns when w had its turn or gave up.
func (l *LocalLimiter) wait(ctx context.Context, w *waiter) (release func(), err error) {
	for done := false; !done; {
		nap, wake := context.WithCancel(ctx)
		l.mu.Lock()
		w.wake = wake
		now := l.now()
		at := w.turn(now)
		if err = l.refusal(ctx, w, at, now); err == nil && at == now {
			release = l.grant(w.corp, w.ip, w.req.Op.InFlight, now)
		}
		if done = err != nil || at == now; done {
			w.leave()
		}
		l.mu.Unlock()
		switch {
		case done:
		case at == never:
			<-nap.Done()
		default:
			_ = l.clock.Sleep(nap, at-now) // on time or woken: look again
		}
		wake()
	}
	return release, err
}

// refusal says why w, whose turn is at the given time, should not wait for it.
func (l *LocalLimiter) refusal(ctx context.Context, w *waiter, at, now time.Duration) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("wecom: %s: waiting for the client rate limit: %w", w.req.Op.Path, err)
	}
	msg := "ctx ends before there is room"
	closed := w.corp.closedUntil > now
	if closed && (at == never || !w.req.WaitBlock) {
		at = w.corp.closedUntil
	}
	if closed && !w.req.WaitBlock {
		msg = "the API is closed since WeCom answered 45009"
	} else if deadline, ok := ctx.Deadline(); !ok || at == never || at-now < time.Until(deadline) {
		return nil // ctx follows the system's clock, which need not be l's
	}
	return &Error{Op: w.req.Op, Code: CodeAPIFreqLimit, Msg: msg, RetryAt: l.date(at, now), Client: true}
}
