package codec_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/internal/codec"
	"github.com/wecomkit/wecom-go/wecom"
)

// verbatim is its own text.
type verbatim struct{ text string }

func (v verbatim) MarshalText() ([]byte, error)  { return []byte(v.text), nil }
func (v *verbatim) UnmarshalText(b []byte) error { v.text = string(b); return nil }

// everything has a field of each shape that Decode knows.
type everything struct {
	Int     int8
	Uint    uint64
	Float   float64
	Small   float32
	Bool    bool
	String  string
	Pointer *inner
	Struct  struct{ Nested *everything }
	Slice   []everything
	Strings []string
	Bytes   []byte
	Array   [2]string
	Map     map[string]*everything
	Numbers map[int16]string
	Any     any
	Raw     json.RawMessage
	Time    wecom.UnixTime
	Text    verbatim
	Base
	*Link
}

func seeds(f *testing.F) {
	f.Helper()
	for _, s := range []string{
		small, string(pageBody(2)), "", "null", "0", `"x"`, "[]", `{"Any":[1,{"a":"\ud83d"}],"Raw": {"a":1} ,"Text":"t","URL":"u","ID":1}`,
		`{"Int":"-1","Uint":1e3,"Float":"1.5","Bool":2,"String":1,"Pointer":[],"Struct":{"Nested":{"Slice":[{},{"Int":7}]}},"Time":"1525779812"}`,
		`{"Strings":{},"Bytes":"AQID","Array":["a"],"Map":{"a":{"Map":[]}},"Numbers":{"1":"x"}}`, `{"Struct":[],"Slice":"","Small":1e39}`,
		"{\"String\":\"\x01\xff\\u12\"}", `{"Int":1,"Int":null}`,
	} {
		f.Add([]byte(s))
	}
}

// No input may make Decode panic, and what it accepts is stable: written again
// by encoding/json, it is read as the same.
func FuzzDecode(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		var first, second everything
		if codec.Decode(body, &first) != nil {
			return
		}
		again, err := json.Marshal(first)
		require.NoError(t, err)
		require.NoError(t, codec.Decode(again, &second))
		twice, err := json.Marshal(second)
		require.NoError(t, err)
		require.JSONEq(t, string(again), string(twice))
	})
}

// What encoding/json reads, Decode reads as the same, and what is not JSON to
// encoding/json is not JSON to Decode, but for the raw control characters.
func FuzzDecodeAgrees(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		if deep(body) {
			return
		}
		var got, want any
		if json.Unmarshal(body, &want) == nil {
			require.NoError(t, codec.Decode(body, &got))
			require.Equal(t, want, got)
		}

		var raw json.RawMessage
		err := codec.Decode(body, &raw)
		require.True(t, err != nil || json.Valid(raw), "a raw message is JSON: %q", raw)
		require.True(t, err == nil || !json.Valid(body), "refused for nothing: %v", err)
		tidy := bytes.TrimPrefix(body, []byte("\ufeff"))
		require.True(t, err != nil || json.Valid(tidy) || bytes.ContainsFunc(tidy, unicode.IsControl), "accepted for nothing")

		var typed, stdTyped everything
		if json.Unmarshal(body, &stdTyped) != nil || ambiguous(body) {
			return
		}
		require.NoError(t, codec.Decode(body, &typed))
		require.Equal(t, stdTyped, typed)
	})
}

// deep reports whether body may be nested deeper than Decode goes.
func deep(body []byte) bool {
	return bytes.Count(body, []byte("["))+bytes.Count(body, []byte("{")) > 1000
}

// ambiguous reports whether body, valid JSON, has what Decode is documented to read in
// another way than encoding/json: names that repeat, or differ from those of
// the fields by case only.
func ambiguous(body []byte) bool {
	var fields []string
	for _, t := range []reflect.Type{reflect.TypeFor[everything](), reflect.TypeFor[inner](), reflect.TypeFor[Base](), reflect.TypeFor[Link]()} {
		for f := range t.Fields() {
			fields = append(fields, f.Name)
		}
	}
	fields = append(fields, "Nested")
	dec := json.NewDecoder(bytes.NewReader(body))
	var read func() bool
	read = func() bool {
		open, err := dec.Token()
		if _, ok := open.(json.Delim); err != nil || !ok {
			return false
		}
		found := false
		seen := map[string]bool{}
		for dec.More() {
			if open == json.Delim('{') {
				token, _ := dec.Token()
				name, _ := token.(string)
				lower := strings.ToLower(name)
				found = found || seen[lower]
				seen[lower] = true
				for _, f := range fields {
					found = found || name != f && strings.EqualFold(name, f)
				}
			}
			found = read() || found
		}
		_, _ = dec.Token()
		return found
	}
	return read()
}
