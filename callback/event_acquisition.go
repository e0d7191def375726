package callback

import "github.com/wecomkit/wecom-go/wecom"

func newAcquisitionEvent(h *Header) Event {
	switch h.ChangeType {
	case "balance_low":
		return new(AcquisitionBalanceLow)
	case "balance_exhausted":
		return new(AcquisitionBalanceExhausted)
	case "balance_increased":
		return new(AcquisitionBalanceIncreased)
	case "link_unavailable":
		return new(AcquisitionLinkUnavailable)
	case "delete_link":
		return new(AcquisitionDeleteLink)
	case "quota_expire_soon":
		return new(AcquisitionQuotaExpireSoon)
	case "open_profile":
		return new(AcquisitionOpenProfile)
	case "friend_request":
		return new(AcquisitionFriendRequest)
	case "customer_start_chat":
		return new(AcquisitionCustomerStartChat)
	case "message_from_customer":
		return new(AcquisitionMessageFromCustomer)
	case "del_follow_user":
		return new(AcquisitionDelFollowUser)
	case "service_balance_low":
		return new(AcquisitionServiceBalanceLow)
	case "service_balance_exhausted":
		return new(AcquisitionServiceBalanceExhausted)
	case "service_balance_consumed":
		return new(AcquisitionServiceBalanceConsumed)
	case "change_price":
		return new(AcquisitionChangePrice)
	default:
		return new(Unknown)
	}
}

// AcquisitionBalanceLow: fewer than 20 uses of the acquisition assistant are left.
//
// 「企业使用量即将耗尽事件」 https://developer.work.weixin.qq.com/document/path/97299
//
// Third-party apps: https://developer.work.weixin.qq.com/document/path/97402,
// and components: https://developer.work.weixin.qq.com/document/path/99485
type AcquisitionBalanceLow struct{ Header }

func (*AcquisitionBalanceLow) decode(element) {}

// AcquisitionBalanceExhausted: no use of the acquisition assistant is left.
//
// 「使用量已经耗尽事件」 https://developer.work.weixin.qq.com/document/path/97299
type AcquisitionBalanceExhausted struct{ Header }

func (*AcquisitionBalanceExhausted) decode(element) {}

// AcquisitionBalanceIncreased: after none was left, there are uses of the
// acquisition assistant again.
//
// 「使用量增加事件事件」 https://developer.work.weixin.qq.com/document/path/97299
type AcquisitionBalanceIncreased struct{ Header }

func (*AcquisitionBalanceIncreased) decode(element) {}

// AcquisitionLinkUnavailable: no member behind an acquisition link can add
// customers at the moment. Sent to the app that made the link.
//
// 「获客链接异常事件」 https://developer.work.weixin.qq.com/document/path/97299
type AcquisitionLinkUnavailable struct {
	Header

	LinkID string // the link
}

func (v *AcquisitionLinkUnavailable) decode(e element) { v.LinkID = e.text("LinkId") }

// AcquisitionDeleteLink: somebody deleted a link that the app had made by the
// API, in the console or a client. To delete it by the API causes no event.
//
// 「删除获客链接事件」 https://developer.work.weixin.qq.com/document/path/97299
type AcquisitionDeleteLink struct {
	Header

	LinkID string // the link
}

func (v *AcquisitionDeleteLink) decode(e element) { v.LinkID = e.text("LinkId") }

// AcquisitionQuotaExpireSoon: bought uses of the acquisition assistant expire.
// Sent 14, 7, 3, 2 and 1 days before.
//
// 「获客使用量即将过期事件」 https://developer.work.weixin.qq.com/document/path/97299
type AcquisitionQuotaExpireSoon struct {
	Header

	ExpireTime     wecom.UnixTime // when
	ExpireQuotaNum int64          // how many
}

func (v *AcquisitionQuotaExpireSoon) decode(e element) {
	v.ExpireTime = e.time("ExpireTime")
	v.ExpireQuotaNum = e.int("ExpireQuotaNum")
}

// AcquisitionOpenProfile: somebody opened a member's profile by an acquisition
// link. Only for corps of some trades.
//
// 「微信客户打开获客链接事件」 https://developer.work.weixin.qq.com/document/path/97299
type AcquisitionOpenProfile struct {
	Header

	LinkID string // the link
	State  string // customer_channel of the link
}

func (v *AcquisitionOpenProfile) decode(e element) {
	v.LinkID = e.text("LinkId")
	v.State = e.text("State")
}

// AcquisitionFriendRequest: somebody asked, by an acquisition link, to be
// added. Sent to the app that made the link.
//
// 「通过获客链接发起好友请求事件」 https://developer.work.weixin.qq.com/document/path/97299
type AcquisitionFriendRequest struct {
	Header

	LinkID string // the link
	State  string // customer_channel of the link
}

func (v *AcquisitionFriendRequest) decode(e element) {
	v.LinkID = e.text("LinkId")
	v.State = e.text("State")
}

// AcquisitionCustomerStartChat: a customer who came by an acquisition link
// sent the member a first message. WeChat customers only; sent to the app that
// made the link.
//
// 「成员首次收消息事件」 https://developer.work.weixin.qq.com/document/path/97299
type AcquisitionCustomerStartChat struct {
	Header

	UserID         string // the member
	ExternalUserID string // the customer
	LinkID         string // the link
}

func (v *AcquisitionCustomerStartChat) decode(e element) {
	v.UserID = e.text("UserID")
	v.ExternalUserID = e.text("ExternalUserID")
	v.LinkID = e.text("LinkId")
}

// AcquisitionMessageFromCustomer: a customer who came by an acquisition link
// sent the member a third, fifth or tenth message. WeChat customers only; sent to
// the app that made the link.
//
// 「成员多次收消息事件」 https://developer.work.weixin.qq.com/document/path/97299
type AcquisitionMessageFromCustomer struct {
	Header

	LinkID  string // the link
	ChatKey string // reads the details within 30 minutes

	// WeCom stopped sending these on 2024-12-19; ChatKey reads them.
	UserID         string // the member
	ExternalUserID string // the customer
	ChatSeq        int64  // 3, 5 or 10
}

func (v *AcquisitionMessageFromCustomer) decode(e element) {
	v.LinkID = e.text("LinkId")
	v.ChatKey = e.text("ChatKey")
	v.UserID = e.text("UserID")
	v.ExternalUserID = e.text("ExternalUserID")
	v.ChatSeq = e.int("ChatSeq")
}

// AcquisitionDelFollowUser: a customer who came by an acquisition link deleted
// the member. WeChat customers only; sent to the app that made the link.
//
// 「客户删除成员事件」 https://developer.work.weixin.qq.com/document/path/97299
type AcquisitionDelFollowUser struct {
	Header

	UserID         string // the member
	ExternalUserID string // the customer
	LinkID         string // the link
	State          string // customer_channel of the link
}

func (v *AcquisitionDelFollowUser) decode(e element) {
	v.UserID = e.text("UserID")
	v.ExternalUserID = e.text("ExternalUserID")
	v.LinkID = e.text("LinkId")
	v.State = e.text("State")
}

// AcquisitionServiceBalanceLow: the provider, who pays for a corp, has few uses
// of the acquisition assistant left. Acquisition components (获客助手组件) only,
// as are the next three.
//
// 「服务商获客使用量即将耗尽事件」 https://developer.work.weixin.qq.com/document/path/99485
type AcquisitionServiceBalanceLow struct{ Header }

func (*AcquisitionServiceBalanceLow) decode(element) {}

// AcquisitionServiceBalanceExhausted: the provider has no use of the acquisition
// assistant left.
//
// 「服务商获客使用量已经耗尽事件」 https://developer.work.weixin.qq.com/document/path/99485
type AcquisitionServiceBalanceExhausted struct{ Header }

func (*AcquisitionServiceBalanceExhausted) decode(element) {}

// AcquisitionServiceBalanceConsumed: a customer came by an acquisition link that
// the provider pays for, and that took one of the provider's uses.
//
// 「消耗服务商使用量事件」 https://developer.work.weixin.qq.com/document/path/99485
type AcquisitionServiceBalanceConsumed struct {
	Header

	LinkID  string // the link
	State   string // customer_channel of the link
	OnceKey string // once_key of the link: which payment it was
}

func (v *AcquisitionServiceBalanceConsumed) decode(e element) {
	v.LinkID = e.text("LinkId")
	v.State = e.text("State")
	v.OnceKey = e.text("OnceKey")
}

// AcquisitionChangePrice: what the provider pays for each customer of an
// acquisition link changes.
//
// 「获客链接服务商代付价格调整事件」 https://developer.work.weixin.qq.com/document/path/99485
type AcquisitionChangePrice struct {
	Header

	Price         int64          // in fen
	EffectiveTime wecom.UnixTime // from when on
}

func (v *AcquisitionChangePrice) decode(e element) {
	v.Price = e.int("Price")
	v.EffectiveTime = e.time("EffectiveTime")
}

// CustomerAcquisitionPermitChange: other members than before may be contacted
// by a marketing app's customers; customer_acquisition_app/get_permit lists
// them. Third-party apps only.
//
// 「客户可建联成员范围变动事件」 https://developer.work.weixin.qq.com/document/path/92277
type CustomerAcquisitionPermitChange struct{ Header }

func (*CustomerAcquisitionPermitChange) decode(element) {}
