package callback_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// What all handlers need around them stands in one place: here a log line that
// says how each event went. A tracer does the same with a span, which it puts
// into ctx for next.
func ExampleWithMiddleware() {
	logged := func(next callback.HandlerFunc) callback.HandlerFunc {
		return func(ctx context.Context, e callback.Event) (callback.Reply, error) {
			reply, err := next(ctx, e)
			fmt.Println("log:", e.Head().Kind(), "error:", err)
			return reply, err
		}
	}
	counted := func(_ context.Context, d callback.Delivery) {
		fmt.Printf("metric: callbacks{event=%q, outcome=%q} + 1\n", d.Kind, d.Outcome)
	}
	sim := wecomtest.NewServer()
	defer sim.Close()
	h, err := callback.NewHandler(callback.Keys(sim.Keys()),
		callback.WithMiddleware(logged), callback.WithObserver(counted))
	if err != nil {
		fmt.Println(err)
		return
	}
	callback.On(h, func(_ context.Context, e *callback.AddExternalContact) error {
		fmt.Println("welcome,", e.ExternalUserID)
		return nil
	})
	callback.On(h, func(context.Context, *callback.DelFollowUser) error {
		return errors.New("database is down")
	})
	srv := httptest.NewServer(h)
	defer srv.Close()
	if err := sim.SetCallback(wecomtest.Callback{URL: srv.URL}); err != nil {
		fmt.Println(err)
		return
	}

	alice := sim.AddMember(wecomtest.Member{UserID: "alice"})
	sim.Deliver().Of("add_external_contact").Duplicate()
	zoe := sim.AddCustomer(alice, wecomtest.Customer{ExternalUserID: "wmZoe"})
	sim.WaitDeliveries(1)
	sim.Act().DeleteMember(zoe, alice)
	sim.WaitDeliveries(2)
	// Output:
	// welcome, wmZoe
	// log: change_external_contact/add_external_contact error: <nil>
	// metric: callbacks{event="change_external_contact/add_external_contact", outcome="handled"} + 1
	// metric: callbacks{event="change_external_contact/add_external_contact", outcome="duplicate"} + 1
	// log: change_external_contact/del_follow_user error: database is down
	// metric: callbacks{event="change_external_contact/del_follow_user", outcome="failed"} + 1
}
