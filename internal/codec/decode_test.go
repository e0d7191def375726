package codec_test

import (
	"encoding/json"
	"errors"
	"math"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/internal/codec"
	"github.com/wecomkit/wecom-go/wecom"
)

type (
	gender  int
	userID  string
	inner   struct{ A int }
	node    struct{ Next *node }
	textual struct{ text string }
	failing struct{}
)

func (t *textual) UnmarshalText(b []byte) error { t.text = "<" + string(b) + ">"; return nil }

var errFailing = errors.New("failing on purpose")

func (failing) UnmarshalJSON([]byte) error   { return errFailing }
func (failing) MarshalText() ([]byte, error) { return nil, errFailing }

// into decodes doc into a T.
func into[T any](doc string) (any, error) {
	var v T
	err := codec.Decode([]byte(doc), &v)
	return v, err
}

func TestDecode(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		into func(string) (any, error)
		doc  string
		want any
	}{
		{"int", into[int], `-12`, -12},
		{"int, smallest", into[int64], `-9223372036854775808`, int64(math.MinInt64)},
		{"int, largest", into[int64], `9223372036854775807`, int64(math.MaxInt64)},
		{"int, quoted", into[int], `"1525779812"`, 1525779812},
		{"int, quoted, leading zeros", into[int], `"007"`, 7},
		{"int, quoted, plus", into[int], `"+7"`, 7},
		{"int, empty string", into[int], `""`, 0},
		{"int, null", into[int], `null`, 0},
		{"int, true", into[int], `true`, 1},
		{"int, false", into[int], `false`, 0},
		{"int, fraction of zero", into[int], `1.0`, 1},
		{"int, exponent", into[int], `1e3`, 1000},
		{"int, exponent and fraction", into[int], `-1.5E+1`, -15},
		{"int, negative exponent", into[int], `1200e-2`, 12},
		{"int, zero with a huge exponent", into[int], `0e99999999999999999999`, 0},
		{"int, exact above 2^53", into[int64], `9007199254740993.0`, int64(9007199254740993)},
		{"int, named", into[gender], `"2"`, gender(2)},
		{"uint", into[uint8], `255`, uint8(255)},
		{"uint, largest", into[uint64], `18446744073709551615`, uint64(math.MaxUint64)},
		{"uint, minus zero", into[uint], `-0`, uint(0)},
		{"uint, quoted", into[uint], `"7"`, uint(7)},
		{"float", into[float64], `-1.5e2`, -150.0},
		{"float, quoted", into[float64], `"0.1"`, 0.1},
		{"float, empty string", into[float64], `""`, 0.0},
		{"float, null", into[float64], `null`, 0.0},
		{"float, true", into[float64], `true`, 1.0},
		{"float32", into[float32], `0.1`, float32(0.1)},

		{"bool, true", into[bool], `true`, true},
		{"bool, false", into[bool], `false`, false},
		{"bool, 0", into[bool], `0`, false},
		{"bool, 1", into[bool], `1`, true},
		{"bool, 2", into[bool], `2`, true},
		{"bool, quoted true", into[bool], `"true"`, true},
		{"bool, quoted false", into[bool], `"false"`, false},
		{"bool, quoted 0", into[bool], `"0"`, false},
		{"bool, quoted 2", into[bool], `"2"`, true},
		{"bool, empty string", into[bool], `""`, false},
		{"bool, null", into[bool], `null`, false},

		{"string", into[string], `"客户"`, "客户"},
		{"string, number", into[string], `1.50`, "1.50"},
		{"string, true", into[string], `true`, "true"},
		{"string, null", into[string], `null`, ""},
		{"string, named", into[userID], `7`, userID("7")},
		{"string, escapes", into[string], `"\"\\\/\b\f\n\r\t\u5BA2"`, "\"\\/\b\f\n\r\t客"},
		{"string, surrogates", into[string], `"\ud83d\ude00"`, "😀"},
		{"string, high surrogate alone", into[string], `"\ud83dx"`, "\ufffdx"},
		{"string, high surrogate before another escape", into[string], `"\ud83d\u0041"`, "\ufffdA"},
		{"string, two high surrogates and a low one", into[string], `"\ud83d\ud83d\ude00"`, "\ufffd😀"},
		{"string, low surrogate alone", into[string], `"\ude00"`, "\ufffd"},
		{"string, escaped backslash before u", into[string], `"\\u0041"`, `\u0041`},
		{"string, escaped NUL", into[string], `"a\u0000b"`, "a\x00b"},
		{"string, invalid UTF-8", into[string], "\"a\xff\xfeb\"", "a\ufffd\ufffdb"},
		{"string, cut-off character", into[string], "\"\xe5\xae\"", "\ufffd\ufffd"},
		{"string, raw control characters", into[string], "\"a\x00\x01\n\tb\"", "a\x00\x01\n\tb"},

		{"struct", into[inner], `{"A":1}`, inner{1}},
		{"struct, null", into[inner], `null`, inner{}},
		{"struct, empty array", into[inner], `[ ]`, inner{}},
		{"struct, empty string", into[inner], `""`, inner{}},
		{"struct, unknown members", into[inner], `{"B":[{"C":"\n"},null,1e5,false],"A":1}`, inner{1}},
		{"struct, name in another case", into[inner], `{"a":1}`, inner{}},
		{"struct, escaped name", into[inner], `{"\u0041":1}`, inner{1}},
		{"struct, repeated member", into[inner], `{"A":1,"A":2}`, inner{2}},
		{"struct, repeated member, null last", into[inner], `{"A":1,"A":null}`, inner{}},
		{"pointer", into[*int], `1`, new(1)},
		{"pointer, null", into[*int], `null`, (*int)(nil)},
		{"pointer, empty string", into[*int], `""`, new(0)},
		{"pointer to struct, empty object", into[*inner], `{}`, &inner{}},
		{"pointer to struct, empty array", into[*inner], `[]`, (*inner)(nil)},
		{"pointer to struct, empty string", into[*inner], `""`, (*inner)(nil)},
		{"pointer to pointer", into[**int], `1`, new(new(1))},
		{"recursive", into[node], `{"Next":{"Next":null}}`, node{&node{}}},

		{"slice", into[[]int], `[1,"2",null]`, []int{1, 2, 0}},
		{"slice, empty", into[[]int], `[]`, []int{}},
		{"slice, null", into[[]int], `null`, []int(nil)},
		{"slice, empty object", into[[]int], `{}`, []int(nil)},
		{"slice, empty string", into[[]int], `""`, []int(nil)},
		{"bytes, base64", into[[]byte], `"AQID"`, []byte{1, 2, 3}},
		{"bytes, array", into[[]byte], `[1,2]`, []byte{1, 2}},
		{"array", into[[2]int], `[1,2]`, [2]int{1, 2}},
		{"array, short", into[[2]int], `[1]`, [2]int{1, 0}},
		{"array, long", into[[2]int], `[1,2,{"x":[3]}]`, [2]int{1, 2}},
		{"array, empty string", into[[2]int], `""`, [2]int{}},
		{"map", into[map[string]int], `{"a":1,"b":"2"}`, map[string]int{"a": 1, "b": 2}},
		{"map, repeated name", into[map[string]inner], `{"a":{"A":1},"a":{}}`, map[string]inner{"a": {}}},
		{"map, null", into[map[string]int], `null`, map[string]int(nil)},
		{"map, empty array", into[map[string]int], `[]`, map[string]int(nil)},
		{"map, empty string", into[map[string]int], `""`, map[string]int(nil)},
		{"map, named keys", into[map[userID]string], `{"a":1}`, map[userID]string{"a": "1"}},
		{"map, integer keys", into[map[int8]bool], `{"-128":1}`, map[int8]bool{-128: true}},
		{"map, unsigned keys", into[map[uint8]bool], `{"255":1}`, map[uint8]bool{255: true}},
		{"map, textual keys", into[map[netip.Addr]int], `{"::1":1}`, map[netip.Addr]int{netip.IPv6Loopback(): 1}},

		{
			"any", into[any], `{"a":[1,"x",true,null,{}],"b":[]}`,
			map[string]any{"a": []any{1.0, "x", true, nil, map[string]any{}}, "b": []any{}},
		},
		{"any, null", into[any], `null`, nil},
		{"raw message", into[json.RawMessage], ` {"a": [1]} `, json.RawMessage(`{"a": [1]}`)},
		{"raw message, null", into[json.RawMessage], `null`, json.RawMessage(`null`)},
		{"raw message, raw control characters", into[json.RawMessage], "{\n\"a\\\"\":\"\x01\n\"}", json.RawMessage("{\n\"a\\\"\":\"\\u0001\\u000a\"}")},
		{"number", into[json.Number], `1.0`, json.Number("1.0")},
		{"unmarshaler", into[wecom.Bool01], `"1"`, wecom.Bool01(true)},
		{"unmarshaler, pointer, null", into[*wecom.Bool01], `null`, (*wecom.Bool01)(nil)},
		{"unmarshaler, pointer", into[*wecom.Bool01], `1`, new(wecom.Bool01(true))},
		{"text unmarshaler", into[textual], `"a\n"`, textual{"<a\n>"}},
		{"text unmarshaler, number", into[textual], `1.0`, textual{"<1.0>"}},
		{"text unmarshaler, null", into[textual], `null`, textual{}},

		{"byte-order mark", into[inner], "\ufeff{\"A\":1}", inner{1}},
		{"white space everywhere", into[inner], " \t\r\n{ \"A\" : 1 , \"B\" : [ 1 , 2 ] } \n", inner{1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := tt.into(tt.doc)
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	type deep struct {
		ExternalContact struct {
			Gender int8 `json:"gender"`
		} `json:"external_contact"`
		FollowUser []struct {
			Tags map[string]uint `json:"tags"`
			Fail failing         `json:"fail"`
		} `json:"follow_user"`
	}
	tests := []struct {
		name string
		into func(string) (any, error)
		doc  string
		want string
	}{
		{"object as int", into[deep], `{"external_contact":{"gender":{}}}`, "external_contact.gender: cannot read object as int8"},
		{"array as int", into[deep], `{"external_contact":{"gender":[1]}}`, "external_contact.gender: cannot read array as int8"},
		{"text as int", into[deep], `{"external_contact":{"gender":"male"}}`, "external_contact.gender: cannot read string as int8: not a number"},
		{"too big", into[deep], `{"external_contact":{"gender":128}}`, "external_contact.gender: cannot read number as int8: out of range"},
		{"much too big", into[deep], `{"external_contact":{"gender":1e30}}`, "external_contact.gender: cannot read number as int8: out of range"},
		{"unspeakably big", into[deep], `{"external_contact":{"gender":1e99999999999999999999}}`, "external_contact.gender: cannot read number as int8: out of range"},
		{"twenty digits", into[int64], `99999999999999999999`, "cannot read number as int64: out of range"},
		{"just over", into[int64], `9223372036854775808`, "cannot read number as int64: out of range"},
		{"just under", into[int64], `-9223372036854775809`, "cannot read number as int64: out of range"},
		{"fraction", into[int], `1.5`, "cannot read number as int: not a whole number"},
		{"tiny fraction", into[int], `1e-99999999999999999999`, "cannot read number as int: not a whole number"},
		{"half a number", into[int], `"1."`, "cannot read string as int: not a number"},
		{"half an exponent", into[int], `"1e"`, "cannot read string as int: not a number"},
		{"number and more", into[int], `"1x"`, "cannot read string as int: not a number"},
		{"sign alone", into[int], `"-"`, "cannot read string as int: not a number"},
		{"in a list of maps", into[deep], `{"follow_user":[{},{"tags":{"a":-1}}]}`, "follow_user[1].tags.a: cannot read number as uint: out of range"},
		{"odd name", into[deep], `{"follow_user":[{"tags":{"老 客":"x"}}]}`, `follow_user[0].tags["老 客"]: cannot read string as uint: not a number`},
		{"long name", into[map[string]int], `{"` + strings.Repeat("x", 200) + `":{}}`, `["` + strings.Repeat("x", 64) + `…"]: cannot read object as int`},
		{"UnmarshalJSON", into[deep], `{"follow_user":[{"fail":1}]}`, "follow_user[0].fail: failing on purpose"},
		{"float out of range", into[float32], `1e39`, "cannot read number as float32: out of range"},
		{"not a float", into[float64], `"NaN"`, "cannot read string as float64: not a number"},
		{"not a decimal float", into[float64], `"0x1p4"`, "cannot read string as float64: not a number"},
		{"nearly a float", into[float64], `"1.2.3"`, "cannot read string as float64: not a number"},
		{"object as float", into[float64], `{}`, "cannot read object as float64"},
		{"object as bool", into[bool], `{}`, "cannot read object as bool"},
		{"text as bool", into[bool], `"yes"`, "cannot read string as bool: not a number"},
		{"object as string", into[string], `{}`, "cannot read object as string"},
		{"array as text", into[textual], `[]`, "cannot read array as codec_test.textual"},
		{"number as struct", into[inner], `1`, "cannot read number as codec_test.inner"},
		{"text as struct", into[inner], `"x"`, "cannot read string as codec_test.inner"},
		{"list as struct", into[inner], `[1]`, "cannot read array as codec_test.inner"},
		{"object as list", into[[]int], `{"a":1}`, "cannot read object as []int"},
		{"true as list", into[[]int], `true`, "cannot read boolean as []int"},
		{"list as map", into[map[string]int], `[1]`, "cannot read array as map[string]int"},
		{"base64", into[[]byte], `"!"`, "cannot read string as []uint8: illegal base64 data at input byte 0"},
		{"name as integer", into[map[int8]int], `{"128":1}`, `128: cannot read name as int8: out of range`},
		{"name as unsigned", into[map[uint]int], `{"x":1}`, `x: cannot read name as uint: not a number`},
		{"name as address", into[map[netip.Addr]int], `{"x":1}`, `x: ParseAddr("x"): unable to parse IP`},
		{"key of no use", into[map[bool]int], `{"true":1}`, `cannot read object as map[bool]int`},
		{"channel", into[chan int], `1`, "cannot read number as chan int"},
		{"interface with methods", into[error], `"x"`, "cannot read string as error"},
		{"number as any", into[any], `[1,1e999]`, "[1]: cannot read number as float64: out of range"},

		{"nothing", into[inner], ``, `unexpected end of JSON, want a value`},
		{"white space", into[inner], " \n", `unexpected end of JSON, want a value`},
		{"a web page", into[inner], `<html>`, `unexpected '<' at offset 0, want a value`},
		{"trailing garbage", into[inner], `{} {}`, `something follows the JSON value at offset 3`},
		{"open object", into[inner], `{"A":1`, `unexpected end of JSON, want ',' or '}'`},
		{"open array", into[[]int], `[1`, `unexpected end of JSON, want ',' or ']'`},
		{"open string", into[string], `"a`, `unexpected end of JSON, want the end of a string`},
		{"open string after a backslash", into[string], `"客\`, `unexpected end of JSON, want the end of a string`},
		{"comma at the end of an object", into[inner], `{"A":1,}`, `unexpected '}' at offset 7, want a name`},
		{"comma at the end of an array", into[[]int], `[1,]`, `[1]: unexpected ']' at offset 3, want a value`},
		{"comma first", into[[]int], `[,1]`, `[0]: unexpected ',' at offset 1, want a value`},
		{"no comma", into[[]int], `[1 2]`, `unexpected '2' at offset 3, want ',' or ']'`},
		{"no colon", into[inner], `{"A" 1}`, `unexpected '1' at offset 5, want ':'`},
		{"no name", into[inner], `{A:1}`, `unexpected 'A' at offset 1, want a name`},
		{"wrong bracket", into[inner], `{]`, `unexpected ']' at offset 1, want a name`},
		{"leading zero", into[int], `01`, `something follows the JSON value at offset 1`},
		{"no digit after the point", into[float64], `1.`, `unexpected '1' at offset 0, want a value`},
		{"no digit in the exponent", into[float64], `1e+`, `unexpected '1' at offset 0, want a value`},
		{"no digit at all", into[int], `-`, `unexpected '-' at offset 0, want a value`},
		{"half a literal", into[bool], `tru`, `unexpected 't' at offset 0, want a value`},
		{"unknown escape", into[string], `"a\x"`, `unexpected '\\' at offset 2, want an escape sequence`},
		{"half a unicode escape", into[string], `"\u12"`, `unexpected '\\' at offset 1, want an escape sequence`},
		{"bad hexadecimal", into[string], `"\u12g4"`, `unexpected '\\' at offset 1, want an escape sequence`},
		{"bad value of an unknown member", into[inner], `{"X":[1,{"Y":nul}]}`, `unexpected 'n' at offset 13, want a value`},
		{"bad raw message", into[json.RawMessage], `{"a"}`, `unexpected '}' at offset 4, want ':'`},
		{"too deep for any", into[any], strings.Repeat("[", 100_000), "nested too deep"},
		{"too deep to skip", into[inner], `{"X":` + strings.Repeat(`{"a":`, 100_000), "nested too deep"},
		{"too deep for its type", into[node], strings.Repeat(`{"Next":`, 100_000), "nested too deep"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := tt.into(tt.doc)
			require.Error(t, err)
			if strings.HasPrefix(tt.name, "too deep") {
				assert.ErrorContains(t, err, tt.want)
				return
			}
			assert.EqualError(t, err, tt.want)
		})
	}
}

func TestDecodeErrorUnwraps(t *testing.T) {
	t.Parallel()
	var v []failing
	require.ErrorIs(t, codec.Decode([]byte(`[1]`), &v), errFailing)
}

func TestDecodeWantsPointer(t *testing.T) {
	t.Parallel()
	require.EqualError(t, codec.Decode([]byte(`{}`), nil), "cannot decode into <nil>, want a pointer")
	require.EqualError(t, codec.Decode([]byte(`{}`), inner{}), "cannot decode into codec_test.inner, want a pointer")
	require.Error(t, codec.Decode([]byte(`{}`), (*inner)(nil)))
}

func TestDecodeDepth(t *testing.T) {
	t.Parallel()
	nested := func(n int) []byte { return []byte(strings.Repeat("[", n) + strings.Repeat("]", n)) }
	var v any
	require.NoError(t, codec.Decode(nested(1000), &v))
	require.Error(t, codec.Decode(nested(1001), &v))
}

// What Decode returns must survive that the body's buffer is used again.
func TestDecodeCopies(t *testing.T) {
	t.Parallel()
	type reply struct {
		S string
		R json.RawMessage
		A any
		M map[string]string
		B []byte
	}
	body := []byte(`{"S":"text","R":{"a":"b"},"A":["客","x"],"M":{"key":"value\n"},"B":"AQID"}`)
	var got, want reply
	require.NoError(t, codec.Decode(body, &got))
	require.NoError(t, json.Unmarshal(body, &want))
	for i := range body {
		body[i] = '!'
	}
	assert.Equal(t, want, got)
}

// greedy appends to what it is given, which must not reach the rest of the body.
type greedy struct{}

func (*greedy) UnmarshalJSON(b []byte) error { _ = append(b, "!!!!!"...); return nil }

func TestDecodeGuardsBody(t *testing.T) {
	t.Parallel()
	var v struct {
		G greedy
		S string
	}
	require.NoError(t, codec.Decode([]byte(`{"G":1,"S":"x"}`), &v))
	assert.Equal(t, "x", v.S)
}

// A slice that was handed out must not change when its variable is used again.
func TestDecodeLeavesOldSlicesAlone(t *testing.T) {
	t.Parallel()
	var ids []string
	require.NoError(t, codec.Decode([]byte(`["a","b"]`), &ids))
	old := ids
	require.NoError(t, codec.Decode([]byte(`["x"]`), &ids))
	assert.Equal(t, []string{"a", "b"}, old)
	assert.Equal(t, []string{"x"}, ids)
}

func TestDecodeIntoInterface(t *testing.T) {
	t.Parallel()
	target := inner{}
	var v any = &target
	require.NoError(t, codec.Decode([]byte(`{"A":7}`), &v))
	assert.Equal(t, 7, target.A)
	assert.Same(t, &target, v)

	var loop any
	loop = &loop
	require.ErrorContains(t, codec.Decode([]byte(`1`), &loop), "nested too deep")
}

type (
	Base    struct{ ID, Name string }
	Other   struct{ Name string }
	Link    struct{ URL string }
	private struct{ Secret string }
)

func TestDecodeEmbedded(t *testing.T) {
	t.Parallel()
	type outer struct {
		Base
		Other
		*Link
		private
		Hidden string `json:"-"`
		Tagged Base   `json:"base"`
	}
	body := []byte(`{"ID":"1","Name":"nobody's","URL":"u","Secret":"s","Hidden":"h","-":"h","base":{"ID":"2"}}`)
	var got, want outer
	require.NoError(t, codec.Decode(body, &got))
	require.NoError(t, json.Unmarshal(body, &want))
	assert.Equal(t, want, got)
	assert.Empty(t, got.Base.Name, "two fields of one name at one level hide each other")

	type unreachable struct{ *private }
	require.EqualError(t, codec.Decode([]byte(`{"Secret":"s"}`), new(unreachable)),
		"Secret: cannot set embedded pointer to unexported codec_test.private")
}

func TestDecodeStrict(t *testing.T) {
	t.Parallel()
	type reply struct {
		List []inner        `json:"list"`
		Free map[string]any `json:"free"`
	}
	tests := []struct{ name, doc, want string }{
		{"known", `{"errcode":0,"errmsg":"ok","list":[{"A":1}],"free":{"x":1}}`, ""},
		{"unknown at the top", `{"other":1}`, "other: unknown field"},
		{"unknown inside", `{"list":[{"A":1},{"B":1}]}`, "list[1].B: unknown field"},
		{"errcode inside", `{"list":[{"errcode":1}]}`, "list[0].errcode: unknown field"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, codec.Decode([]byte(tt.doc), new(reply)))
			err := codec.DecodeStrict([]byte(tt.doc), new(reply))
			if tt.want == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, tt.want)
		})
	}
}

// Types that contain themselves are planned while others wait for them.
func TestDecodeConcurrently(t *testing.T) {
	t.Parallel()
	type tree struct {
		Children []tree
		Parent   *tree
		ByName   map[string]tree
	}
	body := []byte(`{"Children":[{"Children":[],"Parent":{}}],"ByName":{"a":{"Children":[{}]}}}`)
	var want tree
	require.NoError(t, json.Unmarshal(body, &want))
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			var got tree
			if assert.NoError(t, codec.Decode(body, &got)) {
				assert.Equal(t, want, got)
			}
		})
	}
	wg.Wait()
}

func TestDecodePage(t *testing.T) {
	t.Parallel()
	body := pageBody(100)
	var got, want page
	require.NoError(t, codec.DecodeStrict(body, &got))
	require.NoError(t, json.Unmarshal(body, &want))
	assert.Equal(t, want, got)
}
