package callback

func newVIPEvent(h *Header) Event {
	switch h.event() {
	default:
		return new(Unknown)
	}
}
