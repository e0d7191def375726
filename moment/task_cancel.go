package moment

import (
	"context"
	"net/http"

	"github.com/wecomkit/wecom-go/wecom"
)

var opCancelTask = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/cancel_moment_task", Doc: 97612}

type cancelTaskRequest struct {
	MomentID string `json:"moment_id"`
}

// CancelTask stops a moment of the corp: members who have not published it yet
// cannot do so any more.
//
// 「停止发表企业朋友圈」 https://developer.work.weixin.qq.com/document/path/97612
//
// What is already published stays. momentID is from [Service.WaitTask] or
// [Service.List].
// Fails with [wecom.CodeInvalidMomentID] if there is no such moment.
func (s *Service) CancelTask(ctx context.Context, momentID string) error {
	_, err := wecom.Do[wecom.Empty](ctx, s.client, opCancelTask, cancelTaskRequest{MomentID: momentID})
	return err
}
