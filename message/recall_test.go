package message_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestRecall(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	messages, agentID := bot(t, srv, wecomtest.App{Name: "bot"})
	res, err := messages.Send(t.Context(), message.SendRequest{ToUser: []string{alice}, AgentID: agentID, Body: message.Text{Content: "oops"}})
	require.NoError(t, err)

	require.NoError(t, messages.Recall(t.Context(), res.MsgID))

	got := srv.AppMessages(alice)
	require.Len(t, got, 1)
	assert.True(t, got[0].Recalled)
}

func TestRecallAfterADay(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	messages, agentID := bot(t, srv, wecomtest.App{Name: "bot"})
	res, err := messages.Send(t.Context(), message.SendRequest{ToUser: []string{alice}, AgentID: agentID, Body: message.Text{Content: "oops"}})
	require.NoError(t, err)
	srv.Clock().Advance(24 * time.Hour)

	err = messages.Recall(t.Context(), res.MsgID)

	assert.True(t, wecom.IsCode(err, wecom.CodeMsgIDExpired), "%v", err)
}
