package wecomtest

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
