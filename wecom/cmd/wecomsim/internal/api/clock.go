package api

import (
	"context"
	"time"
)

func clockRoutes() []Route {
	return []Route{
		answers(get, "clock", "Tell the simulator's time", (*API).Clock),
		answers(post, "clock/advance", "Let time pass at once: tokens expire, transfers come to pass, callbacks are given up", (*API).Advance),
		answers(post, "clock/freeze", "Stop the clock", (*API).Freeze),
		answers(post, "clock/unfreeze", "Let the clock go on from where it stands", (*API).Unfreeze),
	}
}

// A Clock is the simulator's time.
type Clock struct {
	Now    time.Time `json:"now"`
	Frozen bool      `json:"frozen" about:"it does not move by itself"`
}

// Clock tells the time.
func (a *API) Clock(context.Context, None) (Clock, error) {
	return Clock{a.srv.Clock().Now(), a.srv.Clock().Frozen()}, nil
}

// AdvanceIn says how much time passes.
type AdvanceIn struct {
	By Duration `json:"by"`
}

// Advance lets time pass.
func (a *API) Advance(ctx context.Context, in AdvanceIn) (Clock, error) {
	if in.By < 0 {
		return Clock{}, badRequest("time does not run backwards")
	}
	a.srv.Clock().Advance(time.Duration(in.By))
	a.changed("clock", "advance "+time.Duration(in.By).String())
	return a.Clock(ctx, None{})
}

// FreezeIn says when the clock stops.
type FreezeIn struct {
	At time.Time `json:"at,omitzero" about:"not before now; now if not given"`
}

// Freeze stops the clock.
func (a *API) Freeze(ctx context.Context, in FreezeIn) (Clock, error) {
	now := a.srv.Clock().Now()
	if in.At.IsZero() {
		in.At = now
	}
	if in.At.Before(now) {
		return Clock{}, badRequest("time does not run backwards")
	}
	a.srv.Clock().Freeze(in.At)
	a.changed("clock", "freeze")
	return a.Clock(ctx, None{})
}

// Unfreeze lets the clock go on.
func (a *API) Unfreeze(ctx context.Context, _ None) (Clock, error) {
	a.srv.Clock().Unfreeze()
	a.changed("clock", "unfreeze")
	return a.Clock(ctx, None{})
}
