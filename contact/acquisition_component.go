package contact

import (
	"context"
	"net/http"
	"strconv"

	"github.com/wecomkit/wecom-go/wecom"
)

var opGetAcquisitionCompAuthInfo = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/customer_acquisition/get_comp_auth_info", Doc: 99610, Read: true}

// An AcquisitionCompAuthInfo is what a corp authorised a component of the
// acquisition assistant to do.
type AcquisitionCompAuthInfo struct {
	PayMode      AcquisitionPayMode      `json:"pay_mode"`
	Price        int                     `json:"price"` // of one customer in fen (分), for AcquisitionPayModeProvider
	LinkAuthMode AcquisitionLinkAuthMode `json:"link_auth_mode"`
	AuthApps     []AcquisitionAuthApp    `json:"auth_apps"` // for AcquisitionLinkAuthModeApp
}

// An AcquisitionAuthApp is an app of the corp whose links are authorised.
type AcquisitionAuthApp struct {
	AgentID int64 `json:"agentid"`
}

// An AcquisitionPayMode says whose quota the component's links use up.
type AcquisitionPayMode int

const (
	AcquisitionPayModeCorp     AcquisitionPayMode = 0 // 扣企业的
	AcquisitionPayModeProvider AcquisitionPayMode = 1 // 扣服务商的
)

// String returns the constant's name without its prefix.
func (m AcquisitionPayMode) String() string {
	switch m {
	case AcquisitionPayModeCorp:
		return "Corp"
	case AcquisitionPayModeProvider:
		return "Provider"
	default:
		return "AcquisitionPayMode(" + strconv.Itoa(int(m)) + ")"
	}
}

// An AcquisitionLinkAuthMode says which links are authorised.
type AcquisitionLinkAuthMode int

const (
	AcquisitionLinkAuthModeLink AcquisitionLinkAuthMode = 0 // 企业选择链接进行授权
	AcquisitionLinkAuthModeApp  AcquisitionLinkAuthMode = 1 // 关联应用创建的链接
)

// String returns the constant's name without its prefix.
func (m AcquisitionLinkAuthMode) String() string {
	switch m {
	case AcquisitionLinkAuthModeLink:
		return "Link"
	case AcquisitionLinkAuthModeApp:
		return "App"
	default:
		return "AcquisitionLinkAuthMode(" + strconv.Itoa(int(m)) + ")"
	}
}

// GetAcquisitionCompAuthInfo returns what the corp authorised the component to
// do.
//
// 「获取组件授权信息」 https://developer.work.weixin.qq.com/document/path/99610
//
// Only components of the acquisition assistant (获客助手组件) may call it.
func (s *Service) GetAcquisitionCompAuthInfo(ctx context.Context) (*AcquisitionCompAuthInfo, error) {
	return wecom.Do[AcquisitionCompAuthInfo](ctx, s.client, opGetAcquisitionCompAuthInfo, wecom.Empty{})
}

var opCreateAcquisitionOnceKey = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/customer_acquisition/create_once_key", Doc: 99603}

// CreateAcquisitionOnceKeyRequest says for which link keys are wanted.
type CreateAcquisitionOnceKeyRequest struct {
	LinkID string `json:"link_id"`
	KeyNum int    `json:"key_num,omitzero"` // how many, at most 1,000; 0 is 100
}

type createAcquisitionOnceKeyResult struct {
	Keys []string `json:"keys"`
}

// CreateAcquisitionOnceKey makes keys with which the provider pays for the
// customers of a link: &once_key=… behind its URL. Each key works once, for 14
// days.
//
// 「生成代支付key」 https://developer.work.weixin.qq.com/document/path/99603
//
// Only components of the acquisition assistant may call it, for corps with
// AcquisitionPayModeProvider.
func (s *Service) CreateAcquisitionOnceKey(ctx context.Context, req CreateAcquisitionOnceKeyRequest) ([]string, error) {
	res, err := wecom.Do[createAcquisitionOnceKeyResult](ctx, s.client, opCreateAcquisitionOnceKey, req)
	if err != nil {
		return nil, err
	}
	return res.Keys, nil
}
