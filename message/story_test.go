package message_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// newcomer lets a stranger become Alice's customer, and returns both with the
// welcome code of the callback.
func newcomer(t *testing.T, srv *wecomtest.Server) (alice, zoe, code string) {
	t.Helper()
	h, err := callback.NewHandler(callback.Keys(srv.Keys()))
	require.NoError(t, err)
	codes := make(chan string, 1)
	callback.On(h, func(_ context.Context, e *callback.AddExternalContact) error {
		codes <- e.WelcomeCode
		return nil
	})
	srv.Callback(h)
	alice = srv.AddMember(wecomtest.Member{Name: "Alice"})
	zoe = srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
	srv.WaitDeliveries(1)
	return alice, zoe, <-codes
}

// anotherApp is a client of a second app that may call the customer APIs.
func anotherApp(t *testing.T, srv *wecomtest.Server) *wecom.Client {
	t.Helper()
	app := srv.AddApp(wecomtest.App{Name: "rival", Scopes: []wecomtest.Scope{wecomtest.ScopeContact}})
	client, err := wecom.New(srv.CredentialOf(app), srv.Options()...)
	require.NoError(t, err)
	return client
}
