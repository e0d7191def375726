package wecomtest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestNoticesReachWhoFollowsTheSchool(t *testing.T) {
	t.Parallel()
	srv, c := schooled(t)
	both := c.notice(object{"to_student_userid": []string{"tim"}})
	srv.Act().UnfollowSchool("pa")

	c.ok(noticeOp, both)
	r := c.ok(noticeOp, c.notice(object{"to_parent_userid": []string{"ma", "pa"}}))
	assert.Equal(t, map[string]int{"ma": 2}, noticed(srv))
	assert.Equal(t, []any{"pa"}, r.at("invalid_parent_userid"))

	assert.True(t, srv.Act().FollowSchool("pa"))
	c.ok(noticeOp, both)
	assert.Equal(t, map[string]int{"ma": 3, "pa": 1}, noticed(srv))
}

func TestStrangersFollowAnOpenSchool(t *testing.T) {
	t.Parallel()
	srv, c := schooled(t)

	c.ok("externalcontact/set_subscribe_mode", object{"subscribe_mode": 2})
	assert.False(t, srv.Act().FollowSchool("aunt"))
	c.ok("externalcontact/set_subscribe_mode", object{"subscribe_mode": 1})
	assert.True(t, srv.Act().FollowSchool("aunt"))

	c.ok(noticeOp, c.notice(object{"to_parent_userid": []string{"aunt"}}))
	assert.Len(t, srv.SchoolNotices("aunt"), 1)
}

func TestFollowersWhoComeAndGoAreHeardOf(t *testing.T) {
	t.Parallel()
	srv := listening(t)

	srv.Act().FollowSchool("ma")
	srv.Act().FollowSchool("ma")

	srv.Act().UnfollowSchool("ma")

	srv.WaitDeliveries(2)
	assert.Equal(t, []string{"change_school_contact subscribe Id=ma", "change_school_contact unsubscribe Id=ma"}, heard(srv))
}

func TestSchoolIsAScope(t *testing.T) {
	t.Parallel()
	srv, _ := schooled(t)
	c := addApp(t, srv)

	assert.Equal(t, 48002, c.send(noticeOp, c.notice(object{"to_parent_userid": []string{"ma"}})).code())
	assert.Equal(t, 48002, c.get("externalcontact/get_subscribe_mode").code())
	assert.Empty(t, noticed(srv))
}

func TestQRCodeOfAnUnverifiedCorp(t *testing.T) {
	t.Parallel()
	srv, c := schooled(t)

	srv.Act().SetCorpVerified(false)
	assert.Equal(t, 43009, c.get("externalcontact/get_subscribe_qr_code").code())
	srv.Act().SetCorpVerified(true)
	assert.Zero(t, c.get("externalcontact/get_subscribe_qr_code").code())
}

func TestWhoDoesNotFollowCannotStop(t *testing.T) {
	t.Parallel()
	r := record(t, func(srv *wecomtest.Server) { srv.Act().UnfollowSchool("ma") })

	assert.Contains(t, r.fatal, `"ma" does not follow the school`)
}
