package message_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

const (
	opTasks   = "externalcontact/get_groupmsg_task"
	opResults = "externalcontact/get_groupmsg_send_result"
	opMass    = "externalcontact/add_msg_template"
)

// A segment is Alice's and Bob's customers by tag.
type segment struct {
	srv           *wecomtest.Server
	messages      *message.Service
	gold, north   string // tags
	zoe, tom, amy string // gold and north: of Alice, Alice and Bob
}

func newSegment(t *testing.T) *segment {
	t.Helper()
	srv := wecomtest.New(t)
	tags := srv.Seed().TagGroup(wecomtest.TagGroup{GroupName: "g", Tag: []wecomtest.Tag{{Name: "gold"}, {Name: "north"}}}).Tag
	s := &segment{srv: srv, messages: message.New(srv.NewClient()), gold: tags[0].ID, north: tags[1].ID}
	for _, member := range []string{"alice", "bob", "carol"} {
		srv.AddMember(wecomtest.Member{UserID: member})
	}
	add := func(id, member string, tag ...string) string {
		return srv.Seed().Customer(wecomtest.Customer{ExternalUserID: id, FollowUser: []wecomtest.Follow{{UserID: member, TagID: tag}}})
	}
	s.zoe, s.tom = add("wmZoe", "alice", s.gold, s.north), add("wmTom", "alice", s.gold, s.north)
	s.amy = add("wmAmy", "bob", s.north, s.gold)
	add("wmGold", "alice", s.gold)
	add("wmNorth", "bob", s.north)
	return s
}

// send asks both for their customers with both tags.
func (s *segment) send(t *testing.T, change ...func(*message.AddMsgTemplateRequest)) message.SenderTasks {
	t.Helper()
	req := message.AddMsgTemplateRequest{TagFilter: message.TaggedWith(s.gold, s.north), Text: message.Text{Content: "tea"}}
	for _, f := range change {
		f(&req)
	}
	tasks, err := s.messages.AddMsgTemplateBySender(t.Context(), []string{"alice", "bob"}, req)
	require.NoError(t, err)
	return tasks
}

func TestMassMessageToASegmentUntilItsOutcome(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSegment(t)
		s.srv.Act().DeleteMember(s.tom, "alice")
		tasks := s.send(t)
		assert.False(t, tasks.Partial())
		start := time.Now()
		go func() {
			assert.NoError(t, s.srv.Clock().Sleep(t.Context(), 5*time.Second))
			s.srv.Act().ConfirmSend(tasks[0].MsgID, "alice")
			assert.NoError(t, s.srv.Clock().Sleep(t.Context(), 5*time.Hour))
			s.srv.Act().ConfirmSend(tasks[1].MsgID, "bob")
		}()

		type row struct {
			msgID, member, customer string
			status                  message.SendStatus
		}
		var rows []row
		var came []time.Duration
		for o, err := range s.messages.WaitGroupMsg(t.Context(), tasks.MsgID()) {
			require.NoError(t, err)
			rows = append(rows, row{o.MsgID, o.UserID, o.ExternalUserID, o.Status})
			came = append(came, time.Since(start))
		}

		assert.ElementsMatch(t, []row{
			{tasks[0].MsgID, "alice", s.zoe, message.SendStatusSent},
			{tasks[0].MsgID, "alice", s.tom, message.SendStatusNotFriend},
			{tasks[1].MsgID, "bob", s.amy, message.SendStatusSent},
		}, rows)
		assert.Equal(t, "bob", rows[2].member, "in the order of confirmations")
		assert.Less(t, came[1], 10*time.Second)
		assert.GreaterOrEqual(t, came[2], 5*time.Hour)
		assert.Less(t, came[2], 5*time.Hour+2*time.Minute)
		assert.Equal(t, 2, s.srv.Calls().Op(opResults).Len(), "results are asked for once")
		assert.Less(t, s.srv.Calls().Op(opTasks).Len(), 2*5*60+20, "at last once a minute")
	})
}

func TestSendersWithoutSuchCustomers(t *testing.T) {
	t.Parallel()
	s := newSegment(t)

	tasks, err := s.messages.AddMsgTemplateBySender(t.Context(), []string{"carol", "alice", "ghost", "alice"}, message.AddMsgTemplateRequest{
		Sender: "bob", TagFilter: message.TaggedWith(s.gold, s.north), Text: message.Text{Content: "tea"},
	})

	require.NoError(t, err, "Alice was asked")
	require.Len(t, tasks, 3, "nobody is asked twice")
	assert.True(t, wecom.IsCode(tasks[0].Err, wecom.CodeNoCustomerToSend), "%v", tasks[0].Err)
	assert.NoError(t, tasks[1].Err)
	require.Error(t, tasks[2].Err)
	assert.Equal(t, "ghost", tasks[2].Sender)
	assert.True(t, tasks.Partial())
	assert.Equal(t, []string{tasks[1].MsgID}, tasks.MsgID())
	assert.Equal(t, 3, s.srv.Calls().Op(opMass).Len())
}

func TestNoSenderCouldBeAsked(t *testing.T) {
	t.Parallel()
	s := newSegment(t)
	req := message.AddMsgTemplateRequest{TagFilter: message.TaggedWith(s.gold, s.north), Text: message.Text{Content: "tea"}}

	tasks, err := s.messages.AddMsgTemplateBySender(t.Context(), []string{"carol"}, req)

	assert.True(t, wecom.IsCode(err, wecom.CodeNoCustomerToSend), "%v", err)
	require.ErrorContains(t, err, "carol: ")
	assert.Len(t, tasks, 1)
	assert.Empty(t, tasks.MsgID())
}

// A segment without tags, or without members, must not become everybody.
func TestSegmentOfNobodyIsNotSent(t *testing.T) {
	t.Parallel()
	s := newSegment(t)
	text := message.Text{Content: "tea"}
	for _, tt := range []struct {
		name   string
		sender []string
		req    message.AddMsgTemplateRequest
	}{
		{"no tags", []string{"alice"}, message.AddMsgTemplateRequest{TagFilter: message.TaggedWith(), Text: text}},
		{"no filter", []string{"alice"}, message.AddMsgTemplateRequest{Text: text}},
		{"no members", nil, message.AddMsgTemplateRequest{TagFilter: message.TaggedWith(s.gold), Text: text}},
		{"a member without a name", []string{""}, message.AddMsgTemplateRequest{TagFilter: message.TaggedWith(s.gold), Text: text}},
	} {
		_, err := s.messages.AddMsgTemplateBySender(t.Context(), tt.sender, tt.req)

		require.ErrorIs(t, err, wecom.ErrInvalidRequest, tt.name)
		assert.ErrorContains(t, err, "not sent by the client", tt.name)
	}
	assert.Zero(t, s.srv.Calls().Op(opMass).Len())
}

func TestWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSegment(t)
		tasks := s.send(t)
		s.srv.Act().ConfirmSend(tasks[0].MsgID, "alice")
		ctx, cancel := context.WithTimeout(t.Context(), 24*time.Hour)
		defer cancel()

		rows, last := 0, error(nil)
		for o, err := range s.messages.WaitGroupMsg(ctx, tasks.MsgID()) {
			if last = err; err != nil {
				assert.Zero(t, o)
				continue
			}
			rows++
		}

		require.ErrorIs(t, last, context.DeadlineExceeded)
		require.ErrorContains(t, last, "1 of 2")
		assert.Equal(t, 2, rows)
	})
}

func TestWaitBeginsAnewAndStopsAtABreak(t *testing.T) {
	t.Parallel()
	s := newSegment(t)
	tasks := s.send(t)
	s.srv.Act().ConfirmSend(tasks[0].MsgID, "alice")
	s.srv.Act().ConfirmSend(tasks[1].MsgID, "bob")
	outcomes := s.messages.WaitGroupMsg(t.Context(), tasks.MsgID())
	assert.Zero(t, s.srv.Calls().Op(opTasks).Len(), "lazy")

	for _, err := range outcomes {
		require.NoError(t, err)
		break
	}
	assert.Equal(t, 1, s.srv.Calls().Op(opTasks).Len(), "no call after a break")
	assert.Equal(t, 1, s.srv.Calls().Op(opResults).Len(), "no call after a break")
	for range 2 {
		rows := 0
		for _, err := range outcomes {
			require.NoError(t, err)
			rows++
		}
		assert.Equal(t, 3, rows)
	}
}

func TestWaitForCustomersWhoWereLeftOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSegment(t)
		tasks := s.send(t, func(r *message.AddMsgTemplateRequest) { r.AllowSelect = true })
		s.srv.Act().ConfirmSend(tasks[0].MsgID, "alice", s.zoe)
		start := time.Now()

		status := map[string]message.SendStatus{}
		for o, err := range s.messages.WaitGroupMsg(t.Context(), tasks.MsgID()[:1]) {
			require.NoError(t, err)
			status[o.ExternalUserID] = o.Status
		}

		assert.Equal(t, map[string]message.SendStatus{s.zoe: message.SendStatusSent, s.tom: message.SendStatusUnsent}, status)
		assert.GreaterOrEqual(t, time.Since(start), 9*time.Minute)
	})
}

// Right after a message was created WeCom says 41063 for a while.
func TestWaitWhileAMessageIsHandedOut(t *testing.T) {
	t.Parallel()
	for _, op := range []string{opTasks, opResults} {
		synctest.Test(t, func(t *testing.T) {
			s := newSegment(t)
			tasks := s.send(t)
			s.srv.Act().ConfirmSend(tasks[1].MsgID, "bob")
			s.srv.Fault(op).Times(10).Code(int(wecom.CodeMassMsgDispatching))

			rows := 0
			for _, err := range s.messages.WaitGroupMsg(t.Context(), tasks.MsgID()[1:]) {
				require.NoError(t, err)
				rows++
			}

			assert.Equal(t, 1, rows)
		})
	}
}

func TestWaitEndsWithARefusal(t *testing.T) {
	t.Parallel()
	for _, op := range []string{opTasks, opResults} {
		s := newSegment(t)
		tasks := s.send(t)
		s.srv.Act().ConfirmSend(tasks[0].MsgID, "alice")
		s.srv.Fault(op).Code(int(wecom.CodeAPIForbidden))

		var errs []error
		for _, err := range s.messages.WaitGroupMsg(t.Context(), tasks.MsgID()) {
			errs = append(errs, err)
		}

		require.Len(t, errs, 1, op)
		assert.True(t, wecom.IsCode(errs[0], wecom.CodeAPIForbidden), "%v", errs[0])
	}
}
