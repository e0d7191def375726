package callback

import (
	"bytes"
	"crypto/md5" //nolint:gosec // the wire asks for it
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/wecomkit/wecom-go/internal/codec"
)

const (
	maxRobotContent = 20480
	maxRobotImages  = 10
	maxRobotImage   = 10 << 20
)

// A robotTurn is what a robot's callback lets it answer with.
type robotTurn int

const (
	turnUnknown robotTurn = iota // an event that this package does not know: anything goes
	turnNone
	turnMessage
	turnRefresh
	turnEnter
	turnCard
)

func turnOf(e Event) robotTurn {
	switch e := e.(type) {
	case *RobotTextMessage, *RobotImageMessage, *RobotMixedMessage, *RobotVoiceMessage, *RobotFileMessage, *RobotVideoMessage:
		return turnMessage
	case *RobotStream:
		return turnRefresh
	case *RobotEnterChat:
		return turnEnter
	case *RobotTemplateCardEvent:
		return turnCard
	case *Unknown:
		if bytes.HasPrefix(trimBody([]byte(e.Raw)), []byte("{")) {
			return turnUnknown
		}
	}
	return turnNone
}

var errWrongTurn = errors.New("WeCom does not take this reply to this event")

func checkTurn(e Event, turns ...robotTurn) error {
	if t := turnOf(e); t != turnUnknown && !slices.Contains(turns, t) {
		return errWrongTurn
	}
	return nil
}

// A RobotTextReply is a robot's greeting: it answers [RobotEnterChat] and
// nothing else.
//
// 「被动回复消息」 https://developer.work.weixin.qq.com/document/path/101031
type RobotTextReply struct {
	Content string
}

func (r RobotTextReply) encode(e Event, _ time.Time) (answerForm, []byte, error) {
	if err := checkTurn(e, turnEnter); err != nil {
		return 0, nil, err
	}
	if r.Content == "" {
		return 0, nil, errors.New("the Content is empty")
	}
	type text struct {
		Content string `json:"content"`
	}
	return robotAnswer(struct {
		MsgType string `json:"msgtype"`
		Text    text   `json:"text"`
	}{"text", text(r)})
}

// A RobotTemplateCardReply answers a message, or [RobotEnterChat], with a card.
// It is also a [RobotResponse].
//
// 「被动回复消息」 https://developer.work.weixin.qq.com/document/path/101031
type RobotTemplateCardReply struct {
	TemplateCard RobotTemplateCard
}

func (r RobotTemplateCardReply) encode(e Event, _ time.Time) (answerForm, []byte, error) {
	if err := checkTurn(e, turnMessage, turnEnter); err != nil {
		return 0, nil, err
	}
	body, err := r.response()
	if err != nil {
		return 0, nil, err
	}
	return robotAnswer(body)
}

// response is the card on the wire, passively and actively.
func (r RobotTemplateCardReply) response() (any, error) {
	if err := checkCard(r.TemplateCard); err != nil {
		return nil, err
	}
	return struct {
		MsgType      string            `json:"msgtype"`
		TemplateCard RobotTemplateCard `json:"template_card"`
	}{"template_card", r.TemplateCard}, nil
}

// A RobotStreamReply answers a message, or [RobotStream] after that: with the
// text as far as there is one. The user sees the latest Content, not the sum.
//
// 「被动回复消息」 https://developer.work.weixin.qq.com/document/path/101031
type RobotStreamReply struct {
	ID       string             // of your choice, unique; required in the first reply, later the same
	Finish   bool               // there is no more to come
	Content  string             // all of it so far, in Markdown; at most 20,480 bytes; <think></think> around reasoning
	MsgItem  []RobotStreamImage // with Finish only; at most 10
	Feedback RobotFeedback      // in the first reply
}

// A RobotStreamImage is a picture below a [RobotStreamReply].
type RobotStreamImage struct {
	Data []byte // a JPG or PNG file, at most 10 MB
}

// MarshalJSON writes the file in base64, with its MD5.
func (i RobotStreamImage) MarshalJSON() ([]byte, error) {
	type image struct {
		Base64 []byte `json:"base64"`
		MD5    string `json:"md5"`
	}
	sum := md5.Sum(i.Data) //nolint:gosec // the wire asks for it
	return codec.AppendPart(nil, struct {
		MsgType string `json:"msgtype"`
		Image   image  `json:"image"`
	}{"image", image{i.Data, hex.EncodeToString(sum[:])}})
}

// robotStream is a RobotStreamReply on the wire.
type robotStream struct {
	ID       string             `json:"id"`
	Finish   bool               `json:"finish"`
	Content  string             `json:"content"`
	MsgItem  []RobotStreamImage `json:"msg_item,omitzero"`
	Feedback RobotFeedback      `json:"feedback,omitzero"`
}

func (r RobotStreamReply) encode(e Event, _ time.Time) (answerForm, []byte, error) {
	stream, err := r.stream(e)
	if err != nil {
		return 0, nil, err
	}
	return robotAnswer(struct {
		MsgType string      `json:"msgtype"`
		Stream  robotStream `json:"stream"`
	}{"stream", stream})
}

func (r RobotStreamReply) stream(e Event) (robotStream, error) {
	if err := checkTurn(e, turnMessage, turnRefresh); err != nil {
		return robotStream{}, err
	}
	if refresh, ok := e.(*RobotStream); ok {
		if r.ID == "" {
			r.ID = refresh.ID
		}
		if r.ID != refresh.ID {
			return robotStream{}, fmt.Errorf("ID is %.50q, WeCom asks for %.50q", r.ID, refresh.ID)
		}
	}
	switch {
	case r.ID == "":
		return robotStream{}, errors.New("ID is empty")
	case len(r.Content) > maxRobotContent:
		return robotStream{}, contentTooLong(r.Content)
	case len(r.MsgItem) > 0 && !r.Finish:
		return robotStream{}, errors.New("MsgItem is allowed with Finish only")
	case len(r.MsgItem) > maxRobotImages:
		return robotStream{}, fmt.Errorf("MsgItem has %d images, at most %d are allowed", len(r.MsgItem), maxRobotImages)
	}
	for _, i := range r.MsgItem {
		if err := i.check(); err != nil {
			return robotStream{}, err
		}
	}
	return robotStream(r), checkFeedback(r.Feedback)
}

func contentTooLong(s string) error {
	return fmt.Errorf("the Content has %d bytes, at most %d are allowed", len(s), maxRobotContent)
}

func (i RobotStreamImage) check() error {
	switch {
	case len(i.Data) > maxRobotImage:
		return fmt.Errorf("an image has %d bytes, at most %d are allowed", len(i.Data), maxRobotImage)
	case !bytes.HasPrefix(i.Data, []byte("\x89PNG\r\n\x1a\n")) && !bytes.HasPrefix(i.Data, []byte("\xff\xd8\xff")):
		return errors.New("an image is neither PNG nor JPG")
	}
	return nil
}

// A RobotStreamWithTemplateCardReply answers like a [RobotStreamReply] and shows
// a card below the text. The card is sent once, in the first reply or in a later
// one; the others leave TemplateCard nil.
//
// 「被动回复消息」 https://developer.work.weixin.qq.com/document/path/101031
type RobotStreamWithTemplateCardReply struct {
	Stream       RobotStreamReply
	TemplateCard RobotTemplateCard
}

func (r RobotStreamWithTemplateCardReply) encode(e Event, _ time.Time) (answerForm, []byte, error) {
	stream, err := r.Stream.stream(e)
	if err == nil && r.TemplateCard != nil {
		err = checkCard(r.TemplateCard)
	}
	if err != nil {
		return 0, nil, err
	}
	return robotAnswer(struct {
		MsgType      string            `json:"msgtype"`
		Stream       robotStream       `json:"stream"`
		TemplateCard RobotTemplateCard `json:"template_card,omitzero"`
	}{"stream_with_template_card", stream, r.TemplateCard})
}

// A RobotUpdateTemplateCardReply answers [RobotTemplateCardEvent] by replacing
// the card. The TaskID of the new one is the event's if it is left empty.
//
// 「被动回复消息」 https://developer.work.weixin.qq.com/document/path/101031
type RobotUpdateTemplateCardReply struct {
	UserIDs      []string // who sees the new card, in a group; empty is everybody
	TemplateCard RobotTemplateCard
}

func (r RobotUpdateTemplateCardReply) encode(e Event, _ time.Time) (answerForm, []byte, error) {
	if err := checkTurn(e, turnCard); err != nil {
		return 0, nil, err
	}
	if r.TemplateCard == nil {
		return 0, nil, errNoCard
	}
	card := r.TemplateCard
	if event, ok := e.(*RobotTemplateCardEvent); ok {
		if card.task() == "" {
			card = card.withTask(event.TaskID)
		}
		if card.task() != event.TaskID {
			return 0, nil, fmt.Errorf("TaskID is %.150q, that of the event is %.150q", card.task(), event.TaskID)
		}
	}
	if err := checkCard(card); err != nil {
		return 0, nil, err
	}
	return robotAnswer(struct {
		ResponseType string            `json:"response_type"`
		UserIDs      []string          `json:"userids,omitzero"`
		TemplateCard RobotTemplateCard `json:"template_card"`
	}{"update_template_card", r.UserIDs, card})
}

func robotAnswer(v any) (answerForm, []byte, error) {
	body, err := codec.AppendJSON(nil, v)
	return answerJSON, body, err
}
