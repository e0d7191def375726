package codec

import (
	"encoding"
	"encoding/base64"
	"encoding/json"
	"reflect"
)

// wholeFrom returns the integer that a scalar stands for.
func wholeFrom(k kind, text []byte) (whole, error) {
	switch {
	case k == kindNull, len(text) == 0:
		return whole{}, nil
	case k == kindBool:
		return boolWhole(text), nil
	default:
		return parseWhole(text)
	}
}

func boolWhole(text []byte) whole {
	if text[0] == 't' {
		return whole{size: 1}
	}
	return whole{}
}

func readInt(d *decoder, v reflect.Value) error {
	k, text, err := d.scalarFor(v.Type())
	if err != nil {
		return err
	}
	w, err := wholeFrom(k, text)
	if err != nil {
		return cannotBe(k, v.Type(), err)
	}
	n, ok := w.int64()
	if !ok || v.OverflowInt(n) {
		return cannotBe(k, v.Type(), errOutOfRange)
	}
	v.SetInt(n)
	return nil
}

func readUint(d *decoder, v reflect.Value) error {
	k, text, err := d.scalarFor(v.Type())
	if err != nil {
		return err
	}
	w, err := wholeFrom(k, text)
	if err != nil {
		return cannotBe(k, v.Type(), err)
	}
	n, ok := w.uint64()
	if !ok || v.OverflowUint(n) {
		return cannotBe(k, v.Type(), errOutOfRange)
	}
	v.SetUint(n)
	return nil
}

func readFloat(d *decoder, v reflect.Value) error {
	k, text, err := d.scalarFor(v.Type())
	if err != nil {
		return err
	}
	var f float64
	switch {
	case k == kindNull, len(text) == 0:
	case k == kindBool:
		f = float64(boolWhole(text).size)
	default:
		if f, err = parseFloat(text, v.Type().Bits()); err != nil {
			return cannotBe(k, v.Type(), err)
		}
	}
	v.SetFloat(f)
	return nil
}

func readBool(d *decoder, v reflect.Value) error {
	k, text, err := d.scalarFor(v.Type())
	if err != nil {
		return err
	}
	b, err := boolFrom(k, text)
	if err != nil {
		return cannotBe(k, v.Type(), err)
	}
	v.SetBool(b)
	return nil
}

// boolFrom returns the truth that a scalar stands for.
func boolFrom(k kind, text []byte) (bool, error) {
	if k == kindString && (string(text) == "true" || string(text) == "false") {
		k = kindBool
	}
	w, err := wholeFrom(k, text)
	return w.size != 0, err
}

func readString(d *decoder, v reflect.Value) error {
	k, text, err := d.scalarFor(v.Type())
	if err != nil {
		return err
	}
	if k == kindNull {
		text = nil
	}
	v.SetString(d.recent.get(text))
	return nil
}

// readBytes reads base64, as encoding/json does for a []byte.
func readBytes(d *decoder, v reflect.Value) error {
	text, err := d.str()
	if err != nil {
		return err
	}
	b, err := base64.StdEncoding.AppendDecode([]byte{}, text)
	if err != nil {
		return cannotBe(kindString, v.Type(), err)
	}
	v.SetBytes(b)
	return nil
}

// readUnmarshaler leaves the value to the type's own UnmarshalJSON.
func readUnmarshaler(d *decoder, v reflect.Value) error {
	raw, err := d.raw()
	if err != nil {
		return err
	}
	return v.Addr().Interface().(json.Unmarshaler).UnmarshalJSON(raw) //nolint:forcetypeassert // the plan has checked
}

// readTextUnmarshaler leaves the text of a scalar to the type's UnmarshalText.
func readTextUnmarshaler(d *decoder, v reflect.Value) error {
	k, text, err := d.scalarFor(v.Type())
	if err != nil {
		return err
	}
	if k == kindNull {
		v.SetZero()
		return nil
	}
	return v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText(text) //nolint:forcetypeassert // the plan has checked
}

// readNothing is for types that no JSON fits.
func readNothing(d *decoder, v reflect.Value) error { return d.mismatch(v.Type()) }
