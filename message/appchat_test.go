package message_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestAppChatFromItsBeginning(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	for _, member := range []string{"alice", "bob", "carol"} {
		srv.AddMember(wecomtest.Member{UserID: member})
	}
	messages := message.New(srv.NewClient())
	created, err := messages.CreateAppChat(t.Context(), message.CreateAppChatRequest{
		Name: "lunch", Owner: "alice", UserList: []string{"alice", "bob"}, ChatID: "lunch1",
	})
	require.NoError(t, err)
	assert.Equal(t, "lunch1", created.ChatID)

	require.NoError(t, messages.UpdateAppChat(t.Context(), message.UpdateAppChatRequest{
		ChatID: "lunch1", Owner: "bob", AddUserList: []string{"carol"}, DelUserList: []string{"alice"},
	}))
	got, err := messages.GetAppChat(t.Context(), "lunch1")
	require.NoError(t, err)
	assert.Equal(t, &message.AppChat{ChatID: "lunch1", Name: "lunch", Owner: "bob", UserList: []string{"bob", "carol"}}, got)

	require.NoError(t, messages.SendAppChat(t.Context(), message.SendAppChatRequest{
		ChatID: "lunch1", Body: message.ChatText{Content: "soup?", MentionedList: []string{message.ToAll}}, Safe: true,
	}))
	said := srv.AppChatMessages("lunch1")
	require.Len(t, said, 1)
	assert.Equal(t, "soup?", said[0].Text)
	assert.Equal(t, 1, said[0].Safe)
}

func TestAppChatThatIsNotThere(t *testing.T) {
	t.Parallel()
	messages := message.New(wecomtest.New(t).NewClient())

	_, err := messages.GetAppChat(t.Context(), "nowhere")

	assert.True(t, wecom.IsCode(err, wecom.CodeChatNotFound, wecom.CodeInvalidChatID), "%v", err)
}

// With an id of its own, a chat whose making got no reply is made once.
func TestCreateAppChatAgainAfterALostReply(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	for _, member := range []string{"alice", "bob"} {
		srv.AddMember(wecomtest.Member{UserID: member})
	}
	messages := message.New(srv.NewClient())
	req := message.CreateAppChatRequest{UserList: []string{"alice", "bob"}, ChatID: "lunch1"}
	srv.Fault("appchat/create").Times(1).Lost()
	_, err := messages.CreateAppChat(t.Context(), req)
	require.ErrorIs(t, err, wecom.ErrOutcomeUnknown)

	_, err = messages.CreateAppChat(t.Context(), req)

	require.Error(t, err, "it is there already")
	_, err = messages.GetAppChat(t.Context(), "lunch1")
	assert.NoError(t, err)
}
