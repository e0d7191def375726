package message_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A segment that matched nobody must not become a message to everybody.
func TestAddMsgTemplateToAnEmptySegmentIsNotSent(t *testing.T) {
	t.Parallel()
	for _, req := range []message.AddMsgTemplateRequest{
		{ExternalUserID: []string{}, Sender: "alice"},
		{ExternalUserID: nil, Sender: "alice"}, // what append leaves of a segment that matched nobody
		{ExternalUserID: []string{}, Sender: "alice", AllCustomers: true},
		{ChatIDList: []string{}, ChatType: message.ChatTypeGroup, Sender: "alice"},
		{TagFilter: message.TagFilter{GroupList: []message.TagFilterGroup{}}, Sender: "alice"},
		{TagFilter: message.TagFilter{GroupList: []message.TagFilterGroup{{TagList: []string{"et1"}}, {}}}, Sender: "alice"},
	} {
		srv := wecomtest.New(t)
		req.Text = message.Text{Content: "hello"}

		_, err := message.New(srv.NewClient()).AddMsgTemplate(t.Context(), req)

		require.ErrorIs(t, err, wecom.ErrInvalidRequest)
		assert.ErrorContains(t, err, "not sent by the client")
		assert.Zero(t, srv.Calls().Len())
	}
}

func TestMassMessageFromTaskToResults(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice, bob := srv.AddMember(wecomtest.Member{Name: "Alice"}), srv.AddMember(wecomtest.Member{Name: "Bob"})
	zoe, tom := srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"}), srv.AddCustomer(alice, wecomtest.Customer{Name: "Tom"})
	amy := srv.AddCustomer(bob, wecomtest.Customer{Name: "Amy"})
	messages := message.New(srv.NewClient())

	created, err := messages.AddMsgTemplate(t.Context(), message.AddMsgTemplateRequest{
		ExternalUserID: []string{zoe, tom, amy, "wmNobody"},
		Text:           message.Text{Content: "tea on Sunday"},
	})
	require.NoError(t, err)
	assert.True(t, created.Partial())
	assert.Equal(t, []string{"wmNobody"}, created.FailList)
	assert.Empty(t, srv.Received(zoe), "before Alice confirms")

	srv.Act().DeleteMember(tom, alice)
	srv.Act().ConfirmSend(created.MsgID, alice)
	sent := srv.Clock().Now()

	tasks := map[string]message.TaskStatus{}
	for task, err := range messages.AllGroupMsgTasks(t.Context(), message.GetGroupMsgTaskRequest{MsgID: created.MsgID}) {
		require.NoError(t, err)
		tasks[task.UserID] = task.Status
	}
	assert.Equal(t, map[string]message.TaskStatus{alice: message.TaskStatusSent, bob: message.TaskStatusUnsent}, tasks)

	results := map[string]message.SendStatus{}
	for _, member := range []string{alice, bob} {
		for send, err := range messages.AllGroupMsgSendResults(t.Context(), message.GetGroupMsgSendResultRequest{MsgID: created.MsgID, UserID: member}) {
			require.NoError(t, err)
			results[send.ExternalUserID] = send.Status
			assert.Equal(t, member, send.UserID)
			if send.Status == message.SendStatusSent {
				assert.WithinDuration(t, sent, send.SendTime.Time, 2*time.Second)
			}
		}
	}
	assert.Equal(t, map[string]message.SendStatus{
		zoe: message.SendStatusSent,
		tom: message.SendStatusNotFriend,
		amy: message.SendStatusUnsent,
	}, results)
	require.Len(t, srv.Received(zoe), 1)
	assert.Equal(t, "tea on Sunday", srv.Received(zoe)[0].Text)
}

func TestMassMessageBeyondTheQuota(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
	srv.Act().SetMassSendRule(wecomtest.MassSendDaily)
	messages := message.New(srv.NewClient())

	var last []message.GroupMsgSend
	for range 2 {
		created, err := messages.AddMsgTemplate(t.Context(), message.AddMsgTemplateRequest{Sender: alice, AllCustomers: true, Text: message.Text{Content: "tea"}})
		require.NoError(t, err)
		srv.Act().ConfirmSend(created.MsgID, alice)
		res, err := messages.GetGroupMsgSendResult(t.Context(), message.GetGroupMsgSendResultRequest{MsgID: created.MsgID, UserID: alice})
		require.NoError(t, err)
		last = res.SendList
	}

	require.Len(t, last, 1)
	assert.Equal(t, message.SendStatusAlreadyReceived, last[0].Status)
	assert.True(t, last[0].SendTime.IsZero())
}

func TestMassMessageToAGroup(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	chat := srv.Act().CreateGroupChat(wecomtest.GroupChat{Name: "Tea", Owner: alice})
	messages := message.New(srv.NewClient())
	created, err := messages.AddMsgTemplate(t.Context(), message.AddMsgTemplateRequest{
		ChatType:    message.ChatTypeGroup,
		Sender:      alice,
		ChatIDList:  []string{chat},
		Attachments: []message.Attachment{message.LinkAttachment{Title: "Shop", URL: "https://shop.example"}},
	})
	require.NoError(t, err)
	srv.Act().ConfirmSend(created.MsgID, alice)

	res, err := messages.GetGroupMsgSendResult(t.Context(), message.GetGroupMsgSendResultRequest{MsgID: created.MsgID, UserID: alice})

	require.NoError(t, err)
	require.Len(t, res.SendList, 1)
	assert.Equal(t, chat, res.SendList[0].ChatID)
	assert.Empty(t, res.SendList[0].ExternalUserID)
	assert.Equal(t, message.SendStatusSent, res.SendList[0].Status)
	assert.Len(t, srv.Received(chat), 1)
}

func TestMassMessageToNobody(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	messages := message.New(srv.NewClient())

	_, err := messages.AddMsgTemplate(t.Context(), message.AddMsgTemplateRequest{Sender: alice, AllCustomers: true, Text: message.Text{Content: "tea"}})

	assert.True(t, wecom.IsCode(err, wecom.CodeNoCustomerToSend), "%v", err)
}

// A repeat would ask the member twice.
func TestMassMessageWithALostReplyIsNotRepeated(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
	srv.Fault("externalcontact/add_msg_template").Lost()
	messages := message.New(srv.NewClient())

	_, err := messages.AddMsgTemplate(t.Context(), message.AddMsgTemplateRequest{Sender: alice, AllCustomers: true, Text: message.Text{Content: "tea"}})

	require.ErrorIs(t, err, wecom.ErrOutcomeUnknown)
	assert.Len(t, listMass(t, messages, srv, nil), 1)
}

func TestGroupMsgListTellsWhoMadeWhat(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	zoe := srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
	messages := message.New(srv.NewClient())
	link := message.LinkAttachment{Title: "Shop", PicURL: "https://pic.example/1", Desc: "new", URL: "https://shop.example"}
	_, err := messages.AddMsgTemplate(t.Context(), message.AddMsgTemplateRequest{
		ExternalUserID: []string{zoe},
		Text:           message.Text{Content: "from the corp"},
		Attachments:    []message.Attachment{link},
	})
	require.NoError(t, err)
	srv.Act().SendMass(alice, wecomtest.MassSend{Text: "from Alice"}, zoe)

	all := listMass(t, messages, srv, nil)
	require.Len(t, all, 2)
	slices.SortFunc(all, func(a, b message.GroupMsg) int { return int(a.CreateType - b.CreateType) })
	corp, own := all[0], all[1]
	assert.Equal(t, message.CreateTypeCorp, corp.CreateType)
	assert.Empty(t, corp.Creator)
	assert.Equal(t, "from the corp", corp.Text.Content)
	assert.Equal(t, message.Attachments{link}, corp.Attachments)
	assert.WithinDuration(t, srv.Clock().Now(), corp.CreateTime.Time, time.Minute)
	assert.Equal(t, message.CreateTypeMember, own.CreateType)
	assert.Equal(t, alice, own.Creator)

	assert.Equal(t, []message.GroupMsg{corp}, listMass(t, messages, srv, new(message.FilterTypeCorp)))
	assert.Equal(t, []message.GroupMsg{own}, listMass(t, messages, srv, new(message.FilterTypeMember)))
}

// listMass returns the last hour's mass messages to customers, in pages of one.
func listMass(t *testing.T, messages *message.Service, srv *wecomtest.Server, filter *message.FilterType) []message.GroupMsg {
	t.Helper()
	srv.PageSize("externalcontact/get_groupmsg_list_v2", 1)
	now := srv.Clock().Now()
	var list []message.GroupMsg
	for msg, err := range messages.AllGroupMsgs(t.Context(), message.GetGroupMsgListRequest{
		ChatType:   message.ChatTypeSingle,
		StartTime:  wecom.NewUnixTime(now.Add(-time.Hour)),
		EndTime:    wecom.NewUnixTime(now.Add(time.Hour)),
		FilterType: filter,
	}) {
		require.NoError(t, err)
		list = append(list, msg)
	}
	return list
}
