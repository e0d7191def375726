package wecomtest

import (
	"fmt"
	"slices"
	"time"
)

// An AcquisitionLink is a 获客链接, that strangers become customers by.
type AcquisitionLink struct {
	LinkID             string    `json:"link_id"`
	LinkName           string    `json:"link_name,omitzero"`
	URL                string    `json:"url,omitzero"`
	CreateTime         time.Time `json:"create_time,omitzero"`
	SkipVerify         bool      `json:"skip_verify,omitzero"`
	MarkSource         bool      `json:"mark_source,omitzero"`
	UserList           []string  `json:"user_list,omitzero"` // whom it leads to
	DepartmentList     []int64   `json:"department_list,omitzero"`
	PriorityType       int       `json:"priority_type,omitzero"`        // 1 friends of the whole corp first, 2 of PriorityUserIDList
	PriorityUserIDList []string  `json:"priority_userid_list,omitzero"` //
	AgentID            int64     `json:"agentid,omitzero"`              // the app that made it
}

const maxLinkUsers = 500

type linkStore struct {
	byID  map[string]*acquisitionLink
	order []*acquisitionLink // as they came
	made  int                // ever

	from     map[relationKey]*linkCustomer // who came by a link
	chatKeys map[string]chatKey
	onceKeys map[string]*onceKey
	quotas   []*acquisitionQuota // the next to expire first
	used     int                 // ever

	components map[int64]AcquisitionComponent // by agentid
	permits    map[int64]AcquisitionPermit    // by agentid
}

// acquisitionLink is a link and what came of it.
type acquisitionLink struct {
	AcquisitionLink
	turn      int // whose turn it is among the members
	customers []*linkCustomer
	visits    []linkVisit
	down      bool // nobody can take a customer, as the app was told
}

// linkCustomer is somebody who came by a link.
type linkCustomer struct {
	link     *acquisitionLink
	cust     *Customer
	userID   string
	state    string
	received int // messages that the member got
}

// linkVisit is somebody who opened a link.
type linkVisit struct {
	day  int64
	cust *Customer
	new  bool // and became a customer
}

func newLinkStore() linkStore {
	return linkStore{
		byID:       make(map[string]*acquisitionLink),
		from:       make(map[relationKey]*linkCustomer),
		chatKeys:   make(map[string]chatKey),
		onceKeys:   make(map[string]*onceKey),
		components: make(map[int64]AcquisitionComponent),
		permits:    make(map[int64]AcquisitionPermit),
	}
}

// nextID returns an id that no link has.
func (s *linkStore) nextID(c *corp) string {
	for {
		s.made++
		if id := "cawcde" + c.hex("acquisition link", s.made)[:12]; s.byID[id] == nil {
			return id
		}
	}
}

func (s *linkStore) remove(l *acquisitionLink) {
	delete(s.byID, l.LinkID)
	s.order = slices.DeleteFunc(s.order, func(other *acquisitionLink) bool { return other == l })
}

// users are the members whom a link leads to.
func (l *acquisitionLink) users(c *corp) []string { return c.usersIn(l.UserList, l.DepartmentList) }

// AcquisitionLink returns a copy of a link, or the zero AcquisitionLink.
func (s *Server) AcquisitionLink(linkID string) AcquisitionLink {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.corp.links.byID[linkID]
	if l == nil {
		return AcquisitionLink{}
	}
	out := l.AcquisitionLink
	out.UserList = slices.Clone(l.UserList)
	out.DepartmentList = slices.Clone(l.DepartmentList)
	out.PriorityUserIDList = slices.Clone(l.PriorityUserIDList)
	return out
}

func linkHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/externalcontact/customer_acquisition/list_link":   handle(listLinks),
		"/cgi-bin/externalcontact/customer_acquisition/get":         handle(getLink),
		"/cgi-bin/externalcontact/customer_acquisition/create_link": handle(createLink),
		"/cgi-bin/externalcontact/customer_acquisition/update_link": handle(updateLink),
		"/cgi-bin/externalcontact/customer_acquisition/delete_link": handle(deleteLink),
	}
}

type listLinksRequest struct {
	Cursor string `json:"cursor"`
	Limit  int    `json:"limit"`
}

type listLinksReply struct {
	LinkIDList []string `json:"link_id_list"`
	NextCursor string   `json:"next_cursor"`
}

func listLinks(x *exchange, req listLinksRequest) (any, error) {
	ids := []string{}
	for _, l := range x.corp.links.order {
		if x.corp.links.shows(x.app, l) {
			ids = append(ids, l.LinkID)
		}
	}
	from, to, next, err := x.page(len(ids), req.Cursor, req.Limit)
	if err != nil {
		return nil, err
	}
	return listLinksReply{ids[from:to], next}, nil
}

// shows reports whether the app made a link, or was granted it.
func (s *linkStore) shows(a *app, l *acquisitionLink) bool {
	if l.AgentID == a.AgentID {
		return true
	}
	granted, ok := s.components[a.AgentID]
	return ok && granted.has(l)
}

// link returns a link that the app may see, or the refusal.
func (x *exchange) link(id string) (*acquisitionLink, error) {
	if l := x.corp.links.byID[id]; l != nil && x.corp.links.shows(x.app, l) {
		return l, nil
	}
	return nil, Refuse(40058, "wecomtest: no link of this app has that link_id")
}

// ownLink returns a link that the app made.
func (x *exchange) ownLink(id string) (*acquisitionLink, error) {
	l, err := x.link(id)
	if err == nil && l.AgentID != x.app.AgentID {
		err = Refuse(40058, "wecomtest: the link is not one of this app's")
	}
	return l, err
}

type linkIDRequest struct {
	LinkID string `json:"link_id"`
}

type getLinkReply struct {
	Link           linkInfo      `json:"link"`
	Range          rangeWire     `json:"range"`
	PriorityOption *priorityWire `json:"priority_option,omitempty"`
}

type linkInfo struct {
	LinkName   string `json:"link_name"`
	URL        string `json:"url"`
	CreateTime int64  `json:"create_time"`
	SkipVerify bool   `json:"skip_verify"`
	MarkSource bool   `json:"mark_source"`
}

type priorityWire struct {
	PriorityType       int      `json:"priority_type"`
	PriorityUserIDList []string `json:"priority_userid_list,omitempty"`
}

func getLink(x *exchange, req linkIDRequest) (any, error) {
	l, err := x.link(req.LinkID)
	if err != nil {
		return nil, err
	}
	reply := getLinkReply{
		Link:  linkInfo{l.LinkName, l.URL, l.CreateTime.Unix(), l.SkipVerify, l.MarkSource},
		Range: rangeWire{nonNil(x.corp.present(l.UserList)), nonNil(l.DepartmentList)},
	}
	if l.PriorityType != 0 {
		reply.PriorityOption = &priorityWire{l.PriorityType, x.corp.present(l.PriorityUserIDList)}
	}
	if l.AgentID != x.app.AgentID {
		reply.Link.URL += "?comp_scene=" + x.corp.opaque("scene", int(x.app.AgentID), 24)
	}
	return reply, nil
}

// present are the members who have not left.
func (c *corp) present(userIDs []string) []string {
	return slices.DeleteFunc(slices.Clone(userIDs), func(id string) bool { return c.members.byID[id].Left })
}

// linkRequest is what create and update take; nil leaves a thing as it is.
type linkRequest struct {
	LinkID         string        `json:"link_id"`
	LinkName       string        `json:"link_name"`
	Range          *rangeWire    `json:"range"`
	SkipVerify     *bool         `json:"skip_verify"`
	PriorityOption *priorityWire `json:"priority_option"`
	MarkSource     *bool         `json:"mark_source"`
}

type createLinkReply struct {
	Link createdLink `json:"link"`
}

type createdLink struct {
	LinkID     string `json:"link_id"`
	LinkName   string `json:"link_name"`
	URL        string `json:"url"`
	CreateTime int64  `json:"create_time"`
}

func createLink(x *exchange, req linkRequest) (any, error) {
	l := &acquisitionLink{AcquisitionLink: AcquisitionLink{
		CreateTime: x.now,
		SkipVerify: true,
		MarkSource: true,
		AgentID:    x.app.AgentID,
	}}
	if err := x.applyLink(&l.AcquisitionLink, req); err != nil {
		return nil, err
	}
	s := &x.corp.links
	l.LinkID = s.nextID(x.corp)
	l.URL = linkPrefix + l.LinkID
	s.byID[l.LinkID] = l
	s.order = append(s.order, l)
	return createLinkReply{createdLink{l.LinkID, l.LinkName, l.URL, l.CreateTime.Unix()}}, nil
}

const linkPrefix = "https://work.weixin.qq.com/ca/"

// applyLink changes a link as far as the request says, or not at all.
func (x *exchange) applyLink(l *AcquisitionLink, req linkRequest) error {
	next := *l
	if req.LinkName != "" {
		next.LinkName = req.LinkName
	}
	set(&next.SkipVerify, req.SkipVerify)
	set(&next.MarkSource, req.MarkSource)
	if req.Range != nil {
		next.UserList, next.DepartmentList = req.Range.UserList, req.Range.DepartmentList
		if err := x.checkLinkRange(*req.Range); err != nil {
			return err
		}
	}
	if len(next.UserList) == 0 && len(next.DepartmentList) == 0 {
		return Refuse(40063, "wecomtest: the link leads to nobody")
	}
	if p := req.PriorityOption; p != nil {
		if p.PriorityType == priorityListed && len(p.PriorityUserIDList) == 0 {
			return Refuse(40063, "wecomtest: priority_type 2 needs a priority_userid_list")
		}
		next.PriorityType, next.PriorityUserIDList = p.PriorityType, p.PriorityUserIDList
		if err := x.checkRange(rangeWire{UserList: p.PriorityUserIDList}); err != nil {
			return err
		}
	}
	*l = next
	return nil
}

const (
	priorityCorp   = 1
	priorityListed = 2
)

func (x *exchange) checkLinkRange(r rangeWire) error {
	if err := x.checkRange(r); err != nil {
		return err
	}
	for _, id := range r.UserList {
		if err := x.corp.members.byID[id].fit(); err != nil {
			return err
		}
	}
	if n := len(x.corp.usersIn(r.UserList, r.DepartmentList)); n > maxLinkUsers {
		return Refuse(40058, fmt.Sprintf("wecomtest: the link leads to %d members, at most %d are allowed", n, maxLinkUsers))
	}
	return nil
}

func updateLink(x *exchange, req linkRequest) (any, error) {
	l, err := x.ownLink(req.LinkID)
	if err != nil {
		return nil, err
	}
	return nil, x.applyLink(&l.AcquisitionLink, req)
}

func deleteLink(x *exchange, req linkIDRequest) (any, error) {
	l, err := x.ownLink(req.LinkID)
	if err != nil {
		return nil, err
	}
	x.corp.links.remove(l)
	return nil, nil
}
