package wecomtest

import (
	"container/heap"
	"context"
	"slices"
	"sync"
	"time"
)

// A Clock is the simulator's time: for token lifetimes, limits, media,
// schedules, callbacks and, through [Server.Options], the client under test.
//
// It follows the system clock (the fake one inside a synctest bubble) until
// [Clock.Freeze]; [Clock.Advance] adds to it. A Clock is safe for concurrent
// use and a wecom.Clock.
type Clock struct {
	mu      sync.Mutex // guards all below; no other lock is taken under it
	offset  time.Duration
	frozen  time.Time // zero while time flows
	waiters waiterHeap
	seq     int
	running sync.WaitGroup // callbacks of expired waiters
	stopped bool
	resets  int

	settle func() // waits for what a step of Advance has set off; nil is nothing
}

// Now returns the simulator's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.nowLocked()
}

func (c *Clock) nowLocked() time.Time {
	if !c.frozen.IsZero() {
		return c.frozen
	}
	return time.Now().Add(c.offset) //nolint:forbidigo // the injected clock ends here
}

// Sleep returns nil once d has passed on this clock, or ctx.Err() as soon as
// ctx ends.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	woken := make(chan struct{})
	stop := c.add(d, true, func() { close(woken) })
	defer stop()
	select {
	case <-woken:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Advance lets d pass at once. Everything that falls due on the way happens in
// order, each at its own time: transfers end, callbacks are given up and sent
// again. A callback that is under way first gets a moment of system time to be
// answered, so that a long Advance gets on slowly while others never cease.
//
// Advance wakes those who sleep on the clock and does not wait for what they do
// then: who retries three times may need three steps.
func (c *Clock) Advance(d time.Duration) {
	if d < 0 {
		panic("wecomtest: Clock.Advance: time does not run backwards")
	}
	target := c.Now().Add(d)
	resets := c.resetsSoFar()
	c.settled()
	c.mu.Lock()
	for c.resets == resets && len(c.waiters) > 0 && !c.waiters[0].due.After(target) {
		w := c.waiters[0]
		heap.Remove(&c.waiters, 0)
		w.stopTimer()
		c.setLocked(w.due)
		c.mu.Unlock()
		w.fire()
		c.settled()
		c.mu.Lock()
	}
	if c.resets == resets {
		c.setLocked(target)
	}
	c.rearmLocked()
	c.mu.Unlock()
}

func (c *Clock) resetsSoFar() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.resets
}

func (c *Clock) settled() {
	if c.settle != nil {
		c.settle()
	}
}

// Freeze stops the clock at t. From then on only [Clock.Advance] moves it.
// What falls due between now and a later t happens first.
func (c *Clock) Freeze(t time.Time) {
	if d := t.Sub(c.Now()); d > 0 {
		c.Advance(d)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.frozen = t
	for _, w := range c.waiters {
		w.stopTimer()
	}
}

// Unfreeze lets time flow again from where it stands.
func (c *Clock) Unfreeze() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.frozen.IsZero() {
		return
	}
	c.offset, c.frozen = time.Until(c.frozen), time.Time{}
	c.rearmLocked()
}

// Frozen reports whether only [Clock.Advance] moves the clock.
func (c *Clock) Frozen() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.frozen.IsZero()
}

// reset sets the clock to t, also back. What is waited for comes after the same
// time as without it; an Advance that is under way ends.
func (c *Clock) reset(t time.Time, frozen bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	shift := t.Sub(c.nowLocked())
	c.resets++
	c.offset, c.frozen = time.Until(t), time.Time{}
	if frozen {
		c.frozen = t
	}
	for _, w := range c.waiters {
		w.stopTimer()
		w.due = w.due.Add(shift)
	}
	c.rearmLocked()
}

// setLocked moves the clock to t, never back.
func (c *Clock) setLocked(t time.Time) {
	if !t.After(c.nowLocked()) {
		return
	}
	if !c.frozen.IsZero() {
		c.frozen = t
		return
	}
	c.offset = time.Until(t)
}

// rearmLocked starts the system timers of what still waits.
func (c *Clock) rearmLocked() {
	if !c.frozen.IsZero() {
		return
	}
	for _, w := range c.waiters {
		w.stopTimer()
		c.armLocked(w)
	}
}

func (c *Clock) armLocked(w *waiter) {
	w.timer = time.AfterFunc(w.due.Sub(c.nowLocked()), func() { c.expire(w) })
}

// expire runs w if Advance has not.
func (c *Clock) expire(w *waiter) {
	c.mu.Lock()
	if w.index < 0 || !c.frozen.IsZero() {
		c.mu.Unlock()
		return
	}
	if wait := w.due.Sub(c.nowLocked()); wait > 0 {
		c.armLocked(w)
		c.mu.Unlock()
		return
	}
	heap.Remove(&c.waiters, w.index)
	if !w.sleeper {
		c.running.Add(1)
		defer c.running.Done()
	}
	c.mu.Unlock()
	w.fire()
}

// afterFunc calls f once d has passed, unless the server is closed before. f
// must not wait for anything.
func (c *Clock) afterFunc(d time.Duration, f func()) (stop func()) { return c.add(d, false, f) }

// at is afterFunc with a time.
func (c *Clock) at(t time.Time, f func()) (stop func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.addLocked(t, false, f)
}

func (c *Clock) add(d time.Duration, sleeper bool, f func()) (stop func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.addLocked(c.nowLocked().Add(d), sleeper, f)
}

func (c *Clock) addLocked(due time.Time, sleeper bool, f func()) (stop func()) {
	c.seq++
	w := &waiter{due: due, seq: c.seq, index: -1, sleeper: sleeper, fire: f}
	if c.stopped && !sleeper {
		return func() {}
	}
	heap.Push(&c.waiters, w)
	if c.frozen.IsZero() {
		c.armLocked(w)
	}
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		w.stopTimer()
		if w.index >= 0 {
			heap.Remove(&c.waiters, w.index)
		}
	}
}

// stop drops what the server waits for and returns when no callback runs. Who
// sleeps on the clock sleeps on.
func (c *Clock) stop() {
	c.mu.Lock()
	c.stopped = true
	for _, w := range slices.Clone(c.waiters) {
		if !w.sleeper {
			w.stopTimer()
			heap.Remove(&c.waiters, w.index)
		}
	}
	c.mu.Unlock()
	c.running.Wait()
}

type waiter struct {
	due     time.Time
	seq     int // those due together fire in the order they were set
	index   int // in the heap; -1 outside
	sleeper bool
	timer   *time.Timer
	fire    func()
}

func (w *waiter) stopTimer() {
	if w.timer != nil {
		w.timer.Stop()
	}
}

type waiterHeap []*waiter

func (h waiterHeap) Len() int { return len(h) }
func (h waiterHeap) Less(i, j int) bool {
	if h[i].due.Equal(h[j].due) {
		return h[i].seq < h[j].seq
	}
	return h[i].due.Before(h[j].due)
}

func (h waiterHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *waiterHeap) Push(x any) {
	w, _ := x.(*waiter) // container/heap knows no types
	w.index = len(*h)
	*h = append(*h, w)
}

func (h *waiterHeap) Pop() any {
	old := *h
	w := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	w.index = -1
	return w
}
