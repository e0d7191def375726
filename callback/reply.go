package callback

import (
	"fmt"
	"time"
)

// A Reply is what a handler registered by [OnReply] answers WeCom with:
//
//   - A message to the member who wrote or clicked: [TextReply], [ImageReply],
//     [VoiceReply], [VideoReply] or [NewsReply]. It answers a message, and the
//     events subscribe, enter_agent, LOCATION, click, view, view_miniprogram,
//     scancode_waitmsg and template_card_menu_event.
//   - A change of the card that the member clicked: [UpdateButtonReply],
//     [UpdateTemplateCardReply] or [UpdateTaskcardReply].
//   - What an intelligent robot says: [RobotStreamReply], [RobotTemplateCardReply],
//     [RobotStreamWithTemplateCardReply], [RobotUpdateTemplateCardReply] or
//     [RobotTextReply].
//   - No more than a word: [PlainReply].
//
// All but the last are encrypted with the keys and for the id that the event came
// with. A reply that does not fit the event, or has a character that XML
// cannot hold, is a failure of the handler: nothing of it is sent. An event of
// a kind that this package does not know takes any reply.
//
// 「被动回复消息格式」 https://developer.work.weixin.qq.com/document/path/90241
type Reply interface {
	// encode writes the answer to e, before it is encrypted. Nobody tells what
	// WeCom does not like about an answer, so it fails for what WeCom would drop.
	encode(e Event, now time.Time) (answerForm, []byte, error)
}

// An answerForm is what an answer is wrapped into.
type answerForm int

const (
	answerPlain answerForm = iota
	answerAlike            // XML or JSON, as the request
	answerJSON
)

// An answerBody is an answer as it goes out.
type answerBody struct {
	contentType string
	body        []byte
}

// reply makes the answer to an event; a nil Reply is the usual one.
func (h *Handler) reply(d delivery, r Reply) (answerBody, error) {
	if r == nil {
		r = acknowledge(d.event.Head())
	}
	now := h.clock.Now()
	form, body, err := r.encode(d.event, now)
	if err != nil {
		return answerBody{}, fmt.Errorf("callback: %T to %T: %w", r, d.event, err)
	}
	if form == answerPlain {
		return answerBody{plainText, body}, nil
	}
	msg := d.msg
	msg.Body = body
	env, err := h.codec.Encrypt(msg, now)
	switch {
	case err != nil:
		return answerBody{}, err
	case form == answerJSON || d.json:
		return answerBody{"application/json; charset=utf-8", env.JSON()}, nil
	default:
		return answerBody{"application/xml; charset=utf-8", env.XML()}, nil
	}
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

func (p PlainReply) encode(Event, time.Time) (answerForm, []byte, error) {
	return answerPlain, []byte(p), nil
}

// acknowledge is the answer to an event whose handler does not give one.
func acknowledge(h *Header) PlainReply {
	if h.InfoType != "" {
		return ReplySuccess
	}
	return ReplyEmpty
}
