package moment

import (
	"cmp"
	"context"
	"iter"
	"net/http"
	"strconv"

	"github.com/wecomkit/wecom-go/internal/paging"
	"github.com/wecomkit/wecom-go/wecom"
)

var opListStrategy = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/moment_strategy/list", Doc: 94890, Read: true}

// ListStrategyRequest asks for one page of rule groups.
type ListStrategyRequest struct {
	Cursor string `json:"cursor,omitzero"` // NextCursor of the page before
	Limit  int    `json:"limit,omitzero"`  // page size, at most 1,000; 0 is 1,000
}

// ListStrategyResult is one page of rule groups.
type ListStrategyResult struct {
	Strategy   []ListedStrategy `json:"strategy"`
	NextCursor string           `json:"next_cursor"` // empty on the last page
}

// ListedStrategy is what a list tells about a rule group.
type ListedStrategy struct {
	StrategyID int64 `json:"strategy_id"`
}

// ListStrategy returns one page of the rule groups (规则组) that say which
// members may publish moments, and who may look at them.
//
// 「获取规则组列表」 https://developer.work.weixin.qq.com/document/path/94890
//
// An app sees only those that it made itself.
func (s *Service) ListStrategy(ctx context.Context, req ListStrategyRequest) (*ListStrategyResult, error) {
	return wecom.Do[ListStrategyResult](ctx, s.client, opListStrategy, req)
}

// AllStrategies walks the rule groups from req.Cursor on.
//
// 「获取规则组列表」 https://developer.work.weixin.qq.com/document/path/94890
func (s *Service) AllStrategies(ctx context.Context, req ListStrategyRequest) iter.Seq2[ListedStrategy, error] {
	return paging.All(func(cursor string) ([]ListedStrategy, string, error) {
		req := req
		req.Cursor, req.Limit = cmp.Or(cursor, req.Cursor), cmp.Or(req.Limit, 1000)
		res, err := s.ListStrategy(ctx, req)
		if err != nil {
			return nil, "", err
		}
		return res.Strategy, res.NextCursor, nil
	})
}

var opGetStrategy = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/moment_strategy/get", Doc: 94890, Read: true}

type strategyRequest struct {
	StrategyID int64 `json:"strategy_id"`
}

type getStrategyResult struct {
	Strategy Strategy `json:"strategy"`
}

// Strategy is a rule group. The members and departments that it manages are in
// [Service.AllStrategyRanges].
type Strategy struct {
	StrategyID   int64             `json:"strategy_id"`
	ParentID     int64             `json:"parent_id"` // 0 on the first level
	StrategyName string            `json:"strategy_name"`
	CreateTime   wecom.UnixTime    `json:"create_time"`
	AdminList    []string          `json:"admin_list"` // userids
	Privilege    StrategyPrivilege `json:"privilege"`
}

// StrategyPrivilege is what a rule group allows. In a reply every field is set;
// in a request nil is left to WeCom, which allows it to a new group.
type StrategyPrivilege struct {
	ViewMomentList           *bool `json:"view_moment_list,omitzero"`             // 允许查看成员的全部客户朋友圈发表
	SendMoment               *bool `json:"send_moment,omitzero"`                  // 允许成员发表客户朋友圈
	ManageMomentCoverAndSign *bool `json:"manage_moment_cover_and_sign,omitzero"` // 配置封面和签名
}

// GetStrategy returns one rule group.
//
// 「获取规则组详情」 https://developer.work.weixin.qq.com/document/path/94890
//
// An app sees only those that it made itself.
func (s *Service) GetStrategy(ctx context.Context, strategyID int64) (*Strategy, error) {
	res, err := wecom.Do[getStrategyResult](ctx, s.client, opGetStrategy, strategyRequest{StrategyID: strategyID})
	if err != nil {
		return nil, err
	}
	return &res.Strategy, nil
}

var opGetStrategyRange = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/moment_strategy/get_range", Doc: 94890, Read: true}

// GetStrategyRangeRequest asks for one page of what a rule group manages.
type GetStrategyRangeRequest struct {
	StrategyID int64  `json:"strategy_id"`
	Cursor     string `json:"cursor,omitzero"` // NextCursor of the page before
	Limit      int    `json:"limit,omitzero"`  // page size, at most 1,000; 0 is 1,000
}

// GetStrategyRangeResult is one page of what a rule group manages.
type GetStrategyRangeResult struct {
	Range      []StrategyRange `json:"range"`
	NextCursor string          `json:"next_cursor"` // empty on the last page
}

// StrategyRange is a member or a department that a rule group manages.
type StrategyRange struct {
	Type    StrategyRangeType `json:"type"`
	UserID  string            `json:"userid,omitzero"`  // with StrategyRangeTypeUser
	PartyID int64             `json:"partyid,omitzero"` // with StrategyRangeTypeParty
}

// StrategyRangeType tells members from departments.
type StrategyRangeType int

// What a rule group manages.
const (
	StrategyRangeTypeUser  StrategyRangeType = 1 // 成员
	StrategyRangeTypeParty StrategyRangeType = 2 // 部门
)

// String returns the constant's name without its prefix.
func (t StrategyRangeType) String() string {
	switch t {
	case StrategyRangeTypeUser:
		return "User"
	case StrategyRangeTypeParty:
		return "Party"
	}
	return "StrategyRangeType(" + strconv.Itoa(int(t)) + ")"
}

// GetStrategyRange returns one page of the members and departments that a rule
// group manages.
//
// 「获取规则组管理范围」 https://developer.work.weixin.qq.com/document/path/94890
func (s *Service) GetStrategyRange(ctx context.Context, req GetStrategyRangeRequest) (*GetStrategyRangeResult, error) {
	return wecom.Do[GetStrategyRangeResult](ctx, s.client, opGetStrategyRange, req)
}

// AllStrategyRanges walks the members and departments that a rule group manages,
// from req.Cursor on.
//
// 「获取规则组管理范围」 https://developer.work.weixin.qq.com/document/path/94890
func (s *Service) AllStrategyRanges(ctx context.Context, req GetStrategyRangeRequest) iter.Seq2[StrategyRange, error] {
	return paging.All(func(cursor string) ([]StrategyRange, string, error) {
		req := req
		req.Cursor, req.Limit = cmp.Or(cursor, req.Cursor), cmp.Or(req.Limit, 1000)
		res, err := s.GetStrategyRange(ctx, req)
		if err != nil {
			return nil, "", err
		}
		return res.Range, res.NextCursor, nil
	})
}

// WeCom wants one rule group to be made or changed at a time.
var opCreateStrategy = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/moment_strategy/create", Doc: 94890, InFlight: 1}

// CreateStrategyRequest describes a rule group.
type CreateStrategyRequest struct {
	ParentID     int64             `json:"parent_id,omitzero"` // 0 is the first level
	StrategyName string            `json:"strategy_name"`
	AdminList    []string          `json:"admin_list"`         // userids, at most 20; no super administrators
	Privilege    StrategyPrivilege `json:"privilege,omitzero"` // zero allows everything; ignored if there is a parent
	Range        []StrategyRange   `json:"range"`              // at most 3,000; a part of the parent's
}

type createStrategyResult struct {
	StrategyID int64 `json:"strategy_id"`
}

// CreateStrategy makes a rule group and returns its id.
//
// 「创建新的规则组」 https://developer.work.weixin.qq.com/document/path/94890
//
// Rule groups can be nested five levels deep. WeCom wants one to be made at a
// time: the client queues the calls of its process; do not call from several.
func (s *Service) CreateStrategy(ctx context.Context, req CreateStrategyRequest) (int64, error) {
	res, err := wecom.Do[createStrategyResult](ctx, s.client, opCreateStrategy, req)
	if err != nil {
		return 0, err
	}
	return res.StrategyID, nil
}

var opEditStrategy = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/moment_strategy/edit", Doc: 94890, InFlight: 1}

// EditStrategyRequest changes a rule group. A nil or zero field stays as it is.
type EditStrategyRequest struct {
	StrategyID   int64    `json:"strategy_id"`
	StrategyName string   `json:"strategy_name,omitzero"`
	AdminList    []string `json:"admin_list,omitzero"` // replaces the list; at most 20
	// Privilege replaces all privileges, and the page does not say what a nil
	// field becomes: change what [Service.GetStrategy] returned. WeCom ignores it
	// if there is a parent.
	Privilege StrategyPrivilege `json:"privilege,omitzero"`
	RangeAdd  []StrategyRange   `json:"range_add,omitzero"` // a part of the parent's; 3,000 in all
	RangeDel  []StrategyRange   `json:"range_del,omitzero"`
}

// EditStrategy changes a rule group and what it manages.
//
// 「编辑规则组及其管理范围」 https://developer.work.weixin.qq.com/document/path/94890
//
// WeCom wants one rule group to be changed at a time: the client queues the
// calls of its process; do not call from several.
func (s *Service) EditStrategy(ctx context.Context, req EditStrategyRequest) error {
	_, err := wecom.Do[wecom.Empty](ctx, s.client, opEditStrategy, req)
	return err
}

var opDelStrategy = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/moment_strategy/del", Doc: 94890}

// DelStrategy deletes a rule group.
//
// 「删除规则组」 https://developer.work.weixin.qq.com/document/path/94890
func (s *Service) DelStrategy(ctx context.Context, strategyID int64) error {
	_, err := wecom.Do[wecom.Empty](ctx, s.client, opDelStrategy, strategyRequest{StrategyID: strategyID})
	return err
}
