package wecomtest

import (
	"slices"
	"strconv"
	"time"
)

// licenseOrder is what a provider orders for a corp, or for several.
type licenseOrder struct {
	id       string
	kind     int
	status   int
	provider *provider
	server   *Server // nil for an order of several corps
	buyer    string
	count    accountCountWire
	duration accountDurationWire
	price    int64
	created  time.Time
	paid     time.Time

	codes  []*licenseCode  // what was bought
	renews []renewAccount  // what is renewed
	parts  []*licenseOrder // of an order of several corps
}

const (
	licenseOrderNew   = 1
	licenseOrderRenew = 2
	licenseOrderUnion = 8
)

// Nobody says what an account costs; these are fen for a month.
const (
	basePrice     = 500
	externalPrice = 1500
)

type accountCountWire struct {
	BaseCount            int `json:"base_count"`
	ExternalContactCount int `json:"external_contact_count"`
}

type accountDurationWire struct {
	Months        int   `json:"months,omitempty"`
	Days          int   `json:"days,omitempty"`
	NewExpireTime int64 `json:"new_expire_time,omitempty"`
}

func (d accountDurationWire) length() time.Duration {
	return time.Duration(d.Months)*licenseMonth + time.Duration(d.Days)*oneDay
}

func licenseOrderHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/license/create_new_order":     handle(createLicenseOrder),
		"/cgi-bin/license/get_order":            handle(getLicenseOrder),
		"/cgi-bin/license/get_union_order":      handle(getUnionOrder),
		"/cgi-bin/license/list_order":           handle(listLicenseOrders),
		"/cgi-bin/license/list_order_account":   handle(listOrderAccounts),
		"/cgi-bin/license/cancel_order":         handle(cancelLicenseOrder),
		"/cgi-bin/license/get_app_license_info": handle(getAppLicenseInfo),
		"/cgi-bin/license/support_policy_query": handle(querySupportPolicy),
	}
}

type createLicenseOrderRequest struct {
	CorpID          string              `json:"corpid"`
	BuyerUserID     string              `json:"buyer_userid"`
	AccountCount    accountCountWire    `json:"account_count"`
	AccountDuration accountDurationWire `json:"account_duration"`
}

type orderIDWire struct {
	OrderID string `json:"order_id"`
}

func createLicenseOrder(x *exchange, req createLicenseOrderRequest) (any, error) {
	if err := x.orderable(req.CorpID, req.AccountCount, req.AccountDuration); err != nil {
		return nil, err
	}
	o := x.newLicenseOrder(licenseOrderNew, req.BuyerUserID)
	o.server, o.count, o.duration = x.s, req.AccountCount, req.AccountDuration
	o.price = priceOf(o.count, o.duration.length())
	return orderIDWire{o.id}, nil
}

// orderable makes the corp the call's if accounts can be ordered for it.
func (x *exchange) orderable(openCorpID string, count accountCountWire, d accountDurationWire) error {
	switch days := d.Months*31 + d.Days; {
	case !x.tenant(openCorpID):
		return Refuse(40013, "invalid corpid")
	case len(x.ownApps()) == 0:
		return Refuse(701015, "wecomtest: the corp has authorised nothing of the provider")
	case count.BaseCount == 0 && count.ExternalContactCount == 0:
		return Refuse(40058, "wecomtest: both counts are 0")
	case days < 31 || days > 1860:
		return Refuse(40058, "wecomtest: account_duration is "+strconv.Itoa(days)+" days, 31 to 1860 are allowed")
	}
	return nil
}

func priceOf(count accountCountWire, length time.Duration) int64 {
	months := int64((length + licenseMonth - 1) / licenseMonth)
	return months * int64(count.BaseCount*basePrice+count.ExternalContactCount*externalPrice)
}

// newLicenseOrder keeps an order that nobody has paid.
func (x *exchange) newLicenseOrder(kind int, buyer string) *licenseOrder {
	st := &x.s.providers.licenses
	o := &licenseOrder{id: "O" + st.nextID(x.provider, "order", 31), kind: kind, provider: x.provider, buyer: buyer, created: x.now}
	st.orders = append(st.orders, o)
	return o
}

func (st *licenseStore) nextID(p *provider, kind string, length int) string {
	st.given++
	return opaque(p.CorpID, "license "+kind, st.given, length)
}

// licenseOrder returns an order of the call's provider.
func (x *exchange) licenseOrder(id string) (*licenseOrder, error) {
	list := x.s.providers.licenses.orders
	i := slices.IndexFunc(list, func(o *licenseOrder) bool { return o.id == id && o.provider == x.provider })
	if i < 0 {
		return nil, Refuse(701005, "wecomtest: invalid order_id")
	}
	if list[i].server != nil {
		x.enter(list[i].server)
	}
	return list[i], nil
}

type licenseOrderReply struct {
	Order licenseOrderWire `json:"order"`
}

type licenseOrderWire struct {
	OrderID         string               `json:"order_id"`
	OrderType       int                  `json:"order_type"`
	OrderStatus     int                  `json:"order_status"`
	CorpID          string               `json:"corpid,omitempty"`
	Price           int64                `json:"price"`
	AccountCount    *accountCountWire    `json:"account_count,omitempty"`
	AccountDuration *accountDurationWire `json:"account_duration,omitempty"`
	CreateTime      int64                `json:"create_time"`
	PayTime         int64                `json:"pay_time,omitempty"`
}

func (o *licenseOrder) wire() licenseOrderWire {
	w := licenseOrderWire{OrderID: o.id, OrderType: o.kind, OrderStatus: o.status, Price: o.price, CreateTime: o.created.Unix()}
	if !o.paid.IsZero() {
		w.PayTime = o.paid.Unix()
	}
	if o.server != nil {
		w.CorpID, w.AccountCount, w.AccountDuration = o.server.openCorpID(o.provider), &o.count, &o.duration
	}
	return w
}

func getLicenseOrder(x *exchange, req orderIDWire) (any, error) {
	o, err := x.licenseOrder(req.OrderID)
	switch {
	case err != nil:
		return nil, err
	case o.kind == licenseOrderUnion:
		return nil, Refuse(701120, "wecomtest: the order is one of several corps")
	}
	return licenseOrderReply{o.wire()}, nil
}

type orderPageRequest struct {
	OrderID string `json:"order_id"`
	Cursor  string `json:"cursor"`
	Limit   int    `json:"limit"`
}

type unionOrderReply struct {
	Order      licenseOrderWire `json:"order"`
	HasMore    int              `json:"has_more"`
	NextCursor string           `json:"next_cursor,omitempty"`
	BuyList    []unionOrderPart `json:"buy_list"`
}

type unionOrderPart struct {
	SubOrderID      string              `json:"sub_order_id"`
	CorpID          string              `json:"corpid"`
	AccountCount    accountCountWire    `json:"account_count"`
	AccountDuration accountDurationWire `json:"account_duration"`
}

func getUnionOrder(x *exchange, req orderPageRequest) (any, error) {
	o, err := x.licenseOrder(req.OrderID)
	switch {
	case err != nil:
		return nil, err
	case o.kind != licenseOrderUnion:
		return nil, Refuse(701005, "wecomtest: the order is not one of several corps")
	}
	from, to, next, err := x.page(len(o.parts), req.Cursor, req.Limit)
	if err != nil {
		return nil, err
	}
	reply := unionOrderReply{Order: o.wire(), HasMore: more(next), NextCursor: next, BuyList: []unionOrderPart{}}
	for _, p := range o.parts[from:to] {
		reply.BuyList = append(reply.BuyList, unionOrderPart{p.id, p.server.openCorpID(p.provider), p.count, p.duration})
	}
	return reply, nil
}

// more is has_more of a page with that next cursor.
func more(next string) int {
	if next == "" {
		return 0
	}
	return 1
}

type listLicenseOrdersRequest struct {
	CorpID    string `json:"corpid"`
	StartTime int64  `json:"start_time"`
	EndTime   int64  `json:"end_time"`
	Cursor    string `json:"cursor"`
	Limit     int    `json:"limit"`
}

type listLicenseOrdersReply struct {
	OrderList  []licenseOrderRow `json:"order_list"`
	HasMore    int               `json:"has_more"`
	NextCursor string            `json:"next_cursor,omitempty"`
}

type licenseOrderRow struct {
	OrderID   string `json:"order_id"`
	OrderType int    `json:"order_type"`
}

func listLicenseOrders(x *exchange, req listLicenseOrdersRequest) (any, error) {
	if req.CorpID != "" && !x.tenant(req.CorpID) {
		return nil, Refuse(40013, "invalid corpid")
	}
	rows := []licenseOrderRow{}
	for _, o := range x.s.providers.licenses.orders {
		at := o.created.Unix()
		if o.provider == x.provider && o.server != nil && (req.CorpID == "" || o.server == x.s) &&
			at >= req.StartTime && (req.EndTime == 0 || at <= req.EndTime) {
			rows = append(rows, licenseOrderRow{o.id, o.kind})
		}
	}
	from, to, next, err := x.page(len(rows), req.Cursor, req.Limit)
	if err != nil {
		return nil, err
	}
	return listLicenseOrdersReply{rows[from:to], more(next), next}, nil
}

type orderAccountsReply struct {
	AccountList []orderAccountWire `json:"account_list"`
	HasMore     int                `json:"has_more"`
	NextCursor  string             `json:"next_cursor,omitempty"`
}

type orderAccountWire struct {
	ActiveCode string `json:"active_code,omitempty"`
	UserID     string `json:"userid,omitempty"`
	Type       int    `json:"type"`
}

// listOrderAccounts lists the accounts of a paid order, or whose accounts it
// renews.
func listOrderAccounts(x *exchange, req orderPageRequest) (any, error) {
	o, err := x.licenseOrder(req.OrderID)
	switch {
	case err != nil:
		return nil, err
	case o.kind == licenseOrderUnion:
		return nil, Refuse(701120, "wecomtest: ask for the orders of its corps")
	}
	rows := []orderAccountWire{}
	for _, c := range o.codes {
		rows = append(rows, orderAccountWire{ActiveCode: c.code, Type: c.kind})
	}
	for _, r := range o.renews {
		rows = append(rows, orderAccountWire{UserID: x.corp.openUserID(x.provider, r.userID), Type: r.kind})
	}
	from, to, next, err := x.page(len(rows), req.Cursor, req.Limit)
	if err != nil {
		return nil, err
	}
	return orderAccountsReply{rows[from:to], more(next), next}, nil
}

type cancelLicenseOrderRequest struct {
	CorpID  string `json:"corpid"`
	OrderID string `json:"order_id"`
}

func cancelLicenseOrder(x *exchange, req cancelLicenseOrderRequest) (any, error) {
	o, err := x.licenseOrder(req.OrderID)
	if err != nil {
		return nil, err
	}
	var corp *Server
	if at := x.s.routes.corps[req.CorpID]; at.provider == x.provider {
		corp = at.server
	}
	switch {
	case o.server != corp:
		return nil, Refuse(701086, "wecomtest: the order is another corp's")
	case o.status != orderUnpaid:
		return nil, Refuse(701084, "wecomtest: the order is not unpaid")
	}
	o.status = orderCancelled
	for _, p := range o.parts {
		p.status = orderCancelled
	}
	return nil, nil
}

type appLicenseInfoRequest struct {
	CorpID  string `json:"corpid"`
	SuiteID string `json:"suite_id"`
}

type appLicenseInfoReply struct {
	LicenseStatus int `json:"license_status"`
	TrailInfo     struct {
		StartTime int64 `json:"start_time"`
		EndTime   int64 `json:"end_time"`
	} `json:"trail_info"`
	LicenseCheckTime int64 `json:"license_check_time"`
}

func getAppLicenseInfo(x *exchange, req appLicenseInfoRequest) (any, error) {
	if !x.tenant(req.CorpID) {
		return nil, Refuse(40013, "invalid corpid")
	}
	su := x.s.providers.suite(req.SuiteID)
	if su == nil || su.provider != x.provider || x.corp.appOf(su) == nil {
		return nil, Refuse(40083, "invalid suiteid")
	}
	start := x.s.providers.licenses.trials[licenseHolder{x.s.corp.id, su.SuiteID}]
	reply := appLicenseInfoReply{LicenseStatus: 1, LicenseCheckTime: start.Add(licenseTrial).Unix()}
	reply.TrailInfo.StartTime, reply.TrailInfo.EndTime = start.Unix(), start.Add(licenseTrial).Unix()
	return reply, nil
}

type supportPolicyReply struct {
	QueryResult int `json:"query_result"`
}

func querySupportPolicy(x *exchange, req corpIDRequest) (any, error) {
	if !x.tenant(req.CorpID) {
		return nil, Refuse(40013, "invalid corpid")
	}
	return supportPolicyReply{}, nil
}
