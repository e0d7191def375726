package redisstore

import (
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// WithEncryption encrypts what is secret or personal, so that who reads Redis
// does not get it: tokens, suite tickets, permanent codes and the text of
// events. The first key encrypts; all are tried to decrypt, so a new key goes
// to the front and an old one stays while anything needs it. A value is bound
// to its place: it does not open in another one. The ids of suites and corps,
// and times, are not encrypted. A key of GCM is good for four billion values.
//
//	block, err := aes.NewCipher(key) // 32 random bytes from a secret manager
//	aead, err := cipher.NewGCM(block)
//	tokens, err := redisstore.NewTokenStore(rdb, redisstore.WithEncryption(aead))
//
// What was stored without encryption is then refused: a token is fetched
// again, a ticket comes within ten minutes, a tenant is to be put again, and
// an event of an [Inbox] is held back.
func WithEncryption(keys ...cipher.AEAD) Option {
	keys = slices.Clone(keys)
	return func(s *settings) { s.keys = func() []cipher.AEAD { return keys } }
}

// aeads are the keys, behind a function because no verb of package fmt looks
// into one. A nil one encrypts nothing.
type aeads func() []cipher.AEAD

func (k aeads) valid() bool {
	if k == nil {
		return true
	}
	keys := k()
	return len(keys) > 0 && !slices.Contains(keys, nil)
}

// The first byte of a stored value says what follows.
const (
	plainMark  = "p"
	sealedMark = "s"
)

// seal makes text a value to be stored at place.
func (k aeads) seal(place, text string) string {
	if k == nil {
		return plainMark + text
	}
	key := k()[0]
	nonce := make([]byte, key.NonceSize())
	_, _ = rand.Read(nonce) // never fails
	return sealedMark + string(key.Seal(nonce, nonce, []byte(text), []byte(place)))
}

var (
	errNotEncrypted = errors.New("what is stored is not encrypted")
	errNoKey        = errors.New("what is stored is encrypted, and no key opens it")
	errRubbish      = errors.New("what is stored is nothing that this package stores")
)

// open is the inverse of seal.
func (k aeads) open(place, stored string) (string, error) {
	if text, ok := strings.CutPrefix(stored, plainMark); ok {
		if k != nil {
			return "", errNotEncrypted
		}
		return text, nil
	}
	data, ok := strings.CutPrefix(stored, sealedMark)
	if !ok {
		return "", errRubbish
	}
	if k == nil {
		return "", errNoKey
	}
	for _, key := range k() {
		if n := key.NonceSize(); len(data) >= n {
			text, err := key.Open(nil, []byte(data[:n]), []byte(data[n:]), []byte(place))
			if err == nil {
				return string(text), nil
			}
		}
	}
	return "", errNoKey
}

// stamped joins a value and its time; unstamp takes them apart.
func stamped(at time.Time, value string) string {
	return strconv.FormatInt(at.UnixMicro(), 10) + " " + value
}

func unstamp(text string) (time.Time, string, error) {
	stamp, value, ok := strings.Cut(text, " ")
	micros, err := strconv.ParseInt(stamp, 10, 64)
	if !ok || err != nil {
		return time.Time{}, "", errRubbish // and not err, which repeats the text
	}
	return time.UnixMicro(micros), value, nil
}
