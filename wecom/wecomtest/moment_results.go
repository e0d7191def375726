package wecomtest

import "time"

// A MomentReaction is a like or a comment. Exactly one of the ids is set.
type MomentReaction struct {
	UserID         string    `json:"userid,omitzero"` // of a member
	ExternalUserID string    `json:"external_userid,omitzero"`
	CreateTime     time.Time `json:"create_time,omitzero"`
}

// moment returns a moment of which the app sees a publisher, or the refusal.
func (x *exchange) moment(id string) (*Moment, error) {
	if m := x.corp.moments.ready(id, x.now); m != nil && m.visible(x) {
		return m, nil
	}
	return nil, Refuse(41060, "wecomtest: no moment has that moment_id")
}

// corpMoment returns a moment that an app made, or the refusal.
func (x *exchange) corpMoment(id string) (*Moment, error) {
	m, err := x.moment(id)
	if err == nil && m.Creator != "" {
		return nil, Refuse(41067, "wecomtest: a member posted the moment, not the corp")
	}
	return m, err
}

type momentPageRequest struct {
	MomentID string `json:"moment_id"`
	UserID   string `json:"userid"`
	Cursor   string `json:"cursor"`
	Limit    int    `json:"limit"`
}

type getMomentTaskReply struct {
	TaskList   []momentTaskWire `json:"task_list"`
	NextCursor string           `json:"next_cursor"`
}

type momentTaskWire struct {
	UserID        string `json:"userid"`
	PublishStatus int    `json:"publish_status"`
}

func getMomentTask(x *exchange, req momentPageRequest) (any, error) {
	m, err := x.corpMoment(req.MomentID)
	if err != nil {
		return nil, err
	}
	rows := []momentTaskWire{}
	for i := range m.TaskList {
		if t := &m.TaskList[i]; x.app.sees(t.UserID) {
			rows = append(rows, momentTaskWire{t.UserID, t.PublishStatus})
		}
	}
	from, to, next, err := x.page(len(rows), req.Cursor, req.Limit)
	if err != nil {
		return nil, err
	}
	return getMomentTaskReply{rows[from:to], next}, nil
}

// published returns what a member has published, or the refusal.
func (x *exchange) published(req momentPageRequest) (*MomentTask, error) {
	m, err := x.moment(req.MomentID)
	if err != nil {
		return nil, err
	}
	t := m.task(req.UserID)
	switch {
	case t == nil:
		return nil, Refuse(41061, "wecomtest: the member is not asked to publish the moment")
	case !x.app.sees(req.UserID):
		return nil, Refuse(60011, "no privilege to access/modify contact/party/agent")
	case t.PublishStatus != momentPublished:
		return nil, Refuse(41062, "wecomtest: the member has not published the moment")
	}
	return t, nil
}

type getMomentCustomerListReply struct {
	CustomerList []momentCustomerWire `json:"customer_list"`
	NextCursor   string               `json:"next_cursor"`
}

type momentCustomerWire struct {
	UserID         string `json:"userid,omitempty"`
	ExternalUserID string `json:"external_userid"`
}

func getMomentCustomerList(x *exchange, req momentPageRequest) (any, error) {
	return x.momentCustomers(req, req.UserID)
}

func getMomentSendResult(x *exchange, req momentPageRequest) (any, error) {
	return x.momentCustomers(req, "")
}

// momentCustomers lists who sees what a member published, each with userID.
func (x *exchange) momentCustomers(req momentPageRequest, userID string) (any, error) {
	t, err := x.published(req)
	if err != nil {
		return nil, err
	}
	from, to, next, err := x.page(len(t.CustomerList), req.Cursor, req.Limit)
	if err != nil {
		return nil, err
	}
	reply := getMomentCustomerListReply{CustomerList: make([]momentCustomerWire, 0, to-from), NextCursor: next}
	for _, id := range t.CustomerList[from:to] {
		reply.CustomerList = append(reply.CustomerList, momentCustomerWire{userID, id})
	}
	return reply, nil
}

type getMomentCommentsReply struct {
	CommentList []reactionWire `json:"comment_list"`
	LikeList    []reactionWire `json:"like_list"`
}

type reactionWire struct {
	ExternalUserID string `json:"external_userid,omitempty"`
	UserID         string `json:"userid,omitempty"`
	CreateTime     int64  `json:"create_time"`
}

func getMomentComments(x *exchange, req momentPageRequest) (any, error) {
	t, err := x.published(req)
	if err != nil {
		return nil, err
	}
	return getMomentCommentsReply{reactionsWire(t.CommentList), reactionsWire(t.LikeList)}, nil
}

func reactionsWire(list []MomentReaction) []reactionWire {
	out := make([]reactionWire, 0, len(list))
	for _, r := range list {
		out = append(out, reactionWire{r.ExternalUserID, r.UserID, r.CreateTime.Unix()})
	}
	return out
}

type momentIDRequest struct {
	MomentID string `json:"moment_id"`
}

// cancelMomentTask stops those who have not published. What was published
// stays.
func cancelMomentTask(x *exchange, req momentIDRequest) (any, error) {
	m, err := x.corpMoment(req.MomentID)
	if err == nil {
		m.Cancelled = true
	}
	return nil, err
}
