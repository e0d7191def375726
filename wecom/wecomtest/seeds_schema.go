package wecomtest

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// schema is the part of JSON Schema 2020-12 that seed.schema.json uses. Beyond
// it stand only words that describe.
type schema struct {
	Defs       map[string]*schema `json:"$defs"`
	Ref        string             `json:"$ref"`
	Type       string             `json:"type"`
	Properties map[string]*schema `json:"properties"`
	Required   []string           `json:"required"`
	Closed     *bool              `json:"additionalProperties"` // false, or absent
	Items      *schema            `json:"items"`
	MinItems   int                `json:"minItems"`
	Enum       []any              `json:"enum"`
	Minimum    *float64           `json:"minimum"`
	Maximum    *float64           `json:"maximum"`
	MinLength  int                `json:"minLength"`
	Pattern    string             `json:"pattern"`

	pattern *regexp.Regexp
}

// seedSchema is the schema of seed files, shared by all servers of the process
// and never changed.
var seedSchema = sync.OnceValue(func() *schema { //nolint:gochecknoglobals // a cache of an embedded file
	root := &schema{}
	if err := json.Unmarshal(seedFile("seed.schema.json"), root); err != nil {
		panic("wecomtest: seed.schema.json: " + err.Error())
	}
	root.compile(root.Defs)
	for _, name := range slices.Sorted(maps.Keys(root.Defs)) {
		root.Defs[name].compile(root.Defs)
	}
	return root
})

// compile prepares a schema and those inside it.
func (s *schema) compile(defs map[string]*schema) {
	s.Defs = defs
	if s.Pattern != "" {
		s.pattern = regexp.MustCompile(s.Pattern)
	}
	if s.Items != nil {
		s.Items.compile(defs)
	}
	for _, p := range s.Properties {
		p.compile(defs)
	}
}

// The definitions that stand for times.
const (
	timeRef = "#/$defs/time"
	spanRef = "#/$defs/span"
)

// maxSeedProblems is how many mistakes are told of at once.
const maxSeedProblems = 20

// seedReader holds the tree of a file against the schema.
type seedReader struct {
	now      time.Time
	problems []string
}

func (r *seedReader) problemf(path, format string, args ...any) {
	if len(r.problems) < maxSeedProblems {
		r.problems = append(r.problems, strings.TrimPrefix(path+": ", ": ")+fmt.Sprintf(format, args...))
	}
}

// read checks what is at v, and makes its times absolute and its numbers such
// as Go reads.
func (r *seedReader) read(s *schema, v *any, path string) {
	about := s
	for about.Ref != "" {
		about = s.Defs[strings.TrimPrefix(about.Ref, "#/$defs/")]
	}
	switch value := (*v).(type) {
	case map[string]any:
		if r.isA(about, "object", *v, path) {
			r.readObject(about, value, path)
		}
	case []any:
		if r.isA(about, "array", *v, path) {
			r.readArray(about, value, path)
		}
	case string:
		if r.isA(about, "string", *v, path) && r.readString(about, value, path) && s.Ref == timeRef {
			t, err := seedTime(value, r.now)
			if err != nil {
				r.problemf(path, "want a time, not %q", value)
			}
			*v = t
		}
	case json.Number:
		if r.isA(about, "integer", *v, path) {
			*v = r.readNumber(about, value, path)
		}
	default:
		r.isA(about, "boolean", *v, path)
	}
}

// isA notes a value of another type than the schema's.
func (r *seedReader) isA(s *schema, typ string, v any, path string) bool {
	_, isBool := v.(bool)
	if s.Type == typ && (typ != "boolean" || isBool) {
		return true
	}
	article := "a"
	if strings.ContainsRune("aio", rune(s.Type[0])) {
		article = "an"
	}
	r.problemf(path, "want %s %s, not %s", article, s.Type, shown(v))
	return false
}

func (r *seedReader) readObject(s *schema, object map[string]any, path string) {
	if path != "" {
		path += "."
	}
	for _, name := range s.Required {
		if _, ok := object[name]; !ok {
			r.problemf(path+name, "is missing")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		p := s.Properties[name]
		if p == nil {
			near := closest(name, slices.Sorted(maps.Keys(s.Properties)), 0, 1)
			r.problemf(path+name, "is not known; nearest: %s", strings.Join(near, ", "))
			continue
		}
		v := object[name]
		r.read(p, &v, path+name)
		object[name] = v
	}
}

func (r *seedReader) readArray(s *schema, array []any, path string) {
	if len(array) < s.MinItems {
		r.problemf(path, "must not be empty")
	}
	for i := range array {
		r.read(s.Items, &array[i], fmt.Sprintf("%s[%d]", path, i))
	}
}

func (r *seedReader) readString(s *schema, text, path string) bool {
	switch {
	case len(s.Enum) > 0 && !slices.Contains(s.Enum, any(text)):
		r.problemf(path, "want one of %s, not %q", listOf(s.Enum), text)
	case utf8.RuneCountInString(text) < s.MinLength && s.pattern == nil:
		r.problemf(path, "must not be empty")
	case s.pattern != nil && (!s.pattern.MatchString(text) || utf8.RuneCountInString(text) < s.MinLength):
		r.problemf(path, "want %s, not %q", s.wanted(), clip(text))
	default:
		return true
	}
	return false
}

// wanted tells what has a pattern.
func (s *schema) wanted() string {
	switch s {
	case s.Defs["time"]:
		return `a time such as "2026-03-01T10:00:00+08:00" or "-72h"`
	case s.Defs["span"]:
		return `a span of time such as "14d" or "24h"`
	default:
		return "base64"
	}
}

// readNumber takes 1.0 for the integer that it is.
func (r *seedReader) readNumber(s *schema, n json.Number, path string) any {
	f, err := n.Float64()
	switch {
	case err != nil || f != math.Trunc(f):
		r.problemf(path, "want an integer, not %s", n)
	case len(s.Enum) > 0 && !slices.Contains(s.Enum, any(f)):
		r.problemf(path, "want one of %s, not %s", listOf(s.Enum), n)
	case s.Minimum != nil && f < *s.Minimum:
		r.problemf(path, "want %.0f or more, not %s", *s.Minimum, n)
	case s.Maximum != nil && f > *s.Maximum:
		r.problemf(path, "want %.0f or less, not %s", *s.Maximum, n)
	}
	return int64(f)
}

func listOf(values []any) string {
	list := make([]string, 0, len(values))
	for _, v := range values {
		if v != "" { // which is as good as left out
			list = append(list, fmt.Sprint(v))
		}
	}
	return strings.Join(list, ", ")
}

// shown is a value in a message.
func shown(v any) string {
	switch v := v.(type) {
	case map[string]any:
		return "an object"
	case []any:
		return "an array"
	case string:
		return fmt.Sprintf("%q", clip(v))
	case nil:
		return "null"
	default:
		return fmt.Sprint(v)
	}
}
