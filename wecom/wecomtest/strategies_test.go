package wecomtest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

const (
	momentStrategyOp   = "externalcontact/moment_strategy/"
	customerStrategyOp = "externalcontact/customer_strategy/"
)

// node is a member in a range, partyNode a department.
func node(userID string) object        { return object{"type": 1, "userid": userID} }
func partyNode(partyID int64) object   { return object{"type": 2, "partyid": partyID} }
func nodes(list ...object) []object    { return list }
func idOf(r reply) int64               { id, _ := r.at("strategy_id").(float64); return int64(id) }
func strategyID(id int64) object       { return object{"strategy_id": id} }
func departments(ids ...int64) []int64 { return ids }

// ruleGroup is a rule group of alice's for the range.
func ruleGroup(parent int64, rng ...object) object {
	return object{"parent_id": parent, "strategy_name": "sales", "admin_list": []string{"alice"}, "range": rng}
}

// ruled is a server with alice and bob in department 2, and carol in 3.
func ruled(t *testing.T) (*wecomtest.Server, *caller) {
	t.Helper()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice", Department: departments(2)})
	srv.AddMember(wecomtest.Member{UserID: "bob", Department: departments(2)})
	srv.AddMember(wecomtest.Member{UserID: "carol", Department: departments(3)})
	return srv, newCaller(t, srv)
}

func TestStrategyIsCreatedAndShown(t *testing.T) {
	t.Parallel()
	srv, _ := ruled(t)
	srv.Clock().Freeze(time.Unix(1700000000, 0))
	c := newCaller(t, srv)
	body := ruleGroup(0, node("alice"), partyNode(3))
	body["privilege"] = object{"send_moment": false}

	id := idOf(c.ok(momentStrategyOp+"create", body))

	r := c.ok(momentStrategyOp+"get", strategyID(id))
	assert.Equal(t, map[string]any{
		"strategy_id": 1.0, "parent_id": 0.0, "strategy_name": "sales", "create_time": 1700000000.0, "admin_list": []any{"alice"},
		"privilege": map[string]any{"view_moment_list": true, "send_moment": false, "manage_moment_cover_and_sign": true},
	}, r.at("strategy"))
	rng := c.ok(momentStrategyOp+"get_range", strategyID(id))
	assert.Equal(t, []any{"alice", nil}, rng.list("range", "userid"))
	assert.Equal(t, []any{nil, 3.0}, rng.list("range", "partyid"))
	assert.Equal(t, "sales", srv.MomentStrategy(id).StrategyName)
}

func TestStrategiesOfTheTwoKindsAreApart(t *testing.T) {
	t.Parallel()
	srv, c := ruled(t)

	id := idOf(c.ok(customerStrategyOp+"create", ruleGroup(0, node("alice"))))

	assert.Empty(t, c.ok(momentStrategyOp+"list", object{}).list("strategy", ""))
	assert.Equal(t, []any{1.0}, c.ok(customerStrategyOp+"list", object{}).list("strategy", "strategy_id"))
	assert.Len(t, srv.CustomerStrategy(id).Privilege, 21)
}

func TestBasicPrivilegesStay(t *testing.T) {
	t.Parallel()
	srv, c := ruled(t)
	body := ruleGroup(0, node("alice"))
	body["privilege"] = object{"view_customer_list": false, "share_customer": false}

	id := idOf(c.ok(customerStrategyOp+"create", body))

	p := srv.CustomerStrategy(id).Privilege
	assert.True(t, p["view_customer_list"])
	assert.False(t, p["share_customer"])
	assert.True(t, p["manage_customer_tag"])
}

func TestStrategyBelowAnother(t *testing.T) {
	t.Parallel()
	_, c := ruled(t)
	body := ruleGroup(0, partyNode(2))
	body["privilege"] = object{"send_moment": false}
	top := idOf(c.ok(momentStrategyOp+"create", body))

	below := ruleGroup(top, node("bob"))
	below["privilege"] = object{"send_moment": true}
	id := idOf(c.ok(momentStrategyOp+"create", below))

	assert.Equal(t, false, c.ok(momentStrategyOp+"get", strategyID(id)).at("strategy.privilege.send_moment"), "the parent's privileges")
	assert.Equal(t, 40058, c.send(momentStrategyOp+"create", ruleGroup(top, node("carol"))).code(), "carol is outside of the parent's range")
	assert.Equal(t, 40058, c.send(momentStrategyOp+"edit", object{"strategy_id": id, "range_add": nodes(node("carol"))}).code())
	c.ok(momentStrategyOp+"del", strategyID(top))
	assert.Equal(t, 40058, c.send(momentStrategyOp+"get", strategyID(id)).code(), "it went with its parent")
}

func TestStrategiesAreFiveDeep(t *testing.T) {
	t.Parallel()
	_, c := ruled(t)
	var id int64
	for range 5 {
		id = idOf(c.ok(momentStrategyOp+"create", ruleGroup(id, partyNode(1))))
	}

	assert.Equal(t, 40058, c.send(momentStrategyOp+"create", ruleGroup(id, partyNode(1))).code())
}

func TestStrategyIsEdited(t *testing.T) {
	t.Parallel()
	srv, c := ruled(t)
	id := idOf(c.ok(momentStrategyOp+"create", ruleGroup(0, node("alice"), partyNode(3))))

	c.ok(momentStrategyOp+"edit", object{
		"strategy_id": id, "strategy_name": "support", "admin_list": []string{"bob"}, "privilege": object{"view_moment_list": false},
		"range_add": nodes(node("bob"), node("alice")), "range_del": nodes(partyNode(3)),
	})

	st := srv.MomentStrategy(id)
	assert.Equal(t, []any{"support", []string{"bob"}, false, true}, []any{st.StrategyName, st.AdminList, st.Privilege["view_moment_list"], st.Privilege["send_moment"]})
	assert.Equal(t, []wecomtest.StrategyNode{{Type: 1, UserID: "alice"}, {Type: 1, UserID: "bob"}}, st.Range)
}

func TestStrategyIsEditedAsAWholeOrNot(t *testing.T) {
	t.Parallel()
	srv, c := ruled(t)
	id := idOf(c.ok(momentStrategyOp+"create", ruleGroup(0, node("alice"))))

	require.Equal(t, 60111, c.send(momentStrategyOp+"edit", object{"strategy_id": id, "strategy_name": "x", "range_add": nodes(node("bob"), node("nobody"))}).code())

	st := srv.MomentStrategy(id)
	assert.Equal(t, "sales", st.StrategyName)
	assert.Len(t, st.Range, 1)
}

func TestStrategyRefusals(t *testing.T) {
	t.Parallel()
	srv, c := ruled(t)
	id := idOf(c.ok(customerStrategyOp+"create", ruleGroup(0, node("alice"))))
	other := addApp(t, srv)
	many := make([]object, 101)
	admins := make([]string, 21)
	for i := range many {
		many[i] = node("alice")
	}
	for i := range admins {
		admins[i] = "alice"
	}
	with := func(key string, value any) object {
		body := ruleGroup(0, node("alice"))
		body[key] = value
		return body
	}
	tests := []struct {
		name   string
		c      *caller
		op     string
		fields object
		want   int
	}{
		{"another app's", other, "get", strategyID(id), 40058},
		{"unknown", c, "get_range", strategyID(99), 40058},
		{"unknown parent", c, "create", ruleGroup(99, node("alice")), 40058},
		{"no administrator", c, "create", with("admin_list", []string{}), 40058},
		{"21 administrators", c, "create", with("admin_list", admins), 40058},
		{"unknown administrator", c, "create", with("admin_list", []string{"nobody"}), 60111},
		{"101 nodes", c, "create", with("range", many), 40058},
		{"100 nodes", c, "create", with("range", many[:100]), 0},
		{"unknown department", c, "create", with("range", nodes(partyNode(9))), 60123},
		{"node of type 3", c, "create", with("range", nodes(object{"type": 3})), 40058},
		{"limit 1,001", c, "list", object{"limit": 1001}, 40058},
		{"deleting an unknown one", c, "del", strategyID(99), 40058},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, tt.c.send(customerStrategyOp+tt.op, tt.fields).code(), tt.name)
	}
	assert.Empty(t, other.ok(customerStrategyOp+"list", object{}).list("strategy", ""))
}

func TestStrategyListPages(t *testing.T) {
	t.Parallel()
	_, c := ruled(t)
	for range 3 {
		c.ok(momentStrategyOp+"create", ruleGroup(0, node("alice")))
	}

	first := c.ok(momentStrategyOp+"list", object{"limit": 2})
	second := c.ok(momentStrategyOp+"list", object{"limit": 2, "cursor": first.text("next_cursor")})

	assert.Equal(t, []any{1.0, 2.0}, first.list("strategy", "strategy_id"))
	assert.Equal(t, []any{3.0}, second.list("strategy", "strategy_id"))
	assert.Nil(t, second.at("next_cursor"), "not there on the last page")
}

func TestStrategyHas3000Nodes(t *testing.T) {
	t.Parallel()
	srv, c := ruled(t)
	list := make([]object, 0, 3001)
	for i := range 3001 {
		list = append(list, node(srv.Seed().Member(wecomtest.Member{UserID: fmt.Sprint("m", i)})))
	}
	id := idOf(c.ok(momentStrategyOp+"create", ruleGroup(0, list[:3000]...)))

	assert.Equal(t, 40058, c.send(momentStrategyOp+"edit", object{"strategy_id": id, "range_add": list[3000:]}).code())
	assert.Len(t, srv.MomentStrategy(id).Range, 3000)
}
