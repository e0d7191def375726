package moment

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/wecomkit/wecom-go/wecom"
)

var opAddTask = wecom.Operation{
	Method: http.MethodPost,
	Path:   "/cgi-bin/externalcontact/add_moment_task",
	Doc:    95094,
	Limits: []wecom.Limit{{N: 10, Per: time.Minute}},
}

// AddTaskRequest says what to publish, who publishes it and which customers
// see it. Text and Attachments must not both be empty.
type AddTaskRequest struct {
	Text         Text         `json:"text,omitzero"`          // at most 2,000 characters and 4,000 bytes
	Attachments  Attachments  `json:"attachments,omitzero"`   // at most 9 images, or 1 video, or 1 link
	VisibleRange VisibleRange `json:"visible_range,omitzero"` // zero is everybody in the app's visible range
}

// VisibleRange says who publishes a moment and who sees it.
//
// With a SenderList alone, those members publish it to all their customers.
// With an ExternalContactList alone, the members who follow those customers
// publish it. With both, it is published by the members of SenderList who
// follow such a customer. Only the customers of an ExternalContactList see the
// moment; without one it is public.
type VisibleRange struct {
	SenderList          SenderList          `json:"sender_list,omitzero"`
	ExternalContactList ExternalContactList `json:"external_contact_list,omitzero"`
}

// SenderList names the members who publish. Those outside the app's visible
// range are ignored.
type SenderList struct {
	UserList       []string `json:"user_list,omitzero"` // at most 100,000
	DepartmentList []int64  `json:"department_list,omitzero"`
}

// ExternalContactList names the customers who see a moment.
type ExternalContactList struct {
	TagList []string `json:"tag_list,omitzero"` // corp tags; not tags of rule groups
}

// AddTaskResult names the job that creates the task.
type AddTaskResult struct {
	JobID string `json:"jobid"` // for GetTaskResult; at most 64 bytes, lives 24 hours
}

// AddTask asks members to publish a moment to their customers.
//
// 「创建发表任务」 https://developer.work.weixin.qq.com/document/path/95094
//
// The task is created by a job: ask [Service.GetTaskResult] what became of it.
// A member must then confirm before the moment is published. A corp can create
// 10 moments a minute, which the client keeps, and 100,000 a month, after which
// AddTask fails with [wecom.CodeMomentMonthlyLimit].
//
// A list in VisibleRange that is empty but not nil is refused before it is
// sent: WeCom would take it as not given, and a moment that was meant for
// nobody would go to everybody. A nil list is not refused; look yourself
// whether the segment that you built with append has anybody in it.
func (s *Service) AddTask(ctx context.Context, req AddTaskRequest) (*AddTaskResult, error) {
	r := req.VisibleRange
	if empty(r.SenderList.UserList) || empty(r.SenderList.DepartmentList) || empty(r.ExternalContactList.TagList) {
		return nil, &wecom.Error{
			Op:     opAddTask,
			Code:   wecom.CodeInvalidArgument,
			Msg:    "a list in visible_range is empty: leave it nil for everybody, or do not call",
			Client: true,
		}
	}
	return wecom.Do[AddTaskResult](ctx, s.client, opAddTask, req)
}

// empty reports whether list was given and names nobody.
func empty[T any](list []T) bool { return list != nil && len(list) == 0 }

var opGetTaskResult = wecom.Operation{Method: http.MethodGet, Path: "/cgi-bin/externalcontact/get_moment_task_result", Doc: 95094, Read: true}

type getTaskResultRequest struct {
	JobID string `json:"jobid"`
}

// TaskResult is how far the job of an [Service.AddTask] is.
type TaskResult struct {
	Status TaskStatus  `json:"status"`
	Type   string      `json:"type"`   // add_moment_task
	Result TaskOutcome `json:"result"` // valid when Status is TaskStatusDone
}

// TaskStatus is how far a job is.
type TaskStatus int

// How far a job is.
const (
	TaskStatusStarted TaskStatus = 1 // 开始创建任务
	TaskStatusRunning TaskStatus = 2 // 正在创建任务中
	TaskStatusDone    TaskStatus = 3 // 创建任务已完成
)

// String returns the constant's name without its prefix.
func (s TaskStatus) String() string {
	switch s {
	case TaskStatusStarted:
		return "Started"
	case TaskStatusRunning:
		return "Running"
	case TaskStatusDone:
		return "Done"
	}
	return "TaskStatus(" + strconv.Itoa(int(s)) + ")"
}

// TaskOutcome is what a job came to. It can have failed although the call that
// returns it succeeded: look at Err.
type TaskOutcome struct {
	ErrCode                    wecom.Code          `json:"errcode"`
	ErrMsg                     string              `json:"errmsg"`
	MomentID                   string              `json:"moment_id"`
	InvalidSenderList          SenderList          `json:"invalid_sender_list"`           // unknown, or outside the app's visible range
	InvalidExternalContactList ExternalContactList `json:"invalid_external_contact_list"` // unknown tags
}

// Err is the job's failure, an [*wecom.Error], or nil.
func (o *TaskOutcome) Err() error {
	if o.ErrCode == 0 {
		return nil
	}
	return &wecom.Error{Op: opAddTask, Code: o.ErrCode, Msg: o.ErrMsg}
}

// Partial reports whether some members, departments or tags were left out.
func (o *TaskOutcome) Partial() bool {
	return len(o.InvalidSenderList.UserList)+len(o.InvalidSenderList.DepartmentList)+
		len(o.InvalidExternalContactList.TagList) > 0
}

// GetTaskResult returns how far the job of an [Service.AddTask] is, and what it
// came to.
//
// 「获取任务创建结果」 https://developer.work.weixin.qq.com/document/path/95094
//
// jobID lives 24 hours. Members, departments and tags that were left out are in
// the outcome; that is not an error. [Service.WaitTask] asks until the job is
// done.
func (s *Service) GetTaskResult(ctx context.Context, jobID string) (*TaskResult, error) {
	return wecom.Do[TaskResult](ctx, s.client, opGetTaskResult, getTaskResultRequest{JobID: jobID})
}

const (
	firstPoll = 250 * time.Millisecond
	slowPoll  = 5 * time.Second
)

// WaitTask asks for the result of a job until it is done, less and less often,
// and returns what it came to; its failure is an error, see [TaskOutcome.Err].
// Bound the wait with ctx.
func (s *Service) WaitTask(ctx context.Context, jobID string) (*TaskOutcome, error) {
	for pause := firstPoll; ; pause = min(2*pause, slowPoll) {
		res, err := s.GetTaskResult(ctx, jobID)
		if err != nil {
			return nil, err
		}
		if res.Status == TaskStatusDone {
			if err := res.Result.Err(); err != nil {
				return nil, err
			}
			return &res.Result, nil
		}
		if err := s.client.Clock().Sleep(ctx, pause); err != nil {
			return nil, fmt.Errorf("wecom: %s: the job is still running: %w", opGetTaskResult.Path, err)
		}
	}
}
