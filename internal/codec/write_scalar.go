package codec

import (
	"encoding"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
)

func writeNull(e *encoder) error {
	e.out = append(e.out, "null"...)
	return nil
}

func writeBool(e *encoder, v reflect.Value) error {
	e.out = strconv.AppendBool(e.out, v.Bool())
	return nil
}

func writeInt(e *encoder, v reflect.Value) error {
	e.out = strconv.AppendInt(e.out, v.Int(), 10)
	return nil
}

func writeUint(e *encoder, v reflect.Value) error {
	e.out = strconv.AppendUint(e.out, v.Uint(), 10)
	return nil
}

// writeFloat writes what ECMAScript writes, as encoding/json does: an exponent
// only for the very small and very big, and without leading zeros.
func writeFloat(e *encoder, v reflect.Value) error {
	f, bits := v.Float(), v.Type().Bits()
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return fmt.Errorf("cannot write %v as JSON", f)
	}
	size := math.Abs(f)
	small, big := 1e-6, 1e21
	if bits == 32 { // as far as a float32 tells them apart
		small, big = float64(float32(small)), float64(float32(big))
	}
	if size == 0 || small <= size && size < big {
		e.out = strconv.AppendFloat(e.out, f, 'f', -1, bits)
		return nil
	}
	e.out = strconv.AppendFloat(e.out, f, 'e', -1, bits)
	if n := len(e.out); n >= 4 && string(e.out[n-4:n-1]) == "e-0" {
		e.out = append(e.out[:n-2], e.out[n-1])
	}
	return nil
}

func writeString(e *encoder, v reflect.Value) error { return appendString(e, v.String()) }

// writeNumber writes the literal in a json.Number.
func writeNumber(e *encoder, v reflect.Value) error {
	literal := v.String()
	if literal == "" {
		literal = "0"
	}
	if numberLen([]byte(literal)) != len(literal) {
		return fmt.Errorf("cannot write json.Number: %w", errNotNumber)
	}
	e.out = append(e.out, literal...)
	return nil
}

// writeMarshaler lets the value write itself.
func writeMarshaler(e *encoder, v reflect.Value) error {
	if isNil(v) {
		return writeNull(e)
	}
	doc, err := v.Interface().(json.Marshaler).MarshalJSON() //nolint:forcetypeassert // the plan has checked
	if err != nil {
		return err
	}
	return e.copyJSON(doc)
}

// writeTextMarshaler writes the text that the value makes of itself.
func writeTextMarshaler(e *encoder, v reflect.Value) error {
	if isNil(v) {
		return writeNull(e)
	}
	text, err := v.Interface().(encoding.TextMarshaler).MarshalText() //nolint:forcetypeassert // the plan has checked
	if err != nil {
		return err
	}
	return appendString(e, text)
}

func isNil(v reflect.Value) bool {
	k := v.Kind()
	return (k == reflect.Pointer || k == reflect.Interface) && v.IsNil()
}

func writeInterface(e *encoder, v reflect.Value) error {
	if v.IsNil() {
		return writeNull(e)
	}
	if err := e.enter(); err != nil {
		return err
	}
	err := writerOf(v.Elem().Type())(e, v.Elem())
	e.depth--
	return err
}

func pointerWriter(p *planner[encoder], t reflect.Type) writer {
	write := p.coder(t.Elem())
	return func(e *encoder, v reflect.Value) error {
		if v.IsNil() {
			return writeNull(e)
		}
		if err := e.enter(); err != nil {
			return err
		}
		err := write(e, v.Elem())
		e.depth--
		return err
	}
}
