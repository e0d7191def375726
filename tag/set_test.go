package tag_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/tag"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestSetChangesTheDifference(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	tags := tag.New(srv.NewClient())
	level := add(t, tags, "a", "b", "c")
	a, b, c := level.Tag[0].ID, level.Tag[1].ID, level.Tag[2].ID
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	zoe := srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe", FollowUser: []wecomtest.Follow{{TagID: []string{a, b}}}})

	got, err := tags.Set(t.Context(), tag.SetRequest{UserID: alice, ExternalUserID: zoe, TagID: []string{c, b, c}})

	require.NoError(t, err)
	assert.Equal(t, &tag.SetResult{AddTag: []string{c}, RemoveTag: []string{a}}, got)
	assert.ElementsMatch(t, []string{b, c}, srv.Customer(zoe).FollowUser[0].TagID)
	assert.Equal(t, 1, srv.Calls().Op("externalcontact/mark_tag").Len())
}

func TestSetOfWhatIsThereChangesNothing(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	tags := tag.New(srv.NewClient())
	level := add(t, tags, "a", "b")
	a, b := level.Tag[0].ID, level.Tag[1].ID
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	zoe := srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe", FollowUser: []wecomtest.Follow{{TagID: []string{a, b}}}})

	got, err := tags.Set(t.Context(), tag.SetRequest{UserID: alice, ExternalUserID: zoe, TagID: []string{b, a}})

	require.NoError(t, err)
	assert.Equal(t, &tag.SetResult{}, got)
	assert.Zero(t, srv.Calls().Op("externalcontact/mark_tag").Len())
}

func TestSetOfNothingTakesAllCorpTagsOff(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	tags := tag.New(srv.NewClient())
	vip := add(t, tags, "vip").Tag[0].ID
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	own := []wecomtest.PersonalTag{{GroupName: "mine", TagName: "friendly"}}
	zoe := srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe", FollowUser: []wecomtest.Follow{{TagID: []string{vip}, PersonalTag: own}}})

	got, err := tags.Set(t.Context(), tag.SetRequest{UserID: alice, ExternalUserID: zoe})

	require.NoError(t, err)
	assert.Equal(t, []string{vip}, got.RemoveTag)
	follow := srv.Customer(zoe).FollowUser[0]
	assert.Empty(t, follow.TagID)
	assert.Equal(t, own, follow.PersonalTag)
}

func TestSetKeepsTheTagsOfRuleGroups(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.Handle("externalcontact/get", func(wecomtest.Call) (any, error) {
		return map[string]any{"follow_user": []any{map[string]any{"userid": "alice", "tags": []any{
			map[string]any{"type": 1, "tag_id": "et1"},
			map[string]any{"type": 3, "tag_id": "st1"},
			map[string]any{"type": 3, "tag_id": "st2"},
		}}}}, nil
	})
	srv.Handle("externalcontact/mark_tag", func(wecomtest.Call) (any, error) { return struct{}{}, nil })
	tags := tag.New(srv.NewClient())

	got, err := tags.Set(t.Context(), tag.SetRequest{UserID: "alice", ExternalUserID: "wm1", TagID: []string{"et2", "st1"}})

	require.NoError(t, err)
	assert.Equal(t, &tag.SetResult{AddTag: []string{"et2"}, RemoveTag: []string{"et1"}}, got)
}

// Tags belong to one member's relation, and that can be on any page.
func TestSetReadsTheTagsOfThatMember(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.PageSize("externalcontact/get", 1)
	tags := tag.New(srv.NewClient())
	vip := add(t, tags, "vip").Tag[0].ID
	alice, bob := srv.AddMember(wecomtest.Member{Name: "Alice"}), srv.AddMember(wecomtest.Member{Name: "Bob"})
	zoe := srv.Seed().Customer(wecomtest.Customer{Name: "Zoe", FollowUser: []wecomtest.Follow{{UserID: alice, TagID: []string{vip}}, {UserID: bob}}})

	got, err := tags.Set(t.Context(), tag.SetRequest{UserID: bob, ExternalUserID: zoe, TagID: []string{vip}})

	require.NoError(t, err)
	assert.Equal(t, []string{vip}, got.AddTag)
	assert.Equal(t, 2, srv.Calls().Op("externalcontact/get").Len())
	for _, follow := range srv.Customer(zoe).FollowUser {
		assert.Equal(t, []string{vip}, follow.TagID, follow.UserID)
	}
}

// Even where nothing would have to be taken off.
func TestSetOfAnotherMembersCustomer(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice, bob := srv.AddMember(wecomtest.Member{Name: "Alice"}), srv.AddMember(wecomtest.Member{Name: "Bob"})
	zoe := srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
	tags := tag.New(srv.NewClient())

	_, err := tags.Set(t.Context(), tag.SetRequest{UserID: bob, ExternalUserID: zoe})

	require.ErrorIs(t, err, wecom.ErrNotFound)
	assert.True(t, wecom.IsCode(err, wecom.CodeNotExternalContact))
	assert.Zero(t, srv.Calls().Op("externalcontact/mark_tag").Len())
}

func TestSetWithAnUnknownTag(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	zoe := srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
	tags := tag.New(srv.NewClient())

	_, err := tags.Set(t.Context(), tag.SetRequest{UserID: alice, ExternalUserID: zoe, TagID: []string{"etNone"}})

	assert.True(t, wecom.IsCode(err, wecom.CodeInvalidTagID), "%v", err)
}
