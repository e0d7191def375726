package redisstore_test

import (
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/isv"
	"github.com/wecomkit/wecom-go/wecom/redisstore"
	"github.com/wecomkit/wecom-go/wecom/redisstore/internal/redistest"
)

// The rights that the package's documentation names are enough.
func TestRights(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	err := s.Client().Do(t.Context(), "ACL", "SETUSER", "app", "on", ">password", "~wecom:*",
		"+@read", "+@write", "+@scripting", "+@connection", "-@dangerous", "+time").Err()
	require.NoError(t, err)
	client := s.Client(func(o *redis.Options) { o.Username, o.Password = "app", "password" })
	require.Error(t, client.Set(t.Context(), "other", 1, 0).Err())

	tokens, err := redisstore.NewTokenStore(client)
	require.NoError(t, err)
	require.NoError(t, tokens.Set(t.Context(), "k", wecom.Token{Value: "a", ExpiresAt: time.Now().Add(time.Hour)}))
	_, err = tokens.Get(t.Context(), "k")
	require.NoError(t, err)
	unlock, err := tokens.Lock(t.Context(), "k", time.Minute)
	require.NoError(t, err)
	unlock()

	suites, err := redisstore.NewSuiteStore(client)
	require.NoError(t, err)
	require.NoError(t, suites.PutTicket(t.Context(), "suite", isv.Ticket{Value: "a", Pushed: time.Now()}))
	require.NoError(t, suites.PutTenant(t.Context(), isv.Tenant{SuiteID: "suite", CorpID: "ww1"}))
	for _, err := range suites.Tenants(t.Context(), "suite") {
		require.NoError(t, err)
	}
	require.NoError(t, suites.DeleteTenant(t.Context(), "suite", "ww1"))

	marks := newDedupe(t, client)
	_, err = marks.Claim(t.Context(), "k", time.Minute)
	require.NoError(t, err)
	require.NoError(t, marks.Done(t.Context(), "k", time.Minute))
	require.NoError(t, marks.Release(t.Context(), "k"))

	b := newInbox(t, client)
	appended(t, b, "a")
	mustTake(t, b, "a", 1)
	require.NoError(t, b.Release(t.Context(), "a", time.Time{}))
	mustTake(t, b, "a", 2)
	require.NoError(t, b.Done(t.Context(), "a"))
	_, ok := take(t, b, 100*time.Millisecond)
	require.False(t, ok)
}
