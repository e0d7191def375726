package redistest_test

import (
	"context"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/redisstore/internal/redistest"
)

// impatient clients do not try again.
func impatient(o *redis.Options) {
	o.MaxRetries, o.DialerRetries, o.ReadTimeout = -1, 1, 100*time.Millisecond
}

func TestServer(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	client := s.Client(impatient)
	require.NoError(t, client.Set(t.Context(), "a", 1, 0).Err())
	assert.Equal(t, []string{"a"}, s.Keys())

	s.Pause()
	require.Error(t, client.Ping(t.Context()).Err())
	s.Resume()
	require.NoError(t, client.Ping(t.Context()).Err())
	s.Kill()
	require.Error(t, client.Ping(t.Context()).Err())
	s.Restart()
	require.NoError(t, client.Ping(t.Context()).Err())
	assert.Empty(t, s.Keys(), "a restart loses everything")

	require.NoError(t, client.Set(t.Context(), "a", 1, 0).Err())
	s.Flush()
	assert.Empty(t, s.Keys())
}

func TestPersistent(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, redistest.Persistent())
	require.NoError(t, s.Client().Set(t.Context(), "a", 1, 0).Err())

	s.Restart()

	assert.Equal(t, []string{"a"}, s.Keys())
}

func TestCluster(t *testing.T) {
	t.Parallel()
	client := redistest.Start(t, redistest.Cluster()).ClusterClient()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()

	require.NoError(t, client.MSet(ctx, "{a}1", 1, "{a}2", 2).Err())
	require.ErrorContains(t, client.Eval(ctx, "return 0", []string{"a", "b"}).Err(), "slot")
}
