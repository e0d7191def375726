package callback_test

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
)

// FuzzDecrypt opens any ciphertext under a right signature, and any envelope
// under whatever signature comes: neither panics, and what opens is what a
// sealed message of the same content would open to.
func FuzzDecrypt(f *testing.F) {
	f.Add(pageEnvelope.Signature, pageEnvelope.Timestamp, pageEnvelope.Nonce, pageEnvelope.Encrypt)
	for _, plain := range []string{"", "short", rawPlain(0, testKeys.ReceiveID), rawPlain(1<<32-1, "x"), rawPlain(5, "hello")} {
		env := sign(testKeys.Token, encryptRaw(f, plain, 32))
		f.Add(env.Signature, env.Timestamp, env.Nonce, env.Encrypt)
	}
	codec := newCodec(f, testKeys, otherKeys)
	f.Fuzz(func(t *testing.T, signature, timestamp, nonce, encrypt string) {
		_, err := codec.Decrypt(callback.Envelope{Signature: signature, Timestamp: timestamp, Nonce: nonce, Encrypt: encrypt})
		if err != nil && encrypt != pageEncrypt {
			require.True(t, errors.Is(err, callback.ErrSignature) || errors.Is(err, callback.ErrDecrypt) || errors.Is(err, callback.ErrReceiveID))
		}
		msg, err := codec.Decrypt(sign(testKeys.Token, encrypt))
		if err != nil {
			return
		}
		env, err := codec.Encrypt(msg, time.Unix(1763733600, 0))
		require.NoError(t, err)
		again, err := codec.Decrypt(env)
		require.NoError(t, err)
		require.Equal(t, msg, again)
	})
}

// FuzzParse reads anything: it fails in one way only, and loses nothing.
func FuzzParse(f *testing.F) {
	for _, file := range fixtureFiles(f) {
		body, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(body)
	}
	for _, s := range []string{
		"", "<", "<a", "<a/>", "<a>&#x41;&amp;&lt&;&#0;&#xD800;&#x110000;</a>", "<a b='>'><c/>x\r\n\ry</a>", "<a:b></a:b>",
		"<a><![CDATA[]]]]><![CDATA[>]]></a>", "<?xml version='1.0'?><a><!-- - --></a>", "<a></a >", "<a:b:c/>", `{"a":[{"b":1}]}`, "{", "\ufeff{}",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := callback.Parse(body)
		if err != nil {
			require.ErrorIs(t, err, callback.ErrPayload)
			return
		}
		require.Equal(t, string(body), e.Head().Raw)
		again, err := callback.Parse([]byte(e.Head().Raw))
		require.NoError(t, err)
		require.Equal(t, e, again, "what is stored reads the same later")
	})
}

// FuzzHandler posts anything, signed and not: every request is answered with
// one of the few known statuses, and a refusal has no body.
func FuzzHandler(f *testing.F) {
	f.Add("POST", pageQuery, []byte(pageBody))
	f.Add("GET", pageQuery+"&echostr="+url.QueryEscape(pageEncrypt), []byte{})
	f.Add("GET", "", []byte{})
	f.Add("PUT", pageQuery, []byte(pageBody))
	f.Add("POST", pageQuery, []byte(`{"encrypt":"x"}`))
	f.Add("SIGNED", "", []byte(addExternalContactXML))
	f.Add("SIGNED", "", []byte("nonsense"))
	codec := newCodec(f, testKeys)
	f.Fuzz(func(t *testing.T, method, query string, body []byte) {
		h, err := callback.NewHandler(testKeys, callback.WithTimestampTolerance(0))
		require.NoError(t, err)
		if method == "SIGNED" {
			env, err := codec.Encrypt(callback.Message{Body: body}, time.Unix(1763733600, 0))
			require.NoError(t, err)
			method, query, body = http.MethodPost, env.Query().Encode(), env.XML()
		}
		r := &http.Request{Method: method, URL: &url.URL{Path: "/", RawQuery: query}, Body: http.NoBody, Header: http.Header{}}
		if len(body) > 0 {
			r = httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
			r.Method, r.URL.RawQuery = method, query
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		switch w.Code {
		case http.StatusOK:
		case http.StatusBadRequest, http.StatusForbidden, http.StatusMethodNotAllowed, http.StatusRequestEntityTooLarge:
			require.Empty(t, w.Body.String())
		default:
			t.Fatalf("status %d", w.Code)
		}
	})
}
