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
// and knows who got what. Each member leaves out their last customer, if that is
// not the only one.
func massMessages(r *run) error {
	messages := message.New(r.client)
	members := []string{r.member("Alice"), r.member("Bob"), r.member("Carol")}
	text := r.mark("tea on Sunday")
	of := map[string][]string{}
	var ids []string
	for i, m := range members {
		for range i + 1 {
			of[m] = append(of[m], r.customer("Zoe", m))
		}
		ids = append(ids, of[m]...)
	}
	tasks, err := messages.AddMsgTemplateBySender(r.ctx, members, message.AddMsgTemplateRequest{
		ExternalUserID: ids, AllowSelect: true, Text: message.Text{Content: text},
	})
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
	r.confirmAll(text)
	if err := r.waitGroupMsg(messages, tasks, of); err != nil {
		return err
	}
	for _, task := range tasks {
		if task.Err != nil {
			continue
		}
		for i, id := range of[task.Sender] {
			want := if1(i < chosen(len(of[task.Sender])))
			assert.Equal(r, want, count(r.srv.Received(id), func(m wecomtest.Received) bool { return m.Text == text }), "messages to %s", id)
		}
	}
	return ended
}

// chosen is to how many of their customers a member writes.
func chosen(of int) int { return max(1, of-1) }

// confirmAll lets the members send what they are asked to, one after the other.
func (r *run) confirmAll(text string) {
	for i, m := range r.massSends(text) {
		for _, t := range m.TaskList {
			var to []string
			for _, row := range t.SendList[:chosen(len(t.SendList))] {
				to = append(to, row.ExternalUserID)
			}
			r.runs.Go(func() {
				_ = r.srv.Clock().Sleep(context.Background(), time.Duration(i)*time.Minute)
				r.srv.Act().ConfirmSend(m.MsgID, t.UserID, to...)
			})
		}
	}
}

// waitGroupMsg waits for what becomes of the messages that are known to be
// there.
func (r *run) waitGroupMsg(messages *message.Service, tasks message.SenderTasks, of map[string][]string) error {
	want := map[string]message.SendStatus{}
	for _, task := range tasks {
		if task.Err != nil {
			continue
		}
		for i, id := range of[task.Sender] {
			want[id] = message.SendStatusUnsent
			if i < chosen(len(of[task.Sender])) {
				want[id] = message.SendStatusSent
			}
		}
	}
	got := map[string]message.SendStatus{}
	for sent, err := range messages.WaitGroupMsg(r.ctx, tasks.MsgID()) {
		if r.read(err) != nil {
			return err
		}
		assert.NotContains(r, got, sent.ExternalUserID, "a row comes once")
		assert.Contains(r, of[sent.UserID], sent.ExternalUserID)
		got[sent.ExternalUserID] = sent.Status
	}
	assert.Equal(r, want, got)
	return nil
}

func (r *run) massSends(text string) []wecomtest.MassSend {
	return slices.DeleteFunc(r.srv.MassSends(), func(m wecomtest.MassSend) bool { return m.Text != text })
}
