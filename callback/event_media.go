package callback

func newMediaEvent(h *Header) Event {
	switch h.event() {
	default:
		return new(Unknown)
	}
}
