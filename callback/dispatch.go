package callback

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// A delivery is one authentic event in one request.
type delivery struct {
	msg   Message // what it came in, to encrypt the answer
	json  bool    // the request was JSON
	event Event
	key   string // for the claims
	claim *claim // nil without a key
	order string // for the workers: what it must not overtake

	attempt int // of an event from the inbox: the first is 1

	start time.Time // when the request came
	began time.Time // when the handler was called
}

// dispatch finds the handler of an event and answers the request: after the
// handler, or with workers before it. wait ends when it is too late to answer.
func (h *Handler) dispatch(wait context.Context, w http.ResponseWriter, d delivery) {
	route, ok := h.routes.find(d.event)
	if !ok {
		h.observe(wait, d, OutcomeIgnored, nil)
		h.acknowledge(w, d)
		return
	}
	claim, err := h.claims.claim(wait, d.key)
	switch {
	case errors.Is(err, errDuplicate):
		h.duplicate(wait, d)
		if claim != nil { // what was too late for the first request may be in time for this one
			answer(w, *claim.answer)
			return
		}
		h.acknowledge(w, d)
		return
	case err != nil:
		h.leave(wait, d, fmt.Errorf("callback: the event is still in hand from an earlier delivery: %w", err))
	}
	d.claim = claim
	ctx, end, ok := h.life.begin(wait)
	if !ok {
		claim.giveBack(wait)
		h.leave(wait, d, ErrClosed)
	}
	switch {
	case route.beforeAnswer, h.pool == nil:
		h.handle(ctx, wait, w, d, route, end)
		return
	case h.intake != nil && d.key != "":
		err = h.store(wait, d)
		end()
	default:
		err = h.queue(ctx, wait, d, route, end)
	}
	if err != nil {
		claim.giveBack(wait)
		h.leave(wait, d, err)
	}
	claim.done(wait, acknowledgement(d))
	h.acknowledge(w, d)
}

// handle runs the handler before the answer.
func (h *Handler) handle(ctx, wait context.Context, w http.ResponseWriter, d delivery, route route, end func()) {
	defer end()
	reply, err := h.run(ctx, d, route, ifFailed(func() { d.claim.giveBack(wait) }))
	if err != nil {
		if errors.Is(err, ErrRedeliver) {
			end() // what follows is no work
			noAnswer(wait)
		}
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	d.claim.done(wait, reply)
	answer(w, reply)
}

// queue gives an event to the workers. It waits for a place until wait ends, or
// ctx when Close gives up.
func (h *Handler) queue(ctx, wait context.Context, d delivery, route route, end func()) error {
	wait, cancel := context.WithCancel(wait)
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	err := h.pool.submit(wait, d.order, func() {
		defer end()
		h.work(ctx, d, route)
	})
	if err == nil {
		return nil
	}
	defer end()
	if ctx.Err() != nil {
		return ErrClosed
	}
	h.logger.WarnContext(ctx, "callback: the queue is full, leaving the event to a redelivery", "event", d.event.Head().Kind())
	return ErrQueueFull
}

// work runs the handler after the answer.
func (h *Handler) work(ctx context.Context, d delivery, route route) {
	if ctx.Err() != nil {
		h.observe(ctx, d, OutcomeLost, ErrClosed)
		h.logger.ErrorContext(ctx, "callback: closed before an acknowledged event was handled, it is lost", "event", d.event.Head().Kind())
		d.claim.undo(ctx)
		return
	}
	_, _ = h.run(ctx, d, route, ifFailed(func() { d.claim.undo(ctx) }))
}

func ifFailed(do func()) func(Outcome, error) Outcome {
	return func(o Outcome, err error) Outcome {
		if err != nil {
			do()
		}
		return o
	}
}

func acknowledgement(d delivery) answerBody {
	return answerBody{plainText, []byte(acknowledge(d.event.Head()))}
}

func (h *Handler) duplicate(ctx context.Context, d delivery) {
	h.observe(ctx, d, OutcomeDuplicate, nil)
	h.logger.DebugContext(ctx, "callback: duplicate", "event", d.event.Head().Kind())
}

func (h *Handler) acknowledge(w http.ResponseWriter, d delivery) {
	answer(w, acknowledgement(d))
}

// leave leaves an event that the handler did not get to a redelivery. It does
// not return.
func (h *Handler) leave(wait context.Context, d delivery, err error) {
	h.observe(wait, d, OutcomeUnanswered, err)
	noAnswer(wait)
}

// noAnswer makes WeCom deliver the event again: it lets WeCom's five seconds
// pass, or ends when WeCom has hung up, and drops the connection. It does not
// return.
func noAnswer(wait context.Context) {
	<-wait.Done()
	panic(http.ErrAbortHandler) // the standard library's way to answer nothing
}
