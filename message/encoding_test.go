package message_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/internal/codec"
	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/wecom"
)

// What is left out, and what has no meaning but zero.
func TestRequestsOnTheWire(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		req  any
		want string
	}{
		{"greeting without text", message.SendWelcomeRequest{WelcomeCode: "c", Attachments: message.Attachments{message.FileAttachment{MediaID: "m"}}}, `{"welcome_code":"c","attachments":[{"msgtype":"file","file":{"media_id":"m"}}]}`},
		{"greeting without attachments", message.SendWelcomeRequest{WelcomeCode: "c", Text: message.Text{Content: "hi"}}, `{"welcome_code":"c","text":{"content":"hi"}}`},
		{"to all customers of a member", message.AddMsgTemplateRequest{Sender: "alice", AllCustomers: true, Text: message.Text{Content: "hi"}}, `{"sender":"alice","text":{"content":"hi"}}`},
		{"made by anybody", message.GetGroupMsgListRequest{ChatType: message.ChatTypeGroup}, `{"chat_type":"group","start_time":0,"end_time":0}`},
		{"made by the corp", message.GetGroupMsgListRequest{ChatType: message.ChatTypeGroup, FilterType: new(message.FilterTypeCorp)}, `{"chat_type":"group","start_time":0,"end_time":0,"filter_type":0}`},
		{"first page of tasks", message.GetGroupMsgTaskRequest{MsgID: "m"}, `{"msgid":"m"}`},
		{"first page of results", message.GetGroupMsgSendResultRequest{MsgID: "m", UserID: "alice"}, `{"msgid":"m","userid":"alice"}`},
		{"greeting for groups without a notice", message.AddGroupWelcomeTemplateRequest{Text: message.Text{Content: "hi"}, Notify: new(wecom.Bool01(false))}, `{"text":{"content":"hi"},"notify":0}`},
		{"greeting for groups with only a file", message.EditGroupWelcomeTemplateRequest{TemplateID: "t", File: message.FileAttachment{MediaID: "m"}}, `{"template_id":"t","file":{"media_id":"m"}}`},
		{"school notice to parents", message.SendSchoolNoticeRequest{ToParty: []string{"1"}, AgentID: 1, Body: message.Text{Content: "hi"}}, `{"to_party":["1"],"agentid":1,"msgtype":"text","text":{"content":"hi"}}`},
		{"greyed out for everybody", message.UpdateTemplateCardRequest{AtAll: true, AgentID: 1, ResponseCode: "c", Button: message.CardReplacement{ReplaceName: "done"}}, `{"atall":1,"agentid":1,"response_code":"c","button":{"replace_name":"done"}}`},
		{"card without buttons", message.UpdateTemplateCardRequest{AgentID: 1, ResponseCode: "c", TemplateCard: &message.VoteInteractionCard{Checkbox: message.CardCheckbox{QuestionKey: "q", OptionList: []message.CardCheckboxOption{{ID: "o", Text: "t"}}}}}, `{"agentid":1,"response_code":"c","template_card":{"card_type":"vote_interaction","main_title":{},"checkbox":{"question_key":"q","option_list":[{"id":"o","text":"t","is_checked":false}]}}}`},
		{"app chat of two", message.CreateAppChatRequest{UserList: []string{"alice", "bob"}}, `{"userlist":["alice","bob"]}`},
		{"new name", message.UpdateAppChatRequest{ChatID: "c", Name: "n"}, `{"chatid":"c","name":"n"}`},
		{"text without mentions", message.SendAppChatRequest{ChatID: "c", Body: message.ChatText{Content: "hi"}}, `{"chatid":"c","msgtype":"text","text":{"content":"hi"}}`},
		{"to a linked department", message.SendLinkedCorpRequest{ToParty: []string{"link/1"}, AgentID: 1, Body: message.Markdown{Content: "hi"}}, `{"toparty":["link/1"],"agentid":1,"msgtype":"markdown","markdown":{"content":"hi"}}`},
		{"image by media id", message.ImageAttachment{MediaID: "m"}, `{"media_id":"m"}`},
		{"image by URL", message.ImageAttachment{PicURL: "u"}, `{"pic_url":"u"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := codec.AppendJSON(nil, tt.req)
			require.NoError(t, err)
			assert.Equal(t, tt.want, string(got))
		})
	}
}

func TestPartial(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		res  interface{ Partial() bool }
		want bool
	}{
		{"everybody", &message.SendResult{MsgID: "m"}, false},
		{"a member", &message.SendResult{InvalidUser: message.IDs{"a"}}, true},
		{"a department", &message.SendResult{InvalidParty: message.IDs{"1"}}, true},
		{"a tag", &message.SendResult{InvalidTag: message.IDs{"1"}}, true},
		{"no licence", &message.SendResult{UnlicensedUser: message.IDs{"a"}}, true},
		{"every parent", &message.SendSchoolNoticeResult{}, false},
		{"a parent", &message.SendSchoolNoticeResult{InvalidParentUserID: []string{"p"}}, true},
		{"a student", &message.SendSchoolNoticeResult{InvalidStudentUserID: []string{"s"}}, true},
		{"a class", &message.SendSchoolNoticeResult{InvalidParty: []string{"1"}}, true},
		{"every card", &message.UpdateTemplateCardResult{}, false},
		{"a card", &message.UpdateTemplateCardResult{InvalidUser: []string{"a"}}, true},
		{"every task card", &message.UpdateTaskCardResult{}, false},
		{"a task card", &message.UpdateTaskCardResult{InvalidUser: []string{"a"}}, true},
		{"every linked member", &message.SendLinkedCorpResult{}, false},
		{"a linked member", &message.SendLinkedCorpResult{InvalidUser: []string{"ww1/a"}}, true},
		{"a linked department", &message.SendLinkedCorpResult{InvalidParty: []string{"l/1"}}, true},
		{"a linked tag", &message.SendLinkedCorpResult{InvalidTag: []string{"1"}}, true},
		{"every sender", message.SenderTasks{{Sender: "a", MsgID: "m"}}, false},
		{"a sender", message.SenderTasks{{Sender: "a", MsgID: "m"}, {Sender: "b", Err: assert.AnError}}, true},
		{"a customer of a sender", message.SenderTasks{{Sender: "a", MsgID: "m", FailList: []string{"wm1"}}}, true},
		{"every customer", &message.AddMsgTemplateResult{MsgID: "m"}, false},
		{"a customer", &message.AddMsgTemplateResult{FailList: []string{"wm1"}}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, tt.res.Partial())
		})
	}
}
