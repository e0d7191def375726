package wecomtest_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

const groupWelcomeOp = "externalcontact/group_welcome_template/"

// hello is a group greeting with more fields.
func hello(fields object) object {
	return fields.with("text", object{"content": "hi %NICKNAME%"})
}

func TestGroupWelcomeGreetsCustomers(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	zoe := seedFollow(srv, "Zoe", "alice")
	chat := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "alice"})
	link := object{"title": "menu", "url": "https://a.example"}
	c := newCaller(t, srv)
	id := c.ok(groupWelcomeOp+"add", hello(object{"link": link})).text("template_id")
	srv.Act().UseGroupWelcome(chat, id)

	srv.Act().JoinGroupChat(chat, wecomtest.GroupMember{UserID: zoe}, wecomtest.GroupMember{UserID: "bob"})

	got := srv.Received(chat)
	require.Len(t, got, 1, "colleagues are not greeted")
	assert.Equal(t, wecomtest.KindGroupWelcome, got[0].Kind)
	assert.Equal(t, "hi Zoe", got[0].Text)
	assert.Equal(t, []wecomtest.Attachment{{MsgType: "link", Title: "menu", URL: "https://a.example"}}, got[0].Attachments)
	assert.Equal(t, []string{chat}, srv.GroupWelcome(id).ChatID)
}

func TestEditedGroupWelcomeGreetsAnew(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	chat := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "alice"})
	c := newCaller(t, srv)
	id := c.ok(groupWelcomeOp+"add", hello(object{"link": object{"title": "menu", "url": "https://a.example"}})).text("template_id")
	srv.Act().UseGroupWelcome(chat, id)

	c.ok(groupWelcomeOp+"edit", object{"template_id": id, "text": object{"content": "welcome"}})
	srv.Act().JoinGroupChat(chat, wecomtest.GroupMember{UserID: "wmStranger", Name: "Yan"})

	got := srv.Received(chat)
	require.Len(t, got, 1)
	assert.Equal(t, "welcome", got[0].Text)
	assert.Empty(t, got[0].Attachments)
}

func TestDeletedGroupWelcomeGreetsNobody(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	chat := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "alice"})
	c := newCaller(t, srv)
	id := c.ok(groupWelcomeOp+"add", hello(nil)).text("template_id")
	srv.Act().UseGroupWelcome(chat, id)

	c.ok(groupWelcomeOp+"del", object{"template_id": id})
	srv.Act().JoinGroupChat(chat, wecomtest.GroupMember{UserID: "wmStranger"})

	assert.Empty(t, srv.Received(chat))
	assert.Equal(t, 40037, c.send(groupWelcomeOp+"get", object{"template_id": id}).code())
	assert.Empty(t, srv.GroupWelcome(id))
}

func TestGroupWelcomeAsItIsRead(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	image := srv.Seed().Media(wecomtest.Media{Type: "image"})
	file := srv.Seed().Media(wecomtest.Media{Type: "file", ByURL: true})
	video := srv.Seed().Media(wecomtest.Media{Type: "video"})
	link := object{"title": "a", "url": "https://a.example", "desc": "b", "picurl": "https://a.example/p"}
	mini := object{"title": "a", "appid": "wx1", "page": "/p", "pic_media_id": image}
	c := newCaller(t, srv)
	tests := []struct {
		name string
		body object
		want object
	}{
		{"text", hello(nil), object{"text": object{"content": "hi %NICKNAME%"}}},
		{"image", object{"image": object{"media_id": image}}, object{"image": object{"pic_url": "https://p.qpic.cn/pic_wework/" + image}}},
		{"link", object{"link": link}, object{"link": link}},
		{"mini program", object{"miniprogram": mini}, object{"miniprogram": mini}},
		{"file", object{"file": object{"media_id": file}}, object{"file": object{"media_id": file}}},
		{"video", object{"video": object{"media_id": video}}, object{"video": object{"media_id": video}}},
		{"the first of several", object{"video": object{"media_id": video}, "link": link}, object{"link": link}},
	}
	for _, tt := range tests {
		id := c.ok(groupWelcomeOp+"add", tt.body).text("template_id")

		r := c.ok(groupWelcomeOp+"get", object{"template_id": id})

		want, err := json.Marshal(tt.want.with("errcode", 0).with("errmsg", "ok"))
		require.NoError(t, err)
		assert.JSONEq(t, string(want), r.Body, tt.name)
	}
}

func TestGroupWelcomeNotifies(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	c := newCaller(t, srv)
	loud := c.ok(groupWelcomeOp+"add", hello(nil)).text("template_id")
	quiet := c.ok(groupWelcomeOp+"add", hello(object{"notify": 0})).text("template_id")

	assert.True(t, srv.GroupWelcome(loud).Notify)
	assert.False(t, srv.GroupWelcome(quiet).Notify)
}

func TestHundredGroupWelcomes(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	c := newCaller(t, srv)
	var last string
	for range 100 {
		last = c.ok(groupWelcomeOp+"add", hello(nil)).text("template_id")
	}

	assert.Equal(t, 41055, c.send(groupWelcomeOp+"add", hello(nil)).code())
	c.ok(groupWelcomeOp+"del", object{"template_id": last})
	c.ok(groupWelcomeOp+"add", hello(nil))
}

func TestGroupWelcomeRefusals(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	c := newCaller(t, srv)
	id := c.ok(groupWelcomeOp+"add", hello(nil)).text("template_id")
	mini := object{"title": "a", "appid": "wx1", "page": "/p", "pic_media_id": "nope"}
	other := addApp(t, srv)
	tests := []struct {
		name, op string
		c        *caller
		body     object
		want     int
	}{
		{"nothing", "add", c, object{}, 40063},
		{"nothing left", "edit", c, object{"template_id": id}, 40063},
		{"3,001 bytes", "add", c, object{"text": object{"content": strings.Repeat("a", 3001)}}, 40058},
		{"image without file", "add", c, object{"image": object{}}, 40063},
		{"unknown file", "add", c, object{"file": object{"media_id": "nope"}}, 40007},
		{"unknown cover", "add", c, object{"miniprogram": mini}, 40007},
		{"unknown template", "edit", c, hello(object{"template_id": "nope"}), 40037},
		{"another app's", "edit", other, hello(object{"template_id": id}), 41058},
		{"another app's", "del", other, object{"template_id": id}, 41058},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, tt.c.send(groupWelcomeOp+tt.op, tt.body).code(), "%s %s", tt.op, tt.name)
	}
	assert.Zero(t, other.send(groupWelcomeOp+"get", object{"template_id": id}).code(), "reading is free")
	assert.Equal(t, "hi %NICKNAME%", srv.GroupWelcome(id).Text)
}
