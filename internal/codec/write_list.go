package codec

import (
	"cmp"
	"encoding"
	"encoding/base64"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
)

func sliceWriter(p *planner[encoder], t reflect.Type) writer {
	write := listWriter(p, t)
	if elem := t.Elem(); elem.Kind() == reflect.Uint8 && !implements[json.Marshaler](elem) && !implements[encoding.TextMarshaler](elem) {
		write = writeBytes
	}
	return func(e *encoder, v reflect.Value) error {
		if v.IsNil() {
			return writeNull(e)
		}
		if err := e.enter(); err != nil {
			return err
		}
		err := write(e, v)
		e.depth--
		return err
	}
}

// listWriter writes the elements of an array or slice.
func listWriter(p *planner[encoder], t reflect.Type) writer {
	write := p.coder(t.Elem())
	return func(e *encoder, v reflect.Value) error {
		e.out = append(e.out, '[')
		for n := range v.Len() {
			if n > 0 {
				e.out = append(e.out, ',')
			}
			if err := write(e, v.Index(n)); err != nil {
				return inElement(err, n)
			}
		}
		e.out = append(e.out, ']')
		return nil
	}
}

func writeBytes(e *encoder, v reflect.Value) error {
	e.out = append(e.out, '"')
	e.out = base64.StdEncoding.AppendEncode(e.out, v.Bytes())
	e.out = append(e.out, '"')
	return nil
}

// mapWriter writes an object, its members sorted by name.
func mapWriter(p *planner[encoder], t reflect.Type) writer {
	nameOf := keyNamer(t.Key())
	if nameOf == nil {
		return writeNothing
	}
	write := p.coder(t.Elem())
	type member struct {
		name  string
		value reflect.Value
	}
	return func(e *encoder, v reflect.Value) error {
		if v.IsNil() {
			return writeNull(e)
		}
		if err := e.enter(); err != nil {
			return err
		}
		members := make([]member, 0, v.Len())
		for key, value := range v.Seq2() {
			name, err := nameOf(key)
			if err != nil {
				return err
			}
			members = append(members, member{name, value})
		}
		slices.SortFunc(members, func(a, b member) int { return cmp.Compare(a.name, b.name) })
		e.out = append(e.out, '{')
		for i, m := range members {
			if i > 0 {
				e.out = append(e.out, ',')
			}
			if err := appendString(e, m.name); err != nil {
				return inMember(err, m.name)
			}
			e.out = append(e.out, ':')
			if err := write(e, m.value); err != nil {
				return inMember(err, m.name)
			}
		}
		e.out = append(e.out, '}')
		e.depth--
		return nil
	}
}

// keyNamer returns how a key of type t becomes a name, nil if it cannot.
func keyNamer(t reflect.Type) func(key reflect.Value) (string, error) {
	switch {
	case t.Kind() == reflect.String:
		return func(key reflect.Value) (string, error) { return key.String(), nil }
	case t.Implements(reflect.TypeFor[encoding.TextMarshaler]()):
		return func(key reflect.Value) (string, error) {
			if isNil(key) {
				return "", nil
			}
			text, err := key.Interface().(encoding.TextMarshaler).MarshalText() //nolint:forcetypeassert // checked above
			return string(text), err
		}
	case reflect.Int <= t.Kind() && t.Kind() <= reflect.Int64:
		return func(key reflect.Value) (string, error) { return strconv.FormatInt(key.Int(), 10), nil }
	case reflect.Uint <= t.Kind() && t.Kind() <= reflect.Uintptr:
		return func(key reflect.Value) (string, error) { return strconv.FormatUint(key.Uint(), 10), nil }
	default:
		return nil
	}
}
