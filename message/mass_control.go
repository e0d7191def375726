package message

import (
	"context"
	"net/http"

	"github.com/wecomkit/wecom-go/wecom"
)

var opRemindGroupMsgSend = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/remind_groupmsg_send", Doc: 97610}

type groupMsgRequest struct {
	MsgID string `json:"msgid"`
}

// RemindGroupMsgSend reminds the members who have not confirmed a mass message
// yet. msgID is from [Service.AddMsgTemplate] or [Service.GetGroupMsgList].
//
// 「提醒成员群发」 https://developer.work.weixin.qq.com/document/path/97610
//
// At most three times in 24 hours for each message; then it fails with
// [wecom.CodeMassMsgRemindLimit]. Fails with [wecom.CodeMassMsgCancelled] if the
// message was cancelled.
func (s *Service) RemindGroupMsgSend(ctx context.Context, msgID string) error {
	_, err := wecom.Do[wecom.Empty](ctx, s.client, opRemindGroupMsgSend, groupMsgRequest{MsgID: msgID})
	return err
}

var opCancelGroupMsgSend = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/cancel_groupmsg_send", Doc: 97611}

// CancelGroupMsgSend stops a mass message: members who have not confirmed it
// can no longer do so. What was sent stays with the customers.
//
// 「停止企业群发」 https://developer.work.weixin.qq.com/document/path/97611
func (s *Service) CancelGroupMsgSend(ctx context.Context, msgID string) error {
	_, err := wecom.Do[wecom.Empty](ctx, s.client, opCancelGroupMsgSend, groupMsgRequest{MsgID: msgID})
	return err
}
