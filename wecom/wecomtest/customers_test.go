package wecomtest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestFollowUserList(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	srv.AddMember(wecomtest.Member{UserID: "bob", NoContact: true})
	srv.AddMember(wecomtest.Member{UserID: "carol"})
	srv.AddMember(wecomtest.Member{UserID: "dave"})
	srv.Act().Leave("carol")

	all := newCaller(t, srv).get("externalcontact/get_follow_user_list")
	some := addApp(t, srv, "dave", "bob").get("externalcontact/get_follow_user_list")

	assert.Equal(t, []any{"alice", "dave"}, all.list("follow_user", ""))
	assert.Equal(t, []any{"dave"}, some.list("follow_user", ""))
}

func TestCustomerRefusals(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	srv.AddMember(wecomtest.Member{UserID: "bob"})
	srv.AddMember(wecomtest.Member{UserID: "carol", NoContact: true})
	zoe := seedFollow(srv, "Zoe", "alice", "carol")
	stranger := srv.Seed().Customer(wecomtest.Customer{Name: "Yan"})
	c := addApp(t, srv, "alice", "carol")
	tests := []struct {
		name, op, key, value string
		want                 int
	}{
		{"list of nobody", "list", "userid", "nobody", 60111},
		{"list of a member out of sight", "list", "userid", "bob", 60011},
		{"list of a member without the function", "list", "userid", "carol", 84061},
		{"get of nobody", "get", "external_userid", "wmNobody", 40096},
		{"get of a stranger", "get", "external_userid", stranger, 84061},
		{"get of a customer", "get", "external_userid", zoe, 0},
		{"list of a member with customers", "list", "userid", "alice", 0},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, c.get("externalcontact/"+tt.op, tt.key, tt.value).code(), tt.name)
	}
	assert.Equal(t, 84061, newCaller(t, srv).get("externalcontact/list", "userid", "bob").code(), "a member without customers")
}

func TestGetShowsFollowersOutOfSightToNobody(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	for _, id := range []string{"alice", "bob", "carol"} {
		srv.AddMember(wecomtest.Member{UserID: id})
	}
	zoe := seedFollow(srv, "Zoe", "alice", "bob", "carol")
	srv.Act().Leave("carol")

	all := newCaller(t, srv).get("externalcontact/get", "external_userid", zoe)
	some := addApp(t, srv, "bob", "carol").get("externalcontact/get", "external_userid", zoe)

	assert.Equal(t, []any{"alice", "bob"}, all.list("follow_user", "userid"))
	assert.Equal(t, []any{"bob"}, some.list("follow_user", "userid"))
}

func TestGetPagesFollowersBeyond500(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	users := make([]string, 501)
	for i := range users {
		users[i] = srv.AddMember(wecomtest.Member{})
	}
	zoe := seedFollow(srv, "Zoe", users...)
	c := newCaller(t, srv)

	first := c.get("externalcontact/get", "external_userid", zoe)
	second := c.get("externalcontact/get", "external_userid", zoe, "cursor", first.text("next_cursor"))

	assert.Len(t, first.list("follow_user", ""), 500)
	assert.Equal(t, []any{users[500]}, second.list("follow_user", "userid"))
	assert.Nil(t, second.at("next_cursor"))
}

func TestGetOfAWeComUser(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	yan := srv.Seed().Customer(wecomtest.Customer{
		Name: "Yan", Type: 2, Position: "Manager", CorpName: "Spruce", CorpFullName: "Spruce Ltd",
		ExternalAttr: []wecomtest.ExternalAttr{
			{Name: "motto", Value: "wood"},
			{Type: 1, Name: "site", URL: "https://spruce.example", Title: "Spruce"},
			{Type: 2, Name: "shop", AppID: "wx1", PagePath: "/index", Title: "Shop"},
		},
		FollowUser: []wecomtest.Follow{{UserID: "alice", RemarkCorpName: "for WeChat users only"}},
	})

	r := newCaller(t, srv).get("externalcontact/get", "external_userid", yan)

	assert.Equal(t, "Spruce Ltd", r.at("external_contact.corp_full_name"))
	assert.Equal(t, "wood", r.at("external_contact.external_profile.external_attr.0.text.value"))
	assert.Equal(t, "https://spruce.example", r.at("external_contact.external_profile.external_attr.1.web.url"))
	assert.Equal(t, "/index", r.at("external_contact.external_profile.external_attr.2.miniprogram.pagepath"))
	assert.Nil(t, r.at("follow_user.0.remark_corp_name"))
}

func TestGetShowsTagsByKind(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	g := srv.Seed().TagGroup(wecomtest.TagGroup{GroupName: "level", Tag: []wecomtest.Tag{{Name: "VIP"}}})
	zoe := srv.Seed().Customer(wecomtest.Customer{FollowUser: []wecomtest.Follow{{
		UserID: "alice", TagID: []string{g.Tag[0].ID}, AddWay: 10,
		PersonalTag:    []wecomtest.PersonalTag{{GroupName: "mine", TagName: "nice"}},
		WechatChannels: &wecomtest.WechatChannels{Nickname: "Spruce TV", Source: 2},
	}}})
	c := newCaller(t, srv)

	one := c.get("externalcontact/get", "external_userid", zoe)
	many := c.ok("externalcontact/batch/get_by_user", object{"userid_list": []string{"alice"}})

	assert.Equal(t, map[string]any{"group_name": "level", "tag_name": "VIP", "tag_id": g.Tag[0].ID, "type": 1.0}, one.at("follow_user.0.tags.0"))
	assert.Equal(t, map[string]any{"group_name": "mine", "tag_name": "nice", "type": 2.0}, one.at("follow_user.0.tags.1"))
	assert.Equal(t, "Spruce TV", one.at("follow_user.0.wechat_channels.nickname"))
	assert.Equal(t, []any{g.Tag[0].ID}, many.at("external_contact_list.0.follow_info.tag_id"))
	assert.Nil(t, many.at("external_contact_list.0.follow_info.tags"))
}

func TestGetByUserPages(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	srv.AddMember(wecomtest.Member{UserID: "bob"})
	want := []any{}
	for i := range 120 {
		user := "alice"
		if i >= 70 {
			user = "bob"
		}
		want = append(want, seedFollow(srv, fmt.Sprint(i), user))
	}
	c := newCaller(t, srv)
	tests := []struct {
		limit int
		pages []int
	}{
		{0, []int{50, 50, 20}},
		{100, []int{100, 20}},
		{1000, []int{100, 20}},
	}
	for _, tt := range tests {
		got, pages, cursor := []any{}, []int{}, ""
		for {
			r := c.ok("externalcontact/batch/get_by_user", object{"userid_list": []string{"alice", "bob"}, "limit": tt.limit, "cursor": cursor})
			rows := r.list("external_contact_list", "external_contact")
			for _, row := range rows {
				got = append(got, row.(map[string]any)["external_userid"])
			}
			pages = append(pages, len(rows))
			if cursor = r.text("next_cursor"); cursor == "" {
				break
			}
		}
		assert.Equal(t, tt.pages, pages, "limit %d", tt.limit)
		assert.Equal(t, want, got, "limit %d", tt.limit)
	}
}

func TestGetByUserWithoutLicense(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	srv.AddMember(wecomtest.Member{UserID: "bob", Unlicensed: true})
	seedFollow(srv, "Zoe", "alice", "bob")
	c := newCaller(t, srv)

	some := c.ok("externalcontact/batch/get_by_user", object{"userid_list": []string{"alice", "bob"}})
	none := c.send("externalcontact/batch/get_by_user", object{"userid_list": []string{"bob"}})

	assert.Len(t, some.list("external_contact_list", ""), 1)
	assert.Equal(t, []any{"bob"}, some.at("fail_info.unlicensed_userid_list"))
	assert.Equal(t, 701008, none.code())
}

func TestGetByUserRefusals(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	c := newCaller(t, srv)
	tests := []struct {
		name  string
		users []string
		want  int
	}{
		{"nobody named", []string{}, 40058},
		{"unknown member", []string{"alice", "nobody"}, 60111},
		{"over-long userid", []string{strings.Repeat("a", 65)}, 40058},
		{"101 members", strings.Split(strings.Repeat("alice ", 101), " ")[:101], 40058},
		{"a member without customers", []string{"alice"}, 0},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, c.send("externalcontact/batch/get_by_user", object{"userid_list": tt.users}).code(), tt.name)
	}
}

func TestRemark(t *testing.T) {
	t.Parallel()
	srv := listening(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	zoe := seedFollow(srv, "Zoe", "alice")
	c := newCaller(t, srv)

	c.ok("externalcontact/remark", object{"userid": "alice", "external_userid": zoe, "remark": "VIP", "description": "wood", "remark_company": "Spruce", "remark_mobiles": []string{"13800000001", "13800000002"}})
	c.ok("externalcontact/remark", object{"userid": "alice", "external_userid": zoe, "description": "", "remark_mobiles": []string{"13800000003"}})

	f := srv.Customer(zoe).FollowUser[0]
	assert.Equal(t, []any{"VIP", "", "Spruce"}, []any{f.Remark, f.Description, f.RemarkCorpName})
	assert.Equal(t, []string{"13800000003"}, f.RemarkMobiles)
	assert.Empty(t, heard(srv), "an API call is told to nobody")
}

func TestRemarkClearsMobilesByAnEmptyOne(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	zoe := srv.Seed().Customer(wecomtest.Customer{FollowUser: []wecomtest.Follow{{UserID: "alice", RemarkMobiles: []string{"13800000001"}}}})
	c := newCaller(t, srv)

	assert.Equal(t, 40063, c.send("externalcontact/remark", object{"userid": "alice", "external_userid": zoe, "remark_mobiles": []string{}}).code())
	require.Len(t, srv.Customer(zoe).FollowUser[0].RemarkMobiles, 1)
	c.ok("externalcontact/remark", object{"userid": "alice", "external_userid": zoe, "remark_mobiles": []string{""}})

	assert.Empty(t, srv.Customer(zoe).FollowUser[0].RemarkMobiles)
}

func TestRemarkRefusals(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	srv.AddMember(wecomtest.Member{UserID: "bob"})
	zoe := seedFollow(srv, "Zoe", "alice")
	picture := srv.Seed().Media(wecomtest.Media{Type: "image"})
	old := srv.Seed().Media(wecomtest.Media{Type: "image", CreateTime: srv.Clock().Now().Add(-73 * time.Hour)})
	c := newCaller(t, srv)
	tests := []struct {
		name, user, customer, field, value string
		want                               int
	}{
		{"nothing to change", "alice", zoe, "userid", "alice", 40063},
		{"unknown member", "nobody", zoe, "remark", "VIP", 60111},
		{"unknown customer", "alice", "wmNobody", "remark", "VIP", 40096},
		{"somebody else's customer", "bob", zoe, "remark", "VIP", 84061},
		{"remark of 21 characters", "alice", zoe, "remark", strings.Repeat("好", 21), 40058},
		{"remark of 20 characters", "alice", zoe, "remark", strings.Repeat("好", 20), 0},
		{"description of 151 characters", "alice", zoe, "description", strings.Repeat("好", 151), 40058},
		{"company of 21 characters", "alice", zoe, "remark_company", strings.Repeat("好", 21), 40058},
		{"unknown picture", "alice", zoe, "remark_pic_mediaid", "M1", 40007},
		{"expired picture", "alice", zoe, "remark_pic_mediaid", old, 40007},
		{"picture", "alice", zoe, "remark_pic_mediaid", picture, 0},
	}
	for _, tt := range tests {
		fields := object{"userid": tt.user, "external_userid": tt.customer}
		fields[tt.field] = tt.value
		assert.Equal(t, tt.want, c.send("externalcontact/remark", fields).code(), tt.name)
	}
}

func TestEditCustomerIsTold(t *testing.T) {
	t.Parallel()
	srv := listening(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	g := srv.Seed().TagGroup(wecomtest.TagGroup{GroupName: "level", Tag: []wecomtest.Tag{{Name: "VIP"}}})
	zoe := seedFollow(srv, "Zoe", "alice")

	srv.Act().EditCustomer("alice", zoe, func(f *wecomtest.Follow) { f.TagID = append(f.TagID, g.Tag[0].ID) })

	r := newCaller(t, srv).get("externalcontact/get", "external_userid", zoe)
	assert.Equal(t, "VIP", r.at("follow_user.0.tags.0.tag_name"))
	assert.Equal(t, []string{"contact edit_external_contact UserID=alice ExternalUserID=" + zoe}, heard(srv))
}

func TestCustomerWhoDeletedTheMemberStaysInTheirList(t *testing.T) {
	t.Parallel()
	srv := listening(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	zoe := seedFollow(srv, "Zoe", "alice")
	c := newCaller(t, srv)

	srv.Act().DeleteMember(zoe, "alice")

	assert.Equal(t, []any{zoe}, c.get("externalcontact/list", "userid", "alice").list("external_userid", ""))
	assert.Equal(t, []string{"contact del_follow_user UserID=alice ExternalUserID=" + zoe}, heard(srv))
}

func TestCustomerWhoComesBackKeepsTheNotes(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	zoe := srv.Seed().Customer(wecomtest.Customer{FollowUser: []wecomtest.Follow{{UserID: "alice", Remark: "VIP", State: "door"}}})
	id := newCaller(t, srv).ok("externalcontact/add_contact_way", object{"type": 1, "scene": 2, "user": []string{"alice"}, "state": "fair"}).text("config_id")

	srv.Act().DeleteMember(zoe, "alice")
	srv.Act().ScanContactWay(id, wecomtest.Customer{ExternalUserID: zoe})

	f := srv.Customer(zoe).FollowUser[0]
	assert.Equal(t, []any{"VIP", "fair", false}, []any{f.Remark, f.State, f.Deleted})
}

func TestCustomerWhomTheMemberDeletedIsGone(t *testing.T) {
	t.Parallel()
	srv := listening(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	zoe := seedFollow(srv, "Zoe", "alice")

	srv.Act().DeleteCustomer("alice", zoe)

	assert.Equal(t, 84061, newCaller(t, srv).get("externalcontact/get", "external_userid", zoe).code())
	assert.Equal(t, []string{"contact del_external_contact UserID=alice ExternalUserID=" + zoe}, heard(srv))
}

func TestHalfFriendBecomesOneWhenAccepted(t *testing.T) {
	t.Parallel()
	srv := listening(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	c := newCaller(t, srv)

	zoe := srv.Act().AddHalfCustomer("alice", wecomtest.Customer{Name: "Zoe", FollowUser: []wecomtest.Follow{{State: "door"}}})
	half := c.get("externalcontact/get", "external_userid", zoe)
	srv.Act().AcceptCustomer("alice", zoe)
	whole := c.get("externalcontact/get", "external_userid", zoe)

	assert.Equal(t, 84061, half.code())
	assert.Equal(t, "door", whole.at("follow_user.0.state"))
	assert.Equal(t, zoe, whole.at("follow_user.0.oper_userid"))
	assert.Equal(t, []string{
		"contact add_half_external_contact UserID=alice ExternalUserID=" + zoe + " State=door WelcomeCode=set",
		"contact add_external_contact UserID=alice ExternalUserID=" + zoe + " State=door WelcomeCode=set",
	}, heard(srv))
}

func TestWelcomedHalfFriendGetsNoSecondCode(t *testing.T) {
	t.Parallel()
	srv := listening(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	zoe := srv.Act().AddHalfCustomer("alice", wecomtest.Customer{FollowUser: []wecomtest.Follow{{State: "door"}}})

	srv.UseWelcomeCode(srv.Deliveries()[0].Event.Get("WelcomeCode").(string))
	srv.Act().AcceptCustomer("alice", zoe)

	assert.Equal(t, "contact add_external_contact UserID=alice ExternalUserID="+zoe+" State=door", heard(srv)[1])
}

func TestCustomersKeepTheTimeTheyCame(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.Clock().Freeze(time.Unix(1700000000, 0))
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	zoe := srv.AddCustomer("alice", wecomtest.Customer{})

	srv.Clock().Advance(time.Hour)

	assert.Equal(t, int64(1700000000), srv.Customer(zoe).FollowUser[0].CreateTime.Unix())
}

// TestWeChatUsersHaveNoCorp leaves out what only users of WeCom have.
func TestWeChatUsersHaveNoCorp(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{})
	c := newCaller(t, srv)
	for kind, want := range map[int]bool{1: false, 2: true} {
		id := srv.AddCustomer(alice, wecomtest.Customer{
			Type: kind, Position: "Manager", CorpName: "ACME", CorpFullName: "ACME Ltd",
			ExternalAttr: []wecomtest.ExternalAttr{{Name: "motto", Value: "ask"}},
		})

		contact, _ := c.get("externalcontact/get", "external_userid", id).at("external_contact").(map[string]any)

		for _, field := range []string{"position", "corp_name", "corp_full_name", "external_profile"} {
			_, there := contact[field]
			assert.Equal(t, want, there, "type %d: %s", kind, field)
		}
	}
}
