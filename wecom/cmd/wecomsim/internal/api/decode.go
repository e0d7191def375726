package api

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// maxBody bounds what a request may hold: a snapshot is the largest.
const maxBody = 256 << 20

// A parameter is one field of a route's input. Those tagged path and query stand
// in the URL, the others in the body.
type parameter struct {
	Name     string
	In       string // path, query or body
	Required bool
	About    string
	Kind     string // what of the tenant it names: member, customer, chat, …
	Type     reflect.Type
	index    []int
}

// parameters are the fields of an input, those of embedded structs included.
func parameters(t reflect.Type) []parameter {
	var list []parameter
	for _, f := range reflect.VisibleFields(t) {
		if f.Anonymous || !f.IsExported() {
			continue
		}
		p := parameter{About: f.Tag.Get("about"), Kind: f.Tag.Get("kind"), Type: f.Type, index: f.Index}
		switch {
		case f.Tag.Get("path") != "":
			p.In, p.Name, p.Required = "path", f.Tag.Get("path"), true
		case f.Tag.Get("query") != "":
			p.In = "query"
			name, rest, _ := strings.Cut(f.Tag.Get("query"), ",")
			p.Name, p.Required = name, rest == "required"
		default:
			p.In = "body"
			name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "-" {
				continue
			}
			p.Name, p.Required = name, !strings.Contains(rest, "omitzero")
		}
		list = append(list, p)
	}
	return list
}

// hasBody reports whether an input takes anything from the body.
func hasBody(list []parameter) bool {
	return slices.ContainsFunc(list, func(p parameter) bool { return p.In == "body" })
}

// decode fills in, a pointer to an input, from the request.
func decode(r *http.Request, in any) error {
	v := reflect.ValueOf(in).Elem()
	list := parameters(v.Type())
	if err := decodeURL(r, v, list); err != nil {
		return err
	}
	if r.Method == http.MethodGet || r.Method == http.MethodDelete {
		return nil
	}
	if err := wantJSON(r); err != nil {
		return err
	}
	data, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	if err != nil {
		return badRequest("body: %v", err)
	}
	return decodeBody(data, in, list)
}

// wantJSON refuses what a form of another site could send.
func wantJSON(r *http.Request) error {
	if media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); media != "application/json" {
		return errorf(http.StatusUnsupportedMediaType, "want Content-Type: application/json")
	}
	return nil
}

func decodeURL(r *http.Request, v reflect.Value, list []parameter) error {
	query := r.URL.Query()
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if !slices.ContainsFunc(list, func(p parameter) bool { return p.In == "query" && p.Name == name }) {
			return badRequest("query: unknown parameter %s; there are %s", name, names(list, "query"))
		}
	}
	for _, p := range list {
		var text string
		switch {
		case p.In == "path":
			text = r.PathValue(strings.TrimSuffix(p.Name, "..."))
		case p.In == "query" && query.Has(p.Name):
			text = query.Get(p.Name)
		case p.In == "query" && p.Required:
			return badRequest("query: %s is missing", p.Name)
		default:
			continue
		}
		if err := setText(v.FieldByIndex(p.index), text); err != nil {
			return badRequest("%s: %s: want %s, not %q", p.In, p.Name, wanted(p.Type), text)
		}
	}
	return nil
}

// decodeBody refuses fields that are not there, and misses those that must be.
func decodeBody(data []byte, in any, list []parameter) error {
	if len(bytes.TrimSpace(data)) == 0 {
		data = []byte("{}")
	}
	var given map[string]json.RawMessage
	if err := json.Unmarshal(data, &given); err != nil {
		return badRequest("body: want a JSON object: %v", err)
	}
	for _, p := range list {
		if _, ok := given[p.Name]; p.In == "body" && p.Required && !ok {
			return badRequest("body: %s is missing", p.Name)
		}
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(in); err != nil {
		if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			return badRequest("body: %s: want %s, not %s", wrong.Field, wanted(wrong.Type), wrong.Value)
		}
		if name, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); unknown {
			return badRequest("body: unknown field %s; there are %s", strings.Trim(name, `"`), names(list, "body"))
		}
		return badRequest("body: %v", err)
	}
	return nil
}

func names(list []parameter, in string) string {
	var out []string
	for _, p := range list {
		if p.In == in {
			out = append(out, p.Name)
		}
	}
	if out == nil {
		return "none"
	}
	return strings.Join(out, ", ")
}

// setText puts the text of a path or query into a field.
func setText(v reflect.Value, text string) error {
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	if u, ok := reflect.TypeAssert[encoding.TextUnmarshaler](v.Addr()); ok {
		return u.UnmarshalText([]byte(text))
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		v.SetBool(b)
		return err
	case reflect.Slice: // of strings
		for part := range strings.SplitSeq(text, ",") {
			v.Set(reflect.Append(v, reflect.ValueOf(part).Convert(v.Type().Elem())))
		}
	default:
		n, err := strconv.ParseInt(text, 10, 64)
		v.SetInt(n)
		return err
	}
	return nil
}

// wanted names a type for somebody who gave another.
func wanted(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch s := schemaOf(t, nil); s.Type {
	case "integer", "object", "array":
		return "an " + s.Type
	default:
		if s.Format != "" {
			return "a " + s.Format
		}
		return "a " + s.Type
	}
}
