package isv

import (
	"context"
	"net/http"

	"github.com/wecomkit/wecom-go/wecom"
)

// LicenseService buys licenses (接口调用许可) and gives them to members. From 90
// days after a corp's first authorisation on, calls of an app about a member
// need one.
//
// Corps and members are named by the ids that the provider knows them by;
// buyers and payers are members of the provider's own corp, by their plain ids.
type LicenseService struct{ client *wecom.Client }

// License returns the licenses of the provider's customers.
func (p *Provider) License() LicenseService { return LicenseService{p.self} }

// AccountType is what a license permits.
type AccountType int

// The types.
const (
	AccountTypeBasic    AccountType = 1 // 基础账号
	AccountTypeExternal AccountType = 2 // 互通账号: also calls about customers
)

// AccountCount says how many licenses of each type.
type AccountCount struct {
	BaseCount            int `json:"base_count,omitzero"`             // at most 1,000,000; 1,000 for a test corp
	ExternalContactCount int `json:"external_contact_count,omitzero"` // the same
}

// AccountDuration says how long licenses live: Months of 31 days and Days, or
// for a renewal until NewExpireTime.
type AccountDuration struct {
	Months        int            `json:"months,omitzero"`
	Days          int            `json:"days,omitzero"`            // new licenses only
	NewExpireTime wecom.UnixTime `json:"new_expire_time,omitzero"` // renewals only
}

var opGetAppLicenseInfo = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/license/get_app_license_info", Doc: 95844, Read: true, Auth: wecom.AuthProviderAccessToken,
}

// GetAppLicenseInfoRequest says which app in which corp.
type GetAppLicenseInfoRequest struct {
	CorpID  string `json:"corpid"`
	SuiteID string `json:"suite_id"`
	AppID   int64  `json:"appid,omitzero"` // of a suite of several apps, as there were until 2020
}

// AppLicenseInfo says whether an app needs licenses in a corp.
type AppLicenseInfo struct {
	LicenseStatus LicenseStatus `json:"license_status"`
	TrailInfo     *TrailInfo    `json:"trail_info"` // the trial; nil if there is none

	// LicenseCheckTime is from when on calls need licenses.
	LicenseCheckTime wecom.UnixTime `json:"license_check_time"`
}

// LicenseStatus says whether an app needs licenses.
type LicenseStatus int

// The states.
const (
	LicenseStatusNotNeeded LicenseStatus = 0 // 未开启许可开关
	LicenseStatusNeeded    LicenseStatus = 1 // 已开启许可开关
)

// TrailInfo is when an app may be tried. WeCom spells it so.
type TrailInfo struct {
	StartTime wecom.UnixTime `json:"start_time"`
	EndTime   wecom.UnixTime `json:"end_time"`
}

// GetAppLicenseInfo says whether an app needs licenses in a corp, and until when
// it may be tried without.
//
// 「获取应用的接口许可状态」 https://developer.work.weixin.qq.com/document/path/95844
func (l LicenseService) GetAppLicenseInfo(ctx context.Context, req GetAppLicenseInfoRequest) (*AppLicenseInfo, error) {
	return wecom.Do[AppLicenseInfo](ctx, l.client, opGetAppLicenseInfo, req)
}

var opSetAutoActiveStatus = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/license/set_auto_active_status", Doc: 95873,
	Read: true, // says the same again
	Auth: wecom.AuthProviderAccessToken,
}

type setAutoActiveStatusRequest struct {
	CorpID           string       `json:"corpid"`
	AutoActiveStatus wecom.Bool01 `json:"auto_active_status"`
}

// SetAutoActiveStatus says whether members of a corp get licenses by themselves
// when they first need one. [callback.AutoActivate] tells of each.
//
// 「设置企业的许可自动激活状态」 https://developer.work.weixin.qq.com/document/path/95873
func (l LicenseService) SetAutoActiveStatus(ctx context.Context, corpID string, on bool) error {
	_, err := wecom.Do[wecom.Empty](ctx, l.client, opSetAutoActiveStatus, setAutoActiveStatusRequest{corpID, wecom.Bool01(on)})
	return err
}

var opGetAutoActiveStatus = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/license/get_auto_active_status", Doc: 95874, Read: true, Auth: wecom.AuthProviderAccessToken,
}

type getAutoActiveStatusRequest struct {
	CorpID string `json:"corpid"`
}

type getAutoActiveStatusResult struct {
	AutoActiveStatus wecom.Bool01 `json:"auto_active_status"`
}

// GetAutoActiveStatus reports whether members of a corp get licenses by
// themselves.
//
// 「查询企业的许可自动激活状态」 https://developer.work.weixin.qq.com/document/path/95874
func (l LicenseService) GetAutoActiveStatus(ctx context.Context, corpID string) (bool, error) {
	res, err := wecom.Do[getAutoActiveStatusResult](ctx, l.client, opGetAutoActiveStatus, getAutoActiveStatusRequest{corpID})
	if err != nil {
		return false, err
	}
	return bool(res.AutoActiveStatus), nil
}

var opSupportPolicyQuery = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/license/support_policy_query", Doc: 96515, Read: true, Auth: wecom.AuthProviderAccessToken,
}

type supportPolicyQueryRequest struct {
	CorpID string `json:"corpid"`
}

// SupportPolicy says whether a corp gets licenses cheaper, as schools do.
type SupportPolicy struct {
	QueryResult       PolicyResult   `json:"query_result"`
	UnsatisfiedReason []PolicyReason `json:"unsatisfied_reason"` // why not
}

// PolicyResult says whether a corp qualifies.
type PolicyResult int

// The results.
const (
	PolicyResultUnsatisfied PolicyResult = 0 // 不符合减免条件
	PolicyResultSatisfied   PolicyResult = 1 // 符合减免条件
)

// PolicyReason says why a corp does not qualify. Elsewhere WeCom uses the same
// numbers for other things.
type PolicyReason int

// The reasons.
const (
	PolicyReasonVerification PolicyReason = 701090 // 认证/验证状态不符合
	PolicyReasonIndustry     PolicyReason = 701091 // 行业类型不符合
	PolicyReasonCreditCode   PolicyReason = 701092 // 统一社会信用代码不符合
	PolicyReasonRisk         PolicyReason = 701096 // 风控审核不通过
	PolicyReasonSchool       PolicyReason = 701110 // 学校不符合单校条件
	PolicyReasonSchoolBureau PolicyReason = 701111 // 学校不符合局校条件
)

// SupportPolicyQuery reports whether a corp qualifies for lower prices, once in
// 30 days for a corp. The page says that the policy has ended on 2023-03-31, and
// the queries with it.
//
// 「民生优惠条件查询」 https://developer.work.weixin.qq.com/document/path/96515
func (l LicenseService) SupportPolicyQuery(ctx context.Context, corpID string) (*SupportPolicy, error) {
	return wecom.Do[SupportPolicy](ctx, l.client, opSupportPolicyQuery, supportPolicyQueryRequest{corpID})
}
