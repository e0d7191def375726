package callback

func newCalendarEvent(h *Header) Event {
	switch h.event() {
	default:
		return new(Unknown)
	}
}
