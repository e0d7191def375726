package wecomtest

import (
	"errors"
	"io"
	"mime/multipart"
	"path"
	"strings"
)

// upload is the file of a multipart request.
type upload struct {
	Name        string
	ContentType string
	Data        []byte
}

func (x *exchange) readUpload(boundary string) error {
	body := &io.LimitedReader{R: x.r.Body, N: maxBody + 1}
	unreadable := func() error {
		if body.N == 0 {
			return Refuse(45001, "wecomtest: multipart body too large")
		}
		return Refuse(44001, "wecomtest: multipart body unreadable")
	}
	parts := multipart.NewReader(body, boundary)
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return unreadable()
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return unreadable()
		}
		if where := part.Header.Get("Content-Disposition"); dispositionParam(where, "name") == "media" {
			x.file = upload{path.Base(dispositionParam(where, "filename")), part.Header.Get("Content-Type"), data}
			if x.file.Name == "." {
				x.file.Name = "" // there is none
			}
		}
	}
}

// dispositionParam reads a parameter the way WeCom does, which is not that of
// RFC 5987 or RFC 2047: what stands in the quotes, byte for byte. A filename* is
// another parameter, and an encoded word is shown as it is.
func dispositionParam(header, name string) string {
	_, rest, _ := strings.Cut(header, ";")
	for rest != "" {
		var key, value string
		key, rest, _ = strings.Cut(rest, "=")
		if strings.HasPrefix(rest, `"`) {
			value, rest = quotedParam(rest[1:])
			_, rest, _ = strings.Cut(rest, ";")
		} else {
			value, rest, _ = strings.Cut(rest, ";")
			value = strings.TrimSpace(value)
		}
		if strings.EqualFold(strings.TrimSpace(key), name) {
			return value
		}
	}
	return ""
}

// quotedParam reads up to the closing quote. A backslash stands for itself
// unless a quote or another one follows.
func quotedParam(text string) (value, rest string) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '"':
			return b.String(), text[i+1:]
		case text[i] == '\\' && i+1 < len(text) && (text[i+1] == '"' || text[i+1] == '\\'):
			i++
		}
		b.WriteByte(text[i])
	}
	return b.String(), ""
}
