package codec

import (
	"bytes"
	"errors"
	"slices"
	"unicode/utf8"
)

var (
	errControl = errors.New("control character that JSON can only write as \\u00XX, which WeCom refuses")
	errUTF8    = errors.New("invalid UTF-8")
)

// appendString writes text as a JSON string. Most texts stand there as they are.
func appendString[T string | []byte](e *encoder, text T) error {
	e.out = append(e.out, '"')
	start := len(e.out)
	e.out = append(e.out, text...)
	written := e.out[start:]
	if valid := utf8.Valid(written); !valid || slices.ContainsFunc(written, isSpecial) {
		e.out = e.out[:start]
		if err := appendEscaped(e, text, valid); err != nil {
			return err
		}
	}
	e.out = append(e.out, '"')
	return nil
}

// isSpecial reports whether c must be escaped inside a JSON string.
func isSpecial(c byte) bool { return c < ' ' || c == '"' || c == '\\' }

// appendEscaped writes what stands between the quotes. valid says that text is
// UTF-8 throughout.
func appendEscaped[T string | []byte](e *encoder, text T, valid bool) error {
	done := 0 // text[:done] is written
	for i := 0; i < len(text); {
		c, n, invalid := text[i], 1, false
		if c >= utf8.RuneSelf && !valid {
			_, n = utf8.DecodeRuneInString(string(text[i:min(i+utf8.UTFMax, len(text))]))
			invalid = n == 1
		}
		if invalid || isSpecial(c) {
			e.out = append(e.out, text[done:i]...)
			if err := e.escape(c); err != nil {
				return err
			}
			done = i + 1
		}
		i += n
	}
	e.out = append(e.out, text[done:]...)
	return nil
}

// escape writes a byte that cannot stand in a JSON string as it is.
func (e *encoder) escape(c byte) error {
	const hex = "0123456789abcdef"
	switch c {
	case '"', '\\':
		e.out = append(e.out, '\\', c)
	case '\b':
		e.out = append(e.out, `\b`...)
	case '\f':
		e.out = append(e.out, `\f`...)
	case '\n':
		e.out = append(e.out, `\n`...)
	case '\r':
		e.out = append(e.out, `\r`...)
	case '\t':
		e.out = append(e.out, `\t`...)
	default:
		switch invalid := c >= utf8.RuneSelf; {
		case invalid && e.part:
			e.out = append(e.out, `\ufffd`...)
		case invalid:
			return errUTF8
		case e.part:
			e.out = append(e.out, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			return errControl
		}
	}
	return nil
}

// copyJSON writes doc, a JSON value that a MarshalJSON has made, without its
// white space and without its \uXXXX.
func (e *encoder) copyJSON(doc []byte) error {
	s := scanner{data: doc}
	if err := e.copyValue(&s); err != nil {
		return err
	}
	return s.end()
}

func (e *encoder) copyValue(s *scanner) error {
	switch s.peek() {
	case kindObject:
		return e.copyObject(s)
	case kindArray:
		return e.copyArray(s)
	case kindString:
		inside, err := s.inside()
		if err != nil {
			return err
		}
		return e.copyString(inside)
	default:
		_, text, err := s.scalar()
		e.out = append(e.out, text...)
		return err
	}
}

func (e *encoder) copyObject(s *scanner) error {
	if err := s.enter(); err != nil {
		return err
	}
	e.out = append(e.out, '{')
	for first := true; ; first = false {
		more, err := s.more('}', first)
		if err != nil {
			return err
		}
		if !more {
			e.out = append(e.out, '}')
			return nil
		}
		if !first {
			e.out = append(e.out, ',')
		}
		if s.next() != '"' {
			return s.unexpected("a name")
		}
		name, err := s.inside()
		if err != nil {
			return err
		}
		if err := e.copyMember(s, name); err != nil {
			text, _ := appendText(nil, name)
			return inMember(err, string(text))
		}
	}
}

func (e *encoder) copyMember(s *scanner, name []byte) error {
	if err := e.copyString(name); err != nil {
		return err
	}
	if err := s.colon(); err != nil {
		return err
	}
	e.out = append(e.out, ':')
	return e.copyValue(s)
}

func (e *encoder) copyArray(s *scanner) error {
	if err := s.enter(); err != nil {
		return err
	}
	e.out = append(e.out, '[')
	for n := 0; ; n++ {
		more, err := s.more(']', n == 0)
		if err != nil {
			return err
		}
		if !more {
			e.out = append(e.out, ']')
			return nil
		}
		if n > 0 {
			e.out = append(e.out, ',')
		}
		if err := e.copyValue(s); err != nil {
			return inElement(err, n)
		}
	}
}

// copyString writes the JSON string with these bytes between its quotes.
func (e *encoder) copyString(inside []byte) error {
	if bytes.IndexByte(inside, '\\') < 0 {
		return appendString(e, inside)
	}
	text := e.text[:0]
	for i := 0; i < len(inside); {
		if inside[i] != '\\' {
			text = append(text, inside[i])
			i++
			continue
		}
		r, n := unescape(inside[i:])
		switch {
		case n == 0:
			return errEscape
		case r == utf8.RuneError:
			text = append(text, invalidByte)
		default:
			text = utf8.AppendRune(text, r)
		}
		i += n
	}
	e.text = text
	return appendString(e, text)
}

// invalidByte stands for an escape that stands for no character. No UTF-8 has
// it, and so appendString knows what to do.
const invalidByte = 0xff

var errEscape = errors.New("unknown escape sequence")
