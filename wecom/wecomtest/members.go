package wecomtest

import (
	"fmt"
	"slices"
	"time"
)

// A Member is a member of the corp.
type Member struct {
	UserID     string    `json:"userid,omitzero"` // "" is a made-up one
	Name       string    `json:"name,omitzero"`
	Alias      string    `json:"alias,omitzero"`
	Mobile     string    `json:"mobile,omitzero"`
	Department []int64   `json:"department,omitzero"`
	NoContact  bool      `json:"no_contact,omitzero"` // without the 客户联系 function
	Left       bool      `json:"left,omitzero"`       // has left the corp
	LeftTime   time.Time `json:"left_time,omitzero"`  // if so; zero is when they were added

	Gender  int    `json:"gender,omitzero"` // 0 unknown, 1 male, 2 female; a login tells what follows if the member agrees
	Avatar  string `json:"avatar,omitzero"`
	Email   string `json:"email,omitzero"`
	BizMail string `json:"biz_mail,omitzero"`
	Address string `json:"address,omitzero"`

	Locked        bool `json:"locked,omitzero"`         // has to pass a second verification (二次验证) first
	NotActivated  bool `json:"not_activated,omitzero"`  // has never logged in
	NotVerified   bool `json:"not_verified,omitzero"`   // has not passed the check of their real name
	Unlicensed    bool `json:"unlicensed,omitzero"`     // without a license for third-party apps
	CustomerLimit int  `json:"customer_limit,omitzero"` // how many customers they may have; 0 is any number
}

// follows reports whether the member may have customers.
func (m *Member) follows() bool { return !m.NoContact && !m.Left }

// fit is nil if customers may be led to the member.
func (m *Member) fit() error {
	switch {
	case m.NoContact:
		return Refuse(84074, "no external contact permission")
	case m.NotActivated:
		return Refuse(41054, "wecomtest: the member is not activated")
	case m.NotVerified:
		return Refuse(40098, "wecomtest: the member's real name is not verified")
	}
	return nil
}

// full reports whether the member may not have one more customer.
func (c *corp) full(userID string) bool {
	limit := c.members.byID[userID].CustomerLimit
	return limit > 0 && len(c.customers.byMember[userID]) >= limit
}

type memberStore struct {
	byID  map[string]*Member
	order []string // as they came
}

func newMemberStore() memberStore { return memberStore{byID: make(map[string]*Member)} }

func (s *memberStore) add(m Member) string {
	for n := len(s.order) + 1; m.UserID == ""; n++ {
		if id := fmt.Sprintf("member%d", n); s.byID[id] == nil {
			m.UserID = id
		}
	}
	m.Department = slices.Clone(m.Department)
	if s.byID[m.UserID] == nil {
		s.order = append(s.order, m.UserID)
	}
	s.byID[m.UserID] = &m
	return m.UserID
}

// follower returns a member who can have customers, or the refusal for userID.
func (c *corp) follower(x *exchange, userID string) (*Member, error) {
	m := c.members.byID[userID]
	if m == nil || m.Left {
		return nil, Refuse(60111, "userid not found")
	}
	if !x.app.sees(userID) {
		return nil, Refuse(60011, "no privilege to access/modify contact/party/agent")
	}
	return m, nil
}

func memberHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/externalcontact/get_follow_user_list": handle(getFollowUserList),
	}
}

type getFollowUserListReply struct {
	FollowUser []string `json:"follow_user"`
}

func getFollowUserList(x *exchange, _ struct{}) (any, error) {
	users := []string{}
	for _, id := range x.corp.members.order {
		if m := x.corp.members.byID[id]; m.follows() && x.app.sees(id) {
			users = append(users, id)
		}
	}
	return getFollowUserListReply{users}, nil
}

// Member returns a copy of a member, or the zero Member.
func (s *Server) Member(userID string) Member {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.corp.members.byID[userID]
	if m == nil {
		return Member{}
	}
	out := *m
	out.Department = slices.Clone(m.Department)
	return out
}

// AddMember lets an administrator add a member who may have customers, and
// returns the userid.
func (s *Server) AddMember(m Member) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m.Left && m.LeftTime.IsZero() {
		m.LeftTime = s.clock.Now()
	}
	return s.corp.members.add(m)
}
