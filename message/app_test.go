package message_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/internal/codec"
	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestSendRequestRecipients(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		req  message.SendRequest
		want string
	}{
		{"everybody", message.SendRequest{ToUser: []string{message.ToAll}}, `{"touser":"@all",`},
		{"departments", message.SendRequest{ToParty: []int64{7, 8}}, `{"toparty":"7|8",`},
		{"tags", message.SendRequest{ToTag: []int64{9}}, `{"totag":"9",`},
		{"nobody", message.SendRequest{}, `{`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.req.Body = message.Text{Content: "hi"}
			b, err := codec.AppendJSON(nil, tt.req)
			require.NoError(t, err)
			assert.Equal(t, tt.want+`"msgtype":"text","text":{"content":"hi"}}`, string(b))
		})
	}
}

func TestSendRequestIsNotEscaped(t *testing.T) {
	t.Parallel()
	b, err := codec.AppendJSON(nil, message.SendRequest{Body: &message.TextCard{Title: "<a&b>", Description: "一"}})
	require.NoError(t, err)
	assert.NotContains(t, string(b), `\u`)
}

func TestSendRequestThatCannotBeSent(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, want string
		req        message.SendRequest
	}{
		{"no body", "no Body", message.SendRequest{}},
		{"nil body", "no Body", message.SendRequest{Body: (*message.Text)(nil)}},
		{"two ids in one", `"a|b" is not one id`, message.SendRequest{ToUser: []string{"a|b"}, Body: message.Text{}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := codec.AppendJSON(nil, tt.req)
			assert.ErrorContains(t, err, tt.want)
		})
	}
}

func TestIDs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, wire string
		want       message.IDs
	}{
		{"joined", `"a|b"`, message.IDs{"a", "b"}},
		{"spaced", `"a | b |"`, message.IDs{"a", "b"}},
		{"empty", `""`, nil},
		{"null", `null`, nil},
		{"array", `["a","b"]`, message.IDs{"a", "b"}},
		{"empty array", `[]`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			res := message.SendResult{InvalidUser: message.IDs{"stale"}}
			require.NoError(t, codec.Decode([]byte(`{"invaliduser":`+tt.wire+`}`), &res))
			assert.Equal(t, tt.want, res.InvalidUser)
			assert.Equal(t, tt.want != nil, res.Partial())
		})
	}
}

const opSend = "message/send"

// bot is an app that writes to members.
func bot(t *testing.T, srv *wecomtest.Server, app wecomtest.App) (messages *message.Service, agentID int64) {
	t.Helper()
	app = srv.AddApp(app)
	client, err := wecom.New(srv.CredentialOf(app), srv.Options()...)
	require.NoError(t, err)
	return message.New(client), app.AgentID
}

func TestSendNamesThoseLeftOut(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice, bob := srv.AddMember(wecomtest.Member{Name: "Alice"}), srv.AddMember(wecomtest.Member{Name: "Bob", Unlicensed: true})
	carol := srv.AddMember(wecomtest.Member{Name: "Carol", Department: []int64{7}})
	srv.Seed().MemberTag(3, alice)
	messages, agentID := bot(t, srv, wecomtest.App{Name: "bot", Visible: []string{alice, bob, carol}})

	res, err := messages.Send(t.Context(), message.SendRequest{
		ToUser:  []string{alice, bob, "ghost"},
		ToParty: []int64{7, 99},
		ToTag:   []int64{3, 98},
		AgentID: agentID,
		Body:    message.Text{Content: "hello"},
	})

	require.NoError(t, err)
	assert.True(t, res.Partial())
	assert.Equal(t, message.IDs{"ghost"}, res.InvalidUser)
	assert.Equal(t, message.IDs{"99"}, res.InvalidParty)
	assert.Equal(t, message.IDs{"98"}, res.InvalidTag)
	assert.Equal(t, message.IDs{bob}, res.UnlicensedUser)
	for _, member := range []string{alice, carol} {
		got := srv.AppMessages(member)
		require.Len(t, got, 1)
		assert.Equal(t, res.MsgID, got[0].MsgID)
		assert.Equal(t, "hello", got[0].Text)
	}
}

func TestSendToAll(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice, bob := srv.AddMember(wecomtest.Member{Name: "Alice"}), srv.AddMember(wecomtest.Member{Name: "Bob"})
	messages, agentID := bot(t, srv, wecomtest.App{Name: "bot"})

	res, err := messages.Send(t.Context(), message.SendRequest{ToUser: []string{message.ToAll}, AgentID: agentID, Body: message.Text{Content: "hello"}})

	require.NoError(t, err)
	assert.False(t, res.Partial())
	assert.Len(t, srv.AppMessages(alice), 1)
	assert.Len(t, srv.AppMessages(bob), 1)
}

func TestSendToNobodyWhoCanRead(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	messages, agentID := bot(t, srv, wecomtest.App{Name: "bot"})

	_, err := messages.Send(t.Context(), message.SendRequest{ToUser: []string{"ghost"}, AgentID: agentID, Body: message.Text{Content: "hello"}})

	assert.True(t, wecom.IsCode(err, wecom.CodeAllRecipientsInvalid), "%v", err)
}

func TestSendWithALostReplyIsNotRepeated(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	messages, agentID := bot(t, srv, wecomtest.App{Name: "bot"})
	srv.Fault(opSend).Lost()

	_, err := messages.Send(t.Context(), message.SendRequest{ToUser: []string{alice}, AgentID: agentID, Body: message.Text{Content: "hello"}})

	require.ErrorIs(t, err, wecom.ErrOutcomeUnknown)
	assert.Len(t, srv.AppMessages(alice), 1)
}

func TestSendAgainWithDuplicateCheck(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	messages, agentID := bot(t, srv, wecomtest.App{Name: "bot"})
	req := message.SendRequest{
		ToUser:                 []string{alice},
		AgentID:                agentID,
		Body:                   message.Text{Content: "hello"},
		EnableDuplicateCheck:   true,
		DuplicateCheckInterval: wecom.Seconds(time.Minute),
	}
	srv.Fault(opSend).Times(1).Lost()
	_, err := messages.Send(t.Context(), req)
	require.ErrorIs(t, err, wecom.ErrOutcomeUnknown)

	_, err = messages.Send(t.Context(), req)

	require.NoError(t, err)
	assert.Len(t, srv.AppMessages(alice), 1)
	srv.Clock().Advance(time.Minute)
	_, err = messages.Send(t.Context(), req)
	require.NoError(t, err)
	assert.Len(t, srv.AppMessages(alice), 2)
}

// The simulator reads each body by its own table.
func TestEveryBodyArrives(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	messages, agentID := bot(t, srv, wecomtest.App{Name: "bot"})
	h, err := callback.NewHandler(callback.Keys(srv.Keys()))
	require.NoError(t, err)
	require.NoError(t, srv.SetCallback(wecomtest.Callback{Handler: http.Handler(h), AgentID: agentID}))
	media := func(typ string) string { return srv.Seed().Media(wecomtest.Media{Type: typ}) }
	file := media("file")
	rows := lines()
	rows[2].MediaID, rows[3].UserID = file, alice
	link := message.CardAction{Type: message.CardLinkURL, URL: "https://shop.example"}
	picture := message.CardImage{URL: "https://pic.example/1.jpg", AspectRatio: 1.5}
	choice := message.CardSelect{QuestionKey: "q", OptionList: []message.CardOption{{ID: "o", Text: "one"}}}
	vote := message.CardCheckbox{QuestionKey: "q", OptionList: []message.CardCheckboxOption{{ID: "o", Text: "one"}}}
	submit := message.CardSubmitButton{Text: "go", Key: "k"}

	for _, tt := range []struct {
		msgType string
		body    message.AppBody
		answers bool
	}{
		{msgType: "text", body: message.Text{Content: "hi"}},
		{msgType: "image", body: message.Image{MediaID: media("image")}},
		{msgType: "voice", body: message.Voice{MediaID: media("voice")}},
		{msgType: "video", body: message.Video{MediaID: media("video"), Title: "t"}},
		{msgType: "file", body: message.File{MediaID: file}},
		{msgType: "textcard", body: message.TextCard{Title: "t", Description: "d", URL: "https://shop.example"}},
		{msgType: "news", body: message.News{Articles: []message.NewsArticle{{Title: "t", AppID: "wx1", PagePath: "/p"}}}},
		{msgType: "mpnews", body: message.MPNews{Articles: []message.MPNewsArticle{{Title: "t", ThumbMediaID: media("image"), Content: "c"}}}},
		{msgType: "markdown", body: message.Markdown{Content: "**hi**"}},
		{msgType: "miniprogram_notice", body: message.MiniProgramNotice{AppID: "wx1", Title: "four"}},
		{msgType: "template_card", body: message.TextNoticeCard{SubTitleText: "s", HorizontalContentList: rows, JumpList: jumps(), CardAction: link}},
		{msgType: "template_card", body: message.NewsNoticeCard{MainTitle: title(), CardImage: picture, CardAction: link}},
		{msgType: "template_card", body: message.NewsNoticeCard{MainTitle: title(), ImageTextArea: message.CardImageTextArea{ImageURL: "u"}, CardAction: link, ActionMenu: menu(), TaskID: "t1"}, answers: true},
		{msgType: "template_card", body: message.ButtonInteractionCard{MainTitle: title(), TaskID: "t2", ButtonSelection: choice, ButtonList: []message.CardButton{{Text: "b", Key: "k"}}}, answers: true},
		{msgType: "template_card", body: message.VoteInteractionCard{MainTitle: title(), TaskID: "t3", Checkbox: vote, SubmitButton: submit}, answers: true},
		{msgType: "template_card", body: message.MultipleInteractionCard{MainTitle: title(), TaskID: "t4", SelectList: []message.CardSelect{choice}, SubmitButton: submit}, answers: true},
	} {
		res, err := messages.Send(t.Context(), message.SendRequest{ToUser: []string{alice}, AgentID: agentID, Body: tt.body})
		require.NoError(t, err, tt.msgType)
		got := srv.AppMessages(alice)
		last := got[len(got)-1]
		assert.Equal(t, res.MsgID, last.MsgID)
		assert.Equal(t, tt.msgType, last.MsgType)
		want, err := codec.AppendJSON(nil, tt.body)
		require.NoError(t, err)
		assert.JSONEq(t, string(want), string(last.Body))
		assert.Equal(t, tt.answers, res.ResponseCode != "", tt.msgType)
	}
}
