package graph

import "reflect"

// field returns a struct's field for reading and writing, also one that is
// unexported. This is the one place that reaches past the language: reflect
// takes unexported fields for somebody else's business, and here they are what
// is asked for, as they are for go-cmp. v must be addressable; the field's own
// address and type are used as they are, so that nothing can be read or written
// as what it is not.
func field(v reflect.Value, i int) reflect.Value {
	f := v.Field(i)
	return reflect.NewAt(f.Type(), f.Addr().UnsafePointer()).Elem()
}
