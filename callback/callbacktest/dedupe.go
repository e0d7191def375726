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

	t.Run("Mark reports a new key once", func(t *testing.T) {
		t.Parallel()
		s, _ := newStore(t)
		wantMark(t, s, "a", true)
		wantMark(t, s, "a", false)
		wantMark(t, s, "b", true)
	})

	t.Run("Unmark forgets", func(t *testing.T) {
		t.Parallel()
		s, _ := newStore(t)
		wantMark(t, s, "a", true)
		wantMark(t, s, "b", true)
		unmark(t, s, "a")
		unmark(t, s, "a")
		unmark(t, s, "never marked")
		wantMark(t, s, "a", true)
		wantMark(t, s, "b", false)
	})

	t.Run("Mark expires", func(t *testing.T) {
		t.Parallel()
		s, advance := newStore(t)
		if advance == nil {
			t.Log("not checked: the store's time cannot be moved")
			return
		}
		wantMark(t, s, "a", true)
		advance(ttl - time.Second)
		wantMark(t, s, "a", false) // and does not live longer for being asked
		advance(time.Second)
		wantMark(t, s, "a", true)
	})

	t.Run("Mark is one step", func(t *testing.T) {
		t.Parallel()
		s, _ := newStore(t)
		var first atomic.Int32
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				ok, err := s.Mark(t.Context(), "a", ttl)
				if err != nil {
					t.Errorf("Mark: %v", err)
				}
				if ok {
					first.Add(1)
				}
			})
		}
		wg.Wait()
		if n := first.Load(); n != 1 {
			t.Errorf("Mark told %d of 50 callers that they were first", n)
		}
	})

	t.Run("a store obeys ctx or is quick", func(t *testing.T) {
		t.Parallel()
		s, _ := newStore(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		start := time.Now()
		_, _ = s.Mark(ctx, "a", ttl)
		_ = s.Unmark(ctx, "a")
		if d := time.Since(start); d > time.Second {
			t.Errorf("calls with an ended ctx took %v", d)
		}
	})
}

const ttl = time.Minute

func wantMark(t *testing.T, s callback.DedupeStore, key string, want bool) {
	t.Helper()
	got, err := s.Mark(t.Context(), key, ttl)
	if err != nil {
		t.Fatalf("Mark(%q): %v", key, err)
	}
	if got != want {
		t.Errorf("Mark(%q) = %v, want %v", key, got, want)
	}
}

func unmark(t *testing.T, s callback.DedupeStore, key string) {
	t.Helper()
	if err := s.Unmark(t.Context(), key); err != nil {
		t.Errorf("Unmark(%q): %v", key, err)
	}
}
