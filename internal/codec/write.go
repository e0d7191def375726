package codec

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"sync"
)

// A writer writes v at the end of the encoder's output.
type writer = coder[encoder]

//nolint:gochecknoglobals // a cache: reflect.Type → writer, the same for everybody
var writers sync.Map

func writerOf(t reflect.Type) writer { return coderOf(&writers, t, planWriter) }

// planWriter prefers a type's own methods as encoding/json does: those of *t
// only if the value has an address.
func planWriter(p *planner[encoder], t reflect.Type) writer {
	write := planKind(p, t)
	write = preferMethods[encoding.TextMarshaler](t, writeTextMarshaler, write)
	return preferMethods[json.Marshaler](t, writeMarshaler, write)
}

func preferMethods[I any](t reflect.Type, withMethods, without writer) writer {
	switch {
	case t.Implements(reflect.TypeFor[I]()):
		return withMethods
	case implements[I](t):
		return func(e *encoder, v reflect.Value) error {
			if v.CanAddr() {
				return withMethods(e, v.Addr())
			}
			return without(e, v)
		}
	default:
		return without
	}
}

func planKind(p *planner[encoder], t reflect.Type) writer {
	switch t.Kind() {
	case reflect.Bool:
		return writeBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return writeInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return writeUint
	case reflect.Float32, reflect.Float64:
		return writeFloat
	case reflect.String:
		if t == reflect.TypeFor[json.Number]() {
			return writeNumber
		}
		return writeString
	case reflect.Struct:
		return structWriter(p, t)
	case reflect.Pointer:
		return pointerWriter(p, t)
	case reflect.Slice:
		return sliceWriter(p, t)
	case reflect.Array:
		return listWriter(p, t)
	case reflect.Map:
		return mapWriter(p, t)
	case reflect.Interface:
		return writeInterface
	default:
		return writeNothing
	}
}

// writeNothing is for types that no JSON fits.
func writeNothing(_ *encoder, v reflect.Value) error {
	return fmt.Errorf("cannot write %s as JSON", v.Type())
}
