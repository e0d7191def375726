package contact

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/wecomkit/wecom-go/wecom"
)

var opConvertExternalTagID = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/idconvert/external_tagid", Doc: 96169, Read: true}

type convertExternalTagIDRequest struct {
	ExternalTagIDList []string `json:"external_tagid_list"`
}

// ConvertExternalTagIDResult is which tags were converted.
type ConvertExternalTagIDResult struct {
	Items                    []ConvertedExternalTagID `json:"items"`
	InvalidExternalTagIDList []string                 `json:"invalid_external_tagid_list"`
}

// Partial reports whether some tag was not converted.
func (r *ConvertExternalTagIDResult) Partial() bool { return len(r.InvalidExternalTagIDList) > 0 }

// A ConvertedExternalTagID is a tag's id of the corp and of the provider.
type ConvertedExternalTagID struct {
	ExternalTagID     string `json:"external_tagid"`      // as it was passed
	OpenExternalTagID string `json:"open_external_tagid"` // the provider's
}

// ConvertExternalTagID turns up to 1,000 ids of customer tags or tag groups of
// the corp into the provider's. Only third-party apps and apps developed on the
// corp's behalf may call. An id that is the provider's already comes back as
// it is.
//
// 「客户标签ID的转换」 https://developer.work.weixin.qq.com/document/path/96169
//
// Success can be partial: look at InvalidExternalTagIDList.
func (s *Service) ConvertExternalTagID(ctx context.Context, externalTagIDList []string) (*ConvertExternalTagIDResult, error) {
	req := convertExternalTagIDRequest{ExternalTagIDList: externalTagIDList}
	return wecom.Do[ConvertExternalTagIDResult](ctx, s.client, opConvertExternalTagID, req)
}

var opConvertOpenKFID = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/idconvert/open_kfid", Doc: 97110, Read: true}

type convertOpenKFIDRequest struct {
	OpenKFIDList []string `json:"open_kfid_list"`
}

// ConvertOpenKFIDResult is which 微信客服 accounts were converted.
type ConvertOpenKFIDResult struct {
	Items               []ConvertedOpenKFID `json:"items"`
	InvalidOpenKFIDList []string            `json:"invalid_open_kfid_list"`
}

// Partial reports whether some account was not converted.
func (r *ConvertOpenKFIDResult) Partial() bool { return len(r.InvalidOpenKFIDList) > 0 }

// A ConvertedOpenKFID is a 微信客服 account's id of the corp and of the
// provider.
type ConvertedOpenKFID struct {
	OpenKFID    string `json:"open_kfid"`     // as it was passed
	NewOpenKFID string `json:"new_open_kfid"` // the provider's
}

// ConvertOpenKFID turns up to 1,000 ids of 微信客服 accounts of the corp into the
// provider's. Only third-party apps and apps developed on the corp's behalf may
// call, with the right 「微信客服 管理账号、分配会话和收发消息」. An id that is the
// provider's already comes back as it is.
//
// 「微信客服ID的转换」 https://developer.work.weixin.qq.com/document/path/97110
//
// Success can be partial: look at InvalidOpenKFIDList.
func (s *Service) ConvertOpenKFID(ctx context.Context, openKFIDList []string) (*ConvertOpenKFIDResult, error) {
	return wecom.Do[ConvertOpenKFIDResult](ctx, s.client, opConvertOpenKFID, convertOpenKFIDRequest{OpenKFIDList: openKFIDList})
}

var opConvertTmpExternalUserID = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/idconvert/convert_tmp_external_userid", Doc: 98729, Read: true}

// ConvertTmpExternalUserIDRequest names people from outside who took part in a
// meeting, a form or a document, as the same app was told of them.
type ConvertTmpExternalUserIDRequest struct {
	BusinessType          TmpBusinessType `json:"business_type"`
	UserType              TmpUserType     `json:"user_type"`
	TmpExternalUserIDList []string        `json:"tmp_external_userid_list"` // at most 100
}

// A TmpBusinessType is where a tmp_external_userid comes from.
type TmpBusinessType int

const (
	TmpBusinessTypeMeeting    TmpBusinessType = 1 // 会议
	TmpBusinessTypeForm       TmpBusinessType = 2 // 收集表
	TmpBusinessTypeSmartTable TmpBusinessType = 3 // 智能表
)

// String returns the constant's name without its prefix.
func (t TmpBusinessType) String() string {
	switch t {
	case TmpBusinessTypeMeeting:
		return "Meeting"
	case TmpBusinessTypeForm:
		return "Form"
	case TmpBusinessTypeSmartTable:
		return "SmartTable"
	default:
		return "TmpBusinessType(" + strconv.Itoa(int(t)) + ")"
	}
}

// A TmpUserType is what a tmp_external_userid is to be turned into.
type TmpUserType int

const (
	TmpUserTypeCustomer   TmpUserType = 1 // 客户: of members whom the app sees
	TmpUserTypeCorpGroup  TmpUserType = 2 // 企业互联: members in the range of the shared app
	TmpUserTypeChain      TmpUserType = 3 // 上下游: members in the range of the shared app
	TmpUserTypeLinkedCorp TmpUserType = 4 // 互联企业（圈子）: members whom the app sees
)

// String returns the constant's name without its prefix.
func (t TmpUserType) String() string {
	switch t {
	case TmpUserTypeCustomer:
		return "Customer"
	case TmpUserTypeCorpGroup:
		return "CorpGroup"
	case TmpUserTypeChain:
		return "Chain"
	case TmpUserTypeLinkedCorp:
		return "LinkedCorp"
	default:
		return "TmpUserType(" + strconv.Itoa(int(t)) + ")"
	}
}

// ConvertTmpExternalUserIDResult is which people were found.
type ConvertTmpExternalUserIDResult struct {
	Results                      []ConvertedTmpExternalUserID `json:"results"`
	InvalidTmpExternalUserIDList []string                     `json:"invalid_tmp_external_userid_list"` // unknown, or not to be seen by the app
}

// Partial reports whether some person was not found.
func (r *ConvertTmpExternalUserIDResult) Partial() bool {
	return len(r.InvalidTmpExternalUserIDList) > 0
}

// A ConvertedTmpExternalUserID is a person: a customer by ExternalUserID, a
// member of another corp by CorpID and UserID.
type ConvertedTmpExternalUserID struct {
	TmpExternalUserID string `json:"tmp_external_userid"` // as it was passed
	ExternalUserID    string `json:"external_userid"`     // for TmpUserTypeCustomer
	CorpID            string `json:"corpid"`              // for all other types
	UserID            string `json:"userid"`              // for all other types
}

// ConvertTmpExternalUserID returns who the people are whom meetings, forms and
// smart tables name by a temporary id. The corp's own apps may call as well as
// providers' apps; for customers they need the right to 客户联系.
//
// 「tmp_external_userid的转换」 https://developer.work.weixin.qq.com/document/path/98729
//
// Success can be partial: look at InvalidTmpExternalUserIDList.
func (s *Service) ConvertTmpExternalUserID(ctx context.Context, req ConvertTmpExternalUserIDRequest) (*ConvertTmpExternalUserIDResult, error) {
	return wecom.Do[ConvertTmpExternalUserIDResult](ctx, s.client, opConvertTmpExternalUserID, req)
}

var opApplyToUpgradeChatID = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/idconvert/apply_to_upgrade_chatid", Doc: 99601}

type applyToUpgradeChatIDRequest struct {
	UpgradeTime wecom.UnixTime `json:"upgrade_time"`
}

// ApplyToUpgradeChatID says when an app developed on the corp's behalf
// (代开发应用) changes to the provider's chat ids, which third-party apps of the
// same provider have already: within seven days from now. Only such apps may
// call.
//
// 「申请群ID的升级」 https://developer.work.weixin.qq.com/document/path/99601
//
// Until then calls take both ids and answer with the old ones: convert what is
// stored with [Service.ConvertChatID]. From then on there are only new ones.
func (s *Service) ApplyToUpgradeChatID(ctx context.Context, upgradeTime time.Time) error {
	req := applyToUpgradeChatIDRequest{UpgradeTime: wecom.NewUnixTime(upgradeTime)}
	_, err := wecom.Do[wecom.Empty](ctx, s.client, opApplyToUpgradeChatID, req)
	return err
}

var opConvertChatID = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/idconvert/chatid", Doc: 99601, Read: true}

type convertChatIDRequest struct {
	ChatIDList []string `json:"chat_id_list"`
}

// ConvertChatIDResult is which group chats were converted.
type ConvertChatIDResult struct {
	Items             []ConvertedChatID `json:"items"`
	InvalidChatIDList []string          `json:"invalid_chat_id_list"`
}

// Partial reports whether some group chat was not converted.
func (r *ConvertChatIDResult) Partial() bool { return len(r.InvalidChatIDList) > 0 }

// A ConvertedChatID is a group chat's id of the corp and of the provider.
type ConvertedChatID struct {
	ChatID    string `json:"chat_id"`     // as it was passed
	NewChatID string `json:"new_chat_id"` // the provider's
}

// ConvertChatID turns up to 100 chat ids of the corp into the provider's,
// between [Service.ApplyToUpgradeChatID] and the time that it set. Only apps
// developed on the corp's behalf may call; they see the owners of the chats. An
// id that is the provider's already comes back as it is.
//
// 「群ID转换接口」 https://developer.work.weixin.qq.com/document/path/99601
//
// Success can be partial: look at InvalidChatIDList.
func (s *Service) ConvertChatID(ctx context.Context, chatIDList []string) (*ConvertChatIDResult, error) {
	return wecom.Do[ConvertChatIDResult](ctx, s.client, opConvertChatID, convertChatIDRequest{ChatIDList: chatIDList})
}

var opUpgradeChatIDForNewCorp = wecom.Operation{
	Method: http.MethodGet, Path: "/cgi-bin/idconvert/upgrade_chatid_for_new_corp", Doc: 99601,
	Auth: wecom.AuthSuiteAccessToken,
}

// UpgradeChatIDForNewCorp gives all corps that authorise an app template
// (代开发应用模板) from now on the provider's chat ids. The client is the
// template's: its token source is a [wecom.AuthSource] of suite_access_tokens.
//
// 「对所有新授权企业升级群ID」 https://developer.work.weixin.qq.com/document/path/99601
//
// Corps that have authorised it already keep their ids:
// see [Service.ApplyToUpgradeChatID].
func (s *Service) UpgradeChatIDForNewCorp(ctx context.Context) error {
	_, err := wecom.Do[wecom.Empty](ctx, s.client, opUpgradeChatIDForNewCorp, nil)
	return err
}
