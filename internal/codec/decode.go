package codec

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"reflect"
	"sync"
)

// Decode reads body, a reply, into v, a pointer. Nothing in v points into body
// afterwards. When it fails v may be half filled, and the error names the place
// by its JSON path, never by the value that stands there.
//
// It agrees with encoding/json on whatever encoding/json accepts, but for these:
//   - names match exactly, upper and lower case included;
//   - null sets a zero value; encoding/json leaves the old one;
//   - a slice is always a new one.
//
// And it forgives what WeCom is known to send:
//   - for a number: a quoted one, "", true and false; for an integer also 1.0
//     or 1e3, if nothing is lost;
//   - for a bool: a number (0 is false, others true), a quoted one, "true",
//     "false", "";
//   - for a string: a number, true or false, as they are written;
//   - for a struct, pointer to struct, slice or map that is empty: "", [] or {},
//     whichever of them WeCom found fit;
//   - raw control characters inside strings, and a byte-order mark.
//
// Of members that repeat, the last one wins.
func Decode(body []byte, v any) error { return decode(body, v, false) }

// DecodeStrict is Decode for tests: it also refuses a member that v has no
// field for, other than the errcode and errmsg that every reply begins with.
func DecodeStrict(body []byte, v any) error { return decode(body, v, true) }

// A decoder is a scanner with what readers need besides.
type decoder struct {
	scanner
	strict bool // refuse unknown fields
	recent recentStrings
}

func decode(body []byte, v any, strict bool) error {
	p := reflect.ValueOf(v)
	if p.Kind() != reflect.Pointer || p.IsNil() {
		return fmt.Errorf("cannot decode into %T, want a pointer", v)
	}
	read := readerOf(p.Type().Elem())
	d := decoders.Get().(*decoder) //nolint:forcetypeassert // nothing else is in there
	d.scanner = scanner{data: trimBOM(body), text: d.text}
	d.strict = strict
	err := read(d, p.Elem())
	if err == nil {
		err = d.end()
	}
	d.release()
	return err
}

//nolint:gochecknoglobals // buffers to use again, no state
var decoders = sync.Pool{New: func() any {
	return &decoder{recent: recentStrings{seed: maphash.MakeSeed()}}
}}

// release lets d be used again. One that a panicking UnmarshalJSON leaves
// behind is not.
func (d *decoder) release() {
	d.data = nil
	if cap(d.text) > maxPooled {
		d.text = nil
	}
	decoders.Put(d)
}

// maxPooled is the size up to which a buffer is worth keeping.
const maxPooled = 64 << 10

func trimBOM(body []byte) []byte { return bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")) }
