package wecom

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/wecomkit/wecom-go/internal/window"
)

type lineKey struct {
	base, path string
	owner      string // corp, or egress
	ip         bool   // which of the two
}

// A line is where the calls of one corp, or one IP, to one API are counted,
// and where they wait. Its times are distances from the limiter's start.
type line struct {
	key     lineKey
	windows []limitWindow // shortest first
	granted time.Duration // when the last call was let through

	foreground, background queue
	refs                   int // waiters that hold this line, in a queue or not

	// Only for a corp's line:
	inFlight    int    // calls under a cap that are not released yet
	release     func() // ends one of them
	closedUntil time.Duration
	closedFor   int // the window whose block that is, or was
}

type limitWindow struct {
	Limit
	calls window.Counter
}

func newLine(key lineKey, limits []Limit) *line {
	n := &line{key: key, windows: make([]limitWindow, 0, len(limits)), granted: -1}
	for _, limit := range limits {
		if limit.N > 0 && limit.Per > 0 {
			n.windows = append(n.windows, limitWindow{limit, window.New(limit.Per)})
		}
	}
	slices.SortStableFunc(n.windows, func(a, b limitWindow) int { return cmp.Compare(a.Per, b.Per) })
	return n
}

func (n *line) queue(background bool) *queue {
	if background {
		return &n.background
	}
	return &n.foreground
}

// head is the waiter who goes first, or nil.
func (n *line) head() *waiter {
	for _, p := range []*place{n.foreground.first, n.background.first} {
		if p != nil {
			return p.w
		}
	}
	return nil
}

// ahead is how many go before a call that comes now.
func (n *line) ahead(background bool) int {
	if background {
		return n.foreground.n + n.background.n
	}
	return n.foreground.n
}

// leave takes p out of the line. Whoever is first then looks whether it is
// their turn.
func (n *line) leave(p *place) {
	first := n.head() == p.w
	p.in.remove(p)
	if first {
		n.head().rouse()
	}
}

// when returns the earliest time at which the windows have room for the k-th
// call from now on; now if there is room at once.
func (n *line) when(now time.Duration, k int, background bool) time.Duration {
	at := now
	for i := range n.windows {
		w := &n.windows[i]
		limit := w.N
		if background {
			limit = max(limit-(limit+9)/10, 1)
		}
		at = max(at, w.calls.When(now, k, limit))
	}
	return at
}

// hasPlace reports whether one more call may be in flight under a cap; 0 is none.
func (n *line) hasPlace(limit int, background bool) bool {
	if background && limit > 1 {
		limit--
	}
	return limit <= 0 || n.inFlight < limit
}

func (n *line) count(now time.Duration) {
	for i := range n.windows {
		n.windows[i].calls.Add(now)
	}
	n.granted = now
}

// close closes the API after a refusal. WeCom does not say which limit was
// passed, so the first guess is the shortest. Only the refusal of a call that
// was let through after the API had opened again, and soon after, shows that
// it was a longer one: the calls that were on their way when it closed are all
// refused, and say nothing new.
func (n *line) close(now time.Duration, date time.Time) {
	again := n.closedUntil > 0 && n.granted >= n.closedUntil
	switch {
	case again && now-n.closedUntil <= n.blockedBy():
		n.closedFor = min(n.closedFor+1, max(len(n.windows)-1, 0))
	case again:
		n.closedFor = 0
	}
	const day = 24 * time.Hour
	block := n.blockedBy()
	switch {
	case block >= 28*day:
		block = 30 * day
	case block >= day:
		date = date.In(time.FixedZone("China", 8*60*60))
		y, m, d := date.Date()
		block = time.Date(y, m, d+1, 0, 0, 0, 0, date.Location()).Sub(date)
	}
	n.closedUntil = now + block
	for _, p := range []*place{n.foreground.first, n.background.first} {
		for ; p != nil; p = p.next {
			p.w.rouse() // most will not wait that long
		}
	}
}

// blockedBy is the length of the window that the API is, or was, closed for.
func (n *line) blockedBy() time.Duration {
	if len(n.windows) == 0 {
		return time.Minute
	}
	return max(n.windows[n.closedFor].Per, time.Minute)
}

// idle reports that nothing would be lost with the line.
func (n *line) idle(now time.Duration) bool {
	if n.refs > 0 || n.inFlight > 0 || n.closedUntil > 0 && now-n.closedUntil <= n.blockedBy() {
		return false
	}
	for i := range n.windows {
		if n.windows[i].calls.Sum(now) > 0 {
			return false
		}
	}
	return true
}

// A waiter is a call that could not be let through at once.
type waiter struct {
	req    LimitRequest
	corp   *line
	ip     *line
	inCorp place
	inIP   place              // taken while it is the first in corp and has room there
	wake   context.CancelFunc // ends the nap it takes
}

// rouse makes w look again. w may be nil.
func (w *waiter) rouse() {
	if w != nil && w.wake != nil {
		w.wake()
	}
}

// turn returns when w's turn is: now, later, or never unless it is woken. Only
// the first of a corp goes on to the line of the IP, once its corp's limits
// have room, so corps take turns there and nobody waits behind a closed API.
// Only the first in both lines is let through.
func (w *waiter) turn(now time.Duration) time.Duration {
	bg := w.req.Background
	at := never
	if w.corp.head() == w && w.corp.hasPlace(w.req.Op.InFlight, bg) {
		at = max(w.corp.closedUntil, w.corp.when(now, 1, bg))
	}
	if at > now {
		w.leaveIP()
		return at
	}
	if w.inIP.in == nil {
		w.ip.queue(bg).push(&w.inIP)
	}
	if w.ip.head() != w {
		return never
	}
	return w.ip.when(now, 1, bg)
}

func (w *waiter) leaveIP() {
	if w.inIP.in != nil {
		w.ip.leave(&w.inIP)
	}
}

// enter puts w at the end of its corp's line.
func (w *waiter) enter() {
	w.inCorp.w, w.inIP.w = w, w
	w.corp.queue(w.req.Background).push(&w.inCorp)
	w.corp.refs++
	w.ip.refs++
}

// leave takes w out of both lines for good.
func (w *waiter) leave() {
	w.leaveIP()
	w.corp.leave(&w.inCorp)
	w.corp.refs--
	w.ip.refs--
}
