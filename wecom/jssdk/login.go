package jssdk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"

	"github.com/wecomkit/wecom-go/wecom"
)

// maxState is the longest state, in bytes.
const maxState = 128

// Scope is how much a login inside of WeCom asks for.
type Scope string

const (
	ScopeBase        Scope = "snsapi_base"        // 静默授权: who it is, without a question
	ScopePrivateInfo Scope = "snsapi_privateinfo" // 手动授权: also what [Service.GetUserDetail] tells, if the person agrees
)

// AuthorizeURLRequest describes a login inside of WeCom or WeChat.
type AuthorizeURLRequest struct {
	RedirectURI string // where to come back to, on a trusted domain of the app
	State       string // comes back too: see [Guard]; at most 128 bytes of a-zA-Z0-9
	Scope       Scope  // "" is ScopeBase
}

// AuthorizeURL returns the address to redirect a page in WeCom or WeChat to, so
// that it comes back with a code for [Service.GetUserInfo]. Outside of them use
// [Service.LoginURL].
//
// 「构造网页授权链接」 https://developer.work.weixin.qq.com/document/path/91022
//
// With [ScopePrivateInfo] the person must be in the app's visible range.
func (s *Service) AuthorizeURL(req AuthorizeURLRequest) (string, error) {
	if err := checkLink(req.RedirectURI, req.State); err != nil {
		return "", err
	}
	// The order is the page's.
	return "https://open.weixin.qq.com/connect/oauth2/authorize" +
		"?appid=" + url.QueryEscape(s.client.CorpID()) +
		"&redirect_uri=" + url.QueryEscape(req.RedirectURI) +
		"&response_type=code" +
		"&scope=" + url.QueryEscape(string(cmp.Or(req.Scope, ScopeBase))) +
		"&state=" + url.QueryEscape(req.State) +
		"&agentid=" + strconv.FormatInt(s.agentID, 10) +
		"#wechat_redirect", nil
}

// Lang is a language of WeCom's login page.
type Lang string

const (
	LangChinese Lang = "zh" // 中文
	LangEnglish Lang = "en" // 英文
)

// LoginURLRequest describes a login in a browser.
type LoginURLRequest struct {
	RedirectURI string // where to come back to, on a domain that the app trusts for logins
	State       string // comes back too: see [Guard]; at most 128 bytes of a-zA-Z0-9
	Lang        Lang   // "" lets WeCom choose
}

// LoginURL returns the address of WeCom's login page for browsers, with a QR
// code or the desktop client. It comes back with a code for
// [Service.GetUserInfo]. Inside of WeCom use [Service.AuthorizeURL].
//
// 「Web登录组件」 https://developer.work.weixin.qq.com/document/path/98152
//
// Only members in the app's visible range get through.
func (s *Service) LoginURL(req LoginURLRequest) (string, error) {
	if err := checkLink(req.RedirectURI, req.State); err != nil {
		return "", err
	}
	link := "https://login.work.weixin.qq.com/wwlogin/sso/login" +
		"?login_type=CorpApp" +
		"&appid=" + url.QueryEscape(s.client.CorpID()) +
		"&agentid=" + strconv.FormatInt(s.agentID, 10) +
		"&redirect_uri=" + url.QueryEscape(req.RedirectURI) +
		"&state=" + url.QueryEscape(req.State)
	if req.Lang != "" {
		link += "&lang=" + url.QueryEscape(string(req.Lang))
	}
	return link, nil
}

// checkLink catches what WeCom would answer with a page that nobody understands.
func checkLink(redirectURI, state string) error {
	if !absolute(redirectURI) {
		return errors.New("jssdk: RedirectURI is no absolute http or https URL")
	}
	if len(state) > maxState {
		return fmt.Errorf("jssdk: State has %d bytes, WeCom takes at most %d", len(state), maxState)
	}
	for i := range len(state) {
		if c := state[i]; ('a' > c || c > 'z') && ('A' > c || c > 'Z') && ('0' > c || c > '9') {
			return fmt.Errorf("jssdk: State has %q in it, WeCom takes only a-zA-Z0-9", c)
		}
	}
	return nil
}

// A code is used up by a call whose reply is lost: this is no read.
var opGetUserInfo = wecom.Operation{Method: http.MethodGet, Path: "/cgi-bin/auth/getuserinfo", Doc: 91023}

type getUserInfoRequest struct {
	Code string `json:"code"`
}

// UserInfo is who came. A member has a UserID; everybody else has an OpenID,
// and an ExternalUserID if they are a customer.
//
// Printing a UserInfo shows none of its tickets; its JSON has them.
type UserInfo struct {
	UserID         string `json:"userid"`          // CorpId/userid for a member of a linked corp (互联企业, 上下游)
	UserTicket     string `json:"user_ticket"`     // for [Service.GetUserDetail], for half an hour; with ScopePrivateInfo, of a member in the visible range
	UserDocTicket  string `json:"user_doc_ticket"` // 文档检索票据 of 数据与智能专区, for 30 days; of apps that may archive documents
	OpenID         string `json:"openid"`          // of no member: who they are to this corp
	ExternalUserID string `json:"external_userid"` // of a customer whom somebody in the visible range follows
}

// String shows who it is and no ticket.
func (u UserInfo) String() string {
	return "jssdk.UserInfo{" + cmp.Or(u.UserID, u.ExternalUserID, u.OpenID) + "}"
}

// Format shows who it is and no ticket, whatever the verb.
func (u UserInfo) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(u.String())) }

// LogValue shows who it is and no ticket.
func (u UserInfo) LogValue() slog.Value { return slog.StringValue(u.String()) }

// GetUserInfo turns the code of a login into the person who logged in. It does
// so for both kinds of login, [Service.AuthorizeURL] and [Service.LoginURL].
//
// 「获取访问用户身份」 https://developer.work.weixin.qq.com/document/path/91023
//
// A code can be used once and lives five minutes. Fails with
// [wecom.CodeInvalidOAuthCode] after that, and with
// [wecom.CodeRedirectURLNotTrusted] if the redirect URI was on a domain that
// the app does not trust. After a lost reply the login starts again.
func (s *Service) GetUserInfo(ctx context.Context, code string) (*UserInfo, error) {
	return wecom.Do[UserInfo](ctx, s.client, opGetUserInfo, getUserInfoRequest{code})
}

var opGetUserDetail = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/auth/getuserdetail", Doc: 95833, Read: true}

type getUserDetailRequest struct {
	UserTicket string `json:"user_ticket"`
}

// Gender is what a member gave as theirs.
type Gender int

const (
	GenderUnknown Gender = 0 // 未定义
	GenderMale    Gender = 1 // 男性
	GenderFemale  Gender = 2 // 女性
)

// UserDetail is what a member agreed to tell. Only what the administrator chose
// on the app's page is there.
type UserDetail struct {
	UserID  string `json:"userid"`
	Gender  Gender `json:"gender"`
	Avatar  string `json:"avatar"`  // URL
	QRCode  string `json:"qr_code"` // URL of a QR code by which customers add the member
	Mobile  string `json:"mobile"`
	Email   string `json:"email"`
	BizMail string `json:"biz_mail"` // 企业邮箱
	Address string `json:"address"`
}

// GetUserDetail returns what a member agreed to tell in a login with
// [ScopePrivateInfo]. userTicket is the UserTicket of their [UserInfo].
//
// 「获取访问用户敏感信息」 https://developer.work.weixin.qq.com/document/path/95833
//
// Fails with [wecom.CodeUserTicketExpired] after half an hour.
func (s *Service) GetUserDetail(ctx context.Context, userTicket string) (*UserDetail, error) {
	return wecom.Do[UserDetail](ctx, s.client, opGetUserDetail, getUserDetailRequest{userTicket})
}
