package message_test

import (
	"context"
	"testing"
	"time"

	"github.com/wecomkit/wecom-go/internal/golden"
	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/wecom"
)

func schoolCases(t *testing.T) []golden.Case {
	t.Helper()
	type mode struct {
		SubscribeMode message.SubscribeMode `json:"subscribe_mode"`
	}
	notice := func(body message.SchoolNoticeBody) message.SendSchoolNoticeRequest {
		return message.SendSchoolNoticeRequest{
			RecvScope:              message.RecvScopeBoth,
			ToParentUserID:         []string{"parent1", "parent2"},
			ToStudentUserID:        []string{"student1", "student2"},
			ToParty:                []string{"1", "2"},
			ToAll:                  true,
			AgentID:                1,
			Body:                   body,
			EnableDuplicateCheck:   true,
			DuplicateCheckInterval: wecom.Seconds(30 * time.Minute),
		}
	}
	named := func(body message.SchoolNoticeBody) message.SendSchoolNoticeRequest {
		req := notice(body)
		req.EnableIDTrans = true
		return req
	}
	return []golden.Case{
		{Op: "school_notice_text", Built: named(message.Text{
			Content: "明天九点<a href=\"https://school.example\">家长会</a>\n请准时 & 带笔。",
		}), Response: new(message.SendSchoolNoticeResult)},
		{Op: "school_notice_image", Built: notice(message.Image{MediaID: "MEDIA-1"})},
		{Op: "school_notice_voice", Built: notice(message.Voice{MediaID: "MEDIA-1"})},
		{Op: "school_notice_video", Built: notice(message.Video{MediaID: "MEDIA-1", Title: "标题", Description: "说明"})},
		{Op: "school_notice_file", Built: notice(message.File{MediaID: "MEDIA-1"})},
		{Op: "school_notice_news", Built: named(news())},
		{Op: "school_notice_mpnews", Built: named(mpnews())},
		{Op: "school_notice_miniprogram", Built: named(message.SchoolMiniProgram{
			AppID: "wx0000000000000001", Title: "夏令营", ThumbMediaID: "MEDIA-1", PagePath: "/camp",
		})},
		{Op: "get_subscribe_qr_code", Response: new(message.SubscribeQRCode)},
		{Op: "set_subscribe_mode", Built: wire(t, func(ctx context.Context, s *message.Service) error {
			return s.SetSubscribeMode(ctx, message.SubscribeModeOpen)
		})},
		{Op: "get_subscribe_mode", Response: new(mode)},
	}
}

func news() message.News {
	return message.News{Articles: []message.NewsArticle{{
		Title: "节日礼品", Description: "公司相送", URL: "https://shop.example/gift", PicURL: "https://pic.example/1.png",
	}}}
}

func mpnews() message.MPNews {
	return message.MPNews{Articles: []message.MPNewsArticle{{
		Title:            "标题",
		ThumbMediaID:     "MEDIA-1",
		Author:           "作者",
		ContentSourceURL: "https://shop.example/source",
		Content:          "<p>正文</p>",
		Digest:           "摘要",
	}}}
}
