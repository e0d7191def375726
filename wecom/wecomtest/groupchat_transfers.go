package wecomtest

import (
	"slices"
	"strconv"
	"time"
)

const (
	maxGroupMoves     = 300 // of one owner's group chats in a day
	maxGroupHandovers = 2   // of one group chat in maxTransfersRange, while its owners work
	groupInherited    = 3   // a status: a new owner has taken over from one who left
)

type transferGroupChatsRequest struct {
	ChatIDList []string `json:"chat_id_list"`
	NewOwner   string   `json:"new_owner"`
}

type transferGroupChatsReply struct {
	FailedChatList []failedChat `json:"failed_chat_list"`
}

type failedChat struct {
	ChatID  string `json:"chat_id"`
	ErrCode int    `json:"errcode"`
	ErrMsg  string `json:"errmsg"`
}

// transferGroupChats is for group chats of members who left.
func transferGroupChats(x *exchange, req transferGroupChatsRequest) (any, error) {
	return x.moveGroupChats(req, func(g *groupChat, left bool) *Refusal {
		switch {
		case !left && g.Status == groupInherited:
			return Refuse(90508, "wecomtest: the group chat was handed over already")
		case !left:
			return Refuse(90500, "the owner of this chat is not resigned")
		}
		return nil
	})
}

// onjobTransferGroupChats is for group chats of members who still work here.
func onjobTransferGroupChats(x *exchange, req transferGroupChatsRequest) (any, error) {
	return x.moveGroupChats(req, func(g *groupChat, left bool) *Refusal {
		n := 0
		for _, at := range g.past.handed {
			if x.now.Sub(at) < maxTransfersRange {
				n++
			}
		}
		switch {
		case left:
			return Refuse(90502, "wecomtest: the owner of the group chat has left")
		case n >= maxGroupHandovers:
			return Refuse(40128, "wecomtest: the group chat was handed over twice in 90 days")
		}
		return nil
	})
}

// moveGroupChats gives each group chat that may be moved to the new owner.
func (x *exchange) moveGroupChats(req transferGroupChatsRequest, refuse func(g *groupChat, left bool) *Refusal) (any, error) {
	m, err := x.corp.follower(x, req.NewOwner)
	if err == nil {
		err = m.fit()
	}
	if err != nil {
		return nil, err
	}
	reply := transferGroupChatsReply{FailedChatList: []failedChat{}}
	for _, id := range unique(req.ChatIDList) {
		if r := x.moveGroupChat(id, req.NewOwner, refuse); r != nil {
			reply.FailedChatList = append(reply.FailedChatList, failedChat{id, r.Code, r.Msg})
		}
	}
	return reply, nil
}

func (x *exchange) moveGroupChat(chatID, newOwner string, refuse func(g *groupChat, left bool) *Refusal) *Refusal {
	g := x.corp.groupChats.byID[chatID]
	if g == nil {
		return Refuse(90501, "chat is not external group chat")
	}
	left := x.corp.members.byID[g.Owner].Left
	key := g.Owner + " " + strconv.FormatInt(chinaDay(x.now).Unix(), 10)
	switch {
	case !x.app.sees(g.Owner):
		return Refuse(60011, "no privilege to access/modify contact/party/agent")
	case g.Owner == newOwner:
		return Refuse(90504, "wecomtest: the group chat has that owner already")
	}
	if r := refuse(g, left); r != nil {
		return r
	}
	if x.corp.groupChats.moves[key] >= maxGroupMoves {
		return Refuse(45009, "wecomtest: 300 group chats of the owner were moved today")
	}
	x.corp.groupChats.moves[key]++
	g.handOver(x.corp, newOwner, left, x.now)
	return nil
}

// handOver gives the group chat a new owner, who joins it if need be. An owner
// who left the corp leaves the group chat, too.
func (g *groupChat) handOver(c *corp, newOwner string, left bool, now time.Time) {
	old := g.Owner
	g.Owner = newOwner
	if g.member(newOwner) == nil {
		m := GroupMember{UserID: newOwner}
		m.fill(c, now)
		g.MemberList = append(g.MemberList, m)
		g.changed(c)
	}
	if left {
		g.Status = groupInherited
		g.leave(c, now, []string{old})
		return
	}
	g.past.handed = append(g.past.handed, now)
}

// leave takes people out of the group chat.
func (g *groupChat) leave(c *corp, now time.Time, userIDs []string) {
	for _, id := range userIDs {
		if m := g.member(id); m != nil {
			g.past.left = append(g.past.left, pastMember{m.JoinTime, now})
		}
	}
	g.MemberList = slices.DeleteFunc(g.MemberList, func(m GroupMember) bool { return slices.Contains(userIDs, m.UserID) })
	g.AdminList = slices.DeleteFunc(g.AdminList, func(id string) bool { return slices.Contains(userIDs, id) })
	g.changed(c)
}

// chinaDay is the midnight in China that began the day.
func chinaDay(t time.Time) time.Time {
	year, month, day := t.In(chinaTime()).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, chinaTime())
}
