package api

import (
	"context"
	"time"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func limitRoutes() []Route {
	return []Route{
		answers(get, "limits", "List how far calls have come in their limits, and what is blocked", (*API).Limits),
		answers(post, "limits", "Limit the calls of an operation", (*API).SetLimit),
		answers(post, "limits/reset", "Forget what was counted and end every block; the limits stay", (*API).ResetLimits),
	}
}

// A Limit is how far calls have come that are counted together.
type Limit struct {
	wecomtest.LimitState
	Windows []LimitWindow `json:"windows,omitzero" about:"the shortest first"`
}

// A LimitWindow is how many calls there may be in a time, and were.
type LimitWindow struct {
	Max  int      `json:"max"`
	Per  Duration `json:"per"`
	Used int      `json:"used"`
}

// Limits lists what was counted.
func (a *API) Limits(context.Context, None) (List[Limit], error) {
	list := []Limit{}
	for _, s := range a.srv.Limits().State() {
		list = append(list, Limit{s, limitWindows(s.Windows)})
	}
	return List[Limit]{list, len(list)}, nil
}

func limitWindows(list []wecomtest.LimitWindow) []LimitWindow {
	var out []LimitWindow
	for _, w := range list {
		out = append(out, LimitWindow{w.Max, Duration(w.Per), w.Used})
	}
	return out
}

// LimitIn says what to limit.
type LimitIn struct {
	Op         string   `json:"op"                     about:"the operation: externalcontact/get" kind:"op"`
	Max        int      `json:"max,omitzero"           about:"calls in any time of length per; one more is answered 45009"`
	Per        Duration `json:"per,omitzero"`
	InFlight   int      `json:"in_flight,omitzero"     about:"calls at once; one more is answered 45033"`
	OneAtATime []string `json:"one_at_a_time,omitzero" about:"paths in the request; a second call at once with the same values is answered 45035"`
}

// SetLimit limits an operation.
func (a *API) SetLimit(ctx context.Context, in LimitIn) (List[Limit], error) {
	if in.Max == 0 && in.InFlight == 0 && in.OneAtATime == nil {
		return List[Limit]{}, badRequest("body: want max and per, in_flight or one_at_a_time")
	}
	if in.InFlight < 0 {
		return List[Limit]{}, badRequest("body: in_flight cannot be negative")
	}
	err := try(func() {
		limits := a.srv.Limits()
		if in.Max != 0 {
			limits.Set(in.Op, in.Max, time.Duration(in.Per))
		}
		if in.InFlight > 0 {
			limits.InFlight(in.Op, in.InFlight)
		}
		if in.OneAtATime != nil {
			limits.OneAtATime(in.Op, in.OneAtATime...)
		}
	})
	if err != nil {
		return List[Limit]{}, err
	}
	a.changed("limit", in.Op)
	return a.Limits(ctx, None{})
}

// ResetLimits ends every block.
func (a *API) ResetLimits(ctx context.Context, _ None) (List[Limit], error) {
	a.srv.Limits().Reset()
	a.changed("limit", "reset")
	return a.Limits(ctx, None{})
}
