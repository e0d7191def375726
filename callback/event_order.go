package callback

func newOrderEvent(h *Header) Event {
	switch h.event() {
	default:
		return new(Unknown)
	}
}
