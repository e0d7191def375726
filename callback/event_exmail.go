package callback

func newExmailEvent(h *Header) Event {
	switch h.Kind() {
	case "app_email_change/receive_email":
		return new(ReceiveAppEmail)
	case "public_email_change/receive_email":
		return new(ReceivePublicEmail)
	default:
		return new(Unknown)
	}
}

// ReceiveAppEmail: the app's mailbox got mail.
//
// 「应用邮箱接收邮件事件」 https://developer.work.weixin.qq.com/document/path/97495
//
// Apps built for one corp: https://developer.work.weixin.qq.com/document/path/97506
type ReceiveAppEmail struct {
	Header

	Amount int64 // how many new mails are in it
}

func (v *ReceiveAppEmail) decode(e element) { v.Amount = e.int("Amount") }

// ReceivePublicEmail: a mailbox that several members share got mail.
//
// 「公共邮箱接收邮件事件」 https://developer.work.weixin.qq.com/document/path/100180
type ReceivePublicEmail struct {
	Header

	ID     int64 // the mailbox
	Amount int64 // how many new mails are in it
}

func (v *ReceivePublicEmail) decode(e element) {
	v.ID = e.int("Id")
	v.Amount = e.int("Amount")
}
