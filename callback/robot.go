package callback

import (
	"fmt"
	"log/slog"
)

// newRobotEvent is the table of what an intelligent robot gets: the messages
// and the refreshes by their msgtype, the events by their eventtype.
func newRobotEvent(h *Header) Event {
	switch h.event() {
	case "text":
		return new(RobotTextMessage)
	case "image":
		return new(RobotImageMessage)
	case "mixed":
		return new(RobotMixedMessage)
	case "voice":
		return new(RobotVoiceMessage)
	case "file":
		return new(RobotFileMessage)
	case "video":
		return new(RobotVideoMessage)
	case "stream":
		return new(RobotStream)
	case "enter_chat":
		return new(RobotEnterChat)
	case "template_card_event":
		return new(RobotTemplateCardEvent)
	case "feedback_event":
		return new(RobotFeedbackEvent)
	default:
		return new(Unknown)
	}
}

// readRobot reads what a robot's callbacks have of a Header.
func (h *Header) readRobot(e element) {
	h.FromUserName = e.find("from").text("userid")
	h.CreateTime = e.time("create_time")
	h.MsgType = e.word("msgtype")
	h.Event = e.find("event").word("eventtype")
}

// RobotFrom is who speaks to a robot.
type RobotFrom struct {
	CorpID string // the user's corp; empty for a robot of the corp itself
	UserID string // encrypted, unless a super administrator of the corp created the robot
}

func readRobotFrom(e element) RobotFrom {
	from := e.find("from")
	return RobotFrom{CorpID: from.text("corpid"), UserID: from.text("userid")}
}

// RobotChatType is where somebody speaks to a robot.
type RobotChatType string

// Where somebody speaks to a robot.
const (
	RobotChatSingle RobotChatType = "single" // 单聊
	RobotChatGroup  RobotChatType = "group"  // 群聊
)

// A ResponseURL lets a robot reply once, within an hour, without another
// credential: see [RobotResponder]. Printing or logging it, or the event that
// holds it, does not show it; [Header.Raw] has it in clear. To store it, convert
// it to a string.
type ResponseURL string

// String shows nothing.
func (u ResponseURL) String() string {
	if u == "" {
		return ""
	}
	return "[redacted]"
}

// Format shows nothing, whatever the verb.
func (u ResponseURL) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(u.String())) }

// LogValue shows nothing.
func (u ResponseURL) LogValue() slog.Value { return slog.StringValue(u.String()) }

// RobotText is a text.
type RobotText struct {
	Content string // in a group with the @ of the robot
}

// RobotImage is a picture. What URL has is encrypted: see [Keys.DecryptFile].
type RobotImage struct {
	URL string // good for five minutes
}

// RobotMixed is text and pictures in one message.
type RobotMixed struct {
	MsgItem []RobotMixedItem
}

// RobotMixedItem is a part of a [RobotMixed].
type RobotMixedItem struct {
	MsgType string // text or image
	Text    RobotText
	Image   RobotImage
}

// RobotVoice is what somebody said.
type RobotVoice struct {
	Content string // in writing
}

// RobotFile is a file, without its name. What URL has is encrypted: see
// [Keys.DecryptFile].
type RobotFile struct {
	URL string // good for five minutes; at most 100 MB
}

// RobotVideo is a video. What URL has is encrypted: see [Keys.DecryptFile].
type RobotVideo struct {
	URL string // good for five minutes; at most 100 MB
}

// RobotQuote is the message that a message quotes.
type RobotQuote struct {
	MsgType string // text, image, mixed, voice, file or video: which field is set
	Text    RobotText
	Image   RobotImage
	Mixed   RobotMixed
	Voice   RobotVoice
	File    RobotFile
	Video   RobotVideo
}

func readRobotText(e element) RobotText { return RobotText{Content: e.find("text").text("content")} }

func readRobotImage(e element) RobotImage { return RobotImage{URL: e.find("image").text("url")} }

func readRobotMixed(e element) RobotMixed {
	var m RobotMixed
	for item := e.find("mixed").find("msg_item"); item.exists(); item = item.again() {
		m.MsgItem = append(m.MsgItem, RobotMixedItem{
			MsgType: item.word("msgtype"),
			Text:    readRobotText(item),
			Image:   readRobotImage(item),
		})
	}
	return m
}

func readRobotVoice(e element) RobotVoice {
	return RobotVoice{Content: e.find("voice").text("content")}
}

func readRobotFile(e element) RobotFile { return RobotFile{URL: e.find("file").text("url")} }

func readRobotVideo(e element) RobotVideo { return RobotVideo{URL: e.find("video").text("url")} }

func readRobotQuote(e element) *RobotQuote {
	q := e.find("quote")
	if q.word("msgtype") == "" {
		return nil
	}
	return &RobotQuote{
		MsgType: q.word("msgtype"),
		Text:    readRobotText(q),
		Image:   readRobotImage(q),
		Mixed:   readRobotMixed(q),
		Voice:   readRobotVoice(q),
		File:    readRobotFile(q),
		Video:   readRobotVideo(q),
	}
}
