package redisstore

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/wecomkit/wecom-go/callback"
)

// A DedupeStore is a [callback.DedupeStore]: of the processes behind one
// callback URL, one handles each event. Each mark is a key that ends by itself.
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
	return &DedupeStore{settings: s, client: client, claim: redis.NewScript(claimScript)}, nil
}

// Mark records key for ttl and reports whether it was not there yet.
func (s *DedupeStore) Mark(ctx context.Context, key string, ttl time.Duration) (bool, error) {
	owner := rand.Text() // a mark of this call: the client may repeat it
	return ask(ctx, "marking an event", nil, func(ctx context.Context) (bool, error) {
		return claim(ctx, s.claim, s.client, s.prefix+"seen:"+key, owner, ttl)
	})
}

// Unmark forgets key.
func (s *DedupeStore) Unmark(ctx context.Context, key string) error {
	_, err := ask(ctx, "unmarking an event", nil, func(ctx context.Context) (int64, error) {
		return s.client.Del(ctx, s.prefix+"seen:"+key).Result()
	})
	return err
}
