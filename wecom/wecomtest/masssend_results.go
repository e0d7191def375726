package wecomtest

// maxGroupMsgSpan is the longest month, in seconds.
const maxGroupMsgSpan = 31 * 24 * 60 * 60

type getGroupMsgListRequest struct {
	ChatType   string `json:"chat_type"`
	StartTime  int64  `json:"start_time"`
	EndTime    int64  `json:"end_time"`
	Creator    string `json:"creator"`
	FilterType *int   `json:"filter_type"`
	Limit      int    `json:"limit"`
	Cursor     string `json:"cursor"`
}

// What get_groupmsg_list_v2 and get_moment_list filter by; 2 is everything.
const (
	filterCorp   = 0
	filterMember = 1
	filterAll    = 2
)

// createType is 0 for what the corp made, 1 for what a member did.
func createType(creator string) int {
	if creator == "" {
		return filterCorp
	}
	return filterMember
}

type getGroupMsgListReply struct {
	GroupMsgList []groupMsgWire `json:"group_msg_list"`
	NextCursor   string         `json:"next_cursor"`
}

type groupMsgWire struct {
	MsgID      string `json:"msgid"`
	Creator    string `json:"creator,omitempty"` // not of what an app made
	CreateTime int64  `json:"create_time"`
	CreateType int    `json:"create_type"`
	contentWire
}

func getGroupMsgList(x *exchange, req getGroupMsgListRequest) (any, error) {
	if req.EndTime < req.StartTime || req.EndTime-req.StartTime > maxGroupMsgSpan {
		return nil, Refuse(40058, "wecomtest: start_time and end_time are not in order, or over a month apart")
	}
	filter := filterAll
	if req.FilterType != nil {
		filter = *req.FilterType
	}
	var rows []*massSend
	for _, m := range x.corp.massSends.order {
		created := m.CreateTime.Unix()
		switch {
		case m.ChatType != req.ChatType,
			created < req.StartTime, created > req.EndTime,
			req.Creator != "" && m.Creator != req.Creator,
			filter != filterAll && filter != createType(m.Creator),
			len(m.visible(x)) == 0:
		default:
			rows = append(rows, m)
		}
	}
	from, to, next, err := x.page(len(rows), req.Cursor, req.Limit)
	if err != nil {
		return nil, err
	}
	reply := getGroupMsgListReply{GroupMsgList: make([]groupMsgWire, 0, to-from), NextCursor: next}
	for _, m := range rows[from:to] {
		row := groupMsgWire{MsgID: m.MsgID, Creator: m.Creator, CreateTime: m.CreateTime.Unix(), CreateType: createType(m.Creator)}
		if m.Text != "" {
			row.Text = &textWire{m.Text}
		}
		for i := range m.Attachments {
			row.Attachments = append(row.Attachments, m.Attachments[i].wire())
		}
		reply.GroupMsgList = append(reply.GroupMsgList, row)
	}
	return reply, nil
}

// visible returns the tasks of members whom the app sees.
func (m *massSend) visible(x *exchange) []*massSendTask {
	var tasks []*massSendTask
	for _, t := range m.tasks {
		if x.app.sees(t.UserID) {
			tasks = append(tasks, t)
		}
	}
	return tasks
}

type getGroupMsgTaskRequest struct {
	MsgID  string `json:"msgid"`
	Limit  int    `json:"limit"`
	Cursor string `json:"cursor"`
}

type getGroupMsgTaskReply struct {
	NextCursor string             `json:"next_cursor"`
	TaskList   []groupMsgTaskWire `json:"task_list"`
}

type groupMsgTaskWire struct {
	UserID   string `json:"userid"`
	Status   int    `json:"status"`
	SendTime int64  `json:"send_time,omitempty"`
}

func getGroupMsgTask(x *exchange, req getGroupMsgTaskRequest) (any, error) {
	m := x.corp.massSends.byID[req.MsgID]
	if m == nil {
		return nil, Refuse(41047, "wecomtest: no such msgid")
	}
	tasks := m.visible(x)
	from, to, next, err := x.page(len(tasks), req.Cursor, req.Limit)
	if err != nil {
		return nil, err
	}
	reply := getGroupMsgTaskReply{NextCursor: next, TaskList: make([]groupMsgTaskWire, 0, to-from)}
	for _, t := range tasks[from:to] {
		row := groupMsgTaskWire{UserID: t.UserID, Status: t.Status}
		if t.Status == taskSent {
			row.SendTime = t.SendTime.Unix()
		}
		reply.TaskList = append(reply.TaskList, row)
	}
	return reply, nil
}

type getGroupMsgSendResultRequest struct {
	MsgID  string `json:"msgid"`
	UserID string `json:"userid"`
	Limit  int    `json:"limit"`
	Cursor string `json:"cursor"`
}

type getGroupMsgSendResultReply struct {
	NextCursor string               `json:"next_cursor"`
	SendList   []groupMsgResultWire `json:"send_list"`
}

type groupMsgResultWire struct {
	ExternalUserID string `json:"external_userid,omitempty"`
	ChatID         string `json:"chat_id,omitempty"`
	UserID         string `json:"userid"`
	Status         int    `json:"status"`
	SendTime       int64  `json:"send_time,omitempty"`
}

// getGroupMsgSendResult shows group chats only once they were sent to: before,
// the member may still pick others.
func getGroupMsgSendResult(x *exchange, req getGroupMsgSendResultRequest) (any, error) {
	m := x.corp.massSends.byID[req.MsgID]
	switch {
	case m == nil:
		return nil, Refuse(41047, "wecomtest: no such msgid")
	case x.corp.members.byID[req.UserID] == nil:
		return nil, Refuse(60111, "userid not found")
	case !x.app.sees(req.UserID):
		return nil, Refuse(60011, "no privilege to access/modify contact/party/agent")
	}
	var rows []MassSendResult
	if t := m.task(req.UserID); t != nil {
		for _, r := range t.SendList {
			if r.ChatID == "" || r.Status != 0 {
				rows = append(rows, r)
			}
		}
	}
	from, to, next, err := x.page(len(rows), req.Cursor, req.Limit)
	if err != nil {
		return nil, err
	}
	reply := getGroupMsgSendResultReply{NextCursor: next, SendList: make([]groupMsgResultWire, 0, to-from)}
	for _, r := range rows[from:to] {
		row := groupMsgResultWire{ExternalUserID: r.ExternalUserID, ChatID: r.ChatID, UserID: req.UserID, Status: r.Status}
		if r.Status == resultSent {
			row.SendTime = r.SendTime.Unix()
		}
		reply.SendList = append(reply.SendList, row)
	}
	return reply, nil
}
