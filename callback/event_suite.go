package callback

import (
	"fmt"
	"log/slog"
)

func newSuiteEvent(h *Header) Event {
	switch h.event() {
	case "suite_ticket":
		return new(SuiteTicket)
	case "create_auth":
		return new(CreateAuth)
	case "change_auth":
		return new(ChangeAuth)
	case "cancel_auth":
		return new(CancelAuth)
	case "reset_permanent_code":
		return new(ResetPermanentCode)
	case "approve_special_auth":
		return new(ApproveSpecialAuth)
	case "cancel_special_auth":
		return new(CancelSpecialAuth)
	case "auth_data_permission":
		return new(AuthDataPermission)
	case "expire_remind_data_permission":
		return new(ExpireRemindDataPermission)
	case "corp_arch_auth":
		return new(CorpArchAuth)
	case "agree_external_userid_migration":
		return new(AgreeExternalUserIDMigration)
	default:
		return new(Unknown)
	}
}

// SuiteTicket: the ticket that a third-party app, or a template for apps that
// are developed for others, gets its suite_access_token with. It comes every
// ten minutes.
//
// 「推送suite_ticket」 https://developer.work.weixin.qq.com/document/path/90628
//
// A ticket is good for thirty minutes. Keep the one with the newest TimeStamp,
// where it survives a restart, and until the next one comes: they arrive late,
// and not always in order. The ticket is a secret. Printing or logging the
// event does not show it, but Raw and JSON hold it.
type SuiteTicket struct {
	Header

	SuiteTicket string // at most 512 bytes
}

func (v *SuiteTicket) decode(e element) { v.SuiteTicket = e.text("SuiteTicket") }

// Format shows whose ticket it is and not the ticket, whatever the verb.
func (v SuiteTicket) Format(s fmt.State, _ rune) { v.printHidden(s) }

// LogValue shows whose ticket it is and not the ticket.
func (v SuiteTicket) LogValue() slog.Value { return v.logHidden() }

// CreateAuth: a corp installs the app.
//
// 「授权成功通知」 https://developer.work.weixin.qq.com/document/path/90642
//
// Must be answered within one second: store AuthCode, and exchange it for the
// permanent code afterwards, within ten minutes and once. That call tells
// which corp it is; the event does not. It does not come if the installation
// started on the provider's own site, which is given the code by a redirect.
// The code is a secret. Printing or logging the event does not show it, but
// Raw and JSON hold it.
type CreateAuth struct {
	Header

	AuthCode  string    // at most 512 bytes
	State     string    // state of the link that the corp came by
	ExtraInfo ExtraInfo // of components only
}

func (v *CreateAuth) decode(e element) {
	v.AuthCode = e.text("AuthCode")
	v.State = e.text("State")
	v.ExtraInfo = readExtraInfo(e)
}

// Format shows which app it is for and not the code, whatever the verb.
func (v CreateAuth) Format(s fmt.State, _ rune) { v.printHidden(s) }

// LogValue shows which app it is for and not the code.
func (v CreateAuth) LogValue() slog.Value { return v.logHidden() }

// ExtraInfo is what a corp granted to a component.
type ExtraInfo struct {
	AuthOpenKfIDList []string // the accounts, granted to a component for customer service (微信客服组件)
}

func readExtraInfo(e element) ExtraInfo {
	return ExtraInfo{AuthOpenKfIDList: e.find("ExtraInfo").list("AuthOpenKfIdList")}
}

// ChangeAuth: a corp changed what it grants to the app: whom it is visible to,
// its permissions, whether it is disabled, or who installs it. A component's
// links and accounts are reported so, too. The call that reads the
// authorisation tells what is different.
//
// 「变更授权通知」 https://developer.work.weixin.qq.com/document/path/90642
//
// Must be answered within one second.
type ChangeAuth struct {
	Header

	State     string    // state of the link that the corp came by
	ExtraInfo ExtraInfo // of components only
}

func (v *ChangeAuth) decode(e element) {
	v.State = e.text("State")
	v.ExtraInfo = readExtraInfo(e)
}

// CancelAuth: a corp removed the app. Its data must be deleted.
//
// 「取消授权通知」 https://developer.work.weixin.qq.com/document/path/90642
//
// Must be answered within one second.
type CancelAuth struct{ Header }

func (*CancelAuth) decode(element) {}

// ResetPermanentCode: somebody asked, in the provider's console, for a new
// secret of an app that is developed for a corp. The permanent code that
// AuthCode is exchanged for is the new secret.
//
// 「重置永久授权码通知」 https://developer.work.weixin.qq.com/document/path/97175
//
// Must be answered within one second, and the code used within ten minutes.
// The code is a secret. Printing or logging the event does not show it, but
// Raw and JSON hold it.
type ResetPermanentCode struct {
	Header

	AuthCode string // at most 512 bytes
}

func (v *ResetPermanentCode) decode(e element) { v.AuthCode = e.text("AuthCode") }

// Format shows which app it is for and not the code, whatever the verb.
func (v ResetPermanentCode) Format(s fmt.State, _ rune) { v.printHidden(s) }

// LogValue shows which app it is for and not the code.
func (v ResetPermanentCode) LogValue() slog.Value { return v.logHidden() }

// AuthType is a permission that a corp grants apart from the others.
type AuthType string

// The permissions. WeCom has others for data, which the samples do not show.
const (
	AuthTypeCustomerAcquisition AuthType = "customer_acquisition" // 获客助手
	AuthTypeDataZoneChat        AuthType = "data_zone_chat"       // 数据专区会话接口数据
)

// ApproveSpecialAuth: an administrator of a corp confirmed that the app may
// use the acquisition assistant. Until then its calls fail.
//
// 「获客助手权限确认事件」 https://developer.work.weixin.qq.com/document/path/98959
type ApproveSpecialAuth struct {
	Header

	AuthType AuthType // AuthTypeCustomerAcquisition
}

func (v *ApproveSpecialAuth) decode(e element) { v.AuthType = AuthType(e.word("AuthType")) }

// CancelSpecialAuth: an administrator of a corp took the acquisition assistant
// away from the app.
//
// 「获客助手权限取消事件」 https://developer.work.weixin.qq.com/document/path/98959
type CancelSpecialAuth struct {
	Header

	AuthType AuthType // AuthTypeCustomerAcquisition
}

func (v *CancelSpecialAuth) decode(e element) { v.AuthType = AuthType(e.word("AuthType")) }

// AuthDataPermission: a corp granted the app a permission for data, for the
// first time or again. One event for each permission.
//
// 「数据权限授权成功事件」 https://developer.work.weixin.qq.com/document/path/101587
type AuthDataPermission struct {
	Header

	AuthType AuthType // the permission
}

func (v *AuthDataPermission) decode(e element) { v.AuthType = AuthType(e.word("AuthType")) }

// ExpireRemindDataPermission: a permission for data ends in seven days unless
// the corp renews it. Comes once.
//
// 「数据权限即将到期事件」 https://developer.work.weixin.qq.com/document/path/101587
type ExpireRemindDataPermission struct {
	Header

	AuthType AuthType // the permission
}

func (v *ExpireRemindDataPermission) decode(e element) { v.AuthType = AuthType(e.word("AuthType")) }

// CorpArchAuth: a corp granted the app the permission to read its
// organisation.
//
// 「授权组织架构权限通知」 https://developer.work.weixin.qq.com/document/path/97378
type CorpArchAuth struct{ Header }

func (*CorpArchAuth) decode(element) {}

// AgreeExternalUserIDMigration: a corp agreed that the provider converts the
// external_userids it has to those of the provider.
//
// 「同意授权转换external_userid事件」 https://developer.work.weixin.qq.com/document/path/95327
type AgreeExternalUserIDMigration struct{ Header }

func (*AgreeExternalUserIDMigration) decode(element) {}

// printHidden prints an event that holds a secret: what it is and for whom.
func (h *Header) printHidden(s fmt.State) {
	_, _ = fmt.Fprintf(s, "%s{SuiteID:%q Corp:%q TimeStamp:%v [redacted]}", h.Kind(), h.SuiteID, h.Corp(), h.TimeStamp.Unix())
}

// logHidden is printHidden for logs.
func (h *Header) logHidden() slog.Value {
	return slog.GroupValue(slog.String("event", h.Kind()), slog.String("suiteid", h.SuiteID),
		slog.String("corp", h.Corp()), slog.Time("at", h.At()))
}
