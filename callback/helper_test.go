package callback_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
)

// The keys of the example on the official page 90968.
var testKeys = callback.Keys{
	Token:          "QDG6eK",
	EncodingAESKey: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
	ReceiveID:      "wx5823bf96d3bd56c7",
}

const addExternalContactXML = `<xml>
	<ToUserName><![CDATA[ww55ca070cb9b7eb22]]></ToUserName>
	<FromUserName><![CDATA[sys]]></FromUserName>
	<CreateTime>1763733600</CreateTime>
	<MsgType><![CDATA[event]]></MsgType>
	<Event><![CDATA[change_external_contact]]></Event>
	<ChangeType><![CDATA[add_external_contact]]></ChangeType>
	<UserID><![CDATA[alice]]></UserID>
	<ExternalUserID><![CDATA[wmSIM00000000000000000001]]></ExternalUserID>
	<State><![CDATA[spring-fair]]></State>
	<WelcomeCode><![CDATA[CODE]]></WelcomeCode>
</xml>`

// sign makes an envelope with a right signature around any ciphertext.
func sign(token, encrypt string) callback.Envelope {
	env := callback.Envelope{Timestamp: "1763733600", Nonce: "nonce", Encrypt: encrypt}
	env.Signature = signature(token, env)
	return env
}

func signature(token string, env callback.Envelope) string {
	parts := []string{token, env.Timestamp, env.Nonce, env.Encrypt}
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	return hex.EncodeToString(sum[:])
}

func readCloser(s string) io.ReadCloser { return io.NopCloser(strings.NewReader(s)) }

// rawPlain is a plaintext that claims to hold a message of size bytes.
func rawPlain(size uint32, rest string) string {
	return "0123456789abcdef" + string(binary.BigEndian.AppendUint32(nil, size)) + rest
}

// encryptRaw encrypts with testKeys, padded to whole multiples of padTo; 0
// leaves plain as it is.
func encryptRaw(t testing.TB, plain string, padTo int) string {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(testKeys.EncodingAESKey + "=")
	require.NoError(t, err)
	block, err := aes.NewCipher(key)
	require.NoError(t, err)
	data := []byte(plain)
	if padTo > 0 {
		n := padTo - len(data)%padTo
		data = append(data, bytes.Repeat([]byte{byte(n)}, n)...)
	}
	cipher.NewCBCEncrypter(block, key[:aes.BlockSize]).CryptBlocks(data, data)
	return base64.StdEncoding.EncodeToString(data)
}
