package wecomtest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// names is the tag part of a request.
func names(list ...string) []object {
	out := make([]object, 0, len(list))
	for _, name := range list {
		out = append(out, object{"name": name})
	}
	return out
}

func TestAddCorpTagMakesAGroup(t *testing.T) {
	t.Parallel()
	srv := listening(t)
	c := newCaller(t, srv)

	r := c.ok("externalcontact/add_corp_tag", object{"group_name": "level", "order": 7, "tag": []object{{"name": "VIP", "order": 1}, {"name": "new", "order": 2}}})

	assert.Equal(t, "level", r.at("tag_group.group_name"))
	assert.InDelta(t, 7, r.at("tag_group.order"), 0)
	assert.Equal(t, "etSIM00000000000000000001", r.at("tag_group.group_id"))
	assert.Equal(t, []any{"new", "VIP"}, r.list("tag_group.tag", "name"), "the higher order comes first")
	assert.Empty(t, heard(srv), "an API call is told to nobody")
}

func TestAddCorpTagToAGroupOfThatName(t *testing.T) {
	t.Parallel()
	c := newCaller(t, wecomtest.New(t))

	first := c.ok("externalcontact/add_corp_tag", object{"group_name": "level", "tag": names("VIP")})
	second := c.ok("externalcontact/add_corp_tag", object{"group_name": "level", "order": 9, "tag": names("new")})

	assert.Equal(t, first.at("tag_group.group_id"), second.at("tag_group.group_id"))
	assert.Equal(t, []any{"new"}, second.list("tag_group.tag", "name"), "only what was asked for")
	assert.InDelta(t, 0, second.at("tag_group.order"), 0, "the group keeps its order")
}

func TestAddCorpTagPrefersTheGroupID(t *testing.T) {
	t.Parallel()
	c := newCaller(t, wecomtest.New(t))
	id := c.ok("externalcontact/add_corp_tag", object{"group_name": "level", "tag": names("VIP")}).text("tag_group.group_id")

	r := c.ok("externalcontact/add_corp_tag", object{"group_id": id, "group_name": "ignored", "order": 3, "tag": names("new")})

	assert.Equal(t, "level", r.at("tag_group.group_name"))
	assert.InDelta(t, 0, r.at("tag_group.order"), 0)
}

func TestAddCorpTagMergesEqualNames(t *testing.T) {
	t.Parallel()
	c := newCaller(t, wecomtest.New(t))

	first := c.ok("externalcontact/add_corp_tag", object{"group_name": "level", "tag": names("VIP", "VIP", "new")})
	second := c.ok("externalcontact/add_corp_tag", object{"group_name": "level", "tag": names("VIP")})

	assert.Equal(t, []any{"VIP", "new"}, first.list("tag_group.tag", "name"))
	assert.Equal(t, first.at("tag_group.tag.0.id"), second.at("tag_group.tag.0.id"))
}

func TestAddCorpTagRefusals(t *testing.T) {
	t.Parallel()
	c := newCaller(t, wecomtest.New(t))
	long := strings.Repeat("好", 31)
	tests := []struct {
		name   string
		fields object
		want   int
	}{
		{"no group", object{"tag": names("VIP")}, 40063},
		{"unknown group", object{"group_id": "etNone", "tag": names("VIP")}, 40068},
		{"no tags", object{"group_name": "level"}, 40058},
		{"an empty list of tags", object{"group_name": "level", "tag": names()}, 40058},
		{"tag without a name", object{"group_name": "level", "tag": []object{{"order": 1}}}, 40072},
		{"tag name of 31 characters", object{"group_name": "level", "tag": names(long)}, 40072},
		{"group name of 31 characters", object{"group_name": long, "tag": names("VIP")}, 40072},
		{"names of 30 characters", object{"group_name": long[:90], "tag": names(long[:90])}, 0},
		{"order of 2^32", object{"group_name": "level", "order": 1 << 32, "tag": names("VIP")}, 40058},
		{"order of 2^32-1", object{"group_name": "level", "order": 1<<32 - 1, "tag": names("VIP")}, 0},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, c.send("externalcontact/add_corp_tag", tt.fields).code(), tt.name)
	}
}

func TestCorpHasAtMost10000Tags(t *testing.T) {
	t.Parallel()
	c := newCaller(t, wecomtest.New(t))
	for g := range 10 {
		list := make([]string, 1000)
		for i := range list {
			list[i] = fmt.Sprint(i)
		}
		c.ok("externalcontact/add_corp_tag", object{"group_name": fmt.Sprint("group ", g), "tag": names(list...)})
	}

	assert.Equal(t, 40126, c.send("externalcontact/add_corp_tag", object{"group_name": "one more", "tag": names("x")}).code())
	assert.Equal(t, 0, c.send("externalcontact/add_corp_tag", object{"group_name": "group 0", "tag": names("7")}).code(), "it is there already")
}

func TestCorpTagListFilters(t *testing.T) {
	t.Parallel()
	c := newCaller(t, wecomtest.New(t))
	level := c.ok("externalcontact/add_corp_tag", object{"group_name": "level", "order": 1, "tag": names("VIP", "new")})
	city := c.ok("externalcontact/add_corp_tag", object{"group_name": "city", "order": 2, "tag": names("Rome")})
	vip, fresh := level.text("tag_group.tag.0.id"), level.text("tag_group.tag.1.id")
	c.ok("externalcontact/del_corp_tag", object{"tag_id": []string{vip}})

	all := c.ok("externalcontact/get_corp_tag_list", object{})
	byTag := c.ok("externalcontact/get_corp_tag_list", object{"tag_id": []string{vip}})
	byGroup := c.ok("externalcontact/get_corp_tag_list", object{"group_id": []string{level.text("tag_group.group_id")}, "tag_id": []string{city.text("tag_group.tag.0.id")}})

	assert.Equal(t, []any{"city", "level"}, all.list("tag_group", "group_name"), "the higher order comes first")
	assert.Equal(t, []any{fresh}, all.list("tag_group.1.tag", "id"), "deleted tags are not listed")
	assert.Nil(t, all.at("tag_group.0.tag.0.deleted"))
	assert.Equal(t, []any{vip}, byTag.list("tag_group.0.tag", "id"), "but found by their id")
	assert.Equal(t, true, byTag.at("tag_group.0.tag.0.deleted"))
	assert.Equal(t, false, byTag.at("tag_group.0.deleted"))
	assert.Equal(t, []any{"level"}, byGroup.list("tag_group", "group_name"), "tag_id is ignored beside group_id")
	assert.Equal(t, []any{true, false}, byGroup.list("tag_group.0.tag", "deleted"))
	assert.Nil(t, byGroup.at("tag_group.0.deleted"), "told only if asked by tag_id")
	assert.Equal(t, 40068, c.send("externalcontact/get_corp_tag_list", object{"tag_id": []string{"etNone"}}).code())
}

func TestEditCorpTag(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	c := newCaller(t, srv)
	r := c.ok("externalcontact/add_corp_tag", object{"group_name": "level", "tag": names("VIP", "new")})
	group, vip := r.text("tag_group.group_id"), r.text("tag_group.tag.0.id")
	c.ok("externalcontact/add_corp_tag", object{"group_name": "city", "tag": names("Rome")})

	c.ok("externalcontact/edit_corp_tag", object{"id": vip, "name": "gold", "order": 5})
	c.ok("externalcontact/edit_corp_tag", object{"id": group, "name": "rank"})
	tests := []struct {
		name   string
		fields object
		want   int
	}{
		{"no id", object{"name": "x"}, 41017},
		{"unknown id", object{"id": "etNone", "name": "x"}, 40068},
		{"name of another tag of the group", object{"id": vip, "name": "new"}, 40071},
		{"name of a tag of another group", object{"id": vip, "name": "Rome"}, 0},
		{"its own name", object{"id": vip, "name": "Rome"}, 0},
		{"name of another group", object{"id": group, "name": "city"}, 40071},
		{"over-long name", object{"id": vip, "name": strings.Repeat("x", 31)}, 40072},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, c.send("externalcontact/edit_corp_tag", tt.fields).code(), tt.name)
	}

	g := srv.TagGroup(group)
	assert.Equal(t, "rank", g.GroupName)
	assert.Equal(t, []any{"Rome", int64(5)}, []any{g.Tag[0].Name, g.Tag[0].Order})
}

func TestAppsEditOnlyTheirOwnTags(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	zoe := seedFollow(srv, "Zoe", "alice")
	mine, other := newCaller(t, srv), addApp(t, srv)
	own := mine.ok("externalcontact/add_corp_tag", object{"group_name": "level", "tag": names("VIP")}).text("tag_group.tag.0.id")
	console := srv.Act().AddTagGroup(wecomtest.TagGroup{GroupName: "console", Tag: []wecomtest.Tag{{Name: "x"}}})

	assert.Equal(t, 81011, other.send("externalcontact/edit_corp_tag", object{"id": own, "name": "x"}).code())
	assert.Equal(t, 81011, other.send("externalcontact/del_corp_tag", object{"tag_id": []string{own}}).code())
	assert.Equal(t, 81011, mine.send("externalcontact/edit_corp_tag", object{"id": console.GroupID, "name": "y"}).code())
	assert.Equal(t, 81011, mine.send("externalcontact/del_corp_tag", object{"group_id": []string{console.GroupID}}).code())
	other.ok("externalcontact/mark_tag", object{"userid": "alice", "external_userid": zoe, "add_tag": []string{own}})
}

func TestDelCorpTagTakesItOffCustomers(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	zoe := seedFollow(srv, "Zoe", "alice")
	c := newCaller(t, srv)
	r := c.ok("externalcontact/add_corp_tag", object{"group_name": "level", "tag": names("VIP", "new")})
	vip, fresh := r.text("tag_group.tag.0.id"), r.text("tag_group.tag.1.id")
	c.ok("externalcontact/mark_tag", object{"userid": "alice", "external_userid": zoe, "add_tag": []string{vip, fresh}})

	c.ok("externalcontact/del_corp_tag", object{"tag_id": []string{vip}})

	assert.Equal(t, []string{fresh}, srv.Customer(zoe).FollowUser[0].TagID)
	assert.Equal(t, 40068, c.send("externalcontact/mark_tag", object{"userid": "alice", "external_userid": zoe, "add_tag": []string{vip}}).code())
	assert.Equal(t, 40068, c.send("externalcontact/del_corp_tag", object{"tag_id": []string{vip}}).code(), "gone already")
	assert.Equal(t, 40063, c.send("externalcontact/del_corp_tag", object{}).code(), "nothing named")
}

func TestEmptyGroupsVanish(t *testing.T) {
	t.Parallel()
	c := newCaller(t, wecomtest.New(t))
	r := c.ok("externalcontact/add_corp_tag", object{"group_name": "level", "tag": names("VIP", "new")})

	c.ok("externalcontact/del_corp_tag", object{"tag_id": r.list("tag_group.tag", "id")})

	assert.Empty(t, c.ok("externalcontact/get_corp_tag_list", object{}).list("tag_group", ""))
	byTag := c.ok("externalcontact/get_corp_tag_list", object{"tag_id": r.list("tag_group.tag", "id")})
	assert.Equal(t, true, byTag.at("tag_group.0.deleted"))
	again := c.ok("externalcontact/add_corp_tag", object{"group_name": "level", "tag": names("VIP")})
	assert.NotEqual(t, r.at("tag_group.group_id"), again.at("tag_group.group_id"))
}

func TestDelCorpTagIsAllOrNothing(t *testing.T) {
	t.Parallel()
	c := newCaller(t, wecomtest.New(t))
	id := c.ok("externalcontact/add_corp_tag", object{"group_name": "level", "tag": names("VIP")}).text("tag_group.tag.0.id")

	require.Equal(t, 40068, c.send("externalcontact/del_corp_tag", object{"tag_id": []string{id, "etNone"}}).code())

	assert.Len(t, c.ok("externalcontact/get_corp_tag_list", object{}).list("tag_group", ""), 1)
}

func TestMarkTag(t *testing.T) {
	t.Parallel()
	srv := listening(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	zoe := seedFollow(srv, "Zoe", "alice")
	c := newCaller(t, srv)
	r := c.ok("externalcontact/add_corp_tag", object{"group_name": "level", "tag": names("a", "b", "c")})
	a, b, d := r.text("tag_group.tag.0.id"), r.text("tag_group.tag.1.id"), r.text("tag_group.tag.2.id")

	c.ok("externalcontact/mark_tag", object{"userid": "alice", "external_userid": zoe, "add_tag": []string{a, b, a}})
	c.ok("externalcontact/mark_tag", object{"userid": "alice", "external_userid": zoe, "add_tag": []string{d}, "remove_tag": []string{a}})

	assert.Equal(t, []string{b, d}, srv.Customer(zoe).FollowUser[0].TagID)
	assert.Empty(t, heard(srv), "an API call is told to nobody")
}

func TestMarkTagRefusals(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	srv.AddMember(wecomtest.Member{UserID: "bob"})
	zoe := seedFollow(srv, "Zoe", "alice")
	c := newCaller(t, srv)
	r := c.ok("externalcontact/add_corp_tag", object{"group_name": "level", "tag": names("VIP")})
	group, tag := r.text("tag_group.group_id"), r.text("tag_group.tag.0.id")
	tests := []struct {
		name, user, customer string
		tags                 []string
		want                 int
	}{
		{"no tags", "alice", zoe, nil, 40063},
		{"unknown tag", "alice", zoe, []string{"etNone"}, 40068},
		{"a group for a tag", "alice", zoe, []string{group}, 40068},
		{"unknown customer", "alice", "wmNobody", []string{tag}, 40096},
		{"somebody else's customer", "bob", zoe, []string{tag}, 84061},
	}
	for _, tt := range tests {
		fields := object{"userid": tt.user, "external_userid": tt.customer, "add_tag": tt.tags}
		if tt.tags == nil {
			delete(fields, "add_tag")
		}
		assert.Equal(t, tt.want, c.send("externalcontact/mark_tag", fields).code(), tt.name)
	}
}

func TestCustomerHasAtMost3000Tags(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	zoe := seedFollow(srv, "Zoe", "alice")
	g := wecomtest.TagGroup{GroupName: "many", Tag: make([]wecomtest.Tag, 3001)}
	ids := make([]string, len(g.Tag))
	for i := range g.Tag {
		g.Tag[i].Name = fmt.Sprint(i)
	}
	for i, tag := range srv.Seed().TagGroup(g).Tag {
		ids[i] = tag.ID
	}
	c := newCaller(t, srv)

	assert.Equal(t, 40144, c.send("externalcontact/mark_tag", object{"userid": "alice", "external_userid": zoe, "add_tag": ids}).code())
	c.ok("externalcontact/mark_tag", object{"userid": "alice", "external_userid": zoe, "add_tag": ids[1:]})
	assert.Equal(t, 40144, c.send("externalcontact/mark_tag", object{"userid": "alice", "external_userid": zoe, "add_tag": ids[:1]}).code())
	c.ok("externalcontact/mark_tag", object{"userid": "alice", "external_userid": zoe, "add_tag": ids[:1], "remove_tag": ids[1:2]})
}

func TestConsoleTagsAreTold(t *testing.T) {
	t.Parallel()
	srv := listening(t)

	g := srv.Act().AddTagGroup(wecomtest.TagGroup{GroupName: "level", Tag: []wecomtest.Tag{{Name: "VIP"}}})
	fresh := srv.Act().AddTag(g.GroupID, wecomtest.Tag{Name: "new"})
	srv.Act().RenameTag(fresh, "newer")
	srv.Act().RenameTag(g.GroupID, "rank")
	srv.Act().OrderTags(g.GroupID, fresh, g.Tag[0].ID)
	srv.Act().OrderTags("", g.GroupID)
	srv.Act().DeleteTag(fresh)
	srv.Act().DeleteTag(g.Tag[0].ID)

	assert.Equal(t, []string{
		"tag create Id=" + g.GroupID + " TagType=tag_group",
		"tag create Id=" + g.Tag[0].ID + " TagType=tag",
		"tag create Id=" + fresh + " TagType=tag",
		"tag update Id=" + fresh + " TagType=tag",
		"tag update Id=" + g.GroupID + " TagType=tag_group",
		"tag shuffle Id=" + g.GroupID,
		"tag shuffle Id=",
		"tag delete Id=" + fresh + " TagType=tag",
		"tag delete Id=" + g.Tag[0].ID + " TagType=tag",
		"tag delete Id=" + g.GroupID + " TagType=tag_group",
	}, heard(srv))
}

// WeCom tells of the group alone, so an app must know its tags.
func TestDeletedGroupTakesItsTagsSilently(t *testing.T) {
	t.Parallel()
	srv := listening(t)
	c := newCaller(t, srv)
	g := srv.Seed().TagGroup(wecomtest.TagGroup{GroupName: "level", Tag: []wecomtest.Tag{{Name: "VIP"}, {Name: "new"}}})

	srv.Act().DeleteTag(g.GroupID)

	assert.Equal(t, []string{"tag delete Id=" + g.GroupID + " TagType=tag_group"}, heard(srv))
	assert.Empty(t, c.ok("externalcontact/get_corp_tag_list", object{}).list("tag_group", "group_id"))
}

func TestOrderTagsChangesTheList(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	g := srv.Act().AddTagGroup(wecomtest.TagGroup{GroupName: "level", Tag: []wecomtest.Tag{{Name: "a"}, {Name: "b"}}})

	srv.Act().OrderTags(g.GroupID, g.Tag[1].ID, g.Tag[0].ID)

	r := newCaller(t, srv).ok("externalcontact/get_corp_tag_list", object{})
	assert.Equal(t, []any{"b", "a"}, r.list("tag_group.0.tag", "name"))
}

func TestDeletingAGroupIsToldOnce(t *testing.T) {
	t.Parallel()
	srv := listening(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	g := srv.Seed().TagGroup(wecomtest.TagGroup{GroupName: "level", Tag: []wecomtest.Tag{{Name: "VIP"}, {Name: "new"}}})
	zoe := srv.Seed().Customer(wecomtest.Customer{FollowUser: []wecomtest.Follow{{UserID: "alice", TagID: []string{g.Tag[0].ID}}}})

	srv.Act().DeleteTag(g.GroupID)

	assert.Equal(t, []string{"tag delete Id=" + g.GroupID + " TagType=tag_group"}, heard(srv))
	assert.Empty(t, srv.Customer(zoe).FollowUser[0].TagID)
}
