package message_test

import (
	"testing"

	"github.com/wecomkit/wecom-go/internal/golden"
	"github.com/wecomkit/wecom-go/message"
)

func chatCases(t *testing.T) []golden.Case {
	t.Helper()
	type chatInfo struct {
		ChatInfo message.AppChat `json:"chat_info"`
	}
	say := func(body message.AppChatBody) message.SendAppChatRequest {
		return message.SendAppChatRequest{ChatID: "duty1", Body: body}
	}
	safely := func(body message.AppChatBody) message.SendAppChatRequest {
		return message.SendAppChatRequest{ChatID: "duty1", Body: body, Safe: true}
	}
	return []golden.Case{
		{Op: "appchat_create", Request: new(message.CreateAppChatRequest), Response: new(message.CreateAppChatResult)},
		{Op: "appchat_update", Request: new(message.UpdateAppChatRequest)},
		{Op: "appchat_get", Response: new(chatInfo)},
		{Op: "appchat_send_text", Built: safely(message.ChatText{Content: "快递到了\n请领取", MentionedList: []string{"bob", message.ToAll}})},
		{Op: "appchat_send_image", Built: safely(message.Image{MediaID: "MEDIA-1"})},
		{Op: "appchat_send_voice", Built: say(message.Voice{MediaID: "MEDIA-1"})},
		{Op: "appchat_send_video", Built: safely(message.Video{MediaID: "MEDIA-1", Title: "标题", Description: "说明"})},
		{Op: "appchat_send_file", Built: safely(message.File{MediaID: "MEDIA-1"})},
		{Op: "appchat_send_textcard", Built: safely(message.TextCard{
			Title:       "领取通知",
			Description: `<div class="gray">9月26日</div> <div class="normal">请领取</div><div class="highlight">月底前</div>`,
			URL:         "https://shop.example/gift",
			BtnTxt:      "更多",
		})},
		{Op: "appchat_send_news", Built: safely(news())},
		{Op: "appchat_send_mpnews", Built: safely(mpnews())},
		{Op: "appchat_send_markdown", Built: say(message.Markdown{Content: "会议室**已定** <@bob>"})},

		{Op: "linkedcorp_send_text", Response: new(message.SendLinkedCorpResult), Built: message.SendLinkedCorpRequest{
			ToUser:  []string{"alice", "ww0000000000000001/bob"},
			ToParty: []string{"1", "link1/2"},
			ToTag:   []string{"3"},
			ToAll:   true,
			AgentID: 1,
			Body:    message.Text{Content: "快递到了"},
			Safe:    true,
		}},
	}
}
