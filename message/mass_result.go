package message

import (
	"cmp"
	"context"
	"iter"
	"net/http"
	"strconv"

	"github.com/wecomkit/wecom-go/internal/paging"
	"github.com/wecomkit/wecom-go/wecom"
)

var opGetGroupMsgList = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/get_groupmsg_list_v2", Doc: 93338, Read: true}

// GetGroupMsgListRequest says which mass messages to list.
type GetGroupMsgListRequest struct {
	ChatType   ChatType       `json:"chat_type"`
	StartTime  wecom.UnixTime `json:"start_time"`
	EndTime    wecom.UnixTime `json:"end_time"`             // at most one month after StartTime
	Creator    string         `json:"creator,omitzero"`     // the member who made them; empty is any
	FilterType *FilterType    `json:"filter_type,omitzero"` // nil is FilterTypeAll
	Limit      int            `json:"limit,omitzero"`       // default 50, at most 100; more counts as 50
	Cursor     string         `json:"cursor,omitzero"`      // NextCursor of the page before
}

// FilterType selects mass messages by who made them.
type FilterType int

// Who made a mass message, to select by.
const (
	FilterTypeCorp   FilterType = 0 // 企业发表
	FilterTypeMember FilterType = 1 // 个人发表
	FilterTypeAll    FilterType = 2 // 所有，包括个人创建以及企业创建
)

// String returns the constant's name without its prefix.
func (t FilterType) String() string {
	switch t {
	case FilterTypeCorp:
		return "Corp"
	case FilterTypeMember:
		return "Member"
	case FilterTypeAll:
		return "All"
	}
	return "FilterType(" + strconv.Itoa(int(t)) + ")"
}

// GroupMsgList is one page of mass messages.
type GroupMsgList struct {
	NextCursor   string     `json:"next_cursor"` // empty on the last page
	GroupMsgList []GroupMsg `json:"group_msg_list"`
}

// GroupMsg is a mass message as it was created.
type GroupMsg struct {
	MsgID       string         `json:"msgid"`
	Creator     string         `json:"creator"` // the member; empty if it was created through the API
	CreateTime  wecom.UnixTime `json:"create_time"`
	CreateType  CreateType     `json:"create_type"`
	Text        Text           `json:"text"`
	Attachments Attachments    `json:"attachments"`
}

// CreateType is who made a mass message.
type CreateType int

// Who made a mass message.
const (
	CreateTypeCorp   CreateType = 0 // 企业
	CreateTypeMember CreateType = 1 // 个人
)

// String returns the constant's name without its prefix.
func (t CreateType) String() string {
	switch t {
	case CreateTypeCorp:
		return "Corp"
	case CreateTypeMember:
		return "Member"
	}
	return "CreateType(" + strconv.Itoa(int(t)) + ")"
}

// GetGroupMsgList returns one page of the mass messages that the corp and its
// members created.
//
// 「获取群发记录列表」 https://developer.work.weixin.qq.com/document/path/93338
//
// StartTime and EndTime are at most one month apart. Only messages of members
// in the app's visible range are returned.
func (s *Service) GetGroupMsgList(ctx context.Context, req GetGroupMsgListRequest) (*GroupMsgList, error) {
	return wecom.Do[GroupMsgList](ctx, s.client, opGetGroupMsgList, req)
}

// AllGroupMsgs walks the mass messages that the corp and its members created,
// from req.Cursor on. A zero Limit is 100 here, to save calls.
//
// 「获取群发记录列表」 https://developer.work.weixin.qq.com/document/path/93338
func (s *Service) AllGroupMsgs(ctx context.Context, req GetGroupMsgListRequest) iter.Seq2[GroupMsg, error] {
	return paging.All(func(cursor string) ([]GroupMsg, string, error) {
		req := req
		req.Cursor, req.Limit = cmp.Or(cursor, req.Cursor), cmp.Or(req.Limit, 100)
		res, err := s.GetGroupMsgList(ctx, req)
		if err != nil {
			return nil, "", err
		}
		return res.GroupMsgList, res.NextCursor, nil
	})
}

var opGetGroupMsgTask = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/get_groupmsg_task", Doc: 93338, Read: true}

// GetGroupMsgTaskRequest names the mass message whose tasks to list.
type GetGroupMsgTaskRequest struct {
	MsgID  string `json:"msgid"`
	Limit  int    `json:"limit,omitzero"`  // default 500, at most 1,000; more counts as 500
	Cursor string `json:"cursor,omitzero"` // NextCursor of the page before
}

// GroupMsgTaskList is one page of the tasks of a mass message.
type GroupMsgTaskList struct {
	NextCursor string         `json:"next_cursor"` // empty on the last page
	TaskList   []GroupMsgTask `json:"task_list"`
}

// GroupMsgTask is what one member was asked to send.
type GroupMsgTask struct {
	UserID   string         `json:"userid"` // the member
	Status   TaskStatus     `json:"status"`
	SendTime wecom.UnixTime `json:"send_time"` // zero if not sent
}

// TaskStatus is whether a member has confirmed a mass message.
type TaskStatus int

// Whether a member has confirmed a mass message. There is no 1.
const (
	TaskStatusUnsent TaskStatus = 0 // 未发送
	TaskStatusSent   TaskStatus = 2 // 已发送
)

// String returns the constant's name without its prefix.
func (s TaskStatus) String() string {
	switch s {
	case TaskStatusUnsent:
		return "Unsent"
	case TaskStatusSent:
		return "Sent"
	}
	return "TaskStatus(" + strconv.Itoa(int(s)) + ")"
}

// GetGroupMsgTask returns one page of the members who were asked to send a mass
// message, and whether each has confirmed.
//
// 「获取群发成员发送任务列表」 https://developer.work.weixin.qq.com/document/path/93338
//
// Only members in the app's visible range are returned.
// Fails with [wecom.CodeMassMsgDispatching] right after the message was
// created: try again later.
func (s *Service) GetGroupMsgTask(ctx context.Context, req GetGroupMsgTaskRequest) (*GroupMsgTaskList, error) {
	return wecom.Do[GroupMsgTaskList](ctx, s.client, opGetGroupMsgTask, req)
}

// AllGroupMsgTasks walks the members who were asked to send a mass message,
// from req.Cursor on. A zero Limit is 1,000 here, to save calls.
//
// 「获取群发成员发送任务列表」 https://developer.work.weixin.qq.com/document/path/93338
func (s *Service) AllGroupMsgTasks(ctx context.Context, req GetGroupMsgTaskRequest) iter.Seq2[GroupMsgTask, error] {
	return paging.All(func(cursor string) ([]GroupMsgTask, string, error) {
		req := req
		req.Cursor, req.Limit = cmp.Or(cursor, req.Cursor), cmp.Or(req.Limit, 1000)
		res, err := s.GetGroupMsgTask(ctx, req)
		if err != nil {
			return nil, "", err
		}
		return res.TaskList, res.NextCursor, nil
	})
}

var opGetGroupMsgSendResult = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/get_groupmsg_send_result", Doc: 93338, Read: true}

// GetGroupMsgSendResultRequest names one member's part of a mass message.
type GetGroupMsgSendResultRequest struct {
	MsgID  string `json:"msgid"`
	UserID string `json:"userid"`          // the member, from GetGroupMsgTask
	Limit  int    `json:"limit,omitzero"`  // default 500, at most 1,000; more counts as 500
	Cursor string `json:"cursor,omitzero"` // NextCursor of the page before
}

// GroupMsgSendList is one page of what became of one member's part of a mass
// message.
type GroupMsgSendList struct {
	NextCursor string         `json:"next_cursor"` // empty on the last page
	SendList   []GroupMsgSend `json:"send_list"`
}

// GroupMsgSend is what became of a mass message for one customer or group.
type GroupMsgSend struct {
	ExternalUserID string         `json:"external_userid"` // empty if it was for a group
	ChatID         string         `json:"chat_id"`         // empty if it was for a customer
	UserID         string         `json:"userid"`          // the member
	Status         SendStatus     `json:"status"`
	SendTime       wecom.UnixTime `json:"send_time"` // zero unless Status is SendStatusSent
}

// SendStatus is what became of a mass message for one customer or group.
type SendStatus int

// What became of a mass message for one customer or group.
const (
	SendStatusUnsent          SendStatus = 0 // 未发送
	SendStatusSent            SendStatus = 1 // 已发送
	SendStatusNotFriend       SendStatus = 2 // 因客户不是好友导致发送失败
	SendStatusAlreadyReceived SendStatus = 3 // 因客户已经收到其他群发消息导致发送失败
)

// String returns the constant's name without its prefix.
func (s SendStatus) String() string {
	switch s {
	case SendStatusUnsent:
		return "Unsent"
	case SendStatusSent:
		return "Sent"
	case SendStatusNotFriend:
		return "NotFriend"
	case SendStatusAlreadyReceived:
		return "AlreadyReceived"
	}
	return "SendStatus(" + strconv.Itoa(int(s)) + ")"
}

// GetGroupMsgSendResult returns one page of what became of one member's part
// of a mass message.
//
// 「获取企业群发成员执行结果」 https://developer.work.weixin.qq.com/document/path/93338
//
// Of a message for groups only the groups that it was sent to are returned,
// because the member chooses them. Fails with [wecom.CodeMassMsgDispatching]
// right after the message was created: try again later.
func (s *Service) GetGroupMsgSendResult(ctx context.Context, req GetGroupMsgSendResultRequest) (*GroupMsgSendList, error) {
	return wecom.Do[GroupMsgSendList](ctx, s.client, opGetGroupMsgSendResult, req)
}

// AllGroupMsgSendResults walks what became of one member's part of a mass
// message, from req.Cursor on. A zero Limit is 1,000 here, to save calls.
//
// 「获取企业群发成员执行结果」 https://developer.work.weixin.qq.com/document/path/93338
func (s *Service) AllGroupMsgSendResults(ctx context.Context, req GetGroupMsgSendResultRequest) iter.Seq2[GroupMsgSend, error] {
	return paging.All(func(cursor string) ([]GroupMsgSend, string, error) {
		req := req
		req.Cursor, req.Limit = cmp.Or(cursor, req.Cursor), cmp.Or(req.Limit, 1000)
		res, err := s.GetGroupMsgSendResult(ctx, req)
		if err != nil {
			return nil, "", err
		}
		return res.SendList, res.NextCursor, nil
	})
}
