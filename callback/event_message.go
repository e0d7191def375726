package callback

func newMessage(h *Header) Event {
	if h.Event != "" || h.InfoType != "" {
		return new(Unknown)
	}
	switch h.MsgType {
	case "text":
		return new(TextMessage)
	case "image":
		return new(ImageMessage)
	case "voice":
		return new(VoiceMessage)
	case "video":
		return new(VideoMessage)
	case "location":
		return new(LocationMessage)
	case "link":
		return new(LinkMessage)
	default:
		return new(Unknown)
	}
}

// TextMessage: a member wrote to the app. FromUserName is the member.
//
// 「文本消息」 https://developer.work.weixin.qq.com/document/path/90239
type TextMessage struct {
	Header

	MsgID   string // the same when the message is delivered again
	Content string
}

func (v *TextMessage) decode(e element) {
	v.MsgID = e.word("MsgId")
	v.Content = e.text("Content")
}

// ImageMessage: a member sent the app a picture.
//
// 「图片消息」 https://developer.work.weixin.qq.com/document/path/90239
type ImageMessage struct {
	Header

	MsgID   string // the same when the message is delivered again
	PicURL  string
	MediaID string // downloads the picture for three days
}

func (v *ImageMessage) decode(e element) {
	v.MsgID = e.word("MsgId")
	v.PicURL = e.text("PicUrl")
	v.MediaID = e.text("MediaId")
}

// VoiceMessage: a member spoke to the app.
//
// 「语音消息」 https://developer.work.weixin.qq.com/document/path/90239
type VoiceMessage struct {
	Header

	MsgID   string // the same when the message is delivered again
	MediaID string // downloads the recording for three days
	Format  string // amr, speex, …
}

func (v *VoiceMessage) decode(e element) {
	v.MsgID = e.word("MsgId")
	v.MediaID = e.text("MediaId")
	v.Format = e.text("Format")
}

// VideoMessage: a member sent the app a video.
//
// 「视频消息」 https://developer.work.weixin.qq.com/document/path/90239
type VideoMessage struct {
	Header

	MsgID        string // the same when the message is delivered again
	MediaID      string // downloads the video for three days
	ThumbMediaID string // downloads its thumbnail for three days
}

func (v *VideoMessage) decode(e element) {
	v.MsgID = e.word("MsgId")
	v.MediaID = e.text("MediaId")
	v.ThumbMediaID = e.text("ThumbMediaId")
}

// LocationMessage: a member sent the app a place.
//
// 「位置消息」 https://developer.work.weixin.qq.com/document/path/90239
type LocationMessage struct {
	Header

	MsgID     string  // the same when the message is delivered again
	LocationX float64 // latitude, degrees
	LocationY float64 // longitude, degrees
	Scale     float64 // zoom of the map
	Label     string  // the place in words
	AppType   string  // wxwork, or empty if sent from WeChat
}

func (v *LocationMessage) decode(e element) {
	v.MsgID = e.word("MsgId")
	v.LocationX = e.float("Location_X")
	v.LocationY = e.float("Location_Y")
	v.Scale = e.float("Scale")
	v.Label = e.text("Label")
	v.AppType = e.text("AppType")
}

// LinkMessage: a member sent the app a link.
//
// 「链接消息」 https://developer.work.weixin.qq.com/document/path/90239
type LinkMessage struct {
	Header

	MsgID       string // the same when the message is delivered again
	Title       string
	Description string
	URL         string
	PicURL      string // cover
}

func (v *LinkMessage) decode(e element) {
	v.MsgID = e.word("MsgId")
	v.Title = e.text("Title")
	v.Description = e.text("Description")
	v.URL = e.text("Url")
	v.PicURL = e.text("PicUrl")
}
