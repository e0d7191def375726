package message_test

import (
	"github.com/wecomkit/wecom-go/internal/golden"
	"github.com/wecomkit/wecom-go/message"
)

func cardCases() []golden.Case {
	updated := func(card message.TemplateCard) message.UpdateTemplateCardRequest {
		return message.UpdateTemplateCardRequest{
			UserIDs:       []string{"alice", "bob"},
			PartyIDs:      []int64{2, 3},
			TagIDs:        []int64{44, 55},
			AtAll:         true,
			AgentID:       1,
			ResponseCode:  "CODE-1",
			EnableIDTrans: true,
			TemplateCard:  card,
		}
	}
	greyed := updated(nil)
	greyed.EnableIDTrans, greyed.Button = false, message.CardReplacement{ReplaceName: "已处理"}

	text, news, button, answered, chosen := textNotice(), newsNotice(), buttons(), vote(), choices()
	text.TaskID, news.TaskID, button.TaskID, answered.TaskID, chosen.TaskID = "", "", "", "", ""
	button.ReplaceText, answered.ReplaceText, chosen.ReplaceText = "已提交", "已提交", "已提交"
	answered.Checkbox.Disable = true
	for i := range chosen.SelectList {
		chosen.SelectList[i].Disable = true
	}
	return []golden.Case{
		{Op: "update_template_card_button", Built: greyed, Response: new(message.UpdateTemplateCardResult)},
		{Op: "update_template_card_text_notice", Built: updated(text)},
		{Op: "update_template_card_news_notice", Built: updated(news)},
		{Op: "update_template_card_button_interaction", Built: updated(button)},
		{Op: "update_template_card_vote_interaction", Built: updated(answered)},
		{Op: "update_template_card_multiple_interaction", Built: updated(chosen)},
		{Op: "update_taskcard", Request: new(message.UpdateTaskCardRequest), Response: new(message.UpdateTaskCardResult)},
	}
}

func textNotice() message.TextNoticeCard {
	return message.TextNoticeCard{
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
	}
}

func newsNotice() message.NewsNoticeCard {
	return message.NewsNoticeCard{
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
	}
}

func buttons() message.ButtonInteractionCard {
	return message.ButtonInteractionCard{
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
	}
}

func vote() message.VoteInteractionCard {
	return message.VoteInteractionCard{
		Source:    message.CardSource{IconURL: "https://pic.example/icon", Desc: "小店"},
		MainTitle: title(),
		TaskID:    "task-1",
		Checkbox: message.CardCheckbox{
			QuestionKey: "q1",
			Mode:        message.CardCheckboxMultiple,
			OptionList:  []message.CardCheckboxOption{{ID: "o1", Text: "选项1", IsChecked: true}, {ID: "o2", Text: "选项2"}},
		},
		SubmitButton: message.CardSubmitButton{Text: "提交", Key: "key"},
	}
}

func choices() message.MultipleInteractionCard {
	return message.MultipleInteractionCard{
		Source:    message.CardSource{IconURL: "https://pic.example/icon", Desc: "小店"},
		MainTitle: title(),
		TaskID:    "task-1",
		SelectList: []message.CardSelect{
			{QuestionKey: "q1", Title: "标签1", SelectedID: "o1", OptionList: []message.CardOption{{ID: "o1", Text: "选项1"}, {ID: "o2", Text: "选项2"}}},
			{QuestionKey: "q2", Title: "标签2", SelectedID: "o3", OptionList: []message.CardOption{{ID: "o3", Text: "选项3"}, {ID: "o4", Text: "选项4"}}},
		},
		SubmitButton: message.CardSubmitButton{Text: "提交", Key: "key"},
	}
}

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
