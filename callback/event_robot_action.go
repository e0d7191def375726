package callback

import (
	"cmp"
	"strconv"
)

// RobotEnterChat: somebody opened the chat with the robot, for the first time
// that day.
//
// 「进入会话事件」 https://developer.work.weixin.qq.com/document/path/101027
//
// Greet with a [RobotTextReply] or a [RobotTemplateCardReply]. Without an answer
// it does not come again that day.
type RobotEnterChat struct {
	Header

	MsgID    string // the same when it is delivered again
	AIBotID  string // the robot
	ChatID   string // of a group; empty in a single chat
	ChatType RobotChatType
	From     RobotFrom
}

func (v *RobotEnterChat) decode(e element) {
	v.MsgID = e.word("msgid")
	v.AIBotID = e.text("aibotid")
	v.ChatID = e.text("chatid")
	v.ChatType = RobotChatType(e.word("chattype"))
	v.From = readRobotFrom(e)
}

// RobotTemplateCardEvent: somebody pressed a button or a menu entry of a card.
//
// 「模板卡片事件」 https://developer.work.weixin.qq.com/document/path/101027
//
// WeCom delivers it once only. Answer with a [RobotUpdateTemplateCardReply] to
// change the card.
type RobotTemplateCardEvent struct {
	Header

	MsgID         string // the same when it is delivered again
	AIBotID       string // the robot
	ChatID        string // of a group; empty in a single chat
	ChatType      RobotChatType
	From          RobotFrom
	ResponseURL   ResponseURL // to reply once more, later
	CardType      RobotCardType
	EventKey      string // of what was pressed
	TaskID        string // of the card
	SelectedItems []RobotSelectedItem
}

func (v *RobotTemplateCardEvent) decode(e element) {
	c := e.find("event").find("template_card_event")
	v.MsgID = e.word("msgid")
	v.AIBotID = e.text("aibotid")
	v.ChatID = e.text("chatid")
	v.ChatType = RobotChatType(e.word("chattype"))
	v.From = readRobotFrom(e)
	v.ResponseURL = ResponseURL(e.text("response_url"))
	v.CardType = RobotCardType(cmp.Or(c.word("card_type"), c.word("cardtype")))
	v.EventKey = cmp.Or(c.text("event_key"), c.text("eventkey"))
	v.TaskID = c.text("task_id")
	for item := c.find("selected_items").find("selected_item"); item.exists(); item = item.again() {
		v.SelectedItems = append(v.SelectedItems, RobotSelectedItem{
			QuestionKey: item.text("question_key"),
			OptionIDs:   item.list("option_ids"),
		})
	}
}

// RobotSelectedItem is what somebody chose in one question of a card.
type RobotSelectedItem struct {
	QuestionKey string
	OptionIDs   []string
}

// RobotFeedbackEvent: somebody rated a reply that had a feedback id.
//
// 「用户反馈事件」 https://developer.work.weixin.qq.com/document/path/101027
//
// It cannot be answered.
type RobotFeedbackEvent struct {
	Header

	MsgID                string // the same when it is delivered again
	AIBotID              string // the robot
	ChatID               string // of a group; empty in a single chat
	ChatType             RobotChatType
	From                 RobotFrom
	ID                   string // of the feedback, as the reply set it
	Type                 RobotFeedbackType
	Content              string                  // what the user wrote; only with RobotFeedbackInaccurate
	InaccurateReasonList []RobotInaccurateReason // likewise
}

func (v *RobotFeedbackEvent) decode(e element) {
	f := e.find("event").find("feedback_event")
	v.MsgID = e.word("msgid")
	v.AIBotID = e.text("aibotid")
	v.ChatID = e.text("chatid")
	v.ChatType = RobotChatType(e.word("chattype"))
	v.From = readRobotFrom(e)
	v.ID = f.text("id")
	v.Type = RobotFeedbackType(f.int("type"))
	v.Content = f.text("content")
	for _, s := range f.list("inaccurate_reason_list") {
		if n, err := strconv.Atoi(s); err == nil {
			v.InaccurateReasonList = append(v.InaccurateReasonList, RobotInaccurateReason(n))
		}
	}
}

// RobotFeedbackType is how somebody rates a reply.
type RobotFeedbackType int

// How somebody rates a reply.
const (
	RobotFeedbackAccurate   RobotFeedbackType = 1 // 准确
	RobotFeedbackInaccurate RobotFeedbackType = 2 // 不准确
	RobotFeedbackWithdrawn  RobotFeedbackType = 3 // 取消准确/不准确
)

// RobotInaccurateReason is what somebody has against a reply.
type RobotInaccurateReason int

// What somebody has against a reply.
const (
	RobotInaccurateIrrelevant RobotInaccurateReason = 1 // 与问题无关
	RobotInaccurateIncomplete RobotInaccurateReason = 2 // 内容不完整
	RobotInaccurateWrong      RobotInaccurateReason = 3 // 内容有错误
	RobotInaccurateAnalysis   RobotInaccurateReason = 4 // 数据分析错误
)
