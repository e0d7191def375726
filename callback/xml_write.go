package callback

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

// An xmlWriter writes elements. Texts become CDATA sections, as on WeCom's
// pages; one that XML has no way to hold is an error.
type xmlWriter struct {
	buf []byte
	err error // the first
}

func (x *xmlWriter) fail(err error) {
	if x.err == nil {
		x.err = err
	}
}

func (x *xmlWriter) nest(name string, inner func()) {
	x.buf = fmt.Appendf(x.buf, "<%s>", name)
	inner()
	x.buf = fmt.Appendf(x.buf, "</%s>", name)
}

func (x *xmlWriter) text(name, s string) {
	if !utf8.ValidString(s) {
		x.fail(fmt.Errorf("<%s> is not UTF-8", name))
		return
	}
	if i := strings.IndexFunc(s, notXML); i >= 0 {
		r, _ := utf8.DecodeRuneInString(s[i:])
		x.fail(fmt.Errorf("<%s> has the character %U, which XML cannot hold", name, r))
		return
	}
	// The end of a section within a text goes half into the next section.
	s = strings.ReplaceAll(s, "]]>", "]]]]><![CDATA[>")
	x.buf = fmt.Appendf(x.buf, "<%[1]s><![CDATA[%[2]s]]></%[1]s>", name, s)
}

func (x *xmlWriter) int(name string, n int64) { x.bare(name, strconv.FormatInt(n, 10)) }

func (x *xmlWriter) bare(name, s string) {
	x.buf = fmt.Appendf(x.buf, "<%[1]s>%[2]s</%[1]s>", name, s)
}

// fields writes those fields of the struct v that are not zero, under the
// names in their tags.
func (x *xmlWriter) fields(v any) {
	s := reflect.Indirect(reflect.ValueOf(v))
	for i := range s.NumField() {
		if f := s.Field(i); !f.IsZero() {
			x.value(s.Type().Field(i).Tag.Get("xml"), f.Interface())
		}
	}
}

// value writes one element, or one for each value of a slice.
func (x *xmlWriter) value(name string, v any) {
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Slice:
		for i := range r.Len() {
			x.value(name, r.Index(i).Interface())
		}
	case reflect.Struct:
		x.nest(name, func() { x.fields(v) })
	case reflect.String:
		x.text(name, r.String())
	case reflect.Int:
		x.int(name, r.Int())
	case reflect.Float64:
		x.bare(name, strconv.FormatFloat(r.Float(), 'f', -1, 64))
	case reflect.Bool:
		x.bare(name, strconv.FormatBool(r.Bool()))
	default:
		x.fail(fmt.Errorf("<%s> is a %T", name, v))
	}
}

// notXML reports whether r is no character of XML 1.0.
func notXML(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff
}
