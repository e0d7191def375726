package codec

import "reflect"

// readInterface reads into the pointer that the interface holds, if it holds
// one, and else into a new value as encoding/json makes them for any.
func readInterface(d *decoder, v reflect.Value) error {
	if d.peek() == kindNull {
		return d.readEmpty(v)
	}
	if p := v.Elem(); p.Kind() == reflect.Pointer && !p.IsNil() {
		if d.depth == maxDepth { // interfaces can point in circles
			return errTooDeep
		}
		d.depth++
		err := readerOf(p.Type().Elem())(d, p.Elem())
		d.depth--
		return err
	}
	if v.NumMethod() > 0 {
		return d.mismatch(v.Type())
	}
	value, err := d.any()
	if err != nil {
		return err
	}
	v.Set(reflect.ValueOf(value)) // not nil: null was seen above
	return nil
}

// any reads a value as encoding/json does for any: map[string]any, []any,
// string, float64, bool or nil.
func (d *decoder) any() (any, error) {
	switch d.peek() {
	case kindObject:
		return d.anyObject()
	case kindArray:
		return d.anyArray()
	default:
		return d.anyScalar()
	}
}

func (d *decoder) anyObject() (any, error) {
	if err := d.enter(); err != nil {
		return nil, err
	}
	object := map[string]any{}
	for first := true; ; first = false {
		more, err := d.more('}', first)
		if err != nil {
			return nil, err
		}
		if !more {
			return object, nil
		}
		text, err := d.key()
		if err != nil {
			return nil, err
		}
		name := d.recent.get(text)
		value, err := d.any()
		if err != nil {
			return nil, inMember(err, name)
		}
		object[name] = value
	}
}

func (d *decoder) anyArray() (any, error) {
	if err := d.enter(); err != nil {
		return nil, err
	}
	array := []any{}
	for {
		more, err := d.more(']', len(array) == 0)
		if err != nil {
			return nil, err
		}
		if !more {
			return array, nil
		}
		value, err := d.any()
		if err != nil {
			return nil, inElement(err, len(array))
		}
		array = append(array, value)
	}
}

func (d *decoder) anyScalar() (any, error) {
	k, text, err := d.scalar()
	if err != nil {
		return nil, err
	}
	switch k {
	case kindString:
		return d.recent.get(text), nil
	case kindNumber:
		f, err := parseFloat(text, 64)
		if err != nil {
			return nil, cannotBe(k, reflect.TypeFor[float64](), err)
		}
		return f, nil
	case kindBool:
		return boolWhole(text).size == 1, nil
	default:
		return nil, nil //nolint:nilnil // null
	}
}
