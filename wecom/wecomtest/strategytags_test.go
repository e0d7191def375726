package wecomtest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// tagged is ruled with a rule group of department 2 and a tag group of its.
func tagged(t *testing.T) (srv *wecomtest.Server, c *caller, strategy int64, group, tag string) {
	t.Helper()
	srv, c = ruled(t)
	strategy = idOf(c.ok(customerStrategyOp+"create", ruleGroup(0, partyNode(2))))
	r := c.ok("externalcontact/add_strategy_tag", object{"strategy_id": strategy, "group_name": "level", "order": 3, "tag": names("VIP", "new")})
	assert.Equal(t, []any{"level", 3.0, []any{"VIP", "new"}}, []any{r.at("tag_group.group_name"), r.at("tag_group.order"), r.list("tag_group.tag", "name")})
	return srv, c, strategy, r.text("tag_group.group_id"), r.text("tag_group.tag.0.id")
}

func TestStrategyTagsAreListedApart(t *testing.T) {
	t.Parallel()
	_, c, strategy, group, tag := tagged(t)
	corp := c.ok("externalcontact/add_corp_tag", object{"group_name": "level", "tag": names("VIP")})
	other := idOf(c.ok(customerStrategyOp+"create", ruleGroup(0, node("carol"))))
	list := func(fields object) reply { return c.ok("externalcontact/get_strategy_tag_list", fields) }

	all := list(object{})
	assert.Equal(t, []any{group}, all.list("tag_group", "group_id"))
	assert.Equal(t, []any{float64(strategy)}, all.list("tag_group", "strategy_id"))
	assert.Empty(t, list(strategyID(other)).list("tag_group", ""))
	assert.Equal(t, []any{tag}, list(object{"tag_id": []string{tag}}).list("tag_group.0.tag", "id"))
	assert.Len(t, list(object{"group_id": []string{group}, "tag_id": []string{tag}}).list("tag_group.0.tag", "id"), 2, "group_id beats tag_id")
	assert.Equal(t, []any{corp.at("tag_group.group_id")}, c.ok("externalcontact/get_corp_tag_list", object{}).list("tag_group", "group_id"))
}

func TestStrategyTagsAreMarkedByMembersInRange(t *testing.T) {
	t.Parallel()
	srv, c, _, _, tag := tagged(t)
	zoe := seedFollow(srv, "Zoe", "alice", "carol")

	c.ok("externalcontact/mark_tag", object{"userid": "alice", "external_userid": zoe, "add_tag": []string{tag}})

	assert.Equal(t, 81011, c.send("externalcontact/mark_tag", object{"userid": "carol", "external_userid": zoe, "add_tag": []string{tag}}).code())
	r := c.get("externalcontact/get", "external_userid", zoe)
	assert.Equal(t, []any{map[string]any{"group_name": "level", "tag_name": "VIP", "tag_id": tag, "type": 3.0}}, r.at("follow_user.0.tags"))
	byUser := c.ok("externalcontact/batch/get_by_user", object{"userid_list": []string{"alice"}})
	assert.Equal(t, []any{tag}, byUser.at("external_contact_list.0.follow_info.tag_id"))
}

func TestStrategyTagsAreForTheirAppAlone(t *testing.T) {
	t.Parallel()
	srv, c, _, group, tag := tagged(t)
	zoe := seedFollow(srv, "Zoe", "alice")
	c.ok("externalcontact/mark_tag", object{"userid": "alice", "external_userid": zoe, "add_tag": []string{tag}})
	other := addApp(t, srv)

	assert.Empty(t, other.ok("externalcontact/get_strategy_tag_list", object{}).list("tag_group", ""))
	assert.Equal(t, []any{}, other.get("externalcontact/get", "external_userid", zoe).at("follow_user.0.tags"))
	assert.Equal(t, 81011, other.send("externalcontact/edit_strategy_tag", object{"id": group, "name": "x"}).code())
	assert.Equal(t, 81011, other.send("externalcontact/del_strategy_tag", object{"tag_id": []string{tag}}).code())
}

func TestStrategyTagsAreEditedAndDeleted(t *testing.T) {
	t.Parallel()
	srv, c, strategy, group, tag := tagged(t)
	zoe := seedFollow(srv, "Zoe", "alice")
	c.ok("externalcontact/mark_tag", object{"userid": "alice", "external_userid": zoe, "add_tag": []string{tag}})

	c.ok("externalcontact/edit_strategy_tag", object{"id": tag, "name": "gold"})
	c.ok("externalcontact/edit_strategy_tag", object{"id": group, "name": "rank"})
	g := srv.TagGroup(group)
	assert.Equal(t, []any{"rank", "gold", strategy}, []any{g.GroupName, g.Tag[0].Name, g.StrategyID})

	c.ok("externalcontact/del_strategy_tag", object{"tag_id": []string{tag}})
	assert.Empty(t, srv.Customer(zoe).FollowUser[0].TagID)
	assert.Equal(t, []any{"new"}, c.ok("externalcontact/get_strategy_tag_list", object{}).list("tag_group.0.tag", "name"))
	c.ok("externalcontact/del_strategy_tag", object{"group_id": []string{group}})
	assert.Empty(t, c.ok("externalcontact/get_strategy_tag_list", object{}).list("tag_group", ""))
}

func TestStrategyTagsGoWithTheirRuleGroup(t *testing.T) {
	t.Parallel()
	srv, c, strategy, _, tag := tagged(t)
	zoe := seedFollow(srv, "Zoe", "alice")
	c.ok("externalcontact/mark_tag", object{"userid": "alice", "external_userid": zoe, "add_tag": []string{tag}})

	c.ok(customerStrategyOp+"del", strategyID(strategy))

	assert.Empty(t, srv.Customer(zoe).FollowUser[0].TagID)
	assert.Equal(t, 40068, c.send("externalcontact/mark_tag", object{"userid": "alice", "external_userid": zoe, "add_tag": []string{tag}}).code())
}

func TestStrategyTagRefusals(t *testing.T) {
	t.Parallel()
	_, c, strategy, group, tag := tagged(t)
	below := idOf(c.ok(customerStrategyOp+"create", ruleGroup(strategy, node("bob"))))
	corp := c.ok("externalcontact/add_corp_tag", object{"group_name": "city", "tag": names("Rome")})
	tests := []struct {
		name, op string
		fields   object
		want     int
	}{
		{"rule group below another", "add_strategy_tag", object{"strategy_id": below, "group_name": "x", "tag": names("a")}, 40058},
		{"unknown rule group", "add_strategy_tag", object{"strategy_id": 99, "group_name": "x", "tag": names("a")}, 40058},
		{"neither group_id nor group_name", "add_strategy_tag", object{"strategy_id": strategy, "tag": names("a")}, 40063},
		{"a corp tag group", "add_strategy_tag", object{"strategy_id": strategy, "group_id": corp.at("tag_group.group_id"), "tag": names("a")}, 40068},
		{"over-long name", "add_strategy_tag", object{"strategy_id": strategy, "group_id": group, "tag": names(strings.Repeat("x", 31))}, 40072},
		{"the same name elsewhere", "add_strategy_tag", object{"strategy_id": strategy, "group_name": "city", "tag": names("Rome")}, 0},
		{"name of another group", "edit_strategy_tag", object{"id": group, "name": "city"}, 40071},
		{"name of another tag", "edit_strategy_tag", object{"id": tag, "name": "new"}, 40071},
		{"a corp tag", "edit_strategy_tag", object{"id": corp.at("tag_group.tag.0.id"), "name": "x"}, 40068},
		{"a corp tag's deletion", "del_strategy_tag", object{"tag_id": []any{corp.at("tag_group.tag.0.id")}}, 40068},
		{"as a corp tag", "edit_corp_tag", object{"id": tag, "name": "x"}, 40068},
		{"deletion as a corp tag", "del_corp_tag", object{"tag_id": []string{tag}}, 40068},
		{"nothing to delete", "del_strategy_tag", object{}, 40063},
		{"list of an unknown rule group", "get_strategy_tag_list", strategyID(99), 40058},
		{"list of a corp tag", "get_strategy_tag_list", object{"tag_id": []any{corp.at("tag_group.tag.0.id")}}, 40068},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, c.send("externalcontact/"+tt.op, tt.fields).code(), tt.name)
	}
}
