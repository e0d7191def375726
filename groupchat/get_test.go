package groupchat_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/groupchat"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestGetTellsWhoIsInTheGroup(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	zoe := srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
	made := time.Date(2026, 3, 8, 9, 30, 0, 0, time.UTC)
	chat := srv.Seed().GroupChat(wecomtest.GroupChat{
		Name: "regulars", Owner: alice, Notice: "hello", CreateTime: made, AdminList: []string{alice},
		MemberList: []wecomtest.GroupMember{{UserID: zoe, JoinScene: 3, JoinTime: made.Add(time.Minute), State: "door"}},
	})
	groups := groupchat.New(srv.NewClient())

	got, err := groups.Get(t.Context(), groupchat.GetRequest{ChatID: chat, NeedName: true})

	require.NoError(t, err)
	assert.Equal(t, "regulars", got.Name)
	assert.Equal(t, alice, got.Owner)
	assert.Equal(t, "hello", got.Notice)
	assert.True(t, made.Equal(got.CreateTime.Time), "%v", got.CreateTime)
	assert.Equal(t, []groupchat.Admin{{UserID: alice}}, got.AdminList)
	require.Len(t, got.MemberList, 2)
	owner, customer := got.MemberList[0], got.MemberList[1]
	assert.Equal(t, groupchat.MemberTypeInternal, owner.Type)
	assert.Equal(t, "Alice", owner.Name)
	assert.Equal(t, groupchat.MemberTypeExternal, customer.Type)
	assert.Equal(t, zoe, customer.UserID)
	assert.Equal(t, "Zoe", customer.Name)
	assert.Equal(t, groupchat.JoinSceneQRCode, customer.JoinScene)
	assert.Equal(t, "door", customer.State)
	assert.Nil(t, customer.Invitor)
}

func TestGetNamesTheInvitor(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	zoe := srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
	chat := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: alice, MemberList: []wecomtest.GroupMember{{UserID: zoe, Invitor: alice}}})
	groups := groupchat.New(srv.NewClient())

	got, err := groups.Get(t.Context(), groupchat.GetRequest{ChatID: chat})

	require.NoError(t, err)
	require.Len(t, got.MemberList, 2)
	assert.Equal(t, &groupchat.Invitor{UserID: alice}, got.MemberList[1].Invitor)
	assert.Empty(t, got.MemberList[1].Name, "names come only when asked for")
}

func TestMemberVersionChangesWithTheMembers(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	zoe := srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
	chat := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: alice})
	groups := groupchat.New(srv.NewClient())
	before, err := groups.Get(t.Context(), groupchat.GetRequest{ChatID: chat})
	require.NoError(t, err)

	srv.Act().JoinGroupChat(chat, wecomtest.GroupMember{UserID: zoe})

	after, err := groups.Get(t.Context(), groupchat.GetRequest{ChatID: chat})
	require.NoError(t, err)
	assert.NotEqual(t, before.MemberVersion, after.MemberVersion)
	assert.Len(t, after.MemberList, 2)
}

func TestGetOfNoGroup(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	groups := groupchat.New(srv.NewClient())

	_, err := groups.Get(t.Context(), groupchat.GetRequest{ChatID: "wrNone"})

	require.ErrorIs(t, err, wecom.ErrNotFound)
}

func TestGetOfAGroupWhoseOwnerTheAppDoesNotSee(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice, bob := srv.AddMember(wecomtest.Member{Name: "Alice"}), srv.AddMember(wecomtest.Member{Name: "Bob"})
	chat := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: alice})
	app := srv.AddApp(wecomtest.App{Scopes: []wecomtest.Scope{wecomtest.ScopeContact}, Visible: []string{bob}})
	client, err := wecom.New(srv.CredentialOf(app), srv.Options()...)
	require.NoError(t, err)

	_, err = groupchat.New(client).Get(t.Context(), groupchat.GetRequest{ChatID: chat})

	require.ErrorIs(t, err, wecom.ErrForbidden)
}
