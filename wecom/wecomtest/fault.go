package wecomtest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// A Fault makes calls of one operation fail. It strikes every matching call
// until [Fault.Times] or [Fault.Remove] ends it; of several that match, the
// oldest strikes. A fault that has not struck as often as planned fails the
// test, because then the test did not test what it says.
//
//	srv.Fault("externalcontact/get").Times(2).Code(-1) // fails twice, then works
type Fault struct {
	s    *Server
	path string
	n    int // 1 is the server's first

	// guarded by s.faultMu
	where              []faultCondition
	times, after, seen int
	hits               int
	chance             float64
	random             *rand.Rand
	optional, removed  bool
	strike             strike
}

type faultCondition struct {
	path  string
	value any
}

type faultKind string

// Those before the token check stand for the network, the others for WeCom.
const (
	faultNone     faultKind = ""
	faultDelay    faultKind = "delay"
	faultHang     faultKind = "hang"
	faultReset    faultKind = "reset"
	faultHTTP     faultKind = "http"
	faultCode     faultKind = "code"
	faultLost     faultKind = "lost"
	faultTruncate faultKind = "truncate"

	// These are of chaos only.
	faultRefuse faultKind = "refuse"
	faultRevoke faultKind = "revoke token"
	faultExpire faultKind = "expire token"
)

func (k faultKind) network() bool {
	switch k {
	case faultDelay, faultHang, faultReset, faultHTTP, faultRefuse, faultRevoke, faultExpire:
		return true
	default:
		return false
	}
}

// Fault prepares a fault for an operation, named externalcontact/get or
// /cgi-bin/externalcontact/get. One of Code, HTTP, NotJSON, Delay, Hang,
// Reset, Truncate and Lost must follow.
func (s *Server) Fault(op string) *Fault {
	s.helper()
	f := &Fault{s: s, path: s.op(op)}
	s.faultMu.Lock()
	defer s.faultMu.Unlock()
	f.n = len(s.faults) + 1
	s.faults = append(s.faults, f)
	return f
}

func (f *Fault) set(change func()) *Fault {
	f.s.faultMu.Lock()
	defer f.s.faultMu.Unlock()
	change()
	return f
}

// Where limits the fault to calls whose request, query or body, holds value at
// path, such as "userid" or "external_userid[0]".
func (f *Fault) Where(path string, value any) *Fault {
	return f.set(func() { f.where = append(f.where, faultCondition{path, value}) })
}

// Times ends the fault after n strikes.
func (f *Fault) Times(n int) *Fault { return f.set(func() { f.times = n }) }

// After lets k matching calls pass first.
func (f *Fault) After(k int) *Fault { return f.set(func() { f.after = k }) }

// Prob lets the fault strike with probability p; the same seed gives the same
// strikes. It makes the fault optional.
func (f *Fault) Prob(p float64, seed uint64) *Fault {
	return f.set(func() {
		f.chance, f.random, f.optional = p, rand.New(rand.NewPCG(seed, 0)), true //nolint:gosec // a repeatable choice
	})
}

// Optional lets the test pass if the fault never strikes.
func (f *Fault) Optional() *Fault { return f.set(func() { f.optional = true }) }

// Code answers with an errcode; the call is not carried out. Like every
// refusal of WeCom it comes after the checks of token and fields.
func (f *Fault) Code(errcode int) *Fault {
	return f.set(func() { f.strike.kind, f.strike.code = faultCode, errcode })
}

// HTTP answers with a status and a body, as a proxy would.
func (f *Fault) HTTP(status int, body string) *Fault {
	return f.set(func() { f.strike.kind, f.strike.status, f.strike.body = faultHTTP, status, body })
}

// NotJSON answers 200 with a page of HTML.
func (f *Fault) NotJSON() *Fault {
	return f.HTTP(http.StatusOK, "<html><body>wecomtest: not WeCom</body></html>")
}

// Delay holds the call up for d on the simulator's clock, before whatever else
// the fault does. Alone, the call is then answered as usual, and meanwhile
// counts as in flight: see [Limits.InFlight].
func (f *Fault) Delay(d time.Duration) *Fault {
	return f.set(func() {
		f.strike.delay = d
		if f.strike.kind == faultNone {
			f.strike.kind = faultDelay
		}
	})
}

// Hang never answers.
func (f *Fault) Hang() *Fault { return f.set(func() { f.strike.kind = faultHang }) }

// Reset breaks the connection; the call is not carried out.
func (f *Fault) Reset() *Fault { return f.set(func() { f.strike.kind = faultReset }) }

// Lost carries the call out and then breaks the connection instead of
// answering: the caller cannot know that it worked.
func (f *Fault) Lost() *Fault { return f.set(func() { f.strike.kind = faultLost }) }

// Truncate carries the call out and breaks the connection after n bytes of
// the body.
func (f *Fault) Truncate(n int) *Fault {
	return f.set(func() { f.strike.kind, f.strike.keep = faultTruncate, n })
}

// Remove ends the fault; it may have struck or not.
func (f *Fault) Remove() { f.set(func() { f.removed, f.optional = true, true }) }

// Hits is how often the fault has struck.
func (f *Fault) Hits() int {
	f.s.faultMu.Lock()
	defer f.s.faultMu.Unlock()
	return f.hits
}

// strike is what one call suffers.
type strike struct {
	kind         faultKind
	delay        time.Duration
	code, status int
	keep         int
	body         string
}

// strike finds the fault for a call, of the network or of WeCom.
func (s *Server) strike(x *exchange, network bool) *strike {
	s.faultMu.Lock()
	defer s.faultMu.Unlock()
	if network { // which is asked first
		x.nth = s.numbered(x.path)
	}
	var hit *strike
	for _, f := range s.faults {
		if f.path != x.path || f.removed || f.strike.kind == faultNone || f.strike.kind.network() != network || !f.matches(x) {
			continue
		}
		f.seen++
		switch {
		case hit != nil, f.seen <= f.after, f.times > 0 && f.hits >= f.times:
		case f.random != nil && f.random.Float64() >= f.chance:
		default:
			f.hits++
			hit = new(f.strike)
			x.fault = hit.name()
		}
	}
	if hit == nil {
		hit = s.chaosStrike(x, network)
	}
	return hit
}

func (f *Fault) matches(x *exchange) bool {
	for _, c := range f.where {
		if !equalValue(lookup(x.args, c.path), c.value) {
			return false
		}
	}
	return true
}

func (k *strike) name() string {
	switch k.kind {
	case faultCode:
		return "code " + strconv.Itoa(k.code)
	case faultHTTP:
		return "http " + strconv.Itoa(k.status)
	case faultDelay:
		return "delay " + k.delay.String()
	default:
		return string(k.kind)
	}
}

// before carries out a network fault. It returns the answer that takes the
// place of WeCom's, or nil if the call goes on.
func (x *exchange) before() *answer {
	hit := x.s.strike(x, true)
	if hit == nil {
		return nil
	}
	switch hit.kind {
	case faultDelay:
		x.delay = hit.delay
		return nil
	case faultRevoke, faultExpire:
		x.endToken(hit.kind == faultRevoke)
		return nil
	default:
	}
	if !x.sleep(hit.delay) {
		return &answer{broken: true}
	}
	switch hit.kind {
	case faultHang:
		ctx, cancel := x.context()
		defer cancel()
		<-ctx.Done()
		return &answer{broken: true}
	case faultReset:
		return &answer{broken: true}
	default: // faultHTTP
		return &answer{
			status: hit.status,
			header: http.Header{"Content-Type": {http.DetectContentType([]byte(hit.body))}},
			body:   []byte(hit.body),
		}
	}
}

// during carries out a fault of WeCom's: run answers the call as usual.
func (x *exchange) during(run func() *answer) *answer {
	if !x.sleep(x.delay) {
		return &answer{broken: true}
	}
	hit := x.s.strike(x, false)
	if hit == nil {
		return run()
	}
	if !x.sleep(hit.delay) {
		return &answer{broken: true}
	}
	if hit.kind == faultCode {
		return x.refused(Refuse(hit.code, "wecomtest: prepared fault"))
	}
	a := run()
	if hit.kind == faultTruncate {
		a.keep = new(min(hit.keep, len(a.body)))
		return a
	}
	return &answer{broken: true, code: a.code, body: a.body}
}

// sleep returns false if the connection or the server ends before d has passed.
func (x *exchange) sleep(d time.Duration) bool {
	if d <= 0 {
		return true
	}
	ctx, cancel := x.context()
	defer cancel()
	return x.s.clock.Sleep(ctx, d) == nil
}

// context ends with the connection or the server.
func (x *exchange) context() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(x.r.Context())
	stop := context.AfterFunc(x.s.done, cancel)
	return ctx, func() {
		stop()
		cancel()
	}
}

// breakOff ends the connection without an answer. The status line keeps
// net/http's client from repeating a GET on its own, which it does when a
// connection in reuse ends before the first byte.
func breakOff(w http.ResponseWriter) {
	conn, buf, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	_, _ = buf.WriteString("HTTP/1.1 200 OK\r\n")
	_ = buf.Flush()
	_ = conn.Close()
}

// unusedFaults reports faults that have not struck as planned.
func (s *Server) unusedFaults() {
	s.helper()
	s.faultMu.Lock()
	var unused []string
	for _, f := range s.faults {
		switch {
		case f.strike.kind == faultNone && !f.removed:
			unused = append(unused, fmt.Sprintf("fault on %s does not say what happens", shortPath(f.path)))
		case f.optional:
		case f.times > 0 && f.hits < f.times:
			unused = append(unused, fmt.Sprintf("fault on %s (%s) struck %d of %d times", shortPath(f.path), f.strike.name(), f.hits, f.times))
		case f.hits == 0:
			unused = append(unused, fmt.Sprintf("fault on %s (%s) never struck", shortPath(f.path), f.strike.name()))
		}
	}
	unused = append(unused, s.unusedMishaps()...)
	s.faultMu.Unlock()
	if len(unused) > 0 {
		s.problemf("%s", strings.Join(unused, "; "))
	}
}

// RefuseConnections lets the next n connections over memory fail, as when a
// server is down: such a call provably did not run. Idle connections end.
func (s *Server) RefuseConnections(n int) {
	s.faultMu.Lock()
	s.refuse = n
	s.faultMu.Unlock()
	s.client.CloseIdleConnections()
}

// refuseDial counts one refused connection.
func (s *Server) refuseDial() bool {
	s.faultMu.Lock()
	defer s.faultMu.Unlock()
	nth := s.numbered(chaosConnections)
	if s.refuse == 0 {
		return s.chaosRefuses(nth)
	}
	s.refuse--
	return true
}
