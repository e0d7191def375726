package redisstore_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/isv"
	"github.com/wecomkit/wecom-go/wecom/isv/isvtest"
	"github.com/wecomkit/wecom-go/wecom/redisstore"
	"github.com/wecomkit/wecom-go/wecom/redisstore/internal/redistest"
)

func newSuites(t *testing.T, s *redistest.Server, opts ...redisstore.Option) *redisstore.SuiteStore {
	t.Helper()
	suites, err := redisstore.NewSuiteStore(s.Client(), opts...)
	require.NoError(t, err)
	return suites
}

func TestSuiteStore(t *testing.T) {
	t.Parallel()
	s, encrypted, cluster := redistest.Start(t), redisstore.WithEncryption(aead(t)), redistest.Start(t, redistest.Cluster())
	tests := []struct {
		name string
		make func(t *testing.T) *redisstore.SuiteStore
	}{
		{"plain", func(t *testing.T) *redisstore.SuiteStore { return newSuites(t, s) }},
		{"encrypted", func(t *testing.T) *redisstore.SuiteStore { return newSuites(t, s, encrypted) }},
		{"on a cluster", func(t *testing.T) *redisstore.SuiteStore {
			suites, err := redisstore.NewSuiteStore(cluster.ClusterClient())
			require.NoError(t, err)
			return suites
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			isvtest.TestTicketStore(t, func(t *testing.T) isv.TicketStore { return tt.make(t) })
			isvtest.TestTenantStore(t, func(t *testing.T) isv.TenantStore { return tt.make(t) })
		})
	}
}

func TestSealedSuiteStore(t *testing.T) {
	t.Parallel()
	s, key := redistest.Start(t), aead(t)
	isvtest.TestTenantStore(t, func(t *testing.T) isv.TenantStore {
		sealed, err := isv.Sealed(newSuites(t, s), key)
		require.NoError(t, err)
		return sealed
	})
}

func TestManyTenants(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	suites := newSuites(t, s)
	const n = 5000
	for i := range n {
		require.NoError(t, suites.PutTenant(t.Context(), isv.Tenant{SuiteID: "suite", CorpID: fmt.Sprint("ww", i), PermanentCode: "code"}))
	}
	count := 0
	for tenant, err := range suites.Tenants(t.Context(), "suite") {
		require.NoError(t, err)
		assert.Equal(t, "code", tenant.PermanentCode)
		count++
	}
	assert.Equal(t, n, count)

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last error
	count = 0
	for _, err := range suites.Tenants(ctx, "suite") {
		cancel()
		last = err
		count++
	}
	require.ErrorIs(t, last, context.Canceled)
	assert.Equal(t, 2, count, "a walk ends with its ctx, and not with the page")
	assert.Equal(t, []string{"wecom:tenants:suite"}, s.Keys())
}

func TestSuiteSecrets(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	suites := newSuites(t, s, redisstore.WithEncryption(aead(t)))
	require.NoError(t, suites.PutTicket(t.Context(), "suite", isv.Ticket{Value: "the-ticket", Pushed: time.Now()}))
	require.NoError(t, suites.PutTenant(t.Context(), isv.Tenant{SuiteID: "suite", CorpID: "ww1", PermanentCode: "the-code"}))
	assert.NotContains(t, dump(t, s), "the-ticket")
	assert.NotContains(t, dump(t, s), "the-code")

	client := s.Client()
	require.NoError(t, client.HSet(t.Context(), "wecom:tenants:suite", "ww2", client.HGet(t.Context(), "wecom:tenants:suite", "ww1").Val()).Err())
	_, err := suites.Tenant(t.Context(), "suite", "ww2")
	require.ErrorContains(t, err, "tenant ww2: what is stored is encrypted, and no key opens it")

	require.NoError(t, client.HSet(t.Context(), "wecom:tenants:suite", "ww1", "pthe-code", "ww2", "pthe-code").Err())
	require.NoError(t, client.HSet(t.Context(), "wecom:ticket:suite", "ticket", "pthe-ticket").Err())
	plain := newSuites(t, s)
	_, err = plain.Tenant(t.Context(), "suite", "ww1")
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "the-code")
	walked := 0
	for tenant, err := range plain.Tenants(t.Context(), "suite") {
		require.Error(t, err)
		assert.Zero(t, tenant)
		walked++
	}
	assert.Equal(t, 1, walked, "a walk ends with the first error")
	_, err = plain.Ticket(t.Context(), "suite")
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "the-ticket")
}

func TestSuiteOutages(t *testing.T) {
	t.Parallel()
	for _, tt := range outages() {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := redistest.Start(t, redistest.Persistent())
			suites := newSuites(t, s)
			ticket := isv.Ticket{Value: "the-ticket", Pushed: time.Now().Truncate(time.Second)}
			tenant := isv.Tenant{SuiteID: "suite", CorpID: "ww1", PermanentCode: "the-code"}
			require.NoError(t, suites.PutTicket(t.Context(), "suite", ticket))
			require.NoError(t, suites.PutTenant(t.Context(), tenant))

			tt.begin(s)
			calls := map[string]func() error{
				"Ticket":       func() error { _, err := suites.Ticket(t.Context(), "suite"); return err },
				"PutTicket":    func() error { return suites.PutTicket(t.Context(), "suite", ticket) },
				"Tenant":       func() error { _, err := suites.Tenant(t.Context(), "suite", "ww1"); return err },
				"PutTenant":    func() error { return suites.PutTenant(t.Context(), tenant) },
				"DeleteTenant": func() error { return suites.DeleteTenant(t.Context(), "suite", "ww0") },
				"Tenants": func() error {
					var last error
					for _, err := range suites.Tenants(t.Context(), "suite") {
						last = err
					}
					return last
				},
			}
			patient(t, bound, func() {
				var wg sync.WaitGroup
				for name, call := range calls {
					wg.Go(func() {
						err := call()
						if assert.Error(t, err, name) {
							assert.NotErrorIs(t, err, isv.ErrNotAuthorized, "what is not known is not cancelled")
							assert.NotRegexp(t, "the-ticket|the-code", err.Error())
						}
					})
				}
				wg.Wait()
			})

			tt.over(s)
			eventually(t, "the store works again", func() bool {
				got, err := suites.Tenant(t.Context(), "suite", "ww1")
				return err == nil && got.PermanentCode == tenant.PermanentCode
			})
			got, err := suites.Ticket(t.Context(), "suite")
			require.NoError(t, err)
			assert.Equal(t, ticket.Value, got.Value)
		})
	}
}
