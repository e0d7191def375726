package tag

import (
	"context"
	"net/http"

	"github.com/wecomkit/wecom-go/wecom"
)

// A StrategyGroup is a group of tags of a rule group (规则组). Only the members
// whom the rule group manages can use them.
type StrategyGroup struct {
	GroupID    string         `json:"group_id"`
	GroupName  string         `json:"group_name"`
	CreateTime wecom.UnixTime `json:"create_time"`
	Order      int64          `json:"order"`       // 0 to 2³²−1, the highest comes first
	StrategyID int64          `json:"strategy_id"` // the rule group; the page does not promise it for AddStrategyTag
	Tag        []StrategyTag  `json:"tag"`
}

// A StrategyTag is a tag of a rule group.
type StrategyTag struct {
	ID         string         `json:"id"`
	Name       string         `json:"name"`
	CreateTime wecom.UnixTime `json:"create_time"`
	Order      int64          `json:"order"` // 0 to 2³²−1, the highest comes first
}

var opGetStrategyTagList = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/get_strategy_tag_list", Doc: 94882, Read: true}

// GetStrategyTagListRequest selects tags of rule groups. Without TagID and
// GroupID it selects them all.
type GetStrategyTagListRequest struct {
	StrategyID int64    `json:"strategy_id,omitzero"` // the rule group
	TagID      []string `json:"tag_id,omitzero"`      // ignored if GroupID is set
	GroupID    []string `json:"group_id,omitzero"`    // whole groups
}

type getStrategyTagListResult struct {
	TagGroup []StrategyGroup `json:"tag_group"`
}

// GetStrategyTagList returns tags of rule groups in their groups, in one reply.
//
// 「获取指定规则组下的企业客户标签」 https://developer.work.weixin.qq.com/document/path/94882
//
// An app sees only the tags that it made itself.
func (s *Service) GetStrategyTagList(ctx context.Context, req GetStrategyTagListRequest) ([]StrategyGroup, error) {
	res, err := wecom.Do[getStrategyTagListResult](ctx, s.client, opGetStrategyTagList, req)
	if err != nil {
		return nil, err
	}
	return res.TagGroup, nil
}

var opAddStrategyTag = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/add_strategy_tag", Doc: 94882}

// AddStrategyTagRequest adds tags to a group of a rule group: to the one with
// GroupID, or else to the one called GroupName, which is made if there is none.
type AddStrategyTagRequest struct {
	StrategyID int64            `json:"strategy_id"`         // a rule group of the first level
	GroupID    string           `json:"group_id,omitzero"`   // if set, GroupName and Order are ignored
	GroupName  string           `json:"group_name,omitzero"` // at most 30 characters
	Order      int64            `json:"order,omitzero"`      // of the group: 0 to 2³²−1, the highest comes first
	Tag        []AddStrategyTag `json:"tag"`                 // at least one; several of one name become one
}

// AddStrategyTag is a tag to be added to a rule group.
type AddStrategyTag struct {
	Name  string `json:"name"`           // at most 30 characters
	Order int64  `json:"order,omitzero"` // 0 to 2³²−1, the highest comes first
}

type addStrategyTagResult struct {
	TagGroup StrategyGroup `json:"tag_group"`
}

// AddStrategyTag adds tags to a rule group, and the group they are in if it is
// new. It returns the group with the added tags.
//
// 「为指定规则组创建企业客户标签」 https://developer.work.weixin.qq.com/document/path/94882
//
// Only rule groups of the first level can have tags. A corp may have 10,000
// tags, corp tags and those of rule groups together.
// Fails with [wecom.CodeCorpTagLimit] when they are used up, and with
// [wecom.CodeInvalidTagName] for a name that is not allowed.
func (s *Service) AddStrategyTag(ctx context.Context, req AddStrategyTagRequest) (*StrategyGroup, error) {
	res, err := wecom.Do[addStrategyTagResult](ctx, s.client, opAddStrategyTag, req)
	if err != nil {
		return nil, err
	}
	return &res.TagGroup, nil
}

var opEditStrategyTag = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/edit_strategy_tag", Doc: 94882}

// EditStrategyTagRequest changes a tag or a group of a rule group. An empty
// Name and a nil Order stay as they are.
type EditStrategyTagRequest struct {
	ID    string `json:"id"`             // of a tag or a group
	Name  string `json:"name,omitzero"`  // at most 30 characters
	Order *int64 `json:"order,omitzero"` // 0 to 2³²−1, the highest comes first
}

// EditStrategyTag changes the name or order of a tag or a group of a rule
// group. It cannot move them to another rule group.
//
// 「编辑指定规则组下的企业客户标签」 https://developer.work.weixin.qq.com/document/path/94882
//
// An app can change only what it made itself.
// Fails with [wecom.CodeInvalidTagName] if another group, or another tag of the
// group, has the name, and with [wecom.CodeInvalidTagID] if there is no such tag.
func (s *Service) EditStrategyTag(ctx context.Context, req EditStrategyTagRequest) error {
	_, err := wecom.Do[wecom.Empty](ctx, s.client, opEditStrategyTag, req)
	return err
}

var opDelStrategyTag = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/del_strategy_tag", Doc: 94882}

// DelStrategyTagRequest names tags and whole groups of rule groups to delete.
// At least one of TagID and GroupID must be set.
type DelStrategyTagRequest struct {
	TagID   []string `json:"tag_id,omitzero"`
	GroupID []string `json:"group_id,omitzero"`
}

// DelStrategyTag deletes tags and groups of rule groups. A group goes with its
// last tag.
//
// 「删除指定规则组下的企业客户标签」 https://developer.work.weixin.qq.com/document/path/94882
//
// An app can delete only what it made itself.
// Fails with [wecom.CodeInvalidTagID] if there is no such tag.
func (s *Service) DelStrategyTag(ctx context.Context, req DelStrategyTagRequest) error {
	_, err := wecom.Do[wecom.Empty](ctx, s.client, opDelStrategyTag, req)
	return err
}
