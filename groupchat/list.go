package groupchat

import (
	"cmp"
	"context"
	"iter"
	"net/http"
	"strconv"

	"github.com/wecomkit/wecom-go/internal/paging"
	"github.com/wecomkit/wecom-go/wecom"
)

var opList = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/groupchat/list", Doc: 92120, Read: true}

// ListRequest selects customer groups.
type ListRequest struct {
	StatusFilter StatusFilter `json:"status_filter,omitzero"`
	OwnerFilter  OwnerFilter  `json:"owner_filter,omitzero"` // zero is all owners whom the app sees
	Cursor       string       `json:"cursor,omitzero"`       // NextCursor of the page before; empty for the first
	Limit        int          `json:"limit"`                 // page size, 1 to 1,000; required
}

// An OwnerFilter selects groups by their owners.
type OwnerFilter struct {
	UserIDList []string `json:"userid_list,omitzero"` // at most 100; any number for All
}

// ListResult is one page of customer groups.
type ListResult struct {
	GroupChatList []ListedGroup `json:"group_chat_list"`
	NextCursor    string        `json:"next_cursor"` // empty after the last page
}

// A ListedGroup is what a list tells about a group.
type ListedGroup struct {
	ChatID string `json:"chat_id"`
	Status Status `json:"status"`
}

// A StatusFilter selects groups by their [Status].
type StatusFilter int

const (
	StatusFilterAll        StatusFilter = 0 // 所有列表(即不过滤)
	StatusFilterOwnerLeft  StatusFilter = 1 // 离职待继承
	StatusFilterInheriting StatusFilter = 2 // 离职继承中
	StatusFilterInherited  StatusFilter = 3 // 离职继承完成
)

// String returns the constant's name without its prefix.
func (f StatusFilter) String() string {
	switch f {
	case StatusFilterAll:
		return "All"
	case StatusFilterOwnerLeft:
		return "OwnerLeft"
	case StatusFilterInheriting:
		return "Inheriting"
	case StatusFilterInherited:
		return "Inherited"
	default:
		return "StatusFilter(" + strconv.Itoa(int(f)) + ")"
	}
}

// A Status says whether a group has an owner who looks after it.
type Status int

const (
	StatusNormal     Status = 0 // 跟进人正常
	StatusOwnerLeft  Status = 1 // 跟进人离职
	StatusInheriting Status = 2 // 离职继承中
	StatusInherited  Status = 3 // 离职继承完成
)

// String returns the constant's name without its prefix.
func (s Status) String() string {
	switch s {
	case StatusNormal:
		return "Normal"
	case StatusOwnerLeft:
		return "OwnerLeft"
	case StatusInheriting:
		return "Inheriting"
	case StatusInherited:
		return "Inherited"
	default:
		return "Status(" + strconv.Itoa(int(s)) + ")"
	}
}

// List returns a page of customer groups.
//
// 「获取客户群列表」 https://developer.work.weixin.qq.com/document/path/92120
//
// Name the owners if you can, up to 100 a call; without OwnerFilter an app
// that sees more than 1,000 members fails with [wecom.CodeTooManyRequested].
// Groups whose owner has left the corp come only if OwnerFilter names that
// owner.
func (s *Service) List(ctx context.Context, req ListRequest) (*ListResult, error) {
	return wecom.Do[ListResult](ctx, s.client, opList, req)
}

// All walks customer groups from req.Cursor on. A zero Limit is 1,000 here.
// OwnerFilter may name any number of owners, whom it takes in hundreds.
//
// 「获取客户群列表」 https://developer.work.weixin.qq.com/document/path/92120
func (s *Service) All(ctx context.Context, req ListRequest) iter.Seq2[ListedGroup, error] {
	page := func(owners []string, cursor string) ([]ListedGroup, string, error) {
		req := req
		req.OwnerFilter.UserIDList, req.Cursor, req.Limit = owners, cursor, cmp.Or(req.Limit, 1000)
		res, err := s.List(ctx, req)
		if err != nil {
			return nil, "", err
		}
		return res.GroupChatList, res.NextCursor, nil
	}
	if owners := req.OwnerFilter.UserIDList; len(owners) > 0 {
		return paging.AllOf(owners, 100, req.Cursor, page)
	}
	return paging.All(func(cursor string) ([]ListedGroup, string, error) {
		return page(nil, cmp.Or(cursor, req.Cursor))
	})
}
