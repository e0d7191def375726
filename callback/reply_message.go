package callback

import (
	"errors"
	"fmt"
	"time"
)

// TextReply writes a text to the member.
//
// 「文本消息」 https://developer.work.weixin.qq.com/document/path/90241
type TextReply struct {
	Content string // cut off after 2048 bytes
}

// ImageReply sends the member a picture.
//
// 「图片消息」 https://developer.work.weixin.qq.com/document/path/90241
type ImageReply struct {
	MediaID string
}

// VoiceReply sends the member a recording.
//
// 「语音消息」 https://developer.work.weixin.qq.com/document/path/90241
type VoiceReply struct {
	MediaID string
}

// VideoReply sends the member a video.
//
// 「视频消息」 https://developer.work.weixin.qq.com/document/path/90241
type VideoReply struct {
	MediaID     string
	Title       string // cut off after 128 bytes
	Description string // cut off after 512 bytes
}

// NewsReply sends the member links with pictures.
//
// 「图文消息」 https://developer.work.weixin.qq.com/document/path/90241
type NewsReply struct {
	Articles []Article
}

// An Article is one link of a [NewsReply].
type Article struct {
	Title       string `xml:"Title"`       // cut off after 128 bytes
	Description string `xml:"Description"` // cut off after 512 bytes
	PicURL      string `xml:"PicUrl"`      // JPG or PNG, best with 640×320 pixels, or 80×80 if it is not the first
	URL         string `xml:"Url"`         // what it opens
}

// UpdateButtonReply greys out the button of a template card that the member
// clicked, for this member only. It answers a template card's event, if the
// card is a [ButtonInteractionCard], [VoteInteractionCard] or
// [MultipleInteractionCard].
//
// 「更新点击用户的按钮文案」 https://developer.work.weixin.qq.com/document/path/90241
type UpdateButtonReply struct {
	ReplaceName string // the button's new text
}

// UpdateTemplateCardReply replaces the template card that the member clicked,
// for this member only. It answers a template card's event.
//
// 「更新点击用户的整张卡片」 https://developer.work.weixin.qq.com/document/path/90241
type UpdateTemplateCardReply struct {
	TemplateCard TemplateCard
}

// UpdateTaskcardReply greys out the button of a task card that the member
// clicked. It answers taskcard_click. WeCom's pages have dropped task cards in
// favour of template cards.
//
// 「任务卡片更新消息」 https://developer.work.weixin.qq.com/document/path/90241
type UpdateTaskcardReply struct {
	ReplaceName string // the button's new text
}

func (r TextReply) encode(e Event, now time.Time) (answerForm, []byte, error) {
	return replyXML(e, now, "text", takesMessage, r.write)
}

func (r ImageReply) encode(e Event, now time.Time) (answerForm, []byte, error) {
	return replyXML(e, now, "image", takesMessage, r.write)
}

func (r VoiceReply) encode(e Event, now time.Time) (answerForm, []byte, error) {
	return replyXML(e, now, "voice", takesMessage, r.write)
}

func (r VideoReply) encode(e Event, now time.Time) (answerForm, []byte, error) {
	return replyXML(e, now, "video", takesMessage, r.write)
}

func (r NewsReply) encode(e Event, now time.Time) (answerForm, []byte, error) {
	return replyXML(e, now, "news", takesMessage, r.write)
}

func (r UpdateButtonReply) encode(e Event, now time.Time) (answerForm, []byte, error) {
	return replyXML(e, now, "update_button", isCardClick, r.write)
}

func (r UpdateTemplateCardReply) encode(e Event, now time.Time) (answerForm, []byte, error) {
	return replyXML(e, now, "update_template_card", isCardClick, r.write)
}

func (r UpdateTaskcardReply) encode(e Event, now time.Time) (answerForm, []byte, error) {
	return replyXML(e, now, "update_taskcard", isTaskcardClick, r.write)
}

// takesMessage reports whether a member awaits a message: after one of theirs,
// and after the events that the page lists.
func takesMessage(h *Header) bool {
	switch h.Event {
	case "":
		return h.InfoType == "" && h.MsgType != "" && h.MsgType != "event"
	case "subscribe", "enter_agent", "LOCATION", "click", "view", "view_miniprogram", "scancode_waitmsg", "template_card_menu_event":
		return true
	default:
		return false
	}
}

func isCardClick(h *Header) bool {
	return h.Event == "template_card_event" || h.Event == "template_card_menu_event"
}

func isTaskcardClick(h *Header) bool { return h.Event == "taskcard_click" }

func (r TextReply) write(x *xmlWriter) { x.text("Content", r.Content) }

func (r ImageReply) write(x *xmlWriter) {
	x.nest("Image", func() { x.text("MediaId", r.MediaID) })
}

func (r VoiceReply) write(x *xmlWriter) {
	x.nest("Voice", func() { x.text("MediaId", r.MediaID) })
}

func (r VideoReply) write(x *xmlWriter) {
	x.nest("Video", func() {
		x.text("MediaId", r.MediaID)
		x.text("Title", r.Title)
		x.text("Description", r.Description)
	})
}

func (r NewsReply) write(x *xmlWriter) {
	x.int("ArticleCount", int64(len(r.Articles)))
	x.nest("Articles", func() { x.value("item", r.Articles) })
}

func (r UpdateButtonReply) write(x *xmlWriter) {
	x.nest("Button", func() { x.text("ReplaceName", r.ReplaceName) })
}

func (r UpdateTemplateCardReply) write(x *xmlWriter) {
	if r.TemplateCard == nil {
		x.fail(errors.New("the TemplateCard is nil"))
		return
	}
	x.nest("TemplateCard", func() {
		x.text("CardType", r.TemplateCard.cardType())
		x.fields(r.TemplateCard)
	})
}

func (r UpdateTaskcardReply) write(x *xmlWriter) {
	x.nest("TaskCard", func() { x.text("ReplaceName", r.ReplaceName) })
}

// replyXML writes a reply to e, if that takes one of this kind.
func replyXML(e Event, now time.Time, msgType string, takes func(*Header) bool, write func(*xmlWriter)) (answerForm, []byte, error) {
	h := e.Head()
	_, unknown := e.(*Unknown)
	switch {
	case !takes(h) && (!unknown || h.Event == ""):
		return 0, nil, fmt.Errorf("%s takes no reply of type %s", h.Kind(), msgType)
	case h.FromUserName == "" || h.ToUserName == "":
		return 0, nil, fmt.Errorf("%s names nobody to reply to", h.Kind())
	}
	var x xmlWriter
	x.nest("xml", func() {
		x.text("ToUserName", h.FromUserName)
		x.text("FromUserName", h.ToUserName)
		x.int("CreateTime", now.Unix())
		x.text("MsgType", msgType)
		write(&x)
	})
	return answerAlike, x.buf, x.err
}
