package wecom_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
)

// A brokenStore fails in the way that its functions say.
type brokenStore struct {
	get  func(context.Context) (wecom.Token, error)
	set  func(context.Context) error
	lock func(context.Context) (func(), error)
}

func (s brokenStore) Get(ctx context.Context, _ string) (wecom.Token, error) { return s.get(ctx) }
func (s brokenStore) Set(ctx context.Context, _ string, _ wecom.Token) error { return s.set(ctx) }
func (s brokenStore) Lock(ctx context.Context, _ string, _ time.Duration) (func(), error) {
	return s.lock(ctx)
}

func TestBrokenStoreCostsALogLine(t *testing.T) {
	t.Parallel()
	down := errors.New("connection refused")
	good := brokenStore{
		get:  func(context.Context) (wecom.Token, error) { return wecom.Token{}, nil },
		set:  func(context.Context) error { return nil },
		lock: func(context.Context) (func(), error) { return func() {}, nil },
	}
	stored := func(value string, life time.Duration) func(context.Context) (wecom.Token, error) {
		return func(context.Context) (wecom.Token, error) {
			return wecom.Token{Value: value, ExpiresAt: time.Now().Add(life)}, nil
		}
	}
	// deaf waits for d whatever its ctx says.
	deaf := func(d time.Duration) { time.Sleep(d) }

	tests := []struct {
		name   string
		change func(*brokenStore)
		most   time.Duration // that the first call may take
		logged string
	}{
		{"get fails", func(s *brokenStore) {
			s.get = func(context.Context) (wecom.Token, error) { return wecom.Token{}, down }
		}, 0, `"step":"get"`},
		{"set fails", func(s *brokenStore) { s.set = func(context.Context) error { return down } }, 0, `"step":"set"`},
		{"lock fails", func(s *brokenStore) { s.lock = func(context.Context) (func(), error) { return nil, down } }, 0, `"step":"lock"`},
		{"lock returns nothing", func(s *brokenStore) { s.lock = func(context.Context) (func(), error) { return nil, nil } }, 0, `"step":"lock"`},
		{"get hangs", func(s *brokenStore) {
			s.get = func(context.Context) (wecom.Token, error) { deaf(time.Hour); return wecom.Token{}, nil }
		}, 5 * time.Second, "no answer within"},
		{"set hangs", func(s *brokenStore) { s.set = func(context.Context) error { deaf(time.Hour); return nil } }, 5 * time.Second, "no answer within"},
		{"lock hangs", func(s *brokenStore) {
			s.lock = func(context.Context) (func(), error) { deaf(time.Hour); return nil, down }
		}, 10 * time.Second, "no answer within"},
		{"unlock hangs", func(s *brokenStore) {
			s.lock = func(context.Context) (func(), error) { return func() { deaf(time.Hour) }, nil }
		}, 5 * time.Second, `"step":"unlock"`},
		{"lock waits as long as it may", func(s *brokenStore) {
			s.lock = func(ctx context.Context) (func(), error) { <-ctx.Done(); return nil, ctx.Err() }
		}, 10 * time.Second, `"step":"lock"`},
		{"token too long", func(s *brokenStore) { s.get = stored(strings.Repeat("x", 513), time.Hour) }, 0, "rubbish"},
		{"token with a line break", func(s *brokenStore) { s.get = stored("tok\r\nX-Evil: 1", time.Hour) }, 0, "rubbish"},
		{"token that never ends", func(s *brokenStore) { s.get = stored("tok", 1e6*time.Hour) }, 0, "rubbish"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				store := good
				test.change(&store)
				var log logBook
				p := &peer{}
				c := p.client(t, wecom.WithTokenStore(store), wecom.WithLogger(log.logger()))
				start := time.Now()

				require.NoError(t, call(t.Context(), c, opRead))
				assert.LessOrEqual(t, time.Since(start), test.most)
				for range 10 {
					require.NoError(t, call(t.Context(), c, opRead))
				}

				assert.Equal(t, 1, p.tokens(), "the token stays in local memory")
				assert.Contains(t, log.String(), test.logged)
				time.Sleep(2 * time.Hour) // let what hangs come back
			})
		})
	}
}

func TestExpiredTokenInTheStoreIsNotUsed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &peer{}
		store := new(wecom.MemoryStore)
		require.NoError(t, call(t.Context(), p.client(t, wecom.WithTokenStore(store)), opRead))
		time.Sleep(2*time.Hour + time.Second)
		require.NoError(t, call(t.Context(), p.client(t, wecom.WithTokenStore(store)), opRead))
		assert.Equal(t, 2, p.tokens())
	})
}

func TestTokenRefusedElsewhereIsReplacedFromTheStore(t *testing.T) {
	t.Parallel()
	revoked := map[string]bool{}
	p := &peer{}
	p.serve = refuseTokens(revoked)
	store := new(wecom.MemoryStore)
	one := p.client(t, wecom.WithTokenStore(store))
	two := p.client(t, wecom.WithTokenStore(store))
	require.NoError(t, call(t.Context(), one, opRead))
	require.NoError(t, call(t.Context(), two, opRead))
	require.Equal(t, 1, p.tokens())

	revoked["tok-1"] = true
	require.NoError(t, call(t.Context(), one, opRead)) // fetches tok-2 and shares it
	require.NoError(t, call(t.Context(), two, opRead)) // finds tok-2 in the store

	assert.Equal(t, 2, p.tokens())
}

// Machines hold tokens of different ages, and WeCom ends them all at once: what
// the store has is then no better than what was refused.
func TestTokenInTheStoreHasEndedToo(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		revoked []string
		calls   int  // of the operation
		tokens  int  // fetched
		refused bool // in the end
	}{
		{"the first", []string{"tok-1"}, 2, 2, false},
		{"the stored one, too", []string{"tok-1", "tok-2"}, 3, 3, false},
		{"and the next one", []string{"tok-1", "tok-2", "tok-3"}, 3, 3, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			revoked := map[string]bool{}
			p := &peer{}
			p.serve = refuseTokens(revoked)
			store := new(wecom.MemoryStore)
			one, two := p.client(t, wecom.WithTokenStore(store)), p.client(t, wecom.WithTokenStore(store))
			require.NoError(t, call(t.Context(), one, opRead))
			require.NoError(t, call(t.Context(), two, opRead))
			revoked["tok-1"] = true
			require.NoError(t, call(t.Context(), one, opRead)) // shares tok-2, and two holds tok-1
			before := p.count(opRead.Path)
			for _, tok := range tt.revoked {
				revoked[tok] = true
			}

			err := call(t.Context(), two, opRead)

			assert.Equal(t, tt.refused, errors.Is(err, wecom.ErrInvalidToken), "%v", err)
			assert.Equal(t, tt.calls, p.count(opRead.Path)-before)
			assert.Equal(t, tt.tokens, p.tokens())
		})
	}
}

func TestLateLockIsGivenBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		unlocked := false
		store := brokenStore{
			get: func(context.Context) (wecom.Token, error) { return wecom.Token{}, nil },
			set: func(context.Context) error { return nil },
			lock: func(context.Context) (func(), error) {
				time.Sleep(time.Minute)
				return func() { unlocked = true }, nil
			},
		}
		p := &peer{}
		require.NoError(t, call(t.Context(), p.client(t, wecom.WithTokenStore(store)), opRead))
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		assert.True(t, unlocked)
	})
}

// A fetch that used up the load's time must not take the lock's release with it.
func TestLockIsReleasedAfterALoadThatTimedOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		unlocked := false
		store := brokenStore{
			get:  func(context.Context) (wecom.Token, error) { return wecom.Token{}, nil },
			set:  func(context.Context) error { return nil },
			lock: func(context.Context) (func(), error) { return func() { unlocked = true }, nil },
		}
		var log logBook
		p := &peer{fault: func(r *http.Request) error { <-r.Context().Done(); return r.Context().Err() }}
		c := p.client(t, wecom.WithTokenStore(store), wecom.WithTimeout(time.Hour), wecom.WithLogger(log.logger()))
		start := time.Now()
		require.ErrorIs(t, call(t.Context(), c, opRead), context.DeadlineExceeded)
		assert.Equal(t, 45*time.Second, time.Since(start))
		assert.True(t, unlocked)
		assert.NotContains(t, log.String(), `"step":"unlock"`)
	})
}
