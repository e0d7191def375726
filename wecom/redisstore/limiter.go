package redisstore

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/wecomkit/wecom-go/wecom"
)

// A Limiter is a [wecom.Limiter] for many processes: together they keep the
// limits that a [wecom.LocalLimiter] keeps for one. In no window, wherever it
// starts, are more calls let through by all of them than its limit, and under
// full load more than 95 % of it is used. Time is that of Redis, so the clocks
// of the machines do not matter.
//
// The calls of one process that wait for the same limit stand in one line, in
// the order in which they came, and one question at a time is asked for the
// whole line: however many goroutines wait, Redis hears from each process once
// when room comes free, and once a second until then; while they wait for a
// place in flight, forty times a second. That is also how soon those who wait on
// another machine hear of a refusal. Among processes room goes to whoever asks
// first. A place in flight is held by a lease: if its holder dies, it comes free
// by itself.
//
// # Without Redis
//
// A question that Redis does not answer within half a second (see
// [LimiterTimeout]) begins an outage. The limiter says so (see
// [Limiter.Degraded], [LimiterOnDegraded], [WithLogger]) and goes on by itself
// with a part of each limit, as large as the number of processes is said to
// allow: an eighth unless [LimiterProcesses] says otherwise. Calls under a limit
// smaller than that number fail. Nothing waits for Redis meanwhile, but one
// goroutine that asks it once a second until it answers or the limiter is
// closed. So that no window that reaches into the outage holds too many calls,
// the part is smaller at first: what each process may add is what it knows to
// have been left, divided by the number of processes. In the first minute that
// is no more than a hundredth of a limit by the minute, which is kept aside for
// that and for nothing else.
//
// When Redis answers again, each process tells it what it let through
// meanwhile, and keeps to its own part for two more seconds, so that all others
// have told by then. The same way it comes to terms with a Redis that has lost
// what it knew, by a restart, a flush or a fail-over: every process remembers
// how many calls of all processes it saw counted.
//
// That keeps every limit through whatever happens to Redis alone, as long as
// there are no more processes than [LimiterProcesses] says. But nobody knows of
// a process that died in an outage before it told what it let through, nor can a
// process know that others still reach a Redis that it does not, or that there
// was an outage while it had nothing to ask: each adds its part of a limit at
// most. And what Redis has lost counts again when a process that saw it counted
// calls that API again; with appendonly yes a restart loses nothing. Calls in
// flight are not counted over an outage: each process may then have its part of
// a cap, and one at least.
//
// # Keys
//
// What one decision needs is under one hash tag, made of the server and the
// path of the API, because the limits of a corp and those of its IP must hold
// at once. A Redis Cluster spreads the APIs, and keeps all corps of one together.
// Each window in use takes two kilobytes at most, and each key ends by itself
// when it is not needed any more.
//
// A Limiter is safe for concurrent use.
type Limiter struct {
	limiterSettings

	client   redis.UniversalClient
	decision *redis.Script
	refusal  *redis.Script
	returns  *redis.Script
	renewal  *redis.Script
	start    time.Time // all other times are distances from here
	name     string    // begins the names of this process's leases
	ctx      context.Context
	stop     context.CancelFunc // by Close
	running  sync.WaitGroup
	watch    func(at time.Time, calls int) // by tests

	saying sync.Mutex // guards said; before mu
	said   bool       // that there is an outage

	mu     sync.Mutex // guards what follows, with every desk, line and waiter
	closed bool
	leases int64 // named so far
	desks  map[deskKey]*desk
	lines  map[lineKey]*line
	all    []*line // the values of lines, for sweep
	hand   int     // next in all to look at
	added  int     // lines since the last sweep
	outage outage
}

var _ wecom.Limiter = (*Limiter)(nil)

type limiterSettings struct {
	settings

	common         []Option
	perCorp, perIP []wecom.Limit
	processes      int
	timeout, lease time.Duration
	notify         func(degraded bool)
}

// A LimiterOption changes how [NewLimiter] builds a limiter. Every [Option] is
// one.
type LimiterOption interface{ limiter(s *limiterSettings) }

func (o Option) limiter(s *limiterSettings) { s.common = append(s.common, o) }

type limiterOption func(*limiterSettings)

func (o limiterOption) limiter(s *limiterSettings) { o(s) }

// LimiterPerCorp replaces the windows of each corp and API, for operations
// without limits of their own. Without an argument there are none.
func LimiterPerCorp(limits ...wecom.Limit) LimiterOption {
	return limiterOption(func(s *limiterSettings) { s.perCorp = slices.Clone(limits) })
}

// LimiterPerIP replaces the windows of each IP and API. Without an argument
// there are none. Processes that reach WeCom from different addresses say so
// with [wecom.WithEgress].
func LimiterPerIP(limits ...wecom.Limit) LimiterOption {
	return limiterOption(func(s *limiterSettings) { s.perIP = slices.Clone(limits) })
}

// LimiterThirdParty allows each IP what WeCom allows the servers of a
// third-party provider: 40,000 calls of one API a minute and 1,200,000 an hour.
func LimiterThirdParty() LimiterOption {
	return LimiterPerIP(wecom.Limit{N: 40_000, Per: time.Minute}, wecom.Limit{N: 1_200_000, Per: time.Hour})
}

// LimiterProcesses says how many processes share the limits, at most; 8 unless
// it is said. It is the part of each limit that one process may use while
// Redis does not answer.
func LimiterProcesses(n int) LimiterOption {
	return limiterOption(func(s *limiterSettings) { s.processes = n })
}

// LimiterTimeout replaces half a second as the time in which Redis must answer.
func LimiterTimeout(d time.Duration) LimiterOption {
	return limiterOption(func(s *limiterSettings) { s.timeout = d })
}

// LimiterLease replaces half a minute as the time after which a place in flight
// comes free when the process that held it has died. It is renewed as long as
// the call takes.
func LimiterLease(d time.Duration) LimiterOption {
	return limiterOption(func(s *limiterSettings) { s.lease = d })
}

// LimiterOnDegraded calls f with true when an outage begins and with false when
// Redis is back, one after the other. f must return soon.
func LimiterOnDegraded(f func(degraded bool)) LimiterOption {
	return limiterOption(func(s *limiterSettings) { s.notify = f })
}

// NewLimiter returns a limiter with the official limits, and asks Redis
// nothing yet. [Limiter.Close] ends what it may have begun.
func NewLimiter(client redis.UniversalClient, opts ...LimiterOption) (*Limiter, error) {
	s := limiterSettings{
		perCorp:   []wecom.Limit{{N: 10_000, Per: time.Minute}, {N: 150_000, Per: time.Hour}},
		perIP:     []wecom.Limit{{N: 20_000, Per: time.Minute}, {N: 600_000, Per: time.Hour}},
		processes: 8,
		timeout:   500 * time.Millisecond,
		lease:     30 * time.Second,
		notify:    func(bool) {},
	}
	for _, opt := range opts {
		opt.limiter(&s)
	}
	var err error
	if s.settings, err = newSettings(client, s.common); err != nil {
		return nil, err
	}
	switch {
	case s.processes < 1:
		return nil, fmt.Errorf("redisstore: LimiterProcesses(%d): want at least one", s.processes)
	case s.timeout <= 0:
		return nil, fmt.Errorf("redisstore: LimiterTimeout(%v): want some time", s.timeout)
	case s.lease < time.Millisecond:
		return nil, fmt.Errorf("redisstore: LimiterLease(%v): want a millisecond at least", s.lease)
	case s.notify == nil:
		return nil, errors.New("redisstore: LimiterOnDegraded(nil)")
	}
	l := &Limiter{
		limiterSettings: s,
		client:          client,
		decision:        redis.NewScript(decideScript),
		refusal:         redis.NewScript(refuseScript),
		returns:         redis.NewScript(returnScript),
		renewal:         redis.NewScript(renewPlaceScript),
		start:           systemClock{}.Now().Add(-time.Second), // 0 is never
		name:            rand.Text() + ":",
		desks:           make(map[deskKey]*desk),
		lines:           make(map[lineKey]*line),
	}
	l.ctx, l.stop = context.WithCancel(context.Background())
	return l, nil
}

// Close ends what the limiter does in the background and waits for it. Calls
// that wait fail, and so does every later one. The Redis client stays open.
func (l *Limiter) Close() error {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.stop()
	l.running.Wait()
	return nil
}

var errClosed = errors.New("the limiter is closed")

// Degraded reports whether the limiter does without Redis.
func (l *Limiter) Degraded() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.outage.on
}

// Acquire implements [wecom.Limiter].
func (l *Limiter) Acquire(ctx context.Context, req wecom.LimitRequest) (release func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, waiting(req, err)
	}
	w, err := l.enter(ctx, req)
	if err != nil {
		return nil, err
	}
	select {
	case <-w.decided:
	case <-ctx.Done():
		if l.leave(w) {
			return nil, waiting(req, ctx.Err())
		}
		<-w.decided // at this moment
	}
	return w.release, w.err
}

// waiting is the error of a call that waited in vain.
func waiting(req wecom.LimitRequest, err error) error {
	return fmt.Errorf("wecom: %s: waiting for the client rate limit: %w", req.Op.Path, err)
}

// limited is the error of a call that may come again at a known time.
func (l *Limiter) limited(req wecom.LimitRequest, msg string, at time.Duration) error {
	return &wecom.Error{Op: req.Op, Code: wecom.CodeAPIFreqLimit, Msg: msg, RetryAt: l.date(at), Client: true}
}

// Refused implements [wecom.Limiter].
func (l *Limiter) Refused(ctx context.Context, req wecom.LimitRequest) (retryAt time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	corp, _ := l.linesOf(req)
	if !l.outage.on {
		corp.refs++
		l.mu.Unlock()
		pause, err := l.refuse(context.WithoutCancel(ctx), corp)
		l.mu.Lock()
		corp.refs--
		if err == nil {
			corp.closedUntil = l.now() + pause
			l.wake(corp)
			return l.date(corp.closedUntil)
		}
		l.fail(err, corp)
	}
	if now := l.now(); corp.closedUntil <= now {
		corp.closedUntil = now + corp.blockFor()
	}
	corp.owesRefusal = true
	l.wake(corp)
	return l.date(corp.closedUntil)
}

// now returns the time since the start. It goes by the system's clock, as
// Redis does, and not by one that a test has stopped.
func (l *Limiter) now() time.Duration { return time.Since(l.start) }

// date returns the clock's time for at.
func (l *Limiter) date(at time.Duration) time.Time { return l.clock.Now().Add(at - l.now()) }
