package redisstore

import (
	"context"
	_ "embed"
	"fmt"
	"strconv"
	"sync"
	"time"
)

//go:embed limiter_decide.lua
var decideScript string

//go:embed limiter_refuse.lua
var refuseScript string

//go:embed limiter_return.lua
var returnScript string

//go:embed limiter_renew.lua
var renewPlaceScript string

// A receipt is what Redis needs to take a grant back.
type receipt struct {
	at  int64   // Redis' time of the grant, in microseconds
	ids []int64 // of the windows
}

func receiptOf(r []int64) *receipt {
	got := &receipt{at: r[4]}
	for r = r[headLength:]; len(r) > 0; r = r[windowLength:] {
		got.ids = append(got.ids, r[0])
	}
	return got
}

const (
	headLength   = 5 // of the answer of limiter_decide.lua
	windowLength = 5
)

// ask asks Redis, or decides without it.
func (l *Limiter) ask(d *desk, q question) answer {
	l.mu.Lock()
	now := l.now()
	mode := l.mode(now, d.corp, d.ip)
	lease := l.leases
	l.leases += int64(q.want)
	if mode != together {
		a := l.alone(d, q, now)
		a.lease, a.at = lease, l.date(now)
		if mode == alone || a.granted < min(q.want, 1) {
			l.mu.Unlock()
			return a
		}
		q.want = a.granted
	}
	l.mu.Unlock()

	r, err := l.askRedis(q, lease, d.corp, d.ip)
	if err != nil {
		return answer{why: lost} // ask again: not of Redis then
	}
	r.lease = lease
	return r
}

// askRedis has Redis decide about calls that stand in these lines, the first
// of which is the corp's. It tells Redis what it was not told yet, too. If that
// fails an outage begins.
func (l *Limiter) askRedis(q question, lease int64, lines ...*line) (answer, error) {
	l.mu.Lock()
	sent := l.now()
	corp := lines[0]
	keys := []string{corp.blockKey, corp.placesKey}
	limit := q.inFlight
	if q.background && limit > 1 {
		limit--
	}
	args := []any{q.want, limit, l.lease.Microseconds(), l.name, lease, len(corp.windows)}
	var windows []*limitWindow
	var debts []int
	for _, n := range lines {
		n.refs++
		for i := range n.windows {
			w := &n.windows[i]
			k := w.known
			if sent >= k.until {
				k = knowledge{}
			}
			debt := w.debt.sum(sent)
			w.debt = w.counter()
			windows, debts = append(windows, w), append(debts, debt)
			keys = append(keys, w.key)
			args = append(args, w.Per.Microseconds(), w.part.Microseconds(), w.guard.Microseconds(),
				below(w.shared, q.background), k.id, k.total, k.sum, debt)
		}
	}
	l.mu.Unlock()

	tooLate := func(r []int64) {
		if len(r) > 0 && r[0] > 0 {
			l.takeBack(corp, windows, receiptOf(r), int(r[0]), lease, limit)
		}
	}
	r, err := askWithin(l.ctx, l.timeout, "asking for calls", tooLate, func(ctx context.Context) ([]int64, error) {
		r, err := l.decision.Run(ctx, l.client, keys, args...).Int64Slice()
		if err == nil && len(r) != headLength+len(windows)*windowLength {
			err = fmt.Errorf("an answer of %d numbers", len(r))
		}
		return r, err
	})

	l.mu.Lock()
	defer l.mu.Unlock()
	for _, n := range lines {
		n.refs--
	}
	if err != nil {
		for i, w := range windows {
			w.debt.add(l.now(), debts[i])
		}
		l.fail(err, corp)
		return answer{}, err
	}
	return l.hear(r, sent, lines), nil
}

// hear learns from Redis' answer. mu is held.
func (l *Limiter) hear(r []int64, sent time.Duration, lines []*line) answer {
	now := l.now()
	micros := func(n int64) time.Duration { return time.Duration(n) * time.Microsecond }
	a := answer{granted: int(r[0]), why: reason(r[1]), pause: micros(r[2]), at: time.UnixMicro(r[4]), redis: receiptOf(r)}
	if corp := lines[0]; !corp.owesRefusal {
		corp.closedUntil = 0
		if r[3] > 0 {
			corp.closedUntil = now + micros(r[3])
		}
	}
	r = r[headLength:]
	for _, n := range lines {
		for i := range n.windows {
			n.windows[i].learn(knowledge{
				id: r[0], total: r[1], sum: int(r[2]), at: sent, until: sent + micros(r[3]),
				partial: r[4] > 0 || now < max(l.outage.cautious, n.cautiousUntil),
			})
			if r[4] > 0 {
				l.lost(n, now)
			}
			r = r[windowLength:]
		}
	}
	return a
}

// takeBack has Redis forget calls that were let through for nobody. If that
// fails they count, which does no harm.
func (l *Limiter) takeBack(corp *line, windows []*limitWindow, got *receipt, n int, lease int64, limit int) {
	keys, args := []string{corp.placesKey}, []any{n, got.at, l.leaseName(lease)}
	for i, w := range windows {
		keys = append(keys, w.key)
		args = append(args, got.ids[i], w.part.Microseconds())
	}
	for i := range n {
		if limit > 0 {
			args = append(args, l.leaseName(lease+int64(i)))
		}
	}
	_, _ = askWithin(l.ctx, l.timeout, "giving calls back", nil, func(ctx context.Context) (int, error) {
		return l.returns.Run(ctx, l.client, keys, args...).Int()
	})
}

// giveBack takes back the last n that were let through with a.
func (l *Limiter) giveBack(d *desk, q question, a answer, n int) {
	var windows []*limitWindow
	for _, line := range []*line{d.corp, d.ip} {
		for i := range line.windows {
			windows = append(windows, &line.windows[i])
		}
	}
	l.takeBack(d.corp, windows, a.redis, n, a.lease+int64(a.granted-n), q.inFlight)
}

// refuse closes the API for a corp, and returns for how long.
func (l *Limiter) refuse(ctx context.Context, corp *line) (time.Duration, error) {
	args := make([]any, 0, len(corp.windows))
	for i := range corp.windows {
		args = append(args, corp.windows[i].Per.Microseconds())
	}
	n, err := askWithin(ctx, l.timeout, "closing an API", nil, func(ctx context.Context) (int64, error) {
		return l.refusal.Run(ctx, l.client, []string{corp.blockKey}, args...).Int64()
	})
	return time.Duration(n) * time.Microsecond, err
}

func (l *Limiter) leaseName(n int64) string { return l.name + strconv.FormatInt(n, 10) }

// A place is held by a call in flight, under a lease that is renewed until it
// is released.
type place struct {
	l     *Limiter
	corp  *line
	name  string
	known bool       // to Redis
	mu    sync.Mutex // guards what follows; held while Redis is asked
	timer *time.Timer
	over  bool
}

// place returns what releases a call that Redis let through or, if known is
// false, does not know of. l.mu is held.
func (l *Limiter) place(corp *line, limit int, lease int64, known bool) (release func()) {
	if limit <= 0 {
		return func() {}
	}
	corp.inFlight++
	p := &place{l: l, corp: corp, name: l.leaseName(lease), known: known}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.timer = time.AfterFunc(l.lease/3, p.renew)
	return p.release
}

func (p *place) renew() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over || p.l.ctx.Err() != nil {
		return
	}
	p.ask("holding a place in flight", func(ctx context.Context) error {
		return p.l.renewal.Run(ctx, p.l.client, []string{p.corp.placesKey}, p.name, p.l.lease.Microseconds()).Err()
	})
	p.timer.Reset(p.l.lease / 3)
}

func (p *place) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over {
		return
	}
	p.over = true
	p.timer.Stop()
	told := p.ask("freeing a place in flight", func(ctx context.Context) error {
		return p.l.client.ZRem(ctx, p.corp.placesKey, p.name).Err()
	})
	p.l.mu.Lock()
	defer p.l.mu.Unlock()
	if !told && p.known && p.l.outage.on { // else the lease ends by itself
		p.corp.freed = append(p.corp.freed, p.name)
	}
	p.corp.inFlight--
	p.l.wake(p.corp)
}

// ask asks Redis, unless there is an outage, and reports whether it did.
func (p *place) ask(what string, f func(context.Context) error) bool {
	if p.l.Degraded() {
		return false
	}
	_, err := askWithin(p.l.ctx, p.l.timeout, what, nil, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, f(ctx)
	})
	if err != nil {
		p.l.mu.Lock()
		defer p.l.mu.Unlock()
		p.l.fail(err, p.corp)
	}
	return err == nil
}

// wake has all look again who wait for a corp. mu is held.
func (l *Limiter) wake(corp *line) {
	for _, d := range corp.desks {
		d.wake()
	}
}
