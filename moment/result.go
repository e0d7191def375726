package moment

import (
	"cmp"
	"context"
	"iter"
	"net/http"
	"strconv"

	"github.com/wecomkit/wecom-go/internal/paging"
	"github.com/wecomkit/wecom-go/wecom"
)

var opGetTask = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/get_moment_task", Doc: 93333, Read: true}

// GetTaskRequest names a moment of the corp.
type GetTaskRequest struct {
	MomentID string `json:"moment_id"`       // only of moments with CreateTypeCorp
	Cursor   string `json:"cursor,omitzero"` // NextCursor of the page before
	Limit    int    `json:"limit,omitzero"`  // page size, at most 1,000; 0 and more than 1,000 are 500
}

// TaskList is one page of the members who were asked to publish a moment.
type TaskList struct {
	NextCursor string `json:"next_cursor"` // empty on the last page
	TaskList   []Task `json:"task_list"`
}

// Task is one member's part of publishing a moment.
type Task struct {
	UserID        string        `json:"userid"` // the member
	PublishStatus PublishStatus `json:"publish_status"`
}

// PublishStatus says whether a member has published a moment.
type PublishStatus int

// Whether a member has published a moment.
const (
	PublishStatusUnpublished PublishStatus = 0 // 未发表
	PublishStatusPublished   PublishStatus = 1 // 已发表
)

// String returns the constant's name without its prefix.
func (s PublishStatus) String() string {
	switch s {
	case PublishStatusUnpublished:
		return "Unpublished"
	case PublishStatusPublished:
		return "Published"
	}
	return "PublishStatus(" + strconv.Itoa(int(s)) + ")"
}

// GetTask returns one page of the members who were asked to publish a moment of
// the corp, and whether each has done so.
//
// 「获取客户朋友圈企业发表的列表」 https://developer.work.weixin.qq.com/document/path/93333
//
// Only members in the app's visible range are returned.
// Fails with [wecom.CodeMomentIDTypeMismatch] for a moment that a member made,
// and with [wecom.CodeMomentDispatching] right after the task was created: try
// again later.
func (s *Service) GetTask(ctx context.Context, req GetTaskRequest) (*TaskList, error) {
	return wecom.Do[TaskList](ctx, s.client, opGetTask, req)
}

// AllTasks walks the members who were asked to publish a moment of the corp,
// from req.Cursor on. A zero Limit is 1,000 here, to save calls.
//
// 「获取客户朋友圈企业发表的列表」 https://developer.work.weixin.qq.com/document/path/93333
func (s *Service) AllTasks(ctx context.Context, req GetTaskRequest) iter.Seq2[Task, error] {
	return paging.All(func(cursor string) ([]Task, string, error) {
		req := req
		req.Cursor, req.Limit = cmp.Or(cursor, req.Cursor), cmp.Or(req.Limit, 1000)
		res, err := s.GetTask(ctx, req)
		if err != nil {
			return nil, "", err
		}
		return res.TaskList, res.NextCursor, nil
	})
}

var opGetCustomerList = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/get_moment_customer_list", Doc: 93333, Read: true}

// GetCustomerListRequest names a moment and a member who published it.
type GetCustomerListRequest struct {
	MomentID string `json:"moment_id"`
	UserID   string `json:"userid"`          // from GetTask for a moment of the corp, or else Moment.Creator
	Cursor   string `json:"cursor,omitzero"` // NextCursor of the page before
	Limit    int    `json:"limit,omitzero"`  // page size, at most 1,000; 0 and more than 1,000 are 500
}

// CustomerList is one page of the customers whom a moment was meant for.
type CustomerList struct {
	NextCursor   string     `json:"next_cursor"` // empty on the last page
	CustomerList []Customer `json:"customer_list"`
}

// Customer is a customer whom a moment was meant for.
type Customer struct {
	UserID         string `json:"userid"` // the member
	ExternalUserID string `json:"external_userid"`
}

// GetCustomerList returns one page of the customers who were chosen to see a
// moment when it was made.
//
// 「获取客户朋友圈发表时选择的可见范围」 https://developer.work.weixin.qq.com/document/path/93333
//
// Who could see it in the end is in [Service.GetSendResult].
// Fails with [wecom.CodeInvalidMomentSender] if the member has no part in the
// moment, and with [wecom.CodeMomentNotPublished] if they have not published it.
func (s *Service) GetCustomerList(ctx context.Context, req GetCustomerListRequest) (*CustomerList, error) {
	return wecom.Do[CustomerList](ctx, s.client, opGetCustomerList, req)
}

// AllCustomers walks the customers who were chosen to see a moment when it was
// made, from req.Cursor on. A zero Limit is 1,000 here, to save calls.
//
// 「获取客户朋友圈发表时选择的可见范围」 https://developer.work.weixin.qq.com/document/path/93333
func (s *Service) AllCustomers(ctx context.Context, req GetCustomerListRequest) iter.Seq2[Customer, error] {
	return paging.All(func(cursor string) ([]Customer, string, error) {
		req := req
		req.Cursor, req.Limit = cmp.Or(cursor, req.Cursor), cmp.Or(req.Limit, 1000)
		res, err := s.GetCustomerList(ctx, req)
		if err != nil {
			return nil, "", err
		}
		return res.CustomerList, res.NextCursor, nil
	})
}

var opGetSendResult = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/get_moment_send_result", Doc: 93333, Read: true}

// GetSendResultRequest names a moment and a member who published it.
type GetSendResultRequest struct {
	MomentID string `json:"moment_id"`
	UserID   string `json:"userid"`          // from GetTask for a moment of the corp, or else Moment.Creator
	Cursor   string `json:"cursor,omitzero"` // NextCursor of the page before
	Limit    int    `json:"limit,omitzero"`  // page size, at most 5,000; 0 and more than 5,000 are 3,000
}

// SendResultList is one page of the customers who can see a moment.
type SendResultList struct {
	NextCursor   string       `json:"next_cursor"` // empty on the last page
	CustomerList []SendResult `json:"customer_list"`
}

// SendResult is a customer who can see a moment.
type SendResult struct {
	ExternalUserID string `json:"external_userid"`
}

// GetSendResult returns one page of the customers who can see a moment in
// WeChat since the member published it.
//
// 「获取客户朋友圈发表后的可见客户列表」 https://developer.work.weixin.qq.com/document/path/93333
//
// Fails with [wecom.CodeInvalidMomentSender] if the member has no part in the
// moment, and with [wecom.CodeMomentNotPublished] if they have not published it.
func (s *Service) GetSendResult(ctx context.Context, req GetSendResultRequest) (*SendResultList, error) {
	return wecom.Do[SendResultList](ctx, s.client, opGetSendResult, req)
}

// AllSendResults walks the customers who can see a moment, from req.Cursor on. A
// zero Limit is 5,000 here, to save calls.
//
// 「获取客户朋友圈发表后的可见客户列表」 https://developer.work.weixin.qq.com/document/path/93333
func (s *Service) AllSendResults(ctx context.Context, req GetSendResultRequest) iter.Seq2[SendResult, error] {
	return paging.All(func(cursor string) ([]SendResult, string, error) {
		req := req
		req.Cursor, req.Limit = cmp.Or(cursor, req.Cursor), cmp.Or(req.Limit, 5000)
		res, err := s.GetSendResult(ctx, req)
		if err != nil {
			return nil, "", err
		}
		return res.CustomerList, res.NextCursor, nil
	})
}
