package wecomtest_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

const (
	addMomentOp    = "externalcontact/add_moment_task"
	momentResultOp = "externalcontact/get_moment_task_result"
	momentListOp   = "externalcontact/get_moment_list"
)

// post is a moment of text alone, for the visible_range.
func post(visible object) object {
	body := object{"text": object{"content": "spring"}}
	if visible != nil {
		body["visible_range"] = visible
	}
	return body
}

// created creates a moment, waits for it, and returns its result.
func created(c *caller, body object) reply {
	c.t.Helper()
	jobID := c.ok(addMomentOp, body).text("jobid")
	c.srv.Clock().Advance(2 * time.Second)
	r := c.get(momentResultOp, "jobid", jobID)
	require.Zero(c.t, r.code(), r.Body)
	return r
}

// asked is who was asked to publish a moment.
func asked(srv *wecomtest.Server, momentID string) []string {
	users := []string{}
	for _, task := range srv.Moment(momentID).TaskList {
		users = append(users, task.UserID)
	}
	return users
}

func TestMomentJob(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	srv.Clock().Freeze(srv.Clock().Now())
	c := newCaller(t, srv)

	jobID := c.ok(addMomentOp, post(nil)).text("jobid")

	assert.LessOrEqual(t, len(jobID), 64)
	r := c.get(momentResultOp, "jobid", jobID)
	assert.EqualValues(t, 1, r.at("status"))
	assert.Nil(t, r.at("result"))
	srv.Clock().Advance(time.Second)
	assert.EqualValues(t, 2, c.get(momentResultOp, "jobid", jobID).at("status"))
	srv.Clock().Advance(time.Second)
	r = c.get(momentResultOp, "jobid", jobID)
	assert.EqualValues(t, 3, r.at("status"))
	assert.Equal(t, "add_moment_task", r.at("type"))
	assert.Equal(t, "spring", srv.Moment(r.text("result.moment_id")).Text)
	srv.Clock().Advance(24 * time.Hour)
	c = newCaller(t, srv)
	assert.Equal(t, 40089, c.get(momentResultOp, "jobid", jobID).code())
	assert.Equal(t, 40088, c.get(momentResultOp, "jobid", "nope").code())
}

func TestMomentSenders(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	vip := srv.Seed().TagGroup(wecomtest.TagGroup{GroupName: "level", Tag: []wecomtest.Tag{{Name: "VIP"}}}).Tag[0].ID
	srv.AddMember(wecomtest.Member{UserID: "alice", Department: []int64{2}})
	srv.AddMember(wecomtest.Member{UserID: "bob", Department: []int64{2}})
	srv.AddMember(wecomtest.Member{UserID: "carol", Department: []int64{3}})
	srv.AddMember(wecomtest.Member{UserID: "dave", NoContact: true})
	srv.Seed().Customer(wecomtest.Customer{FollowUser: []wecomtest.Follow{{UserID: "bob", TagID: []string{vip}}, {UserID: "alice"}}})
	srv.Seed().Customer(wecomtest.Customer{FollowUser: []wecomtest.Follow{{UserID: "carol", TagID: []string{vip}}}})
	all, some := newCaller(t, srv), addApp(t, srv, "alice", "bob")
	tests := []struct {
		name    string
		caller  *caller
		visible object
		want    []string
	}{
		{"all in sight", some, nil, []string{"alice", "bob"}},
		{"members", all, object{"sender_list": object{"user_list": []string{"carol", "alice"}}}, []string{"alice", "carol"}},
		{"a department", all, object{"sender_list": object{"department_list": []int{2}}}, []string{"alice", "bob"}},
		{"those with tagged customers", all, object{"external_contact_list": object{"tag_list": []string{vip}}}, []string{"bob", "carol"}},
		{"members with tagged customers", all, object{
			"sender_list":           object{"user_list": []string{"alice", "bob"}},
			"external_contact_list": object{"tag_list": []string{vip}},
		}, []string{"bob"}},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, asked(srv, created(tt.caller, post(tt.visible)).text("result.moment_id")), tt.name)
	}
}

func TestMomentNamesTheInvalid(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	vip := srv.Seed().TagGroup(wecomtest.TagGroup{GroupName: "level", Tag: []wecomtest.Tag{{Name: "VIP"}}}).Tag[0].ID
	srv.Seed().Customer(wecomtest.Customer{FollowUser: []wecomtest.Follow{{UserID: "alice", TagID: []string{vip}}}})

	r := created(addApp(t, srv, "alice"), post(object{
		"sender_list":           object{"user_list": []string{"nobody", "alice", "bob"}, "department_list": []int{9}},
		"external_contact_list": object{"tag_list": []string{"etNone", vip}},
	}))

	assert.Equal(t, []any{"nobody", "bob"}, r.at("result.invalid_sender_list.user_list"))
	assert.Equal(t, []any{9.0}, r.at("result.invalid_sender_list.department_list"))
	assert.Equal(t, []any{"etNone"}, r.at("result.invalid_external_contact_list.tag_list"))
	assert.Equal(t, []string{"alice"}, asked(srv, r.text("result.moment_id")))
}

func TestMomentForNobodyFails(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	c := newCaller(t, srv)

	noSender := created(c, post(object{"sender_list": object{"user_list": []string{"nobody"}}}))
	noTag := created(c, post(object{"external_contact_list": object{"tag_list": []string{"etNone"}}}))

	assert.EqualValues(t, 41048, noSender.at("result.errcode"))
	assert.EqualValues(t, 41048, noTag.at("result.errcode"))
	assert.Empty(t, noTag.text("result.moment_id"))
}

func TestMomentRefusals(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	c := newCaller(t, srv)
	image := object{"msgtype": "image", "image": object{"media_id": "m"}}
	video := object{"msgtype": "video", "video": object{"media_id": "m"}}
	tests := []struct {
		name string
		body object
		want int
	}{
		{"nothing to say", object{}, 41089},
		{"a text of 2,001 characters", object{"text": object{"content": strings.Repeat("a", 2001)}}, 40058},
		{"ten images", object{"attachments": []object{image, image, image, image, image, image, image, image, image, image}}, 41064},
		{"two videos", object{"attachments": []object{video, video}}, 41064},
		{"an image and a video", object{"attachments": []object{image, video}}, 41065},
		{"a mini program", object{"attachments": []object{{"msgtype": "miniprogram"}}}, 41065},
		{"a link without cover", object{"attachments": []object{{"msgtype": "link", "link": object{"url": "https://a.example"}}}}, 40058},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, c.send(addMomentOp, tt.body).code(), tt.name)
	}
}

func TestPublishMoment(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	vip := srv.Seed().TagGroup(wecomtest.TagGroup{GroupName: "level", Tag: []wecomtest.Tag{{Name: "VIP"}}}).Tag[0].ID
	add := func(tags ...string) string {
		return srv.Seed().Customer(wecomtest.Customer{FollowUser: []wecomtest.Follow{{UserID: "alice", TagID: tags}}})
	}
	zoe, yan, xia := add(vip), add(), add(vip)
	srv.Act().DeleteMember(xia, "alice")
	c := newCaller(t, srv)
	id := created(c, post(object{"external_contact_list": object{"tag_list": []string{vip}}})).text("result.moment_id")
	open := created(c, post(nil)).text("result.moment_id")
	assert.Empty(t, srv.MomentsSeen(zoe), "nothing shows before a member publishes it")

	srv.Act().PublishMoment(id, "alice")
	srv.Act().PublishMoment(open, "alice")

	assert.Equal(t, []string{zoe}, srv.Moment(id).TaskList[0].CustomerList)
	assert.Equal(t, 1, srv.Moment(id).TaskList[0].PublishStatus)
	assert.Len(t, srv.MomentsSeen(zoe), 2)
	assert.Len(t, srv.MomentsSeen(yan), 1)
	assert.Empty(t, srv.MomentsSeen(xia), "who deleted the member")
}

func TestMomentList(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	vip := srv.Seed().TagGroup(wecomtest.TagGroup{GroupName: "level", Tag: []wecomtest.Tag{{Name: "VIP"}}}).Tag[0].ID
	start := srv.Clock().Now().Add(-time.Second).Unix()
	c := newCaller(t, srv)
	corp := created(c, post(object{"sender_list": object{"user_list": []string{"bob"}}})).text("result.moment_id")
	own := srv.Act().PostMoment("alice", wecomtest.Moment{
		Text:        "mine",
		Attachments: []wecomtest.Attachment{{MsgType: "image", MediaID: "m1"}, {MsgType: "image", MediaID: "m2"}},
		Location:    &wecomtest.Location{Latitude: "23.1", Longitude: "113.3", Name: "tower"},
		TagList:     []string{vip},
	})
	srv.Clock().Advance(time.Second)
	list := func(c *caller, fields object) reply {
		body := object{"start_time": start, "end_time": srv.Clock().Now().Unix()}
		maps.Copy(body, fields)
		return c.ok(momentListOp, body)
	}
	tests := []struct {
		name   string
		caller *caller
		fields object
		want   []any
	}{
		{"all", c, nil, []any{corp, own}},
		{"the corp's", c, object{"filter_type": 0}, []any{corp}},
		{"members' own", c, object{"filter_type": 1}, []any{own}},
		{"one member's", c, object{"creator": "alice"}, []any{own}},
		{"by members in sight", addApp(t, srv, "bob"), nil, []any{corp}},
		{"before", c, object{"end_time": start + 1}, []any{}},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, list(tt.caller, tt.fields).list("moment_list", "moment_id"), tt.name)
	}

	r := list(c, nil)
	assert.Equal(t, []any{0.0, 1.0}, r.list("moment_list", "create_type"))
	assert.Equal(t, []any{1.0, 0.0}, r.list("moment_list", "visible_type"))
	assert.Equal(t, []any{nil, "alice"}, r.list("moment_list", "creator"))
	assert.Equal(t, []any{"m1", "m2"}, r.list("moment_list.1.image", "media_id"))
	assert.Equal(t, "23.1", r.at("moment_list.1.location.latitude"))
}

func TestMomentListPagesOfTwenty(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	for i := range 21 {
		srv.Act().PostMoment("alice", wecomtest.Moment{Text: fmt.Sprint(i)})
	}
	now := srv.Clock().Now()
	srv.Clock().Advance(time.Second)
	window := object{"start_time": now.Add(-time.Minute).Unix(), "end_time": now.Add(time.Minute).Unix(), "limit": 21}
	c := newCaller(t, srv)

	first := c.ok(momentListOp, window)
	window["cursor"] = first.text("next_cursor")

	assert.Len(t, first.list("moment_list", ""), 20)
	assert.Len(t, c.ok(momentListOp, window).list("moment_list", ""), 1)
}

func TestMomentListOfMoreThanThirtyDays(t *testing.T) {
	t.Parallel()
	srv := staffed(t)

	assert.Equal(t, 40058, newCaller(t, srv).send(momentListOp, object{"start_time": 0, "end_time": 30*24*60*60 + 1}).code())
}

func TestPublishMomentMisuse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		act  func(a wecomtest.Actor, momentID string)
	}{
		{"an unknown moment", func(a wecomtest.Actor, _ string) { a.PublishMoment("momNone", "alice") }},
		{"a member who is not asked", func(a wecomtest.Actor, id string) { a.PublishMoment(id, "bob") }},
		{"twice", func(a wecomtest.Actor, id string) { a.PublishMoment(id, "alice"); a.PublishMoment(id, "alice") }},
		{"a member who left", func(a wecomtest.Actor, id string) { a.Leave("alice"); a.PublishMoment(id, "alice") }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := record(t, func(srv *wecomtest.Server) {
				srv.AddMember(wecomtest.Member{UserID: "alice"})
				srv.AddMember(wecomtest.Member{UserID: "bob"})
				visible := object{"sender_list": object{"user_list": []string{"alice"}}}
				tt.act(srv.Act(), created(newCaller(t, srv), post(visible)).text("result.moment_id"))
			})
			assert.NotEmpty(t, r.fatal)
		})
	}
}
