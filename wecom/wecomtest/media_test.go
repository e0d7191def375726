package wecomtest_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// The beginnings that files of each type have.
const (
	pngHead = "\x89PNG\r\n\x1a\n"
	jpgHead = "\xff\xd8\xff\xe0"
	amrHead = "#!AMR\n"
	mp4Head = "\x00\x00\x00\x18ftypmp42"
)

// upload sends a file; query is its parameters.
func (c *caller) upload(op, query, filename string, data []byte) reply {
	c.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="media"; filename="` + filename + `"`},
		"Content-Type":        {"application/octet-stream"},
	})
	require.NoError(c.t, err)
	_, err = part.Write(data)
	require.NoError(c.t, err)
	require.NoError(c.t, form.Close())
	at := c.srv.URL() + path.Join("/cgi-bin/media", op) + "?access_token=" + c.token + "&" + query
	res, err := c.srv.HTTPClient().Post(at, form.FormDataContentType(), &body)
	require.NoError(c.t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	require.NoError(c.t, err)
	r := reply{Status: res.StatusCode, Header: res.Header, Body: string(text)}
	require.NoError(c.t, json.Unmarshal(text, &r.JSON))
	return r
}

// fetch downloads a file.
func (c *caller) fetch(op, mediaID, byteRange string) reply {
	c.t.Helper()
	q := url.Values{"access_token": {c.token}, "media_id": {mediaID}}
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, c.srv.URL()+"/cgi-bin/"+op+"?"+q.Encode(), http.NoBody)
	require.NoError(c.t, err)
	if byteRange != "" {
		req.Header.Set("Range", byteRange)
	}
	res, err := c.srv.HTTPClient().Do(req)
	require.NoError(c.t, err)
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	require.NoError(c.t, err)
	return reply{Status: res.StatusCode, Header: res.Header, Body: string(data)}
}

// sized is a file of n bytes that begins with head.
func sized(head string, n int) []byte {
	return append([]byte(head), make([]byte, n-len(head))...)
}

func TestUploadedMediaComesBack(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	c := newCaller(t, srv)

	up := c.upload("upload", "type=image", "店 1.png", sized(pngHead, 20))
	got := addApp(t, srv).fetch("media/get", up.text("media_id"), "")

	assert.Equal(t, "image", up.text("type"))
	assert.IsType(t, "", up.at("created_at"), "a text, unlike upload_attachment's")
	assert.Equal(t, string(sized(pngHead, 20)), got.Body)
	assert.Equal(t, "image/png", got.Header.Get("Content-Type"))
	_, params, err := mime.ParseMediaType(got.Header.Get("Content-Disposition"))
	require.NoError(t, err)
	assert.Equal(t, "店 1.png", params["filename"])
	assert.Equal(t, "店 1.png", srv.Media(up.text("media_id")).FileName)
}

func TestMediaNameOfASCIIIsQuoted(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	id := srv.Seed().Media(wecomtest.Media{Type: "file", FileName: `a "b".txt`, Data: []byte("text")})

	assert.Equal(t, `attachment; filename="a \"b\".txt"`, newCaller(t, srv).fetch("media/get", id, "").Header.Get("Content-Disposition"))
}

func TestMediaExpiresAfterThreeDays(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	id := newCaller(t, srv).upload("upload", "type=file", "a.txt", []byte("a text")).text("media_id")

	srv.Clock().Advance(3*24*time.Hour - time.Minute)
	assert.Equal(t, "a text", newCaller(t, srv).fetch("media/get", id, "").Body)
	srv.Clock().Advance(time.Minute)
	assert.Equal(t, "40007", newCaller(t, srv).fetch("media/get", id, "").Header.Get("Error-Code"))
}

func TestUploadLimits(t *testing.T) {
	t.Parallel()
	const mb = 1 << 20
	srv := wecomtest.New(t)
	c := newCaller(t, srv)
	tests := []struct {
		name, op, query string
		data            []byte
		want            int
	}{
		{"five bytes", "upload", "type=file", []byte("hello"), 40006},
		{"six bytes", "upload", "type=file", []byte("hello!"), 0},
		{"nothing", "upload", "type=file", nil, 44001},
		{"file of 20 MB", "upload", "type=file", make([]byte, 20*mb), 0},
		{"larger file", "upload", "type=file", make([]byte, 20*mb+1), 45001},
		{"JPG", "upload", "type=image", sized(jpgHead, 10), 0},
		{"larger image", "upload", "type=image", sized(jpgHead, 10*mb+1), 45001},
		{"image that is none", "upload", "type=image", []byte("GIF89a.."), 40004},
		{"AMR", "upload", "type=voice", sized(amrHead, 10), 0},
		{"larger voice", "upload", "type=voice", sized(amrHead, 2*mb+1), 45001},
		{"voice that is none", "upload", "type=voice", []byte("ID3....."), 40004},
		{"MP4", "upload", "type=video", sized(mp4Head, 20), 0},
		{"larger video", "upload", "type=video", sized(mp4Head, 10*mb+1), 45001},
		{"unknown type", "upload", "type=music", []byte("hello!"), 40005},
		{"attachment", "upload_attachment", "media_type=image&attachment_type=1", sized(pngHead, 20), 0},
		{"larger attachment", "upload_attachment", "media_type=image&attachment_type=1", sized(pngHead, 10*mb+1), 41080},
		{"file for a moment", "upload_attachment", "media_type=file&attachment_type=1", []byte("hello!"), 40005},
		{"video for an album", "upload_attachment", "media_type=video&attachment_type=2", sized(mp4Head, 20), 40005},
		{"video that is none", "upload_attachment", "media_type=video&attachment_type=1", []byte("no video"), 41090},
		{"unknown attachment_type", "upload_attachment", "media_type=image&attachment_type=3", sized(pngHead, 20), 40058},
		{"picture of 5 bytes", "uploadimg", "", []byte("12345"), 0},
		{"picture of 4 bytes", "uploadimg", "", []byte("1234"), 40009},
		{"picture over 2 MB", "uploadimg", "", make([]byte, 2*mb+1), 40009},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, c.upload(tt.op, tt.query, "a", tt.data).code(), tt.name)
	}
	assert.Equal(t, 44001, c.upload("upload", "type=file", "", []byte("hello!")).code(), "no filename")
}

func TestUploadAttachment(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)

	r := newCaller(t, srv).upload("upload_attachment", "media_type=image&attachment_type=1", "a.png", sized(pngHead, 20))

	assert.IsType(t, 0.0, r.at("created_at"), "a number, unlike upload's")
	assert.Equal(t, 1, srv.Media(r.text("media_id")).AttachmentType)
}

func TestImageOfTooManyPixels(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	c := newCaller(t, srv)
	draw := func(width, height int) []byte {
		var buf bytes.Buffer
		require.NoError(t, png.Encode(&buf, image.NewGray(image.Rect(0, 0, width, height))))
		return buf.Bytes()
	}

	assert.Zero(t, c.upload("upload_attachment", "media_type=image&attachment_type=1", "a", draw(1080, 2000)).code())
	assert.Equal(t, 41081, c.upload("upload_attachment", "media_type=image&attachment_type=1", "a", draw(1081, 1081)).code())
	assert.Equal(t, 41081, c.upload("upload_attachment", "media_type=image&attachment_type=1", "a", draw(10801, 1)).code())
	assert.Zero(t, c.upload("upload_attachment", "media_type=image&attachment_type=2", "a", draw(1081, 1081)).code(), "an album")
}

func TestMediaRange(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	id := srv.Seed().Media(wecomtest.Media{Type: "file", Data: []byte("0123456789")})
	c := newCaller(t, srv)
	tests := []struct {
		header, body, contentRange string
		status                     int
	}{
		{"", "0123456789", "", 200},
		{"bytes=0-3", "0123", "bytes 0-3/10", 206},
		{"bytes=4-", "456789", "bytes 4-9/10", 206},
		{"bytes=-2", "89", "bytes 8-9/10", 206},
		{"bytes=8-100", "89", "bytes 8-9/10", 206},
		{"bytes=10-", "", "bytes */10", 416},
		{"bytes=0-1,4-5", "0123456789", "", 200},
		{"bytes=3-1", "0123456789", "", 200},
		{"lines=0-1", "0123456789", "", 200},
	}
	for _, tt := range tests {
		r := c.fetch("media/get", id, tt.header)
		assert.Equal(t, tt.status, r.Status, tt.header)
		assert.Equal(t, tt.body, r.Body, tt.header)
		assert.Equal(t, tt.contentRange, r.Header.Get("Content-Range"), tt.header)
	}
}

func TestLargeMediaNeedsRanges(t *testing.T) {
	t.Parallel()
	const mb = 1 << 20
	srv := wecomtest.New(t)
	id := srv.Seed().Media(wecomtest.Media{Type: "file", Data: make([]byte, 21*mb)})
	c := newCaller(t, srv)

	assert.Equal(t, "830002", c.fetch("media/get", id, "").Header.Get("Error-Code"))
	assert.Equal(t, "830002", c.fetch("media/get", id, "bytes=0-20971520").Header.Get("Error-Code"))
	assert.Len(t, c.fetch("media/get", id, "bytes=0-20971519").Body, 20*mb)
}

func TestVoiceOfTheJSSDK(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	id := srv.Seed().Media(wecomtest.Media{Type: "voice", Data: []byte(amrHead), Speex: []byte("speex")})
	plain := srv.Seed().Media(wecomtest.Media{Type: "voice", Data: []byte(amrHead)})
	c := newCaller(t, srv)

	better := c.fetch("media/get/jssdk", id, "")

	assert.Equal(t, "speex", better.Body)
	assert.Equal(t, "voice/speex", better.Header.Get("Content-Type"))
	assert.Equal(t, amrHead, c.fetch("media/get", id, "").Body)
	assert.Equal(t, "40007", c.fetch("media/get/jssdk", plain, "").Header.Get("Error-Code"))
	assert.Equal(t, "41006", c.fetch("media/get/jssdk", "", "").Header.Get("Error-Code"))
}

func TestMessagesNeedTheirMedia(t *testing.T) {
	t.Parallel()
	srv, zoe, code := welcomed(t)
	c := newCaller(t, srv)
	img := srv.Seed().Media(wecomtest.Media{Type: "image"})
	clip := srv.Seed().Media(wecomtest.Media{Type: "video"})
	forMoment := srv.Seed().Media(wecomtest.Media{Type: "image", AttachmentType: 1})
	byURL := srv.Seed().Media(wecomtest.Media{Type: "video", ByURL: true})
	old := srv.Seed().Media(wecomtest.Media{Type: "image", CreateTime: srv.Clock().Now().Add(-3 * 24 * time.Hour)})
	pic := c.upload("uploadimg", "", "a.png", sized(pngHead, 20)).text("url")
	picture := func(fields object) object { return object{"msgtype": "image", "image": fields} }
	tests := []struct {
		name       string
		attachment object
		want       int
	}{
		{"an image", picture(object{"media_id": img}), 0},
		{"an image and a URL of one's own", picture(object{"media_id": img, "pic_url": "https://a.example"}), 0},
		{"a URL of uploadimg", picture(object{"pic_url": pic}), 0},
		{"a URL of one's own", picture(object{"pic_url": "https://a.example"}), 40058},
		{"an unknown id", picture(object{"media_id": "nope"}), 40007},
		{"an expired image", picture(object{"media_id": old}), 40007},
		{"a video for an image", picture(object{"media_id": clip}), 40007},
		{"an image for a moment", picture(object{"media_id": forMoment}), 41072},
		{"a video", object{"msgtype": "video", "video": object{"media_id": clip}}, 0},
		{"a video by URL", object{"msgtype": "video", "video": object{"media_id": byURL}}, 40007},
		{"a mini program whose cover is a video", object{
			"msgtype": "miniprogram", "miniprogram": object{"title": "a", "appid": "wx1", "page": "/a", "pic_media_id": clip},
		}, 40007},
	}
	for _, tt := range tests {
		body := object{"external_userid": []string{zoe}, "chat_type": "single", "attachments": []object{tt.attachment}}
		assert.Equal(t, tt.want, c.send(massOp, body).code(), tt.name)
	}

	c.ok(welcomeOp, object{"welcome_code": code, "attachments": []object{picture(object{"media_id": img, "pic_url": pic})}})
	assert.Equal(t, []wecomtest.Attachment{{MsgType: "image", MediaID: img}}, srv.Received(zoe)[0].Attachments, "the media_id counts")
}

func TestMomentsNeedTheirMedia(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	c := newCaller(t, srv)
	img := srv.Seed().Media(wecomtest.Media{Type: "image", AttachmentType: 1})
	other := srv.Seed().Media(wecomtest.Media{Type: "image"})
	moment := func(mediaID string) object {
		return object{"attachments": []object{{"msgtype": "image", "image": object{"media_id": mediaID}}}}
	}

	assert.Zero(t, c.send(addMomentOp, moment(img)).code())
	assert.Equal(t, 41072, c.send(addMomentOp, moment(other)).code())
	assert.Equal(t, 40007, c.send(addMomentOp, moment("nope")).code())
}

func TestSeededMediaIsACopy(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	data := []byte("text")
	id := srv.Seed().Media(wecomtest.Media{Type: "file", Data: data})
	data[0] = 'X'

	srv.Media(id).Data[1] = 'X'

	assert.Equal(t, "text", string(srv.Media(id).Data))
}

// Clients write a file's name in many ways. What they mean by RFC 5987 and RFC
// 2047 is not looked at.
func TestUploadedFileName(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	c := newCaller(t, srv)
	for _, tt := range []struct {
		name, disposition, want string
	}{
		{"curl, browsers and Node", `form-data; name="media"; filename="春茶 价目;表.txt"`, "春茶 价目;表.txt"},
		{"the official sample", `form-data; name="media";filename="wework.txt"; filelength=6`, "wework.txt"},
		{"the other way round", `form-data; filename="a.txt"; name="media"`, "a.txt"},
		{"quotes in it", `form-data; name="media"; filename="a \"b\" \\.txt"`, `a "b" \.txt`},
		{"a Windows path", `form-data; name="media"; filename="C:\dir\春.txt"`, `C:\dir\春.txt`},
		{"a path", `form-data; name="media"; filename="/tmp/春.txt"`, "春.txt"},
		{"no quotes", `form-data; name=media; filename=春.txt`, "春.txt"},
		{".NET", `form-data; name=media; filename="=?utf-8?B?5pil?="; filename*=utf-8''%E6%98%A5`, "=?utf-8?B?5pil?="},
		{"another character set", "form-data; name=\"media\"; filename=\"\xb4\xba.txt\"", "\xb4\xba.txt"},
		{"large letters", `Form-Data; Name="media"; FileName="a.txt"`, "a.txt"},
		{"only filename*", `form-data; name="media"; filename*=utf-8''%E6%98%A5.txt`, ""},
		{"none", `form-data; name="media"`, ""},
		{"another part", `form-data; name="file"; filename="media"`, ""},
		{"nothing", ``, ""},
		{"an open quote", `form-data; name="media"; filename="a.txt`, "a.txt"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			body := "--b\r\nContent-Disposition: " + tt.disposition + "\r\n\r\nmytext\r\n--b--\r\n"
			r := c.raw("media/upload?type=file&access_token="+c.token, "multipart/form-data; boundary=b", body)
			if tt.want == "" {
				assert.Equal(t, 44001, r.code())
				return
			}
			require.Equal(t, 0, r.code(), r.Body)
			id, _ := r.JSON["media_id"].(string)
			assert.Equal(t, wecomtest.Media{MediaID: id, Type: "file", FileName: tt.want, Data: []byte("mytext"), CreateTime: srv.Media(id).CreateTime}, srv.Media(id))
		})
	}
}

func TestUploadTooLarge(t *testing.T) {
	t.Parallel()
	c := newCaller(t, wecomtest.New(t))
	assert.Equal(t, 45001, c.upload("upload", "type=file", "a.bin", make([]byte, 20<<20+1)).code(), "too large for a file")
	assert.Equal(t, 45001, c.upload("upload", "type=file", "a.bin", make([]byte, 32<<20)).code(), "too large for anything")
}

// raw posts a body as it is.
func (c *caller) raw(path, contentType, body string) reply {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.srv.URL()+"/cgi-bin/"+path, strings.NewReader(body))
	require.NoError(c.t, err)
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	res, err := c.srv.HTTPClient().Do(req)
	require.NoError(c.t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	require.NoError(c.t, err)
	r := reply{Status: res.StatusCode, Header: res.Header, Body: string(text)}
	require.NoError(c.t, json.Unmarshal(text, &r.JSON))
	return r
}
