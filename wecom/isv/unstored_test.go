package isv_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/isv"
)

// The store takes nothing for a while, and meanwhile somebody asks for the new
// corp, whose first events come soon. That must not cost its permanent code.
func TestUnstoredCodeSurvivesCallsForTheCorp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, store := &peer{}, &brokenTenants{MemoryStore: new(isv.MemoryStore), putFails: 6}
		s := p.suite(t, isv.WithTenants(store))
		_, err := s.TakeAuth(t.Context(), authEvent("wwcorp:code", time.Now()))
		require.ErrorContains(t, err, "the disk is full")

		_, err = s.Client(t.Context(), "wwcorp")
		require.ErrorIs(t, err, isv.ErrNotAuthorized)
		_, err = s.TakeAuth(t.Context(), authEvent("wwcorp:code", time.Now()))

		require.NoError(t, err)
		assert.Len(t, p.to(permanentCode), 1)
		_, err = s.Client(t.Context(), "wwcorp")
		require.NoError(t, err)
	})
}

// An inbox goes on for twenty hours.
func TestUnstoredCodeSurvivesALongOutage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, store := &peer{}, &brokenTenants{MemoryStore: new(isv.MemoryStore), putFails: 6}
		s := p.suite(t, isv.WithTenants(store))
		_, err := s.TakeAuth(t.Context(), authEvent("wwcorp:code", time.Now()))
		require.ErrorContains(t, err, "the disk is full")

		time.Sleep(20 * time.Hour)
		_, err = s.Authorize(t.Context(), "wwother:code") // forgets what is old
		require.NoError(t, err)
		_, err = s.TakeAuth(t.Context(), authEvent("wwcorp:code", time.Now().Add(-20*time.Hour)))
		require.NoError(t, err)
		got, err := store.Tenant(t.Context(), "wwsuite", "wwcorp")
		require.NoError(t, err)
		assert.Equal(t, "s3cr3t-for-wwcorp:code", got.PermanentCode)
	})
}

// A store that never comes back does not fill the memory.
func TestUnstoredCodesAreForgottenInTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, store := &peer{}, &brokenTenants{MemoryStore: new(isv.MemoryStore), putFails: 6}
		s := p.suite(t, isv.WithTenants(store))
		_, err := s.Authorize(t.Context(), "wwcorp:code")
		require.ErrorContains(t, err, "the disk is full")

		time.Sleep(25 * time.Hour)
		_, err = s.Authorize(t.Context(), "wwother:code")
		require.NoError(t, err)
		_, err = s.Authorize(t.Context(), "wwcorp:code")
		require.ErrorContains(t, err, "40078")
	})
}
