package isv

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Sealed encrypts the permanent codes that a [TenantStore] keeps, so that
// whoever reads the database does not get them. The first key encrypts; all
// are tried to decrypt, so a new key goes to the front and an old one stays
// until every tenant has been written again. A code is bound to its suite and
// corp: it does not open in another tenant's row.
//
//	block, err := aes.NewCipher(key) // 32 random bytes from a secret manager
//	aead, err := cipher.NewGCM(block)
//	tenants, err := isv.Sealed(store, aead)
//
// Codes that were stored before are not encrypted and are refused; write them
// once through the sealed store.
func Sealed(store TenantStore, keys ...cipher.AEAD) (TenantStore, error) {
	if store == nil {
		return nil, errors.New("isv: Sealed: nil store")
	}
	b, err := newSealer("Sealed", keys)
	if err != nil {
		return nil, err
	}
	return &sealedTenantStore{store, b}, nil
}

// SealedTickets encrypts the tickets that a [TicketStore] keeps, as [Sealed] does
// permanent codes. A ticket that no key opens is as good as none: the next is
// not far.
func SealedTickets(store TicketStore, keys ...cipher.AEAD) (TicketStore, error) {
	if store == nil {
		return nil, errors.New("isv: SealedTickets: nil store")
	}
	b, err := newSealer("SealedTickets", keys)
	if err != nil {
		return nil, err
	}
	return &sealedTicketStore{store, b}, nil
}

// A sealer encrypts with its first key and decrypts with any.
type sealer []cipher.AEAD

func newSealer(name string, keys []cipher.AEAD) (sealer, error) {
	if len(keys) == 0 || slices.Contains(keys, nil) {
		return nil, fmt.Errorf("isv: %s: want at least one key, and none nil", name)
	}
	return slices.Clone(keys), nil
}

const sealMark = "sealed:"

var (
	errNotSealed = errors.New("was not sealed")
	errNoKey     = errors.New("no key opens it")
)

// seal binds text to the place where it is kept.
func (s sealer) seal(text string, place ...string) string {
	k := s[0]
	nonce := make([]byte, k.NonceSize())
	_, _ = rand.Read(nonce) // never fails
	return sealMark + base64.RawStdEncoding.EncodeToString(k.Seal(nonce, nonce, []byte(text), bound(place)))
}

func (s sealer) open(sealed string, place ...string) (string, error) {
	text, ok := strings.CutPrefix(sealed, sealMark)
	data, err := base64.RawStdEncoding.DecodeString(text)
	if !ok || err != nil {
		return "", errNotSealed
	}
	for _, k := range s {
		if len(data) < k.NonceSize() {
			continue
		}
		if plain, err := k.Open(nil, data[:k.NonceSize()], data[k.NonceSize():], bound(place)); err == nil {
			return string(plain), nil
		}
	}
	return "", errNoKey
}

func bound(place []string) []byte { return []byte(strings.Join(place, "\x00")) }

type sealedTenantStore struct {
	store TenantStore
	keys  sealer
}

func (s *sealedTenantStore) Tenant(ctx context.Context, suiteID, corpID string) (Tenant, error) {
	t, err := s.store.Tenant(ctx, suiteID, corpID)
	if err != nil {
		return Tenant{}, err
	}
	return s.open(t)
}

func (s *sealedTenantStore) PutTenant(ctx context.Context, t Tenant) error {
	t.PermanentCode = s.keys.seal(t.PermanentCode, t.SuiteID, t.CorpID)
	return s.store.PutTenant(ctx, t)
}

func (s *sealedTenantStore) DeleteTenant(ctx context.Context, suiteID, corpID string) error {
	return s.store.DeleteTenant(ctx, suiteID, corpID)
}

func (s *sealedTenantStore) Tenants(ctx context.Context, suiteID string) iter.Seq2[Tenant, error] {
	return func(yield func(Tenant, error) bool) {
		for t, err := range s.store.Tenants(ctx, suiteID) {
			if err == nil {
				t, err = s.open(t)
			}
			if !yield(t, err) || err != nil {
				return
			}
		}
	}
}

func (s *sealedTenantStore) open(t Tenant) (Tenant, error) {
	code, err := s.keys.open(t.PermanentCode, t.SuiteID, t.CorpID)
	if err != nil {
		return Tenant{}, fmt.Errorf("isv: Sealed: the permanent code of corp %s: %w", t.CorpID, err)
	}
	t.PermanentCode = code
	return t, nil
}

type sealedTicketStore struct {
	store TicketStore
	keys  sealer
}

func (s *sealedTicketStore) Ticket(ctx context.Context, suiteID string) (Ticket, error) {
	t, err := s.store.Ticket(ctx, suiteID)
	if err != nil || t.Value == "" {
		return Ticket{}, err
	}
	if t.Value, err = s.keys.open(t.Value, suiteID); err != nil {
		return Ticket{}, nil //nolint:nilerr // as good as none
	}
	return t, nil
}

func (s *sealedTicketStore) PutTicket(ctx context.Context, suiteID string, t Ticket) error {
	t.Value = s.keys.seal(t.Value, suiteID)
	return s.store.PutTicket(ctx, suiteID, t)
}
