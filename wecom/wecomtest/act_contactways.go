package wecomtest

import (
	"cmp"
	"slices"
)

// friendRequest waits for an answer.
type friendRequest struct {
	follow  Follow
	code    string // welcome code of the half friendship
	invited bool   // the member asked, and the customer answers
	visit   *visit // by an acquisition link
}

// ScanContactWay lets somebody scan a contact way's code, or press its button,
// and ask to be a friend. It returns the member whom WeCom picked and the
// external_userid.
//
// Without verification they are friends at once. With it nothing more happens
// until [Actor.AcceptCustomer]. Members of one contact way take turns; a
// friend of one of them stays with that one, and nothing happens.
func (a Actor) ScanContactWay(configID string, cust Customer) (userID, externalUserID string) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	c, now := a.s.corp, a.s.clock.Now()
	way := c.contactWays.byID[configID]
	switch {
	case way == nil:
		a.s.fatalf("wecomtest: no contact way %q", configID)
	case !way.live(now):
		a.s.fatalf("wecomtest: contact way %q has ended", configID)
	case way.UnionID != "" && way.UnionID != cust.UnionID:
		a.s.fatalf("wecomtest: contact way %q is for the unionid %q alone", configID, way.UnionID)
	}
	known := c.customers.known(c, now, cust)
	externalUserID = known.ExternalUserID
	users := slices.DeleteFunc(way.users(c), func(id string) bool {
		f := known.follow(id)
		return !c.members.byID[id].follows() || f == nil && c.full(id)
	})
	if len(users) == 0 {
		a.s.fatalf("wecomtest: contact way %q has nobody who could take a customer", configID)
	}
	for _, id := range users {
		if f := known.follow(id); f != nil && !f.Deleted {
			return id, externalUserID
		}
	}
	userID = way.pick(users, known)
	way.used = true
	f := Follow{UserID: userID, State: way.State, OperUserID: externalUserID}
	if way.Scene == sceneQRCode {
		f.AddWay = 1
	}
	if way.IsTemp {
		c.contactWays.chats[relationKey{userID, externalUserID}] = now.Add(way.ChatExpiresIn)
	}
	if way.SkipVerify {
		a.s.befriend(known, f)
	} else {
		c.contactWays.pending[relationKey{userID, externalUserID}] = friendRequest{follow: f}
	}
	return userID, externalUserID
}

// pick chooses a member for a new customer.
func (w *contactWay) pick(users []string, cust *Customer) string {
	company := w.IsExclusive && cust.Type == weComUser && cust.CorpName != ""
	if id := w.exclusive[cust.CorpName]; company && slices.Contains(users, id) {
		return id
	}
	id := users[w.turn%len(users)]
	w.turn++
	if company {
		if w.exclusive == nil {
			w.exclusive = make(map[string]string)
		}
		w.exclusive[cust.CorpName] = id
	}
	return id
}

// AddHalfCustomer lets a stranger add a member who wants no verification, but
// has not confirmed yet: a half friend, whom no endpoint shows. FollowUser[0],
// if set, describes the relation to come. [Actor.AcceptCustomer] makes it
// whole.
func (a Actor) AddHalfCustomer(userID string, cust Customer) string {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	a.s.member(userID)
	c, now := a.s.corp, a.s.clock.Now()
	f := Follow{AddWay: 1}
	if len(cust.FollowUser) > 0 {
		f = cust.FollowUser[0].clone()
	}
	f.UserID = userID
	known := c.customers.known(c, now, cust)
	f.OperUserID = cmp.Or(f.OperUserID, known.ExternalUserID)
	more := c.welcome(known, f, now)
	e := contactEvent("add_half_external_contact", userID, known.ExternalUserID, more...)
	code, _ := e.Get("WelcomeCode").(string)
	c.contactWays.pending[relationKey{userID, known.ExternalUserID}] = friendRequest{follow: f, code: code}
	a.s.emit(e)
	return known.ExternalUserID
}

// AcceptCustomer lets a member accept the friend request of a stranger who
// waits, whole or half. If the stranger has been welcomed as a half friend
// there is no second welcome code.
func (a Actor) AcceptCustomer(userID, externalUserID string) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	c := a.s.corp
	key := relationKey{userID, externalUserID}
	req, ok := c.contactWays.pending[key]
	if !ok || req.invited {
		a.s.fatalf("wecomtest: %q has not asked %q to be a friend", externalUserID, userID)
	}
	delete(c.contactWays.pending, key)
	cust := c.customers.byID[externalUserID]
	if code := c.welcomes[req.code]; code == nil || !code.used {
		a.s.befriend(cust, req.follow)
		if req.visit != nil {
			a.s.acquired(req.visit, userID)
		}
		return
	}
	a.s.follow(cust, req.follow)
	var more []Element
	if req.follow.State != "" {
		more = []Element{{"State", req.follow.State}}
	}
	a.s.emit(contactEvent("add_external_contact", userID, externalUserID, more...))
}

// befriend adds a relation and tells of it, with a welcome code. The caller
// holds s.mu.
func (s *Server) befriend(cust *Customer, f Follow) {
	s.follow(cust, f)
	s.emit(contactEvent("add_external_contact", f.UserID, cust.ExternalUserID, s.corp.welcome(cust, f, s.clock.Now())...))
}

// follow adds a relation and counts it. The caller holds s.mu.
func (s *Server) follow(cust *Customer, f Follow) {
	now := s.clock.Now()
	s.corp.customers.addFollow(cust, f, now)
	s.corp.behaviors.of(f.UserID, now).contacts++
}
