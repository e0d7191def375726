package wecomtest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// parted is a server with alice and bob in department 7 and carol in 8.
func parted(t *testing.T) (*wecomtest.Server, *caller) {
	t.Helper()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice", Department: []int64{7}})
	srv.AddMember(wecomtest.Member{UserID: "bob", Department: []int64{7}})
	srv.AddMember(wecomtest.Member{UserID: "carol", Department: []int64{8}})
	return srv, newCaller(t, srv)
}

// interceptRule creates a rule for alice and department 7.
func (c *caller) interceptRule(name string) string {
	c.t.Helper()
	return c.ok("externalcontact/add_intercept_rule", object{
		"rule_name": name, "word_list": []string{"cash"}, "semantics_list": []int{1, 3}, "intercept_type": 2,
		"applicable_range": object{"user_list": []string{"alice"}, "department_list": []int{7}},
	}).text("rule_id")
}

func TestInterceptRule(t *testing.T) {
	t.Parallel()
	srv, c := parted(t)

	id := c.interceptRule("money")

	r := c.ok("externalcontact/get_intercept_rule", object{"rule_id": id})
	assert.Equal(t, map[string]any{
		"rule_id": id, "rule_name": "money", "create_time": r.at("rule.create_time"), "word_list": []any{"cash"}, "semantics_list": []any{1.0, 3.0},
		"intercept_type": 2.0, "applicable_range": map[string]any{"user_list": []any{"alice"}, "department_list": []any{7.0}},
	}, r.at("rule"))
	assert.Equal(t, []any{id}, c.get("externalcontact/get_intercept_rule_list").list("rule_list", "rule_id"))
	assert.Equal(t, []string{"cash"}, srv.InterceptRule(id).WordList)
}

func TestUpdateInterceptRuleChangesWhatIsGiven(t *testing.T) {
	t.Parallel()
	_, c := parted(t)
	id := c.interceptRule("money")

	c.ok("externalcontact/update_intercept_rule", object{"rule_id": id, "rule_name": "no money", "word_list": []string{}})
	c.ok("externalcontact/update_intercept_rule", object{
		"rule_id": id, "extra_rule": object{"semantics_list": []int{}}, "intercept_type": 1,
		"add_applicable_range":    object{"user_list": []string{"bob", "alice"}, "department_list": []int{8}},
		"remove_applicable_range": object{"user_list": []string{"alice"}, "department_list": []int{7}},
	})

	r := c.ok("externalcontact/get_intercept_rule", object{"rule_id": id})
	assert.Equal(t, []any{"no money", []any{"cash"}, []any{}, 1.0},
		[]any{r.at("rule.rule_name"), r.at("rule.word_list"), r.at("rule.semantics_list"), r.at("rule.intercept_type")})
	assert.Equal(t, map[string]any{"user_list": []any{"bob"}, "department_list": []any{8.0}}, r.at("rule.applicable_range"))
}

func TestInterceptRuleOfAnotherApp(t *testing.T) {
	t.Parallel()
	srv, c := parted(t)
	id := c.interceptRule("money")
	other := addApp(t, srv, "bob")

	r := other.ok("externalcontact/get_intercept_rule", object{"rule_id": id})

	assert.Equal(t, []any{}, r.at("rule.applicable_range.user_list"), "alice is out of sight")
	assert.Equal(t, 48002, other.send("externalcontact/update_intercept_rule", object{"rule_id": id, "intercept_type": 1}).code())
	assert.Equal(t, 48002, other.send("externalcontact/del_intercept_rule", object{"rule_id": id}).code())
}

func TestDelInterceptRule(t *testing.T) {
	t.Parallel()
	_, c := parted(t)
	id := c.interceptRule("money")

	c.ok("externalcontact/del_intercept_rule", object{"rule_id": id})

	for _, op := range []string{"get", "update", "del"} {
		assert.Equal(t, 41071, c.send("externalcontact/"+op+"_intercept_rule", object{"rule_id": id}).code(), op)
		assert.Equal(t, 41070, c.send("externalcontact/"+op+"_intercept_rule", object{"rule_id": "none"}).code(), op)
	}
	assert.Empty(t, c.get("externalcontact/get_intercept_rule_list").list("rule_list", ""))
	assert.NotEqual(t, id, c.interceptRule("money"), "the name is free again")
}

func TestWhoLeftIsInNoInterceptRule(t *testing.T) {
	t.Parallel()
	srv, c := parted(t)
	id := c.interceptRule("money")

	srv.Act().Leave("alice")

	assert.Equal(t, []any{}, c.ok("externalcontact/get_intercept_rule", object{"rule_id": id}).at("rule.applicable_range.user_list"))
}

func TestCorpHas100InterceptRules(t *testing.T) {
	t.Parallel()
	_, c := parted(t)
	for i := range 100 {
		c.interceptRule(fmt.Sprint(i))
	}

	r := c.send("externalcontact/add_intercept_rule", object{
		"rule_name": "more", "word_list": []string{"cash"}, "intercept_type": 1, "applicable_range": object{"user_list": []string{"alice"}},
	})

	assert.Equal(t, 41069, r.code())
}

func TestInterceptRuleRefusals(t *testing.T) {
	t.Parallel()
	srv, own := parted(t)
	srv.AddMember(wecomtest.Member{UserID: "unseen"})
	own.interceptRule("taken")
	c := addApp(t, srv, "alice")
	id := c.interceptRule("mine")
	tests := []struct {
		name  string
		field string
		value any
		want  int
	}{
		{"no name", "rule_name", "", 40063},
		{"name of 21 characters", "rule_name", strings.Repeat("好", 21), 40058},
		{"name of another", "rule_name", "taken", 41077},
		{"no words", "word_list", []string{}, 40063},
		{"301 words", "word_list", make([]string, 301), 41068},
		{"empty word", "word_list", []string{""}, 41083},
		{"word of 33 characters", "word_list", []string{strings.Repeat("好", 33)}, 41083},
		{"word of 32 characters", "word_list", []string{strings.Repeat("好", 32)}, 0},
		{"semantics of 4", "semantics_list", []int{4}, 41084},
		{"type 3", "intercept_type", 3, 40058},
		{"nobody", "applicable_range", object{}, 40063},
		{"unknown member", "applicable_range", object{"user_list": []string{"nobody"}}, 60111},
		{"member out of sight", "applicable_range", object{"user_list": []string{"unseen"}}, 60011},
		{"1001 members", "applicable_range", object{"user_list": make([]string, 1001)}, 41076},
		{"unknown department", "applicable_range", object{"department_list": []int{9}}, 60123},
	}
	for i, tt := range tests {
		fields := object{"rule_name": fmt.Sprint(i), "word_list": []string{"cash"}, "intercept_type": 1, "applicable_range": object{"user_list": []string{"alice"}}}
		fields[tt.field] = tt.value
		assert.Equal(t, tt.want, c.send("externalcontact/add_intercept_rule", fields).code(), tt.name)
	}
	require.Equal(t, 41077, c.send("externalcontact/update_intercept_rule", object{"rule_id": id, "rule_name": "taken"}).code())
	none := object{"user_list": []string{"alice"}, "department_list": []int{7}}
	assert.Equal(t, 40063, c.send("externalcontact/update_intercept_rule", object{"rule_id": id, "remove_applicable_range": none}).code(), "for nobody any more")
}
