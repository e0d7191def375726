package callback

// A TemplateCard is one of the five template cards, as an
// [UpdateTemplateCardReply] shows them: [TextNoticeCard], [NewsNoticeCard],
// [ButtonInteractionCard], [VoteInteractionCard] and
// [MultipleInteractionCard]. They look like those that package message sends.
// What is zero is left out.
type TemplateCard interface {
	cardType() string
}

// TextNoticeCard is the template card 文本通知型: a notice in text.
type TextNoticeCard struct {
	Source                CardSource              `xml:"Source"`
	MainTitle             CardMainTitle           `xml:"MainTitle"`             // this or SubTitleText is required
	SubTitleText          string                  `xml:"SubTitleText"`          // text under the title
	HorizontalContentList []CardHorizontalContent `xml:"HorizontalContentList"` // at most 6
	JumpList              []CardJump              `xml:"JumpList"`              // at most 3
	CardAction            CardAction              `xml:"CardAction"`            // required
	EmphasisContent       CardEmphasisContent     `xml:"EmphasisContent"`
	ActionMenu            CardActionMenu          `xml:"ActionMenu"`
	QuoteArea             CardQuoteArea           `xml:"QuoteArea"`
}

// NewsNoticeCard is the template card 图文展示型: a notice with a picture.
type NewsNoticeCard struct {
	Source                CardSource              `xml:"Source"`
	MainTitle             CardMainTitle           `xml:"MainTitle"`
	HorizontalContentList []CardHorizontalContent `xml:"HorizontalContentList"` // at most 6
	JumpList              []CardJump              `xml:"JumpList"`              // at most 3
	CardAction            CardAction              `xml:"CardAction"`            // required
	CardImage             CardImage               `xml:"CardImage"`             // this or ImageTextArea is required
	VerticalContentList   []CardVerticalContent   `xml:"VerticalContentList"`   // at most 4
	ActionMenu            CardActionMenu          `xml:"ActionMenu"`
	QuoteArea             CardQuoteArea           `xml:"QuoteArea"`
	ImageTextArea         CardImageTextArea       `xml:"ImageTextArea"`
}

// ButtonInteractionCard is the template card 按钮交互型: a question with
// buttons.
type ButtonInteractionCard struct {
	Source                CardSource              `xml:"Source"`
	MainTitle             CardMainTitle           `xml:"MainTitle"`
	SubTitleText          string                  `xml:"SubTitleText"`          // text under the title
	HorizontalContentList []CardHorizontalContent `xml:"HorizontalContentList"` // at most 6
	CardAction            CardAction              `xml:"CardAction"`
	ButtonList            []CardButton            `xml:"ButtonList"`  // at most 6
	ReplaceText           string                  `xml:"ReplaceText"` // shows one grey button with this text instead
	ActionMenu            CardActionMenu          `xml:"ActionMenu"`
	QuoteArea             CardQuoteArea           `xml:"QuoteArea"`
	ButtonSelection       CardSelect              `xml:"ButtonSelection"`
}

// VoteInteractionCard is the template card 投票选择型: one question with
// options.
type VoteInteractionCard struct {
	Source       CardSource       `xml:"Source"`
	MainTitle    CardMainTitle    `xml:"MainTitle"`
	CheckBox     CardCheckbox     `xml:"CheckBox"`
	SubmitButton CardSubmitButton `xml:"SubmitButton"`
	ReplaceText  string           `xml:"ReplaceText"` // shows one grey button with this text instead
}

// MultipleInteractionCard is the template card 多项选择型: several questions
// with one choice each.
type MultipleInteractionCard struct {
	Source       CardSource       `xml:"Source"`
	MainTitle    CardMainTitle    `xml:"MainTitle"`
	SelectList   []CardSelect     `xml:"SelectList"` // at most 3
	SubmitButton CardSubmitButton `xml:"SubmitButton"`
	ReplaceText  string           `xml:"ReplaceText"` // shows one grey button with this text instead
}

func (TextNoticeCard) cardType() string          { return "text_notice" }
func (NewsNoticeCard) cardType() string          { return "news_notice" }
func (ButtonInteractionCard) cardType() string   { return "button_interaction" }
func (VoteInteractionCard) cardType() string     { return "vote_interaction" }
func (MultipleInteractionCard) cardType() string { return "multiple_interaction" }

// CardSource says where a card comes from.
type CardSource struct {
	IconURL   string    `xml:"IconUrl" json:"icon_url,omitzero"`
	Desc      string    `xml:"Desc" json:"desc,omitzero"`
	DescColor CardColor `xml:"DescColor" json:"desc_color,omitzero"`
}

// CardColor is the colour of a source's text.
type CardColor int

// The colours.
const (
	CardColorGray  CardColor = 0 // 灰色
	CardColorBlack CardColor = 1 // 黑色
	CardColorRed   CardColor = 2 // 红色
	CardColorGreen CardColor = 3 // 绿色
)

// CardMainTitle is a card's title.
type CardMainTitle struct {
	Title string `xml:"Title" json:"title,omitzero"`
	Desc  string `xml:"Desc" json:"desc,omitzero"` // in addition
}

// CardEmphasisContent is a figure that a card shows large.
type CardEmphasisContent struct {
	Title string `xml:"Title" json:"title,omitzero"` // the figure
	Desc  string `xml:"Desc" json:"desc,omitzero"`   // what it is
}

// CardLinkType is what a click opens.
type CardLinkType int

// The links. Which of them a part of a card knows is said there.
const (
	CardLinkNone        CardLinkType = 0 // 不是链接
	CardLinkURL         CardLinkType = 1 // 跳转url
	CardLinkMiniProgram CardLinkType = 2 // 跳转小程序
	CardLinkQuestion    CardLinkType = 3 // 触发消息智能回复; of a [RobotCardJump] only
)

// CardContentType is what a click on a [CardHorizontalContent] opens.
type CardContentType int

// The links.
const (
	CardContentText   CardContentType = 0 // 不是链接
	CardContentURL    CardContentType = 1 // 跳转url
	CardContentFile   CardContentType = 2 // 下载附件
	CardContentMember CardContentType = 3 // 点击跳转成员详情
)

// CardHorizontalContent is a line of a key and a value.
type CardHorizontalContent struct {
	Type    CardContentType `xml:"Type"`
	KeyName string          `xml:"KeyName"` // required
	Value   string          `xml:"Value"`   // of CardContentFile the file's name with its suffix
	URL     string          `xml:"Url"`     // of CardContentURL
	MediaID string          `xml:"MediaId"` // of CardContentFile
	UserID  string          `xml:"UserId"`  // of CardContentMember
}

// CardVerticalContent is a title with a text under it.
type CardVerticalContent struct {
	Title string `xml:"Title" json:"title"`
	Desc  string `xml:"Desc" json:"desc,omitzero"`
}

// CardJump is a link under a card's text.
type CardJump struct {
	Type     CardLinkType `xml:"Type"`
	Title    string       `xml:"Title"`    // required
	URL      string       `xml:"Url"`      // of CardLinkURL
	AppID    string       `xml:"AppId"`    // of CardLinkMiniProgram
	PagePath string       `xml:"PagePath"` // of CardLinkMiniProgram; may be empty
}

// CardAction is what a click on the card opens.
type CardAction struct {
	Type     CardLinkType `xml:"Type" json:"type"`
	URL      string       `xml:"Url" json:"url,omitzero"`           // of CardLinkURL
	AppID    string       `xml:"AppId" json:"appid,omitzero"`       // of CardLinkMiniProgram
	PagePath string       `xml:"PagePath" json:"pagepath,omitzero"` // of CardLinkMiniProgram; may be empty
}

// CardImage is a card's picture.
type CardImage struct {
	URL         string  `xml:"Url" json:"url"`
	AspectRatio float64 `xml:"AspectRatio" json:"aspect_ratio,omitzero"` // width by height, from 1.3 to 2.25; 0 is 1.3
}

// CardImageTextArea is a picture with a text on its right.
type CardImageTextArea struct {
	Type     CardLinkType `xml:"Type" json:"type,omitzero"`
	URL      string       `xml:"Url" json:"url,omitzero"`           // of CardLinkURL
	AppID    string       `xml:"Appid" json:"appid,omitzero"`       // of CardLinkMiniProgram
	PagePath string       `xml:"PagePath" json:"pagepath,omitzero"` // of CardLinkMiniProgram; may be empty
	Title    string       `xml:"Title" json:"title,omitzero"`
	Desc     string       `xml:"Desc" json:"desc,omitzero"`
	ImageURL string       `xml:"ImageUrl" json:"image_url"`
}

// CardQuoteArea is a quotation.
type CardQuoteArea struct {
	Type      CardLinkType `xml:"Type" json:"type,omitzero"`
	URL       string       `xml:"Url" json:"url,omitzero"`           // of CardLinkURL
	AppID     string       `xml:"Appid" json:"appid,omitzero"`       // of CardLinkMiniProgram; one that is linked to the app
	PagePath  string       `xml:"PagePath" json:"pagepath,omitzero"` // of CardLinkMiniProgram; may be empty
	Title     string       `xml:"Title" json:"title,omitzero"`
	QuoteText string       `xml:"QuoteText" json:"quote_text,omitzero"`
}

// CardActionMenu is the menu in a card's upper right corner.
type CardActionMenu struct {
	Desc       string           `xml:"Desc" json:"desc"`
	ActionList []CardMenuAction `xml:"ActionList" json:"action_list"` // 1 to 10
}

// CardMenuAction is one entry of a card's menu.
type CardMenuAction struct {
	Text string `xml:"Text" json:"text"`
	Key  string `xml:"Key" json:"key"` // the EventKey of the click's event; at most 1024 bytes, different in each entry
}

// CardButton is a button.
type CardButton struct {
	Text  string `xml:"Text" json:"text"`
	Style int    `xml:"Style" json:"style,omitzero"` // 1 to 4; 0 is 1
	Key   string `xml:"Key" json:"key"`              // the EventKey of the click's event; at most 1024 bytes
}

// CardSelect is a list from which the member selects one.
type CardSelect struct {
	QuestionKey string       `xml:"QuestionKey" json:"question_key"` // names the question in the event; at most 1024 bytes
	Title       string       `xml:"Title" json:"title,omitzero"`
	SelectedID  string       `xml:"SelectedId" json:"selected_id,omitzero"` // of the option that is selected at first
	Disable     bool         `xml:"Disable" json:"disable,omitzero"`        // the member cannot select
	OptionList  []CardOption `xml:"OptionList" json:"option_list"`          // at most 10
}

// CardOption is one option of a [CardSelect].
type CardOption struct {
	ID   string `xml:"Id" json:"id"` // names the option in the event; at most 128 bytes
	Text string `xml:"Text" json:"text"`
}

// CardCheckbox is a question with options to check.
type CardCheckbox struct {
	QuestionKey string               `xml:"QuestionKey" json:"question_key"` // names the question in the event; at most 1024 bytes
	OptionList  []CardCheckboxOption `xml:"OptionList" json:"option_list"`   // at most 20
	Disable     bool                 `xml:"Disable" json:"disable,omitzero"` // the member cannot check
	Mode        CardCheckboxMode     `xml:"Mode" json:"mode,omitzero"`
}

// CardCheckboxOption is one option of a [CardCheckbox].
type CardCheckboxOption struct {
	ID        string `xml:"Id" json:"id"` // names the option in the event; at most 128 bytes
	Text      string `xml:"Text" json:"text"`
	IsChecked bool   `xml:"IsChecked" json:"is_checked,omitzero"` // at first
}

// CardCheckboxMode says how many options may be checked.
type CardCheckboxMode int

// The modes.
const (
	CardCheckboxSingle   CardCheckboxMode = 0 // 单选
	CardCheckboxMultiple CardCheckboxMode = 1 // 多选
)

// CardSubmitButton is the button that submits what was selected.
type CardSubmitButton struct {
	Text string `xml:"Text" json:"text"` // empty is 提交
	Key  string `xml:"Key" json:"key"`   // required; the EventKey of the click's event, at most 1024 bytes
}
