package wecomtest

import "slices"

// PublishMoment lets a member publish a moment that the corp made. From then
// on their customers see it, or those with its tags.
func (a Actor) PublishMoment(momentID, userID string) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	m := a.s.corp.moments.ready(momentID, a.s.clock.Now())
	if m == nil {
		a.s.fatalf("wecomtest: no moment %q", momentID)
	}
	t := m.task(userID)
	switch {
	case t == nil:
		a.s.fatalf("wecomtest: moment %q asks nothing of %q", momentID, userID)
	case m.Cancelled:
		a.s.fatalf("wecomtest: moment %q was cancelled", momentID)
	case t.PublishStatus == momentPublished:
		a.s.fatalf("wecomtest: %q has published moment %q already", userID, momentID)
	case a.s.member(userID).Left:
		a.s.fatalf("wecomtest: %q has left", userID)
	}
	a.s.publish(m, t)
}

// PostMoment lets a member post a moment of their own, and returns the
// moment_id. Of m it takes Text, Attachments, Location and TagList.
func (a Actor) PostMoment(userID string, m Moment) string {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	a.s.member(userID)
	own := m.clone()
	own.MomentID = a.s.corp.nextID("mom")
	own.Creator, own.CreateTime = userID, a.s.clock.Now()
	own.TaskList = []MomentTask{{UserID: userID}}
	a.s.corp.moments.add(&own)
	a.s.publish(&own, &own.TaskList[0])
	return own.MomentID
}

// publish shows a moment to a member's customers. The caller holds s.mu.
func (s *Server) publish(m *Moment, t *MomentTask) {
	t.PublishStatus, t.PublishTime = momentPublished, s.clock.Now()
	t.CustomerList = s.corp.audience(m, t.UserID)
}

// LikeMoment lets a customer who sees it, or a member, like what a member
// published.
func (a Actor) LikeMoment(momentID, publisher, who string) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	t := a.s.publishedMoment(momentID, publisher)
	r := a.s.reaction(t, who)
	for _, old := range t.LikeList {
		if old.UserID == r.UserID && old.ExternalUserID == r.ExternalUserID {
			a.s.fatalf("wecomtest: %q likes moment %q already", who, momentID)
		}
	}
	t.LikeList = append(t.LikeList, r)
}

// CommentMoment lets a customer who sees it, or a member, comment on what a
// member published. WeCom keeps what they say to itself.
func (a Actor) CommentMoment(momentID, publisher, who string) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	t := a.s.publishedMoment(momentID, publisher)
	t.CommentList = append(t.CommentList, a.s.reaction(t, who))
}

// publishedMoment returns what a member must have published. The caller holds
// s.mu.
func (s *Server) publishedMoment(momentID, userID string) *MomentTask {
	s.helper()
	m := s.corp.moments.ready(momentID, s.clock.Now())
	if m == nil {
		s.fatalf("wecomtest: no moment %q", momentID)
	}
	t := m.task(userID)
	if t == nil || t.PublishStatus != momentPublished {
		s.fatalf("wecomtest: %q has not published moment %q", userID, momentID)
	}
	return t
}

// reaction is one of a member, or of a customer who must see the moment. The
// caller holds s.mu.
func (s *Server) reaction(t *MomentTask, who string) MomentReaction {
	s.helper()
	now := s.clock.Now()
	if s.corp.members.byID[who] != nil {
		return MomentReaction{UserID: who, CreateTime: now}
	}
	if !slices.Contains(t.CustomerList, who) {
		s.fatalf("wecomtest: %q does not see the moment", who)
	}
	return MomentReaction{ExternalUserID: who, CreateTime: now}
}
