package codec

import (
	"fmt"
	"reflect"
)

// A kind is what a value looks like on the wire.
type kind uint8

const (
	kindNull kind = iota
	kindBool
	kindNumber
	kindString
	kindArray
	kindObject
)

func (k kind) String() string {
	return [...]string{"null", "boolean", "number", "string", "array", "object"}[k]
}

// closing returns the bracket that ends an array or object.
func closing(k kind) byte {
	if k == kindArray {
		return ']'
	}
	return '}'
}

// mismatch reads the value at pos and returns the error for it: a t cannot hold
// it.
func (s *scanner) mismatch(t reflect.Type) error {
	k := s.peek()
	if k != kindObject && k != kindArray { // those need no second look
		if _, _, err := s.scalar(); err != nil {
			return err
		}
	}
	return cannot(k, t)
}

// scalarFor is scalar that refuses an object or array in the name of t.
func (s *scanner) scalarFor(t reflect.Type) (kind, []byte, error) {
	if k := s.peek(); k == kindObject || k == kindArray {
		return k, nil, cannot(k, t)
	}
	return s.scalar()
}

// cannot is the error for a value whose kind does not go with t.
func cannot(k kind, t reflect.Type) error {
	return fmt.Errorf("cannot read %s as %s", k, t)
}

// cannotBe is the error for a scalar whose kind goes with t, but not its text.
func cannotBe(k kind, t reflect.Type, why error) error {
	return fmt.Errorf("%w: %w", cannot(k, t), why)
}
