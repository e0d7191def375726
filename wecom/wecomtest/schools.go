package wecomtest

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Student is on the list that a school keeps with its parents: 家校通讯录.
type Student struct {
	StudentUserID string   `json:"student_userid"` // "" is a made-up one
	Name          string   `json:"name,omitzero"`
	Department    []int64  `json:"department,omitzero"`    // classes
	ParentUserID  []string `json:"parent_userid,omitzero"` // parent_userids
}

// A SchoolNotice is a 学校通知 that a parent or student got.
type SchoolNotice struct {
	AgentID int64           `json:"agentid"`
	Time    time.Time       `json:"time,omitzero"`
	MsgType string          `json:"msgtype,omitzero"`
	Text    string          `json:"text,omitzero"` // of a text
	Body    json.RawMessage `json:"body,omitzero"` // the object named like MsgType, as it was sent
}

const (
	subscribeByScan = 1 // a subscribe_mode: strangers may join by the QR code, too

	toParents  = 0 // the recv_scope
	toStudents = 1
)

type schoolStore struct {
	students   []*Student
	follows    map[string]bool // whether a parent follows the school
	mode       int
	notices    map[string][]*SchoolNotice // by parent_userid or student_userid
	unverified bool
}

func newSchoolStore() schoolStore {
	return schoolStore{follows: make(map[string]bool), mode: subscribeByScan, notices: make(map[string][]*SchoolNotice)}
}

func (s *schoolStore) student(id string) *Student {
	i := slices.IndexFunc(s.students, func(st *Student) bool { return st.StudentUserID == id })
	if i < 0 {
		return nil
	}
	return s.students[i]
}

// following keeps the parents who follow the school.
func (s *schoolStore) following(parents []string) []string {
	return slices.DeleteFunc(slices.Clone(parents), func(id string) bool { return !s.follows[id] })
}

func schoolHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/externalcontact/message/send":          handle(sendSchoolNotice),
		"/cgi-bin/externalcontact/set_subscribe_mode":    handle(setSubscribeMode),
		"/cgi-bin/externalcontact/get_subscribe_mode":    handle(getSubscribeMode),
		"/cgi-bin/externalcontact/get_subscribe_qr_code": handle(getSubscribeQRCode),
	}
}

type subscribeModeWire struct {
	SubscribeMode int `json:"subscribe_mode"`
}

func setSubscribeMode(x *exchange, req subscribeModeWire) (any, error) {
	x.corp.school.mode = req.SubscribeMode
	return nil, nil
}

func getSubscribeMode(x *exchange, _ struct{}) (any, error) {
	return subscribeModeWire{x.corp.school.mode}, nil
}

type subscribeQRCodeReply struct {
	Big    string `json:"qrcode_big"`
	Middle string `json:"qrcode_middle"`
	Thumb  string `json:"qrcode_thumb"`
}

func getSubscribeQRCode(x *exchange, _ struct{}) (any, error) {
	if x.corp.school.unverified {
		return nil, Refuse(43009, "wecomtest: the corp is not verified")
	}
	at := "https://p.qpic.cn/wwhead/" + x.corp.hex("school notice", 0) + "/"
	return subscribeQRCodeReply{at + "1200", at + "430", at + "258"}, nil
}

type sendSchoolNoticeRequest struct {
	RecvScope       int               `json:"recv_scope"`
	ToParentUserID  []string          `json:"to_parent_userid"`
	ToStudentUserID []string          `json:"to_student_userid"`
	ToParty         []json.RawMessage `json:"to_party"` // texts or numbers
	ToAll           int               `json:"toall"`
	MsgType         string            `json:"msgtype"`
	AgentID         int64             `json:"agentid"`
	duplicateCheck
}

type sendSchoolNoticeReply struct {
	InvalidParentUserID  []string `json:"invalid_parent_userid,omitempty"`
	InvalidStudentUserID []string `json:"invalid_student_userid,omitempty"`
	InvalidParty         []string `json:"invalid_party,omitempty"`
}

func sendSchoolNotice(x *exchange, req sendSchoolNoticeRequest) (any, error) {
	if req.AgentID != x.app.AgentID {
		return nil, Refuse(301002, "not allow operate another agent with this accesstoken")
	}
	body, ok := x.args[req.MsgType].(map[string]any)
	if !ok {
		return nil, Refuse(40063, "wecomtest: "+req.MsgType+" is missing")
	}
	if err := x.noticeBody(req.MsgType, body); err != nil {
		return nil, err
	}
	to, reply, err := x.noticeRecipients(req)
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	n := &SchoolNotice{AgentID: x.app.AgentID, Time: x.now, MsgType: req.MsgType, Text: str(body, "content"), Body: raw}
	for _, id := range to {
		if !x.duplicate(req.duplicateCheck, id) {
			x.corp.school.notices[id] = append(x.corp.school.notices[id], n)
		}
	}
	return reply, nil
}

// noticeBody checks the files that a notice speaks of.
func (x *exchange) noticeBody(msgType string, body map[string]any) error {
	if msgType == "miniprogram" {
		return x.usable(str(body, "thumb_media_id"), "image", 0)
	}
	return x.appMessageBody(msgType, body)
}

// noticeRecipients returns whom a notice reaches, each once, and the reply
// that names those who are not there.
func (x *exchange) noticeRecipients(req sendSchoolNoticeRequest) (to []string, reply sendSchoolNoticeReply, err error) {
	school := &x.corp.school
	add := func(st *Student) {
		if req.RecvScope != toParents {
			to = append(to, st.StudentUserID)
		}
		if req.RecvScope != toStudents {
			to = append(to, school.following(st.ParentUserID)...)
		}
	}
	if req.ToAll == 1 {
		for _, st := range school.students {
			add(st)
		}
		return unique(to), reply, nil
	}
	if req.RecvScope == toStudents {
		req.ToParentUserID = nil
	}
	if len(req.ToParentUserID)+len(req.ToStudentUserID)+len(req.ToParty) == 0 {
		return nil, reply, Refuse(82001, "wecomtest: no parent, student or class is given")
	}
	for _, id := range req.ToParentUserID {
		if school.follows[id] {
			to = append(to, id)
		} else {
			reply.InvalidParentUserID = append(reply.InvalidParentUserID, id)
		}
	}
	for _, id := range req.ToStudentUserID {
		if st := school.student(id); st != nil {
			add(st)
		} else {
			reply.InvalidStudentUserID = append(reply.InvalidStudentUserID, id)
		}
	}
	for _, raw := range req.ToParty {
		party := strings.Trim(string(raw), `"`)
		id, err := strconv.ParseInt(party, 10, 64)
		known := false
		for _, st := range school.students {
			if err == nil && slices.Contains(st.Department, id) {
				known = true
				add(st)
			}
		}
		if !known {
			reply.InvalidParty = append(reply.InvalidParty, party)
		}
	}
	if len(to) == 0 {
		return nil, reply, Refuse(81013, "user & party & tag all invalid")
	}
	return unique(to), reply, nil
}

// Student adds a student to the school's list, with their parents, who follow
// the school unless they stopped before, and returns the student_userid.
func (d Seeder) Student(st Student) string {
	d.s.helper()
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	st.StudentUserID = d.s.corp.idOr(st.StudentUserID, "student")
	if d.s.corp.school.student(st.StudentUserID) != nil {
		d.s.fatalf("wecomtest: student %q is there already", st.StudentUserID)
	}
	st.Department, st.ParentUserID = slices.Clone(st.Department), slices.Clone(st.ParentUserID)
	d.s.corp.school.students = append(d.s.corp.school.students, &st)
	for _, id := range st.ParentUserID {
		if _, known := d.s.corp.school.follows[id]; !known {
			d.s.corp.school.follows[id] = true
		}
	}
	return st.StudentUserID
}

// SchoolNotices returns what a parent or student got, oldest first.
func (s *Server) SchoolNotices(userID string) []SchoolNotice {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []SchoolNotice{}
	for _, n := range s.corp.school.notices[userID] {
		out := *n
		out.Body = slices.Clone(n.Body)
		list = append(list, out)
	}
	return list
}
