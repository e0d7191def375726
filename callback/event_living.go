package callback

func newLivingEvent(h *Header) Event {
	switch h.event() {
	default:
		return new(Unknown)
	}
}
