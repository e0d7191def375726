package graph

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// appendString writes a JSON string. A byte that is no UTF-8 becomes a lone
// surrogate, which nothing else does: \udc80 for 0x80 and so on.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r != utf8.RuneError || n > 1 {
				i += n
				continue
			}
			b = append(b, s[from:i]...)
			b = append(b, `\udc`...)
		} else {
			if c >= ' ' && c != '"' && c != '\\' {
				i++
				continue
			}
			b = append(b, s[from:i]...)
			if c >= ' ' {
				b = append(b, '\\', c)
				i++
				from = i
				continue
			}
			b = append(b, `\u00`...)
		}
		b = append(b, hexDigits[c>>4], hexDigits[c&15])
		i++
		from = i
	}
	b = append(b, s[from:]...)
	return append(b, '"')
}

// unescape reads what follows a backslash, up to s, and returns how long it is.
func unescape(b, s []byte) (out []byte, n int, ok bool) {
	if len(s) == 0 {
		return b, 0, false
	}
	switch s[0] {
	case '"', '\\', '/':
		return append(b, s[0]), 1, true
	case 'b':
		return append(b, '\b'), 1, true
	case 'f':
		return append(b, '\f'), 1, true
	case 'n':
		return append(b, '\n'), 1, true
	case 'r':
		return append(b, '\r'), 1, true
	case 't':
		return append(b, '\t'), 1, true
	case 'u':
	default:
		return b, 0, false
	}
	r, ok := hexRune(s[1:])
	if !ok {
		return b, 0, false
	}
	if !utf16.IsSurrogate(r) {
		return utf8.AppendRune(b, r), 5, true
	}
	if len(s) > 6 && s[5] == '\\' && s[6] == 'u' {
		if low, ok := hexRune(s[7:]); ok {
			if whole := utf16.DecodeRune(r, low); whole != utf8.RuneError {
				return utf8.AppendRune(b, whole), 11, true
			}
		}
	}
	if r < 0xdc80 || r > 0xdcff {
		return b, 0, false
	}
	return append(b, byte(r)), 5, true //nolint:gosec // the low byte is what is meant
}

// hexRune reads four hexadecimal digits.
func hexRune(s []byte) (rune, bool) {
	if len(s) < 4 {
		return 0, false
	}
	n, err := strconv.ParseUint(string(s[:4]), 16, 16)
	return rune(n), err == nil
}
