package isv

import (
	"cmp"
	"context"
	"iter"
	"net/http"

	"github.com/wecomkit/wecom-go/internal/paging"
	"github.com/wecomkit/wecom-go/wecom"
)

// fullPage is the largest limit that license calls take.
const fullPage = 1000

var opCreateNewOrder = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/license/create_new_order", Doc: 95644, Auth: wecom.AuthProviderAccessToken,
}

// CreateNewOrderRequest orders licenses for one corp.
type CreateNewOrderRequest struct {
	CorpID          string          `json:"corpid"`
	BuyerUserID     string          `json:"buyer_userid"`     // may buy licenses, and has logged in with a WeChat account bound
	AccountCount    AccountCount    `json:"account_count"`    // not both zero
	AccountDuration AccountDuration `json:"account_duration"` // 31 to 1860 days in all; one month for a test corp
}

type orderIDResult struct {
	OrderID string `json:"order_id"`
}

// CreateNewOrder orders new licenses for a corp and returns the order. They
// exist when it is paid: in the console, or by [LicenseService.SubmitPayJob].
//
// 「下单购买账号」 https://developer.work.weixin.qq.com/document/path/95644
func (l LicenseService) CreateNewOrder(ctx context.Context, req CreateNewOrderRequest) (string, error) {
	res, err := wecom.Do[orderIDResult](ctx, l.client, opCreateNewOrder, req)
	if err != nil {
		return "", err
	}
	return res.OrderID, nil
}

var opCreateRenewOrderJob = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/license/create_renew_order_job", Doc: 95646, Auth: wecom.AuthProviderAccessToken,
}

// CreateRenewOrderJobRequest collects accounts to renew.
type CreateRenewOrderJobRequest struct {
	CorpID      string         `json:"corpid"`
	AccountList []RenewAccount `json:"account_list"`   // at most 1000; a job takes 1,000,000 of each type
	JobID       string         `json:"jobid,omitzero"` // adds to this job; "" begins one
}

// A RenewAccount is a member's license.
type RenewAccount struct {
	UserID string      `json:"userid"`
	Type   AccountType `json:"type"`
}

// CreateRenewOrderJobResult is a job, and what did not go into it.
type CreateRenewOrderJobResult struct {
	JobID              string                `json:"jobid"`
	InvalidAccountList []InvalidRenewAccount `json:"invalid_account_list"`
}

// Partial reports whether some accounts did not go into the job.
func (r *CreateRenewOrderJobResult) Partial() bool { return len(r.InvalidAccountList) > 0 }

// An InvalidRenewAccount is one that cannot be renewed.
type InvalidRenewAccount struct {
	UserID  string      `json:"userid"`
	Type    AccountType `json:"type"`
	ErrCode wecom.Code  `json:"errcode"`
	ErrMsg  string      `json:"errmsg"`
}

// CreateRenewOrderJob collects members whose licenses are to live longer. Call
// it again for more, with the job, and then [LicenseService.SubmitOrderJob].
//
// 「创建续期任务」 https://developer.work.weixin.qq.com/document/path/95646
//
// Success can be partial.
func (l LicenseService) CreateRenewOrderJob(ctx context.Context, req CreateRenewOrderJobRequest) (*CreateRenewOrderJobResult, error) {
	return wecom.Do[CreateRenewOrderJobResult](ctx, l.client, opCreateRenewOrderJob, req)
}

var opSubmitOrderJob = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/license/submit_order_job", Doc: 95646, Auth: wecom.AuthProviderAccessToken,
}

// SubmitOrderJobRequest orders what a job has collected.
type SubmitOrderJobRequest struct {
	JobID           string          `json:"jobid"`
	BuyerUserID     string          `json:"buyer_userid"`
	AccountDuration RenewalDuration `json:"account_duration"`
}

// RenewalDuration says how much longer licenses live: Months of 31 days, or
// until NewExpireTime.
type RenewalDuration struct {
	Months        int            `json:"months,omitzero"`
	NewExpireTime wecom.UnixTime `json:"new_expire_time,omitzero"`
}

// SubmitOrderJob orders the renewal of what a job has collected and returns the
// order.
//
// 「提交续期订单」 https://developer.work.weixin.qq.com/document/path/95646
func (l LicenseService) SubmitOrderJob(ctx context.Context, req SubmitOrderJobRequest) (string, error) {
	res, err := wecom.Do[orderIDResult](ctx, l.client, opSubmitOrderJob, req)
	if err != nil {
		return "", err
	}
	return res.OrderID, nil
}

// LicenseOrderType says what an order buys.
type LicenseOrderType int

// The types.
const (
	LicenseOrderTypeNew     LicenseOrderType = 1 // 购买账号
	LicenseOrderTypeRenew   LicenseOrderType = 2 // 续期账号
	LicenseOrderTypeEdition LicenseOrderType = 5 // 应用版本付费迁移订单
	LicenseOrderTypeHistory LicenseOrderType = 6 // 历史合同迁移订单
	LicenseOrderTypeUnion   LicenseOrderType = 8 // 多企业新购订单
)

// LicenseOrderStatus says where an order stands.
type LicenseOrderStatus int

// The states.
const (
	LicenseOrderStatusUnpaid        LicenseOrderStatus = 0 // 待支付
	LicenseOrderStatusPaid          LicenseOrderStatus = 1 // 已支付
	LicenseOrderStatusCancelled     LicenseOrderStatus = 2 // 已取消（未支付，订单已关闭）
	LicenseOrderStatusExpired       LicenseOrderStatus = 3 // 未支付，订单已过期
	LicenseOrderStatusRefunding     LicenseOrderStatus = 4 // 申请退款中
	LicenseOrderStatusRefunded      LicenseOrderStatus = 5 // 退款成功
	LicenseOrderStatusRefundRefused LicenseOrderStatus = 6 // 退款被拒绝
	LicenseOrderStatusInvalid       LicenseOrderStatus = 7 // 订单已失效: of a corp that is no test corp any more
)

var opListLicenseOrder = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/license/list_order", Doc: 95647, Read: true, Auth: wecom.AuthProviderAccessToken,
}

// ListLicenseOrderRequest says which orders to list. Both times are set, at most
// 31 days apart, or none.
type ListLicenseOrderRequest struct {
	CorpID    string         `json:"corpid,omitzero"` // "" is all corps
	StartTime wecom.UnixTime `json:"start_time,omitzero"`
	EndTime   wecom.UnixTime `json:"end_time,omitzero"`
	Cursor    string         `json:"cursor,omitzero"`
	Limit     int            `json:"limit,omitzero"` // at most 1000; 0 is 500
}

// ListLicenseOrderResult is a page of orders.
type ListLicenseOrderResult struct {
	OrderList  []ListedLicenseOrder `json:"order_list"`
	NextCursor string               `json:"next_cursor"`
	HasMore    wecom.Bool01         `json:"has_more"`
}

// A ListedLicenseOrder is an order by its id.
type ListedLicenseOrder struct {
	OrderID   string           `json:"order_id"`
	OrderType LicenseOrderType `json:"order_type"`
}

// ListOrder returns one page of orders; [LicenseService.AllOrders] walks.
//
// 「获取订单列表」 https://developer.work.weixin.qq.com/document/path/95647
func (l LicenseService) ListOrder(ctx context.Context, req ListLicenseOrderRequest) (*ListLicenseOrderResult, error) {
	return wecom.Do[ListLicenseOrderResult](ctx, l.client, opListLicenseOrder, req)
}

// AllOrders walks over the orders of [LicenseService.ListOrder].
func (l LicenseService) AllOrders(ctx context.Context, req ListLicenseOrderRequest) iter.Seq2[ListedLicenseOrder, error] {
	return paging.All(func(cursor string) ([]ListedLicenseOrder, string, error) {
		req := req
		req.Cursor, req.Limit = cmp.Or(cursor, req.Cursor), cmp.Or(req.Limit, fullPage)
		res, err := l.ListOrder(ctx, req)
		if err != nil {
			return nil, "", err
		}
		return res.OrderList, more(bool(res.HasMore), res.NextCursor), nil
	})
}

// more drops a cursor that leads nowhere.
func more(has bool, cursor string) string {
	if !has {
		return ""
	}
	return cursor
}

var opGetLicenseOrder = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/license/get_order", Doc: 95648, Read: true, Auth: wecom.AuthProviderAccessToken,
}

type getLicenseOrderRequest struct {
	OrderID string `json:"order_id"`
}

type getLicenseOrderResult struct {
	Order LicenseOrder `json:"order"`
}

// A LicenseOrder is an order of licenses for one corp.
type LicenseOrder struct {
	OrderID         string             `json:"order_id"`
	OrderType       LicenseOrderType   `json:"order_type"`
	OrderStatus     LicenseOrderStatus `json:"order_status"`
	CorpID          string             `json:"corpid"`
	Price           int64              `json:"price"` // in 分
	AccountCount    AccountCount       `json:"account_count"`
	AccountDuration AccountDuration    `json:"account_duration"`
	CreateTime      wecom.UnixTime     `json:"create_time"`
	PayTime         wecom.UnixTime     `json:"pay_time"`
}

// GetOrder returns one order, without its accounts. One for several corps is for
// [LicenseService.GetUnionOrder].
//
// 「获取订单详情」 https://developer.work.weixin.qq.com/document/path/95648
func (l LicenseService) GetOrder(ctx context.Context, orderID string) (*LicenseOrder, error) {
	res, err := wecom.Do[getLicenseOrderResult](ctx, l.client, opGetLicenseOrder, getLicenseOrderRequest{orderID})
	if err != nil {
		return nil, err
	}
	return &res.Order, nil
}

var opListOrderAccount = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/license/list_order_account", Doc: 95649, Read: true, Auth: wecom.AuthProviderAccessToken,
}

// ListOrderAccountRequest says whose accounts to list.
type ListOrderAccountRequest struct {
	OrderID string `json:"order_id"` // or a SubOrderID of an order for several corps
	Cursor  string `json:"cursor,omitzero"`
	Limit   int    `json:"limit,omitzero"` // at most 1000; 0 is 500
}

// ListOrderAccountResult is a page of accounts.
type ListOrderAccountResult struct {
	AccountList []OrderAccount `json:"account_list"`
	NextCursor  string         `json:"next_cursor"`
	HasMore     wecom.Bool01   `json:"has_more"`
}

// An OrderAccount is one license of an order.
type OrderAccount struct {
	ActiveCode string      `json:"active_code"` // of a new one, once the order is paid
	UserID     string      `json:"userid"`      // of a renewal
	Type       AccountType `json:"type"`
}

// ListOrderAccount returns one page of the licenses that an order brought: their
// codes, or the members whose licenses it renewed. [LicenseService.AllOrderAccounts]
// walks.
//
// 「获取订单中的账号列表」 https://developer.work.weixin.qq.com/document/path/95649
func (l LicenseService) ListOrderAccount(ctx context.Context, req ListOrderAccountRequest) (*ListOrderAccountResult, error) {
	return wecom.Do[ListOrderAccountResult](ctx, l.client, opListOrderAccount, req)
}

// AllOrderAccounts walks over the licenses of [LicenseService.ListOrderAccount].
func (l LicenseService) AllOrderAccounts(ctx context.Context, req ListOrderAccountRequest) iter.Seq2[OrderAccount, error] {
	return paging.All(func(cursor string) ([]OrderAccount, string, error) {
		req := req
		req.Cursor, req.Limit = cmp.Or(cursor, req.Cursor), cmp.Or(req.Limit, fullPage)
		res, err := l.ListOrderAccount(ctx, req)
		if err != nil {
			return nil, "", err
		}
		return res.AccountList, more(bool(res.HasMore), res.NextCursor), nil
	})
}

var opCancelLicenseOrder = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/license/cancel_order", Doc: 96106, Auth: wecom.AuthProviderAccessToken,
}

type cancelLicenseOrderRequest struct {
	CorpID  string `json:"corpid,omitzero"`
	OrderID string `json:"order_id"`
}

// CancelOrder cancels an order that is not paid. corpID is "" for one for several
// corps.
//
// 「取消订单」 https://developer.work.weixin.qq.com/document/path/96106
func (l LicenseService) CancelOrder(ctx context.Context, corpID, orderID string) error {
	_, err := wecom.Do[wecom.Empty](ctx, l.client, opCancelLicenseOrder, cancelLicenseOrderRequest{corpID, orderID})
	return err
}
