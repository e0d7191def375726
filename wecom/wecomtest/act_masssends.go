package wecomtest

import (
	"slices"
	"time"
)

// A MassSendRule is how many mass sends a customer or group chat may get, by
// apps and members together.
type MassSendRule int

const (
	MassSendMonthly MassSendRule = iota // as many as the month has days
	MassSendWeekly                      // seven a week
	MassSendDaily                       // one a day
)

// period returns when the rule's current period began, and how many sends it
// allows. Days are China's.
func (r MassSendRule) period(now time.Time) (start time.Time, quota int) {
	now = now.In(time.FixedZone("UTC+8", 8*60*60))
	year, month, day := now.Date()
	switch r {
	case MassSendDaily:
		return time.Date(year, month, day, 0, 0, 0, 0, now.Location()), 1
	case MassSendWeekly:
		sinceMonday := (int(now.Weekday()) + 6) % 7
		return time.Date(year, month, day-sinceMonday, 0, 0, 0, 0, now.Location()), 7
	default:
		start = time.Date(year, month, 1, 0, 0, 0, 0, now.Location())
		return start, start.AddDate(0, 1, -1).Day()
	}
}

// take counts one send to a customer or group chat, unless they had their
// quota.
func (s *massSendStore) take(to string, now time.Time) bool {
	start, quota := s.rule.period(now)
	n := 0
	for _, t := range s.times[to] {
		if !t.Before(start) {
			n++
		}
	}
	if n >= quota {
		return false
	}
	// A month is the longest that any rule looks back.
	recent := slices.DeleteFunc(s.times[to], func(t time.Time) bool { return now.Sub(t) > 31*24*time.Hour })
	s.times[to] = append(recent, now)
	return true
}

// SetMassSendRule lets an administrator choose in the console how many mass
// sends a customer may get; at first it is [MassSendMonthly].
func (a Actor) SetMassSendRule(r MassSendRule) {
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	a.s.corp.massSends.rule = r
}

// ConfirmSend lets a member send what a mass send asks of them. With to they
// pick customers, if it has AllowSelect, or group chats, if it names none;
// otherwise all get it, each unless they are no friend or had their quota.
func (a Actor) ConfirmSend(msgID, userID string, to ...string) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	m, t := a.s.massSendTask(msgID, userID)
	if t.choose {
		a.s.chooseGroupChats(t, to)
		to = nil
	}
	if len(to) > 0 && !m.AllowSelect {
		a.s.fatalf("wecomtest: ConfirmSend: mass send %q does not let members select", msgID)
	}
	for _, id := range to {
		if !slices.ContainsFunc(t.SendList, func(r MassSendResult) bool { return r.ExternalUserID == id }) {
			a.s.fatalf("wecomtest: ConfirmSend: mass send %q is not for %q", msgID, id)
		}
	}
	t.Status, t.SendTime = taskSent, a.s.clock.Now()
	for i := range t.SendList {
		if r := &t.SendList[i]; len(to) == 0 || slices.Contains(to, r.ExternalUserID) {
			a.s.corp.sendMass(m, userID, r, t.SendTime)
		}
	}
}

// IgnoreSend lets a member drop a mass send. Apps cannot tell it from one
// that waits.
func (a Actor) IgnoreSend(msgID, userID string) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	_, t := a.s.massSendTask(msgID, userID)
	t.ignored = true
}

// SendMass lets a member write to many customers or group chats of their own,
// and returns the msgid. Of m it takes ChatType (single if empty), Text and
// Attachments.
func (a Actor) SendMass(userID string, m MassSend, to ...string) string {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	a.s.member(userID)
	c, now := a.s.corp, a.s.clock.Now()
	t := &massSendTask{MassSendTask: MassSendTask{UserID: userID, Status: taskSent, SendTime: now}}
	own := &massSend{tasks: []*massSendTask{t}, MassSend: MassSend{
		MsgID:       c.nextID("msg"),
		ChatType:    "single",
		Creator:     userID,
		CreateTime:  now,
		Text:        m.Text,
		Attachments: slices.Clone(m.Attachments),
	}}
	if m.ChatType == chatGroup {
		own.ChatType = chatGroup
		a.s.chooseGroupChats(t, to)
	} else {
		for _, id := range to {
			a.s.relation(userID, id)
			t.SendList = append(t.SendList, MassSendResult{ExternalUserID: id})
		}
	}
	for i := range t.SendList {
		c.sendMass(own, userID, &t.SendList[i], now)
	}
	c.massSends.add(own)
	return own.MsgID
}

// sendMass sends to one customer or group chat.
func (c *corp) sendMass(m *massSend, userID string, r *MassSendResult, now time.Time) {
	to := r.ExternalUserID
	if m.ChatType == chatGroup {
		if to = r.ChatID; c.groupChats.byID[to] == nil {
			return // dismissed
		}
	} else if f := c.customers.byID[to].follow(userID); f == nil || f.Deleted {
		r.Status = resultNoFriend
		return
	}
	if !c.massSends.take(to, now) {
		r.Status = resultOverQuota
		return
	}
	r.Status, r.SendTime = resultSent, now
	if g := c.groupChats.byID[to]; g != nil {
		g.said(userID, now)
	}
	c.received.add(to, Received{
		Kind:        KindMassSend,
		Time:        now,
		UserID:      userID,
		MsgID:       m.MsgID,
		Text:        m.Text,
		Attachments: m.Attachments,
	})
}

// massSendTask returns a task that must wait for the member. The caller holds
// s.mu.
func (s *Server) massSendTask(msgID, userID string) (*massSend, *massSendTask) {
	s.helper()
	m := s.corp.massSends.byID[msgID]
	if m == nil {
		s.fatalf("wecomtest: no mass send %q", msgID)
	}
	t := m.task(userID)
	switch {
	case t == nil:
		s.fatalf("wecomtest: mass send %q asks nothing of %q", msgID, userID)
	case m.Cancelled:
		s.fatalf("wecomtest: mass send %q was cancelled", msgID)
	case t.ignored, t.Status == taskSent:
		s.fatalf("wecomtest: %q has dealt with mass send %q already", userID, msgID)
	case s.member(userID).Left:
		s.fatalf("wecomtest: %q has left", userID)
	}
	return m, t
}

// chooseGroupChats gives the task the group chats that the member picks, or
// all that they own. The caller holds s.mu.
func (s *Server) chooseGroupChats(t *massSendTask, chatIDs []string) {
	s.helper()
	if len(chatIDs) == 0 {
		for _, g := range s.corp.groupChats.order {
			if g.Owner == t.UserID {
				chatIDs = append(chatIDs, g.ChatID)
			}
		}
	}
	for _, id := range chatIDs {
		if g := s.groupChat(id); g.Owner != t.UserID {
			s.fatalf("wecomtest: %q does not own group chat %q", t.UserID, id)
		}
		t.SendList = append(t.SendList, MassSendResult{ChatID: id})
	}
}
