package wecomtest

import (
	"cmp"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// maxChunk is how much of a file one call may fetch.
const maxChunk = 20 * megabyte

type getMediaRequest struct {
	MediaID string `json:"media_id"`
}

func getMedia(x *exchange, req getMediaRequest) (any, error) {
	m := x.corp.media.live(req.MediaID, x.now)
	if m == nil {
		return nil, Refuse(40007, "invalid media_id")
	}
	contentType := "application/octet-stream"
	switch m.Type {
	case "image", "video":
		contentType = http.DetectContentType(m.Data)
	case "voice":
		contentType = "voice/amr"
	}
	return x.download(m, contentType, m.Data)
}

func getVoice(x *exchange, req getMediaRequest) (any, error) {
	m := x.corp.media.live(req.MediaID, x.now)
	if m == nil || m.Speex == nil {
		return nil, Refuse(40007, "invalid media_id")
	}
	return x.download(m, "voice/speex", m.Speex)
}

// download answers with the file, or the range of it that the call asks for.
func (x *exchange) download(m *Media, contentType string, data []byte) (any, error) {
	reply := rawReply{ContentType: contentType, Header: http.Header{
		"Accept-Ranges":       {"bytes"},
		"Cache-Control":       {"no-cache, must-revalidate"},
		"Content-Disposition": {disposition(cmp.Or(m.FileName, m.MediaID))},
	}}
	from, to, ok := byteRange(x.r.Header.Get("Range"), len(data))
	switch {
	case !ok:
		from, to = 0, len(data)
	case from >= to:
		reply.Status = http.StatusRequestedRangeNotSatisfiable
		reply.Header.Set("Content-Range", "bytes */"+strconv.Itoa(len(data)))
		return reply, nil
	default:
		reply.Status = http.StatusPartialContent
		reply.Header.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, to-1, len(data)))
	}
	if to-from > maxChunk {
		return nil, Refuse(830002, "wecomtest: more than 20 MB at once")
	}
	reply.Body = data[from:to]
	return reply, nil
}

// disposition names a file; what is not ASCII takes the form of RFC 5987.
func disposition(name string) string {
	for _, r := range name {
		if r < ' ' || r > '~' {
			return mime.FormatMediaType("attachment", map[string]string{"filename": name})
		}
	}
	return `attachment; filename="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
}

// byteRange reads a Range header: data[from:to], empty if it lies outside. It
// returns false if the header is not one simple range, which a server ignores.
func byteRange(header string, size int) (from, to int, ok bool) {
	spec, ok := strings.CutPrefix(header, "bytes=")
	if !ok {
		return 0, 0, false
	}
	first, last, ok := strings.Cut(spec, "-")
	if !ok {
		return 0, 0, false
	}
	if first == "" {
		n, err := strconv.Atoi(last)
		if err != nil || n < 0 {
			return 0, 0, false
		}
		return max(size-n, 0), size, true
	}
	from, err := strconv.Atoi(first)
	if err != nil || from < 0 {
		return 0, 0, false
	}
	if last == "" {
		return from, size, true
	}
	to, err = strconv.Atoi(last)
	if err != nil || to < from {
		return 0, 0, false
	}
	return from, min(to, size-1) + 1, true
}
