package callback

func newArchiveEvent(h *Header) Event {
	switch h.event() {
	default:
		return new(Unknown)
	}
}
