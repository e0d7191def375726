package isv_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/wecom"
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
		time.Sleep(time.Minute)
	})
}

// An inbox goes on for twenty hours.
func TestUnstoredCodeSurvivesALongOutage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, store := &peer{}, &brokenTenants{MemoryStore: new(isv.MemoryStore), putFails: 10_000}
		s := p.suite(t, isv.WithTenants(store))
		_, err := s.TakeAuth(t.Context(), authEvent("wwcorp:code", time.Now()))
		require.ErrorContains(t, err, "the disk is full")

		time.Sleep(20 * time.Hour)
		_, err = s.Authorize(t.Context(), "wwother:code") // forgets what is old
		require.Error(t, err)
		store.repair()
		_, err = s.TakeAuth(t.Context(), authEvent("wwcorp:code", time.Now().Add(-20*time.Hour)))
		require.NoError(t, err)
		got, err := store.Tenant(t.Context(), "wwsuite", "wwcorp")
		require.NoError(t, err)
		assert.Equal(t, "s3cr3t-for-wwcorp:code", got.PermanentCode)
		time.Sleep(time.Minute) // wwother is stored, too
	})
}

// Nobody asks again: with workers alone a notice that fails is lost, and from a
// shared inbox it may go to a process that cannot finish it.
func TestUnstoredCodeIsStoredWhenTheStoreIsBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, store := &peer{}, &brokenTenants{MemoryStore: new(isv.MemoryStore), putFails: 1000}
		s := p.suite(t, isv.WithTenants(store))
		for range 3 { // who asks again meanwhile starts nothing more
			_, err := s.TakeAuth(t.Context(), authEvent("wwcorp:code", time.Now()))
			require.ErrorContains(t, err, "the disk is full")
		}

		time.Sleep(time.Hour)
		tries := 1000 - store.repair()
		assert.Greater(t, tries, 60)
		assert.Less(t, tries, 100)
		time.Sleep(time.Minute)

		got, err := store.Tenant(t.Context(), "wwsuite", "wwcorp")
		require.NoError(t, err)
		assert.Equal(t, "s3cr3t-for-wwcorp:code", got.PermanentCode)
		assert.EqualValues(t, 1000007, got.AgentID)
		assert.Len(t, p.to(permanentCode), 1)
	})
}

// A store that never comes back does not fill the memory.
func TestUnstoredCodesAreForgottenInTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, store := &peer{}, &brokenTenants{MemoryStore: new(isv.MemoryStore), putFails: 10_000}
		s := p.suite(t, isv.WithTenants(store))
		_, err := s.Authorize(t.Context(), "wwcorp:code")
		require.ErrorContains(t, err, "the disk is full")

		time.Sleep(25 * time.Hour)
		store.repair()
		_, err = s.Authorize(t.Context(), "wwother:code")
		require.NoError(t, err)
		_, err = s.Authorize(t.Context(), "wwcorp:code")
		require.ErrorContains(t, err, "40078")
	})
}

// A gate holds up one call of a store until it is opened.
type gate struct {
	*isv.MemoryStore

	at    string // the call
	hit   chan struct{}
	opens chan struct{}
}

func newGate(at string) *gate {
	return &gate{MemoryStore: new(isv.MemoryStore), at: at, hit: make(chan struct{}), opens: make(chan struct{})}
}

func (g *gate) pass(call string) {
	if g.at != call {
		return
	}
	g.at = ""
	close(g.hit)
	<-g.opens
}

func (g *gate) Tenant(ctx context.Context, suiteID, corpID string) (isv.Tenant, error) {
	t, err := g.MemoryStore.Tenant(ctx, suiteID, corpID)
	g.pass("after Tenant")
	return t, err
}

func (g *gate) PutTenant(ctx context.Context, t isv.Tenant) error {
	g.pass("before PutTenant")
	return g.MemoryStore.PutTenant(ctx, t)
}

func (g *gate) DeleteTenant(ctx context.Context, suiteID, corpID string) error {
	g.pass("before DeleteTenant")
	return g.MemoryStore.DeleteTenant(ctx, suiteID, corpID)
}

// A corp cancels and authorises again, and two workers have the notices in hand
// at once: the cancellation must not delete what it has not seen.
func TestCancelMeetsReauthorisation(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"after Tenant", "before DeleteTenant"} {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				store := newGate("")
				s := new(peer).suite(t, isv.WithTenants(store))
				now := time.Now()
				_, err := s.TakeAuth(t.Context(), authEvent("wwcorp:first", now.Add(-time.Hour)))
				require.NoError(t, err)

				store.at = at
				var both sync.WaitGroup
				both.Go(func() {
					_, err := s.TakeCancel(t.Context(), cancelEvent(now.Add(-time.Minute)))
					assert.NoError(t, err)
				})
				<-store.hit
				both.Go(func() {
					_, err := s.TakeAuth(t.Context(), authEvent("wwcorp:second", now))
					assert.NoError(t, err)
				})
				synctest.Wait()
				close(store.opens)
				both.Wait()

				got, err := store.Tenant(t.Context(), "wwsuite", "wwcorp")
				require.NoError(t, err)
				assert.Equal(t, "s3cr3t-for-wwcorp:second", got.PermanentCode)
			})
		})
	}
}

// The agentid is written down while the corp cancels: that must not bring it
// back.
func TestCancelMeetsChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := newGate("")
		s := new(peer).suite(t, isv.WithTenants(store))
		require.NoError(t, store.PutTenant(t.Context(), isv.Tenant{SuiteID: "wwsuite", CorpID: "wwcorp", PermanentCode: "s3cr3t"}))

		store.at = "before PutTenant"
		var both sync.WaitGroup
		both.Go(func() {
			_, err := s.TakeChange(t.Context(), changeEvent("wwcorp", time.Now()))
			assert.NoError(t, err)
		})
		<-store.hit
		both.Go(func() {
			_, err := s.TakeCancel(t.Context(), cancelEvent(time.Now()))
			assert.NoError(t, err)
		})
		synctest.Wait()
		close(store.opens)
		both.Wait()

		_, err := s.Client(t.Context(), "wwcorp")
		require.ErrorIs(t, err, isv.ErrNotAuthorized)
	})
}

// The corp cancels while its permanent code is on its way to the store.
func TestCancelMeetsStoring(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := newGate("before PutTenant")
		s := new(peer).suite(t, isv.WithTenants(store))
		var both sync.WaitGroup
		both.Go(func() { _, _ = s.TakeAuth(t.Context(), authEvent("wwcorp:code", time.Now())) })
		<-store.hit
		both.Go(func() {
			_, err := s.TakeCancel(t.Context(), cancelEvent(time.Now().Add(time.Minute)))
			assert.NoError(t, err)
		})
		synctest.Wait()
		close(store.opens)
		both.Wait()

		_, err := s.Client(t.Context(), "wwcorp")
		require.ErrorIs(t, err, isv.ErrNotAuthorized)
	})
}

// A corp cancels before its permanent code is stored: it is not stored then,
// neither by the exchange that is under way nor by a later one.
func TestCancelBeforeTheCodeIsStored(t *testing.T) {
	t.Parallel()
	for _, fails := range []int{3, 6} {
		t.Run(fmt.Sprint(fails, " failures"), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p, store := &peer{}, &brokenTenants{MemoryStore: new(isv.MemoryStore), putFails: fails}
				s := p.suite(t, isv.WithTenants(store))
				begun := time.Now()
				var exchange sync.WaitGroup
				exchange.Go(func() {
					_, err := s.TakeAuth(t.Context(), authEvent("wwcorp:code", begun))
					if fails < 6 {
						assert.ErrorIs(t, err, isv.ErrNotAuthorized)
						assert.Less(t, time.Since(begun), time.Second, "no more attempts")
					} else {
						assert.Error(t, err)
					}
				})
				if fails == 6 {
					exchange.Wait()
				}
				time.Sleep(200 * time.Millisecond)

				cancelled, err := s.TakeCancel(t.Context(), cancelEvent(begun.Add(time.Second)))
				require.NoError(t, err)
				assert.True(t, cancelled)
				exchange.Wait()

				_, err = s.TakeAuth(t.Context(), authEvent("wwcorp:code", begun))
				require.True(t, wecom.IsCode(err, wecom.CodeInvalidAuthCode), "%v", err)
				time.Sleep(time.Minute)
				_, err = store.Tenant(t.Context(), "wwsuite", "wwcorp")
				require.ErrorIs(t, err, isv.ErrNotAuthorized)
			})
		})
	}
}

// The cancellation of before comes while the new permanent code waits for the
// store.
func TestLateCancelBeforeTheCodeIsStored(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, store := &peer{}, &brokenTenants{MemoryStore: new(isv.MemoryStore), putFails: 6}
		s := p.suite(t, isv.WithTenants(store))
		now := time.Now()
		_, err := s.TakeAuth(t.Context(), authEvent("wwcorp:second", now))
		require.Error(t, err)

		_, err = s.TakeCancel(t.Context(), cancelEvent(now.Add(-time.Minute)))
		require.NoError(t, err)
		_, err = s.TakeAuth(t.Context(), authEvent("wwcorp:second", now))
		require.NoError(t, err)
		time.Sleep(time.Minute)

		_, err = s.Client(t.Context(), "wwcorp")
		require.NoError(t, err)
	})
}

// Two permanent codes of a corp wait for the store: the older must not replace
// the newer when it comes back.
func TestOlderCodeIsNotStoredOverNewer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, store := &peer{}, &brokenTenants{MemoryStore: new(isv.MemoryStore), putFails: 12}
		s := p.suite(t, isv.WithTenants(store))
		first, second := authEvent("wwcorp:first", time.Now().Add(-time.Hour)), authEvent("wwcorp:second", time.Now())
		for _, e := range []*callback.CreateAuth{first, second} {
			_, err := s.TakeAuth(t.Context(), e)
			require.ErrorContains(t, err, "the disk is full")
		}

		_, err := s.TakeAuth(t.Context(), second)
		require.NoError(t, err)
		_, err = s.TakeAuth(t.Context(), first)
		require.Error(t, err)
		time.Sleep(time.Minute)

		got, err := store.Tenant(t.Context(), "wwsuite", "wwcorp")
		require.NoError(t, err)
		assert.Equal(t, "s3cr3t-for-wwcorp:second", got.PermanentCode)
	})
}

// The exchange ends after the corp has cancelled: the event that comes again
// must not find it a success.
func TestCancelledExchangeIsNotRemembered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &peer{}
		s := p.suite(t)
		p.on(authInfo, func(c call) string {
			time.Sleep(time.Second)
			return p.usual(c)
		})
		now := time.Now()
		var exchange sync.WaitGroup
		exchange.Go(func() { _, _ = s.TakeAuth(t.Context(), authEvent("wwcorp:code", now)) })
		time.Sleep(500 * time.Millisecond)
		_, err := s.TakeCancel(t.Context(), cancelEvent(now.Add(time.Minute)))
		require.NoError(t, err)
		exchange.Wait()

		_, err = s.TakeAuth(t.Context(), authEvent("wwcorp:code", now))
		require.Error(t, err)
		_, err = s.Client(t.Context(), "wwcorp")
		require.ErrorIs(t, err, isv.ErrNotAuthorized)
	})
}
