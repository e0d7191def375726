package isv_test

import (
	"context"
	"errors"
	"iter"
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

func TestAuthorize(t *testing.T) {
	t.Parallel()
	p, tenants := &peer{}, new(isv.MemoryStore)
	s := p.suite(t, isv.WithTenants(tenants))

	auth, err := s.Authorize(t.Context(), "wwcorp:code")

	require.NoError(t, err)
	assert.Equal(t, "s3cr3t-for-wwcorp:code", auth.PermanentCode)
	assert.Equal(t, "wwcorp", auth.AuthCorpInfo.CorpID)
	assert.Equal(t, "Tea Ltd", auth.AuthCorpInfo.CorpFullName)
	assert.Equal(t, "boss", auth.AuthUserInfo.UserID)
	assert.Equal(t, int64(1000007), auth.AuthInfo.Agent[0].AgentID)
	got, err := tenants.Tenant(t.Context(), "wwsuite", "wwcorp")
	require.NoError(t, err)
	assert.WithinDuration(t, time.Now(), got.Authorized, time.Minute)
	got.Authorized = time.Time{}
	assert.Equal(t, isv.Tenant{SuiteID: "wwsuite", CorpID: "wwcorp", PermanentCode: "s3cr3t-for-wwcorp:code", AgentID: 1000007, CorpName: "Tea"}, got)
	assert.Equal(t, map[string]string{"auth_corpid": "wwcorp", "permanent_code": "s3cr3t-for-wwcorp:code"}, p.to(authInfo)[0].body)

	_, err = s.Client(t.Context(), "wwcorp")
	require.NoError(t, err)
	one, err := s.Tenant(t.Context(), "wwcorp")
	require.NoError(t, err)
	assert.EqualValues(t, 1000007, one.AgentID)
	_, err = s.Tenant(t.Context(), "wwstranger")
	require.ErrorIs(t, err, isv.ErrNotAuthorized)
	for tenant, err := range s.Tenants(t.Context()) {
		require.NoError(t, err)
		assert.Equal(t, "wwcorp", tenant.CorpID)
	}
}

// The code comes by the callback, once more by the callback, and with the
// admin's browser: it is exchanged once.
func TestAuthCodeIsExchangedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &peer{}
		s := p.suite(t)
		var ways sync.WaitGroup
		for range 3 {
			ways.Go(func() {
				auth, err := s.Authorize(t.Context(), "wwcorp:code")
				if assert.NoError(t, err) {
					assert.Equal(t, "wwcorp", auth.AuthCorpInfo.CorpID)
				}
			})
			ways.Go(func() {
				auth, err := s.TakeAuth(t.Context(), authEvent("wwcorp:code", time.Now()))
				if assert.NoError(t, err) {
					assert.Equal(t, "wwcorp", auth.AuthCorpInfo.CorpID)
				}
			})
		}
		ways.Wait()
		time.Sleep(9 * time.Minute)
		_, err := s.TakeAuth(t.Context(), authEvent("wwcorp:code", time.Now()))
		require.NoError(t, err)
		assert.Len(t, p.to(permanentCode), 1)
		assert.Len(t, p.to(authInfo), 1)

		_, err = s.Authorize(t.Context(), "wwother:code")
		require.NoError(t, err)
		time.Sleep(2 * time.Minute)
		_, err = s.Authorize(t.Context(), "wwthird:code")
		require.NoError(t, err, "which forgets what is older than ten minutes")
		_, err = s.Authorize(t.Context(), "wwcorp:code")
		require.True(t, wecom.IsCode(err, wecom.CodeInvalidAuthCode), "%v", err)
		assert.NotContains(t, err.Error(), "wwcorp:code")
	})
}

// The exchange goes on when the browser of the admin does not wait for it.
func TestExchangeOutlivesItsCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &peer{}
		s := p.suite(t)
		p.on(permanentCode, func(c call) string {
			time.Sleep(3 * time.Second)
			return p.usual(c)
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()

		_, err := s.Authorize(ctx, "wwcorp:code")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		_, err = s.Authorize(t.Context(), "wwcorp:code")
		require.NoError(t, err)

		assert.Len(t, p.to(permanentCode), 1)
	})
}

func TestAuthorizeRefuses(t *testing.T) {
	t.Parallel()
	p := &peer{}
	s := p.suite(t)
	_, err := s.Authorize(t.Context(), "")
	require.ErrorContains(t, err, "empty auth code")
	foreign := authEvent("wwcorp:code", time.Now())
	foreign.SuiteID = "wwother"
	_, err = s.TakeAuth(t.Context(), foreign)
	require.ErrorContains(t, err, "came to suite wwsuite")
	assert.Empty(t, p.calls)

	p.on(permanentCode, func(call) string { return `{"errcode":0,"permanent_code":"s3cr3t"}` })
	_, err = s.Authorize(t.Context(), "wwcorp:code")
	require.ErrorContains(t, err, "success without a permanent code or a corp")
	assert.NotContains(t, err.Error(), "s3cr3t")
}

// WeCom's answer may repeat the code.
func TestAuthCodeStaysOutOfErrors(t *testing.T) {
	t.Parallel()
	p := &peer{}
	s := p.suite(t)
	p.on(permanentCode, func(call) string { return `{"errcode":40078,"errmsg":"invalid auth_code s3cr3t-auth-code"}` })

	_, err := s.Authorize(t.Context(), "s3cr3t-auth-code")

	require.ErrorContains(t, err, "invalid auth_code")
	assert.NotContains(t, err.Error(), "s3cr3t")
}

// A permanent code that cannot be stored is tried to be stored again, and is not
// lost with the error: the next Authorize stores it.
func TestPermanentCodeIsNotLost(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		failures int
		fails    bool
	}{
		{"for a moment", 3, false},
		{"for long", 7, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p, store := &peer{}, &brokenTenants{MemoryStore: new(isv.MemoryStore), putFails: tt.failures}
				s := p.suite(t, isv.WithTenants(store))

				_, err := s.Authorize(t.Context(), "wwcorp:code")
				if tt.fails {
					require.ErrorContains(t, err, "keeping tenant wwcorp of suite wwsuite: the disk is full")
					_, err = s.Authorize(t.Context(), "wwcorp:code")
				}
				require.NoError(t, err)

				assert.Len(t, p.to(permanentCode), 1)
				got, err := store.Tenant(t.Context(), "wwsuite", "wwcorp")
				require.NoError(t, err)
				assert.Equal(t, "s3cr3t-for-wwcorp:code", got.PermanentCode)
				time.Sleep(time.Minute)
			})
		})
	}
}

// A brokenTenants fails as often as it is told to.
type brokenTenants struct {
	*isv.MemoryStore

	down bool // for reading and deleting

	mu       sync.Mutex // guards putFails: a suite also puts what it could not, by itself
	putFails int
}

func (b *brokenTenants) PutTenant(ctx context.Context, t isv.Tenant) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.putFails--; b.putFails >= 0 {
		return errors.New("the disk is full")
	}
	return b.MemoryStore.PutTenant(ctx, t)
}

// repair returns how many failures were left.
func (b *brokenTenants) repair() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	left := max(b.putFails, 0)
	b.putFails = 0
	return left
}

func (b *brokenTenants) Tenant(ctx context.Context, suiteID, corpID string) (isv.Tenant, error) {
	if b.down {
		return isv.Tenant{}, errors.New("the database is down")
	}
	return b.MemoryStore.Tenant(ctx, suiteID, corpID)
}

func (b *brokenTenants) DeleteTenant(ctx context.Context, suiteID, corpID string) error {
	if b.down {
		return errors.New("the database is down")
	}
	return b.MemoryStore.DeleteTenant(ctx, suiteID, corpID)
}

func (b *brokenTenants) Tenants(ctx context.Context, suiteID string) iter.Seq2[isv.Tenant, error] {
	return b.MemoryStore.Tenants(ctx, suiteID)
}

// What was granted cannot be read: the corp is a tenant all the same, and the
// next Authorize reads it.
func TestWhatWasGrantedIsReadLater(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &peer{}
		s := p.suite(t)
		p.on(authInfo, func(call) string { return refusal(-1) })

		_, err := s.Authorize(t.Context(), "wwcorp:code")
		require.ErrorIs(t, err, wecom.ErrBusy)
		require.ErrorContains(t, err, "corp wwcorp has authorised suite wwsuite")
		_, err = s.Client(t.Context(), "wwcorp")
		require.NoError(t, err)

		p.on(authInfo, p.usual)
		auth, err := s.Authorize(t.Context(), "wwcorp:code")
		require.NoError(t, err)
		assert.Equal(t, int64(1000007), auth.AuthInfo.Agent[0].AgentID)
		assert.Len(t, p.to(permanentCode), 1)
	})
}

// The connection breaks: to ask again with the same code does no harm, and may
// save the permanent code.
func TestLostReplyIsAskedForAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &peer{}
		s := p.suite(t)
		p.on(permanentCode, func(c call) string {
			if c.n == 1 {
				return lost
			}
			return p.usual(c)
		})
		_, err := s.Authorize(t.Context(), "wwcorp:code")
		require.NoError(t, err)
		assert.Len(t, p.to(permanentCode), 2)
	})
}

func TestCancel(t *testing.T) {
	t.Parallel()
	p := &peer{}
	s := p.suite(t)
	auth, err := s.TakeAuth(t.Context(), authEvent("wwcorp:code", time.Now()))
	require.NoError(t, err)
	kept, err := s.Client(t.Context(), auth.AuthCorpInfo.CorpID)
	require.NoError(t, err)

	cancelled, err := s.TakeCancel(t.Context(), cancelEvent(time.Now().Add(time.Minute)))

	require.NoError(t, err)
	assert.True(t, cancelled)
	_, err = s.Client(t.Context(), "wwcorp")
	require.ErrorIs(t, err, isv.ErrNotAuthorized)
	_, err = s.GetAuthInfo(t.Context(), "wwcorp")
	require.ErrorIs(t, err, isv.ErrNotAuthorized)
	_, err = wecom.Do[wecom.Empty](t.Context(), kept, opSome(), nil)
	require.ErrorIs(t, err, isv.ErrNotAuthorized, "a kept client fails when it needs a token")
	assert.Empty(t, p.to(corpToken))

	cancelled, err = s.TakeCancel(t.Context(), cancelEvent(time.Now().Add(time.Minute)))
	require.NoError(t, err)
	assert.True(t, cancelled, "again is no harm")
	_, err = s.TakeAuth(t.Context(), authEvent("wwcorp:code", time.Now()))
	require.True(t, wecom.IsCode(err, wecom.CodeInvalidAuthCode), "a late create_auth does not bring it back: %v", err)
}

// A corp cancels and authorises again; the notice of the first comes last.
func TestLateCancel(t *testing.T) {
	t.Parallel()
	p := &peer{}
	s := p.suite(t)
	now := time.Now()
	_, err := s.TakeAuth(t.Context(), authEvent("wwcorp:first", now.Add(-time.Hour)))
	require.NoError(t, err)
	before, err := s.Client(t.Context(), "wwcorp")
	require.NoError(t, err)
	_, err = s.TakeAuth(t.Context(), authEvent("wwcorp:second", now))
	require.NoError(t, err)

	cancelled, err := s.TakeCancel(t.Context(), cancelEvent(now.Add(-time.Minute)))

	require.NoError(t, err)
	assert.False(t, cancelled)
	c, err := s.Client(t.Context(), "wwcorp")
	require.NoError(t, err)
	assert.NotSame(t, before, c, "the new permanent code has a client of its own")
	_, err = c.Token(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "s3cr3t-for-wwcorp:second", p.to(corpToken)[0].body["permanent_code"])
	same, err := s.Client(t.Context(), "wwcorp")
	require.NoError(t, err)
	assert.Same(t, c, same)
}

func TestCancelFails(t *testing.T) {
	t.Parallel()
	store := &brokenTenants{MemoryStore: new(isv.MemoryStore), down: true}
	s := new(peer).suite(t, isv.WithTenants(store))
	_, err := s.TakeCancel(t.Context(), cancelEvent(time.Now()))
	require.ErrorContains(t, err, "the database is down")
	foreign := cancelEvent(time.Now())
	foreign.SuiteID = "wwother"
	_, err = s.TakeCancel(t.Context(), foreign)
	require.ErrorContains(t, err, "came to suite wwsuite")
}

// While the store is down, corps that were asked for before go on.
func TestTenantStoreIsDown(t *testing.T) {
	t.Parallel()
	p, store := &peer{}, &brokenTenants{MemoryStore: new(isv.MemoryStore)}
	s := p.suite(t, isv.WithTenants(store))
	for _, corp := range []string{"wwcorp", "wwother"} {
		require.NoError(t, store.PutTenant(t.Context(), isv.Tenant{SuiteID: "wwsuite", CorpID: corp, PermanentCode: "s3cr3t-" + corp}))
	}
	_, err := s.Client(t.Context(), "wwcorp")
	require.NoError(t, err)
	store.down = true

	c, err := s.Client(t.Context(), "wwcorp")
	require.NoError(t, err)
	_, err = c.Token(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "s3cr3t-wwcorp", p.to(corpToken)[0].body["permanent_code"])

	_, err = s.Client(t.Context(), "wwother")
	require.ErrorContains(t, err, "reading tenant wwother of suite wwsuite: the database is down")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = s.Client(gone, "wwcorp")
	require.Error(t, err)
}

// A store that hangs is as good as one that fails.
func TestTenantStoreHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, store := &peer{}, &hangingTenants{MemoryStore: new(isv.MemoryStore)}
		s := p.suite(t, isv.WithTenants(store))
		require.NoError(t, store.PutTenant(t.Context(), isv.Tenant{SuiteID: "wwsuite", CorpID: "wwcorp", PermanentCode: "s3cr3t"}))
		_, err := s.Client(t.Context(), "wwcorp")
		require.NoError(t, err)
		store.hangs = true

		begun := time.Now()
		c, err := s.Client(t.Context(), "wwcorp")
		require.NoError(t, err)
		_, err = c.Token(t.Context())
		require.NoError(t, err)
		assert.LessOrEqual(t, time.Since(begun), 20*time.Second)
		_, err = s.Client(t.Context(), "wwother")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		_, err = s.TakeCancel(t.Context(), cancelEvent(begun))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		store.hangs = false
		_, err = s.TakeCancel(t.Context(), cancelEvent(begun))
		require.NoError(t, err)
	})
}

// A hangingTenants answers when its caller has no more patience.
type hangingTenants struct {
	*isv.MemoryStore

	hangs bool
}

func (h *hangingTenants) Tenant(ctx context.Context, suiteID, corpID string) (isv.Tenant, error) {
	if h.hangs {
		<-ctx.Done()
		return isv.Tenant{}, ctx.Err()
	}
	return h.MemoryStore.Tenant(ctx, suiteID, corpID)
}

func TestChange(t *testing.T) {
	t.Parallel()
	p := &peer{}
	s := p.tenantSuite(t)
	e := changeEvent("wwcorp", time.Now())
	e.State = "fair"

	change, err := s.TakeChange(t.Context(), e)

	require.NoError(t, err)
	assert.Equal(t, "fair", change.State)
	assert.Equal(t, "Tea Ltd", change.AuthCorpInfo.CorpFullName)
	for tenant, err := range s.Tenants(t.Context()) {
		require.NoError(t, err)
		assert.Equal(t, int64(1000007), tenant.AgentID, "the store learns what it did not know")
	}
	_, err = s.TakeChange(t.Context(), changeEvent("wwstranger", time.Now()))
	require.ErrorIs(t, err, isv.ErrNotAuthorized)
}

// A delegated app gets a new secret.
func TestReset(t *testing.T) {
	t.Parallel()
	p := &peer{}
	s := p.tenantSuite(t, isv.WithAppTemplate())
	before, err := s.Client(t.Context(), "wwcorp")
	require.NoError(t, err)

	_, err = s.TakeReset(t.Context(), &callback.ResetPermanentCode{Header: head("reset_permanent_code", time.Now()), AuthCode: "wwcorp:reset"})

	require.NoError(t, err)
	c, err := s.Client(t.Context(), "wwcorp")
	require.NoError(t, err)
	assert.NotSame(t, before, c)
	_, err = c.Token(t.Context())
	require.NoError(t, err)
	assert.Contains(t, p.to(ownToken)[0].query, "corpsecret=s3cr3t-for-wwcorp%3Areset")
}
