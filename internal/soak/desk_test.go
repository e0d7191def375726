package soak_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A desk is where callbacks come in, and knows how often each was handled.
type desk struct {
	st    *stage
	keys  wecomtest.Keys
	h     *callback.Handler
	store *callback.FileInbox // nil without one
	mine  func(d wecomtest.Delivery) bool

	again bool // a handling that failed is not the last: the next delivery is handled, too

	mu     sync.Mutex
	greet  map[string]func(context.Context, *callback.AddExternalContact) error // by member; guarded by mu
	ended  map[string]int                                                       // handlings after which there must be no other, by the event's text; guarded by mu
	failed map[string]bool                                                      // whether the last one was not such; guarded by mu
}

func (st *stage) newDesk(keys wecomtest.Keys, store *callback.FileInbox, mine func(wecomtest.Delivery) bool, opts ...callback.Option) *desk {
	st.t.Helper()
	st.tap.secret(keys.Token, keys.EncodingAESKey)
	d := &desk{
		st: st, keys: keys, store: store, mine: mine,
		greet: map[string]func(context.Context, *callback.AddExternalContact) error{}, ended: map[string]int{}, failed: map[string]bool{},
	}
	opts = append(opts, callback.WithClock(st.srv.Clock()), callback.WithLogger(st.log), callback.WithMiddleware(d.watch))
	if store != nil {
		opts = append(opts, callback.WithInbox(store))
	}
	var err error
	d.h, err = callback.NewHandler(callback.Keys(keys), opts...)
	require.NoError(st.t, err)
	st.mu.Lock()
	defer st.mu.Unlock()
	st.desks = append(st.desks, d)
	return d
}

// newWorkerDesk listens for the first app, with so many workers or none.
func (st *stage) newWorkerDesk(workers int) *desk {
	st.t.Helper()
	var opts []callback.Option
	if workers > 0 {
		opts = append(opts, callback.WithWorkers(workers, 100))
	}
	agentID := st.srv.App().AgentID
	d := st.newDesk(st.srv.Keys(), nil, func(d wecomtest.Delivery) bool { return d.AgentID == agentID && d.CorpID == st.srv.CorpID() }, opts...)
	d.again = true
	callback.On(d.h, d.take)
	st.srv.Callback(d.h)
	return d
}

// newInboxDesk listens for a second app.
func (st *stage) newInboxDesk() *desk {
	st.t.Helper()
	app := st.srv.AddApp(wecomtest.App{Name: "second", Scopes: []wecomtest.Scope{wecomtest.ScopeContact}})
	d := st.newDesk(st.srv.Keys(), st.newInbox(), func(d wecomtest.Delivery) bool { return d.AgentID == app.AgentID && d.CorpID == st.srv.CorpID() })
	callback.On(d.h, d.take)
	require.NoError(st.t, st.srv.SetCallback(wecomtest.Callback{Handler: d.h, AgentID: app.AgentID}))
	return d
}

func (st *stage) newInbox() *callback.FileInbox {
	st.t.Helper()
	store, err := callback.OpenFileInbox(st.t.TempDir(), &callback.FileInboxOptions{Clock: st.srv.Clock()})
	require.NoError(st.t, err)
	return store
}

// onAdd has a function called for the customers who add a member.
func (d *desk) onAdd(userID string, f func(context.Context, *callback.AddExternalContact) error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.greet[userID] = f
}

func (d *desk) take(ctx context.Context, e callback.Event) error {
	added, ok := e.(*callback.AddExternalContact)
	if !ok {
		return nil
	}
	d.mu.Lock()
	f := d.greet[added.UserID]
	d.mu.Unlock()
	if f == nil {
		return nil
	}
	return f(ctx, added)
}

// watch counts how often an event is handled to an end.
func (d *desk) watch(next callback.HandlerFunc) callback.HandlerFunc {
	return func(ctx context.Context, e callback.Event) (callback.Reply, error) {
		reply, err := next(ctx, e)
		d.st.tap.show(err)
		text := strings.TrimSpace(e.Head().Raw)
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.ended[text] > 0 {
			d.ended[text]++
			return reply, err
		}
		if d.failed[text] = errors.Is(err, callback.ErrRedeliver) || err != nil && d.again; !d.failed[text] {
			d.ended[text]++
		}
		return reply, err
	}
}

func (d *desk) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	require.NoError(d.st.t, d.h.Close(ctx))
	if d.store != nil {
		require.NoError(d.st.t, d.store.Close())
	}
}

// strange reports whether what befell an event keeps it from being handled.
func strange(mishap string) bool {
	return slices.ContainsFunc([]string{"lose", "bad signature", "wrong receive id", "old timestamp"}, func(s string) bool { return strings.Contains(mishap, s) })
}

// check sees that each event was handled once, or never if it did not arrive.
func (d *desk) check(r *run) int {
	r.t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	known := map[string]bool{}
	for _, del := range r.srv.Deliveries() {
		if !d.mine(del) {
			continue
		}
		text := strings.TrimSpace(del.Body)
		n := d.ended[text]
		switch {
		case known[text]:
			r.Errorf("two events say the same, which the soak test does not want: %s", text)
		case n > 1:
			r.Errorf("handled %d times: %s", n, text)
		case strange(del.Mishap):
			if n > 0 {
				r.Errorf("handled, and it was lost or not WeCom's (%s): %s", del.Mishap, text)
			}
		case n == 0 && del.Delivered() && !d.failed[text]:
			r.Errorf("acknowledged, and never handled: %s", text)
		}
		known[text] = true
	}
	for text := range d.ended {
		if !known[text] {
			r.Errorf("handled, and nobody sent it: %s", text)
		}
	}
	return len(d.ended)
}
