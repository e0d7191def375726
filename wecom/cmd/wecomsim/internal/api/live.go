package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func liveRoutes() []Route {
	return []Route{
		streams("events", "Watch calls, deliveries and changes as they happen, as server-sent events named call, delivery and change", (*API).watch),
	}
}

// A Change is something that was done through the API.
type Change struct {
	What string `json:"what"            about:"act, trigger, clock, fault, callback, corp, …"`
	Name string `json:"name,omitzero"   about:"which of them"`
}

// changeLog keeps the latest changes, for who watches.
type changeLog struct {
	mu    sync.Mutex // guards all below
	first int        // number of list[0]
	list  []Change
	news  chan struct{} // closed at the next change
}

const maxChanges = 1000

// changed tells who watches.
func (a *API) changed(what, name string) {
	l := &a.news
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, Change{what, name})
	if n := len(l.list) - maxChanges; n > 0 {
		l.list, l.first = l.list[n:], l.first+n
	}
	if l.news != nil {
		close(l.news)
		l.news = nil
	}
}

// since returns the changes from number n on, the number of the next one, and a
// channel that is closed then.
func (l *changeLog) since(n int) (list []Change, next int, news <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.news == nil {
		l.news = make(chan struct{})
	}
	next = l.first + len(l.list)
	from := min(max(n-l.first, 0), len(l.list))
	return append([]Change(nil), l.list[from:]...), next, l.news
}

// A stream writes server-sent events.
type stream struct {
	ctx context.Context
	w   http.ResponseWriter
	id  string // of the last event that the client has seen
}

// open begins the answer.
func (s *stream) open() error {
	h := s.w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	s.w.WriteHeader(http.StatusOK)
	return s.flush()
}

// send writes an event. The client must flush.
func (s *stream) send(id, event string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if id != "" {
		id = "id: " + id + "\n"
	}
	_, err = fmt.Fprintf(s.w, "%sevent: %s\ndata: %s\n\n", id, event, data)
	return err
}

// comment keeps the connection open.
func (s *stream) comment() error {
	_, err := fmt.Fprint(s.w, ": still here\n\n")
	return err
}

func (s *stream) flush() error { return http.NewResponseController(s.w).Flush() }

// keepAlive is how often a stream without news says that it lives.
const keepAlive = 15 * time.Second

// WatchIn says what to watch.
type WatchIn struct {
	Last int `about:"begin with this many of the latest calls and deliveries" query:"last"`
}

// cursor is how far a watcher has seen: how many calls and changes, and the
// lowest number of a delivery that is not done.
type cursor struct {
	run            string // of the program
	calls, changes int
	delivery       int
	attempts       map[int]int // of deliveries that are not done
}

func (c *cursor) String() string {
	return fmt.Sprintf("%s-%d-%d-%d", c.run, c.calls, c.delivery, c.changes)
}

// begin sets the cursor to where a client wants to begin: who comes back where
// it was, and who has seen another run of the program at this one's beginning.
func (a *API) begin(s *stream, in WatchIn) *cursor {
	c := &cursor{run: a.run, delivery: 1, attempts: make(map[int]int)}
	if s.id != "" {
		if run, seen, _ := strings.Cut(s.id, "-"); run == a.run {
			_, _ = fmt.Sscanf(seen, "%d-%d-%d", &c.calls, &c.delivery, &c.changes) // or from the beginning
		}
		return c
	}
	calls := a.srv.Calls()
	c.calls = max(0, calls.Dropped()+calls.Len()-in.Last)
	c.delivery = max(1, a.srv.DeliveryCount()+1-in.Last)
	_, c.changes, _ = a.news.since(0)
	return c
}

// watch sends what happens until the client goes.
func (a *API) watch(s *stream, in WatchIn) error {
	c := a.begin(s, in)
	if err := s.open(); err != nil {
		return nil // the client has gone
	}
	alive := time.NewTicker(keepAlive)
	defer alive.Stop()
	for {
		changed := a.srv.Changed()
		changes, next, news := a.news.since(c.changes)
		err := a.sendNews(s, c, changes, next)
		if err == nil {
			err = s.flush()
		}
		if err != nil {
			return nil // the client has gone
		}
		select {
		case <-s.ctx.Done():
			return nil
		case <-changed:
		case <-news:
		case <-alive.C:
			if err := s.comment(); err != nil {
				return nil
			}
		}
	}
}

// sendNews writes what is new since the cursor, and moves it.
func (a *API) sendNews(s *stream, c *cursor, changes []Change, next int) error {
	calls := a.srv.Calls()
	if c.calls > calls.Dropped()+calls.Len() {
		c.calls = 0 // the log was emptied
	}
	for c.calls = max(c.calls, calls.Dropped()); c.calls < calls.Dropped()+calls.Len(); {
		call := calls.N(c.calls - calls.Dropped())
		c.calls++
		if err := s.send(c.String(), "call", call); err != nil {
			return err
		}
	}
	if err := a.sendDeliveries(s, c); err != nil {
		return err
	}
	for i, ch := range changes {
		c.changes = next - len(changes) + i + 1
		if err := s.send(c.String(), "change", ch); err != nil {
			return err
		}
	}
	return nil
}

// sendDeliveries writes the deliveries that are new or were sent once more.
func (a *API) sendDeliveries(s *stream, c *cursor) error {
	last := a.srv.DeliveryCount()
	if c.delivery > last+1 { // the log was emptied
		c.delivery, c.attempts = 1, make(map[int]int)
	}
	all := true // up to here they are done
	for n := max(c.delivery, 1); n <= last; n++ {
		d := a.srv.Delivery(n)
		if d.N == 0 { // the log no longer holds it
			delete(c.attempts, n)
			if all {
				c.delivery = n + 1
			}
			continue
		}
		seen, ok := c.attempts[n]
		if state := state(&d); !ok || seen != state {
			c.attempts[n] = state
			if err := s.send(c.String(), "delivery", deliveryOf(&d)); err != nil {
				return err
			}
		}
		if all = all && d.Done; all {
			c.delivery = n + 1
			delete(c.attempts, n)
		}
	}
	return nil
}

// state changes with a delivery.
func state(d *wecomtest.Delivery) int {
	if d.Done {
		return -1
	}
	return len(d.Attempts)
}
