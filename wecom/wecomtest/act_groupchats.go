package wecomtest

import "slices"

// joinByQRCode is the one way in that an event tells from the others, and
// numbers as groupchat/get does. All others are 0 there, and 1 or 2 here.
const joinByQRCode = 3

// CreateGroupChat lets a member create a group chat, and returns its chat_id.
func (a Actor) CreateGroupChat(in GroupChat) string {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	a.s.member(in.Owner)
	g := a.s.corp.groupChats.add(a.s.corp, a.s.clock.Now(), in)
	a.s.emit(chatEvent("create", g))
	return g.ChatID
}

// JoinGroupChat lets people join a group chat together: by JoinScene, which
// must be the same for all, with the State of the QR code that they scanned.
func (a Actor) JoinGroupChat(chatID string, members ...GroupMember) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	g := a.s.groupChat(chatID)
	if len(members) == 0 {
		a.s.fatalf("wecomtest: JoinGroupChat: nobody joins")
	}
	joined := make([]string, 0, len(members))
	for i, m := range members {
		if g.member(m.UserID) != nil {
			a.s.fatalf("wecomtest: %q is in group chat %q already", m.UserID, chatID)
		}
		if g.full() {
			a.s.fatalf("wecomtest: group chat %q is full", chatID)
		}
		m.fill(a.s.corp, a.s.clock.Now())
		if eventScene(m.JoinScene) != eventScene(members[0].JoinScene) {
			a.s.fatalf("wecomtest: JoinGroupChat: member %d joins in another way than the first", i)
		}
		g.MemberList = append(g.MemberList, m)
		joined = append(joined, m.UserID)
	}
	a.s.membersChanged(g, "add_member", Element{"JoinScene", eventScene(members[0].JoinScene)}, joined)
}

// eventScene is a join_scene of groupchat/get as the event numbers it.
func eventScene(joinScene int) int {
	if joinScene == joinByQRCode {
		return joinByQRCode
	}
	return 0
}

// LeaveGroupChat lets people leave a group chat.
func (a Actor) LeaveGroupChat(chatID string, userIDs ...string) {
	a.s.helper()
	a.quit(chatID, 0, userIDs)
}

// RemoveFromGroupChat lets the owner put people out of a group chat.
func (a Actor) RemoveFromGroupChat(chatID string, userIDs ...string) {
	a.s.helper()
	a.quit(chatID, 1, userIDs)
}

func (a Actor) quit(chatID string, quitScene int, userIDs []string) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	g := a.s.groupChat(chatID)
	for _, id := range userIDs {
		a.s.groupMember(g, id)
		if id == g.Owner {
			a.s.fatalf("wecomtest: %q owns group chat %q", id, chatID)
		}
	}
	last := g.MemberVersion
	g.leave(a.s.corp, a.s.clock.Now(), userIDs)
	a.s.tellMembers(g, last, "del_member", Element{"QuitScene", quitScene}, userIDs)
}

// RenameGroupChat lets somebody rename a group chat.
func (a Actor) RenameGroupChat(chatID, name string) {
	a.s.helper()
	a.update(chatID, "change_name", func(g *groupChat) { g.Name = name })
}

// ChangeGroupNotice lets the owner put up another notice.
func (a Actor) ChangeGroupNotice(chatID, notice string) {
	a.s.helper()
	a.update(chatID, "change_notice", func(g *groupChat) { g.Notice = notice })
}

// ChangeGroupOwner lets the owner hand a group chat to a member in it.
func (a Actor) ChangeGroupOwner(chatID, userID string) {
	a.s.helper()
	a.update(chatID, "change_owner", func(g *groupChat) {
		a.s.helper()
		a.s.member(userID)
		a.s.groupMember(g, userID)
		g.Owner = userID
	})
}

func (a Actor) update(chatID, detail string, change func(*groupChat)) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	g := a.s.groupChat(chatID)
	change(g)
	a.s.emit(chatEvent("update", g, Element{"UpdateDetail", detail}))
}

// DismissGroupChat lets the owner dissolve a group chat.
func (a Actor) DismissGroupChat(chatID string) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	g := a.s.groupChat(chatID)
	a.s.corp.groupChats.remove(g, a.s.clock.Now())
	a.s.corp.joinWays.forget(chatID)
	a.s.emit(chatEvent("dismiss", g))
}

// groupChat returns a group chat that must exist. The caller holds s.mu.
func (s *Server) groupChat(chatID string) *groupChat {
	s.helper()
	g := s.corp.groupChats.byID[chatID]
	if g == nil {
		s.fatalf("wecomtest: no group chat %q", chatID)
	}
	s.corp.groupChats.remember(g)
	return g
}

// groupMember fails if the person is not in the group chat.
func (s *Server) groupMember(g *groupChat, userID string) {
	s.helper()
	if g.member(userID) == nil {
		s.fatalf("wecomtest: %q is not in group chat %q", userID, g.ChatID)
	}
}

// membersChanged gives the member list a new version and tells who came. The
// caller holds s.mu.
func (s *Server) membersChanged(g *groupChat, detail string, scene Element, userIDs []string) {
	last := g.MemberVersion
	g.changed(s.corp)
	s.tellMembers(g, last, detail, scene, userIDs)
}

// tellMembers tells who came or went since the version last. The caller holds
// s.mu.
func (s *Server) tellMembers(g *groupChat, last, detail string, scene Element, userIDs []string) {
	s.emit(chatEvent("update", g,
		Element{"UpdateDetail", detail},
		scene,
		Element{"MemChangeCnt", len(userIDs)},
		Element{"MemChangeList", slices.Clone(userIDs)},
		Element{"LastMemVer", last},
		Element{"CurMemVer", g.MemberVersion},
	))
	if detail == "add_member" {
		s.corp.greet(g, userIDs, s.clock.Now())
	}
}

// chatEvent is a change_external_chat event.
func chatEvent(change string, g *groupChat, more ...Element) Event {
	return Event{
		Event:      "change_external_chat",
		ChangeType: change,
		Elements:   slices.Concat([]Element{{"ChatId", g.ChatID}}, more),
		about:      g.Owner,
	}
}
