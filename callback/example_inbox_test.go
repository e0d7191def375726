package callback_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A process may die when it has acknowledged an event and not handled it yet.
// With an inbox the next one finds the event, and handles it.
func ExampleWithInbox() {
	dir, err := os.MkdirTemp("", "inbox")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	sim := wecomtest.NewServer()
	defer sim.Close()

	// live is one life of the process.
	live := func(greet func(context.Context, *callback.AddExternalContact) error, work func()) error {
		inbox, err := callback.OpenFileInbox(dir, nil)
		if err != nil {
			return err
		}
		h, err := callback.NewHandler(callback.Keys(sim.Keys()), callback.WithInbox(inbox))
		if err != nil {
			return err
		}
		callback.On(h, greet)
		h.Resume(context.Background()) // what the last one left
		srv := httptest.NewServer(h)
		defer srv.Close()
		if err := sim.SetCallback(wecomtest.Callback{URL: srv.URL}); err != nil {
			return err
		}
		work()
		if err := h.Close(context.Background()); err != nil {
			return err
		}
		return inbox.Close()
	}

	begun, greeted := make(chan struct{}), make(chan struct{})
	err = live(func(context.Context, *callback.AddExternalContact) error {
		close(begun)
		return fmt.Errorf("the database is restarting: %w", callback.ErrRedeliver)
	}, func() {
		alice := sim.AddMember(wecomtest.Member{UserID: "alice"})
		sim.AddCustomer(alice, wecomtest.Customer{ExternalUserID: "wmZoe"})
		<-begun
		sim.WaitDeliveries(1)
		fmt.Println("acknowledged:", sim.Deliveries()[0].Attempts[0].Status)
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	err = live(func(_ context.Context, e *callback.AddExternalContact) error {
		fmt.Println("welcome,", e.ExternalUserID)
		close(greeted)
		return nil
	}, func() { <-greeted })
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// acknowledged: 200
	// welcome, wmZoe
}
