package codec

import "reflect"

// Int reads doc, one JSON value, as [Decode] reads an int64: for types with an
// UnmarshalJSON of their own.
func Int(doc []byte) (int64, error) {
	t := reflect.TypeFor[int64]()
	k, text, err := oneScalar(doc, t)
	if err != nil {
		return 0, err
	}
	w, err := wholeFrom(k, text)
	if err != nil {
		return 0, cannotBe(k, t, err)
	}
	n, ok := w.int64()
	if !ok {
		return 0, cannotBe(k, t, errOutOfRange)
	}
	return n, nil
}

// Bool reads doc, one JSON value, as [Decode] reads a bool.
func Bool(doc []byte) (bool, error) {
	t := reflect.TypeFor[bool]()
	k, text, err := oneScalar(doc, t)
	if err != nil {
		return false, err
	}
	b, err := boolFrom(k, text)
	if err != nil {
		return false, cannotBe(k, t, err)
	}
	return b, nil
}

func oneScalar(doc []byte, t reflect.Type) (kind, []byte, error) {
	s := scanner{data: doc}
	k, text, err := s.scalarFor(t)
	if err == nil {
		err = s.end()
	}
	return k, text, err
}
