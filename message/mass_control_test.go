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

func TestRemindThreeTimesADay(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	messages, msgID := massOfAlice(t, srv)
	for range 3 {
		require.NoError(t, messages.RemindGroupMsgSend(t.Context(), msgID))
	}

	err := messages.RemindGroupMsgSend(t.Context(), msgID)

	assert.True(t, wecom.IsCode(err, wecom.CodeMassMsgRemindLimit), "%v", err)
	srv.Clock().Advance(24 * time.Hour)
	assert.NoError(t, messages.RemindGroupMsgSend(t.Context(), msgID))
}

func TestCancelledMassMessage(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	messages, msgID := massOfAlice(t, srv)

	require.NoError(t, messages.CancelGroupMsgSend(t.Context(), msgID))

	err := messages.RemindGroupMsgSend(t.Context(), msgID)
	assert.True(t, wecom.IsCode(err, wecom.CodeMassMsgCancelled), "%v", err)
}

func massOfAlice(t *testing.T, srv *wecomtest.Server) (messages *message.Service, msgID string) {
	t.Helper()
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
	messages = message.New(srv.NewClient())
	created, err := messages.AddMsgTemplate(t.Context(), message.AddMsgTemplateRequest{Sender: alice, AllCustomers: true, Text: message.Text{Content: "tea"}})
	require.NoError(t, err)
	return messages, created.MsgID
}
