package wecomtest

import (
	"cmp"
	"slices"
	"time"
)

// A SuiteOrder is what a corp orders of a third-party app that has its price
// (应用版本付费).
type SuiteOrder struct {
	OrderID     string `json:"orderid,omitzero"`      // "" is a made-up one
	Type        int    `json:"order_type,omitzero"`   // 0 the app, 1 more people, 2 more time, 3 another edition
	EditionID   string `json:"edition_id,omitzero"`   // "" is a made-up one
	EditionName string `json:"edition_name,omitzero"` //
	Price       int    `json:"price,omitzero"`        // in fen
	UserCount   int    `json:"user_count,omitzero"`   //
	Days        int    `json:"order_period,omitzero"` // how long it is good for; 0 is 365
	Operator    string `json:"operator_id,omitzero"`  // userid; "" if the provider ordered
	Test        bool   `json:"test_mode,omitzero"`    // the app is installed for a test
}

// suiteOrder is an order and what became of it.
type suiteOrder struct {
	SuiteOrder
	suite  *suite
	server *Server
	status int
	placed time.Time
	paid   time.Time
}

// What becomes of an order: of an app's and of a license's.
const (
	orderUnpaid    = 0
	orderPaid      = 1
	orderCancelled = 2
	orderRefunded  = 5
)

func suiteOrderHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/service/get_order":      handle(getSuiteOrder),
		"/cgi-bin/service/get_order_list": handle(getSuiteOrderList),
		"/cgi-bin/service/prolong_try":    handle(prolongTry),
	}
}

type suiteOrderWire struct {
	OrderID     string `json:"orderid"`
	OrderStatus int    `json:"order_status"`
	OrderType   int    `json:"order_type"`
	PaidCorpID  string `json:"paid_corpid"`
	OperatorID  string `json:"operator_id,omitempty"`
	SuiteID     string `json:"suiteid"`
	EditionID   string `json:"edition_id"`
	EditionName string `json:"edition_name"`
	Price       int    `json:"price"`
	UserCount   int    `json:"user_count"`
	OrderPeriod int    `json:"order_period"`
	OrderTime   int64  `json:"order_time"`
	PaidTime    int64  `json:"paid_time"`
	BeginTime   int64  `json:"begin_time"`
	EndTime     int64  `json:"end_time"`
	OrderFrom   int    `json:"order_from"` // 0 the corp, 1 the provider
}

func (o *suiteOrder) wire(p *provider) suiteOrderWire {
	w := suiteOrderWire{
		OrderID: o.OrderID, OrderStatus: o.status, OrderType: o.Type, PaidCorpID: o.server.openCorpID(p), SuiteID: o.suite.SuiteID,
		EditionID: o.EditionID, EditionName: o.EditionName, Price: o.Price, UserCount: o.UserCount, OrderPeriod: o.Days,
		OrderTime: o.placed.Unix(), OrderFrom: 1,
	}
	if o.Operator != "" {
		w.OperatorID, w.OrderFrom = o.server.corp.openUserID(p, o.Operator), 0
	}
	if !o.paid.IsZero() {
		w.PaidTime, w.BeginTime, w.EndTime = o.paid.Unix(), o.paid.Unix(), o.ends().Unix()
	}
	return w
}

func (o *suiteOrder) ends() time.Time { return o.paid.Add(time.Duration(o.Days) * oneDay) }

type getSuiteOrderRequest struct {
	OrderID string `json:"orderid"`
}

func getSuiteOrder(x *exchange, req getSuiteOrderRequest) (any, error) {
	i := slices.IndexFunc(x.s.providers.orders, func(o *suiteOrder) bool { return o.OrderID == req.OrderID && o.suite == x.suite })
	if i < 0 {
		return nil, Refuse(90300, "wecomtest: invalid orderid")
	}
	return x.s.providers.orders[i].wire(x.provider), nil
}

type getSuiteOrderListRequest struct {
	StartTime int64 `json:"start_time"`
	EndTime   int64 `json:"end_time"`
	TestMode  int   `json:"test_mode"`
}

type getSuiteOrderListReply struct {
	OrderList []suiteOrderWire `json:"order_list"`
}

func getSuiteOrderList(x *exchange, req getSuiteOrderListRequest) (any, error) {
	reply := getSuiteOrderListReply{OrderList: []suiteOrderWire{}}
	for _, o := range x.s.providers.orders {
		at := o.placed.Unix()
		if o.suite == x.suite && o.Test == (req.TestMode == 1) && at >= req.StartTime && at <= req.EndTime {
			reply.OrderList = append(reply.OrderList, o.wire(x.provider))
		}
	}
	return reply, nil
}

type prolongTryRequest struct {
	BuyerCorpID string `json:"buyer_corpid"`
	ProlongDays int    `json:"prolong_days"`
}

type prolongTryReply struct {
	TryEndTime int64 `json:"try_end_time"`
}

// prolongTry adds to the time for which a corp may try the app.
func prolongTry(x *exchange, req prolongTryRequest) (any, error) {
	if !x.tenant(req.BuyerCorpID) {
		return nil, Refuse(40013, "invalid corpid")
	}
	a := x.corp.appOf(x.suite)
	if a == nil {
		return nil, Refuse(40013, "invalid corpid")
	}
	in := a.install
	if in.tryEnd.IsZero() {
		return nil, Refuse(90305, "wecomtest: the corp does not try the app")
	}
	if in.tryEnd.Before(x.now) {
		in.tryEnd = x.now
	}
	in.tryEnd = in.tryEnd.Add(time.Duration(req.ProlongDays) * oneDay)
	return prolongTryReply{in.tryEnd.Unix()}, nil
}

const (
	editionTrial   = 1 // 试用期
	editionExpired = 2 // 试用过期
	editionBought  = 3 // 购买版本
	editionOver    = 4 // 购买已过期
)

// edition is what the corp has bought of an app, or tries, or nil if the app
// costs nothing.
func (s *Server) edition(a *app, now time.Time) *editionInfoWire {
	w := editionAgentWire{AgentID: a.AgentID, EditionID: "TRIAL", EditionName: "试用版", AppStatus: editionTrial, ExpiredTime: a.install.tryEnd.Unix()}
	if !now.Before(a.install.tryEnd) {
		w.AppStatus = editionExpired
	}
	bought := false
	for _, o := range s.providers.orders {
		if o.server.corp != s.corp || o.suite != a.install.suite || o.status != orderPaid {
			continue
		}
		bought = true
		w.EditionID, w.EditionName, w.UserLimit, w.ExpiredTime = o.EditionID, o.EditionName, int64(o.UserCount), o.ends().Unix()
		if w.AppStatus = editionBought; !now.Before(o.ends()) {
			w.AppStatus = editionOver
		}
	}
	if !bought && a.install.tryEnd.IsZero() {
		return nil
	}
	return &editionInfoWire{[]editionAgentWire{w}}
}

// OrderSuite lets the corp order a third-party app, and returns the order's id.
// The suite hears open_order.
func (a Actor) OrderSuite(suiteID string, o SuiteOrder) string {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	su := a.s.installed(suiteID).install.suite
	if o.OrderID == "" {
		a.s.providers.ordersGiven++
		o.OrderID = "S" + opaque(su.SuiteID, "order", a.s.providers.ordersGiven, 20)
	}
	o.EditionID, o.EditionName, o.Days = cmp.Or(o.EditionID, "RLS65535"), cmp.Or(o.EditionName, "标准版"), cmp.Or(o.Days, 365)
	added := &suiteOrder{SuiteOrder: o, suite: su, server: a.s, placed: a.s.clock.Now()}
	a.s.providers.orders = append(a.s.providers.orders, added)
	a.s.tellOrder("open_order", added)
	return o.OrderID
}

// PaySuiteOrder lets the corp pay an order of [Actor.OrderSuite]. The suite
// hears pay_for_app_success.
func (a Actor) PaySuiteOrder(orderID string) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	o := a.s.suiteOrder(orderID, orderUnpaid)
	o.status, o.paid = orderPaid, a.s.clock.Now()
	a.s.tellOrder("pay_for_app_success", o)
}

// RefundSuiteOrder lets the corp have its money back. The suite hears refund.
func (a Actor) RefundSuiteOrder(orderID string) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	o := a.s.suiteOrder(orderID, orderPaid)
	o.status = orderRefunded
	a.s.tellOrder("refund", o)
}

// suiteOrder returns the corp's order, which must be in that state.
func (s *Server) suiteOrder(id string, status int) *suiteOrder {
	s.helper()
	i := slices.IndexFunc(s.providers.orders, func(o *suiteOrder) bool { return o.OrderID == id && o.server.corp == s.corp })
	if i < 0 || s.providers.orders[i].status != status {
		s.fatalf("wecomtest: the corp has no order %q with the status %d", id, status)
	}
	return s.providers.orders[i]
}

// tellOrder tells the suite of an order. The caller holds s.mu.
func (s *Server) tellOrder(event string, o *suiteOrder) {
	list := []Element{{Name: "SuiteId"}, {"PaidCorpId", s.openCorpID(o.suite.provider)}, {Name: "InfoType"}, {Name: "TimeStamp"}, {"OrderId", o.OrderID}}
	if event == "open_order" && o.Operator != "" {
		list = append(list, Element{"OperatorId", s.corp.openUserID(o.suite.provider, o.Operator)})
	}
	s.emit(Event{Event: event, Form: FormSuite, suiteOnly: o.suite, Elements: list})
}
