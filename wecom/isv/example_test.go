package isv_test

import (
	"context"
	"fmt"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/isv"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A day of a provider: two corps install its app, win customers whom one handler
// welcomes, and one of them leaves again. The simulator plays WeCom and the
// people.
func Example() {
	srv := wecomtest.NewServer()
	defer srv.Close()
	app := srv.AddSuite(wecomtest.Suite{Name: "Greeter"})
	suite, err := isv.NewSuite(isv.SuiteCredential{SuiteID: app.SuiteID, Secret: app.Secret},
		isv.WithClientOptions(srv.Options()...)) // in earnest: WithTickets, WithTenants, WithTokenStore
	if err != nil {
		fmt.Println(err)
		return
	}
	h, err := callback.NewHandler(callback.Keys(srv.SuiteKeys(app.SuiteID))) // in earnest: WithWorkers
	if err != nil {
		fmt.Println(err)
		return
	}
	err = isv.Mount(h, isv.Route{
		Suite: suite,
		Authorized: func(ctx context.Context, client *wecom.Client, a *isv.Authorization) error {
			members, err := contact.New(client).GetFollowUserList(ctx)
			if err != nil {
				return err
			}
			fmt.Println(a.AuthCorpInfo.CorpName, "came with", len(members), "member")
			return nil
		},
		Cancelled: func(_ context.Context, corpID string) error {
			fmt.Println("somebody left: delete the data of", corpID[:2]+"…")
			return nil
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	callback.On(h, func(ctx context.Context, e *callback.AddExternalContact) error {
		client, err := isv.Suites{suite}.Client(ctx) // of the corp that the event is about
		if err != nil {
			return err
		}
		customer, err := contact.New(client).Get(ctx, e.ExternalUserID)
		if err != nil {
			return err
		}
		fmt.Println("welcome,", customer.ExternalContact.Name)
		return nil
	})

	// What happens outside. A ticket comes first.
	if err := srv.SetCallback(wecomtest.Callback{SuiteID: app.SuiteID, Handler: h}); err != nil {
		fmt.Println(err)
		return
	}
	srv.WaitDeliveries(1)
	bakery, florist := srv.AddCorp("Bakery"), srv.AddCorp("Florist")
	for i, corp := range []*wecomtest.Server{bakery, florist} {
		alice := corp.AddMember(wecomtest.Member{Name: "Alice"})
		corp.Act().AuthorizeSuite(app.SuiteID, wecomtest.Authorization{Admin: alice})
		srv.WaitDeliveries(2 + 2*i)
		corp.AddCustomer(alice, wecomtest.Customer{Name: fmt.Sprint("Zoe ", i+1)})
		srv.WaitDeliveries(3 + 2*i)
	}
	bakery.Act().CancelAuthorization(app.SuiteID)
	srv.WaitDeliveries(6)

	_, err = suite.Client(context.Background(), bakery.OpenCorpID(""))
	fmt.Println("bakery:", err != nil)
	_, err = suite.Client(context.Background(), florist.OpenCorpID(""))
	fmt.Println("florist:", err != nil)
	// Output:
	// Bakery came with 1 member
	// welcome, Zoe 1
	// Florist came with 1 member
	// welcome, Zoe 2
	// somebody left: delete the data of wp…
	// bakery: true
	// florist: false
}
