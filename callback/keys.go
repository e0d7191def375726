package callback

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"unicode"
)

// NoReceiveID is the ReceiveID of an app whose developer is an individual:
// its callbacks carry an empty id. An empty ReceiveID in [Keys] is refused, so
// that a forgotten setting does not pass for this case.
const NoReceiveID = "(none)"

const (
	maxToken   = 32
	aesKeyChar = 43
)

// Keys are what the console shows on an app's 接收消息 page, and the id that
// WeCom puts into every callback for it.
//
// Printing Keys, with any verb, shows the id and never the token or the key.
type Keys struct {
	Token          string // up to 32 letters and digits
	EncodingAESKey string // 43 letters and digits

	// ReceiveID is the corp id for an app of the corp and for the data
	// callbacks of a third-party app, the suite id for the suite's own
	// notices, and [NoReceiveID] for an individual developer's app. The URL
	// check of a third-party app carries the provider's corp id.
	ReceiveID string
}

// String shows the id only.
func (k Keys) String() string { return "callback.Keys{" + k.ReceiveID + "}" }

// Format shows the id only, whatever the verb.
func (k Keys) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(k.String())) }

// LogValue shows the id only.
func (k Keys) LogValue() slog.Value {
	return slog.GroupValue(slog.String("receiveid", k.ReceiveID))
}

// MarshalJSON shows the id only.
func (k Keys) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, `{"receiveid":%q}`, k.ReceiveID), nil
}

// A keySet is one token and one AES key with the ids they serve. The secrets
// are behind a function, where no print that walks through structs gets to.
type keySet struct {
	secrets    func() *secrets
	receiveIDs []string
}

type secrets struct {
	token  string
	iv     []byte // the first half of the AES key
	block  cipher.Block
	dedupe [sha256.Size]byte // derived from the AES key
}

// newKeySets checks the keys and merges those that differ in the id only.
// No error holds a token or a key.
func newKeySets(keys []Keys) ([]*keySet, error) {
	if len(keys) == 0 {
		return nil, errors.New("callback: no keys")
	}
	var sets []*keySet
	merged := make(map[[2]string]*keySet)
	for i, k := range keys {
		k.Token, k.EncodingAESKey, k.ReceiveID = noSpace(k.Token), noSpace(k.EncodingAESKey), noSpace(k.ReceiveID)
		set, err := newKeySet(k)
		if err != nil {
			return nil, fmt.Errorf("callback: keys %d: %w", i+1, err)
		}
		pair := [2]string{k.Token, k.EncodingAESKey}
		if old, ok := merged[pair]; ok {
			old.receiveIDs = append(old.receiveIDs, set.receiveIDs...)
			continue
		}
		merged[pair] = set
		sets = append(sets, set)
	}
	return sets, nil
}

func newKeySet(k Keys) (*keySet, error) {
	switch {
	case k.Token == "":
		return nil, errors.New("the Token is empty")
	case len(k.Token) > maxToken:
		return nil, fmt.Errorf("the Token has %d characters, WeCom allows %d", len(k.Token), maxToken)
	case strings.ContainsFunc(k.Token, notAlnum):
		return nil, errors.New("the Token has a character that is neither a letter nor a digit")
	case len(k.EncodingAESKey) != aesKeyChar:
		return nil, fmt.Errorf("the EncodingAESKey has %d characters instead of %d", len(k.EncodingAESKey), aesKeyChar)
	case k.ReceiveID == "":
		return nil, errors.New("the ReceiveID is empty: set the corp id or suite id, or callback.NoReceiveID for an individual developer's app")
	}
	// Not Strict: real keys have non-zero trailing bits.
	key, err := base64.StdEncoding.DecodeString(k.EncodingAESKey + "=")
	if err != nil {
		return nil, errors.New("the EncodingAESKey has a character that is neither a letter nor a digit")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, errors.New("the EncodingAESKey does not decode to 32 bytes")
	}
	id := k.ReceiveID
	if id == NoReceiveID {
		id = ""
	}
	hidden := &secrets{
		token:  k.Token,
		iv:     key[:aes.BlockSize],
		block:  block,
		dedupe: sha256.Sum256(slices.Concat([]byte("wecom-go callback dedupe\x00"), key)),
	}
	return &keySet{secrets: func() *secrets { return hidden }, receiveIDs: []string{id}}, nil
}

func notAlnum(r rune) bool {
	return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
}

// noSpace drops what a copy from a web page drags along.
func noSpace(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\ufeff' || r == '\u200b' {
			return -1
		}
		return r
	}, s)
}
