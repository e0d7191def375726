package wecomtest

import (
	"slices"
	"time"
)

// An InterceptRule is a 敏感词规则: what members must not write to customers.
type InterceptRule struct {
	RuleID         string    `json:"rule_id"`
	RuleName       string    `json:"rule_name,omitzero"`
	CreateTime     time.Time `json:"create_time,omitzero"`
	WordList       []string  `json:"word_list,omitzero"`
	SemanticsList  []int     `json:"semantics_list,omitzero"` // 1 mobile numbers, 2 mail addresses, 3 red packets
	InterceptType  int       `json:"intercept_type,omitzero"` // 1 not sent, 2 only a warning
	UserList       []string  `json:"user_list,omitzero"`      // whom it is for
	DepartmentList []int64   `json:"department_list,omitzero"`
	AgentID        int64     `json:"agentid,omitzero"` // the app that made it and alone may change it
}

const (
	maxInterceptRules = 100   // of a corp
	maxInterceptUsers = 10000 // of a rule
)

type interceptStore struct {
	byID    map[string]*InterceptRule
	order   []*InterceptRule // as they came
	deleted map[string]bool
}

func newInterceptStore() interceptStore {
	return interceptStore{byID: make(map[string]*InterceptRule), deleted: make(map[string]bool)}
}

// named returns the rule of that name, or nil.
func (s *interceptStore) named(name string) *InterceptRule {
	i := slices.IndexFunc(s.order, func(r *InterceptRule) bool { return r.RuleName == name })
	if i < 0 {
		return nil
	}
	return s.order[i]
}

func (s *interceptStore) remove(r *InterceptRule) {
	delete(s.byID, r.RuleID)
	s.deleted[r.RuleID] = true
	s.order = slices.DeleteFunc(s.order, func(other *InterceptRule) bool { return other == r })
}

func (r *InterceptRule) clone() InterceptRule {
	out := *r
	out.WordList = slices.Clone(r.WordList)
	out.SemanticsList = slices.Clone(r.SemanticsList)
	out.UserList = slices.Clone(r.UserList)
	out.DepartmentList = slices.Clone(r.DepartmentList)
	return out
}

func interceptHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/externalcontact/add_intercept_rule":      handle(addInterceptRule),
		"/cgi-bin/externalcontact/get_intercept_rule_list": handle(getInterceptRuleList),
		"/cgi-bin/externalcontact/get_intercept_rule":      handle(getInterceptRule),
		"/cgi-bin/externalcontact/update_intercept_rule":   handle(updateInterceptRule),
		"/cgi-bin/externalcontact/del_intercept_rule":      handle(delInterceptRule),
	}
}

// rangeWire is whom something is for.
type rangeWire struct {
	UserList       []string `json:"user_list"`
	DepartmentList []int64  `json:"department_list"`
}

// checkRange is nil if the app sees all who are named.
func (x *exchange) checkRange(r rangeWire) error {
	for _, id := range r.UserList {
		if _, err := x.corp.follower(x, id); err != nil {
			return err
		}
	}
	for _, id := range r.DepartmentList {
		if !x.corp.hasParty(id) {
			return Refuse(60123, "invalid party id")
		}
	}
	return nil
}

type addInterceptRuleRequest struct {
	RuleName        string    `json:"rule_name"`
	WordList        []string  `json:"word_list"`
	SemanticsList   []int     `json:"semantics_list"`
	InterceptType   int       `json:"intercept_type"`
	ApplicableRange rangeWire `json:"applicable_range"`
}

type ruleIDWire struct {
	RuleID string `json:"rule_id"`
}

func addInterceptRule(x *exchange, req addInterceptRuleRequest) (any, error) {
	s := &x.corp.intercepts
	who := req.ApplicableRange
	switch {
	case len(req.WordList) == 0:
		return nil, Refuse(40063, "wecomtest: the rule has no words")
	case len(who.UserList) == 0 && len(who.DepartmentList) == 0:
		return nil, Refuse(40063, "wecomtest: the rule is for nobody")
	case s.named(req.RuleName) != nil:
		return nil, Refuse(41077, "wecomtest: another rule has that name")
	case len(s.order) >= maxInterceptRules:
		return nil, Refuse(41069, "wecomtest: the corp has all the rules it may have")
	}
	if err := x.checkRange(who); err != nil {
		return nil, err
	}
	r := &InterceptRule{
		RuleID:         x.corp.nextID("rule"),
		RuleName:       req.RuleName,
		CreateTime:     x.now,
		WordList:       req.WordList,
		SemanticsList:  req.SemanticsList,
		InterceptType:  req.InterceptType,
		UserList:       who.UserList,
		DepartmentList: who.DepartmentList,
		AgentID:        x.app.AgentID,
	}
	s.byID[r.RuleID] = r
	s.order = append(s.order, r)
	return ruleIDWire{r.RuleID}, nil
}

type getInterceptRuleListReply struct {
	RuleList []interceptRuleRow `json:"rule_list"`
}

type interceptRuleRow struct {
	RuleID     string `json:"rule_id"`
	RuleName   string `json:"rule_name"`
	CreateTime int64  `json:"create_time"`
}

func getInterceptRuleList(x *exchange, _ struct{}) (any, error) {
	rows := make([]interceptRuleRow, 0, len(x.corp.intercepts.order))
	for _, r := range x.corp.intercepts.order {
		rows = append(rows, r.row())
	}
	return getInterceptRuleListReply{rows}, nil
}

func (r *InterceptRule) row() interceptRuleRow {
	return interceptRuleRow{r.RuleID, r.RuleName, r.CreateTime.Unix()}
}

// interceptRule returns a rule, or the refusal.
func (x *exchange) interceptRule(id string) (*InterceptRule, error) {
	switch r := x.corp.intercepts.byID[id]; {
	case r != nil:
		return r, nil
	case x.corp.intercepts.deleted[id]:
		return nil, Refuse(41071, "wecomtest: the rule was deleted")
	}
	return nil, Refuse(41070, "wecomtest: no rule has that rule_id")
}

// ownInterceptRule returns a rule that the app made.
func (x *exchange) ownInterceptRule(id string) (*InterceptRule, error) {
	r, err := x.interceptRule(id)
	if err == nil && r.AgentID != x.app.AgentID {
		err = Refuse(48002, "api forbidden")
	}
	return r, err
}

type getInterceptRuleReply struct {
	Rule interceptRuleWire `json:"rule"`
}

type interceptRuleWire struct {
	interceptRuleRow
	WordList        []string  `json:"word_list"`
	SemanticsList   []int     `json:"semantics_list"`
	InterceptType   int       `json:"intercept_type"`
	ApplicableRange rangeWire `json:"applicable_range"`
}

// getInterceptRule shows of the members whom a rule is for those in sight.
func getInterceptRule(x *exchange, req ruleIDWire) (any, error) {
	r, err := x.interceptRule(req.RuleID)
	if err != nil {
		return nil, err
	}
	users := []string{}
	for _, id := range r.UserList {
		if !x.corp.members.byID[id].Left && x.app.sees(id) {
			users = append(users, id)
		}
	}
	return getInterceptRuleReply{interceptRuleWire{
		interceptRuleRow: r.row(),
		WordList:         r.WordList,
		SemanticsList:    nonNil(r.SemanticsList),
		InterceptType:    r.InterceptType,
		ApplicableRange:  rangeWire{users, nonNil(r.DepartmentList)},
	}}, nil
}

type updateInterceptRuleRequest struct {
	RuleID    string   `json:"rule_id"`
	RuleName  string   `json:"rule_name"`
	WordList  []string `json:"word_list"`
	ExtraRule *struct {
		SemanticsList []int `json:"semantics_list"`
	} `json:"extra_rule"`
	InterceptType         int       `json:"intercept_type"`
	AddApplicableRange    rangeWire `json:"add_applicable_range"`
	RemoveApplicableRange rangeWire `json:"remove_applicable_range"`
}

// updateInterceptRule changes what is there. An extra_rule without semantics
// clears them.
func updateInterceptRule(x *exchange, req updateInterceptRuleRequest) (any, error) {
	r, err := x.ownInterceptRule(req.RuleID)
	if err != nil {
		return nil, err
	}
	next := r.clone()
	if req.RuleName != "" {
		if other := x.corp.intercepts.named(req.RuleName); other != nil && other != r {
			return nil, Refuse(41077, "wecomtest: another rule has that name")
		}
		next.RuleName = req.RuleName
	}
	if len(req.WordList) > 0 {
		next.WordList = req.WordList
	}
	if req.ExtraRule != nil {
		next.SemanticsList = req.ExtraRule.SemanticsList
	}
	if req.InterceptType != 0 {
		next.InterceptType = req.InterceptType
	}
	add, remove := req.AddApplicableRange, req.RemoveApplicableRange
	if err := x.checkRange(add); err != nil {
		return nil, err
	}
	next.UserList = change(next.UserList, add.UserList, remove.UserList)
	next.DepartmentList = change(next.DepartmentList, add.DepartmentList, remove.DepartmentList)
	switch {
	case len(next.UserList) > maxInterceptUsers:
		return nil, Refuse(41076, "wecomtest: the rule is for 10000 members at most")
	case len(next.UserList) == 0 && len(next.DepartmentList) == 0:
		return nil, Refuse(40063, "wecomtest: the rule is for nobody")
	}
	*r = next
	return nil, nil
}

// change adds to a list what it has not, and takes away from it.
func change[T comparable](list, add, remove []T) []T {
	for _, v := range add {
		if !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	return slices.DeleteFunc(list, func(v T) bool { return slices.Contains(remove, v) })
}

func delInterceptRule(x *exchange, req ruleIDWire) (any, error) {
	r, err := x.ownInterceptRule(req.RuleID)
	if err != nil {
		return nil, err
	}
	x.corp.intercepts.remove(r)
	return nil, nil
}

// InterceptRule returns a copy of a rule, or the zero InterceptRule.
func (s *Server) InterceptRule(ruleID string) InterceptRule {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.corp.intercepts.byID[ruleID]
	if r == nil {
		return InterceptRule{}
	}
	return r.clone()
}
