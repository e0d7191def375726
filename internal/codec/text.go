package codec

import (
	"hash/maphash"
	"unicode/utf16"
	"unicode/utf8"
)

// appendText appends the text that raw, the inside of a JSON string, stands
// for. Invalid UTF-8 and unpaired surrogates become U+FFFD, as in
// encoding/json. bad is the offset of an escape that JSON does not know, or -1.
func appendText(dst, raw []byte) (text []byte, bad int) {
	for i := 0; i < len(raw); {
		switch c := raw[i]; {
		case c == '\\':
			r, n := unescape(raw[i:])
			if n == 0 {
				return nil, i
			}
			dst = utf8.AppendRune(dst, r)
			i += n
		case c < utf8.RuneSelf:
			dst = append(dst, c)
			i++
		default:
			r, n := utf8.DecodeRune(raw[i:])
			dst = utf8.AppendRune(dst, r)
			i += n
		}
	}
	return dst, -1
}

// unescape reads the escape sequence that s starts with, two of them if they
// are a surrogate pair, and returns the rune and how many bytes it took: none
// if JSON has no such escape. An unpaired surrogate is U+FFFD.
func unescape(s []byte) (r rune, n int) {
	if len(s) < 2 {
		return 0, 0
	}
	switch s[1] {
	case '"', '\\', '/':
		return rune(s[1]), 2
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	}
	r, ok := hexEscape(s)
	if !ok {
		return 0, 0
	}
	if !utf16.IsSurrogate(r) {
		return r, 6
	}
	if low, ok := hexEscape(s[6:]); ok {
		if joined := utf16.DecodeRune(r, low); joined != utf8.RuneError {
			return joined, 12
		}
	}
	return utf8.RuneError, 6
}

// hexEscape returns the code unit of the \uXXXX that s starts with.
func hexEscape(s []byte) (r rune, ok bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	for _, c := range s[2:6] {
		switch {
		case isDigit(c):
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// escapeControls returns raw, a JSON value, with the control characters inside
// its strings escaped. There are none almost always, and raw itself comes back.
func escapeControls(raw []byte) []byte {
	const hex = "0123456789abcdef"
	var out []byte // raw[:done] rewritten
	done := 0
	inString := false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '"':
			inString = !inString
		case c == '\\':
			i++
		case c < ' ' && inString:
			out = append(out, raw[done:i]...)
			out = append(out, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			done = i + 1
		}
	}
	if done == 0 {
		return raw
	}
	return append(out, raw[done:]...)
}

// recentStrings remembers short strings, because a page of customers repeats
// the same members, tags, states and corp names in every row: a string that is
// still here is handed out again instead of being copied again.
type recentStrings struct {
	seed maphash.Seed
	slot [256]string
}

const maxRecentLen = 64

// get returns b as a string of its own.
func (r *recentStrings) get(b []byte) string {
	if len(b) < 2 || len(b) > maxRecentLen {
		return string(b)
	}
	slot := &r.slot[maphash.Bytes(r.seed, b)%uint64(len(r.slot))]
	if *slot != string(b) {
		*slot = string(b)
	}
	return *slot
}
