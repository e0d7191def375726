package wecomtest

import (
	"bytes"
	"context"
	"encoding/json"
	"iter"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A Call is one request and what came of it. Tokens, tickets and secrets are
// replaced by "REDACTED".
type Call struct {
	N          int        `json:"n"`                // 1 is the server's first call
	Time       time.Time  `json:"time,omitzero"`    // by the simulator's clock
	Op         string     `json:"op,omitzero"`      // externalcontact/get
	CorpID     string     `json:"corpid,omitzero"`  // the corp that it was about; "" if it was about none
	AgentID    int64      `json:"agentid,omitzero"` // the app whose token it came with
	Method     string     `json:"method,omitzero"`
	IP         string     `json:"ip,omitzero"`
	Query      url.Values `json:"query,omitzero"`
	Body       string     `json:"body,omitzero"` // as it came; of an upload only the file's name
	HTTPStatus int        `json:"http_status"`   // 0 if no reply was sent
	Code       int        `json:"code"`          // errcode
	Response   string     `json:"response,omitzero"`
	Fault      string     `json:"fault,omitzero"` // what a [Fault] did to it
	Left       *int       `json:"left,omitzero"`  // calls that the tightest limit leaves now; nil is no limit

	args map[string]any
}

// Value returns what stands at a path of the decoded request, such as
// "text.content" or "external_userid[0]", or nil.
func (c Call) Value(path string) any { return cloneArgs(lookup(c.args, path)) }

func (c Call) clone() Call {
	q := make(url.Values, len(c.Query))
	for name, vals := range c.Query {
		q[name] = slices.Clone(vals)
	}
	c.Query = q
	if c.Left != nil {
		c.Left = new(*c.Left)
	}
	return c
}

func cloneArgs(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, val := range v {
			out[name] = cloneArgs(val)
		}
		return out
	case []any:
		out := slices.Clone(v)
		for i := range out {
			out[i] = cloneArgs(out[i])
		}
		return out
	default:
		return v
	}
}

// Calls are calls in the order in which they were answered.
type Calls struct {
	s       *Server
	list    []Call
	dropped int
}

// Calls returns what the log holds. Later calls do not change it.
func (s *Server) Calls() Calls {
	list, dropped := s.log.snapshot()
	return Calls{s, list, dropped}
}

// Dropped is how many earlier calls the log no longer holds: see
// [WithCallLog]. Calls that are filtered out do not count.
func (c Calls) Dropped() int { return c.dropped }

// Op keeps the calls of one operation, named externalcontact/get or
// /cgi-bin/externalcontact/get. A name that stands for nothing ends the test.
func (c Calls) Op(op string) Calls {
	c.s.helper()
	short := shortPath(c.s.op(op))
	return c.filter(func(c *Call) bool { return c.Op == short })
}

// Where keeps the calls whose request holds value at path. Numbers compare as
// they are written.
func (c Calls) Where(path string, value any) Calls {
	return c.filter(func(c *Call) bool { return equalValue(lookup(c.args, path), value) })
}

// Since keeps the calls that came at t or later.
func (c Calls) Since(t time.Time) Calls {
	return c.filter(func(c *Call) bool { return !c.Time.Before(t) })
}

// Code keeps the calls that were answered with an errcode.
func (c Calls) Code(code int) Calls {
	return c.filter(func(c *Call) bool { return c.Code == code })
}

// Len is how many calls there are.
func (c Calls) Len() int { return len(c.list) }

// N returns the i-th call, from 0, or the zero Call.
func (c Calls) N(i int) Call {
	if i < 0 || i >= len(c.list) {
		return Call{}
	}
	return c.list[i].clone()
}

// Last returns the latest call, or the zero Call.
func (c Calls) Last() Call { return c.N(len(c.list) - 1) }

// All yields the calls.
func (c Calls) All() iter.Seq[Call] {
	return func(yield func(Call) bool) {
		for _, call := range c.list {
			if !yield(call.clone()) {
				return
			}
		}
	}
}

func (c Calls) filter(keep func(*Call) bool) Calls {
	out := Calls{s: c.s, dropped: c.dropped}
	for i := range c.list {
		if keep(&c.list[i]) {
			out.list = append(out.list, c.list[i])
		}
	}
	return out
}

// waitLimit is how long the Wait methods wait before they end the test.
const waitLimit = 30 * time.Second

// WaitCalls returns once n calls of op have been answered since the server
// started, and ends the test if that takes more than half a minute of real
// (in a synctest bubble, fake) time.
func (s *Server) WaitCalls(op string, n int) {
	s.helper()
	short := shortPath(s.op(op))
	s.wait(n, "calls of "+short, func() (int, <-chan struct{}) { return s.log.total(short) })
}

// wait asks for the count each time its channel closes, until it is n.
func (s *Server) wait(n int, what string, count func() (int, <-chan struct{})) {
	s.helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.done), waitLimit)
	defer cancel()
	for {
		got, changed := count()
		if got >= n {
			return
		}
		select {
		case <-changed:
		case <-s.done.Done():
			s.fatalf("wecomtest: closed while waiting for %d %s, got %d", n, what, got)
		case <-ctx.Done():
			s.fatalf("wecomtest: waited %v for %d %s, got %d", waitLimit, n, what, got)
		}
	}
}

// callLog keeps the latest calls.
type callLog struct {
	mu      sync.Mutex // guards all below
	seq     int
	calls   []Call
	bytes   int
	max     int
	dropped int
	totals  map[string]int // answered, by op, the dropped ones included
	changed chan struct{}  // closed at the next call, if somebody waits
}

func newCallLog(maxBytes int) *callLog {
	return &callLog{max: maxBytes, totals: make(map[string]int)}
}

func (l *callLog) next() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seq++
	return l.seq
}

func (l *callLog) add(x *exchange, a *answer) {
	c := x.call()
	c.HTTPStatus, c.Code = a.status, a.code
	c.Response = string(redactJSON(a.body))
	if x.hasSecrets() {
		c.args, _ = redactArgs(c.args).(map[string]any)
	}
	known := x.spec != nil || x.s.custom(x.path) != nil
	l.mu.Lock()
	defer l.mu.Unlock()
	if known { // nobody can wait for others
		l.totals[c.Op]++
	}
	l.calls = append(l.calls, c)
	l.bytes += c.size()
	for l.bytes > l.max && len(l.calls) > 1 {
		l.bytes -= l.calls[0].size()
		l.calls = l.calls[1:]
		l.dropped++
	}
	if l.changed != nil {
		close(l.changed)
		l.changed = nil
	}
}

// size is about what a call takes: the request is there twice, and takes more
// decoded.
func (c *Call) size() int { return len(c.Response) + 4*len(c.Body) + 1280 }

// snapshot needs no copy: what was logged once is never written again.
func (l *callLog) snapshot() (calls []Call, dropped int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clip(l.calls), l.dropped
}

// clear drops what there is.
func (l *callLog) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dropped += len(l.calls)
	l.calls, l.bytes = nil, 0
}

// total counts the answers of op; the channel closes at the next call.
func (l *callLog) total(op string) (int, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.changed == nil {
		l.changed = make(chan struct{})
	}
	return l.totals[op], l.changed
}

// maxPrinted is how many calls the log of a failed test shows.
const maxPrinted = 200

// print writes the log for a reader of a failed test.
func (l *callLog) print(t TB) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	first := max(0, len(l.calls)-maxPrinted)
	if l.dropped+first > 0 {
		t.Logf("wecomtest: %d earlier calls are not shown", l.dropped+first)
	}
	for _, c := range l.calls[first:] {
		fault := ""
		if c.Fault != "" {
			fault = " fault " + c.Fault
		}
		t.Logf("wecomtest: %d %s %s %s ?%s %s -> %d%s %s", c.N, c.Time.Format("15:04:05.000"),
			c.Method, c.Op, c.Query.Encode(), clip(c.Body), c.HTTPStatus, fault, clip(c.Response))
	}
}

func clip(s string) string {
	if len(s) <= 500 {
		return s
	}
	return strings.ToValidUTF8(s[:500], "") + "… (" + strconv.Itoa(len(s)) + " bytes)"
}

// call describes the request, for custom handlers and, without secrets in what
// is decoded, for the log.
func (x *exchange) call() Call {
	q := make(url.Values, len(x.query))
	for name, vals := range x.query {
		if secretParam(name) || x.spec != nil && name == x.spec.Token {
			vals = []string{redacted}
		}
		q[name] = vals
	}
	body := x.body
	if x.token != "" {
		body = bytes.ReplaceAll(body, []byte(x.token), []byte(redacted))
	}
	text := string(redactJSON(body))
	if x.file.Data != nil {
		text = "file " + strconv.Quote(x.file.Name) + ", " + strconv.Itoa(len(x.file.Data)) + " bytes"
	}
	var agentID int64
	if x.app != nil {
		agentID = x.app.AgentID
	}
	return Call{
		N: x.n, Time: x.now, Op: shortPath(x.path), CorpID: x.about, AgentID: agentID, Method: x.r.Method, IP: x.ip,
		Query: q, Body: text, Fault: x.fault, Left: x.left, args: x.args,
	}
}

// hasSecrets reports whether what is decoded may hold secrets. The token is no
// part of it unless it stands in the wrong place.
func (x *exchange) hasSecrets() bool {
	if x.json() {
		return namesSecret(x.body)
	}
	for name := range x.args {
		if secretParam(name) {
			return true
		}
	}
	return false
}

// lookup follows a path such as "a.b[2].c" into a decoded object.
func lookup(v any, path string) any {
	for _, name := range strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == '[' || r == ']' }) {
		switch in := v.(type) {
		case map[string]any:
			v = in[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(in) {
				return nil
			}
			v = in[i]
		default:
			return nil
		}
	}
	return v
}

// equalValue compares a decoded value with a Go one by their JSON.
func equalValue(a, b any) bool {
	x, err1 := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err1 == nil && err2 == nil && bytes.Equal(x, y)
}
