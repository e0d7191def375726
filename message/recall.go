package message

import (
	"context"
	"net/http"

	"github.com/wecomkit/wecom-go/wecom"
)

var opRecall = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/message/recall", Doc: 94867}

type recallRequest struct {
	MsgID string `json:"msgid"`
}

// Recall takes an app message back. msgID is from [SendResult].
//
// 「撤回应用消息」 https://developer.work.weixin.qq.com/document/path/94867
//
// It works for 24 hours after [Service.Send] and only in WeCom: what the
// member received in WeChat stays there.
// Fails with [wecom.CodeMsgIDExpired] after that time.
func (s *Service) Recall(ctx context.Context, msgID string) error {
	_, err := wecom.Do[wecom.Empty](ctx, s.client, opRecall, recallRequest{MsgID: msgID})
	return err
}
