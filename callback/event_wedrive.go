package callback

func newWedriveEvent(h *Header) Event {
	switch h.event() {
	default:
		return new(Unknown)
	}
}
