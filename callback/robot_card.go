package callback

import "github.com/wecomkit/wecom-go/internal/codec"

// A RobotTemplateCard is what a robot shows as a card. It is one of
// [RobotTextNoticeCard], [RobotNewsNoticeCard], [RobotButtonInteractionCard],
// [RobotVoteInteractionCard] and [RobotMultipleInteractionCard].
//
// 「模板卡片类型」 https://developer.work.weixin.qq.com/document/path/101032
//
// Lengths in characters are recommendations. Those in bytes, numbers of items
// and what is required are checked before a card is sent, because of an answer
// to a callback WeCom never says what was wrong with it.
type RobotTemplateCard interface {
	// check fails for what WeCom would drop.
	check(c *cardCheck)
	// task returns the card's id, and the card with another.
	task() string
	withTask(id string) RobotTemplateCard
}

// RobotCardType is the kind of a card.
type RobotCardType string

// The kinds of cards.
const (
	RobotCardTextNotice          RobotCardType = "text_notice"          // 文本通知
	RobotCardNewsNotice          RobotCardType = "news_notice"          // 图文展示
	RobotCardButtonInteraction   RobotCardType = "button_interaction"   // 按钮交互
	RobotCardVoteInteraction     RobotCardType = "vote_interaction"     // 投票选择
	RobotCardMultipleInteraction RobotCardType = "multiple_interaction" // 多项选择
)

// RobotTextNoticeCard is the card 文本通知: a notice in text.
type RobotTextNoticeCard struct {
	Source                CardSource                   `json:"source,omitzero"`
	ActionMenu            CardActionMenu               `json:"action_menu,omitzero"` // 1 to 3 entries
	MainTitle             CardMainTitle                `json:"main_title,omitzero"`  // its Title or SubTitleText is required
	EmphasisContent       CardEmphasisContent          `json:"emphasis_content,omitzero"`
	QuoteArea             CardQuoteArea                `json:"quote_area,omitzero"`
	SubTitleText          string                       `json:"sub_title_text,omitzero"`          // at most 112 characters
	HorizontalContentList []RobotCardHorizontalContent `json:"horizontal_content_list,omitzero"` // at most 6
	JumpList              []RobotCardJump              `json:"jump_list,omitzero"`               // at most 3
	CardAction            CardAction                   `json:"card_action"`                      // CardLinkURL or CardLinkMiniProgram
	TaskID                string                       `json:"task_id,omitzero"`                 // required with ActionMenu; unique, at most 128 of 0-9 a-z A-Z _ - @
	Feedback              RobotFeedback                `json:"feedback,omitzero"`
}

// RobotNewsNoticeCard is the card 图文展示: a notice with a picture.
type RobotNewsNoticeCard struct {
	Source                CardSource                   `json:"source,omitzero"`
	ActionMenu            CardActionMenu               `json:"action_menu,omitzero"`     // 1 to 3 entries
	MainTitle             CardMainTitle                `json:"main_title"`               // its Title is required
	CardImage             CardImage                    `json:"card_image,omitzero"`      // this or ImageTextArea is required
	ImageTextArea         CardImageTextArea            `json:"image_text_area,omitzero"` // a small picture
	QuoteArea             CardQuoteArea                `json:"quote_area,omitzero"`
	VerticalContentList   []CardVerticalContent        `json:"vertical_content_list,omitzero"`   // at most 4
	HorizontalContentList []RobotCardHorizontalContent `json:"horizontal_content_list,omitzero"` // at most 6
	JumpList              []RobotCardJump              `json:"jump_list,omitzero"`               // at most 3
	CardAction            CardAction                   `json:"card_action"`                      // CardLinkURL or CardLinkMiniProgram
	TaskID                string                       `json:"task_id,omitzero"`                 // required with ActionMenu; unique, at most 128 of 0-9 a-z A-Z _ - @
	Feedback              RobotFeedback                `json:"feedback,omitzero"`
}

// RobotButtonInteractionCard is the card 按钮交互: a question with buttons.
type RobotButtonInteractionCard struct {
	Source                CardSource                   `json:"source,omitzero"`
	ActionMenu            CardActionMenu               `json:"action_menu,omitzero"` // 1 to 3 entries
	MainTitle             CardMainTitle                `json:"main_title"`           // its Title or SubTitleText is required
	QuoteArea             CardQuoteArea                `json:"quote_area,omitzero"`
	SubTitleText          string                       `json:"sub_title_text,omitzero"`          // at most 112 characters
	HorizontalContentList []RobotCardHorizontalContent `json:"horizontal_content_list,omitzero"` // at most 6
	ButtonSelection       CardSelect                   `json:"button_selection,omitzero"`
	ButtonList            []CardButton                 `json:"button_list"` // 1 to 6
	CardAction            CardAction                   `json:"card_action,omitzero"`
	TaskID                string                       `json:"task_id"` // unique, at most 128 of 0-9 a-z A-Z _ - @
	Feedback              RobotFeedback                `json:"feedback,omitzero"`
}

// RobotVoteInteractionCard is the card 投票选择: one question with options.
type RobotVoteInteractionCard struct {
	Source       CardSource       `json:"source,omitzero"` // without DescColor
	MainTitle    CardMainTitle    `json:"main_title"`      // its Title is required
	Checkbox     CardCheckbox     `json:"checkbox"`
	SubmitButton CardSubmitButton `json:"submit_button"` // its Text is required
	TaskID       string           `json:"task_id"`       // unique, at most 128 of 0-9 a-z A-Z _ - @
	Feedback     RobotFeedback    `json:"feedback,omitzero"`
}

// RobotMultipleInteractionCard is the card 多项选择: several questions with one
// choice each.
type RobotMultipleInteractionCard struct {
	Source       CardSource       `json:"source,omitzero"`  // without DescColor
	MainTitle    CardMainTitle    `json:"main_title"`       // its Title is required
	SelectList   []CardSelect     `json:"select_list"`      // 1 to 3
	SubmitButton CardSubmitButton `json:"submit_button"`    // its Text is required
	TaskID       string           `json:"task_id,omitzero"` // unique, at most 128 of 0-9 a-z A-Z _ - @
	Feedback     RobotFeedback    `json:"feedback,omitzero"`
}

// RobotCardHorizontalContent is a line of a key and a value.
type RobotCardHorizontalContent struct {
	Type    CardContentType `json:"type,omitzero"`   // not CardContentFile
	KeyName string          `json:"keyname"`         // at most 5 characters
	Value   string          `json:"value,omitzero"`  // at most 26 characters
	URL     string          `json:"url,omitzero"`    // of CardContentURL
	UserID  string          `json:"userid,omitzero"` // of CardContentMember
}

// RobotCardJump is a link under a card's text.
type RobotCardJump struct {
	Type     CardLinkType `json:"type,omitzero"`
	Question string       `json:"question,omitzero"` // of CardLinkQuestion: what the user then asks the robot; at most 200 bytes
	Title    string       `json:"title"`             // at most 13 characters
	URL      string       `json:"url,omitzero"`      // of CardLinkURL
	AppID    string       `json:"appid,omitzero"`    // of CardLinkMiniProgram
	PagePath string       `json:"pagepath,omitzero"` // of CardLinkMiniProgram; may be empty
}

// RobotFeedback lets users rate a reply: if ID is set, what they say comes as a
// [RobotFeedbackEvent] with it.
type RobotFeedback struct {
	ID string `json:"id"` // at most 256 bytes
}

func (c RobotTextNoticeCard) task() string          { return c.TaskID }
func (c RobotNewsNoticeCard) task() string          { return c.TaskID }
func (c RobotButtonInteractionCard) task() string   { return c.TaskID }
func (c RobotVoteInteractionCard) task() string     { return c.TaskID }
func (c RobotMultipleInteractionCard) task() string { return c.TaskID }

func (c RobotTextNoticeCard) withTask(id string) RobotTemplateCard {
	c.TaskID = id
	return c
}

func (c RobotNewsNoticeCard) withTask(id string) RobotTemplateCard {
	c.TaskID = id
	return c
}

func (c RobotButtonInteractionCard) withTask(id string) RobotTemplateCard {
	c.TaskID = id
	return c
}

func (c RobotVoteInteractionCard) withTask(id string) RobotTemplateCard {
	c.TaskID = id
	return c
}

func (c RobotMultipleInteractionCard) withTask(id string) RobotTemplateCard {
	c.TaskID = id
	return c
}

// MarshalJSON adds the card_type.
func (c RobotTextNoticeCard) MarshalJSON() ([]byte, error) {
	type plain RobotTextNoticeCard
	return codec.AppendPart(nil, struct {
		CardType RobotCardType `json:"card_type"`
		plain
	}{RobotCardTextNotice, plain(c)})
}

// MarshalJSON adds the card_type.
func (c RobotNewsNoticeCard) MarshalJSON() ([]byte, error) {
	type plain RobotNewsNoticeCard
	return codec.AppendPart(nil, struct {
		CardType RobotCardType `json:"card_type"`
		plain
	}{RobotCardNewsNotice, plain(c)})
}

// MarshalJSON adds the card_type.
func (c RobotButtonInteractionCard) MarshalJSON() ([]byte, error) {
	type plain RobotButtonInteractionCard
	return codec.AppendPart(nil, struct {
		CardType RobotCardType `json:"card_type"`
		plain
	}{RobotCardButtonInteraction, plain(c)})
}

// MarshalJSON adds the card_type.
func (c RobotVoteInteractionCard) MarshalJSON() ([]byte, error) {
	type plain RobotVoteInteractionCard
	return codec.AppendPart(nil, struct {
		CardType RobotCardType `json:"card_type"`
		plain
	}{RobotCardVoteInteraction, plain(c)})
}

// MarshalJSON adds the card_type.
func (c RobotMultipleInteractionCard) MarshalJSON() ([]byte, error) {
	type plain RobotMultipleInteractionCard
	return codec.AppendPart(nil, struct {
		CardType RobotCardType `json:"card_type"`
		plain
	}{RobotCardMultipleInteraction, plain(c)})
}
