package message

import (
	"encoding/json"
	"errors"

	"github.com/wecomkit/wecom-go/internal/codec"
	"github.com/wecomkit/wecom-go/internal/union"
)

// An Attachment goes with the text of a welcome or mass message and reaches
// the customer as a message of its own. It is one of [ImageAttachment],
// [LinkAttachment], [MiniProgramAttachment], [VideoAttachment],
// [FileAttachment] and [UnknownAttachment].
type Attachment interface {
	attachmentType() string
}

// Attachments is a list of attachments. As JSON each one carries its msgtype,
// so a list can be stored and read back.
type Attachments []Attachment

// MarshalJSON writes the wire form.
func (a Attachments) MarshalJSON() ([]byte, error) {
	return union.MarshalList(a, Attachment.attachmentType)
}

// UnmarshalJSON reads the wire form. An element of a type that this package
// does not know, or that does not look as documented, becomes an
// [UnknownAttachment].
func (a *Attachments) UnmarshalJSON(b []byte) error {
	var raws []json.RawMessage
	if err := codec.Decode(b, &raws); err != nil {
		return err
	}
	if raws == nil {
		*a = nil
		return nil
	}
	list := make(Attachments, len(raws))
	for i, raw := range raws {
		list[i] = decodeAttachment(raw)
	}
	*a = list
	return nil
}

func decodeAttachment(raw json.RawMessage) Attachment {
	var wire struct {
		MsgType     string                `json:"msgtype"`
		Image       ImageAttachment       `json:"image"`
		Link        LinkAttachment        `json:"link"`
		MiniProgram MiniProgramAttachment `json:"miniprogram"`
		Video       VideoAttachment       `json:"video"`
		File        FileAttachment        `json:"file"`
	}
	if err := codec.Decode(raw, &wire); err == nil {
		switch wire.MsgType {
		case "image":
			return wire.Image
		case "link":
			return wire.Link
		case "miniprogram":
			return wire.MiniProgram
		case "video":
			return wire.Video
		case "file":
			return wire.File
		}
	}
	return UnknownAttachment{MsgType: wire.MsgType, Raw: raw}
}

// ImageAttachment is a picture, given by one of two fields. MediaID wins if
// both are set.
type ImageAttachment struct {
	MediaID string `json:"media_id,omitzero"` // from media/upload
	PicURL  string `json:"pic_url,omitzero"`  // only a URL from media/uploadimg
}

// LinkAttachment is a card that opens a web page.
type LinkAttachment struct {
	Title  string `json:"title"`           // at most 128 bytes
	PicURL string `json:"picurl,omitzero"` // cover; at most 2,048 bytes
	Desc   string `json:"desc,omitzero"`   // at most 512 bytes
	URL    string `json:"url"`             // at most 2,048 bytes
}

// MiniProgramAttachment is a card that opens a mini program.
type MiniProgramAttachment struct {
	Title      string `json:"title"`        // at most 64 bytes
	PicMediaID string `json:"pic_media_id"` // cover, best 520×416, from media/upload; not read back
	AppID      string `json:"appid"`        // must be linked to the corp
	Page       string `json:"page"`         // path in the mini program
}

// VideoAttachment is a video.
type VideoAttachment struct {
	MediaID string `json:"media_id"` // from media/upload
}

// FileAttachment is a file.
type FileAttachment struct {
	MediaID string `json:"media_id"` // from media/upload
}

// UnknownAttachment is an attachment that this package has no type for. Sent,
// it goes out as Raw.
type UnknownAttachment struct {
	MsgType string
	Raw     json.RawMessage // the whole element, its msgtype included
}

// MarshalJSON returns Raw.
func (a UnknownAttachment) MarshalJSON() ([]byte, error) {
	if len(a.Raw) == 0 {
		return nil, errors.New("message: UnknownAttachment has no Raw")
	}
	return a.Raw, nil
}

func (ImageAttachment) attachmentType() string       { return "image" }
func (LinkAttachment) attachmentType() string        { return "link" }
func (MiniProgramAttachment) attachmentType() string { return "miniprogram" }
func (VideoAttachment) attachmentType() string       { return "video" }
func (FileAttachment) attachmentType() string        { return "file" }
func (UnknownAttachment) attachmentType() string     { return "" } // writes its own
