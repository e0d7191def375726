package wecom

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/wecomkit/wecom-go/internal/codec"
)

var opMediaUpload = Operation{Method: http.MethodPost, Path: "/cgi-bin/media/upload", Doc: 90253}

type mediaUploadQuery struct {
	Type MediaType `json:"type"`
}

// UploadedMedia is a file that WeCom keeps for three days.
type UploadedMedia struct {
	Type      MediaType `json:"type"`
	MediaID   string    `json:"media_id"`   // valid for three days, in all apps of the corp
	CreatedAt UnixTime  `json:"created_at"` // the three days begin here
}

// Upload uploads a file for three days, for messages and the pictures of
// remarks. Every app of the corp can use its id.
//
// 「上传临时素材」 https://developer.work.weixin.qq.com/document/path/90253
//
// A file has more than 5 bytes and at most:
//   - [MediaTypeImage]: 10 MB, JPG or PNG
//   - [MediaTypeVoice]: 2 MB and 60 s, AMR only
//   - [MediaTypeVideo]: 10 MB, MP4
//   - [MediaTypeFile]: 20 MB
//
// A size out of this range is refused before anything is sent, with WeCom's
// code for it: [CodeInvalidFileSize] or [CodeMediaTooLarge]. Moments and
// product albums take only ids from [MediaService.UploadAttachment]; larger
// files for group welcome messages go by [MediaService.UploadByURL].
func (s MediaService) Upload(ctx context.Context, typ MediaType, file File) (*UploadedMedia, error) {
	return upload[UploadedMedia](ctx, s.client, opMediaUpload, mediaUploadQuery{typ}, file, uploadRange(typ))
}

func uploadRange(typ MediaType) sizeRange {
	r := sizeRange{kind: string(typ), min: minFile, small: CodeInvalidFileSize, large: CodeMediaTooLarge}
	switch typ {
	case MediaTypeImage, MediaTypeVideo:
		r.max = 10 * mebibyte
	case MediaTypeVoice:
		r.max = 2 * mebibyte
	case MediaTypeFile:
		r.max = 20 * mebibyte
	}
	return r
}

var opMediaUploadAttachment = Operation{Method: http.MethodPost, Path: "/cgi-bin/media/upload_attachment", Doc: 95098}

type mediaUploadAttachmentQuery struct {
	MediaType      MediaType      `json:"media_type"`
	AttachmentType AttachmentType `json:"attachment_type"`
}

// UploadAttachment uploads a file for a moment or a product album, for three
// days.
//
// 「上传附件资源」 https://developer.work.weixin.qq.com/document/path/95098
//
// The app must be listed under 客户联系 as allowed to call. Moments take images and videos, product albums take images. A file has more
// than 5 bytes and at most:
//   - [MediaTypeImage]: 10 MB, JPG or PNG; in a moment no longer than 10,800
//     pixels on one side and 1,080 on the other
//   - [MediaTypeVideo]: 10 MB, MP4; in a moment 30 s
//   - [MediaTypeFile]: 10 MB
//
// A size out of this range is refused before anything is sent, with
// [CodeInvalidFileSize] or [CodeAttachmentTooLarge].
func (s MediaService) UploadAttachment(ctx context.Context, typ MediaType, use AttachmentType, file File) (*UploadedMedia, error) {
	limit := sizeRange{kind: string(typ), min: minFile, max: 10 * mebibyte, small: CodeInvalidFileSize, large: CodeAttachmentTooLarge}
	return upload[UploadedMedia](ctx, s.client, opMediaUploadAttachment, mediaUploadAttachmentQuery{typ, use}, file, limit)
}

var opMediaUploadImg = Operation{Method: http.MethodPost, Path: "/cgi-bin/media/uploadimg", Doc: 90256}

// UploadedImage is a picture that WeCom keeps for good.
type UploadedImage struct {
	URL string `json:"url"` // shown inside WeCom only
}

// UploadImage uploads a picture and returns its URL, which never expires and
// is shown inside WeCom only: in the text of an article, in a welcome message.
// For a media_id use [MediaService.Upload] with [MediaTypeImage].
//
// 「上传图片」 https://developer.work.weixin.qq.com/document/path/90256
//
// A picture has 5 bytes to 2 MB; other sizes are refused before anything is
// sent, with [CodeInvalidImageSize]. A corp may upload 1,000 pictures a day and
// 3,000 a month.
func (s MediaService) UploadImage(ctx context.Context, file File) (*UploadedImage, error) {
	limit := sizeRange{kind: "a picture with a URL", min: 5, max: 2 * mebibyte, small: CodeInvalidImageSize, large: CodeInvalidImageSize}
	return upload[UploadedImage](ctx, s.client, opMediaUploadImg, nil, file, limit)
}

// Upload is [Do] for an endpoint that takes a file: query goes out as the query,
// file as the multipart field "media". A file over maxSize bytes is refused
// before anything is sent, with [CodeMediaTooLarge]; 0 leaves that to WeCom.
func Upload[T any](ctx context.Context, c *Client, op Operation, query any, file File, maxSize int64) (*T, error) {
	if err := op.check(); err != nil {
		return nil, err
	}
	return upload[T](ctx, c, op, query, file, sizeRange{kind: "this upload", max: maxSize, large: CodeMediaTooLarge})
}

func upload[T any](ctx context.Context, c *Client, op Operation, query any, file File, limit sizeRange) (*T, error) {
	q, err := codec.Query(query)
	if err != nil {
		return nil, fmt.Errorf("wecom: %s: request: %w", op.Path, err)
	}
	body, err := newMultipartFile("media", file, limit)
	if e, ok := errors.AsType[*Error](err); ok {
		e.Op = op
		return nil, e
	}
	if err != nil {
		return nil, fmt.Errorf("wecom: %s: %w", op.Path, err)
	}
	out := new(T)
	k := call{client: c, op: op, out: out, query: q.Encode(), file: body}
	err = k.run(ctx)
	if k.spent {
		err = fmt.Errorf("%w (not sent again: File.Reader cannot be rewound; pass an io.ReadSeeker)", err)
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}
