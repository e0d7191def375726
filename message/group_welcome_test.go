package message_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestGroupWelcomeFromTheLibraryToTheGroup(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	zoe := srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
	chat := srv.Act().CreateGroupChat(wecomtest.GroupChat{Owner: alice})
	messages := message.New(srv.NewClient())
	link := message.LinkAttachment{Title: "menu", PicURL: "https://pic.example/1", Desc: "today", URL: "https://shop.example"}

	added, err := messages.AddGroupWelcomeTemplate(t.Context(), message.AddGroupWelcomeTemplateRequest{
		Text: message.Text{Content: "hi %NICKNAME%"}, Link: link, Notify: new(wecom.Bool01(false)),
	})
	require.NoError(t, err)
	got, err := messages.GetGroupWelcomeTemplate(t.Context(), added.TemplateID)
	require.NoError(t, err)
	assert.Equal(t, &message.GroupWelcomeTemplate{Text: message.Text{Content: "hi %NICKNAME%"}, Link: link}, got)
	assert.False(t, srv.GroupWelcome(added.TemplateID).Notify)

	srv.Act().UseGroupWelcome(chat, added.TemplateID)
	srv.Act().JoinGroupChat(chat, wecomtest.GroupMember{UserID: zoe})
	received := srv.Received(chat)
	require.Len(t, received, 1)
	assert.Equal(t, "hi Zoe", received[0].Text)

	require.NoError(t, messages.EditGroupWelcomeTemplate(t.Context(), message.EditGroupWelcomeTemplateRequest{
		TemplateID: added.TemplateID, Text: message.Text{Content: "welcome"}, Link: link,
	}))
	got, err = messages.GetGroupWelcomeTemplate(t.Context(), added.TemplateID)
	require.NoError(t, err)
	assert.Equal(t, "welcome", got.Text.Content)

	require.NoError(t, messages.DelGroupWelcomeTemplate(t.Context(), message.DelGroupWelcomeTemplateRequest{TemplateID: added.TemplateID}))
	_, err = messages.GetGroupWelcomeTemplate(t.Context(), added.TemplateID)
	assert.Error(t, err)
}

func TestGroupWelcomeOfAnotherApp(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	added, err := message.New(srv.NewClient()).AddGroupWelcomeTemplate(t.Context(), message.AddGroupWelcomeTemplateRequest{Text: message.Text{Content: "hi"}})
	require.NoError(t, err)
	rival := message.New(anotherApp(t, srv))

	err = rival.EditGroupWelcomeTemplate(t.Context(), message.EditGroupWelcomeTemplateRequest{TemplateID: added.TemplateID, Text: message.Text{Content: "mine"}})

	assert.True(t, wecom.IsCode(err, wecom.CodeGroupWelcomeTemplateForbidden), "%v", err)
}
