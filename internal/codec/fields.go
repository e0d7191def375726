package codec

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
)

// A field is one member that a struct has on the wire. Fields of embedded
// structs belong to the struct around them.
type field struct {
	name      string
	index     []int // as in reflect.StructField
	typ       reflect.Type
	tagged    bool // the tag gives the name
	omitZero  bool
	omitEmpty bool
	isZero    func(reflect.Value) bool // what omitZero goes by
	quoted    bool                     // the option string: a number or bool goes out in quotes
}

// fieldsOf lists the members of the struct type t as encoding/json knows them,
// in the order of the source.
func fieldsOf(t reflect.Type) []field {
	all := collectFields(nil, t, nil, nil)
	slices.SortStableFunc(all, func(a, b field) int {
		return cmp.Or(
			strings.Compare(a.name, b.name),
			cmp.Compare(len(a.index), len(b.index)),
			compareBool(b.tagged, a.tagged),
		)
	})
	// Of the fields that share a name the first one now has it, the least
	// nested, a tagged one before others; nobody has it if two are equal.
	var chosen []field
	for i := 0; i < len(all); {
		first, rivals := all[i], 0
		for i++; i < len(all) && all[i].name == first.name; i++ {
			if len(all[i].index) == len(first.index) && all[i].tagged == first.tagged {
				rivals++
			}
		}
		if rivals == 0 {
			chosen = append(chosen, first)
		}
	}
	slices.SortFunc(chosen, func(a, b field) int { return slices.Compare(a.index, b.index) })
	return chosen
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	default:
		return 1
	}
}

// collectFields appends every field of t that could be a member, at every
// level. outer holds the embedded types that t was reached through: one that
// embeds itself again adds nothing that is not hidden.
func collectFields(dst []field, t reflect.Type, index []int, outer []reflect.Type) []field {
	if slices.Contains(outer, t) {
		return dst
	}
	outer = append(slices.Clip(outer), t)
	for i := range t.NumField() {
		sf := t.Field(i)
		tag := sf.Tag.Get("json")
		if tag == "-" {
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		path := append(slices.Clip(index), i)

		if sf.Anonymous {
			inner := sf.Type
			if inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}
			if inner.Kind() == reflect.Struct && name == "" {
				dst = collectFields(dst, inner, path, outer)
				continue
			}
		}
		if !sf.IsExported() {
			continue
		}
		f := field{name: name, index: path, typ: sf.Type, tagged: name != "", isZero: zeroTest(sf.Type)}
		if !f.tagged {
			f.name = sf.Name
		}
		for option := range strings.SplitSeq(options, ",") {
			f.omitZero = f.omitZero || option == "omitzero"
			f.omitEmpty = f.omitEmpty || option == "omitempty"
			f.quoted = f.quoted || option == "string"
		}
		dst = append(dst, f)
	}
	return dst
}

// omitted reports whether v, the field's value, is left out when writing.
func (f *field) omitted(v reflect.Value) bool {
	return f.omitZero && f.isZero(v) || f.omitEmpty && isEmpty(v)
}

type zeroer interface{ IsZero() bool }

// zeroTest returns what omitzero goes by: IsZero if the type has it.
func zeroTest(t reflect.Type) func(reflect.Value) bool {
	switch {
	case t.Kind() == reflect.Pointer && t.Implements(reflect.TypeFor[zeroer]()):
		return func(v reflect.Value) bool {
			return v.IsNil() || v.Interface().(zeroer).IsZero() //nolint:forcetypeassert // checked above
		}
	case implements[zeroer](t):
		return func(v reflect.Value) bool {
			p := reflect.New(t) // v itself may have no address
			p.Elem().Set(v)
			return p.Interface().(zeroer).IsZero() //nolint:forcetypeassert // checked above
		}
	default:
		return reflect.Value.IsZero
	}
}

// isEmpty is what omitempty goes by.
func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Struct:
		return false
	case reflect.String, reflect.Slice, reflect.Map, reflect.Array:
		return v.Len() == 0
	default:
		return v.IsZero()
	}
}
