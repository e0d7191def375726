package wecomtest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

const (
	remindOp = "externalcontact/remind_groupmsg_send"
	cancelOp = "externalcontact/cancel_groupmsg_send"
)

// reminded is how often each member was reminded.
func reminded(srv *wecomtest.Server, msgID string) map[string]int {
	times := make(map[string]int)
	for _, task := range srv.MassSend(msgID).TaskList {
		times[task.UserID] = task.Reminded
	}
	return times
}

func TestRemindersGoToWhoHasNotSent(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	zoe, yan := seedFollow(srv, "Zoe", "alice"), seedFollow(srv, "Yan", "bob")
	c := newCaller(t, srv)
	msgID := c.ok(massOp, sale(object{"external_userid": []string{zoe, yan}})).text("msgid")
	srv.Act().ConfirmSend(msgID, "alice")

	c.ok(remindOp, object{"msgid": msgID})

	assert.Equal(t, map[string]int{"alice": 0, "bob": 1}, reminded(srv, msgID))
}

func TestReminderBringsBackWhatWasIgnored(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	zoe := seedFollow(srv, "Zoe", "alice")
	c := newCaller(t, srv)
	msgID := c.ok(massOp, sale(object{"external_userid": []string{zoe}})).text("msgid")
	srv.Act().IgnoreSend(msgID, "alice")

	c.ok(remindOp, object{"msgid": msgID})
	srv.Act().ConfirmSend(msgID, "alice")

	assert.Len(t, srv.Received(zoe), 1)
}

func TestThreeRemindersADay(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	srv.Clock().Freeze(srv.Clock().Now())
	seedFollow(srv, "Zoe", "alice")
	msgID := newCaller(t, srv).ok(massOp, sale(object{"sender": "alice"})).text("msgid")
	remind := func() int { return newCaller(t, srv).send(remindOp, object{"msgid": msgID}).code() }

	for range 3 {
		require.Zero(t, remind())
		srv.Clock().Advance(time.Hour)
	}
	assert.Equal(t, 41094, remind())
	srv.Clock().Advance(21 * time.Hour)
	assert.Zero(t, remind(), "the first is a day old")
	assert.Equal(t, 41094, remind())
	assert.Equal(t, map[string]int{"alice": 4}, reminded(srv, msgID))
}

func TestCancelledMassSendKeepsWhatWasSent(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	zoe, yan := seedFollow(srv, "Zoe", "alice"), seedFollow(srv, "Yan", "bob")
	c := newCaller(t, srv)
	msgID := c.ok(massOp, sale(object{"external_userid": []string{zoe, yan}})).text("msgid")
	srv.Act().ConfirmSend(msgID, "alice")

	c.ok(cancelOp, object{"msgid": msgID})

	assert.True(t, srv.MassSend(msgID).Cancelled)
	assert.Len(t, srv.Received(zoe), 1)
	assert.Equal(t, 41093, c.send(remindOp, object{"msgid": msgID}).code())
	assert.Equal(t, 41093, c.send(cancelOp, object{"msgid": msgID}).code())
}

func TestNobodyConfirmsACancelledMassSend(t *testing.T) {
	t.Parallel()
	r := record(t, func(srv *wecomtest.Server) {
		srv.AddMember(wecomtest.Member{UserID: "alice"})
		seedFollow(srv, "Zoe", "alice")
		c := newCaller(t, srv)
		msgID := c.ok(massOp, sale(object{"sender": "alice"})).text("msgid")
		c.ok(cancelOp, object{"msgid": msgID})
		srv.Act().ConfirmSend(msgID, "alice")
	})

	assert.Contains(t, r.fatal, "was cancelled")
}

func TestMassSendControlRefusals(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	zoe := seedFollow(srv, "Zoe", "alice")
	own := srv.Act().SendMass("alice", wecomtest.MassSend{Text: "hi"}, zoe)
	unseen := newCaller(t, srv).ok(massOp, sale(object{"sender": "alice"})).text("msgid")
	c := addApp(t, srv, "bob")

	for _, op := range []string{remindOp, cancelOp} {
		assert.Equal(t, 41046, c.send(op, object{}).code(), op)
		assert.Equal(t, 41047, c.send(op, object{"msgid": "nope"}).code(), op)
		assert.Equal(t, 41047, c.send(op, object{"msgid": own}).code(), "%s: a member's own", op)
		assert.Equal(t, 41047, c.send(op, object{"msgid": unseen}).code(), "%s: of members out of sight", op)
	}
}
