// Package callbacktest checks implementations of package callback's interfaces.
package callbacktest

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wecomkit/wecom-go/callback"
)

// TestDedupeStore checks that a store keeps the contract of
// [callback.DedupeStore]. newStore makes an empty store and a function that
// lets time pass for it; if that is nil, expiry is not checked.
//
//nolint:tparallel // whether t is parallel is the caller's choice
func TestDedupeStore(t *testing.T, newStore func(t *testing.T) (store callback.DedupeStore, advance func(time.Duration))) {
	t.Helper()

	t.Run("Claim gives a key to one", func(t *testing.T) {
		t.Parallel()
		s, _ := newStore(t)
		wantClaim(t, s, "a", callback.DedupeClaimed)
		wantClaim(t, s, "a", callback.DedupeInHand)
		wantClaim(t, s, "b", callback.DedupeClaimed)
	})

	t.Run("Done tells what was handled", func(t *testing.T) {
		t.Parallel()
		s, _ := newStore(t)
		wantClaim(t, s, "a", callback.DedupeClaimed)
		wantClaim(t, s, "b", callback.DedupeClaimed)
		done(t, s, "a")
		done(t, s, "a")
		done(t, s, "never claimed")
		wantClaim(t, s, "a", callback.DedupeDone)
		wantClaim(t, s, "never claimed", callback.DedupeDone)
		wantClaim(t, s, "b", callback.DedupeInHand)
	})

	t.Run("Release forgets", func(t *testing.T) {
		t.Parallel()
		s, _ := newStore(t)
		wantClaim(t, s, "a", callback.DedupeClaimed)
		wantClaim(t, s, "b", callback.DedupeClaimed)
		release(t, s, "a")
		release(t, s, "a")
		release(t, s, "never claimed")
		wantClaim(t, s, "a", callback.DedupeClaimed)
		wantClaim(t, s, "b", callback.DedupeInHand)
		done(t, s, "b")
		release(t, s, "b")
		wantClaim(t, s, "b", callback.DedupeClaimed)
	})

	t.Run("what is known expires", func(t *testing.T) {
		t.Parallel()
		s, advance := newStore(t)
		if advance == nil {
			t.Log("not checked: the store's time cannot be moved")
			return
		}
		wantClaim(t, s, "dead", callback.DedupeClaimed)
		wantClaim(t, s, "live", callback.DedupeClaimed)
		advance(lease - time.Second)
		wantClaim(t, s, "dead", callback.DedupeInHand) // and does not live longer for being asked
		done(t, s, "live")
		advance(time.Second)
		wantClaim(t, s, "dead", callback.DedupeClaimed)
		advance(ttl - 2*time.Second)
		wantClaim(t, s, "live", callback.DedupeDone)
		advance(time.Second)
		wantClaim(t, s, "live", callback.DedupeClaimed)
	})

	t.Run("Claim is one step", func(t *testing.T) {
		t.Parallel()
		s, _ := newStore(t)
		var first atomic.Int32
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				state, err := s.Claim(t.Context(), "a", lease)
				if err != nil {
					t.Errorf("Claim: %v", err)
				}
				if state == callback.DedupeClaimed {
					first.Add(1)
				}
			})
		}
		wg.Wait()
		if n := first.Load(); n != 1 {
			t.Errorf("Claim gave the key to %d of 50 callers", n)
		}
	})

	t.Run("a store obeys ctx or is quick", func(t *testing.T) {
		t.Parallel()
		s, _ := newStore(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		start := time.Now()
		_, _ = s.Claim(ctx, "a", lease)
		_ = s.Done(ctx, "a", ttl)
		_ = s.Release(ctx, "a")
		if d := time.Since(start); d > time.Second {
			t.Errorf("calls with an ended ctx took %v", d)
		}
	})
}

const (
	lease = 10 * time.Second
	ttl   = time.Minute
)

func wantClaim(t *testing.T, s callback.DedupeStore, key string, want callback.DedupeState) {
	t.Helper()
	got, err := s.Claim(t.Context(), key, lease)
	if err != nil {
		t.Fatalf("Claim(%q): %v", key, err)
	}
	if got != want {
		t.Errorf("Claim(%q) = %q, want %q", key, got, want)
	}
}

func done(t *testing.T, s callback.DedupeStore, key string) {
	t.Helper()
	if err := s.Done(t.Context(), key, ttl); err != nil {
		t.Errorf("Done(%q): %v", key, err)
	}
}

func release(t *testing.T, s callback.DedupeStore, key string) {
	t.Helper()
	if err := s.Release(t.Context(), key); err != nil {
		t.Errorf("Release(%q): %v", key, err)
	}
}
