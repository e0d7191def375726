package callback

import (
	"cmp"
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

// NoReceiveID is the ReceiveID of a corp's own intelligent robot, and of an app
// whose developer is an individual: their callbacks carry an empty id. An empty ReceiveID in [Keys] is refused, so
// that a forgotten setting does not pass for this case.
const NoReceiveID = "(none)"

const (
	maxToken   = 32
	aesKeyChar = 43
	maxID      = 64
)

// Keys are what the console shows on an app's 接收消息 page, and the id that
// WeCom puts into every callback for it.
//
// Printing Keys, with any verb, shows the id and never the token or the key.
type Keys struct {
	Token          string // up to 32 letters and digits
	EncodingAESKey string // 43 letters and digits

	// ReceiveID is the corp id for an app of the corp, the provider's corp id
	// for a provider's notices (of devices, licenses, registrations), and
	// [NoReceiveID] for a corp's own intelligent robot and for an individual
	// developer's app. A third-party app needs none beside its SuiteID.
	ReceiveID string

	// SuiteID makes these the keys of a third-party app, or of a template for
	// apps that are developed for others. Its notices carry the suite id, the
	// data of the corps that installed it the id of each corp, and the URL
	// check the provider's: all are accepted. Which corp an event is about is
	// checked against what it was encrypted for, see [Codec.Tenant]. Two
	// suites cannot have the same Token and EncodingAESKey.
	SuiteID string
}

// String shows the ids only.
func (k Keys) String() string {
	return "callback.Keys{" + strings.TrimSpace(k.SuiteID+" "+k.ReceiveID) + "}"
}

// Format shows the ids only, whatever the verb.
func (k Keys) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(k.String())) }

// LogValue shows the ids only.
func (k Keys) LogValue() slog.Value {
	return slog.GroupValue(slog.String("receiveid", k.ReceiveID), slog.String("suiteid", k.SuiteID))
}

// MarshalJSON shows the ids only.
func (k Keys) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, `{"receiveid":%q,"suiteid":%q}`, k.ReceiveID, k.SuiteID), nil
}

// A keySet is one token and one AES key with the ids they serve. The secrets
// are behind a function, where no print that walks through structs gets to.
type keySet struct {
	secrets    func() *secrets
	receiveIDs []string
	suiteID    string // of a third-party app, which receives for any corp
}

// accepts reports whether a callback for id is one for these keys. Of a
// third-party app that is whatever may be an id: it says at least that the
// right key opened the callback.
func (s *keySet) accepts(id string) bool {
	return slices.Contains(s.receiveIDs, id) || s.suiteID != "" && isID(id)
}

func (s *keySet) refuses(id string) error {
	return fmt.Errorf("%w: the callback is for %.64q, these keys are for %q", ErrReceiveID, id, s.ids())
}

// ids are those that the keys are known to serve.
func (s *keySet) ids() []string {
	if s.suiteID == "" {
		return s.receiveIDs
	}
	return append([]string{s.suiteID}, s.receiveIDs...)
}

type secrets struct {
	token  string
	iv     []byte // the first half of the AES key
	block  cipher.Block
	dedupe [sha256.Size]byte // derived from the token and the AES key
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
		k = Keys{noSpace(k.Token), noSpace(k.EncodingAESKey), noSpace(k.ReceiveID), noSpace(k.SuiteID)}
		set, err := newKeySet(k)
		if err != nil {
			return nil, fmt.Errorf("callback: keys %d: %w", i+1, err)
		}
		pair := [2]string{k.Token, k.EncodingAESKey}
		if old, ok := merged[pair]; ok {
			if old.suiteID != "" && set.suiteID != "" && old.suiteID != set.suiteID {
				return nil, fmt.Errorf("callback: keys %d: suites %q and %q have the same Token and EncodingAESKey, so that nothing tells their callbacks apart", i+1, old.suiteID, set.suiteID)
			}
			old.suiteID = cmp.Or(old.suiteID, set.suiteID)
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
	case k.ReceiveID == "" && k.SuiteID == "":
		return nil, errors.New("the ReceiveID is empty: set the corp id, callback.NoReceiveID for an individual developer's app, or the SuiteID")
	case k.SuiteID != "" && !isID(k.SuiteID):
		return nil, fmt.Errorf("the SuiteID %.80q is not an id", k.SuiteID)
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
	var ids []string
	switch k.ReceiveID {
	case "":
	case NoReceiveID:
		ids = []string{""}
	default:
		ids = []string{k.ReceiveID}
	}
	hidden := &secrets{
		token:  k.Token,
		iv:     key[:aes.BlockSize],
		block:  block,
		dedupe: sha256.Sum256(slices.Concat([]byte("wecom-go callback dedupe\x00"+k.Token+"\x00"), key)),
	}
	return &keySet{secrets: func() *secrets { return hidden }, receiveIDs: ids, suiteID: k.SuiteID}, nil
}

// isID reports whether s may be the id of a corp or a suite.
func isID(s string) bool {
	return s != "" && len(s) <= maxID && !strings.ContainsFunc(s, func(r rune) bool { return notAlnum(r) && r != '_' && r != '-' })
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
