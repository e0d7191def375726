package soak_test

import (
	"flag"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/wecomkit/wecom-go/internal/leakcheck"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

var (
	seeds   = flag.Uint64("seeds", 2, "how many seeds each profile runs with")
	oneSeed = flag.Uint64("seed", 0, "run with this seed only")
)

func TestMain(m *testing.M) { leakcheck.Main(m) }

// A profile is a kind of day.
type profile struct {
	name  string
	chaos []wecomtest.ChaosProfile
	proxy bool // calls go through a proxy that breaks
	// sound is the share of the flows that must succeed: that the SDK tries again
	// is what makes them. Without that it would be far less.
	sound float64
}

func profiles() []profile {
	return []profile{
		{name: "Calm", sound: 1},
		{name: "RushHour", chaos: []wecomtest.ChaosProfile{wecomtest.RushHour}, sound: 0.65},
		{name: "FlakyNAT", chaos: []wecomtest.ChaosProfile{wecomtest.FlakyNAT}, sound: 0.5},
		{name: "TokenStorm", chaos: []wecomtest.ChaosProfile{wecomtest.TokenStorm}, sound: 0.4},
		{name: "BadProxy", proxy: true, sound: 0.55},
		{name: "All", chaos: wecomtest.ChaosProfiles(), proxy: true, sound: 0.25},
	}
}

func (p profile) calm() bool { return len(p.chaos) == 0 && !p.proxy }

// flow is one thing that programs do with the SDK, from its beginning to its
// end. It returns the error that ended it early. Whatever it returns, it has
// looked whether the simulator is in the state that its errors speak of.
type flow func(r *run) error

func flows() []struct {
	name string
	flow flow
} {
	return []struct {
		name string
		flow flow
	}{
		{"welcome", welcome},
		{"inbox", welcomeByInbox},
		{"tag", tagCustomers},
		{"remark", remark},
		{"ways", contactWays},
		{"links", acquisitionLinks},
		{"lists", lists},
		{"chats", groupChats},
		{"mass", massMessages},
		{"moments", moments},
		{"handover", handOver},
		{"apps", appMessages},
		{"appchats", appChats},
		{"robot", robot},
		{"media", media},
		{"tokens", tokens},
		{"tenants", tenants},
		{"pages", pages},
	}
}

// TestSoak runs every flow alone, and all of them at once on one server, on
// calm days and on bad ones.
func TestSoak(t *testing.T) {
	t.Parallel()
	for _, p := range profiles() {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			sum := newTally(p)
			t.Cleanup(func() { sum.verdict(t) })
			first, last := uint64(1), *seeds
			if *oneSeed > 0 {
				first, last = *oneSeed, *oneSeed
			}
			for seed := first; seed <= last; seed++ {
				t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
					t.Parallel()
					soakSeed(t, p, seed, sum)
				})
			}
		})
	}
}

func soakSeed(t *testing.T, p profile, seed uint64, sum *tally) {
	t.Helper()
	for i, f := range flows() {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				st := newStage(t, p, 100*seed+uint64(i)) // each its own: all begin with the same calls
				st.play(sum, f.name, f.flow)
				st.end(sum)
			})
		})
	}
	t.Run("together", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			st := newStage(t, p, seed)
			for _, f := range flows() {
				st.play(sum, f.name, f.flow)
			}
			st.end(sum)
		})
	})
}
