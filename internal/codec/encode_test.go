package codec_test

import (
	"bytes"
	"encoding/json"
	"math"
	"net/netip"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/internal/codec"
	"github.com/wecomkit/wecom-go/wecom"
)

// ascii marshals its text as other encoders do, all in ASCII.
type ascii string

func (a ascii) MarshalJSON() ([]byte, error) { return []byte(a), nil }

// part marshals itself in two steps, as the message bodies do.
type part struct{ Title string }

func (p part) MarshalJSON() ([]byte, error) {
	b, err := codec.AppendPart([]byte(`{"link":`), struct {
		Title string `json:"title"`
	}(p))
	return append(b, '}'), err
}

func TestAppendJSON(t *testing.T) {
	t.Parallel()
	type optional struct {
		Clear *string        `json:"clear,omitzero"`
		Unset *string        `json:"unset,omitzero"`
		List  []string       `json:"list,omitzero"`
		None  []string       `json:"none,omitzero"`
		Time  wecom.UnixTime `json:"time,omitzero"`
		Safe  wecom.Bool01   `json:"safe"`
	}
	tests := []struct {
		name string
		v    any
		want string
	}{
		{"nil", nil, `{}`},
		{"nil pointer", (*optional)(nil), `{}`},
		{"nil map", map[string]string(nil), `{}`},
		{"empty struct", struct{}{}, `{}`},
		{"omitzero", optional{Clear: new(""), List: []string{}}, `{"clear":"","list":[],"safe":0}`},
		{"HTML", "<a href=\"x\">&</a>", `"<a href=\"x\">&</a>"`},
		{"line separators", "a\u2028b\u2029c", "\"a\u2028b\u2029c\""},
		{"short escapes", "\b\f\n\r\t\\\"/", `"\b\f\n\r\t\\\"/"`},
		{"DEL and C1", "\x7f\u0085", "\"\x7f\u0085\""},
		{"replacement character", "\ufffd", "\"\ufffd\""},
		{"looks like an escape", `\u0041`, `"\\u0041"`},
		{"raw escapes", json.RawMessage(`{"\u5ba2\u6237":"\u003c\u002F\u005c\u0022\u000a\u0008\u000C\u000D\u0009"}`), `{"客户":"</\\\"\n\b\f\r\t"}`},
		{"raw surrogates", json.RawMessage(`"x\ud83d\uDE00y"`), `"x😀y"`},
		{"raw escaped backslash", json.RawMessage(`"\\u0041\\\u0041\\\\u0041"`), `"\\u0041\\A\\\\u0041"`},
		{"raw escapes of escapes", json.RawMessage(`"\u005cu0041"`), `"\\u0041"`},
		{"raw, other escapes", json.RawMessage(`"\/\""`), `"/\""`},
		{"raw white space", json.RawMessage("{\n \"a\" : 1 }"), `{"a":1}`},
		{"MarshalJSON", []ascii{`"\u5ba2"`}, `["客"]`},
		{"MarshalJSON with parts", part{"<客>"}, `{"link":{"title":"<客>"}}`},
		{"map", map[string]any{"b": 1, "a": []int{}}, `{"a":[],"b":1}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := codec.AppendJSON([]byte("before:"), tt.v)
			require.NoError(t, err)
			assert.Equal(t, "before:"+tt.want, string(got))
		})
	}
}

func TestAppendJSONRefuses(t *testing.T) {
	t.Parallel()
	const (
		control = ": control character that JSON can only write as \\u00XX, which WeCom refuses"
		invalid = ": invalid UTF-8"
	)
	type list struct {
		Text        string `json:"text"`
		Attachments []part `json:"attachments"`
	}
	tests := []struct {
		name string
		v    any
		want string
	}{
		{"control character", map[string]any{"remark": "a\x01"}, "remark" + control},
		{"NUL", map[string]any{"remark": "\x00"}, "remark" + control},
		{"escape character", map[string]any{"remark": "\x1b[1m"}, "remark" + control},
		{"raw control escape", map[string]any{"remark": json.RawMessage(`"\u001f"`)}, "remark" + control},
		{"invalid UTF-8", map[string]any{"remark": "\xff"}, "remark" + invalid},
		{"cut-off character", map[string]any{"a": 1, "remark": "客"[:2]}, "remark" + invalid},
		{"raw invalid UTF-8", map[string]any{"a": []int{1}, "remark": json.RawMessage("[\"x\",\"\xff\"]")}, "remark[1]" + invalid},
		{"raw surrogate alone", map[string]any{"remark": json.RawMessage(`"\ud83d"`)}, "remark" + invalid},
		{"in a part", list{`{"},[`, []part{{"ok"}, {"a\x02"}}}, "attachments[1].link.title" + control},
		{"after nested values", map[string]any{"a": map[string]any{"b": []any{map[string]int{}, 1}}, "c": "\x01"}, "c" + control},
		{"in a name", map[string]any{"a": map[string]int{"b\x01": 1}}, `a["b\x01"]` + control},
		{"at the top", "\xff", strings.TrimPrefix(invalid, ": ")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := codec.AppendJSON([]byte("before"), tt.v)
			require.EqualError(t, err, tt.want)
			assert.Equal(t, "before", string(got))
		})
	}
}

func TestAppendJSONReportsOtherErrors(t *testing.T) {
	t.Parallel()
	type circle struct{ Next *circle }
	round := &circle{}
	round.Next = round
	list := []any{nil}
	list[0] = list
	tests := []struct {
		name string
		v    any
		want string
	}{
		{"function", map[string]any{"f": func() {}}, "f: cannot write func() as JSON"},
		{"key of no use", map[bool]int{true: 1}, "cannot write map[bool]int as JSON"},
		{"NaN", []float64{1, math.NaN()}, "[1]: cannot write NaN as JSON"},
		{"infinity", math.Inf(-1), "cannot write -Inf as JSON"},
		{"bad number", json.Number("1x"), "cannot write json.Number: not a number"},
		{"MarshalJSON fails", map[string]any{"life": wecom.Seconds(30)}, "life: wecom: 30ns is less than a second; write wecom.Seconds(n * time.Second)"},
		{"MarshalText fails", []any{failing{}}, "[0]: failing on purpose"},
		{"key fails", map[failing]int{{}: 1}, "failing on purpose"},
		{"bad JSON", map[string]any{"raw": json.RawMessage(`{"a":[1,]}`)}, "raw.a[1]: unexpected ']' at offset 8, want a value"},
		{"bad name", json.RawMessage(`{1:2}`), "unexpected '1' at offset 1, want a name"},
		{"no colon", json.RawMessage(`{"a"}`), "a: unexpected '}' at offset 4, want ':'"},
		{"open object", json.RawMessage(`{"a":1`), "unexpected end of JSON, want ',' or '}'"},
		{"open array", json.RawMessage(`[1`), "unexpected end of JSON, want ',' or ']'"},
		{"open string", json.RawMessage(`"\"`), "unexpected end of JSON, want the end of a string"},
		{"open name", json.RawMessage(`{"a`), "unexpected end of JSON, want the end of a string"},
		{"empty", json.RawMessage(``), "unexpected end of JSON, want a value"},
		{"two values", json.RawMessage(`1 2`), "something follows the JSON value at offset 2"},
		{"bad escape", json.RawMessage(`"\u12"`), "unknown escape sequence"},
		{"deep raw", json.RawMessage(strings.Repeat("[", 2000)), "nested too deep"},
		{"circle of pointers", round, "nested too deep"},
		{"circle of lists", list, "nested too deep"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := codec.AppendJSON(nil, tt.v)
			require.Error(t, err)
			if tt.want == "nested too deep" {
				require.ErrorContains(t, err, tt.want)
				return
			}
			require.EqualError(t, err, tt.want)
		})
	}
}

// A part leaves to the whole what WeCom refuses, and is valid JSON all the same.
func TestAppendPart(t *testing.T) {
	t.Parallel()
	got, err := codec.AppendPart([]byte("before:"), map[string]any{
		"a\x01": "<\x1f\xff>", "nil": nil, "raw": json.RawMessage(`"\ud83d\u0000\u5ba2"`),
	})
	require.NoError(t, err)
	assert.Equal(t, `before:{"a\u0001":"<\u001f\ufffd>","nil":null,"raw":"\ufffd\u0000客"}`, string(got))

	got, err = codec.AppendPart([]byte("before"), math.NaN())
	require.Error(t, err)
	assert.Equal(t, "before", string(got))
}

// byPointer writes itself only where it has an address.
type byPointer struct{ N int }

func (*byPointer) MarshalJSON() ([]byte, error) { return []byte(`"by pointer"`), nil }

type textByPointer struct{ N int }

func (*textByPointer) MarshalText() ([]byte, error) { return []byte("text by pointer"), nil }

func TestAppendJSONAgreesWithEncodingJSON(t *testing.T) {
	t.Parallel()
	type options struct {
		EmptyString string          `json:",omitempty"`
		EmptySlice  []int           `json:",omitempty"`
		EmptyMap    map[string]int  `json:",omitempty"`
		EmptyArray  [0]int          `json:",omitempty"`
		EmptyPtr    *int            `json:",omitempty"`
		EmptyAny    any             `json:",omitempty"`
		ZeroStruct  struct{}        `json:",omitzero"`
		ZeroTime    wecom.UnixTime  `json:",omitzero"`
		ZeroTimePtr *wecom.UnixTime `json:",omitzero"`
		ZeroArray   [2]int          `json:",omitzero"`
		OddName     int             `json:"客户 <&>"`
		Int         int             `json:",string"`
		Float       *float64        `json:",string"`
		Bool        bool            `json:",string"`
		None        *int            `json:",string"`
		Own         wecom.Bool01    `json:",string"`
		Ignored     int             `json:"-"`
	}
	type embedding struct {
		Base
		Other
		*Link
		private
		P  *byPointer
		V  byPointer
		T  textByPointer
		TP *textByPointer
	}
	values := []any{
		message(), new(message()),
		options{ZeroTimePtr: new(wecom.UnixTime{}), Float: new(1.5)},
		options{EmptyString: "x", EmptySlice: []int{1}, EmptyMap: map[string]int{"a": 1}, EmptyPtr: new(0), EmptyAny: 0},
		embedding{Link: &Link{"u"}, P: &byPointer{}}, &embedding{TP: &textByPointer{}},
		[]byPointer{{1}}, [1]byPointer{{1}}, &[1]byPointer{{1}}, map[string]byPointer{"a": {1}}, map[string]*byPointer{"a": nil},
		0.0, 1.0, -0.5, 1e-6, 1e-7, 1.5e-9, 1e20, 1e21, 1e100, math.Copysign(0, -1), math.MaxFloat64, math.SmallestNonzeroFloat64,
		float32(0.1), float32(1e-6), float32(1e-7), float32(1e21), float32(3.4e38),
		int8(-128), uint64(math.MaxUint64), int64(math.MinInt64), uintptr(7), true,
		[]byte("bytes"), []byte{}, [2]byte{1, 2}, []gender{1}, [][]int{{}, nil, {1}},
		map[string]any{"b": nil, "a": []any{1, "x", map[string]any{}}, "": 0}, map[int]int{2: 1, 10: 1, -1: 1}, map[uint8]int{2: 1, 10: 1},
		map[userID]int{"b": 1, "a": 2}, map[netip.Addr]string{netip.IPv6Loopback(): "x"},
		json.Number("1e5"), json.Number(""), []json.Number{"-0"}, json.RawMessage(" [1 , 2] "), []json.RawMessage{nil},
		netip.IPv6Loopback(), wecom.UnixTime{}, []error{nil}, []json.Marshaler{nil, wecom.Bool01(true)}, []any{(*wecom.Bool01)(nil), new(new(1))},
		struct{ a, B int }{1, 2}, time.Second,
	}
	for _, v := range values {
		want, err := stdEncode(v)
		require.NoError(t, err)
		got, err := codec.AppendJSON(nil, v)
		require.NoError(t, err)
		assert.Equal(t, strings.TrimSuffix(string(want), "\n"), string(got), "%#v", v)
	}
}

// What encoding/json has read, both write with the same bytes, if encoding/json
// needs no \uXXXX for it.
func FuzzAppendJSONAgrees(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		var v everything
		if json.Unmarshal(body, &v) != nil {
			return
		}
		want, err := stdEncode(v)
		require.NoError(t, err)
		if bytes.Contains(want, []byte(`\u`)) || bytes.Contains(want, []byte(`\/`)) || !utf8.Valid(want) || deep(want) {
			return
		}
		got, err := codec.AppendJSON(nil, v)
		require.NoError(t, err)
		require.Equal(t, strings.TrimSuffix(string(want), "\n"), string(got))
	})
}

func FuzzAppendJSON(f *testing.F) {
	f.Add("text", []byte(`"\u5ba2\ud83d\ude00\\u0041"`))
	f.Add("<&>\u2028\\u0041", []byte(`{"a\u0041":["\\\u0041"]}`))
	f.Add("\x01", []byte(`"\u0001"`))
	f.Add("\xff", []byte("\"\xff\""))
	f.Fuzz(func(t *testing.T, text string, raw []byte) {
		type body struct {
			Text string
			Raw  json.RawMessage
		}
		in := body{text, raw}
		if !json.Valid(raw) {
			in.Raw = json.RawMessage("0")
		}
		out, err := codec.AppendJSON(nil, in)
		if err != nil {
			std, stdErr := stdEncode(in)
			require.NoError(t, stdErr)
			require.True(t, hasEscape(std) || bytes.ContainsRune(std, '\ufffd'), "refused for nothing: %v", err)
			return
		}
		require.True(t, json.Valid(out), "%s", out)
		require.False(t, hasEscape(out), "%s", out)

		var got body
		require.NoError(t, json.Unmarshal(out, &got))
		require.Equal(t, text, got.Text)
		var gotRaw, wantRaw any
		if json.Unmarshal(in.Raw, &wantRaw) != nil {
			return // a number that no float64 holds
		}
		require.NoError(t, json.Unmarshal(got.Raw, &gotRaw))
		require.Equal(t, wantRaw, gotRaw)
	})
}

// hasEscape reports whether doc has a \uXXXX.
func hasEscape(doc []byte) bool {
	return strings.Contains(strings.ReplaceAll(string(doc), `\\`, ""), `\u`)
}
