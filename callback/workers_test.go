package callback_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
)

func TestWorkersAnswerFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(t, callback.WithWorkers(2, 10))
		var running, most, done atomic.Int32
		callback.On(h, func(context.Context, callback.Event) error {
			most.Store(max(most.Load(), running.Add(1)))
			time.Sleep(time.Minute)
			running.Add(-1)
			done.Add(1)
			return nil
		})
		start := time.Now()
		for i := range 6 {
			assert.Equal(t, acknowledged, deliver(t, h, event(fmt.Sprint(i))))
		}
		assert.Zero(t, time.Since(start), "no answer waits for the work")
		assert.Equal(t, acknowledged, deliver(t, h, event("0")), "nor that to a repetition")

		require.NoError(t, h.Close(t.Context()))
		assert.EqualValues(t, 6, done.Load(), "Close drains the queue")
		assert.EqualValues(t, 2, most.Load())
		assert.Equal(t, 3*time.Minute, time.Since(start))
		assert.Equal(t, callback.Stats{Received: 7, Handled: 6, Duplicates: 1}, h.Stats())
	})
}

func TestWorkersKeepOrderWhenAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(t, callback.WithWorkers(1, 10))
		var got []string
		callback.On(h, func(_ context.Context, e *callback.AddExternalContact) error {
			got = append(got, e.State)
			return nil
		})
		for _, s := range []string{"a", "b", "c", "d"} {
			deliver(t, h, event(s))
		}
		require.NoError(t, h.Close(t.Context()))
		assert.Equal(t, []string{"a", "b", "c", "d"}, got)
	})
}

// customerEvent is the nth event of a customer.
func customerEvent(customer string, n int) string {
	body, _ := corpForm("change_external_contact/add_external_contact",
		cdata("UserID", "alice", "ExternalUserID", customer, "State", fmt.Sprint(n)))
	return body
}

// Zoe's events are slow. They are handled in their order, by one worker, and
// nobody else waits for them.
func TestWorkersKeepTheOrderOfACustomer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(t, callback.WithWorkers(2, 20))
		start := time.Now()
		var mu sync.Mutex
		got := make(map[string][]string)
		callback.On(h, func(_ context.Context, e *callback.AddExternalContact) error {
			if e.ExternalUserID == "zoe" {
				time.Sleep(time.Minute)
			} else {
				assert.Zero(t, time.Since(start))
			}
			mu.Lock()
			defer mu.Unlock()
			got[e.ExternalUserID] = append(got[e.ExternalUserID], e.State)
			return nil
		})
		for n := range 5 {
			assert.Equal(t, acknowledged, deliver(t, h, customerEvent("zoe", n)))
			synctest.Wait()
			for _, other := range []string{"tom", "yan", ""} {
				assert.Equal(t, acknowledged, deliver(t, h, customerEvent(other, n)))
			}
		}
		synctest.Wait()
		all := []string{"0", "1", "2", "3", "4"}
		mu.Lock()
		assert.Equal(t, map[string][]string{"tom": all, "yan": all, "": all}, got)
		mu.Unlock()
		require.NoError(t, h.Close(t.Context()))
		assert.Equal(t, all, got["zoe"])
		assert.Equal(t, 5*time.Minute, time.Since(start))
	})
}

// Zoe's events fill her share of the queue; the next is left to a redelivery,
// and Tom's still find room.
func TestOneCustomerDoesNotFillTheQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(t, callback.WithWorkers(2, 4))
		var mu sync.Mutex
		handled := make(map[string]int)
		callback.On(h, func(_ context.Context, e *callback.AddExternalContact) error {
			if e.ExternalUserID == "zoe" {
				time.Sleep(time.Minute)
			}
			mu.Lock()
			defer mu.Unlock()
			handled[e.ExternalUserID]++
			return nil
		})
		for n := range 3 {
			assert.Equal(t, acknowledged, deliver(t, h, customerEvent("zoe", n)))
			synctest.Wait()
		}
		assert.Equal(t, dropped, deliver(t, h, customerEvent("zoe", 3)))
		for n := range 10 {
			assert.Equal(t, acknowledged, deliver(t, h, customerEvent("tom", n)))
			synctest.Wait()
		}
		require.NoError(t, h.Close(t.Context()))
		assert.Equal(t, map[string]int{"zoe": 3, "tom": 10}, handled)
	})
}

func TestWithOrder(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		order func(callback.Event, string) string
		want  time.Duration
	}{
		{"as usual", func(_ callback.Event, usual string) string { return usual }, 2 * time.Minute},
		{"none", func(callback.Event, string) string { return "" }, time.Minute},
		{"the whole corp", func(e callback.Event, _ string) string { return e.Head().Corp() }, 4 * time.Minute},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newHandler(t, callback.WithWorkers(10, 10), callback.WithOrder(tt.order))
				callback.On(h, func(context.Context, callback.Event) error { time.Sleep(time.Minute); return nil })
				start := time.Now()
				for n := range 2 {
					deliver(t, h, customerEvent("zoe", n))
					deliver(t, h, customerEvent("tom", n))
				}
				require.NoError(t, h.Close(t.Context()))
				assert.Equal(t, tt.want, time.Since(start))
			})
		})
	}
}

// It does not cost the event, and of an inbox not the process.
func TestWithOrderPanics(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string]func(t *testing.T) callback.Option{
		"workers": func(*testing.T) callback.Option { return callback.WithWorkers(1, 1) },
		"inbox": func(t *testing.T) callback.Option {
			inbox := openInbox(t, t.TempDir(), nil)
			t.Cleanup(func() { assert.NoError(t, inbox.Close()) })
			return callback.WithInbox(inbox)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				h := newHandler(t, opts(t), callback.WithLogger(slog.New(slog.NewTextHandler(&log, nil))),
					callback.WithOrder(func(callback.Event, string) string { panic("no order") }))
				callback.On(h, func(context.Context, callback.Event) error { return nil })
				assert.Equal(t, acknowledged, deliver(t, h, event("a")))
				synctest.Wait()
				require.NoError(t, h.Close(t.Context()))
				assert.Equal(t, callback.Stats{Received: 1, Handled: 1}, h.Stats())
				assert.Contains(t, log.String(), "no order")
			})
		})
	}
}

// An event that finds no place is not acknowledged: WeCom times out and
// delivers it again, and then it is handled. None is lost, none handled twice.
func TestFullQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		h := newHandler(t, callback.WithWorkers(1, 1), callback.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		handled := make(map[string]int)
		callback.On(h, func(_ context.Context, e *callback.AddExternalContact) error {
			time.Sleep(8 * time.Second)
			handled[e.State]++
			return nil
		})
		start := time.Now()
		assert.Equal(t, acknowledged, deliver(t, h, event("a"))) // runs
		synctest.Wait()
		assert.Equal(t, acknowledged, deliver(t, h, event("b"))) // waits in the queue
		assert.Equal(t, dropped, deliver(t, h, event("c")))
		assert.Equal(t, 6*time.Second, time.Since(start), "held until WeCom has hung up")
		assert.Equal(t, acknowledged, deliver(t, h, event("c")), "delivered again, it gets the place that came free")
		assert.Equal(t, 8*time.Second, time.Since(start))

		require.NoError(t, h.Close(t.Context()))
		assert.Equal(t, map[string]int{"a": 1, "b": 1, "c": 1}, handled)
		assert.EqualValues(t, 1, h.Stats().Unanswered)
		assert.Equal(t, 1, strings.Count(log.String(), "the queue is full"))
	})
}

func TestFullQueueAndWeComHangsUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(t, callback.WithWorkers(1, 1))
		callback.On(h, func(context.Context, callback.Event) error { time.Sleep(time.Minute); return nil })
		deliver(t, h, event("a"))
		synctest.Wait()
		deliver(t, h, event("b"))

		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		assert.Equal(t, dropped, send(h, request(t, testKeys, event("c")).WithContext(ctx)))
		assert.Equal(t, 5*time.Second, time.Since(start))
		require.NoError(t, h.Close(t.Context()))
	})
}

func TestWorkerFailsAndPanics(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		h := newHandler(t, callback.WithWorkers(1, 10), callback.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		tries := make(map[string]int)
		callback.On(h, func(_ context.Context, e *callback.AddExternalContact) error {
			tries[e.State]++
			switch e.State {
			case "panic":
				panic("at the disco")
			case "fail":
				return errors.New("no luck")
			}
			return nil
		})
		for _, s := range []string{"panic", "fail", "good"} {
			for range 2 {
				assert.Equal(t, acknowledged, deliver(t, h, event(s)))
				synctest.Wait()
			}
		}
		require.NoError(t, h.Close(t.Context()))
		assert.Equal(t, map[string]int{"panic": 2, "fail": 2, "good": 1}, tries, "what failed is no duplicate")
		assert.Contains(t, log.String(), "at the disco")
		assert.Contains(t, log.String(), "workers_test.go", "with a stack")
		assert.Contains(t, log.String(), "no luck")
	})
}

func TestCloseRunsOutOfTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		h := newHandler(t, callback.WithWorkers(1, 10), callback.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		var ended error
		callback.On(h, func(ctx context.Context, _ callback.Event) error {
			<-ctx.Done()
			ended = ctx.Err()
			return ended
		})
		deliver(t, h, event("a"))
		deliver(t, h, event("b"))
		deliver(t, h, event("c"))

		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		start := time.Now()
		err := h.Close(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "3 events unfinished")
		assert.Equal(t, 10*time.Second, time.Since(start))
		require.ErrorIs(t, ended, context.Canceled)
		assert.Equal(t, callback.Stats{Received: 3, Failed: 1, Lost: 2}, h.Stats())
		assert.Contains(t, log.String(), "it is lost")
		require.NoError(t, h.Close(ctx), "closing again finds nothing")
	})
}

// What waits for a place when Close gives up is left to a redelivery, and not
// acknowledged to be lost.
func TestCloseWhileAnEventWaitsForAPlace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var o observer
		h := newHandler(t, callback.WithWorkers(1, 1), o.option())
		callback.On(h, func(context.Context, callback.Event) error { time.Sleep(3 * time.Second); return nil })
		deliver(t, h, event("runs"))
		synctest.Wait()
		deliver(t, h, event("waits"))
		var wg sync.WaitGroup
		wg.Go(func() { assert.Equal(t, dropped, deliver(t, h, event("finds no place"))) })
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.Error(t, h.Close(ctx))
		wg.Wait()
		synctest.Wait()
		assert.Equal(t, callback.Stats{Received: 3, Handled: 1, Lost: 1, Unanswered: 1}, h.Stats())
		require.ErrorIs(t, o.all()[0].Err, callback.ErrClosed)
	})
}

func TestCloseDoesNotWaitForTheDeaf(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(t, callback.WithWorkers(1, 1))
		callback.On(h, func(context.Context, callback.Event) error { time.Sleep(time.Hour); return nil })
		deliver(t, h, event("a"))
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		start := time.Now()
		require.ErrorIs(t, h.Close(ctx), context.Canceled)
		assert.Equal(t, time.Second, time.Since(start))
		time.Sleep(time.Hour)
	})
}

// An event for a closed handler is held like any other that is not
// acknowledged: a proxy answers WeCom in place of a server that hangs up, and
// then the event does not come again.
func TestClosed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, n := newHandler(t), 0
		callback.On(h, func(context.Context, callback.Event) error { n++; return nil })
		require.NoError(t, h.Close(t.Context()))
		start := time.Now()
		assert.Equal(t, dropped, deliver(t, h, event("a")))
		assert.Equal(t, 6*time.Second, time.Since(start))
		assert.Zero(t, n)
	})
}

// So is one that is held when the handler is closed.
func TestCloseWhileAnEventIsHeld(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(t)
		callback.On(h, func(context.Context, callback.Event) error { return callback.ErrRedeliver })
		start := time.Now()
		var wg sync.WaitGroup
		wg.Go(func() { assert.Equal(t, dropped, deliver(t, h, event("a"))) })
		synctest.Wait()
		require.NoError(t, h.Close(t.Context()))
		assert.Zero(t, time.Since(start), "the handler is done")
		wg.Wait()
		assert.Equal(t, 6*time.Second, time.Since(start))
	})
}

func TestCloseWaitsForRequests(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(t)
		callback.On(h, func(context.Context, callback.Event) error { time.Sleep(3 * time.Second); return nil })
		var got outcome
		var wg sync.WaitGroup
		wg.Go(func() { got = deliver(t, h, event("a")) })
		synctest.Wait()
		start := time.Now()
		require.NoError(t, h.Close(t.Context()))
		assert.Equal(t, 3*time.Second, time.Since(start))
		wg.Wait()
		assert.Equal(t, acknowledged, got)
	})
}

func TestRedeliver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, n := newHandler(t), 0
		callback.On(h, func(context.Context, callback.Event) error {
			if n++; n == 1 {
				return fmt.Errorf("queue is down: %w", callback.ErrRedeliver)
			}
			return nil
		})
		start := time.Now()
		assert.Equal(t, dropped, deliver(t, h, event("a")))
		assert.Equal(t, 6*time.Second, time.Since(start))
		assert.Equal(t, acknowledged, deliver(t, h, event("a")))
		assert.Equal(t, 2, n)
	})
}

// The context of a handler outlives the request, and keeps its values.
func TestHandlerContext(t *testing.T) {
	t.Parallel()
	type key struct{}
	for _, opts := range [][]callback.Option{nil, {callback.WithWorkers(1, 1)}} {
		synctest.Test(t, func(t *testing.T) {
			h := newHandler(t, opts...)
			var ended func() error
			callback.On(h, func(ctx context.Context, _ callback.Event) error {
				time.Sleep(time.Second)
				assert.NoError(t, ctx.Err())
				assert.Equal(t, "value", ctx.Value(key{}))
				ended = ctx.Err
				return nil
			})
			ctx, hangUp := context.WithCancel(context.WithValue(t.Context(), key{}, "value"))
			time.AfterFunc(time.Millisecond, hangUp)
			send(h, request(t, testKeys, event("a")).WithContext(ctx))
			require.NoError(t, h.Close(t.Context()))
			assert.EqualValues(t, 1, h.Stats().Handled)
			require.Error(t, ended(), "what the handler has started ends with it")
		})
	}
}

// Over a real connection: what is not acknowledged ends without an answer.
func TestServer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(t)
		callback.On(h, func(_ context.Context, e *callback.AddExternalContact) error {
			if e.State == "again" {
				return callback.ErrRedeliver
			}
			return nil
		})
		l := serve(t, h)
		post := func(body string) (*http.Response, error) {
			c := l.dial()
			defer c.Close()
			env := seal(t, testKeys, body)
			text := env.XML()
			_, err := fmt.Fprintf(c, "POST /?%s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", env.Query().Encode(), len(text), text)
			require.NoError(t, err)
			return http.ReadResponse(bufio.NewReader(c), nil)
		}
		res, err := post(event("a"))
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		assert.Equal(t, http.StatusOK, res.StatusCode)
		assert.Zero(t, res.ContentLength)

		_, err = post(event("again"))
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		require.NoError(t, h.Close(t.Context()))
		_, err = post(event("b"))
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	})
}
