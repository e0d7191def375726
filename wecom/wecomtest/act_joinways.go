package wecomtest

import (
	"cmp"
	"slices"
	"strconv"
)

// ScanJoinWay lets somebody scan a join way's code, or press its button, and
// join a group chat. It returns the chat_id and the external_userid.
//
// It is the first group chat that has room. If all are full the join way makes
// a new one, unless it must not. Who is in one of them already stays there, and
// nothing happens.
func (a Actor) ScanJoinWay(configID string, cust Customer) (chatID, externalUserID string) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	c, now := a.s.corp, a.s.clock.Now()
	way := c.joinWays.byID[configID]
	if way == nil {
		a.s.fatalf("wecomtest: no join way %q", configID)
	}
	externalUserID = c.customers.known(c, now, cust).ExternalUserID
	var to *groupChat
	for _, id := range slices.Concat(way.ChatIDList, way.rooms) {
		g := c.groupChats.byID[id]
		if g.member(externalUserID) != nil {
			return id, externalUserID
		}
		if to == nil && !g.full() {
			to = g
		}
	}
	if to == nil {
		to = a.s.newRoom(way)
	}
	m := GroupMember{UserID: externalUserID, JoinScene: joinByQRCode, State: way.State}
	m.fill(c, now)
	c.groupChats.remember(to)
	to.MemberList = append(to.MemberList, m)
	a.s.membersChanged(to, "add_member", Element{"JoinScene", joinByQRCode}, []string{externalUserID})
	return to.ChatID, externalUserID
}

// newRoom makes a group chat like the latest of the join way, and tells of it.
// The caller holds s.mu.
func (s *Server) newRoom(way *joinWay) *groupChat {
	s.helper()
	chats := slices.Concat(way.ChatIDList, way.rooms)
	if len(chats) == 0 {
		s.fatalf("wecomtest: join way %q has no group chat left", way.ConfigID)
	}
	if !way.AutoCreateRoom {
		s.fatalf("wecomtest: the group chats of join way %q are full", way.ConfigID)
	}
	last := s.corp.groupChats.byID[chats[len(chats)-1]]
	in := GroupChat{Name: last.Name, Owner: last.Owner, MemberLimit: last.MemberLimit}
	if name := cmp.Or(way.RoomBaseName, last.Name); name != "" {
		in.Name = name + strconv.FormatInt(way.RoomBaseID+int64(len(way.rooms)), 10)
	}
	g := s.corp.groupChats.add(s.corp, s.clock.Now(), in)
	way.rooms = append(way.rooms, g.ChatID)
	s.emit(chatEvent("create", g))
	return g
}
