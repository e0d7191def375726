package message

import "strconv"

// CardSource says where a card comes from.
type CardSource struct {
	IconURL   string    `json:"icon_url,omitzero"`   // best 72×72
	Desc      string    `json:"desc,omitzero"`       // at most 20 characters
	DescColor CardColor `json:"desc_color,omitzero"` // not on votes and multiple choices
}

// CardColor is the colour of a [CardSource].
type CardColor int

// Colours of a source.
const (
	CardColorGray  CardColor = 0 // 灰色
	CardColorBlack CardColor = 1 // 黑色
	CardColorRed   CardColor = 2 // 红色
	CardColorGreen CardColor = 3 // 绿色
)

// String returns the constant's name without its prefix.
func (c CardColor) String() string {
	switch c {
	case CardColorGray:
		return "Gray"
	case CardColorBlack:
		return "Black"
	case CardColorRed:
		return "Red"
	case CardColorGreen:
		return "Green"
	}
	return "CardColor(" + strconv.Itoa(int(c)) + ")"
}

// CardActionMenu is the menu in the upper right corner of a card.
type CardActionMenu struct {
	Desc       string           `json:"desc,omitzero"`
	ActionList []CardMenuAction `json:"action_list"` // 1 to 3
}

// CardMenuAction is one line of a [CardActionMenu].
type CardMenuAction struct {
	Text string `json:"text"`
	Key  string `json:"key"` // comes back as the event's EventKey; unique, at most 1,024 bytes
}

// CardMainTitle is the title of a card.
type CardMainTitle struct {
	Title string `json:"title,omitzero"`
	Desc  string `json:"desc,omitzero"`
}

// CardLinkType is what opens when a part of a card is tapped.
type CardLinkType int

// What opens when a part of a card is tapped.
const (
	CardLinkNone        CardLinkType = 0 // 没有点击事件
	CardLinkURL         CardLinkType = 1 // 跳转url
	CardLinkMiniProgram CardLinkType = 2 // 跳转小程序
)

// String returns the constant's name without its prefix.
func (t CardLinkType) String() string {
	switch t {
	case CardLinkNone:
		return "None"
	case CardLinkURL:
		return "URL"
	case CardLinkMiniProgram:
		return "MiniProgram"
	}
	return "CardLinkType(" + strconv.Itoa(int(t)) + ")"
}

// CardQuoteArea quotes another text.
type CardQuoteArea struct {
	Type      CardLinkType `json:"type,omitzero"`
	URL       string       `json:"url,omitzero"`      // required for CardLinkURL
	AppID     string       `json:"appid,omitzero"`    // required for CardLinkMiniProgram; linked to the app
	PagePath  string       `json:"pagepath,omitzero"` // for CardLinkMiniProgram
	Title     string       `json:"title,omitzero"`
	QuoteText string       `json:"quote_text,omitzero"`
}

// CardImageTextArea is a picture with text to its right.
type CardImageTextArea struct {
	Type     CardLinkType `json:"type,omitzero"`
	URL      string       `json:"url,omitzero"`      // required for CardLinkURL
	AppID    string       `json:"appid,omitzero"`    // required for CardLinkMiniProgram; linked to the app
	PagePath string       `json:"pagepath,omitzero"` // for CardLinkMiniProgram
	Title    string       `json:"title,omitzero"`
	Desc     string       `json:"desc,omitzero"`
	ImageURL string       `json:"image_url"`
}

// CardEmphasisContent is one figure, shown large.
type CardEmphasisContent struct {
	Title string `json:"title,omitzero"` // the figure; at most 14 characters
	Desc  string `json:"desc,omitzero"`  // at most 22 characters
}

// CardImage is the picture of a card.
type CardImage struct {
	URL         string  `json:"url"`
	AspectRatio float64 `json:"aspect_ratio,omitzero"` // width by height, between 1.3 (the default) and 2.25
}

// CardVerticalContent is one paragraph of a card.
type CardVerticalContent struct {
	Title string `json:"title"`         // at most 38 characters
	Desc  string `json:"desc,omitzero"` // at most 160 characters
}

// CardHorizontalContent is one line of a card: a name and a value.
type CardHorizontalContent struct {
	Type    CardContentType `json:"type,omitzero"`
	KeyName string          `json:"keyname"`           // at most 5 characters
	Value   string          `json:"value,omitzero"`    // at most 30 characters; for CardContentFile the file's name with its extension
	URL     string          `json:"url,omitzero"`      // required for CardContentURL
	MediaID string          `json:"media_id,omitzero"` // required for CardContentFile
	UserID  string          `json:"userid,omitzero"`   // required for CardContentMember
}

// CardContentType is what opens when a [CardHorizontalContent] is tapped.
type CardContentType int

// What opens when a line is tapped.
const (
	CardContentText   CardContentType = 0 // 不是链接
	CardContentURL    CardContentType = 1 // 跳转url
	CardContentFile   CardContentType = 2 // 下载附件
	CardContentMember CardContentType = 3 // 点击跳转成员详情
)

// String returns the constant's name without its prefix.
func (t CardContentType) String() string {
	switch t {
	case CardContentText:
		return "Text"
	case CardContentURL:
		return "URL"
	case CardContentFile:
		return "File"
	case CardContentMember:
		return "Member"
	}
	return "CardContentType(" + strconv.Itoa(int(t)) + ")"
}

// CardJump is a link below a card.
type CardJump struct {
	Type     CardLinkType `json:"type,omitzero"`
	Title    string       `json:"title"`             // at most 18 characters
	URL      string       `json:"url,omitzero"`      // required for CardLinkURL
	AppID    string       `json:"appid,omitzero"`    // required for CardLinkMiniProgram; linked to the app
	PagePath string       `json:"pagepath,omitzero"` // for CardLinkMiniProgram
}

// CardAction is what opens when the card itself is tapped.
type CardAction struct {
	Type     CardLinkType `json:"type"`
	URL      string       `json:"url,omitzero"`      // required for CardLinkURL
	AppID    string       `json:"appid,omitzero"`    // required for CardLinkMiniProgram; linked to the app
	PagePath string       `json:"pagepath,omitzero"` // for CardLinkMiniProgram
}

// CardSelect is a question with one choice from a list.
type CardSelect struct {
	QuestionKey string       `json:"question_key"` // comes back with the event; unique, at most 1,024 bytes
	Title       string       `json:"title,omitzero"`
	OptionList  []CardOption `json:"option_list"`          // 1 to 10
	SelectedID  string       `json:"selected_id,omitzero"` // default the first
	Disable     bool         `json:"disable,omitzero"`     // in an update: can no longer be answered
}

// CardOption is one choice of a [CardSelect].
type CardOption struct {
	ID   string `json:"id"`   // comes back with the event; unique, at most 128 bytes
	Text string `json:"text"` // at most 16 characters
}

// CardButton is a button of a [ButtonInteractionCard].
type CardButton struct {
	Type  CardButtonType `json:"type,omitzero"`
	Text  string         `json:"text"`           // at most 10 characters
	Style int            `json:"style,omitzero"` // 1 (the default) to 4
	Key   string         `json:"key,omitzero"`   // required for CardButtonCallback: comes back as the event's EventKey; unique, at most 1,024 bytes
	URL   string         `json:"url,omitzero"`   // required for CardButtonURL
}

// CardButtonType is what a [CardButton] does.
type CardButtonType int

// What a button does.
const (
	CardButtonCallback CardButtonType = 0 // 回调点击事件
	CardButtonURL      CardButtonType = 1 // 跳转url
)

// String returns the constant's name without its prefix.
func (t CardButtonType) String() string {
	switch t {
	case CardButtonCallback:
		return "Callback"
	case CardButtonURL:
		return "URL"
	}
	return "CardButtonType(" + strconv.Itoa(int(t)) + ")"
}

// CardCheckbox is the question of a [VoteInteractionCard].
type CardCheckbox struct {
	QuestionKey string               `json:"question_key"` // comes back with the event; at most 1,024 bytes
	Mode        CardCheckboxMode     `json:"mode,omitzero"`
	OptionList  []CardCheckboxOption `json:"option_list"`      // 1 to 20
	Disable     bool                 `json:"disable,omitzero"` // in an update: can no longer be answered
}

// CardCheckboxMode is how many options can be chosen.
type CardCheckboxMode int

// How many options can be chosen.
const (
	CardCheckboxSingle   CardCheckboxMode = 0 // 单选
	CardCheckboxMultiple CardCheckboxMode = 1 // 多选
)

// String returns the constant's name without its prefix.
func (m CardCheckboxMode) String() string {
	switch m {
	case CardCheckboxSingle:
		return "Single"
	case CardCheckboxMultiple:
		return "Multiple"
	}
	return "CardCheckboxMode(" + strconv.Itoa(int(m)) + ")"
}

// CardCheckboxOption is one option of a [CardCheckbox].
type CardCheckboxOption struct {
	ID        string `json:"id"`         // comes back with the event; unique, at most 128 bytes
	Text      string `json:"text"`       // at most 17 characters
	IsChecked bool   `json:"is_checked"` // chosen beforehand
}

// CardSubmitButton sends the answers.
type CardSubmitButton struct {
	Text string `json:"text,omitzero"` // at most 10 characters; default 提交
	Key  string `json:"key"`           // comes back as the event's EventKey; at most 1,024 bytes
}
