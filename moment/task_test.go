package moment_test

import (
	"testing"

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

func TestEnums(t *testing.T) {
	t.Parallel()
	tests := []struct{ known, unknown, name string }{
		{moment.TaskStatusStarted.String(), moment.TaskStatus(99).String(), "TaskStatus"},
		{moment.TaskStatusRunning.String(), moment.TaskStatus(0).String(), "TaskStatus"},
		{moment.TaskStatusDone.String(), moment.TaskStatus(4).String(), "TaskStatus"},
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
