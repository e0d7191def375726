package codec

import (
	"encoding"
	"encoding/json"
	"reflect"
	"sync"
)

// A reader reads the value at the decoder's position into v, which can be set.
type reader = coder[decoder]

//nolint:gochecknoglobals // a cache: reflect.Type → reader, the same for everybody
var readers sync.Map

func readerOf(t reflect.Type) reader { return coderOf(&readers, t, planReader) }

func planReader(p *planner[decoder], t reflect.Type) reader {
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
		return structReader(p, t)
	case reflect.Pointer:
		return pointerReader(p, t)
	case reflect.Slice:
		return sliceReader(p, t)
	case reflect.Array:
		return arrayReader(p, t)
	case reflect.Map:
		return mapReader(p, t)
	case reflect.Interface:
		return readInterface
	default: // channels, functions, complex numbers
		return readNothing
	}
}
