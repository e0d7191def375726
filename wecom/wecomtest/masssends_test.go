package wecomtest_test

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

const massOp = "externalcontact/add_msg_template"

// staffed is a server with two members.
func staffed(t *testing.T) *wecomtest.Server {
	t.Helper()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	srv.AddMember(wecomtest.Member{UserID: "bob"})
	return srv
}

// sale is a mass send with more fields.
func sale(fields object) object {
	body := object{"chat_type": "single", "text": object{"content": "sale"}}
	maps.Copy(body, fields)
	return body
}

// tasks is who was asked to send to whom, one line a member.
func tasks(srv *wecomtest.Server, msgID string) []string {
	lines := []string{}
	for _, task := range srv.MassSend(msgID).TaskList {
		line := task.UserID
		for _, r := range task.SendList {
			line += fmt.Sprintf(" %s%s=%d", r.ExternalUserID, r.ChatID, r.Status)
		}
		lines = append(lines, line)
	}
	return lines
}

func TestMassSendGoesToWhoTalkedLast(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	zoe, yan := seedFollow(srv, "Zoe", "alice"), seedFollow(srv, "Yan", "alice")
	srv.Clock().Advance(time.Second)
	srv.AddCustomer("bob", wecomtest.Customer{ExternalUserID: zoe})
	srv.AddCustomer("bob", wecomtest.Customer{ExternalUserID: yan})
	srv.Clock().Advance(time.Second)
	srv.Act().Chat("alice", yan)

	msgID := newCaller(t, srv).ok(massOp, sale(object{"external_userid": []string{zoe, yan, zoe}})).text("msgid")

	assert.Equal(t, []string{"bob " + zoe + "=0", "alice " + yan + "=0"}, tasks(srv, msgID))
}

func TestMassSendFailList(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	zoe, yan := seedFollow(srv, "Zoe", "alice"), seedFollow(srv, "Yan", "bob")
	stranger := srv.Seed().Customer(wecomtest.Customer{Name: "Xia"})
	body := sale(object{"external_userid": []string{"wmNobody", stranger, yan, zoe}})

	all := newCaller(t, srv).ok(massOp, body)
	some := addApp(t, srv, "alice").ok(massOp, body)

	assert.Equal(t, []any{"wmNobody", stranger}, all.at("fail_list"))
	assert.Equal(t, []any{"wmNobody", stranger, yan}, some.at("fail_list"))
}

func TestMassSendByTags(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	level := srv.Seed().TagGroup(wecomtest.TagGroup{GroupName: "level", Tag: []wecomtest.Tag{{Name: "gold"}, {Name: "silver"}}})
	city := srv.Seed().TagGroup(wecomtest.TagGroup{GroupName: "city", Tag: []wecomtest.Tag{{Name: "Hangzhou"}}})
	gold, silver, hangzhou := level.Tag[0].ID, level.Tag[1].ID, city.Tag[0].ID
	add := func(userID string, tags ...string) string {
		return srv.Seed().Customer(wecomtest.Customer{FollowUser: []wecomtest.Follow{{UserID: userID, TagID: tags}}})
	}
	a, b, c := add("alice", gold, hangzhou), add("alice", silver, hangzhou), add("bob", silver, hangzhou)
	add("alice", gold)
	add("bob", hangzhou)
	filter := object{"group_list": []object{{"tag_list": []string{gold, silver}}, {"tag_list": []string{hangzhou}}}}
	api := newCaller(t, srv)

	everyone := api.ok(massOp, sale(object{"tag_filter": filter})).text("msgid")
	alone := api.ok(massOp, sale(object{"tag_filter": filter, "sender": "bob"})).text("msgid")
	byID := api.ok(massOp, sale(object{"tag_filter": filter, "external_userid": []string{c}})).text("msgid")

	assert.Equal(t, []string{"alice " + a + "=0 " + b + "=0", "bob " + c + "=0"}, tasks(srv, everyone))
	assert.Equal(t, []string{"bob " + c + "=0"}, tasks(srv, alone))
	assert.Equal(t, []string{"bob " + c + "=0"}, tasks(srv, byID), "ids make the filter void")
}

func TestMassSendToAllOfOneMember(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	zoe := seedFollow(srv, "Zoe", "alice", "bob")
	seedFollow(srv, "Yan", "bob")

	msgID := newCaller(t, srv).ok(massOp, sale(object{"sender": "alice"})).text("msgid")

	assert.Equal(t, []string{"alice " + zoe + "=0"}, tasks(srv, msgID))
}

func TestMassSendRefusals(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	srv.AddMember(wecomtest.Member{UserID: "carol", NoContact: true})
	zoe := seedFollow(srv, "Zoe", "alice")
	chat := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "alice"})
	c := addApp(t, srv, "alice", "carol")
	tests := []struct {
		name string
		body object
		want int
	}{
		{"nobody to pick", sale(nil), 40063},
		{"an empty tag filter", sale(object{"tag_filter": object{"group_list": []object{{"tag_list": []string{}}}}}), 40063},
		{"an unknown chat_type", sale(object{"chat_type": "all", "external_userid": []string{zoe}}), 86214},
		{"an unknown tag", sale(object{"tag_filter": object{"group_list": []object{{"tag_list": []string{"etNone"}}}}}), 40068},
		{"nobody left", sale(object{"external_userid": []string{"wmNobody"}}), 41048},
		{"an unknown sender", sale(object{"sender": "nobody"}), 60111},
		{"a sender out of sight", sale(object{"sender": "bob"}), 60011},
		{"a sender without the function", sale(object{"sender": "carol"}), 84074},
		{"group chats without sender", sale(object{"chat_type": "group", "chat_id_list": []string{chat}}), 40063},
		{"none of the sender's group chats", sale(object{"chat_type": "group", "sender": "alice", "chat_id_list": []string{"wrNone"}}), 41048},
		{"nothing to say", object{"chat_type": "single", "external_userid": []string{zoe}}, 40063},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, c.send(massOp, tt.body).code(), tt.name)
	}
}

func TestConfirmSend(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	zoe, yan, xia := seedFollow(srv, "Zoe", "alice"), seedFollow(srv, "Yan", "alice"), seedFollow(srv, "Xia", "alice")
	msgID := newCaller(t, srv).ok(massOp, sale(object{"external_userid": []string{zoe, yan, xia}})).text("msgid")
	srv.Act().DeleteMember(yan, "alice")
	srv.Act().DeleteCustomer("alice", xia)
	assert.Empty(t, srv.Received(zoe), "nothing is sent before the member confirms")

	srv.Act().ConfirmSend(msgID, "alice")

	assert.Equal(t, []string{"alice " + zoe + "=1 " + yan + "=2 " + xia + "=2"}, tasks(srv, msgID))
	got := srv.Received(zoe)
	require.Len(t, got, 1)
	assert.Equal(t, wecomtest.KindMassSend, got[0].Kind)
	assert.Equal(t, msgID, got[0].MsgID)
	assert.Equal(t, "sale", got[0].Text)
	assert.Empty(t, srv.Received(yan))
}

func TestConfirmSendOfASelection(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	zoe, yan := seedFollow(srv, "Zoe", "alice"), seedFollow(srv, "Yan", "alice")
	msgID := newCaller(t, srv).ok(massOp, sale(object{"sender": "alice", "allow_select": true})).text("msgid")

	srv.Act().ConfirmSend(msgID, "alice", yan)

	assert.Equal(t, []string{"alice " + zoe + "=0 " + yan + "=1"}, tasks(srv, msgID))
}

func TestMassSendToGroupChats(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	one := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "alice"})
	two := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "alice"})
	other := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "bob"})
	c := newCaller(t, srv)

	named := c.ok(massOp, sale(object{"chat_type": "group", "sender": "alice", "chat_id_list": []string{two, other}}))
	open := c.ok(massOp, sale(object{"chat_type": "group", "sender": "alice"}))
	srv.Act().ConfirmSend(named.text("msgid"), "alice")
	srv.Act().ConfirmSend(open.text("msgid"), "alice", one)

	assert.Equal(t, []any{other}, named.at("fail_list"))
	assert.Equal(t, []string{"alice " + two + "=1"}, tasks(srv, named.text("msgid")))
	assert.Equal(t, []string{"alice " + one + "=1"}, tasks(srv, open.text("msgid")))
	assert.Len(t, srv.Received(one), 1)
}

func TestMassSendQuota(t *testing.T) {
	t.Parallel()
	monday := time.Date(2026, 2, 2, 9, 0, 0, 0, time.FixedZone("UTC+8", 8*60*60))
	tests := []struct {
		name  string
		rule  wecomtest.MassSendRule
		quota int
		until time.Duration // when there is a new one
	}{
		{"a day of the month each", wecomtest.MassSendMonthly, 28, (26*24 + 15) * time.Hour},
		{"seven a week", wecomtest.MassSendWeekly, 7, (6*24 + 15) * time.Hour},
		{"one a day", wecomtest.MassSendDaily, 1, 15 * time.Hour},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv := staffed(t)
			srv.Clock().Freeze(monday)
			srv.Act().SetMassSendRule(tt.rule)
			zoe := seedFollow(srv, "Zoe", "alice")
			send := func() int {
				msgID := srv.Act().SendMass("alice", wecomtest.MassSend{Text: "sale"}, zoe)
				return srv.MassSend(msgID).TaskList[0].SendList[0].Status
			}
			for range tt.quota {
				require.Equal(t, 1, send())
			}

			assert.Equal(t, 3, send())
			srv.Clock().Advance(tt.until - time.Second)
			assert.Equal(t, 3, send())
			srv.Clock().Advance(time.Second)
			assert.Equal(t, 1, send())
		})
	}
}

func TestConfirmSendMisuse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		act  func(a wecomtest.Actor, msgID, zoe string)
	}{
		{"an unknown msgid", func(a wecomtest.Actor, _, _ string) { a.ConfirmSend("msgNone", "alice") }},
		{"a member who is not asked", func(a wecomtest.Actor, msgID, _ string) { a.ConfirmSend(msgID, "bob") }},
		{"a selection that is not allowed", func(a wecomtest.Actor, msgID, zoe string) { a.ConfirmSend(msgID, "alice", zoe) }},
		{"twice", func(a wecomtest.Actor, msgID, _ string) { a.ConfirmSend(msgID, "alice"); a.ConfirmSend(msgID, "alice") }},
		{"after it was ignored", func(a wecomtest.Actor, msgID, _ string) { a.IgnoreSend(msgID, "alice"); a.ConfirmSend(msgID, "alice") }},
		{"a member who left", func(a wecomtest.Actor, msgID, _ string) { a.Leave("alice"); a.ConfirmSend(msgID, "alice") }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := record(t, func(srv *wecomtest.Server) {
				srv.AddMember(wecomtest.Member{UserID: "alice"})
				srv.AddMember(wecomtest.Member{UserID: "bob"})
				zoe := seedFollow(srv, "Zoe", "alice")
				c := newCaller(t, srv)
				tt.act(srv.Act(), c.ok(massOp, sale(object{"sender": "alice"})).text("msgid"), zoe)
			})
			assert.NotEmpty(t, r.fatal)
		})
	}
}
