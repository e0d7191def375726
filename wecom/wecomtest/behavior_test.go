package wecomtest_test

import (
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// behaving is a server at noon in China with alice and bob, of department 7.
func behaving(t *testing.T) (*wecomtest.Server, *caller, time.Time) {
	t.Helper()
	srv, c := parted(t)
	noon := time.Date(2026, time.March, 2, 4, 0, 0, 0, time.UTC)
	srv.Clock().Freeze(noon)
	c.token = c.fetchToken(srv.Credential().Secret)
	return srv, c, noon
}

func (c *caller) behavior(from, to time.Time, users ...string) reply {
	c.t.Helper()
	c.token = c.fetchToken(c.srv.Credential().Secret)
	return c.ok("externalcontact/get_user_behavior_data", object{"userid": users, "start_time": from.Unix(), "end_time": to.Unix()})
}

func TestBehaviorCountsWhatHappened(t *testing.T) {
	t.Parallel()
	srv, c, noon := behaving(t)
	zoe := srv.AddCustomer("alice", wecomtest.Customer{})
	yan := srv.Act().InviteCustomer("alice", wecomtest.Customer{})
	srv.Act().AcceptMember(yan, "alice")
	srv.Act().InviteCustomer("alice", wecomtest.Customer{})
	seedFollow(srv, "Xia", "alice") // nobody's doing
	srv.Act().WriteToMember(zoe, "alice")
	srv.Clock().Advance(5 * time.Minute)
	srv.Act().WriteToCustomer("alice", zoe)
	srv.Act().WriteToCustomer("alice", zoe)
	srv.Act().WriteToMember(yan, "alice")
	srv.Act().DeleteMember(zoe, "alice")

	r := c.behavior(noon, noon, "alice")

	assert.Equal(t, []any{map[string]any{
		"stat_time": 1772380800.0, "chat_cnt": 1.0, "message_cnt": 2.0, "reply_percentage": 50.0, "avg_reply_time": 5.0,
		"negative_feedback_cnt": 1.0, "new_apply_cnt": 2.0, "new_contact_cnt": 2.0,
	}}, r.at("behavior_data"))
}

func TestBehaviorWithoutQuestionsHasNoAnswers(t *testing.T) {
	t.Parallel()
	srv, c, noon := behaving(t)
	zoe := srv.AddCustomer("alice", wecomtest.Customer{})
	srv.Act().WriteToCustomer("alice", zoe)
	srv.Act().WriteToMember(zoe, "alice") // the member began

	r := c.behavior(noon, noon, "alice")

	assert.InDelta(t, 1, r.at("behavior_data.0.chat_cnt"), 0)
	assert.NotContains(t, r.at("behavior_data.0"), "reply_percentage")
	assert.NotContains(t, r.at("behavior_data.0"), "avg_reply_time")
}

func TestBehaviorByDay(t *testing.T) {
	t.Parallel()
	srv, c, noon := behaving(t)
	srv.AddCustomer("alice", wecomtest.Customer{})
	srv.Clock().Advance(12*time.Hour - time.Second)
	srv.AddCustomer("alice", wecomtest.Customer{})
	srv.Clock().Advance(time.Second) // midnight in China
	srv.AddCustomer("alice", wecomtest.Customer{})

	r := c.behavior(noon.AddDate(0, 0, -1), noon.AddDate(0, 0, 1), "alice")

	assert.Equal(t, []any{0.0, 2.0, 1.0}, r.list("behavior_data", "new_contact_cnt"))
	assert.Equal(t, []any{1772294400.0, 1772380800.0, 1772467200.0}, r.list("behavior_data", "stat_time"))
}

func TestBehaviorOfSeveralMembersIsOne(t *testing.T) {
	t.Parallel()
	srv, c, noon := behaving(t)
	for _, id := range []string{"alice", "bob", "bob", "carol"} {
		srv.AddCustomer(id, wecomtest.Customer{})
	}

	both := c.behavior(noon, noon, "alice", "carol")
	party := c.ok("externalcontact/get_user_behavior_data", object{"userid": []string{"alice"}, "partyid": []int{7}, "start_time": noon.Unix(), "end_time": noon.Unix()})

	assert.Equal(t, []any{2.0}, both.list("behavior_data", "new_contact_cnt"))
	assert.Equal(t, []any{3.0}, party.list("behavior_data", "new_contact_cnt"), "alice is in the department, too")
}

func TestBehaviorRefusals(t *testing.T) {
	t.Parallel()
	srv, _, noon := behaving(t)
	c := addApp(t, srv, "alice")
	tests := []struct {
		name       string
		start, end int // days from now
		change     object
		want       int
	}{
		{"31 days", -30, 0, nil, 0},
		{"32 days", -31, 0, nil, 40058},
		{"backwards", 0, -1, nil, 40058},
		{"180 days ago", -180, -160, nil, 0},
		{"181 days ago", -181, -160, nil, 40058},
		{"nobody", 0, 0, object{"userid": []string{}}, 40063},
		{"101 members", 0, 0, object{"userid": make([]string, 101)}, 40058},
		{"unknown member", 0, 0, object{"userid": []string{"nobody"}}, 60111},
		{"member out of sight", 0, 0, object{"userid": []string{"bob"}}, 60011},
		{"unknown department", 0, 0, object{"partyid": []int{9}}, 60123},
	}
	for _, tt := range tests {
		fields := object{"userid": []string{"alice"}, "start_time": noon.AddDate(0, 0, tt.start).Unix(), "end_time": noon.AddDate(0, 0, tt.end).Unix()}
		maps.Copy(fields, tt.change)
		assert.Equal(t, tt.want, c.send("externalcontact/get_user_behavior_data", fields).code(), tt.name)
	}
}
