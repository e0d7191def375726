// Package tokenstoretest checks that a [wecom.TokenStore] keeps what it
// promises. Run it from a test of your store:
//
//	func TestStore(t *testing.T) {
//		tokenstoretest.Run(t, func(t *testing.T) wecom.TokenStore { return mystore.New(…) })
//	}
//
// A store that also implements [wecom.Locker] is checked as one.
package tokenstoretest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wecomkit/wecom-go/wecom"
)

const (
	hurry = 200 * time.Millisecond // a short wait that must end by itself
	bound = 10 * time.Second       // whatever takes longer hangs
)

// Run checks the store that newStore makes. Every check asks for a store of
// its own; stores may share a backend as long as keys are kept apart, because
// each check uses keys of its own.
func Run(t *testing.T, newStore func(t *testing.T) wecom.TokenStore) {
	t.Helper()
	checks := []struct {
		name  string
		check func(*testing.T, wecom.TokenStore, string)
	}{
		{"a missing token is the zero Token and no error", missing},
		{"what is set is got", roundTrip},
		{"a token of 512 bytes is kept whole", longest},
		{"a later Set wins", overwrite},
		{"keys are kept apart", separate},
		{"an expired token is not handed out as valid", expired},
		{"many goroutines at once", concurrent},
		{"a cancelled ctx ends a call", cancelled},
	}
	for i, c := range checks {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.check(t, newStore(t), fmt.Sprintf("tokenstoretest/%d/%d", time.Now().UnixNano(), i))
		})
	}
	if _, ok := newStore(t).(wecom.Locker); !ok {
		return
	}
	locks := []struct {
		name  string
		check func(*testing.T, wecom.Locker, string)
	}{
		{"a lock has one holder at a time", exclusive},
		{"waiting for a lock obeys ctx", lockObeysContext},
		{"locks of different keys are independent", lockSeparate},
		{"a lock frees itself after its ttl", lockExpires},
		{"a late unlock does not free the next holder's lock", lateUnlock},
	}
	for i, c := range locks {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l, ok := newStore(t).(wecom.Locker)
			if !ok {
				t.Fatal("the store is a Locker only now and then")
			}
			c.check(t, l, fmt.Sprintf("tokenstoretest/lock/%d/%d", time.Now().UnixNano(), i))
		})
	}
}

func token(value string, life time.Duration) wecom.Token {
	return wecom.Token{Value: value, ExpiresAt: time.Now().Add(life)}
}

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), bound)
	t.Cleanup(cancel)
	return ctx
}

func mustSet(t *testing.T, s wecom.TokenStore, key string, tok wecom.Token) {
	t.Helper()
	if err := s.Set(within(t), key, tok); err != nil {
		t.Fatalf("Set: %v", err)
	}
}

func mustGet(t *testing.T, s wecom.TokenStore, key string) wecom.Token {
	t.Helper()
	tok, err := s.Get(within(t), key)
	if err != nil {
		t.Fatalf("Get: %v", err)
	}
	return tok
}

func mustLock(t *testing.T, l wecom.Locker, key string, ttl time.Duration) func() {
	t.Helper()
	unlock, err := l.Lock(within(t), key, ttl)
	if err != nil {
		t.Fatalf("Lock: %v", err)
	}
	if unlock == nil {
		t.Fatal("Lock returned neither an error nor an unlock function")
	}
	return unlock
}

func missing(t *testing.T, s wecom.TokenStore, key string) {
	if got := mustGet(t, s, key); got.Value != "" || !got.ExpiresAt.IsZero() {
		t.Errorf("Get of a missing key = %v, want the zero Token", got)
	}
}

func roundTrip(t *testing.T, s wecom.TokenStore, key string) {
	want := token("value-_.~0123456789", 2*time.Hour)
	mustSet(t, s, key, want)
	got := mustGet(t, s, key)
	if got.Value != want.Value {
		t.Error("Get returned another value than was set")
	}
	if d := got.ExpiresAt.Sub(want.ExpiresAt); d > time.Second || d < -time.Second {
		t.Errorf("ExpiresAt moved by %v, want less than a second", d)
	}
}

func longest(t *testing.T, s wecom.TokenStore, key string) {
	t.Helper()
	want := token(strings.Repeat("0123456789abcde-", 32), time.Hour) // as long as WeCom may make one
	mustSet(t, s, key, want)
	if got := mustGet(t, s, key); got.Value != want.Value {
		t.Errorf("%d of 512 bytes came back", len(got.Value))
	}
}

func overwrite(t *testing.T, s wecom.TokenStore, key string) {
	mustSet(t, s, key, token("first", time.Hour))
	mustSet(t, s, key, token("second", 2*time.Hour))
	if got := mustGet(t, s, key); got.Value != "second" {
		t.Error("Get returned the first value after a second Set")
	}
}

func separate(t *testing.T, s wecom.TokenStore, key string) {
	mustSet(t, s, key+"/a", token("a", time.Hour))
	mustSet(t, s, key+"/b", token("b", time.Hour))
	if mustGet(t, s, key+"/a").Value != "a" || mustGet(t, s, key+"/b").Value != "b" {
		t.Error("two keys share a token")
	}
}

func expired(t *testing.T, s wecom.TokenStore, key string) {
	_ = s.Set(within(t), key, token("old", -time.Minute)) // refusing it is fine
	if got := mustGet(t, s, key); got.Value != "" && got.ExpiresAt.After(time.Now()) {
		t.Error("Get returned an expired token with a later end")
	}
}

func concurrent(t *testing.T, s wecom.TokenStore, key string) {
	ctx := within(t)
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			mine := fmt.Sprintf("%s/%d", key, i%4)
			if err := s.Set(ctx, mine, token(mine, time.Hour)); err != nil {
				t.Errorf("Set: %v", err)
			}
			if got, err := s.Get(ctx, mine); err != nil || got.Value != mine {
				t.Errorf("Get = %v, %v, want the value under its own key", got, err)
			}
		})
	}
	wg.Wait()
}

func cancelled(t *testing.T, s wecom.TokenStore, key string) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = s.Get(ctx, key)
		_ = s.Set(ctx, key, token("x", time.Hour))
	}()
	select {
	case <-done:
	case <-time.After(bound):
		t.Fatal("Get and Set with a cancelled ctx hang")
	}
}

func exclusive(t *testing.T, l wecom.Locker, key string) {
	ctx := within(t)
	var inside, most atomic.Int32
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			unlock, err := l.Lock(ctx, key, bound)
			if err != nil {
				t.Errorf("Lock: %v", err)
				return
			}
			if n := inside.Add(1); n > 1 {
				most.Store(n)
			}
			<-time.After(5 * time.Millisecond) // long enough for a second holder to show
			inside.Add(-1)
			unlock()
		})
	}
	wg.Wait()
	if n := most.Load(); n != 0 {
		t.Errorf("%d holders at once, want 1", n)
	}
}

func lockObeysContext(t *testing.T, l wecom.Locker, key string) {
	defer mustLock(t, l, key, bound)()
	ctx, cancel := context.WithTimeout(t.Context(), hurry)
	defer cancel()
	start := time.Now()
	unlock, err := l.Lock(ctx, key, bound)
	if err == nil {
		unlock()
		t.Fatal("Lock succeeded while another holds it")
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Lock failed with %v, want it to wrap context.DeadlineExceeded", err)
	}
	if d := time.Since(start); d > bound/2 {
		t.Errorf("Lock returned %v after its ctx ended", d-hurry)
	}
}

func lockSeparate(t *testing.T, l wecom.Locker, key string) {
	defer mustLock(t, l, key+"/a", bound)()
	mustLock(t, l, key+"/b", bound)()
}

func lockExpires(t *testing.T, l wecom.Locker, key string) {
	mustLock(t, l, key, hurry) // its holder dies: no unlock
	mustLock(t, l, key, bound)()
}

func lateUnlock(t *testing.T, l wecom.Locker, key string) {
	late := mustLock(t, l, key, hurry)
	defer mustLock(t, l, key, bound)() // after the first one's ttl
	late()
	ctx, cancel := context.WithTimeout(t.Context(), hurry)
	defer cancel()
	if unlock, err := l.Lock(ctx, key, bound); err == nil {
		unlock()
		t.Error("a late unlock freed a lock that had passed to another holder")
	}
}
