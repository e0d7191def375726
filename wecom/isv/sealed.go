package isv

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"iter"
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
	if store == nil || len(keys) == 0 {
		return nil, errors.New("isv: Sealed: want a store and at least one key")
	}
	for _, k := range keys {
		if k == nil {
			return nil, errors.New("isv: Sealed: nil key")
		}
	}
	return &sealedStore{store: store, keys: keys}, nil
}

const sealMark = "sealed:"

type sealedStore struct {
	store TenantStore
	keys  []cipher.AEAD
}

func (s *sealedStore) Tenant(ctx context.Context, suiteID, corpID string) (Tenant, error) {
	t, err := s.store.Tenant(ctx, suiteID, corpID)
	if err != nil {
		return Tenant{}, err
	}
	return s.open(t)
}

func (s *sealedStore) PutTenant(ctx context.Context, t Tenant) error {
	k := s.keys[0]
	nonce := make([]byte, k.NonceSize())
	_, _ = rand.Read(nonce) // never fails
	t.PermanentCode = sealMark + base64.RawStdEncoding.EncodeToString(k.Seal(nonce, nonce, []byte(t.PermanentCode), bound(t)))
	return s.store.PutTenant(ctx, t)
}

func (s *sealedStore) DeleteTenant(ctx context.Context, suiteID, corpID string) error {
	return s.store.DeleteTenant(ctx, suiteID, corpID)
}

func (s *sealedStore) Tenants(ctx context.Context, suiteID string) iter.Seq2[Tenant, error] {
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

func (s *sealedStore) open(t Tenant) (Tenant, error) {
	text, ok := strings.CutPrefix(t.PermanentCode, sealMark)
	data, err := base64.RawStdEncoding.DecodeString(text)
	if !ok || err != nil {
		return Tenant{}, fmt.Errorf("isv: the permanent code of corp %s was not stored by Sealed", t.CorpID)
	}
	for _, k := range s.keys {
		if len(data) < k.NonceSize() {
			continue
		}
		code, err := k.Open(nil, data[:k.NonceSize()], data[k.NonceSize():], bound(t))
		if err == nil {
			t.PermanentCode = string(code)
			return t, nil
		}
	}
	return Tenant{}, fmt.Errorf("isv: no key opens the permanent code of corp %s", t.CorpID)
}

// bound is what a sealed code belongs to.
func bound(t Tenant) []byte { return []byte(t.SuiteID + "\x00" + t.CorpID) }
