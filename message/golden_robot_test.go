package message_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/internal/golden"
	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/wecom"
)

const robotKey = "693a91f6-7000-4bc4-97a0-0ec2000a5aaa"

func robotCases(t *testing.T) []golden.Case {
	t.Helper()
	text, pictures := textNotice(), newsNotice()
	text.TaskID, text.ActionMenu = "", message.CardActionMenu{}
	pictures.TaskID, pictures.ActionMenu = "", message.CardActionMenu{}
	return []golden.Case{
		{Op: "webhook_send_text", Built: said(t, message.RobotText{
			Content:             "今日晴，29度",
			MentionedList:       []string{"bob", message.ToAll},
			MentionedMobileList: []string{"13800001111", message.ToAll},
		})},
		{Op: "webhook_send_markdown", Built: said(t, message.RobotMarkdown{
			Content: "新增反馈<font color=\"warning\">132例</font>\n>类型:<font color=\"comment\">用户</font>",
		})},
		{Op: "webhook_send_markdown_v2", Built: said(t, message.RobotMarkdownV2{
			Content: "# 标题\n*斜体*\n- 一\n| 姓名 | 尺寸 |\n| :-- | :-: |\n| 林一 | S |\n",
		})},
		{Op: "webhook_send_image", Built: said(t, message.RobotImage{Data: []byte("a picture")})},
		{Op: "webhook_send_news", Built: said(t, news())},
		{Op: "webhook_send_file", Built: said(t, message.File{MediaID: "MEDIA-1"})},
		{Op: "webhook_send_voice", Built: said(t, message.Voice{MediaID: "MEDIA-1"})},
		{Op: "webhook_send_text_notice", Built: said(t, text)},
		{Op: "webhook_send_news_notice", Built: said(t, pictures)},
		{Op: "webhook_upload_media", Response: new(wecom.UploadedMedia)},
	}
}

// said returns what a robot sends.
func said(t *testing.T, body message.RobotBody) json.RawMessage {
	t.Helper()
	p := &tape{}
	require.NoError(t, robot(t, p).Send(t.Context(), body))
	assert.Equal(t, "/cgi-bin/webhook/send?key="+robotKey, p.path)
	return p.body
}

func robot(t *testing.T, p http.RoundTripper) *message.Robot {
	t.Helper()
	c, err := wecom.NewWebhook(robotKey, wecom.WithHTTPClient(&http.Client{Transport: p}))
	require.NoError(t, err)
	return message.NewRobot(c)
}
