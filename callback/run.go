package callback

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
)

var errGoexit = errors.New("callback: the handler ended its goroutine")

// run calls the handler and makes the answer, and lets settle do what follows
// from how that went, and have the last word about the outcome. It turns a
// panic into an error. A handler may also end its goroutine, as a test does
// that fails: then run does not return.
func (h *Handler) run(ctx context.Context, d delivery, route route, settle func(Outcome, error) Outcome) (reply answerBody, err error) {
	event, outcome, returned := d.event.Head().Kind(), OutcomePanicked, false
	defer func() {
		switch v := recover(); {
		case v != nil:
			err = fmt.Errorf("callback: the handler panicked: %v", v)
			h.logger.ErrorContext(ctx, "callback: the handler panicked", "event", event, "panic", v, "stack", string(debug.Stack()))
		case !returned:
			err = errGoexit
			h.logger.ErrorContext(ctx, "callback: the handler ended its goroutine", "event", event)
		case err != nil:
			outcome = OutcomeFailed
		default:
			outcome = OutcomeHandled
		}
		switch outcome = settle(outcome, err); outcome {
		case OutcomeFailed:
			h.logger.ErrorContext(ctx, "callback: the handler failed", "event", event, "err", err)
		case OutcomePostponed:
			h.logger.WarnContext(ctx, "callback: the handler failed and wants the event again", "event", event, "attempt", d.attempt, "err", err)
		default: // logged above, or nothing to log
		}
		h.observe(ctx, d, outcome, err)
	}()
	d.began = h.clock.Now()
	said, err := route.call(ctx, d.event)
	if err == nil {
		reply, err = h.reply(d, said)
	}
	returned = true
	return reply, err
}
