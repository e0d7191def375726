package codec

import "reflect"

// readEmpty reads what stands for nothing, be it null, "", [] or {}, into a v
// of another shape. Anything else is a mismatch.
func (d *decoder) readEmpty(v reflect.Value) error {
	k := d.peek()
	switch k {
	case kindObject, kindArray:
		if err := d.enter(); err != nil {
			return err
		}
		more, err := d.more(closing(k), true)
		if err != nil {
			return err
		}
		if more {
			return cannot(k, v.Type())
		}
	default:
		k, text, err := d.scalar()
		if err != nil {
			return err
		}
		if k != kindNull && len(text) > 0 {
			return cannot(k, v.Type())
		}
	}
	v.SetZero()
	return nil
}

func sliceReader(p *planner[decoder], t reflect.Type) reader {
	read := p.coder(t.Elem())
	bytes := t.Elem().Kind() == reflect.Uint8
	return func(d *decoder, v reflect.Value) error {
		switch c := d.next(); {
		case c == '"' && bytes:
			return readBytes(d, v)
		case c != '[':
			return d.readEmpty(v)
		}
		if err := d.enter(); err != nil {
			return err
		}
		v.SetZero() // never write into an array that the caller may have kept
		for n := 0; ; n++ {
			more, err := d.more(']', n == 0)
			if err != nil {
				return err
			}
			if !more {
				break
			}
			if n == v.Cap() {
				v.Grow(1)
			}
			v.SetLen(n + 1)
			if err := read(d, v.Index(n)); err != nil {
				return inElement(err, n)
			}
		}
		if v.IsNil() {
			v.Set(reflect.MakeSlice(t, 0, 0)) // [] is empty, not nil
		}
		return nil
	}
}

// arrayReader reads the elements that there is room for, and sets those to zero
// that are not there.
func arrayReader(p *planner[decoder], t reflect.Type) reader {
	read := p.coder(t.Elem())
	return func(d *decoder, v reflect.Value) error {
		if d.next() != '[' {
			return d.readEmpty(v)
		}
		if err := d.enter(); err != nil {
			return err
		}
		v.SetZero()
		for n := 0; ; n++ {
			more, err := d.more(']', n == 0)
			if err != nil || !more {
				return err
			}
			if n >= v.Len() {
				err = d.skip()
			} else {
				err = read(d, v.Index(n))
			}
			if err != nil {
				return inElement(err, n)
			}
		}
	}
}
