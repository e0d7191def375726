package isv

import (
	"cmp"
	"context"
	"iter"
	"net/http"

	"github.com/wecomkit/wecom-go/internal/paging"
	"github.com/wecomkit/wecom-go/wecom"
)

var opCreateNewOrderJob = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/license/create_new_order_job", Doc: 98892, Auth: wecom.AuthProviderAccessToken,
}

// CreateNewOrderJobRequest collects licenses to order for several corps.
type CreateNewOrderJobRequest struct {
	BuyList []CorpOrder `json:"buy_list"`       // at most 10; a job takes 100,000
	JobID   string      `json:"jobid,omitzero"` // adds to this job; "" begins one
}

// A CorpOrder is what one corp gets.
type CorpOrder struct {
	CorpID           string          `json:"corpid"`                      // no test corp
	AccountCount     AccountCount    `json:"account_count"`               // not both zero
	AccountDuration  AccountDuration `json:"account_duration"`            // 31 to 1860 days in all
	AutoActiveStatus *wecom.Bool01   `json:"auto_active_status,omitzero"` // [LicenseService.SetAutoActiveStatus]; nil is on
}

// CreateNewOrderJobResult is a job, and what did not go into it.
type CreateNewOrderJobResult struct {
	JobID       string        `json:"jobid"`
	InvalidList []InvalidCorp `json:"invalid_list"`
}

// Partial reports whether some corps did not go into the job.
func (r *CreateNewOrderJobResult) Partial() bool { return len(r.InvalidList) > 0 }

// An InvalidCorp is one for which nothing can be ordered or paid.
type InvalidCorp struct {
	CorpID  string     `json:"corpid"`
	ErrCode wecom.Code `json:"errcode"`
	ErrMsg  string     `json:"errmsg"`
}

// CreateNewOrderJob collects what to order for several corps. Call it again for
// more, with the job, and then [LicenseService.SubmitNewOrderJob].
//
// 「创建多企业新购任务」 https://developer.work.weixin.qq.com/document/path/98892
//
// Success can be partial.
func (l LicenseService) CreateNewOrderJob(ctx context.Context, req CreateNewOrderJobRequest) (*CreateNewOrderJobResult, error) {
	return wecom.Do[CreateNewOrderJobResult](ctx, l.client, opCreateNewOrderJob, req)
}

var opSubmitNewOrderJob = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/license/submit_new_order_job", Doc: 98892, Auth: wecom.AuthProviderAccessToken,
}

type submitNewOrderJobRequest struct {
	JobID       string `json:"jobid"`
	BuyerUserID string `json:"buyer_userid"`
}

type jobIDResult struct {
	JobID string `json:"jobid"`
}

// SubmitNewOrderJob orders what a job has collected, and returns the job for
// [LicenseService.NewOrderJobResult].
//
// 「提交多企业新购订单」 https://developer.work.weixin.qq.com/document/path/98892
func (l LicenseService) SubmitNewOrderJob(ctx context.Context, jobID, buyerUserID string) (string, error) {
	res, err := wecom.Do[jobIDResult](ctx, l.client, opSubmitNewOrderJob, submitNewOrderJobRequest{jobID, buyerUserID})
	if err != nil {
		return "", err
	}
	return res.JobID, nil
}

var opNewOrderJobResult = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/license/new_order_job_result", Doc: 98892, Read: true, Auth: wecom.AuthProviderAccessToken,
}

type jobIDRequest struct {
	JobID string `json:"jobid"`
}

// NewOrderJobResult is what became of an order for several corps.
type NewOrderJobResult struct {
	Status   LicenseJobStatus `json:"status"`
	OrderID  string           `json:"order_id"`  // if it is done
	FailList []InvalidCorp    `json:"fail_list"` // if it failed
}

// LicenseJobStatus says where a job stands.
type LicenseJobStatus int

// The states.
const (
	LicenseJobStatusDone    LicenseJobStatus = 1 // 创建完成, 支付成功
	LicenseJobStatusRunning LicenseJobStatus = 2 // 创建中, 支付任务执行中: ask again later
	LicenseJobStatusFailed  LicenseJobStatus = 3 // 创建失败, 支付失败
)

// NewOrderJobResult returns what became of an order for several corps. It can be
// asked for seven days.
//
// 「获取多企业新购订单提交结果」 https://developer.work.weixin.qq.com/document/path/98892
func (l LicenseService) NewOrderJobResult(ctx context.Context, jobID string) (*NewOrderJobResult, error) {
	return wecom.Do[NewOrderJobResult](ctx, l.client, opNewOrderJobResult, jobIDRequest{jobID})
}

var opGetUnionOrder = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/license/get_union_order", Doc: 98893, Read: true, Auth: wecom.AuthProviderAccessToken,
}

// GetUnionOrderRequest says which order to read.
type GetUnionOrderRequest struct {
	OrderID string `json:"order_id"`
	Cursor  string `json:"cursor,omitzero"`
	Limit   int    `json:"limit,omitzero"` // at most 1000; 0 is 500
}

// GetUnionOrderResult is an order and a page of what it has for whom.
type GetUnionOrderResult struct {
	Order      UnionOrder   `json:"order"`
	BuyList    []SubOrder   `json:"buy_list"`
	NextCursor string       `json:"next_cursor"`
	HasMore    wecom.Bool01 `json:"has_more"`
}

// A UnionOrder is an order of licenses for several corps.
type UnionOrder struct {
	OrderID     string             `json:"order_id"`
	OrderType   LicenseOrderType   `json:"order_type"` // LicenseOrderTypeUnion
	OrderStatus LicenseOrderStatus `json:"order_status"`
	Price       int64              `json:"price"` // in 分
	CreateTime  wecom.UnixTime     `json:"create_time"`
	PayTime     wecom.UnixTime     `json:"pay_time"`
}

// A SubOrder is what one corp gets by an order for several.
type SubOrder struct {
	SubOrderID      string          `json:"sub_order_id"` // for [LicenseService.ListOrderAccount]
	CorpID          string          `json:"corpid"`
	AccountCount    AccountCount    `json:"account_count"`
	AccountDuration AccountDuration `json:"account_duration"`
}

// GetUnionOrder returns an order for several corps and one page of what each
// gets; [LicenseService.AllSubOrders] walks.
//
// 「获取多企业订单详情」 https://developer.work.weixin.qq.com/document/path/98893
func (l LicenseService) GetUnionOrder(ctx context.Context, req GetUnionOrderRequest) (*GetUnionOrderResult, error) {
	return wecom.Do[GetUnionOrderResult](ctx, l.client, opGetUnionOrder, req)
}

// AllSubOrders walks over what each corp gets by [LicenseService.GetUnionOrder].
func (l LicenseService) AllSubOrders(ctx context.Context, req GetUnionOrderRequest) iter.Seq2[SubOrder, error] {
	return paging.All(func(cursor string) ([]SubOrder, string, error) {
		req := req
		req.Cursor, req.Limit = cmp.Or(cursor, req.Cursor), cmp.Or(req.Limit, fullPage)
		res, err := l.GetUnionOrder(ctx, req)
		if err != nil {
			return nil, "", err
		}
		return res.BuyList, more(bool(res.HasMore), res.NextCursor), nil
	})
}

var opSubmitPayJob = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/license/submit_pay_job", Doc: 99415, Auth: wecom.AuthProviderAccessToken,
}

type submitPayJobRequest struct {
	PayerUserID string `json:"payer_userid"`
	OrderID     string `json:"order_id"`
}

// SubmitPayJob pays an order from the provider's balance, and returns a job for
// [LicenseService.PayJobResult].
//
// 「提交余额支付订单任务」 https://developer.work.weixin.qq.com/document/path/99415
func (l LicenseService) SubmitPayJob(ctx context.Context, payerUserID, orderID string) (string, error) {
	res, err := wecom.Do[jobIDResult](ctx, l.client, opSubmitPayJob, submitPayJobRequest{payerUserID, orderID})
	if err != nil {
		return "", err
	}
	return res.JobID, nil
}

var opPayJobResult = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/license/pay_job_result", Doc: 99415, Read: true, Auth: wecom.AuthProviderAccessToken,
}

// PayJobResult is what became of a payment.
type PayJobResult struct {
	Status       LicenseJobStatus `json:"status"`
	PayJobResult *PayFailure      `json:"pay_job_result"` // nil unless it failed
}

// PayFailure says why a payment failed.
type PayFailure struct {
	ErrCode      wecom.Code    `json:"errcode"`
	ErrMsg       string        `json:"errmsg"`
	FailCorpList []InvalidCorp `json:"fail_corp_list"` // of an order for several corps
}

// PayJobResult returns what became of a payment. It can be asked for seven days.
//
// 「获取订单支付结果」 https://developer.work.weixin.qq.com/document/path/99415
func (l LicenseService) PayJobResult(ctx context.Context, jobID string) (*PayJobResult, error) {
	return wecom.Do[PayJobResult](ctx, l.client, opPayJobResult, jobIDRequest{jobID})
}
