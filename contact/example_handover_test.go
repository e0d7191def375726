package contact_test

import (
	"context"
	"fmt"
	"time"

	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// Alice changes to another team, and Bob takes over her customers. The call
// only begins it: some customers may not be transferable, each may refuse for
// 24 hours, and success says nothing of either.
func Example_handover() {
	srv := wecomtest.NewServer()
	defer srv.Close()
	alice, bob := srv.AddMember(wecomtest.Member{Name: "Alice"}), srv.AddMember(wecomtest.Member{Name: "Bob"})
	zoe := srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
	yan := srv.AddCustomer(bob, wecomtest.Customer{Name: "Yan"})

	ctx := context.Background()
	contacts := contact.New(srv.NewClient())

	begun, err := contacts.TransferCustomer(ctx, contact.TransferCustomerRequest{
		HandoverUserID: alice, TakeoverUserID: bob, ExternalUserID: []string{zoe, yan},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range begun.Customer {
		if c.ErrCode != wecom.CodeOK {
			fmt.Println("not begun:", c.ErrCode.Meaning())
		}
	}

	srv.Clock().Advance(25 * time.Hour)
	for c, err := range contacts.AllTransferResults(ctx, contact.TransferResultRequest{HandoverUserID: alice, TakeoverUserID: bob}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println("a day later:", c.Status)
	}

	// Output:
	// not begun: the handing-over member does not follow this customer
	// a day later: Done
}
