package callback

func newSuiteEvent(h *Header) Event {
	switch h.event() {
	default:
		return new(Unknown)
	}
}
