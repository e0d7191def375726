package wecomtest

import "slices"

// An Actor does what people do in the client and the console. WeCom tells
// apps of it by callback.
type Actor struct{ s *Server }

// Act returns the people at work.
func (s *Server) Act() Actor { return Actor{s} }

// AddCustomer lets a stranger become a customer of a member, and returns the
// external_userid. It is short for Act().AddCustomer.
func (s *Server) AddCustomer(userID string, cust Customer) string {
	s.helper()
	return s.Act().AddCustomer(userID, cust)
}

// AddCustomer lets a stranger become a customer of a member. FollowUser[0],
// if set, describes the relation; a customer whose ExternalUserID is known
// becomes a customer of this member, too.
func (a Actor) AddCustomer(userID string, cust Customer) string {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	a.s.member(userID)
	f := Follow{AddWay: 1}
	if len(cust.FollowUser) > 0 {
		f = cust.FollowUser[0].clone()
	}
	f.UserID = userID
	known := a.s.corp.customers.known(a.s.corp, a.s.clock.Now(), cust)
	a.s.befriend(known, f)
	return known.ExternalUserID
}

// EditCustomer lets a member change what they note about a customer: remarks,
// mobiles, tags.
func (a Actor) EditCustomer(userID, externalUserID string, edit func(*Follow)) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	_, f := a.s.relation(userID, externalUserID)
	next := f.clone()
	edit(&next)
	for _, id := range next.TagID {
		if a.s.corp.tags.tag(id) == nil {
			a.s.fatalf("wecomtest: no tag %q", id)
		}
	}
	*f = next.clone()
	f.UserID = userID
	a.s.emit(contactEvent("edit_external_contact", userID, externalUserID))
}

// DeleteCustomer lets a member delete a customer.
func (a Actor) DeleteCustomer(userID, externalUserID string) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	cust, _ := a.s.relation(userID, externalUserID)
	a.s.corp.customers.unfollow(cust, userID)
	a.s.emit(contactEvent("del_external_contact", userID, externalUserID))
}

// DeleteMember lets a customer delete a member. The member keeps the customer
// in their list, as WeCom does.
func (a Actor) DeleteMember(externalUserID, userID string) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	_, f := a.s.relation(userID, externalUserID)
	f.Deleted = true
	a.s.corp.behaviors.of(userID, a.s.clock.Now()).negatives++
	a.s.emit(contactEvent("del_follow_user", userID, externalUserID))
	a.s.lost(userID, externalUserID)
}

// Leave lets a member leave the corp. Their customers wait to be assigned to
// somebody else.
func (a Actor) Leave(userID string) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	m := a.s.member(userID)
	m.Left, m.LeftTime = true, a.s.clock.Now()
}

// member returns a member who must exist. The caller holds s.mu.
func (s *Server) member(userID string) *Member {
	s.helper()
	m := s.corp.members.byID[userID]
	if m == nil {
		s.fatalf("wecomtest: no member %q", userID)
	}
	return m
}

// relation returns a relation that must exist. The caller holds s.mu.
func (s *Server) relation(userID, externalUserID string) (*Customer, *Follow) {
	s.helper()
	cust := s.corp.customers.byID[externalUserID]
	if cust == nil || cust.follow(userID) == nil {
		s.fatalf("wecomtest: %q is no customer of %q", externalUserID, userID)
	}
	return cust, cust.follow(userID)
}

// contactEvent is a change_external_contact event.
func contactEvent(change, userID, externalUserID string, more ...Element) Event {
	return Event{
		Event:      "change_external_contact",
		ChangeType: change,
		Elements:   slices.Concat([]Element{{"UserID", userID}, {"ExternalUserID", externalUserID}}, more),
	}
}
