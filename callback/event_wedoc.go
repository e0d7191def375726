package callback

func newWedocEvent(h *Header) Event {
	switch h.event() {
	default:
		return new(Unknown)
	}
}
