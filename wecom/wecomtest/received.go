package wecomtest

import (
	"slices"
	"time"
)

// A Received is what one send brought to a customer or a group chat. WeCom
// shows its text and each attachment as a message of their own.
type Received struct {
	Kind        Kind         `json:"kind"`
	Time        time.Time    `json:"time,omitzero"`
	UserID      string       `json:"userid,omitzero"` // the member who sent it
	MsgID       string       `json:"msgid,omitzero"`  // of a mass send
	Text        string       `json:"text,omitzero"`
	Attachments []Attachment `json:"attachments,omitzero"`
}

// A Kind is how a message came about.
type Kind string

const (
	KindWelcome      Kind = "welcome"      // 欢迎语
	KindMassSend     Kind = "massSend"     // 群发
	KindGroupWelcome Kind = "groupWelcome" // 入群欢迎语
)

// An Attachment is a message that is not text.
type Attachment struct {
	MsgType string `json:"msgtype"`           // image, link, miniprogram, video or file
	MediaID string `json:"media_id,omitzero"` // image, video and file; the cover of a miniprogram, and of a link in a moment
	PicURL  string `json:"pic_url,omitzero"`  // image without MediaID; the cover of a link
	Title   string `json:"title,omitzero"`    // link and miniprogram
	Desc    string `json:"desc,omitzero"`     // link
	URL     string `json:"url,omitzero"`      // link
	AppID   string `json:"appid,omitzero"`    // miniprogram
	Page    string `json:"page,omitzero"`     // miniprogram
}

// receivedStore is what came, by external_userid or chat_id.
type receivedStore map[string][]Received

func (s receivedStore) add(to string, r Received) { s[to] = append(s[to], r) }

// Received returns what a customer got from members, or what they sent into a
// group chat, oldest first: welcome messages and confirmed mass sends. A group
// chat also gets its greetings of new customers.
func (s *Server) Received(externalUserIDOrChatID string) []Received {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.Now()
	list := []Received{}
	for _, r := range s.corp.received[externalUserIDOrChatID] {
		if !r.Time.After(now) { // else it is on its way
			r.Attachments = slices.Clone(r.Attachments)
			list = append(list, r)
		}
	}
	return list
}

// contentWire is what welcome messages and mass sends say.
type contentWire struct {
	Text        *textWire        `json:"text,omitempty"`
	Attachments []attachmentWire `json:"attachments,omitempty"`
}

type textWire struct {
	Content string `json:"content"`
}

// attachmentWire has one object, named like MsgType.
type attachmentWire struct {
	MsgType     string           `json:"msgtype"`
	Image       *imageWire       `json:"image,omitempty"`
	Link        *linkWire        `json:"link,omitempty"`
	MiniProgram *miniProgramWire `json:"miniprogram,omitempty"`
	Video       *mediaWire       `json:"video,omitempty"`
	File        *mediaWire       `json:"file,omitempty"`
}

type imageWire struct {
	MediaID string `json:"media_id,omitempty"`
	PicURL  string `json:"pic_url,omitempty"`
}

type linkWire struct {
	Title   string `json:"title"`
	PicURL  string `json:"picurl,omitempty"`
	Desc    string `json:"desc,omitempty"`
	URL     string `json:"url"`
	MediaID string `json:"media_id,omitempty"`
}

type miniProgramWire struct {
	Title      string `json:"title"`
	PicMediaID string `json:"pic_media_id,omitempty"`
	AppID      string `json:"appid"`
	Page       string `json:"page"`
}

type mediaWire struct {
	MediaID string `json:"media_id"`
}

// content reads text and attachments, whose media were uploaded for
// attachmentType. They must not be empty both.
func (x *exchange) content(in contentWire, attachmentType int) (Received, error) {
	var out Received
	if in.Text != nil {
		out.Text = in.Text.Content
	}
	for i := range in.Attachments {
		a, ok := in.Attachments[i].read()
		if !ok {
			return out, Refuse(40063, "wecomtest: an attachment lacks the object of its msgtype")
		}
		if err := x.checkAttachment(a, attachmentType); err != nil {
			return out, err
		}
		out.Attachments = append(out.Attachments, a)
	}
	if out.Text == "" && len(out.Attachments) == 0 {
		return out, Refuse(40063, "wecomtest: neither text nor attachment")
	}
	return out, nil
}

// checkAttachment looks at the files that an attachment speaks of.
func (x *exchange) checkAttachment(a Attachment, attachmentType int) error {
	typ := a.MsgType
	switch {
	case a.MsgType == "image" && a.MediaID == "":
		if !x.corp.media.images[a.PicURL] {
			return Refuse(40058, "wecomtest: pic_url is not one of uploadimg")
		}
		return nil
	case a.MsgType == "link" && a.MediaID == "":
		return nil
	case a.MsgType == "link", a.MsgType == "miniprogram":
		typ = "image"
	}
	return x.usable(a.MediaID, typ, attachmentType)
}

// read returns false if the object of the msgtype is not there, or an image
// has neither media nor URL.
func (w *attachmentWire) read() (Attachment, bool) {
	a := Attachment{MsgType: w.MsgType}
	switch {
	case w.MsgType == "image" && w.Image != nil:
		a.MediaID, a.PicURL = w.Image.MediaID, w.Image.PicURL
		if a.MediaID != "" {
			a.PicURL = "" // only one of them counts
		}
		return a, a.MediaID != "" || a.PicURL != ""
	case w.MsgType == "link" && w.Link != nil:
		a.Title, a.PicURL, a.Desc, a.URL, a.MediaID = w.Link.Title, w.Link.PicURL, w.Link.Desc, w.Link.URL, w.Link.MediaID
	case w.MsgType == "miniprogram" && w.MiniProgram != nil:
		a.Title, a.MediaID, a.AppID, a.Page = w.MiniProgram.Title, w.MiniProgram.PicMediaID, w.MiniProgram.AppID, w.MiniProgram.Page
	case w.MsgType == "video" && w.Video != nil:
		a.MediaID = w.Video.MediaID
	case w.MsgType == "file" && w.File != nil:
		a.MediaID = w.File.MediaID
	default:
		return a, false
	}
	return a, true
}

// wire is how get_groupmsg_list_v2 shows an attachment: the cover of a
// mini program is left out.
func (a *Attachment) wire() attachmentWire {
	w := attachmentWire{MsgType: a.MsgType}
	switch a.MsgType {
	case "image":
		w.Image = &imageWire{MediaID: a.MediaID, PicURL: a.PicURL}
	case "link":
		w.Link = &linkWire{Title: a.Title, PicURL: a.PicURL, Desc: a.Desc, URL: a.URL}
	case "miniprogram":
		w.MiniProgram = &miniProgramWire{Title: a.Title, AppID: a.AppID, Page: a.Page}
	case "video":
		w.Video = &mediaWire{MediaID: a.MediaID}
	case "file":
		w.File = &mediaWire{MediaID: a.MediaID}
	}
	return w
}
