package message_test

import (
	"context"
	"fmt"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A shop greets each new customer by the way they came. The greeting must go
// out within 20 seconds, so the callback's handler sends it at once.
func Example_welcome() {
	sim := wecomtest.NewServer()
	defer sim.Close()
	client, err := wecom.New(sim.Credential(), sim.Options()...)
	if err != nil {
		fmt.Println(err)
		return
	}
	messages := message.New(client)

	h, err := callback.NewHandler(callback.Keys(sim.Keys()))
	if err != nil {
		fmt.Println(err)
		return
	}
	callback.On(h, func(ctx context.Context, e *callback.AddExternalContact) error {
		if e.WelcomeCode == "" {
			return nil // the console greets, or they chat already
		}
		return messages.SendWelcome(ctx, message.SendWelcomeRequest{
			WelcomeCode: e.WelcomeCode,
			Text:        message.Text{Content: "Welcome from the " + e.State + "!"},
			Attachments: []message.Attachment{
				message.LinkAttachment{Title: "10 % off your first tea", URL: "https://shop.example/voucher"},
			},
		})
	})
	sim.Callback(h)

	alice := sim.AddMember(wecomtest.Member{UserID: "alice"})
	zoe := sim.AddCustomer(alice, wecomtest.Customer{FollowUser: []wecomtest.Follow{{State: "spring fair"}}})
	sim.WaitDeliveries(1)
	for _, m := range sim.Received(zoe) {
		fmt.Printf("%s: %s [%s]\n", m.UserID, m.Text, m.Attachments[0].Title)
	}
	// Output: alice: Welcome from the spring fair! [10 % off your first tea]
}
