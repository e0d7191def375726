package callback

import (
	"context"
	"slices"
)

// A HandlerFunc handles one event. The Reply is that of [OnReply], and nil
// from a handler that [On] registered.
type HandlerFunc func(ctx context.Context, e Event) (Reply, error)

// A Middleware wraps a handler in what all have in common: logs, traces, a
// tenant's database in ctx. It may change ctx, the reply and the error, or not
// call next, and thus decide about the event itself; after the answer, on a
// worker, a reply goes nowhere. It is called once for each handler, when that is
// registered, and what it returns for each event.
type Middleware func(next HandlerFunc) HandlerFunc

// wrap puts middleware around a handler, the first outermost.
func wrap(middleware []Middleware, f HandlerFunc) HandlerFunc {
	for _, m := range slices.Backward(middleware) {
		f = m(f)
	}
	return f
}
