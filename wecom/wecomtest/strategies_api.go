package wecomtest

import "slices"

// strategyHandlers are the endpoints of one kind of rule groups: in names its
// store, and forget hears of those that were deleted.
func strategyHandlers(prefix string, in func(*corp) *strategyStore, forget func(*corp, []int64)) map[string]handler {
	own := func(x *exchange) strategies { return strategies{x, in(x.corp)} }
	return map[string]handler{
		prefix + "list": handle(func(x *exchange, req listStrategiesRequest) (any, error) { return own(x).list(req) }),
		prefix + "get":  handle(func(x *exchange, req strategyIDRequest) (any, error) { return own(x).get(req) }),
		prefix + "get_range": handle(func(x *exchange, req getStrategyRangeRequest) (any, error) {
			return own(x).getRange(req)
		}),
		prefix + "create": handle(func(x *exchange, req createStrategyRequest) (any, error) { return own(x).create(req) }),
		prefix + "edit":   handle(func(x *exchange, req editStrategyRequest) (any, error) { return nil, own(x).edit(req) }),
		prefix + "del": handle(func(x *exchange, req strategyIDRequest) (any, error) {
			st, err := own(x).find(req.StrategyID)
			if err == nil {
				forget(x.corp, in(x.corp).remove(st))
			}
			return nil, err
		}),
	}
}

// customerStrategyHandlers take the tags of a rule group along when it goes.
func customerStrategyHandlers() map[string]handler {
	return strategyHandlers("/cgi-bin/externalcontact/customer_strategy/",
		func(c *corp) *strategyStore { return &c.customerStrategies }, (*corp).dropStrategyTags)
}

func momentStrategyHandlers() map[string]handler {
	return strategyHandlers("/cgi-bin/externalcontact/moment_strategy/",
		func(c *corp) *strategyStore { return &c.momentStrategies }, func(*corp, []int64) {})
}

// strategies are the rule groups of one kind, as one call sees them.
type strategies struct {
	x     *exchange
	store *strategyStore
}

// find returns a rule group that the app made.
func (s strategies) find(id int64) (*Strategy, error) {
	if st := s.store.byID[id]; st != nil && st.AgentID == s.x.app.AgentID {
		return st, nil
	}
	return nil, Refuse(40058, "wecomtest: strategy_id is not one of this app's")
}

type strategyIDRequest struct {
	StrategyID int64 `json:"strategy_id"`
}

type listStrategiesRequest struct {
	Cursor string `json:"cursor"`
	Limit  int    `json:"limit"`
}

type listStrategiesReply struct {
	Strategy   []strategyIDRequest `json:"strategy"`
	NextCursor string              `json:"next_cursor,omitempty"`
}

func (s strategies) list(req listStrategiesRequest) (any, error) {
	rows := []strategyIDRequest{}
	for _, st := range s.store.order {
		if st.AgentID == s.x.app.AgentID {
			rows = append(rows, strategyIDRequest{st.StrategyID})
		}
	}
	from, to, next, err := s.x.page(len(rows), req.Cursor, req.Limit)
	if err != nil {
		return nil, err
	}
	return listStrategiesReply{rows[from:to], next}, nil
}

type getStrategyReply struct {
	Strategy strategyWire `json:"strategy"`
}

type strategyWire struct {
	StrategyID   int64           `json:"strategy_id"`
	ParentID     int64           `json:"parent_id"`
	StrategyName string          `json:"strategy_name"`
	CreateTime   int64           `json:"create_time"`
	AdminList    []string        `json:"admin_list"`
	Privilege    map[string]bool `json:"privilege"`
}

func (s strategies) get(req strategyIDRequest) (any, error) {
	st, err := s.find(req.StrategyID)
	if err != nil {
		return nil, err
	}
	return getStrategyReply{strategyWire{
		StrategyID:   st.StrategyID,
		ParentID:     st.ParentID,
		StrategyName: st.StrategyName,
		CreateTime:   st.CreateTime.Unix(),
		AdminList:    st.AdminList,
		Privilege:    s.store.top(st).Privilege,
	}}, nil
}

type getStrategyRangeRequest struct {
	StrategyID int64  `json:"strategy_id"`
	Cursor     string `json:"cursor"`
	Limit      int    `json:"limit"`
}

type getStrategyRangeReply struct {
	Range      []StrategyNode `json:"range"`
	NextCursor string         `json:"next_cursor,omitempty"`
}

func (s strategies) getRange(req getStrategyRangeRequest) (any, error) {
	st, err := s.find(req.StrategyID)
	if err != nil {
		return nil, err
	}
	from, to, next, err := s.x.page(len(st.Range), req.Cursor, req.Limit)
	if err != nil {
		return nil, err
	}
	return getStrategyRangeReply{nonNil(st.Range[from:to]), next}, nil
}

type createStrategyRequest struct {
	ParentID     int64           `json:"parent_id"`
	StrategyName string          `json:"strategy_name"`
	AdminList    []string        `json:"admin_list"`
	Privilege    map[string]bool `json:"privilege"`
	Range        []StrategyNode  `json:"range"`
}

func (s strategies) create(req createStrategyRequest) (any, error) {
	st := &Strategy{
		ParentID:     req.ParentID,
		StrategyName: req.StrategyName,
		CreateTime:   s.x.now,
		AdminList:    unique(req.AdminList),
		Privilege:    s.store.privilege(req.Privilege),
		AgentID:      s.x.app.AgentID,
	}
	if st.ParentID != 0 {
		parent, err := s.find(st.ParentID)
		if err != nil {
			return nil, err
		}
		if s.store.depth(parent) == maxStrategyDepth {
			return nil, Refuse(40058, "wecomtest: rule groups are five levels deep at most")
		}
	}
	if err := s.checkAdmins(st.AdminList); err != nil {
		return nil, err
	}
	if err := s.addNodes(st, req.Range); err != nil {
		return nil, err
	}
	s.store.add(st)
	return strategyIDRequest{st.StrategyID}, nil
}

type editStrategyRequest struct {
	StrategyID   int64           `json:"strategy_id"`
	StrategyName string          `json:"strategy_name"`
	AdminList    []string        `json:"admin_list"`
	Privilege    map[string]bool `json:"privilege"`
	RangeAdd     []StrategyNode  `json:"range_add"`
	RangeDel     []StrategyNode  `json:"range_del"`
}

// edit takes effect as a whole or not at all.
func (s strategies) edit(req editStrategyRequest) error {
	st, err := s.find(req.StrategyID)
	if err != nil {
		return err
	}
	next := st.clone()
	if req.StrategyName != "" {
		next.StrategyName = req.StrategyName
	}
	if len(req.AdminList) > 0 {
		next.AdminList = unique(req.AdminList)
		if err := s.checkAdmins(next.AdminList); err != nil {
			return err
		}
	}
	if req.Privilege != nil && st.ParentID == 0 {
		next.Privilege = s.store.privilege(req.Privilege)
	}
	next.Range = slices.DeleteFunc(next.Range, func(n StrategyNode) bool {
		return slices.ContainsFunc(req.RangeDel, func(gone StrategyNode) bool { return gone.only() == n })
	})
	if err := s.addNodes(&next, req.RangeAdd); err != nil {
		return err
	}
	*st = next
	return nil
}

func (s strategies) checkAdmins(users []string) error {
	for _, id := range users {
		if _, err := s.x.corp.follower(s.x, id); err != nil {
			return err
		}
	}
	return nil
}

// only drops what the type of a node has no use for.
func (n StrategyNode) only() StrategyNode {
	if n.Type == nodeMember {
		n.PartyID = 0
	} else {
		n.UserID = ""
	}
	return n
}

// addNodes widens the range of a rule group, inside its parent's.
func (s strategies) addNodes(st *Strategy, nodes []StrategyNode) error {
	parent := s.store.byID[st.ParentID]
	for _, n := range nodes {
		n = n.only()
		if n.Type == nodeMember {
			if _, err := s.x.corp.follower(s.x, n.UserID); err != nil {
				return err
			}
		} else if !s.x.corp.hasParty(n.PartyID) {
			return Refuse(60123, "invalid party id")
		}
		if parent != nil && !parent.holds(s.x.corp, n) {
			return Refuse(40058, "wecomtest: the range is not inside that of the parent")
		}
		if !slices.Contains(st.Range, n) {
			st.Range = append(st.Range, n)
		}
	}
	if len(st.Range) > maxStrategyNodes {
		return Refuse(40058, "wecomtest: the range has over 3,000 nodes")
	}
	return nil
}
