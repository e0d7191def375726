package isv

import (
	"cmp"
	"context"
	"iter"
	"net/http"

	"github.com/wecomkit/wecom-go/internal/paging"
	"github.com/wecomkit/wecom-go/wecom"
)

var opActiveAccount = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/license/active_account", Doc: 95553, Auth: wecom.AuthProviderAccessToken,
}

type activeAccountRequest struct {
	ActiveCode string `json:"active_code"`
	CorpID     string `json:"corpid"`
	UserID     string `json:"userid"`
}

// ActiveAccount gives a license to a member. One who has a license of the type
// already keeps the time that is left of it, on top of the new one; that may be
// at most 20 days, and no license lives longer than five years.
//
// 「激活账号」 https://developer.work.weixin.qq.com/document/path/95553
func (l LicenseService) ActiveAccount(ctx context.Context, corpID, activeCode, userID string) error {
	_, err := wecom.Do[wecom.Empty](ctx, l.client, opActiveAccount, activeAccountRequest{activeCode, corpID, userID})
	return err
}

var opBatchActiveAccount = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/license/batch_active_account", Doc: 95553, Auth: wecom.AuthProviderAccessToken,
}

// BatchActiveAccountRequest says who gets which license.
type BatchActiveAccountRequest struct {
	CorpID     string       `json:"corpid"`
	ActiveList []Activation `json:"active_list"` // at most 1000
}

// An Activation is a license and who gets it.
type Activation struct {
	ActiveCode string `json:"active_code"`
	UserID     string `json:"userid"`
}

// BatchActiveAccountResult has an outcome for each.
type BatchActiveAccountResult struct {
	ActiveResult []ActivationResult `json:"active_result"`
}

// Partial reports whether some were refused.
func (r *BatchActiveAccountResult) Partial() bool {
	for _, a := range r.ActiveResult {
		if a.ErrCode != 0 {
			return true
		}
	}
	return false
}

// An ActivationResult is the outcome of one.
type ActivationResult struct {
	ActiveCode string     `json:"active_code"`
	UserID     string     `json:"userid"`
	ErrCode    wecom.Code `json:"errcode"` // 0 is success
}

// BatchActiveAccount is [LicenseService.ActiveAccount] for many.
//
// 「批量激活账号」 https://developer.work.weixin.qq.com/document/path/95553
//
// Success can be partial.
func (l LicenseService) BatchActiveAccount(ctx context.Context, req BatchActiveAccountRequest) (*BatchActiveAccountResult, error) {
	return wecom.Do[BatchActiveAccountResult](ctx, l.client, opBatchActiveAccount, req)
}

var opGetActiveInfoByCode = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/license/get_active_info_by_code", Doc: 95552, Read: true, Auth: wecom.AuthProviderAccessToken,
}

type getActiveInfoByCodeRequest struct {
	CorpID     string `json:"corpid"`
	ActiveCode string `json:"active_code"`
}

type getActiveInfoByCodeResult struct {
	ActiveInfo ActiveInfo `json:"active_info"`
}

// ActiveInfo is a license.
type ActiveInfo struct {
	ActiveCode string         `json:"active_code"`
	Type       AccountType    `json:"type"`
	Status     ActiveStatus   `json:"status"`
	UserID     string         `json:"userid"` // who has it
	CreateTime wecom.UnixTime `json:"create_time"`
	ActiveTime wecom.UnixTime `json:"active_time"`
	ExpireTime wecom.UnixTime `json:"expire_time"`
	MergeInfo  *MergeInfo     `json:"merge_info"` // nil unless it was merged
	ShareInfo  *ShareInfo     `json:"share_info"` // nil unless it was shared
}

// ActiveStatus says where a license stands.
type ActiveStatus int

// The states.
const (
	ActiveStatusUnbound  ActiveStatus = 1 // 未绑定
	ActiveStatusBound    ActiveStatus = 2 // 已绑定且有效
	ActiveStatusExpired  ActiveStatus = 3 // 已过期
	ActiveStatusTransfer ActiveStatus = 4 // 待转移: its member left or is out of sight
	ActiveStatusMerged   ActiveStatus = 5 // 已合并: its member got another; never to be used again
	ActiveStatusShared   ActiveStatus = 6 // 已分配给下游
)

// MergeInfo says with which license one was merged.
type MergeInfo struct {
	ToActiveCode   string `json:"to_active_code"`
	FromActiveCode string `json:"from_active_code"`
}

// ShareInfo says from whom and to whom a license went.
type ShareInfo struct {
	ToCorpID   string `json:"to_corpid"`
	FromCorpID string `json:"from_corpid"`
}

// GetActiveInfoByCode returns a license.
//
// 「获取激活码详情」 https://developer.work.weixin.qq.com/document/path/95552
func (l LicenseService) GetActiveInfoByCode(ctx context.Context, corpID, activeCode string) (*ActiveInfo, error) {
	res, err := wecom.Do[getActiveInfoByCodeResult](ctx, l.client, opGetActiveInfoByCode, getActiveInfoByCodeRequest{corpID, activeCode})
	if err != nil {
		return nil, err
	}
	return &res.ActiveInfo, nil
}

var opBatchGetActiveInfoByCode = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/license/batch_get_active_info_by_code", Doc: 95552, Read: true, Auth: wecom.AuthProviderAccessToken,
}

type batchGetActiveInfoByCodeRequest struct {
	CorpID         string   `json:"corpid"`
	ActiveCodeList []string `json:"active_code_list"`
}

// BatchGetActiveInfoByCodeResult has licenses, and the codes that are none.
type BatchGetActiveInfoByCodeResult struct {
	ActiveInfoList        []ActiveInfo `json:"active_info_list"`
	InvalidActiveCodeList []string     `json:"invalid_active_code_list"`
}

// Partial reports whether some codes are none.
func (r *BatchGetActiveInfoByCodeResult) Partial() bool { return len(r.InvalidActiveCodeList) > 0 }

// BatchGetActiveInfoByCode returns up to 1000 licenses.
//
// 「批量获取激活码详情」 https://developer.work.weixin.qq.com/document/path/95552
//
// Success can be partial.
func (l LicenseService) BatchGetActiveInfoByCode(ctx context.Context, corpID string, activeCodeList []string) (*BatchGetActiveInfoByCodeResult, error) {
	return wecom.Do[BatchGetActiveInfoByCodeResult](ctx, l.client, opBatchGetActiveInfoByCode, batchGetActiveInfoByCodeRequest{corpID, activeCodeList})
}

var opListActivedAccount = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/license/list_actived_account", Doc: 95544, Read: true, Auth: wecom.AuthProviderAccessToken,
}

// ListActivedAccountRequest says whose licenses to list.
type ListActivedAccountRequest struct {
	CorpID string `json:"corpid"`
	Cursor string `json:"cursor,omitzero"`
	Limit  int    `json:"limit,omitzero"` // at most 1000; 0 is 500
}

// ListActivedAccountResult is a page of licenses.
type ListActivedAccountResult struct {
	AccountList []ActivedAccount `json:"account_list"`
	NextCursor  string           `json:"next_cursor"`
	HasMore     wecom.Bool01     `json:"has_more"`
}

// An ActivedAccount is a member's license.
type ActivedAccount struct {
	UserID     string         `json:"userid"`
	Type       AccountType    `json:"type"`
	ActiveTime wecom.UnixTime `json:"active_time"`
	ExpireTime wecom.UnixTime `json:"expire_time"`
}

// ListActivedAccount returns one page of the licenses that members of a corp
// have, or had; [LicenseService.AllActivedAccounts] walks.
//
// 「获取企业的账号列表」 https://developer.work.weixin.qq.com/document/path/95544
func (l LicenseService) ListActivedAccount(ctx context.Context, req ListActivedAccountRequest) (*ListActivedAccountResult, error) {
	return wecom.Do[ListActivedAccountResult](ctx, l.client, opListActivedAccount, req)
}

// AllActivedAccounts walks over the licenses of [LicenseService.ListActivedAccount].
func (l LicenseService) AllActivedAccounts(ctx context.Context, req ListActivedAccountRequest) iter.Seq2[ActivedAccount, error] {
	return paging.All(func(cursor string) ([]ActivedAccount, string, error) {
		req := req
		req.Cursor, req.Limit = cmp.Or(cursor, req.Cursor), cmp.Or(req.Limit, fullPage)
		res, err := l.ListActivedAccount(ctx, req)
		if err != nil {
			return nil, "", err
		}
		return res.AccountList, more(bool(res.HasMore), res.NextCursor), nil
	})
}

var opGetActiveInfoByUser = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/license/get_active_info_by_user", Doc: 95555, Read: true, Auth: wecom.AuthProviderAccessToken,
}

type getActiveInfoByUserRequest struct {
	CorpID string `json:"corpid"`
	UserID string `json:"userid"`
}

// UserActiveInfo has the licenses of a member, at most one of each type.
type UserActiveInfo struct {
	ActiveStatus   wecom.Bool01  `json:"active_status"` // whether the member has one
	ActiveInfoList []UserLicense `json:"active_info_list"`
}

// A UserLicense is one license of a member.
type UserLicense struct {
	ActiveCode string         `json:"active_code"`
	Type       AccountType    `json:"type"`
	UserID     string         `json:"userid"`
	ActiveTime wecom.UnixTime `json:"active_time"`
	ExpireTime wecom.UnixTime `json:"expire_time"`
}

// GetActiveInfoByUser returns the licenses of a member.
//
// 「获取成员的激活详情」 https://developer.work.weixin.qq.com/document/path/95555
func (l LicenseService) GetActiveInfoByUser(ctx context.Context, corpID, userID string) (*UserActiveInfo, error) {
	return wecom.Do[UserActiveInfo](ctx, l.client, opGetActiveInfoByUser, getActiveInfoByUserRequest{corpID, userID})
}

var opBatchTransferLicense = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/license/batch_transfer_license", Doc: 95673, Auth: wecom.AuthProviderAccessToken,
}

// BatchTransferLicenseRequest says whose licenses go to whom.
type BatchTransferLicenseRequest struct {
	CorpID       string            `json:"corpid"`
	TransferList []LicenseTransfer `json:"transfer_list"` // at most 1000
}

// A LicenseTransfer is from one member to another.
type LicenseTransfer struct {
	HandoverUserID string `json:"handover_userid"`
	TakeoverUserID string `json:"takeover_userid"`
}

// BatchTransferLicenseResult has an outcome for each.
type BatchTransferLicenseResult struct {
	TransferResult []LicenseTransferResult `json:"transfer_result"`
}

// Partial reports whether some were refused.
func (r *BatchTransferLicenseResult) Partial() bool {
	for _, t := range r.TransferResult {
		if t.ErrCode != 0 {
			return true
		}
	}
	return false
}

// A LicenseTransferResult is the outcome of one.
type LicenseTransferResult struct {
	HandoverUserID string     `json:"handover_userid"`
	TakeoverUserID string     `json:"takeover_userid"`
	ErrCode        wecom.Code `json:"errcode"` // 0 is success
}

// BatchTransferLicense gives the licenses of members to others of the corp, as
// when they leave. Who is still there, and seen by the app, can pass theirs on
// once in 30 days. Who has a license of the type already gets another if at most
// 20 days of it are left.
//
// 「账号继承」 https://developer.work.weixin.qq.com/document/path/95673
//
// Success can be partial.
func (l LicenseService) BatchTransferLicense(ctx context.Context, req BatchTransferLicenseRequest) (*BatchTransferLicenseResult, error) {
	return wecom.Do[BatchTransferLicenseResult](ctx, l.client, opBatchTransferLicense, req)
}

var opBatchShareActiveCode = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/license/batch_share_active_code", Doc: 96059, Auth: wecom.AuthProviderAccessToken,
}

// BatchShareActiveCodeRequest says which licenses a corp gives to another.
type BatchShareActiveCodeRequest struct {
	FromCorpID string       `json:"from_corpid"`
	ToCorpID   string       `json:"to_corpid"`
	ShareList  []SharedCode `json:"share_list"` // at most 1000

	CorpLinkType CorpLinkType `json:"corp_link_type,omitzero"`
}

// CorpLinkType says what ties the corps. It counts the other way round than
// [BusinessType].
type CorpLinkType int

// The ties.
const (
	CorpLinkTypeChain CorpLinkType = 0 // 上下游
	CorpLinkTypeGroup CorpLinkType = 1 // 企业互联, 局校互联
)

// A SharedCode is a license.
type SharedCode struct {
	ActiveCode string `json:"active_code"`
}

// BatchShareActiveCodeResult has the outcome of those that were refused, and may
// have that of the others.
type BatchShareActiveCodeResult struct {
	ShareResult []ShareCodeResult `json:"share_result"`
}

// Partial reports whether some were refused.
func (r *BatchShareActiveCodeResult) Partial() bool {
	for _, s := range r.ShareResult {
		if s.ErrCode != 0 {
			return true
		}
	}
	return false
}

// A ShareCodeResult is the outcome of one.
type ShareCodeResult struct {
	ActiveCode string     `json:"active_code"`
	ErrCode    wecom.Code `json:"errcode"` // 0 is success
	ErrMsg     string     `json:"errmsg"`
}

// BatchShareActiveCode gives licenses of a corp to one downstream, with which it
// shares an app of the provider. They must not be in use. A call gives at most
// twice as many as the corp may have people in the shared directory.
//
// 「分配激活码给下游/下级企业」 https://developer.work.weixin.qq.com/document/path/96059
//
// Success can be partial.
func (l LicenseService) BatchShareActiveCode(ctx context.Context, req BatchShareActiveCodeRequest) (*BatchShareActiveCodeResult, error) {
	return wecom.Do[BatchShareActiveCodeResult](ctx, l.client, opBatchShareActiveCode, req)
}
