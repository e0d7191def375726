package contact

import (
	"context"
	"net/http"

	"github.com/wecomkit/wecom-go/wecom"
)

var opRemark = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/remark", Doc: 92115}

// RemarkRequest says what a member notes about a customer. A nil or empty
// field stays as it is; new("") clears a text.
type RemarkRequest struct {
	UserID           string   `json:"userid"`                      // the member
	ExternalUserID   string   `json:"external_userid"`             // the customer
	Remark           *string  `json:"remark,omitzero"`             // at most 20 characters
	Description      *string  `json:"description,omitzero"`        // at most 150 characters
	RemarkCompany    *string  `json:"remark_company,omitzero"`     // at most 20 characters; WeChat customers only
	RemarkMobiles    []string `json:"remark_mobiles,omitzero"`     // replaces the list; []string{""} clears it
	RemarkPicMediaID string   `json:"remark_pic_mediaid,omitzero"` // from media upload
}

// Remark changes what a member notes about a customer.
//
// 「修改客户备注信息」 https://developer.work.weixin.qq.com/document/path/92115
//
// At least one of the optional fields must be set, and the app must see the
// member.
// Fails with [wecom.CodeNotExternalContact] if the member has not added the
// customer.
func (s *Service) Remark(ctx context.Context, req RemarkRequest) error {
	_, err := wecom.Do[wecom.Empty](ctx, s.client, opRemark, req)
	return err
}
