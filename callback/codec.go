package callback

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // the protocol's choice
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	randomLen = 16
	headLen   = randomLen + 4 // and the length of the message
	padTo     = 32            // twice AES's block: standard unpadders refuse half of all callbacks
)

var errForeignMessage = errors.New("callback: the message was opened by another codec")

// A Message is the content of one callback, or of an answer to one.
type Message struct {
	Body      []byte // XML or JSON; of a URL check the text to echo
	ReceiveID string // the corp or suite it was sent to; empty for [NoReceiveID]

	keys  *keySet // that opened it; nil if none did
	nonce string  // of the request, for the answer
}

// A Codec verifies, decrypts and encrypts callbacks. It is immutable and safe
// for concurrent use. Printing it never shows a key.
type Codec struct {
	sets []*keySet
}

// NewCodec checks the keys. Several are accepted side by side: the old and the
// new ones while they are rotated, those of several apps, or one token and key
// with several ids.
func NewCodec(keys ...Keys) (*Codec, error) {
	sets, err := newKeySets(keys)
	if err != nil {
		return nil, err
	}
	return &Codec{sets: sets}, nil
}

// String shows the ids only.
func (c *Codec) String() string {
	var ids []string
	for _, s := range c.sets {
		ids = append(ids, s.ids()...)
	}
	return fmt.Sprintf("callback.Codec%q", ids)
}

// Format shows the ids only, whatever the verb.
func (c *Codec) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(c.String())) }

// LogValue shows the ids only.
func (c *Codec) LogValue() slog.Value { return slog.StringValue(c.String()) }

// Decrypt verifies env, in constant time and before anything is decrypted,
// opens it and checks the receive id. It fails with [ErrSignature],
// [ErrDecrypt] or [ErrReceiveID].
//
// 「加解密方案说明」 https://developer.work.weixin.qq.com/document/path/90968
func (c *Codec) Decrypt(env Envelope) (Message, error) {
	err := ErrSignature
	for _, set := range c.sets {
		if !set.verify(env) {
			continue
		}
		msg, openErr := set.open(env.Encrypt)
		if openErr == nil {
			msg.keys, msg.nonce = set, env.Nonce
			return msg, nil
		}
		err = openErr
	}
	return Message{}, err
}

// Encrypt encrypts and signs msg.Body: with the keys and the nonce that opened
// msg if it came from Decrypt, so that replacing the body of a message makes
// the answer to it, else with the first keys, for their id if it names none.
// now becomes the timestamp. It fails with [ErrReceiveID] if the keys are not
// for the message's id.
func (c *Codec) Encrypt(msg Message, now time.Time) (Envelope, error) {
	set, id := msg.keys, msg.ReceiveID
	switch {
	case set == nil:
		set = c.sets[0]
		if id == "" {
			id = set.ids()[0]
		}
	case !slices.Contains(c.sets, set):
		return Envelope{}, errForeignMessage
	}
	if !set.accepts(id) {
		return Envelope{}, set.refuses(id)
	}
	nonce := msg.nonce
	if nonce == "" || strings.ContainsFunc(nonce, notAlnum) {
		nonce = rand.Text()
	}
	if len(msg.Body) > math.MaxInt32 {
		return Envelope{}, fmt.Errorf("callback: a message of %d bytes", len(msg.Body))
	}
	env := Envelope{
		Timestamp: strconv.FormatInt(now.Unix(), 10),
		Nonce:     nonce,
		Encrypt:   set.seal(msg.Body, id),
	}
	sum := set.sign(env)
	env.Signature = hex.EncodeToString(sum[:])
	return env, nil
}

// sign is the sha1 of the four values, sorted bytewise and joined.
func (s *keySet) sign(env Envelope) [sha1.Size]byte {
	token := s.secrets().token
	parts := [...]string{token, env.Timestamp, env.Nonce, env.Encrypt}
	slices.Sort(parts[:])
	joined := make([]byte, 0, len(token)+len(env.Timestamp)+len(env.Nonce)+len(env.Encrypt))
	for _, p := range parts {
		joined = append(joined, p...)
	}
	return sha1.Sum(joined) //nolint:gosec // the protocol's choice
}

func (s *keySet) verify(env Envelope) bool {
	var given [sha1.Size]byte
	if len(env.Signature) != hex.EncodedLen(len(given)) {
		return false
	}
	if _, err := hex.Decode(given[:], []byte(env.Signature)); err != nil {
		return false
	}
	want := s.sign(env)
	return subtle.ConstantTimeCompare(given[:], want[:]) == 1
}

// open undoes seal. The plaintext is 16 random bytes, the message's length,
// the message and the receive id.
func (s *keySet) open(encrypt string) (Message, error) {
	data, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(encrypt, "="))
	if err != nil {
		return Message{}, fmt.Errorf("%w: the ciphertext is not base64", ErrDecrypt)
	}
	if len(data) == 0 || len(data)%aes.BlockSize != 0 {
		return Message{}, fmt.Errorf("%w: the ciphertext has %d bytes, not whole blocks", ErrDecrypt, len(data))
	}
	secrets := s.secrets()
	cipher.NewCBCDecrypter(secrets.block, secrets.iv).CryptBlocks(data, data)
	data, ok := unpad(data)
	if !ok || len(data) < headLen {
		return Message{}, fmt.Errorf("%w: bad padding, probably the EncodingAESKey is wrong", ErrDecrypt)
	}
	size, rest := binary.BigEndian.Uint32(data[randomLen:]), data[headLen:]
	if uint64(size) > uint64(len(rest)) {
		return Message{}, fmt.Errorf("%w: bad length, probably the EncodingAESKey is wrong", ErrDecrypt)
	}
	body, id := rest[:size:size], strings.TrimSpace(string(rest[size:]))
	if !s.accepts(id) {
		return Message{}, s.refuses(id)
	}
	return Message{Body: body, ReceiveID: id}, nil
}

func (s *keySet) seal(body []byte, receiveID string) string {
	plain := headLen + len(body) + len(receiveID)
	pad := padTo - plain%padTo
	data := make([]byte, randomLen, plain+pad)
	_, _ = rand.Read(data)                                        // never fails
	data = binary.BigEndian.AppendUint32(data, uint32(len(body))) //nolint:gosec // Encrypt has checked it
	data = append(data, body...)
	data = append(data, receiveID...)
	for range pad {
		data = append(data, byte(pad))
	}
	secrets := s.secrets()
	cipher.NewCBCEncrypter(secrets.block, secrets.iv).CryptBlocks(data, data)
	return base64.StdEncoding.EncodeToString(data)
}

func unpad(data []byte) ([]byte, bool) {
	n := int(data[len(data)-1])
	if n < 1 || n > padTo || n > len(data) {
		return nil, false
	}
	for _, b := range data[len(data)-n:] {
		if int(b) != n {
			return nil, false
		}
	}
	return data[:len(data)-n], true
}
