package wecomtest

import (
	"fmt"
	"slices"
)

// Callbacks returns where the apps of the corp, its robots, and the suites and
// providers that were set up through it hear of events, with their keys.
func (s *Server) Callbacks() []Callback {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deliverMu.Lock()
	defer s.deliverMu.Unlock()
	list := []Callback{}
	for _, cb := range s.callbacks {
		if cb.s.corp != s.corp {
			continue
		}
		in := cb.given
		in.Keys = cb.keys
		if cb.app != nil {
			in.AgentID = cb.app.AgentID
		}
		list = append(list, in)
	}
	return list
}

// RemoveCallback ends a callback, as somebody does who clears its URL in the
// console. Of in it looks at whose it is. What waits to be sent is given up.
func (s *Server) RemoveCallback(in Callback) error {
	gone := startCallback(s, in)
	if err := gone.belong(); err != nil {
		return err
	}
	cb := s.forget(gone)
	if cb == nil {
		return fmt.Errorf("wecomtest: %s has no callback", gone.owner())
	}
	cb.stop()
	return nil
}

// forget takes a callback out that is the same owner's, and returns it, or nil.
func (s *Server) forget(gone *callback) *callback {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deliverMu.Lock()
	defer s.deliverMu.Unlock()
	i := slices.IndexFunc(s.callbacks, gone.same)
	if i < 0 {
		return nil
	}
	cb := s.callbacks[i]
	s.callbacks = slices.Delete(s.callbacks, i, i+1)
	cb.giveUp()
	if cb.suite != nil {
		s.cancelLater(cb.suite.tickets.next)
	}
	s.noteDelivered()
	return cb
}

// origin is where a delivery came from, to send it again. That of a robot's is
// not known.
type origin struct {
	cb        *callback
	receiveID string
}

// Redeliver sends what a delivery brought once more, as a delivery of its own
// with a signature of its own, and returns its number. What is written for an
// intelligent robot cannot be sent again: its answer has a place in a chat.
func (s *Server) Redeliver(n int) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deliverMu.Lock()
	defer s.deliverMu.Unlock()
	logged := s.deliveries.find(n)
	switch {
	case n < 1 || n > s.deliveries.total():
		return 0, fmt.Errorf("wecomtest: no delivery %d", n)
	case logged == nil:
		return 0, fmt.Errorf("wecomtest: the log no longer holds delivery %d", n)
	}
	old, from := logged.d, logged.from
	if from.cb == nil {
		return 0, fmt.Errorf("wecomtest: delivery %d went to an intelligent robot", n)
	}
	i := slices.IndexFunc(s.callbacks, from.cb.same)
	if i < 0 {
		return 0, fmt.Errorf("wecomtest: the callback of delivery %d is no more", n)
	}
	cb := s.callbacks[i]
	w := s.mishap(old.Event)
	d := &Delivery{
		CorpID: old.CorpID, AgentID: old.AgentID, SuiteID: old.SuiteID,
		Event: old.Event.clone(), Body: old.Body, Mishap: w.String(),
	}
	s.deliveries.add(d, origin{cb, from.receiveID})
	cb.post(&parcel{d: d, way: w, copies: w.copies, receiveID: from.receiveID})
	return d.N, nil
}
