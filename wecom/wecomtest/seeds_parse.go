package wecomtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// seedVersion is the version of seed files.
const seedVersion = 1

// seedWire is a seed as it stands in a file: with the version, and spans of
// time as texts.
type seedWire struct {
	Version int `json:"version"`
	plainSeed
	ContactWays []contactWaySeed `json:"contact_ways,omitzero"`
}

type plainSeed Seed

type contactWaySeed struct {
	ContactWay
	ExpiresIn     span `json:"expires_in,omitzero"`
	ChatExpiresIn span `json:"chat_expires_in,omitzero"`
}

func wireOf(s Seed) seedWire {
	w := seedWire{Version: seedVersion, plainSeed: plainSeed(s)}
	for i := range s.ContactWays {
		way := s.ContactWays[i]
		w.ContactWays = append(w.ContactWays, contactWaySeed{way, span(way.ExpiresIn), span(way.ChatExpiresIn)})
	}
	return w
}

func (w *seedWire) seed() Seed {
	s := Seed(w.plainSeed)
	for i := range w.ContactWays {
		way := w.ContactWays[i].ContactWay
		way.ExpiresIn, way.ChatExpiresIn = time.Duration(w.ContactWays[i].ExpiresIn), time.Duration(w.ContactWays[i].ChatExpiresIn)
		s.ContactWays = append(s.ContactWays, way)
	}
	return s
}

// ParseSeed reads a seed file: JSON with "version": 1 and the fields of [Seed],
// as seed.schema.json of [SeedFiles] has them.
//
// A time is absolute, as in RFC 3339, or counts from now, in days, hours,
// minutes and seconds: "-90d", "-1d12h", "+30m". A span of time is written alike:
// "14d".
//
// The error is a [*SeedError] with all mistakes: fields that are not known or of
// another type, ids that are there twice, and ids that nothing in the seed has.
func ParseSeed(data []byte, now time.Time) (Seed, error) {
	tree, err := seedTree(data)
	if err != nil {
		return Seed{}, &SeedError{Problems: []string{err.Error()}}
	}
	r := &seedReader{now: now.Truncate(time.Second)}
	if r.versioned(tree) {
		r.read(seedSchema(), &tree, "")
	}
	if len(r.problems) > 0 {
		return Seed{}, &SeedError{Problems: r.problems}
	}
	var wire seedWire
	clean, err := json.Marshal(tree)
	if err == nil {
		err = json.Unmarshal(clean, &wire)
	}
	if err != nil { // what the schema cannot tell
		return Seed{}, &SeedError{Problems: []string{err.Error()}}
	}
	seed := wire.seed()
	if problems := checkSeed(&seed).problems; len(problems) > 0 {
		return Seed{}, &SeedError{Problems: problems}
	}
	return seed, nil
}

// seedTree decodes JSON as it is. It takes nothing twice: what stands first
// would be lost.
func seedTree(data []byte) (any, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // which editors put there
	if !utf8.Valid(data) {
		return nil, fmt.Errorf("line %d: this is not UTF-8, as JSON is; save the file in that encoding", lineOfBadUTF8(data))
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	tree, err := treeValue(dec, 0)
	at := dec.InputOffset()
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		at = syntax.Offset
	}
	if err == nil {
		if _, end := dec.Token(); !errors.Is(end, io.EOF) {
			err, at = errors.New("more follows the end of the seed"), dec.InputOffset()
		}
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, fmt.Errorf("line %d: %w", lineAt(data, int(at)), err)
	}
	return tree, nil
}

// lineAt is the line, from 1, that a place in a file is in.
func lineAt(data []byte, at int) int { return 1 + bytes.Count(data[:min(at, len(data))], []byte("\n")) }

// lineOfBadUTF8 is the line of the first byte that is no UTF-8.
func lineOfBadUTF8(data []byte) int {
	at := 0
	for {
		r, n := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && n <= 1 {
			return lineAt(data, at)
		}
		at += n
	}
}

// maxSeedDepth is more than any seed needs.
const maxSeedDepth = 20

func treeValue(dec *json.Decoder, depth int) (any, error) {
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	if depth == maxSeedDepth {
		return nil, errors.New("no seed is nested so deeply")
	}
	switch token {
	case json.Delim('{'):
		object := make(map[string]any)
		for dec.More() {
			key, err := dec.Token()
			if err != nil {
				return nil, err
			}
			name, _ := key.(string)
			if _, twice := object[name]; twice {
				return nil, fmt.Errorf("%q is there twice", name)
			}
			if object[name], err = treeValue(dec, depth+1); err != nil {
				return nil, err
			}
		}
		_, err := dec.Token()
		return object, err
	case json.Delim('['):
		array := []any{}
		for dec.More() {
			v, err := treeValue(dec, depth+1)
			if err != nil {
				return nil, err
			}
			array = append(array, v)
		}
		_, err := dec.Token()
		return array, err
	default:
		return token, nil
	}
}

// versioned reports whether the reader knows the file's version. Of a file of
// another one it is better to say nothing else.
func (r *seedReader) versioned(tree any) bool {
	object, ok := tree.(map[string]any)
	if !ok {
		return true // the schema says what is wrong
	}
	switch version := object["version"]; version {
	case json.Number(strconv.Itoa(seedVersion)):
		return true
	case nil:
		r.problemf("version", "is missing; want %d", seedVersion)
	default:
		r.problemf("version", "want %d, not %s", seedVersion, shown(version))
	}
	return false
}

// span is a span of time in a seed file: 14d, 1d12h, 90s.
type span time.Duration

func (d span) MarshalText() ([]byte, error) {
	return []byte(time.Duration(d).Truncate(time.Second).String()), nil
}

// UnmarshalText takes what the schema lets pass: numbers of days, hours,
// minutes and seconds, in this order.
func (d *span) UnmarshalText(text []byte) error {
	days, rest, found := strings.Cut(string(text), "d")
	if !found {
		days, rest = "0", string(text)
	}
	n, err := strconv.Atoi(days)
	if err != nil {
		return err
	}
	var more time.Duration
	if rest != "" {
		if more, err = time.ParseDuration(rest); err != nil {
			return err
		}
	}
	*d = span(time.Duration(n)*oneDay + more)
	return nil
}

// seedTime makes a time absolute.
func seedTime(text string, now time.Time) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	var d span
	if err := d.UnmarshalText([]byte(strings.TrimLeft(text, "+-"))); err != nil {
		return time.Time{}, err
	}
	if strings.HasPrefix(text, "-") {
		d = -d
	}
	return now.Add(time.Duration(d)), nil
}
