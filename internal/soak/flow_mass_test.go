package soak_test

import (
	"context"
	"slices"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// massMessages asks members to write to their customers, waits until they have,
// and knows who got what.
func massMessages(r *run) error {
	messages := message.New(r.client)
	members := []string{r.member("Alice"), r.member("Bob"), r.member("Carol")}
	text := r.mark("tea on Sunday")
	want := map[string]message.SendStatus{}
	var ids []string
	for i, m := range members {
		for range i + 1 {
			id := r.customer("Zoe", m)
			ids, want[id] = append(ids, id), message.SendStatusSent
		}
	}
	tasks, err := messages.AddMsgTemplateBySender(r.ctx, members, message.AddMsgTemplateRequest{ExternalUserID: ids, Text: message.Text{Content: text}})
	if err != nil {
		require.Len(r, tasks, len(members), "it says whom it asked")
	}
	var ended error
	for _, task := range tasks {
		asked := func() int {
			return count(r.massSends(text), func(m wecomtest.MassSend) bool { return m.TaskList[0].UserID == task.Sender })
		}
		if err := r.wrote(task.Err, asked); err != nil && ended == nil {
			ended = err
		}
	}
	if r.confirmAll(text); len(tasks.MsgID()) == 0 {
		return ended
	}
	if err := r.waitGroupMsg(messages, tasks); err != nil {
		return err
	}
	for _, id := range ids {
		got := count(r.srv.Received(id), func(m wecomtest.Received) bool { return m.Text == text })
		if got > 1 || got == 0 && ended == nil {
			r.Errorf("%s got the message %d times", id, got)
		}
	}
	return ended
}

// confirmAll lets the members send what they are asked to, one after the other.
func (r *run) confirmAll(text string) {
	sends := r.massSends(text)
	for i, m := range sends {
		for _, t := range m.TaskList {
			r.runs.Go(func() {
				_ = r.srv.Clock().Sleep(context.Background(), time.Duration(i)*time.Minute)
				r.srv.Act().ConfirmSend(m.MsgID, t.UserID)
			})
		}
	}
}

// waitGroupMsg waits for what becomes of the messages that are known to be
// there.
func (r *run) waitGroupMsg(messages *message.Service, tasks message.SenderTasks) error {
	want := map[string]string{} // customers' members
	for _, m := range r.srv.MassSends() {
		for _, t := range m.TaskList {
			for _, to := range t.SendList {
				if slices.Contains(tasks.MsgID(), m.MsgID) {
					want[to.ExternalUserID] = t.UserID
				}
			}
		}
	}
	got := map[string]string{}
	for sent, err := range messages.WaitGroupMsg(r.ctx, tasks.MsgID()) {
		if r.read(err) != nil {
			return err
		}
		assert.NotContains(r, got, sent.ExternalUserID, "a row comes once")
		assert.Equal(r, message.SendStatusSent, sent.Status)
		got[sent.ExternalUserID] = sent.UserID
	}
	assert.Equal(r, want, got)
	return nil
}

func (r *run) massSends(text string) []wecomtest.MassSend {
	return slices.DeleteFunc(r.srv.MassSends(), func(m wecomtest.MassSend) bool { return m.Text != text })
}
