package soak_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
)

// A tally counts what became of the flows of one profile.
type tally struct {
	profile profile

	mu     sync.Mutex
	flows  map[string]int // how many of each ran
	sound  map[string]int // how many of each succeeded
	errors map[string]int // the others, by what ended them
	events int            // that were handled
	hits   int            // of chaos
}

func newTally(p profile) *tally {
	return &tally{profile: p, flows: map[string]int{}, sound: map[string]int{}, errors: map[string]int{}}
}

func (s *tally) note(flow string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flows[flow]++
	if err == nil {
		s.sound[flow]++
		return
	}
	s.errors[kindOf(err)]++
}

func (s *tally) noteStage(events, hits int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events += events
	s.hits += hits
}

// verdict checks that chaos came, and that most flows were stronger.
func (s *tally) verdict(t *testing.T) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	ran, sound := sum(s.flows), sum(s.sound)
	if ran < len(flows()) {
		return // somebody repeats a few
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d of %d flows succeeded, %d events handled, struck %d times", s.profile.name, sound, ran, s.events, s.hits)
	for _, name := range slices.Sorted(maps.Keys(s.flows)) {
		if s.sound[name] < s.flows[name] {
			fmt.Fprintf(&b, "\n  %-9s %d of %d", name, s.sound[name], s.flows[name])
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(s.errors)) {
		fmt.Fprintf(&b, "\n  %6d %s", s.errors[kind], kind)
	}
	t.Log(b.String())
	assert.GreaterOrEqual(t, float64(sound), s.profile.sound*float64(ran), "too few flows succeed")
	assert.Equal(t, !s.profile.calm(), s.hits > 0, "there was no chaos, or some on a calm day")
	for name, n := range s.flows {
		assert.True(t, s.sound[name] > 0 || n < 50, "%s never succeeds", name)
	}
}

func sum(counts map[string]int) int {
	n := 0
	for _, c := range counts {
		n += c
	}
	return n
}
