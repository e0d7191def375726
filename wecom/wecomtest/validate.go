package wecomtest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"unicode/utf8"
)

// validator compares a request with its spec row. The first thing WeCom would
// refuse decides the errcode; what WeCom would silently ignore is collected
// for the test to fail on.
type validator struct {
	refusal *Refusal
	odd     []string // paths that WeCom ignores or that no page speaks of
}

func (v *validator) refusef(code int, path, format string, args ...any) {
	if v.refusal == nil {
		v.refusal = Refuse(code, "wecomtest: "+path+" "+fmt.Sprintf(format, args...))
	}
}

// object checks the fields of one object; prefix is its path with a dot.
func (v *validator) object(prefix string, m map[string]any, fields []field) {
	known := 0
	for i := range fields {
		f := &fields[i]
		val, ok := m[f.Name]
		if ok {
			known++
		}
		if ok && val == nil {
			v.odd = append(v.odd, prefix+f.Name+" is null, which no official page describes")
			ok = false
		}
		if !ok {
			if f.Required {
				v.refusef(f.missing(40058), prefix+f.Name, "is missing")
			}
			continue
		}
		v.value(prefix+f.Name, val, f)
	}
	if known == len(m) {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if !slices.ContainsFunc(fields, func(f field) bool { return f.Name == name }) {
			v.odd = append(v.odd, prefix+name+" is not a field of this request")
		}
	}
}

func (v *validator) value(path string, val any, f *field) {
	switch f.Type {
	case "string", "file":
		v.text(path, val, f)
	case "int", "unix":
		v.integer(path, val, f)
	case "bool01":
		v.flag(path, val, f)
	case "float":
		if _, ok := val.(json.Number); !ok && !f.Loose {
			v.refusef(f.code(40058), path, "is not a number")
		}
	case "bool":
		if _, ok := val.(bool); !ok && !f.Loose {
			v.refusef(f.code(40058), path, "is not true or false")
		}
	case "array":
		v.array(path, val, f)
	case "object":
		m, ok := val.(map[string]any)
		switch {
		case !ok:
			v.refusef(f.code(40058), path, "is not an object")
		case f.Recursive == "" && len(f.Fields) > 0:
			v.object(path+".", m, f.Fields)
		}
	case "map":
		if _, ok := val.(map[string]any); !ok {
			v.refusef(f.code(40058), path, "is not an object")
		}
	}
}

func (v *validator) text(path string, val any, f *field) {
	s, ok := val.(string)
	if !ok {
		if _, number := val.(json.Number); !number || !f.Loose {
			v.refusef(f.code(40058), path, "is not a string")
		}
		return
	}
	switch {
	case s == "" && f.Required && !f.Empty:
		v.refusef(f.missing(40063), path, "is empty")
	case s == "":
	case f.MaxBytes > 0 && len(s) > f.MaxBytes:
		v.refusef(f.code(40058), path, "has %d bytes, at most %d are allowed", len(s), f.MaxBytes)
	case f.MaxChars > 0 && utf8.RuneCountInString(s) > f.MaxChars:
		v.refusef(f.code(40058), path, "has %d characters, at most %d are allowed", utf8.RuneCountInString(s), f.MaxChars)
	case len(f.Enum) > 0 && !slices.Contains(f.Enum, any(s)):
		v.refusef(f.code(40058), path, "is not one of %v", f.Enum)
	}
}

func (v *validator) integer(path string, val any, f *field) {
	num, ok := val.(json.Number)
	if s, quoted := val.(string); quoted && f.Loose {
		num, ok = json.Number(s), true
	}
	if !ok {
		v.refusef(f.code(40058), path, "is not a number")
		return
	}
	n, err := num.Int64()
	if err != nil {
		if _, err := strconv.ParseUint(num.String(), 10, 64); err != nil {
			v.refusef(f.code(40058), path, "is not an integer")
		}
		return
	}
	switch {
	case f.Min != nil && n < *f.Min:
		v.refusef(f.code(40058), path, "is %d, at least %d is required", n, *f.Min)
	case f.Max != nil && n > *f.Max:
		v.refusef(f.code(40058), path, "is %d, at most %d is allowed", n, *f.Max)
	case len(f.Enum) > 0 && !slices.Contains(f.Enum, any(float64(n))):
		v.refusef(f.code(40058), path, "is not one of %v", f.Enum)
	}
}

func (v *validator) flag(path string, val any, f *field) {
	if num, ok := val.(json.Number); ok && (num == "0" || num == "1") {
		return
	}
	if !f.Loose {
		v.refusef(f.code(40058), path, "is neither 0 nor 1")
	}
}

func (v *validator) array(path string, val any, f *field) {
	list, ok := val.([]any)
	switch {
	case !ok:
		v.refusef(f.code(40058), path, "is not an array")
		return
	case len(list) < f.MinItems:
		v.refusef(f.code(40058), path, "has %d elements, at least %d are required", len(list), f.MinItems)
	case f.MaxItems > 0 && len(list) > f.MaxItems:
		v.refusef(f.code(40058), path, "has %d elements, at most %d are allowed", len(list), f.MaxItems)
	}
	if f.Items == nil || f.Items.Recursive != "" {
		return
	}
	for i, item := range list {
		v.value(path+"["+strconv.Itoa(i)+"]", item, f.Items)
	}
}

func (f *field) code(otherwise int) int {
	if f.Code != 0 {
		return f.Code
	}
	return otherwise
}

// missing is the errcode of a field that is not there.
func (f *field) missing(otherwise int) int {
	if f.Missing != 0 {
		return f.Missing
	}
	return f.code(otherwise)
}

// queryFields gives the values of a query the types that the spec names.
func queryFields(q url.Values, fields []field) map[string]any {
	m := make(map[string]any, len(fields))
	for name, vals := range q {
		i := slices.IndexFunc(fields, func(f field) bool { return f.Name == name })
		switch {
		case i < 0:
			m[name] = vals[0]
		case vals[0] != "" || fields[i].Type == "string":
			m[name] = queryValue(vals[0], &fields[i])
		}
	}
	return m
}

func queryValue(val string, f *field) any {
	switch f.Type {
	case "int", "unix", "float", "bool01":
		if _, err := strconv.ParseFloat(val, 64); err == nil {
			return json.Number(val)
		}
	case "bool":
		if b, err := strconv.ParseBool(val); err == nil {
			return b
		}
	}
	return val
}
