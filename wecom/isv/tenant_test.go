package isv_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/isv"
)

// Everybody who waits for an exchange has a result of their own.
func TestWaitersShareNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &peer{}
		s := p.suite(t)
		p.on(permanentCode, func(c call) string {
			time.Sleep(time.Second)
			return p.usual(c)
		})
		var mu sync.Mutex
		var got []*isv.Authorization
		var waiters sync.WaitGroup
		for range 2 {
			waiters.Go(func() {
				auth, err := s.Authorize(t.Context(), "wwcorp:code")
				assert.NoError(t, err)
				mu.Lock()
				defer mu.Unlock()
				got = append(got, auth)
			})
		}
		waiters.Wait()
		assert.NotSame(t, got[0], got[1])
		assert.Equal(t, got[0].AuthCorpInfo, got[1].AuthCorpInfo)
	})
}

// A row without a code is as good as a store that fails.
func TestTenantWithoutACode(t *testing.T) {
	t.Parallel()
	p, tenants := &peer{}, new(isv.MemoryStore)
	s := p.suite(t, isv.WithTenants(tenants))
	require.NoError(t, tenants.PutTenant(t.Context(), isv.Tenant{SuiteID: "wwsuite", CorpID: "wwcorp", PermanentCode: "s3cr3t"}))
	known, err := s.Client(t.Context(), "wwcorp")
	require.NoError(t, err)
	for _, corp := range []string{"wwcorp", "wwother"} {
		require.NoError(t, tenants.PutTenant(t.Context(), isv.Tenant{SuiteID: "wwsuite", CorpID: corp}))
	}

	c, err := s.Client(t.Context(), "wwcorp")
	require.NoError(t, err)
	assert.Same(t, known, c)
	_, err = s.Client(t.Context(), "wwother")
	require.ErrorContains(t, err, "no permanent code of corp wwother")
}

// Another process has taken the cancellation.
func TestCancelledElsewhere(t *testing.T) {
	t.Parallel()
	store := &brokenTenants{MemoryStore: new(isv.MemoryStore)}
	s := new(peer).suite(t, isv.WithTenants(store))
	_, err := s.Authorize(t.Context(), "wwcorp:code")
	require.NoError(t, err)
	_, err = s.Client(t.Context(), "wwcorp")
	require.NoError(t, err)
	require.NoError(t, store.DeleteTenant(t.Context(), "wwsuite", "wwcorp"))

	_, err = s.Client(t.Context(), "wwcorp")
	require.ErrorIs(t, err, isv.ErrNotAuthorized)
	_, err = s.Authorize(t.Context(), "wwcorp:code")
	require.True(t, wecom.IsCode(err, wecom.CodeInvalidAuthCode), "what was exchanged is not given out again: %v", err)
	store.down = true
	_, err = s.Client(t.Context(), "wwcorp")
	require.ErrorContains(t, err, "the database is down", "nor does it go on without the store")
}

// A client that is kept gets its next token by the permanent code of now.
func TestKeptClientAfterANewCode(t *testing.T) {
	t.Parallel()
	p, tenants := &peer{}, new(isv.MemoryStore)
	s := p.suite(t, isv.WithTenants(tenants))
	require.NoError(t, tenants.PutTenant(t.Context(), isv.Tenant{SuiteID: "wwsuite", CorpID: "wwcorp", PermanentCode: "s3cr3t-old"}))
	kept, err := s.Client(t.Context(), "wwcorp")
	require.NoError(t, err)
	require.NoError(t, tenants.PutTenant(t.Context(), isv.Tenant{SuiteID: "wwsuite", CorpID: "wwcorp", PermanentCode: "s3cr3t-new"}))

	_, err = kept.Token(t.Context())

	require.NoError(t, err)
	assert.Equal(t, "s3cr3t-new", p.to(corpToken)[0].body["permanent_code"])
}

// What an authorisation granted says nothing of the one that replaced it.
func TestChangeMeetsReauthorisation(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, tenants := &peer{}, new(isv.MemoryStore)
		s := p.suite(t, isv.WithTenants(tenants))
		require.NoError(t, tenants.PutTenant(t.Context(), isv.Tenant{SuiteID: "wwsuite", CorpID: "wwcorp", PermanentCode: "s3cr3t-old"}))
		p.on(authInfo, func(c call) string {
			time.Sleep(time.Second)
			return p.usual(c)
		})
		var change sync.WaitGroup
		change.Go(func() {
			_, err := s.TakeChange(t.Context(), changeEvent("wwcorp", time.Now()))
			assert.NoError(t, err)
		})
		time.Sleep(500 * time.Millisecond)
		renewed := isv.Tenant{SuiteID: "wwsuite", CorpID: "wwcorp", PermanentCode: "s3cr3t-new", AgentID: 5}
		require.NoError(t, tenants.PutTenant(t.Context(), renewed))
		change.Wait()

		got, err := s.Tenant(t.Context(), "wwcorp")
		require.NoError(t, err)
		assert.Equal(t, renewed, got)
	})
}

func TestKnownAgentIDIsNotStoredAgain(t *testing.T) {
	t.Parallel()
	store := &brokenTenants{MemoryStore: new(isv.MemoryStore), putFails: 1}
	s := new(peer).suite(t, isv.WithTenants(store))
	require.NoError(t, store.MemoryStore.PutTenant(t.Context(), isv.Tenant{SuiteID: "wwsuite", CorpID: "wwcorp", PermanentCode: "s3cr3t", AgentID: 5}))
	_, err := s.GetAuthInfo(t.Context(), "wwcorp")
	require.NoError(t, err)
}
