package message_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/internal/golden"
	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/wecom"
)

func TestGolden(t *testing.T) {
	t.Parallel()
	golden.Run(t, slices.Concat(massCases(), appCases(), controlCases(t), schoolCases(t), cardCases(), chatCases(t), robotCases(t)))
}

func massCases() []golden.Case {
	type msgID struct {
		MsgID string `json:"msgid"`
	}
	return []golden.Case{
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
	}
}

func appCases() []golden.Case {
	return []golden.Case{
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

		{Op: "send_template_card_text_notice", Built: send(textNotice(), translate)},
		{Op: "send_template_card_news_notice", Built: send(newsNotice(), translate)},
		{Op: "send_template_card_button_interaction", Built: send(buttons(), translate)},
		{Op: "send_template_card_vote_interaction", Built: send(vote(), translate)},
		{Op: "send_template_card_multiple_interaction", Built: send(choices(), translate)},
	}
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

// A tape answers every call with success and keeps what was sent.
type tape struct {
	mu   sync.Mutex
	path string // with the query
	body []byte
}

func (p *tape) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.path, p.body = r.URL.RequestURI(), body
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"errcode":0,"errmsg":"ok"}`))}, nil
}

type fixedToken struct{}

func (fixedToken) Token(context.Context) (wecom.Token, error) {
	return wecom.Token{Value: "token"}, nil
}
func (fixedToken) Invalidate(context.Context, string) {}

// wire returns what a method sends.
func wire(t *testing.T, call func(context.Context, *message.Service) error) json.RawMessage {
	t.Helper()
	p := &tape{}
	c, err := wecom.New(wecom.Credential{CorpID: "wwcorp"}, wecom.WithTokenSource(fixedToken{}), wecom.WithHTTPClient(&http.Client{Transport: p}))
	require.NoError(t, err)
	require.NoError(t, call(t.Context(), message.New(c)))
	return p.body
}

func controlCases(t *testing.T) []golden.Case {
	t.Helper()
	const msgID, templateID = "msgEXAMPLE0000000000000000000001", "msgEXAMPLE0000000000000000000001"
	return []golden.Case{
		{Op: "remind_groupmsg_send", Built: wire(t, func(ctx context.Context, s *message.Service) error { return s.RemindGroupMsgSend(ctx, msgID) })},
		{Op: "cancel_groupmsg_send", Built: wire(t, func(ctx context.Context, s *message.Service) error { return s.CancelGroupMsgSend(ctx, msgID) })},
		{Op: "group_welcome_template_add", Request: new(message.AddGroupWelcomeTemplateRequest), Response: new(message.AddGroupWelcomeTemplateResult)},
		{Op: "group_welcome_template_edit", Request: new(message.EditGroupWelcomeTemplateRequest)},
		{Op: "group_welcome_template_get", Response: new(message.GroupWelcomeTemplate), Built: wire(t, func(ctx context.Context, s *message.Service) error {
			_, err := s.GetGroupWelcomeTemplate(ctx, templateID)
			return err
		})},
		{Op: "group_welcome_template_del", Request: new(message.DelGroupWelcomeTemplateRequest)},
		{Op: "get_statistics", Response: new(message.Statistics), Built: wire(t, func(ctx context.Context, s *message.Service) error {
			_, err := s.GetStatistics(ctx, message.TimeTypeYesterday)
			return err
		})},
	}
}
