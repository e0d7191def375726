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

	client  redis.UniversalClient
	claim   *redis.Script
	release *redis.Script
	name    string // begins the owners of this process's claims
}

var _ callback.DedupeStore = (*DedupeStore)(nil)

// NewDedupeStore makes a DedupeStore.
func NewDedupeStore(client redis.UniversalClient, opts ...Option) (*DedupeStore, error) {
	s, err := newSettings(client, opts)
	if err != nil {
		return nil, err
	}
	return &DedupeStore{
		settings: s,
		client:   client,
		claim:    redis.NewScript(claimEventScript),
		release:  redis.NewScript(releaseEventScript),
		name:     rand.Text() + ":",
	}, nil
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

	// releaseEventScript forgets a key unless another process has it in hand.
	releaseEventScript = `
local state = redis.call('GET', KEYS[1])
if state == 'done' or state and string.sub(state, 1, #ARGV[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0`
)

// Claim puts key in hand for lease, unless it is known.
func (s *DedupeStore) Claim(ctx context.Context, key string, lease time.Duration) (callback.DedupeState, error) {
	owner := s.name + rand.Text() // of this call: the client may repeat it
	return ask(ctx, "claiming an event", nil, func(ctx context.Context) (callback.DedupeState, error) {
		state, err := s.claim.Run(ctx, s.client, []string{s.keyOf(key)}, owner, max(lease.Milliseconds(), 1)).Text()
		return callback.DedupeState(state), err
	})
}

// Done records that key was handled.
func (s *DedupeStore) Done(ctx context.Context, key string, ttl time.Duration) error {
	_, err := ask(ctx, "marking an event as done", nil, func(ctx context.Context) (string, error) {
		return s.client.Set(ctx, s.keyOf(key), eventDone, max(ttl, time.Millisecond)).Result()
	})
	return err
}

// Release forgets key. What another process has claimed since, when the lease
// on it was over, stays that process's.
func (s *DedupeStore) Release(ctx context.Context, key string) error {
	_, err := ask(ctx, "releasing an event", nil, func(ctx context.Context) (int, error) {
		return s.release.Run(ctx, s.client, []string{s.keyOf(key)}, s.name).Int()
	})
	return err
}

func (s *DedupeStore) keyOf(key string) string { return s.prefix + "event:" + key }
