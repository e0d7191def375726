package codec

import (
	"encoding"
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"sync"
	"unicode/utf8"
)

// Query returns v as the query of a GET. v is a struct or a pointer to one,
// whose json tags name the parameters, a map[string]string, a [url.Values] or
// nil. The result is the caller's own.
//
// Strings, numbers and bools (true, false) stand as they are, a type with
// MarshalJSON or MarshalText as the scalar that it makes. omitzero and omitempty
// are obeyed; null is left out. A query has no room for lists and objects: they
// are refused.
func Query(v any) (url.Values, error) {
	switch v := v.(type) {
	case nil:
		return url.Values{}, nil
	case url.Values:
		q := make(url.Values, len(v))
		for name, values := range v {
			q[name] = slices.Clone(values)
		}
		return q, nil
	case map[string]string:
		q := make(url.Values, len(v))
		for name, value := range v {
			q[name] = []string{value}
		}
		return q, nil
	}
	rv := reflect.ValueOf(v)
	if rv.Kind() == reflect.Pointer && rv.Type().Elem().Kind() == reflect.Struct {
		if rv.IsNil() {
			return url.Values{}, nil
		}
		rv = rv.Elem()
	}
	if rv.Kind() != reflect.Struct {
		return nil, fmt.Errorf("cannot write %T as a query, want a struct, map[string]string or url.Values", v)
	}
	return structQuery(rv)
}

func structQuery(v reflect.Value) (url.Values, error) {
	parameters := parametersOf(v.Type())
	q := make(url.Values, len(parameters))
	for i := range parameters {
		p := &parameters[i]
		value, err := v.FieldByIndexErr(p.index)
		if err != nil || p.omitted(value) {
			continue // err: the embedded pointer to its struct is nil
		}
		text, null, err := p.text(value)
		if err != nil {
			return nil, inMember(err, p.name)
		}
		if !null {
			q[p.name] = []string{text}
		}
	}
	return q, nil
}

// A parameter is a field that goes into a query.
type parameter struct {
	field
	text func(reflect.Value) (text string, null bool, err error)
}

//nolint:gochecknoglobals // a cache: reflect.Type → []parameter, the same for everybody
var parameters sync.Map

func parametersOf(t reflect.Type) []parameter {
	if p, ok := parameters.Load(t); ok {
		return p.([]parameter) //nolint:forcetypeassert // nothing else is in there
	}
	var list []parameter
	for _, f := range fieldsOf(t) {
		list = append(list, parameter{field: f, text: texter(f.typ)})
	}
	parameters.Store(t, list)
	return list
}

// texter returns how a t is written: itself if that is plain, and else as the
// scalar that stands for it in JSON.
func texter(t reflect.Type) func(reflect.Value) (text string, null bool, err error) {
	if implements[json.Marshaler](t) || implements[encoding.TextMarshaler](t) {
		return jsonText
	}
	switch t.Kind() {
	case reflect.String:
		return func(v reflect.Value) (string, bool, error) { return checked(v.String()) }
	case reflect.Bool:
		return func(v reflect.Value) (string, bool, error) { return strconv.FormatBool(v.Bool()), false, nil }
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return func(v reflect.Value) (string, bool, error) { return strconv.FormatInt(v.Int(), 10), false, nil }
	default:
		return jsonText
	}
}

// checked refuses what no query can carry.
func checked(text string) (string, bool, error) {
	if !utf8.ValidString(text) {
		return "", false, errUTF8
	}
	return text, false, nil
}

func jsonText(v reflect.Value) (text string, null bool, err error) {
	doc, err := AppendPart(nil, v.Interface())
	if err != nil {
		return "", false, err
	}
	s := scanner{data: doc}
	if k := s.peek(); k == kindArray || k == kindObject {
		return "", false, fmt.Errorf("%s cannot stand in a query", k)
	}
	k, b, err := s.scalar()
	return string(b), k == kindNull, err
}
