package callback

// A Reply is what a handler registered by [OnReply] answers WeCom with.
type Reply interface {
	reply()
}

// PlainReply is an answer that is not encrypted.
type PlainReply string

// The answers that say no more than that an event arrived. Without a Reply, a
// third-party app's notice is answered by ReplySuccess and anything else by
// ReplyEmpty, as WeCom wants it.
const (
	ReplyEmpty   PlainReply = ""
	ReplySuccess PlainReply = "success"
)

func (PlainReply) reply() {}

// acknowledge is the answer to an event whose handler does not give one.
func acknowledge(h *Header) PlainReply {
	if h.InfoType != "" {
		return ReplySuccess
	}
	return ReplyEmpty
}
