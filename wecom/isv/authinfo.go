package isv

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/wecomkit/wecom-go/wecom"
)

// AuthInfoResult is a corp and what it lets the suite see.
type AuthInfoResult struct {
	DealerCorpInfo *DealerCorpInfo `json:"dealer_corp_info"` // who brought the corp; nil if nobody did
	AuthCorpInfo   AuthCorpInfo    `json:"auth_corp_info"`
	AuthInfo       AuthInfo        `json:"auth_info"`
	EditionInfo    *EditionInfo    `json:"edition_info"` // of paid apps: see [Suite.GetAuthInfoV1]
}

// DealerCorpInfo is the agent (代理商) through whom a corp came.
type DealerCorpInfo struct {
	CorpID   string `json:"corpid"`
	CorpName string `json:"corp_name"`
}

// AuthCorpInfo is a corp that authorised.
type AuthCorpInfo struct {
	CorpID            string         `json:"corpid"` // as this provider knows it
	CorpName          string         `json:"corp_name"`
	CorpType          string         `json:"corp_type"` // verified or unverified
	CorpSquareLogoURL string         `json:"corp_square_logo_url"`
	CorpUserMax       int            `json:"corp_user_max"`
	CorpFullName      string         `json:"corp_full_name"`
	SubjectType       SubjectType    `json:"subject_type"`
	VerifiedEndTime   wecom.UnixTime `json:"verified_end_time"`
	CorpWXQRCode      string         `json:"corp_wxqrcode"`
	CorpScale         string         `json:"corp_scale"` // as 1-50人
	CorpIndustry      string         `json:"corp_industry"`
	CorpSubIndustry   string         `json:"corp_sub_industry"`
	CorpExName        *CorpExName    `json:"corp_ex_name"`
}

// CorpExName has a corp's other names.
type CorpExName struct {
	NameList Names `json:"name_list"`
}

// Names are a list of names. WeCom's sample has a single one in its place, which
// reads as a list of one.
type Names []string

// UnmarshalJSON reads a list or a string.
func (n *Names) UnmarshalJSON(doc []byte) error {
	var one string
	if json.Unmarshal(doc, &one) == nil {
		*n = nil
		if one != "" {
			*n = Names{one}
		}
		return nil
	}
	return json.Unmarshal(doc, (*[]string)(n))
}

// SubjectType says what kind of body a corp is.
type SubjectType int

// The kinds.
const (
	SubjectTypeEnterprise SubjectType = 1 // 企业
	SubjectTypeGovernment SubjectType = 2 // 政府以及事业单位
	SubjectTypeOther      SubjectType = 3 // 其他组织
	SubjectTypeTeam       SubjectType = 4 // 团队号
)

// AuthInfo is what the corp granted.
type AuthInfo struct {
	Agent []AuthAgent `json:"agent"` // one, but for old suites of several apps
}

// An AuthAgent is an app of the suite in a corp.
type AuthAgent struct {
	AgentID          int64       `json:"agentid"`
	Name             string      `json:"name"`
	SquareLogoURL    string      `json:"square_logo_url"`
	RoundLogoURL     string      `json:"round_logo_url"`
	AppID            int64       `json:"appid"` // of old suites of several apps
	AuthMode         AuthMode    `json:"auth_mode"`
	IsCustomizedApp  bool        `json:"is_customized_app"`  // a delegated app
	AuthFromThirdapp bool        `json:"auth_from_thirdapp"` // installed by a member from another app
	Privilege        Privilege   `json:"privilege"`
	SharedFrom       *SharedFrom `json:"shared_from"` // nil unless another corp shares the app
}

// AuthMode says who authorised.
type AuthMode int

// The modes.
const (
	AuthModeAdmin  AuthMode = 0 // 管理员授权
	AuthModeMember AuthMode = 1 // 成员授权
)

// A Privilege is what an app may do and whom it sees.
type Privilege struct {
	Level      int      `json:"level"`
	AllowUser  []string `json:"allow_user"`
	AllowParty []int64  `json:"allow_party"`
	AllowTag   []int64  `json:"allow_tag"`
	ExtraUser  []string `json:"extra_user"`
	ExtraParty []int64  `json:"extra_party"`
	ExtraTag   []int64  `json:"extra_tag"`
}

// SharedFrom is the corp that shares an app with this one.
type SharedFrom struct {
	CorpID    string `json:"corpid"`
	ShareType int    `json:"share_type"` // 0 企业互联, 1 上下游
}

// EditionInfo is what a corp has paid for.
type EditionInfo struct {
	Agent []EditionAgent `json:"agent"`
}

// An EditionAgent is the edition of one app.
type EditionAgent struct {
	AgentID               int64          `json:"agentid"`
	EditionID             string         `json:"edition_id"`
	EditionName           string         `json:"edition_name"`
	AppStatus             AppStatus      `json:"app_status"`
	UserLimit             int64          `json:"user_limit"`   // means nothing for a fixed price or a trial
	ExpiredTime           wecom.UnixTime `json:"expired_time"` // means nothing for a trial without end
	IsVirtualVersion      bool           `json:"is_virtual_version"`
	IsSharedFromOtherCorp bool           `json:"is_shared_from_other_corp"`
}

// AppStatus says whether an edition is paid for.
type AppStatus int

// The states.
const (
	AppStatusUnpaid       AppStatus = 0 // 没有付费
	AppStatusTrial        AppStatus = 1 // 限时试用
	AppStatusTrialOver    AppStatus = 2 // 试用过期
	AppStatusPaid         AppStatus = 3 // 购买期内
	AppStatusExpired      AppStatus = 4 // 购买过期
	AppStatusEndlessTrial AppStatus = 5 // 不限时试用
	AppStatusOverLimit    AppStatus = 6 // 购买期内，但是人数超标
	AppStatusOverTooLong  AppStatus = 7 // 购买期内，但是人数超标, 且已经超标试用7天
)

var opGetAuthInfo = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/service/v2/get_auth_info", Doc: 100779, Read: true, Auth: wecom.AuthSuiteAccessToken,
}

type getAuthInfoRequest struct {
	AuthCorpID    string `json:"auth_corpid"`
	PermanentCode string `json:"permanent_code"`
}

// GetAuthInfo returns what a corp lets the suite see now. It fails with
// [ErrNotAuthorized] if the corp is no tenant.
//
// 「获取企业授权信息」 https://developer.work.weixin.qq.com/document/path/100779
func (s *Suite) GetAuthInfo(ctx context.Context, corpID string) (*AuthInfoResult, error) {
	t, err := s.Tenant(ctx, corpID)
	if err != nil {
		return nil, err
	}
	return s.readAuthInfo(ctx, t)
}

// readAuthInfo also writes down the app's id if the store does not have it yet.
func (s *Suite) readAuthInfo(ctx context.Context, t Tenant) (*AuthInfoResult, error) {
	info, err := wecom.Do[AuthInfoResult](ctx, s.self, opGetAuthInfo, getAuthInfoRequest{AuthCorpID: t.CorpID, PermanentCode: t.PermanentCode})
	if err != nil || t.AgentID != 0 || len(info.AuthInfo.Agent) == 0 {
		return info, err
	}
	ctx, unlock, err := s.writing.lock(ctx, t.CorpID)
	if err != nil {
		return nil, fmt.Errorf("isv: keeping tenant %s of suite %s: %w", t.CorpID, s.id, err)
	}
	defer unlock()
	now, err := s.Tenant(ctx, t.CorpID)
	if err != nil || now.PermanentCode != t.PermanentCode {
		return info, err // there is a newer authorisation
	}
	now.AgentID = info.AuthInfo.Agent[0].AgentID
	if err := s.cfg.tenants.PutTenant(ctx, now); err != nil {
		return nil, fmt.Errorf("isv: keeping tenant %s of suite %s: %w", t.CorpID, s.id, withhold(err, now.PermanentCode))
	}
	return info, nil
}

var opGetAuthInfoV1 = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/service/get_auth_info", Doc: 90604, Read: true, Auth: wecom.AuthSuiteAccessToken,
}

// GetAuthInfoV1 is the older and slower form of [Suite.GetAuthInfo], and the
// one that tells the edition of a paid app.
//
// 「获取企业授权信息」 https://developer.work.weixin.qq.com/document/path/90604
func (s *Suite) GetAuthInfoV1(ctx context.Context, corpID string) (*AuthInfoResult, error) {
	t, err := s.Tenant(ctx, corpID)
	if err != nil {
		return nil, err
	}
	return wecom.Do[AuthInfoResult](ctx, s.self, opGetAuthInfoV1, getAuthInfoRequest{AuthCorpID: t.CorpID, PermanentCode: t.PermanentCode})
}

var opGetAdminList = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/agent/get_admin_list", Doc: 100073, Read: true}

// GetAdminListResult has the admins of an app in a corp.
type GetAdminListResult struct {
	Admin []Admin `json:"admin"` // empty if members authorised for themselves
}

// An Admin is an admin of an app.
type Admin struct {
	UserID   string        `json:"userid"`
	AuthType AdminAuthType `json:"auth_type"`
}

// AdminAuthType says what an admin may do with an app.
type AdminAuthType int

// The rights.
const (
	AdminAuthTypeSend   AdminAuthType = 0 // 发消息权限
	AdminAuthTypeManage AdminAuthType = 1 // 管理权限
)

// GetAdminList returns who administers the app in a corp, but for admins from
// outside of it.
//
// 「获取应用管理员列表」 https://developer.work.weixin.qq.com/document/path/100073
//
// The form of this call that took a suite_access_token is no longer maintained.
func (s *Suite) GetAdminList(ctx context.Context, corpID string) (*GetAdminListResult, error) {
	c, err := s.Client(ctx, corpID)
	if err != nil {
		return nil, err
	}
	return wecom.Do[GetAdminListResult](ctx, c, opGetAdminList, nil)
}
