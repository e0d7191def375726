package redisstore

import (
	"container/list"
	"context"
	"slices"
	"time"

	"github.com/wecomkit/wecom-go/wecom"
)

const (
	batch     = 64                    // calls in one question: more would not let other processes have a share
	longNap   = time.Second           // nobody waits longer without asking what is new
	placePoll = 25 * time.Millisecond // between questions for a place: nobody knows when a call ends
)

// why a call is not let through; see limiter_decide.lua.
type reason int

const (
	open    reason = iota
	byCorp         // no room in the corp's windows
	byIP           // no room in the IP's windows
	byPlace        // too many calls in flight
	closed         // WeCom answered 45009
	lost           // Redis had lost something: ask again, more cautiously
	noShare        // an outage, and too small a limit to be shared
)

type deskKey struct{ base, path, corp, egress string }

// A desk is where the calls of one corp to one API from one IP wait. While
// anybody does, one goroutine asks for all of them.
type desk struct {
	key        deskKey
	corp, ip   *line
	foreground list.List // of *waiter
	background list.List
	running    bool
	hasTurn    bool               // at the IP; only its goroutine changes it
	news       bool               // ask, even if there is no room as far as is known
	rouse      context.CancelFunc // ends a nap; nil before the first

	// When there may be room, as last heard, for calls and for background calls.
	at, backgroundAt time.Duration
	pollAt           time.Duration // when to ask for a place again: nobody knows when there is one
}

// A waiter is one call of Acquire.
type waiter struct {
	req      wecom.LimitRequest
	deadline time.Duration // of its ctx; 0 is none
	desk     *desk
	place    *list.Element // nil once it is decided
	decided  chan struct{} // closed then
	release  func()
	err      error
}

func (d *desk) line(background bool) *list.List {
	if background {
		return &d.background
	}
	return &d.foreground
}

// first returns who goes first, or nil.
func (d *desk) first() *waiter {
	for _, line := range []*list.List{&d.foreground, &d.background} {
		if e := line.Front(); e != nil {
			w, _ := e.Value.(*waiter)
			return w
		}
	}
	return nil
}

// wake ends the desk's nap. mu is held.
func (d *desk) wake() {
	if d.rouse != nil {
		d.rouse()
	}
	d.news = true
}

// earliest is when the call may have its turn that has this many before it:
// as many as fit a window may go when there is room, the same number again one
// window later, and so on.
func (d *desk) earliest(now time.Duration, ahead int, background bool) time.Duration {
	first := max(now, d.at, d.corp.closedUntil)
	if background {
		first = max(first, d.backgroundAt)
	}
	if d.ip.full {
		first = max(first, d.ip.fullUntil)
	}
	at := first
	for i := range d.corp.windows {
		w := &d.corp.windows[i]
		at = max(at, first+time.Duration(ahead/below(w.N, background))*w.Per)
	}
	return at
}

// tooLate says why a call, whose turn is at the earliest at the given time,
// should not wait for it. mu is held.
func (l *Limiter) tooLate(w *waiter, now, at time.Duration) error {
	isClosed := w.desk.corp.closedUntil > now
	switch {
	case isClosed && !w.req.WaitBlock:
		return l.limited(w.req, "the API is closed since WeCom answered 45009", w.desk.corp.closedUntil)
	case w.deadline > 0 && w.deadline <= at && at > now:
		return l.limited(w.req, "ctx ends before there is room", at)
	default:
		return nil
	}
}

// enter puts a call at the end of its line, unless it is known now that its
// turn comes too late.
func (l *Limiter) enter(ctx context.Context, req wecom.LimitRequest) (*waiter, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, waiting(req, errClosed)
	}
	key := deskKey{req.BaseURL, req.Op.Path, req.CorpID, req.Egress}
	d, ok := l.desks[key]
	if !ok {
		corp, ip := l.linesOf(req)
		corp.refs++
		ip.refs++
		d = &desk{key: key, corp: corp, ip: ip}
		corp.desks = append(corp.desks, d)
		l.desks[key] = d
	}
	now := l.now()
	w := &waiter{req: req, desk: d, decided: make(chan struct{})}
	if deadline, ok := ctx.Deadline(); ok {
		w.deadline = now + max(time.Until(deadline), 1)
	}
	if ok { // what it knows is new
		ahead := d.foreground.Len()
		if req.Background {
			ahead += d.background.Len()
		}
		if err := l.refusalOf(w, now, ahead); err != nil {
			return nil, err
		}
	}
	w.place = d.line(req.Background).PushBack(w)
	switch {
	case !d.running:
		d.running = true
		l.running.Go(func() { l.serve(d) })
	case !req.Background && d.foreground.Len() == 1:
		d.wake() // it may wait for a background call
	}
	return w, nil
}

func (l *Limiter) refusalOf(w *waiter, now time.Duration, ahead int) error {
	return l.tooLate(w, now, w.desk.earliest(now, ahead, w.req.Background))
}

// leave takes a call out of its line. It returns false if it is decided.
func (l *Limiter) leave(w *waiter) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if w.place == nil {
		return false
	}
	l.decide(w, nil, nil)
	if w.desk.first() == nil {
		w.desk.wake()
	}
	return true
}

// decide ends the wait of w. mu is held.
func (l *Limiter) decide(w *waiter, release func(), err error) {
	w.desk.line(w.req.Background).Remove(w.place)
	w.place, w.release, w.err = nil, release, err
	close(w.decided)
}

// serve asks for those who wait at d until nobody does.
func (l *Limiter) serve(d *desk) {
	defer l.giveTurn(d)
	for {
		todo, ok := l.next(d)
		if !ok {
			return
		}
		if todo.nap > 0 {
			_ = pause(todo.ctx, min(todo.nap, longNap))
			todo.cancel()
			continue
		}
		if todo.cancel != nil {
			if !l.takeTurn(todo.ctx, d) {
				todo.want = 0 // others ask for room: ask only whether the API is closed
			}
			todo.cancel()
		}
		l.answer(d, todo.question, l.ask(d, todo.question))
	}
}

// A question is what is asked for the first of a line and those behind it.
type question struct {
	want       int
	inFlight   int // the cap
	background bool
}

// A todo is the next step at a desk: to nap, or to ask, the latter after
// taking a turn if there is a ctx.
type todo struct {
	question

	nap    time.Duration
	ctx    context.Context
	cancel context.CancelFunc
}

// next returns what to do at d, and false if nobody waits there any more.
func (l *Limiter) next(d *desk) (t todo, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx.Err() != nil {
		l.giveUp(d, func(w *waiter, _ int) error { return waiting(w.req, errClosed) })
	}
	w := d.first()
	if w == nil {
		d.running = false
		d.corp.refs--
		d.ip.refs--
		d.corp.desks = slices.DeleteFunc(d.corp.desks, func(other *desk) bool { return other == d })
		delete(l.desks, d.key)
		return t, false
	}
	now := l.now()
	at := d.at
	if w.req.Background {
		at = max(at, d.backgroundAt)
	}
	if d.hasTurn && d.ip.full {
		at = max(at, d.ip.fullUntil)
	}
	at = max(at, d.pollAt)
	asks := d.news // after a nap, however short it was
	d.news = false
	if at > now && !asks {
		t.nap, d.news = at-now, true
	}
	if t.nap > 0 || d.ip.full && !d.hasTurn {
		t.ctx, t.cancel = context.WithCancel(l.ctx)
		d.rouse = t.cancel
	}
	t.background, t.inFlight = w.req.Background, w.req.Op.InFlight
	for e := d.line(t.background).Front(); e != nil && t.want < batch; e = e.Next() {
		if w, _ := e.Value.(*waiter); w.req.Op.InFlight != t.inFlight {
			break
		}
		t.want++
	}
	return t, true
}

// takeTurn waits until d may ask for room at its IP, while that is full. It
// returns false if it is roused, or that takes long.
func (l *Limiter) takeTurn(ctx context.Context, d *desk) bool {
	timer := time.NewTimer(longNap)
	defer timer.Stop()
	select {
	case d.ip.turn <- struct{}{}:
		d.hasTurn = true
		return true
	case <-timer.C:
	case <-ctx.Done():
	}
	return false
}

func (l *Limiter) giveTurn(d *desk) {
	if d.hasTurn {
		d.hasTurn = false
		<-d.ip.turn
	}
}

// An answer is what came of a question.
type answer struct {
	granted int
	why     reason        // not more
	pause   time.Duration // until there may be more
	at      time.Time     // when they were let through
	redis   *receipt      // nil if Redis was not asked
	lease   int64         // number of the first
}

// answer tells those who wait at d what came of q.
func (l *Limiter) answer(d *desk, q question, a answer) {
	l.mu.Lock()
	now := l.now()
	left := a.granted
	for e := d.line(q.background).Front(); e != nil && left > 0; e = d.line(q.background).Front() {
		w, _ := e.Value.(*waiter)
		if w.req.Op.InFlight != q.inFlight {
			break
		}
		l.decide(w, l.place(d.corp, q.inFlight, a.lease+int64(a.granted-left), a.redis != nil), nil)
		left--
	}
	if l.watch != nil {
		l.watch(a.at, a.granted-left)
	}
	at := now + a.pause
	switch a.why {
	case open, lost:
	case byPlace:
		d.pollAt = now + placePoll
	case byIP:
		d.ip.full, d.ip.fullUntil = true, at
	case noShare:
		l.giveUp(d, func(w *waiter, _ int) error {
			return l.limited(w.req, "Redis does not answer, and the limit is too small to be shared", at)
		})
	default:
		if d.backgroundAt = at; !q.background {
			d.at = at
		}
	}
	if a.why != open && a.why != byPlace && a.why != lost {
		l.giveUp(d, func(w *waiter, ahead int) error { return l.refusalOf(w, now, ahead) })
	}
	if d.hasTurn && a.why != byIP {
		d.ip.full = false
		defer l.giveTurn(d)
	}
	l.mu.Unlock()
	if left > 0 && a.redis != nil {
		l.giveBack(d, q, a, left)
	}
}

// giveUp ends the wait of everybody at d for whom why has an error. mu is held.
func (l *Limiter) giveUp(d *desk, why func(w *waiter, ahead int) error) {
	ahead := 0
	for _, line := range []*list.List{&d.foreground, &d.background} {
		for e := line.Front(); e != nil; {
			w, _ := e.Value.(*waiter)
			e = e.Next()
			if err := why(w, ahead); err != nil {
				l.decide(w, nil, err)
			} else {
				ahead++
			}
		}
	}
}
