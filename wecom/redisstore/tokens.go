package redisstore

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/wecomkit/wecom-go/wecom"
)

// A TokenStore is a [wecom.TokenStore] and a [wecom.Locker] that all processes
// with the same Redis share. Each token is one key that ends with the token.
//
// Without Redis each call fails within a second. A client then gets a token
// for itself and keeps it in its own memory; it waits three seconds at most
// for that, once in the life of the token.
type TokenStore struct {
	settings

	client redis.UniversalClient
	claim  *redis.Script
	renew  *redis.Script
	free   *redis.Script
}

var (
	_ wecom.TokenStore = (*TokenStore)(nil)
	_ wecom.Locker     = (*TokenStore)(nil)
)

// NewTokenStore makes a TokenStore.
func NewTokenStore(client redis.UniversalClient, opts ...Option) (*TokenStore, error) {
	s, err := newSettings(client, opts)
	if err != nil {
		return nil, err
	}
	return &TokenStore{
		settings: s,
		client:   client,
		claim:    redis.NewScript(claimScript),
		renew:    redis.NewScript(renewScript),
		free:     redis.NewScript(freeScript),
	}, nil
}

// Get returns the token under key, or the zero Token.
func (s *TokenStore) Get(ctx context.Context, key string) (wecom.Token, error) {
	const what = "reading a token"
	name := s.prefix + "token:" + key
	stored, err := ask(ctx, what, nil, func(ctx context.Context) (string, error) {
		return s.client.Get(ctx, name).Result()
	})
	if errors.Is(err, redis.Nil) {
		return wecom.Token{}, nil
	}
	if err != nil {
		return wecom.Token{}, err
	}
	text, err := s.keys.open(name, stored)
	if err != nil {
		return wecom.Token{}, failed(what, err)
	}
	expires, value, err := unstamp(text)
	if err != nil {
		return wecom.Token{}, failed(what, err)
	}
	return wecom.Token{Value: value, ExpiresAt: expires}, nil
}

// Set keeps tok under key until it expires.
func (s *TokenStore) Set(ctx context.Context, key string, tok wecom.Token) error {
	name := s.prefix + "token:" + key
	life := tok.ExpiresAt.Sub(s.clock.Now())
	_, err := ask(ctx, "storing a token", nil, func(ctx context.Context) (struct{}, error) {
		if life < time.Millisecond {
			return struct{}{}, s.client.Del(ctx, name).Err()
		}
		return struct{}{}, s.client.Set(ctx, name, s.keys.seal(name, stamped(tok.ExpiresAt, tok.Value)), life).Err()
	})
	return err
}
