package codec

import (
	"reflect"
	"sync"
)

// A coder reads or writes a value of the one type that it was made for; S is the
// decoder or encoder that it works with. One is made per type, once.
type coder[S any] func(s *S, v reflect.Value) error

// coderOf returns the coder for t out of known, and makes it with plan if it is
// not there.
func coderOf[S any](known *sync.Map, t reflect.Type, plan func(*planner[S], reflect.Type) coder[S]) coder[S] {
	if c, ok := known.Load(t); ok {
		return c.(coder[S]) //nolint:forcetypeassert // nothing else is in there
	}
	p := planner[S]{known: known, fresh: map[reflect.Type]*coder[S]{}, plan: plan}
	c := p.coder(t)
	for t, c := range p.fresh { // complete now: others may see them
		known.Store(t, *c)
	}
	return c
}

// A planner makes the coder for a type and those for the types inside it.
type planner[S any] struct {
	known *sync.Map
	fresh map[reflect.Type]*coder[S]
	plan  func(*planner[S], reflect.Type) coder[S]
}

func (p *planner[S]) coder(t reflect.Type) coder[S] {
	if c, ok := p.known.Load(t); ok {
		return c.(coder[S]) //nolint:forcetypeassert // nothing else is in there
	}
	if c, ok := p.fresh[t]; ok {
		// Either it is done, or t contains itself and it will be.
		return func(s *S, v reflect.Value) error { return (*c)(s, v) }
	}
	c := new(coder[S])
	p.fresh[t] = c
	*c = p.plan(p, t)
	return *c
}

// implements reports whether a t in a variable has the methods of I, be they
// declared on t or on *t.
func implements[I any](t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[I]())
}
