package contact

import (
	"cmp"
	"context"
	"iter"
	"net/http"
	"slices"
	"strconv"

	"github.com/wecomkit/wecom-go/internal/paging"
	"github.com/wecomkit/wecom-go/wecom"
)

var opTransferCustomer = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/transfer_customer", Doc: 92125}

// TransferCustomerRequest hands customers of one member to another; both still
// work for the corp.
type TransferCustomerRequest struct {
	HandoverUserID     string   `json:"handover_userid"`
	TakeoverUserID     string   `json:"takeover_userid"`
	ExternalUserID     []string `json:"external_userid"`               // at most 100
	TransferSuccessMsg string   `json:"transfer_success_msg,omitzero"` // told to the customer, at most 200 characters; empty is WeCom's own text
}

// TransferCustomerResult says for each customer whether the transfer began.
type TransferCustomerResult struct {
	Customer []TransferredCustomer `json:"customer"`
}

// Partial reports whether some transfer did not begin.
func (r *TransferCustomerResult) Partial() bool {
	return slices.ContainsFunc(r.Customer, func(c TransferredCustomer) bool { return c.ErrCode != wecom.CodeOK })
}

// A TransferredCustomer is what became of one customer of a transfer.
type TransferredCustomer struct {
	ExternalUserID string     `json:"external_userid"`
	ErrCode        wecom.Code `json:"errcode"` // 0 if the transfer began
}

// TransferCustomer begins to hand up to 100 customers of a member to another.
//
// 「分配在职成员的客户」 https://developer.work.weixin.qq.com/document/path/92125
//
// Success means that the transfers began whose ErrCode is 0: look at every
// item. A customer may refuse for 24 hours, then moves by themselves; follow
// it with [Service.TransferResult].
//
// A customer can be moved twice in 90 days; a third time is
// [wecom.CodeCustomerTransferTooOften] on the item. Both members must have
// logged in within the last year, and the one who takes over must be visible
// to the app, active, real-name checked and allowed to have customers. That
// member's add_external_contact event does not come if they knew the customer
// before.
func (s *Service) TransferCustomer(ctx context.Context, req TransferCustomerRequest) (*TransferCustomerResult, error) {
	return wecom.Do[TransferCustomerResult](ctx, s.client, opTransferCustomer, req)
}

var opTransferResult = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/transfer_result", Doc: 94088, Read: true}

// TransferResultRequest names the two members of a transfer.
type TransferResultRequest struct {
	HandoverUserID string `json:"handover_userid"`
	TakeoverUserID string `json:"takeover_userid"`
	Cursor         string `json:"cursor,omitzero"` // NextCursor of the page before; empty for the first
}

// A TransferResult is one page of the customers handed from one member to
// another.
type TransferResult struct {
	Customer   []CustomerTransfer `json:"customer"`    // at most 1,000
	NextCursor string             `json:"next_cursor"` // empty after the last page
}

// A CustomerTransfer is how the transfer of one customer stands.
type CustomerTransfer struct {
	ExternalUserID string         `json:"external_userid"`
	Status         TransferStatus `json:"status"`
	TakeoverTime   wecom.UnixTime `json:"takeover_time"` // in the future while it waits
}

// A TransferStatus is how far the transfer of a customer is.
type TransferStatus int

const (
	TransferStatusDone    TransferStatus = 1 // 接替完毕
	TransferStatusWaiting TransferStatus = 2 // 等待接替
	TransferStatusRefused TransferStatus = 3 // 客户拒绝
	TransferStatusFull    TransferStatus = 4 // 接替成员客户达到上限
)

// String returns the constant's name without its prefix.
func (s TransferStatus) String() string {
	switch s {
	case TransferStatusDone:
		return "Done"
	case TransferStatusWaiting:
		return "Waiting"
	case TransferStatusRefused:
		return "Refused"
	case TransferStatusFull:
		return "Full"
	default:
		return "TransferStatus(" + strconv.Itoa(int(s)) + ")"
	}
}

// TransferResult returns a page of the customers handed from one member to
// another, and how each transfer stands.
//
// 「查询客户接替状态」 https://developer.work.weixin.qq.com/document/path/94088
func (s *Service) TransferResult(ctx context.Context, req TransferResultRequest) (*TransferResult, error) {
	return wecom.Do[TransferResult](ctx, s.client, opTransferResult, req)
}

// AllTransferResults walks all customers handed from one member to another,
// from req.Cursor on, up to 1,000 a call.
//
// 「查询客户接替状态」 https://developer.work.weixin.qq.com/document/path/94088
func (s *Service) AllTransferResults(ctx context.Context, req TransferResultRequest) iter.Seq2[CustomerTransfer, error] {
	return paging.All(func(cursor string) ([]CustomerTransfer, string, error) {
		req := req
		req.Cursor = cmp.Or(cursor, req.Cursor)
		res, err := s.TransferResult(ctx, req)
		if err != nil {
			return nil, "", err
		}
		return res.Customer, res.NextCursor, nil
	})
}
