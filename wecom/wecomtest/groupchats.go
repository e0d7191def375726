package wecomtest

import (
	"cmp"
	"slices"
	"time"
)

// A GroupChat is a 客户群.
type GroupChat struct {
	ChatID        string        `json:"chat_id,omitzero"` // "" is a made-up one
	Name          string        `json:"name,omitzero"`
	Owner         string        `json:"owner,omitzero"` // userid of a member
	Notice        string        `json:"notice,omitzero"`
	CreateTime    time.Time     `json:"create_time,omitzero"`    // zero is now
	Status        int           `json:"status"`                  // 2 and 3: being, and having been, taken over from an owner who left
	MemberList    []GroupMember `json:"member_list,omitzero"`    // the owner is put in if missing
	AdminList     []string      `json:"admin_list,omitzero"`     // userids
	MemberVersion string        `json:"member_version,omitzero"` // changes with MemberList; made up
	MemberLimit   int           `json:"member_limit,omitzero"`   // how many there may be in it; 0 is any number
}

// A GroupMember is somebody in a group chat.
type GroupMember struct {
	UserID        string    `json:"userid"`              // of a member, or an external_userid
	Type          int       `json:"type,omitzero"`       // 1 member of the corp, 2 not; 0 is whatever the corp knows
	JoinTime      time.Time `json:"join_time,omitzero"`  // zero is now
	JoinScene     int       `json:"join_scene,omitzero"` // 1 invited (if 0), 2 by an invitation's link, 3 by QR code
	Invitor       string    `json:"invitor,omitzero"`    // userid, if a member of the corp invited
	GroupNickname string    `json:"group_nickname,omitzero"`
	Name          string    `json:"name,omitzero"`  // "" is the name that the corp knows
	State         string    `json:"state,omitzero"` // of the QR code
}

const (
	groupNormal = iota
	groupOwnerLeft
	groupBeingInherited
)

// groupOutsider is the type of a member who is not of the corp.
const groupOutsider = 2

type groupChatStore struct {
	byID  map[string]*groupChat
	order []*groupChat   // as they came
	gone  []*groupChat   // dismissed
	moves map[string]int // to new owners, by old owner and day

	before  *groupChat         // the latest that people touched, as it was
	lagging map[string]lagging // by chat_id; see Mishap.Lag
}

type groupChat struct {
	GroupChat
	changes int // of the member list
	past    groupPast
}

func newGroupChatStore() groupChatStore {
	return groupChatStore{byID: make(map[string]*groupChat), moves: make(map[string]int)}
}

func (s *groupChatStore) add(c *corp, now time.Time, in GroupChat) *groupChat {
	in = in.clone()
	in.ChatID = c.idOr(in.ChatID, "wr")
	if in.CreateTime.IsZero() {
		in.CreateTime = now
	}
	if !slices.ContainsFunc(in.MemberList, func(m GroupMember) bool { return m.UserID == in.Owner }) {
		in.MemberList = slices.Insert(in.MemberList, 0, GroupMember{UserID: in.Owner})
	}
	for i := range in.MemberList {
		in.MemberList[i].fill(c, now)
	}
	g := &groupChat{GroupChat: in}
	g.changed(c)
	s.byID[g.ChatID] = g
	s.order = append(s.order, g)
	return g
}

// ever returns all group chats, those that were dismissed last.
func (s *groupChatStore) ever() []*groupChat { return slices.Concat(s.order, s.gone) }

func (s *groupChatStore) remove(g *groupChat, now time.Time) {
	g.past.dismissed = now
	s.gone = append(s.gone, g)
	delete(s.byID, g.ChatID)
	s.order = slices.DeleteFunc(s.order, func(h *groupChat) bool { return h == g })
}

func (m *GroupMember) fill(c *corp, now time.Time) {
	if m.Type == 0 {
		m.Type = groupOutsider
		if c.members.byID[m.UserID] != nil {
			m.Type = 1
		}
	}
	if m.JoinTime.IsZero() {
		m.JoinTime = now
	}
	m.JoinScene = cmp.Or(m.JoinScene, 1)
}

// changed gives the member list a new version.
func (g *groupChat) changed(c *corp) {
	g.changes++
	g.MemberVersion = c.hex("members of "+g.ChatID, g.changes)
}

func (g *groupChat) member(userID string) *GroupMember {
	i := slices.IndexFunc(g.MemberList, func(m GroupMember) bool { return m.UserID == userID })
	if i < 0 {
		return nil
	}
	return &g.MemberList[i]
}

// full reports whether nobody else may join.
func (g *groupChat) full() bool { return g.MemberLimit > 0 && len(g.MemberList) >= g.MemberLimit }

// status is how the group's owner stands.
func (g *groupChat) status(c *corp) int {
	if g.Status != groupBeingInherited && c.members.byID[g.Owner].Left {
		return groupOwnerLeft
	}
	return g.Status
}

func (g *GroupChat) clone() GroupChat {
	out := *g
	out.MemberList = slices.Clone(g.MemberList)
	out.AdminList = slices.Clone(g.AdminList)
	return out
}

func groupChatHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/externalcontact/groupchat/list": handle(listGroupChats),
		"/cgi-bin/externalcontact/groupchat/get":  handle(getGroupChat),

		"/cgi-bin/externalcontact/groupchat/transfer":                handle(transferGroupChats),
		"/cgi-bin/externalcontact/groupchat/onjob_transfer":          handle(onjobTransferGroupChats),
		"/cgi-bin/externalcontact/groupchat/statistic":               handle(groupStatistic),
		"/cgi-bin/externalcontact/groupchat/statistic_group_by_day":  handle(groupStatisticByDay),
		"/cgi-bin/externalcontact/groupchat/get_new_external_userid": handle(newGroupMemberIDs),
		"/cgi-bin/externalcontact/opengid_to_chatid":                 handle(openGIDToChatID),
	}
}

type listGroupChatsRequest struct {
	StatusFilter int `json:"status_filter"`
	OwnerFilter  struct {
		UserIDList []string `json:"userid_list"`
	} `json:"owner_filter"`
	Cursor string `json:"cursor"`
	Limit  int    `json:"limit"`
}

type listGroupChatsReply struct {
	GroupChatList []groupChatRow `json:"group_chat_list"`
	NextCursor    string         `json:"next_cursor"`
}

type groupChatRow struct {
	ChatID string `json:"chat_id"`
	Status int    `json:"status"`
}

// maxOwners is how many members an app may see and still list the groups of
// all of them at once.
const maxOwners = 1000

func listGroupChats(x *exchange, req listGroupChatsRequest) (any, error) {
	owners, err := x.groupOwners(req.OwnerFilter.UserIDList)
	if err != nil {
		return nil, err
	}
	rows := []groupChatRow{}
	for _, g := range x.corp.groupChats.order {
		if g = x.corp.groupChats.shown(g.ChatID, x.now); g == nil {
			continue
		}
		status := g.status(x.corp)
		if owners[g.Owner] && (req.StatusFilter == 0 || req.StatusFilter == status) {
			rows = append(rows, groupChatRow{g.ChatID, status})
		}
	}
	from, to, next, err := x.page(len(rows), req.Cursor, req.Limit)
	if err != nil {
		return nil, err
	}
	return listGroupChatsReply{rows[from:to], next}, nil
}

// groupOwners returns whose groups are asked for. Those of members who left
// must be asked for by name.
func (x *exchange) groupOwners(filter []string) (map[string]bool, error) {
	owners := make(map[string]bool)
	for _, id := range filter {
		if x.corp.members.byID[id] == nil {
			return nil, Refuse(60111, "userid not found")
		}
		if !x.app.sees(id) {
			return nil, Refuse(60011, "no privilege to access/modify contact/party/agent")
		}
		owners[id] = true
	}
	if len(filter) > 0 {
		return owners, nil
	}
	for _, id := range x.corp.members.order {
		if !x.corp.members.byID[id].Left && x.app.sees(id) {
			owners[id] = true
		}
	}
	if len(owners) > maxOwners {
		return nil, Refuse(81017, "wecomtest: too many members are visible to list the groups of all")
	}
	return owners, nil
}

type getGroupChatRequest struct {
	ChatID   string `json:"chat_id"`
	NeedName int    `json:"need_name"`
}

type getGroupChatReply struct {
	GroupChat groupChatWire `json:"group_chat"`
}

type groupChatWire struct {
	ChatID        string            `json:"chat_id"`
	Name          string            `json:"name"`
	Owner         string            `json:"owner"`
	CreateTime    int64             `json:"create_time"`
	Notice        string            `json:"notice"`
	MemberList    []groupMemberWire `json:"member_list"`
	AdminList     []userIDWire      `json:"admin_list"`
	MemberVersion string            `json:"member_version"`
}

type groupMemberWire struct {
	UserID        string      `json:"userid"`
	Type          int         `json:"type"`
	UnionID       string      `json:"unionid,omitempty"`
	JoinTime      int64       `json:"join_time"`
	JoinScene     int         `json:"join_scene"`
	Invitor       *userIDWire `json:"invitor,omitempty"`
	GroupNickname string      `json:"group_nickname"`
	Name          string      `json:"name,omitempty"`
	State         string      `json:"state,omitempty"`
}

type userIDWire struct {
	UserID string `json:"userid"`
}

func getGroupChat(x *exchange, req getGroupChatRequest) (any, error) {
	g := x.corp.groupChats.shown(req.ChatID, x.now)
	if g == nil {
		return nil, Refuse(40050, "invalid chatid")
	}
	if !x.app.sees(g.Owner) {
		return nil, Refuse(60011, "no privilege to access/modify contact/party/agent")
	}
	out := groupChatWire{
		ChatID:        g.ChatID,
		Name:          g.Name,
		Owner:         g.Owner,
		CreateTime:    g.CreateTime.Unix(),
		Notice:        g.Notice,
		MemberList:    make([]groupMemberWire, 0, len(g.MemberList)),
		AdminList:     make([]userIDWire, 0, len(g.AdminList)),
		MemberVersion: g.MemberVersion,
	}
	for i := range g.MemberList {
		m := g.MemberList[i].wire(x.corp)
		if req.NeedName == 0 {
			m.Name = ""
		}
		out.MemberList = append(out.MemberList, m)
	}
	for _, id := range g.AdminList {
		out.AdminList = append(out.AdminList, userIDWire{id})
	}
	return getGroupChatReply{out}, nil
}

func (m *GroupMember) wire(c *corp) groupMemberWire {
	out := groupMemberWire{
		UserID:        m.UserID,
		Type:          m.Type,
		JoinTime:      m.JoinTime.Unix(),
		JoinScene:     m.JoinScene,
		GroupNickname: m.GroupNickname,
		Name:          m.Name,
		State:         m.State,
	}
	if m.Invitor != "" {
		out.Invitor = &userIDWire{m.Invitor}
	}
	if member := c.members.byID[m.UserID]; member != nil {
		out.Name = cmp.Or(m.Name, member.Name)
	}
	if cust := c.customers.byID[m.UserID]; cust != nil {
		out.Name, out.UnionID = cmp.Or(m.Name, cust.Name), cust.UnionID
	}
	return out
}

// GroupChat returns a copy of a group chat, or the zero GroupChat.
func (s *Server) GroupChat(chatID string) GroupChat {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.corp.groupChats.byID[chatID]
	if g == nil {
		return GroupChat{}
	}
	return g.clone()
}

// GroupChat adds a group chat and returns its chat_id.
func (d Seeder) GroupChat(in GroupChat) string {
	d.s.helper()
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	d.s.member(in.Owner)
	return d.s.corp.groupChats.add(d.s.corp, d.s.clock.Now(), in).ChatID
}
