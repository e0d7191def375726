package graph

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Marshal saves a value. name names what belongs to the outside.
func (c *Codec[T, Outside]) Marshal(v *T, name func(Outside) (string, error)) ([]byte, error) {
	e := &encoder{seen: make(map[target]int), name: func(v reflect.Value) (string, error) {
		out, _ := reflect.TypeAssert[Outside](v) // it has that type
		return name(out)
	}}
	root := reflect.ValueOf(v).Elem()
	err := e.count(c.root, root)
	if err == nil {
		err = e.encode(c.root, root)
	}
	if err != nil {
		return nil, fmt.Errorf("graph: %w", err)
	}
	return e.buf, nil
}

// target is what a pointer points to. The type tells a struct from its first
// field.
type target struct {
	at uintptr
	t  reflect.Type
}

// What seen has of a target that has no number yet.
const (
	seenOnce  = -1
	seenTwice = -2
)

type encoder struct {
	buf   []byte
	seen  map[target]int // the number, or else seenOnce or seenTwice
	given int            // numbers
	depth int
	name  func(reflect.Value) (string, error)
}

// enter goes one level down; the caller leaves it.
func (e *encoder) enter(p *plan) error {
	if e.depth++; e.depth > maxDepth {
		return failf("a %v stands too deep in others", p.t)
	}
	return nil
}

// count finds out what is pointed to more than once.
func (e *encoder) count(p *plan, v reflect.Value) error {
	if !p.shares {
		return nil
	}
	if err := e.enter(p); err != nil {
		return err
	}
	defer func() { e.depth-- }()
	switch p.form {
	case formPointer:
		if v.IsNil() {
			return nil
		}
		at := target{v.Pointer(), p.elem.t}
		if e.seen[at] != 0 {
			e.seen[at] = seenTwice
			return nil
		}
		e.seen[at] = seenOnce
		return e.count(p.elem, v.Elem())
	case formInterface:
		if v.IsNil() {
			return nil
		}
		_, of, held, err := p.held(v)
		if err != nil {
			return err
		}
		return e.count(of, held)
	case formSlice, formArray:
		for i := range v.Len() {
			if err := e.count(p.elem, v.Index(i)); err != nil {
				return at(err, index(i))
			}
		}
	case formMap:
		val := reflect.New(p.elem.t).Elem()
		for it := v.MapRange(); it.Next(); {
			val.SetIterValue(it)
			if err := e.count(p.elem, val); err != nil {
				return at(err, "[]")
			}
		}
	default: // formStruct
		for _, f := range p.fields {
			if !f.plan.shares {
				continue
			}
			if err := e.count(f.plan, field(v, f.index)); err != nil {
				return at(err, "."+f.name)
			}
		}
	}
	return nil
}

// inside encodes what is part of something else, and cannot be pointed to.
func (e *encoder) inside(p *plan, v reflect.Value) error {
	if p.pointed && v.CanAddr() && e.seen[target{v.Addr().Pointer(), p.t}] != 0 {
		return failf("a pointer to this %v cannot be saved: it is part of something else", p.t)
	}
	return e.encode(p, v)
}

// held returns what stands in an interface, in a place that can be addressed.
func (p *plan) held(v reflect.Value) (name string, of *plan, held reflect.Value, err error) {
	in := v.Elem()
	for _, n := range p.names {
		if n.plan.t == in.Type() {
			held = reflect.New(in.Type()).Elem()
			held.Set(in)
			return n.name, n.plan, held, nil
		}
	}
	return "", nil, held, failf("a %v has no name to go by in a %v", in.Type(), p.t)
}

func (e *encoder) encode(p *plan, v reflect.Value) error {
	if err := e.enter(p); err != nil {
		return err
	}
	defer func() { e.depth-- }()
	switch p.form {
	case formBool:
		e.buf = strconv.AppendBool(e.buf, v.Bool())
	case formInt:
		e.buf = strconv.AppendInt(e.buf, v.Int(), 10)
	case formUint:
		e.buf = strconv.AppendUint(e.buf, v.Uint(), 10)
	case formFloat:
		f := v.Float()
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return failf("%v is no number in JSON", f)
		}
		e.buf = strconv.AppendFloat(e.buf, f, 'g', -1, v.Type().Bits())
	case formString:
		e.buf = appendString(e.buf, v.String())
	case formOutside:
		if v.IsZero() {
			e.buf = append(e.buf, "null"...)
			return nil
		}
		name, err := e.name(v)
		if err != nil {
			return failf("%v", err)
		}
		e.buf = appendString(e.buf, name)
	case formByteArray:
		e.bytes(v.Bytes())
	case formTime:
		return e.time(v)
	case formArray:
		return e.list(p, v)
	case formStruct:
		return e.object(p, v)
	default:
		return e.nillable(p, v)
	}
	return nil
}

func (e *encoder) nillable(p *plan, v reflect.Value) error {
	if v.IsNil() {
		e.buf = append(e.buf, "null"...)
		return nil
	}
	switch p.form {
	case formText:
		e.buf = appendString(e.buf, string(v.Bytes()))
	case formBytes:
		e.bytes(v.Bytes())
	case formSlice:
		return e.list(p, v)
	case formMap:
		return e.dict(p, v)
	case formPointer:
		return e.pointer(p, v)
	default: // formInterface
		name, of, held, err := p.held(v)
		if err != nil {
			return err
		}
		e.buf = append(e.buf, `{"as":`...)
		e.buf = appendString(e.buf, name)
		e.buf = append(e.buf, `,"is":`...)
		if err := e.encode(of, held); err != nil {
			return at(err, ".("+name+")")
		}
		e.buf = append(e.buf, '}')
	}
	return nil
}

func (e *encoder) bytes(b []byte) {
	e.buf = append(e.buf, '"')
	e.buf = base64.StdEncoding.AppendEncode(e.buf, b)
	e.buf = append(e.buf, '"')
}

func (e *encoder) pointer(p *plan, v reflect.Value) error {
	to := target{v.Pointer(), p.elem.t}
	switch n := e.seen[to]; n {
	case seenOnce:
		return e.encode(p.elem, v.Elem())
	case seenTwice:
		e.given++
		e.seen[to] = e.given
		e.buf = append(e.buf, `{"#":`...)
		e.buf = strconv.AppendInt(e.buf, int64(e.given), 10)
		e.buf = append(e.buf, `,"is":`...)
		if err := e.encode(p.elem, v.Elem()); err != nil {
			return err
		}
	default:
		e.buf = append(e.buf, `{"#":`...)
		e.buf = strconv.AppendInt(e.buf, int64(n), 10)
	}
	e.buf = append(e.buf, '}')
	return nil
}

func (e *encoder) list(p *plan, v reflect.Value) error {
	e.buf = append(e.buf, '[')
	for i := range v.Len() {
		if i > 0 {
			e.buf = append(e.buf, ',')
		}
		if err := e.inside(p.elem, v.Index(i)); err != nil {
			return at(err, index(i))
		}
	}
	e.buf = append(e.buf, ']')
	return nil
}

func (e *encoder) object(p *plan, v reflect.Value) error {
	e.buf = append(e.buf, '{')
	first := true
	for _, f := range p.fields {
		fv := field(v, f.index)
		if isZero(f.plan, fv) {
			continue
		}
		if !first {
			e.buf = append(e.buf, ',')
		}
		first = false
		e.buf = append(e.buf, '"')
		e.buf = append(e.buf, f.name...)
		e.buf = append(e.buf, '"', ':')
		if err := e.inside(f.plan, fv); err != nil {
			return at(err, "."+f.name)
		}
	}
	e.buf = append(e.buf, '}')
	return nil
}

// isZero reports whether a field is left out. A struct is whose fields are; a
// time without an instant is, wherever it is.
func isZero(p *plan, v reflect.Value) bool {
	switch p.form {
	case formStruct:
		for _, f := range p.fields {
			if !isZero(f.plan, field(v, f.index)) {
				return false
			}
		}
		return true
	case formArray:
		for i := range v.Len() {
			if !isZero(p.elem, v.Index(i)) {
				return false
			}
		}
		return true
	case formTime:
		return timeOf(v).IsZero()
	default:
		return v.IsZero()
	}
}

// dict writes a map.
func (e *encoder) dict(p *plan, v reflect.Value) error {
	type entry struct{ key, val reflect.Value }
	list := make([]entry, 0, v.Len())
	for it := v.MapRange(); it.Next(); {
		n := entry{reflect.New(p.key.t).Elem(), reflect.New(p.elem.t).Elem()}
		n.key.SetIterKey(it)
		n.val.SetIterValue(it)
		list = append(list, n)
	}
	slices.SortFunc(list, func(a, b entry) int { return compare(p.key, a.key, b.key) })
	pairs := p.key.form != formString
	e.buf = append(e.buf, bracket(pairs, '[', '{'))
	for i, n := range list {
		if i > 0 {
			e.buf = append(e.buf, ',')
		}
		if pairs {
			e.buf = append(e.buf, '[')
		}
		if err := e.encode(p.key, n.key); err != nil {
			return at(err, "[key]")
		}
		e.buf = append(e.buf, bracket(pairs, ',', ':'))
		if err := e.encode(p.elem, n.val); err != nil {
			return at(err, step(n.key))
		}
		if pairs {
			e.buf = append(e.buf, ']')
		}
	}
	e.buf = append(e.buf, bracket(pairs, ']', '}'))
	return nil
}

func bracket(pairs bool, list, object byte) byte {
	if pairs {
		return list
	}
	return object
}

// compare orders keys.
func compare(p *plan, a, b reflect.Value) int {
	switch p.form {
	case formString:
		return strings.Compare(a.String(), b.String())
	case formInt:
		return cmp.Compare(a.Int(), b.Int())
	case formUint:
		return cmp.Compare(a.Uint(), b.Uint())
	case formBool:
		return cmp.Compare(strconv.FormatBool(a.Bool()), strconv.FormatBool(b.Bool()))
	case formByteArray:
		return bytes.Compare(a.Bytes(), b.Bytes())
	case formArray:
		for i := range a.Len() {
			if n := compare(p.elem, a.Index(i), b.Index(i)); n != 0 {
				return n
			}
		}
		return 0
	default: // formStruct
		for _, f := range p.fields {
			if n := compare(f.plan, field(a, f.index), field(b, f.index)); n != 0 {
				return n
			}
		}
		return 0
	}
}

func timeOf(v reflect.Value) time.Time {
	t, _ := reflect.TypeAssert[time.Time](v) // it is one
	return t
}

func (e *encoder) time(v reflect.Value) error {
	t := timeOf(v)
	if _, offset := t.Zone(); offset%60 != 0 {
		t = t.UTC() // RFC 3339 has no seconds there
	}
	if y := t.Year(); y < 0 || y > 9999 {
		return failf("the year %d has no place in RFC 3339", y)
	}
	e.buf = append(e.buf, '"')
	e.buf = t.AppendFormat(e.buf, time.RFC3339Nano)
	e.buf = append(e.buf, '"')
	return nil
}
