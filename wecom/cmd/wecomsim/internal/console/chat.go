package console

import (
	"cmp"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A chat is a phone with a chat on it, as one of the people sees it.
type chat struct {
	Title, Sub string
	Bubbles    []bubble
	Earlier    int // how many messages are left out before
	Empty      string
	Write      *composer // nil: nobody can
}

// A bubble is one message.
type bubble struct {
	ID    string // which of the chat's messages
	From  face
	Mine  bool
	Named bool
	Label string    // how it came about, unless it was typed
	Time  time.Time // shown above it, unless it is zero
	Text  string
	File  *attachment
}

// A composer is where one writes.
type composer struct {
	Action string            // where to post
	Fields map[string]string // that go with the text
	As     face
}

// An attachment is a message that is not text.
type attachment struct {
	Kind        string // image, link, miniprogram, video or file
	Title, Desc string
	URL         string // that it leads to
	Image       string // address of the picture, if it is here
	Note        string // what cannot be shown
}

// pause is how long nobody writes until the time is shown again.
const pause = 5 * time.Minute

// maxMessages is how many messages of a chat are shown: the latest ones.
const maxMessages = 300

// bubbles lays out a chat as one of the people sees it.
func (v *visit) bubbles(messages []wecomtest.ChatMessage, me string, group bool) []bubble {
	var list []bubble
	var last time.Time
	first := max(0, len(messages)-maxMessages)
	for i := range messages[first:] {
		m := &messages[first+i]
		b := bubble{From: v.Face(m.From), Mine: m.From == me, Named: group && m.From != me, Label: label(m.Kind), Text: m.Text}
		if m.Time.Sub(last) > pause || m.Time.YearDay() != last.YearDay() {
			b.Time = m.Time
		}
		last = m.Time
		if m.Text != "" {
			b.ID = strconv.Itoa(first + i)
			list = append(list, b)
			b.Time, b.Label = time.Time{}, ""
		}
		for n, at := range m.Attachments {
			b.ID = fmt.Sprintf("%d-%d", first+i, n)
			b.Text, b.File = "", v.attachment(at)
			list = append(list, b)
			b.Time, b.Label = time.Time{}, ""
		}
	}
	return list
}

func label(k wecomtest.Kind) string {
	switch k {
	case wecomtest.KindWelcome:
		return "welcome message"
	case wecomtest.KindMassSend:
		return "mass message"
	case wecomtest.KindGroupWelcome:
		return "group welcome"
	default:
		return string(k)
	}
}

// attachment shows one, with the uploaded file if it has one.
func (v *visit) attachment(a wecomtest.Attachment) *attachment {
	out := &attachment{Kind: a.MsgType, Title: a.Title, Desc: a.Desc, URL: a.URL}
	if a.MsgType == "miniprogram" {
		out.Desc = a.AppID + " " + a.Page
	}
	f, ok := v.mediaFile(a.MediaID)
	switch {
	case ok && f.Type == "image":
		out.Image = v.Link("media", a.MediaID)
	case ok && a.MsgType == "miniprogram": // the cover is none
	case ok:
		out.Title = cmp.Or(out.Title, f.FileName, "unnamed")
		out.Desc = size(f.Size)
		out.URL = v.Link("media", a.MediaID)
	case a.MediaID != "":
		out.Note = "the file has expired"
	case a.PicURL != "":
		out.Note = a.PicURL
	}
	if u, err := url.Parse(a.URL); err != nil || u.Scheme != "http" && u.Scheme != "https" {
		out.URL, out.Note = strings.TrimPrefix(out.URL, a.URL), strings.TrimSpace(a.URL+" "+out.Note)
	}
	return out
}

// attachments shows several.
func (v *visit) attachments(list []wecomtest.Attachment) []*attachment {
	var out []*attachment
	for _, a := range list {
		out = append(out, v.attachment(a))
	}
	return out
}

// mediaFile finds what the list of files says of one.
func (v *visit) mediaFile(id string) (api.MediaFile, bool) {
	if id == "" {
		return api.MediaFile{}, false
	}
	if v.file == nil {
		v.file = make(map[string]api.MediaFile)
		list, _ := v.api.Media(v.ctx, v.whole()) // a list of a corp that is there
		for _, f := range list.Items {
			v.file[f.MediaID] = f
		}
	}
	f, ok := v.file[id]
	return f, ok
}

func size(n int) string {
	switch {
	case n < 1<<10:
		return count(n, "byte", "bytes")
	case n < 1<<20:
		return fmt.Sprintf("%d KB", n>>10)
	default:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	}
}

// media serves an uploaded file: a picture to look at, anything else to save.
// Nothing in it runs.
func (c *console) media(w http.ResponseWriter, r *http.Request) {
	in := api.InMedia{MediaID: r.PathValue("media_id")}
	in.Corp = r.URL.Query().Get("corp")
	m, err := c.api.MediaFile(r.Context(), in)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	typ := http.DetectContentType(m.Data)
	if strings.HasPrefix(typ, "image/") {
		h.Set("Content-Type", typ)
	} else {
		h.Set("Content-Type", "application/octet-stream")
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": path.Base("/" + m.FileName)}))
	}
	h.Set("Content-Length", strconv.Itoa(len(m.Data)))
	_, _ = w.Write(m.Data)
}
