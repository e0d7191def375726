package groupchat_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/groupchat"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestAllWalksPages(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.PageSize("externalcontact/groupchat/list", 2)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	var want []string
	for i := range 5 {
		want = append(want, srv.Seed().GroupChat(wecomtest.GroupChat{Name: strconv.Itoa(i), Owner: alice}))
	}
	groups := groupchat.New(srv.NewClient())

	var got []string
	for g, err := range groups.All(t.Context(), groupchat.ListRequest{}) {
		require.NoError(t, err)
		assert.Equal(t, groupchat.StatusNormal, g.Status)
		got = append(got, g.ChatID)
	}

	assert.Equal(t, want, got)
	assert.Equal(t, 3, srv.Calls().Op("externalcontact/groupchat/list").Where("limit", 1000).Len())
}

func TestAllTakesOwnersInHundreds(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	var owners, want []string
	for range 120 {
		owners = append(owners, srv.Seed().Member(wecomtest.Member{}))
	}
	for _, i := range []int{0, 99, 100, 119} {
		want = append(want, srv.Seed().GroupChat(wecomtest.GroupChat{Owner: owners[i]}))
	}
	groups := groupchat.New(srv.NewClient())

	var got []string
	for g, err := range groups.All(t.Context(), groupchat.ListRequest{OwnerFilter: groupchat.OwnerFilter{UserIDList: owners}}) {
		require.NoError(t, err)
		got = append(got, g.ChatID)
	}

	assert.Equal(t, want, got)
	assert.Equal(t, 2, srv.Calls().Op("externalcontact/groupchat/list").Len())
}

func TestListOfOneOwner(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice, bob := srv.AddMember(wecomtest.Member{Name: "Alice"}), srv.AddMember(wecomtest.Member{Name: "Bob"})
	srv.Seed().GroupChat(wecomtest.GroupChat{Owner: alice})
	ofBob := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: bob})
	groups := groupchat.New(srv.NewClient())

	got, err := groups.List(t.Context(), groupchat.ListRequest{OwnerFilter: groupchat.OwnerFilter{UserIDList: []string{bob}}, Limit: 10})

	require.NoError(t, err)
	assert.Equal(t, []groupchat.ListedGroup{{ChatID: ofBob}}, got.GroupChatList)
	assert.Empty(t, got.NextCursor)
}

func TestGroupsOfAnOwnerWhoLeft(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	orphan := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: alice})
	srv.Act().Leave(alice)
	groups := groupchat.New(srv.NewClient())

	unasked, err := groups.List(t.Context(), groupchat.ListRequest{Limit: 10})
	require.NoError(t, err)
	asked, err := groups.List(t.Context(), groupchat.ListRequest{
		StatusFilter: groupchat.StatusFilterOwnerLeft, OwnerFilter: groupchat.OwnerFilter{UserIDList: []string{alice}}, Limit: 10,
	})
	require.NoError(t, err)

	assert.Empty(t, unasked.GroupChatList)
	assert.Equal(t, []groupchat.ListedGroup{{ChatID: orphan, Status: groupchat.StatusOwnerLeft}}, asked.GroupChatList)
}

func TestListWithoutOwnersForAnAppThatSeesManyMembers(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	for range 1001 {
		srv.AddMember(wecomtest.Member{})
	}
	groups := groupchat.New(srv.NewClient())

	_, err := groups.List(t.Context(), groupchat.ListRequest{Limit: 10})

	assert.True(t, wecom.IsCode(err, wecom.CodeTooManyRequested), "%v", err)
}

func TestListNeedsALimit(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	groups := groupchat.New(srv.NewClient())

	_, err := groups.List(t.Context(), groupchat.ListRequest{})

	require.ErrorIs(t, err, wecom.ErrInvalidRequest)
}
