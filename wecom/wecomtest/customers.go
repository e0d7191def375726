package wecomtest

import (
	"cmp"
	"slices"
	"time"
)

// A Customer is a person outside the corp, and who follows them.
type Customer struct {
	ExternalUserID string         `json:"external_userid,omitzero"` // "" is a made-up one
	Name           string         `json:"name,omitzero"`
	Type           int            `json:"type,omitzero"` // 1 WeChat (if 0), 2 WeCom
	Gender         int            `json:"gender,omitzero"`
	Avatar         string         `json:"avatar,omitzero"`
	UnionID        string         `json:"unionid,omitzero"`
	Position       string         `json:"position,omitzero"` // WeCom users only, as what follows
	CorpName       string         `json:"corp_name,omitzero"`
	CorpFullName   string         `json:"corp_full_name,omitzero"`
	ExternalAttr   []ExternalAttr `json:"external_attr,omitzero"`
	FollowUser     []Follow       `json:"follow_user,omitzero"`
}

// An ExternalAttr is a line of a WeCom user's 对外属性.
type ExternalAttr struct {
	Type     int    `json:"type"`               // 0 text, 1 web page, 2 mini program
	Name     string `json:"name,omitzero"`      //
	Value    string `json:"value,omitzero"`     // text
	Title    string `json:"title,omitzero"`     // web page and mini program
	URL      string `json:"url,omitzero"`       // web page
	AppID    string `json:"appid,omitzero"`     // mini program
	PagePath string `json:"page_path,omitzero"` // mini program
}

// A Follow is one member's relation to a customer.
type Follow struct {
	UserID         string          `json:"userid"`
	Remark         string          `json:"remark,omitzero"`
	Description    string          `json:"description,omitzero"`
	CreateTime     time.Time       `json:"create_time,omitzero"` // zero is now
	TagID          []string        `json:"tag_id,omitzero"`      // corp tags
	PersonalTag    []PersonalTag   `json:"personal_tag,omitzero"`
	RemarkCorpName string          `json:"remark_corp_name,omitzero"` // WeChat users only
	RemarkMobiles  []string        `json:"remark_mobiles,omitzero"`
	AddWay         int             `json:"add_way,omitzero"`
	State          string          `json:"state,omitzero"`
	OperUserID     string          `json:"oper_userid,omitzero"`     // "" is the member
	WechatChannels *WechatChannels `json:"wechat_channels,omitzero"` // if AddWay is 10
	Deleted        bool            `json:"deleted,omitzero"`         // the customer has deleted the member
}

// A PersonalTag is a tag of one member's own. It has no id.
type PersonalTag struct {
	GroupName string `json:"group_name"`
	TagName   string `json:"tag_name"`
}

// WechatChannels is the 视频号 that a customer came through.
type WechatChannels struct {
	Nickname string `json:"nickname"`
	Source   int    `json:"source"`
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
	prefix := "wm"
	if cust.Type == 2 {
		prefix = "wo"
	}
	cust.ExternalUserID = c.idOr(cust.ExternalUserID, prefix)
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

// known returns the customer that in speaks of, who is new if the id is.
func (s *customerStore) known(c *corp, now time.Time, in Customer) *Customer {
	if cust := s.byID[in.ExternalUserID]; cust != nil {
		return cust
	}
	in.FollowUser = nil
	return s.add(c, now, in)
}

// addFollow makes a known customer one of this member, again or for the first
// time. What the member noted before stays unless f brings its own.
func (s *customerStore) addFollow(cust *Customer, f Follow, now time.Time) {
	if f.CreateTime.IsZero() {
		f.CreateTime = now
	}
	f.OperUserID = cmp.Or(f.OperUserID, f.UserID)
	if old := cust.follow(f.UserID); old != nil {
		f.keepNotes(old)
		*old = f
		return
	}
	cust.FollowUser = append(cust.FollowUser, f)
	s.byMember[f.UserID] = append(s.byMember[f.UserID], cust)
}

func (f *Follow) keepNotes(old *Follow) {
	f.Remark = cmp.Or(f.Remark, old.Remark)
	f.Description = cmp.Or(f.Description, old.Description)
	f.RemarkCorpName = cmp.Or(f.RemarkCorpName, old.RemarkCorpName)
	if len(f.RemarkMobiles) == 0 {
		f.RemarkMobiles = old.RemarkMobiles
	}
	if len(f.TagID) == 0 {
		f.TagID = old.TagID
	}
	if len(f.PersonalTag) == 0 {
		f.PersonalTag = old.PersonalTag
	}
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
	out.ExternalAttr = slices.Clone(cust.ExternalAttr)
	out.FollowUser = slices.Clone(cust.FollowUser)
	for i := range out.FollowUser {
		out.FollowUser[i] = out.FollowUser[i].clone()
	}
	return out
}

func (f Follow) clone() Follow {
	f.TagID = slices.Clone(f.TagID)
	f.PersonalTag = slices.Clone(f.PersonalTag)
	f.RemarkMobiles = slices.Clone(f.RemarkMobiles)
	if f.WechatChannels != nil {
		f.WechatChannels = new(*f.WechatChannels)
	}
	return f
}

// customerOf returns a relation, or the refusal for one that is not there.
func (x *exchange) customerOf(userID, externalUserID string) (*Customer, *Follow, error) {
	if _, err := x.corp.follower(x, userID); err != nil {
		return nil, nil, err
	}
	cust := x.corp.customers.byID[externalUserID]
	if cust == nil {
		return nil, nil, Refuse(40096, "invalid external userid")
	}
	f := cust.follow(userID)
	if f == nil {
		return nil, nil, Refuse(84061, "not external contact")
	}
	return cust, f, nil
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
