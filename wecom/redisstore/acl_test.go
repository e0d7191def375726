package redisstore_test

import (
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/isv"
	"github.com/wecomkit/wecom-go/wecom/redisstore"
	"github.com/wecomkit/wecom-go/wecom/redisstore/internal/redistest"
)

// The rights that the package's documentation names are enough.
func TestRights(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		opts   []redistest.Option
		more   []any // rights
		client func(*redistest.Server) redis.UniversalClient
	}{
		{name: "one Redis", client: func(s *redistest.Server) redis.UniversalClient {
			return s.Client(func(o *redis.Options) { o.Username, o.Password = "app", "password" })
		}},
		{"a cluster", []redistest.Option{redistest.Cluster()}, []any{"+cluster|slots"}, func(s *redistest.Server) redis.UniversalClient {
			return redis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{s.Addr()}, Username: "app", Password: "password"})
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := redistest.Start(t, tt.opts...)
			rights := []any{
				"ACL", "SETUSER", "app", "on", ">password", "~wecom:*",
				"+@read", "+@write", "+@scripting", "+@connection", "-@dangerous", "+time",
			}
			require.NoError(t, s.Client().Do(t.Context(), append(rights, tt.more...)...).Err())
			client := tt.client(s)
			defer func() { assert.NoError(t, client.Close()) }()
			useAll(t, client)
		})
	}
}

// useAll uses everything once.
func useAll(t *testing.T, client redis.UniversalClient) {
	t.Helper()
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

	l, err := redisstore.NewLimiter(client)
	require.NoError(t, err)
	defer func() { assert.NoError(t, l.Close()) }()
	req := callOf()
	req.Op.InFlight = 2
	acquire(t, l, req, 1)()
	l.Refused(t.Context(), req)
	assert.False(t, l.Degraded())
}
