package isv_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/isv"
)

// A process that serves 5,000 corps: what the client and the token of one that
// is not calling take, and that no goroutine waits for any of them.
func TestMemoryOfManyTenants(t *testing.T) { // not parallel: it measures
	const corps = 5000
	p, tenants, tokens := &peer{}, new(isv.MemoryStore), new(wecom.MemoryStore)
	s := p.suite(t, isv.WithTenants(tenants), isv.WithTokenStore(tokens))
	for i := range corps {
		require.NoError(t, tenants.PutTenant(t.Context(), isv.Tenant{SuiteID: "wwsuite", CorpID: fmt.Sprintf("wpAAAAAAAAAAAAAAAAAAAAAAAAAA%04d", i), PermanentCode: fmt.Sprintf("%043d", i)}))
	}
	_, err := s.Self().Token(t.Context())
	require.NoError(t, err)
	all := make([]string, 0, corps)
	for v, err := range s.Tenants(t.Context()) {
		require.NoError(t, err)
		all = append(all, v.CorpID)
	}
	heap := func() uint64 {
		p.mu.Lock()
		p.calls = nil // what the peer remembers is not the suite's
		p.mu.Unlock()
		var m runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before, goroutines := heap(), runtime.NumGoroutine()

	for _, corp := range all {
		c, err := s.Client(t.Context(), corp)
		require.NoError(t, err)
		_, err = c.Token(t.Context())
		require.NoError(t, err)
	}

	perTenant := (int64(heap()) - int64(before)) / corps
	t.Logf("%d bytes for each tenant with a token", perTenant)
	assert.Less(t, perTenant, int64(4096))
	assert.LessOrEqual(t, runtime.NumGoroutine(), goroutines+5)
	runtime.KeepAlive(s)
}

func BenchmarkClient(b *testing.B) {
	tenants := new(isv.MemoryStore)
	require.NoError(b, tenants.PutTenant(b.Context(), isv.Tenant{SuiteID: "wwsuite", CorpID: "wwcorp", PermanentCode: "s3cr3t"}))
	s, err := isv.NewSuite(isv.SuiteCredential{SuiteID: "wwsuite", Secret: "s3cr3t"}, isv.WithTenants(tenants))
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Client(b.Context(), "wwcorp"); err != nil {
			b.Fatal(err)
		}
	}
}
