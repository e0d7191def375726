package callback

func newCardEvent(h *Header) Event {
	switch h.event() {
	default:
		return new(Unknown)
	}
}
