package callbacktest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wecomkit/wecom-go/callback"
)

// Storage is what a test of [TestInbox] has to itself: where an inbox keeps
// its entries, empty at first.
type Storage struct {
	// Open opens the inbox as a process does that starts.
	Open func() callback.Inbox

	// Kill is the end of the process that opened the inbox, without any of
	// the things that are done before a process ends. When it returns, the
	// entries that were in its hand are free. The test kills every inbox that
	// it opens.
	Kill func(callback.Inbox)

	// Advance lets time pass for the inboxes, and reports what time it is for
	// them then. If it is nil, what takes time is not checked.
	Advance func(time.Duration) time.Time

	// Shared says that several processes may have the inbox open at once.
	Shared bool
}

// TestInbox checks that an inbox keeps the contract of [callback.Inbox].
// newStorage makes an empty one.
//
//nolint:tparallel // whether t is parallel is the caller's choice
func TestInbox(t *testing.T, newStorage func(t *testing.T) Storage) {
	t.Helper()
	checks := []struct {
		name  string
		check func(t *testing.T, s *bed)
	}{
		{"Take gives what was appended", takeGivesWhatWasAppended},
		{"Take gives each entry once, oldest first", takeInOrder},
		{"Take waits", takeWaits},
		{"several take each entry once", takeConcurrently},
		{"Append knows a key", appendKnowsAKey},
		{"Append is one step", appendIsOneStep},
		{"Append keeps nothing of the caller's", appendCopies},
		{"what is done stays done", doneStaysDone},
		{"what waits can be done", whatWaitsCanBeDone},
		{"what is unfinished survives", unfinishedSurvives},
		{"Release gives back", releaseGivesBack},
		{"Release until later", releaseUntilLater},
		{"a key stays known after Done", keyStaysKnown},
		{"what is not in hand is left alone", leftAlone},
		{"an inbox obeys ctx or is quick", obeysContext},
		{"two processes", twoProcesses},
	}
	for _, tt := range checks {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := &bed{Storage: newStorage(t), t: t}
			s.start()
			defer s.kill()
			tt.check(t, s)
		})
	}
}

// A bed is an inbox under test, with what each check does to it.
type bed struct {
	Storage
	t     *testing.T
	inbox callback.Inbox // of the process that runs; nil if none does
}

func (s *bed) start() { s.inbox = s.Open() }

func (s *bed) kill() {
	if s.inbox != nil {
		s.Kill(s.inbox)
		s.inbox = nil
	}
}

// restart is a crash, and what comes after.
func (s *bed) restart() {
	s.kill()
	s.start()
}

func (s *bed) append(key string, want bool) {
	s.t.Helper()
	added, err := s.inbox.Append(s.t.Context(), entry(key))
	if err != nil {
		s.t.Fatalf("Append(%q): %v", key, err)
	}
	if added != want {
		s.t.Errorf("Append(%q) = %v, want %v", key, added, want)
	}
}

func (s *bed) take(key string, attempts int) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	e, err := s.inbox.Take(ctx)
	if err != nil {
		s.t.Fatalf("Take, want %q: %v", key, err)
	}
	if e.Key != key || e.Attempts != attempts {
		s.t.Errorf("Take: entry %q at attempt %d, want %q at %d", e.Key, e.Attempts, key, attempts)
	}
}

// takeNothing checks that there is nothing to take.
func (s *bed) takeNothing() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), aMoment)
	defer cancel()
	if e, err := s.inbox.Take(ctx); !errors.Is(err, context.DeadlineExceeded) {
		s.t.Errorf("Take: entry %q at attempt %d, error %v; want none before ctx ends", e.Key, e.Attempts, err)
	}
}

func (s *bed) done(key string) {
	s.t.Helper()
	if err := s.inbox.Done(s.t.Context(), key); err != nil {
		s.t.Errorf("Done(%q): %v", key, err)
	}
}

func (s *bed) release(key string, at time.Time) {
	s.t.Helper()
	if err := s.inbox.Release(s.t.Context(), key, at); err != nil {
		s.t.Errorf("Release(%q): %v", key, err)
	}
}

const (
	patience = 10 * time.Second
	aMoment  = 50 * time.Millisecond
)

// received is when all entries came, whatever time it is for the inbox.
func received() time.Time { return time.Unix(1763733600, 123456789) }

func entry(key string) callback.Entry {
	return callback.Entry{Key: key, Body: []byte("<xml>" + key + "</xml>"), Received: received()}
}

func takeGivesWhatWasAppended(t *testing.T, s *bed) {
	t.Helper()
	large := entry("large")
	large.Body = bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	tests := []callback.Entry{
		{Key: "all", Body: []byte("<xml>\x00\xff\r\n</xml>"), Tenant: callback.Tenant{SuiteID: "ww4asffe99e54c0f4c", CorpID: "ww55ca070cb9b7eb22"}, Received: received()},
		{Key: "empty", Received: received()},
		{Key: "key\x00 \xff 键", Body: []byte("x"), Received: received()},
		large,
	}
	for _, e := range tests {
		if added, err := s.inbox.Append(t.Context(), e); err != nil || !added {
			t.Fatalf("Append(%q) = %v, %v", e.Key, added, err)
		}
	}
	for _, want := range tests {
		got, err := s.inbox.Take(t.Context())
		if err != nil {
			t.Fatalf("Take: %v", err)
		}
		if got.Key != want.Key || !bytes.Equal(got.Body, want.Body) || got.Tenant != want.Tenant || !got.Received.Equal(want.Received) || got.Attempts != 1 {
			t.Errorf("Take: %v of %v at %v, want %v of %v at %v, at its first attempt", got, got.Tenant, got.Received, want, want.Tenant, want.Received)
		}
	}
}

func takeInOrder(t *testing.T, s *bed) {
	t.Helper()
	for i := range 20 {
		s.append(fmt.Sprint(i), true)
	}
	for i := range 20 {
		s.take(fmt.Sprint(i), 1)
	}
	s.takeNothing()
}

func takeWaits(t *testing.T, s *bed) {
	t.Helper()
	s.takeNothing()
	var wg sync.WaitGroup
	wg.Go(func() { s.take("a", 1) })
	time.Sleep(aMoment) // it waits by then, most likely
	s.append("a", true)
	wg.Wait()
}

func takeConcurrently(t *testing.T, s *bed) {
	t.Helper()
	const n, takers = 100, 5
	var mu sync.Mutex
	taken := make(map[string]int)
	var wg sync.WaitGroup
	for range takers {
		wg.Go(func() {
			for range n / takers {
				e, err := s.inbox.Take(t.Context())
				if err != nil {
					t.Errorf("Take: %v", err)
					return
				}
				mu.Lock()
				taken[e.Key]++
				mu.Unlock()
				s.done(e.Key)
			}
		})
	}
	for i := range n {
		s.append(fmt.Sprint(i), true)
	}
	wg.Wait()
	if len(taken) != n {
		t.Errorf("%d different entries were taken in %d calls", len(taken), n)
	}
}

func appendKnowsAKey(t *testing.T, s *bed) {
	t.Helper()
	s.append("a", true)
	s.append("a", false)
	s.append("b", true)
	s.restart()
	s.append("a", false)
	s.take("a", 1)
	s.append("a", false)
	s.done("a")
	s.append("a", false)
	s.restart()
	s.append("a", false)
	s.append("c", true)
	s.take("b", 1)
	s.take("c", 1)
	s.takeNothing()
}

func appendIsOneStep(t *testing.T, s *bed) {
	t.Helper()
	var first atomic.Int32
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			added, err := s.inbox.Append(t.Context(), entry("a"))
			if err != nil {
				t.Errorf("Append: %v", err)
			}
			if added {
				first.Add(1)
			}
		})
	}
	wg.Wait()
	if n := first.Load(); n != 1 {
		t.Errorf("Append told %d of 50 callers that they were first", n)
	}
	s.take("a", 1)
	s.takeNothing()
}

func appendCopies(t *testing.T, s *bed) {
	t.Helper()
	e := entry("a")
	want := string(e.Body)
	if _, err := s.inbox.Append(t.Context(), e); err != nil {
		t.Fatalf("Append: %v", err)
	}
	clear(e.Body)
	got, err := s.inbox.Take(t.Context())
	if err != nil || string(got.Body) != want {
		t.Errorf("Take: %q, %v, want %q", got.Body, err, want)
	}
}

func doneStaysDone(t *testing.T, s *bed) {
	t.Helper()
	s.append("a", true)
	s.append("b", true)
	s.take("a", 1)
	s.done("a")
	s.done("a")
	s.done("never appended")
	s.release("a", time.Time{})
	s.restart()
	s.take("b", 1)
	s.takeNothing()
}

// whatWaitsCanBeDone by who took it before, and lost it.
func whatWaitsCanBeDone(t *testing.T, s *bed) {
	t.Helper()
	s.append("untaken", true)
	s.done("untaken")
	s.append("untaken", false)
	s.append("later", true)
	s.take("later", 1)
	s.release("later", time.Now().Add(aMoment/2))
	s.done("later")
	s.append("later", false)
	s.append("next", true)
	if s.Advance != nil {
		s.Advance(time.Hour)
	}
	s.take("next", 1)
	s.done("next")
	s.restart()
	s.takeNothing()
}

func unfinishedSurvives(t *testing.T, s *bed) {
	t.Helper()
	for _, key := range []string{"a", "b", "c"} {
		s.append(key, true)
	}
	s.take("a", 1)
	s.take("b", 1)
	s.done("b")
	s.restart()
	// Who took a may have died before that was noted.
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	left := make(map[string]int)
	for range 2 {
		e, err := s.inbox.Take(ctx)
		if err != nil {
			t.Fatalf("Take: %v", err)
		}
		left[e.Key] = e.Attempts
	}
	if left["a"] < 1 || left["a"] > 2 || left["c"] != 1 {
		t.Errorf("taken after the crash, with attempts: %v, want a at 1 or 2 and c at 1", left)
	}
	s.takeNothing()
}

func releaseGivesBack(t *testing.T, s *bed) {
	t.Helper()
	s.append("a", true)
	for i := range 3 {
		s.take("a", i+1)
		s.takeNothing()
		s.release("a", time.Time{})
	}
	s.restart()
	s.take("a", 4)
	s.append("a", false)
	s.done("a")
	s.takeNothing()
}

func releaseUntilLater(t *testing.T, s *bed) {
	t.Helper()
	if s.Advance == nil {
		t.Log("not checked: the inbox's time cannot be moved")
		return
	}
	s.append("a", true)
	s.append("b", true)
	s.append("c", true)
	s.take("a", 1)
	s.take("b", 1)
	now := s.Advance(0)
	s.release("a", now.Add(time.Hour))
	s.release("b", now.Add(time.Minute))
	s.take("c", 1)
	s.takeNothing()
	s.Advance(time.Minute - time.Second)
	s.takeNothing()
	s.done("c")
	s.restart()
	s.takeNothing()
	s.Advance(time.Second)
	s.take("b", 2)
	s.done("b")
	s.Advance(time.Hour)
	s.take("a", 2)
	s.takeNothing()
}

func keyStaysKnown(t *testing.T, s *bed) {
	t.Helper()
	if s.Advance == nil {
		t.Log("not checked: the inbox's time cannot be moved")
		return
	}
	s.append("a", true)
	s.take("a", 1)
	s.Advance(time.Hour) // what counts is when it is done
	s.done("a")
	s.Advance(5*time.Minute - time.Second)
	s.append("a", false)
	s.append("b", true)
	s.restart()
	s.append("a", false)
	s.take("b", 1)
	s.takeNothing()
}

func leftAlone(t *testing.T, s *bed) {
	t.Helper()
	s.append("a", true)
	s.release("a", time.Now().Add(time.Hour)) // waits, and is nobody's to give back
	s.release("never appended", time.Time{})
	s.take("a", 1)
	s.takeNothing()
}

func obeysContext(t *testing.T, s *bed) {
	t.Helper()
	s.append("a", true)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	start := time.Now()
	_, _ = s.inbox.Append(ctx, entry("b"))
	_, err := s.inbox.Take(ctx)
	_ = s.inbox.Release(ctx, "a", time.Time{})
	_ = s.inbox.Done(ctx, "never appended")
	if d := time.Since(start); d > time.Second {
		t.Errorf("calls with an ended ctx took %v", d)
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Take with an ended ctx: %v", err)
	}
	s.take("a", 1) // is not lost to a Take that failed
}

func twoProcesses(t *testing.T, s *bed) {
	t.Helper()
	if !s.Shared {
		t.Log("not checked: the inbox is for one process")
		return
	}
	first := s.inbox
	s.append("a", true)
	s.append("b", true)
	s.take("a", 1)
	s.start()
	s.append("a", false)
	s.take("b", 1)
	s.takeNothing() // a is in a living hand
	s.done("b")
	s.Kill(first)
	s.take("a", 2)
	s.takeNothing()
}
