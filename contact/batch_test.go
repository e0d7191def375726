package contact_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestAllByUserWalksPages(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice, bob := srv.AddMember(wecomtest.Member{Name: "Alice"}), srv.AddMember(wecomtest.Member{Name: "Bob"})
	want := []string{
		srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"}),
		srv.AddCustomer(alice, wecomtest.Customer{Name: "Yan"}),
		srv.AddCustomer(bob, wecomtest.Customer{Name: "Xu"}),
	}
	srv.PageSize("externalcontact/batch/get_by_user", 2)
	contacts := contact.New(srv.NewClient())

	var got []string
	for c, err := range contacts.AllByUser(t.Context(), contact.BatchGetByUserRequest{UserIDList: []string{alice, bob}}) {
		require.NoError(t, err)
		got = append(got, c.ExternalContact.ExternalUserID)
	}

	assert.Equal(t, want, got)
	calls := srv.Calls().Op("externalcontact/batch/get_by_user")
	assert.Equal(t, 2, calls.Len())
	assert.Equal(t, 2, calls.Where("limit", 100).Len(), "a zero limit asks for full pages")
}

func TestAllByUserTakesMembersInHundreds(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	var members, want []string
	for range 250 {
		m := srv.Seed().Member(wecomtest.Member{})
		members = append(members, m)
		want = append(want, srv.Seed().Customer(wecomtest.Customer{FollowUser: []wecomtest.Follow{{UserID: m}}}))
	}
	srv.PageSize("externalcontact/batch/get_by_user", 60)
	contacts := contact.New(srv.NewClient())
	first, err := contacts.BatchGetByUser(t.Context(), contact.BatchGetByUserRequest{UserIDList: members[:100], Limit: 10})
	require.NoError(t, err)

	ids := func(req contact.BatchGetByUserRequest) (got []string) {
		t.Helper()
		for c, err := range contacts.AllByUser(t.Context(), req) {
			require.NoError(t, err)
			got = append(got, c.ExternalContact.ExternalUserID)
		}
		return got
	}

	assert.Equal(t, want, ids(contact.BatchGetByUserRequest{UserIDList: members}))
	assert.Equal(t, want[10:], ids(contact.BatchGetByUserRequest{UserIDList: members, Cursor: first.NextCursor}), "a cursor is that of the first hundred")
	assert.Empty(t, ids(contact.BatchGetByUserRequest{}), "nobody has no customers")
}

func TestAllByUserPassesOverAHundredWithoutALicence(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	var members []string
	for i := range 101 {
		members = append(members, srv.Seed().Member(wecomtest.Member{Unlicensed: i < 100}))
	}
	srv.Seed().Customer(wecomtest.Customer{Name: "Zoe", FollowUser: []wecomtest.Follow{{UserID: members[100]}}})
	contacts := contact.New(srv.NewClient())

	var names []string
	for c, err := range contacts.AllByUser(t.Context(), contact.BatchGetByUserRequest{UserIDList: members}) {
		require.NoError(t, err)
		names = append(names, c.ExternalContact.Name)
	}
	assert.Equal(t, []string{"Zoe"}, names)

	var last error
	for _, last = range contacts.AllByUser(t.Context(), contact.BatchGetByUserRequest{UserIDList: members[:100]}) {
		require.Error(t, last)
	}
	assert.True(t, wecom.IsCode(last, wecom.CodeNoLicensedUser), "%v", last)
}

func TestAllByUserGoesOnFromACursor(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
	srv.AddCustomer(alice, wecomtest.Customer{Name: "Yan"})
	contacts := contact.New(srv.NewClient())
	req := contact.BatchGetByUserRequest{UserIDList: []string{alice}, Limit: 1}
	first, err := contacts.BatchGetByUser(t.Context(), req)
	require.NoError(t, err)

	req.Cursor = first.NextCursor
	var names []string
	for c, err := range contacts.AllByUser(t.Context(), req) {
		require.NoError(t, err)
		names = append(names, c.ExternalContact.Name)
	}

	assert.Equal(t, []string{"Yan"}, names)
}

func TestBatchGetByUserTellsEachMembersView(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice, bob := srv.AddMember(wecomtest.Member{Name: "Alice"}), srv.AddMember(wecomtest.Member{Name: "Bob"})
	zoe := srv.Seed().Customer(wecomtest.Customer{Name: "Zoe", FollowUser: []wecomtest.Follow{
		{UserID: alice, Remark: "Z of Alice"}, {UserID: bob, Remark: "Z of Bob"},
	}})
	contacts := contact.New(srv.NewClient())

	got, err := contacts.BatchGetByUser(t.Context(), contact.BatchGetByUserRequest{UserIDList: []string{alice, bob}})

	require.NoError(t, err)
	require.Len(t, got.ExternalContactList, 2)
	for i, want := range []string{"Z of Alice", "Z of Bob"} {
		assert.Equal(t, zoe, got.ExternalContactList[i].ExternalContact.ExternalUserID)
		assert.Equal(t, want, got.ExternalContactList[i].FollowInfo.Remark)
	}
	assert.False(t, got.Partial())
}

func TestBatchGetByUserNamesMembersWithoutALicence(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	bob := srv.AddMember(wecomtest.Member{Name: "Bob", Unlicensed: true})
	zoe := srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
	srv.AddCustomer(bob, wecomtest.Customer{Name: "Yan"})
	contacts := contact.New(srv.NewClient())

	got, err := contacts.BatchGetByUser(t.Context(), contact.BatchGetByUserRequest{UserIDList: []string{alice, bob}})

	require.NoError(t, err, "a partial failure is no error")
	require.Len(t, got.ExternalContactList, 1)
	assert.Equal(t, zoe, got.ExternalContactList[0].ExternalContact.ExternalUserID)
	assert.True(t, got.Partial())
	assert.Equal(t, []string{bob}, got.FailInfo.UnlicensedUserIDList)
}

func TestBatchGetByUserWithoutAnyLicence(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	bob := srv.AddMember(wecomtest.Member{Name: "Bob", Unlicensed: true})
	srv.AddCustomer(bob, wecomtest.Customer{Name: "Yan"})
	contacts := contact.New(srv.NewClient())

	_, err := contacts.BatchGetByUser(t.Context(), contact.BatchGetByUserRequest{UserIDList: []string{bob}})

	require.ErrorIs(t, err, wecom.ErrForbidden)
	assert.True(t, wecom.IsCode(err, wecom.CodeNoLicensedUser))
}

func TestTagsOfBatchAndGet(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	level := srv.Seed().TagGroup(wecomtest.TagGroup{GroupName: "level", Tag: []wecomtest.Tag{{Name: "vip"}}})
	zoe := srv.Seed().Customer(wecomtest.Customer{Name: "Zoe", FollowUser: []wecomtest.Follow{{UserID: alice, TagID: []string{level.Tag[0].ID}}}})
	contacts := contact.New(srv.NewClient())

	batch, err := contacts.BatchGetByUser(t.Context(), contact.BatchGetByUserRequest{UserIDList: []string{alice}})
	require.NoError(t, err)
	require.Len(t, batch.ExternalContactList, 1)

	assert.Equal(t, []string{level.Tag[0].ID}, batch.ExternalContactList[0].FollowInfo.TagID)
	assert.Equal(t, []contact.FollowTag{{GroupName: "level", TagName: "vip", Type: contact.TagTypeCorp, TagID: level.Tag[0].ID}},
		followOf(t, contacts, zoe).Tags)
}
