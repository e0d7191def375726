package readme_test

import (
	"testing"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// README: test
func TestGreeting(t *testing.T) {
	srv := wecomtest.New(t)
	h, err := greetNewCustomers(srv.NewClient(), callback.Keys(srv.Keys()))
	if err != nil {
		t.Fatal(err)
	}
	srv.Callback(h) // makes the URL check first, as the console does
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})

	srv.Fault("externalcontact/send_welcome_msg").Times(1).Code(42001) // the token dies on the way
	srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})            // signed, encrypted, delivered
	srv.WaitDeliveries(1)

	if got := srv.Calls().Op("externalcontact/send_welcome_msg").Len(); got != 2 {
		t.Errorf("welcome calls = %d, want one refused and one sent", got)
	}
}

// README: end
