package contact_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestRemarkChangesOnlyWhatIsSet(t *testing.T) {
	t.Parallel()
	srv, alice, zoe := remarked(t)
	contacts := contact.New(srv.NewClient())

	err := contacts.Remark(t.Context(), contact.RemarkRequest{UserID: alice, ExternalUserID: zoe, Remark: new("VIP"), RemarkMobiles: []string{"13900000001"}})

	require.NoError(t, err)
	follow := followOf(t, contacts, zoe)
	assert.Equal(t, "VIP", follow.Remark)
	assert.Equal(t, []string{"13900000001"}, follow.RemarkMobiles)
	assert.Equal(t, "buys wood", follow.Description)
	assert.Equal(t, "Spruce", follow.RemarkCorpName)
}

func TestRemarkClears(t *testing.T) {
	t.Parallel()
	srv, alice, zoe := remarked(t)
	contacts := contact.New(srv.NewClient())

	err := contacts.Remark(t.Context(), contact.RemarkRequest{
		UserID: alice, ExternalUserID: zoe, Remark: new(""), Description: new(""), RemarkCompany: new(""), RemarkMobiles: []string{""},
	})

	require.NoError(t, err)
	follow := followOf(t, contacts, zoe)
	assert.Empty(t, follow.Remark)
	assert.Empty(t, follow.Description)
	assert.Empty(t, follow.RemarkCorpName)
	assert.Empty(t, follow.RemarkMobiles)
}

func TestRemarkOfStranger(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice, zoe := srv.AddMember(wecomtest.Member{Name: "Alice"}), srv.Seed().Customer(wecomtest.Customer{Name: "Zoe"})
	contacts := contact.New(srv.NewClient())

	err := contacts.Remark(t.Context(), contact.RemarkRequest{UserID: alice, ExternalUserID: zoe, Remark: new("VIP")})

	require.ErrorIs(t, err, wecom.ErrNotFound)
	assert.True(t, wecom.IsCode(err, wecom.CodeNotExternalContact))
}

// remarked makes a customer of whom a member has noted everything.
func remarked(t *testing.T) (srv *wecomtest.Server, alice, zoe string) {
	t.Helper()
	srv = wecomtest.New(t)
	alice = srv.AddMember(wecomtest.Member{Name: "Alice"})
	zoe = srv.Seed().Customer(wecomtest.Customer{Name: "Zoe", FollowUser: []wecomtest.Follow{{
		UserID: alice, Remark: "Z", Description: "buys wood", RemarkCorpName: "Spruce", RemarkMobiles: []string{"13800000001", "13800000002"},
	}}})
	return srv, alice, zoe
}

// followOf reads back the only relation of a customer.
func followOf(t *testing.T, contacts *contact.Service, customer string) contact.FollowInfo {
	t.Helper()
	got, err := contacts.Get(t.Context(), customer)
	require.NoError(t, err)
	require.Len(t, got.FollowUser, 1)
	return got.FollowUser[0]
}
