package callback

func newRegisterEvent(h *Header) Event {
	switch h.event() {
	default:
		return new(Unknown)
	}
}
