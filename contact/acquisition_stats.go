package contact

import (
	"cmp"
	"context"
	"iter"
	"net/http"
	"strconv"

	"github.com/wecomkit/wecom-go/internal/paging"
	"github.com/wecomkit/wecom-go/wecom"
)

var opListAcquisitionCustomer = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/customer_acquisition/customer", Doc: 97298, Read: true}

// ListAcquisitionCustomerRequest asks for one page of the customers whom a link
// brought.
type ListAcquisitionCustomerRequest struct {
	LinkID string `json:"link_id"`
	Limit  int    `json:"limit,omitzero"`  // page size, at most 1,000; what 0 is the page does not say
	Cursor string `json:"cursor,omitzero"` // NextCursor of the page before; empty for the first
}

// ListAcquisitionCustomerResult is one page of customers.
type ListAcquisitionCustomerResult struct {
	CustomerList []AcquisitionCustomer `json:"customer_list"`
	NextCursor   string                `json:"next_cursor"` // empty after the last page
}

// An AcquisitionCustomer is a customer who added a member by an acquisition
// link. One who added two members comes twice.
type AcquisitionCustomer struct {
	ExternalUserID string                `json:"external_userid"`
	UserID         string                `json:"userid"` // the member
	ChatStatus     AcquisitionChatStatus `json:"chat_status"`
	State          string                `json:"state"` // the customer_channel behind the link that they opened
}

// An AcquisitionChatStatus says whether a customer has written to the member
// they added.
type AcquisitionChatStatus int

const (
	AcquisitionChatStatusNone    AcquisitionChatStatus = 0 // 客户未发消息
	AcquisitionChatStatusSent    AcquisitionChatStatus = 1 // 客户已发送消息
	AcquisitionChatStatusUnknown AcquisitionChatStatus = 2 // 客户发送消息状态未知
)

// String returns the constant's name without its prefix.
func (s AcquisitionChatStatus) String() string {
	switch s {
	case AcquisitionChatStatusNone:
		return "None"
	case AcquisitionChatStatusSent:
		return "Sent"
	case AcquisitionChatStatusUnknown:
		return "Unknown"
	default:
		return "AcquisitionChatStatus(" + strconv.Itoa(int(s)) + ")"
	}
}

// ListAcquisitionCustomer returns a page of the customers whom an acquisition
// link brought.
//
// 「获取获客客户列表」 https://developer.work.weixin.qq.com/document/path/97298
//
// The app must have made the link.
func (s *Service) ListAcquisitionCustomer(ctx context.Context, req ListAcquisitionCustomerRequest) (*ListAcquisitionCustomerResult, error) {
	return wecom.Do[ListAcquisitionCustomerResult](ctx, s.client, opListAcquisitionCustomer, req)
}

// AllAcquisitionCustomers walks the customers whom an acquisition link brought,
// from req.Cursor on. A zero Limit is 1,000 here, to save calls.
//
// 「获取获客客户列表」 https://developer.work.weixin.qq.com/document/path/97298
func (s *Service) AllAcquisitionCustomers(ctx context.Context, req ListAcquisitionCustomerRequest) iter.Seq2[AcquisitionCustomer, error] {
	return paging.All(func(cursor string) ([]AcquisitionCustomer, string, error) {
		req := req
		req.Cursor, req.Limit = cmp.Or(cursor, req.Cursor), cmp.Or(req.Limit, 1000)
		res, err := s.ListAcquisitionCustomer(ctx, req)
		if err != nil {
			return nil, "", err
		}
		return res.CustomerList, res.NextCursor, nil
	})
}

var opAcquisitionQuota = wecom.Operation{Method: http.MethodGet, Path: "/cgi-bin/externalcontact/customer_acquisition_quota", Doc: 97375, Read: true}

// An AcquisitionQuota is how many customers acquisition links may still bring.
type AcquisitionQuota struct {
	Total     int                        `json:"total"`      // used since the beginning
	Balance   int                        `json:"balance"`    // left
	QuotaList []ExpiringAcquisitionQuota `json:"quota_list"` // what of Balance expires when
}

// An ExpiringAcquisitionQuota is a part of the balance that expires together.
type ExpiringAcquisitionQuota struct {
	ExpireDate wecom.UnixTime `json:"expire_date"` // midnight that begins the day on which it expires
	Balance    int            `json:"balance"`
}

// AcquisitionQuota returns how many customers acquisition links may still
// bring.
//
// 「查询剩余使用量」 https://developer.work.weixin.qq.com/document/path/97375
func (s *Service) AcquisitionQuota(ctx context.Context) (*AcquisitionQuota, error) {
	return wecom.Do[AcquisitionQuota](ctx, s.client, opAcquisitionQuota, nil)
}

var opAcquisitionStatistic = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/customer_acquisition/statistic", Doc: 97375, Read: true}

// AcquisitionStatisticRequest selects a link and the days to count. WeCom
// rounds both times down to their day and counts both days. They may lie 30
// days apart, within the last 180.
type AcquisitionStatisticRequest struct {
	LinkID    string         `json:"link_id"`
	StartTime wecom.UnixTime `json:"start_time"`
	EndTime   wecom.UnixTime `json:"end_time"`
}

// An AcquisitionStatistic is what a link did in some days.
type AcquisitionStatistic struct {
	ClickLinkCustomerCnt int `json:"click_link_customer_cnt"` // customers who opened it
	NewCustomerCnt       int `json:"new_customer_cnt"`        // customers whom it brought
}

// AcquisitionStatistic counts what an acquisition link did in some days.
//
// 「查询链接使用详情」 https://developer.work.weixin.qq.com/document/path/97375
func (s *Service) AcquisitionStatistic(ctx context.Context, req AcquisitionStatisticRequest) (*AcquisitionStatistic, error) {
	return wecom.Do[AcquisitionStatistic](ctx, s.client, opAcquisitionStatistic, req)
}

var opGetAcquisitionChatInfo = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/customer_acquisition/get_chat_info", Doc: 100130, Read: true}

type getAcquisitionChatInfoRequest struct {
	ChatKey string `json:"chat_key"`
}

// An AcquisitionChat is a chat of a member and a customer who came by an
// acquisition link.
type AcquisitionChat struct {
	UserID         string              `json:"userid"`
	ExternalUserID string              `json:"external_userid"`
	ChatInfo       AcquisitionChatInfo `json:"chat_info"`
}

// An AcquisitionChatInfo is how far a chat got, and where it came from.
type AcquisitionChatInfo struct {
	RecvMsgCnt int    `json:"recv_msg_cnt"` // messages that the member received
	LinkID     string `json:"link_id"`
	State      string `json:"state"` // the customer_channel behind the link
}

// GetAcquisitionChatInfo returns the chat of which an event told that the
// member received several messages of a customer (成员多次收消息事件).
//
// 「获取成员多次收消息详情」 https://developer.work.weixin.qq.com/document/path/100130
//
// chatKey is the event's ChatKey; it lives 30 minutes.
// Fails with [wecom.CodeInvalidAcquisitionChatKey] for any other.
func (s *Service) GetAcquisitionChatInfo(ctx context.Context, chatKey string) (*AcquisitionChat, error) {
	return wecom.Do[AcquisitionChat](ctx, s.client, opGetAcquisitionChatInfo, getAcquisitionChatInfoRequest{ChatKey: chatKey})
}
