package codec

import (
	"encoding"
	"encoding/json"
	"reflect"
)

// A fieldWriter writes one member of a struct.
type fieldWriter struct {
	field
	prefix []byte // the name and the colon after it
	write  writer
}

func structWriter(p *planner[encoder], t reflect.Type) writer {
	var fields []fieldWriter
	for _, f := range fieldsOf(t) {
		name := encoder{part: true}
		_ = appendString(&name, f.name) // a part has no errors
		write := p.coder(f.typ)
		if f.quoted && quotable(f.typ) {
			write = inQuotes(write)
		}
		fields = append(fields, fieldWriter{field: f, prefix: append(name.out, ':'), write: write})
	}
	return func(e *encoder, v reflect.Value) error {
		e.out = append(e.out, '{')
		first := true
		for i := range fields {
			f := &fields[i]
			value, err := v.FieldByIndexErr(f.index)
			if err != nil || f.omitted(value) {
				continue // err: the embedded pointer to its struct is nil
			}
			if !first {
				e.out = append(e.out, ',')
			}
			first = false
			e.out = append(e.out, f.prefix...)
			if err := f.write(e, value); err != nil {
				return inMember(err, f.name)
			}
		}
		e.out = append(e.out, '}')
		return nil
	}
}

// quotable reports whether the option string works on t: a number or bool, or a
// pointer to one, that does not write itself.
func quotable(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if implements[json.Marshaler](t) || implements[encoding.TextMarshaler](t) {
		return false
	}
	return reflect.Bool <= t.Kind() && t.Kind() <= reflect.Float64
}

func inQuotes(write writer) writer {
	return func(e *encoder, v reflect.Value) error {
		if isNil(v) {
			return writeNull(e)
		}
		e.out = append(e.out, '"')
		err := write(e, v)
		e.out = append(e.out, '"')
		return err
	}
}
