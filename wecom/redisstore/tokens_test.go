package redisstore_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/redisstore"
	"github.com/wecomkit/wecom-go/wecom/redisstore/internal/redistest"
	"github.com/wecomkit/wecom-go/wecom/tokenstoretest"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func newTokens(t *testing.T, s *redistest.Server, opts ...redisstore.Option) *redisstore.TokenStore {
	t.Helper()
	tokens, err := redisstore.NewTokenStore(s.Client(), opts...)
	require.NoError(t, err)
	return tokens
}

func TestTokenStore(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	tokenstoretest.Run(t, func(t *testing.T) wecom.TokenStore { return newTokens(t, s) })
}

func TestTokenStoreEncrypted(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	key := aead(t)
	tokenstoretest.Run(t, func(t *testing.T) wecom.TokenStore { return newTokens(t, s, redisstore.WithEncryption(key)) })
}

func TestTokenStoreOnCluster(t *testing.T) {
	t.Parallel()
	client := redistest.Start(t, redistest.Cluster()).ClusterClient()
	tokenstoretest.Run(t, func(t *testing.T) wecom.TokenStore {
		tokens, err := redisstore.NewTokenStore(client)
		require.NoError(t, err)
		return tokens
	})
}

func TestTokenStoreOptions(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	_, err := redisstore.NewTokenStore(nil)
	require.Error(t, err)
	_, err = redisstore.NewTokenStore(s.Client(), redisstore.WithEncryption())
	require.Error(t, err)
	_, err = redisstore.NewTokenStore(s.Client(), redisstore.WithEncryption(nil))
	require.Error(t, err)

	tok := wecom.Token{Value: "a", ExpiresAt: time.Now().Add(time.Hour)}
	require.NoError(t, newTokens(t, s, redisstore.WithPrefix("app:")).Set(t.Context(), "k", tok))
	assert.Equal(t, []string{"app:token:k"}, s.Keys())
	got, err := newTokens(t, s).Get(t.Context(), "k")
	require.NoError(t, err)
	assert.Empty(t, got.Value, "another prefix is another store")
}

func TestTokenEndsInRedis(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	tokens := newTokens(t, s)
	require.NoError(t, tokens.Set(t.Context(), "k", wecom.Token{Value: "a", ExpiresAt: time.Now().Add(time.Hour)}))
	ttl := s.Client().PTTL(t.Context(), "wecom:token:k").Val()
	assert.InDelta(t, time.Hour, ttl, float64(time.Minute))

	require.NoError(t, tokens.Set(t.Context(), "k", wecom.Token{Value: "b", ExpiresAt: time.Now()}))
	assert.Empty(t, s.Keys())
}

func TestTokenKeys(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	first, second := aead(t), aead(t)
	want := wecom.Token{Value: "the-token", ExpiresAt: time.Now().Add(time.Hour)}
	require.NoError(t, newTokens(t, s, redisstore.WithEncryption(first)).Set(t.Context(), "k", want))
	assert.NotContains(t, dump(t, s), "the-token")

	rotated := newTokens(t, s, redisstore.WithEncryption(second, first))
	got, err := rotated.Get(t.Context(), "k")
	require.NoError(t, err)
	assert.Equal(t, want.Value, got.Value)

	_, err = newTokens(t, s, redisstore.WithEncryption(second)).Get(t.Context(), "k")
	require.ErrorContains(t, err, "no key opens it")
	require.NoError(t, rotated.Set(t.Context(), "new", want))
	_, err = newTokens(t, s, redisstore.WithEncryption(second)).Get(t.Context(), "new")
	require.NoError(t, err, "the first key encrypts")
	_, err = newTokens(t, s).Get(t.Context(), "k")
	require.ErrorContains(t, err, "no key opens it")

	moved := s.Client().Get(t.Context(), "wecom:token:k").Val()
	require.NoError(t, s.Client().Set(t.Context(), "wecom:token:other", moved, 0).Err())
	_, err = rotated.Get(t.Context(), "other")
	require.Error(t, err, "a value opens in its own place only")

	require.NoError(t, newTokens(t, s).Set(t.Context(), "plain", want))
	_, err = rotated.Get(t.Context(), "plain")
	require.ErrorContains(t, err, "not encrypted")
}

// A nonce that is used twice gives the key away.
func TestEqualValuesAreSealedDifferently(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	tokens, client := newTokens(t, s, redisstore.WithEncryption(aead(t))), s.Client()
	seen := map[string]bool{}
	for range 10 {
		require.NoError(t, tokens.Set(t.Context(), "k", wecom.Token{Value: "a", ExpiresAt: time.Now().Add(time.Hour)}))
		const mark, nonce = 1, 12
		seen[client.GetRange(t.Context(), "wecom:token:k", mark, mark+nonce-1).Val()] = true
	}
	assert.Len(t, seen, 10)
}

func TestTokenRubbish(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	tokens, encrypted := newTokens(t, s), newTokens(t, s, redisstore.WithEncryption(aead(t)))
	for _, stored := range []string{"", "secret", "p", "psecret", "psecret secret", "s", "ssecret"} {
		require.NoError(t, s.Client().Set(t.Context(), "wecom:token:k", stored, 0).Err())
		for _, tokens := range []*redisstore.TokenStore{tokens, encrypted} {
			_, err := tokens.Get(t.Context(), "k")
			require.Error(t, err, stored)
			assert.NotContains(t, err.Error(), "secret")
		}
	}
	require.NoError(t, s.Client().LPush(t.Context(), "wecom:token:list", "x").Err())
	_, err := tokens.Get(t.Context(), "list")
	require.ErrorContains(t, err, "reading a token: WRONGTYPE")
}

// A server that does not know a command repeats what it was sent.
func TestErrorsRepeatNoValue(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, redistest.Args("--rename-command", "SET", ""))
	err := newTokens(t, s).Set(t.Context(), "k", wecom.Token{Value: "the-token", ExpiresAt: time.Now().Add(time.Hour)})
	require.ErrorContains(t, err, "storing a token: ERR unknown command 'set'")
	assert.NotContains(t, err.Error(), "the-token")
}

func TestTokenOutages(t *testing.T) {
	t.Parallel()
	for _, tt := range outages() {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := redistest.Start(t, redistest.Persistent())
			var log logBook
			tokens := newTokens(t, s, redisstore.WithLogger(log.logger()))
			tok := wecom.Token{Value: "the-token", ExpiresAt: time.Now().Add(time.Hour)}
			require.NoError(t, tokens.Set(t.Context(), "k", tok))
			unlock, err := tokens.Lock(t.Context(), "held", time.Minute)
			require.NoError(t, err)

			tt.begin(s)
			patient(t, bound, func() {
				_, err := tokens.Get(t.Context(), "k")
				require.Error(t, err)
			})
			patient(t, bound, func() {
				err := tokens.Set(t.Context(), "k", tok)
				require.Error(t, err)
				assert.NotContains(t, err.Error(), "the-token")
			})
			patient(t, bound, func() {
				_, err := tokens.Lock(t.Context(), "other", time.Minute)
				require.Error(t, err)
			})
			patient(t, bound, unlock)
			assert.Contains(t, log.String(), "not freed")

			tt.over(s)
			eventually(t, "the store works again", func() bool {
				got, err := tokens.Get(t.Context(), "k")
				return err == nil && got.Value == tok.Value
			})
			again, err := tokens.Lock(t.Context(), "held", time.Minute)
			require.NoError(t, err, "the lock ends by itself")
			again()
		})
	}
}

// The lock is the holder's for as long as it wants, and soon another's when
// it dies.
func TestLockIsRenewed(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	tokens := newTokens(t, s)
	asking, done := context.WithCancel(t.Context())
	unlock, err := tokens.Lock(asking, "k", time.Minute)
	require.NoError(t, err)
	done() // as the client does
	ttl := s.Client().PTTL(t.Context(), "wecom:lock:k").Val()
	assert.LessOrEqual(t, ttl, 3*time.Second, "how long it outlives its holder")

	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
	defer cancel()
	_, err = tokens.Lock(ctx, "k", time.Minute)
	require.ErrorIs(t, err, context.DeadlineExceeded)

	unlock()
	assert.Empty(t, s.Keys())
}

// Nobody has a lock for longer than it was asked for.
func TestLockEnds(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	tokens := newTokens(t, s)
	for _, ttl := range []time.Duration{200 * time.Millisecond, 2 * time.Second} {
		_, err := tokens.Lock(t.Context(), "k", ttl)
		require.NoError(t, err)
		began := time.Now()
		next, err := tokens.Lock(t.Context(), "k", time.Minute)
		require.NoError(t, err)
		assert.Less(t, time.Since(began), ttl+500*time.Millisecond)
		next()
	}
}

// A lock that comes when nobody waits for it any more is given back.
func TestLockComesTooLate(t *testing.T) {
	t.Parallel()
	s, hook := redistest.Start(t), new(spy)
	client := s.Client()
	client.AddHook(hook)
	tokens, err := redisstore.NewTokenStore(client)
	require.NoError(t, err)
	unlock, err := tokens.Lock(t.Context(), "k", time.Minute) // so that Redis knows the script
	require.NoError(t, err)
	unlock()
	hook.slow(300 * time.Millisecond)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err = tokens.Lock(ctx, "k", time.Minute)
	require.ErrorIs(t, err, context.DeadlineExceeded)

	hook.slow(0)
	began := time.Now()
	unlock, err = newTokens(t, s).Lock(t.Context(), "k", time.Minute)
	require.NoError(t, err)
	assert.Less(t, time.Since(began), 2*time.Second, "and does not end by itself")
	unlock()
}

// A holder that was away for too long finds that, and takes nothing from the
// next one.
func TestLockIsLost(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	var log logBook
	tokens := newTokens(t, s, redisstore.WithLogger(log.logger()))
	unlock, err := tokens.Lock(t.Context(), "k", time.Minute)
	require.NoError(t, err)

	s.Flush()
	next, err := newTokens(t, s).Lock(t.Context(), "k", time.Minute)
	require.NoError(t, err)
	eventually(t, "the holder finds out", func() bool { return strings.Contains(log.String(), "a lock is lost") })
	unlock()

	assert.Equal(t, []string{"wecom:lock:k"}, s.Keys(), "the next holder's")
	next()
}

func TestRepeatedCommands(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	client := s.Client()
	client.AddHook(twice{})
	tokens, err := redisstore.NewTokenStore(client)
	require.NoError(t, err)

	ctx, cancel := context.WithTimeout(t.Context(), bound)
	defer cancel()
	unlock, err := tokens.Lock(ctx, "k", time.Minute)
	require.NoError(t, err)
	unlock()
	assert.Empty(t, s.Keys())
}

// Each client stands for a process: it has a token cache of its own.
func processes(t *testing.T, srv *wecomtest.Server, s *redistest.Server, n int) []*wecom.Client {
	t.Helper()
	all := make([]*wecom.Client, n)
	for i := range all {
		all[i] = srv.NewClient(wecom.WithTokenStore(newTokens(t, s, redisstore.WithClock(srv.Clock()))))
	}
	return all
}

// everyone makes a call in every process, many times at once.
func everyone(t *testing.T, all []*wecom.Client) {
	t.Helper()
	var wg sync.WaitGroup
	for _, c := range all {
		for range 20 {
			wg.Go(func() {
				_, err := c.GetCallbackIP(t.Context())
				assert.NoError(t, err)
			})
		}
	}
	wg.Wait()
}

func TestOneProcessFetchesForAll(t *testing.T) {
	t.Parallel()
	srv, s := wecomtest.New(t), redistest.Start(t)
	all := processes(t, srv, s, 5)

	everyone(t, all)
	assert.Equal(t, 1, srv.Calls().Op("gettoken").Len())

	srv.Clock().Advance(3 * time.Hour)
	everyone(t, all)
	assert.Equal(t, 2, srv.Calls().Op("gettoken").Len(), "a new token, once for all")
}

func TestFetchesDuringAnOutage(t *testing.T) {
	t.Parallel()
	for _, tt := range outages() {
		for _, when := range []string{"before", "after"} {
			t.Run(fmt.Sprintf("%s %s the first token", tt.name, when), func(t *testing.T) {
				t.Parallel()
				srv, s := wecomtest.New(t), redistest.Start(t)
				all := processes(t, srv, s, 3)
				fetched := 0
				if when == "after" {
					everyone(t, all)
					fetched = 1
				}
				tt.begin(s)
				patient(t, 5*time.Second, func() { everyone(t, all) })
				if when == "after" {
					assert.Equal(t, fetched, srv.Calls().Op("gettoken").Len(), "each process has the token")
					srv.Clock().Advance(3 * time.Hour)
				}
				patient(t, 5*time.Second, func() { everyone(t, all) })
				fetched += len(all)
				assert.Equal(t, fetched, srv.Calls().Op("gettoken").Len(), "each process fetches once")

				tt.over(s)
				everyone(t, all)
				assert.Equal(t, fetched, srv.Calls().Op("gettoken").Len(), "and not again when Redis is back")
			})
		}
	}
}

func TestFlushCostsOneFetch(t *testing.T) {
	t.Parallel()
	srv, s := wecomtest.New(t), redistest.Start(t)
	all := processes(t, srv, s, 3)
	everyone(t, all)
	s.Flush()
	everyone(t, all)
	assert.Equal(t, 1, srv.Calls().Op("gettoken").Len(), "each process has the token")

	everyone(t, processes(t, srv, s, 3))
	assert.Equal(t, 2, srv.Calls().Op("gettoken").Len(), "those who start now have not")
}
