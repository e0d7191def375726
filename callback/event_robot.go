package callback

// RobotTextMessage: somebody wrote to the robot, or mentioned it in a group.
//
// 「文本消息」 https://developer.work.weixin.qq.com/document/path/100719
//
// Answer it, as all other messages, with a [RobotStreamReply], a
// [RobotTemplateCardReply] or both in a [RobotStreamWithTemplateCardReply].
type RobotTextMessage struct {
	Header

	MsgID       string // the same when it is delivered again
	AIBotID     string // the robot
	ChatID      string // of a group; empty in a single chat
	ChatType    RobotChatType
	From        RobotFrom
	ResponseURL ResponseURL // to reply once more, later
	Text        RobotText
	Quote       *RobotQuote // nil unless it quotes a message
}

func (v *RobotTextMessage) decode(e element) {
	v.MsgID = e.word("msgid")
	v.AIBotID = e.text("aibotid")
	v.ChatID = e.text("chatid")
	v.ChatType = RobotChatType(e.word("chattype"))
	v.From = readRobotFrom(e)
	v.ResponseURL = ResponseURL(e.text("response_url"))
	v.Text = readRobotText(e)
	v.Quote = readRobotQuote(e)
}

// RobotImageMessage: somebody sent the robot a picture.
//
// 「图片消息」 https://developer.work.weixin.qq.com/document/path/100719
//
// Robots get it in single chats only.
type RobotImageMessage struct {
	Header

	MsgID       string // the same when it is delivered again
	AIBotID     string // the robot
	ChatType    RobotChatType
	From        RobotFrom
	ResponseURL ResponseURL // to reply once more, later
	Image       RobotImage
}

func (v *RobotImageMessage) decode(e element) {
	v.MsgID = e.word("msgid")
	v.AIBotID = e.text("aibotid")
	v.ChatType = RobotChatType(e.word("chattype"))
	v.From = readRobotFrom(e)
	v.ResponseURL = ResponseURL(e.text("response_url"))
	v.Image = readRobotImage(e)
}

// RobotMixedMessage: somebody sent the robot text and pictures in one message.
//
// 「图文混排消息」 https://developer.work.weixin.qq.com/document/path/100719
type RobotMixedMessage struct {
	Header

	MsgID       string // the same when it is delivered again
	AIBotID     string // the robot
	ChatID      string // of a group; empty in a single chat
	ChatType    RobotChatType
	From        RobotFrom
	ResponseURL ResponseURL // to reply once more, later
	Mixed       RobotMixed
	Quote       *RobotQuote // nil unless it quotes a message
}

func (v *RobotMixedMessage) decode(e element) {
	v.MsgID = e.word("msgid")
	v.AIBotID = e.text("aibotid")
	v.ChatID = e.text("chatid")
	v.ChatType = RobotChatType(e.word("chattype"))
	v.From = readRobotFrom(e)
	v.ResponseURL = ResponseURL(e.text("response_url"))
	v.Mixed = readRobotMixed(e)
	v.Quote = readRobotQuote(e)
}

// RobotVoiceMessage: somebody spoke to the robot.
//
// 「语音消息」 https://developer.work.weixin.qq.com/document/path/100719
//
// Robots get it in single chats only.
type RobotVoiceMessage struct {
	Header

	MsgID       string // the same when it is delivered again
	AIBotID     string // the robot
	ChatType    RobotChatType
	From        RobotFrom
	ResponseURL ResponseURL // to reply once more, later
	Voice       RobotVoice
}

func (v *RobotVoiceMessage) decode(e element) {
	v.MsgID = e.word("msgid")
	v.AIBotID = e.text("aibotid")
	v.ChatType = RobotChatType(e.word("chattype"))
	v.From = readRobotFrom(e)
	v.ResponseURL = ResponseURL(e.text("response_url"))
	v.Voice = readRobotVoice(e)
}

// RobotFileMessage: somebody sent the robot a file.
//
// 「文件消息」 https://developer.work.weixin.qq.com/document/path/100719
//
// Robots get it in single chats only.
type RobotFileMessage struct {
	Header

	MsgID       string // the same when it is delivered again
	AIBotID     string // the robot
	ChatID      string // of a group; empty in a single chat
	ChatType    RobotChatType
	From        RobotFrom
	ResponseURL ResponseURL // to reply once more, later
	File        RobotFile
}

func (v *RobotFileMessage) decode(e element) {
	v.MsgID = e.word("msgid")
	v.AIBotID = e.text("aibotid")
	v.ChatID = e.text("chatid")
	v.ChatType = RobotChatType(e.word("chattype"))
	v.From = readRobotFrom(e)
	v.ResponseURL = ResponseURL(e.text("response_url"))
	v.File = readRobotFile(e)
}

// RobotVideoMessage: somebody sent the robot a video.
//
// 「视频消息」 https://developer.work.weixin.qq.com/document/path/100719
//
// Robots get it in single chats only.
type RobotVideoMessage struct {
	Header

	MsgID       string // the same when it is delivered again
	AIBotID     string // the robot
	ChatType    RobotChatType
	From        RobotFrom
	ResponseURL ResponseURL // to reply once more, later
	Video       RobotVideo
}

func (v *RobotVideoMessage) decode(e element) {
	v.MsgID = e.word("msgid")
	v.AIBotID = e.text("aibotid")
	v.ChatType = RobotChatType(e.word("chattype"))
	v.From = readRobotFrom(e)
	v.ResponseURL = ResponseURL(e.text("response_url"))
	v.Video = readRobotVideo(e)
}

// RobotStream: WeCom asks how a stream goes on.
//
// 「流式消息刷新」 https://developer.work.weixin.qq.com/document/path/100719
//
// It comes again and again after a [RobotStreamReply] without Finish, until one
// has it, for six minutes at most after the message. Answer at once, with what
// there is so far: register it with [OnReply], or let [RobotStreams] do it. It is
// the one event that is not de-duplicated.
type RobotStream struct {
	Header

	MsgID    string // the same when it is delivered again
	AIBotID  string // the robot
	ChatID   string // of a group; empty in a single chat
	ChatType RobotChatType
	From     RobotFrom
	ID       string // of the stream, as the first reply chose it
}

func (v *RobotStream) decode(e element) {
	v.MsgID = e.word("msgid")
	v.AIBotID = e.text("aibotid")
	v.ChatID = e.text("chatid")
	v.ChatType = RobotChatType(e.word("chattype"))
	v.From = readRobotFrom(e)
	v.ID = e.find("stream").text("id")
}
