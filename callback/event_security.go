package callback

func newSecurityEvent(h *Header) Event {
	switch h.event() {
	default:
		return new(Unknown)
	}
}
