package callback

func newAdvancedEvent(h *Header) Event {
	switch h.event() {
	case "advanced_api_pay_success":
		return new(AdvancedAPIPaySuccess)
	case "advanced_api_refund":
		return new(AdvancedAPIRefund)
	case "advanced_api_cancel":
		return new(AdvancedAPICancel)
	case "advanced_api_insufficient":
		return new(AdvancedAPIInsufficient)
	case "advanced_api_expired":
		return new(AdvancedAPIExpired)
	case "advanced_api_trial_expired":
		return new(AdvancedAPITrialExpired)
	default:
		return new(Unknown)
	}
}

// AdvanceAPIType is which API a provider buys for a corp.
type AdvanceAPIType int

// The APIs.
const (
	AdvanceAPITypeChatArchive AdvanceAPIType = 1 // 会话内容数据接口
)

// ChatArchiveAPI says which of the APIs for chats an event is about.
type ChatArchiveAPI struct {
	Edition ChatArchiveEdition
}

// ChatArchiveEdition is which chats the API for chats covers.
type ChatArchiveEdition int

// The editions.
const (
	ChatArchiveEditionInternal ChatArchiveEdition = 1 // 内部会话（历史购买的）
	ChatArchiveEditionChats    ChatArchiveEdition = 2 // 内外部会话
	ChatArchiveEditionCalls    ChatArchiveEdition = 3 // 内外部会话及语音通话
)

func readChatArchiveAPI(e element) ChatArchiveAPI {
	return ChatArchiveAPI{Edition: ChatArchiveEdition(e.find("ChatArchiveApi").int("Edition"))}
}

// AdvancedAPIPaySuccess: the provider paid for accounts of an API. Sent to the
// provider's URL for system events.
//
// 「支付成功通知」 https://developer.work.weixin.qq.com/document/path/101401
type AdvancedAPIPaySuccess struct {
	Header

	AdvanceAPIType AdvanceAPIType
	OrderID        string
	BuyerUserID    string // the provider's member who ordered
}

func (v *AdvancedAPIPaySuccess) decode(e element) {
	v.AdvanceAPIType = AdvanceAPIType(e.int("AdvanceApiType"))
	v.OrderID = e.text("OrderId")
	v.BuyerUserID = e.text("BuyerUserId")
}

// AdvancedAPIRefund: it is decided whether an order of an API is paid back. Sent
// to the provider's URL for system events.
//
// 「退款结果通知」 https://developer.work.weixin.qq.com/document/path/101402
type AdvancedAPIRefund struct {
	Header

	AdvanceAPIType AdvanceAPIType
	OrderID        string
	OrderStatus    RefundStatus
}

func (v *AdvancedAPIRefund) decode(e element) {
	v.AdvanceAPIType = AdvanceAPIType(e.int("AdvanceApiType"))
	v.OrderID = e.text("OrderId")
	v.OrderStatus = RefundStatus(e.int("OrderStatus"))
}

// AdvancedAPICancel: the provider cancelled an order of an API. Sent to the
// provider's URL for system events.
//
// 「取消订单通知」 https://developer.work.weixin.qq.com/document/path/101403
type AdvancedAPICancel struct {
	Header

	AdvanceAPIType AdvanceAPIType
	OrderID        string
}

func (v *AdvancedAPICancel) decode(e element) {
	v.AdvanceAPIType = AdvanceAPIType(e.int("AdvanceApiType"))
	v.OrderID = e.text("OrderId")
}

// AdvancedAPIInsufficient: a corp granted an API for more members than the
// provider bought accounts. Sent to the provider's URL for system events.
//
// 「接口不足通知」 https://developer.work.weixin.qq.com/document/path/100272
type AdvancedAPIInsufficient struct {
	Header

	AdvanceAPIType AdvanceAPIType
	ChatArchiveAPI ChatArchiveAPI
}

func (v *AdvancedAPIInsufficient) decode(e element) {
	v.AdvanceAPIType = AdvanceAPIType(e.int("AdvanceApiType"))
	v.ChatArchiveAPI = readChatArchiveAPI(e)
}

// AdvancedAPIExpired: what the provider bought of an API for a corp expired.
// Sent to the provider's URL for system events.
//
// 「接口购买到期通知」 https://developer.work.weixin.qq.com/document/path/100269
type AdvancedAPIExpired struct {
	Header

	AdvanceAPIType AdvanceAPIType
	ChatArchiveAPI ChatArchiveAPI
}

func (v *AdvancedAPIExpired) decode(e element) {
	v.AdvanceAPIType = AdvanceAPIType(e.int("AdvanceApiType"))
	v.ChatArchiveAPI = readChatArchiveAPI(e)
}

// AdvancedAPITrialExpired: a corp's trial of an API expired. Sent to the
// provider's URL for system events.
//
// 「接口试用到期通知」 https://developer.work.weixin.qq.com/document/path/100270
type AdvancedAPITrialExpired struct {
	Header

	AdvanceAPIType AdvanceAPIType
}

func (v *AdvancedAPITrialExpired) decode(e element) {
	v.AdvanceAPIType = AdvanceAPIType(e.int("AdvanceApiType"))
}
