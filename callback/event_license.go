package callback

import "github.com/wecomkit/wecom-go/wecom"

func newLicenseEvent(h *Header) Event {
	switch h.event() {
	case "license_pay_success":
		return new(LicensePaySuccess)
	case "license_refund":
		return new(LicenseRefund)
	case "auto_activate":
		return new(AutoActivate)
	case "unlicensed_notify":
		return new(UnlicensedNotify)
	default:
		return new(Unknown)
	}
}

// LicensePaySuccess: the provider paid for licenses, and their codes exist,
// which takes a while if they are many. Sent to the provider's URL for system
// events.
//
// 「支付成功通知」 https://developer.work.weixin.qq.com/document/path/97196
type LicensePaySuccess struct {
	Header

	OrderID     string // the order; of an order for several corps the part for this one
	BuyerUserID string // the provider's member who ordered
}

func (v *LicensePaySuccess) decode(e element) {
	v.OrderID = e.text("OrderId")
	v.BuyerUserID = e.text("BuyerUserId")
}

// LicenseRefund: it is decided whether an order of licenses is paid back. Sent
// to the provider's URL for system events.
//
// 「退款结果通知」 https://developer.work.weixin.qq.com/document/path/95805
type LicenseRefund struct {
	Header

	OrderID     string
	OrderStatus RefundStatus
}

// RefundStatus is how a provider's wish for a refund ended.
type RefundStatus int

// The ends.
const (
	RefundStatusDone    RefundStatus = 1 // 退款成功
	RefundStatusRefused RefundStatus = 2 // 退款被拒绝
)

func (v *LicenseRefund) decode(e element) {
	v.OrderID = e.text("OrderId")
	v.OrderStatus = RefundStatus(e.int("OrderStatus"))
}

// AutoActivate: members of a corp got licenses without anybody's doing. Sent to
// the provider's URL for system events.
//
// 「自动激活回调通知」 https://developer.work.weixin.qq.com/document/path/95994
type AutoActivate struct {
	Header

	Scene       ActivateScene // what they got them for
	AccountList []ActivatedAccount
}

// ActivateScene is what a member got a license for.
type ActivateScene int

// The reasons.
const (
	ActivateSceneVisit   ActivateScene = 1 // 企业成员主动访问应用
	ActivateSceneMessage ActivateScene = 2 // 服务商调用消息推送接口
	ActivateSceneContact ActivateScene = 3 // 服务商调用互通接口
)

// An ActivatedAccount is the license of one member.
type ActivatedAccount struct {
	ActiveCode         string         // code of the license
	Type               LicenseType    // what it permits
	ExpireTime         wecom.UnixTime // when it ends
	UserID             string         // the member
	PreviousStatus     LicenseStatus  // what the member had before
	PreviousActiveCode string         // code of the license before; empty if there was none
}

// LicenseType is what a license permits.
type LicenseType int

// The licenses.
const (
	LicenseTypeBasic    LicenseType = 1 // 基础许可
	LicenseTypeExternal LicenseType = 2 // 互通许可
)

// LicenseStatus is what a member had before a license was activated.
type LicenseStatus int

// The states.
const (
	LicenseStatusNone    LicenseStatus = 1 // 未激活许可
	LicenseStatusActive  LicenseStatus = 2 // 已激活许可且许可未过期（即许可的剩余时长小于等于7天）
	LicenseStatusExpired LicenseStatus = 3 // 已激活许可且许可已过期
)

func (v *AutoActivate) decode(e element) {
	v.Scene = ActivateScene(e.int("Scene"))
	v.AccountList = each(e, "AccountList", readActivatedAccount)
}

func readActivatedAccount(e element) ActivatedAccount {
	return ActivatedAccount{
		ActiveCode:         e.text("ActiveCode"),
		Type:               LicenseType(e.int("Type")),
		ExpireTime:         e.time("ExpireTime"),
		UserID:             e.text("UserId"),
		PreviousStatus:     LicenseStatus(e.int("PreviousStatus")),
		PreviousActiveCode: e.text("PreviousActiveCode"),
	}
}

// UnlicensedNotify: a member whose license is missing or expired opened the
// app, and was told to ask the provider. FromUserName is the member. Not sent
// for members that the app is not visible to.
//
// 「接口许可失效通知」 https://developer.work.weixin.qq.com/document/path/95716
type UnlicensedNotify struct{ Header }

func (*UnlicensedNotify) decode(element) {}
