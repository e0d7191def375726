package wecomtest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/wecomkit/wecom-go/wecom"
)

// An Endpoint is what the simulator's table says of one endpoint of the API, as
// it was read from the official pages.
type Endpoint struct {
	Op         string   `json:"op"` // externalcontact/get
	Method     string   `json:"method"`
	Path       string   `json:"path"`
	Docs       []string `json:"docs"`           // addresses of the official pages
	Token      string   `json:"token"`          // the query parameter with the token or key, or none
	Scope      Scope    `json:"scope,omitzero"` // that an app needs
	Stateful   bool     `json:"stateful"`       // else it answers a reply of the documented shape, with nothing in it
	Read       string   `json:"read,omitzero"`  // day on which its row was checked with the official page
	Deprecated string   `json:"deprecated,omitzero"`
	Note       string   `json:"note,omitzero"` // what the simulator guesses, and the like
	File       bool     `json:"file,omitzero"` // the reply is a file

	Query    []Field `json:"query,omitzero"`
	Body     []Field `json:"body,omitzero"`
	Upload   []Field `json:"upload,omitzero"` // parts of a multipart body
	Response []Field `json:"response,omitzero"`

	Page   PageRule      `json:"page,omitzero"`
	Limits []LimitWindow `json:"limits,omitzero"` // of its own, beside those of every endpoint
	Codes  []SpecCode    `json:"codes"`           // that the table knows of; pages name few

	RequestExample  string `json:"request_example,omitzero"`  // body or query, with made-up values
	ResponseExample string `json:"response_example,omitzero"` // with made-up values
}

// A Field is a parameter, or a part of a body.
type Field struct {
	Name       string  `json:"name,omitzero"` // "" is an element of an array
	Type       string  `json:"type"`          // string, int, float, bool, bool01, unix, array, object, map, any, file
	Required   bool    `json:"required,omitzero"`
	Loose      bool    `json:"loose,omitzero"` // other spellings of the type pass too: a quoted number, a number for a string
	Note       string  `json:"note,omitzero"`
	Deprecated string  `json:"deprecated,omitzero"`
	Recursive  string  `json:"recursive,omitzero"` // the field whose parts it has, too
	MaxBytes   int     `json:"max_bytes,omitzero"`
	MaxChars   int     `json:"max_chars,omitzero"`
	MinItems   int     `json:"min_items,omitzero"`
	MaxItems   int     `json:"max_items,omitzero"`
	Min        *int64  `json:"min,omitzero"`
	Max        *int64  `json:"max,omitzero"`
	Enum       []any   `json:"enum,omitzero"`
	Fields     []Field `json:"fields,omitzero"` // of an object
	Items      *Field  `json:"items,omitzero"`  // of an array
}

// A PageRule is how an endpoint treats its limit.
type PageRule struct {
	Default int    `json:"default,omitzero"`
	Max     int    `json:"max,omitzero"`
	Over    string `json:"over,omitzero"` // what a larger limit falls to: default, max or refuse
}

// A SpecCode is an errcode that an endpoint answers with.
type SpecCode struct {
	Code    int    `json:"code"`
	Name    string `json:"name,omitzero"`
	When    string `json:"when"`
	Meaning string `json:"meaning,omitzero"`
}

// Endpoint returns what the table says of an operation, named
// externalcontact/get or /cgi-bin/externalcontact/get.
func (s *Server) Endpoint(op string) (Endpoint, error) {
	e := spec.find(fullPath(op))
	if e == nil {
		return Endpoint{}, fmt.Errorf("wecomtest: no operation %q; nearest: %s", op, strings.Join(nearest(op, 3), ", "))
	}
	out := Endpoint{
		Op: shortPath(e.Path), Method: e.Method, Path: e.Path, Token: e.Token, Scope: e.Scope, Read: e.Read,
		Stateful: s.handlers[e.Path] != nil, Deprecated: e.Deprecated, Note: e.Note, File: e.Raw,
		Query: fieldsOf(e.Query), Body: fieldsOf(e.Request), Upload: fieldsOf(e.Multipart), Response: fieldsOf(e.Response),
		Page: PageRule(e.Page), Codes: e.codes(),
	}
	for _, id := range e.Doc {
		out.Docs = append(out.Docs, "https://developer.work.weixin.qq.com/document/path/"+strconv.Itoa(id))
	}
	for _, w := range e.own(e.Limits) {
		out.Limits = append(out.Limits, LimitWindow{Max: w.N, Per: w.Per})
	}
	out.RequestExample, out.ResponseExample = e.examples()
	return out, nil
}

func fieldsOf(list []field) []Field {
	var out []Field
	for i := range list {
		out = append(out, *list[i].export())
	}
	return out
}

func (f *field) export() *Field {
	if f == nil {
		return nil
	}
	return &Field{
		Name: f.Name, Type: f.Type, Required: f.Required, Loose: f.Loose, Note: f.Note, Deprecated: f.Deprecated, Recursive: f.Recursive,
		MaxBytes: f.MaxBytes, MaxChars: f.MaxChars, MinItems: f.MinItems, MaxItems: f.MaxItems, Min: f.Min, Max: f.Max,
		Enum: slices.Clone(f.Enum), Fields: fieldsOf(f.Fields), Items: f.Items.export(),
	}
}

// codes lists the errcodes that the checks before the handler answer with.
func (e *endpoint) codes() []SpecCode {
	var list []SpecCode
	add := func(code int, when string) {
		if code != 0 {
			c := wecom.Code(code)
			name := c.String()
			if c.Meaning() == "" {
				name = ""
			}
			list = append(list, SpecCode{code, name, when, c.Meaning()})
		}
	}
	if e.Token != "none" && e.Token != "key" {
		add(41001, e.Token+" is missing")
		add(40014, e.Token+" is unknown or revoked")
		add(42001, e.Token+" has expired")
	}
	if e.Scope != "" {
		add(48002, "the app lacks the right "+string(e.Scope))
	}
	fieldCodes("", e.Query, add)
	fieldCodes("", e.Request, add)
	fieldCodes("", e.Multipart, add)
	add(40058, "a field is missing or wrong, and has no code of its own")
	add(45009, "too many calls in a minute, an hour or a day")
	if e.InFlight > 0 {
		add(45033, fmt.Sprintf("more than %d calls at once", e.InFlight))
	}
	if len(e.OneAtATime) > 0 {
		add(45035, "another call is changing the same "+strings.Join(e.OneAtATime, ", "))
	}
	slices.SortStableFunc(list, func(a, b SpecCode) int { return cmp.Compare(a.Code, b.Code) })
	return slices.CompactFunc(list, func(a, b SpecCode) bool { return a.Code == b.Code && a.When == b.When })
}

func fieldCodes(prefix string, list []field, add func(code int, when string)) {
	for i := range list {
		f := &list[i]
		add(f.Code, prefix+f.Name+" is wrong")
		add(f.Missing, prefix+f.Name+" is missing or empty")
		fieldCodes(prefix+f.Name+".", f.Fields, add)
		if f.Items != nil {
			fieldCodes(prefix+f.Name+"[].", f.Items.Fields, add)
			add(f.Items.Code, prefix+f.Name+"[] is wrong")
		}
	}
}

// examples makes a request and a reply with every field, in the order of the
// table.
func (e *endpoint) examples() (request, response string) {
	switch {
	case len(e.Request) > 0:
		request = exampleObject(e.Request)
	case len(e.Query) > 0:
		var parts []string
		for i := range e.Query {
			parts = append(parts, e.Query[i].Name+"="+strings.Trim(e.Query[i].example(), `"`))
		}
		request = strings.Join(parts, "&")
	case e.Method == http.MethodPost && len(e.Multipart) == 0:
		request = "{}"
	}
	if !e.Raw {
		head := []field{{Name: "errcode", Type: "int", Enum: []any{0}}, {Name: "errmsg", Type: "string", Enum: []any{"ok"}}}
		response = exampleObject(append(head, e.Response...))
	}
	return request, response
}

func exampleObject(list []field) string {
	b := new(bytes.Buffer)
	b.WriteByte('{')
	for i := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		writeJSONText(b, list[i].Name)
		b.WriteByte(':')
		b.WriteString(list[i].example())
	}
	b.WriteByte('}')
	return b.String()
}

// example is a value that passes the field's own checks.
func (f *field) example() string {
	if len(f.Enum) > 0 {
		text, err := json.Marshal(f.Enum[0])
		if err == nil {
			return string(text)
		}
	}
	switch f.Type {
	case "int":
		if f.Min != nil {
			return strconv.FormatInt(*f.Min, 10)
		}
		return "1"
	case "unix":
		return "1700000000"
	case "float":
		return "1.5"
	case "bool01":
		return "1"
	case "bool":
		return "true"
	case "array":
		if f.Items == nil || f.Items.Recursive != "" {
			return "[]"
		}
		return "[" + strings.TrimSuffix(strings.Repeat(f.Items.example()+",", max(1, f.MinItems)), ",") + "]"
	case "object":
		return exampleObject(f.Fields)
	case "map", "any":
		return "{}"
	}
	name := strings.ToUpper(cmp.Or(f.Name, "text"))
	if f.MaxBytes > 0 {
		name = name[:min(len(name), f.MaxBytes)]
	}
	return strconv.Quote(name)
}
