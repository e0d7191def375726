package wecomtest

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1" //nolint:gosec // the protocol's own choice
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
)

// Keys are what the console asks for when a callback is set up.
type Keys struct {
	Token          string `json:"token"`
	EncodingAESKey string `json:"encoding_aes_key,omitzero"` // 43 letters and digits
	ReceiveID      string `json:"receive_id,omitzero"`       // the corp id; "" for an intelligent robot; if SuiteID is set, "" is what fits
	SuiteID        string `json:"suite_id,omitzero"`         // of a third-party app: see Server.SuiteKeys
}

// blockSize is what WeCom pads to; AES itself has blocks of 16.
const blockSize = 32

// Sign returns the msg_signature of an encrypted text: the sha1 over the four
// values in the order of their bytes.
func (k Keys) Sign(timestamp, nonce, encrypted string) string {
	parts := []string{k.Token, timestamp, nonce, encrypted}
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, ""))) //nolint:gosec // the protocol's own choice
	return hex.EncodeToString(sum[:])
}

func (k Keys) cipher() (block cipher.Block, iv []byte, err error) {
	key, err := base64.StdEncoding.DecodeString(k.EncodingAESKey + "=")
	if err != nil || len(key) != 32 {
		return nil, nil, errors.New("wecomtest: EncodingAESKey is not 43 letters and digits")
	}
	block, err = aes.NewCipher(key)
	return block, key[:aes.BlockSize], err
}

// Encrypt wraps a message as callbacks and echo checks bring it: 16 random
// bytes, its length, itself, the receiver.
func (k Keys) Encrypt(random [16]byte, msg string) (string, error) {
	block, iv, err := k.cipher()
	if err != nil {
		return "", err
	}
	plain := append([]byte(nil), random[:]...)
	plain = binary.BigEndian.AppendUint32(plain, uint32(len(msg))) //nolint:gosec // no event has 4 GiB
	plain = append(append(plain, msg...), k.ReceiveID...)
	pad := blockSize - len(plain)%blockSize
	plain = append(plain, bytes.Repeat([]byte{byte(pad)}, pad)...)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(plain, plain)
	return base64.StdEncoding.EncodeToString(plain), nil
}

// Decrypt opens what [Keys.Encrypt] wraps, such as a passive reply.
func (k Keys) Decrypt(encrypted string) (string, error) {
	block, iv, err := k.cipher()
	if err != nil {
		return "", err
	}
	data, err := base64.StdEncoding.DecodeString(encrypted)
	if err != nil {
		return "", err
	}
	if len(data) == 0 || len(data)%blockSize != 0 {
		return "", errors.New("wecomtest: encrypted text is not made of whole blocks")
	}
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(data, data)
	pad := int(data[len(data)-1])
	if pad < 1 || pad > blockSize {
		return "", errors.New("wecomtest: padding is wrong")
	}
	data = data[:len(data)-pad]
	if len(data) < 20 {
		return "", errors.New("wecomtest: decrypted text is too short")
	}
	size := int64(binary.BigEndian.Uint32(data[16:20]))
	if size > int64(len(data)-20) {
		return "", errors.New("wecomtest: decrypted length is wrong")
	}
	msg, receiver := data[20:20+size], data[20+size:]
	if string(receiver) != k.ReceiveID {
		return "", errors.New("wecomtest: reply is encrypted for another receiver")
	}
	return string(msg), nil
}
