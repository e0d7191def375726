package wecom

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// A MemoryStore is a [TokenStore] and [Locker] in this process's memory: give
// one to several clients of the same credential and they share one token. The
// zero value is ready. It does not reach other processes: behind a load
// balancer use a store that does.
type MemoryStore struct {
	mu     sync.Mutex           // guards the maps
	tokens map[string]heldToken // a Token here would show when a struct around the store is printed
	locks  map[string]*memoryLock
}

// A memoryLock is free when its holder closes done, or at its end.
type memoryLock struct {
	done chan struct{}
	end  *time.Timer
}

// Format shows no token, whatever the verb.
func (s *MemoryStore) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("wecom.MemoryStore")) }

// Get returns the token under key, or the zero Token.
func (s *MemoryStore) Get(_ context.Context, key string) (Token, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tokens[key].token(), nil
}

// Set keeps tok under key.
func (s *MemoryStore) Set(_ context.Context, key string, tok Token) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tokens == nil {
		s.tokens = map[string]heldToken{}
	}
	s.tokens[key] = heldToken{value: secret(tok.Value), expiresAt: tok.ExpiresAt}
	return nil
}

// Lock waits until it holds the lock on key or ctx ends.
func (s *MemoryStore) Lock(ctx context.Context, key string, ttl time.Duration) (unlock func(), err error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		mine, held := s.tryLock(key, ttl)
		if mine != nil {
			return func() { s.free(key, mine) }, nil
		}
		select {
		case <-held.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (s *MemoryStore) tryLock(key string, ttl time.Duration) (mine, held *memoryLock) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if held, ok := s.locks[key]; ok {
		return nil, held
	}
	if s.locks == nil {
		s.locks = map[string]*memoryLock{}
	}
	l := &memoryLock{done: make(chan struct{})}
	l.end = time.AfterFunc(ttl, func() { s.free(key, l) })
	s.locks[key] = l
	return l, nil
}

// free releases l, unless its time has run out and it is free already.
func (s *MemoryStore) free(key string, l *memoryLock) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.locks[key] != l {
		return
	}
	l.end.Stop()
	delete(s.locks, key)
	close(l.done)
}
