package wecomtest

import (
	"slices"
	"time"
)

// A MassSend is a message to many customers, or many group chats, which
// members send.
type MassSend struct {
	MsgID       string         `json:"msgid"`
	ChatType    string         `json:"chat_type,omitzero"` // single or group
	Creator     string         `json:"creator,omitzero"`   // userid, if a member wrote it themselves
	CreateTime  time.Time      `json:"create_time,omitzero"`
	AllowSelect bool           `json:"allow_select,omitzero"` // members may leave customers out
	Text        string         `json:"text,omitzero"`
	Attachments []Attachment   `json:"attachments,omitzero"`
	TaskList    []MassSendTask `json:"task_list,omitzero"`
	Cancelled   bool           `json:"cancelled,omitzero"` // who has not sent cannot any more
}

// A MassSendTask is what one member has to do.
type MassSendTask struct {
	UserID   string           `json:"userid"`
	Status   int              `json:"status"` // 0 not sent, 2 sent
	SendTime time.Time        `json:"send_time,omitzero"`
	SendList []MassSendResult `json:"send_list,omitzero"`
	Reminded int              `json:"reminded,omitzero"` // how often the member was asked again
}

// A MassSendResult is what became of the message to one customer or group
// chat.
type MassSendResult struct {
	ExternalUserID string    `json:"external_userid,omitzero"`
	ChatID         string    `json:"chat_id,omitzero"`
	Status         int       `json:"status"` // 0 not sent, 1 sent, 2 no friend, 3 had as many mass sends as the rule allows
	SendTime       time.Time `json:"send_time,omitzero"`
}

const (
	taskSent = 2

	resultSent      = 1
	resultNoFriend  = 2
	resultOverQuota = 3
)

const chatGroup = "group" // a chat_type; the other is single

type massSendStore struct {
	byID  map[string]*massSend
	order []*massSend
	rule  MassSendRule
	times map[string][]time.Time // of the latest sends, by external_userid or chat_id
}

type massSend struct {
	MassSend  // without TaskList
	tasks     []*massSendTask
	reminders []time.Time // of the last day
}

type massSendTask struct {
	MassSendTask
	ignored bool
	choose  bool // the member picks the group chats
}

func newMassSendStore() massSendStore {
	return massSendStore{byID: make(map[string]*massSend), times: make(map[string][]time.Time)}
}

func (s *massSendStore) add(m *massSend) {
	s.byID[m.MsgID] = m
	s.order = append(s.order, m)
}

// task returns the task of a member, or nil.
func (m *massSend) task(userID string) *massSendTask {
	i := slices.IndexFunc(m.tasks, func(t *massSendTask) bool { return t.UserID == userID })
	if i < 0 {
		return nil
	}
	return m.tasks[i]
}

func massSendHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/externalcontact/add_msg_template":         handle(addMsgTemplate),
		"/cgi-bin/externalcontact/get_groupmsg_list_v2":     handle(getGroupMsgList),
		"/cgi-bin/externalcontact/get_groupmsg_task":        handle(getGroupMsgTask),
		"/cgi-bin/externalcontact/get_groupmsg_send_result": handle(getGroupMsgSendResult),
		"/cgi-bin/externalcontact/remind_groupmsg_send":     handle(remindGroupMsgSend),
		"/cgi-bin/externalcontact/cancel_groupmsg_send":     handle(cancelGroupMsgSend),
	}
}

type addMsgTemplateRequest struct {
	ChatType       string   `json:"chat_type"`
	ExternalUserID []string `json:"external_userid"`
	ChatIDList     []string `json:"chat_id_list"`
	TagFilter      struct {
		GroupList []struct {
			TagList []string `json:"tag_list"`
		} `json:"group_list"`
	} `json:"tag_filter"`
	Sender      string `json:"sender"`
	AllowSelect bool   `json:"allow_select"`
	contentWire
}

// tags returns the tag filter: OR within a list, AND between them.
func (r *addMsgTemplateRequest) tags() [][]string {
	var groups [][]string
	for _, g := range r.TagFilter.GroupList {
		if len(g.TagList) > 0 {
			groups = append(groups, g.TagList)
		}
	}
	return groups
}

type addMsgTemplateReply struct {
	FailList []string `json:"fail_list"`
	MsgID    string   `json:"msgid"`
}

func addMsgTemplate(x *exchange, req addMsgTemplateRequest) (any, error) {
	if req.Sender != "" {
		m, err := x.corp.follower(x, req.Sender)
		if err != nil {
			return nil, err
		}
		if m.NoContact {
			return nil, Refuse(84074, "no external contact permission")
		}
	}
	content, err := x.content(req.contentWire, 0)
	if err != nil {
		return nil, err
	}
	m := &massSend{MassSend: MassSend{
		ChatType:    "single",
		CreateTime:  x.now,
		Text:        content.Text,
		Attachments: content.Attachments,
	}}
	var failed []string
	if req.ChatType == chatGroup {
		m.ChatType = chatGroup
		failed, err = m.toGroupChats(x, req)
	} else {
		m.AllowSelect = req.AllowSelect
		failed, err = m.toCustomers(x, req)
	}
	if err != nil {
		return nil, err
	}
	m.MsgID = x.corp.nextID("msg")
	x.corp.massSends.add(m)
	return addMsgTemplateReply{FailList: failed, MsgID: m.MsgID}, nil
}

// toGroupChats makes the task of the sender, who must own the group chats.
// Without a list the sender picks them.
func (m *massSend) toGroupChats(x *exchange, req addMsgTemplateRequest) (failed []string, err error) {
	if req.Sender == "" {
		return nil, Refuse(40063, "wecomtest: sender is empty")
	}
	failed = []string{}
	task := &massSendTask{MassSendTask: MassSendTask{UserID: req.Sender}, choose: len(req.ChatIDList) == 0}
	for _, id := range unique(req.ChatIDList) {
		if g := x.corp.groupChats.byID[id]; g == nil || g.Owner != req.Sender {
			failed = append(failed, id)
			continue
		}
		task.SendList = append(task.SendList, MassSendResult{ChatID: id})
	}
	if !task.choose && len(task.SendList) == 0 {
		return nil, Refuse(41048, "wecomtest: the sender owns none of the group chats")
	}
	m.tasks = []*massSendTask{task}
	return failed, nil
}

// toCustomers makes the tasks of those who send to the customers that were
// picked: by their ids, else by tags, else all of the sender's.
func (m *massSend) toCustomers(x *exchange, req addMsgTemplateRequest) (failed []string, err error) {
	failed = []string{}
	var picked []*Customer
	switch tags := req.tags(); {
	case len(req.ExternalUserID) > 0:
		for _, id := range unique(req.ExternalUserID) {
			cust := x.corp.customers.byID[id]
			if cust == nil || x.sender(cust, req.Sender) == "" {
				failed = append(failed, id)
				continue
			}
			picked = append(picked, cust)
		}
	case len(tags) == 0 && req.Sender == "":
		return nil, Refuse(40063, "wecomtest: sender, external_userid and tag_filter are empty")
	default:
		if picked, err = x.allCustomers(req.Sender, tags); err != nil {
			return nil, err
		}
	}
	for _, cust := range picked {
		userID := x.sender(cust, req.Sender)
		if userID == "" {
			continue
		}
		task := m.task(userID)
		if task == nil {
			task = &massSendTask{MassSendTask: MassSendTask{UserID: userID}}
			m.tasks = append(m.tasks, task)
		}
		task.SendList = append(task.SendList, MassSendResult{ExternalUserID: cust.ExternalUserID})
	}
	if len(m.tasks) == 0 {
		return nil, Refuse(41048, "wecomtest: no customer to send to")
	}
	return failed, nil
}

// allCustomers returns the customers of one member, or of all that the app
// sees, who have a tag of each list.
func (x *exchange) allCustomers(userID string, tags [][]string) ([]*Customer, error) {
	for _, list := range tags {
		for _, id := range list {
			if x.corp.tags.tag(id) == nil {
				return nil, Refuse(40068, "invalid tagid")
			}
		}
	}
	users := x.corp.members.order
	if userID != "" {
		users = []string{userID}
	}
	var picked []*Customer
	seen := make(map[*Customer]bool)
	for _, id := range users {
		if !x.app.sees(id) {
			continue
		}
		for _, cust := range x.corp.customers.byMember[id] {
			if !seen[cust] && x.tagged(cust, userID, tags) {
				seen[cust] = true
				picked = append(picked, cust)
			}
		}
	}
	return picked, nil
}

// tagged reports whether the customer has a tag of each list, from userID or,
// if that is empty, from anybody whom the app sees.
func (x *exchange) tagged(cust *Customer, userID string, tags [][]string) bool {
	for _, list := range tags {
		if !slices.ContainsFunc(cust.FollowUser, func(f Follow) bool {
			if userID != "" && f.UserID != userID || !x.app.sees(f.UserID) {
				return false
			}
			return slices.ContainsFunc(list, func(id string) bool { return slices.Contains(f.TagID, id) })
		}) {
			return false
		}
	}
	return true
}

// sender returns who sends to a customer: wanted, or else whoever of those
// that the app sees talked with them last, or became their friend last. It is
// "" if there is nobody.
func (x *exchange) sender(cust *Customer, wanted string) string {
	var userID string
	var last time.Time
	for i := range cust.FollowUser {
		f := &cust.FollowUser[i]
		m := x.corp.members.byID[f.UserID]
		if wanted != "" && f.UserID != wanted || m == nil || !m.follows() || !x.app.sees(f.UserID) {
			continue
		}
		at := f.CreateTime
		if talk := x.corp.talked(f.UserID, cust.ExternalUserID); talk.After(at) {
			at = talk
		}
		if userID == "" || !at.Before(last) {
			userID, last = f.UserID, at
		}
	}
	return userID
}

// unique drops what stands in a list before.
func unique(list []string) []string {
	seen := make(map[string]bool, len(list))
	return slices.DeleteFunc(slices.Clone(list), func(id string) bool {
		before := seen[id]
		seen[id] = true
		return before
	})
}

// talked returns when a member and a customer talked last, or the zero time.
func (c *corp) talked(userID, externalUserID string) time.Time {
	return c.talks[relationKey{userID, externalUserID}]
}

// MassSend returns a copy of a mass send, or the zero MassSend.
func (s *Server) MassSend(msgID string) MassSend {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.corp.massSends.byID[msgID]
	if m == nil {
		return MassSend{}
	}
	out := m.MassSend
	out.Attachments = slices.Clone(m.Attachments)
	for _, t := range m.tasks {
		task := t.MassSendTask
		task.SendList = slices.Clone(t.SendList)
		out.TaskList = append(out.TaskList, task)
	}
	return out
}
