package callback

// orderKey names whom an event is about, for [WithWorkers]: the customer, the
// group or the customer service account, in any event that names one, known or
// not; or else the member who sent a message. It is empty for all other events.
func orderKey(h *Header, root element) string {
	for _, name := range [...]string{"ExternalUserID", "ChatId", "OpenKfId"} {
		if id := root.text(name); id != "" {
			return h.Corp() + "\x00" + name + "\x00" + id
		}
	}
	if h.event() == h.MsgType && h.FromUserName != "" {
		return h.Corp() + "\x00member\x00" + h.FromUserName
	}
	return ""
}

// orderOf asks the function of [WithOrder]; if that panics it is the usual order.
func (h *Handler) orderOf(e Event, root element) string {
	key := orderKey(e.Head(), root)
	err := orPanic(func() error {
		key = h.order(e, key)
		return nil
	})
	if err != nil {
		h.logger.Error("callback: the function of WithOrder panicked", "event", e.Head().Kind(), "err", err)
	}
	return key
}

func usualOrder(_ Event, usual string) string { return usual }
