package codec

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
)

var errUnknownField = errors.New("unknown field")

// A structPlan reads an object into a struct.
type structPlan struct {
	fields []fieldReader  // in the order of the source
	byName map[string]int // index into fields
}

type fieldReader struct {
	field
	read reader
}

func structReader(p *planner[decoder], t reflect.Type) reader {
	s := structPlan{byName: map[string]int{}}
	for i, f := range fieldsOf(t) {
		s.fields = append(s.fields, fieldReader{f, p.coder(f.typ)})
		s.byName[f.name] = i
	}
	return s.read
}

func (s *structPlan) read(d *decoder, v reflect.Value) error {
	if d.next() != '{' {
		return d.readEmpty(v)
	}
	if err := d.enter(); err != nil {
		return err
	}
	expected := 0
	for first := true; ; first = false {
		more, err := d.more('}', first)
		if err != nil || !more {
			return err
		}
		name, err := d.key()
		if err != nil {
			return err
		}
		i, known := s.find(name, expected)
		if !known {
			if err := d.unknown(name); err != nil {
				return err
			}
			continue
		}
		expected = i + 1
		f := &s.fields[i]
		if err := f.readInto(d, v); err != nil {
			return inMember(err, f.name)
		}
	}
}

// find returns which field is called name. WeCom mostly sends members in the
// order of its documents, in which our fields stand too: the expected field is
// tried before the map is asked.
func (s *structPlan) find(name []byte, expected int) (i int, ok bool) {
	if expected < len(s.fields) && s.fields[expected].name == string(name) {
		return expected, true
	}
	i, ok = s.byName[string(name)]
	return i, ok
}

// unknown skips the value of a member that the struct has no field for.
func (d *decoder) unknown(name []byte) error {
	status := d.depth == 1 && (string(name) == "errcode" || string(name) == "errmsg")
	if d.strict && !status {
		return inMember(errUnknownField, string(name))
	}
	return d.skip()
}

// readInto reads the field's value into its place in v, and makes the embedded
// structs on the way there.
func (f *fieldReader) readInto(d *decoder, v reflect.Value) error {
	last := len(f.index) - 1
	for _, i := range f.index[:last] {
		v = v.Field(i)
		if v.Kind() != reflect.Pointer {
			continue
		}
		if v.IsNil() {
			if !v.CanSet() {
				return fmt.Errorf("cannot set embedded pointer to unexported %s", v.Type().Elem())
			}
			v.Set(reflect.New(v.Type().Elem()))
		}
		v = v.Elem()
	}
	return f.read(d, v.Field(f.index[last]))
}

// pointerReader reads into what a pointer points to, and leaves it nil for null
// and for an object that is not there.
func pointerReader(p *planner[decoder], t reflect.Type) reader {
	read := p.coder(t.Elem())
	toStruct := t.Elem().Kind() == reflect.Struct &&
		!implements[json.Unmarshaler](t.Elem()) && !implements[encoding.TextUnmarshaler](t.Elem())
	return func(d *decoder, v reflect.Value) error {
		c := d.next()
		if c == 'n' || toStruct && c != '{' {
			return d.readEmpty(v)
		}
		if v.IsNil() {
			v.Set(reflect.New(t.Elem()))
		}
		return read(d, v.Elem())
	}
}
