package redisstore

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"github.com/wecomkit/wecom-go/wecom"
)

const (
	parts    = 100         // how finely a window is cut: 1 % of a limit is lost to that
	maxGuard = time.Second // see guardOf
	spare    = 100         // a 100th of each limit is kept for the first window of an outage
)

type lineKey struct {
	base, path string
	owner      string // corp, or egress
	ip         bool   // which of the two
}

// A line is what this process knows of the calls of one corp, or one IP, to one
// API. Redis counts them.
type line struct {
	key     lineKey
	windows []limitWindow // shortest first
	refs    int           // desks and others that use it now

	// Only for a corp's line:
	desks       []*desk // one for each IP from which it calls
	blockKey    string
	placesKey   string
	inFlight    int           // places that this process holds
	closedUntil time.Duration // as last heard
	owesRefusal bool          // Redis was not told of
	freed       []string      // places that Redis was not told of

	// Only for an IP's line: while it is full, one desk at a time asks for room.
	full      bool
	fullUntil time.Duration
	turn      chan struct{} // holds one value while a desk has its turn

	alone         *aloneCounts  // nil unless there is or was an outage just now
	cautiousUntil time.Duration // Redis had lost something
}

type limitWindow struct {
	wecom.Limit

	key    string
	part   time.Duration
	guard  time.Duration
	shared int // what all processes together may use through Redis
	share  int // what this process may use without
	known  knowledge
	own    counter // calls let through without Redis
	debt   counter // those of them that it was not told of
}

// knowledge is what Redis said of a window, and when.
type knowledge struct {
	id, total int64
	sum       int           // calls of all processes
	at        time.Duration // 0 is never
	until     time.Duration // then the last of those calls counts no more
	partial   bool          // others may not have told yet what they did without Redis
}

// guardOf is how much longer than its window a call is counted. A call reaches
// WeCom some time after it was let through, and not always the same time; it
// must not meet those of the next window there.
func guardOf(per time.Duration) time.Duration { return min(per/40, maxGuard) }

// linesOf returns the two lines that a call stands in. mu is held.
func (l *Limiter) linesOf(req wecom.LimitRequest) (corp, ip *line) {
	l.sweep()
	key := lineKey{base: req.BaseURL, path: req.Op.Path, owner: req.CorpID}
	corp, ok := l.lines[key]
	if !ok {
		limits := req.Op.Limits
		if len(limits) == 0 {
			limits = l.perCorp
		}
		corp = l.addLine(key, limits)
	}
	key.owner, key.ip = req.Egress, true
	ip, ok = l.lines[key]
	if !ok {
		ip = l.addLine(key, l.perIP)
		ip.turn = make(chan struct{}, 1)
	}
	return corp, ip
}

func (l *Limiter) addLine(key lineKey, limits []wecom.Limit) *line {
	name := l.prefix + "limit:{" + key.path + "@" + hashed(key.base) + "}:"
	if key.ip {
		name += "ip:" + hashed(key.owner) // may be the address of a proxy with its password
	} else {
		name += "corp:" + key.owner
	}
	n := &line{key: key, blockKey: name + ":block", placesKey: name + ":places"}
	for _, limit := range limits {
		if limit.N <= 0 || limit.Per <= 0 {
			continue
		}
		kept := l.processes * (limit.N / spare / l.processes)
		n.windows = append(n.windows, limitWindow{
			Limit:  limit,
			key:    name + ":" + limit.Per.String(),
			part:   (limit.Per/parts + time.Microsecond).Truncate(time.Microsecond),
			guard:  guardOf(limit.Per),
			shared: limit.N - kept,
			share:  limit.N / l.processes,
		})
	}
	slices.SortFunc(n.windows, func(a, b limitWindow) int {
		return cmp.Or(cmp.Compare(a.Per, b.Per), cmp.Compare(a.N, b.N))
	})
	n.windows = slices.CompactFunc(n.windows, func(a, b limitWindow) bool { return a.Per == b.Per })
	for i := range n.windows {
		w := &n.windows[i]
		w.own, w.debt = w.counter(), w.counter()
	}
	l.lines[key] = n
	l.all = append(l.all, n)
	l.added++
	return n
}

func hashed(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:6])
}

func (w *limitWindow) counter() counter { return counter{part: w.part, held: w.Per + w.guard} }

// held is how long a call counts at most.
func (w *limitWindow) held() time.Duration { return w.Per + w.guard + w.part }

// below takes a tenth off for background calls.
func below(limit int, background bool) int {
	if !background || limit < 1 {
		return limit
	}
	return max(limit-(limit+9)/10, 1)
}

// learn keeps what Redis said about a window at a time.
func (w *limitWindow) learn(k knowledge) {
	if k.at >= w.known.at {
		w.known = k
	}
}

// used is how many calls all processes may have made in the window that ends
// at a time, as far as this process can know, but no more than Redis lets
// through. What the others did since it last heard, the shorter windows bound.
func (n *line) used(i int, at time.Duration) int {
	w := &n.windows[i]
	if w.known.at == 0 || w.known.partial || i == 0 {
		return w.shared
	}
	seen, since := w.known.sum, w.shared
	if at >= w.known.until {
		seen = 0
	}
	for _, shorter := range n.windows[:i] {
		rounds := 1 + int((at-w.known.at)/shorter.Per)
		since = min(since, rounds*shorter.N)
	}
	return min(seen+since, w.shared)
}

// blockFor is for how long the API is closed if nobody but this process knows.
func (n *line) blockFor() time.Duration {
	if len(n.windows) == 0 {
		return time.Minute
	}
	return max(n.windows[0].Per, time.Minute)
}

// owes reports whether there is something to tell Redis. A refusal is worth
// telling while it has the API closed.
func (n *line) owes(now time.Duration) bool {
	n.owesRefusal = n.owesRefusal && n.closedUntil > now
	if n.owesRefusal || len(n.freed) > 0 {
		return true
	}
	for i := range n.windows {
		if n.windows[i].debt.sum(now) > 0 {
			return true
		}
	}
	return false
}

// idle reports that nothing would be lost with the line.
func (n *line) idle(now time.Duration) bool {
	if n.refs > 0 || n.inFlight > 0 || n.closedUntil > now || n.cautiousUntil > now || n.alone != nil || n.owes(now) {
		return false
	}
	for i := range n.windows {
		if w := &n.windows[i]; w.known.at > 0 && now-w.known.at < w.held() {
			return false
		}
	}
	return true
}

// sweep looks at one line, and at two more for each that was added since, and
// forgets those that are idle. mu is held.
func (l *Limiter) sweep() {
	now := l.now()
	looks := 1 + 2*l.added
	l.added = 0
	for ; looks > 0 && len(l.all) > 0; looks-- {
		l.hand %= len(l.all)
		n := l.all[l.hand]
		l.settleDown(n, now)
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

// A counter counts calls in a window, in the same parts as Redis does. Its
// times do not go backwards. Its zero value has no length: see
// [limitWindow.counter].
type counter struct {
	part, held time.Duration
	n          int
	used       []slot // parts with calls, oldest first
}

type slot struct {
	part int64
	n    int
}

func (c *counter) add(now time.Duration, n int) {
	if n <= 0 {
		return
	}
	c.sum(now) // forgets
	part := int64(now / c.part)
	if last := len(c.used) - 1; last >= 0 && c.used[last].part >= part {
		c.used[last].n += n
	} else {
		c.used = append(c.used, slot{part, n})
	}
	c.n += n
}

// copied returns a counter of the same calls.
func (c *counter) copied() counter {
	other := *c
	other.used = slices.Clone(c.used)
	return other
}

// sum returns how many calls count now.
func (c *counter) sum(now time.Duration) int {
	i := 0
	for i < len(c.used) && c.end(c.used[i]) <= now {
		c.n -= c.used[i].n
		i++
	}
	c.used = slices.Delete(c.used, 0, i)
	return c.n
}

// when returns the earliest time at which fewer than limit calls count.
func (c *counter) when(now time.Duration, limit int) time.Duration {
	over, at := c.sum(now)+1-limit, now
	for _, s := range c.used {
		if over <= 0 {
			break
		}
		over -= s.n
		at = c.end(s)
	}
	return at
}

// end is when the calls of s stop counting.
func (c *counter) end(s slot) time.Duration { return time.Duration(s.part+1)*c.part + c.held }
