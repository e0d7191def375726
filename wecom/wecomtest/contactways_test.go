package wecomtest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestAddContactWay(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	c := newCaller(t, srv)

	code := c.ok("externalcontact/add_contact_way", object{"type": 1, "scene": 2, "user": []string{"alice"}, "state": "door", "remark": "shop door"})
	button := c.ok("externalcontact/add_contact_way", object{"type": 1, "scene": 1, "style": 3, "user": []string{"alice"}, "party": []int{9}, "skip_verify": false})

	assert.Regexp(t, `^[0-9a-f]{32}$`, code.at("config_id"))
	assert.Regexp(t, `^https://p\.qpic\.cn/`, code.at("qr_code"))
	assert.Nil(t, button.at("qr_code"), "a button has no code")
	got := c.ok("externalcontact/get_contact_way", object{"config_id": code.at("config_id")})
	assert.Equal(t, map[string]any{
		"config_id": code.at("config_id"), "type": 1.0, "scene": 2.0, "remark": "shop door", "skip_verify": true, "state": "door",
		"qr_code": code.at("qr_code"), "user": []any{"alice"}, "party": []any{}, "is_temp": false, "mark_source": true,
	}, got.at("contact_way"))
	got = c.ok("externalcontact/get_contact_way", object{"config_id": button.at("config_id")})
	assert.InDelta(t, 3, got.at("contact_way.style"), 0)
	assert.Equal(t, false, got.at("contact_way.skip_verify"))
	assert.Equal(t, []any{}, got.at("contact_way.party"), "departments are for type 2")
}

func TestAddContactWayRefusals(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	srv.AddMember(wecomtest.Member{UserID: "bob"})
	srv.AddMember(wecomtest.Member{UserID: "idle", NotActivated: true})
	srv.AddMember(wecomtest.Member{UserID: "nameless", NotVerified: true})
	srv.AddMember(wecomtest.Member{UserID: "inner", NoContact: true})
	srv.AddMember(wecomtest.Member{UserID: "unseen"})
	crowd := make([]string, 101)
	for i := range crowd {
		crowd[i] = srv.AddMember(wecomtest.Member{Department: []int64{5}})
	}
	c := addApp(t, srv, slices.Concat(crowd, []string{"alice", "bob", "idle", "nameless", "inner"})...)
	long := strings.Repeat("好", 31)
	picture, voice := srv.Seed().Media(wecomtest.Media{Type: "image"}), srv.Seed().Media(wecomtest.Media{Type: "voice"})
	tests := []struct {
		name   string
		change object
		want   int
	}{
		{"no type", object{"type": nil}, 41037},
		{"type 3", object{"type": 3}, 41039},
		{"no scene", object{"scene": nil}, 41038},
		{"scene 3", object{"scene": 3}, 41040},
		{"style 4", object{"style": 4}, 41042},
		{"style 3 for several", object{"type": 2, "scene": 1, "style": 3}, 41042},
		{"nobody", object{"user": nil}, 40063},
		{"nobody among several", object{"type": 2, "user": nil}, 40063},
		{"two for type 1", object{"user": []string{"alice", "bob"}}, 41041},
		{"two for type 2", object{"type": 2, "user": []string{"alice", "bob"}}, 0},
		{"101 for type 2", object{"type": 2, "user": crowd}, 41041},
		{"a department of 101", object{"type": 2, "user": nil, "party": []int{5}}, 41041},
		{"unknown department", object{"type": 2, "party": []int{77}}, 60123},
		{"unknown member", object{"user": []string{"nobody"}}, 60111},
		{"member out of sight", object{"user": []string{"unseen"}}, 60011},
		{"member without the function", object{"user": []string{"inner"}}, 84074},
		{"member who never logged in", object{"user": []string{"idle"}}, 41054},
		{"member without a real name", object{"user": []string{"nameless"}}, 40098},
		{"remark of 31 characters", object{"remark": long}, 40058},
		{"state of 31 characters", object{"state": long}, 40058},
		{"state of 30 characters", object{"state": long[:90]}, 0},
		{"temporary for several", object{"type": 2, "is_temp": true}, 41039},
		{"temporary for 14 days", object{"is_temp": true, "expires_in": 14 * 86400, "chat_expires_in": 14 * 86400}, 0},
		{"temporary for longer", object{"is_temp": true, "expires_in": 14*86400 + 1}, 40058},
		{"temporary chat for longer", object{"is_temp": true, "chat_expires_in": 14*86400 + 1}, 40058},
		{"conclusions with an unknown image", object{"is_temp": true, "conclusions": object{"image": object{"media_id": "M1"}}}, 40007},
		{"conclusions with a voice for an image", object{"is_temp": true, "conclusions": object{"image": object{"media_id": voice}}}, 40007},
		{"conclusions with an unknown cover", object{"is_temp": true, "conclusions": object{"miniprogram": object{"appid": "wx1", "page": "/", "pic_media_id": "M1"}}}, 40007},
		{"conclusions with a cover", object{"is_temp": true, "conclusions": object{"miniprogram": object{"appid": "wx1", "page": "/", "pic_media_id": picture}}}, 0},
		{"empty conclusions", object{"is_temp": true, "conclusions": object{}}, 40063},
		{"conclusions of 4,001 bytes", object{"is_temp": true, "conclusions": object{"text": object{"content": strings.Repeat("x", 4001)}}}, 40058},
	}
	for _, tt := range tests {
		fields := object{"type": 1, "scene": 2, "user": []string{"alice"}}
		for name, value := range tt.change {
			fields[name] = value
			if value == nil {
				delete(fields, name)
			}
		}
		assert.Equal(t, tt.want, c.send("externalcontact/add_contact_way", fields).code(), tt.name)
	}
}

func TestUnknownContactWay(t *testing.T) {
	t.Parallel()
	c := newCaller(t, wecomtest.New(t))
	for _, op := range []string{"get_contact_way", "update_contact_way", "del_contact_way"} {
		assert.Equal(t, 41044, c.send("externalcontact/"+op, object{"config_id": "none"}).code(), op)
		assert.Equal(t, 41043, c.send("externalcontact/"+op, object{}).code(), op)
	}
}

func TestUpdateContactWayChangesWhatIsGiven(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	srv.AddMember(wecomtest.Member{UserID: "bob"})
	c := newCaller(t, srv)
	id := c.ok("externalcontact/add_contact_way", object{"type": 2, "scene": 2, "user": []string{"alice"}, "state": "door", "remark": "r"}).text("config_id")

	c.ok("externalcontact/update_contact_way", object{"config_id": id, "remark": "", "user": []string{"bob"}, "party": []int{1}})
	refused := c.send("externalcontact/update_contact_way", object{"config_id": id, "state": "lost", "user": []string{"nobody"}})

	way := srv.ContactWay(id)
	assert.Equal(t, 60111, refused.code())
	assert.Equal(t, []any{"", "door"}, []any{way.Remark, way.State})
	assert.Equal(t, []string{"bob"}, way.User)
	assert.Equal(t, []int64{1}, way.Party)
}

func TestDelContactWay(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	c := newCaller(t, srv)
	id := c.ok("externalcontact/add_contact_way", object{"type": 1, "scene": 2, "user": []string{"alice"}}).text("config_id")

	c.ok("externalcontact/del_contact_way", object{"config_id": id})

	assert.Empty(t, c.ok("externalcontact/list_contact_way", object{}).list("contact_way", ""))
	assert.Equal(t, 41044, c.send("externalcontact/get_contact_way", object{"config_id": id}).code())
}

func TestListContactWayWindow(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	start := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	srv.Clock().Freeze(start)
	add := func(temp bool) string {
		return newCaller(t, srv).ok("externalcontact/add_contact_way", object{"type": 1, "scene": 2, "user": []string{"alice"}, "is_temp": temp}).text("config_id")
	}
	first := add(false)
	srv.Clock().Advance(80 * 24 * time.Hour)
	second := add(false)
	add(true)

	list := func(fields object) []any {
		return newCaller(t, srv).ok("externalcontact/list_contact_way", fields).list("contact_way", "config_id")
	}
	assert.Equal(t, []any{first, second}, list(object{}), "no temporary ones")
	srv.Clock().Advance(11 * 24 * time.Hour)
	assert.Equal(t, []any{second}, list(object{}), "by default the last 90 days")
	assert.Equal(t, []any{first, second}, list(object{"start_time": start.Unix()}))
	assert.Equal(t, []any{first}, list(object{"start_time": start.Unix(), "end_time": start.Unix() + 1}))
}

func TestListContactWayPages(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	c := newCaller(t, srv)
	for range 101 {
		c.ok("externalcontact/add_contact_way", object{"type": 1, "scene": 2, "user": []string{"alice"}})
	}

	first := c.ok("externalcontact/list_contact_way", object{})
	second := c.ok("externalcontact/list_contact_way", object{"cursor": first.at("next_cursor")})

	assert.Len(t, first.list("contact_way", ""), 100)
	assert.Len(t, second.list("contact_way", ""), 1)
	assert.Empty(t, second.at("next_cursor"))
	assert.Equal(t, 40058, c.send("externalcontact/list_contact_way", object{"limit": 1001}).code())
}

func TestContactWaysOfACorpAreLimited(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	srv.LimitContactWays(2, 1)
	c := newCaller(t, srv)
	add := func(temp bool) int {
		return c.send("externalcontact/add_contact_way", object{"type": 1, "scene": 2, "user": []string{"alice"}, "is_temp": temp}).code()
	}

	assert.Equal(t, []int{0, 0, 0, 41045, 41045}, []int{add(false), add(true), add(false), add(false), add(true)})
	srv.Clock().Advance(24 * time.Hour)
	c.token = c.fetchToken(srv.Credential().Secret)
	assert.Zero(t, add(true), "temporary ones are counted by the day")
}

func TestScanLeadsToACustomer(t *testing.T) {
	t.Parallel()
	srv := listening(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	c := newCaller(t, srv)
	id := c.ok("externalcontact/add_contact_way", object{"type": 1, "scene": 2, "user": []string{"alice"}, "state": "door"}).text("config_id")

	user, zoe := srv.Act().ScanContactWay(id, wecomtest.Customer{Name: "Zoe"})

	r := c.get("externalcontact/get", "external_userid", zoe)
	assert.Equal(t, "alice", user)
	assert.Equal(t, []any{"door", zoe, 1.0}, []any{r.at("follow_user.0.state"), r.at("follow_user.0.oper_userid"), r.at("follow_user.0.add_way")})
	assert.Equal(t, []string{"contact add_external_contact UserID=alice ExternalUserID=" + zoe + " State=door WelcomeCode=set"}, heard(srv))
}

func TestScanWithVerificationWaitsForTheMember(t *testing.T) {
	t.Parallel()
	srv := listening(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	c := newCaller(t, srv)
	id := c.ok("externalcontact/add_contact_way", object{"type": 1, "scene": 2, "user": []string{"alice"}, "state": "door", "skip_verify": false}).text("config_id")

	_, zoe := srv.Act().ScanContactWay(id, wecomtest.Customer{Name: "Zoe"})
	require.Equal(t, 84061, c.get("externalcontact/get", "external_userid", zoe).code())
	require.Empty(t, heard(srv))
	srv.Act().AcceptCustomer("alice", zoe)

	assert.Equal(t, []string{"contact add_external_contact UserID=alice ExternalUserID=" + zoe + " State=door WelcomeCode=set"}, heard(srv))
}

func TestMembersOfAContactWayTakeTurns(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	srv.AddMember(wecomtest.Member{UserID: "bob", Department: []int64{7}, CustomerLimit: 1})
	srv.AddMember(wecomtest.Member{UserID: "carol", Department: []int64{7}, NoContact: true})
	id := newCaller(t, srv).ok("externalcontact/add_contact_way", object{"type": 2, "scene": 2, "user": []string{"alice"}, "party": []int{7}}).text("config_id")

	var users []string
	for i := range 4 {
		user, _ := srv.Act().ScanContactWay(id, wecomtest.Customer{Name: fmt.Sprint(i)})
		users = append(users, user)
	}

	assert.Equal(t, []string{"alice", "bob", "alice", "alice"}, users, "bob may have one, carol none")
}

func TestFriendScansAgain(t *testing.T) {
	t.Parallel()
	srv := listening(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	srv.AddMember(wecomtest.Member{UserID: "bob"})
	id := newCaller(t, srv).ok("externalcontact/add_contact_way", object{"type": 2, "scene": 2, "user": []string{"alice", "bob"}}).text("config_id")
	_, zoe := srv.Act().ScanContactWay(id, wecomtest.Customer{Name: "Zoe"})

	user, again := srv.Act().ScanContactWay(id, wecomtest.Customer{ExternalUserID: zoe})

	assert.Equal(t, []string{"alice", zoe}, []string{user, again})
	assert.Len(t, heard(srv), 1, "nothing happened")
}

func TestExclusiveContactWayKeepsACompanyTogether(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	srv.AddMember(wecomtest.Member{UserID: "bob"})
	id := newCaller(t, srv).ok("externalcontact/add_contact_way", object{"type": 2, "scene": 2, "user": []string{"alice", "bob"}, "is_exclusive": true}).text("config_id")

	var users []string
	for _, company := range []string{"Spruce", "Spruce", "Oak"} {
		user, _ := srv.Act().ScanContactWay(id, wecomtest.Customer{Type: 2, CorpName: company})
		users = append(users, user)
	}

	assert.Equal(t, []string{"alice", "alice", "bob"}, users)
}

func TestTemporaryContactWay(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	c := newCaller(t, srv)
	picture := srv.Seed().Media(wecomtest.Media{Type: "image"})
	id := c.ok("externalcontact/add_contact_way", object{
		"type": 1, "scene": 2, "user": []string{"alice"}, "is_temp": true, "expires_in": 3600, "unionid": "oZoe",
		"conclusions": object{"text": object{"content": "bye"}, "image": object{"media_id": picture}, "link": object{"url": "https://spruce.example"}},
	}).text("config_id")

	r := c.ok("externalcontact/get_contact_way", object{"config_id": id})
	_, zoe := srv.Act().ScanContactWay(id, wecomtest.Customer{UnionID: "oZoe"})

	assert.Equal(t, []any{3600.0, 86400.0, "oZoe"}, []any{r.at("contact_way.expires_in"), r.at("contact_way.chat_expires_in"), r.at("contact_way.unionid")})
	assert.Equal(t, "bye", r.at("contact_way.conclusions.text.content"))
	assert.NotEmpty(t, r.at("contact_way.conclusions.image.pic_url"))
	assert.Nil(t, r.at("contact_way.conclusions.link"), "the image goes before the link")
	assert.Equal(t, 41044, c.send("externalcontact/update_contact_way", object{"config_id": id, "state": "x"}).code(), "one customer ends it")
	chat := object{"userid": "alice", "external_userid": zoe}
	assert.Zero(t, c.send("externalcontact/close_temp_chat", chat).code())
	assert.Equal(t, 40058, c.send("externalcontact/close_temp_chat", chat).code(), "closed already")
}

func TestTemporaryContactWayExpires(t *testing.T) {
	t.Parallel()
	r := record(t, func(srv *wecomtest.Server) {
		srv.AddMember(wecomtest.Member{UserID: "alice"})
		c := newCaller(t, srv)
		id := c.ok("externalcontact/add_contact_way", object{"type": 1, "scene": 2, "user": []string{"alice"}, "is_temp": true, "expires_in": 3600}).text("config_id")
		srv.Clock().Advance(time.Hour)
		srv.Act().ScanContactWay(id, wecomtest.Customer{})
	})

	assert.Contains(t, r.fatal, "has ended")
}
