package message

import "github.com/wecomkit/wecom-go/internal/codec"

// A TemplateCard is one of the five template cards: [TextNoticeCard],
// [NewsNoticeCard], [ButtonInteractionCard], [VoteInteractionCard] and
// [MultipleInteractionCard].
//
// They are shown in WeCom only. Those that can be updated, by
// [Service.UpdateTemplateCard], need an app with a callback. Lengths are
// recommendations unless a field says otherwise.
type TemplateCard interface {
	templateCard()
}

// TextNoticeCard is the template card 文本通知型: a notice in text. With an
// ActionMenu it can be updated after it was sent.
type TextNoticeCard struct {
	Source                CardSource              `json:"source,omitzero"`
	ActionMenu            CardActionMenu          `json:"action_menu,omitzero"`
	TaskID                string                  `json:"task_id,omitzero"`    // required with ActionMenu; unique in the app, at most 128 of 0-9 a-z A-Z _ - @
	MainTitle             CardMainTitle           `json:"main_title,omitzero"` // at most 36 and 44 characters; this or SubTitleText is required
	QuoteArea             CardQuoteArea           `json:"quote_area,omitzero"`
	EmphasisContent       CardEmphasisContent     `json:"emphasis_content,omitzero"`
	SubTitleText          string                  `json:"sub_title_text,omitzero"`          // at most 160 characters
	HorizontalContentList []CardHorizontalContent `json:"horizontal_content_list,omitzero"` // must not be more than 6
	JumpList              []CardJump              `json:"jump_list,omitzero"`               // must not be more than 3
	CardAction            CardAction              `json:"card_action"`                      // CardLinkURL or CardLinkMiniProgram
}

// NewsNoticeCard is the template card 图文展示型: a notice with a picture. With
// an ActionMenu it can be updated after it was sent.
type NewsNoticeCard struct {
	Source                CardSource              `json:"source,omitzero"`
	ActionMenu            CardActionMenu          `json:"action_menu,omitzero"`
	TaskID                string                  `json:"task_id,omitzero"` // required with ActionMenu; unique in the app, at most 128 of 0-9 a-z A-Z _ - @
	MainTitle             CardMainTitle           `json:"main_title"`       // at most 36 and 44 characters
	QuoteArea             CardQuoteArea           `json:"quote_area,omitzero"`
	ImageTextArea         CardImageTextArea       `json:"image_text_area,omitzero"` // this or CardImage is required
	CardImage             CardImage               `json:"card_image,omitzero"`
	VerticalContentList   []CardVerticalContent   `json:"vertical_content_list,omitzero"`   // must not be more than 4
	HorizontalContentList []CardHorizontalContent `json:"horizontal_content_list,omitzero"` // must not be more than 6
	JumpList              []CardJump              `json:"jump_list,omitzero"`               // must not be more than 3
	CardAction            CardAction              `json:"card_action"`                      // CardLinkURL or CardLinkMiniProgram
}

// ButtonInteractionCard is the template card 按钮交互型: a question with
// buttons. It can be updated after it was sent.
type ButtonInteractionCard struct {
	Source                CardSource              `json:"source,omitzero"`
	ActionMenu            CardActionMenu          `json:"action_menu,omitzero"`
	MainTitle             CardMainTitle           `json:"main_title"` // at most 36 and 44 characters
	QuoteArea             CardQuoteArea           `json:"quote_area,omitzero"`
	SubTitleText          string                  `json:"sub_title_text,omitzero"`          // at most 160 characters
	HorizontalContentList []CardHorizontalContent `json:"horizontal_content_list,omitzero"` // must not be more than 6
	CardAction            CardAction              `json:"card_action,omitzero"`
	TaskID                string                  `json:"task_id,omitzero"` // required to send it; unique in the app, at most 128 of 0-9 a-z A-Z _ - @
	ButtonSelection       CardSelect              `json:"button_selection,omitzero"`
	ButtonList            []CardButton            `json:"button_list"`           // must not be more than 6
	ReplaceText           string                  `json:"replace_text,omitzero"` // in an update: the text of a grey button
}

// VoteInteractionCard is the template card 投票选择型: one question with
// options. It can be updated after it was sent.
type VoteInteractionCard struct {
	Source       CardSource       `json:"source,omitzero"`
	MainTitle    CardMainTitle    `json:"main_title"`       // at most 16 and 160 characters
	TaskID       string           `json:"task_id,omitzero"` // required to send it; unique in the app, at most 128 of 0-9 a-z A-Z _ - @
	Checkbox     CardCheckbox     `json:"checkbox"`
	SubmitButton CardSubmitButton `json:"submit_button,omitzero"` // required to send it
	ReplaceText  string           `json:"replace_text,omitzero"`  // in an update: the text of a grey button
}

// MultipleInteractionCard is the template card 多项选择型: several questions
// with one choice each. It can be updated after it was sent.
type MultipleInteractionCard struct {
	Source       CardSource       `json:"source,omitzero"`
	MainTitle    CardMainTitle    `json:"main_title"`             // at most 36 and 160 characters
	TaskID       string           `json:"task_id,omitzero"`       // required to send it; unique in the app, at most 128 of 0-9 a-z A-Z _ - @
	SelectList   []CardSelect     `json:"select_list"`            // must not be more than 3
	SubmitButton CardSubmitButton `json:"submit_button,omitzero"` // required to send it
	ReplaceText  string           `json:"replace_text,omitzero"`  // in an update: the text of a grey button
}

func (TextNoticeCard) msgType() string          { return "template_card" }
func (NewsNoticeCard) msgType() string          { return "template_card" }
func (ButtonInteractionCard) msgType() string   { return "template_card" }
func (VoteInteractionCard) msgType() string     { return "template_card" }
func (MultipleInteractionCard) msgType() string { return "template_card" }

func (TextNoticeCard) appBody()          {}
func (NewsNoticeCard) appBody()          {}
func (ButtonInteractionCard) appBody()   {}
func (VoteInteractionCard) appBody()     {}
func (MultipleInteractionCard) appBody() {}

func (TextNoticeCard) templateCard()          {}
func (NewsNoticeCard) templateCard()          {}
func (ButtonInteractionCard) templateCard()   {}
func (VoteInteractionCard) templateCard()     {}
func (MultipleInteractionCard) templateCard() {}

// MarshalJSON adds the card_type.
func (c TextNoticeCard) MarshalJSON() ([]byte, error) {
	type plain TextNoticeCard
	return codec.AppendPart(nil, struct {
		CardType string `json:"card_type"`
		plain
	}{"text_notice", plain(c)})
}

// MarshalJSON adds the card_type.
func (c NewsNoticeCard) MarshalJSON() ([]byte, error) {
	type plain NewsNoticeCard
	return codec.AppendPart(nil, struct {
		CardType string `json:"card_type"`
		plain
	}{"news_notice", plain(c)})
}

// MarshalJSON adds the card_type.
func (c ButtonInteractionCard) MarshalJSON() ([]byte, error) {
	type plain ButtonInteractionCard
	return codec.AppendPart(nil, struct {
		CardType string `json:"card_type"`
		plain
	}{"button_interaction", plain(c)})
}

// MarshalJSON adds the card_type.
func (c VoteInteractionCard) MarshalJSON() ([]byte, error) {
	type plain VoteInteractionCard
	return codec.AppendPart(nil, struct {
		CardType string `json:"card_type"`
		plain
	}{"vote_interaction", plain(c)})
}

// MarshalJSON adds the card_type.
func (c MultipleInteractionCard) MarshalJSON() ([]byte, error) {
	type plain MultipleInteractionCard
	return codec.AppendPart(nil, struct {
		CardType string `json:"card_type"`
		plain
	}{"multiple_interaction", plain(c)})
}
