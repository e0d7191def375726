package codec

import (
	"encoding"
	"fmt"
	"reflect"
)

// mapReader reads an object into a map, which is made if it is nil.
func mapReader(p *planner[decoder], t reflect.Type) reader {
	readKey := keyReader(t.Key())
	if readKey == nil {
		return readNothing
	}
	read := p.coder(t.Elem())
	return func(d *decoder, v reflect.Value) error {
		if d.next() != '{' {
			return d.readEmpty(v)
		}
		if err := d.enter(); err != nil {
			return err
		}
		if v.IsNil() {
			v.Set(reflect.MakeMap(t))
		}
		key, value := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
		for first := true; ; first = false {
			more, err := d.more('}', first)
			if err != nil || !more {
				return err
			}
			text, err := d.key()
			if err != nil {
				return err
			}
			name := d.recent.get(text)
			key.SetZero()
			if err := readKey(name, key); err != nil {
				return inMember(err, name)
			}
			value.SetZero()
			if err := read(d, value); err != nil {
				return inMember(err, name)
			}
			v.SetMapIndex(key, value)
		}
	}
}

// keyReader returns how a name becomes a key of type t, nil if it cannot.
func keyReader(t reflect.Type) func(name string, key reflect.Value) error {
	if implements[encoding.TextUnmarshaler](t) {
		return readTextKey
	}
	switch t.Kind() {
	case reflect.String:
		return func(name string, key reflect.Value) error { key.SetString(name); return nil }
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return readIntKey
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return readUintKey
	default:
		return nil
	}
}

func readTextKey(name string, key reflect.Value) error {
	return key.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(name)) //nolint:forcetypeassert // keyReader has checked
}

func readIntKey(name string, key reflect.Value) error {
	w, err := parseWhole([]byte(name))
	n, ok := w.int64()
	if err == nil && (!ok || key.OverflowInt(n)) {
		err = errOutOfRange
	}
	if err != nil {
		return fmt.Errorf("cannot read name as %s: %w", key.Type(), err)
	}
	key.SetInt(n)
	return nil
}

func readUintKey(name string, key reflect.Value) error {
	w, err := parseWhole([]byte(name))
	n, ok := w.uint64()
	if err == nil && (!ok || key.OverflowUint(n)) {
		err = errOutOfRange
	}
	if err != nil {
		return fmt.Errorf("cannot read name as %s: %w", key.Type(), err)
	}
	key.SetUint(n)
	return nil
}
