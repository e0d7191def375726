package contact_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestListIsOfOneMember(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice, bob := srv.AddMember(wecomtest.Member{Name: "Alice"}), srv.AddMember(wecomtest.Member{Name: "Bob"})
	zoe := srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
	yan := srv.AddCustomer(alice, wecomtest.Customer{Name: "Yan"})
	srv.AddCustomer(bob, wecomtest.Customer{Name: "Xu"})
	contacts := contact.New(srv.NewClient())

	customers, err := contacts.List(t.Context(), alice)

	require.NoError(t, err)
	assert.Equal(t, []string{zoe, yan}, customers)
}

func TestListWithoutCustomers(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	contacts := contact.New(srv.NewClient())

	_, err := contacts.List(t.Context(), alice)

	require.ErrorIs(t, err, wecom.ErrNotFound)
	assert.True(t, wecom.IsCode(err, wecom.CodeNotExternalContact))
}

func TestListForAppThatMayNot(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
	other := srv.AddApp(wecomtest.App{Name: "no scope"})
	client, err := wecom.New(srv.CredentialOf(other), srv.Options()...)
	require.NoError(t, err)

	_, err = contact.New(client).List(t.Context(), alice)

	require.ErrorIs(t, err, wecom.ErrForbidden)
}
