package message

import (
	"context"
	"crypto/md5" //nolint:gosec // the wire asks for it
	"encoding/hex"
	"net/http"
	"time"

	"github.com/wecomkit/wecom-go/internal/codec"
	"github.com/wecomkit/wecom-go/wecom"
)

// A Robot writes to the group that it was added to (消息推送, formerly 群机器人).
// It is immutable and safe for concurrent use.
type Robot struct {
	client *wecom.Client
}

// NewRobot makes a Robot of a client from [wecom.NewWebhook].
//
//	client, err := wecom.NewWebhook(os.Getenv("WECOM_WEBHOOK")) // the robot's address, or its key
//	...
//	err = message.NewRobot(client).Send(ctx, message.RobotText{Content: "The build is broken."})
//
// Keep the client: the robot's limit lives in it.
func NewRobot(client *wecom.Client) *Robot { return &Robot{client: client} }

var opRobotSend = wecom.Operation{
	Method: http.MethodPost,
	Path:   "/cgi-bin/webhook/send",
	Doc:    91770,
	Auth:   wecom.AuthWebhookKey,
	Limits: []wecom.Limit{{N: 20, Per: time.Minute}},
}

type robotSendRequest struct{ Body RobotBody }

// MarshalJSON writes the body beside its msgtype.
func (r robotSendRequest) MarshalJSON() ([]byte, error) {
	return withBody("Robot.Send", struct{}{}, r.Body)
}

// A RobotBody is what a robot says. It is one of [RobotText], [RobotMarkdown],
// [RobotMarkdownV2], [RobotImage], [News], [File], [Voice], [TextNoticeCard] and
// [NewsNoticeCard].
//
// As a RobotBody, File and Voice have a media_id from [Robot.UploadMedia], so
// have files in cards; each [NewsArticle] needs a URL; cards cannot be updated,
// so they have neither TaskID nor ActionMenu, and a NewsNoticeCard needs a
// CardImage.
type RobotBody interface {
	msgType() string
	robotBody()
}

// RobotText is plain text in a robot's group.
type RobotText struct {
	Content             string   `json:"content"`                        // at most 2,048 bytes; <@userid> mentions a member
	MentionedList       []string `json:"mentioned_list,omitzero"`        // members to mention; ToAll mentions everybody
	MentionedMobileList []string `json:"mentioned_mobile_list,omitzero"` // likewise by mobile number
}

// RobotMarkdown is text in a subset of Markdown: headings, bold, links, inline
// code, quotes, and <font color="info|comment|warning">.
type RobotMarkdown struct {
	Content string `json:"content"` // at most 4,096 bytes; <@userid> mentions a member
}

// RobotMarkdownV2 is text in a larger subset of Markdown: lists, tables,
// pictures, code blocks and rules too, but neither colours nor mentions. WeCom
// before 4.1.36 (4.1.38 on Android) shows it as plain text.
type RobotMarkdownV2 struct {
	Content string `json:"content"` // at most 4,096 bytes
}

// RobotImage is a picture, which goes out in the message itself.
type RobotImage struct {
	Data []byte // a JPG or PNG file, at most 2 MB
}

// MarshalJSON writes the file in base64, with its MD5.
func (i RobotImage) MarshalJSON() ([]byte, error) {
	sum := md5.Sum(i.Data) //nolint:gosec // the wire asks for it
	return codec.AppendPart(nil, struct {
		Base64 []byte `json:"base64"`
		MD5    string `json:"md5"`
	}{i.Data, hex.EncodeToString(sum[:])})
}

func (RobotText) msgType() string       { return "text" }
func (RobotMarkdown) msgType() string   { return "markdown" }
func (RobotMarkdownV2) msgType() string { return "markdown_v2" }
func (RobotImage) msgType() string      { return "image" }

func (RobotText) robotBody()       {}
func (RobotMarkdown) robotBody()   {}
func (RobotMarkdownV2) robotBody() {}
func (RobotImage) robotBody()      {}
func (News) robotBody()            {}
func (File) robotBody()            {}
func (Voice) robotBody()           {}
func (TextNoticeCard) robotBody()  {}
func (NewsNoticeCard) robotBody()  {}

// Send writes to the robot's group.
//
// 「消息推送配置说明」 https://developer.work.weixin.qq.com/document/path/91770
//
// A robot may send 20 messages a minute; more of them wait their turn, or fail
// with [wecom.ErrRateLimited] if ctx ends before that.
// Fails with [wecom.CodeInvalidRobotWebhook] if the key is wrong or the robot
// was removed from the group.
//
// An error that matches [wecom.ErrOutcomeUnknown] means that the reply was lost
// and the message may have been sent.
func (r *Robot) Send(ctx context.Context, body RobotBody) error {
	_, err := wecom.Do[wecom.Empty](ctx, r.client, opRobotSend, robotSendRequest{Body: body})
	return err
}

var opRobotUploadMedia = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/webhook/upload_media", Doc: 91770, Auth: wecom.AuthWebhookKey}

type robotUploadMediaRequest struct {
	Type wecom.MediaType `json:"type"`
}

const (
	maxRobotFile  = 20 << 20
	maxRobotVoice = 2 << 20
)

// UploadMedia uploads a file that this robot can send for three days. No other
// robot and no app can use its id.
//
// 「文件上传接口」 https://developer.work.weixin.qq.com/document/path/91770
//
// A file has more than 5 bytes and at most:
//   - [wecom.MediaTypeFile]: 20 MB
//   - [wecom.MediaTypeVoice]: 2 MB and 60 s, AMR only
//
// A larger one is refused before anything is sent, with
// [wecom.CodeMediaTooLarge].
func (r *Robot) UploadMedia(ctx context.Context, typ wecom.MediaType, file wecom.File) (*wecom.UploadedMedia, error) {
	limit := int64(maxRobotFile)
	if typ == wecom.MediaTypeVoice {
		limit = maxRobotVoice
	}
	return wecom.Upload[wecom.UploadedMedia](ctx, r.client, opRobotUploadMedia, robotUploadMediaRequest{Type: typ}, file, limit)
}
