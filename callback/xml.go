package callback

import (
	"errors"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

var errXML = errors.New("malformed XML")

type tagKind uint8

const (
	tagOpen  tagKind = iota // <a>
	tagClose                // </a>
	tagEmpty                // <a/>
)

// A tag is one tag, with the text that stands in front of it.
type tag struct {
	kind  tagKind
	name  string // with its prefix, to compare opening and closing
	local string // without
	text  string // of a closing tag only
}

// An xmlScanner reads the XML that WeCom writes: elements, character data,
// CDATA, comments, character references and the five named entities.
// Attributes are skipped, a document type is refused and no other entity is
// expanded. Texts are substrings of s wherever nothing in them is escaped.
// Its work grows with the length of the input and nothing else.
type xmlScanner struct {
	s   string
	pos int
}

// next returns the next tag. The end of the input is an error: a document
// ends with its root's closing tag.
func (x *xmlScanner) next() (tag, error) {
	var text textBuilder
	for {
		i := strings.IndexByte(x.s[x.pos:], '<')
		if i < 0 {
			return tag{}, errXML
		}
		text.addEscaped(x.s[x.pos : x.pos+i])
		x.pos += i
		switch rest := x.s[x.pos:]; {
		case strings.HasPrefix(rest, "</"):
			name, ok := x.upTo("</", ">")
			if !ok {
				return tag{}, errXML
			}
			name = strings.TrimRight(name, " \t\r\n")
			return tag{kind: tagClose, name: name, local: localName(name), text: text.String()}, nil
		case strings.HasPrefix(rest, "<![CDATA["):
			data, ok := x.upTo("<![CDATA[", "]]>")
			if !ok {
				return tag{}, errXML
			}
			text.add(newlines(data))
		case strings.HasPrefix(rest, "<!--"):
			if _, ok := x.upTo("<!--", "-->"); !ok {
				return tag{}, errXML
			}
		case strings.HasPrefix(rest, "<?"):
			if _, ok := x.upTo("<?", "?>"); !ok {
				return tag{}, errXML
			}
		case strings.HasPrefix(rest, "<!"):
			return tag{}, errXML // a document type
		default:
			return x.start()
		}
	}
}

// upTo returns what stands between open, which is at pos, and the next end.
func (x *xmlScanner) upTo(open, end string) (string, bool) {
	rest := x.s[x.pos+len(open):]
	i := strings.Index(rest, end)
	if i < 0 {
		return "", false
	}
	x.pos += len(open) + i + len(end)
	return rest[:i], true
}

// start reads the opening or empty tag at pos.
func (x *xmlScanner) start() (tag, error) {
	rest := x.s[x.pos+1:]
	n := strings.IndexAny(rest, " \t\r\n/><")
	if n <= 0 || rest[n] == '<' {
		return tag{}, errXML
	}
	t := tag{kind: tagOpen, name: rest[:n], local: localName(rest[:n])}
	for i := n; i < len(rest); i++ {
		switch c := rest[i]; c {
		case '"', '\'': // an attribute's value may hold anything
			j := strings.IndexByte(rest[i+1:], c)
			if j < 0 {
				return tag{}, errXML
			}
			i += 1 + j
		case '<':
			return tag{}, errXML
		case '>':
			if rest[i-1] == '/' {
				t.kind = tagEmpty
			}
			x.pos += 1 + i + 1
			return t, nil
		}
	}
	return tag{}, errXML
}

func localName(name string) string {
	if space, local, ok := strings.Cut(name, ":"); ok && space != "" && local != "" {
		return local
	}
	return name
}

// A textBuilder joins pieces of text and copies only from the second on.
type textBuilder struct {
	one  string
	many []byte
}

func (t *textBuilder) add(s string) {
	switch {
	case s == "":
	case t.many != nil:
		t.many = append(t.many, s...)
	case t.one == "":
		t.one = s
	default:
		t.many = append(append([]byte(nil), t.one...), s...)
	}
}

func (t *textBuilder) addEscaped(s string) {
	s = newlines(s) // of the text itself: a referenced \r stays
	if strings.IndexByte(s, '&') >= 0 {
		s = unescape(s)
	}
	t.add(s)
}

func (t *textBuilder) String() string {
	if t.many != nil {
		return string(t.many)
	}
	return t.one
}

// newlines writes \r\n and \r as \n, as XML wants.
func newlines(s string) string {
	i := strings.IndexByte(s, '\r')
	if i < 0 {
		return s
	}
	b := append(make([]byte, 0, len(s)), s[:i]...)
	for ; i < len(s); i++ {
		if s[i] != '\r' {
			b = append(b, s[i])
		} else if i+1 == len(s) || s[i+1] != '\n' {
			b = append(b, '\n')
		}
	}
	return string(b)
}

// unescape resolves character references and the five named entities.
// Whatever else follows an & stays as it is.
func unescape(s string) string {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '&' {
			b = append(b, s[i])
			continue
		}
		end := i + 1
		for end < len(s) && (s[end] == '#' || !notAlnum(rune(s[end]))) {
			end++
		}
		if end < len(s) && s[end] == ';' {
			if r, ok := entity(s[i+1 : end]); ok {
				b = utf8.AppendRune(b, r)
				i = end
				continue
			}
		}
		b = append(b, '&')
	}
	return string(b)
}

func entity(name string) (rune, bool) {
	switch name {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "apos":
		return '\'', true
	case "quot":
		return '"', true
	}
	digits, ok := strings.CutPrefix(name, "#")
	if !ok {
		return 0, false
	}
	base := 10
	if hex, ok := strings.CutPrefix(digits, "x"); ok {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n > unicode.MaxRune {
		return 0, false
	}
	if !utf8.ValidRune(rune(n)) {
		return utf8.RuneError, true
	}
	return rune(n), true
}
