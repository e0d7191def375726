// Package codec turns Go values into what WeCom reads and back.
package codec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
)

// AppendJSON appends v as the body of a request.
func AppendJSON(dst []byte, v any) ([]byte, error) {
	if v == nil {
		return append(dst, '{', '}'), nil
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return dst, err
	}
	return append(dst, bytes.TrimSuffix(buf.Bytes(), []byte("\n"))...), nil
}

// Query returns v as the query of a GET.
func Query(v any) (url.Values, error) {
	switch v := v.(type) {
	case nil:
		return url.Values{}, nil
	case url.Values:
		return v, nil
	}
	body, err := AppendJSON(nil, v)
	if err != nil {
		return nil, err
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil {
		return nil, err
	}
	q := url.Values{}
	for name, raw := range members {
		var s string
		if json.Unmarshal(raw, &s) != nil {
			s = string(raw)
		}
		q.Set(name, s)
	}
	return q, nil
}

// Status finds errcode and errmsg at the top of a reply. ok is false if body
// is not a JSON object.
func Status(body []byte) (code int, msg []byte, ok bool) {
	var s struct {
		Code json.RawMessage `json:"errcode"`
		Msg  string          `json:"errmsg"`
	}
	if json.Unmarshal(body, &s) != nil {
		return 0, nil, false
	}
	code, _ = strconv.Atoi(string(bytes.Trim(s.Code, `"`)))
	return code, []byte(s.Msg), true
}

// Decode reads a reply into v, a pointer.
func Decode(body []byte, v any) error { return json.Unmarshal(body, v) }

// DecodeStrict is Decode that refuses unknown fields.
func DecodeStrict(body []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return fmt.Errorf("strict: %w", err)
	}
	return nil
}
