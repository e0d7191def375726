package cassette

import (
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A scrubber finds marked values in a text.
type scrubber struct {
	of      map[string]string // what they are called, by their lower case
	lengths []int             // of the values, the longest first
}

// short is how many bytes a value has that is only looked for as a word.
const short = 3

// scrub replaces marked values inside a text that is kept otherwise.
func (p *pseudonyms) scrub(text string) string {
	if p.scrubber == nil {
		p.scrubber = p.newScrubber()
	}
	s := p.scrubber
	folded := fold(text)
	var b strings.Builder
	for i := 0; i < len(text); {
		n := s.at(folded, i)
		switch {
		case n == 0:
			_, n = utf8.DecodeRuneInString(text[i:])
			b.WriteString(text[i : i+n])
		case p.sensitive[text[i:i+n]]:
			b.WriteString(p.value(text[i : i+n]))
		default:
			b.WriteString(s.of[folded[i:i+n]])
		}
		i += n
	}
	return b.String()
}

func (p *pseudonyms) newScrubber() *scrubber {
	s := &scrubber{of: make(map[string]string)}
	add := func(v, name string) {
		if v = fold(v); s.of[v] == "" {
			s.of[v] = name
			s.lengths = append(s.lengths, len(v))
		}
	}
	for _, v := range sortedKeys(p.sensitive) {
		name := p.value(v)
		add(v, name)
		add(url.QueryEscape(v), url.QueryEscape(name))
		add(url.PathEscape(v), url.PathEscape(name))
	}
	slices.Sort(s.lengths)
	s.lengths = slices.Compact(s.lengths)
	slices.Reverse(s.lengths)
	return s
}

// at returns how long the value is that begins at i, or 0.
func (s *scrubber) at(folded string, i int) int {
	for _, n := range s.lengths {
		if i+n > len(folded) {
			continue
		}
		if _, ok := s.of[folded[i:i+n]]; ok && (n > short || isWord(folded, i, i+n)) {
			return n
		}
	}
	return 0
}

// isWord reports whether no letter or digit stands beside text[from:to].
func isWord(text string, from, to int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:from])
	after, _ := utf8.DecodeRuneInString(text[to:])
	return !unicode.IsLetter(before) && !unicode.IsDigit(before) && !unicode.IsLetter(after) && !unicode.IsDigit(after)
}

// fold is a text in lower case, as long as it was.
func fold(text string) string {
	b := []byte(text)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
