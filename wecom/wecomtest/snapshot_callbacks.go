package wecomtest

import (
	"fmt"
	"slices"
)

// savedCallback is a callback that is a URL.
type savedCallback struct {
	server        *Server
	url           string
	keys          Keys
	agentID       int64
	aiBotID       string
	json          bool
	suiteID       string
	serviceCorpID string
	randoms       int64
}

// portable reports whether a callback is nothing but data.
func (cb *callback) portable() bool { return cb.given.Handler == nil && cb.given.Client == nil }

func (cb *callback) save() savedCallback {
	in := cb.given
	return savedCallback{
		cb.s, in.URL, in.Keys, in.AgentID, in.AIBotID, in.JSON, in.SuiteID, in.ServiceCorpID, cb.randoms.Load(),
	}
}

type callbackList []*callback

func (list callbackList) stops() []func() {
	out := make([]func(), 0, len(list))
	for _, cb := range list {
		out = append(out, cb.stop)
	}
	return out
}

// bindSaved makes the callbacks of a snapshot. The caller holds s.mu.
func (w *world) bindSaved(next *restoration) (bound callbackList, err error) {
	for i, saved := range next.callbacks {
		in := Callback{
			URL: saved.url, Keys: saved.keys, AgentID: saved.agentID, AIBotID: saved.aiBotID, JSON: saved.json,
			SuiteID: saved.suiteID, ServiceCorpID: saved.serviceCorpID,
		}
		if saved.server == nil {
			return bound, fmt.Errorf("the snapshot's callback %d is of no corp", i)
		}
		cb := startCallback(saved.server, in)
		if err := cb.belongIn(next.corpOf(cb.s), &next.state); err != nil {
			return bound, err
		}
		if err := cb.reach(); err != nil {
			return bound, err
		}
		cb.randoms.Store(saved.randoms)
		bound = append(bound, cb)
	}
	return bound, nil
}

// bindHandlers adds the callbacks that no snapshot holds and that still have
// somebody to be of; gone are the others. The caller holds s.mu and
// s.deliverMu.
func (w *world) bindHandlers(next *restoration, bound callbackList) (all, gone callbackList) {
	for _, old := range w.callbacks {
		c := next.corpOf(old.s)
		if old.portable() || c == nil {
			gone = append(gone, old)
			continue
		}
		cb, err := old.again(c, &next.state)
		if err != nil || slices.ContainsFunc(bound, cb.same) {
			gone = append(gone, old)
			continue
		}
		bound = append(bound, cb)
	}
	return bound, gone
}

// again makes a callback anew, for who has taken the place of whose it was. The
// caller holds s.mu.
func (cb *callback) again(c *corp, of *state) (*callback, error) {
	next := startCallback(cb.s, cb.given)
	if err := next.belongIn(c, of); err != nil {
		return nil, err
	}
	if (next.suite == nil) != (cb.suite == nil) || (next.provider == nil) != (cb.provider == nil) {
		return nil, fmt.Errorf("wecomtest: callback: %s is no more", cb.owner())
	}
	next.url, next.client, next.stop = cb.url, cb.client, cb.stop
	next.randoms.Store(cb.randoms.Load())
	return next, nil
}

// startTickets begins to send tickets to suites that nobody listened for when
// the snapshot was taken, and whose handlers stay. The caller holds s.mu.
func (w *world) startTickets() {
	w.deliverMu.Lock()
	list := slices.Clone(w.callbacks)
	w.deliverMu.Unlock()
	for _, cb := range list {
		if cb.suite != nil && !slices.Contains(w.agenda, cb.suite.tickets.next) {
			cb.s.keepTickets(cb.suite)
		}
	}
}

// giveUp ends what a callback still has to send. The caller holds s.deliverMu.
func (cb *callback) giveUp() {
	cb.gone = true
	for _, p := range append(cb.queue, cb.held) {
		if p != nil {
			p.d.Done = true
		}
	}
	cb.queue, cb.held = nil, nil
}
