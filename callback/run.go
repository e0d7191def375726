package callback

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
)

var errGoexit = errors.New("callback: the handler ended its goroutine")

// run calls the handler and makes the answer, and calls failed if either
// failed. It turns a panic into an error. A handler may also end its
// goroutine, as a test does that fails: then run does not return.
func (h *Handler) run(ctx context.Context, d delivery, route route, failed func()) (reply answerBody, err error) {
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
			h.logger.ErrorContext(ctx, "callback: the handler failed", "event", event, "err", err)
		default:
			outcome = OutcomeHandled
		}
		if err != nil {
			failed()
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
