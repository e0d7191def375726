package callback

func newMeetingEvent(h *Header) Event {
	switch h.event() {
	default:
		return new(Unknown)
	}
}
