package callbacktest_test

import (
	"context"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/callback/callbacktest"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A brokenStore is a MemoryStore but for what its functions replace.
type brokenStore struct {
	callback.DedupeStore

	claim   func(ctx context.Context, s callback.DedupeStore, key string, lease time.Duration) (callback.DedupeState, error)
	done    func(ctx context.Context, s callback.DedupeStore, key string, ttl time.Duration) error
	release func(ctx context.Context, s callback.DedupeStore, key string) error
}

func (b brokenStore) Claim(ctx context.Context, key string, lease time.Duration) (callback.DedupeState, error) {
	if b.claim == nil {
		return b.DedupeStore.Claim(ctx, key, lease)
	}
	return b.claim(ctx, b.DedupeStore, key, lease)
}

func (b brokenStore) Done(ctx context.Context, key string, ttl time.Duration) error {
	if b.done == nil {
		return b.DedupeStore.Done(ctx, key, ttl)
	}
	return b.done(ctx, b.DedupeStore, key, ttl)
}

func (b brokenStore) Release(ctx context.Context, key string) error {
	if b.release == nil {
		return b.DedupeStore.Release(ctx, key)
	}
	return b.release(ctx, b.DedupeStore, key)
}

// brokenStores are stores by the check that must find them out.
func brokenStores() map[string][]brokenStore {
	return map[string][]brokenStore{
		"Claim gives a key to one": {
			{claim: func(context.Context, callback.DedupeStore, string, time.Duration) (callback.DedupeState, error) {
				return callback.DedupeClaimed, nil
			}},
			{claim: func(ctx context.Context, s callback.DedupeStore, _ string, lease time.Duration) (callback.DedupeState, error) {
				return s.Claim(ctx, "the only one", lease)
			}},
		},
		"Done tells what was handled": {
			{done: func(context.Context, callback.DedupeStore, string, time.Duration) error { return nil }},
			{done: func(ctx context.Context, s callback.DedupeStore, key string, ttl time.Duration) error {
				if state, _ := s.Claim(ctx, key, ttl); state == callback.DedupeClaimed {
					return s.Release(ctx, key) // only what is claimed
				}
				return s.Done(ctx, key, ttl)
			}},
		},
		"Release forgets": {
			{release: func(context.Context, callback.DedupeStore, string) error { return nil }},
			{release: func(ctx context.Context, s callback.DedupeStore, key string) error {
				if state, _ := s.Claim(ctx, key, time.Hour); state == callback.DedupeDone {
					return nil
				}
				return s.Release(ctx, key)
			}},
		},
		"what is known expires": {
			{claim: func(ctx context.Context, s callback.DedupeStore, key string, _ time.Duration) (callback.DedupeState, error) {
				return s.Claim(ctx, key, 24*time.Hour)
			}},
			{claim: func(ctx context.Context, s callback.DedupeStore, key string, lease time.Duration) (callback.DedupeState, error) {
				state, err := s.Claim(ctx, key, lease)
				if state == callback.DedupeInHand { // lives longer for being asked
					_ = s.Release(ctx, key)
					_, err = s.Claim(ctx, key, lease)
				}
				return state, err
			}},
			{done: func(ctx context.Context, s callback.DedupeStore, key string, _ time.Duration) error {
				return s.Done(ctx, key, 10*time.Second)
			}},
			{done: func(ctx context.Context, s callback.DedupeStore, key string, _ time.Duration) error {
				return s.Done(ctx, key, 24*time.Hour)
			}},
		},
		"Claim is one step": {
			{claim: func(ctx context.Context, s callback.DedupeStore, key string, lease time.Duration) (callback.DedupeState, error) {
				state, err := s.Claim(ctx, key, lease)
				if state == callback.DedupeClaimed { // looks, and takes it later
					_ = s.Release(ctx, key)
					<-time.After(10 * time.Millisecond)
					_, err = s.Claim(ctx, key, lease)
				}
				return state, err
			}},
		},
		"a store obeys ctx or is quick": {
			{claim: func(ctx context.Context, s callback.DedupeStore, key string, lease time.Duration) (callback.DedupeState, error) {
				<-time.After(2 * time.Second)
				return s.Claim(ctx, key, lease)
			}},
			{release: func(ctx context.Context, s callback.DedupeStore, key string) error {
				<-time.After(2 * time.Second)
				return s.Release(ctx, key)
			}},
		},
	}
}

// A brokenInbox is a FileInbox but for what its functions replace.
type brokenInbox struct {
	callback.Inbox

	add     func(ctx context.Context, i callback.Inbox, e callback.Entry) (bool, error)
	take    func(ctx context.Context, i callback.Inbox) (callback.Entry, error)
	done    func(ctx context.Context, i callback.Inbox, key string) error
	release func(ctx context.Context, i callback.Inbox, key string, at time.Time) error
}

func (b brokenInbox) Append(ctx context.Context, e callback.Entry) (bool, error) {
	if b.add == nil {
		return b.Inbox.Append(ctx, e)
	}
	return b.add(ctx, b.Inbox, e)
}

func (b brokenInbox) Take(ctx context.Context) (callback.Entry, error) {
	if b.take == nil {
		return b.Inbox.Take(ctx)
	}
	return b.take(ctx, b.Inbox)
}

func (b brokenInbox) Done(ctx context.Context, key string) error {
	if b.done == nil {
		return b.Inbox.Done(ctx, key)
	}
	return b.done(ctx, b.Inbox, key)
}

func (b brokenInbox) Release(ctx context.Context, key string, at time.Time) error {
	if b.release == nil {
		return b.Inbox.Release(ctx, key, at)
	}
	return b.release(ctx, b.Inbox, key, at)
}

// A lie is a storage that is not what it says.
type lie struct {
	brokenInbox

	forgets bool // each process has a storage of its own
	shared  bool
}

// altered changes what is taken.
func altered(change func(*callback.Entry)) lie {
	return lie{brokenInbox: brokenInbox{take: func(ctx context.Context, i callback.Inbox) (callback.Entry, error) {
		e, err := i.Take(ctx)
		change(&e)
		return e, err
	}}}
}

// twice gives every entry two times.
func twice() lie {
	var mu sync.Mutex
	var again []callback.Entry
	return lie{brokenInbox: brokenInbox{take: func(ctx context.Context, i callback.Inbox) (callback.Entry, error) {
		mu.Lock()
		defer mu.Unlock()
		if len(again) > 0 {
			e := again[0]
			again = nil
			return e, nil
		}
		e, err := i.Take(ctx)
		if err == nil {
			again = append(again, e)
		}
		return e, err
	}}}
}

// forgetful takes in again what is done.
func forgetful() lie {
	done := map[string]bool{}
	return lie{brokenInbox: brokenInbox{
		add: func(ctx context.Context, i callback.Inbox, e callback.Entry) (bool, error) {
			added, err := i.Append(ctx, e)
			return added || done[e.Key], err
		},
		done: func(ctx context.Context, i callback.Inbox, key string) error {
			done[key] = true
			return i.Done(ctx, key)
		},
	}}
}

// sharing keeps the caller's bytes.
func sharing() lie {
	var body []byte
	return lie{brokenInbox: brokenInbox{
		add: func(ctx context.Context, i callback.Inbox, e callback.Entry) (bool, error) {
			body = e.Body
			return i.Append(ctx, e)
		},
		take: func(ctx context.Context, i callback.Inbox) (callback.Entry, error) {
			e, err := i.Take(ctx)
			e.Body = body
			return e, err
		},
	}}
}

// brokenInboxes are inboxes by the check that must find them out.
func brokenInboxes() map[string][]lie {
	return map[string][]lie{
		"Take gives what was appended": {
			altered(func(e *callback.Entry) { e.Tenant.SuiteID = "" }),
			altered(func(e *callback.Entry) { e.Received = e.Received.Truncate(time.Second) }),
			altered(func(e *callback.Entry) { e.Body = e.Body[:min(len(e.Body), 1<<16)] }),
			altered(func(e *callback.Entry) { e.Key = strings.ToValidUTF8(e.Key, "") }),
		},
		"Take gives each entry once, oldest first": {twice()},
		"Take waits": {{brokenInbox: brokenInbox{take: func(ctx context.Context, i callback.Inbox) (callback.Entry, error) {
			ctx, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
			defer cancel()
			return i.Take(ctx)
		}}}},
		"several take each entry once": {twice()},
		"Append knows a key": {
			{brokenInbox: brokenInbox{add: func(ctx context.Context, i callback.Inbox, e callback.Entry) (bool, error) {
				_, err := i.Append(ctx, e)
				return true, err
			}}},
			forgetful(),
		},
		"Append is one step": {{brokenInbox: brokenInbox{add: func(ctx context.Context, i callback.Inbox, e callback.Entry) (bool, error) {
			<-time.After(10 * time.Millisecond)
			_, err := i.Append(ctx, e)
			return true, err
		}}}},
		"Append keeps nothing of the caller's": {sharing()},
		"what is done stays done": {
			{brokenInbox: brokenInbox{done: func(ctx context.Context, i callback.Inbox, key string) error {
				return i.Release(ctx, key, time.Time{})
			}}},
		},
		"what waits can be done": {
			{brokenInbox: brokenInbox{done: func(ctx context.Context, i callback.Inbox, key string) error {
				if key == "untaken" {
					return nil
				}
				return i.Done(ctx, key)
			}}},
			{brokenInbox: brokenInbox{done: func(ctx context.Context, i callback.Inbox, key string) error {
				if key == "later" {
					return nil
				}
				return i.Done(ctx, key)
			}}},
		},
		"what is unfinished survives": {{forgets: true}},
		"Release gives back": {
			{brokenInbox: brokenInbox{release: func(context.Context, callback.Inbox, string, time.Time) error { return nil }}},
			altered(func(e *callback.Entry) { e.Attempts = 1 }),
		},
		"Release until later": {
			{brokenInbox: brokenInbox{release: func(ctx context.Context, i callback.Inbox, key string, _ time.Time) error {
				return i.Release(ctx, key, time.Time{})
			}}},
			{brokenInbox: brokenInbox{release: func(ctx context.Context, i callback.Inbox, key string, at time.Time) error {
				return i.Release(ctx, key, at.Add(time.Hour))
			}}},
		},
		"a key stays known after Done": {forgetful()},
		"what is not in hand is left alone": {{brokenInbox: brokenInbox{release: func(ctx context.Context, i callback.Inbox, _ string, at time.Time) error {
			ctx, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
			defer cancel()
			if e, err := i.Take(ctx); err == nil {
				return i.Release(ctx, e.Key, at)
			}
			return nil
		}}}},
		"an inbox obeys ctx or is quick": {{brokenInbox: brokenInbox{take: func(ctx context.Context, i callback.Inbox) (callback.Entry, error) {
			return i.Take(context.WithoutCancel(ctx))
		}}}},
		"two processes": {{forgets: true, shared: true}},
	}
}

// storage is where a lie keeps its entries.
func (l lie) storage(t *testing.T) callbacktest.Storage {
	t.Helper()
	dir, clock := t.TempDir(), wecomtest.New(t).Clock()
	files := map[callback.Inbox]*callback.FileInbox{}
	return callbacktest.Storage{
		Open: func() callback.Inbox {
			if l.forgets {
				dir = t.TempDir()
			}
			file, err := callback.OpenFileInbox(dir, &callback.FileInboxOptions{Clock: clock})
			require.NoError(t, err)
			b := l.brokenInbox
			b.Inbox = file
			files[&b] = file
			return &b
		},
		Kill: func(i callback.Inbox) { require.NoError(t, files[i].Close()) },
		Advance: func(d time.Duration) time.Time {
			clock.Advance(d)
			return clock.Now()
		},
		Shared: l.shared,
	}
}

const (
	variable = "CALLBACKTEST_BROKEN"
	number   = "CALLBACKTEST_NUMBER"
)

// A suite that cannot fail proves nothing. These tests run themselves once more
// for each broken store and inbox.
//
//nolint:tparallel // as the inner run it only hands its t on
func TestSuiteFindsBrokenStores(t *testing.T) {
	if check := os.Getenv(variable); check != "" {
		b := brokenStores()[check][len(os.Getenv(number))]
		callbacktest.TestDedupeStore(t, func(t *testing.T) (callback.DedupeStore, func(time.Duration)) {
			t.Helper()
			clock := wecomtest.New(t).Clock()
			b := b
			b.DedupeStore = callback.NewMemoryStore(100, clock)
			return b, func(d time.Duration) { clock.Advance(d) }
		})
		return
	}
	t.Parallel()
	for check, list := range brokenStores() {
		findsOut(t, check, len(list))
	}
}

//nolint:tparallel // as the inner run it only hands its t on
func TestSuiteFindsBrokenInboxes(t *testing.T) {
	if check := os.Getenv(variable); check != "" {
		l := brokenInboxes()[check][len(os.Getenv(number))]
		callbacktest.TestInbox(t, l.storage)
		return
	}
	t.Parallel()
	for check, list := range brokenInboxes() {
		findsOut(t, check, len(list))
	}
}

type result struct {
	out []byte
	err error
}

// findsOut runs one check on each of so many broken things.
func findsOut(t *testing.T, check string, broken int) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	for i := range broken {
		inner := t.Name() + "/" + strings.ReplaceAll(check, " ", "_")
		only := "^" + strings.ReplaceAll(regexp.QuoteMeta(inner), "/", "$/^") + "$"
		cmd := exec.CommandContext(t.Context(), self, "-test.run="+only)
		cmd.Env = append(os.Environ(), variable+"="+check, number+"="+strings.Repeat("i", i))
		done := make(chan result, 1)
		go func() { // all at once: they do little but wait
			out, err := cmd.CombinedOutput()
			done <- result{out, err}
		}()
		t.Run(check, func(t *testing.T) {
			t.Parallel()
			r := <-done
			var failed *exec.ExitError
			require.ErrorAs(t, r.err, &failed, "%s", r.out)
			assert.Contains(t, string(r.out), "--- FAIL: "+inner)
		})
	}
}

// What is broken above is not found in the wholes.
func TestSuitesPassWhatIsWhole(t *testing.T) {
	t.Parallel()
	callbacktest.TestInbox(t, lie{}.storage)
	callbacktest.TestDedupeStore(t, func(t *testing.T) (callback.DedupeStore, func(time.Duration)) {
		t.Helper()
		clock := wecomtest.New(t).Clock()
		return brokenStore{DedupeStore: callback.NewMemoryStore(100, clock)}, func(d time.Duration) { clock.Advance(d) }
	})
}
