package graph

import "unicode/utf8"

// scanner reads the tokens of JSON.
type scanner struct {
	data    []byte
	pos     int
	scratch []byte // of the latest string with escapes
}

// peek returns the first byte of the next token, or 0 at the end.
func (s *scanner) peek() byte {
	for ; s.pos < len(s.data); s.pos++ {
		switch c := s.data[s.pos]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

// take takes the next token if it is that byte.
func (s *scanner) take(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.pos++
	return true
}

// expect takes a byte that must come.
func (s *scanner) expect(c byte) error {
	if !s.take(c) {
		return s.failf("want %q", c)
	}
	return nil
}

// word takes the next token if it is that word.
func (s *scanner) word(w string) bool {
	s.peek()
	if len(s.data)-s.pos < len(w) || string(s.data[s.pos:s.pos+len(w)]) != w {
		return false
	}
	s.pos += len(w)
	return true
}

// number takes a number, as it is written.
func (s *scanner) number() ([]byte, error) {
	if c := s.peek(); c != '-' && (c < '0' || c > '9') {
		return nil, s.failf("want a number")
	}
	from := s.pos
	for ; s.pos < len(s.data); s.pos++ {
		switch c := s.data[s.pos]; {
		case c >= '0' && c <= '9', c == '-', c == '+', c == '.', c == 'e', c == 'E':
		default:
			return s.data[from:s.pos], nil
		}
	}
	return s.data[from:s.pos], nil
}

// text takes a string. What it returns is good until the next call.
func (s *scanner) text() ([]byte, error) {
	if !s.take('"') {
		return nil, s.failf("want a string")
	}
	from, escaped := s.pos, false
	s.scratch = s.scratch[:0]
	for s.pos < len(s.data) {
		switch c := s.data[s.pos]; {
		case c == '"':
			part := s.data[from:s.pos]
			if !utf8.Valid(part) {
				return nil, s.failf("a string is no UTF-8")
			}
			s.pos++
			if !escaped {
				return part, nil
			}
			s.scratch = append(s.scratch, part...)
			return s.scratch, nil
		case c == '\\':
			part := s.data[from:s.pos]
			if !utf8.Valid(part) {
				return nil, s.failf("a string is no UTF-8")
			}
			out, n, ok := unescape(append(s.scratch, part...), s.data[s.pos+1:])
			if !ok {
				return nil, s.failf("a string has an escape that means nothing")
			}
			s.scratch, escaped = out, true
			s.pos += 1 + n
			from = s.pos
		case c < ' ':
			return nil, s.failf("a string has a control character")
		default:
			s.pos++
		}
	}
	return nil, s.failf("a string does not end")
}

// failf tells what is wrong, and where in the data.
func (s *scanner) failf(format string, args ...any) error {
	return failf(format+" at byte %d", append(args, s.pos)...)
}
