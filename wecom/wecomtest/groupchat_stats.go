package wecomtest

import (
	"cmp"
	"slices"
	"time"
)

const (
	groupStatsKept = 180 // days before today
	groupStatsSpan = 30 * 24 * time.Hour
	groupStatsPage = 500
)

// groupPast is what a group chat was, as far as statistics and transfers ask.
type groupPast struct {
	left      []pastMember
	said      []groupTalk
	handed    []time.Time // from one working owner to the next
	dismissed time.Time
}

// pastMember is a stay that has ended.
type pastMember struct{ joined, left time.Time }

// groupTalk is a message in a group chat.
type groupTalk struct {
	userID string
	at     time.Time
}

// groupCounts is the data of a statistic. New ones are counted within its
// days, all others up to the end of the last one.
type groupCounts struct {
	NewChatCnt   int `json:"new_chat_cnt"`
	ChatTotal    int `json:"chat_total"`
	ChatHasMsg   int `json:"chat_has_msg"`
	NewMemberCnt int `json:"new_member_cnt"`
	MemberTotal  int `json:"member_total"`
	MemberHasMsg int `json:"member_has_msg"`
	MsgTotal     int `json:"msg_total"`
}

// add counts a group chat for the days from from up to, without, to. Who was
// there when it was made is not a new member.
func (n *groupCounts) add(g *groupChat, from, to time.Time) {
	stay := func(joined, left time.Time) {
		if !joined.Before(to) {
			return
		}
		if !joined.Before(from) && joined.After(g.CreateTime) {
			n.NewMemberCnt++
		}
		if g.past.existed(to) && (left.IsZero() || !left.Before(to)) {
			n.MemberTotal++
		}
	}
	if !g.CreateTime.Before(to) {
		return
	}
	if !g.CreateTime.Before(from) {
		n.NewChatCnt++
	}
	for i := range g.MemberList {
		stay(g.MemberList[i].JoinTime, time.Time{})
	}
	for _, m := range g.past.left {
		stay(m.joined, m.left)
	}
	if !g.past.existed(to) {
		return
	}
	n.ChatTotal++
	talked := make(map[string]bool)
	for _, talk := range g.past.said {
		if talk.at.Before(to) {
			n.MsgTotal++
			talked[talk.userID] = true
		}
	}
	n.MemberHasMsg += len(talked)
	if len(talked) > 0 {
		n.ChatHasMsg++
	}
}

// existed reports whether the group chat was not dismissed before t.
func (p *groupPast) existed(t time.Time) bool { return p.dismissed.IsZero() || !p.dismissed.Before(t) }

type groupStatsRequest struct {
	DayBeginTime int64 `json:"day_begin_time"`
	DayEndTime   int64 `json:"day_end_time"`
	OwnerFilter  struct {
		UserIDList []string `json:"userid_list"`
	} `json:"owner_filter"`
	OrderBy  int `json:"order_by"`
	OrderAsc int `json:"order_asc"`
	Offset   int `json:"offset"`
	Limit    int `json:"limit"`
}

// days returns the midnights that begin the first day and the day after the
// last.
func (r *groupStatsRequest) days(now time.Time) (from, to time.Time, err error) {
	from = chinaDay(time.Unix(r.DayBeginTime, 0))
	last := from
	if r.DayEndTime != 0 {
		last = chinaDay(time.Unix(r.DayEndTime, 0))
	}
	today := chinaDay(now)
	if from.Before(today.AddDate(0, 0, -groupStatsKept)) || !last.Before(today) || last.Before(from) || last.Sub(from) > groupStatsSpan {
		return from, to, Refuse(40058, "wecomtest: the days are not between 180 days ago and yesterday, not in order, or over 30 days apart")
	}
	return from, last.AddDate(0, 0, 1), nil
}

type groupStatsReply struct {
	Total      int               `json:"total"`
	NextOffset int               `json:"next_offset"`
	Items      []ownerGroupStats `json:"items"`
}

type ownerGroupStats struct {
	Owner string      `json:"owner"`
	Data  groupCounts `json:"data"`
}

// groupStatistic has a row for every owner of a group chat.
func groupStatistic(x *exchange, req groupStatsRequest) (any, error) {
	from, to, err := req.days(x.now)
	if err != nil {
		return nil, err
	}
	owners, err := x.groupOwners(req.OwnerFilter.UserIDList)
	if err != nil {
		return nil, err
	}
	counts := make(map[string]*groupCounts)
	for _, g := range x.corp.groupChats.ever() {
		if !owners[g.Owner] || !g.CreateTime.Before(to) {
			continue
		}
		if counts[g.Owner] == nil {
			counts[g.Owner] = &groupCounts{}
		}
		counts[g.Owner].add(g, from, to)
	}
	rows := []ownerGroupStats{}
	for _, id := range x.corp.members.order {
		if n := counts[id]; n != nil {
			rows = append(rows, ownerGroupStats{id, *n})
		}
	}
	slices.SortStableFunc(rows, func(a, b ownerGroupStats) int {
		order := cmp.Compare(a.Data.key(req.OrderBy), b.Data.key(req.OrderBy))
		if req.OrderAsc == 0 {
			return -order
		}
		return order
	})
	limit := cmp.Or(req.Limit, groupStatsPage)
	if size := x.s.pageSize(x.path); size > 0 {
		limit = min(limit, size)
	}
	start := min(req.Offset, len(rows))
	end := min(start+limit, len(rows))
	return groupStatsReply{Total: len(rows), NextOffset: end, Items: rows[start:end]}, nil
}

// key is what order_by sorts by.
func (n *groupCounts) key(orderBy int) int {
	switch orderBy {
	case 2:
		return n.ChatTotal
	case 3:
		return n.NewMemberCnt
	case 4:
		return n.MemberTotal
	}
	return n.NewChatCnt
}

type groupStatsByDayReply struct {
	Items []dayGroupStats `json:"items"`
}

type dayGroupStats struct {
	StatTime int64       `json:"stat_time"`
	Data     groupCounts `json:"data"`
}

// groupStatisticByDay has a row for every day, of all owners together.
func groupStatisticByDay(x *exchange, req groupStatsRequest) (any, error) {
	from, to, err := req.days(x.now)
	if err != nil {
		return nil, err
	}
	owners, err := x.groupOwners(req.OwnerFilter.UserIDList)
	if err != nil {
		return nil, err
	}
	reply := groupStatsByDayReply{Items: []dayGroupStats{}}
	for day := from; day.Before(to); day = day.AddDate(0, 0, 1) {
		row := dayGroupStats{StatTime: day.Unix()}
		for _, g := range x.corp.groupChats.ever() {
			if owners[g.Owner] {
				row.Data.add(g, day, day.AddDate(0, 0, 1))
			}
		}
		reply.Items = append(reply.Items, row)
	}
	return reply, nil
}

// ChatInGroup lets somebody in a group chat say something. Each text is a
// message and shows in [Server.GroupConversation].
func (a Actor) ChatInGroup(chatID, userID string, texts ...string) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	g := a.s.groupChat(chatID)
	a.s.groupMember(g, userID)
	now := a.s.clock.Now()
	a.s.corp.typedInGroup(chatID, userID, now, texts)
	for range max(1, len(texts)) {
		g.said(userID, now)
	}
}

func (g *groupChat) said(userID string, now time.Time) {
	g.past.said = append(g.past.said, groupTalk{userID, now})
}
