package contact

import (
	"context"
	"net/http"

	"github.com/wecomkit/wecom-go/wecom"
)

var opGetFollowUserList = wecom.Operation{Method: http.MethodGet, Path: "/cgi-bin/externalcontact/get_follow_user_list", Doc: 92571, Read: true}

type getFollowUserListResult struct {
	FollowUser []string `json:"follow_user"`
}

// GetFollowUserList returns the members who may have customers, as far as the
// app sees them.
//
// 「获取配置了客户联系功能的成员列表」 https://developer.work.weixin.qq.com/document/path/92571
func (s *Service) GetFollowUserList(ctx context.Context) ([]string, error) {
	res, err := wecom.Do[getFollowUserListResult](ctx, s.client, opGetFollowUserList, nil)
	if err != nil {
		return nil, err
	}
	return res.FollowUser, nil
}
