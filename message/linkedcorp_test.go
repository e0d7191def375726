package message_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestMessageToLinkedCorpsNamesThoseLeftOut(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	srv.Seed().MemberTag(7, "alice")
	srv.Seed().LinkedMember("wwLinked/zoe", "linked1/2")
	messages, agentID := bot(t, srv, wecomtest.App{Name: "bot"})

	res, err := messages.SendLinkedCorp(t.Context(), message.SendLinkedCorpRequest{
		ToUser:  []string{"nobody"},
		ToParty: []string{"linked1/2", "linked1/9"},
		ToTag:   []string{"7", "8"},
		AgentID: agentID,
		Body:    message.Text{Content: "hi"},
	})

	require.NoError(t, err)
	assert.True(t, res.Partial())
	assert.Equal(t, &message.SendLinkedCorpResult{InvalidUser: []string{"nobody"}, InvalidParty: []string{"linked1/9"}, InvalidTag: []string{"8"}}, res)
	for _, reader := range []string{"alice", "wwLinked/zoe"} {
		got := srv.AppMessages(reader)
		require.Len(t, got, 1, reader)
		assert.Equal(t, "hi", got[0].Text)
	}
}
