package cassette

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// canonical gives a request its one form, with everything as it came.
func canonical(r *http.Request, path string, body []byte) Request {
	req := Request{Method: r.Method, Path: path, Query: canonicalQuery(r.URL.RawQuery), Range: r.Header.Get("Range")}
	if len(body) == 0 {
		return req
	}
	mediaType, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if mediaType == "multipart/form-data" {
		if parts, err := readParts(body, params["boundary"]); err == nil {
			req.Parts = parts
			return req
		}
	}
	if v, err := parseJSON(body, maxDepth); err == nil && isDocument(v) && v != nil && !escaped.Match(body) {
		req.Body = v
		return req
	}
	req.File = fileOf(body)
	req.File.Data = body
	return req
}

// escaped finds \uXXXX, which WeCom refuses: such a body is not the same as one
// with the character.
var escaped = regexp.MustCompile(`(^|[^\\])(\\\\)*\\u`)

// canonicalQuery decodes parameters; one that cannot be decoded has no name.
func canonicalQuery(raw string) map[string]string {
	var query map[string]string
	times := make(map[string]int)
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		at, val := "", pair
		if values, err := url.ParseQuery(pair); err == nil {
			for name, list := range values { // there is one
				at, val = strings.ReplaceAll(name, "#", "##"), list[0]
			}
		}
		if times[at]++; times[at] > 1 {
			at += "#" + strconv.Itoa(times[at])
		}
		if query == nil {
			query = make(map[string]string)
		}
		query[at] = val
	}
	return query
}

// parameter is the name of a query's entry, which may be one of several values.
func parameter(entry string) string { return repeated.ReplaceAllString(entry, "") }

var repeated = regexp.MustCompile(`#[0-9]{1,9}$`)

func readParts(body []byte, boundary string) ([]Part, error) {
	var parts []Part
	reader := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		p, err := reader.NextRawPart()
		if errors.Is(err, io.EOF) {
			return parts, nil
		}
		if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(p)
		if err != nil {
			return nil, err
		}
		_, params, _ := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
		file := fileOf(data)
		file.Data = data
		parts = append(parts, Part{params["name"], params["filename"], mediaType(p.Header.Get("Content-Type")), *file})
	}
}

// mediaType drops parameters such as a boundary.
func mediaType(header string) string {
	typ, _, err := mime.ParseMediaType(header)
	if err != nil {
		return ""
	}
	return typ
}

// parseJSON reads one JSON value strictly: what could be read in two ways, such
// as a key that is there twice, is an error.
func parseJSON(data []byte, deep int) (any, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("not UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	v, err := parseValue(dec, deep)
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one JSON value")
	}
	return v, nil
}

func parseValue(dec *json.Decoder, deep int) (any, error) {
	if deep < 0 {
		return nil, errors.New("nested too deep")
	}
	tok, err := dec.Token()
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	switch tok {
	case json.Delim('{'):
		return parseObject(dec, deep)
	case json.Delim('['):
		list := []any{}
		for dec.More() {
			item, err := parseValue(dec, deep-1)
			if err != nil {
				return nil, err
			}
			list = append(list, item)
		}
		_, err := dec.Token()
		return list, err
	}
	return tok, nil
}

func parseObject(dec *json.Decoder, deep int) (any, error) {
	m := map[string]any{}
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return nil, err
		}
		name, _ := tok.(string)
		if _, twice := m[name]; twice {
			return nil, fmt.Errorf("%q is there twice", name)
		}
		if m[name], err = parseValue(dec, deep-1); err != nil {
			return nil, err
		}
	}
	_, err := dec.Token()
	return m, err
}

// masked is the request as it is compared: who calls is left out.
func (r *Request) masked(t *table) Request {
	out := *r
	token := ""
	if e := t.find(r.Path); e != nil {
		token = e.Token
	}
	out.Query = make(map[string]string, len(r.Query))
	proves := func(name string) bool { return name == token && token != "" || credential(name) }
	for entry, v := range r.Query {
		name := parameter(entry)
		if proves(name) {
			v = anyone
		} else if broken, _, _ := strings.Cut(v, "="); name == "" && proves(broken) {
			v = broken + "=" + anyone
		}
		out.Query[entry] = v
	}
	out.Body = maskBody(r.Body)
	out.Parts = nil
	for _, p := range r.Parts {
		p.Data = nil
		out.Parts = append(out.Parts, p)
	}
	if r.File != nil {
		out.File = &File{Size: r.File.Size, SHA256: r.File.SHA256}
	}
	return out
}

// anyone stands for a credential.
const anyone = "*"

func maskBody(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, val := range v {
			if _, text := val.(string); text && credential(name) {
				val = anyone
			}
			out[name] = maskBody(val)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = maskBody(v[i])
		}
		return out
	}
	return v
}
