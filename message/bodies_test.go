package message_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/internal/codec"
	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// takes lets the simulator answer op with success: it reads the request by its
// own table first, and fails the test for what is not in there.
func takes(srv *wecomtest.Server, op string) {
	srv.Handle(op, func(wecomtest.Call) (any, error) { return map[string]any{}, nil })
}

func TestEveryAppChatBodyIsInTheTable(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	takes(srv, "appchat/send")
	messages := message.New(srv.NewClient())
	for _, body := range []message.AppChatBody{
		message.ChatText{Content: "hi", MentionedList: []string{message.ToAll}},
		message.Image{MediaID: "m"},
		message.Voice{MediaID: "m"},
		message.Video{MediaID: "m", Title: "t", Description: "d"},
		message.File{MediaID: "m"},
		message.TextCard{Title: "t", Description: "d", URL: "https://shop.example", BtnTxt: "b"},
		news(),
		mpnews(),
		message.Markdown{Content: "**hi**"},
	} {
		require.NoError(t, messages.SendAppChat(t.Context(), message.SendAppChatRequest{ChatID: "c", Body: body, Safe: true}), "%T", body)
	}
}

func TestEveryLinkedCorpBodyIsInTheTable(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	takes(srv, "linkedcorp/message/send")
	messages := message.New(srv.NewClient())
	for _, body := range []message.LinkedCorpBody{
		message.Text{Content: "hi"},
		message.Image{MediaID: "m"},
		message.Voice{MediaID: "m"},
		message.Video{MediaID: "m", Title: "t", Description: "d"},
		message.File{MediaID: "m"},
		message.TextCard{Title: "t", Description: "d", URL: "https://shop.example", BtnTxt: "b"},
		news(),
		mpnews(),
		message.Markdown{Content: "**hi**"},
		message.MiniProgramNotice{AppID: "wx1", Page: "/p", Title: "four", ContentItem: []message.ContentItem{{Key: "k", Value: "v"}}},
	} {
		_, err := messages.SendLinkedCorp(t.Context(), message.SendLinkedCorpRequest{ToUser: []string{"ww1/bob"}, ToTag: []string{"3"}, AgentID: 1, Body: body, Safe: true})
		require.NoError(t, err, "%T", body)
	}
}

func TestEverySchoolNoticeBodyIsInTheTable(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	takes(srv, "externalcontact/message/send")
	messages := message.New(srv.NewClient())
	for _, body := range []message.SchoolNoticeBody{
		message.Text{Content: "hi"},
		message.Image{MediaID: "m"},
		message.Voice{MediaID: "m"},
		message.Video{MediaID: "m", Title: "t", Description: "d"},
		message.File{MediaID: "m"},
		news(),
		mpnews(),
		message.SchoolMiniProgram{AppID: "wx1", Title: "t", ThumbMediaID: "m", PagePath: "/p"},
	} {
		_, err := messages.SendSchoolNotice(t.Context(), message.SendSchoolNoticeRequest{
			RecvScope: message.RecvScopeBoth, ToParty: []string{"1"}, AgentID: 1, Body: body, EnableIDTrans: true,
		})
		require.NoError(t, err, "%T", body)
	}
}

func TestEveryRobotBodyIsInTheTable(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	takes(srv, "webhook/send")
	client, err := wecom.NewWebhook(robotKey, srv.Options()...)
	require.NoError(t, err)
	link := message.CardAction{Type: message.CardLinkURL, URL: "https://shop.example"}
	for _, body := range []message.RobotBody{
		message.RobotText{Content: "hi", MentionedList: []string{message.ToAll}, MentionedMobileList: []string{"13800001111"}},
		message.RobotMarkdown{Content: "**hi**"},
		message.RobotMarkdownV2{Content: "| a |"},
		message.RobotImage{Data: []byte("a picture")},
		news(),
		message.File{MediaID: "m"},
		message.Voice{MediaID: "m"},
		message.TextNoticeCard{MainTitle: title(), Source: source(), QuoteArea: quote(), HorizontalContentList: lines(), JumpList: jumps(), CardAction: link},
		message.NewsNoticeCard{MainTitle: title(), CardImage: message.CardImage{URL: "u"}, CardAction: link},
	} {
		require.NoError(t, message.NewRobot(client).Send(t.Context(), body), "%T", body)
	}
}

func TestRequestsWithoutABody(t *testing.T) {
	t.Parallel()
	p := &tape{}
	for name, req := range map[string]any{
		"SendSchoolNoticeRequest": message.SendSchoolNoticeRequest{},
		"SendAppChatRequest":      message.SendAppChatRequest{Body: (*message.ChatText)(nil)},
		"SendLinkedCorpRequest":   message.SendLinkedCorpRequest{},
	} {
		_, err := codec.AppendJSON(nil, req)
		assert.ErrorContains(t, err, name+" has no Body")
	}
	assert.ErrorContains(t, robot(t, p).Send(t.Context(), nil), "Robot.Send has no Body")
	assert.Empty(t, p.path, "nothing was sent")
}
