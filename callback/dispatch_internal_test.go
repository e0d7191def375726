package callback

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Whatever comes in whatever order, to two processes with one store, of which
// handlers and store fail in every way: what is acknowledged was handled, what
// is handled was handled once, and nothing is left behind.
func TestDispatchProperties(t *testing.T) {
	t.Parallel()
	for seed := range uint64(100) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { newWorld(t, seed).run() })
		})
	}
}

// A world is WeCom, two processes and a store.
type world struct {
	t         *testing.T
	store     *roughStore
	processes []*Handler
	places    int // in the queue of each
	requests  sync.WaitGroup

	mu       sync.Mutex
	random   *rand.Rand
	workers  bool
	running  map[string]int // handlers, by event
	finished map[string]int // of them, those that had the event to themselves
	handled  map[string]int // successes
	acked    map[string]bool
}

func newWorld(t *testing.T, seed uint64) *world {
	t.Helper()
	w := &world{
		t: t, random: rand.New(rand.NewPCG(seed, 1)), workers: seed%2 == 1,
		running: make(map[string]int), finished: make(map[string]int), handled: make(map[string]int), acked: make(map[string]bool),
	}
	w.store = &roughStore{w: w, DedupeStore: NewMemoryStore(1000, nil), fails: seed%4 >= 2}
	opts := []Option{WithDedupe(w.store, time.Hour)}
	if w.workers {
		w.places = 1 + w.n(3)
		opts = append(opts, WithWorkers(1+w.n(3), w.places))
	}
	for range 2 {
		h, err := NewHandler(Keys{Token: "t", EncodingAESKey: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", ReceiveID: "ww1"}, opts...)
		require.NoError(t, err)
		On(h, w.handle)
		w.processes = append(w.processes, h)
	}
	return w
}

func (w *world) n(n int) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.random.IntN(n)
}

func (w *world) run() {
	const events = 12
	var wg sync.WaitGroup
	for i := range events {
		wg.Go(func() { w.deliver(fmt.Sprint(i)) })
		if i%3 == 0 {
			time.Sleep(time.Duration(w.n(3000)) * time.Millisecond)
		}
	}
	wg.Wait()
	w.requests.Wait() // also those that WeCom hung up on
	for _, h := range w.processes {
		require.NoError(w.t, h.Close(w.t.Context()))
		assert.Empty(w.t, h.claims.open)
		if w.workers {
			synctest.Wait()
			assertEmpty(w.t, h.pool, w.places)
		}
		s := h.Stats()
		assert.Equal(w.t, s.Received, s.Handled+s.Failed+s.Duplicates+s.Unanswered)
	}
	for i := range events {
		id := fmt.Sprint(i)
		if w.acked[id] {
			assert.Positive(w.t, w.finished[id], "event %s was acknowledged and not handled", id)
			assert.True(w.t, w.workers || w.handled[id] > 0, "event %s was acknowledged and failed", id)
		}
		if !w.store.fails {
			assert.LessOrEqual(w.t, w.handled[id], 1, "event %s was handled again", id)
		}
	}
}

// deliver is WeCom with an event: it hangs up after five seconds, and comes
// again up to three times while it gets no answer.
func (w *world) deliver(id string) {
	for range 4 {
		h := w.processes[w.n(2)]
		ctx, hangUp := context.WithTimeout(w.t.Context(), answerTime)
		status := make(chan int, 1)
		w.requests.Go(func() {
			code := 0
			defer func() {
				if v := recover(); v != nil {
					assert.Equal(w.t, http.ErrAbortHandler, v)
				}
				status <- code
			}()
			env, err := h.codec.Encrypt(Message{Body: []byte("<xml><Event>brand_new</Event><ExternalUserID>" + id[:1] + "</ExternalUserID><Id>" + id + "</Id></xml>")}, time.Now())
			assert.NoError(w.t, err)
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, httptest.NewRequest(http.MethodPost, "/?"+env.Query().Encode(), bytes.NewReader(env.XML())).WithContext(ctx))
			code = rec.Code
		})
		code := 0 // also of an answer that comes too late
		select {
		case code = <-status:
			<-time.After(time.Duration(w.n(2)) * time.Millisecond)
		case <-ctx.Done():
		}
		hangUp()
		if code == 0 {
			continue
		}
		w.mu.Lock()
		w.acked[id] = code == http.StatusOK
		w.mu.Unlock()
		return
	}
}

func (w *world) handle(_ context.Context, e *Unknown) error {
	doc, err := readDocument(e.Raw)
	assert.NoError(w.t, err)
	id := doc.root().text("Id")
	w.mu.Lock()
	w.running[id]++
	assert.True(w.t, w.running[id] == 1 || w.store.fails, "event %s is handled twice at once", id)
	w.mu.Unlock()
	how := w.n(6)
	defer func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.running[id]--
		w.finished[id]++
		if how > 3 {
			w.handled[id]++
		}
	}()
	time.Sleep(time.Duration(w.n(8000)) * time.Millisecond)
	switch how {
	case 0:
		return errors.New("no")
	case 1:
		return ErrRedeliver
	case 2:
		panic("no")
	case 3:
		runtime.Goexit()
	}
	return nil
}

// A roughStore is slow, and may fail in every way.
type roughStore struct {
	DedupeStore

	w     *world
	fails bool
}

func (s *roughStore) rough(ctx context.Context) error {
	time.Sleep(time.Duration(s.w.n(300)) * time.Millisecond)
	if !s.fails {
		return nil
	}
	switch s.w.n(8) {
	case 0:
		return errors.New("no")
	case 1:
		panic("no")
	case 2:
		<-ctx.Done()
		return ctx.Err()
	default:
		return nil
	}
}

func (s *roughStore) Claim(ctx context.Context, key string, lease time.Duration) (DedupeState, error) {
	if err := s.rough(ctx); err != nil {
		return "", err
	}
	return s.DedupeStore.Claim(ctx, key, lease)
}

func (s *roughStore) Done(ctx context.Context, key string, ttl time.Duration) error {
	if err := s.rough(ctx); err != nil {
		return err
	}
	return s.DedupeStore.Done(ctx, key, ttl)
}

func (s *roughStore) Release(ctx context.Context, key string) error {
	if err := s.rough(ctx); err != nil {
		return err
	}
	return s.DedupeStore.Release(ctx, key)
}
