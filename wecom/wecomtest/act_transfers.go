package wecomtest

import (
	"slices"
	"time"
)

// AcceptTransfer lets a customer accept at once the member who takes over.
// Without it that happens by itself after 24 hours.
func (a Actor) AcceptTransfer(externalUserID string) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	a.s.completeTransfer(a.s.waitingTransfer(externalUserID))
}

// RefuseTransfer lets a customer stay with the member they have.
func (a Actor) RefuseTransfer(externalUserID string) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	a.s.failTransfer(a.s.waitingTransfer(externalUserID), transferRefused, "customer_refused")
}

// waitingTransfer returns a transfer that must be under way. The caller holds
// s.mu.
func (s *Server) waitingTransfer(externalUserID string) *transfer {
	s.helper()
	t := s.corp.transfers.waiting(externalUserID)
	if t == nil {
		s.fatalf("wecomtest: %q is not being transferred", externalUserID)
	}
	return t
}

// transferEnd completes transfers that still wait after 24 hours.
type transferEnd struct{ started []*transfer }

func (e transferEnd) run(s *Server) {
	for _, t := range e.started {
		if t.Status == transferWaiting {
			s.completeTransfer(t)
		}
	}
}

// completeTransfer moves the customer over and tells of it. The new relation
// takes over what the old member noted. The caller holds s.mu.
func (s *Server) completeTransfer(t *transfer) {
	c, now := s.corp, s.clock.Now()
	already := t.cust.follow(t.TakeoverUserID) != nil
	if !already && c.full(t.TakeoverUserID) {
		s.failTransfer(t, transferLimited, "customer_limit_exceed")
		return
	}
	returned := slices.ContainsFunc(c.transfers.byCustomer[t.ExternalUserID], func(old *transfer) bool {
		return old.Status == transferDone && old.HandoverUserID == t.TakeoverUserID
	})
	t.Status, t.TakeoverTime = transferDone, now
	next := Follow{UserID: t.TakeoverUserID}
	if f := t.cust.follow(t.HandoverUserID); f != nil {
		next = f.clone()
		next.UserID, next.CreateTime, next.State, next.Deleted = t.TakeoverUserID, time.Time{}, "", false
		next.PersonalTag, next.WechatChannels = nil, nil
		c.customers.unfollow(t.cust, t.HandoverUserID)
		if !t.Resigned { // it is only told of members who are still there
			s.emit(contactEvent("del_external_contact", t.HandoverUserID, t.ExternalUserID, Element{"Source", "DELETE_BY_TRANSFER"}))
		}
	}
	if already {
		return
	}
	next.AddWay, next.OperUserID = addWayAssigned, t.HandoverUserID
	c.customers.addFollow(t.cust, next, now)
	if !returned {
		s.emit(contactEvent("add_external_contact", t.TakeoverUserID, t.ExternalUserID))
	}
}

// addWayAssigned is 管理员/负责人分配.
const addWayAssigned = 202

// failTransfer leaves the customer where they are and tells why.
func (s *Server) failTransfer(t *transfer, status int, reason string) {
	t.Status, t.TakeoverTime = status, time.Time{}
	e := contactEvent("transfer_fail", t.TakeoverUserID, t.ExternalUserID)
	e.Elements = slices.Insert(e.Elements, 0, Element{"FailReason", reason})
	s.emit(e)
}
