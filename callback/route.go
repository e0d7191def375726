package callback

import (
	"context"
	"fmt"
	"reflect"
	"sync"
)

// A route is the handler of one event type.
type route struct {
	call         HandlerFunc
	beforeAnswer bool // even with workers: it makes the answer
}

type routes struct {
	mu     sync.RWMutex
	byType map[reflect.Type]route // guarded by mu
}

func newRoutes() *routes { return &routes{byType: make(map[reflect.Type]route)} }

// On calls f for each event of type E, a pointer to one of this package's
// event types:
//
//	callback.On(h, func(ctx context.Context, e *callback.AddExternalContact) error { … })
//
// With [Event] itself as E, f gets every event that no other handler is
// registered for; [*Unknown] gets those that this package has no type for. An
// event that nobody wants is acknowledged and dropped.
//
// Without [WithWorkers] f runs before the answer, and must be done in five
// seconds: WeCom hangs up then and delivers again. If f fails or panics, that
// is logged and the answer is an HTTP 500, which does not make WeCom deliver
// again; an error that wraps [ErrRedeliver] does. The event is not marked as
// handled in either case. With workers f runs after the answer, and what it
// cannot do then nobody else will, unless [WithInbox] keeps it.
//
// ctx does not end when WeCom hangs up, but when [Handler.Close] runs out of
// time. On may be called at any time. Like [net/http.ServeMux], it panics if E
// has a handler already, if no event is an E, or if f is nil.
func On[E Event](h *Handler, f func(ctx context.Context, e E) error) {
	var reply func(context.Context, E) (Reply, error)
	if f != nil {
		reply = func(ctx context.Context, e E) (Reply, error) { return nil, f(ctx, e) }
	}
	register(h, false, reply)
}

// OnReply is like [On] for a handler that decides about the answer, and that
// therefore runs before it, [WithWorkers] or not. A nil Reply is the usual
// answer. A repetition that waits for the handler gets the same answer, one
// that comes later the usual one.
func OnReply[E Event](h *Handler, f func(ctx context.Context, e E) (Reply, error)) {
	register(h, true, f)
}

func register[E Event](h *Handler, beforeAnswer bool, f func(context.Context, E) (Reply, error)) {
	t, root := reflect.TypeFor[E](), reflect.TypeFor[Event]()
	switch {
	case f == nil:
		panic(fmt.Sprintf("callback: nil handler for %v", t))
	case t != root && (t.Kind() != reflect.Pointer || t.Elem().PkgPath() != root.PkgPath()):
		panic(fmt.Sprintf("callback: no event is a %v", t))
	}
	h.routes.mu.Lock()
	defer h.routes.mu.Unlock()
	if _, ok := h.routes.byType[t]; ok {
		panic(fmt.Sprintf("callback: a second handler for %v", t))
	}
	call := func(ctx context.Context, e Event) (Reply, error) {
		return f(ctx, e.(E)) //nolint:forcetypeassert // find looks it up by this type
	}
	h.routes.byType[t] = route{beforeAnswer: beforeAnswer, call: wrap(h.middleware, call)}
}

// find returns the handler for e's type, or else the one for all the rest.
func (r *routes) find(e Event) (route, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if found, ok := r.byType[reflect.TypeOf(e)]; ok {
		return found, true
	}
	found, ok := r.byType[reflect.TypeFor[Event]()]
	return found, ok
}
