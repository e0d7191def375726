package wecomtest

// FollowSchool lets a parent scan the school's QR code, and reports whether
// they follow the school now: whom no student has as parent is turned away
// unless subscribe_mode is 1. Apps hear of who comes.
func (a Actor) FollowSchool(parentUserID string) bool {
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	school := &a.s.corp.school
	follows, known := school.follows[parentUserID]
	if !known && school.mode != subscribeByScan {
		return false
	}
	if !follows {
		school.follows[parentUserID] = true
		a.s.emit(schoolEvent("subscribe", parentUserID))
	}
	return true
}

// UnfollowSchool lets a parent stop following the school, whose notices reach
// them no more. Apps hear of it.
func (a Actor) UnfollowSchool(parentUserID string) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	if !a.s.corp.school.follows[parentUserID] {
		a.s.fatalf("wecomtest: %q does not follow the school", parentUserID)
	}
	a.s.corp.school.follows[parentUserID] = false
	a.s.emit(schoolEvent("unsubscribe", parentUserID))
}

// schoolEvent is a change_school_contact event.
func schoolEvent(change, id string) Event {
	return Event{Event: "change_school_contact", ChangeType: change, Elements: []Element{{"Id", id}}}
}

// SetCorpVerified lets WeCom grant or end the corp's verification (企业认证),
// which it has at first.
func (a Actor) SetCorpVerified(verified bool) {
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	a.s.corp.school.unverified = !verified
}
