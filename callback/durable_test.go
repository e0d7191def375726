package callback_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
)

// A process is one life of a handler with an inbox.
type process struct {
	*callback.Handler
	inbox *callback.FileInbox
	log   *bytes.Buffer
}

func startProcess(t testing.TB, dir string, opts ...callback.Option) *process {
	t.Helper()
	p := &process{inbox: openInbox(t, dir, nil), log: &bytes.Buffer{}}
	p.Handler = newHandler(t, append([]callback.Option{callback.WithInbox(p.inbox), callback.WithLogger(slog.New(slog.NewTextHandler(p.log, nil)))}, opts...)...)
	return p
}

// stop is an orderly end within a time.
func (p *process) stop(t testing.TB, patience time.Duration) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	err := p.Close(ctx)
	synctest.Wait()
	require.NoError(t, p.inbox.Close())
	return err
}

// seenStates collects the states of the events that a handler sees.
type seenStates struct {
	mu  sync.Mutex
	got []string
}

func (s *seenStates) add(e *callback.AddExternalContact) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, e.State)
}

func (s *seenStates) handle(_ context.Context, e *callback.AddExternalContact) error {
	s.add(e)
	return nil
}

func (s *seenStates) list() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.got
}

// pass lets time pass, and what happens then happen.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func TestInboxAnswersFirstAndHandlesOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		p := startProcess(t, dir)
		var seen seenStates
		callback.On(p.Handler, func(ctx context.Context, e *callback.AddExternalContact) error {
			time.Sleep(time.Minute)
			return seen.handle(ctx, e)
		})
		start := time.Now()
		for _, s := range []string{"a", "b", "a"} {
			assert.Equal(t, acknowledged, deliver(t, p, event(s)))
		}
		assert.Zero(t, time.Since(start), "no answer waits for the work")
		assert.Equal(t, 2, p.inbox.Len())
		pass(2 * time.Minute)
		assert.ElementsMatch(t, []string{"a", "b"}, seen.list())
		assert.Zero(t, p.inbox.Len())
		assert.Equal(t, callback.Stats{Received: 3, Handled: 2, Duplicates: 1}, p.Stats())
		require.NoError(t, p.stop(t, time.Second))

		p = startProcess(t, dir)
		callback.On(p.Handler, seen.handle)
		p.Resume(t.Context())
		assert.Equal(t, acknowledged, deliver(t, p, event("b")))
		synctest.Wait()
		assert.Len(t, seen.list(), 2, "a repetition is one after a restart, too")
		assert.Equal(t, callback.Stats{Received: 1, Duplicates: 1}, p.Stats())
		require.NoError(t, p.stop(t, time.Second))
	})
}

// A process ends in the middle of its work; what it had acknowledged is
// handled by the next one, for the same tenant.
func TestInboxSurvivesItsProcess(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		p := startProcess(t, dir, callback.WithWorkers(1, 1))
		stuck := make(chan struct{})
		callback.On(p.Handler, func(context.Context, callback.Event) error { <-stuck; return nil })
		for i := range 5 {
			assert.Equal(t, acknowledged, deliver(t, p, event(fmt.Sprint(i))))
		}
		synctest.Wait()
		require.NoError(t, p.inbox.Close(), "this is where it dies")

		type key struct{}
		next := startProcess(t, dir, callback.WithWorkers(1, 1))
		var seen seenStates
		callback.On(next.Handler, func(ctx context.Context, e *callback.AddExternalContact) error {
			tenant, ok := callback.TenantFrom(ctx)
			assert.True(t, ok)
			assert.Equal(t, callback.Tenant{CorpID: testKeys.ReceiveID}, tenant)
			assert.Equal(t, "value", ctx.Value(key{}))
			return seen.handle(ctx, e)
		})
		ctx, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, "value"))
		next.Resume(ctx)
		cancel() // Resume is long over
		synctest.Wait()
		assert.Equal(t, []string{"0", "1", "2", "3", "4"}, seen.list())
		require.NoError(t, next.stop(t, time.Second))

		close(stuck)
		ctx, cancel = context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		require.NoError(t, p.Close(ctx))
		assert.Contains(t, p.log.String(), "may be handled again")
	})
}

// Without Resume the first event that comes has the others handled.
func TestInboxWithoutResume(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		inbox := openInbox(t, dir, nil)
		_, err := inbox.Append(t.Context(), callback.Entry{Key: "a", Body: []byte(event("a"))})
		require.NoError(t, err)
		require.NoError(t, inbox.Close())
		p := startProcess(t, dir)
		var seen seenStates
		callback.On(p.Handler, seen.handle)
		synctest.Wait()
		assert.Empty(t, seen.list(), "NewHandler starts nothing")
		deliver(t, p, event("b"))
		synctest.Wait()
		assert.ElementsMatch(t, []string{"a", "b"}, seen.list())
		require.NoError(t, p.stop(t, time.Second))
		p.Resume(t.Context()) // and that is all
		newHandler(t).Resume(t.Context())
	})
}

// A burst is acknowledged as far as the disk takes it; of the workers' memory
// it takes no more than there are workers and places.
func TestInboxTakesABurst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := startProcess(t, t.TempDir(), callback.WithWorkers(2, 3))
		var seen seenStates
		callback.On(p.Handler, func(ctx context.Context, e *callback.AddExternalContact) error {
			if strings.HasPrefix(e.State, "x") && len(e.State) == 2 {
				time.Sleep(3 * time.Second) // which those behind it could overtake
			}
			return seen.handle(ctx, e)
		})
		of := func(customer string, i int) string {
			body, _ := corpForm("change_external_contact/add_external_contact", cdata("ExternalUserID", customer, "State", fmt.Sprint(customer, i)))
			return body
		}
		start := time.Now()
		for i := range 20 {
			assert.Equal(t, acknowledged, deliver(t, p, of("x", i)))
			assert.Equal(t, acknowledged, deliver(t, p, of("y", i)))
		}
		assert.Zero(t, time.Since(start))
		synctest.Wait()
		pass(time.Minute)
		of1, of2 := "", ""
		for _, s := range seen.list() {
			if strings.HasPrefix(s, "x") {
				of1 += s
			} else {
				of2 += s
			}
		}
		want := ""
		for i := range 20 {
			want += fmt.Sprint("x", i)
		}
		assert.Equal(t, want, of1, "in order")
		assert.Equal(t, strings.ReplaceAll(want, "x", "y"), of2, "in order")
		require.NoError(t, p.stop(t, time.Second))
	})
}

// An inbox that does as it is told.
type stubInbox struct {
	callback.Inbox
	append func(ctx context.Context, e callback.Entry) (bool, error)
	take   func(ctx context.Context) (callback.Entry, error)
	done   func(ctx context.Context, key string) error
}

func (s stubInbox) Append(ctx context.Context, e callback.Entry) (bool, error) {
	if s.append != nil {
		return s.append(ctx, e)
	}
	return s.Inbox.Append(ctx, e)
}

func (s stubInbox) Take(ctx context.Context) (callback.Entry, error) {
	if s.take != nil {
		return s.take(ctx)
	}
	return s.Inbox.Take(ctx)
}

func (s stubInbox) Done(ctx context.Context, key string) error {
	if s.done != nil {
		return s.done(ctx, key)
	}
	return s.Inbox.Done(ctx, key)
}

func TestInboxHoldsNoMoreThanItsPlaces(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		inbox := openInbox(t, t.TempDir(), nil)
		taken := 0
		h := newHandler(t, callback.WithWorkers(2, 3), callback.WithInbox(stubInbox{Inbox: inbox, take: func(ctx context.Context) (callback.Entry, error) {
			e, err := inbox.Take(ctx)
			if err == nil {
				taken++
			}
			return e, err
		}}))
		proceed := make(chan struct{})
		callback.On(h, func(context.Context, callback.Event) error { <-proceed; return nil })
		for i := range 20 {
			assert.Equal(t, acknowledged, deliver(t, h, event(fmt.Sprint(i))))
		}
		synctest.Wait()
		assert.Equal(t, 2+3, taken)
		proceed <- struct{}{}
		synctest.Wait()
		assert.Equal(t, 2+3+1, taken)
		close(proceed)
		synctest.Wait()
		assert.Equal(t, 20, taken)
		require.NoError(t, h.Close(t.Context()))
		require.NoError(t, inbox.Close())
	})
}

// What cannot be stored is not acknowledged.
func TestInboxFails(t *testing.T) {
	t.Parallel()
	refused := errors.New("no space left on device")
	for name, broken := range map[string]func(ctx context.Context, e callback.Entry) (bool, error){
		"full":   func(context.Context, callback.Entry) (bool, error) { return false, refused },
		"panics": func(context.Context, callback.Entry) (bool, error) { panic(refused) },
		"slow": func(ctx context.Context, _ callback.Entry) (bool, error) {
			<-ctx.Done()
			return false, refused
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			var log bytes.Buffer
			inbox := openInbox(t, t.TempDir(), nil)
			stub := &stubInbox{Inbox: inbox, append: broken}
			var outcomes []callback.Delivery
			h := newHandler(t, callback.WithInbox(stub), callback.WithLogger(slog.New(slog.NewTextHandler(&log, nil))),
				callback.WithObserver(func(_ context.Context, d callback.Delivery) { outcomes = append(outcomes, d) }))
			var seen seenStates
			callback.On(h, seen.handle)
			start := time.Now()
			assert.Equal(t, dropped, deliver(t, h, event("a")), name)
			assert.Equal(t, 6*time.Second, time.Since(start), "WeCom is to give up first")
			assert.Contains(t, log.String(), "the inbox failed")
			require.Len(t, outcomes, 1)
			assert.Equal(t, callback.OutcomeUnanswered, outcomes[0].Outcome)
			require.ErrorContains(t, outcomes[0].Err, refused.Error())
			stub.append = nil
			assert.Equal(t, acknowledged, deliver(t, h, event("a")))
			synctest.Wait()
			assert.Equal(t, []string{"a"}, seen.list())
			require.NoError(t, h.Close(t.Context()))
			require.NoError(t, inbox.Close())
		})
	}
}

// An inbox may have stored what it failed to confirm. Then the next delivery is
// a repetition to it, and no less a reason to begin.
func TestInboxWithoutResumeAfterAFailure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		inbox := openInbox(t, t.TempDir(), nil)
		appends := 0
		h := newHandler(t, callback.WithInbox(stubInbox{Inbox: inbox, append: func(ctx context.Context, e callback.Entry) (bool, error) {
			added, err := inbox.Append(ctx, e)
			if appends++; appends == 1 {
				return false, errors.New("no answer")
			}
			return added, err
		}}))
		var seen seenStates
		callback.On(h, seen.handle)
		assert.Equal(t, dropped, deliver(t, h, event("a")))
		assert.Equal(t, acknowledged, deliver(t, h, event("a")))
		synctest.Wait()
		assert.Equal(t, []string{"a"}, seen.list())
		require.NoError(t, h.Close(t.Context()))
		require.NoError(t, inbox.Close())
	})
}

// A handler that wants the event again gets it, ever later, and not for ever.
func TestInboxTriesAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		p := startProcess(t, dir)
		start := time.Now()
		var mu sync.Mutex
		var at []time.Duration
		again := func(context.Context, callback.Event) error {
			mu.Lock()
			defer mu.Unlock()
			at = append(at, time.Since(start))
			return fmt.Errorf("database is down: %w", callback.ErrRedeliver)
		}
		attempts := func() []time.Duration {
			mu.Lock()
			defer mu.Unlock()
			defer func() { at = nil }()
			return at
		}
		callback.On(p.Handler, again)
		deliver(t, p, event("a"))
		pass(10 * time.Minute)
		require.NoError(t, p.stop(t, time.Second))
		want := []time.Duration{0}
		for d := time.Second; want[len(want)-1]+d < 10*time.Minute; d *= 2 {
			want = append(want, want[len(want)-1]+d)
		}
		assert.Equal(t, want, attempts())

		p = startProcess(t, dir) // the back-off outlives the process
		callback.On(p.Handler, again)
		p.Resume(t.Context())
		synctest.Wait()
		assert.Empty(t, attempts())
		pass(48 * time.Hour)
		got := attempts()
		require.Len(t, got, 32-len(want))
		assert.Less(t, got[len(got)-1], 21*time.Hour)
		assert.Greater(t, got[len(got)-1], 19*time.Hour)
		assert.Zero(t, p.inbox.Len(), "that was the last time")
		assert.Equal(t, callback.Stats{Postponed: uint64(len(got)) - 1, Failed: 1}, p.Stats())
		assert.Equal(t, 1, strings.Count(p.log.String(), "level=ERROR"))
		require.NoError(t, p.stop(t, time.Second))
	})
}

func TestInboxFailuresAreFinal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		p := startProcess(t, dir)
		var seen seenStates
		callback.On(p.Handler, func(_ context.Context, e *callback.AddExternalContact) error {
			seen.add(e)
			switch e.State {
			case "panic":
				panic("at the disco")
			case "fail":
				return errors.New("no luck")
			}
			return nil
		})
		for _, s := range []string{"panic", "fail", "good", "panic", "fail"} {
			assert.Equal(t, acknowledged, deliver(t, p, event(s)))
			synctest.Wait()
		}
		assert.Equal(t, []string{"panic", "fail", "good"}, seen.list())
		assert.Equal(t, callback.Stats{Received: 5, Handled: 1, Failed: 2, Duplicates: 2}, p.Stats())
		assert.Zero(t, p.inbox.Len())
		assert.Contains(t, p.log.String(), "at the disco")
		assert.Contains(t, p.log.String(), "no luck")
		require.NoError(t, p.stop(t, time.Second))
	})
}

// What Close has no time for is not lost.
func TestInboxCloseRunsOutOfTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		o := &observer{}
		p := startProcess(t, dir, callback.WithWorkers(1, 2), o.option())
		callback.On(p.Handler, func(ctx context.Context, _ callback.Event) error {
			<-ctx.Done()
			return fmt.Errorf("%w: %w", ctx.Err(), callback.ErrRedeliver)
		})
		for i := range 5 {
			assert.Equal(t, acknowledged, deliver(t, p, event(fmt.Sprint(i))))
		}
		synctest.Wait()
		require.ErrorContains(t, p.stop(t, time.Second), "3 events unfinished")
		assert.Equal(t, callback.Stats{Received: 5, Postponed: 3}, p.Stats())
		assert.NotContains(t, p.log.String(), "lost")
		for _, d := range o.all() {
			assert.Equal(t, callback.OutcomePostponed, d.Outcome)
		}
		assert.Equal(t, dropped, deliver(t, p, event("late")))

		p = startProcess(t, dir, callback.WithWorkers(1, 2))
		var seen seenStates
		callback.On(p.Handler, seen.handle)
		time.Sleep(time.Second) // the first was tried already
		p.Resume(t.Context())
		synctest.Wait()
		assert.ElementsMatch(t, []string{"0", "1", "2", "3", "4"}, seen.list())
		require.NoError(t, p.stop(t, time.Second))
	})
}

// Close handles what is in memory, and leaves the rest where it is.
func TestInboxCloseDrains(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		p := startProcess(t, dir, callback.WithWorkers(1, 2))
		var seen seenStates
		callback.On(p.Handler, func(ctx context.Context, e *callback.AddExternalContact) error {
			time.Sleep(time.Second)
			return seen.handle(ctx, e)
		})
		for i := range 10 {
			deliver(t, p, event(fmt.Sprint(i)))
		}
		synctest.Wait()
		require.NoError(t, p.stop(t, time.Minute))
		assert.Equal(t, []string{"0", "1", "2"}, seen.list())
		assert.Equal(t, 7, openInbox(t, dir, nil).Len())
	})
}

// A handler that is not registered yet does not cost the event.
func TestInboxWaitsForAHandler(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		inbox := openInbox(t, dir, nil)
		_, err := inbox.Append(t.Context(), callback.Entry{Key: "a", Body: []byte(event("a"))})
		require.NoError(t, err)
		_, err = inbox.Append(t.Context(), callback.Entry{Key: "b", Body: []byte("unreadable")})
		require.NoError(t, err)
		require.NoError(t, inbox.Close())
		p := startProcess(t, dir)
		p.Resume(t.Context())
		synctest.Wait()
		assert.Equal(t, 2, p.inbox.Len())
		assert.Contains(t, p.log.String(), "no handler is registered")
		var seen seenStates
		callback.On(p.Handler, seen.handle)
		var raw string
		callback.On(p.Handler, func(_ context.Context, e *callback.Unknown) error { raw = e.Raw; return nil })
		pass(time.Minute)
		assert.Equal(t, []string{"a"}, seen.list())
		assert.Equal(t, "unreadable", raw)
		require.NoError(t, p.stop(t, time.Second))
	})
}

// What makes the answer, and what nobody wants, is not stored.
func TestInboxIsForWorkAfterTheAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		inbox := openInbox(t, t.TempDir(), nil)
		h := newHandler(t, callback.WithInbox(stubInbox{Inbox: inbox, append: func(_ context.Context, e callback.Entry) (bool, error) {
			return false, fmt.Errorf("stored %s", e.Body)
		}}))
		callback.OnReply(h, func(context.Context, *callback.AddExternalContact) (callback.Reply, error) {
			return callback.ReplySuccess, nil
		})
		assert.Equal(t, outcome{status: http.StatusOK, body: "success"}, deliver(t, h, event("a")))
		body, _ := corpForm("text", cdata("Content", "hello"))
		assert.Equal(t, acknowledged, deliver(t, h, body))
		require.NoError(t, h.Close(t.Context()))
		require.NoError(t, inbox.Close())
	})
}

// Processes with an inbox each and a shared store of marks handle an event once.
func TestInboxesOfTwoProcesses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := callback.NewMemoryStore(100, nil)
		var seen seenStates
		for range 2 {
			p := startProcess(t, t.TempDir(), callback.WithDedupe(store, time.Hour))
			callback.On(p.Handler, seen.handle)
			assert.Equal(t, acknowledged, deliver(t, p, event("a")))
			synctest.Wait()
			assert.Zero(t, p.inbox.Len())
			require.NoError(t, p.stop(t, time.Second))
		}
		assert.Equal(t, []string{"a"}, seen.list())
	})
}

// An inbox that loses its connection for a moment costs a moment.
func TestInboxComesBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		inbox := openInbox(t, t.TempDir(), nil)
		takes, dones := 0, 0
		var log bytes.Buffer
		h := newHandler(t, callback.WithWorkers(1, 1), callback.WithLogger(slog.New(slog.NewTextHandler(&log, nil))), callback.WithInbox(stubInbox{
			Inbox: inbox,
			take: func(ctx context.Context) (callback.Entry, error) {
				if takes++; takes == 1 {
					panic("no connection")
				} else if takes < 6 { // more than there are places
					return callback.Entry{}, errors.New("connection refused")
				}
				return inbox.Take(ctx)
			},
			done: func(ctx context.Context, key string) error {
				if dones++; dones == 1 {
					panic("no connection")
				} else if dones < 3 {
					return errors.New("connection refused")
				}
				return inbox.Done(ctx, key)
			},
		}))
		var seen seenStates
		callback.On(h, seen.handle)
		start := time.Now()
		assert.Equal(t, acknowledged, deliver(t, h, event("a")))
		pass(10 * time.Second)
		assert.Equal(t, []string{"a"}, seen.list())
		assert.Zero(t, inbox.Len())
		assert.Equal(t, 5, strings.Count(log.String(), "failed to give an event"))
		dones = -10
		assert.Equal(t, acknowledged, deliver(t, h, event("b")))
		pass(time.Minute)
		assert.Contains(t, log.String(), "may be handled again")
		require.NoError(t, h.Close(t.Context()))
		assert.Equal(t, 6, strings.Count(log.String(), "level=ERROR"), "Close is no failure")
		assert.Less(t, time.Since(start), 2*time.Minute)
		require.NoError(t, inbox.Close())
	})
}

// An entry that arrives when Close has begun goes back.
func TestInboxGivesBackWhatIsTooLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		inbox := openInbox(t, t.TempDir(), nil)
		put(t, inbox, "a")
		h := newHandler(t, callback.WithInbox(stubInbox{Inbox: inbox, take: func(ctx context.Context) (callback.Entry, error) {
			<-ctx.Done()
			return inbox.Take(context.WithoutCancel(ctx))
		}}))
		callback.On(h, func(context.Context, callback.Event) error { return errors.New("not reached") })
		h.Resume(t.Context())
		synctest.Wait()
		require.NoError(t, h.Close(t.Context()))
		h.Resume(t.Context())
		assert.Equal(t, []string{"a"}, left(t, inbox))
		assert.Equal(t, callback.Stats{}, h.Stats())
		require.NoError(t, inbox.Close())

		late := newHandler(t, callback.WithInbox(inbox))
		require.NoError(t, late.Close(t.Context()))
		late.Resume(t.Context())
	})
}

func TestInboxOption(t *testing.T) {
	t.Parallel()
	_, err := callback.NewHandler(testKeys, callback.WithInbox(nil))
	require.ErrorContains(t, err, "nil inbox")
	_, err = callback.NewHandler(testKeys, callback.WithInbox(openInbox(t, t.TempDir(), nil)), callback.WithoutDedupe())
	require.ErrorContains(t, err, "WithoutDedupe")
}
