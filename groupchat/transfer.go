package groupchat

import (
	"context"
	"net/http"

	"github.com/wecomkit/wecom-go/wecom"
)

// TransferRequest gives customer groups to a new owner.
type TransferRequest struct {
	ChatIDList []string `json:"chat_id_list"` // 1 to 100
	NewOwner   string   `json:"new_owner"`    // userid
}

// TransferResult names the groups that could not be given to the new owner.
type TransferResult struct {
	FailedChatList []FailedChat `json:"failed_chat_list"`
}

// Partial reports whether some group could not be given to the new owner.
func (r *TransferResult) Partial() bool { return len(r.FailedChatList) > 0 }

// A FailedChat is a group that could not be given to the new owner.
type FailedChat struct {
	ChatID  string     `json:"chat_id"`
	ErrCode wecom.Code `json:"errcode"`
	ErrMsg  string     `json:"errmsg"`
}

var opTransfer = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/groupchat/transfer", Doc: 92127}

// Transfer gives groups whose owner has left the corp to another member, up to
// 100 a call.
//
// 「分配离职成员的客户群」 https://developer.work.weixin.qq.com/document/path/92127
//
// Success means that all groups moved but those of FailedChatList, such as one
// whose owner has not left: [wecom.CodeGroupOwnerNotLeft].
//
// 300 groups of one member can go to a new owner a day. The new owner must be
// active, real-name checked, allowed to have customers, and logged in within
// the last year; the old one must have left within the last year and logged in
// within the year before that.
func (s *Service) Transfer(ctx context.Context, req TransferRequest) (*TransferResult, error) {
	return wecom.Do[TransferResult](ctx, s.client, opTransfer, req)
}

var opOnjobTransfer = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/groupchat/onjob_transfer", Doc: 95703}

// OnjobTransfer gives groups to another member while their owner still works
// for the corp, up to 100 a call.
//
// 「分配在职成员的客户群」 https://developer.work.weixin.qq.com/document/path/95703
//
// Success means that all groups moved but those of FailedChatList, such as one
// that is no customer group: [wecom.CodeNotCustomerGroup].
//
// A group can move twice in 90 days, and 300 groups of one member can go to a
// new owner a day. Both must have logged in within the last year, and the new
// owner must be active, real-name checked and allowed to have customers.
func (s *Service) OnjobTransfer(ctx context.Context, req TransferRequest) (*TransferResult, error) {
	return wecom.Do[TransferResult](ctx, s.client, opOnjobTransfer, req)
}
