package redisstore

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/wecomkit/wecom-go/callback"
)

// A DedupeStore is a [callback.DedupeStore]: of the processes behind one
// callback URL, one handles each event. Each event is a key that ends by itself.
//
// Without Redis each call fails within a second, and an event that WeCom
// repeats may be handled twice.
type DedupeStore struct {
	settings

	client redis.UniversalClient
	claim  *redis.Script
}

var _ callback.DedupeStore = (*DedupeStore)(nil)

// NewDedupeStore makes a DedupeStore.
func NewDedupeStore(client redis.UniversalClient, opts ...Option) (*DedupeStore, error) {
	s, err := newSettings(client, opts)
	if err != nil {
		return nil, err
	}
	return &DedupeStore{settings: s, client: client, claim: redis.NewScript(claimEventScript)}, nil
}

const (
	eventDone = "done"

	// claimEventScript is claimScript that tells a key that is done from one
	// that is another's.
	claimEventScript = `
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
  return 'claimed'
end
local state = redis.call('GET', KEYS[1])
return state == ARGV[1] and 'claimed' or state == 'done' and 'done' or 'in hand'`
)

// Claim puts key in hand for lease, unless it is known.
func (s *DedupeStore) Claim(ctx context.Context, key string, lease time.Duration) (callback.DedupeState, error) {
	owner := rand.Text() // of this call: the client may repeat it
	return ask(ctx, "claiming an event", nil, func(ctx context.Context) (callback.DedupeState, error) {
		state, err := s.claim.Run(ctx, s.client, []string{s.name(key)}, owner, max(lease.Milliseconds(), 1)).Text()
		return callback.DedupeState(state), err
	})
}

// Done records that key was handled.
func (s *DedupeStore) Done(ctx context.Context, key string, ttl time.Duration) error {
	_, err := ask(ctx, "marking an event as done", nil, func(ctx context.Context) (string, error) {
		return s.client.Set(ctx, s.name(key), eventDone, max(ttl, time.Millisecond)).Result()
	})
	return err
}

// Release forgets key.
func (s *DedupeStore) Release(ctx context.Context, key string) error {
	_, err := ask(ctx, "releasing an event", nil, func(ctx context.Context) (int64, error) {
		return s.client.Del(ctx, s.name(key)).Result()
	})
	return err
}

func (s *DedupeStore) name(key string) string { return s.prefix + "event:" + key }
