package codec

import (
	"errors"
	"fmt"
	"unicode/utf8"
)

// maxDepth is how deep objects and arrays may be nested. WeCom stays below 10.
const maxDepth = 1000

var (
	errTooDeep  = errors.New("nested too deep")
	errTrailing = errors.New("something follows the JSON value")
)

// A scanner is a position in a document. Each of its methods that reads
// something starts at pos, which may be before white space, and leaves pos
// right after what it read.
type scanner struct {
	data  []byte
	pos   int
	depth int
	text  []byte // where str builds a text that differs from its bytes in data
}

// next skips white space and returns the byte that the next token starts with,
// or 0 if there is none.
func (s *scanner) next() byte {
	for ; s.pos < len(s.data); s.pos++ {
		switch c := s.data[s.pos]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

// end checks that nothing but white space is left.
func (s *scanner) end() error {
	s.next()
	if s.pos < len(s.data) {
		return fmt.Errorf("%w at offset %d", errTrailing, s.pos)
	}
	return nil
}

// enter reads the bracket that an object or array opens with. Its members
// follow: ask more before each.
func (s *scanner) enter() error {
	s.next()
	if s.depth == maxDepth {
		return errTooDeep
	}
	s.depth++
	s.pos++
	return nil
}

// more reports whether another member follows, and reads the comma before it
// or the bracket that closes the object or array.
func (s *scanner) more(closing byte, first bool) (bool, error) {
	switch c := s.next(); {
	case c == closing:
		s.depth--
		s.pos++
		return false, nil
	case first:
		return true, nil
	case c == ',':
		s.pos++
		return true, nil
	default:
		return false, s.unexpected("',' or '" + string(closing) + "'")
	}
}

// key reads the name of a member and the colon after it. The name holds until
// the next string is read.
func (s *scanner) key() ([]byte, error) {
	if s.next() != '"' {
		return nil, s.unexpected("a name")
	}
	name, err := s.str()
	if err != nil {
		return nil, err
	}
	return name, s.colon()
}

func (s *scanner) colon() error {
	if s.next() != ':' {
		return s.unexpected("':'")
	}
	s.pos++
	return nil
}

// peek tells the kind of the value that comes next by its first byte.
func (s *scanner) peek() kind {
	switch s.next() {
	case '{':
		return kindObject
	case '[':
		return kindArray
	case '"':
		return kindString
	case 't', 'f':
		return kindBool
	case 'n':
		return kindNull
	default:
		return kindNumber
	}
}

// scalar reads a string, number, true, false or null. The text is that of the
// string or the literal as it stands, and holds until the next string is read.
func (s *scanner) scalar() (kind, []byte, error) {
	switch c := s.next(); c {
	case '"':
		text, err := s.str()
		return kindString, text, err
	case 't':
		text, err := s.literal("true")
		return kindBool, text, err
	case 'f':
		text, err := s.literal("false")
		return kindBool, text, err
	case 'n':
		text, err := s.literal("null")
		return kindNull, text, err
	default:
		text, err := s.number()
		return kindNumber, text, err
	}
}

func (s *scanner) literal(want string) ([]byte, error) {
	end := s.pos + len(want)
	if end > len(s.data) || string(s.data[s.pos:end]) != want {
		return nil, s.unexpected("a value")
	}
	text := s.data[s.pos:end]
	s.pos = end
	return text, nil
}

func (s *scanner) number() ([]byte, error) {
	n := numberLen(s.data[s.pos:])
	if n == 0 {
		return nil, s.unexpected("a value")
	}
	text := s.data[s.pos : s.pos+n]
	s.pos += n
	return text, nil
}

// str reads a string. The usual one, ASCII without escapes, is found in the
// one pass over its bytes that also finds its end.
func (s *scanner) str() ([]byte, error) {
	start := s.pos + 1
	for i := start; i < len(s.data); i++ {
		switch c := s.data[i]; {
		case c == '"':
			s.pos = i + 1
			return s.data[start:i], nil
		case c == '\\' || c >= utf8.RuneSelf:
			return s.strFrom(start, i)
		}
	}
	s.pos = len(s.data)
	return nil, s.unexpected("the end of a string")
}

// strFrom is str for a string that starts at start and is plain up to i.
func (s *scanner) strFrom(start, i int) ([]byte, error) {
	end, escaped := stringEnd(s.data, i)
	if end < 0 {
		s.pos = len(s.data)
		return nil, s.unexpected("the end of a string")
	}
	raw := s.data[start:end]
	if escaped || !utf8.Valid(raw) {
		text, bad := appendText(s.text[:0], raw)
		if bad >= 0 {
			s.pos = start + bad
			return nil, s.unexpected("an escape sequence")
		}
		s.text, raw = text, text
	}
	s.pos = end + 1
	return raw, nil
}

// inside reads a string and returns the bytes between its quotes as they are.
func (s *scanner) inside() ([]byte, error) {
	start := s.pos + 1
	end, _ := stringEnd(s.data, start)
	if end < 0 {
		s.pos = len(s.data)
		return nil, s.unexpected("the end of a string")
	}
	s.pos = end + 1
	return s.data[start:end], nil
}

// stringEnd returns where the quote stands that ends the string that i is in,
// -1 if there is none, and whether an escape stands before it.
func stringEnd(data []byte, i int) (end int, escaped bool) {
	for ; i < len(data); i++ {
		switch data[i] {
		case '"':
			return i, escaped
		case '\\':
			escaped = true
			i++ // whatever is escaped, it does not end the string
		}
	}
	return -1, escaped
}

// skip reads any value and forgets it.
func (s *scanner) skip() error {
	k := s.peek()
	if k != kindObject && k != kindArray {
		_, _, err := s.scalar()
		return err
	}
	if err := s.enter(); err != nil {
		return err
	}
	for first := true; ; first = false {
		more, err := s.more(closing(k), first)
		if err != nil || !more {
			return err
		}
		if k == kindObject {
			if _, err := s.key(); err != nil {
				return err
			}
		}
		if err := s.skip(); err != nil {
			return err
		}
	}
}

// raw reads any value and returns its bytes, fit for encoding/json: control
// characters that stand raw in a string, which only we forgive, are escaped.
func (s *scanner) raw() ([]byte, error) {
	s.next()
	start := s.pos
	if err := s.skip(); err != nil {
		return nil, err
	}
	return escapeControls(s.data[start:s.pos:s.pos]), nil
}

// unexpected is the error for what stands at pos, where want should.
func (s *scanner) unexpected(want string) error {
	if s.pos >= len(s.data) {
		return fmt.Errorf("unexpected end of JSON, want %s", want)
	}
	return fmt.Errorf("unexpected %q at offset %d, want %s", s.data[s.pos], s.pos, want)
}
