package message

import (
	"context"
	"net/http"
	"strconv"

	"github.com/wecomkit/wecom-go/wecom"
)

var opSendSchoolNotice = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/message/send", Doc: 92321}

// SendSchoolNoticeRequest says what a school tells which parents or students. At
// least one of ToParentUserID, ToStudentUserID, ToParty and ToAll is needed.
// RecvScope decides who of them it goes to.
type SendSchoolNoticeRequest struct {
	RecvScope       RecvScope        `json:"recv_scope,omitzero"`        // zero is RecvScopeParents
	ToParentUserID  []string         `json:"to_parent_userid,omitzero"`  // parents, at most 1,000; ignored with RecvScopeStudents
	ToStudentUserID []string         `json:"to_student_userid,omitzero"` // students, at most 1,000: they, their parents or both
	ToParty         []string         `json:"to_party,omitzero"`          // ids of classes and other departments of the school, at most 100
	ToAll           wecom.Bool01     `json:"toall,omitzero"`             // the whole school
	AgentID         int64            `json:"agentid"`                    // the app
	Body            SchoolNoticeBody `json:"-"`                          // what is sent: goes out as msgtype and the field it names

	EnableIDTrans          wecom.Bool01  `json:"enable_id_trans,omitzero"`          // as in SendRequest; for Text, News, MPNews and SchoolMiniProgram
	EnableDuplicateCheck   wecom.Bool01  `json:"enable_duplicate_check,omitzero"`   // as in SendRequest
	DuplicateCheckInterval wecom.Seconds `json:"duplicate_check_interval,omitzero"` // default 30 minutes, at most 4 hours
}

// MarshalJSON writes the body beside its msgtype.
func (r SendSchoolNoticeRequest) MarshalJSON() ([]byte, error) {
	type plain SendSchoolNoticeRequest
	return withBody("SendSchoolNoticeRequest", plain(r), r.Body)
}

// A SchoolNoticeBody is what a school notice says. It is one of [Text], [Image],
// [Voice], [Video], [File], [News], [MPNews] and [SchoolMiniProgram].
//
// As a SchoolNoticeBody, Text has at most 2,048 bytes, and each [NewsArticle]
// needs a URL.
type SchoolNoticeBody interface {
	msgType() string
	schoolNoticeBody()
}

// SchoolMiniProgram is a card that opens a mini program.
type SchoolMiniProgram struct {
	AppID        string `json:"appid"`          // must be linked to the school's corp
	Title        string `json:"title,omitzero"` // cut off after 64 bytes
	ThumbMediaID string `json:"thumb_media_id"` // cover, best 520×416, from media/upload
	PagePath     string `json:"pagepath"`
}

func (SchoolMiniProgram) msgType() string { return "miniprogram" }

func (Text) schoolNoticeBody()              {}
func (Image) schoolNoticeBody()             {}
func (Voice) schoolNoticeBody()             {}
func (Video) schoolNoticeBody()             {}
func (File) schoolNoticeBody()              {}
func (News) schoolNoticeBody()              {}
func (MPNews) schoolNoticeBody()            {}
func (SchoolMiniProgram) schoolNoticeBody() {}

// RecvScope is whom a school notice is for.
type RecvScope int

// Whom a school notice is for.
const (
	RecvScopeParents  RecvScope = 0 // 发送给家长
	RecvScopeStudents RecvScope = 1 // 发送给学生
	RecvScopeBoth     RecvScope = 2 // 发送给家长和学生
)

// String returns the constant's name without its prefix.
func (s RecvScope) String() string {
	switch s {
	case RecvScopeParents:
		return "Parents"
	case RecvScopeStudents:
		return "Students"
	case RecvScopeBoth:
		return "Both"
	}
	return "RecvScope(" + strconv.Itoa(int(s)) + ")"
}

// SendSchoolNoticeResult names the recipients who did not get the notice.
type SendSchoolNoticeResult struct {
	InvalidParentUserID  []string `json:"invalid_parent_userid"`  // unknown, or not to be written to by the app
	InvalidStudentUserID []string `json:"invalid_student_userid"` // likewise
	InvalidParty         []string `json:"invalid_party"`          // likewise
}

// Partial reports whether some recipients did not get the notice.
func (r *SendSchoolNoticeResult) Partial() bool {
	return len(r.InvalidParentUserID)+len(r.InvalidStudentUserID)+len(r.InvalidParty) > 0
}

// SendSchoolNotice sends a notice of a school to parents or students.
//
// 「发送「学校通知」」 https://developer.work.weixin.qq.com/document/path/92321
//
// The school's administrator must have listed the app under 家长可使用的应用.
// Recipients who cannot be written to are named in the result; the others get
// the notice, and that is not an error: look at
// [SendSchoolNoticeResult.Partial].
//
// An error that matches [wecom.ErrOutcomeUnknown] means that the reply was lost
// and the notice may have been sent.
func (s *Service) SendSchoolNotice(ctx context.Context, req SendSchoolNoticeRequest) (*SendSchoolNoticeResult, error) {
	return wecom.Do[SendSchoolNoticeResult](ctx, s.client, opSendSchoolNotice, req)
}
