package callback

func newApprovalEvent(h *Header) Event {
	switch h.event() {
	default:
		return new(Unknown)
	}
}
