package contact

import (
	"context"
	"net/http"

	"github.com/wecomkit/wecom-go/wecom"
)

var opConvertToOpenID = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/convert_to_openid", Doc: 92323, Read: true}

type externalUserIDRequest struct {
	ExternalUserID string `json:"external_userid"`
}

type convertToOpenIDResult struct {
	OpenID string `json:"openid"`
}

// ConvertToOpenID returns the openid of a customer, which payment endpoints
// want.
//
// 「外部联系人openid转换」 https://developer.work.weixin.qq.com/document/path/92323
//
// Only WeChat users have one (wm…), WeCom users (wo…) do not.
func (s *Service) ConvertToOpenID(ctx context.Context, externalUserID string) (string, error) {
	res, err := wecom.Do[convertToOpenIDResult](ctx, s.client, opConvertToOpenID, externalUserIDRequest{ExternalUserID: externalUserID})
	if err != nil {
		return "", err
	}
	return res.OpenID, nil
}

var opUnionIDToExternalUserID = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/unionid_to_external_userid", Doc: 93274, Read: true}

type unionIDToExternalUserIDRequest struct {
	UnionID string `json:"unionid"`
	OpenID  string `json:"openid"`
}

type externalUserIDResult struct {
	ExternalUserID string `json:"external_userid"`
}

// UnionIDToExternalUserID returns the customer behind a user of a mini-program
// that belongs to the corp, for a service provider: the caller is a third-party
// app or an app developed on the corp's behalf.
//
// 「企业主体unionid转换为第三方external_userid」 https://developer.work.weixin.qq.com/document/path/93274
//
// Both ids come from the same mini-program. It, its WeChat open platform
// account and the corp are verified and have the same owner, and the app sees
// a member who follows the customer, or the owner of a group chat of theirs.
// [Service.FindByUnionID] also serves who is no customer yet, and mini-programs
// of the provider.
// Fails with [wecom.CodeInvalidUnionID] or [wecom.CodeOpenIDUnionIDMismatch]
// for wrong ids.
func (s *Service) UnionIDToExternalUserID(ctx context.Context, unionID, openID string) (string, error) {
	res, err := wecom.Do[externalUserIDResult](ctx, s.client, opUnionIDToExternalUserID, unionIDToExternalUserIDRequest{UnionID: unionID, OpenID: openID})
	if err != nil {
		return "", err
	}
	return res.ExternalUserID, nil
}

var opBatchToExternalUserID = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/batch_to_external_userid", Doc: 92506, Read: true}

type batchToExternalUserIDRequest struct {
	Mobiles []string `json:"mobiles"`
}

// BatchToExternalUserIDResult is which numbers are known.
type BatchToExternalUserIDResult struct {
	SuccessList []MobileExternalUserID `json:"success_list"`
	FailList    []MobileFailure        `json:"fail_list"`
}

// Partial reports whether some number was not converted.
func (r *BatchToExternalUserIDResult) Partial() bool { return len(r.FailList) > 0 }

// A MobileExternalUserID is a parent's number and id.
type MobileExternalUserID struct {
	Mobile         string `json:"mobile"`
	ExternalUserID string `json:"external_userid"` // empty until the parent follows the school's notices
	ForeignKey     string `json:"foreign_key"`     // not on the official page any more
}

// A MobileFailure is why a number was not converted.
type MobileFailure struct {
	Mobile  string     `json:"mobile"`
	ErrCode wecom.Code `json:"errcode"` // wecom.CodeRecordNotFound if no parent has it
	ErrMsg  string     `json:"errmsg"`
}

// BatchToExternalUserID returns the ids of up to 100 parents by their mobile
// numbers. It is for schools (家校沟通), not for customers in general.
//
// 「手机号转外部联系人ID」 https://developer.work.weixin.qq.com/document/path/92506
//
// Success can be partial: look at FailList. A corp's own app must be listed
// under 家校沟通「读取和编辑家校通讯录的应用」.
func (s *Service) BatchToExternalUserID(ctx context.Context, mobiles []string) (*BatchToExternalUserIDResult, error) {
	return wecom.Do[BatchToExternalUserIDResult](ctx, s.client, opBatchToExternalUserID, batchToExternalUserIDRequest{Mobiles: mobiles})
}

var opToServiceExternalUserID = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/to_service_external_userid", Doc: 95195, Read: true}

// ToServiceExternalUserID turns the external_userid that an app developed on
// the corp's behalf (代开发应用) was given into the one that the third-party
// app of the same provider is given. The former makes the call.
//
// 「代开发应用external_userid转换」 https://developer.work.weixin.qq.com/document/path/95195
//
// The corp has authorised both apps, and both may read customers. An app of
// after 2022-06-28 has the provider's ids already and need not ask.
func (s *Service) ToServiceExternalUserID(ctx context.Context, externalUserID string) (string, error) {
	res, err := wecom.Do[externalUserIDResult](ctx, s.client, opToServiceExternalUserID, externalUserIDRequest{ExternalUserID: externalUserID})
	if err != nil {
		return "", err
	}
	return res.ExternalUserID, nil
}

var opFromServiceExternalUserID = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/from_service_external_userid", Doc: 95884, Read: true}

type fromServiceExternalUserIDRequest struct {
	ExternalUserID string `json:"external_userid"`
	SourceAgentID  int64  `json:"source_agentid"`
}

// FromServiceExternalUserID turns the external_userid that a provider's app was
// given into the corp's own. The corp's own app makes the call; sourceAgentID is
// the provider's app in the corp.
//
// 「external_userid转换」 https://developer.work.weixin.qq.com/document/path/95884
//
// Both apps see a member who follows the customer, or the owner of a group
// chat of theirs.
func (s *Service) FromServiceExternalUserID(ctx context.Context, externalUserID string, sourceAgentID int64) (string, error) {
	req := fromServiceExternalUserIDRequest{ExternalUserID: externalUserID, SourceAgentID: sourceAgentID}
	res, err := wecom.Do[externalUserIDResult](ctx, s.client, opFromServiceExternalUserID, req)
	if err != nil {
		return "", err
	}
	return res.ExternalUserID, nil
}

var opGetNewExternalUserID = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/get_new_external_userid", Doc: 97107, Read: true}

type getNewExternalUserIDRequest struct {
	ExternalUserIDList []string `json:"external_userid_list"`
}

type getNewExternalUserIDResult struct {
	Items []NewExternalUserID `json:"items"`
}

// A NewExternalUserID is a customer's id of the corp and of the provider.
type NewExternalUserID struct {
	ExternalUserID    string `json:"external_userid"`     // as it was passed
	NewExternalUserID string `json:"new_external_userid"` // the provider's
}

// GetNewExternalUserID turns up to 1,000 external_userids of the corp, better
// 200, into the provider's. Only third-party apps and apps developed on the
// corp's behalf may call. An id that is the provider's already comes back as
// it is.
//
// 「转换客户external_userid」 https://developer.work.weixin.qq.com/document/path/97107
//
// The app sees a member who follows the customer. Ids of 微信客服 sessions work
// for 48 hours. A third-party app that has finished its migration may not call
// any more. Members of a group chat who are no customers have a call of their
// own in package groupchat.
func (s *Service) GetNewExternalUserID(ctx context.Context, externalUserIDList []string) ([]NewExternalUserID, error) {
	res, err := wecom.Do[getNewExternalUserIDResult](ctx, s.client, opGetNewExternalUserID, getNewExternalUserIDRequest{ExternalUserIDList: externalUserIDList})
	if err != nil {
		return nil, err
	}
	return res.Items, nil
}
