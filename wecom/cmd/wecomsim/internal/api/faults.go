package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func faultRoutes() []Route {
	return []Route{
		answers(get, "faults", "List the faults that calls may meet", (*API).Faults),
		answers(post, "faults", "Let calls of an operation fail, in one way", (*API).AddFault),
		answers(remove, "faults/{n}", "End a fault", (*API).RemoveFault),
		answers(get, "mishaps", "List what may befall callbacks", (*API).Mishaps),
		answers(post, "mishaps", "Let something befall callbacks on their way, in one way or several", (*API).AddMishap),
		answers(remove, "mishaps/{n}", "End a mishap", (*API).RemoveMishap),
	}
}

// A Fault is what calls may meet.
type Fault struct {
	wecomtest.FaultState
	Delay Duration `json:"delay,omitzero"`
}

// Faults lists faults.
func (a *API) Faults(context.Context, None) (List[Fault], error) {
	list := []Fault{}
	for _, f := range a.srv.Faults() {
		list = append(list, faultOf(f))
	}
	return List[Fault]{list, len(list)}, nil
}

func faultOf(f *wecomtest.Fault) Fault {
	state := f.State()
	return Fault{state, Duration(state.Delay)}
}

// FaultIn says which calls fail, and how.
type FaultIn struct {
	Op     string         `json:"op"              about:"the operation: externalcontact/get" kind:"op"`
	Where  map[string]any `json:"where,omitzero"  about:"only calls whose request has these values, by path: userid, external_userid[0]"`
	Times  int            `json:"times,omitzero"  about:"how often; every time if not given"`
	After  int            `json:"after,omitzero"  about:"how many matching calls pass first"`
	Chance float64        `json:"chance,omitzero" about:"how likely it is, from 0 to 1; always if not given"`
	Seed   uint64         `json:"seed,omitzero"   about:"of the chance: the same one gives the same faults"`
	Delay  Duration       `json:"delay,omitzero"  about:"how long the call waits, before what else the fault does or alone"`

	Code     *int       `json:"code,omitzero"     about:"answer with this errcode; the call is not carried out"`
	HTTP     *FaultHTTP `json:"http,omitzero"     about:"answer like a proxy"`
	NotJSON  bool       `json:"not_json,omitzero" about:"answer 200 with a page of HTML"`
	Hang     bool       `json:"hang,omitzero"     about:"never answer"`
	Reset    bool       `json:"reset,omitzero"    about:"break the connection; the call is not carried out"`
	Lost     bool       `json:"lost,omitzero"     about:"carry the call out and break the connection in place of an answer"`
	Truncate *int       `json:"truncate,omitzero" about:"carry the call out and break the connection after so many bytes of the answer"`
}

// FaultHTTP is the answer of a proxy.
type FaultHTTP struct {
	Status int    `json:"status"`
	Body   string `json:"body,omitzero"`
}

// kinds are the ways to fail that were given.
func (in *FaultIn) kinds() []func(*wecomtest.Fault) {
	var list []func(*wecomtest.Fault)
	add := func(given bool, f func(*wecomtest.Fault)) {
		if given {
			list = append(list, f)
		}
	}
	add(in.Code != nil, func(f *wecomtest.Fault) { f.Code(*in.Code) })
	add(in.HTTP != nil, func(f *wecomtest.Fault) { f.HTTP(in.HTTP.Status, in.HTTP.Body) })
	add(in.NotJSON, func(f *wecomtest.Fault) { f.NotJSON() })
	add(in.Hang, func(f *wecomtest.Fault) { f.Hang() })
	add(in.Reset, func(f *wecomtest.Fault) { f.Reset() })
	add(in.Lost, func(f *wecomtest.Fault) { f.Lost() })
	add(in.Truncate != nil, func(f *wecomtest.Fault) { f.Truncate(*in.Truncate) })
	return list
}

func (in *FaultIn) check() error {
	kinds := in.kinds()
	switch {
	case len(kinds) > 1:
		return badRequest("body: want one of code, http, not_json, hang, reset, lost and truncate, not several")
	case len(kinds) == 0 && in.Delay == 0:
		return badRequest("body: want one of code, http, not_json, hang, reset, lost and truncate, or delay")
	case in.Chance < 0 || in.Chance > 1:
		return badRequest("body: chance: want a number from 0 to 1")
	case in.Times < 0 || in.After < 0 || in.Delay < 0 || in.Truncate != nil && *in.Truncate < 0:
		return badRequest("body: times, after, delay and truncate cannot be negative")
	case in.HTTP != nil && (in.HTTP.Status < 200 || in.HTTP.Status > 599):
		return badRequest("body: http.status: want one from 200 to 599")
	}
	return nil
}

// AddFault prepares a fault.
func (a *API) AddFault(_ context.Context, in FaultIn) (Fault, error) {
	if err := in.check(); err != nil {
		return Fault{}, err
	}
	var f *wecomtest.Fault
	if err := try(func() { f = a.srv.Fault(in.Op) }); err != nil {
		return Fault{}, err
	}
	f.Times(in.Times).After(in.After).Optional()
	for path, value := range in.Where {
		f.Where(path, value)
	}
	if in.Chance > 0 {
		f.Prob(in.Chance, in.Seed)
	}
	if in.Delay > 0 {
		f.Delay(time.Duration(in.Delay))
	}
	for _, kind := range in.kinds() {
		kind(f)
	}
	a.changed("fault", in.Op)
	return faultOf(f), nil
}

// RemoveFault ends a fault.
func (a *API) RemoveFault(_ context.Context, in InNumber) (None, error) {
	list := a.srv.Faults()
	i := slices.IndexFunc(list, func(f *wecomtest.Fault) bool { return f.State().N == in.N })
	if i < 0 {
		return None{}, notFound("no fault %d", in.N)
	}
	list[i].Remove()
	a.changed("fault", "")
	return None{}, nil
}

// Mishaps lists mishaps.
func (a *API) Mishaps(context.Context, None) (List[wecomtest.MishapState], error) {
	list := []wecomtest.MishapState{}
	for _, m := range a.srv.Mishaps() {
		list = append(list, m.State())
	}
	return List[wecomtest.MishapState]{list, len(list)}, nil
}

// MishapIn says which callbacks something befalls, and what.
type MishapIn struct {
	Of    []string `json:"of,omitzero"    about:"only these events: change_external_chat, add_external_contact, change_external_chat/update, text; all if not given" kind:"event"`
	Times int      `json:"times,omitzero" about:"how often; every time if not given"`
	After int      `json:"after,omitzero" about:"how many matching callbacks pass first"`

	Duplicate      bool     `json:"duplicate,omitzero"        about:"send it once more after it was answered"`
	Delay          Duration `json:"delay,omitzero"            about:"send it later"`
	Reorder        bool     `json:"reorder,omitzero"          about:"let the next one overtake it"`
	Lose           bool     `json:"lose,omitzero"             about:"never send it"`
	BadSignature   bool     `json:"bad_signature,omitzero"    about:"sign it wrongly"`
	OldTimestamp   Duration `json:"old_timestamp,omitzero"    about:"sign it as of so long ago"`
	WrongReceiveID bool     `json:"wrong_receive_id,omitzero" about:"encrypt it for another corp"`
	OldKeys        bool     `json:"old_keys,omitzero"         about:"use the keys of before they were changed"`
	Oversize       int      `json:"oversize,omitzero"         about:"pad it to so many bytes"`
	Lag            Duration `json:"lag,omitzero"              about:"let the data of a group chat trail its event for so long"`
}

// AddMishap prepares a mishap.
func (a *API) AddMishap(_ context.Context, in MishapIn) (wecomtest.MishapState, error) {
	if in.Times < 0 || in.After < 0 || in.Delay < 0 || in.OldTimestamp < 0 || in.Oversize < 0 || in.Lag < 0 {
		return wecomtest.MishapState{}, badRequest("body: no number or time can be negative")
	}
	var does []func(*wecomtest.Mishap)
	add := func(given bool, f func(*wecomtest.Mishap)) {
		if given {
			does = append(does, f)
		}
	}
	add(in.Duplicate, func(m *wecomtest.Mishap) { m.Duplicate() })
	add(in.Delay > 0, func(m *wecomtest.Mishap) { m.Delay(time.Duration(in.Delay)) })
	add(in.Reorder, func(m *wecomtest.Mishap) { m.Reorder() })
	add(in.Lose, func(m *wecomtest.Mishap) { m.Lose() })
	add(in.BadSignature, func(m *wecomtest.Mishap) { m.BadSignature() })
	add(in.OldTimestamp > 0, func(m *wecomtest.Mishap) { m.OldTimestamp(time.Duration(in.OldTimestamp)) })
	add(in.WrongReceiveID, func(m *wecomtest.Mishap) { m.WrongReceiveID() })
	add(in.OldKeys, func(m *wecomtest.Mishap) { m.OldKeys() })
	add(in.Oversize > 0, func(m *wecomtest.Mishap) { m.Oversize(in.Oversize) })
	add(in.Lag > 0, func(m *wecomtest.Mishap) { m.Lag(time.Duration(in.Lag)) })
	if len(does) == 0 {
		return wecomtest.MishapState{}, badRequest("body: say what befalls: duplicate, delay, reorder, lose, bad_signature, old_timestamp, wrong_receive_id, old_keys, oversize or lag")
	}
	m := a.srv.Deliver().Of(in.Of...).Times(in.Times).After(in.After).Optional()
	for _, do := range does {
		do(m)
	}
	a.changed("mishap", "")
	return m.State(), nil
}

// RemoveMishap ends a mishap.
func (a *API) RemoveMishap(_ context.Context, in InNumber) (None, error) {
	list := a.srv.Mishaps()
	i := slices.IndexFunc(list, func(m *wecomtest.Mishap) bool { return m.State().N == in.N })
	if i < 0 {
		return None{}, errorf(http.StatusNotFound, "no mishap %d", in.N)
	}
	list[i].Remove()
	a.changed("mishap", "")
	return None{}, nil
}
