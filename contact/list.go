package contact

import (
	"context"
	"net/http"

	"github.com/wecomkit/wecom-go/wecom"
)

var opList = wecom.Operation{Method: http.MethodGet, Path: "/cgi-bin/externalcontact/list", Doc: 92113, Read: true}

type listRequest struct {
	UserID string `json:"userid"`
}

type listResult struct {
	ExternalUserID []string `json:"external_userid"`
}

// List returns the ids of all customers of one member, in one reply.
//
// 「获取客户列表」 https://developer.work.weixin.qq.com/document/path/92113
//
// userID must be one of [Service.GetFollowUserList]. An app of the class
// 营销获客 sees only the customers whom it brought itself.
// Fails with [wecom.CodeNotExternalContact] if the member has no customers.
func (s *Service) List(ctx context.Context, userID string) ([]string, error) {
	res, err := wecom.Do[listResult](ctx, s.client, opList, listRequest{UserID: userID})
	if err != nil {
		return nil, err
	}
	return res.ExternalUserID, nil
}
