package graph

import (
	"encoding/base64"
	"fmt"
	"reflect"
	"strconv"
	"time"
)

// Unmarshal loads a value that [Codec.Marshal] has saved. find returns what a
// name of the outside stands for. Data with anything in it that the types do
// not have is refused, with an [*Error]. v must be zero; after an error it is
// of no use.
func (c *Codec[T, Outside]) Unmarshal(data []byte, v *T, find func(name string) (Outside, bool)) error {
	d := &decoder{scanner: scanner{data: data}, find: func(name string) (reflect.Value, bool) {
		out, ok := find(name)
		return reflect.ValueOf(&out).Elem(), ok
	}}
	err := d.decode(c.root, reflect.ValueOf(v).Elem())
	if err == nil && d.peek() != 0 {
		err = d.failf("something follows the end")
	}
	if err != nil {
		return fmt.Errorf("graph: %w", err)
	}
	return nil
}

type decoder struct {
	scanner
	objects []reflect.Value // pointers, by number - 1
	depth   int
	find    func(name string) (reflect.Value, bool)
	zones   map[int]*time.Location // by offset
}

func (d *decoder) enter(p *plan) error {
	if d.depth++; d.depth > maxDepth {
		return d.failf("a %v stands too deep in others", p.t)
	}
	return nil
}

// decode fills v, which is zero.
func (d *decoder) decode(p *plan, v reflect.Value) error {
	if err := d.enter(p); err != nil {
		return err
	}
	defer func() { d.depth-- }()
	switch p.form {
	case formBool:
		if d.word("true") {
			v.SetBool(true)
		} else if !d.word("false") {
			return d.failf("want true or false")
		}
	case formInt, formUint, formFloat:
		return d.numeral(p, v)
	case formString:
		s, err := d.text()
		if err != nil {
			return err
		}
		v.SetString(string(s))
	case formByteArray:
		b, err := d.bytes()
		if err == nil && len(b) != v.Len() {
			err = d.failf("a %v has %d bytes", p.t, v.Len())
		}
		if err != nil {
			return err
		}
		reflect.Copy(v, reflect.ValueOf(b))
	case formTime:
		return d.time(v)
	case formArray:
		return d.list(p, v)
	case formStruct:
		return d.object(p, v)
	default:
		return d.nillable(p, v)
	}
	return nil
}

func (d *decoder) bytes() ([]byte, error) {
	s, err := d.text()
	if err != nil {
		return nil, err
	}
	b, err := base64.StdEncoding.Strict().AppendDecode([]byte{}, s)
	if err != nil {
		return nil, d.failf("a string is no base64")
	}
	return b, nil
}

func (d *decoder) numeral(p *plan, v reflect.Value) error {
	s, err := d.number()
	if err != nil {
		return err
	}
	switch p.form {
	case formInt:
		var n int64
		if n, err = strconv.ParseInt(string(s), 10, p.t.Bits()); err == nil {
			v.SetInt(n)
		}
	case formUint:
		var n uint64
		if n, err = strconv.ParseUint(string(s), 10, p.t.Bits()); err == nil {
			v.SetUint(n)
		}
	default:
		var f float64
		if f, err = strconv.ParseFloat(string(s), p.t.Bits()); err == nil {
			v.SetFloat(f)
		}
	}
	if err != nil {
		return d.failf("%.20q is no %v", s, p.t)
	}
	return nil
}

func (d *decoder) time(v reflect.Value) error {
	s, err := d.text()
	if err != nil {
		return err
	}
	t, err := time.Parse(time.RFC3339Nano, string(s))
	if err != nil || t.Format(time.RFC3339Nano) != string(s) {
		return d.failf("%.40q is no time", s)
	}
	if t.Location() != time.UTC && t.Location() != time.Local { //nolint:gosmopolitan // what Parse gives for its offset
		_, offset := t.Zone()
		if d.zones == nil {
			d.zones = make(map[int]*time.Location)
		}
		if d.zones[offset] == nil {
			d.zones[offset] = t.Location()
		}
		t = t.In(d.zones[offset])
	}
	v.Set(reflect.ValueOf(t))
	return nil
}

func (d *decoder) nillable(p *plan, v reflect.Value) error {
	if d.word("null") {
		return nil
	}
	switch p.form {
	case formOutside:
		s, err := d.text()
		if err != nil {
			return err
		}
		found, ok := d.find(string(s))
		if !ok {
			return d.failf("there is no %v %.40q", p.t, s)
		}
		v.Set(found)
	case formText:
		s, err := d.text()
		if err != nil {
			return err
		}
		v.SetBytes(append([]byte{}, s...))
	case formBytes:
		b, err := d.bytes()
		if err != nil {
			return err
		}
		v.SetBytes(b)
	case formSlice:
		return d.list(p, v)
	case formMap:
		return d.dict(p, v)
	case formPointer:
		return d.pointer(p, v)
	default:
		return d.named(p, v)
	}
	return nil
}

// named reads what stands in an interface.
func (d *decoder) named(p *plan, v reflect.Value) error {
	if err := d.open("as"); err != nil {
		return err
	}
	name, err := d.text()
	if err != nil {
		return err
	}
	for _, n := range p.names {
		if n.name != string(name) {
			continue
		}
		if err := d.next("is"); err != nil {
			return err
		}
		held := reflect.New(n.plan.t).Elem()
		if err := d.decode(n.plan, held); err != nil {
			return at(err, ".("+n.name+")")
		}
		v.Set(held)
		return d.expect('}')
	}
	return d.failf("no %v goes by the name %.40q", p.t, name)
}

// open begins an object whose first key must be that one.
func (d *decoder) open(key string) error {
	if err := d.expect('{'); err != nil {
		return err
	}
	return d.key(key)
}

// next goes on with a key that must come.
func (d *decoder) next(key string) error {
	if err := d.expect(','); err != nil {
		return err
	}
	return d.key(key)
}

func (d *decoder) key(key string) error {
	s, err := d.text()
	if err != nil {
		return err
	}
	if string(s) != key {
		return d.failf("want %q, not %.40q", key, s)
	}
	return d.expect(':')
}

// numbered reports whether an object with a number comes, and goes to it.
func (d *decoder) numbered() bool {
	from := d.pos
	if d.take('{') && d.word(`"#"`) && d.take(':') {
		return true
	}
	d.pos = from
	return false
}

func (d *decoder) pointer(p *plan, v reflect.Value) error {
	if !d.numbered() {
		v.Set(reflect.New(p.elem.t))
		return d.decode(p.elem, v.Elem())
	}
	s, err := d.number()
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(string(s))
	if err != nil || n < 1 {
		return d.failf("%.20q is no number of an object", s)
	}
	if d.take('}') {
		if n > len(d.objects) {
			return d.failf("object %d was not there before", n)
		}
		if got := d.objects[n-1].Type().Elem(); got != p.elem.t {
			return d.failf("object %d is a %v, not a %v", n, got, p.elem.t)
		}
		v.Set(d.objects[n-1])
		return nil
	}
	if n != len(d.objects)+1 {
		return d.failf("object %d comes after object %d", n, len(d.objects))
	}
	if err := d.next("is"); err != nil {
		return err
	}
	object := reflect.New(p.elem.t)
	v.Set(object)
	d.objects = append(d.objects, object) // before what is in it, which may point back
	if err := d.decode(p.elem, object.Elem()); err != nil {
		return err
	}
	return d.expect('}')
}

func (d *decoder) list(p *plan, v reflect.Value) error {
	if err := d.expect('['); err != nil {
		return err
	}
	if p.form == formSlice {
		v.Set(reflect.MakeSlice(p.t, 0, 0))
	}
	n := 0
	for ; !d.take(']'); n++ {
		if n > 0 {
			if err := d.expect(','); err != nil {
				return err
			}
		}
		if p.form == formSlice {
			v.Grow(1)
			v.SetLen(n + 1)
		} else if n == v.Len() {
			return d.failf("a %v has %d elements", p.t, n)
		}
		if err := d.decode(p.elem, v.Index(n)); err != nil {
			return at(err, index(n))
		}
	}
	if n < v.Len() {
		return d.failf("a %v has %d elements", p.t, v.Len())
	}
	return nil
}

// object reads a struct, whose fields stand in their order.
func (d *decoder) object(p *plan, v reflect.Value) error {
	if err := d.expect('{'); err != nil {
		return err
	}
	last := -1
	for n := 0; !d.take('}'); n++ {
		if n > 0 {
			if err := d.expect(','); err != nil {
				return err
			}
		}
		name, err := d.text()
		if err != nil {
			return err
		}
		i, ok := p.byName[string(name)]
		switch {
		case !ok:
			return d.failf("a %v has no field %.40q", p.t, name)
		case i <= last:
			return d.failf("the field %q comes late or twice", name)
		}
		last = i
		if err := d.expect(':'); err != nil {
			return at(err, "."+p.fields[i].name)
		}
		if err := d.decode(p.fields[i].plan, field(v, p.fields[i].index)); err != nil {
			return at(err, "."+p.fields[i].name)
		}
	}
	return nil
}

// dict reads a map, whose keys stand in their order.
func (d *decoder) dict(p *plan, v reflect.Value) error {
	pairs := p.key.form != formString
	if err := d.expect(bracket(pairs, '[', '{')); err != nil {
		return err
	}
	v.Set(reflect.MakeMap(p.t))
	key, last, val := reflect.New(p.key.t).Elem(), reflect.New(p.key.t).Elem(), reflect.New(p.elem.t).Elem()
	for n := 0; !d.take(bracket(pairs, ']', '}')); n++ {
		if n > 0 {
			if err := d.expect(','); err != nil {
				return err
			}
		}
		if pairs {
			if err := d.expect('['); err != nil {
				return err
			}
		}
		key.SetZero()
		val.SetZero()
		if err := d.decode(p.key, key); err != nil {
			return at(err, "[key]")
		}
		if n > 0 && compare(p.key, last, key) >= 0 {
			return d.failf("the key %s comes late or twice", step(key))
		}
		last.Set(key)
		if err := d.expect(bracket(pairs, ',', ':')); err != nil {
			return err
		}
		if err := d.decode(p.elem, val); err != nil {
			return at(err, step(key))
		}
		v.SetMapIndex(key, val)
		if pairs {
			if err := d.expect(']'); err != nil {
				return err
			}
		}
	}
	return nil
}
