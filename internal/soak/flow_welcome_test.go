package soak_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// welcome greets customers who add a member, from the handler of the callback.
func welcome(r *run) error {
	return greetCustomers(r, r.workers, func(err error) error { return err })
}

// welcomeByInbox stores the events first, and tries again what failed for
// certain while the welcome code lives.
func welcomeByInbox(r *run) error {
	return greetCustomers(r, r.newInboxDesk(), func(err error) error {
		if err == nil || errors.Is(err, wecom.ErrOutcomeUnknown) || wecom.IsCode(err, wecom.CodeInvalidWelcomeCode) {
			return err
		}
		return fmt.Errorf("%w: %w", err, callback.ErrRedeliver)
	})
}

func greetCustomers(r *run, d *desk, again func(error) error) error {
	alice := r.member("Alice")
	messages := message.New(r.client)
	var mu sync.Mutex
	last := map[string]error{} // what the greetings of each customer came to
	d.onAdd(alice, func(ctx context.Context, e *callback.AddExternalContact) error {
		// The handler's ctx ends when WeCom has hung up and nothing but an answer
		// could follow.
		err := messages.SendWelcome(ctx, message.SendWelcomeRequest{
			WelcomeCode: e.WelcomeCode,
			Text:        message.Text{Content: r.mark("greets ", e.ExternalUserID)},
			ReceivedAt:  e.At(),
		})
		mu.Lock()
		if before, ok := last[e.ExternalUserID]; !ok || err == nil || before != nil && !errors.Is(before, wecom.ErrOutcomeUnknown) {
			last[e.ExternalUserID] = err // else one that may have arrived counts for more
		}
		mu.Unlock()
		r.judgeWelcome(err, r.srv.Clock().Now().Sub(e.At()))
		return again(err)
	})
	var customers []string
	for i := range 4 {
		customers = append(customers, r.srv.AddCustomer(alice, wecomtest.Customer{Name: r.mark("Zoe", i)}))
		r.pause(5 * time.Second)
	}
	_ = r.srv.Clock().Sleep(context.Background(), 3*time.Minute) // for deliveries and what they cause

	mu.Lock()
	defer mu.Unlock()
	var ended error
	for _, id := range customers {
		err, heard := last[id]
		switch n := r.greetings(id); {
		case heard:
			r.greeted(err, id)
		case n > 0:
			r.Errorf("%s was greeted, and nobody heard of them", id)
		case r.profile.calm():
			r.Errorf("nobody heard of %s", id)
		}
		if ended == nil {
			ended = err
		}
	}
	return ended
}

// judgeWelcome allows the errors of a welcome that came too late, because the
// event did or a token: WeCom refuses the code, or SendWelcome has given up.
func (r *run) judgeWelcome(err error, age time.Duration) {
	if r.profile.calm() || age < 20*time.Second {
		if r.waits && wecom.IsCode(err, wecom.CodeAPIFreqLimit) {
			return // the API is closed for longer than the code lives
		}
		r.judge(err)
	} else if !errors.Is(err, context.DeadlineExceeded) {
		r.judge(err, wecom.CodeInvalidWelcomeCode)
	}
}

// greeted compares what became of a customer's greeting with what they got.
func (r *run) greeted(err error, id string) {
	n := r.greetings(id)
	if n > 1 || err == nil && n == 0 || err != nil && !errors.Is(err, wecom.ErrOutcomeUnknown) && n > 0 {
		r.Errorf("%d greetings, and %v", n, err)
	}
	r.atEnd(func() { assert.LessOrEqual(r, r.greetings(id), 1, "greetings in the end") })
}

// greetings is how often the flow greeted a customer.
func (r *run) greetings(externalUserID string) int {
	n := 0
	for _, got := range r.srv.Received(externalUserID) {
		if got.Kind == wecomtest.KindWelcome && got.Text == r.mark("greets ", externalUserID) {
			n++
		}
	}
	return n
}
