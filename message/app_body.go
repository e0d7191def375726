package message

// An AppBody is what an app message says. It is one of [Text], [Image],
// [Voice], [Video], [File], [TextCard], [News], [MPNews], [Markdown],
// [MiniProgramNotice] and the template cards [TextNoticeCard],
// [NewsNoticeCard], [ButtonInteractionCard], [VoteInteractionCard] and
// [MultipleInteractionCard].
//
// As an AppBody, Text is cut off after 2,048 bytes. It may hold line breaks and
// <a href="…"> links.
type AppBody interface {
	msgType() string
	appBody()
}

// Image is a picture.
type Image struct {
	MediaID string `json:"media_id"` // from media/upload
}

// Voice is a voice message.
type Voice struct {
	MediaID string `json:"media_id"` // from media/upload
}

// Video is a video.
type Video struct {
	MediaID     string `json:"media_id"`             // from media/upload
	Title       string `json:"title,omitzero"`       // cut off after 128 bytes
	Description string `json:"description,omitzero"` // cut off after 512 bytes
}

// File is a file. With SafeOn only txt, pdf, doc, docx, ppt, pptx, xls, xlsx,
// xml, jpg, jpeg, png, bmp and gif can be sent.
type File struct {
	MediaID string `json:"media_id"` // from media/upload
}

// TextCard is a card that opens a web page.
type TextCard struct {
	Title       string `json:"title"`           // cut off after 128 characters
	Description string `json:"description"`     // cut off after 512 characters; may hold <br> and <div class="gray|normal|highlight">
	URL         string `json:"url"`             // with http:// or https://; at most 2,048 bytes
	BtnTxt      string `json:"btntxt,omitzero"` // button, cut off after 4 characters; default 详情
}

// News is a list of articles that live on the web.
type News struct {
	Articles []NewsArticle `json:"articles"` // 1 to 8
}

// NewsArticle opens a web page, or a mini program if AppID and PagePath are
// set.
type NewsArticle struct {
	Title       string `json:"title"`                // cut off after 128 bytes
	Description string `json:"description,omitzero"` // cut off after 512 bytes
	URL         string `json:"url,omitzero"`         // with http:// or https://; at most 2,048 bytes
	PicURL      string `json:"picurl,omitzero"`      // JPG or PNG, best 1068×455, small 150×150; at most 2,048 bytes
	AppID       string `json:"appid,omitzero"`       // a mini program linked to the app
	PagePath    string `json:"pagepath,omitzero"`    // at most 128 bytes
}

// MPNews is a list of articles that WeCom keeps. Each sending counts its own
// readers.
type MPNews struct {
	Articles []MPNewsArticle `json:"articles"` // 1 to 8
}

// MPNewsArticle is an article that WeCom keeps.
type MPNewsArticle struct {
	Title            string `json:"title"`                       // cut off after 128 bytes
	ThumbMediaID     string `json:"thumb_media_id"`              // thumbnail, from media/upload
	Author           string `json:"author,omitzero"`             // at most 64 bytes
	ContentSourceURL string `json:"content_source_url,omitzero"` // behind 阅读原文
	Content          string `json:"content"`                     // HTML; at most 666 KB
	Digest           string `json:"digest,omitzero"`             // cut off after 512 bytes
}

// Markdown is text in a subset of Markdown: headings, bold, links, inline
// code, quotes, and <font color="info|comment|warning">. Members see it in
// WeCom only.
type Markdown struct {
	Content string `json:"content"` // at most 2,048 bytes
}

// MiniProgramNotice opens a page of a mini program. Only an app that is bound
// to a mini program can send it, and not to ToAll.
type MiniProgramNotice struct {
	AppID             string        `json:"appid"`                        // the mini program linked to the app
	Page              string        `json:"page,omitzero"`                // at most 1,024 bytes; empty opens nothing
	Title             string        `json:"title"`                        // 4 to 12 Chinese characters
	Description       string        `json:"description,omitzero"`         // 4 to 12 Chinese characters
	EmphasisFirstItem bool          `json:"emphasis_first_item,omitzero"` // shows the first item larger
	ContentItem       []ContentItem `json:"content_item,omitzero"`        // at most 10
}

// ContentItem is one line of a [MiniProgramNotice].
type ContentItem struct {
	Key   string `json:"key,omitzero"`   // at most 10 Chinese characters
	Value string `json:"value,omitzero"` // at most 30 Chinese characters
}

func (Text) msgType() string              { return "text" }
func (Image) msgType() string             { return "image" }
func (Voice) msgType() string             { return "voice" }
func (Video) msgType() string             { return "video" }
func (File) msgType() string              { return "file" }
func (TextCard) msgType() string          { return "textcard" }
func (News) msgType() string              { return "news" }
func (MPNews) msgType() string            { return "mpnews" }
func (Markdown) msgType() string          { return "markdown" }
func (MiniProgramNotice) msgType() string { return "miniprogram_notice" }

func (Text) appBody()              {}
func (Image) appBody()             {}
func (Voice) appBody()             {}
func (Video) appBody()             {}
func (File) appBody()              {}
func (TextCard) appBody()          {}
func (News) appBody()              {}
func (MPNews) appBody()            {}
func (Markdown) appBody()          {}
func (MiniProgramNotice) appBody() {}
