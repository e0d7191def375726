package contact_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestGetTellsHowTheCustomerCame(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	came := time.Date(2026, 3, 8, 9, 30, 0, 0, time.UTC)
	zoe := srv.Seed().Customer(wecomtest.Customer{
		Name: "Zoe", Type: 2, Gender: 2, Position: "Buyer", CorpName: "Spruce",
		FollowUser: []wecomtest.Follow{{
			UserID: alice, Remark: "VIP", Description: "buys wood", CreateTime: came, AddWay: 16, State: "shop-1",
			RemarkMobiles: []string{"13800000001"},
		}},
	})
	contacts := contact.New(srv.NewClient())

	got, err := contacts.Get(t.Context(), zoe)

	require.NoError(t, err)
	assert.Equal(t, contact.ExternalContact{
		ExternalUserID: zoe, Name: "Zoe", Type: contact.TypeWecom, Gender: contact.GenderFemale, Position: "Buyer", CorpName: "Spruce",
	}, got.ExternalContact)
	require.Len(t, got.FollowUser, 1)
	follow := got.FollowUser[0]
	assert.Equal(t, alice, follow.UserID)
	assert.Equal(t, "VIP", follow.Remark)
	assert.Equal(t, "buys wood", follow.Description)
	assert.True(t, came.Equal(follow.CreateTime.Time), "%v", follow.CreateTime)
	assert.Equal(t, contact.AddWayAcquisitionLink, follow.AddWay)
	assert.Equal(t, "shop-1", follow.State)
	assert.Equal(t, []string{"13800000001"}, follow.RemarkMobiles)
}

func TestGetAfterTheMemberDeletedTheCustomer(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	zoe := srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
	srv.Act().DeleteCustomer(alice, zoe)
	contacts := contact.New(srv.NewClient())

	_, err := contacts.Get(t.Context(), zoe)

	require.ErrorIs(t, err, wecom.ErrNotFound)
	assert.True(t, wecom.IsCode(err, wecom.CodeNotExternalContact))
}

// A customer who deletes the member stays on the member's list.
func TestGetAfterTheCustomerDeletedTheMember(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	zoe := srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
	srv.Act().DeleteMember(zoe, alice)
	contacts := contact.New(srv.NewClient())

	got, err := contacts.Get(t.Context(), zoe)

	require.NoError(t, err)
	assert.Equal(t, "Zoe", got.ExternalContact.Name)
}

func TestGetOfAnIDThatIsNone(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	contacts := contact.New(srv.NewClient())

	_, err := contacts.Get(t.Context(), "wmNobody")

	require.ErrorIs(t, err, wecom.ErrInvalidRequest)
	assert.True(t, wecom.IsCode(err, wecom.CodeInvalidExternalUserID))
}

func TestFollowersComeInPages(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.PageSize("externalcontact/get", 2)
	zoe, members := popular(srv, 5)
	contacts := contact.New(srv.NewClient())

	var followers []string
	for f, err := range contacts.AllFollowers(t.Context(), zoe) {
		require.NoError(t, err)
		followers = append(followers, f.UserID)
	}

	assert.Equal(t, members, followers)
	assert.Equal(t, 3, srv.Calls().Op("externalcontact/get").Len())
}

func TestGetPageGoesOnFromACursor(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.PageSize("externalcontact/get", 2)
	zoe, members := popular(srv, 3)
	contacts := contact.New(srv.NewClient())
	first, err := contacts.Get(t.Context(), zoe)
	require.NoError(t, err)
	require.Len(t, first.FollowUser, 2)

	second, err := contacts.GetPage(t.Context(), contact.GetRequest{ExternalUserID: zoe, Cursor: first.NextCursor})

	require.NoError(t, err)
	require.Len(t, second.FollowUser, 1)
	assert.Equal(t, members[2], second.FollowUser[0].UserID)
	assert.Empty(t, second.NextCursor)
}

// popular makes a customer whom n members follow.
func popular(srv *wecomtest.Server, n int) (customer string, members []string) {
	var follows []wecomtest.Follow
	for range n {
		members = append(members, srv.AddMember(wecomtest.Member{}))
		follows = append(follows, wecomtest.Follow{UserID: members[len(members)-1]})
	}
	return srv.Seed().Customer(wecomtest.Customer{Name: "Zoe", FollowUser: follows}), members
}
