// Package union writes values that the wire tells apart by a msgtype: the
// value "image" stands beside a field of the same name that holds the body.
package union

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/wecomkit/wecom-go/internal/codec"
)

// ErrNil is returned for a nil interface or a nil pointer in it.
var ErrNil = errors.New("nil value")

// AppendPair appends "msgtype":"<tag>","<tag>":<body>, without braces.
func AppendPair(dst []byte, tag string, body any) ([]byte, error) {
	if IsNil(body) {
		return dst, ErrNil
	}
	dst = fmt.Appendf(dst, `"msgtype":%q,%q:`, tag, tag)
	return codec.AppendPart(dst, body)
}

// MarshalList writes each item as an object with its msgtype. An item whose
// tag is empty writes its own object.
func MarshalList[T any](items []T, tag func(T) string) ([]byte, error) {
	if items == nil {
		return []byte("null"), nil
	}
	b := []byte{'['}
	for i, item := range items {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = appendItem(b, item, tag); err != nil {
			return nil, fmt.Errorf("element %d: %w", i, err)
		}
	}
	return append(b, ']'), nil
}

func appendItem[T any](b []byte, item T, tag func(T) string) ([]byte, error) {
	if IsNil(item) {
		return b, ErrNil
	}
	t := tag(item)
	if t == "" {
		return codec.AppendPart(b, item)
	}
	b, err := AppendPair(append(b, '{'), t, item)
	return append(b, '}'), err
}

// IsNil reports whether v is nil or a nil pointer.
func IsNil(v any) bool {
	r := reflect.ValueOf(v)
	return !r.IsValid() || r.Kind() == reflect.Pointer && r.IsNil()
}
