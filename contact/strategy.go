package contact

import (
	"cmp"
	"context"
	"iter"
	"net/http"
	"strconv"

	"github.com/wecomkit/wecom-go/internal/paging"
	"github.com/wecomkit/wecom-go/wecom"
)

var opListStrategy = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/customer_strategy/list", Doc: 94883, Read: true}

// ListStrategyRequest asks for one page of the app's rule groups.
type ListStrategyRequest struct {
	Cursor string `json:"cursor,omitzero"` // NextCursor of the page before; empty for the first
	Limit  int    `json:"limit,omitzero"`  // page size, at most 1,000; 0 is 1,000
}

// ListStrategyResult is one page of rule groups.
type ListStrategyResult struct {
	Strategy   []ListedStrategy `json:"strategy"`
	NextCursor string           `json:"next_cursor"` // empty after the last page
}

// A ListedStrategy is what a list tells about a rule group.
type ListedStrategy struct {
	StrategyID int64 `json:"strategy_id"`
}

// ListStrategy returns a page of the ids of the rule groups (规则组) that the
// app made.
//
// 「获取规则组列表」 https://developer.work.weixin.qq.com/document/path/94883
func (s *Service) ListStrategy(ctx context.Context, req ListStrategyRequest) (*ListStrategyResult, error) {
	return wecom.Do[ListStrategyResult](ctx, s.client, opListStrategy, req)
}

// AllStrategies walks the rule groups that the app made, from req.Cursor on.
//
// 「获取规则组列表」 https://developer.work.weixin.qq.com/document/path/94883
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

var opGetStrategy = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/customer_strategy/get", Doc: 94883, Read: true}

type strategyRequest struct {
	StrategyID int64 `json:"strategy_id"`
}

type getStrategyResult struct {
	Strategy Strategy `json:"strategy"`
}

// A Strategy is a rule group: what some administrators may do with the
// customers of some members.
type Strategy struct {
	StrategyID   int64             `json:"strategy_id"`
	ParentID     int64             `json:"parent_id"` // 0 if it is at the top
	StrategyName string            `json:"strategy_name"`
	CreateTime   wecom.UnixTime    `json:"create_time"`
	AdminList    []string          `json:"admin_list"` // userids
	Privilege    StrategyPrivilege `json:"privilege"`
}

// A StrategyPrivilege is what the administrators of a rule group may do. In a
// reply every field is set; in a request nil is left to WeCom, which allows it
// to a new group.
type StrategyPrivilege struct {
	ViewCustomerList *bool `json:"view_customer_list,omitzero"` // 查看客户列表; cannot be withdrawn
	ViewCustomerData *bool `json:"view_customer_data,omitzero"` // 查看客户统计数据; cannot be withdrawn
	ViewRoomList     *bool `json:"view_room_list,omitzero"`     // 查看群聊列表; cannot be withdrawn
	ContactMe        *bool `json:"contact_me,omitzero"`         // 可使用联系我; cannot be withdrawn
	JoinRoom         *bool `json:"join_room,omitzero"`          // 可加入群聊; cannot be withdrawn

	ShareCustomer           *bool `json:"share_customer,omitzero"`             // 允许分享客户给其他成员
	OperResignCustomer      *bool `json:"oper_resign_customer,omitzero"`       // 允许分配离职成员客户
	OperResignGroup         *bool `json:"oper_resign_group,omitzero"`          // 允许分配离职成员客户群
	SendCustomerMsg         *bool `json:"send_customer_msg,omitzero"`          // 允许给企业客户发送消息
	EditWelcomeMsg          *bool `json:"edit_welcome_msg,omitzero"`           // 允许配置欢迎语
	ViewBehaviorData        *bool `json:"view_behavior_data,omitzero"`         // 允许查看成员联系客户统计
	ViewRoomData            *bool `json:"view_room_data,omitzero"`             // 允许查看群聊数据统计
	SendGroupMsg            *bool `json:"send_group_msg,omitzero"`             // 允许发送消息到企业的客户群
	RoomDeduplication       *bool `json:"room_deduplication,omitzero"`         // 允许对企业客户群进行去重
	RapidReply              *bool `json:"rapid_reply,omitzero"`                // 配置快捷回复
	OnjobCustomerTransfer   *bool `json:"onjob_customer_transfer,omitzero"`    // 转接在职成员的客户
	EditAntiSpamRule        *bool `json:"edit_anti_spam_rule,omitzero"`        // 编辑企业成员防骚扰规则
	ExportCustomerList      *bool `json:"export_customer_list,omitzero"`       // 导出客户列表
	ExportCustomerData      *bool `json:"export_customer_data,omitzero"`       // 导出成员客户统计
	ExportCustomerGroupList *bool `json:"export_customer_group_list,omitzero"` // 导出客户群列表
	ManageCustomerTag       *bool `json:"manage_customer_tag,omitzero"`        // 配置企业客户标签
}

// GetStrategy returns one rule group; its members come from
// [Service.GetStrategyRange].
//
// 「获取规则组详情」 https://developer.work.weixin.qq.com/document/path/94883
//
// The app must have made it.
func (s *Service) GetStrategy(ctx context.Context, strategyID int64) (*Strategy, error) {
	res, err := wecom.Do[getStrategyResult](ctx, s.client, opGetStrategy, strategyRequest{StrategyID: strategyID})
	if err != nil {
		return nil, err
	}
	return &res.Strategy, nil
}

var opGetStrategyRange = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/customer_strategy/get_range", Doc: 94883, Read: true}

// GetStrategyRangeRequest asks for one page of whom a rule group is about.
type GetStrategyRangeRequest struct {
	StrategyID int64  `json:"strategy_id"`
	Cursor     string `json:"cursor,omitzero"` // NextCursor of the page before; empty for the first
	Limit      int    `json:"limit,omitzero"`  // page size, at most 1,000; 0 is 1,000
}

// GetStrategyRangeResult is one page of members and departments.
type GetStrategyRangeResult struct {
	Range      []StrategyRange `json:"range"`
	NextCursor string          `json:"next_cursor"` // empty after the last page
}

// A StrategyRange is a member or a department whose customers a rule group is
// about.
type StrategyRange struct {
	Type    StrategyRangeType `json:"type"`
	UserID  string            `json:"userid,omitzero"`  // for StrategyRangeTypeUser
	PartyID int64             `json:"partyid,omitzero"` // for StrategyRangeTypeParty
}

// A StrategyRangeType says which field of a [StrategyRange] is set.
type StrategyRangeType int

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
	default:
		return "StrategyRangeType(" + strconv.Itoa(int(t)) + ")"
	}
}

// GetStrategyRange returns a page of the members and departments whose
// customers a rule group is about.
//
// 「获取规则组管理范围」 https://developer.work.weixin.qq.com/document/path/94883
func (s *Service) GetStrategyRange(ctx context.Context, req GetStrategyRangeRequest) (*GetStrategyRangeResult, error) {
	return wecom.Do[GetStrategyRangeResult](ctx, s.client, opGetStrategyRange, req)
}

// AllStrategyRanges walks the members and departments whose customers a rule
// group is about, from req.Cursor on.
//
// 「获取规则组管理范围」 https://developer.work.weixin.qq.com/document/path/94883
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

// WeCom wants rule groups made and changed one after the other.
var opCreateStrategy = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/customer_strategy/create", Doc: 94883, InFlight: 1}

// CreateStrategyRequest describes a rule group.
type CreateStrategyRequest struct {
	// ParentID is the group that it belongs to; 0 is none. A group has a part of
	// its parent's Range and exactly its parent's privileges: Privilege is
	// ignored. Groups go five levels deep.
	ParentID     int64             `json:"parent_id,omitzero"`
	StrategyName string            `json:"strategy_name"`
	AdminList    []string          `json:"admin_list"`         // 1 to 20 userids, no super administrators
	Privilege    StrategyPrivilege `json:"privilege,omitzero"` // zero allows everything
	Range        []StrategyRange   `json:"range"`              // at most 100 a call; [Service.EditStrategy] adds more, up to 3,000
}

type createStrategyResult struct {
	StrategyID int64 `json:"strategy_id"`
}

// CreateStrategy makes a rule group and returns its id.
//
// 「创建新的规则组」 https://developer.work.weixin.qq.com/document/path/94883
//
// Calls take turns, as WeCom wants them to.
func (s *Service) CreateStrategy(ctx context.Context, req CreateStrategyRequest) (int64, error) {
	res, err := wecom.Do[createStrategyResult](ctx, s.client, opCreateStrategy, req)
	if err != nil {
		return 0, err
	}
	return res.StrategyID, nil
}

var opEditStrategy = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/customer_strategy/edit", Doc: 94883, InFlight: 1}

// EditStrategyRequest changes a rule group. A nil or zero field stays as it is.
type EditStrategyRequest struct {
	StrategyID   int64    `json:"strategy_id"`
	StrategyName string   `json:"strategy_name,omitzero"`
	AdminList    []string `json:"admin_list,omitzero"` // replaces all, at most 20
	// Privilege replaces all privileges, and the page does not say what a nil
	// field becomes: change what [Service.GetStrategy] returned.
	Privilege StrategyPrivilege `json:"privilege,omitzero"`
	RangeAdd  []StrategyRange   `json:"range_add,omitzero"` // at most 100 a call
	RangeDel  []StrategyRange   `json:"range_del,omitzero"` // at most 100 a call
}

// EditStrategy changes a rule group.
//
// 「编辑规则组及其管理范围」 https://developer.work.weixin.qq.com/document/path/94883
//
// Calls take turns, as WeCom wants them to.
func (s *Service) EditStrategy(ctx context.Context, req EditStrategyRequest) error {
	_, err := wecom.Do[wecom.Empty](ctx, s.client, opEditStrategy, req)
	return err
}

var opDelStrategy = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/customer_strategy/del", Doc: 94883}

// DelStrategy deletes a rule group that the app made.
//
// 「删除规则组」 https://developer.work.weixin.qq.com/document/path/94883
func (s *Service) DelStrategy(ctx context.Context, strategyID int64) error {
	_, err := wecom.Do[wecom.Empty](ctx, s.client, opDelStrategy, strategyRequest{StrategyID: strategyID})
	return err
}
