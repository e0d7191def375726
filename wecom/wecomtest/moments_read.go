package wecomtest

// Steps of a moment's job.
const (
	momentJobWaiting = iota + 1
	momentJobRunning
	momentJobDone
)

type getMomentTaskResultRequest struct {
	JobID string `json:"jobid"`
}

type getMomentTaskResultReply struct {
	Status int           `json:"status"`
	Type   string        `json:"type"`
	Result *momentResult `json:"result,omitempty"` // once it is done
}

func getMomentTaskResult(x *exchange, req getMomentTaskResultRequest) (any, error) {
	job := x.corp.moments.jobs[req.JobID]
	if job == nil {
		return nil, Refuse(40088, "wecomtest: no such jobid")
	}
	reply := getMomentTaskResultReply{Status: momentJobDone, Type: "add_moment_task"}
	switch age := x.now.Sub(job.created); {
	case age >= momentJobLife:
		return nil, Refuse(40089, "wecomtest: the jobid has expired")
	case age < momentStep:
		reply.Status = momentJobWaiting
	case age < 2*momentStep:
		reply.Status = momentJobRunning
	default:
		reply.Result = &job.result
	}
	return reply, nil
}

type getMomentListRequest struct {
	StartTime  int64  `json:"start_time"`
	EndTime    int64  `json:"end_time"`
	Creator    string `json:"creator"`
	FilterType *int   `json:"filter_type"`
	Cursor     string `json:"cursor"`
	Limit      int    `json:"limit"`
}

type getMomentListReply struct {
	NextCursor string       `json:"next_cursor"`
	MomentList []momentWire `json:"moment_list"`
}

type momentWire struct {
	MomentID    string      `json:"moment_id"`
	Creator     string      `json:"creator,omitempty"` // not of what an app made
	CreateTime  int64       `json:"create_time"`
	CreateType  int         `json:"create_type"`
	VisibleType int         `json:"visible_type"` // 0 to some, 1 to all customers
	Text        *textWire   `json:"text,omitempty"`
	Image       []mediaWire `json:"image,omitempty"`
	Video       *mediaWire  `json:"video,omitempty"`
	Link        *linkWire   `json:"link,omitempty"`
	Location    *Location   `json:"location,omitempty"`
}

// maxMomentSpan is 30 days, in seconds.
const maxMomentSpan = 30 * 24 * 60 * 60

// getMomentList leaves out what was made at start_time and end_time sharp, as
// the page has it.
func getMomentList(x *exchange, req getMomentListRequest) (any, error) {
	if req.EndTime < req.StartTime || req.EndTime-req.StartTime > maxMomentSpan {
		return nil, Refuse(40058, "wecomtest: start_time and end_time are not in order, or over 30 days apart")
	}
	filter := filterAll
	if req.FilterType != nil {
		filter = *req.FilterType
	}
	var rows []*Moment
	for _, m := range x.corp.moments.order {
		created := m.CreateTime.Unix()
		switch {
		case m.CreateTime.After(x.now),
			created <= req.StartTime, created >= req.EndTime,
			req.Creator != "" && m.Creator != req.Creator,
			filter != filterAll && filter != createType(m.Creator),
			!m.visible(x):
		default:
			rows = append(rows, m)
		}
	}
	from, to, next, err := x.page(len(rows), req.Cursor, req.Limit)
	if err != nil {
		return nil, err
	}
	reply := getMomentListReply{NextCursor: next, MomentList: make([]momentWire, 0, to-from)}
	for _, m := range rows[from:to] {
		reply.MomentList = append(reply.MomentList, m.wire())
	}
	return reply, nil
}

// visible reports whether the app sees anybody who publishes the moment.
func (m *Moment) visible(x *exchange) bool {
	for i := range m.TaskList {
		if x.app.sees(m.TaskList[i].UserID) {
			return true
		}
	}
	return false
}

func (m *Moment) wire() momentWire {
	w := momentWire{
		MomentID:   m.MomentID,
		Creator:    m.Creator,
		CreateTime: m.CreateTime.Unix(),
		CreateType: createType(m.Creator),
		Location:   m.Location,
	}
	if m.TagList == nil {
		w.VisibleType = 1
	}
	if m.Text != "" {
		w.Text = &textWire{m.Text}
	}
	for i := range m.Attachments {
		switch a := &m.Attachments[i]; a.MsgType {
		case "image":
			w.Image = append(w.Image, mediaWire{a.MediaID})
		case "video":
			w.Video = &mediaWire{a.MediaID}
		case "link":
			w.Link = &linkWire{Title: a.Title, URL: a.URL}
		}
	}
	return w
}
