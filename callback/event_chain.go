package callback

func newChainEvent(h *Header) Event {
	switch h.event() {
	default:
		return new(Unknown)
	}
}
