package callback

func newAdvancedEvent(h *Header) Event {
	switch h.event() {
	default:
		return new(Unknown)
	}
}
