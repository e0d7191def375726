package tag_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/tag"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestAddedTagsAreListed(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	tags := tag.New(srv.NewClient())

	added, err := tags.AddCorpTag(t.Context(), tag.AddCorpTagRequest{GroupName: "level", Order: 7, Tag: []tag.AddCorpTag{{Name: "vip", Order: 2}, {Name: "new", Order: 1}}})

	require.NoError(t, err)
	assert.Equal(t, "level", added.GroupName)
	assert.Equal(t, int64(7), added.Order)
	assert.Equal(t, []string{"vip", "new"}, names(added.Tag))
	listed, err := tags.GetCorpTagList(t.Context(), tag.GetCorpTagListRequest{})
	require.NoError(t, err)
	assert.Equal(t, []tag.Group{*added}, listed)
}

func TestTheHighestOrderComesFirst(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	tags := tag.New(srv.NewClient())
	added := add(t, tags, "a", "b")
	b := added.Tag[1].ID

	require.NoError(t, tags.EditCorpTag(t.Context(), tag.EditCorpTagRequest{ID: b, Order: new(int64(1<<32 - 1))}))
	assert.Equal(t, []string{"b", "a"}, names(list(t, tags)[0].Tag))

	require.NoError(t, tags.EditCorpTag(t.Context(), tag.EditCorpTagRequest{ID: b, Order: new(int64(0))}))
	require.NoError(t, tags.EditCorpTag(t.Context(), tag.EditCorpTagRequest{ID: added.Tag[0].ID, Order: new(int64(1))}))
	assert.Equal(t, []string{"a", "b"}, names(list(t, tags)[0].Tag), "zero is an order, not the lack of one")
}

func TestGroupIDComesBeforeGroupName(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	tags := tag.New(srv.NewClient())
	level := add(t, tags, "vip")

	_, err := tags.AddCorpTag(t.Context(), tag.AddCorpTagRequest{GroupID: level.GroupID, GroupName: "ignored", Order: 9, Tag: []tag.AddCorpTag{{Name: "new"}}})

	require.NoError(t, err)
	groups := list(t, tags)
	require.Len(t, groups, 1)
	assert.Equal(t, "level", groups[0].GroupName)
	assert.Zero(t, groups[0].Order)
	assert.ElementsMatch(t, []string{"vip", "new"}, names(groups[0].Tag))
}

func TestGroupsOfOneNameAreOne(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	tags := tag.New(srv.NewClient())
	first := add(t, tags, "vip")

	second := add(t, tags, "new")

	assert.Equal(t, first.GroupID, second.GroupID)
	assert.Len(t, list(t, tags), 1)
}

func TestTagsOfOneNameAreOne(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	tags := tag.New(srv.NewClient())

	added := add(t, tags, "vip", "vip", "new")

	assert.ElementsMatch(t, []string{"vip", "new"}, names(added.Tag))
}

func TestRenameToATakenName(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	tags := tag.New(srv.NewClient())
	level := add(t, tags, "vip", "new")

	err := tags.EditCorpTag(t.Context(), tag.EditCorpTagRequest{ID: level.Tag[1].ID, Name: level.Tag[0].Name})

	require.ErrorIs(t, err, wecom.ErrInvalidRequest)
	assert.True(t, wecom.IsCode(err, wecom.CodeInvalidTagName))
}

func TestAGroupGoesWithItsLastTag(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	tags := tag.New(srv.NewClient())
	level := add(t, tags, "vip", "new")

	require.NoError(t, tags.DelCorpTag(t.Context(), tag.DelCorpTagRequest{TagID: []string{level.Tag[0].ID}}))
	require.Len(t, list(t, tags), 1)
	require.NoError(t, tags.DelCorpTag(t.Context(), tag.DelCorpTagRequest{TagID: []string{level.Tag[1].ID}}))

	assert.Empty(t, list(t, tags))
}

func TestDeletedTagsComeWhenAskedForByID(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	tags := tag.New(srv.NewClient())
	level := add(t, tags, "vip")
	require.NoError(t, tags.DelCorpTag(t.Context(), tag.DelCorpTagRequest{GroupID: []string{level.GroupID}}))

	got, err := tags.GetCorpTagList(t.Context(), tag.GetCorpTagListRequest{TagID: []string{level.Tag[0].ID}})

	require.NoError(t, err)
	require.Len(t, got, 1)
	assert.True(t, got[0].Deleted)
	require.Len(t, got[0].Tag, 1)
	assert.True(t, got[0].Tag[0].Deleted)
}

func TestTagsOfTheConsoleCannotBeChanged(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	level := srv.Act().AddTagGroup(wecomtest.TagGroup{GroupName: "level", Tag: []wecomtest.Tag{{Name: "vip"}}})
	tags := tag.New(srv.NewClient())

	edit := tags.EditCorpTag(t.Context(), tag.EditCorpTagRequest{ID: level.Tag[0].ID, Name: "mine"})
	del := tags.DelCorpTag(t.Context(), tag.DelCorpTagRequest{TagID: []string{level.Tag[0].ID}})

	require.ErrorIs(t, edit, wecom.ErrForbidden)
	require.ErrorIs(t, del, wecom.ErrForbidden)
	assert.Equal(t, []string{"vip"}, names(list(t, tags)[0].Tag))
}

func TestEditOfAnUnknownTag(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	tags := tag.New(srv.NewClient())

	err := tags.EditCorpTag(t.Context(), tag.EditCorpTagRequest{ID: "etNone", Name: "x"})

	assert.True(t, wecom.IsCode(err, wecom.CodeInvalidTagID), "%v", err)
}

// add puts tags into the group called level.
func add(t *testing.T, tags *tag.Service, names ...string) *tag.Group {
	t.Helper()
	req := tag.AddCorpTagRequest{GroupName: "level"}
	for _, name := range names {
		req.Tag = append(req.Tag, tag.AddCorpTag{Name: name})
	}
	got, err := tags.AddCorpTag(t.Context(), req)
	require.NoError(t, err)
	return got
}

func list(t *testing.T, tags *tag.Service) []tag.Group {
	t.Helper()
	got, err := tags.GetCorpTagList(t.Context(), tag.GetCorpTagListRequest{})
	require.NoError(t, err)
	return got
}

func names(tags []tag.Tag) []string {
	var all []string
	for _, t := range tags {
		all = append(all, t.Name)
	}
	return all
}
