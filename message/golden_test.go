package message_test

import (
	"testing"
	"time"

	"github.com/wecomkit/wecom-go/internal/golden"
	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/wecom"
)

func TestGolden(t *testing.T) {
	t.Parallel()
	type msgID struct {
		MsgID string `json:"msgid"`
	}
	golden.Run(t, []golden.Case{
		{Op: "send_welcome_msg", Built: message.SendWelcomeRequest{
			WelcomeCode: "CODE-1",
			Text:        message.Text{Content: "你好，欢迎光临"},
			Attachments: attachments(),
			ReceivedAt:  time.Unix(1605171726, 0),
		}},
		{Op: "add_msg_template", Response: new(message.AddMsgTemplateResult), Built: message.AddMsgTemplateRequest{
			ChatType:       message.ChatTypeSingle,
			ExternalUserID: []string{"wmEXAMPLE0000000000000000000001", "wmEXAMPLE0000000000000000000002"},
			ChatIDList:     []string{"wrEXAMPLE0000000000000000000001"},
			TagFilter: message.TagFilter{GroupList: []message.TagFilterGroup{
				{TagList: []string{"etEXAMPLE1", "etEXAMPLE2"}},
				{TagList: []string{"etEXAMPLE3"}},
			}},
			Sender:      "alice",
			AllowSelect: true,
			Text:        message.Text{Content: "周末有茶会"},
			Attachments: attachments(),
		}},
		{Op: "get_groupmsg_list_v2", Request: new(message.GetGroupMsgListRequest), Response: new(message.GroupMsgList)},
		{Op: "get_groupmsg_task", Request: new(message.GetGroupMsgTaskRequest), Response: new(message.GroupMsgTaskList)},
		{Op: "get_groupmsg_send_result", Request: new(message.GetGroupMsgSendResultRequest), Response: new(message.GroupMsgSendList)},
		{Op: "recall", Request: new(msgID)},

		{Op: "send_text", Response: new(message.SendResult), Built: send(message.Text{
			Content: "快递到了，<a href=\"https://work.example\">取件码</a>\n请领取 & 签收。",
		}, func(r *message.SendRequest) { r.Safe, r.EnableIDTrans = message.SafeOn, true })},
		{Op: "send_image", Built: send(message.Image{MediaID: "MEDIA-1"}, safe)},
		{Op: "send_voice", Built: send(message.Voice{MediaID: "MEDIA-1"})},
		{Op: "send_video", Built: send(message.Video{MediaID: "MEDIA-1", Title: "标题", Description: "说明"}, safe)},
		{Op: "send_file", Built: send(message.File{MediaID: "MEDIA-1"}, safe)},
		{Op: "send_textcard", Built: send(message.TextCard{
			Title:       "领取通知",
			Description: `<div class="gray">9月26日</div> <div class="normal">请领取</div><div class="highlight">月底前</div>`,
			URL:         "https://shop.example/gift",
			BtnTxt:      "更多",
		}, translate)},
		{Op: "send_news", Built: send(message.News{Articles: []message.NewsArticle{{
			Title:       "节日礼品",
			Description: "公司相送",
			URL:         "https://shop.example/gift",
			PicURL:      "https://pic.example/1.png",
			AppID:       "wx0000000000000001",
			PagePath:    "pages/index?userid=alice&orderid=1",
		}}}, translate)},
		{Op: "send_mpnews", Built: send(message.MPNews{Articles: []message.MPNewsArticle{{
			Title:            "标题",
			ThumbMediaID:     "MEDIA-1",
			Author:           "作者",
			ContentSourceURL: "https://shop.example/source",
			Content:          "<p>正文</p>",
			Digest:           "摘要",
		}}}, translate, func(r *message.SendRequest) { r.Safe = message.SafeCorpOnly })},
		{Op: "send_markdown", Built: send(message.Markdown{
			Content: "会议室**已定**\n>时间：<font color=\"warning\">9:00-11:00</font>",
		})},
		{Op: "send_miniprogram_notice", Built: send(message.MiniProgramNotice{
			AppID:             "wx0000000000000001",
			Page:              "pages/index?userid=alice&orderid=1",
			Title:             "会议室预订成功",
			Description:       "4月27日 16:16",
			EmphasisFirstItem: true,
			ContentItem:       []message.ContentItem{{Key: "会议室", Value: "402"}, {Key: "参与人员", Value: "林一"}},
		}, translate, func(r *message.SendRequest) { r.AgentID = 0 })},

		{Op: "send_template_card_text_notice", Built: send(message.TextNoticeCard{
			Source:                source(),
			ActionMenu:            menu(),
			TaskID:                "task-1",
			MainTitle:             title(),
			QuoteArea:             quote(),
			EmphasisContent:       message.CardEmphasisContent{Title: "100", Desc: "核心数据"},
			SubTitleText:          "下载有礼",
			HorizontalContentList: lines(),
			JumpList:              jumps(),
			CardAction:            action(),
		}, translate)},
		{Op: "send_template_card_news_notice", Built: send(message.NewsNoticeCard{
			Source:     source(),
			ActionMenu: menu(),
			TaskID:     "task-1",
			MainTitle:  title(),
			QuoteArea:  quote(),
			ImageTextArea: message.CardImageTextArea{
				Type:     message.CardLinkURL,
				URL:      "https://shop.example",
				Title:    "左图右文",
				Desc:     "说明",
				ImageURL: "https://pic.example/2.jpg",
			},
			CardImage:             message.CardImage{URL: "https://pic.example/3.jpg", AspectRatio: 1.3},
			VerticalContentList:   []message.CardVerticalContent{{Title: "红包", Desc: "等你来拿"}},
			HorizontalContentList: lines(),
			JumpList:              jumps(),
			CardAction:            action(),
		}, translate)},
		{Op: "send_template_card_button_interaction", Built: send(message.ButtonInteractionCard{
			Source:                source(),
			ActionMenu:            menu(),
			MainTitle:             title(),
			QuoteArea:             quote(),
			SubTitleText:          "下载有礼",
			HorizontalContentList: lines(),
			CardAction:            action(),
			TaskID:                "task-1",
			ButtonSelection: message.CardSelect{
				QuestionKey: "q1",
				Title:       "评分",
				OptionList:  []message.CardOption{{ID: "o1", Text: "100分"}, {ID: "o2", Text: "101分"}},
				SelectedID:  "o1",
			},
			ButtonList: []message.CardButton{{Text: "按钮1", Style: 1, Key: "k1"}, {Text: "按钮2", Style: 2, Key: "k2"}},
		}, translate)},
		{Op: "send_template_card_vote_interaction", Built: send(message.VoteInteractionCard{
			Source:    message.CardSource{IconURL: "https://pic.example/icon", Desc: "小店"},
			MainTitle: title(),
			TaskID:    "task-1",
			Checkbox: message.CardCheckbox{
				QuestionKey: "q1",
				Mode:        message.CardCheckboxMultiple,
				OptionList:  []message.CardCheckboxOption{{ID: "o1", Text: "选项1", IsChecked: true}, {ID: "o2", Text: "选项2"}},
			},
			SubmitButton: message.CardSubmitButton{Text: "提交", Key: "key"},
		}, translate)},
		{Op: "send_template_card_multiple_interaction", Built: send(message.MultipleInteractionCard{
			Source:    message.CardSource{IconURL: "https://pic.example/icon", Desc: "小店"},
			MainTitle: title(),
			TaskID:    "task-1",
			SelectList: []message.CardSelect{
				{QuestionKey: "q1", Title: "标签1", SelectedID: "o1", OptionList: []message.CardOption{{ID: "o1", Text: "选项1"}, {ID: "o2", Text: "选项2"}}},
				{QuestionKey: "q2", Title: "标签2", SelectedID: "o3", OptionList: []message.CardOption{{ID: "o3", Text: "选项3"}, {ID: "o4", Text: "选项4"}}},
			},
			SubmitButton: message.CardSubmitButton{Text: "提交", Key: "key"},
		}, translate)},
	})
}

func attachments() message.Attachments {
	return message.Attachments{
		message.ImageAttachment{MediaID: "MEDIA-1", PicURL: "https://pic.example/1/0"},
		message.LinkAttachment{Title: "新品上架", PicURL: "https://pic.example/cover", Desc: "本周到店", URL: "https://shop.example/new?a=1&b=<2>"},
		message.MiniProgramAttachment{Title: "预约到店", PicMediaID: "MEDIA-2", AppID: "wx0000000000000001", Page: "/book/index.html"},
		message.VideoAttachment{MediaID: "MEDIA-3"},
		message.FileAttachment{MediaID: "MEDIA-4"},
	}
}

// send is a request with what most examples of message/send have in common.
func send(body message.AppBody, changes ...func(*message.SendRequest)) message.SendRequest {
	req := message.SendRequest{
		ToUser:                 []string{"alice", "bob", "carol"},
		ToParty:                []int64{1, 2},
		ToTag:                  []int64{3, 4},
		AgentID:                1,
		Body:                   body,
		EnableDuplicateCheck:   true,
		DuplicateCheckInterval: wecom.Seconds(30 * time.Minute),
	}
	for _, change := range changes {
		change(&req)
	}
	return req
}

func safe(r *message.SendRequest)      { r.Safe = message.SafeOn }
func translate(r *message.SendRequest) { r.EnableIDTrans = true }

func source() message.CardSource {
	return message.CardSource{IconURL: "https://pic.example/icon", Desc: "小店", DescColor: message.CardColorBlack}
}

func menu() message.CardActionMenu {
	return message.CardActionMenu{Desc: "更多操作", ActionList: []message.CardMenuAction{
		{Text: "接收", Key: "A"},
		{Text: "不再接收", Key: "B"},
	}}
}

func title() message.CardMainTitle {
	return message.CardMainTitle{Title: "欢迎", Desc: "邀请加入"}
}

func quote() message.CardQuoteArea {
	return message.CardQuoteArea{Type: message.CardLinkURL, URL: "https://shop.example/quote", Title: "引用", QuoteText: "引用文案"}
}

func lines() []message.CardHorizontalContent {
	return []message.CardHorizontalContent{
		{KeyName: "邀请人", Value: "林一"},
		{Type: message.CardContentURL, KeyName: "官网", Value: "访问", URL: "https://shop.example"},
		{Type: message.CardContentFile, KeyName: "下载", Value: "小店.apk", MediaID: "MEDIA-1"},
		{Type: message.CardContentMember, KeyName: "员工", Value: "查看", UserID: "alice"},
	}
}

func jumps() []message.CardJump {
	return []message.CardJump{
		{Type: message.CardLinkURL, Title: "官网", URL: "https://shop.example"},
		{Type: message.CardLinkMiniProgram, Title: "小程序", AppID: "wx0000000000000001", PagePath: "/index.html"},
	}
}

func action() message.CardAction {
	return message.CardAction{
		Type:     message.CardLinkMiniProgram,
		URL:      "https://shop.example",
		AppID:    "wx0000000000000001",
		PagePath: "/index.html",
	}
}
