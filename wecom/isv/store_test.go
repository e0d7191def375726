package isv_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/isv"
	"github.com/wecomkit/wecom-go/wecom/isv/isvtest"
)

func TestMemoryStore(t *testing.T) {
	t.Parallel()
	isvtest.TestTicketStore(t, func(*testing.T) isv.TicketStore { return new(isv.MemoryStore) })
	isvtest.TestTenantStore(t, func(*testing.T) isv.TenantStore { return new(isv.MemoryStore) })
}

func TestSealedIsATenantStore(t *testing.T) {
	t.Parallel()
	isvtest.TestTenantStore(t, func(t *testing.T) isv.TenantStore {
		return seal(t, new(isv.MemoryStore), aead(t, "new"), aead(t, "old"))
	})
}

func TestSealedHidesTheCode(t *testing.T) {
	t.Parallel()
	memory := new(isv.MemoryStore)
	require.NoError(t, seal(t, memory, aead(t, "key")).PutTenant(t.Context(), isv.Tenant{SuiteID: "ww1", CorpID: "ww2", PermanentCode: hush}))

	kept, err := memory.Tenant(t.Context(), "ww1", "ww2")

	require.NoError(t, err)
	assert.NotContains(t, kept.PermanentCode, hush)
	assert.NotEmpty(t, kept.PermanentCode)
}

func TestSealedRotatesKeys(t *testing.T) {
	t.Parallel()
	memory := new(isv.MemoryStore)
	old := isv.Tenant{SuiteID: "ww1", CorpID: "ww2", PermanentCode: hush}
	require.NoError(t, seal(t, memory, aead(t, "old")).PutTenant(t.Context(), old))

	got, err := seal(t, memory, aead(t, "new"), aead(t, "old")).Tenant(t.Context(), "ww1", "ww2")
	require.NoError(t, err)
	assert.Equal(t, hush, got.PermanentCode)

	_, err = seal(t, memory, aead(t, "new")).Tenant(t.Context(), "ww1", "ww2")
	require.ErrorContains(t, err, "no key opens")
}

// A code that was moved into another tenant's row does not open there.
func TestSealedIsBoundToItsTenant(t *testing.T) {
	t.Parallel()
	memory := new(isv.MemoryStore)
	s := seal(t, memory, aead(t, "key"))
	require.NoError(t, s.PutTenant(t.Context(), isv.Tenant{SuiteID: "ww1", CorpID: "ww2", PermanentCode: hush}))
	moved, err := memory.Tenant(t.Context(), "ww1", "ww2")
	require.NoError(t, err)
	moved.CorpID = "ww3"
	require.NoError(t, memory.PutTenant(t.Context(), moved))

	_, err = s.Tenant(t.Context(), "ww1", "ww3")

	require.ErrorContains(t, err, "no key opens")
}

func TestSealedRefusesWhatIsNotSealed(t *testing.T) {
	t.Parallel()
	memory := new(isv.MemoryStore)
	require.NoError(t, memory.PutTenant(t.Context(), isv.Tenant{SuiteID: "ww1", CorpID: "ww2", PermanentCode: hush}))

	_, err := seal(t, memory, aead(t, "key")).Tenant(t.Context(), "ww1", "ww2")

	require.ErrorContains(t, err, "was not sealed")
	assert.NotContains(t, err.Error(), hush)
}

func TestSealedRefusesRubbish(t *testing.T) {
	t.Parallel()
	for _, rubbish := range []string{"sealed:", "sealed:AA", "sealed:!", "sealed:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", ""} {
		memory := new(isv.MemoryStore)
		require.NoError(t, memory.PutTenant(t.Context(), isv.Tenant{SuiteID: "ww1", CorpID: "ww2", PermanentCode: rubbish}))
		_, err := seal(t, memory, aead(t, "key")).Tenant(t.Context(), "ww1", "ww2")
		require.ErrorContains(t, err, "the permanent code of corp ww2", "%q", rubbish)
	}
}

func TestSealedWalkEndsWithAnError(t *testing.T) {
	t.Parallel()
	memory := new(isv.MemoryStore)
	for _, corp := range []string{"ww1", "ww2", "ww3"} {
		require.NoError(t, memory.PutTenant(t.Context(), isv.Tenant{SuiteID: "wwsuite", CorpID: corp, PermanentCode: hush}))
	}
	times := 0
	for v, err := range seal(t, memory, aead(t, "key")).Tenants(t.Context(), "wwsuite") {
		times++
		require.ErrorContains(t, err, "corp ww1")
		assert.Zero(t, v)
	}
	assert.Equal(t, 1, times)
}

// Databases like to show the row that they do not take.
func TestErrorsOfStoresDoNotShowSecrets(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, store := &peer{}, &tellTale{MemoryStore: new(isv.MemoryStore)}
		s := p.suite(t, isv.WithTenants(store), isv.WithTickets(store)) // whose log must not hold it either
		store.fails = true

		_, err := s.Authorize(t.Context(), "wwcorp:code")
		require.ErrorIs(t, err, errTaken)
		require.ErrorContains(t, err, "taken: [redacted]")
		assert.NotContains(t, err.Error(), hush)
		err = s.TakeTicket(t.Context(), ticketEvent("s3cr3t-ticket", time.Now()))
		require.ErrorIs(t, err, errTaken)
		assert.NotContains(t, err.Error(), hush)

		require.NoError(t, store.MemoryStore.PutTenant(t.Context(), isv.Tenant{SuiteID: "wwsuite", CorpID: "wwold", PermanentCode: hush}))
		store.reads = true
		_, err = s.GetAuthInfo(t.Context(), "wwold") // which stores the agentid
		require.ErrorIs(t, err, errTaken)
		assert.NotContains(t, err.Error(), hush)

		store.fails = false
		_, err = s.Authorize(t.Context(), "wwcorp:code")
		require.NoError(t, err)
		c, err := s.Client(t.Context(), "wwcorp")
		require.NoError(t, err)
		store.fails, store.reads = true, false
		_, err = s.Client(t.Context(), "wwcorp")
		require.NoError(t, err)
		_, err = c.Token(t.Context())
		require.NoError(t, err)
		time.Sleep(time.Minute)
	})
}

var errTaken = errors.New("taken")

// A tellTale fails with all that it knows.
type tellTale struct {
	*isv.MemoryStore

	fails bool
	reads bool // all the same
}

func (s *tellTale) PutTenant(ctx context.Context, t isv.Tenant) error {
	if s.fails {
		return fmt.Errorf("%w: %s", errTaken, t.PermanentCode)
	}
	return s.MemoryStore.PutTenant(ctx, t)
}

func (s *tellTale) PutTicket(ctx context.Context, suiteID string, t isv.Ticket) error {
	if s.fails {
		return fmt.Errorf("%w: %s", errTaken, t.Value)
	}
	return s.MemoryStore.PutTicket(ctx, suiteID, t)
}

func (s *tellTale) Tenant(ctx context.Context, suiteID, corpID string) (isv.Tenant, error) {
	t, err := s.MemoryStore.Tenant(ctx, suiteID, corpID)
	if s.fails && !s.reads && err == nil {
		return isv.Tenant{}, fmt.Errorf("%w: %s", errTaken, t.PermanentCode)
	}
	return t, err
}

func TestSealedWantsAStoreAndKeys(t *testing.T) {
	t.Parallel()
	_, err := isv.Sealed(nil, aead(t, "key"))
	require.Error(t, err)
	_, err = isv.Sealed(new(isv.MemoryStore))
	require.Error(t, err)
	_, err = isv.Sealed(new(isv.MemoryStore), nil)
	require.Error(t, err)
}

func TestSealedTickets(t *testing.T) {
	t.Parallel()
	isvtest.TestTicketStore(t, func(t *testing.T) isv.TicketStore {
		s, err := isv.SealedTickets(new(isv.MemoryStore), aead(t, "new"), aead(t, "old"))
		require.NoError(t, err)
		return s
	})
	memory := new(isv.MemoryStore)
	old, err := isv.SealedTickets(memory, aead(t, "old"))
	require.NoError(t, err)
	require.NoError(t, old.PutTicket(t.Context(), "ww1", isv.Ticket{Value: hush, Pushed: time.Unix(1, 0)}))

	kept, err := memory.Ticket(t.Context(), "ww1")
	require.NoError(t, err)
	assert.NotContains(t, kept.Value, hush)
	other, err := isv.SealedTickets(memory, aead(t, "new"))
	require.NoError(t, err)
	got, err := other.Ticket(t.Context(), "ww1")
	require.NoError(t, err)
	assert.Empty(t, got.Value, "a ticket that no key opens is none")

	_, err = isv.SealedTickets(nil, aead(t, "key"))
	require.Error(t, err)
	_, err = isv.SealedTickets(memory)
	require.Error(t, err)
}

func seal(t *testing.T, store isv.TenantStore, keys ...cipher.AEAD) isv.TenantStore {
	t.Helper()
	s, err := isv.Sealed(store, keys...)
	require.NoError(t, err)
	return s
}

func aead(t *testing.T, name string) cipher.AEAD {
	t.Helper()
	key := sha256.Sum256([]byte(name))
	block, err := aes.NewCipher(key[:])
	require.NoError(t, err)
	gcm, err := cipher.NewGCM(block)
	require.NoError(t, err)
	return gcm
}
