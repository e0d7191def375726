package wecom

import "strconv"

// Media returns the service for files: what messages, moments and welcome
// messages refer to by media_id or URL.
//
//	f, err := os.Open("poster.png")
//	...
//	up, err := client.Media().Upload(ctx, wecom.MediaTypeImage, wecom.File{Name: "poster.png", Reader: f})
//	// up.MediaID lives three days
//
// Files stream both ways: neither an upload nor a download is held in memory.
func (c *Client) Media() MediaService { return MediaService{c} }

// A MediaService uploads and downloads files. It comes from [Client.Media] and
// is safe for concurrent use.
type MediaService struct{ client *Client }

// A MediaType is the kind of a media file.
type MediaType string

const (
	MediaTypeImage MediaType = "image" // 图片
	MediaTypeVoice MediaType = "voice" // 语音
	MediaTypeVideo MediaType = "video" // 视频
	MediaTypeFile  MediaType = "file"  // 普通文件
)

// An AttachmentType says where an attachment will be used.
type AttachmentType int

const (
	AttachmentTypeMoment       AttachmentType = 1 // 朋友圈
	AttachmentTypeProductAlbum AttachmentType = 2 // 商品图册
)

// String returns the constant's name without its prefix, or AttachmentType(99).
func (t AttachmentType) String() string {
	switch t {
	case AttachmentTypeMoment:
		return "Moment"
	case AttachmentTypeProductAlbum:
		return "ProductAlbum"
	}
	return "AttachmentType(" + strconv.Itoa(int(t)) + ")"
}
