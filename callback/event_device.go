package callback

func newDeviceEvent(h *Header) Event {
	switch h.event() {
	default:
		return new(Unknown)
	}
}
