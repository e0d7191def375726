package callback

func newContactEvent(h *Header) Event {
	switch h.event() {
	default:
		return new(Unknown)
	}
}
