package callback

func newMenuEvent(h *Header) Event {
	switch h.event() {
	default:
		return new(Unknown)
	}
}
