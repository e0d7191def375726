package wecomtest

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"
)

// A ChaosProfile is a bad day: things that happen now and then to any call or
// callback. See [Server.Chaos].
type ChaosProfile string

const (
	// RushHour is a busy WeCom: answers are slow, and some calls are refused
	// as too many (45009), too many at once (45033), or for now (-1, 6000).
	RushHour ChaosProfile = "rush-hour"

	// FlakyNAT is a bad network: connections are refused, or break before or
	// after the call is carried out, or in the middle of the answer; callbacks
	// come late, and twice.
	FlakyNAT ChaosProfile = "flaky-nat"

	// TokenStorm ends access tokens before their time, as WeCom may (40014,
	// 42001), and makes gettoken slow and unreliable.
	TokenStorm ChaosProfile = "token-storm"
)

// ChaosProfiles lists the profiles.
func ChaosProfiles() []ChaosProfile { return []ChaosProfile{RushHour, FlakyNAT, TokenStorm} }

// A ChaosRule is one thing that happens now and then.
type ChaosRule struct {
	Of     string  `json:"of"`   // calls, calls with a token, calls by POST, gettoken, connections or callbacks
	What   string  `json:"what"` // code 45009, lost, delay 1s to 3s, …
	Chance float64 `json:"chance"`
	Hits   int     `json:"hits"`
}

// Rules lists what may happen under a profile. Of the rules for calls the first
// one that strikes does.
func (p ChaosProfile) Rules() []ChaosRule {
	rules := p.rules()
	out := make([]ChaosRule, 0, len(rules))
	for i := range rules {
		out = append(out, rules[i].state())
	}
	return out
}

// What a rule may be of.
const (
	chaosCalls       = "calls"
	chaosTokenCalls  = "calls with a token"
	chaosPosts       = "calls by POST"
	chaosGetToken    = "gettoken"
	chaosConnections = "connections"
	chaosCallbacks   = "callbacks"
)

// chaosRule is a ChaosRule at work.
type chaosRule struct {
	of     string
	chance float64
	strike strike        // what happens to a call or a connection
	way    way           // what happens to a callback
	upTo   time.Duration // of a delay that varies

	hits int
}

func (p ChaosProfile) rules() []chaosRule {
	const ms = time.Millisecond
	code := func(errcode int) strike { return strike{kind: faultCode, code: errcode} }
	slow := func(from time.Duration) strike { return strike{kind: faultDelay, delay: from} }
	switch p {
	case RushHour:
		return []chaosRule{
			{of: chaosCalls, chance: 0.02, strike: slow(1000 * ms), upTo: 3000 * ms},
			{of: chaosCalls, chance: 0.30, strike: slow(20 * ms), upTo: 300 * ms},
			{of: chaosCalls, chance: 0.02, strike: code(-1)},
			{of: chaosTokenCalls, chance: 0.02, strike: code(45033)},
			{of: chaosTokenCalls, chance: 0.005, strike: code(45009)},
			{of: chaosPosts, chance: 0.02, strike: code(6000)},
		}
	case FlakyNAT:
		return []chaosRule{
			{of: chaosConnections, chance: 0.10, strike: strike{kind: faultRefuse}},
			{of: chaosCalls, chance: 0.03, strike: strike{kind: faultReset}},
			{of: chaosCalls, chance: 0.10, strike: slow(50 * ms), upTo: 1000 * ms},
			{of: chaosCalls, chance: 0.03, strike: strike{kind: faultLost}},
			{of: chaosCalls, chance: 0.02, strike: strike{kind: faultTruncate, keep: 10}},
			{of: chaosCallbacks, chance: 0.15, way: way{copies: 1}},
			{of: chaosCallbacks, chance: 0.15, way: way{late: 1000 * ms}, upTo: 30_000 * ms},
		}
	case TokenStorm:
		return []chaosRule{
			{of: chaosTokenCalls, chance: 0.03, strike: strike{kind: faultRevoke}},
			{of: chaosTokenCalls, chance: 0.03, strike: strike{kind: faultExpire}},
			{of: chaosGetToken, chance: 0.10, strike: strike{kind: faultReset}},
			{of: chaosGetToken, chance: 0.30, strike: slow(200 * ms), upTo: 3000 * ms},
			{of: chaosGetToken, chance: 0.10, strike: code(-1)},
		}
	}
	return nil
}

func (r *chaosRule) state() ChaosRule {
	what := r.strike.name()
	if r.of == chaosCallbacks {
		what = r.way.String()
	}
	if r.upTo > 0 {
		what += " to " + r.upTo.String()
	}
	return ChaosRule{r.of, what, r.chance, r.hits}
}

// suits reports whether a rule is of such a call.
func (r *chaosRule) suits(x *exchange) bool {
	switch r.of {
	case chaosCalls:
		return true
	case chaosTokenCalls:
		return x.query.Has("access_token")
	case chaosPosts:
		return x.r.Method == http.MethodPost
	case chaosGetToken:
		return x.path == "/cgi-bin/gettoken"
	}
	return false
}

// Chaos is a profile at work, until [Chaos.Stop].
type Chaos struct {
	s       *Server
	n       int // 1 is the server's first
	profile ChaosProfile
	seed    uint64

	// guarded by s.faultMu
	rules   []chaosRule
	seen    map[string]int // so far, by what may befall it
	stopped bool
}

// A ChaosState is what a [Chaos] does and has done.
type ChaosState struct {
	N       int          `json:"n"` // 1 is the server's first
	Profile ChaosProfile `json:"profile"`
	Seed    uint64       `json:"seed"`
	Rules   []ChaosRule  `json:"rules"`
	Hits    int          `json:"hits"` // of all rules
	Stopped bool         `json:"stopped"`
}

// Chaos lets a profile loose on every call, connection and callback, beside
// what else was prepared: a [Fault] or [Mishap] that matches goes before. Several
// may be at work.
//
//	chaos := srv.Chaos(wecomtest.FlakyNAT, 7)
//	defer chaos.Stop()
//
// What befalls the nth call of an operation, or the nth callback of an event,
// depends only on the seed and n, whatever comes between them and whatever
// befell those before. Of calls at once, n is the order in which they come in. A
// failed test logs the profile and the seed, with which it can be repeated.
//
// Delays are the simulator's clock's. Connections are refused over memory only,
// and ended are the tokens of corps, not those of suites and providers.
func (s *Server) Chaos(profile ChaosProfile, seed uint64) *Chaos {
	s.helper()
	c := &Chaos{s: s, profile: profile, seed: seed, rules: profile.rules(), seen: make(map[string]int)}
	if c.rules == nil {
		s.fatalf("wecomtest: no chaos profile %q; there are %v", profile, ChaosProfiles())
	}
	s.faultMu.Lock()
	defer s.faultMu.Unlock()
	c.n = len(s.chaos) + 1
	s.chaos = append(s.chaos, c)
	return c
}

// Stop ends it. What is under way, such as a late callback, stays so.
func (c *Chaos) Stop() {
	c.s.faultMu.Lock()
	defer c.s.faultMu.Unlock()
	c.stopped = true
}

// State returns what it does and has done.
func (c *Chaos) State() ChaosState {
	c.s.faultMu.Lock()
	defer c.s.faultMu.Unlock()
	out := ChaosState{N: c.n, Profile: c.profile, Seed: c.seed, Stopped: c.stopped}
	for i := range c.rules {
		out.Rules = append(out.Rules, c.rules[i].state())
		out.Hits += c.rules[i].hits
	}
	return out
}

// AllChaos returns every [Chaos] that was let loose, the stopped ones included,
// the oldest first.
func (s *Server) AllChaos() []*Chaos {
	s.faultMu.Lock()
	defer s.faultMu.Unlock()
	return slices.Clone(s.chaos)
}

// numbered numbers what comes, by kind, for every Chaos by its place in s.chaos: 0 is
// for those that were stopped. The caller holds s.faultMu.
func (s *Server) numbered(kind string) []int {
	var nth []int
	for _, c := range s.chaos {
		n := 0
		if !c.stopped {
			c.seen[kind]++
			n = c.seen[kind]
		}
		nth = append(nth, n)
	}
	return nth
}

// befalls draws whether the nth of a kind is struck by a rule, and where between
// zero and one in the rule's range. The caller holds s.faultMu.
func (c *Chaos) befalls(rule int, kind string, n int) (at float64, hit bool) {
	h := fnv.New64a()
	_, _ = h.Write(fmt.Appendf(nil, "%s %d %s %d", c.profile, rule, kind, n))
	random := rand.New(rand.NewPCG(c.seed, h.Sum64())) //nolint:gosec // a repeatable choice
	chance, at := random.Float64(), random.Float64()
	if chance >= c.rules[rule].chance {
		return 0, false
	}
	c.rules[rule].hits++
	return at, true
}

// within is a time in the rule's range, which begins at from.
func (r *chaosRule) within(from time.Duration, at float64) time.Duration {
	if r.upTo == 0 {
		return from
	}
	return (from + time.Duration(at*float64(r.upTo-from))).Round(time.Millisecond)
}

// chaosStrike finds what befalls a call, of the network or of WeCom, or nil. The
// caller holds s.faultMu.
func (s *Server) chaosStrike(x *exchange, network bool) *strike {
	for k, n := range x.nth {
		c := s.chaos[k]
		for i := range c.rules {
			r := &c.rules[i]
			if c.stopped || n == 0 || r.strike.kind.network() != network || !r.suits(x) {
				continue
			}
			if at, ok := c.befalls(i, x.path, n); ok {
				hit := r.strike
				hit.delay = r.within(hit.delay, at)
				x.fault = strings.TrimPrefix(x.fault+", "+hit.name()+" of "+string(c.profile), ", ")
				return &hit
			}
		}
	}
	return nil
}

// chaosRefuses draws whether a connection is refused: nth is its number. The
// caller holds s.faultMu.
func (s *Server) chaosRefuses(nth []int) bool {
	for k, n := range nth {
		c := s.chaos[k]
		for i := range c.rules {
			if n == 0 || c.rules[i].of != chaosConnections {
				continue
			}
			if _, ok := c.befalls(i, chaosConnections, n); ok {
				return true
			}
		}
	}
	return false
}

// chaosWay finds what befalls an event on its way: nth is its number. The caller
// holds s.faultMu.
func (s *Server) chaosWay(e Event, nth []int) way {
	for k, n := range nth {
		c := s.chaos[k]
		for i := range c.rules {
			r := &c.rules[i]
			if n == 0 || r.of != chaosCallbacks {
				continue
			}
			if at, ok := c.befalls(i, e.kind(), n); ok {
				hit := r.way
				hit.late = r.within(hit.late, at)
				return hit
			}
		}
	}
	return way{}
}

// endToken ends the token that the call came with.
func (x *exchange) endToken(revoke bool) {
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	token := x.query.Get("access_token")
	s := x.s.routes.tokens[token]
	if s == nil {
		return
	}
	tok := s.corp.tokens[token]
	if !revoke {
		tok.expires = x.now
		return
	}
	tok.revoked = true
	if tok.app.current == token {
		tok.app.current = ""
	}
}

// printChaos tells how to repeat what a failed test saw.
func (s *Server) printChaos(t TB) {
	t.Helper()
	for _, c := range s.AllChaos() {
		state := c.State()
		t.Logf("wecomtest: chaos %s seed %d struck %d times", state.Profile, state.Seed, state.Hits)
	}
}
