package wecomtest

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// A LimitState is how far calls have come that are counted together: those of
// one corp, suite or provider, of one app, or of one address.
type LimitState struct {
	Op           string        `json:"op"`
	CallerID     string        `json:"caller_id,omitzero"` // of the corp, suite or provider
	AgentID      int64         `json:"agentid,omitzero"`
	IP           string        `json:"ip,omitzero"`
	Windows      []LimitWindow `json:"windows,omitzero"`       // the shortest first
	BlockedUntil time.Time     `json:"blocked_until,omitzero"` // until when every call is answered 45009
}

// A LimitWindow is how many calls there may be in a time, and were in the
// latest.
type LimitWindow struct {
	Max  int           `json:"max"`
	Per  time.Duration `json:"per"`
	Used int           `json:"used"`
}

// State returns what was counted since the server began, by operation.
func (l *Limits) State() []LimitState {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.s.clock.Now()
	list := []LimitState{}
	for _, key := range slices.SortedFunc(maps.Keys(l.lines), func(a, b limitLine) int {
		return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.of, b.of), cmp.Compare(a.agentID, b.agentID), cmp.Compare(a.ip, b.ip))
	}) {
		c := l.lines[key]
		out := LimitState{Op: shortPath(key.path), CallerID: key.of, AgentID: key.agentID, IP: key.ip}
		if now.Before(c.blockedUntil) {
			out.BlockedUntil = c.blockedUntil
		}
		for i := range c.counters {
			c.counters[i].forget(c, now)
			out.Windows = append(out.Windows, LimitWindow{c.counters[i].N, c.counters[i].Per, int(c.counters[i].n)})
		}
		list = append(list, out)
	}
	return list
}

// left is the smaller one of what other lines leave and this one does.
func (c *limitCount) left(other *int) *int {
	if c == nil {
		return other
	}
	for i := range c.counters {
		if n := c.counters[i].N - int(c.counters[i].n); other == nil || n < *other {
			other = &n
		}
	}
	return other
}

// forget leaves behind what a window no longer reaches.
func (k *limitCounter) forget(c *limitCount, now time.Time) {
	for start := k.start(now); k.from-c.base < len(c.runs) && c.runs[k.from-c.base].at <= start; k.from++ {
		k.n -= c.runs[k.from-c.base].n
	}
}
