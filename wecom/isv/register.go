package isv

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/wecomkit/wecom-go/wecom"
)

var opGetRegisterCode = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/service/get_register_code", Doc: 90581, Read: true, Auth: wecom.AuthProviderAccessToken,
}

// GetRegisterCodeRequest describes how a corp is founded.
type GetRegisterCodeRequest struct {
	TemplateID  string `json:"template_id"`           // of the promotion package, from the provider's console
	CorpName    string `json:"corp_name,omitzero"`    // these three fill the form in
	AdminName   string `json:"admin_name,omitzero"`   //
	AdminMobile string `json:"admin_mobile,omitzero"` //
	State       string `json:"state,omitzero"`        // comes back with the event register_corp; at most 128 bytes of a-zA-Z0-9
	FollowUser  string `json:"follow_user,omitzero"`  // the provider's member who looks after the corp
}

// A RegisterCode founds one corp. Printing it does not show the code; its JSON
// has it.
type RegisterCode struct {
	RegisterCode string        `json:"register_code"` // at most 512 bytes; works once
	ExpiresIn    wecom.Seconds `json:"expires_in"`
}

// String does not show the code.
func (c RegisterCode) String() string {
	return fmt.Sprintf("isv.RegisterCode{redacted, for %v}", c.ExpiresIn)
}

// Format does not show the code, whatever the verb.
func (c RegisterCode) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(c.String())) }

// LogValue does not show the code.
func (c RegisterCode) LogValue() slog.Value { return slog.StringValue(c.String()) }

// URL returns the address at which the corp is founded.
//
// 「接入指引」 https://developer.work.weixin.qq.com/document/path/90578
func (c RegisterCode) URL() string {
	return "https://open.work.weixin.qq.com/3rdservice/wework/register?register_code=" + url.QueryEscape(c.RegisterCode)
}

// GetRegisterCode returns a code by which somebody founds a corp that has the
// provider's apps from the beginning.
//
// 「获取注册码」 https://developer.work.weixin.qq.com/document/path/90581
func (p *Provider) GetRegisterCode(ctx context.Context, req GetRegisterCodeRequest) (*RegisterCode, error) {
	return wecom.Do[RegisterCode](ctx, p.self, opGetRegisterCode, req)
}

var opGetRegisterInfo = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/service/get_register_info", Doc: 90582, Read: true, Auth: wecom.AuthProviderAccessToken,
}

type getRegisterInfoRequest struct {
	RegisterCode string `json:"register_code"`
}

// RegisterInfo is a corp that was founded.
type RegisterInfo struct {
	CorpID       string            `json:"corpid"`
	ContactSync  *ContactSync      `json:"contact_sync"` // nil unless the package moves the directory
	AuthUserInfo *RegisterUserInfo `json:"auth_user_info"`
	State        string            `json:"state"`
	TemplateID   string            `json:"template_id"`
}

// RegisterUserInfo is the corp's administrator.
type RegisterUserInfo struct {
	UserID string `json:"userid"`
}

// ContactSync lets the provider write the directory of a corp that was founded
// by its code. Printing it does not show the token; its JSON has it.
type ContactSync struct {
	AccessToken string        `json:"access_token"` // reads and writes the whole directory
	ExpiresIn   wecom.Seconds `json:"expires_in"`
}

// String does not show the token.
func (c ContactSync) String() string {
	return fmt.Sprintf("isv.ContactSync{redacted, for %v}", c.ExpiresIn)
}

// Format does not show the token, whatever the verb.
func (c ContactSync) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(c.String())) }

// LogValue does not show the token.
func (c ContactSync) LogValue() slog.Value { return slog.StringValue(c.String()) }

// GetRegisterInfo returns the corp that was founded by a code, for 24 hours.
//
// 「查询注册状态」 https://developer.work.weixin.qq.com/document/path/90582
//
// Fails with 84024 if no corp was founded by it.
func (p *Provider) GetRegisterInfo(ctx context.Context, registerCode string) (*RegisterInfo, error) {
	return wecom.Do[RegisterInfo](ctx, p.self, opGetRegisterInfo, getRegisterInfoRequest{registerCode})
}
