package wecomtest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

const momentTaskOp = "externalcontact/get_moment_task"

// posted is a server with a moment that asks alice, who has two customers and
// published it, and bob, who did not.
func posted(t *testing.T) (srv *wecomtest.Server, c *caller, moment, zoe, yan string) {
	t.Helper()
	srv = wecomtest.New(t)
	srv.Clock().Freeze(time.Unix(1700000000, 0))
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	srv.AddMember(wecomtest.Member{UserID: "bob"})
	zoe, yan = seedFollow(srv, "Zoe", "alice"), seedFollow(srv, "Yan", "alice")
	c = newCaller(t, srv)
	moment = created(c, post(nil)).text("result.moment_id")
	srv.Act().PublishMoment(moment, "alice")
	return srv, c, moment, zoe, yan
}

// of names a moment and who published it.
func of(moment, userID string) object { return object{"moment_id": moment, "userid": userID} }

func TestMomentTasks(t *testing.T) {
	t.Parallel()
	srv, c, moment, _, _ := posted(t)

	all := c.ok(momentTaskOp, object{"moment_id": moment})
	first := c.ok(momentTaskOp, object{"moment_id": moment, "limit": 1})
	second := c.ok(momentTaskOp, object{"moment_id": moment, "limit": 1, "cursor": first.text("next_cursor")})

	assert.Equal(t, []any{"alice", "bob"}, all.list("task_list", "userid"))
	assert.Equal(t, []any{1.0, 0.0}, all.list("task_list", "publish_status"))
	assert.Equal(t, []any{"bob"}, second.list("task_list", "userid"))
	assert.Equal(t, []any{"bob"}, addApp(t, srv, "bob").ok(momentTaskOp, object{"moment_id": moment}).list("task_list", "userid"), "only whom the app sees")
}

func TestMomentCustomers(t *testing.T) {
	t.Parallel()
	_, c, moment, zoe, yan := posted(t)

	list := c.ok("externalcontact/get_moment_customer_list", of(moment, "alice"))
	result := c.ok("externalcontact/get_moment_send_result", of(moment, "alice"))

	assert.Equal(t, []any{zoe, yan}, list.list("customer_list", "external_userid"))
	assert.Equal(t, []any{"alice", "alice"}, list.list("customer_list", "userid"))
	assert.Equal(t, []any{zoe, yan}, result.list("customer_list", "external_userid"))
	assert.Equal(t, []any{nil, nil}, result.list("customer_list", "userid"))
}

func TestMomentReactions(t *testing.T) {
	t.Parallel()
	srv, c, moment, zoe, yan := posted(t)
	srv.Act().LikeMoment(moment, "alice", zoe)
	srv.Clock().Advance(time.Second)
	srv.Act().LikeMoment(moment, "alice", "bob")
	srv.Act().CommentMoment(moment, "alice", yan)
	srv.Act().CommentMoment(moment, "alice", yan)

	r := c.ok("externalcontact/get_moment_comments", of(moment, "alice"))

	assert.Equal(t, []any{
		map[string]any{"external_userid": zoe, "create_time": 1700000002.0},
		map[string]any{"userid": "bob", "create_time": 1700000003.0},
	}, r.at("like_list"))
	assert.Equal(t, []any{yan, yan}, r.list("comment_list", "external_userid"))
	assert.Len(t, srv.Moment(moment).TaskList[0].LikeList, 2)
}

func TestReactionsToAMembersOwnMoment(t *testing.T) {
	t.Parallel()
	srv, c, _, zoe, _ := posted(t)
	own := srv.Act().PostMoment("alice", wecomtest.Moment{Text: "mine"})
	srv.Act().LikeMoment(own, "alice", zoe)

	assert.Equal(t, []any{zoe}, c.ok("externalcontact/get_moment_comments", of(own, "alice")).list("like_list", "external_userid"))
	assert.Equal(t, 41067, c.send(momentTaskOp, object{"moment_id": own}).code())
	assert.Equal(t, 41067, c.send("externalcontact/cancel_moment_task", object{"moment_id": own}).code())
}

func TestCancelledMomentKeepsWhatWasPublished(t *testing.T) {
	t.Parallel()
	srv, c, moment, zoe, _ := posted(t)

	c.ok("externalcontact/cancel_moment_task", object{"moment_id": moment})

	assert.True(t, srv.Moment(moment).Cancelled)
	assert.Len(t, srv.MomentsSeen(zoe), 1)
	assert.Equal(t, []any{1.0, 0.0}, c.ok(momentTaskOp, object{"moment_id": moment}).list("task_list", "publish_status"))
}

func TestImpossibleActsOnMoments(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, want string
		act        func(srv *wecomtest.Server, moment, zoe string)
	}{
		{"a stranger likes", "does not see", func(srv *wecomtest.Server, moment, _ string) { srv.Act().LikeMoment(moment, "alice", "wmNobody") }},
		{"a like twice", "likes moment", func(srv *wecomtest.Server, moment, zoe string) {
			srv.Act().LikeMoment(moment, "alice", zoe)
			srv.Act().LikeMoment(moment, "alice", zoe)
		}},
		{"not published", "has not published", func(srv *wecomtest.Server, moment, zoe string) { srv.Act().CommentMoment(moment, "bob", zoe) }},
		{"no moment", "no moment", func(srv *wecomtest.Server, _, zoe string) { srv.Act().CommentMoment("momNone", "bob", zoe) }},
	}
	for _, tt := range tests {
		r := record(t, func(srv *wecomtest.Server) {
			srv.AddMember(wecomtest.Member{UserID: "alice"})
			srv.AddMember(wecomtest.Member{UserID: "bob"})
			zoe := seedFollow(srv, "Zoe", "alice")
			moment := srv.Act().PostMoment("alice", wecomtest.Moment{Text: "mine"})
			tt.act(srv, moment, zoe)
		})
		assert.Contains(t, r.fatal, tt.want, tt.name)
	}
}

func TestNobodyPublishesACancelledMoment(t *testing.T) {
	t.Parallel()
	r := record(t, func(srv *wecomtest.Server) {
		srv.AddMember(wecomtest.Member{UserID: "alice"})
		seedFollow(srv, "Zoe", "alice")
		c := newCaller(t, srv)
		moment := created(c, post(nil)).text("result.moment_id")
		c.ok("externalcontact/cancel_moment_task", object{"moment_id": moment})
		srv.Act().PublishMoment(moment, "alice")
	})

	assert.Contains(t, r.fatal, "was cancelled")
}

func TestMomentResultRefusals(t *testing.T) {
	t.Parallel()
	srv, c, moment, _, _ := posted(t)
	srv.AddMember(wecomtest.Member{UserID: "carol"})
	bobs := addApp(t, srv, "bob")
	tests := []struct {
		name   string
		c      *caller
		op     string
		fields object
		want   int
	}{
		{"no moment_id", c, "get_moment_task", object{}, 41059},
		{"unknown moment", c, "get_moment_task", object{"moment_id": "momNone"}, 41060},
		{"moment of nobody in sight", addApp(t, srv, "carol"), "get_moment_task", object{"moment_id": moment}, 41060},
		{"limit over the maximum", c, "get_moment_task", object{"moment_id": moment, "limit": 1001}, 0},
		{"no userid", c, "get_moment_customer_list", object{"moment_id": moment}, 40058},
		{"not asked", c, "get_moment_customer_list", of(moment, "carol"), 41061},
		{"not published", c, "get_moment_send_result", of(moment, "bob"), 41062},
		{"out of sight", bobs, "get_moment_comments", of(moment, "alice"), 60011},
		{"unknown, to cancel", c, "cancel_moment_task", object{"moment_id": "momNone"}, 41060},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, tt.c.send("externalcontact/"+tt.op, tt.fields).code(), tt.name)
	}
}
