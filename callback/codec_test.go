package callback_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
)

// The example of https://developer.work.weixin.qq.com/document/path/90968,
// read 2026-11-21.
const (
	pageQuery   = "msg_signature=477715d11cdb4164915debcba66cb864d751f3e6&timestamp=1409659813&nonce=1372623149"
	pageEncrypt = "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q=="
	pageBody    = "<xml>\n<ToUserName><![CDATA[wx5823bf96d3bd56c7]]></ToUserName>\n<Encrypt><![CDATA[" + pageEncrypt + "]]></Encrypt>\n<AgentID><![CDATA[218]]></AgentID>\n</xml>"
)

var pageEnvelope = callback.Envelope{
	Signature: "477715d11cdb4164915debcba66cb864d751f3e6",
	Timestamp: "1409659813",
	Nonce:     "1372623149",
	Encrypt:   pageEncrypt,
}

func newCodec(t testing.TB, keys ...callback.Keys) *callback.Codec {
	t.Helper()
	codec, err := callback.NewCodec(keys...)
	require.NoError(t, err)
	return codec
}

func seal(t testing.TB, keys callback.Keys, body string) callback.Envelope {
	t.Helper()
	env, err := newCodec(t, keys).Encrypt(callback.Message{Body: []byte(body)}, time.Unix(1763733600, 0))
	require.NoError(t, err)
	return env
}

func TestOfficialExample(t *testing.T) {
	t.Parallel()
	query, err := url.ParseQuery(pageQuery)
	require.NoError(t, err)
	env, err := callback.ReadEnvelope(query, []byte(pageBody))
	require.NoError(t, err)
	require.Equal(t, pageEnvelope, env)

	msg, err := newCodec(t, testKeys).Decrypt(env)
	require.NoError(t, err)
	assert.Equal(t, "wx5823bf96d3bd56c7", msg.ReceiveID)

	e, err := callback.Parse(msg.Body)
	require.NoError(t, err)
	text, ok := e.(*callback.TextMessage)
	require.True(t, ok, "%T", e)
	assert.Equal(t, "hello", text.Content)
	assert.Equal(t, "4561255354251345929", text.MsgID)
	assert.Equal(t, "mycreate", text.FromUserName)
	assert.EqualValues(t, 218, text.AgentID)
	assert.EqualValues(t, 1409659813, text.At().Unix())
}

func TestReadEnvelope(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, query, body string }{
		{"XML", pageQuery, pageBody},
		{"XML with BOM", pageQuery, "\ufeff" + pageBody},
		{"XML with a declaration", pageQuery, `<?xml version="1.0"?><!-- x -->` + pageBody},
		{"text instead of CDATA", pageQuery, "<xml><Encrypt>\n" + pageEncrypt + "\n</Encrypt></xml>"},
		{"JSON", pageQuery, `{"tousername":"wx5823bf96d3bd56c7","encrypt":"` + pageEncrypt + `","agentid":"218"}`},
		{"JSON, other case", pageQuery, "\ufeff\n" + `{"ToUserName":"x","Encrypt":"` + pageEncrypt + `","AgentID":218}`},
		{"URL with parameters of its own", "tenant=7&token=x&encrypt=y&echostr=z&" + pageQuery, pageBody},
		{"a space for each plus", pageQuery, strings.ReplaceAll(pageBody, "+", " ")},
		{"URL check", pageQuery + "&echostr=" + url.QueryEscape(pageEncrypt), ""},
		{"URL check decoded once too often", pageQuery + "&echostr=" + pageEncrypt, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			query, err := url.ParseQuery(tt.query)
			require.NoError(t, err)
			env, err := callback.ReadEnvelope(query, []byte(tt.body))
			require.NoError(t, err)
			assert.Equal(t, pageEnvelope, env)
		})
	}
}

func TestReadEnvelopeRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, query, body string }{
		{"no query", "", pageBody},
		{"no nonce", "msg_signature=a&timestamp=1", pageBody},
		{"no ciphertext", pageQuery, ""},
		{"empty ciphertext", pageQuery, "<xml><Encrypt></Encrypt></xml>"},
		{"no Encrypt", pageQuery, "<xml><ToUserName>a</ToUserName></xml>"},
		{"Encrypt too deep", pageQuery, "<xml><a><Encrypt>x</Encrypt></a></xml>"},
		{"form", pageQuery, "encrypt=x"},
		{"truncated XML", pageQuery, "<xml><Encrypt>x"},
		{"truncated JSON", pageQuery, `{"encrypt":"x`},
		{"JSON without encrypt", pageQuery, `{"tousername":"a","deep":{"encrypt":"x"}}`},
		{"JSON that is none", pageQuery, `{encrypt:"x"}`},
		{"JSON of another shape", pageQuery, `{"encrypt":[1]}`},
		{"document type", pageQuery, `<!DOCTYPE x [<!ENTITY a "b">]><xml><Encrypt>&a;</Encrypt></xml>`},
		{"too many tags", pageQuery, "<xml>" + strings.Repeat("<a></a>", 100) + "<Encrypt>x</Encrypt></xml>"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			query, err := url.ParseQuery(tt.query)
			require.NoError(t, err)
			_, err = callback.ReadEnvelope(query, []byte(tt.body))
			require.ErrorIs(t, err, callback.ErrEnvelope)
		})
	}
}

func TestEncryptAllSizes(t *testing.T) {
	t.Parallel()
	codec := newCodec(t, testKeys)
	for size := range 70 { // every padding, and the one that fills a block
		body := strings.Repeat("x", size)
		env, err := codec.Encrypt(callback.Message{Body: []byte(body)}, time.Unix(1763733600, 0))
		require.NoError(t, err)
		assert.Equal(t, "1763733600", env.Timestamp)
		data, err := base64.StdEncoding.DecodeString(env.Encrypt)
		require.NoError(t, err)
		assert.Zero(t, len(data)%32, "WeCom pads to 32, twice AES's block")
		msg, err := codec.Decrypt(env)
		require.NoError(t, err)
		require.Equal(t, body, string(msg.Body))
	}
}

var otherKeys = callback.Keys{
	Token:          "hJqcu3uJ9Tn2gXPmxx2w9kkCkCE2EPYo",
	EncodingAESKey: "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt",
	ReceiveID:      "ww1436e0e65a779aee",
}

// The key is the same for years, and so is the IV: what is equal must not look so.
func TestEncryptNeverTheSame(t *testing.T) {
	t.Parallel()
	first, second := seal(t, testKeys, "<xml/>"), seal(t, testKeys, "<xml/>")
	assert.NotEqual(t, first.Encrypt, second.Encrypt)
}

func TestKeyRotation(t *testing.T) {
	t.Parallel()
	codec := newCodec(t, otherKeys, testKeys)
	for _, keys := range []callback.Keys{testKeys, otherKeys} {
		msg, err := codec.Decrypt(seal(t, keys, "question"))
		require.NoError(t, err)
		assert.Equal(t, keys.ReceiveID, msg.ReceiveID)

		msg.Body = []byte("answer")
		env, err := codec.Encrypt(msg, time.Unix(1763733600, 0))
		require.NoError(t, err)
		reply, err := newCodec(t, keys).Decrypt(env)
		require.NoError(t, err, "the answer goes out with the keys of the question")
		assert.Equal(t, "answer", string(reply.Body))
	}
	_, err := newCodec(t, otherKeys).Decrypt(seal(t, testKeys, "question"))
	require.ErrorIs(t, err, callback.ErrSignature)
}

// Its keys are not known, and other keys would answer somebody else.
func TestMessageOfAnotherCodec(t *testing.T) {
	t.Parallel()
	msg, err := newCodec(t, testKeys).Decrypt(seal(t, testKeys, "<xml/>"))
	require.NoError(t, err)
	for _, codec := range []*callback.Codec{newCodec(t, otherKeys), newCodec(t, otherKeys, testKeys), newCodec(t, testKeys)} {
		_, err = codec.Encrypt(msg, time.Now())
		require.Error(t, err)
		_, err = codec.Tenant(msg, &callback.Unknown{})
		require.Error(t, err)
	}
}

// An id that the keys do not serve is not replaced by one that they do.
func TestEncryptForAnother(t *testing.T) {
	t.Parallel()
	codec := newCodec(t, testKeys, otherKeys)
	for id, ok := range map[string]bool{"": true, testKeys.ReceiveID: true, otherKeys.ReceiveID: false, "wwstranger": false} {
		_, err := codec.Encrypt(callback.Message{Body: []byte("x"), ReceiveID: id}, time.Now())
		if ok {
			assert.NoError(t, err, id)
		} else {
			assert.ErrorIs(t, err, callback.ErrReceiveID, id)
		}
	}
}

func TestReceiveID(t *testing.T) {
	t.Parallel()
	with := func(id string) callback.Keys { k := testKeys; k.ReceiveID = id; return k }
	tests := []struct {
		name string
		ours []callback.Keys
		sent string
		ok   bool
	}{
		{"corp", []callback.Keys{with("wwcorp")}, "wwcorp", true},
		{"another corp", []callback.Keys{with("wwcorp")}, "wwother", false},
		{"suite beside provider corp", []callback.Keys{with("wwprovider"), with("wwsuite")}, "wwsuite", true},
		{"provider corp beside suite", []callback.Keys{with("wwprovider"), with("wwsuite")}, "wwprovider", true},
		{"individual developer", []callback.Keys{with(callback.NoReceiveID)}, callback.NoReceiveID, true},
		{"an id where there should be none", []callback.Keys{with(callback.NoReceiveID)}, "wwcorp", false},
		{"no id where there should be one", []callback.Keys{with("wwcorp")}, callback.NoReceiveID, false},
		{"the marker itself is no id", []callback.Keys{with("wwcorp")}, "(none)", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			codec := newCodec(t, tt.ours...)
			msg, err := codec.Decrypt(seal(t, with(tt.sent), "x"))
			if !tt.ok {
				require.ErrorIs(t, err, callback.ErrReceiveID)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, "x", string(msg.Body))

			env, err := codec.Encrypt(msg, time.Unix(1763733600, 0))
			require.NoError(t, err)
			_, err = newCodec(t, with(tt.sent)).Decrypt(env)
			require.NoError(t, err, "the answer carries the id of the question")
		})
	}
}

func TestDecryptRefuses(t *testing.T) {
	t.Parallel()
	wrongKey := testKeys
	wrongKey.EncodingAESKey = otherKeys.EncodingAESKey
	signed := func(encrypt string) callback.Envelope { return sign(testKeys.Token, encrypt) }
	change := func(f func(*callback.Envelope)) callback.Envelope { env := pageEnvelope; f(&env); return env }
	tests := []struct {
		name string
		keys callback.Keys
		env  callback.Envelope
		want error
	}{
		{"zero", testKeys, callback.Envelope{}, callback.ErrSignature},
		{"signature of another", testKeys, change(func(e *callback.Envelope) { e.Signature = strings.Repeat("0", 40) }), callback.ErrSignature},
		{"signature too short", testKeys, change(func(e *callback.Envelope) { e.Signature = e.Signature[:38] }), callback.ErrSignature},
		{"signature too long", testKeys, change(func(e *callback.Envelope) { e.Signature += "00" }), callback.ErrSignature},
		{"signature not hex", testKeys, change(func(e *callback.Envelope) { e.Signature = strings.Repeat("z", 40) }), callback.ErrSignature},
		{"other timestamp", testKeys, change(func(e *callback.Envelope) { e.Timestamp = "1409659814" }), callback.ErrSignature},
		{"other nonce", testKeys, change(func(e *callback.Envelope) { e.Nonce = "1" }), callback.ErrSignature},
		{"other ciphertext", testKeys, change(func(e *callback.Envelope) { e.Encrypt = "A" + e.Encrypt[1:] }), callback.ErrSignature},
		{"other token", otherKeys, pageEnvelope, callback.ErrSignature},
		{"other AES key", wrongKey, pageEnvelope, callback.ErrDecrypt},
		{"not base64", testKeys, signed("!!!!"), callback.ErrDecrypt},
		{"empty", testKeys, signed(""), callback.ErrDecrypt},
		{"only padding of base64", testKeys, signed("===="), callback.ErrDecrypt},
		{"half a block", testKeys, signed("QUFBQUFBQUE="), callback.ErrDecrypt},
		{"one block of noise", testKeys, signed("QUFBQUFBQUFBQUFBQUFBQQ=="), callback.ErrDecrypt},
		{"length far beyond the end", testKeys, signed(encryptRaw(t, rawPlain(0xffffffff, "x"), 32)), callback.ErrDecrypt},
		{"length one beyond the end", testKeys, signed(encryptRaw(t, rawPlain(20, "x"+testKeys.ReceiveID), 32)), callback.ErrDecrypt},
		{"shorter than its head", testKeys, signed(encryptRaw(t, "short", 32)), callback.ErrDecrypt},
		{"padding 0", testKeys, signed(encryptRaw(t, strings.Repeat("\x00", 32), 0)), callback.ErrDecrypt},
		{"padding 33", testKeys, signed(encryptRaw(t, rawPlain(9, strings.Repeat("x", 9)+testKeys.ReceiveID)+strings.Repeat("\x21", 33), 0)), callback.ErrDecrypt},
		{"padding uneven", testKeys, signed(encryptRaw(t, rawPlain(9, strings.Repeat("x", 9)+testKeys.ReceiveID)+strings.Repeat("\x00", 16)+"\x11", 0)), callback.ErrDecrypt},
		{"padding longer than the text", testKeys, signed(encryptRaw(t, strings.Repeat("\x20", 16), 0)), callback.ErrDecrypt},
		{"nothing but padding", testKeys, signed(encryptRaw(t, strings.Repeat("\x20", 32), 0)), callback.ErrDecrypt},
		{"no receive id", testKeys, signed(encryptRaw(t, rawPlain(1, "x"), 32)), callback.ErrReceiveID},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			msg, err := newCodec(t, tt.keys).Decrypt(tt.env)
			require.ErrorIs(t, err, tt.want)
			assert.Zero(t, msg)
		})
	}
}

func TestDecryptTolerates(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		env  callback.Envelope
	}{
		{"signature in upper case", func() callback.Envelope {
			env := pageEnvelope
			env.Signature = strings.ToUpper(env.Signature)
			return env
		}()},
		{"padding of 16", sign(testKeys.Token, encryptRaw(t, rawPlain(5, "hello"+testKeys.ReceiveID), 16))},
		{"base64 without its end", sign(testKeys.Token, strings.TrimRight(pageEncrypt, "="))},
		{"id with space", sign(testKeys.Token, encryptRaw(t, rawPlain(5, "hello"+testKeys.ReceiveID+"\n"), 32))},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			msg, err := newCodec(t, testKeys).Decrypt(tt.env)
			require.NoError(t, err)
			assert.Equal(t, testKeys.ReceiveID, msg.ReceiveID)
		})
	}
}

func TestNewCodecRefuses(t *testing.T) {
	t.Parallel()
	change := func(f func(*callback.Keys)) []callback.Keys { k := testKeys; f(&k); return []callback.Keys{k} }
	tests := []struct {
		name string
		keys []callback.Keys
		want string
	}{
		{"none", nil, "no keys"},
		{"no token", change(func(k *callback.Keys) { k.Token = " " }), "Token is empty"},
		{"long token", change(func(k *callback.Keys) { k.Token = strings.Repeat("a", 33) }), "Token has 33 characters"},
		{"odd token", change(func(k *callback.Keys) { k.Token = "se-cret" }), "neither a letter nor a digit"},
		{"short key", change(func(k *callback.Keys) { k.EncodingAESKey = k.EncodingAESKey[1:] }), "42 characters instead of 43"},
		{"long key", change(func(k *callback.Keys) { k.EncodingAESKey += "=" }), "44 characters instead of 43"},
		{"odd key", change(func(k *callback.Keys) { k.EncodingAESKey = "-" + k.EncodingAESKey[1:] }), "neither a letter nor a digit"},
		{"no id", change(func(k *callback.Keys) { k.ReceiveID = "" }), "ReceiveID is empty"},
		{"second", []callback.Keys{testKeys, {}}, "keys 2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := callback.NewCodec(tt.keys...)
			require.ErrorContains(t, err, tt.want)
			for _, k := range tt.keys {
				assertNoSecret(t, err.Error(), k)
			}
		})
	}
}

func TestKeysAsPasted(t *testing.T) {
	t.Parallel()
	pasted := callback.Keys{
		Token:          " QDG6eK\n",
		EncodingAESKey: "jWmYm7qr5nMoAUwZRjGt Bxmz3KA1tkAj3ykkR6q2B2C\u00a0",
		ReceiveID:      "\twx5823bf96d3bd56c7 ",
	}
	_, err := newCodec(t, pasted).Decrypt(pageEnvelope)
	require.NoError(t, err)

	// The last character of a key holds two bits that belong to no byte.
	for _, last := range "ABCDwxyz0189" {
		k := testKeys
		k.EncodingAESKey = k.EncodingAESKey[:42] + string(last)
		_, err := newCodec(t, k).Decrypt(seal(t, k, "x"))
		require.NoError(t, err)
	}
}

func TestKeysAreNeverPrinted(t *testing.T) {
	t.Parallel()
	codec := newCodec(t, testKeys)
	handler, err := callback.NewHandler(testKeys, callback.WithTimestampTolerance(0), callback.WithKeys(otherKeys))
	require.NoError(t, err)
	var out strings.Builder
	text, structured := slog.New(slog.NewTextHandler(&out, nil)), slog.New(slog.NewJSONHandler(&out, nil))
	for _, v := range []any{
		testKeys, &testKeys, []callback.Keys{testKeys, otherKeys}, map[string]callback.Keys{"a": testKeys},
		struct{ K callback.Keys }{testKeys}, codec, *codec, struct{ C *callback.Codec }{codec}, handler,
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T"} {
			fmt.Fprintf(&out, verb, v)
		}
		text.Info("x", "keys", v)
		structured.Info("x", "keys", v)
		if b, err := json.Marshal(v); err == nil {
			out.Write(b)
		}
	}
	assert.Equal(t, `callback.Codec["wx5823bf96d3bd56c7"]`, fmt.Sprintf("%+v", codec), "but the ids")
	assertNoSecret(t, out.String(), testKeys)
	assertNoSecret(t, out.String(), otherKeys)
	assert.NotContains(t, out.String(), "141 105 152 155", "nor the decoded AES key")
	assert.Contains(t, out.String(), testKeys.ReceiveID, "but which keys they are shows")
}

func assertNoSecret(t *testing.T, s string, k callback.Keys) {
	t.Helper()
	for _, secret := range []string{k.Token, k.EncodingAESKey} {
		if strings.TrimSpace(secret) == "" {
			continue
		}
		assert.NotContains(t, s, secret)
		assert.NotContains(t, s, fmt.Sprintf("%x", secret))
		assert.NotContains(t, s, fmt.Sprintf("%X", secret))
	}
}

// WeCom wants the nonce of its own URL back.
func TestAnswerRepeatsTheNonce(t *testing.T) {
	t.Parallel()
	codec := newCodec(t, testKeys)
	msg, err := codec.Decrypt(sign(testKeys.Token, encryptRaw(t, rawPlain(2, "{}"+testKeys.ReceiveID), 32)))
	require.NoError(t, err)

	env, err := codec.Encrypt(msg, time.Unix(1763733600, 0))

	require.NoError(t, err)
	assert.Equal(t, "nonce", env.Nonce)
	assert.JSONEq(t, fmt.Sprintf(`{"encrypt":%q,"msgsignature":%q,"timestamp":1763733600,"nonce":"nonce"}`, env.Encrypt, env.Signature), string(env.JSON()))
}
