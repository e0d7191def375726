package wecomtest

import "slices"

// chainStore knows the corps that this one is upstream of.
type chainStore struct {
	chains []*corpChain
	links  []*Server  // 企业互联
	shares []appShare // apps that they may use
}

// corpChain is a 上下游.
type corpChain struct {
	id, name string
	corps    []*Server
}

// appShare is an app of this corp in another one.
type appShare struct {
	app   *app
	to    *Server
	child *app
	kind  int
}

// How corps are linked: the business_type of calls.
const (
	LinkInterconnect = 0 // 企业互联, 局校互联
	LinkChain        = 1 // 上下游
)

const rootGroup = 1

// linkedTo reports whether a corp is downstream, by the corp_link_type of a
// license.
func (c *corp) linkedTo(to *Server, licenseLinkType int) bool {
	if licenseLinkType == 1 {
		return slices.Contains(c.chainStore.links, to)
	}
	return slices.ContainsFunc(c.chainStore.chains, func(ch *corpChain) bool { return slices.Contains(ch.corps, to) })
}

// sharesOf reports whether an app of the provider is shared.
func (c *corp) sharesOf(p *provider, to *Server, licenseLinkType int) bool {
	return slices.ContainsFunc(c.chainStore.shares, func(s appShare) bool {
		return s.to == to && s.app.provider() == p && (s.kind == LinkInterconnect) == (licenseLinkType == 1)
	})
}

func corpChainHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/corpgroup/corp/gettoken":                handle(getChildToken),
		"/cgi-bin/corpgroup/corp/list_app_share_info":     handle(listAppShares),
		"/cgi-bin/corpgroup/corp/get_chain_list":          handle(getChainList),
		"/cgi-bin/corpgroup/corp/get_chain_group":         handle(getChainGroups),
		"/cgi-bin/corpgroup/corp/get_chain_corpinfo_list": handle(getChainCorps),
		"/cgi-bin/corpgroup/corp/get_chain_corpinfo":      handle(getChainCorp),
	}
}

// corpIDOf is the id by which the caller knows a corp.
func (x *exchange) corpIDOf(s *Server) string {
	if x.provider != nil {
		return s.openCorpID(x.provider)
	}
	return s.corp.id
}

type childTokenRequest struct {
	CorpID       string `json:"corpid"`
	AgentID      int64  `json:"agentid"`
	BusinessType int    `json:"business_type"`
}

// getChildToken gives out a token of the app's likeness in a corp downstream.
func getChildToken(x *exchange, req childTokenRequest) (any, error) {
	if x.app.install != nil && !x.app.install.suite.Template {
		return nil, Refuse(48002, "api forbidden")
	}
	for _, s := range x.corp.chainStore.shares {
		if s.app != x.app || s.kind != req.BusinessType || x.corpIDOf(s.to) != req.CorpID {
			continue
		}
		if s.child.AgentID != req.AgentID {
			return nil, Refuse(40056, "invalid agentid")
		}
		x.enter(s.to)
		token, seconds, err := x.newToken(s.child)
		if err != nil {
			return nil, err
		}
		return getTokenReply{token, seconds}, nil
	}
	return nil, Refuse(40013, "invalid corpid")
}

type listAppSharesRequest struct {
	AgentID      int64  `json:"agentid"`
	BusinessType int    `json:"business_type"`
	CorpID       string `json:"corpid"`
	Limit        int    `json:"limit"`
	Cursor       string `json:"cursor"`
}

type listAppSharesReply struct {
	Ending     int            `json:"ending"`
	CorpList   []appShareWire `json:"corp_list"`
	NextCursor string         `json:"next_cursor"`
}

type appShareWire struct {
	CorpID   string `json:"corpid"`
	CorpName string `json:"corp_name"`
	AgentID  int64  `json:"agentid"`
}

func listAppShares(x *exchange, req listAppSharesRequest) (any, error) {
	if req.AgentID != x.app.AgentID {
		return nil, Refuse(301002, "not allow operate another agent with this accesstoken")
	}
	rows := []appShareWire{}
	for _, s := range x.corp.chainStore.shares {
		if id := x.corpIDOf(s.to); s.app == x.app && s.kind == req.BusinessType && (req.CorpID == "" || req.CorpID == id) {
			rows = append(rows, appShareWire{id, s.to.corp.name, s.child.AgentID})
		}
	}
	limit := req.Limit
	if limit == 0 {
		limit = max(1, len(rows))
		if size := x.s.pageSize(x.path); size > 0 {
			limit = size
		}
		limit = min(limit, x.spec.Page.Max)
	}
	from, to, next, err := x.page(len(rows), req.Cursor, limit)
	if err != nil {
		return nil, err
	}
	return listAppSharesReply{1 - more(next), rows[from:to], next}, nil
}

type chainListReply struct {
	Chains []chainWire `json:"chains"`
}

type chainWire struct {
	ChainID   string `json:"chain_id"`
	ChainName string `json:"chain_name"`
}

func getChainList(x *exchange, _ struct{}) (any, error) {
	reply := chainListReply{Chains: []chainWire{}}
	for _, ch := range x.corp.chainStore.chains {
		reply.Chains = append(reply.Chains, chainWire{ch.id, ch.name})
	}
	return reply, nil
}

type chainRequest struct {
	ChainID       string `json:"chain_id"`
	GroupID       int    `json:"groupid"`
	CorpID        string `json:"corpid"`
	PendingCorpID string `json:"pending_corpid"`
	Limit         int    `json:"limit"`
	Cursor        string `json:"cursor"`
}

func (x *exchange) chain(id string) (*corpChain, error) {
	i := slices.IndexFunc(x.corp.chainStore.chains, func(ch *corpChain) bool { return ch.id == id })
	if i < 0 {
		return nil, Refuse(40058, "wecomtest: invalid chain_id")
	}
	return x.corp.chainStore.chains[i], nil
}

type chainGroupsReply struct {
	Groups []chainGroupWire `json:"groups"`
}

type chainGroupWire struct {
	GroupID   int    `json:"groupid"`
	GroupName string `json:"group_name"`
	ParentID  int    `json:"parentid"`
	Order     int64  `json:"order"`
}

// getChainGroups knows the group at the root only.
func getChainGroups(x *exchange, req chainRequest) (any, error) {
	ch, err := x.chain(req.ChainID)
	if err != nil {
		return nil, err
	}
	reply := chainGroupsReply{Groups: []chainGroupWire{}}
	if req.GroupID == 0 || req.GroupID == rootGroup {
		reply.Groups = append(reply.Groups, chainGroupWire{GroupID: rootGroup, GroupName: ch.name})
	}
	return reply, nil
}

type chainCorpsReply struct {
	HasMore    bool            `json:"has_more"`
	NextCursor string          `json:"next_cursor,omitempty"`
	GroupCorps []chainCorpWire `json:"group_corps"`
}

type chainCorpWire struct {
	GroupID  int    `json:"groupid"`
	CorpID   string `json:"corpid"`
	CorpName string `json:"corp_name"`
	IsJoined int    `json:"is_joined"`
}

// getChainCorps gives all corps at once unless a limit is set.
func getChainCorps(x *exchange, req chainRequest) (any, error) {
	ch, err := x.chain(req.ChainID)
	if err != nil {
		return nil, err
	}
	rows := []chainCorpWire{}
	for _, s := range ch.corps {
		if req.GroupID == 0 || req.GroupID == rootGroup {
			rows = append(rows, chainCorpWire{rootGroup, x.corpIDOf(s), s.corp.name, 1})
		}
	}
	if req.Limit <= 0 && req.Cursor == "" {
		return chainCorpsReply{GroupCorps: rows}, nil
	}
	from, to, next, err := x.page(len(rows), req.Cursor, req.Limit)
	if err != nil {
		return nil, err
	}
	return chainCorpsReply{next != "", next, rows[from:to]}, nil
}

type chainCorpReply struct {
	CorpName            string `json:"corp_name"`
	QualificationStatus int    `json:"qualification_status"` // 1 not verified, 3 verified
	GroupID             int    `json:"groupid"`
	IsJoined            bool   `json:"is_joined"`
}

func getChainCorp(x *exchange, req chainRequest) (any, error) {
	const unverified, verified = 1, 3
	ch, err := x.chain(req.ChainID)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(ch.corps, func(s *Server) bool { return x.corpIDOf(s) == req.CorpID })
	if i < 0 {
		return nil, Refuse(40013, "invalid corpid")
	}
	c := ch.corps[i].corp
	reply := chainCorpReply{CorpName: c.name, QualificationStatus: verified, GroupID: rootGroup, IsJoined: true}
	if c.school.unverified {
		reply.QualificationStatus = unverified
	}
	return reply, nil
}
