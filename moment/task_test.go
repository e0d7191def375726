package moment_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/moment"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A moment for nobody must not become one for everybody.
func TestAddTaskForAnEmptyListIsNotSent(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		to   moment.VisibleRange
	}{
		{"members", moment.VisibleRange{SenderList: moment.SenderList{UserList: []string{}}}},
		{"departments", moment.VisibleRange{SenderList: moment.SenderList{DepartmentList: []int64{}}}},
		{"tags", moment.VisibleRange{ExternalContactList: moment.ExternalContactList{TagList: []string{}}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv := wecomtest.New(t)
			moments := moment.New(srv.NewClient())

			_, err := moments.AddTask(t.Context(), moment.AddTaskRequest{Text: moment.Text{Content: "tea"}, VisibleRange: tt.to})

			require.ErrorIs(t, err, wecom.ErrInvalidRequest)
			assert.ErrorContains(t, err, "not sent by the client")
			assert.Zero(t, srv.Calls().Len())
		})
	}
}

func TestFailureOfAJobIsAnError(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.Handle("externalcontact/get_moment_task_result", func(wecomtest.Call) (any, error) {
		return map[string]any{
			"status": 3,
			"type":   "add_moment_task",
			"result": map[string]any{"errcode": 41211, "errmsg": "moment is not open"},
		}, nil
	})
	moments := moment.New(srv.NewClient())

	res, err := moments.GetTaskResult(t.Context(), "JOB")

	require.NoError(t, err)
	assert.Equal(t, moment.TaskStatusDone, res.Status)
	assert.True(t, wecom.IsCode(res.Result.Err(), wecom.CodeMomentFeatureOff), "%v", res.Result.Err())
	assert.False(t, res.Result.Partial())
	assert.NoError(t, (&moment.TaskOutcome{}).Err())
}

func TestPublishToCustomersWithATag(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := wecomtest.New(t)
		alice, bob := srv.AddMember(wecomtest.Member{Name: "Alice"}), srv.AddMember(wecomtest.Member{Name: "Bob"})
		group := srv.Act().AddTagGroup(wecomtest.TagGroup{GroupName: "taste", Tag: []wecomtest.Tag{{Name: "tea"}}})
		tea := group.Tag[0].ID
		zoe := srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe", FollowUser: []wecomtest.Follow{{TagID: []string{tea}}}})
		tom := srv.AddCustomer(alice, wecomtest.Customer{Name: "Tom"})
		moments := moment.New(srv.NewClient())

		task, err := moments.AddTask(t.Context(), moment.AddTaskRequest{
			Text: moment.Text{Content: "new tea"},
			VisibleRange: moment.VisibleRange{
				SenderList:          moment.SenderList{UserList: []string{alice, bob, "nobody"}},
				ExternalContactList: moment.ExternalContactList{TagList: []string{tea, "etNone"}},
			},
		})
		require.NoError(t, err)
		started, err := moments.GetTaskResult(t.Context(), task.JobID)
		require.NoError(t, err)
		assert.Equal(t, moment.TaskStatusStarted, started.Status)

		outcome, err := moments.WaitTask(t.Context(), task.JobID)

		require.NoError(t, err)
		assert.True(t, outcome.Partial())
		assert.Equal(t, []string{"nobody"}, outcome.InvalidSenderList.UserList)
		assert.Equal(t, []string{"etNone"}, outcome.InvalidExternalContactList.TagList)
		assert.Empty(t, srv.MomentsSeen(zoe), "before Alice publishes")
		srv.Act().PublishMoment(outcome.MomentID, alice)
		assert.Len(t, srv.MomentsSeen(zoe), 1)
		assert.Empty(t, srv.MomentsSeen(tom))
	})
}

func TestWaitTaskReturnsTheFailureOfTheJob(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := wecomtest.New(t)
		moments := moment.New(srv.NewClient())
		task, err := moments.AddTask(t.Context(), moment.AddTaskRequest{Text: moment.Text{Content: "for nobody"}})
		require.NoError(t, err)

		_, err = moments.WaitTask(t.Context(), task.JobID)

		assert.True(t, wecom.IsCode(err, wecom.CodeNoCustomerToSend), "%v", err)
	})
}

func TestWaitTaskObeysItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := wecomtest.New(t)
		srv.AddMember(wecomtest.Member{Name: "Alice"})
		moments := moment.New(srv.NewClient())
		task, err := moments.AddTask(t.Context(), moment.AddTaskRequest{Text: moment.Text{Content: "tea"}})
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()

		_, err = moments.WaitTask(ctx, task.JobID)

		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.ErrorContains(t, err, "still running")
		assert.Equal(t, time.Second, time.Since(start))
	})
}

func TestGetTaskResultOfAnUnknownJob(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)

	_, err := moment.New(srv.NewClient()).GetTaskResult(t.Context(), "JOB")

	assert.True(t, wecom.IsCode(err, wecom.CodeJobIDNotFound), "%v", err)
}

// The eleventh in a minute waits: WeCom would close the API.
func TestAddTaskKeepsToTenAMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := wecomtest.New(t)
		srv.AddMember(wecomtest.Member{Name: "Alice"})
		moments := moment.New(srv.NewClient())
		start := time.Now()
		for range 11 {
			_, err := moments.AddTask(t.Context(), moment.AddTaskRequest{Text: moment.Text{Content: "tea"}})
			require.NoError(t, err)
		}
		assert.GreaterOrEqual(t, time.Since(start), time.Minute)
	})
}

// A repeat would publish twice.
func TestAddTaskWithALostReplyIsNotRepeated(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{Name: "Alice"})
	srv.Fault("externalcontact/add_moment_task").Lost()
	moments := moment.New(srv.NewClient())

	_, err := moments.AddTask(t.Context(), moment.AddTaskRequest{Text: moment.Text{Content: "tea"}})

	require.ErrorIs(t, err, wecom.ErrOutcomeUnknown)
	assert.Equal(t, 1, srv.Calls().Op("externalcontact/add_moment_task").Len())
}

func TestEnums(t *testing.T) {
	t.Parallel()
	tests := []struct{ known, unknown, name string }{
		{moment.TaskStatusStarted.String(), moment.TaskStatus(99).String(), "TaskStatus"},
		{moment.TaskStatusRunning.String(), moment.TaskStatus(0).String(), "TaskStatus"},
		{moment.TaskStatusDone.String(), moment.TaskStatus(4).String(), "TaskStatus"},
		{moment.PublishStatusUnpublished.String(), moment.PublishStatus(2).String(), "PublishStatus"},
		{moment.PublishStatusPublished.String(), moment.PublishStatus(99).String(), "PublishStatus"},
		{moment.StrategyRangeTypeUser.String(), moment.StrategyRangeType(0).String(), "StrategyRangeType"},
		{moment.StrategyRangeTypeParty.String(), moment.StrategyRangeType(99).String(), "StrategyRangeType"},
		{moment.FilterTypeCorp.String(), moment.FilterType(3).String(), "FilterType"},
		{moment.FilterTypeMember.String(), moment.FilterType(-1).String(), "FilterType"},
		{moment.FilterTypeAll.String(), moment.FilterType(99).String(), "FilterType"},
		{moment.CreateTypeCorp.String(), moment.CreateType(2).String(), "CreateType"},
		{moment.CreateTypeMember.String(), moment.CreateType(99).String(), "CreateType"},
		{moment.VisibleTypePartial.String(), moment.VisibleType(2).String(), "VisibleType"},
		{moment.VisibleTypePublic.String(), moment.VisibleType(99).String(), "VisibleType"},
	}
	for _, tt := range tests {
		t.Run(tt.name+tt.known, func(t *testing.T) {
			t.Parallel()
			assert.NotContains(t, tt.known, "(")
			assert.Contains(t, tt.unknown, tt.name+"(")
		})
	}
}
