package wecomtest_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

const (
	sendOp   = "message/send"
	recallOp = "message/recall"
)

// note is a text message of the first app, with more fields.
func note(fields object) object {
	body := object{"msgtype": "text", "agentid": 1000002, "text": object{"content": "lunch"}}
	maps.Copy(body, fields)
	return body
}

// read is the text of every message that a member has.
func read(srv *wecomtest.Server, userID string) []string {
	texts := []string{}
	for _, m := range srv.AppMessages(userID) {
		texts = append(texts, m.Text)
	}
	return texts
}

func TestAppMessageRecipients(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "Alice", Department: []int64{2}})
	srv.AddMember(wecomtest.Member{UserID: "bob", Department: []int64{2, 3}})
	srv.AddMember(wecomtest.Member{UserID: "carol"})
	srv.AddMember(wecomtest.Member{UserID: "Dave", Unlicensed: true})
	srv.AddMember(wecomtest.Member{UserID: "eve"})
	srv.Act().Leave("eve")
	srv.Seed().MemberTag(7, "carol")
	c := newCaller(t, srv)
	everyone := []string{"Alice", "bob", "carol"}
	tests := []struct {
		name   string
		fields object
		want   []string
		also   object // of the reply
	}{
		{"members, in any case", object{"touser": "alice|bob"}, []string{"Alice", "bob"}, nil},
		{"a department", object{"toparty": "2"}, []string{"Alice", "bob"}, nil},
		{"a tag", object{"totag": "7"}, []string{"carol"}, nil},
		{"each once", object{"touser": "bob", "toparty": "2 | 3"}, []string{"bob", "Alice"}, nil},
		{"everyone", object{"touser": "@all", "toparty": "9"}, everyone, object{"unlicenseduser": "dave"}},
		{"some in vain", object{"touser": "bob|Nobody|eve|Dave", "toparty": "9|x", "totag": "8"}, []string{"bob"}, object{
			"invaliduser": "nobody|eve", "invalidparty": "9|x", "invalidtag": "8", "unlicenseduser": "dave",
		}},
	}
	for i, tt := range tests {
		text := fmt.Sprint("message ", i)
		r := c.ok(sendOp, note(tt.fields).with("text", object{"content": text}))

		for _, userID := range everyone {
			assert.Equal(t, contains(tt.want, userID), contains(read(srv, userID), text), "%s: %s", tt.name, userID)
		}
		for _, name := range []string{"invaliduser", "invalidparty", "invalidtag", "unlicenseduser"} {
			assert.Equal(t, tt.also[name], r.at(name), "%s: %s", tt.name, name)
		}
	}
}

func TestAppMessageOutOfSight(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	app := srv.AddApp(wecomtest.App{Visible: []string{"alice"}})
	c := &caller{t: t, srv: srv}
	c.token = c.fetchToken(app.Secret)

	r := c.ok(sendOp, note(object{"agentid": app.AgentID, "touser": "alice|bob"}))

	assert.Equal(t, "bob", r.at("invaliduser"))
	assert.Equal(t, 81013, c.send(sendOp, note(object{"agentid": app.AgentID, "touser": "bob"})).code())
	assert.Empty(t, srv.AppMessages("bob"))
}

func TestAppMessageRefusals(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	c := newCaller(t, srv)
	body := note(object{"touser": "alice"})
	article := object{"title": "a", "url": "https://a.example"}
	tests := []struct {
		name string
		body object
		want int
	}{
		{"no recipient", note(nil), 82001},
		{"nobody there", note(object{"touser": "nobody"}), 81013},
		{"1,001 members", note(object{"touser": strings.Repeat("alice|", 1001)}), 40032},
		{"101 departments", note(object{"toparty": strings.Repeat("1|", 101)}), 82002},
		{"101 tags", note(object{"totag": strings.Repeat("1|", 101)}), 82003},
		{"no agentid", object{"touser": "alice", "msgtype": "text", "text": object{"content": "a"}}, 41011},
		{"another agentid", body.with("agentid", 1), 301002},
		{"an unknown msgtype", body.with("msgtype", "music"), 40008},
		{"another object than the msgtype says", body.with("msgtype", "markdown"), 40063},
		{"markdown of 2,049 bytes", body.with("msgtype", "markdown").with("markdown", object{"content": strings.Repeat("a", 2049)}), 40058},
		{"an unknown image", body.with("msgtype", "image").with("image", object{"media_id": "nope"}), 40007},
		{"no article", body.with("msgtype", "news").with("news", object{"articles": []object{}}), 45008},
		{"nine articles", body.with("msgtype", "news").with("news", object{
			"articles": []object{article, article, article, article, article, article, article, article, article},
		}), 45008},
		{"an article that leads nowhere", body.with("msgtype", "news").with("news", object{"articles": []object{{"title": "a"}}}), 40063},
		{"an article without picture", body.with("msgtype", "mpnews").with("mpnews", object{
			"articles": []object{{"title": "a", "content": "b", "thumb_media_id": "nope"}},
		}), 40007},
		{"a text that stays inside", body.with("safe", 2), 40058},
		{"a check over more than four hours", body.with("duplicate_check_interval", 14401), 40058},
		{"a notice to everyone", object{
			"touser": "@all", "msgtype": "miniprogram_notice", "miniprogram_notice": object{"appid": "wx1", "title": "meeting"},
		}, 40058},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, c.send(sendOp, tt.body).code(), tt.name)
	}
	assert.Empty(t, srv.AppMessages("alice"))
}

func TestAppMessageOfMedia(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	id := srv.Seed().Media(wecomtest.Media{Type: "file"})

	newCaller(t, srv).ok(sendOp, object{
		"touser": "alice", "agentid": 1000002, "msgtype": "file", "file": object{"media_id": id}, "safe": 1,
	})

	got := srv.AppMessages("alice")
	require.Len(t, got, 1)
	assert.Equal(t, "file", got[0].MsgType)
	assert.JSONEq(t, `{"media_id":"`+id+`"}`, string(got[0].Body))
	assert.Equal(t, 1, got[0].Safe)
}

func TestAppTextIsCut(t *testing.T) {
	t.Parallel()
	srv := staffed(t)

	newCaller(t, srv).ok(sendOp, note(object{"touser": "alice", "text": object{"content": strings.Repeat("店", 700)}}))

	assert.Equal(t, []string{strings.Repeat("店", 682)}, read(srv, "alice"), "2,048 bytes of whole characters")
}

func TestAppMessageDuplicateCheck(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	srv.Clock().Freeze(srv.Clock().Now())
	c := newCaller(t, srv)
	once := note(object{"touser": "alice", "enable_duplicate_check": 1})
	brief := once.with("duplicate_check_interval", 60)

	for range 2 {
		c.ok(sendOp, once)
		c.ok(sendOp, brief)
	}
	assert.Len(t, srv.AppMessages("alice"), 2)
	srv.Clock().Advance(time.Minute)
	c.ok(sendOp, once)
	c.ok(sendOp, brief)
	assert.Len(t, srv.AppMessages("alice"), 3, "a minute is over")
	srv.Clock().Advance(29 * time.Minute)
	c.ok(sendOp, once)
	assert.Len(t, srv.AppMessages("alice"), 4, "half an hour is over")
}

func TestAppMessagesBeyondTheRateAreDropped(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	srv.Clock().Freeze(srv.Clock().Now())
	c := newCaller(t, srv)
	for range 31 {
		c.ok(sendOp, note(object{"touser": "alice"}))
	}
	c.ok(sendOp, note(object{"touser": "bob"}))

	assert.Len(t, srv.AppMessages("alice"), 30)
	assert.Len(t, srv.AppMessages("bob"), 1)
	srv.Clock().Advance(time.Minute)
	c.ok(sendOp, note(object{"touser": "alice"}))
	assert.Len(t, srv.AppMessages("alice"), 31)
}

func TestRecall(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	c := newCaller(t, srv)
	msgID := c.ok(sendOp, note(object{"touser": "alice"})).text("msgid")
	old := c.ok(sendOp, note(object{"touser": "alice"})).text("msgid")

	assert.Zero(t, c.send(recallOp, object{"msgid": msgID}).code())
	assert.True(t, srv.AppMessages("alice")[0].Recalled)
	assert.False(t, srv.AppMessages("alice")[1].Recalled)
	assert.Equal(t, 40058, c.send(recallOp, object{"msgid": "nope"}).code())
	assert.Equal(t, 301002, addApp(t, srv).send(recallOp, object{"msgid": old}).code())
	srv.Clock().Advance(24 * time.Hour)
	assert.Equal(t, 42052, newCaller(t, srv).send(recallOp, object{"msgid": old}).code())
}
