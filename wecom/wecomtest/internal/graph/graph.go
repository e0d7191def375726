// Package graph saves and loads values of Go types as JSON, whole: unexported
// fields, maps with structs as keys, pointers that are reached from several
// places, and cycles of them.
//
// It differs from encoding/json in its aim. The types are nobody's wire format,
// so that nothing can be renamed or chosen: what can be reached is saved, under
// the name that it has in Go, or the types are refused at once. What was saved
// loads into equal values that save as the same bytes.
//
//   - A struct is an object of its fields without the zero ones.
//   - A map is an object sorted by key, or a list of pairs if its keys are no
//     strings.
//   - A pointer is what it points to. What is pointed to from several places
//     stands at the first of them as {"#":1,"is":…}, and is {"#":1} elsewhere.
//     A pointer to a field or to an element of a slice cannot be saved. Slices
//     and maps are values: two that share memory no longer do when loaded.
//   - An interface is {"as":"name","is":…}, with the name of one of the types
//     that were [Named].
//   - A string is a string, also one that is not UTF-8: such a byte is written
//     as the lone surrogate \udc80 to \udcff. Bytes are base64, a
//     json.RawMessage is a string.
//   - A time is RFC 3339 with nanoseconds. The monotonic clock is left out.
//   - A value of the outside type, which belongs to the surroundings and not to
//     what is saved, is the name that the caller gives it.
package graph

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// A Codec saves and loads values of type T, in which an Outside stands for
// something that is not saved with it. A Codec is safe for concurrent use.
type Codec[T, Outside any] struct {
	root *plan
	all  []*plan // in the order in which they are reached
}

// A Name lets values of one type stand in interfaces.
type Name struct {
	name string
	t    reflect.Type
}

// Named lets values of type V stand in interfaces, where they go by that name.
func Named[V any](name string) Name { return Name{name, reflect.TypeFor[V]()} }

// New returns a codec, or says what can be reached from T that cannot be saved.
func New[T, Outside any](names ...Name) (*Codec[T, Outside], error) {
	b := &builder{outside: reflect.TypeFor[Outside](), names: names, plans: make(map[reflect.Type]*plan)}
	root := reflect.TypeFor[T]()
	p, err := b.plan(root, root.String())
	if err != nil {
		return nil, fmt.Errorf("graph: %w", err)
	}
	for _, p := range b.all {
		p.shares = p.mayShare(make(map[*plan]bool))
	}
	return &Codec[T, Outside]{root: p, all: b.all}, nil
}

// Shape lists the types that can be reached and their fields: two codecs with
// the same shape read what the other one has written.
func (c *Codec[T, Outside]) Shape() string {
	var lines []string
	for _, p := range c.all {
		if p.form != formStruct && p.form != formInterface {
			continue
		}
		var b strings.Builder
		fmt.Fprintf(&b, "%v\n", p.t)
		for _, f := range p.fields {
			fmt.Fprintf(&b, "\t%s %v\n", f.name, f.plan.t)
		}
		for _, n := range p.names {
			fmt.Fprintf(&b, "\tas %s: %v\n", n.name, n.plan.t)
		}
		lines = append(lines, b.String())
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// form is how values of a type are written.
type form int

const (
	formBool form = iota
	formInt
	formUint
	formFloat
	formString
	formText // bytes that are text
	formBytes
	formByteArray
	formTime
	formSlice
	formArray
	formMap
	formStruct
	formPointer
	formInterface
	formOutside
)

// plan is how values of one type are saved and loaded.
type plan struct {
	t      reflect.Type
	form   form
	elem   *plan // of a pointer, slice, array or map
	key    *plan // of a map
	fields []fieldPlan
	byName map[string]int
	names  []namedPlan // of an interface

	shares  bool // it may hold pointers
	pointed bool // pointers to it can be reached
}

type fieldPlan struct {
	name  string
	index int // in the type
	plan  *plan
}

type namedPlan struct {
	name string
	plan *plan
}

type builder struct {
	outside reflect.Type
	names   []Name
	plans   map[reflect.Type]*plan
	all     []*plan
}

// plan makes the plan of a type, which was reached by that path.
func (b *builder) plan(t reflect.Type, path string) (*plan, error) {
	if p := b.plans[t]; p != nil {
		return p, nil
	}
	p := &plan{t: t}
	b.plans[t] = p
	b.all = append(b.all, p)
	return p, b.fill(p, path)
}

func (b *builder) fill(p *plan, path string) (err error) {
	switch p.t {
	case b.outside:
		p.form = formOutside
		return nil
	case reflect.TypeFor[time.Time]():
		p.form = formTime
		return nil
	case reflect.TypeFor[json.RawMessage]():
		p.form = formText
		return nil
	}
	switch p.t.Kind() {
	case reflect.Bool:
		p.form = formBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		p.form = formInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		p.form = formUint
	case reflect.Float32, reflect.Float64:
		p.form = formFloat
	case reflect.String:
		p.form = formString
	case reflect.Slice:
		if p.form = formSlice; p.t.Elem().Kind() == reflect.Uint8 {
			p.form = formBytes
		}
		p.elem, err = b.plan(p.t.Elem(), path+"[]")
	case reflect.Array:
		if p.form = formArray; p.t.Elem().Kind() == reflect.Uint8 {
			p.form = formByteArray
		}
		p.elem, err = b.plan(p.t.Elem(), path+"[]")
	case reflect.Map:
		err = b.fillMap(p, path)
	case reflect.Struct:
		err = b.fillStruct(p, path)
	case reflect.Pointer:
		p.form = formPointer
		switch p.t.Elem().Kind() {
		case reflect.Map, reflect.Interface, reflect.Pointer:
			return fmt.Errorf("%s: a %v cannot be saved: what it points to has an identity of its own", path, p.t)
		default:
			p.elem, err = b.plan(p.t.Elem(), path)
			p.elem.pointed = true
		}
	case reflect.Interface:
		err = b.fillInterface(p, path)
	default:
		return fmt.Errorf("%s: a %v cannot be saved", path, p.t)
	}
	return err
}

func (b *builder) fillMap(p *plan, path string) (err error) {
	p.form = formMap
	if p.key, err = b.plan(p.t.Key(), path+"[key]"); err != nil {
		return err
	}
	if !ordered(p.t.Key()) {
		return fmt.Errorf("%s: a %v cannot be saved: its keys have no order", path, p.t)
	}
	p.elem, err = b.plan(p.t.Elem(), path+"[]")
	return err
}

// ordered reports whether values of a type can be sorted, the same way in every
// process.
func ordered(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Bool, reflect.String,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return true
	case reflect.Array:
		return ordered(t.Elem())
	case reflect.Struct:
		for f := range t.Fields() {
			if !ordered(f.Type) {
				return false
			}
		}
		return true
	default:
		return false
	}
}

func (b *builder) fillStruct(p *plan, path string) error {
	p.form, p.byName = formStruct, make(map[string]int)
	for i := range p.t.NumField() {
		f := p.t.Field(i)
		if f.Name == "_" {
			continue
		}
		of, err := b.plan(f.Type, path+"."+f.Name)
		if err != nil {
			return err
		}
		p.byName[f.Name] = len(p.fields)
		p.fields = append(p.fields, fieldPlan{f.Name, i, of})
	}
	return nil
}

func (b *builder) fillInterface(p *plan, path string) error {
	p.form = formInterface
	for _, n := range b.names {
		if !n.t.Implements(p.t) {
			continue
		}
		of, err := b.plan(n.t, path+".("+n.name+")")
		if err != nil {
			return err
		}
		p.names = append(p.names, namedPlan{n.name, of})
	}
	if len(p.names) == 0 {
		return fmt.Errorf("%s: a %v cannot be saved: no type is named that may stand in it", path, p.t)
	}
	return nil
}

// mayShare reports whether values of the type may hold pointers.
func (p *plan) mayShare(seen map[*plan]bool) bool {
	if p.form == formPointer || p.form == formInterface {
		return true
	}
	if seen[p] {
		return false
	}
	seen[p] = true
	if p.elem != nil && p.elem.mayShare(seen) {
		return true
	}
	return slices.ContainsFunc(p.fields, func(f fieldPlan) bool { return f.plan.mayShare(seen) })
}

// maxDepth is how deep values may stand in one another.
const maxDepth = 10_000
