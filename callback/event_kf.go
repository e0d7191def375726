package callback

func newKfEvent(h *Header) Event {
	switch h.event() {
	case "kf_msg_or_event":
		return new(KfMsgOrEvent)
	case "kf_account_auth_change":
		return new(KfAccountAuthChange)
	default:
		return new(Unknown)
	}
}

// KfMsgOrEvent: a customer or a member wrote or did something in a chat of
// customer service. What it was is read with kf/sync_msg, from the cursor that
// the last call returned.
//
// 「回调事件」 https://developer.work.weixin.qq.com/document/path/94670
//
// Third-party apps: https://developer.work.weixin.qq.com/document/path/94699
//
// Read one account's messages one call after the other, and not in this
// handler: two at a time read, and answer, the same messages twice. One event
// may stand for several messages, and some messages come without one.
type KfMsgOrEvent struct {
	Header

	Token    string // lets sync_msg be called often for ten minutes; at most 128 bytes
	OpenKfID string // the account that has something new
}

func (v *KfMsgOrEvent) decode(e element) {
	v.Token = e.text("Token")
	v.OpenKfID = e.text("OpenKfId")
}

// KfAccountAuthChange: the app may manage other accounts of customer service
// than before. That it lost some is reported even if it lost the permission
// with them.
//
// 「客服账号授权变更事件」 https://developer.work.weixin.qq.com/document/path/97712
type KfAccountAuthChange struct {
	Header

	AuthAddOpenKfID []string // the accounts that it got
	AuthDelOpenKfID []string // those that it lost
}

func (v *KfAccountAuthChange) decode(e element) {
	v.AuthAddOpenKfID = e.list("AuthAddOpenKfId")
	v.AuthDelOpenKfID = e.list("AuthDelOpenKfId")
}
