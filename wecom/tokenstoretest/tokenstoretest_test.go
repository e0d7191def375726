package tokenstoretest_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/tokenstoretest"
)

// A broken store is a MemoryStore but for what its functions replace.
type broken struct {
	wecom.MemoryStore

	get  func(s *wecom.MemoryStore, key string) (wecom.Token, error)
	set  func(s *wecom.MemoryStore, key string, tok wecom.Token) error
	lock func(ctx context.Context, s *wecom.MemoryStore, key string, ttl time.Duration) (func(), error)
}

func (b *broken) Get(ctx context.Context, key string) (wecom.Token, error) {
	if b.get != nil {
		return b.get(&b.MemoryStore, key)
	}
	return b.MemoryStore.Get(ctx, key)
}

func (b *broken) Set(ctx context.Context, key string, tok wecom.Token) error {
	if b.set != nil {
		return b.set(&b.MemoryStore, key, tok)
	}
	return b.MemoryStore.Set(ctx, key, tok)
}

func (b *broken) Lock(ctx context.Context, key string, ttl time.Duration) (func(), error) {
	if b.lock != nil {
		return b.lock(ctx, &b.MemoryStore, key, ttl)
	}
	return b.MemoryStore.Lock(ctx, key, ttl)
}

// brokenStores are stores by the check that must find them out.
func brokenStores() map[string]*broken {
	background := context.Background()
	return map[string]*broken{
		"a missing token is the zero Token and no error": {
			get: func(s *wecom.MemoryStore, key string) (wecom.Token, error) {
				tok, _ := s.Get(background, key)
				if tok.Value == "" {
					return tok, errors.New("nil")
				}
				return tok, nil
			},
		},
		"what is set is got": {
			set: func(*wecom.MemoryStore, string, wecom.Token) error { return nil },
		},
		"a token of 512 bytes is kept whole": {
			set: func(s *wecom.MemoryStore, key string, tok wecom.Token) error {
				tok.Value = tok.Value[:min(len(tok.Value), 255)]
				return s.Set(background, key, tok)
			},
		},
		"a later Set wins": {
			set: func(s *wecom.MemoryStore, key string, tok wecom.Token) error {
				if old, _ := s.Get(background, key); old.Value != "" {
					return nil
				}
				return s.Set(background, key, tok)
			},
		},
		"keys are kept apart": {
			get: func(s *wecom.MemoryStore, key string) (wecom.Token, error) {
				return s.Get(background, key[:len(key)-1])
			},
			set: func(s *wecom.MemoryStore, key string, tok wecom.Token) error {
				return s.Set(background, key[:len(key)-1], tok)
			},
		},
		"an expired token is not handed out as valid": {
			get: func(s *wecom.MemoryStore, key string) (wecom.Token, error) {
				tok, err := s.Get(background, key)
				tok.ExpiresAt = tok.ExpiresAt.Add(time.Hour)
				return tok, err
			},
		},
		"many goroutines at once": {
			set: func(s *wecom.MemoryStore, _ string, tok wecom.Token) error {
				err := s.Set(background, "the only one", tok)
				<-time.After(10 * time.Millisecond) // so that others come between
				return err
			},
			get: func(s *wecom.MemoryStore, _ string) (wecom.Token, error) {
				return s.Get(background, "the only one")
			},
		},
		"a cancelled ctx ends a call": {
			get: func(*wecom.MemoryStore, string) (wecom.Token, error) { select {} },
		},
		"a lock frees itself after its ttl": {
			lock: func(ctx context.Context, s *wecom.MemoryStore, key string, ttl time.Duration) (func(), error) {
				return s.Lock(ctx, key, time.Hour+ttl)
			},
		},
		"a lock has one holder at a time": {
			lock: func(context.Context, *wecom.MemoryStore, string, time.Duration) (func(), error) {
				return func() {}, nil
			},
		},
		"locks of different keys are independent": {
			lock: func(ctx context.Context, s *wecom.MemoryStore, _ string, ttl time.Duration) (func(), error) {
				ctx, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
				defer cancel()
				return s.Lock(ctx, "the only one", ttl)
			},
		},
		"waiting for a lock obeys ctx": {
			lock: func(ctx context.Context, s *wecom.MemoryStore, key string, ttl time.Duration) (func(), error) {
				unlock, err := s.Lock(ctx, key, ttl)
				if err != nil {
					return nil, errors.New("time-out")
				}
				return unlock, nil
			},
		},
		"a late unlock does not free the next holder's lock": {
			lock: func() func(context.Context, *wecom.MemoryStore, string, time.Duration) (func(), error) {
				var mu sync.Mutex
				latest := map[string]func(){}
				return func(ctx context.Context, s *wecom.MemoryStore, key string, ttl time.Duration) (func(), error) {
					unlock, err := s.Lock(ctx, key, ttl)
					if err != nil {
						return nil, err
					}
					mu.Lock()
					defer mu.Unlock()
					latest[key] = unlock
					return func() {
						mu.Lock()
						defer mu.Unlock()
						latest[key]()
					}, nil
				}
			}(),
		},
	}
}

// A suite that cannot fail proves nothing. This test runs itself once more for
// each broken store.
//
//nolint:tparallel // as the inner run it only hands its t on
func TestSuiteFindsBrokenStores(t *testing.T) {
	const variable = "TOKENSTORETEST_BROKEN"
	if name := os.Getenv(variable); name != "" {
		store := brokenStores()[name]
		tokenstoretest.Run(t, func(*testing.T) wecom.TokenStore { return store })
		return
	}
	t.Parallel()
	self, err := os.Executable()
	require.NoError(t, err)
	for name := range brokenStores() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestSuiteFindsBrokenStores$/^"+regexp.QuoteMeta(rewritten(name))+"$")
			cmd.Env = append(os.Environ(), variable+"="+name)
			out, err := cmd.CombinedOutput()
			var failed *exec.ExitError
			require.ErrorAs(t, err, &failed, "%s", out)
			assert.Contains(t, string(out), "--- FAIL: TestSuiteFindsBrokenStores/"+rewritten(name))
		})
	}
}

// rewritten is how package testing prints a name.
func rewritten(name string) string {
	b := []byte(name)
	for i := range b {
		if b[i] == ' ' {
			b[i] = '_'
		}
	}
	return string(b)
}

// A store without locks is checked as far as it goes.
func TestSuiteTakesAStoreWithoutLocks(t *testing.T) {
	t.Parallel()
	tokenstoretest.Run(t, func(*testing.T) wecom.TokenStore {
		return struct{ wecom.TokenStore }{new(wecom.MemoryStore)}
	})
}
