package wecomtest

import "cmp"

// Chat lets a customer write to a member, who answers at once: short for
// [Actor.WriteToMember] and [Actor.WriteToCustomer].
func (a Actor) Chat(userID, externalUserID string) {
	a.s.helper()
	a.WriteToMember(externalUserID, userID)
	a.WriteToCustomer(userID, externalUserID)
}

// WriteToMember lets a customer write to a member. Mass sends go to the member
// who talked with the customer last, and who talks needs no welcome message.
// Of customers who came by an acquisition link WeCom tells the first message,
// and that there were 3, 5 and 10.
//
// Each text is a message and shows in [Server.Conversation]; without one they
// say something that nobody notes.
func (a Actor) WriteToMember(externalUserID, userID string, texts ...string) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	cust, _ := a.s.relation(userID, externalUserID)
	c, now := a.s.corp, a.s.clock.Now()
	c.talks[relationKey{userID, externalUserID}] = now
	c.typed(relationKey{userID, externalUserID}, externalUserID, now, texts)
	for range max(1, len(texts)) {
		c.behaviors.asked(userID, externalUserID, now)
		a.s.heardFrom(cust, userID)
	}
}

// WriteToCustomer lets a member write to a customer. Texts are as in
// [Actor.WriteToMember].
func (a Actor) WriteToCustomer(userID, externalUserID string, texts ...string) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	a.s.relation(userID, externalUserID)
	c, now := a.s.corp, a.s.clock.Now()
	c.talks[relationKey{userID, externalUserID}] = now
	c.typed(relationKey{userID, externalUserID}, userID, now, texts)
	for range max(1, len(texts)) {
		c.behaviors.wrote(userID, externalUserID, now)
	}
}

// InviteCustomer lets a member ask a stranger to be a friend, and returns the
// external_userid. FollowUser[0], if set, describes the relation to come.
// Nothing more happens until [Actor.AcceptMember].
func (a Actor) InviteCustomer(userID string, cust Customer) string {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	a.s.member(userID)
	c, now := a.s.corp, a.s.clock.Now()
	f := Follow{AddWay: addWayMobile}
	if len(cust.FollowUser) > 0 {
		f = cust.FollowUser[0].clone()
	}
	f.UserID, f.OperUserID = userID, cmp.Or(f.OperUserID, userID)
	known := c.customers.known(c, now, cust)
	if old := known.follow(userID); old != nil && !old.Deleted {
		a.s.fatalf("wecomtest: %q is a customer of %q already", known.ExternalUserID, userID)
	}
	c.contactWays.pending[relationKey{userID, known.ExternalUserID}] = friendRequest{follow: f, invited: true}
	c.behaviors.of(userID, now).applies++
	return known.ExternalUserID
}

// addWayMobile is 搜索手机号.
const addWayMobile = 2

// AcceptMember lets a stranger accept the friend request of a member.
func (a Actor) AcceptMember(externalUserID, userID string) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	key := relationKey{userID, externalUserID}
	req, ok := a.s.corp.contactWays.pending[key]
	if !ok || !req.invited {
		a.s.fatalf("wecomtest: %q has not asked %q to be a friend", userID, externalUserID)
	}
	delete(a.s.corp.contactWays.pending, key)
	a.s.befriend(a.s.corp.customers.byID[externalUserID], req.follow)
}
