package wecomtest_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

const noticeOp = "externalcontact/message/send"

// schooled is a server with Tim, whose parents are ma and pa, and Eva, whose
// is ma, in classes 7 and 8.
func schooled(t *testing.T) (*wecomtest.Server, *caller) {
	t.Helper()
	srv := wecomtest.New(t)
	srv.Clock().Freeze(time.Unix(1700000000, 0))
	srv.Seed().Student(wecomtest.Student{StudentUserID: "tim", Department: []int64{7}, ParentUserID: []string{"ma", "pa"}})
	srv.Seed().Student(wecomtest.Student{StudentUserID: "eva", Department: []int64{8}, ParentUserID: []string{"ma"}})
	return srv, newCaller(t, srv)
}

// notice is a text of the caller's app, with more fields.
func (c *caller) notice(more object) object {
	body := object{"msgtype": "text", "agentid": c.srv.App().AgentID, "text": object{"content": "holiday"}}
	maps.Copy(body, more)
	return body
}

// noticed is who got how many notices.
func noticed(srv *wecomtest.Server) map[string]int {
	got := make(map[string]int)
	for _, id := range []string{"ma", "pa", "tim", "eva"} {
		if n := len(srv.SchoolNotices(id)); n > 0 {
			got[id] = n
		}
	}
	return got
}

func TestSchoolNoticesReachThoseInScope(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		to   object
		want map[string]int
	}{
		{"parents", object{"to_parent_userid": []string{"pa"}}, map[string]int{"pa": 1}},
		{"parents of a student", object{"to_student_userid": []string{"tim"}}, map[string]int{"ma": 1, "pa": 1}},
		{"a student", object{"to_student_userid": []string{"tim"}, "to_parent_userid": []string{"pa"}, "recv_scope": 1}, map[string]int{"tim": 1}},
		{"student and parents", object{"to_student_userid": []string{"eva"}, "recv_scope": 2}, map[string]int{"eva": 1, "ma": 1}},
		{"a class", object{"to_party": []any{"8", 7}, "recv_scope": 1}, map[string]int{"tim": 1, "eva": 1}},
		{"everyone, once", object{"toall": 1, "recv_scope": 2}, map[string]int{"ma": 1, "pa": 1, "tim": 1, "eva": 1}},
	}
	for _, tt := range tests {
		srv, c := schooled(t)

		c.ok(noticeOp, c.notice(tt.to))

		assert.Equal(t, tt.want, noticed(srv), tt.name)
	}
}

func TestSchoolNoticeNamesTheInvalid(t *testing.T) {
	t.Parallel()
	srv, c := schooled(t)

	r := c.ok(noticeOp, c.notice(object{
		"to_parent_userid": []string{"pa", "nobody"}, "to_student_userid": []string{"none"}, "to_party": []string{"9"},
	}))

	assert.Equal(t, []any{[]any{"nobody"}, []any{"none"}, []any{"9"}}, []any{r.at("invalid_parent_userid"), r.at("invalid_student_userid"), r.at("invalid_party")})
	assert.Equal(t, "holiday", srv.SchoolNotices("pa")[0].Text)
}

func TestSchoolNoticeIsNotSentTwice(t *testing.T) {
	t.Parallel()
	srv, c := schooled(t)
	body := c.notice(object{"to_parent_userid": []string{"pa"}, "enable_duplicate_check": 1, "duplicate_check_interval": 60})

	c.ok(noticeOp, body)
	c.ok(noticeOp, body)
	srv.Clock().Advance(time.Minute)
	c.ok(noticeOp, body)

	assert.Equal(t, map[string]int{"pa": 2}, noticed(srv))
}

func TestSchoolNoticeRefusals(t *testing.T) {
	t.Parallel()
	_, c := schooled(t)
	pa := object{"to_parent_userid": []string{"pa"}}
	with := func(name string, v any) object { return object{"to_parent_userid": pa["to_parent_userid"], name: v} }
	tests := []struct {
		name string
		more object
		want int
	}{
		{"nobody named", object{}, 82001},
		{"only parents, for students", with("recv_scope", 1), 82001},
		{"all invalid", object{"to_parent_userid": []string{"nobody"}}, 81013},
		{"1,001 parents", object{"to_parent_userid": make([]string, 1001)}, 65011},
		{"1,001 students", object{"to_student_userid": make([]string, 1001)}, 65012},
		{"101 classes", object{"to_party": make([]string, 101)}, 82002},
		{"scope 3", with("recv_scope", 3), 40058},
		{"another app", with("agentid", 1), 301002},
		{"unknown type", with("msgtype", "textcard"), 40008},
		{"no object of the type", with("msgtype", "image"), 40063},
		{"2,049 bytes", with("text", object{"content": strings.Repeat("x", 2049)}), 45002},
		{"interval of over four hours", with("duplicate_check_interval", 14401), 40058},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, c.send(noticeOp, c.notice(tt.more)).code(), tt.name)
	}
	assert.Equal(t, 40007, c.send(noticeOp, c.notice(object{
		"to_parent_userid": []string{"pa"}, "msgtype": "miniprogram",
		"miniprogram": object{"appid": "wx1", "pagepath": "p", "thumb_media_id": "none"},
	})).code())
}

func TestSubscribeMode(t *testing.T) {
	t.Parallel()
	_, c := schooled(t)
	before := c.get("externalcontact/get_subscribe_mode")

	c.ok("externalcontact/set_subscribe_mode", object{"subscribe_mode": 2})

	assert.InDelta(t, 1, before.at("subscribe_mode"), 0)
	assert.InDelta(t, 2, c.get("externalcontact/get_subscribe_mode").at("subscribe_mode"), 0)
	assert.Equal(t, 40058, c.send("externalcontact/set_subscribe_mode", object{"subscribe_mode": 3}).code())
	assert.Regexp(t, "^https://", c.get("externalcontact/get_subscribe_qr_code").text("qrcode_thumb"))
}
