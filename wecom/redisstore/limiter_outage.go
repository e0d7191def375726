package redisstore

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

const (
	firstProbe = 250 * time.Millisecond // after the outage began
	lastProbe  = time.Second            // between probes in a long one
	atOnce     = 16                     // debts that are paid, lest those of thousands of corps take longer than the caution
)

// An outage is a time in which Redis does not answer this process, and the
// moment after it.
//
// Why no window holds too many calls, P being the number of processes, N the
// limit, and K the calls of each N that Redis never lets through (see
// limitWindow.shared; a P-th of K is a whole number):
//
//   - Until the outage begins, at most N-K calls of a window were let through,
//     all by Redis. Each process then knows a bound B of those (see line.used),
//     at most N-K, and adds (N-B)/P at most while any of them may count. That
//     makes N.
//   - Once none of them counts, each process adds N/P at most. That makes N.
//   - What a process added in an earlier outage is a part of what it may add
//     now, as long as it counts.
//   - When Redis answers again, a process tells it what it has let through
//     meanwhile. Others may need some time to notice, and to tell. So long, and
//     then as long as they need for a question, each process is cautious: a call
//     must be within its own N/P and be let through by Redis. Before the others
//     have told, that makes N; after that, Redis knows all.
//   - If Redis has lost what it knew, the same holds: the first one to notice
//     tells it what all had used when it last heard, and so does each other one,
//     and the largest counts. All are cautious as after an outage.
type outage struct {
	on       bool
	number   int           // of outages
	since    time.Duration // when the latest was noticed
	cautious time.Duration // until when, after it
	corp     *line         // whose question failed: it is asked for again
	err      error
}

// mode is how calls are decided.
type mode int

const (
	together mode = iota // by Redis
	cautious             // by Redis, and within this process's part
	alone                // within this process's part
)

// mode returns how calls in these lines are decided now. mu is held.
func (l *Limiter) mode(now time.Duration, lines ...*line) mode {
	if l.outage.on {
		return alone
	}
	m := together
	for _, n := range lines {
		if l.settleDown(n, now); n.alone != nil || now < l.outage.cautious {
			m = cautious
		}
	}
	return m
}

// settleDown ends the caution of a line when its time is over.
func (l *Limiter) settleDown(n *line, now time.Duration) {
	if !l.outage.on && now >= l.outage.cautious && now >= n.cautiousUntil {
		n.alone = nil
	}
}

// caution is how long other processes may need to notice that Redis is back,
// and to tell it what they did meanwhile.
func (l *Limiter) caution() time.Duration { return lastProbe + 2*l.timeout }

// aloneCounts are the calls that this process let through in an outage and
// just after it, with those of earlier outages that still count. It begins as
// full as makes room for no more than what may be added to the calls before.
type aloneCounts struct {
	outage  int
	windows []counter
}

// aloneOf returns the counts of a line in the present outage. mu is held.
func (l *Limiter) aloneOf(n *line, now time.Duration) *aloneCounts {
	if n.alone == nil || n.alone.outage != l.outage.number {
		since := now
		if l.outage.on || now < l.outage.cautious {
			since = l.outage.since
		}
		n.alone = l.newAlone(n, since)
	}
	return n.alone
}

func (l *Limiter) newAlone(n *line, since time.Duration) *aloneCounts {
	a := &aloneCounts{outage: l.outage.number}
	for i := range n.windows {
		w := &n.windows[i]
		c := w.own.copied()
		c.add(since, w.share-(w.N-n.used(i, since))/l.processes)
		a.windows = append(a.windows, c)
	}
	return a
}

// alone decides about calls as far as this process has its own part of their
// limits, and counts those that it lets through. mu is held.
func (l *Limiter) alone(d *desk, q question, now time.Duration) answer {
	if l.outage.on && d.corp.closedUntil > now {
		return answer{why: closed, pause: d.corp.closedUntil - now}
	}
	room, why, at := q.want, open, now
	if l.outage.on && q.inFlight > 0 {
		places := max(q.inFlight/l.processes, 1)
		if q.background && places > 1 {
			places--
		}
		if room = min(room, places-d.corp.inFlight); room <= 0 {
			return answer{why: byPlace}
		}
	}
	for _, n := range []*line{d.corp, d.ip} {
		counts := l.aloneOf(n, now)
		for i := range n.windows {
			w, c := &n.windows[i], &counts.windows[i]
			limit := below(w.share, q.background)
			if limit == 0 {
				return l.noShare(now)
			}
			free := limit - c.sum(now)
			if free <= 0 {
				at, why = max(at, c.when(now, limit)), byCorp
			}
			room = min(room, max(free, 0))
		}
	}
	if room > 0 {
		l.countAlone(d, now, room)
	}
	if !l.outage.on && room == 0 && q.want > 0 { // Redis will be trusted before
		at = min(at, max(l.outage.cautious, d.corp.cautiousUntil, d.ip.cautiousUntil))
	}
	return answer{granted: room, why: why, pause: at - now}
}

// noShare answers for a limit that is smaller than the number of processes.
func (l *Limiter) noShare(now time.Duration) answer {
	if l.outage.on {
		return answer{why: noShare, pause: lastProbe}
	}
	return answer{why: byCorp, pause: max(l.outage.cautious-now, placePoll)}
}

func (l *Limiter) countAlone(d *desk, now time.Duration, calls int) {
	for _, n := range []*line{d.corp, d.ip} {
		for i := range n.windows {
			n.alone.windows[i].add(now, calls)
			if l.outage.on {
				n.windows[i].own.add(now, calls)
				n.windows[i].debt.add(now, calls)
			}
		}
	}
}

// fail begins an outage. mu is held.
func (l *Limiter) fail(err error, corp *line) {
	if l.outage.on || l.closed {
		return
	}
	l.outage = outage{on: true, number: l.outage.number + 1, since: l.now(), corp: corp, err: err}
	corp.refs++
	l.running.Go(l.endure)
}

// endure says that there is an outage, and waits for its end.
func (l *Limiter) endure() {
	l.mu.Lock()
	corp := l.outage.corp
	l.mu.Unlock()
	l.say()
	for wait := firstProbe; ; wait = min(2*wait, lastProbe) {
		if pause(l.ctx, wait) != nil {
			return
		}
		if l.probe(corp) == nil {
			break
		}
	}
	l.back()
	l.say()
}

// say says whether there is an outage, unless that is what it said last. The
// next outage may have begun before the end of this one is said.
func (l *Limiter) say() {
	l.saying.Lock()
	defer l.saying.Unlock()
	l.mu.Lock()
	on, err := l.outage.on, l.outage.err
	l.mu.Unlock()
	if on == l.said {
		return
	}
	l.said = on
	if on {
		l.logger.LogAttrs(l.ctx, slog.LevelWarn, "redisstore: limits are kept without Redis, in part",
			slog.Int("processes", l.processes), slog.Any("err", err))
	} else {
		l.logger.LogAttrs(l.ctx, slog.LevelInfo, "redisstore: limits are kept with Redis again")
	}
	l.notify(on)
}

// probe asks Redis whether it takes what belongs to a line.
func (l *Limiter) probe(corp *line) error {
	_, err := askWithin(l.ctx, l.timeout, "a probe", nil, func(ctx context.Context) (string, error) {
		return l.client.Set(ctx, corp.blockKey+":probe", 1, time.Minute).Result()
	})
	return err
}

// back ends the outage and tells Redis what was done in it. That may begin
// another one.
func (l *Limiter) back() {
	l.mu.Lock()
	now := l.now()
	l.outage.on, l.outage.cautious = false, now+l.caution()
	l.outage.corp.refs--
	var owing []*line
	for _, n := range l.all {
		if n.owes(now) {
			n.refs++
			owing = append(owing, n)
		}
	}
	for _, d := range l.desks {
		d.wake()
	}
	l.mu.Unlock()

	next := make(chan *line)
	var payers sync.WaitGroup
	for range min(atOnce, len(owing)) {
		payers.Go(func() {
			for n := range next {
				l.pay(n)
			}
		})
	}
	for _, n := range owing {
		next <- n
	}
	close(next)
	payers.Wait()

	l.mu.Lock()
	defer l.mu.Unlock()
	for _, n := range owing {
		n.refs--
	}
}

// pay tells Redis what a line owes, unless there is another outage: then later.
func (l *Limiter) pay(n *line) {
	if l.Degraded() {
		return
	}
	if _, err := l.askRedis(question{}, 0, n); err != nil {
		return
	}
	l.mu.Lock()
	refused, freed := n.owesRefusal, n.freed
	n.freed = nil
	l.mu.Unlock()
	var err error
	if len(freed) > 0 {
		_, err = askWithin(l.ctx, l.timeout, "freeing places in flight", nil, func(ctx context.Context) (int64, error) {
			return l.client.ZRem(ctx, n.placesKey, freed).Result()
		})
	}
	pause := time.Duration(0)
	if err == nil && refused {
		pause, err = l.refuse(l.ctx, n)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		n.freed = append(n.freed, freed...)
		l.fail(err, n)
	} else if refused {
		n.owesRefusal, n.closedUntil = false, l.now()+pause
	}
}

// lost makes this process cautious about a line of which Redis had lost
// something. mu is held.
func (l *Limiter) lost(n *line, now time.Duration) {
	if n.cautiousUntil <= now {
		l.logger.LogAttrs(l.ctx, slog.LevelWarn, "redisstore: Redis had lost some counts and was told them",
			slog.String("api", n.key.path))
	}
	n.cautiousUntil = now + l.caution()
	if now >= l.outage.cautious || n.alone == nil || n.alone.outage != l.outage.number {
		n.alone = l.newAlone(n, now)
	}
}
