package wecomtest

import (
	"slices"
	"time"
)

// An AcquisitionComponent is what the corp grants to a 获客助手组件, an app
// with [ScopeComponent].
type AcquisitionComponent struct {
	PayMode      int      `json:"pay_mode,omitzero"`       // who pays for new customers: 0 the corp, 1 the provider
	Price        int      `json:"price,omitzero"`          // of one, in fen, if the provider pays
	LinkAuthMode int      `json:"link_auth_mode,omitzero"` // which links it may see: 0 those of LinkID, 1 those of AuthApps
	LinkID       []string `json:"link_id,omitzero"`        //
	AuthApps     []int64  `json:"auth_apps,omitzero"`      // agentids
}

// providerPays is a pay_mode.
const providerPays = 1

func (c AcquisitionComponent) has(l *acquisitionLink) bool {
	if c.LinkAuthMode == 1 {
		return slices.Contains(c.AuthApps, l.AgentID)
	}
	return slices.Contains(c.LinkID, l.LinkID)
}

// An AcquisitionPermit is whom a 营销获客 app, one with [ScopeMarketing], may
// bring customers to.
type AcquisitionPermit struct {
	UserList       []string `json:"user_list,omitzero"`
	DepartmentList []int64  `json:"department_list,omitzero"`
	TagList        []int64  `json:"tag_list,omitzero"` // of the directory
}

// acquisitionQuota is how many customers may still come by links.
type acquisitionQuota struct {
	expires time.Time
	balance int
}

// chatKey is the right to read how much a customer wrote.
type chatKey struct {
	from     *linkCustomer
	received int
	expires  time.Time
}

// onceKey makes the provider pay for one customer.
type onceKey struct {
	linkID  string
	expires time.Time
	used    bool
}

const (
	chatKeyLife = 30 * time.Minute
	onceKeyLife = 14 * 24 * time.Hour
	onceKeys    = 100 // made at once, unless key_num says otherwise
)

// balance is what is left of all quotas.
func (s *linkStore) balance() int {
	n := 0
	for _, q := range s.quotas {
		n += q.balance
	}
	return n
}

func linkUseHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/externalcontact/customer_acquisition/customer":           handle(listLinkCustomers),
		"/cgi-bin/externalcontact/customer_acquisition/statistic":          handle(getLinkStatistic),
		"/cgi-bin/externalcontact/customer_acquisition/get_chat_info":      handle(getChatInfo),
		"/cgi-bin/externalcontact/customer_acquisition/get_comp_auth_info": handle(getCompAuthInfo),
		"/cgi-bin/externalcontact/customer_acquisition/create_once_key":    handle(createOnceKey),
		"/cgi-bin/externalcontact/customer_acquisition_quota":              handle(getAcquisitionQuota),
		"/cgi-bin/externalcontact/customer_acquisition_app/get_permit":     handle(getAcquisitionPermit),
	}
}

type listLinkCustomersRequest struct {
	LinkID string `json:"link_id"`
	Cursor string `json:"cursor"`
	Limit  int    `json:"limit"`
}

type listLinkCustomersReply struct {
	CustomerList []linkCustomerWire `json:"customer_list"`
	NextCursor   string             `json:"next_cursor"`
}

type linkCustomerWire struct {
	ExternalUserID string `json:"external_userid"`
	UserID         string `json:"userid"`
	ChatStatus     int    `json:"chat_status"`
	State          string `json:"state"`
}

const (
	chatSilent = iota
	chatBegun
	chatUnknown
)

func (lc *linkCustomer) chatStatus() int {
	switch {
	case lc.cust.Type == weComUser:
		return chatUnknown
	case lc.received > 0:
		return chatBegun
	}
	return chatSilent
}

func listLinkCustomers(x *exchange, req listLinkCustomersRequest) (any, error) {
	l, err := x.ownLink(req.LinkID)
	if err != nil {
		return nil, err
	}
	from, to, next, err := x.page(len(l.customers), req.Cursor, req.Limit)
	if err != nil {
		return nil, err
	}
	reply := listLinkCustomersReply{NextCursor: next, CustomerList: make([]linkCustomerWire, 0, to-from)}
	for _, lc := range l.customers[from:to] {
		reply.CustomerList = append(reply.CustomerList, linkCustomerWire{lc.cust.ExternalUserID, lc.userID, lc.chatStatus(), lc.state})
	}
	return reply, nil
}

type getLinkStatisticRequest struct {
	LinkID    string `json:"link_id"`
	StartTime int64  `json:"start_time"`
	EndTime   int64  `json:"end_time"`
}

type getLinkStatisticReply struct {
	ClickLinkCustomerCnt int `json:"click_link_customer_cnt"`
	NewCustomerCnt       int `json:"new_customer_cnt"`
}

func getLinkStatistic(x *exchange, req getLinkStatisticRequest) (any, error) {
	l, err := x.link(req.LinkID)
	if err != nil {
		return nil, err
	}
	from, to, err := x.days(req.StartTime, req.EndTime)
	if err != nil {
		return nil, err
	}
	clicked := make(map[*Customer]bool)
	reply := getLinkStatisticReply{}
	for _, v := range l.visits {
		if v.day < from.Unix() || v.day > to.Unix() {
			continue
		}
		clicked[v.cust] = true
		if v.new {
			reply.NewCustomerCnt++
		}
	}
	reply.ClickLinkCustomerCnt = len(clicked)
	return reply, nil
}

type getChatInfoRequest struct {
	ChatKey string `json:"chat_key"`
}

type getChatInfoReply struct {
	UserID         string   `json:"userid"`
	ExternalUserID string   `json:"external_userid"`
	ChatInfo       chatInfo `json:"chat_info"`
}

type chatInfo struct {
	RecvMsgCnt int    `json:"recv_msg_cnt"`
	LinkID     string `json:"link_id"`
	State      string `json:"state"`
}

func getChatInfo(x *exchange, req getChatInfoRequest) (any, error) {
	key, ok := x.corp.links.chatKeys[req.ChatKey]
	if !ok || !x.now.Before(key.expires) || !x.corp.links.shows(x.app, key.from.link) {
		return nil, Refuse(41201, "wecomtest: no chat of this app has that chat_key, or it has expired")
	}
	from := key.from
	return getChatInfoReply{from.userID, from.cust.ExternalUserID, chatInfo{key.received, from.link.LinkID, from.state}}, nil
}

// component returns what the app was granted, or the refusal.
func (x *exchange) component() (AcquisitionComponent, error) {
	granted, ok := x.corp.links.components[x.app.AgentID]
	if !ok {
		return granted, Refuse(48002, "api forbidden")
	}
	return granted, nil
}

type getCompAuthInfoReply struct {
	PayMode      int           `json:"pay_mode"`
	Price        int           `json:"price,omitempty"`
	LinkAuthMode int           `json:"link_auth_mode"`
	AuthApps     []agentIDWire `json:"auth_apps,omitempty"`
}

type agentIDWire struct {
	AgentID int64 `json:"agentid"`
}

func getCompAuthInfo(x *exchange, _ struct{}) (any, error) {
	granted, err := x.component()
	if err != nil {
		return nil, err
	}
	reply := getCompAuthInfoReply{PayMode: granted.PayMode, LinkAuthMode: granted.LinkAuthMode}
	if granted.PayMode == providerPays {
		reply.Price = granted.Price
	}
	if granted.LinkAuthMode == 1 {
		for _, id := range granted.AuthApps {
			reply.AuthApps = append(reply.AuthApps, agentIDWire{id})
		}
	}
	return reply, nil
}

type createOnceKeyRequest struct {
	LinkID string `json:"link_id"`
	KeyNum int    `json:"key_num"`
}

type createOnceKeyReply struct {
	Keys []string `json:"keys"`
}

func createOnceKey(x *exchange, req createOnceKeyRequest) (any, error) {
	granted, err := x.component()
	if err != nil {
		return nil, err
	}
	if granted.PayMode != providerPays {
		return nil, Refuse(41099, "wecomtest: the corp pays for this component's customers")
	}
	l, err := x.link(req.LinkID)
	if err != nil {
		return nil, err
	}
	if req.KeyNum == 0 {
		req.KeyNum = onceKeys
	}
	reply := createOnceKeyReply{Keys: make([]string, 0, req.KeyNum)}
	made := x.corp.links.onceKeys
	for range req.KeyNum {
		key := x.corp.opaque("once key", x.corp.count("once key"), 64)
		made[key] = &onceKey{linkID: l.LinkID, expires: x.now.Add(onceKeyLife)}
		reply.Keys = append(reply.Keys, key)
	}
	return reply, nil
}

type getAcquisitionQuotaReply struct {
	Total     int         `json:"total"`
	Balance   int         `json:"balance"`
	QuotaList []quotaWire `json:"quota_list"`
}

type quotaWire struct {
	ExpireDate int64 `json:"expire_date"`
	Balance    int   `json:"balance"`
}

func getAcquisitionQuota(x *exchange, _ struct{}) (any, error) {
	s := &x.corp.links
	reply := getAcquisitionQuotaReply{Total: s.used, Balance: s.balance(), QuotaList: []quotaWire{}}
	for _, q := range s.quotas {
		if q.balance > 0 {
			reply.QuotaList = append(reply.QuotaList, quotaWire{midnight(q.expires).Unix(), q.balance})
		}
	}
	return reply, nil
}

type getAcquisitionPermitReply struct {
	UserList       []string `json:"user_list,omitzero"`
	DepartmentList []int64  `json:"department_list"`
	TagList        []int64  `json:"tag_list"`
}

func getAcquisitionPermit(x *exchange, _ struct{}) (any, error) {
	p := x.corp.links.permits[x.app.AgentID]
	return getAcquisitionPermitReply{nonNil(x.corp.present(p.UserList)), nonNil(p.DepartmentList), nonNil(p.TagList)}, nil
}
