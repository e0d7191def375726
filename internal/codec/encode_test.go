package codec_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

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
		{"raw, other escapes", json.RawMessage(`"\/\""`), `"\/\""`},
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

func TestAppendJSONReportsEncodingErrors(t *testing.T) {
	t.Parallel()
	_, err := codec.AppendJSON(nil, map[string]any{"f": func() {}})
	_, ok := errors.AsType[*json.UnsupportedTypeError](err)
	require.True(t, ok, "%v", err)

	// The encoder is as good as new afterwards.
	got, err := codec.AppendJSON(nil, 1)
	require.NoError(t, err)
	assert.Equal(t, "1", string(got))
}

func TestAppendJSONAgreesWithEncodingJSON(t *testing.T) {
	t.Parallel()
	want, err := stdEncode(message())
	require.NoError(t, err)
	got, err := codec.AppendJSON(nil, message())
	require.NoError(t, err)
	assert.JSONEq(t, string(want), string(got))
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
		require.Equal(t, json.Unmarshal(in.Raw, &wantRaw), json.Unmarshal(got.Raw, &gotRaw))
		require.Equal(t, wantRaw, gotRaw)
	})
}

// hasEscape reports whether doc has a \uXXXX.
func hasEscape(doc []byte) bool {
	return strings.Contains(strings.ReplaceAll(string(doc), `\\`, ""), `\u`)
}
