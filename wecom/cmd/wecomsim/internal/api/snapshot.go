package api

import (
	"context"
	"encoding/json"
	"time"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func snapshotRoutes() []Route {
	return []Route{
		answers(get, "snapshot", "Show all that the simulator knows, to keep it and to go back to it; the secrets of its corps are in it", (*API).Snapshot),
		answers(post, "snapshot", "Go back to a snapshot: what GET /_sim/snapshot has shown. The clock is set to its time; faults, limits and logs stay", (*API).Restore),
		answers(post, "reset", "Go back to what the simulator began with, without faults, mishaps, chaos, limits and logs; callbacks stay, and the clock goes on", (*API).Reset),
	}
}

// A Snapshot is all that a simulator knows. But for the version it is the
// simulator's own affair.
type Snapshot struct {
	Version   int               `json:"version"            about:"a simulator reads its own version only"`
	Time      time.Time         `json:"time,omitzero"      about:"by the simulator's clock"`
	Frozen    bool              `json:"frozen,omitzero"    about:"the clock does not move by itself"`
	Corps     []json.RawMessage `json:"corps"`
	State     json.RawMessage   `json:"state"              about:"what the corps have in common"`
	Callbacks []json.RawMessage `json:"callbacks,omitzero" about:"those that have a URL"`
}

// Snapshot shows what the simulator knows.
func (a *API) Snapshot(context.Context, None) (Snapshot, error) {
	var out Snapshot
	data, err := a.srv.Snapshot()
	if err == nil {
		err = json.Unmarshal(data, &out)
	}
	return out, err
}

// Restore goes back to a snapshot.
func (a *API) Restore(ctx context.Context, in Snapshot) (Tenant, error) {
	a.acting.Lock()
	defer a.acting.Unlock()
	if err := a.restore(in); err != nil {
		return Tenant{}, badRequest("body: %s", plain(err.Error()))
	}
	a.changed("restore", "")
	return a.Tenant(ctx, None{})
}

func (a *API) restore(in Snapshot) error {
	data, err := json.Marshal(in)
	if err != nil {
		return err
	}
	return a.srv.Restore(data)
}

// Begin makes what the simulator knows now what [API.Reset] goes back to. New
// calls it.
func (a *API) Begin() {
	a.acting.Lock()
	defer a.acting.Unlock()
	a.start, a.lost = a.Snapshot(context.Background(), None{})
	a.start.Callbacks = nil // stay as they are
}

// Reset goes back to the beginning. What has fallen due since then happens
// again.
func (a *API) Reset(ctx context.Context, _ None) (Tenant, error) {
	a.acting.Lock()
	defer a.acting.Unlock()
	callbacks := make(map[string][]wecomtest.Callback)
	for _, s := range a.srv.Corps() {
		for _, cb := range s.Callbacks() {
			if cb.Handler == nil {
				callbacks[s.CorpID()] = append(callbacks[s.CorpID()], cb)
			}
		}
	}
	if a.lost != nil {
		return Tenant{}, a.lost
	}
	if err := a.restore(a.start); err != nil {
		return Tenant{}, err
	}
	a.calm()
	a.CatchUp()
	for _, s := range a.srv.Corps() {
		for _, cb := range callbacks[s.CorpID()] {
			cb.Unchecked = true
			_ = s.SetCallback(cb) // unless its robot, suite or app was not there in the beginning
		}
	}
	a.srv.ClearLogs()
	a.changed("reset", "")
	return a.Tenant(ctx, None{})
}

// calm ends what was to go wrong, and limits that were set.
func (a *API) calm() {
	for _, f := range a.srv.Faults() {
		f.Remove()
	}
	for _, m := range a.srv.Mishaps() {
		m.Remove()
	}
	for _, c := range a.srv.AllChaos() {
		c.Stop()
	}
	a.srv.Limits().Clear()
}

// CatchUp lets time pass until the simulator's clock is not behind the system's,
// unless it is frozen.
func (a *API) CatchUp() {
	clock := a.srv.Clock()
	if late := time.Until(clock.Now()); late < 0 && !clock.Frozen() {
		clock.Advance(-late)
	}
}

// Watch returns what waits until there is a call, a delivery or a change that
// was not there when Watch was called.
func (a *API) Watch() (wait func(context.Context) error) {
	calls := a.srv.Changed()
	_, _, news := a.news.since(0)
	return func(ctx context.Context) error {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-calls:
		case <-news:
		}
		return nil
	}
}
