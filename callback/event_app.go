package callback

func newAppEvent(h *Header) Event {
	switch h.event() {
	case "enter_agent":
		return new(EnterAgent)
	default:
		return new(Unknown)
	}
}

// EnterAgent: a member opened the app.
//
// 「进入应用」 https://developer.work.weixin.qq.com/document/path/90240
type EnterAgent struct {
	Header

	EventKey string // empty, for all the page tells
}

func (v *EnterAgent) decode(e element) { v.EventKey = e.text("EventKey") }
