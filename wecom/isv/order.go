package isv

import (
	"context"
	"net/http"
	"time"

	"github.com/wecomkit/wecom-go/wecom"
)

// An Order is a corp's order of a paid app.
type Order struct {
	OrderID             string          `json:"orderid"`
	OrderStatus         OrderStatus     `json:"order_status"`
	OrderType           OrderType       `json:"order_type"`
	PaidCorpID          string          `json:"paid_corpid"`     // the customer
	OperatorCorpID      string          `json:"operator_corpid"` // who ordered
	OperatorID          string          `json:"operator_id"`     // the member who ordered; empty if the provider did
	SuiteID             string          `json:"suiteid"`
	AppID               int64           `json:"appid"` // of old suites of several apps
	EditionID           string          `json:"edition_id"`
	EditionName         string          `json:"edition_name"`
	Price               int64           `json:"price"` // in 分
	UserCount           int             `json:"user_count"`
	OrderPeriod         int             `json:"order_period"` // days
	OrderTime           wecom.UnixTime  `json:"order_time"`
	PaidTime            wecom.UnixTime  `json:"paid_time"`
	BeginTime           wecom.UnixTime  `json:"begin_time"`
	EndTime             wecom.UnixTime  `json:"end_time"`
	OrderFrom           OrderFrom       `json:"order_from"`
	ServiceShareAmount  int64           `json:"service_share_amount"`  // the provider's part, in 分
	PlatformShareAmount int64           `json:"platform_share_amount"` // WeCom's part, in 分
	DealerShareAmount   int64           `json:"dealer_share_amount"`   // the agent's part, in 分
	DealerCorpInfo      *DealerCorpInfo `json:"dealer_corp_info"`
}

// OrderStatus says where an order stands.
type OrderStatus int

// The states.
const (
	OrderStatusUnpaid        OrderStatus = 0 // 待支付
	OrderStatusPaid          OrderStatus = 1 // 已支付
	OrderStatusCancelled     OrderStatus = 2 // 已取消
	OrderStatusExpired       OrderStatus = 3 // 支付过期
	OrderStatusRefunding     OrderStatus = 4 // 申请退款中
	OrderStatusRefunded      OrderStatus = 5 // 退款成功
	OrderStatusRefundRefused OrderStatus = 6 // 退款被拒绝
)

// OrderType says what an order buys.
type OrderType int

// The types.
const (
	OrderTypeNew     OrderType = 0 // 新购应用
	OrderTypeExpand  OrderType = 1 // 扩容应用人数
	OrderTypeRenew   OrderType = 2 // 续期应用时间
	OrderTypeEdition OrderType = 3 // 变更版本
)

// OrderFrom says who ordered.
type OrderFrom int

// Who ordered.
const (
	OrderFromCorp     OrderFrom = 0 // 企业下单
	OrderFromProvider OrderFrom = 1 // 服务商代下单
	OrderFromDealer   OrderFrom = 2 // 代理商代下单
)

var opGetOrder = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/service/get_order", Doc: 91909, Read: true, Auth: wecom.AuthSuiteAccessToken,
}

type getOrderRequest struct {
	OrderID string `json:"orderid"`
}

// GetOrder returns one order of the suite's app.
//
// 「获取订单详情」 https://developer.work.weixin.qq.com/document/path/91909
func (s *Suite) GetOrder(ctx context.Context, orderID string) (*Order, error) {
	return wecom.Do[Order](ctx, s.self, opGetOrder, getOrderRequest{orderID})
}

var opGetOrderList = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/service/get_order_list", Doc: 91910, Read: true, Auth: wecom.AuthSuiteAccessToken,
}

// GetOrderListRequest says which orders to list.
type GetOrderListRequest struct {
	StartTime wecom.UnixTime `json:"start_time"`
	EndTime   wecom.UnixTime `json:"end_time"`
	TestMode  int            `json:"test_mode,omitzero"` // 1 lists those of test authorisations
}

// GetOrderListResult is a list of orders.
type GetOrderListResult struct {
	OrderList []Order `json:"order_list"`
}

// GetOrderList returns the orders of a time.
//
// 「获取订单列表」 https://developer.work.weixin.qq.com/document/path/91910
func (s *Suite) GetOrderList(ctx context.Context, req GetOrderListRequest) (*GetOrderListResult, error) {
	return wecom.Do[GetOrderListResult](ctx, s.self, opGetOrderList, req)
}

// To prolong twice is to prolong longer: this is no read.
var opProlongTry = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/service/prolong_try", Doc: 91913, Auth: wecom.AuthSuiteAccessToken,
}

// ProlongTryRequest says whose trial goes on.
type ProlongTryRequest struct {
	BuyerCorpID string `json:"buyer_corpid"`
	ProlongDays int    `json:"prolong_days"`
	AppID       int64  `json:"appid,omitzero"` // of old suites of several apps only
}

type prolongTryResult struct {
	TryEndTime wecom.UnixTime `json:"try_end_time"`
}

// ProlongTry prolongs a corp's trial of a paid app and returns when it ends.
//
// 「延长试用期」 https://developer.work.weixin.qq.com/document/path/91913
func (s *Suite) ProlongTry(ctx context.Context, req ProlongTryRequest) (time.Time, error) {
	res, err := wecom.Do[prolongTryResult](ctx, s.self, opProlongTry, req)
	if err != nil {
		return time.Time{}, err
	}
	return res.TryEndTime.Time, nil
}
