package codec

import (
	"bytes"
	"encoding/json"
	"errors"
	"sync"
	"unicode/utf8"
)

var (
	errControl = errors.New("control character that JSON can only write as \\u00XX, which WeCom refuses")
	errUTF8    = errors.New("invalid UTF-8")
)

// AppendJSON appends v to dst as the body of a request: what encoding/json
// writes, but without \uXXXX, to which WeCom answers 40033. A nil v is {}.
//
// Escapes that come out of a MarshalJSON or a [json.RawMessage] become the
// characters they stand for. What cannot be written then, invalid UTF-8 and
// control characters other than \b \f \n \r \t, is an error that names the JSON
// path. An escaped U+FFFD counts as invalid UTF-8: it is what encoding/json
// makes of it.
func AppendJSON(dst []byte, v any) ([]byte, error) {
	e := encoders.Get().(*encoder) //nolint:forcetypeassert // nothing else is in there
	defer e.release()
	doc, err := e.encode(v)
	if err != nil {
		return dst, err
	}
	if string(doc) == "null" { // nil, or a nil pointer or map
		return append(dst, '{', '}'), nil
	}
	out, bad, err := appendUnescaped(dst, doc)
	if err != nil {
		return dst, locate(err, doc, bad)
	}
	return out, nil
}

// AppendPart appends v for a MarshalJSON, whose result AppendJSON will meet
// again inside a whole body: escapes and what cannot be written are left to it,
// because it knows the path from the top.
func AppendPart(dst []byte, v any) ([]byte, error) {
	e := encoders.Get().(*encoder) //nolint:forcetypeassert // nothing else is in there
	defer e.release()
	doc, err := e.encode(v)
	return append(dst, doc...), err
}

// An encoder is a buffer with an encoder of encoding/json that writes to it.
type encoder struct {
	buf  bytes.Buffer
	json *json.Encoder
}

//nolint:gochecknoglobals // buffers to use again, no state
var encoders = sync.Pool{New: func() any {
	e := new(encoder)
	e.json = json.NewEncoder(&e.buf)
	e.json.SetEscapeHTML(false)
	return e
}}

// encode returns v as encoding/json writes it. The bytes hold until release.
func (e *encoder) encode(v any) ([]byte, error) {
	if err := e.json.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(e.buf.Bytes(), []byte{'\n'}), nil
}

func (e *encoder) release() {
	if e.buf.Cap() > maxPooled {
		return
	}
	e.buf.Reset()
	encoders.Put(e)
}

// appendUnescaped appends doc, valid JSON, without \uXXXX. If that cannot be,
// bad is where in doc the reason stands.
func appendUnescaped(dst, doc []byte) (out []byte, bad int, err error) {
	if !utf8.Valid(doc) {
		return nil, invalidAt(doc), errUTF8
	}
	done := 0 // doc[:done] is in dst
	for i := 0; ; {
		n := bytes.IndexByte(doc[i:], '\\')
		if n < 0 {
			return append(dst, doc[done:]...), 0, nil
		}
		i += n
		r, size := unescape(doc[i:])
		if doc[i+1] == 'u' {
			dst = append(dst, doc[done:i]...)
			if dst, err = appendEscaped(dst, r); err != nil {
				return nil, i, err
			}
			done = i + size
		}
		i += size
	}
}

// appendEscaped appends r as it stands in a JSON string, without \uXXXX.
func appendEscaped(dst []byte, r rune) ([]byte, error) {
	switch r {
	case '"', '\\':
		return append(dst, '\\', byte(r)), nil
	case '\b':
		return append(dst, `\b`...), nil
	case '\f':
		return append(dst, `\f`...), nil
	case '\n':
		return append(dst, `\n`...), nil
	case '\r':
		return append(dst, `\r`...), nil
	case '\t':
		return append(dst, `\t`...), nil
	case utf8.RuneError:
		return nil, errUTF8
	}
	if r < ' ' {
		return nil, errControl
	}
	return utf8.AppendRune(dst, r), nil
}

// invalidAt returns where the first invalid byte of s stands.
func invalidAt(s []byte) int {
	i := 0
	for i < len(s) {
		r, n := utf8.DecodeRune(s[i:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		i += n
	}
	return i
}
