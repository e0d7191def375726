package callback_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
)

// BenchmarkCallback compares verify + decrypt + parse with the same by
// encoding/xml and nothing that is not needed. The aim is 0.7 of its time.
func BenchmarkCallback(b *testing.B) {
	codec, err := callback.NewCodec(testKeys)
	require.NoError(b, err)
	env, err := codec.Encrypt(callback.Message{Body: []byte(addExternalContactXML)}, time.Unix(1763733600, 0))
	require.NoError(b, err)
	query, body := env.Query(), env.XML()

	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			env, err := callback.ReadEnvelope(query, body)
			if err != nil {
				b.Fatal(err)
			}
			msg, err := codec.Decrypt(env)
			if err != nil {
				b.Fatal(err)
			}
			e, err := callback.Parse(msg.Body)
			if err != nil {
				b.Fatal(err)
			}
			if e.(*callback.AddExternalContact).WelcomeCode != "CODE" {
				b.Fatal("wrong event")
			}
		}
	})
	b.Run("floor", func(b *testing.B) {
		key, err := base64.StdEncoding.DecodeString(testKeys.EncodingAESKey + "=")
		require.NoError(b, err)
		block, err := aes.NewCipher(key)
		require.NoError(b, err)
		b.ReportAllocs()
		for b.Loop() {
			e, err := floor(query, body, block, key)
			if err != nil {
				b.Fatal(err)
			}
			if e.WelcomeCode != "CODE" {
				b.Fatal("wrong event")
			}
		}
	})
}

type floorEvent struct {
	ToUserName, FromUserName, MsgType, Event, ChangeType string
	UserID, ExternalUserID, State, WelcomeCode           string
	CreateTime                                           int64
}

// floor is what one would write by hand for this one event.
func floor(query url.Values, body []byte, block cipher.Block, key []byte) (*floorEvent, error) {
	var env struct{ Encrypt string }
	if err := xml.Unmarshal(body, &env); err != nil {
		return nil, err
	}
	parts := []string{testKeys.Token, query.Get("timestamp"), query.Get("nonce"), env.Encrypt}
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	if subtle.ConstantTimeCompare([]byte(hex.EncodeToString(sum[:])), []byte(query.Get("msg_signature"))) != 1 {
		return nil, errors.New("signature")
	}
	data, err := base64.StdEncoding.DecodeString(env.Encrypt)
	if err != nil {
		return nil, err
	}
	cipher.NewCBCDecrypter(block, key[:aes.BlockSize]).CryptBlocks(data, data)
	data = data[16 : len(data)-int(data[len(data)-1])]
	n := binary.BigEndian.Uint32(data)
	if string(data[4+n:]) != testKeys.ReceiveID {
		return nil, errors.New("receive id")
	}
	e := new(floorEvent)
	return e, xml.Unmarshal(data[4:4+n], e)
}
