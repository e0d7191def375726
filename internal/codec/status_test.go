package codec_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/internal/codec"
)

func TestStatus(t *testing.T) {
	t.Parallel()
	page := string(pageBody(3))
	tests := []struct {
		name string
		body string
		code int
		msg  string
	}{
		{"success", `{"errcode":0,"errmsg":"ok"}`, 0, "ok"},
		{"failure", `{"errcode":40014,"errmsg":"invalid access_token"}`, 40014, "invalid access_token"},
		{"negative", `{"errcode":-1,"errmsg":"system busy"}`, -1, "system busy"},
		{"quoted code", `{"errcode":"40014","errmsg":"x"}`, 40014, "x"},
		{"code as a float", `{"errcode":4.5009e4,"errmsg":"x"}`, 45009, "x"},
		{"empty code", `{"errcode":"","errmsg":"x"}`, 0, "x"},
		{"null code", `{"errcode":null}`, 0, ""},
		{"no code", `{"total":1}`, 0, ""},
		{"no code, but a message", `{"total":1,"errmsg":"ok"}`, 0, "ok"},
		{"empty object", ` { } `, 0, ""},
		{"message first", `{"errmsg":"x","errcode":1}`, 1, "x"},
		{"both last", page[:len(page)-1] + `,"a":[{"errcode":7}],"errcode":9,"errmsg":"x"}`, 0, "ok"},
		{"after much else", `{"errmsg":"x","list":` + strings.Repeat("[", 500) + strings.Repeat("]", 500) + `,"o":{"errcode":7},"errcode":9}`, 9, "x"},
		{"escaped message", `{"errcode":1,"errmsg":"\u5ba2\"\n"}`, 1, "客\"\n"},
		{"escaped message, then an escaped name", `{"errmsg":"\u5ba2","xxx\u0041":"\u0041\u0041\u0041","errcode":1}`, 1, "客"},
		{"escaped name", `{"err\u0063ode":1,"errmsg":"x"}`, 1, "x"},
		{"message that is no text", `{"errcode":1,"errmsg":{"a":1}}`, 1, ""},
		{"no message", `{"errcode":1,"x":2}`, 1, ""},
		{"warning", `{"errcode":0,"errmsg":"Warning: wrong json format. ok"}`, 0, "Warning: wrong json format. ok"},
		{"message far behind a failure", `{"errcode":1,"x":"` + strings.Repeat("y", 5000) + `","errmsg":"x"}`, 1, "x"},
		{"message far behind success", `{"errcode":0,"x":"` + strings.Repeat("y", 5000) + `","errmsg":"x"}`, 0, ""},
		{"breaks off after the code", `{"errcode":1,"errmsg":"x`, 1, ""},
		{"byte-order mark", "\ufeff{\"errcode\":1,\"errmsg\":\"x\"}", 1, "x"},
		{"white space", " {\n\"errcode\" : 1 ,\t\"errmsg\" : \"x\" } ", 1, "x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			code, msg, ok := codec.Status([]byte(tt.body))
			assert.True(t, ok)
			assert.Equal(t, tt.code, code)
			assert.Equal(t, tt.msg, string(msg))
		})
	}
}

func TestStatusOfForeignBodies(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"", " ", "<html>502 Bad Gateway</html>", "null", "1", `"x"`, `[{"errcode":0}]`,
		"{", `{"a`, `{"a":`, `{"a":1`, `{"a":1,`, `{"errmsg":"x"`, `{a:1}`, `{"errcode"`, `{"errcode":`,
		`{"errcode":"x"}`, `{"errcode":{}}`, `{"errcode":[1]}`, `{"errcode":1.5}`, `{"errcode":1e30}`, `{"errcode":nul`,
		"\x89PNG\r\n\x1a\n", `{"a":` + strings.Repeat("[", 100_000),
	} {
		code, msg, ok := codec.Status([]byte(body))
		assert.False(t, ok, "%.40q", body)
		assert.Zero(t, code, "%.40q", body)
		assert.True(t, msg == nil || strings.Contains(body, "errmsg"), "%.40q", body)
	}
}

func TestStatusAllocates(t *testing.T) { //nolint:paralleltest // counts allocations
	body := pageBody(100)
	assert.Zero(t, testing.AllocsPerRun(100, func() { codec.Status(body) }))
}

func FuzzStatus(f *testing.F) {
	f.Add([]byte(`{"errcode":0,"errmsg":"ok","x":[1]}`))
	f.Add([]byte(`{"x":[{"errcode":2}],"errmsg":"\u5ba2","errcode":"40014"}`))
	f.Add([]byte(`{"err\u0063ode":1}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		code, msg, ok := codec.Status(body)
		var want struct {
			Code int    `json:"errcode"`
			Msg  string `json:"errmsg"`
		}
		var object map[string]json.RawMessage
		switch {
		case json.Unmarshal(body, &object) != nil || object == nil:
			return // Status does not read to the end, and so cannot tell
		case codec.Decode(body, &want) != nil:
			return // errcode or errmsg is none
		case strings.Contains(string(body), `\u`) || strings.Count(string(body), "errcode") > 1 || strings.Count(string(body), "errmsg") > 1:
			return // perhaps a repeated member: Status takes the first
		}
		require.True(t, ok)
		require.Equal(t, want.Code, code)
		if code != 0 && object["errmsg"] != nil && object["errmsg"][0] == '"' {
			require.Equal(t, want.Msg, string(msg))
		}
	})
}
