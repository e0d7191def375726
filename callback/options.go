package callback

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/wecomkit/wecom-go/wecom"
)

// An Option changes how [NewHandler] builds a handler.
type Option func(*config) error

type config struct {
	keys      []Keys
	logger    *slog.Logger
	clock     wecom.Clock
	tolerance time.Duration
	store     DedupeStore
	ttl       time.Duration
	noDedupe  bool
	workers   int
	queue     int
	inbox     Inbox
	order     func(e Event, usual string) string

	middleware []Middleware
	observer   func(context.Context, Delivery)
}

// WithKeys accepts callbacks for more keys: old ones while they are rotated,
// or those of other apps.
func WithKeys(keys ...Keys) Option {
	return func(c *config) error {
		c.keys = append(c.keys, keys...)
		return nil
	}
}

// WithWorkers answers first and works afterwards: n events at a time, with up
// to queue more waiting. Without it a handler runs before the answer, and has
// five seconds.
//
// Events of one customer, one customer group or one customer service account
// are handled one after the other in the order of their arrival, and so are
// the messages of one member; [WithOrder] changes that. All others are handled
// side by side, and take turns: a customer whose events are slow has one
// worker, and never more places in the queue than are left free. An event that
// a worker is free for needs no place at all. One that fails does not hold up
// those behind it. What [OnReply] registered runs before the answer, in no
// order.
//
// An event that finds the queue full waits for a place. One that finds none
// before WeCom's five seconds are over is not answered, so that WeCom delivers
// it again; no event is dropped while the handler runs. But an acknowledged
// event exists nowhere else: if the process dies, it is gone. Where that
// matters, add [WithInbox]. Call [Handler.Close] before the process ends.
func WithWorkers(n, queue int) Option {
	return func(c *config) error {
		if n < 1 || queue < 1 {
			return errors.New("callback: WithWorkers: want at least one worker and one place in the queue")
		}
		c.workers, c.queue = n, queue
		return nil
	}
}

// WithOrder says which events [WithWorkers] handles one after the other, in
// the order of their arrival: those for which key returns the same. Events for
// which it returns "" are handled in any order. usual is what the handler would
// take itself, "" for an event of no customer, group, account or member's
// message:
//
//	callback.WithOrder(func(e callback.Event, usual string) string {
//		if _, ok := e.(*callback.TextMessage); ok {
//			return "" // side by side
//		}
//		return usual
//	})
//
// It runs before the answer, so it must not wait for anything.
func WithOrder(key func(e Event, usual string) string) Option {
	return func(c *config) error {
		if key == nil {
			return errors.New("callback: WithOrder: nil function")
		}
		c.order = key
		return nil
	}
}

// WithInbox acknowledges an event when it is stored in inbox, and has workers
// handle it afterwards, so that a process that dies loses nothing: the next
// one handles what is unfinished. [OpenFileInbox] opens one on the local disk.
// Without [WithWorkers] there are 8 workers and a queue of 100.
//
// No more events are in memory than there are workers and places in the queue;
// the others wait in the inbox, where a burst has room. An event that cannot
// be stored in time is not acknowledged, and WeCom delivers it again. Events of
// one customer or group keep their order, as with workers alone; one whose
// events are slow may hold up others when they fill the whole queue.
//
// A handler that returns an error that wraps [ErrRedeliver] gets the event
// again, after a second at first and after twice as long each time, up to an
// hour: 32 times at most, which is twenty hours. It then comes after those that
// followed it. Any other error is final, and so is a panic. So an event is
// handled once, unless the process dies, or the inbox fails, between the end of
// the handler and the note of it: then it is handled again.
//
// What [OnReply] registered runs before the answer, and its events are not
// stored. Stored events that have no handler, because this process did not
// register it yet, are tried again like those that ErrRedeliver sends back.
// With inboxes that are not shared, processes that serve one URL also need
// [WithDedupe].
//
// Register the handlers, call [Handler.Resume], and then listen; at the end
// call [Handler.Close], and close the inbox.
func WithInbox(inbox Inbox) Option {
	return func(c *config) error {
		if inbox == nil {
			return errors.New("callback: WithInbox: nil inbox")
		}
		c.inbox = inbox
		return nil
	}
}

// WithMiddleware runs m around each handler, the first outermost, before the
// answer as well as on a worker. It sees the events that have a handler, each
// once, repetitions left out. A panic in it is treated like one in the handler.
func WithMiddleware(m ...Middleware) Option {
	return func(c *config) error {
		for _, f := range m {
			if f == nil {
				return errors.New("callback: WithMiddleware: nil function")
			}
		}
		c.middleware = append(c.middleware, m...)
		return nil
	}
}

// WithDedupe keeps what is known of events in store, and that they were handled
// for ttl, instead of in this process's memory for eleven minutes. Processes that
// serve one URL share a store. WeCom repeats an event within half a minute.
//
// A process that says nothing of an event for ten seconds counts as dead, and
// the next delivery may be handled by another one: a handler that runs before
// the answer must not take that long.
func WithDedupe(store DedupeStore, ttl time.Duration) Option {
	return func(c *config) error {
		if store == nil {
			return errors.New("callback: WithDedupe: nil store")
		}
		if ttl <= 0 {
			return errors.New("callback: WithDedupe: want a positive ttl")
		}
		c.store, c.ttl = store, ttl
		return nil
	}
}

// WithoutDedupe handles an event as often as WeCom delivers it.
func WithoutDedupe() Option {
	return func(c *config) error {
		c.noDedupe = true
		return nil
	}
}

// WithTimestampTolerance refuses callbacks that were signed more than d before
// or after now; the default is five minutes, and 0 accepts any. WeCom signs
// with the time so that what was once recorded cannot be sent again later:
// within the tolerance the marks of de-duplication recognise it, after it the
// timestamp does. The host's clock must be right; one that is not loses every
// event, and says so in the log at Warn. With the simulator, whose clock a test
// moves, use [WithClock].
func WithTimestampTolerance(d time.Duration) Option {
	return func(c *config) error {
		if d < 0 {
			return errors.New("callback: WithTimestampTolerance: negative duration")
		}
		c.tolerance = d
		return nil
	}
}

// WithLogger logs refused requests at Debug, those that were signed with our
// token and still do not open at Warn, trouble with the store at Warn, and
// failed or lost events at Error. No line holds a key, nor the content of an
// event unless a handler's error or panic does. The default logs nothing.
func WithLogger(l *slog.Logger) Option {
	return func(c *config) error {
		if l == nil {
			return errors.New("callback: WithLogger: nil logger")
		}
		c.logger = l
		return nil
	}
}

// WithObserver calls f once for each request that brings an event, or
// pretends to, when it is known what becomes of it: enough for metrics and,
// with the start time it is given, for spans. It runs on the request's or the
// worker's goroutine, with the handler's context or else the request's.
func WithObserver(f func(context.Context, Delivery)) Option {
	return func(c *config) error {
		if f == nil {
			return errors.New("callback: WithObserver: nil function")
		}
		c.observer = f
		return nil
	}
}

// WithClock replaces the system clock, in tests.
func WithClock(k wecom.Clock) Option {
	return func(c *config) error {
		if k == nil {
			return errors.New("callback: WithClock: nil clock")
		}
		c.clock = k
		return nil
	}
}

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() } //nolint:forbidigo // the clock that is injected by default

func (systemClock) Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
