package jssdk

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/wecomkit/wecom-go/wecom"
)

// A code is used up by a call whose reply is lost: this is no read.
var opGetTFAInfo = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/auth/get_tfa_info", Doc: 99499, InFlight: 20}

type getTFAInfoRequest struct {
	Code string `json:"code"`
}

// TFAInfo is a member whose client waits for a second verification.
//
// Printing a TFAInfo does not show its code; its JSON has it.
type TFAInfo struct {
	UserID  string `json:"userid"`
	TFACode string `json:"tfa_code"` // for [Service.TFASucc], once and for five minutes
}

// String shows the member and not the code.
func (i TFAInfo) String() string { return "jssdk.TFAInfo{" + i.UserID + "}" }

// Format shows the member and not the code, whatever the verb.
func (i TFAInfo) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(i.String())) }

// LogValue shows the member and not the code.
func (i TFAInfo) LogValue() slog.Value { return slog.StringValue(i.String()) }

// GetTFAInfo turns the code that a member brings to the page of the second
// verification (二次验证) into the member.
//
// 「获取用户二次验证信息」 https://developer.work.weixin.qq.com/document/path/99499
//
// The console must have the app's [Service.AuthorizeURL] as the address of that
// page. A code can be used once and lives five minutes; then it fails with
// [wecom.CodeInvalidOAuthCode]. The member must be in the visible range of the
// app and in that of the second verification ([wecom.CodeUserOutsideTFAScope]).
// At most 20 calls of a corp run at once; the client queues the others.
func (s *Service) GetTFAInfo(ctx context.Context, code string) (*TFAInfo, error) {
	return wecom.Do[TFAInfo](ctx, s.client, opGetTFAInfo, getTFAInfoRequest{code})
}

var opTFASucc = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/user/tfa_succ", Doc: 99500, InFlight: 20}

type tfaSuccRequest struct {
	UserID  string `json:"userid"`
	TFACode string `json:"tfa_code"`
}

// TFASucc lets a member into their client, after your page has made sure that
// it is them.
//
// 「使用二次验证」 https://developer.work.weixin.qq.com/document/path/99500
//
// Fails with [wecom.CodeInvalidTFACode] if the code of [Service.GetTFAInfo] is
// used or older than five minutes. At most 20 calls of a corp run at once; the
// client queues the others.
func (s *Service) TFASucc(ctx context.Context, userID, tfaCode string) error {
	_, err := wecom.Do[wecom.Empty](ctx, s.client, opTFASucc, tfaSuccRequest{userID, tfaCode})
	return err
}
