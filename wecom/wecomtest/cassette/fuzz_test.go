package cassette_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest/cassette"
)

// A recording is anybody's file. What is read is written the same, whenever.
func FuzzDecode(f *testing.F) {
	shop, err := os.ReadFile("testdata/shop.json")
	require.NoError(f, err)
	f.Add(shop)
	f.Add([]byte(small))
	f.Add([]byte(`{"version":1,"interactions":[{"request":{"method":"GET","path":"/","query":{"":"%zz"},"range":"bytes=0-1","file":{"size":1,"sha256":"","data":"YQ=="}},"response":{"status":299}}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := cassette.Decode(data)
		if err != nil {
			return
		}
		first, err := c.Encode()
		require.NoError(t, err)
		again, err := cassette.Decode(first)
		require.NoError(t, err, "%s", first)
		second, err := again.Encode()
		require.NoError(t, err)
		require.Equal(t, string(first), string(second))
		cassette.Check(c)
		cassette.NewPlayer(c).Unused()
	})
}

func FuzzPseudonym(f *testing.F) {
	for _, v := range []string{
		"", "a", "7", "42", "张", "张三", "wmSIM00000000000000000001", "ww1234567890abcdef", "13812345678", "9223372036854775807", "18446744073709551615",
		"zhangsan@example.com", "10.0.0.1", "101.226.0.0/16", "https://work.weixin.qq.com/ca/cawcde123?state=a%20b&x=%E6%98%A5&y#z", "http://a.b/%zz%e6?=&&a=b=c",
		"0f9de62fce790f9a083d5c99e95740ceb90c27ed", "834940e4-ad91-7664-47ee-a27f86b8706d", "你好，\"春茶\" \\ 😀é\u200d\xff", "https://work.weixin.qq.com/", "https://a.b/x 你好王芳", "https://a.b/?x=张 三", "\ufffd\ufffd",
	} {
		f.Add(v, []byte("key"))
	}
	f.Fuzz(func(t *testing.T, v string, seed []byte) {
		var key [32]byte
		copy(key[:], seed)
		name := cassette.NewPseudonyms(key)
		p := name(v)
		assert.Equal(t, p, name(v), "stable")
		assert.Equal(t, p, cassette.NewPseudonyms(key)(v), "and the same for one key")
		if utf8.ValidString(v) {
			assert.Len(t, p, len(v), "%q", p)
			assert.Equal(t, utf8.RuneCountInString(v), utf8.RuneCountInString(p))
		}
		assert.True(t, utf8.ValidString(p), "%q", p)
		if n := cassette.Replaceable(v); n >= cassette.Enough {
			assert.Equal(t, p, name(p), "a pseudonym has none")
			if !strings.Contains(v, "://") {
				assert.NotEqual(t, v, p)
			}
		}
		assert.NotEqual(t, p, name(v+"x"), "another value has another one")
	})
}

// Whatever a body holds, its texts do not get through.
func FuzzVeil(f *testing.F) {
	f.Add([]byte(`{"errcode":0,"errmsg":"invalid userid zhangsan-9","external_contact":{"name":"zhangsan-9","zhangsan-9":{"x":["zhangsan-9"]}},"n":13812345678,"t":1e5}`))
	f.Add([]byte(`{"type":"zhangsan-9 lisi","status":"ok","list":[[["zhangsan-9"]],{"a.b":{"c d":"zhangsan-9"}}]}`))
	f.Add([]byte(`[{"errmsg":{"errmsg":["zhangsan-9"]}}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		body, err := cassette.ParseJSON(data)
		if err != nil {
			return
		}
		switch body.(type) {
		case map[string]any, []any:
		default:
			return
		}
		req := cassette.Request{Method: "POST", Path: "/cgi-bin/externalcontact/get_by_user", Body: body}
		res := cassette.Response{Status: 200, Body: body}
		in := cassette.Veil([32]byte{1}, req, res)
		c := &cassette.Cassette{Interactions: []cassette.Interaction{in}}
		text, err := c.Encode()
		require.NoError(t, err)
		_, err = cassette.Decode(text)
		require.NoError(t, err)
		for _, v := range texts("", body) {
			quoted, err := json.Marshal(v)
			require.NoError(t, err)
			if cassette.Replaceable(v) >= cassette.Enough && !strings.Contains(v, "://") {
				assert.False(t, bytes.Contains(text, quoted), "%s", quoted)
			}
		}
	})
}

// texts are the values of fields that may be somebody's.
func texts(name string, v any) []string {
	var list []string
	switch v := v.(type) {
	case map[string]any:
		for name := range v {
			list = append(list, texts(name, v[name])...)
		}
	case []any:
		for i := range v {
			list = append(list, texts(name, v[i])...)
		}
	case string:
		if !cassette.Harmless(name) {
			list = append(list, v)
		}
	}
	return list
}
