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

var opListAcquisitionLink = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/customer_acquisition/list_link", Doc: 97297, Read: true}

// ListAcquisitionLinkRequest asks for one page of the app's acquisition links.
type ListAcquisitionLinkRequest struct {
	Limit  int    `json:"limit,omitzero"`  // page size, at most 100; what 0 is the page does not say
	Cursor string `json:"cursor,omitzero"` // NextCursor of the page before; empty for the first
}

// ListAcquisitionLinkResult is one page of link ids.
type ListAcquisitionLinkResult struct {
	LinkIDList []string `json:"link_id_list"`
	NextCursor string   `json:"next_cursor"` // empty after the last page
}

// ListAcquisitionLink returns a page of the ids of the acquisition links
// (获客链接) that the app made and that still work.
//
// 「获取获客链接列表」 https://developer.work.weixin.qq.com/document/path/97297
//
// A component of the acquisition assistant (获客助手组件) sees the links that
// corps authorised for it instead.
func (s *Service) ListAcquisitionLink(ctx context.Context, req ListAcquisitionLinkRequest) (*ListAcquisitionLinkResult, error) {
	return wecom.Do[ListAcquisitionLinkResult](ctx, s.client, opListAcquisitionLink, req)
}

// AllAcquisitionLinks walks the ids of the app's acquisition links from
// req.Cursor on. A zero Limit is 100 here, to save calls.
//
// 「获取获客链接列表」 https://developer.work.weixin.qq.com/document/path/97297
func (s *Service) AllAcquisitionLinks(ctx context.Context, req ListAcquisitionLinkRequest) iter.Seq2[string, error] {
	return paging.All(func(cursor string) ([]string, string, error) {
		req := req
		req.Cursor, req.Limit = cmp.Or(cursor, req.Cursor), cmp.Or(req.Limit, 100)
		res, err := s.ListAcquisitionLink(ctx, req)
		if err != nil {
			return nil, "", err
		}
		return res.LinkIDList, res.NextCursor, nil
	})
}

var opGetAcquisitionLink = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/customer_acquisition/get", Doc: 97297, Read: true}

type getAcquisitionLinkRequest struct {
	LinkID string `json:"link_id"`
}

// An AcquisitionLink is an acquisition link as WeCom keeps it. A component of
// the acquisition assistant gets LinkName and URL only.
type AcquisitionLink struct {
	Link           AcquisitionLinkInfo `json:"link"`
	Range          AcquisitionRange    `json:"range"`
	PriorityOption AcquisitionPriority `json:"priority_option"` // zero if the link has none
}

// An AcquisitionLinkInfo is the link itself.
type AcquisitionLinkInfo struct {
	LinkName   string         `json:"link_name"`
	URL        string         `json:"url"` // see [CreatedAcquisitionLink]
	CreateTime wecom.UnixTime `json:"create_time"`
	SkipVerify bool           `json:"skip_verify"` // customers need no approval
	MarkSource bool           `json:"mark_source"` // 营销获客 apps only: the app is recorded as the source
}

// An AcquisitionRange is whom a link leads to: at most 500 members, those of
// the departments included. They must be visible to the app, or to a 营销获客
// app as members whom customers may reach.
type AcquisitionRange struct {
	UserList       []string `json:"user_list,omitzero"`
	DepartmentList []int64  `json:"department_list,omitzero"`
}

// An AcquisitionPriority says which members a link prefers among those who know
// the customer already. Only some trades of corps may use it.
type AcquisitionPriority struct {
	PriorityType       AcquisitionPriorityType `json:"priority_type"`
	PriorityUserIDList []string                `json:"priority_userid_list,omitzero"` // for AcquisitionPriorityTypeList, at most 1,000
}

// An AcquisitionPriorityType says where a link looks for members who know the
// customer already.
type AcquisitionPriorityType int

const (
	AcquisitionPriorityTypeCorp AcquisitionPriorityType = 1 // 全企业范围内优先分配给有好友关系的成员
	AcquisitionPriorityTypeList AcquisitionPriorityType = 2 // 指定范围内优先分配有好友关系的成员
)

// String returns the constant's name without its prefix.
func (t AcquisitionPriorityType) String() string {
	switch t {
	case AcquisitionPriorityTypeCorp:
		return "Corp"
	case AcquisitionPriorityTypeList:
		return "List"
	default:
		return "AcquisitionPriorityType(" + strconv.Itoa(int(t)) + ")"
	}
}

// GetAcquisitionLink returns one acquisition link.
//
// 「获取获客链接详情」 https://developer.work.weixin.qq.com/document/path/97297
//
// The app must have made it, or be a component that is authorised for it.
func (s *Service) GetAcquisitionLink(ctx context.Context, linkID string) (*AcquisitionLink, error) {
	return wecom.Do[AcquisitionLink](ctx, s.client, opGetAcquisitionLink, getAcquisitionLinkRequest{LinkID: linkID})
}

var opCreateAcquisitionLink = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/customer_acquisition/create_link", Doc: 97297}

// CreateAcquisitionLinkRequest describes an acquisition link.
type CreateAcquisitionLinkRequest struct {
	LinkName       string              `json:"link_name"`                // at most 30 characters
	Range          AcquisitionRange    `json:"range,omitzero"`           // must name somebody
	SkipVerify     *bool               `json:"skip_verify,omitzero"`     // customers need no approval; nil is true
	PriorityOption AcquisitionPriority `json:"priority_option,omitzero"` // zero is none
	MarkSource     *bool               `json:"mark_source,omitzero"`     // for 营销获客 apps: record the app as the source; nil is true
}

type createAcquisitionLinkResult struct {
	Link CreatedAcquisitionLink `json:"link"`
}

// A CreatedAcquisitionLink is a new acquisition link.
type CreatedAcquisitionLink struct {
	LinkID   string `json:"link_id"`
	LinkName string `json:"link_name"`
	// URL is what customers open. With ?customer_channel=… behind it the text,
	// at most 64 bytes, comes back as the State of whoever it brings; WeCom cuts
	// off the rest. Apps can open weixin://biz/ww/profile/ followed by the
	// whole URL, escaped.
	URL        string         `json:"url"`
	CreateTime wecom.UnixTime `json:"create_time"`
}

// CreateAcquisitionLink makes an acquisition link, by which customers add
// members without a QR code.
//
// 「创建获客链接」 https://developer.work.weixin.qq.com/document/path/97297
//
// Each customer who comes by it uses up one of [Service.AcquisitionQuota].
// Fails with [wecom.CodeAcquisitionLinkLimit] if there are too many links.
func (s *Service) CreateAcquisitionLink(ctx context.Context, req CreateAcquisitionLinkRequest) (*CreatedAcquisitionLink, error) {
	res, err := wecom.Do[createAcquisitionLinkResult](ctx, s.client, opCreateAcquisitionLink, req)
	if err != nil {
		return nil, err
	}
	return &res.Link, nil
}

var opUpdateAcquisitionLink = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/customer_acquisition/update_link", Doc: 97297}

// UpdateAcquisitionLinkRequest changes an acquisition link. A nil or zero field
// is left out.
type UpdateAcquisitionLinkRequest struct {
	LinkID         string              `json:"link_id"`
	LinkName       string              `json:"link_name,omitzero"`       // at most 30 characters
	Range          AcquisitionRange    `json:"range,omitzero"`           // replaces the whole range
	SkipVerify     *bool               `json:"skip_verify,omitzero"`     // set it in every update: the page says that the default is true
	PriorityOption AcquisitionPriority `json:"priority_option,omitzero"` // replaces the whole option
	MarkSource     *bool               `json:"mark_source,omitzero"`     // 营销获客 apps only; set it in every update too
}

// UpdateAcquisitionLink changes the name of an acquisition link, or whom it
// leads to.
//
// 「编辑获客链接」 https://developer.work.weixin.qq.com/document/path/97297
//
// The app must have made it.
func (s *Service) UpdateAcquisitionLink(ctx context.Context, req UpdateAcquisitionLinkRequest) error {
	_, err := wecom.Do[wecom.Empty](ctx, s.client, opUpdateAcquisitionLink, req)
	return err
}

var opDeleteAcquisitionLink = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/customer_acquisition/delete_link", Doc: 97297}

type deleteAcquisitionLinkRequest struct {
	LinkID string `json:"link_id"`
}

// DeleteAcquisitionLink deletes an acquisition link; it stops working.
//
// 「删除获客链接」 https://developer.work.weixin.qq.com/document/path/97297
//
// The app must have made it.
func (s *Service) DeleteAcquisitionLink(ctx context.Context, linkID string) error {
	_, err := wecom.Do[wecom.Empty](ctx, s.client, opDeleteAcquisitionLink, deleteAcquisitionLinkRequest{LinkID: linkID})
	return err
}

var opGetAcquisitionAppPermit = wecom.Operation{Method: http.MethodGet, Path: "/cgi-bin/externalcontact/customer_acquisition_app/get_permit", Doc: 101146, Read: true}

// An AcquisitionAppPermit is whom customers may reach through a 营销获客 app.
type AcquisitionAppPermit struct {
	UserList       []string `json:"user_list"`
	DepartmentList []int64  `json:"department_list"`
	TagList        []int64  `json:"tag_list"` // tags of the address book
}

// GetAcquisitionAppPermit returns whom customers may reach through the app, as
// an administrator set it in the console.
//
// 「获取客户可建联成员」 https://developer.work.weixin.qq.com/document/path/101146
//
// Only apps of the class 营销获客 may call it.
func (s *Service) GetAcquisitionAppPermit(ctx context.Context) (*AcquisitionAppPermit, error) {
	return wecom.Do[AcquisitionAppPermit](ctx, s.client, opGetAcquisitionAppPermit, nil)
}
