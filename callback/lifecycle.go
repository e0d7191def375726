package callback

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// closeGrace is how long Close waits for handlers to notice that they were cancelled.
const closeGrace = time.Second

// A lifecycle knows the events in hand, so that Close can wait for them and,
// when its time is up, cancel them.
type lifecycle struct {
	idle chan struct{} // closed when Close has begun and nothing is in hand

	mu      sync.Mutex
	closing bool                       // guarded by mu
	atClose []context.CancelFunc       // guarded by mu
	inHand  map[int]context.CancelFunc // guarded by mu
	last    int                        // guarded by mu
}

func newLifecycle() *lifecycle {
	return &lifecycle{idle: make(chan struct{}), inHand: make(map[int]context.CancelFunc)}
}

// begin takes an event in hand until end is called; it reports false after
// Close. The context has the request's values and not its end: WeCom hanging
// up is no reason to stop half way.
func (l *lifecycle) begin(request context.Context) (ctx context.Context, end func(), ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closing {
		return nil, nil, false
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(request))
	l.last++
	id := l.last
	l.inHand[id] = cancel
	return ctx, sync.OnceFunc(func() {
		cancel()
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.inHand, id)
		if l.closing && len(l.inHand) == 0 {
			close(l.idle)
		}
	}), true
}

// beginUntilClose is like begin for what ends when Close begins.
func (l *lifecycle) beginUntilClose(parent context.Context) (ctx context.Context, end func(), ok bool) {
	ctx, end, ok = l.begin(parent)
	if !ok {
		return nil, nil, false
	}
	ctx, cancel := context.WithCancel(ctx)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closing {
		cancel()
	}
	l.atClose = append(l.atClose, cancel)
	return ctx, end, true
}

func (l *lifecycle) close(ctx context.Context) error {
	l.mu.Lock()
	if !l.closing {
		l.closing = true
		for _, cancel := range l.atClose {
			cancel()
		}
		if len(l.inHand) == 0 {
			close(l.idle)
		}
	}
	l.mu.Unlock()

	select {
	case <-l.idle:
		return nil
	case <-ctx.Done():
	}
	l.mu.Lock()
	unfinished := len(l.inHand)
	for _, cancel := range l.inHand {
		cancel()
	}
	l.mu.Unlock()
	if unfinished == 0 {
		return nil
	}
	grace := time.NewTimer(closeGrace)
	defer grace.Stop()
	select {
	case <-l.idle:
	case <-grace.C:
	}
	return fmt.Errorf("callback: closed with %d events unfinished: %w", unfinished, context.Cause(ctx))
}
