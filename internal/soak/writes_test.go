package soak_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// writes are what the SDK believes of the calls that change something.
type writes struct {
	mu  sync.Mutex
	ops map[string]*believed // by operation; guarded by mu
}

type believed struct {
	done    int // attempts that were answered with success
	unknown int // attempts whose outcome is unknown
}

func newWrites() *writes { return &writes{ops: map[string]*believed{}} }

func (w *writes) attempted(a *wecom.Attempt) {
	if a.Op.Read {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	name := strings.TrimPrefix(a.Op.Path, "/cgi-bin/")
	b := w.ops[name]
	if b == nil {
		b = &believed{}
		w.ops[name] = b
	}
	switch {
	case a.Err == nil:
		b.done++
	case errors.Is(a.Err, wecom.ErrOutcomeUnknown):
		b.unknown++
	}
}

// check compares that with what the simulator carried out: all that succeeded,
// nothing of what failed, and nothing twice. What never came has no unknown
// outcome, unless somebody hung up.
func (w *writes) check(r *run) {
	w.mu.Lock()
	defer w.mu.Unlock()
	calls := r.srv.Calls()
	if calls.Dropped() > 0 {
		r.Errorf("the log of calls is too short")
	}
	ran, same, broken := map[string]int{}, map[string]int{}, map[string]int{}
	for c := range calls.All() {
		if c.Fault != "" {
			broken[c.Op]++
		}
		if w.ops[c.Op] == nil || !carriedOut(c) {
			continue
		}
		ran[c.Op]++
		if c.Op == "message/send" && c.Value("enable_duplicate_check") != nil {
			continue // which makes it safe to send again
		}
		same[fmt.Sprint(c.Op, c.CorpID, c.AgentID, c.Query, c.Body)]++
	}
	for op, b := range w.ops {
		if n := ran[op]; n < b.done || n > b.done+b.unknown {
			r.Errorf("%s was carried out %d times; the SDK knows of %d, and of %d it does not know", op, n, b.done, b.unknown)
		}
	}
	for op, b := range w.ops {
		if b.unknown > broken[op] && !r.hurried {
			r.Errorf("of %d calls of %s the SDK does not know the outcome, and only %d came that got no answer", b.unknown, op, broken[op])
		}
	}
	for call, n := range same {
		if n > 1 {
			r.Errorf("carried out %d times: %s", n, call)
		}
	}
}

// carriedOut reports whether a call changed something, answered or not.
func carriedOut(c wecomtest.Call) bool {
	return c.Code == 0 && strings.Contains(c.Response, `"errcode":0`)
}
