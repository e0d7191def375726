package redisstore_test

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/wecom/redisstore"
	"github.com/wecomkit/wecom-go/wecom/redisstore/internal/redistest"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A server is one of the processes behind a callback URL.
type server struct {
	*callback.Handler

	client *redis.Client
	inbox  *redisstore.Inbox
}

func startServer(t *testing.T, srv *wecomtest.Server, s *redistest.Server, handle func(context.Context, *callback.AddExternalContact) error) *server {
	t.Helper()
	p := &server{client: s.Client()}
	p.inbox = newInbox(t, p.client)
	keys := srv.Keys()
	h, err := callback.NewHandler(callback.Keys{Token: keys.Token, EncodingAESKey: keys.EncodingAESKey, ReceiveID: keys.ReceiveID},
		callback.WithInbox(p.inbox))
	require.NoError(t, err)
	p.Handler = h
	callback.On(h, handle)
	h.Resume(t.Context())
	return p
}

// behind is a load balancer.
func behind(all ...*server) http.Handler {
	var turn atomic.Int64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		all[int(turn.Add(1))%len(all)].ServeHTTP(w, r)
	})
}

// Two processes serve one URL. One dies in the middle of its work, and then
// Redis goes away for a while.
func TestHandlersShareAnInbox(t *testing.T) {
	t.Parallel()
	srv, s := wecomtest.New(t), redistest.Start(t, redistest.Persistent())
	var mu sync.Mutex
	handled := map[string]int{}
	handle := func(_ context.Context, e *callback.AddExternalContact) error {
		mu.Lock()
		defer mu.Unlock()
		handled[e.ExternalUserID]++
		return nil
	}
	count := func() int {
		mu.Lock()
		defer mu.Unlock()
		return len(handled)
	}
	end := make(chan struct{})
	var stuck atomic.Int64
	dying := startServer(t, srv, s, func(context.Context, *callback.AddExternalContact) error {
		stuck.Add(1)
		<-end
		return nil
	})
	living := startServer(t, srv, s, handle)
	srv.Callback(behind(dying, living))
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	const n = 40
	for range n {
		srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
	}
	srv.WaitDeliveries(n)
	for _, d := range srv.Deliveries() {
		require.True(t, d.Delivered(), "every event was acknowledged")
	}
	require.NotZero(t, stuck.Load())

	require.NoError(t, dying.client.Close())
	die(t, s.Client(), "wecom:", dying.inbox)
	eventually(t, "the living handles what the dead left", func() bool { return count() == n })

	close(end)
	var ending sync.WaitGroup
	defer ending.Wait()
	ending.Go(func() { assert.NoError(t, dying.Close(t.Context()), "in vain it tells Redis of its work") })

	s.Kill()
	srv.AddCustomer(alice, wecomtest.Customer{Name: "Yan"})
	<-time.After(bound)
	s.Restart()
	srv.WaitDeliveries(n + 1)
	last := srv.Deliveries()[n]
	assert.True(t, last.Delivered())
	assert.Greater(t, len(last.Attempts), 1, "what could not be stored was not acknowledged")
	eventually(t, "it goes on by itself", func() bool { return count() == n+1 })
	for id, times := range handled {
		assert.Equal(t, 1, times, id)
	}
	require.NoError(t, living.Close(t.Context()))
}
