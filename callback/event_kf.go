package callback

func newKfEvent(h *Header) Event {
	switch h.event() {
	default:
		return new(Unknown)
	}
}
