package wecomtest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// chatting is a server with an app chat of alice and bob, which the first app
// made; carol is a member, too.
func chatting(t *testing.T) (srv *wecomtest.Server, c *caller, chatID string) {
	t.Helper()
	srv = staffed(t)
	srv.AddMember(wecomtest.Member{UserID: "carol"})
	c = newCaller(t, srv)
	return srv, c, c.ok("appchat/create", object{"name": "lunch", "userlist": []string{"alice", "Bob"}}).text("chatid")
}

func inChat(chatID string, fields object) object {
	return object{"msgtype": "text", "text": object{"content": "hi"}}.with("chatid", chatID).with("safe", fields["safe"])
}

func TestAppChatAsItIsRead(t *testing.T) {
	t.Parallel()
	_, c, chatID := chatting(t)

	r := c.get("appchat/get", "chatid", chatID)

	assert.JSONEq(t, `{"errcode":0,"errmsg":"ok","chat_info":{"chatid":"`+chatID+`","name":"lunch","owner":"alice","userlist":["alice","bob"]}}`, r.Body)
}

func TestAppChatOfOwnID(t *testing.T) {
	t.Parallel()
	srv, c, _ := chatting(t)

	r := c.ok("appchat/create", object{
		"chatid": "Lunch1", "name": strings.Repeat("饭", 51), "owner": "carol", "userlist": []string{"alice", "carol", "alice"},
	})

	assert.Equal(t, "Lunch1", r.text("chatid"))
	assert.Equal(t, wecomtest.AppChat{
		ChatID: "Lunch1", Name: strings.Repeat("饭", 50), Owner: "carol", UserList: []string{"alice", "carol"}, AgentID: 1000002,
	}, srv.AppChat("Lunch1"))
}

func TestUpdateAppChat(t *testing.T) {
	t.Parallel()
	srv, c, chatID := chatting(t)

	c.ok("appchat/update", object{
		"chatid": chatID, "name": "dinner", "owner": "carol", "add_user_list": []string{"Carol", "bob"}, "del_user_list": []string{"alice", "nobody"},
	})

	got := srv.AppChat(chatID)
	assert.Equal(t, []string{"bob", "carol"}, got.UserList)
	assert.Equal(t, "carol", got.Owner)
	assert.Equal(t, "dinner", got.Name)
}

func TestAppChatOutlivesItsOwner(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		gone func(srv *wecomtest.Server, c *caller, chatID string)
	}{
		{"who is deleted", func(_ *wecomtest.Server, c *caller, chatID string) {
			c.ok("appchat/update", object{"chatid": chatID, "add_user_list": []string{"carol"}, "del_user_list": []string{"alice"}})
		}},
		{"who leaves", func(srv *wecomtest.Server, _ *caller, chatID string) { srv.Act().LeaveAppChat(chatID, "alice") }},
		{"who leaves the corp", func(srv *wecomtest.Server, _ *caller, _ string) { srv.Act().Leave("alice") }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv, c, chatID := chatting(t)

			tt.gone(srv, c, chatID)

			assert.Equal(t, "bob", srv.AppChat(chatID).Owner)
			assert.NotContains(t, srv.AppChat(chatID).UserList, "alice")
		})
	}
}

func TestAppChatMessage(t *testing.T) {
	t.Parallel()
	srv, c, chatID := chatting(t)
	file := srv.Seed().Media(wecomtest.Media{Type: "file"})

	c.ok("appchat/send", inChat(chatID, object{"safe": 1}))
	c.ok("appchat/send", object{"chatid": chatID, "msgtype": "file", "file": object{"media_id": file}})

	got := srv.AppChatMessages(chatID)
	require.Len(t, got, 2)
	assert.Equal(t, "hi", got[0].Text)
	assert.Equal(t, 1, got[0].Safe)
	assert.JSONEq(t, `{"media_id":"`+file+`"}`, string(got[1].Body))
	assert.Empty(t, got[0].Missed)
}

func TestAppChatRefusals(t *testing.T) {
	t.Parallel()
	srv, c, chatID := chatting(t)
	narrow, other := addApp(t, srv, "alice", "bob"), addApp(t, srv)
	pair := []string{"alice", "bob"}
	tests := []struct {
		name, op string
		c        *caller
		body     object
		want     int
	}{
		{"an app that does not see everybody", "create", narrow, object{"userlist": pair}, 60011},
		{"one member", "create", c, object{"userlist": []string{"alice"}}, 86006},
		{"one member twice", "create", c, object{"userlist": []string{"alice", "alice"}}, 86006},
		{"2,001 members", "create", c, object{"userlist": make([]string, 2001)}, 86006},
		{"a stranger", "create", c, object{"userlist": []string{"alice", "nobody"}}, 86007},
		{"an owner outside", "create", c, object{"userlist": pair, "owner": "carol"}, 86005},
		{"a chatid with a dash", "create", c, object{"userlist": pair, "chatid": "a-b"}, 86001},
		{"a chatid of 33 characters", "create", c, object{"userlist": pair, "chatid": strings.Repeat("a", 33)}, 86001},
		{"a chatid that is taken", "create", c, object{"userlist": pair, "chatid": chatID}, 86215},
		{"an unknown chat", "update", c, object{"chatid": "nope"}, 86003},
		{"another app's chat", "update", other, object{"chatid": chatID}, 86008},
		{"a stranger", "update", c, object{"chatid": chatID, "add_user_list": []string{"nobody"}}, 86007},
		{"an owner outside", "update", c, object{"chatid": chatID, "owner": "carol"}, 86005},
		{"nobody left", "update", c, object{"chatid": chatID, "del_user_list": pair}, 86006},
		{"an unknown chat", "send", c, inChat("nope", nil), 86003},
		{"another app's chat", "send", other, inChat(chatID, nil), 86008},
		{"a card", "send", c, inChat(chatID, nil).with("msgtype", "template_card"), 40008},
		{"another object", "send", c, inChat(chatID, nil).with("msgtype", "markdown"), 40063},
		{"a long text", "send", c, inChat(chatID, nil).with("text", object{"content": strings.Repeat("a", 2049)}), 40058},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, tt.c.send("appchat/"+tt.op, tt.body).code(), "%s: %s", tt.op, tt.name)
	}
	assert.Equal(t, 86008, other.get("appchat/get", "chatid", chatID).code())
	assert.Equal(t, 86001, c.get("appchat/get").code())
	assert.Equal(t, []string{"alice", "bob"}, srv.AppChat(chatID).UserList)
	assert.Empty(t, srv.AppChatMessages(chatID))
}

func TestAppChatMessagesBeyondTheRateAreMissed(t *testing.T) {
	t.Parallel()
	srv, _, first := chatting(t)
	srv.Clock().Freeze(time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC))
	c := newCaller(t, srv)
	second := c.ok("appchat/create", object{"userlist": []string{"alice", "carol"}}).text("chatid")
	for range 200 {
		c.ok("appchat/send", inChat(first, nil))
	}

	c.ok("appchat/send", inChat(second, nil))
	srv.Clock().Advance(time.Minute)
	c.ok("appchat/send", inChat(second, nil))

	got := srv.AppChatMessages(second)
	assert.Equal(t, []string{"alice"}, got[0].Missed, "chats count together")
	assert.Empty(t, got[1].Missed)
}

func TestAppChatRecipientsOfAMinute(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	srv.Clock().Freeze(time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC))
	users := []string{}
	for i := range 2000 {
		users = append(users, srv.AddMember(wecomtest.Member{UserID: fmt.Sprint("m", i)}))
	}
	c := newCaller(t, srv)
	chatID := c.ok("appchat/create", object{"userlist": users}).text("chatid")
	for range 10 {
		c.ok("appchat/send", inChat(chatID, nil))
	}

	assert.Equal(t, 45009, c.send("appchat/send", inChat(chatID, nil)).code())
	srv.Clock().Advance(time.Minute)
	c.ok("appchat/send", inChat(chatID, nil))
}

func TestThousandAppChatsADay(t *testing.T) {
	t.Parallel()
	srv, _, _ := chatting(t)
	srv.Clock().Freeze(time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC))
	c, body := newCaller(t, srv), object{"userlist": []string{"alice", "bob"}}
	for range 1000 {
		c.ok("appchat/create", body)
	}

	assert.Equal(t, 45009, c.send("appchat/create", body).code())
	srv.Clock().Advance(24 * time.Hour)
	newCaller(t, srv).ok("appchat/create", body)
}
