package message_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/internal/codec"
	"github.com/wecomkit/wecom-go/message"
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
		{"every customer", &message.AddMsgTemplateResult{MsgID: "m"}, false},
		{"a customer", &message.AddMsgTemplateResult{FailList: []string{"wm1"}}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, tt.res.Partial())
		})
	}
}
