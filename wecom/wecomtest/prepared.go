package wecomtest

import (
	"slices"
	"time"
)

// A FaultState is what a [Fault] does and has done.
type FaultState struct {
	N        int           `json:"n"` // 1 is the server's first
	Op       string        `json:"op"`
	Where    []Condition   `json:"where,omitzero"`
	What     string        `json:"what"` // code 45009, http 502, delay 1s, hang, reset, lost, truncate
	Delay    time.Duration `json:"delay,omitzero"`
	Times    int           `json:"times,omitzero"` // 0 is every time
	After    int           `json:"after,omitzero"`
	Chance   float64       `json:"chance,omitzero"` // 0 is always
	Optional bool          `json:"optional,omitzero"`
	Hits     int           `json:"hits"`
}

// A Condition is a value that a request has at a path.
type Condition struct {
	Path  string `json:"path"`
	Value any    `json:"value"`
}

// State returns what the fault does and has done.
func (f *Fault) State() FaultState {
	f.s.faultMu.Lock()
	defer f.s.faultMu.Unlock()
	out := FaultState{
		N: f.n, Op: shortPath(f.path), What: f.strike.name(), Delay: f.strike.delay, Times: f.times, After: f.after,
		Chance: f.chance, Optional: f.optional, Hits: f.hits,
	}
	for _, c := range f.where {
		out.Where = append(out.Where, Condition{c.path, cloneArgs(c.value)})
	}
	return out
}

// Faults returns the faults that are not removed, the oldest first, those
// included that have struck as often as they were to.
func (s *Server) Faults() []*Fault {
	s.faultMu.Lock()
	defer s.faultMu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.faults), func(f *Fault) bool { return f.removed })
}

// A MishapState is what a [Mishap] does and has done.
type MishapState struct {
	N        int      `json:"n"`           // 1 is the server's first
	Of       []string `json:"of,omitzero"` // of which events; none is any
	What     string   `json:"what"`        // duplicate, delay 2s, …
	Times    int      `json:"times,omitzero"`
	After    int      `json:"after,omitzero"`
	Optional bool     `json:"optional,omitzero"`
	Hits     int      `json:"hits"`
}

// State returns what the mishap does and has done.
func (m *Mishap) State() MishapState {
	m.s.faultMu.Lock()
	defer m.s.faultMu.Unlock()
	return MishapState{m.n, slices.Clone(m.of), m.way.String(), m.times, m.after, m.optional, m.hits}
}

// Mishaps returns the mishaps that are not removed, the oldest first, those
// included that have happened as often as they were to.
func (s *Server) Mishaps() []*Mishap {
	s.faultMu.Lock()
	defer s.faultMu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.mishaps), func(m *Mishap) bool { return m.removed })
}
