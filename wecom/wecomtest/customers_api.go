package wecomtest

func customerHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/externalcontact/list":              handle(listCustomers),
		"/cgi-bin/externalcontact/get":               handle(getCustomer),
		"/cgi-bin/externalcontact/batch/get_by_user": handle(getCustomersByUser),
		"/cgi-bin/externalcontact/remark":            handle(remarkCustomer),
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

func getCustomer(x *exchange, req getCustomerRequest) (any, error) {
	cust := x.corp.customers.byID[req.ExternalUserID]
	if cust == nil {
		return nil, Refuse(40096, "invalid external userid")
	}
	visible := make([]*Follow, 0, len(cust.FollowUser))
	for i := range cust.FollowUser {
		f := &cust.FollowUser[i]
		if x.corp.members.byID[f.UserID].follows() && x.app.sees(f.UserID) {
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
		reply.FollowUser = append(reply.FollowUser, followUser{f.wire(cust), f.tags(x)})
	}
	return reply, nil
}

type getByUserRequest struct {
	UserIDList []string `json:"userid_list"`
	Cursor     string   `json:"cursor"`
	Limit      int      `json:"limit"`
}

type getByUserReply struct {
	ExternalContactList []contactAndFollow `json:"external_contact_list"`
	NextCursor          string             `json:"next_cursor"`
	FailInfo            *failInfo          `json:"fail_info,omitempty"`
}

type failInfo struct {
	UnlicensedUserIDList []string `json:"unlicensed_userid_list"`
}

type contactAndFollow struct {
	ExternalContact externalContact `json:"external_contact"`
	FollowInfo      followInfo      `json:"follow_info"`
}

func getCustomersByUser(x *exchange, req getByUserRequest) (any, error) {
	var users, unlicensed []string
	total := 0
	for _, id := range req.UserIDList {
		m, err := x.corp.follower(x, id)
		switch {
		case err != nil:
			return nil, err
		case m.Unlicensed:
			unlicensed = append(unlicensed, id)
		case !m.NoContact:
			users = append(users, id)
			total += len(x.corp.customers.byMember[id])
		}
	}
	if len(unlicensed) == len(req.UserIDList) {
		return nil, Refuse(701008, "wecomtest: no member has a license")
	}
	from, to, next, err := x.page(total, req.Cursor, req.Limit)
	if err != nil {
		return nil, err
	}
	reply := getByUserReply{ExternalContactList: make([]contactAndFollow, 0, to-from), NextCursor: next}
	if len(unlicensed) > 0 {
		reply.FailInfo = &failInfo{unlicensed}
	}
	for _, id := range users {
		rows := x.corp.customers.byMember[id]
		for _, cust := range rows[min(from, len(rows)):min(to, len(rows))] {
			f := cust.follow(id)
			reply.ExternalContactList = append(reply.ExternalContactList, contactAndFollow{
				ExternalContact: cust.wire(),
				FollowInfo:      followInfo{f.wire(cust), f.tagIDs(x)},
			})
		}
		from, to = max(from-len(rows), 0), max(to-len(rows), 0)
	}
	return reply, nil
}

// externalContact is a customer on the wire.
type externalContact struct {
	ExternalUserID  string           `json:"external_userid"`
	Name            string           `json:"name"`
	Position        string           `json:"position,omitempty"`
	Avatar          string           `json:"avatar"`
	CorpName        string           `json:"corp_name,omitempty"`
	CorpFullName    string           `json:"corp_full_name,omitempty"`
	Type            int              `json:"type"`
	Gender          int              `json:"gender"`
	UnionID         string           `json:"unionid,omitempty"`
	ExternalProfile *externalProfile `json:"external_profile,omitempty"`
}

type externalProfile struct {
	ExternalAttr []any `json:"external_attr"`
}

type relation struct {
	UserID         string          `json:"userid"`
	Remark         string          `json:"remark"`
	Description    string          `json:"description"`
	CreateTime     int64           `json:"createtime"`
	RemarkCorpName string          `json:"remark_corp_name,omitempty"`
	RemarkMobiles  []string        `json:"remark_mobiles"`
	OperUserID     string          `json:"oper_userid"`
	AddWay         int             `json:"add_way"`
	State          string          `json:"state,omitempty"`
	WechatChannels *WechatChannels `json:"wechat_channels,omitempty"`
}

// followUser is a relation as externalcontact/get shows it.
type followUser struct {
	relation
	Tags []customerTag `json:"tags"`
}

// followInfo is a relation as batch/get_by_user shows it.
type followInfo struct {
	relation
	TagID []string `json:"tag_id"`
}

type customerTag struct {
	GroupName string `json:"group_name"`
	TagName   string `json:"tag_name"`
	TagID     string `json:"tag_id,omitempty"`
	Type      int    `json:"type"`
}

// Whose a customerTag is.
const (
	tagOfCorp = iota + 1
	tagOfMember
	tagOfStrategy
)

const weComUser = 2

func (cust *Customer) wire() externalContact {
	out := externalContact{
		ExternalUserID: cust.ExternalUserID,
		Name:           cust.Name,
		Avatar:         cust.Avatar,
		Type:           cust.Type,
		Gender:         cust.Gender,
		UnionID:        cust.UnionID,
	}
	if cust.Type != weComUser {
		return out
	}
	out.Position, out.CorpName, out.CorpFullName = cust.Position, cust.CorpName, cust.CorpFullName
	if len(cust.ExternalAttr) > 0 {
		out.ExternalProfile = &externalProfile{}
		for _, attr := range cust.ExternalAttr {
			out.ExternalProfile.ExternalAttr = append(out.ExternalProfile.ExternalAttr, attr.wire())
		}
	}
	return out
}

func (a ExternalAttr) wire() any {
	out := map[string]any{"type": a.Type, "name": a.Name}
	switch a.Type {
	case 0:
		out["text"] = map[string]string{"value": a.Value}
	case 1:
		out["web"] = map[string]string{"url": a.URL, "title": a.Title}
	case 2:
		out["miniprogram"] = map[string]string{"appid": a.AppID, "pagepath": a.PagePath, "title": a.Title}
	}
	return out
}

func (f *Follow) wire(cust *Customer) relation {
	out := relation{
		UserID:        f.UserID,
		Remark:        f.Remark,
		Description:   f.Description,
		CreateTime:    f.CreateTime.Unix(),
		RemarkMobiles: nonNil(f.RemarkMobiles),
		OperUserID:    f.OperUserID,
		AddWay:        f.AddWay,
		State:         f.State,
	}
	if cust.Type != weComUser {
		out.RemarkCorpName = f.RemarkCorpName
	}
	if f.AddWay == 10 {
		out.WechatChannels = f.WechatChannels
	}
	return out
}

// tags are the corp's, the rule groups' and the member's own tags on a
// customer. Those of rule groups are for the app that made them.
func (f *Follow) tags(x *exchange) []customerTag {
	out := make([]customerTag, 0, len(f.TagID)+len(f.PersonalTag))
	for _, id := range f.TagID {
		t := x.corp.tags.byID[id]
		switch {
		case t == nil:
		case corpTags(t.group):
			out = append(out, customerTag{GroupName: t.group.GroupName, TagName: t.Name, TagID: id, Type: tagOfCorp})
		case t.AgentID == x.app.AgentID:
			out = append(out, customerTag{GroupName: t.group.GroupName, TagName: t.Name, TagID: id, Type: tagOfStrategy})
		}
	}
	for _, t := range f.PersonalTag {
		out = append(out, customerTag{GroupName: t.GroupName, TagName: t.TagName, Type: tagOfMember})
	}
	return out
}

// tagIDs are the tags of the corp and of rule groups that tags shows.
func (f *Follow) tagIDs(x *exchange) []string {
	out := make([]string, 0, len(f.TagID))
	for _, t := range f.tags(x) {
		if t.TagID != "" {
			out = append(out, t.TagID)
		}
	}
	return out
}

// nonNil makes an absent list an empty one, which JSON writes as [].
func nonNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
