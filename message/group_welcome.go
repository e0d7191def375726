package message

import (
	"context"
	"net/http"

	"github.com/wecomkit/wecom-go/wecom"
)

var opAddGroupWelcomeTemplate = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/group_welcome_template/add", Doc: 92366}

// AddGroupWelcomeTemplateRequest says how people are greeted who join a customer
// group: with Text, and as a second message one of Image, Link, MiniProgram,
// File and Video. Of several WeCom takes the first in this order. They must not
// all be empty.
type AddGroupWelcomeTemplateRequest struct {
	Text        Text                  `json:"text,omitzero"` // at most 3,000 bytes; %NICKNAME% becomes the customer's name
	Image       ImageAttachment       `json:"image,omitzero"`
	Link        LinkAttachment        `json:"link,omitzero"`
	MiniProgram MiniProgramAttachment `json:"miniprogram,omitzero"`
	File        FileAttachment        `json:"file,omitzero"`    // from media/upload, or from media/upload_by_url if it is large
	Video       VideoAttachment       `json:"video,omitzero"`   // from media/upload, or from media/upload_by_url if it is large
	AgentID     int64                 `json:"agentid,omitzero"` // old third-party suites with several apps only
	Notify      *wecom.Bool01         `json:"notify,omitzero"`  // asks members to use it in their groups; nil is true
}

// AddGroupWelcomeTemplateResult names the new template.
type AddGroupWelcomeTemplateResult struct {
	TemplateID string `json:"template_id"`
}

// AddGroupWelcomeTemplate adds a greeting for customer groups to the corp's
// library, from which the owners of groups choose.
//
// 「添加入群欢迎语素材」 https://developer.work.weixin.qq.com/document/path/92366
//
// A corp has at most 100: fails with [wecom.CodeGroupWelcomeTemplateLimit]
// beyond.
func (s *Service) AddGroupWelcomeTemplate(ctx context.Context, req AddGroupWelcomeTemplateRequest) (*AddGroupWelcomeTemplateResult, error) {
	return wecom.Do[AddGroupWelcomeTemplateResult](ctx, s.client, opAddGroupWelcomeTemplate, req)
}

var opEditGroupWelcomeTemplate = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/group_welcome_template/edit", Doc: 92366}

// EditGroupWelcomeTemplateRequest says what a greeting for customer groups
// becomes. The fields are those of [AddGroupWelcomeTemplateRequest].
type EditGroupWelcomeTemplateRequest struct {
	TemplateID  string                `json:"template_id"`
	Text        Text                  `json:"text,omitzero"`
	Image       ImageAttachment       `json:"image,omitzero"`
	Link        LinkAttachment        `json:"link,omitzero"`
	MiniProgram MiniProgramAttachment `json:"miniprogram,omitzero"`
	File        FileAttachment        `json:"file,omitzero"`
	Video       VideoAttachment       `json:"video,omitzero"`
	AgentID     int64                 `json:"agentid,omitzero"` // old third-party suites with several apps only
}

// EditGroupWelcomeTemplate changes a greeting for customer groups.
//
// 「编辑入群欢迎语素材」 https://developer.work.weixin.qq.com/document/path/92366
//
// An app changes only what it has added: fails with
// [wecom.CodeGroupWelcomeTemplateForbidden] for others.
func (s *Service) EditGroupWelcomeTemplate(ctx context.Context, req EditGroupWelcomeTemplateRequest) error {
	_, err := wecom.Do[wecom.Empty](ctx, s.client, opEditGroupWelcomeTemplate, req)
	return err
}

var opGetGroupWelcomeTemplate = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/group_welcome_template/get", Doc: 92366, Read: true}

type getGroupWelcomeTemplateRequest struct {
	TemplateID string `json:"template_id"`
}

// GroupWelcomeTemplate is a greeting for customer groups. What it does not have
// is zero.
type GroupWelcomeTemplate struct {
	Text        Text                  `json:"text"`
	Image       GroupWelcomeImage     `json:"image"`
	Link        LinkAttachment        `json:"link"`
	MiniProgram MiniProgramAttachment `json:"miniprogram"`
	File        FileAttachment        `json:"file"`
	Video       VideoAttachment       `json:"video"`
}

// GroupWelcomeImage is the picture of a [GroupWelcomeTemplate].
type GroupWelcomeImage struct {
	PicURL string `json:"pic_url"`
}

// GetGroupWelcomeTemplate returns a greeting for customer groups.
//
// 「获取入群欢迎语素材」 https://developer.work.weixin.qq.com/document/path/92366
func (s *Service) GetGroupWelcomeTemplate(ctx context.Context, templateID string) (*GroupWelcomeTemplate, error) {
	return wecom.Do[GroupWelcomeTemplate](ctx, s.client, opGetGroupWelcomeTemplate, getGroupWelcomeTemplateRequest{TemplateID: templateID})
}

var opDelGroupWelcomeTemplate = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/group_welcome_template/del", Doc: 92366}

// DelGroupWelcomeTemplateRequest names the greeting to delete.
type DelGroupWelcomeTemplateRequest struct {
	TemplateID string `json:"template_id"`
	AgentID    int64  `json:"agentid,omitzero"` // old third-party suites with several apps only
}

// DelGroupWelcomeTemplate deletes a greeting for customer groups.
//
// 「删除入群欢迎语素材」 https://developer.work.weixin.qq.com/document/path/92366
//
// An app deletes only what it has added.
func (s *Service) DelGroupWelcomeTemplate(ctx context.Context, req DelGroupWelcomeTemplateRequest) error {
	_, err := wecom.Do[wecom.Empty](ctx, s.client, opDelGroupWelcomeTemplate, req)
	return err
}
