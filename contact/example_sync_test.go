package contact_test

import (
	"context"
	"fmt"

	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A CRM copies all customers every night. AllByUser reads a hundred customers
// a call, and a Background client lets the calls of the day go first.
func Example_sync() {
	srv := wecomtest.NewServer()
	defer srv.Close()
	alice, bob := srv.AddMember(wecomtest.Member{Name: "Alice"}), srv.AddMember(wecomtest.Member{Name: "Bob"})
	srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
	srv.AddCustomer(bob, wecomtest.Customer{Name: "Yan", FollowUser: []wecomtest.Follow{{AddWay: 16, State: "autumn-sale"}}})

	ctx := context.Background()
	contacts := contact.New(srv.NewClient().Background())

	members, err := contacts.GetFollowUserList(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	for c, err := range contacts.AllByUser(ctx, contact.BatchGetByUserRequest{UserIDList: members}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s: by %v, state %q\n", c.ExternalContact.Name, c.FollowInfo.AddWay, c.FollowInfo.State)
	}

	// Output:
	// Zoe: by QRCode, state ""
	// Yan: by AcquisitionLink, state "autumn-sale"
}
