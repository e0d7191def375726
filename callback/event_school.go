package callback

func newSchoolEvent(h *Header) Event {
	switch h.event() {
	default:
		return new(Unknown)
	}
}
