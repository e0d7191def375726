package api

import (
	"context"
	"math/rand/v2"
	"slices"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func chaosRoutes() []Route {
	return []Route{
		answers(get, "chaos", "List the chaos that was let loose, with what it has done, the oldest first", (*API).Chaos),
		answers(post, "chaos", "Let a profile loose on every call, connection and callback", (*API).StartChaos),
		answers(remove, "chaos", "Stop all chaos", (*API).StopAllChaos),
		answers(remove, "chaos/{n}", "Stop one", (*API).StopChaos),
		answers(get, "chaos/profiles", "List the profiles, with what may happen under each", (*API).ChaosProfiles),
	}
}

// A ChaosProfile is a bad day, and what it consists of.
type ChaosProfile struct {
	Profile wecomtest.ChaosProfile `json:"profile"`
	Rules   []wecomtest.ChaosRule  `json:"rules"`
}

// ChaosProfiles lists profiles.
func (a *API) ChaosProfiles(context.Context, None) (List[ChaosProfile], error) {
	list := []ChaosProfile{}
	for _, p := range wecomtest.ChaosProfiles() {
		list = append(list, ChaosProfile{p, p.Rules()})
	}
	return List[ChaosProfile]{list, len(list)}, nil
}

// Chaos lists what was let loose.
func (a *API) Chaos(context.Context, None) (List[wecomtest.ChaosState], error) {
	list := []wecomtest.ChaosState{}
	for _, c := range a.srv.AllChaos() {
		list = append(list, c.State())
	}
	return List[wecomtest.ChaosState]{list, len(list)}, nil
}

// ChaosIn says what to let loose.
type ChaosIn struct {
	Profile wecomtest.ChaosProfile `json:"profile"       about:"rush-hour, flaky-nat or token-storm"`
	Seed    *uint64                `json:"seed,omitzero" about:"the same one lets the same happen again; picked if not given"`
}

// StartChaos lets a profile loose.
func (a *API) StartChaos(_ context.Context, in ChaosIn) (wecomtest.ChaosState, error) {
	seed := uint64(rand.Uint32()) //nolint:gosec // a choice that is told and can be repeated
	if in.Seed != nil {
		seed = *in.Seed
	}
	var c *wecomtest.Chaos
	if err := try(func() { c = a.srv.Chaos(in.Profile, seed) }); err != nil {
		return wecomtest.ChaosState{}, err
	}
	a.changed("chaos", string(in.Profile))
	return c.State(), nil
}

// StopChaos stops one.
func (a *API) StopChaos(_ context.Context, in InNumber) (wecomtest.ChaosState, error) {
	list := a.srv.AllChaos()
	i := slices.IndexFunc(list, func(c *wecomtest.Chaos) bool { return c.State().N == in.N })
	if i < 0 {
		return wecomtest.ChaosState{}, notFound("no chaos %d", in.N)
	}
	list[i].Stop()
	a.changed("chaos", "")
	return list[i].State(), nil
}

// StopAllChaos stops whatever is loose.
func (a *API) StopAllChaos(ctx context.Context, _ None) (List[wecomtest.ChaosState], error) {
	for _, c := range a.srv.AllChaos() {
		c.Stop()
	}
	a.changed("chaos", "")
	return a.Chaos(ctx, None{})
}
