package wecomtest

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Limits are how often and how many at once each corp, suite and provider may
// call. A new server
// has none, unless [WithOfficialLimits] asks for WeCom's: on a slow machine
// they would only make tests unsteady.
//
// A call over a limit is answered 45009, and so is every call of that API
// until the block ends that WeCom documents: 60 seconds for a window of up to
// a minute, 60 minutes for one of up to an hour, the rest of the day in China
// for one of up to a day, and else 30 days. Windows slide; those of a day
// begin at midnight in China. A call that is refused does not count.
type Limits struct {
	s *Server

	mu       sync.Mutex // guards all below
	official bool
	windows  map[string][]limitWindow // by path; what Set has set
	parallel map[string]int           // by path; what InFlight has set
	records  map[string][]string      // by path; what OneAtATime has set
	lines    map[limitLine]*limitCount
	busy     map[limitLine]int            // calls in flight
	touched  map[limitLine]map[string]int // records that a call in flight changes
}

// limitWindow allows N calls in any time of length Per.
type limitWindow struct {
	N   int
	Per time.Duration
}

// limitLine is whose calls are counted together: a corp's, an app's, or an
// address's.
type limitLine struct {
	path, of, ip string
	agentID      int64
}

// WithOfficialLimits keeps WeCom's limits: of each API 10,000 calls a minute
// and 150,000 an hour for the corp, 20,000 a minute and 600,000 an hour for
// one address, twice as many for a provider's, and what single pages say
// beyond that, such as ten moments a minute, five mark_tag at once, and one
// change of a record at a time.
//
// 「访问频率限制」 https://developer.work.weixin.qq.com/document/path/90312
func WithOfficialLimits() Option { return func(s *settings) { s.officialLimits = true } }

// Limits returns the server's limits, to change them.
func (s *Server) Limits() *Limits { return s.limits }

func newLimits(s *Server) *Limits {
	return &Limits{
		s: s, official: s.set.officialLimits,
		windows:  make(map[string][]limitWindow),
		parallel: make(map[string]int),
		records:  make(map[string][]string),
		lines:    make(map[limitLine]*limitCount),
		busy:     make(map[limitLine]int),
		touched:  make(map[limitLine]map[string]int),
	}
}

// Set allows the corp n calls of an operation in any time of length per. What
// was set for other lengths stays; the first Set replaces the official limits
// of that operation.
func (l *Limits) Set(op string, n int, per time.Duration) *Limits {
	l.s.helper()
	path := l.s.op(op)
	if n < 1 || per <= 0 {
		l.s.fatalf("wecomtest: Limits.Set(%q, %d, %v): want at least one call in some time", op, n, per)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	list := slices.DeleteFunc(l.windows[path], func(w limitWindow) bool { return w.Per == per })
	list = append(list, limitWindow{n, per})
	slices.SortFunc(list, func(a, b limitWindow) int { return cmp.Compare(a.Per, b.Per) })
	l.windows[path] = list
	return l
}

// InFlight answers 45033 to calls of an operation while n others are being
// answered. Let a [Fault] delay them to have them meet.
func (l *Limits) InFlight(op string, n int) *Limits {
	l.s.helper()
	path := l.s.op(op)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.parallel[path] = n
	return l
}

// OneAtATime answers 45035 to a call of an operation while another one with
// the same values at all paths, such as "userid" and "external_userid", is
// being answered. Of a list each element is a value.
func (l *Limits) OneAtATime(op string, paths ...string) *Limits {
	l.s.helper()
	path := l.s.op(op)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.records[path] = paths
	return l
}

// Reset forgets what was counted and ends every block, as the console's tool
// for blocked APIs does. The limits stay.
func (l *Limits) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.lines)
}

// Clear takes back what Set, InFlight and OneAtATime have set, and forgets what
// was counted.
func (l *Limits) Clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.windows)
	clear(l.parallel)
	clear(l.records)
	clear(l.lines)
}

// admit counts a call, or refuses it. The caller calls leave when the answer
// is there.
func (l *Limits) admit(x *exchange) (leave func(), err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.s.clock.Now() // not x.now: calls must not be counted out of order
	lines, caller := l.linesOf(x), limitLine{path: x.path, of: x.caller()}
	for _, line := range lines {
		if line.full(now) {
			return nil, Refuse(45009, "api freq out of limit")
		}
	}
	for _, line := range lines {
		line.count(now)
		x.left = line.left(x.left)
	}
	if n := l.inFlight(x); n > 0 && l.busy[caller] >= n {
		return nil, Refuse(45033, "wecomtest: too many calls of this API at once")
	}
	records := recordsOf(x.args, l.oneAtATime(x))
	for _, r := range records {
		if l.touched[caller][r] > 0 {
			return nil, Refuse(45035, "wecomtest: another call is changing the same record")
		}
	}
	l.hold(caller, records, 1)
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.hold(caller, records, -1)
	}, nil
}

// linesOf returns the lines that a call is counted in.
func (l *Limits) linesOf(x *exchange) []*limitCount {
	corp, ip := l.of(x)
	lines := []*limitCount{
		l.line(limitLine{path: x.path, of: x.caller()}, corp),
		l.line(limitLine{path: x.path, ip: x.ip}, ip),
	}
	if l.official && x.app != nil && len(x.spec.AppLimits) > 0 {
		lines = append(lines, l.line(limitLine{path: x.path, of: x.caller(), agentID: x.app.AgentID}, x.spec.appWindows()))
	}
	return lines
}

// of returns the windows of the corp and of the address for a call.
func (l *Limits) of(x *exchange) (corp, ip []limitWindow) {
	own, set := l.windows[x.path]
	if !l.official || x.spec == nil || x.spec.Token == "none" {
		return own, nil
	}
	if !set {
		own = x.spec.windows()
	}
	if x.spec.NoBase {
		return own, nil
	}
	if x.provider != nil {
		return own, []limitWindow{{40_000, time.Minute}, {1_200_000, time.Hour}}
	}
	return own, []limitWindow{{20_000, time.Minute}, {600_000, time.Hour}}
}

// caller is whose calls count together: the corp's, a suite's or a provider's.
func (x *exchange) caller() string {
	switch {
	case x.suite != nil:
		return x.suite.SuiteID
	case x.app == nil && x.provider != nil:
		return x.provider.CorpID
	case x.corp != nil:
		return x.corp.id
	}
	return ""
}

// windows are an endpoint's own and, unless it has one of that length, the
// general ones.
func (e *endpoint) windows() []limitWindow {
	list := e.own(e.Limits)
	if !e.NoBase {
		for _, w := range []limitWindow{{10_000, time.Minute}, {150_000, time.Hour}} {
			if !slices.ContainsFunc(list, func(own limitWindow) bool { return own.Per == w.Per }) {
				list = append(list, w)
			}
		}
	}
	slices.SortFunc(list, func(a, b limitWindow) int { return cmp.Compare(a.Per, b.Per) })
	return list
}

// appWindows are those of each app.
func (e *endpoint) appWindows() []limitWindow { return e.own(e.AppLimits) }

func (e *endpoint) own(windows []window) []limitWindow {
	var list []limitWindow
	for _, w := range windows {
		per, err := time.ParseDuration(w.Per)
		if err != nil {
			panic(fmt.Sprintf("wecomtest: spec of %s: %v", e.Path, err))
		}
		list = append(list, limitWindow{w.N, per})
	}
	return list
}

func (l *Limits) inFlight(x *exchange) int {
	n, set := l.parallel[x.path]
	if !set && l.official && x.spec != nil {
		n = x.spec.InFlight
	}
	return n
}

func (l *Limits) oneAtATime(x *exchange) []string {
	paths, set := l.records[x.path]
	if !set && l.official && x.spec != nil {
		paths = x.spec.OneAtATime
	}
	return paths
}

// hold adds n to what is in flight.
func (l *Limits) hold(line limitLine, records []string, n int) {
	l.busy[line] += n
	if len(records) == 0 {
		return
	}
	if l.touched[line] == nil {
		l.touched[line] = make(map[string]int)
	}
	for _, r := range records {
		if l.touched[line][r] += n; l.touched[line][r] == 0 {
			delete(l.touched[line], r)
		}
	}
}

// recordsOf names the records that a request changes: one for each combination
// of the values at paths.
func recordsOf(args map[string]any, paths []string) []string {
	if len(paths) == 0 {
		return nil
	}
	records := []string{""}
	for _, path := range paths {
		values, ok := lookup(args, path).([]any)
		if !ok {
			values = []any{lookup(args, path)}
		}
		var next []string
		for _, r := range records {
			for _, v := range values {
				next = append(next, fmt.Sprintf("%s%q ", r, fmt.Sprint(v)))
			}
		}
		records = next
	}
	slices.Sort(records)
	return slices.Compact(records)
}

// line returns the count of a line for these windows, or nil if there are
// none.
func (l *Limits) line(key limitLine, windows []limitWindow) *limitCount {
	if len(windows) == 0 {
		return nil
	}
	c := l.lines[key]
	if c == nil {
		c = &limitCount{}
		l.lines[key] = c
	}
	c.follow(windows)
	return c
}

// limitCount is what a line has behind it.
type limitCount struct {
	runs         []limitRun // oldest first; the first one has the number base
	base         int
	counters     []limitCounter // shortest window first
	blockedUntil time.Time
}

// limitRun is calls that came at the same time.
type limitRun struct{ at, n int64 }

// limitCounter is how many calls one window holds, from a run on.
type limitCounter struct {
	limitWindow
	from int
	n    int64
}

// follow counts anew if the windows are not those of the last call.
func (c *limitCount) follow(windows []limitWindow) {
	if slices.EqualFunc(c.counters, windows, func(a limitCounter, b limitWindow) bool { return a.limitWindow == b }) {
		return
	}
	var n int64
	for _, run := range c.runs {
		n += run.n
	}
	c.counters = nil
	for _, w := range windows {
		c.counters = append(c.counters, limitCounter{w, c.base, n})
	}
}

// full reports whether a call at now is one too many, and closes the line if
// it is the first such.
func (c *limitCount) full(now time.Time) bool {
	if c == nil {
		return false
	}
	if now.Before(c.blockedUntil) {
		return true
	}
	for i := range slices.Backward(c.counters) { // the longest block counts
		k := &c.counters[i]
		k.forget(c, now)
		if k.n >= int64(k.N) {
			*c = limitCount{blockedUntil: k.blocked(now)}
			return true
		}
	}
	return false
}

// count adds a call, and forgets those that no window reaches any more.
func (c *limitCount) count(now time.Time) {
	if c == nil {
		return
	}
	if last := len(c.runs) - 1; last >= 0 && c.runs[last].at == now.UnixNano() {
		c.runs[last].n++
	} else {
		c.runs = append(c.runs, limitRun{now.UnixNano(), 1})
	}
	oldest := c.base + len(c.runs)
	for i := range c.counters {
		c.counters[i].n++
		oldest = min(oldest, c.counters[i].from)
	}
	c.runs, c.base = c.runs[oldest-c.base:], oldest
}

const oneDay = 24 * time.Hour

// start is the last moment before the window that ends at now.
func (w limitWindow) start(now time.Time) int64 {
	if w.Per == oneDay {
		return midnight(now).UnixNano() - 1
	}
	return now.Add(-w.Per).UnixNano()
}

// blocked is until when a line is closed that had too many calls in w.
func (w limitWindow) blocked(now time.Time) time.Time {
	switch {
	case w.Per <= time.Minute:
		return now.Add(time.Minute)
	case w.Per <= time.Hour:
		return now.Add(time.Hour)
	case w.Per <= oneDay:
		return midnight(now).Add(oneDay)
	default:
		return now.Add(30 * oneDay)
	}
}

// midnight is when the day in China began.
func midnight(now time.Time) time.Time {
	now = now.In(chinaTime())
	y, m, d := now.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, now.Location())
}
