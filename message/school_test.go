package message_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestSchoolNoticeNamesThoseLeftOut(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.Seed().Student(wecomtest.Student{StudentUserID: "tim", Department: []int64{7}, ParentUserID: []string{"ma", "pa"}})
	messages := message.New(srv.NewClient())

	res, err := messages.SendSchoolNotice(t.Context(), message.SendSchoolNoticeRequest{
		RecvScope:       message.RecvScopeBoth,
		ToParentUserID:  []string{"nobody"},
		ToStudentUserID: []string{"tim", "tom"},
		ToParty:         []string{"7", "9"},
		AgentID:         srv.App().AgentID,
		Body:            message.Text{Content: "holiday"},
	})

	require.NoError(t, err)
	assert.True(t, res.Partial())
	assert.Equal(t, &message.SendSchoolNoticeResult{InvalidParentUserID: []string{"nobody"}, InvalidStudentUserID: []string{"tom"}, InvalidParty: []string{"9"}}, res)
	for _, reader := range []string{"tim", "ma", "pa"} {
		got := srv.SchoolNotices(reader)
		require.Len(t, got, 1, reader)
		assert.Equal(t, "holiday", got[0].Text)
	}
}

func TestSchoolNoticeGoesToParentsByDefault(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.Seed().Student(wecomtest.Student{StudentUserID: "tim", ParentUserID: []string{"ma"}})
	messages := message.New(srv.NewClient())

	res, err := messages.SendSchoolNotice(t.Context(), message.SendSchoolNoticeRequest{ToAll: true, AgentID: srv.App().AgentID, Body: message.Text{Content: "holiday"}})

	require.NoError(t, err)
	assert.False(t, res.Partial())
	assert.Len(t, srv.SchoolNotices("ma"), 1)
	assert.Empty(t, srv.SchoolNotices("tim"))
}

func TestSubscribeMode(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	messages := message.New(srv.NewClient())
	for _, want := range []message.SubscribeMode{message.SubscribeModeClosed, message.SubscribeModeOpen} {
		require.NoError(t, messages.SetSubscribeMode(t.Context(), want))

		got, err := messages.GetSubscribeMode(t.Context())

		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	codes, err := messages.GetSubscribeQRCode(t.Context())
	require.NoError(t, err)
	assert.NotEmpty(t, codes.QRCodeBig)
	assert.NotEmpty(t, codes.QRCodeMiddle)
	assert.NotEmpty(t, codes.QRCodeThumb)
}
