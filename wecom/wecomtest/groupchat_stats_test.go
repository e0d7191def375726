package wecomtest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

const (
	groupStatsOp = "externalcontact/groupchat/statistic"
	groupDaysOp  = "externalcontact/groupchat/statistic_group_by_day"

	statsDay = 1700064000 // 2023-11-16 in China
	oneDay   = 24 * 60 * 60
)

// lively is a server three days on, of which the first two saw this: a group
// chat of alice's with one to join, one to leave and two messages, then one of
// bob's.
func lively(t *testing.T) (*wecomtest.Server, *caller) {
	t.Helper()
	srv := wecomtest.New(t)
	srv.Clock().Freeze(time.Unix(statsDay+3600, 0))
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	srv.AddMember(wecomtest.Member{UserID: "bob"})
	act := srv.Act()
	chat := act.CreateGroupChat(wecomtest.GroupChat{Owner: "alice", MemberList: []wecomtest.GroupMember{{UserID: "wmYan"}}})
	srv.Clock().Advance(time.Hour)
	act.JoinGroupChat(chat, wecomtest.GroupMember{UserID: "wmZoe"})
	act.ChatInGroup(chat, "wmZoe")
	act.ChatInGroup(chat, "wmZoe")
	srv.Clock().Advance(24 * time.Hour)
	act.LeaveGroupChat(chat, "wmYan")
	act.CreateGroupChat(wecomtest.GroupChat{Owner: "bob"})
	act.CreateGroupChat(wecomtest.GroupChat{Owner: "bob"})
	srv.Clock().Advance(24 * time.Hour)
	return srv, newCaller(t, srv)
}

// counts is a row's data in the order of the page.
func counts(r reply, row string) []any {
	out := []any{}
	for _, name := range []string{"new_chat_cnt", "chat_total", "chat_has_msg", "new_member_cnt", "member_total", "member_has_msg", "msg_total"} {
		out = append(out, r.at("items."+row+".data."+name))
	}
	return out
}

func TestGroupStatisticByDay(t *testing.T) {
	t.Parallel()
	_, c := lively(t)

	r := c.ok(groupDaysOp, object{"day_begin_time": statsDay + 7200, "day_end_time": statsDay + oneDay})

	assert.Equal(t, []any{float64(statsDay), float64(statsDay + oneDay)}, r.list("items", "stat_time"))
	assert.Equal(t, []any{1.0, 1.0, 1.0, 1.0, 3.0, 1.0, 2.0}, counts(r, "0"))
	assert.Equal(t, []any{2.0, 3.0, 1.0, 0.0, 4.0, 1.0, 2.0}, counts(r, "1"))
}

func TestGroupStatisticByOwner(t *testing.T) {
	t.Parallel()
	_, c := lively(t)

	both := c.ok(groupStatsOp, object{"day_begin_time": statsDay, "day_end_time": statsDay + oneDay})
	firstDay := c.ok(groupStatsOp, object{"day_begin_time": statsDay})
	members := c.ok(groupStatsOp, object{"day_begin_time": statsDay, "day_end_time": statsDay + oneDay, "order_by": 3})
	rising := c.ok(groupStatsOp, object{"day_begin_time": statsDay, "day_end_time": statsDay + oneDay, "order_asc": 1})
	bob := c.ok(groupStatsOp, object{"day_begin_time": statsDay, "day_end_time": statsDay + oneDay, "owner_filter": object{"userid_list": []string{"bob"}}})

	assert.Equal(t, []any{"bob", "alice"}, both.list("items", "owner"), "most new chats first")
	assert.Equal(t, []any{2.0, 2.0}, []any{both.at("total"), both.at("next_offset")})
	assert.Equal(t, []any{1.0, 1.0, 1.0, 1.0, 2.0, 1.0, 2.0}, counts(both, "1"))
	assert.Equal(t, []any{"alice"}, firstDay.list("items", "owner"))
	assert.Equal(t, []any{"alice", "bob"}, members.list("items", "owner"))
	assert.Equal(t, []any{"alice", "bob"}, rising.list("items", "owner"))
	assert.Equal(t, []any{"bob"}, bob.list("items", "owner"))
}

func TestGroupStatisticPages(t *testing.T) {
	t.Parallel()
	_, c := lively(t)
	page := func(offset int) reply {
		return c.ok(groupStatsOp, object{"day_begin_time": statsDay, "day_end_time": statsDay + oneDay, "offset": offset, "limit": 1})
	}

	assert.Equal(t, []any{"bob"}, page(0).list("items", "owner"))
	assert.InDelta(t, 1, page(0).at("next_offset"), 0)
	assert.Equal(t, []any{"alice"}, page(1).list("items", "owner"))
	assert.Empty(t, page(5).list("items", "owner"))
}

func TestGroupStatisticOfDismissedGroups(t *testing.T) {
	t.Parallel()
	srv, _ := lively(t)
	chat := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "alice"})
	srv.Act().ChatInGroup(chat, "alice")
	srv.Act().DismissGroupChat(chat)
	srv.Clock().Advance(24 * time.Hour)
	c := newCaller(t, srv)

	r := c.ok(groupDaysOp, object{"day_begin_time": statsDay + 2*oneDay})

	assert.Equal(t, []any{1.0, 3.0, 1.0, 0.0, 4.0, 1.0, 2.0}, counts(r, "0"), "it was new, and is no more")
}

func TestMassSendsCountAsMessages(t *testing.T) {
	t.Parallel()
	srv, c := lively(t)
	chat := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "alice"})
	msg := c.ok("externalcontact/add_msg_template", object{"chat_type": "group", "sender": "alice", "chat_id_list": []string{chat}, "text": object{"content": "hi"}})
	srv.Act().ConfirmSend(msg.text("msgid"), "alice")
	srv.Clock().Advance(24 * time.Hour)
	c = newCaller(t, srv)

	r := c.ok(groupDaysOp, object{"day_begin_time": statsDay + 2*oneDay})

	assert.InDelta(t, 3, r.at("items.0.data.msg_total"), 0)
}

func TestGroupStatisticRefusals(t *testing.T) {
	t.Parallel()
	_, c := lively(t)
	day := func(n int) int { return statsDay + 2*oneDay + n*oneDay }
	tests := []struct {
		name   string
		fields object
		want   int
	}{
		{"today", object{"day_begin_time": day(0)}, 40058},
		{"yesterday", object{"day_begin_time": day(-1)}, 0},
		{"180 days ago", object{"day_begin_time": day(-180)}, 0},
		{"181 days ago", object{"day_begin_time": day(-181)}, 40058},
		{"30 days apart", object{"day_begin_time": day(-31), "day_end_time": day(-1)}, 0},
		{"31 days apart", object{"day_begin_time": day(-32), "day_end_time": day(-1)}, 40058},
		{"out of order", object{"day_begin_time": day(-1), "day_end_time": day(-2)}, 40058},
		{"order_by 5", object{"day_begin_time": day(-1), "order_by": 5}, 40058},
		{"limit 1,001", object{"day_begin_time": day(-1), "limit": 1001}, 40058},
		{"unknown owner", object{"day_begin_time": day(-1), "owner_filter": object{"userid_list": []string{"nobody"}}}, 60111},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, c.send(groupStatsOp, tt.fields).code(), tt.name)
	}
}
