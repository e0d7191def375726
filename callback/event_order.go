package callback

func newOrderEvent(h *Header) Event {
	switch h.event() {
	case "open_order":
		return new(OpenOrder)
	case "change_order":
		return new(ChangeOrder)
	case "pay_for_app_success":
		return new(PayForAppSuccess)
	case "refund":
		return new(RefundOrder)
	case "change_editon":
		return new(ChangeEdition)
	case "cancel_order":
		return new(CancelOrder)
	default:
		return new(Unknown)
	}
}

// OpenOrder: a corp ordered a paid app, or the provider ordered it for the
// corp. PaidCorpID is the corp.
//
// 「下单成功通知」 https://developer.work.weixin.qq.com/document/path/91929
type OpenOrder struct {
	Header

	OrderID    string // reads the order; at most 32 characters
	OperatorID string // the member who ordered; empty if the provider or an agent did
}

func (v *OpenOrder) decode(e element) {
	v.OrderID = e.text("OrderId")
	v.OperatorID = e.text("OperatorId")
}

// ChangeOrder: the provider changed the price of an order, which is another
// order from then on. PaidCorpID is the corp.
//
// 「改单通知」 https://developer.work.weixin.qq.com/document/path/91930
type ChangeOrder struct {
	Header

	OldOrderID string
	NewOrderID string // reads the order now; at most 32 characters
}

func (v *ChangeOrder) decode(e element) {
	v.OldOrderID = e.text("OldOrderId")
	v.NewOrderID = e.text("NewOrderId")
}

// PayForAppSuccess: an order was paid. PaidCorpID is the corp.
//
// 「支付成功通知」 https://developer.work.weixin.qq.com/document/path/91931
type PayForAppSuccess struct {
	Header

	OrderID string // reads the order; at most 32 characters
}

func (v *PayForAppSuccess) decode(e element) { v.OrderID = e.text("OrderId") }

// RefundOrder: an order's price was paid back, because the provider agreed or
// did not answer in time. What the corp has now is for the API to tell.
// PaidCorpID is the corp.
//
// 「退款通知」 https://developer.work.weixin.qq.com/document/path/91932
type RefundOrder struct {
	Header

	OrderID string // reads the order; at most 32 characters
}

func (v *RefundOrder) decode(e element) { v.OrderID = e.text("OrderId") }

// ChangeEdition: what a corp may use of a paid app is different: it was
// bought, extended or paid back, it or its trial expired or was prolonged, or
// more members than were paid for see it, or no longer. The call that reads
// the authorisation tells the edition. PaidCorpID is the corp. WeCom spells
// the event change_editon.
//
// 「应用版本变更通知」 https://developer.work.weixin.qq.com/document/path/91933
type ChangeEdition struct{ Header }

func (*ChangeEdition) decode(element) {}

// CancelOrder: the provider or the corp cancelled an order. PaidCorpID is the
// corp.
//
// 「取消订单通知」 https://developer.work.weixin.qq.com/document/path/99353
type CancelOrder struct {
	Header

	OrderID string // reads the order; at most 32 characters
}

func (v *CancelOrder) decode(e element) { v.OrderID = e.text("OrderId") }
