package wecomtest

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"slices"
	"strconv"
	"time"
)

// A Media is an uploaded file. It expires after three days.
type Media struct {
	MediaID        string    `json:"media_id,omitzero"` // "" is a made-up one
	Type           string    `json:"type,omitzero"`     // image, voice, video or file
	FileName       string    `json:"file_name,omitzero"`
	Data           []byte    `json:"data,omitzero"`
	Speex          []byte    `json:"speex,omitzero"`           // of a voice recorded by the JS-SDK: the better copy
	AttachmentType int       `json:"attachment_type,omitzero"` // of upload_attachment: 1 moment, 2 product album
	ByURL          bool      `json:"by_url,omitzero"`          // of upload_by_url
	CreateTime     time.Time `json:"create_time,omitzero"`

	robot string // the key of whose it is, if a robot's
}

const mediaLife = 3 * 24 * time.Hour

// Scenes of upload_attachment.
const (
	forMoment = 1
	forAlbum  = 2
)

const (
	minMedia  = 6 // more than 5 bytes
	minImage  = 5 // of uploadimg
	megabyte  = 1 << 20
	maxImage  = 2 * megabyte // of uploadimg
	maxLong   = 10800        // pixels of a moment's image
	maxShort  = 1080
	maxAttach = 10 * megabyte
)

type mediaStore struct {
	byID   map[string]*Media
	images map[string]bool // URLs of uploadimg
	jobs   map[string]*uploadJob
	web    map[string]RemoteFile
}

func newMediaStore() mediaStore {
	return mediaStore{
		byID:   make(map[string]*Media),
		images: make(map[string]bool),
		jobs:   make(map[string]*uploadJob),
		web:    make(map[string]RemoteFile),
	}
}

func (s *mediaStore) add(c *corp, m Media) *Media {
	if m.MediaID == "" {
		m.MediaID = s.nextID(c)
	}
	s.byID[m.MediaID] = &m
	return &m
}

// nextID returns an id that no file has.
func (s *mediaStore) nextID(c *corp) string {
	for {
		if id := c.opaque("media", c.count("media"), 44); s.byID[id] == nil {
			return id
		}
	}
}

// live returns a file of the corp that has not expired, or nil.
func (s *mediaStore) live(id string, now time.Time) *Media {
	if m := s.byID[id]; m != nil && m.robot == "" && now.Sub(m.CreateTime) < mediaLife {
		return m
	}
	return nil
}

func (m *Media) clone() Media {
	out := *m
	out.Data, out.Speex = slices.Clone(m.Data), slices.Clone(m.Speex)
	return out
}

// usable checks a media_id in a message: a file of the type, uploaded for
// attachmentType. An empty typ is any type.
func (x *exchange) usable(id, typ string, attachmentType int) error {
	m := x.corp.media.live(id, x.now)
	switch {
	case m == nil, typ != "" && m.Type != typ, m.ByURL:
		return Refuse(40007, "invalid media_id")
	case m.AttachmentType != attachmentType:
		return Refuse(41072, "wecomtest: the media was uploaded for something else")
	}
	return nil
}

func mediaHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/media/upload":                   handle(uploadMedia),
		"/cgi-bin/media/upload_attachment":        handle(uploadAttachment),
		"/cgi-bin/media/uploadimg":                uploadImage,
		"/cgi-bin/media/get":                      handle(getMedia),
		"/cgi-bin/media/get/jssdk":                handle(getVoice),
		"/cgi-bin/media/upload_by_url":            handle(uploadByURL),
		"/cgi-bin/media/get_upload_by_url_result": handle(getUploadByURLResult),
	}
}

type uploadMediaRequest struct {
	Type string `json:"type"`
}

// uploadMediaReply has its time as a text, uploadAttachmentReply as a number.
type uploadMediaReply struct {
	Type      string `json:"type"`
	MediaID   string `json:"media_id"`
	CreatedAt string `json:"created_at"`
}

func uploadMedia(x *exchange, req uploadMediaRequest) (any, error) {
	most := map[string]int{
		"image": 10 * megabyte,
		"voice": 2 * megabyte,
		"video": 10 * megabyte,
		"file":  20 * megabyte,
	}[req.Type]
	if err := x.checkFile(minMedia, most, 40006, 45001); err != nil {
		return nil, err
	}
	if !isFormat(req.Type, x.file.Data) {
		return nil, Refuse(40004, "invalid media type")
	}
	m := x.corp.media.add(x.corp, Media{Type: req.Type, FileName: x.file.Name, Data: x.file.Data, CreateTime: x.now})
	return uploadMediaReply{m.Type, m.MediaID, strconv.FormatInt(x.now.Unix(), 10)}, nil
}

type uploadAttachmentRequest struct {
	MediaType      string `json:"media_type"`
	AttachmentType string `json:"attachment_type"`
}

type uploadAttachmentReply struct {
	Type      string `json:"type"`
	MediaID   string `json:"media_id"`
	CreatedAt int64  `json:"created_at"`
}

// uploadAttachment takes images and videos for moments, and images for product
// albums.
func uploadAttachment(x *exchange, req uploadAttachmentRequest) (any, error) {
	use := forMoment
	if req.AttachmentType == strconv.Itoa(forAlbum) {
		use = forAlbum
	}
	if req.MediaType == "file" || use == forAlbum && req.MediaType != "image" {
		return nil, Refuse(40005, "wecomtest: no such media_type for this attachment_type")
	}
	if err := x.checkFile(minMedia, maxAttach, 40006, 41080); err != nil {
		return nil, err
	}
	if !isFormat(req.MediaType, x.file.Data) {
		if req.MediaType == "video" {
			return nil, Refuse(41090, "wecomtest: the video is no MP4")
		}
		return nil, Refuse(40004, "invalid media type")
	}
	if use == forMoment && tooManyPixels(x.file.Data) {
		return nil, Refuse(41081, "wecomtest: the image has too many pixels")
	}
	m := x.corp.media.add(x.corp, Media{
		Type:           req.MediaType,
		FileName:       x.file.Name,
		Data:           x.file.Data,
		AttachmentType: use,
		CreateTime:     x.now,
	})
	return uploadAttachmentReply{m.Type, m.MediaID, x.now.Unix()}, nil
}

type uploadImageReply struct {
	URL string `json:"url"`
}

func uploadImage(x *exchange) (any, error) {
	if err := x.checkFile(minImage, maxImage, 40009, 40009); err != nil {
		return nil, err
	}
	n := len(x.corp.media.images) + 1
	url := "http://p.qpic.cn/pic_wework/" + strconv.Itoa(n) + "/" + x.corp.hex("image", n) + "/0"
	x.corp.media.images[url] = true
	return uploadImageReply{url}, nil
}

// checkFile checks name and size of an upload.
func (x *exchange) checkFile(least, most, tooSmall, tooLarge int) error {
	switch n := len(x.file.Data); {
	case n == 0:
		return Refuse(44001, "empty media data")
	case x.file.Name == "":
		return Refuse(44001, "wecomtest: the part media has no filename")
	case n < least:
		return Refuse(tooSmall, "wecomtest: the file is too small")
	case n > most:
		return Refuse(tooLarge, "wecomtest: the file is too large")
	}
	return nil
}

// isFormat reports whether data begins like a file of the type.
func isFormat(typ string, data []byte) bool {
	switch typ {
	case "image":
		return bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")) || bytes.HasPrefix(data, []byte("\xff\xd8\xff"))
	case "voice":
		return bytes.HasPrefix(data, []byte("#!AMR"))
	case "video":
		return len(data) >= 8 && string(data[4:8]) == "ftyp"
	}
	return true
}

// tooManyPixels reports whether an image is too large for a moment. One that
// cannot be read is not.
func tooManyPixels(data []byte) bool {
	for _, decode := range []func([]byte) (image.Config, error){
		func(b []byte) (image.Config, error) { return png.DecodeConfig(bytes.NewReader(b)) },
		func(b []byte) (image.Config, error) { return jpeg.DecodeConfig(bytes.NewReader(b)) },
	} {
		if c, err := decode(data); err == nil {
			return max(c.Width, c.Height) > maxLong || min(c.Width, c.Height) > maxShort
		}
	}
	return false
}

// Media returns a copy of an uploaded file, or the zero Media. Of those that
// have expired, which no call gets any more, the latest 16 MiB are still here.
func (s *Server) Media(mediaID string) Media {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.corp.media.byID[mediaID]
	if m == nil {
		return Media{}
	}
	return m.clone()
}

// Media puts in a file, which need be no real image or video, and returns its
// media_id. With Speex it is what [the JS-SDK's uploadVoice] leaves.
//
// [the JS-SDK's uploadVoice]: https://developer.work.weixin.qq.com/document/path/90255
func (d Seeder) Media(m Media) string {
	d.s.helper()
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	if !slices.Contains([]string{"image", "voice", "video", "file"}, m.Type) {
		d.s.fatalf("wecomtest: %q is no type of media", m.Type)
	}
	if m.CreateTime.IsZero() {
		m.CreateTime = d.s.clock.Now()
	}
	m = m.clone()
	return d.s.corp.media.add(d.s.corp, m).MediaID
}
