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
		cb := startCallback(old.s, old.given)
		if err := cb.belongIn(c, &next.state); err != nil || slices.ContainsFunc(bound, cb.same) {
			gone = append(gone, old)
			continue
		}
		cb.url, cb.client, cb.stop = old.url, old.client, old.stop
		cb.randoms.Store(old.randoms.Load())
		bound = append(bound, cb)
	}
	return bound, gone
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
