package wecomtest

import (
	"cmp"
	"slices"
	"time"
)

// A Customer is a person outside the corp, and who follows them.
type Customer struct {
	ExternalUserID string // "" is a made-up one
	Name           string
	Type           int // 1 WeChat (if 0), 2 WeCom
	Gender         int
	Avatar         string
	UnionID        string
	Position       string // WeCom users only, as the next two
	CorpName       string
	CorpFullName   string
	FollowUser     []Follow
}

// A Follow is one member's relation to a customer.
type Follow struct {
	UserID         string
	Remark         string
	Description    string
	CreateTime     time.Time // zero is now
	TagID          []string  // corp tags
	RemarkCorpName string
	RemarkMobiles  []string
	AddWay         int
	State          string
	OperUserID     string
	Deleted        bool // the customer has deleted the member
}

type customerStore struct {
	byID     map[string]*Customer
	byMember map[string][]*Customer // as they came
}

func newCustomerStore() customerStore {
	return customerStore{byID: make(map[string]*Customer), byMember: make(map[string][]*Customer)}
}

// add puts in a customer and their relations.
func (s *customerStore) add(c *corp, now time.Time, in Customer) *Customer {
	cust := in.clone()
	cust.Type = cmp.Or(cust.Type, 1)
	if cust.ExternalUserID == "" {
		prefix := "wm"
		if cust.Type == 2 {
			prefix = "wo"
		}
		cust.ExternalUserID = c.nextID(prefix)
	}
	s.byID[cust.ExternalUserID] = &cust
	for i := range cust.FollowUser {
		f := &cust.FollowUser[i]
		if f.CreateTime.IsZero() {
			f.CreateTime = now
		}
		f.OperUserID = cmp.Or(f.OperUserID, f.UserID)
		s.byMember[f.UserID] = append(s.byMember[f.UserID], &cust)
	}
	return &cust
}

// addFollow makes a known customer one of this member, again or for the first
// time.
func (s *customerStore) addFollow(cust *Customer, f Follow, now time.Time) {
	if f.CreateTime.IsZero() {
		f.CreateTime = now
	}
	f.OperUserID = cmp.Or(f.OperUserID, f.UserID)
	if old := cust.follow(f.UserID); old != nil {
		*old = f
		return
	}
	cust.FollowUser = append(cust.FollowUser, f)
	s.byMember[f.UserID] = append(s.byMember[f.UserID], cust)
}

// unfollow ends one relation. A customer without any stays known, but is
// nobody's customer.
func (s *customerStore) unfollow(cust *Customer, userID string) {
	cust.FollowUser = slices.DeleteFunc(cust.FollowUser, func(f Follow) bool { return f.UserID == userID })
	s.byMember[userID] = slices.DeleteFunc(s.byMember[userID], func(c *Customer) bool { return c == cust })
}

// follow returns the relation of one member to the customer, or nil.
func (cust *Customer) follow(userID string) *Follow {
	i := slices.IndexFunc(cust.FollowUser, func(f Follow) bool { return f.UserID == userID })
	if i < 0 {
		return nil
	}
	return &cust.FollowUser[i]
}

func (cust *Customer) clone() Customer {
	out := *cust
	out.FollowUser = slices.Clone(cust.FollowUser)
	for i := range out.FollowUser {
		f := &out.FollowUser[i]
		f.TagID = slices.Clone(f.TagID)
		f.RemarkMobiles = slices.Clone(f.RemarkMobiles)
	}
	return out
}

func customerHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/externalcontact/list": handle(listCustomers),
		"/cgi-bin/externalcontact/get":  handle(getCustomer),
	}
}

type listCustomersRequest struct {
	UserID string `json:"userid"`
}

type listCustomersReply struct {
	ExternalUserID []string `json:"external_userid"`
}

func listCustomers(x *exchange, req listCustomersRequest) (any, error) {
	m, err := x.corp.follower(x, req.UserID)
	if err != nil {
		return nil, err
	}
	rows := x.corp.customers.byMember[m.UserID]
	if len(rows) == 0 || m.NoContact {
		return nil, Refuse(84061, "not external contact")
	}
	ids := make([]string, 0, len(rows))
	for _, cust := range rows {
		ids = append(ids, cust.ExternalUserID)
	}
	return listCustomersReply{ids}, nil
}

type getCustomerRequest struct {
	ExternalUserID string `json:"external_userid"`
	Cursor         string `json:"cursor"`
}

type getCustomerReply struct {
	ExternalContact externalContact `json:"external_contact"`
	FollowUser      []followUser    `json:"follow_user"`
	NextCursor      string          `json:"next_cursor,omitempty"`
}

// externalContact is a customer on the wire.
type externalContact struct {
	ExternalUserID string `json:"external_userid"`
	Name           string `json:"name"`
	Position       string `json:"position,omitempty"`
	Avatar         string `json:"avatar"`
	CorpName       string `json:"corp_name,omitempty"`
	CorpFullName   string `json:"corp_full_name,omitempty"`
	Type           int    `json:"type"`
	Gender         int    `json:"gender"`
	UnionID        string `json:"unionid,omitempty"`
}

// followUser is a relation on the wire, as externalcontact/get shows it.
type followUser struct {
	UserID         string        `json:"userid"`
	Remark         string        `json:"remark"`
	Description    string        `json:"description"`
	CreateTime     int64         `json:"createtime"`
	Tags           []customerTag `json:"tags"`
	RemarkCorpName string        `json:"remark_corp_name,omitempty"`
	RemarkMobiles  []string      `json:"remark_mobiles"`
	OperUserID     string        `json:"oper_userid"`
	AddWay         int           `json:"add_way"`
	State          string        `json:"state,omitempty"`
}

type customerTag struct {
	GroupName string `json:"group_name"`
	TagName   string `json:"tag_name"`
	TagID     string `json:"tag_id,omitempty"`
	Type      int    `json:"type"`
}

func getCustomer(x *exchange, req getCustomerRequest) (any, error) {
	cust := x.corp.customers.byID[req.ExternalUserID]
	if cust == nil {
		return nil, Refuse(40096, "invalid external userid")
	}
	visible := make([]*Follow, 0, len(cust.FollowUser))
	for i := range cust.FollowUser {
		if f := &cust.FollowUser[i]; x.app.sees(f.UserID) {
			visible = append(visible, f)
		}
	}
	if len(visible) == 0 {
		return nil, Refuse(84061, "not external contact")
	}
	from, to, next, err := x.page(len(visible), req.Cursor, 0)
	if err != nil {
		return nil, err
	}
	reply := getCustomerReply{ExternalContact: cust.wire(), FollowUser: make([]followUser, 0, to-from), NextCursor: next}
	for _, f := range visible[from:to] {
		reply.FollowUser = append(reply.FollowUser, f.wire(x.corp))
	}
	return reply, nil
}

func (cust *Customer) wire() externalContact {
	return externalContact{
		ExternalUserID: cust.ExternalUserID,
		Name:           cust.Name,
		Position:       cust.Position,
		Avatar:         cust.Avatar,
		CorpName:       cust.CorpName,
		CorpFullName:   cust.CorpFullName,
		Type:           cust.Type,
		Gender:         cust.Gender,
		UnionID:        cust.UnionID,
	}
}

func (f *Follow) wire(c *corp) followUser {
	out := followUser{
		UserID:         f.UserID,
		Remark:         f.Remark,
		Description:    f.Description,
		CreateTime:     f.CreateTime.Unix(),
		Tags:           []customerTag{},
		RemarkCorpName: f.RemarkCorpName,
		RemarkMobiles:  f.RemarkMobiles,
		OperUserID:     f.OperUserID,
		AddWay:         f.AddWay,
		State:          f.State,
	}
	if out.RemarkMobiles == nil {
		out.RemarkMobiles = []string{}
	}
	return out
}

// Customer returns a copy of a customer, or the zero Customer.
func (s *Server) Customer(externalUserID string) Customer {
	s.mu.Lock()
	defer s.mu.Unlock()
	cust := s.corp.customers.byID[externalUserID]
	if cust == nil {
		return Customer{}
	}
	return cust.clone()
}
