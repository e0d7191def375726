package isv

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/wecomkit/wecom-go/wecom"
)

// Scope is how much a login inside of WeCom asks for.
type Scope string

// The scopes.
const (
	ScopeBase        Scope = "snsapi_base"        // 静默授权: who it is, without a question
	ScopePrivateInfo Scope = "snsapi_privateinfo" // 手动授权: also what [Suite.GetUserDetail3rd] tells, if the member agrees
)

// AuthorizeURLRequest describes a login inside of WeCom.
type AuthorizeURLRequest struct {
	RedirectURI string // where to come back to, on the suite's trusted domain
	State       string // comes back, too: at most 128 bytes of a-zA-Z0-9
	Scope       Scope  // "" is ScopeBase
}

// AuthorizeURL returns the address to redirect a page in WeCom to, so that it
// comes back with a code for [Suite.GetUserInfo3rd]: the same for members of all
// corps. Delegated apps log members in as an app of the corp does: package jssdk.
//
// 「构造网页授权链接」 https://developer.work.weixin.qq.com/document/path/91120
func (s *Suite) AuthorizeURL(req AuthorizeURLRequest) (string, error) {
	if err := checkLink(req.RedirectURI, req.State); err != nil {
		return "", err
	}
	return "https://open.weixin.qq.com/connect/oauth2/authorize" +
		"?appid=" + url.QueryEscape(s.id) +
		"&redirect_uri=" + url.QueryEscape(req.RedirectURI) +
		"&response_type=code" +
		"&scope=" + url.QueryEscape(string(cmp.Or(req.Scope, ScopeBase))) +
		"&state=" + url.QueryEscape(req.State) +
		"#wechat_redirect", nil
}

// LoginURLRequest describes a login in a browser.
type LoginURLRequest struct {
	RedirectURI string // where to come back to, on the suite's domain for logins
	State       string // comes back, too: at most 128 bytes of a-zA-Z0-9
	Lang        string // zh or en; "" lets WeCom choose
}

// LoginURL returns the address of WeCom's login page for browsers. It comes back
// with a code for [Suite.GetUserInfo3rd]. The suite is the one that the provider
// has for logins (登录授权).
//
// 「Web登录组件」 https://developer.work.weixin.qq.com/document/path/98171
func (s *Suite) LoginURL(req LoginURLRequest) (string, error) {
	if err := checkLink(req.RedirectURI, req.State); err != nil {
		return "", err
	}
	link := "https://login.work.weixin.qq.com/wwlogin/sso/login" +
		"?login_type=ServiceApp" +
		"&appid=" + url.QueryEscape(s.id) +
		"&redirect_uri=" + url.QueryEscape(req.RedirectURI) +
		"&state=" + url.QueryEscape(req.State)
	if req.Lang != "" {
		link += "&lang=" + url.QueryEscape(req.Lang)
	}
	return link, nil
}

// A code is used up by a call whose reply is lost: this is no read.
var opGetUserInfo3rd = wecom.Operation{
	Method: http.MethodGet, Path: "/cgi-bin/service/auth/getuserinfo3rd", Doc: 91121, Auth: wecom.AuthSuiteAccessToken,
}

type getUserInfo3rdRequest struct {
	Code string `json:"code"`
}

// UserInfo3rd is who logged in: a member of a corp, or somebody of none, who has
// only an OpenID. Printing it does not show the ticket; its JSON has it.
type UserInfo3rd struct {
	CorpID     string        `json:"corpid"`
	UserID     string        `json:"userid"`      // encrypted if the corp has not authorised the suite
	OpenUserID string        `json:"open_userid"` // the same for all apps of the provider
	UserTicket string        `json:"user_ticket"` // for [Suite.GetUserDetail3rd]; with ScopePrivateInfo and in the app's visible range only
	ExpiresIn  wecom.Seconds `json:"expires_in"`  // of UserTicket
	OpenID     string        `json:"openid"`      // of who is no member
}

// String shows who it is and not the ticket.
func (u UserInfo3rd) String() string {
	return "isv.UserInfo3rd{" + u.CorpID + " " + cmp.Or(u.UserID, u.OpenID) + "}"
}

// Format shows who it is and not the ticket, whatever the verb.
func (u UserInfo3rd) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(u.String())) }

// LogValue shows who it is and not the ticket.
func (u UserInfo3rd) LogValue() slog.Value { return slog.StringValue(u.String()) }

// GetUserInfo3rd tells who logged in, by the code that came back from
// [Suite.AuthorizeURL] or [Suite.LoginURL]. A code works once and for five
// minutes.
//
// 「获取访问用户身份」 https://developer.work.weixin.qq.com/document/path/91121
//
// Fails with [wecom.CodeInvalidOAuthCode] if the code is wrong, used or has
// ended: let the login start again. Templates of delegated apps may not call it.
func (s *Suite) GetUserInfo3rd(ctx context.Context, code string) (*UserInfo3rd, error) {
	return wecom.Do[UserInfo3rd](ctx, s.self, opGetUserInfo3rd, getUserInfo3rdRequest{code})
}

// A code is used up by a call whose reply is lost: this is no read.
var opGetSchoolUserInfo3rd = wecom.Operation{
	Method: http.MethodGet, Path: "/cgi-bin/service/getuserinfo3rd", Doc: 91711, Auth: wecom.AuthSuiteAccessToken,
}

// SchoolUserInfo3rd is who logged in at an app for schools: a member, a parent,
// or somebody who is neither. Printing it does not show the ticket; its JSON has
// it.
type SchoolUserInfo3rd struct {
	CorpID         string         `json:"CorpId"` // of a parent, the first of Parents
	UserID         string         `json:"UserId"` // of a member
	OpenUserID     string         `json:"open_userid"`
	DeviceID       string         `json:"DeviceId"`
	UserTicket     string         `json:"user_ticket"`     // as that of [UserInfo3rd]
	ExpiresIn      wecom.Seconds  `json:"expires_in"`      // of UserTicket
	ExternalUserID string         `json:"external_userid"` // of a parent, the first of Parents
	Parents        []SchoolParent `json:"parents"`
	OpenID         string         `json:"OpenId"` // of who is neither
}

// String shows who it is and not the ticket.
func (u SchoolUserInfo3rd) String() string {
	return "isv.SchoolUserInfo3rd{" + u.CorpID + " " + cmp.Or(u.UserID, u.ExternalUserID, u.OpenID) + "}"
}

// Format shows who it is and not the ticket, whatever the verb.
func (u SchoolUserInfo3rd) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(u.String())) }

// LogValue shows who it is and not the ticket.
func (u SchoolUserInfo3rd) LogValue() slog.Value { return slog.StringValue(u.String()) }

// A SchoolParent is a person as a parent in one school.
type SchoolParent struct {
	CorpID         string `json:"corpid"`
	ParentUserID   string `json:"parent_userid"`
	ExternalUserID string `json:"external_userid"`
}

// GetSchoolUserInfo3rd is [Suite.GetUserInfo3rd] for apps of schools (家校沟通):
// it also knows parents.
//
// 「获取访问用户身份」 https://developer.work.weixin.qq.com/document/path/91711
//
// Fails with [wecom.CodeInvalidOAuthCode] if the code is wrong, used or has ended.
func (s *Suite) GetSchoolUserInfo3rd(ctx context.Context, code string) (*SchoolUserInfo3rd, error) {
	return wecom.Do[SchoolUserInfo3rd](ctx, s.self, opGetSchoolUserInfo3rd, getUserInfo3rdRequest{code})
}

var opGetUserDetail3rd = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/service/auth/getuserdetail3rd", Doc: 91122, Read: true, Auth: wecom.AuthSuiteAccessToken,
}

type getUserDetail3rdRequest struct {
	UserTicket string `json:"user_ticket"`
}

// UserDetail3rd is what a member agreed to tell.
type UserDetail3rd struct {
	CorpID string `json:"corpid"`
	UserID string `json:"userid"`
	Name   string `json:"name"` // the userid, for suites made since 2019-12-30
	Gender Gender `json:"gender"`
	Avatar string `json:"avatar"`
	QRCode string `json:"qr_code"` // for customers to add the member
}

// Gender of a member.
type Gender int

// The genders.
const (
	GenderUnknown Gender = 0 // 未定义
	GenderMale    Gender = 1 // 男性
	GenderFemale  Gender = 2 // 女性
)

// GetUserDetail3rd returns what the member agreed to tell at a login with
// [ScopePrivateInfo]. The ticket is that of [UserInfo3rd].
//
// 「获取访问用户敏感信息」 https://developer.work.weixin.qq.com/document/path/91122
//
// The member must be in the app's visible range.
func (s *Suite) GetUserDetail3rd(ctx context.Context, userTicket string) (*UserDetail3rd, error) {
	return wecom.Do[UserDetail3rd](ctx, s.self, opGetUserDetail3rd, getUserDetail3rdRequest{userTicket})
}

// A code is used up by a call whose reply is lost: this is no read.
var opJSCode2Session = wecom.Operation{
	Method: http.MethodGet, Path: "/cgi-bin/service/miniprogram/jscode2session", Doc: 92423, Auth: wecom.AuthSuiteAccessToken,
}

type jsCode2SessionRequest struct {
	JSCode    string `json:"js_code"`
	GrantType string `json:"grant_type"`
}

// A Session is the login of a mini-program in WeCom. Printing it does not show
// the key; its JSON has it.
type Session struct {
	CorpID     string `json:"corpid"`
	UserID     string `json:"userid"`      // encrypted if the corp has not authorised the suite
	OpenUserID string `json:"open_userid"` // the same for all apps of the provider
	SessionKey string `json:"session_key"` // decrypts what the mini-program sends; stays on the server
}

// String shows who it is and not the key.
func (v Session) String() string { return "isv.Session{" + v.CorpID + " " + v.UserID + "}" }

// Format shows who it is and not the key, whatever the verb.
func (v Session) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(v.String())) }

// LogValue shows who it is and not the key.
func (v Session) LogValue() slog.Value { return slog.StringValue(v.String()) }

// JSCode2Session tells who logged in at the suite's mini-program, by the code of
// wx.qy.login.
//
// 「code2Session」 https://developer.work.weixin.qq.com/document/path/92423
//
// Fails with [wecom.CodeInvalidOAuthCode] if the code is wrong, used or has ended.
func (s *Suite) JSCode2Session(ctx context.Context, jsCode string) (*Session, error) {
	return wecom.Do[Session](ctx, s.self, opJSCode2Session, jsCode2SessionRequest{jsCode, "authorization_code"})
}

// SSOURLRequest describes a login at the provider's site.
type SSOURLRequest struct {
	RedirectURI string // where to come back to, on the provider's domain for logins
	State       string // comes back, too: at most 128 bytes of a-zA-Z0-9
	Members     bool   // every member may log in, not only admins
}

// SSOURL returns the address of the older login page of the provider's site. It
// comes back with an auth_code for [Provider.GetLoginInfo]; for members
// [Suite.LoginURL] has replaced it.
//
// 「从第三方单点登录」 https://developer.work.weixin.qq.com/document/path/91124
func (p *Provider) SSOURL(req SSOURLRequest) (string, error) {
	if err := checkLink(req.RedirectURI, req.State); err != nil {
		return "", err
	}
	who := "admin"
	if req.Members {
		who = "member"
	}
	return "https://open.work.weixin.qq.com/wwopen/sso/3rd_qrConnect" +
		"?appid=" + url.QueryEscape(p.corpID) +
		"&redirect_uri=" + url.QueryEscape(req.RedirectURI) +
		"&state=" + url.QueryEscape(req.State) +
		"&usertype=" + who, nil
}

// A code is used up by a call whose reply is lost: this is no read.
var opGetLoginInfo = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/service/get_login_info", Doc: 91125, Auth: wecom.AuthProviderAsAccessToken,
}

type getLoginInfoRequest struct {
	AuthCode string `json:"auth_code"`
}

// LoginInfo is who logged in at the provider's site, and what for.
type LoginInfo struct {
	UserType UserType      `json:"usertype"`
	UserInfo LoginUserInfo `json:"user_info"`
	CorpInfo LoginCorpInfo `json:"corp_info"`
	Agent    []LoginAgent  `json:"agent"`     // which of the provider's apps the person may use or administer
	AuthInfo LoginAuthInfo `json:"auth_info"` // of an admin
}

// UserType says what somebody is in a corp.
type UserType int

// The types.
const (
	UserTypeCreator      UserType = 1 // 创建者
	UserTypeAdmin        UserType = 2 // 内部系统管理员
	UserTypeOutsideAdmin UserType = 3 // 外部系统管理员
	UserTypeSubAdmin     UserType = 4 // 分级管理员
	UserTypeMember       UserType = 5 // 成员
)

// LoginUserInfo is a person.
type LoginUserInfo struct {
	UserID     string `json:"userid"`
	OpenUserID string `json:"open_userid"`
	Name       string `json:"name"`
	Avatar     string `json:"avatar"`
}

// LoginCorpInfo is the person's corp.
type LoginCorpInfo struct {
	CorpID string `json:"corpid"`
}

// A LoginAgent is an app of the provider in the corp.
type LoginAgent struct {
	AgentID  int64         `json:"agentid"`
	AuthType LoginAuthType `json:"auth_type"`
}

// LoginAuthType says what somebody may do with an app.
type LoginAuthType int

// The rights.
const (
	LoginAuthTypeUse    LoginAuthType = 0 // 使用权限
	LoginAuthTypeManage LoginAuthType = 1 // 管理权限
)

// LoginAuthInfo is what an admin may do with the directory.
type LoginAuthInfo struct {
	Department []LoginDepartment `json:"department"`
}

// A LoginDepartment is a part of the directory.
type LoginDepartment struct {
	ID       int64 `json:"id"`
	Writable bool  `json:"writable"`
}

// GetLoginInfo tells who logged in at the provider's site, or came from the
// settings of an app in a corp's console, by the auth_code that came along.
//
// 「获取登录用户信息」 https://developer.work.weixin.qq.com/document/path/91125
//
// Fails with [wecom.CodeInvalidOAuthCode] if the code is wrong, used or has ended.
func (p *Provider) GetLoginInfo(ctx context.Context, authCode string) (*LoginInfo, error) {
	return wecom.Do[LoginInfo](ctx, p.self, opGetLoginInfo, getLoginInfoRequest{authCode})
}
