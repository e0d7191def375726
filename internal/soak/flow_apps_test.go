package soak_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// appMessages writes to members. With the duplicate check a message whose reply
// was lost goes out again.
func appMessages(r *run) error {
	messages := message.New(r.client)
	alice := r.member("Alice")
	agentID := r.srv.App().AgentID
	got := func(text string) int {
		return count(r.srv.AppMessages(alice), func(m wecomtest.AppMessage) bool { return m.Text == text })
	}
	once := message.SendRequest{ToUser: []string{alice}, AgentID: agentID, Body: message.Text{Content: r.mark("once")}, EnableDuplicateCheck: true}
	var err error
	for range 3 {
		_, err = messages.Send(r.ctx, once)
		r.judge(err)
		if !errors.Is(err, wecom.ErrOutcomeUnknown) {
			break
		}
	}
	if n := got(r.mark("once")); n > 1 || err == nil && n == 0 {
		r.Errorf("%d messages, and %v", n, err)
	}
	if err != nil {
		return err
	}

	plain, err := messages.Send(r.ctx, message.SendRequest{ToUser: []string{alice, "nobody"}, AgentID: agentID, Body: message.Text{Content: r.mark("plain")}})
	if err := r.wrote(err, func() int { return got(r.mark("plain")) }); err != nil {
		return err
	}
	assert.Equal(r, message.IDs{"nobody"}, plain.InvalidUser)
	err = messages.Recall(r.ctx, plain.MsgID)
	return r.wrote(err, func() int {
		return count(r.srv.AppMessages(alice), func(m wecomtest.AppMessage) bool { return m.MsgID == plain.MsgID && m.Recalled })
	})
}

// appChats makes a chat of members under an id of its own, so that it can look
// whether it is there.
func appChats(r *run) error {
	messages := message.New(r.client)
	alice, bob, carol := r.member("Alice"), r.member("Bob"), r.member("Carol")
	id := "chat" + r.name
	there := func() int {
		return count(r.srv.AppChats(), func(c wecomtest.AppChat) bool { return c.ChatID == id })
	}
	_, err := messages.CreateAppChat(r.ctx, message.CreateAppChatRequest{ChatID: id, Name: r.mark("chat"), UserList: []string{alice, bob}})
	if r.wrote(err, there); err != nil && !errors.Is(err, wecom.ErrOutcomeUnknown) {
		return err
	}
	switch chat, err := messages.GetAppChat(r.ctx, id); {
	case there() == 0 && errors.Is(err, wecom.ErrNotFound):
		return nil // now the caller knows
	case r.read(err) != nil:
		return err
	default:
		assert.Equal(r, r.mark("chat"), chat.Name)
	}
	text := r.mark("hello")
	err = messages.SendAppChat(r.ctx, message.SendAppChatRequest{ChatID: id, Body: message.ChatText{Content: text}})
	if err := r.wrote(err, func() int {
		return count(r.srv.AppChatMessages(id), func(m wecomtest.AppChatMessage) bool { return m.Text == text })
	}); err != nil {
		return err
	}
	err = messages.UpdateAppChat(r.ctx, message.UpdateAppChatRequest{ChatID: id, AddUserList: []string{carol}})
	return r.wrote(err, func() int { return if1(slices.Contains(r.srv.AppChat(id).UserList, carol)) })
}

// robot writes into a group by its webhook, whose key is a secret.
func robot(r *run) error {
	key := r.srv.AddRobot(wecomtest.Robot{Name: r.mark("robot")})
	r.tap.secret(key)
	client, err := wecom.NewWebhook(key, r.options()...)
	require.NoError(r, err)
	robots := message.NewRobot(client)
	got := func(is func(wecomtest.RobotMessage) bool) int { return count(r.srv.RobotMessages(key), is) }

	err = robots.Send(r.ctx, message.RobotText{Content: r.mark("hello")})
	if err := r.wrote(err, func() int {
		return got(func(m wecomtest.RobotMessage) bool { return m.Text == r.mark("hello") })
	}); err != nil {
		return err
	}
	name, data := "robot.txt", bytes.Repeat([]byte("robot "), 1000)
	up, err := robots.UploadMedia(r.ctx, wecom.MediaTypeFile, wecom.File{Name: name, Reader: bytes.NewReader(data)})
	if err := r.wrote(err, func() int { return r.files(name, data) }); err != nil {
		return err
	}
	err = robots.Send(r.ctx, message.File{MediaID: up.MediaID})
	return r.wrote(err, func() int {
		return got(func(m wecomtest.RobotMessage) bool { return strings.Contains(string(m.Body), up.MediaID) })
	})
}

// files is how many uploads have that name; all must have these bytes.
func (r *run) files(name string, data []byte) int {
	n := 0
	for _, m := range r.srv.MediaFiles() {
		if m.FileName == name {
			n++
			assert.True(r, bytes.Equal(data, m.Data), "%s has %d bytes, want %d", name, len(m.Data), len(data))
		}
	}
	return n
}
