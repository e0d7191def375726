package callback

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	inboxWorkers = 8
	inboxQueue   = 100

	// inboxPause is how long to leave an inbox alone that has failed, and
	// inboxTries how often it is told what became of an event.
	inboxPause = time.Second
	inboxTries = 3
)

var errNoRoute = errors.New("callback: no handler is registered for a stored event")

// An intake takes events from an inbox to the workers, as many at a time as
// there are places.
type intake struct {
	inbox  Inbox
	places chan struct{} // one for each event in memory
	start  sync.Once
}

func newIntake(inbox Inbox, workers, queue int) *intake {
	return &intake{inbox: inbox, places: make(chan struct{}, workers+queue)}
}

// Resume begins to handle what the inbox of [WithInbox] holds unfinished, and
// returns at once. Call it when the handlers are registered, before the server
// listens; without it the first event that comes has the same effect. Without
// an inbox it does nothing.
//
// A handler's ctx has the values of Resume's, and not those of the request
// that brought the event: that may have been in another process.
func (h *Handler) Resume(ctx context.Context) {
	if h.intake == nil {
		return
	}
	h.intake.start.Do(func() {
		taking, end, ok := h.life.beginUntilClose(ctx)
		if !ok {
			return
		}
		go func() { // Close ends it and waits for it
			defer end()
			h.takeIn(taking, ctx)
		}()
	})
}

// store puts an event into the inbox. When it succeeds, the event is there.
func (h *Handler) store(wait context.Context, d delivery) error {
	tenant, _ := TenantFrom(wait)
	var added bool
	err := orPanic(func() (err error) {
		added, err = h.intake.inbox.Append(wait, Entry{Key: d.key, Body: d.msg.Body, Tenant: tenant, Received: d.start})
		return err
	})
	if err != nil {
		h.logger.ErrorContext(wait, "callback: the inbox failed, leaving the event to a redelivery", "event", d.event.Head().Kind(), "err", err)
		return fmt.Errorf("callback: the inbox failed: %w", err)
	}
	h.Resume(context.Background()) //nolint:contextcheck // what the request's context knows is not for other events
	if !added {
		h.duplicate(wait, d)
	}
	return nil
}

// takeIn passes events from the inbox to the workers until taking ends.
func (h *Handler) takeIn(taking, base context.Context) {
	for {
		select {
		case h.intake.places <- struct{}{}:
		case <-taking.Done():
			return
		}
		var e Entry
		err := orPanic(func() (err error) {
			e, err = h.intake.inbox.Take(taking)
			return err
		})
		if err == nil {
			h.enter(base, e)
			continue
		}
		<-h.intake.places
		if taking.Err() != nil {
			return
		}
		h.logger.ErrorContext(taking, "callback: the inbox failed to give an event", "err", err)
		if h.clock.Sleep(taking, inboxPause) != nil {
			return
		}
	}
}

// enter gives an event from the inbox to the workers.
func (h *Handler) enter(base context.Context, e Entry) {
	ev, root, err := parse(e.Body)
	if err != nil {
		ev = &Unknown{Header{Raw: string(e.Body)}} // which was logged when it came
	}
	d := delivery{event: ev, key: e.Key, start: e.Received, attempt: e.Attempts}
	d.order = h.orderOf(ev, root)
	base = ContextWithTenant(base, e.Tenant)
	ctx, end, ok := h.life.begin(base)
	if !ok {
		h.postpone(base, d, time.Time{})
		<-h.intake.places
		return
	}
	h.pool.add(d.order, func() {
		defer func() {
			<-h.intake.places
			end()
		}()
		h.workOff(ctx, d)
	})
}

// workOff runs the handler of an event from the inbox.
func (h *Handler) workOff(ctx context.Context, d delivery) {
	if ctx.Err() != nil {
		h.postpone(ctx, d, time.Time{})
		h.observe(ctx, d, OutcomePostponed, ErrClosed)
		return
	}
	route, ok := h.routes.find(d.event)
	if !ok {
		route.call = func(context.Context, Event) (Reply, error) {
			return nil, fmt.Errorf("%w: %w", errNoRoute, ErrRedeliver)
		}
	}
	_, _ = h.run(ctx, d, route, func(o Outcome, err error) Outcome {
		if o == OutcomeFailed && errors.Is(err, ErrRedeliver) && d.attempt < maxAttempts {
			h.postpone(ctx, d, h.clock.Now().Add(backoff(d.attempt)))
			return OutcomePostponed
		}
		h.tell(ctx, d, func(ctx context.Context) error { return h.intake.inbox.Done(ctx, d.key) })
		return o
	})
}

// postpone leaves an event to a later attempt.
func (h *Handler) postpone(ctx context.Context, d delivery, at time.Time) {
	h.tell(ctx, d, func(ctx context.Context) error { return h.intake.inbox.Release(ctx, d.key, at) })
}

// tell tells the inbox what became of an event.
func (h *Handler) tell(ctx context.Context, d delivery, what func(context.Context) error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	for try := 1; ; try++ {
		err := orPanic(func() error { return what(ctx) })
		if err == nil {
			return
		}
		if try == inboxTries || h.clock.Sleep(ctx, inboxPause) != nil {
			h.logger.ErrorContext(ctx, "callback: the inbox failed, the event may be handled again", "event", d.event.Head().Kind(), "err", err)
			return
		}
	}
}
