package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/wecomkit/wecom-go/message"
)

// Rules say what is done for new customers; rules.json is an example.
type rules struct {
	Default *rule   `json:"default"` // for all states without a rule; without it nothing is done for them
	Rules   []*rule `json:"rules"`

	dir string // of the file: the names of pictures begin there
}

// A rule is for the customers who come by one contact way.
type rule struct {
	State       string              `json:"state"`       // of the contact way, or customer_channel of the acquisition link
	Text        string              `json:"text"`        // at most 4,000 bytes
	Attachments []attachment        `json:"attachments"` // at most 9
	Tags        map[string][]string `json:"tags"`        // by the name of their group; made if missing
	Remark      string              `json:"remark"`      // {name} stands for what the customer calls themselves
}

// An attachment has exactly one of its fields.
type attachment struct {
	Image       *picture                `json:"image"`
	Link        *message.LinkAttachment `json:"link"`
	MiniProgram *miniProgram            `json:"miniprogram"`
}

type picture struct {
	File string `json:"file"` // JPG or PNG, at most 10 MB
}

type miniProgram struct {
	Title string `json:"title"` // at most 64 bytes
	AppID string `json:"appid"` // must be linked to the corp
	Page  string `json:"page"`
	Cover string `json:"cover"` // a picture's file, best 520×416
}

// readRules reads a file and names all that WeCom would refuse.
func readRules(file string) (*rules, error) {
	text, err := os.ReadFile(file) //nolint:gosec // the operator names it
	if err != nil {
		return nil, err
	}
	r := &rules{dir: filepath.Dir(file)}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields() // a misspelt word must not be a silent bot
	err = decoder.Decode(r)
	if err == nil {
		if _, more := decoder.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something follows after the last brace")
		}
	}
	if err != nil {
		line := 1 + bytes.Count(text[:decoder.InputOffset()], []byte("\n"))
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
			line = 1 + bytes.Count(text[:syntax.Offset], []byte("\n"))
		}
		return nil, fmt.Errorf("%s:%d: %w", file, line, err)
	}
	if err := r.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return r, nil
}

// find returns the rule for a state, or nil.
func (r *rules) find(state string) *rule {
	for _, rule := range r.Rules {
		if rule.State == state {
			return rule
		}
	}
	return r.Default
}

// all yields every rule, the default last.
func (r *rules) all(yield func(*rule) bool) {
	for _, rule := range r.Rules {
		if !yield(rule) {
			return
		}
	}
	if r.Default != nil {
		yield(r.Default)
	}
}

func (r *rules) check() error {
	var problems []error
	seen := map[string]bool{}
	for i, rule := range r.Rules {
		where := fmt.Sprintf("rules[%d]", i)
		switch {
		case rule == nil:
			problems = append(problems, fmt.Errorf("%s: is null", where))
			continue
		case rule.State == "":
			problems = append(problems, fmt.Errorf("%s: has no state; what is for everybody else is the default", where))
		case seen[rule.State]:
			problems = append(problems, fmt.Errorf("%s: there is a rule for the state %q already", where, rule.State))
		}
		seen[rule.State] = true
		problems = append(problems, in(where, rule.check(r.dir))...)
	}
	if r.Default != nil {
		if r.Default.State != "" {
			problems = append(problems, errors.New("default: has a state; the default is for all states without a rule"))
		}
		problems = append(problems, in("default", r.Default.check(r.dir))...)
	}
	if len(r.Rules) == 0 && r.Default == nil {
		problems = append(problems, errors.New("there are no rules"))
	}
	return errors.Join(problems...)
}

func (r *rule) check(dir string) []error {
	problems := []error{atMost("text", len(r.Text), 4000, "bytes")}
	if len(r.Attachments) > 9 {
		problems = append(problems, fmt.Errorf("attachments: %d, at most 9", len(r.Attachments)))
	}
	for i, a := range r.Attachments {
		problems = append(problems, in(fmt.Sprintf("attachments[%d]", i), a.check(dir))...)
	}
	for group, names := range r.Tags {
		for _, name := range append([]string{group}, names...) {
			problems = append(problems, in("tags", []error{required("a name", name), atMost("the name "+name, utf8.RuneCountInString(name), 30, "characters")})...)
		}
		if len(names) == 0 {
			problems = append(problems, fmt.Errorf("tags: the group %q has none", group))
		}
	}
	own := utf8.RuneCountInString(strings.ReplaceAll(r.Remark, "{name}", ""))
	problems = append(problems, atMost("remark without the name", own, 20, "characters"))
	if r.silent() && len(r.Tags) == 0 && r.Remark == "" {
		problems = append(problems, errors.New("does nothing: it has no text, attachments, tags or remark"))
	}
	return problems
}

// silent reports whether the rule greets nobody.
func (r *rule) silent() bool { return r.Text == "" && len(r.Attachments) == 0 }

func (a attachment) check(dir string) []error {
	n := 0
	for _, set := range []bool{a.Image != nil, a.Link != nil, a.MiniProgram != nil} {
		if set {
			n++
		}
	}
	if n != 1 {
		return []error{errors.New("want one of image, link and miniprogram")}
	}
	switch {
	case a.Image != nil:
		return in("image", []error{checkFile("file", dir, a.Image.File)})
	case a.Link != nil:
		return in("link", []error{
			required("title", a.Link.Title), atMost("title", len(a.Link.Title), 128, "bytes"), atMost("desc", len(a.Link.Desc), 512, "bytes"),
			checkURL("url", a.Link.URL), atMost("url", len(a.Link.URL), 2048, "bytes"),
			atMost("picurl", len(a.Link.PicURL), 2048, "bytes"),
		})
	default:
		return in("miniprogram", []error{
			required("title", a.MiniProgram.Title), atMost("title", len(a.MiniProgram.Title), 64, "bytes"),
			required("appid", a.MiniProgram.AppID), required("page", a.MiniProgram.Page),
			checkFile("cover", dir, a.MiniProgram.Cover),
		})
	}
}

// in says where problems are, and drops what is none.
func in(where string, problems []error) []error {
	var found []error
	for _, err := range problems {
		if err != nil {
			found = append(found, fmt.Errorf("%s: %w", where, err))
		}
	}
	return found
}

func required(name, value string) error {
	if value == "" {
		return fmt.Errorf("%s: is missing", name)
	}
	return nil
}

func atMost(name string, n, limit int, unit string) error {
	if n > limit {
		return fmt.Errorf("%s: %d %s, at most %d", name, n, unit, limit)
	}
	return nil
}

func checkURL(name, value string) error {
	if u, err := url.Parse(value); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return fmt.Errorf("%s: %q is no address of a page", name, value)
	}
	return nil
}

func checkFile(name, dir, file string) error {
	if file == "" {
		return fmt.Errorf("%s: is missing", name)
	}
	info, err := os.Stat(inDir(dir, file))
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", name, err)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s: %s is no file", name, file)
	case info.Size() <= 5 || info.Size() > 10<<20:
		return fmt.Errorf("%s: %s has %d bytes, want 6 to 10 MB", name, file, info.Size())
	}
	return nil
}

func inDir(dir, file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(dir, file)
}

// labels returns the tags of the rule, in a fixed order.
func (r *rule) labels() []label {
	var list []label
	for _, group := range slices.Sorted(maps.Keys(r.Tags)) {
		for _, name := range r.Tags[group] {
			list = append(list, label{group, name})
		}
	}
	return list
}

// remark makes the remark for a customer, of which WeCom takes 20 characters.
// A name that is too long loses its end.
func (r *rule) remark(name string) string {
	const limit = 20
	room := limit - utf8.RuneCountInString(strings.ReplaceAll(r.Remark, "{name}", ""))
	if n := strings.Count(r.Remark, "{name}"); n > 0 {
		room /= n
	}
	if runes := []rune(name); len(runes) > room {
		name = string(runes[:room])
	}
	return strings.ReplaceAll(r.Remark, "{name}", name)
}

// explain prints what would be done for each state, or for all that have a
// rule if there are none.
func (r *rules) explain(out io.Writer, states []string) {
	if len(states) == 0 {
		for _, rule := range r.Rules {
			states = append(states, rule.State)
		}
		states = append(states, "")
	}
	for _, state := range states {
		rule := r.find(state)
		switch {
		case rule == nil:
			fmt.Fprintf(out, "state %q: nothing; it has no rule, and there is no default\n", state)
			continue
		case rule == r.Default && state == "":
			fmt.Fprintf(out, "all other customers\n")
		case rule == r.Default:
			fmt.Fprintf(out, "state %q, by the default\n", state)
		default:
			fmt.Fprintf(out, "state %q\n", state)
		}
		rule.explain(out)
	}
}

func (r *rule) explain(out io.Writer) {
	line := func(name, value string) { fmt.Fprintf(out, "  %-12s %s\n", name, value) }
	if r.Text != "" {
		line("text", strings.ReplaceAll(r.Text, "\n", "\n"+strings.Repeat(" ", 15)))
	}
	for _, a := range r.Attachments {
		switch {
		case a.Image != nil:
			line("image", a.Image.File)
		case a.Link != nil:
			line("link", a.Link.Title+" "+a.Link.URL)
		default:
			line("miniprogram", a.MiniProgram.Title+" "+a.MiniProgram.AppID+" "+a.MiniProgram.Page+", cover "+a.MiniProgram.Cover)
		}
	}
	for _, l := range r.labels() {
		line("tag", l.String())
	}
	if r.Remark != "" {
		line("remark", r.Remark)
	}
}
