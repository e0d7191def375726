package wecomtest

import (
	"maps"
	"slices"
	"time"
)

// A Strategy is a 规则组: administrators of their own for a part of the corp's
// customers, or of its moments.
type Strategy struct {
	StrategyID   int64           `json:"strategy_id"`
	ParentID     int64           `json:"parent_id,omitzero"` // 0 at the top
	StrategyName string          `json:"strategy_name,omitzero"`
	CreateTime   time.Time       `json:"create_time,omitzero"`
	AdminList    []string        `json:"admin_list,omitzero"` // userids
	Privilege    map[string]bool `json:"privilege,omitzero"`
	Range        []StrategyNode  `json:"range,omitzero"`
	AgentID      int64           `json:"agentid,omitzero"` // the app that made it and alone sees it
}

// A StrategyNode is a member or a department in the range of a rule group.
type StrategyNode struct {
	Type    int    `json:"type"` // 1 member, 2 department
	UserID  string `json:"userid,omitempty"`
	PartyID int64  `json:"partyid,omitempty"`
}

const (
	nodeMember = 1
	nodeParty  = 2

	maxStrategyDepth = 5
	maxStrategyNodes = 3000
)

// strategyStore holds the rule groups of one kind.
type strategyStore struct {
	byID  map[int64]*Strategy
	order []*Strategy // as they came
	last  int64       // the last strategy_id given out
	names []string    // of the privileges
	basic []string    // of those that nobody can take away
}

func newStrategyStore(basic, names []string) strategyStore {
	return strategyStore{byID: make(map[int64]*Strategy), names: slices.Concat(basic, names), basic: basic}
}

func newCustomerStrategyStore() strategyStore {
	return newStrategyStore(
		[]string{"view_customer_list", "view_customer_data", "view_room_list", "contact_me", "join_room"},
		[]string{
			"share_customer", "oper_resign_customer", "oper_resign_group", "send_customer_msg", "edit_welcome_msg",
			"view_behavior_data", "view_room_data", "send_group_msg", "room_deduplication", "rapid_reply",
			"onjob_customer_transfer", "edit_anti_spam_rule", "export_customer_list", "export_customer_data",
			"export_customer_group_list", "manage_customer_tag",
		})
}

func newMomentStrategyStore() strategyStore {
	return newStrategyStore(nil, []string{"view_moment_list", "send_moment", "manage_moment_cover_and_sign"})
}

func (s *strategyStore) add(st *Strategy) {
	s.last++
	st.StrategyID = s.last
	s.byID[st.StrategyID] = st
	s.order = append(s.order, st)
}

// remove deletes a rule group and those below it, and returns their ids.
func (s *strategyStore) remove(st *Strategy) []int64 {
	gone := []int64{st.StrategyID}
	for i := 0; i < len(gone); i++ {
		for _, child := range s.order {
			if child.ParentID == gone[i] {
				gone = append(gone, child.StrategyID)
			}
		}
		delete(s.byID, gone[i])
	}
	s.order = slices.DeleteFunc(s.order, func(st *Strategy) bool { return slices.Contains(gone, st.StrategyID) })
	return gone
}

// top returns the rule group at the top of the one that st is in: it has the
// privileges of all below it.
func (s *strategyStore) top(st *Strategy) *Strategy {
	for st.ParentID != 0 {
		st = s.byID[st.ParentID]
	}
	return st
}

// depth is 1 at the top.
func (s *strategyStore) depth(st *Strategy) int {
	n := 1
	for st.ParentID != 0 {
		st = s.byID[st.ParentID]
		n++
	}
	return n
}

// privilege is what a request grants: whatever it does not speak of, and what
// nobody can take away, is granted.
func (s *strategyStore) privilege(in map[string]bool) map[string]bool {
	out := make(map[string]bool, len(s.names))
	for _, name := range s.names {
		granted, said := in[name]
		out[name] = granted || !said || slices.Contains(s.basic, name)
	}
	return out
}

// holds reports whether a member or department is in the range.
func (st *Strategy) holds(c *corp, node StrategyNode) bool {
	for _, n := range st.Range {
		switch {
		case n == node, n.Type == nodeParty && n.PartyID == rootParty:
			return true
		case n.Type == nodeParty && node.Type == nodeMember:
			if m := c.members.byID[node.UserID]; m != nil && slices.Contains(m.Department, n.PartyID) {
				return true
			}
		}
	}
	return false
}

func (st *Strategy) clone() Strategy {
	out := *st
	out.AdminList = slices.Clone(st.AdminList)
	out.Privilege = maps.Clone(st.Privilege)
	out.Range = slices.Clone(st.Range)
	return out
}

// show is clone with the privileges that are in force.
func (s *strategyStore) show(id int64) Strategy {
	st := s.byID[id]
	if st == nil {
		return Strategy{}
	}
	out := st.clone()
	out.Privilege = maps.Clone(s.top(st).Privilege)
	return out
}

// CustomerStrategy returns a copy of a rule group of customers, or the zero
// Strategy.
func (s *Server) CustomerStrategy(strategyID int64) Strategy {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.corp.customerStrategies.show(strategyID)
}

// MomentStrategy returns a copy of a rule group of moments, or the zero
// Strategy.
func (s *Server) MomentStrategy(strategyID int64) Strategy {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.corp.momentStrategies.show(strategyID)
}
