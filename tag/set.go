package tag

import (
	"context"
	"net/http"
	"slices"

	"github.com/wecomkit/wecom-go/internal/paging"
	"github.com/wecomkit/wecom-go/wecom"
)

// Package contact has the whole endpoint; Set reads only the tags.
var opGet = wecom.Operation{Method: http.MethodGet, Path: "/cgi-bin/externalcontact/get", Doc: 92114, Read: true}

type getRequest struct {
	ExternalUserID string `json:"external_userid"`
	Cursor         string `json:"cursor,omitzero"`
}

type getResult struct {
	FollowUser []follower `json:"follow_user"`
	NextCursor string     `json:"next_cursor"`
}

type follower struct {
	UserID string      `json:"userid"`
	Tags   []followTag `json:"tags"`
}

type followTag struct {
	Type  int    `json:"type"`
	TagID string `json:"tag_id"`
}

const typeCorp = 1 // 企业设置; 2 is a member's own tag, 3 one of a rule group

// SetRequest says which corp tags a member's customer shall have.
type SetRequest struct {
	UserID         string   // the member
	ExternalUserID string   // the customer
	TagID          []string // ids of corp tags; an empty list takes them all off
}

// SetResult is what [Service.Set] changed.
type SetResult struct {
	AddTag    []string // put on the customer, in the order of SetRequest.TagID
	RemoveTag []string // taken off
}

// Set makes the corp tags that a member has put on a customer exactly those of
// TagID: it reads what is there and changes the difference with one
// [Service.Mark], or with none if there is no difference.
//
// 「获取客户详情」 https://developer.work.weixin.qq.com/document/path/92114
// 「编辑客户企业标签」 https://developer.work.weixin.qq.com/document/path/92118
//
// Members' own tags and those of rule groups stay as they are.
//
// WeCom has no way to do both steps at once: what somebody else changes between
// them stays, so that the customer can end with tags of both. Call Set for one
// customer from one place at a time, or again to settle it. A Set that failed
// can always be repeated.
//
// Fails with [wecom.CodeNotExternalContact] if the member has not added the
// customer or is not visible to the app, and with [wecom.CodeInvalidTagID] if
// there is no such tag.
func (s *Service) Set(ctx context.Context, req SetRequest) (*SetResult, error) {
	tags, err := s.tagsOf(ctx, req.UserID, req.ExternalUserID)
	if err != nil {
		return nil, err
	}
	var res SetResult
	for _, id := range req.TagID {
		there := slices.ContainsFunc(tags, func(t followTag) bool { return t.TagID == id })
		if !there && !slices.Contains(res.AddTag, id) {
			res.AddTag = append(res.AddTag, id)
		}
	}
	for _, t := range tags {
		if t.Type == typeCorp && !slices.Contains(req.TagID, t.TagID) {
			res.RemoveTag = append(res.RemoveTag, t.TagID)
		}
	}
	if len(res.AddTag)+len(res.RemoveTag) == 0 {
		return &res, nil
	}
	if err := s.Mark(ctx, MarkRequest{UserID: req.UserID, ExternalUserID: req.ExternalUserID, AddTag: res.AddTag, RemoveTag: res.RemoveTag}); err != nil {
		return nil, err
	}
	return &res, nil
}

// tagsOf returns the tags that a member has put on a customer.
func (s *Service) tagsOf(ctx context.Context, userID, externalUserID string) ([]followTag, error) {
	followers := paging.All(func(cursor string) ([]follower, string, error) {
		res, err := wecom.Do[getResult](ctx, s.client, opGet, getRequest{ExternalUserID: externalUserID, Cursor: cursor})
		if err != nil {
			return nil, "", err
		}
		return res.FollowUser, res.NextCursor, nil
	})
	for f, err := range followers {
		if err != nil {
			return nil, err
		}
		if f.UserID == userID {
			return f.Tags, nil
		}
	}
	return nil, &wecom.Error{
		Op:     opMark,
		Code:   wecom.CodeNotExternalContact,
		Msg:    "the member is not among the customer's followers that the app sees",
		Client: true,
	}
}
