package codec

import (
	"encoding"
	"encoding/json"
	"reflect"
	"sync"
)

// A reader reads the value at d into v, which can be set and has the type that
// the reader was made for. One is made per type, once.
type reader func(d *decoder, v reflect.Value) error

//nolint:gochecknoglobals // a cache: reflect.Type → reader, the same for everybody
var readers sync.Map

// readerOf returns the reader for t.
func readerOf(t reflect.Type) reader {
	if r, ok := readers.Load(t); ok {
		return r.(reader) //nolint:forcetypeassert // nothing else is in there
	}
	p := planner{}
	r := p.reader(t)
	for t, r := range p { // complete now: others may see them
		readers.Store(t, *r)
	}
	return r
}

// A planner makes the reader for a type and those for the types inside it.
type planner map[reflect.Type]*reader

func (p planner) reader(t reflect.Type) reader {
	if r, ok := readers.Load(t); ok {
		return r.(reader) //nolint:forcetypeassert // nothing else is in there
	}
	if r, ok := p[t]; ok {
		// Either it is done, or t contains itself and it will be.
		return func(d *decoder, v reflect.Value) error { return (*r)(d, v) }
	}
	r := new(reader)
	p[t] = r
	*r = p.plan(t)
	return *r
}

func (p planner) plan(t reflect.Type) reader {
	switch {
	case implements[json.Unmarshaler](t):
		return readUnmarshaler
	case implements[encoding.TextUnmarshaler](t):
		return readTextUnmarshaler
	}
	switch t.Kind() {
	case reflect.Bool:
		return readBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return readInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return readUint
	case reflect.Float32, reflect.Float64:
		return readFloat
	case reflect.String:
		return readString
	case reflect.Struct:
		return p.structReader(t)
	case reflect.Pointer:
		return p.pointerReader(t)
	case reflect.Slice:
		return p.sliceReader(t)
	case reflect.Array:
		return p.arrayReader(t)
	case reflect.Map:
		return p.mapReader(t)
	case reflect.Interface:
		return readInterface
	default: // channels, functions, complex numbers
		return readNothing
	}
}

// implements reports whether a t in a variable has the methods of I, be they
// declared on t or on *t.
func implements[I any](t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[I]())
}
