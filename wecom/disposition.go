package wecom

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// dispositionName finds the file name in a Content-Disposition header. It is
// lenient, because names come raw, quoted or not, and percent-encoded in
// filename*, which is preferred. What it returns is safe as the last element
// of a path: "" if nothing safe is left.
func dispositionName(header string) string {
	_, rest, _ := strings.Cut(header, ";")
	var plain, extended string
	for rest != "" {
		var name, value string
		name, value, rest = nextParam(rest)
		switch {
		case strings.EqualFold(name, "filename") && plain == "":
			plain = safeName(value)
		case strings.EqualFold(name, "filename*") && extended == "":
			extended = safeName(extendedValue(value))
		}
	}
	if extended != "" {
		return extended
	}
	return plain
}

// nextParam cuts one name=value off s.
func nextParam(s string) (name, value, rest string) {
	end := strings.IndexAny(s, "=;")
	if end < 0 {
		return "", "", ""
	}
	name, rest = strings.TrimSpace(s[:end]), s[end+1:]
	if s[end] == ';' {
		return name, "", rest
	}
	rest = strings.TrimLeft(rest, " \t")
	if strings.HasPrefix(rest, `"`) {
		value, rest = quotedValue(rest[1:])
		return name, value, rest
	}
	value, rest, _ = strings.Cut(rest, ";")
	return name, strings.TrimSpace(value), rest
}

// quotedValue reads up to the closing quote, which is one that a semicolon or
// the end follows: names have been seen with bare quotes inside.
func quotedValue(s string) (value, rest string) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
		case s[i] == '"':
			after := strings.TrimLeft(s[i+1:], " \t")
			if after == "" || after[0] == ';' {
				return b.String(), strings.TrimPrefix(after, ";")
			}
		}
		b.WriteByte(s[i])
	}
	return b.String(), ""
}

// extendedValue decodes charset'language'percent-encoded. It returns "" if
// that is not UTF-8.
func extendedValue(s string) string {
	_, s, _ = strings.Cut(s, "'")
	_, s, ok := strings.Cut(s, "'")
	if !ok {
		return ""
	}
	name, err := url.PathUnescape(s)
	if err != nil || !utf8.ValidString(name) {
		return ""
	}
	return name
}

func safeName(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, "\uFFFD"))
	name = strings.TrimSpace(baseName(name))
	if name == "." || name == ".." {
		return ""
	}
	return name
}
