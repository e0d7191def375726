package moment

import "github.com/wecomkit/wecom-go/internal/union"

// An Attachment is shown with the text of a moment. It is one of
// [ImageAttachment], [VideoAttachment] and [LinkAttachment].
type Attachment interface {
	attachmentType() string
}

// Attachments is a list of attachments. As JSON each one carries its msgtype.
type Attachments []Attachment

// MarshalJSON writes the wire form.
func (a Attachments) MarshalJSON() ([]byte, error) {
	return union.MarshalList(a, Attachment.attachmentType)
}

// ImageAttachment is a picture: at most 10,800 pixels on the long side and
// 1,080 on the short one.
type ImageAttachment struct {
	MediaID string `json:"media_id"` // from media/upload_attachment
}

// VideoAttachment is a video of at most 30 seconds and 10 MB.
type VideoAttachment struct {
	MediaID string `json:"media_id"` // from media/upload_attachment
}

// LinkAttachment opens a web page.
type LinkAttachment struct {
	Title   string `json:"title,omitzero"` // at most 64 characters and 128 bytes
	URL     string `json:"url"`
	MediaID string `json:"media_id"` // cover, limits as ImageAttachment; from media/upload_attachment
}

func (ImageAttachment) attachmentType() string { return "image" }
func (VideoAttachment) attachmentType() string { return "video" }
func (LinkAttachment) attachmentType() string  { return "link" }
