package isv

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/wecomkit/wecom-go/wecom"
)

var opGetPreAuthCode = wecom.Operation{
	Method: http.MethodGet, Path: "/cgi-bin/service/get_pre_auth_code", Doc: 90601, Read: true, Auth: wecom.AuthSuiteAccessToken,
}

// A PreAuthCode lets one corp authorise by the provider's install page.
// Printing it does not show the code; its JSON has it.
type PreAuthCode struct {
	PreAuthCode string        `json:"pre_auth_code"` // at most 512 bytes
	ExpiresIn   wecom.Seconds `json:"expires_in"`    // 20 minutes
}

// String does not show the code.
func (c PreAuthCode) String() string {
	return fmt.Sprintf("isv.PreAuthCode{redacted, for %v}", c.ExpiresIn)
}

// Format does not show the code, whatever the verb.
func (c PreAuthCode) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(c.String())) }

// LogValue does not show the code.
func (c PreAuthCode) LogValue() slog.Value { return slog.StringValue(c.String()) }

// GetPreAuthCode returns a new code for an install page. [Suite.InstallURL]
// makes the whole link.
//
// 「获取预授权码」 https://developer.work.weixin.qq.com/document/path/90601
func (s *Suite) GetPreAuthCode(ctx context.Context) (*PreAuthCode, error) {
	return wecom.Do[PreAuthCode](ctx, s.self, opGetPreAuthCode, nil)
}

var opSetSessionInfo = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/service/set_session_info", Doc: 90602,
	Read: true, // says the same again
	Auth: wecom.AuthSuiteAccessToken,
}

type setSessionInfoRequest struct {
	PreAuthCode string      `json:"pre_auth_code"`
	SessionInfo SessionInfo `json:"session_info"`
}

// SessionInfo says how one authorisation goes.
type SessionInfo struct {
	AppID    []int64         `json:"appid,omitzero"`     // which apps; of old suites of several apps only
	AuthType SessionAuthType `json:"auth_type,omitzero"` // zero is SessionAuthTypeFormal
}

// SessionAuthType says whether an authorisation counts.
type SessionAuthType int

// The types.
const (
	SessionAuthTypeFormal SessionAuthType = 0 // 正式授权
	SessionAuthTypeTest   SessionAuthType = 1 // 测试授权: of an app that is not released
)

// SetSessionInfo says how the authorisation by a pre-auth code goes.
//
// 「设置授权配置」 https://developer.work.weixin.qq.com/document/path/90602
func (s *Suite) SetSessionInfo(ctx context.Context, preAuthCode string, info SessionInfo) error {
	_, err := wecom.Do[wecom.Empty](ctx, s.self, opSetSessionInfo, setSessionInfoRequest{preAuthCode, info})
	return err
}

// InstallURLRequest describes an install page.
type InstallURLRequest struct {
	RedirectURI string          // where the admin's browser comes back to with auth_code and state, on the suite's domain for that
	State       string          // comes back, too: at most 128 bytes of a-zA-Z0-9; jssdk.Guard makes one against forged requests
	AuthType    SessionAuthType // zero is SessionAuthTypeFormal
}

// InstallURL asks for a pre-auth code and returns the address of WeCom's page on
// which an admin authorises the suite, within 20 minutes. The browser comes back
// to RedirectURI?auth_code=…&expires_in=600&state=…: pass the auth_code to
// [Suite.Authorize]. No create_auth comes then.
//
// 「企业授权应用」 https://developer.work.weixin.qq.com/document/path/90597
//
// The address holds the code: it is for one browser, and not for logs.
func (s *Suite) InstallURL(ctx context.Context, req InstallURLRequest) (string, error) {
	if err := checkLink(req.RedirectURI, req.State); err != nil {
		return "", err
	}
	code, err := s.GetPreAuthCode(ctx)
	if err != nil {
		return "", err
	}
	if req.AuthType != SessionAuthTypeFormal {
		if err := s.SetSessionInfo(ctx, code.PreAuthCode, SessionInfo{AuthType: req.AuthType}); err != nil {
			return "", err
		}
	}
	return "https://open.work.weixin.qq.com/3rdapp/install" +
		"?suite_id=" + url.QueryEscape(s.id) +
		"&pre_auth_code=" + url.QueryEscape(code.PreAuthCode) +
		"&redirect_uri=" + url.QueryEscape(req.RedirectURI) +
		"&state=" + url.QueryEscape(req.State), nil
}

// checkLink catches what WeCom would answer with a page that nobody understands.
func checkLink(redirectURI, state string) error {
	u, err := url.Parse(redirectURI)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return errors.New("isv: RedirectURI is no absolute http or https URL")
	}
	const longest = 128
	if len(state) > longest {
		return fmt.Errorf("isv: State has %d bytes, WeCom takes at most %d", len(state), longest)
	}
	for i := range len(state) {
		if c := state[i]; ('a' > c || c > 'z') && ('A' > c || c > 'Z') && ('0' > c || c > '9') {
			return fmt.Errorf("isv: State has %q in it, WeCom takes only a-zA-Z0-9", c)
		}
	}
	return nil
}

var opGetAppQRCode = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/service/get_app_qrcode", Doc: 95430, Read: true, Auth: wecom.AuthSuiteAccessToken,
}

type getAppQRCodeRequest struct {
	SuiteID    string          `json:"suite_id"`
	AppID      int64           `json:"appid,omitzero"`
	State      string          `json:"state,omitzero"`
	Style      *AppQRCodeStyle `json:"style,omitzero"`
	ResultType int             `json:"result_type,omitzero"`
}

type getAppQRCodeResult struct {
	QRCode string `json:"qrcode"`
}

// GetAppQRCodeRequest describes a QR code to install an app by.
type GetAppQRCodeRequest struct {
	AppID int64           // of old suites of several apps only
	State string          // comes back as [Authorization.State]; at most 32 bytes of a-zA-Z0-9
	Style *AppQRCodeStyle // nil is AppQRCodeStyleSmall
}

// AppQRCodeStyle says what a QR code looks like.
type AppQRCodeStyle int

// The styles.
const (
	AppQRCodeStylePrint  AppQRCodeStyle = 0 // 带说明外框的二维码，适合于实体物料
	AppQRCodeStyleScreen AppQRCodeStyle = 1 // 带说明外框的二维码，适合于屏幕类
	AppQRCodeStyleSmall  AppQRCodeStyle = 2 // 不带说明外框（小尺寸）
	AppQRCodeStyleMedium AppQRCodeStyle = 3 // 不带说明外框（中尺寸）
	AppQRCodeStyleLarge  AppQRCodeStyle = 4 // 不带说明外框（大尺寸）
)

// asURL asks for the address of the picture instead of the picture.
const asURL = 2

// GetAppQRCode returns the address of the picture of a QR code by which any corp
// installs the app.
//
// 「获取应用二维码」 https://developer.work.weixin.qq.com/document/path/95430
//
// The app must be released, and one for all corps.
func (s *Suite) GetAppQRCode(ctx context.Context, req GetAppQRCodeRequest) (string, error) {
	res, err := wecom.Do[getAppQRCodeResult](ctx, s.self, opGetAppQRCode, getAppQRCodeRequest{
		SuiteID: s.id, AppID: req.AppID, State: req.State, Style: req.Style, ResultType: asURL,
	})
	if err != nil {
		return "", err
	}
	return res.QRCode, nil
}

var opGetCustomizedAuthURL = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/service/get_customized_auth_url", Doc: 98744, Read: true, Auth: wecom.AuthProviderAccessToken,
}

type getCustomizedAuthURLRequest struct {
	State          string   `json:"state"`
	TemplateIDList []string `json:"templateid_list"`
}

// CustomizedAuthURL is a link by which corps authorise templates.
type CustomizedAuthURL struct {
	QRCodeURL string        `json:"qrcode_url"` // to be made a QR code of
	ExpiresIn wecom.Seconds `json:"expires_in"` // ten days
}

// GetCustomizedAuthURL returns a link for a QR code by which corps authorise up
// to nine templates of delegated apps, given by their suite ids. The state, at
// most 32 bytes of a-zA-Z0-9, comes back as [Authorization.State].
//
// 「获取带参授权链接」 https://developer.work.weixin.qq.com/document/path/98744
func (p *Provider) GetCustomizedAuthURL(ctx context.Context, state string, templateIDList []string) (*CustomizedAuthURL, error) {
	return wecom.Do[CustomizedAuthURL](ctx, p.self, opGetCustomizedAuthURL, getCustomizedAuthURLRequest{state, templateIDList})
}
