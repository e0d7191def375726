package callback

func newLicenseEvent(h *Header) Event {
	switch h.event() {
	default:
		return new(Unknown)
	}
}
