package contact

import (
	"cmp"
	"context"
	"iter"
	"net/http"

	"github.com/wecomkit/wecom-go/internal/paging"
	"github.com/wecomkit/wecom-go/wecom"
)

var opGetUnassignedList = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/get_unassigned_list", Doc: 92124, Read: true}

// GetUnassignedListRequest asks for one page of customers without a member.
type GetUnassignedListRequest struct {
	Cursor   string `json:"cursor,omitzero"`    // NextCursor of the page before; empty for the first
	PageSize int    `json:"page_size,omitzero"` // at most 1,000; 0 is 1,000
}

// GetUnassignedListResult is one page of customers without a member.
type GetUnassignedListResult struct {
	Info       []UnassignedCustomer `json:"info"`
	IsLast     bool                 `json:"is_last"`     // no page comes after this one
	NextCursor string               `json:"next_cursor"` // empty after the last page
}

// An UnassignedCustomer is a customer whose member has left the corp.
type UnassignedCustomer struct {
	HandoverUserID string         `json:"handover_userid"` // the member who left
	ExternalUserID string         `json:"external_userid"`
	DimissionTime  wecom.UnixTime `json:"dimission_time"` // when the member left
}

// GetUnassignedList returns a page of the customers of all members who have
// left.
//
// 「获取待分配的离职成员列表」 https://developer.work.weixin.qq.com/document/path/92124
func (s *Service) GetUnassignedList(ctx context.Context, req GetUnassignedListRequest) (*GetUnassignedListResult, error) {
	return wecom.Do[GetUnassignedListResult](ctx, s.client, opGetUnassignedList, req)
}

// AllUnassigned walks the customers of all members who have left, from
// req.Cursor on.
//
// 「获取待分配的离职成员列表」 https://developer.work.weixin.qq.com/document/path/92124
//
// Read it to the end before transferring: whether a cursor outlives changes of
// the list the page does not say.
func (s *Service) AllUnassigned(ctx context.Context, req GetUnassignedListRequest) iter.Seq2[UnassignedCustomer, error] {
	return paging.All(func(cursor string) ([]UnassignedCustomer, string, error) {
		req := req
		req.Cursor = cmp.Or(cursor, req.Cursor)
		res, err := s.GetUnassignedList(ctx, req)
		if err != nil {
			return nil, "", err
		}
		return res.Info, res.NextCursor, nil
	})
}

var opResignedTransferCustomer = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/resigned/transfer_customer", Doc: 94081}

// ResignedTransferCustomerRequest hands customers of a member who has left to
// another.
type ResignedTransferCustomerRequest struct {
	HandoverUserID string   `json:"handover_userid"` // left within the last year
	TakeoverUserID string   `json:"takeover_userid"`
	ExternalUserID []string `json:"external_userid"` // at most 100
}

// ResignedTransferCustomer begins to hand up to 100 customers of a member who
// has left to another.
//
// 「分配离职成员的客户」 https://developer.work.weixin.qq.com/document/path/94081
//
// Success means that the transfers began whose ErrCode is 0: look at every
// item. They happen by themselves after 24 hours; follow them with
// [Service.ResignedTransferResult]. [Service.HandOver] does it for any number
// of customers.
//
// The one who left must have logged in within the year before. The one who
// takes over must have logged in within the last year, and be visible to the
// app, active, real-name checked and allowed to have customers.
func (s *Service) ResignedTransferCustomer(ctx context.Context, req ResignedTransferCustomerRequest) (*TransferCustomerResult, error) {
	return wecom.Do[TransferCustomerResult](ctx, s.client, opResignedTransferCustomer, req)
}

var opResignedTransferResult = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/resigned/transfer_result", Doc: 94082, Read: true}

// ResignedTransferResult returns a page of the customers handed from a member
// who has left to another, and how each transfer stands.
//
// 「查询客户接替状态」 https://developer.work.weixin.qq.com/document/path/94082
func (s *Service) ResignedTransferResult(ctx context.Context, req TransferResultRequest) (*TransferResult, error) {
	return wecom.Do[TransferResult](ctx, s.client, opResignedTransferResult, req)
}

// AllResignedTransferResults walks all customers handed from a member who has
// left to another, from req.Cursor on, up to 1,000 a call.
//
// 「查询客户接替状态」 https://developer.work.weixin.qq.com/document/path/94082
func (s *Service) AllResignedTransferResults(ctx context.Context, req TransferResultRequest) iter.Seq2[CustomerTransfer, error] {
	return paging.All(func(cursor string) ([]CustomerTransfer, string, error) {
		req := req
		req.Cursor = cmp.Or(cursor, req.Cursor)
		res, err := s.ResignedTransferResult(ctx, req)
		if err != nil {
			return nil, "", err
		}
		return res.Customer, res.NextCursor, nil
	})
}
