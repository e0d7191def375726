package callback

func newExmailEvent(h *Header) Event {
	switch h.event() {
	default:
		return new(Unknown)
	}
}
