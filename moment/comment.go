package moment

import (
	"context"
	"net/http"

	"github.com/wecomkit/wecom-go/wecom"
)

var opGetComments = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/get_moment_comments", Doc: 93333, Read: true}

type getCommentsRequest struct {
	MomentID string `json:"moment_id"`
	UserID   string `json:"userid"`
}

// Comments is how people reacted to a moment.
type Comments struct {
	CommentList []Reaction `json:"comment_list"`
	LikeList    []Reaction `json:"like_list"`
}

// Reaction is a comment or a like. WeCom does not tell what a comment says.
type Reaction struct {
	ExternalUserID string         `json:"external_userid"` // the customer; empty if it was a member
	UserID         string         `json:"userid"`          // the member; empty if it was a customer
	CreateTime     wecom.UnixTime `json:"create_time"`
}

// GetComments returns who commented on a moment and who liked it, where a
// member published it.
//
// 「获取客户朋友圈的互动数据」 https://developer.work.weixin.qq.com/document/path/93333
//
// userID is from [Service.GetTask] for a moment of the corp, or else the
// moment's Creator.
// Fails with [wecom.CodeInvalidMomentSender] if the member has no part in the
// moment, and with [wecom.CodeMomentNotPublished] if they have not published it.
func (s *Service) GetComments(ctx context.Context, momentID, userID string) (*Comments, error) {
	return wecom.Do[Comments](ctx, s.client, opGetComments, getCommentsRequest{MomentID: momentID, UserID: userID})
}
