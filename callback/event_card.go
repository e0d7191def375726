package callback

func newCardEvent(h *Header) Event {
	switch h.event() {
	case "template_card_event":
		return new(TemplateCardEvent)
	case "template_card_menu_event":
		return new(TemplateCardMenuEvent)
	case "taskcard_click":
		return new(TaskcardClick)
	default:
		return new(Unknown)
	}
}

// TemplateCardEvent: a member tapped a button of a template card, or submitted
// one. FromUserName is the member.
//
// 「模板卡片事件推送」 https://developer.work.weixin.qq.com/document/path/90240
//
// Third-party apps: https://developer.work.weixin.qq.com/document/path/90376
//
// The answer to the callback may change the card; so may a call with
// ResponseCode later.
type TemplateCardEvent struct {
	Header

	EventKey      string         // key of the button
	TaskID        string         // task_id that the card was sent with
	CardType      CardType       // kind of the card
	ResponseCode  string         // changes the card, once, within 72 hours
	SelectedItems []SelectedItem // what was chosen on the card
}

func (v *TemplateCardEvent) decode(e element) {
	v.EventKey = e.text("EventKey")
	v.TaskID = e.text("TaskId")
	v.CardType = CardType(e.word("CardType"))
	v.ResponseCode = e.text("ResponseCode")
	v.SelectedItems = each(e.find("SelectedItems"), "SelectedItem", readSelectedItem)
}

// A SelectedItem is the answer to one question of a card.
type SelectedItem struct {
	QuestionKey string   // key of the question
	OptionIDs   []string // the options that were chosen
}

func readSelectedItem(e element) SelectedItem {
	return SelectedItem{
		QuestionKey: e.text("QuestionKey"),
		OptionIDs:   append(e.list("OptionIds"), e.list("OpitonIds")...), // some pages misspell it
	}
}

// CardType is the kind of a template card.
type CardType string

// The kinds.
const (
	CardTypeTextNotice          CardType = "text_notice"          // 文本通知型
	CardTypeNewsNotice          CardType = "news_notice"          // 图文展示型
	CardTypeButtonInteraction   CardType = "button_interaction"   // 按钮交互型
	CardTypeVoteInteraction     CardType = "vote_interaction"     // 投票选择型
	CardTypeMultipleInteraction CardType = "multiple_interaction" // 多项选择型
)

// TemplateCardMenuEvent: a member tapped an entry of the menu in the corner of
// a template card. FromUserName is the member.
//
// 「通用模板卡片右上角菜单事件推送」 https://developer.work.weixin.qq.com/document/path/90240
//
// The answer to the callback may change the card; so may a call with
// ResponseCode later.
type TemplateCardMenuEvent struct {
	Header

	EventKey     string   // key of the entry
	TaskID       string   // task_id that the card was sent with
	CardType     CardType // kind of the card: one of the first three
	ResponseCode string   // changes the card, once, within 72 hours
}

func (v *TemplateCardMenuEvent) decode(e element) {
	v.EventKey = e.text("EventKey")
	v.TaskID = e.text("TaskId")
	v.CardType = CardType(e.word("CardType"))
	v.ResponseCode = e.text("ResponseCode")
}

// TaskcardClick: a member tapped a button of a task card, the kind of card that
// came before template cards. FromUserName is the member.
//
// 「任务卡片事件推送」 https://developer.work.weixin.qq.com/document/path/90240
//
// The answer to the callback may change what the button says.
type TaskcardClick struct {
	Header

	EventKey string // key of the button
	TaskID   string // task_id that the card was sent with
}

func (v *TaskcardClick) decode(e element) {
	v.EventKey = e.text("EventKey")
	v.TaskID = e.text("TaskId")
}
