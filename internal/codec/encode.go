package codec

import (
	"reflect"
	"sync"
)

// AppendJSON appends v to dst as the body of a request. It writes what
// encoding/json writes, but never a \uXXXX, to which WeCom answers 40033: <, >,
// & and U+2028 stand as they are, and escapes that come out of a MarshalJSON or
// a [json.RawMessage] become the characters they stand for. A nil v is {}.
//
// What JSON cannot say without \uXXXX is an error that names the JSON path:
// invalid UTF-8, and control characters other than \b \f \n \r \t. An escaped
// U+FFFD counts as invalid, since it is what encoding/json makes of such text.
//
// The option string in a tag puts numbers and bools in quotes; on other types it
// does nothing.
func AppendJSON(dst []byte, v any) ([]byte, error) {
	e := newEncoder()
	defer e.release()
	if err := e.encode(v); err != nil {
		return dst, err
	}
	if string(e.out) == "null" { // nil, or a nil pointer or map
		return append(dst, '{', '}'), nil
	}
	return append(dst, e.out...), nil
}

// AppendPart appends v for a MarshalJSON whose result AppendJSON will meet again
// inside a whole body. What WeCom would refuse is written with \uXXXX and left to
// AppendJSON, which knows its path from the top.
func AppendPart(dst []byte, v any) ([]byte, error) {
	e := newEncoder()
	defer e.release()
	e.part = true
	if err := e.encode(v); err != nil {
		return dst, err
	}
	return append(dst, e.out...), nil
}

// An encoder is a document on its way out.
type encoder struct {
	out   []byte
	depth int
	part  bool   // write \uXXXX instead of failing
	text  []byte // where copyString builds a text without escapes
}

func (e *encoder) encode(v any) error {
	if v == nil {
		return writeNull(e)
	}
	rv := reflect.ValueOf(v)
	return writerOf(rv.Type())(e, rv)
}

//nolint:gochecknoglobals // buffers to use again, no state
var encoders = sync.Pool{New: func() any { return new(encoder) }}

func newEncoder() *encoder {
	e := encoders.Get().(*encoder) //nolint:forcetypeassert // nothing else is in there
	e.out, e.depth, e.part = e.out[:0], 0, false
	return e
}

func (e *encoder) release() {
	if cap(e.out) <= maxPooled && cap(e.text) <= maxPooled {
		encoders.Put(e)
	}
}

// enter counts a level of nesting; whoever asked takes it back. A value that
// contains itself would have no end.
func (e *encoder) enter() error {
	if e.depth == maxDepth {
		return errTooDeep
	}
	e.depth++
	return nil
}
