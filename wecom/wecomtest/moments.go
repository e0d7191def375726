package wecomtest

import (
	"slices"
	"time"
)

// A Moment is a post that customers see in their 朋友圈, once members publish
// it.
type Moment struct {
	MomentID    string       `json:"moment_id"`
	Creator     string       `json:"creator,omitzero"` // userid, if a member posted it themselves
	CreateTime  time.Time    `json:"create_time,omitzero"`
	Text        string       `json:"text,omitzero"`
	Attachments []Attachment `json:"attachments,omitzero"` // images, or one video, or one link
	Location    *Location    `json:"location,omitzero"`    // of a member's own only
	TagList     []string     `json:"tag_list,omitzero"`    // only customers with one of these corp tags see it; nil is all
	TaskList    []MomentTask `json:"task_list,omitzero"`
	Cancelled   bool         `json:"cancelled,omitzero"` // who has not published cannot any more
}

// A Location is where a moment says it was posted. Numbers are texts, as WeCom
// gives them.
type Location struct {
	Latitude  string `json:"latitude"`
	Longitude string `json:"longitude"`
	Name      string `json:"name"`
}

// A MomentTask is what one member has to do, or has done.
type MomentTask struct {
	UserID        string           `json:"userid"`
	PublishStatus int              `json:"publish_status"` // 0 not published, 1 published
	PublishTime   time.Time        `json:"publish_time,omitzero"`
	CustomerList  []string         `json:"customer_list,omitzero"` // external_userids of those who see it
	CommentList   []MomentReaction `json:"comment_list,omitzero"`
	LikeList      []MomentReaction `json:"like_list,omitzero"`
}

// momentPublished is the other publish_status.
const momentPublished = 1

type momentStore struct {
	byID  map[string]*Moment
	order []*Moment
	jobs  map[string]*momentJob
}

// momentJob is the creation of one moment. It is decided when it is asked for,
// and shows as time goes by.
type momentJob struct {
	created time.Time
	result  momentResult
}

// A moment's job waits and runs for momentStep each, and lives for momentJobLife.
const (
	momentStep    = time.Second
	momentJobLife = 24 * time.Hour
)

func newMomentStore() momentStore {
	return momentStore{byID: make(map[string]*Moment), jobs: make(map[string]*momentJob)}
}

func (s *momentStore) add(m *Moment) {
	s.byID[m.MomentID] = m
	s.order = append(s.order, m)
}

// ready returns a moment whose job is done, or nil.
func (s *momentStore) ready(id string, now time.Time) *Moment {
	if m := s.byID[id]; m != nil && !now.Before(m.CreateTime) {
		return m
	}
	return nil
}

func (m *Moment) task(userID string) *MomentTask {
	i := slices.IndexFunc(m.TaskList, func(t MomentTask) bool { return t.UserID == userID })
	if i < 0 {
		return nil
	}
	return &m.TaskList[i]
}

func (m *Moment) clone() Moment {
	out := *m
	out.Attachments = slices.Clone(m.Attachments)
	out.TagList = slices.Clone(m.TagList)
	out.TaskList = slices.Clone(m.TaskList)
	for i := range out.TaskList {
		t := &out.TaskList[i]
		t.CustomerList = slices.Clone(t.CustomerList)
		t.CommentList, t.LikeList = slices.Clone(t.CommentList), slices.Clone(t.LikeList)
	}
	if m.Location != nil {
		out.Location = new(*m.Location)
	}
	return out
}

func momentHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/externalcontact/add_moment_task":        handle(addMomentTask),
		"/cgi-bin/externalcontact/get_moment_task_result": handle(getMomentTaskResult),
		"/cgi-bin/externalcontact/get_moment_list":        handle(getMomentList),

		"/cgi-bin/externalcontact/get_moment_task":          handle(getMomentTask),
		"/cgi-bin/externalcontact/get_moment_customer_list": handle(getMomentCustomerList),
		"/cgi-bin/externalcontact/get_moment_send_result":   handle(getMomentSendResult),
		"/cgi-bin/externalcontact/get_moment_comments":      handle(getMomentComments),
		"/cgi-bin/externalcontact/cancel_moment_task":       handle(cancelMomentTask),
	}
}

type addMomentTaskRequest struct {
	contentWire
	VisibleRange struct {
		SenderList          *momentSenders `json:"sender_list"`
		ExternalContactList *momentTags    `json:"external_contact_list"`
	} `json:"visible_range"`
}

type momentSenders struct {
	UserList       []string `json:"user_list"`
	DepartmentList []int64  `json:"department_list"`
}

type momentTags struct {
	TagList []string `json:"tag_list"`
}

type addMomentTaskReply struct {
	JobID string `json:"jobid"`
}

type momentResult struct {
	ErrCode        int           `json:"errcode"`
	ErrMsg         string        `json:"errmsg"`
	MomentID       string        `json:"moment_id"`
	InvalidSenders momentSenders `json:"invalid_sender_list"`
	InvalidTags    momentTags    `json:"invalid_external_contact_list"`
}

func addMomentTask(x *exchange, req addMomentTaskRequest) (any, error) {
	content, err := x.momentContent(req.contentWire)
	if err != nil {
		return nil, err
	}
	jobID := x.corp.opaque("moment job", len(x.corp.moments.jobs)+1, 40)
	job := &momentJob{created: x.now, result: momentResult{
		ErrMsg:         "ok",
		InvalidSenders: momentSenders{[]string{}, []int64{}},
		InvalidTags:    momentTags{[]string{}},
	}}
	x.corp.moments.jobs[jobID] = job
	m := &Moment{CreateTime: x.now.Add(2 * momentStep), Text: content.Text, Attachments: content.Attachments}
	if in := req.VisibleRange.ExternalContactList; in != nil {
		for _, id := range unique(in.TagList) {
			if x.corp.tags.tag(id) == nil {
				job.result.InvalidTags.TagList = append(job.result.InvalidTags.TagList, id)
				continue
			}
			m.TagList = append(m.TagList, id)
		}
		if m.TagList == nil && len(in.TagList) > 0 {
			m.TagList = []string{} // nobody, rather than everybody
		}
	}
	for _, userID := range x.momentSenders(req.VisibleRange.SenderList, &job.result.InvalidSenders) {
		if m.TagList == nil || len(x.corp.audience(m, userID)) > 0 {
			m.TaskList = append(m.TaskList, MomentTask{UserID: userID})
		}
	}
	if len(m.TaskList) == 0 {
		job.result.ErrCode, job.result.ErrMsg = 41048, "wecomtest: nobody can publish the moment"
		return addMomentTaskReply{jobID}, nil
	}
	m.MomentID = x.corp.nextID("mom")
	job.result.MomentID = m.MomentID
	x.corp.moments.add(m)
	return addMomentTaskReply{jobID}, nil
}

// momentContent allows up to nine images, or one video, or one link.
func (x *exchange) momentContent(in contentWire) (Received, error) {
	for _, a := range in.Attachments {
		switch {
		case a.MsgType != in.Attachments[0].MsgType:
			return Received{}, Refuse(41065, "invalid attachments msgtype")
		case len(in.Attachments) > 1 && a.MsgType != "image":
			return Received{}, Refuse(41064, "invalid attachments size")
		}
	}
	if len(in.Attachments) == 0 && (in.Text == nil || in.Text.Content == "") {
		return Received{}, Refuse(41089, "wecomtest: neither text nor attachment")
	}
	return x.content(in, forMoment)
}

// momentSenders returns the members who are asked to publish, in the order
// they came to the corp, and notes who was named in vain.
func (x *exchange) momentSenders(in *momentSenders, invalid *momentSenders) []string {
	named := make(map[string]bool)
	if in != nil {
		for _, id := range unique(in.UserList) {
			if m := x.corp.members.byID[id]; m == nil || !m.follows() || !x.app.sees(id) {
				invalid.UserList = append(invalid.UserList, id)
			}
			named[id] = true
		}
		for _, id := range in.DepartmentList {
			users := x.department(id)
			if len(users) == 0 {
				invalid.DepartmentList = append(invalid.DepartmentList, id)
			}
			for _, userID := range users {
				named[userID] = true
			}
		}
	}
	everyone := in == nil || len(in.UserList)+len(in.DepartmentList) == 0
	var users []string
	for _, id := range x.corp.members.order {
		if (everyone || named[id]) && x.corp.members.byID[id].follows() && x.app.sees(id) {
			users = append(users, id)
		}
	}
	return users
}

// department returns the members of a department whom the app sees. A member
// without department is in the topmost.
func (x *exchange) department(id int64) []string {
	const topmost = 1
	var users []string
	for _, userID := range x.corp.members.order {
		m := x.corp.members.byID[userID]
		in := slices.Contains(m.Department, id) || id == topmost && len(m.Department) == 0
		if in && !m.Left && x.app.sees(userID) {
			users = append(users, userID)
		}
	}
	return users
}

// audience returns the customers of a member who may see a moment.
func (c *corp) audience(m *Moment, userID string) []string {
	var list []string
	for _, cust := range c.customers.byMember[userID] {
		f := cust.follow(userID)
		if !f.Deleted && (m.TagList == nil || slices.ContainsFunc(f.TagID, func(id string) bool { return slices.Contains(m.TagList, id) })) {
			list = append(list, cust.ExternalUserID)
		}
	}
	return list
}

// Moment returns a copy of a moment, or the zero Moment.
func (s *Server) Moment(momentID string) Moment {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.corp.moments.byID[momentID]
	if m == nil {
		return Moment{}
	}
	return m.clone()
}

// MomentsSeen returns the moments that a customer can see, oldest first.
func (s *Server) MomentsSeen(externalUserID string) []Moment {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []Moment{}
	for _, m := range s.corp.moments.order {
		if slices.ContainsFunc(m.TaskList, func(t MomentTask) bool { return slices.Contains(t.CustomerList, externalUserID) }) {
			list = append(list, m.clone())
		}
	}
	return list
}
