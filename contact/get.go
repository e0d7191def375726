package contact

import (
	"context"
	"iter"
	"net/http"

	"github.com/wecomkit/wecom-go/internal/paging"
	"github.com/wecomkit/wecom-go/wecom"
)

var opGet = wecom.Operation{Method: http.MethodGet, Path: "/cgi-bin/externalcontact/get", Doc: 92114, Read: true}

// GetRequest asks for one page of a customer's followers.
type GetRequest struct {
	ExternalUserID string `json:"external_userid"`
	Cursor         string `json:"cursor,omitzero"` // NextCursor of the page before; empty for the first
}

// A Contact is a customer and the members who follow them.
type Contact struct {
	ExternalContact ExternalContact `json:"external_contact"`
	FollowUser      []FollowInfo    `json:"follow_user"` // at most 500
	NextCursor      string          `json:"next_cursor"` // empty after the last page
}

// Get returns one customer and the members who follow them.
//
// 「获取客户详情」 https://developer.work.weixin.qq.com/document/path/92114
//
// Only members whom the app sees are listed. Followers beyond 500 come in
// further pages: use [Service.AllFollowers].
// Fails with [wecom.CodeNotExternalContact] if nobody follows the customer any
// more.
func (s *Service) Get(ctx context.Context, externalUserID string) (*Contact, error) {
	return s.GetPage(ctx, GetRequest{ExternalUserID: externalUserID})
}

// GetPage is [Service.Get] for any page of the followers.
//
// 「获取客户详情」 https://developer.work.weixin.qq.com/document/path/92114
func (s *Service) GetPage(ctx context.Context, req GetRequest) (*Contact, error) {
	return wecom.Do[Contact](ctx, s.client, opGet, req)
}

// AllFollowers walks all members who follow a customer, 500 a call.
//
// 「获取客户详情」 https://developer.work.weixin.qq.com/document/path/92114
func (s *Service) AllFollowers(ctx context.Context, externalUserID string) iter.Seq2[FollowInfo, error] {
	return paging.All(func(cursor string) ([]FollowInfo, string, error) {
		res, err := s.GetPage(ctx, GetRequest{ExternalUserID: externalUserID, Cursor: cursor})
		if err != nil {
			return nil, "", err
		}
		return res.FollowUser, res.NextCursor, nil
	})
}
