package wecomtest_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"image/png"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// tenant is all of a corp that a seed can put in.
func tenant(srv *wecomtest.Server) wecomtest.Seed {
	seed := wecomtest.Seed{
		Corp:             wecomtest.SeedCorp{Name: srv.CorpName()},
		Apps:             srv.Apps()[1:],
		Members:          srv.Members(),
		TagGroups:        srv.TagGroups(),
		Media:            srv.MediaFiles(),
		Customers:        srv.Customers(),
		GroupChats:       srv.GroupChats(),
		GroupWelcomes:    srv.GroupWelcomes(),
		ContactWays:      srv.ContactWays(),
		JoinWays:         srv.JoinWays(),
		AcquisitionLinks: srv.AcquisitionLinks(),
		MassSends:        srv.MassSends(),
		Moments:          srv.Moments(),
	}
	for _, list := range reflect.ValueOf(&seed).Elem().Fields() {
		if list.Kind() == reflect.Slice && list.Len() == 0 {
			list.SetZero()
		}
	}
	return seed
}

func TestSeedIsWhatTheCorpHas(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		seed func(time.Time) wecomtest.Seed
	}{
		{"small shop", wecomtest.SmallShop},
		{"messy", wecomtest.Messy},
		{"ten thousand customers", wecomtest.TenThousandCustomers},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv := listening(t)

			want := srv.Seed().Load(tt.seed(srv.Clock().Now()))
			got := tenant(srv)

			// These lists are by id.
			slices.SortFunc(want.Customers, func(a, b wecomtest.Customer) int { return cmp.Compare(a.ExternalUserID, b.ExternalUserID) })
			slices.SortFunc(want.ContactWays, func(a, b wecomtest.ContactWay) int { return cmp.Compare(a.ConfigID, b.ConfigID) })
			slices.SortFunc(want.Media, func(a, b wecomtest.Media) int { return a.CreateTime.Compare(b.CreateTime) })
			want.MemberTags, want.FriendRequests, want.Conversations = nil, nil, nil // which have no list
			wrote, err := json.Marshal(want)
			require.NoError(t, err)
			has, err := json.Marshal(got)
			require.NoError(t, err)
			assert.True(t, bytes.Equal(wrote, has)) // rather than megabytes of differences
			assert.Empty(t, srv.Deliveries(), "nobody is told")
		})
	}
}

func TestSeedOfTheSmallShop(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t, wecomtest.WithSeed(wecomtest.SmallShop))
	c := newCaller(t, srv)
	now := srv.Clock().Now()

	assert.Equal(t, "青禾茶舍", srv.CorpName())
	assert.Equal(t, []any{"linxia", "chenmo", "suwan", "zhouzhou"}, c.get("externalcontact/get_follow_user_list").JSON["follow_user"])
	followers := c.get("externalcontact/get", "external_userid", "wmFangZheng").JSON["follow_user"].([]any)
	require.Len(t, followers, 2)
	first := followers[0].(map[string]any)
	assert.Equal(t, "方总", first["remark"])
	assert.InDelta(t, now.AddDate(0, 0, -210).Unix(), first["createtime"], 1)
	assert.Equal(t, "金卡", first["tags"].([]any)[0].(map[string]any)["tag_name"])

	assert.Equal(t, 84061, c.get("externalcontact/get", "external_userid", "wmXiaoTang").code(), "a half friend")
	srv.Act().AcceptCustomer("zhouzhou", "wmXiaoTang")
	assert.Equal(t, "service", srv.Customer("wmXiaoTang").FollowUser[0].State)

	userID, externalUserID := srv.Act().ScanContactWay("counter", wecomtest.Customer{Name: "新客"})
	assert.Equal(t, "chenmo", userID)
	assert.Equal(t, "counter", srv.Customer(externalUserID).FollowUser[0].State)

	talk := srv.Conversation("suwan", "wmYeZi")
	require.Len(t, talk, 4)
	assert.Equal(t, wecomtest.KindWelcome, talk[0].Kind)
	assert.Equal(t, "岩茶吧，谢谢！", talk[3].Text)
	anLan := srv.Conversation("chenmo", "wmAnLan")
	require.Len(t, anLan, 3)
	assert.Equal(t, "msgSpring", anLan[0].MsgID, "what the mass send brought, then the answer to it")
	assert.Len(t, srv.GroupConversation("wrTeaFriends"), 3)

	srv.Act().ConfirmSend("msgSpring", "suwan")
	assert.Len(t, srv.Received("wmLaoTan"), 1)
	image := srv.Media("spring-poster")
	_, err := png.Decode(bytes.NewReader(image.Data))
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, c.get("media/get", "media_id", "spring-poster").Status)
	srv.Act().JoinGroupChat("wrTeaFriends", wecomtest.GroupMember{UserID: "wmAFei"})
	greeting := srv.Received("wrTeaFriends")
	require.Len(t, greeting, 1)
	assert.Equal(t, "阿飞，欢迎来喝茶！进群先看公告。", greeting[0].Text)
}

func TestSeedOfTheMess(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t, wecomtest.WithSeed(wecomtest.Messy))
	c := newCaller(t, srv)

	waiting := c.post("externalcontact/get_unassigned_list", `{}`).JSON["info"].([]any)
	assert.Len(t, waiting, 4)
	chat := c.post("externalcontact/groupchat/list", `{"status_filter":1,"owner_filter":{"userid_list":["gone.recently"]},"limit":10}`)
	assert.Len(t, chat.JSON["group_chat_list"], 1)
	assert.True(t, srv.Customer("wmGaveUp").FollowUser[0].Deleted)
	assert.Equal(t, srv.GroupChat("wrAlone").CreateTime, srv.GroupChat("wrAlone").MemberList[0].JoinTime)
	assert.Equal(t, srv.TagGroup("etGrade").CreateTime, srv.TagGroup("etGrade").Tag[0].CreateTime)
	tags := c.get("externalcontact/get", "external_userid", "wmTagOrphan").JSON["follow_user"].([]any)[0].(map[string]any)["tags"]
	assert.Len(t, tags, 3, "two of them are deleted")
	assert.Equal(t, 40068, c.post("externalcontact/edit_corp_tag", `{"id":"etGradeB-old","name":"x"}`).code())
	assert.Equal(t, 701008, c.post("externalcontact/batch/get_by_user", `{"userid_list":["no_license@old.example"]}`).code())
	srv.Act().AcceptMember("wmAsked", "WangFang")
	assert.Len(t, srv.Customer("wmAsked").FollowUser, 1)
}

func TestSeedOfTenThousand(t *testing.T) {
	t.Parallel()
	now := time.Now()
	seed := wecomtest.TenThousandCustomers(now)
	assert.Equal(t, seed, wecomtest.TenThousandCustomers(now), "it is always the same one")
	srv := wecomtest.New(t, wecomtest.WithSeed(wecomtest.TenThousandCustomers))
	c := newCaller(t, srv)

	ids := c.get("externalcontact/list", "userid", "staff001").JSON["external_userid"].([]any)
	assert.Greater(t, len(ids), 4000)
	assert.Len(t, c.get("externalcontact/list", "userid", "staff600").JSON["external_userid"], 1)
	page := c.get("externalcontact/get", "external_userid", "wm10k00001")
	assert.Len(t, page.JSON["follow_user"], 500)
	rest := c.get("externalcontact/get", "external_userid", "wm10k00001", "cursor", page.JSON["next_cursor"].(string))
	assert.Len(t, rest.JSON["follow_user"], 100)
	assert.Len(t, srv.GroupChat("wr10k001").MemberList, 500)
}

// TestBadSeedChangesNothing loads what clashes with what is there.
func TestBadSeedChangesNothing(t *testing.T) {
	t.Parallel()
	srv := wecomtest.NewServer(wecomtest.WithSeed(wecomtest.SmallShop))
	t.Cleanup(srv.Close)
	before := tenant(srv)

	for want, seed := range map[string]wecomtest.Seed{
		`wecomtest: seed: members[1].userid: the corp has the member "linxia" already`: {
			Corp: wecomtest.SeedCorp{Name: "x"}, Members: []wecomtest.Member{{UserID: "new"}, {UserID: "linxia"}},
		},
		`wecomtest: seed: tag_groups[0].group_name: the corp has a group "客户等级" already`: {
			TagGroups: []wecomtest.TagGroup{{GroupName: "客户等级", Tag: []wecomtest.Tag{{}}}},
		},
		`wecomtest: seed: customers[0].follow_user[0].userid: no member "linxia"`: { // who is there, but not in this seed
			Customers: []wecomtest.Customer{{FollowUser: []wecomtest.Follow{{UserID: "linxia"}}}},
		},
		`wecomtest: seed: apps[0].secret: another app has it`: {Apps: []wecomtest.App{{Secret: srv.App().Secret}}},
		`wecomtest: seed: tag_groups[0].strategy_id: a seed has no rule groups`: {
			TagGroups: []wecomtest.TagGroup{{StrategyID: 1, Tag: []wecomtest.Tag{{}}}},
		},
		`wecomtest: seed: media[0].type: "gif" is none`: {Media: []wecomtest.Media{{Type: "gif"}}},
	} {
		assert.PanicsWithError(t, want, func() { srv.Seed().Load(seed) })
	}
	shop := wecomtest.SmallShop(srv.Clock().Now())
	assert.Panics(t, func() { srv.Seed().Load(shop) }, "every id is there already")

	assert.Equal(t, before, tenant(srv))
}

func TestBadSeedEndsTheTest(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{
		"good.json": {Data: []byte(`{"version":1,"members":[{"userid":"alice"}]}`)},
		"bad.json":  {Data: []byte(`{"version":1,"members":[{"user":"alice"}],"group_chats":[{"owner":"bob"}],"moments":[]}`)},
	}
	silent := func(*wecomtest.Server) {}

	assert.Empty(t, record(t, silent, wecomtest.WithSeedFS(files, "good.json")).all())
	assert.Equal(t, `wecomtest: seed bad.json: members[0].user: is not known; nearest: userid`, record(t, silent, wecomtest.WithSeedFS(files, "bad.json")).fatal)
	assert.Equal(t, `wecomtest: seed none.json: open none.json: file does not exist`, record(t, silent, wecomtest.WithSeedFS(files, "none.json")).fatal)
	assert.PanicsWithError(t, `wecomtest: seed: group_chats[0].owner: no member ""`, func() {
		wecomtest.NewServer(wecomtest.WithSeed(func(time.Time) wecomtest.Seed {
			return wecomtest.Seed{GroupChats: []wecomtest.GroupChat{{}}}
		}))
	})
}

func TestSeedsFollowEachOther(t *testing.T) {
	t.Parallel()

	srv := wecomtest.New(t, wecomtest.WithSeed(wecomtest.SmallShop), wecomtest.WithSeedFS(os.DirFS("seeds"), "messy.json"))
	other := srv.AddCorp("Other")
	other.Seed().Load(wecomtest.SmallShop(srv.Clock().Now()))

	assert.Len(t, srv.Members(), 13)
	assert.Equal(t, "百川 & Sons “Trading” <上海>", srv.CorpName())
	assert.Len(t, other.Members(), 5)
}

func TestSeedMakesUpIDs(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)

	seed := srv.Seed().Load(wecomtest.Seed{
		Apps:             []wecomtest.App{{}, {AgentID: 1000003}},
		Members:          []wecomtest.Member{{}, {UserID: "member1"}, {Left: true}},
		TagGroups:        []wecomtest.TagGroup{{Tag: []wecomtest.Tag{{}, {Name: "B", ID: "etSIM00000000000000000001"}}}, {GroupName: "Old", AgentID: 1000003, Deleted: true, Tag: []wecomtest.Tag{{}}}},
		Customers:        []wecomtest.Customer{{}, {ExternalUserID: "wmSIM00000000000000000001"}, {Type: 2}},
		GroupChats:       []wecomtest.GroupChat{{Owner: "member1"}},
		Media:            []wecomtest.Media{{Type: "voice"}},
		GroupWelcomes:    []wecomtest.GroupWelcome{{Text: "hi"}},
		ContactWays:      []wecomtest.ContactWay{{Party: []int64{1}}, {User: []string{"member1"}, IsTemp: true}},
		JoinWays:         []wecomtest.JoinWay{{}},
		AcquisitionLinks: []wecomtest.AcquisitionLink{{UserList: []string{"member1"}}},
		MassSends:        []wecomtest.MassSend{{}},
		Moments:          []wecomtest.Moment{{}},
	})

	assert.Equal(t, int64(1000004), seed.Apps[0].AgentID)
	assert.NotEmpty(t, seed.Apps[0].Secret)
	assert.Equal(t, "member2", seed.Members[0].UserID)
	assert.False(t, seed.Members[2].LeftTime.IsZero())
	assert.Equal(t, []string{"wmSIM00000000000000000002", "wmSIM00000000000000000001", "woSIM00000000000000000001"},
		[]string{seed.Customers[0].ExternalUserID, seed.Customers[1].ExternalUserID, seed.Customers[2].ExternalUserID})
	assert.Equal(t, "wmSIM00000000000000000003", srv.Seed().Customer(wecomtest.Customer{}), "and so it goes on")
	assert.Equal(t, "etSIM00000000000000000003", seed.TagGroups[0].Tag[0].ID)
	assert.Equal(t, int64(1000003), seed.TagGroups[1].Tag[0].AgentID, "as the group")
	assert.True(t, seed.TagGroups[1].Tag[0].Deleted, "with the group")
	listed := newCaller(t, srv).ok("externalcontact/list_contact_way", object{}).list("contact_way", "config_id")
	assert.Equal(t, []any{seed.ContactWays[0].ConfigID}, listed, "no list has temporary ones")
	assert.Equal(t, []int{2, 1}, []int{seed.ContactWays[0].Type, seed.ContactWays[1].Type})
	assert.Equal(t, 7*24*time.Hour, seed.ContactWays[1].ExpiresIn)
	assert.Equal(t, seed.JoinWays[0], srv.JoinWay(seed.JoinWays[0].ConfigID))
	assert.Equal(t, seed.AcquisitionLinks[0], srv.AcquisitionLink(seed.AcquisitionLinks[0].LinkID))
	assert.Equal(t, seed.MassSends[0], srv.MassSend(seed.MassSends[0].MsgID))
	assert.Equal(t, seed.Moments[0], srv.Moment(seed.Moments[0].MomentID))
	assert.Equal(t, seed.GroupWelcomes[0], srv.GroupWelcome(seed.GroupWelcomes[0].TemplateID))
	assert.Equal(t, seed.Media[0], srv.Media(seed.Media[0].MediaID))
	assert.True(t, strings.HasPrefix(string(seed.Media[0].Data), "#!AMR"))
}

// TestMadeUpIDsAreNobodysElse: a file that holds ids which another server has
// made up, or a test that has copied one, loses nothing to the next made-up id.
func TestMadeUpIDsAreNobodysElse(t *testing.T) {
	t.Parallel()
	alice := []string{"alice"}
	written := wecomtest.Seed{
		Members:          []wecomtest.Member{{UserID: "alice"}, {UserID: "member4"}},
		Media:            []wecomtest.Media{{Type: "image"}, {Type: "file"}, {Type: "video"}},
		ContactWays:      []wecomtest.ContactWay{{User: alice}, {User: alice, State: "second"}, {User: alice, State: "third"}},
		JoinWays:         []wecomtest.JoinWay{{}, {State: "second"}, {State: "third"}},
		AcquisitionLinks: []wecomtest.AcquisitionLink{{UserList: alice}, {UserList: alice, LinkName: "second"}, {UserList: alice, LinkName: "third"}},
	}
	seed := wecomtest.New(t).Seed().Load(written)
	for _, swap := range []func(i, j int){
		reflect.Swapper(seed.Media), reflect.Swapper(seed.ContactWays), reflect.Swapper(seed.JoinWays), reflect.Swapper(seed.AcquisitionLinks),
	} {
		swap(0, 1) // the second is to have another id, and comes before the first and the third, which have theirs
	}
	seed.Media[0].MediaID, seed.ContactWays[0].ConfigID, seed.JoinWays[0].ConfigID, seed.AcquisitionLinks[0].LinkID = "", "", "", ""
	srv := wecomtest.New(t)
	loaded := srv.Seed().Load(seed)

	zoe := srv.Seed().Customer(wecomtest.Customer{ExternalUserID: "wmSIM00000000000000000001", Name: "Zoe"})
	srv.Seed().Customer(wecomtest.Customer{})
	carol := srv.AddMember(wecomtest.Member{})
	dave := srv.AddMember(wecomtest.Member{})
	srv.Seed().Media(wecomtest.Media{Type: "voice", Data: []byte("x")})
	c := newCaller(t, srv)
	c.ok("externalcontact/add_contact_way", object{"type": 1, "scene": 2, "user": alice})
	c.ok("externalcontact/groupchat/add_join_way", object{"scene": 2, "chat_id_list": []string{srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "alice"})}})
	c.ok("externalcontact/customer_acquisition/create_link", object{"link_name": "fourth", "range": object{"user_list": alice}})

	assert.Equal(t, "Zoe", srv.Customer(zoe).Name)
	assert.Equal(t, []string{"member3", "member5"}, []string{carol, dave})
	assert.Len(t, srv.Members(), 4)
	for i := range 3 {
		assert.Equal(t, loaded.Media[i].Type, srv.Media(loaded.Media[i].MediaID).Type)
		assert.Equal(t, loaded.ContactWays[i].State, srv.ContactWay(loaded.ContactWays[i].ConfigID).State)
		assert.Equal(t, loaded.JoinWays[i].State, srv.JoinWay(loaded.JoinWays[i].ConfigID).State)
		assert.Equal(t, loaded.AcquisitionLinks[i].LinkName, srv.AcquisitionLink(loaded.AcquisitionLinks[i].LinkID).LinkName)
	}
}

// TestSeedCountsMassSends: customers have had what the seed has sent them.
func TestSeedCountsMassSends(t *testing.T) {
	t.Parallel()
	srv := frozen(t)
	srv.Act().SetMassSendRule(wecomtest.MassSendDaily)
	sent := wecomtest.MassSendResult{ExternalUserID: "wmZoe", Status: 1}
	srv.Seed().Load(wecomtest.Seed{
		Members:   []wecomtest.Member{{UserID: "alice"}},
		Customers: []wecomtest.Customer{{ExternalUserID: "wmZoe", FollowUser: []wecomtest.Follow{{UserID: "alice"}}}},
		MassSends: []wecomtest.MassSend{{
			Creator: "alice", Text: "one", TaskList: []wecomtest.MassSendTask{{UserID: "alice", Status: 2, SendList: []wecomtest.MassSendResult{sent}}},
		}},
	})

	again := srv.Act().SendMass("alice", wecomtest.MassSend{Text: "two"}, "wmZoe")

	assert.Equal(t, 3, srv.MassSend(again).TaskList[0].SendList[0].Status, "as many as the rule allows")
}

// TestSeedIsCopied: what a test does to the seed that it wrote, or to the one
// that it got, does not change the corp.
func TestSeedIsCopied(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	written := wecomtest.SmallShop(srv.Clock().Now())
	loaded := srv.Seed().Load(written)
	before := tenant(srv)

	for _, seed := range []wecomtest.Seed{written, loaded} {
		seed.Customers[0].FollowUser[0].TagID[0] = "changed"
		seed.Apps[0].Visible[0] = "changed"
		seed.GroupChats[0].MemberList[0].UserID = "changed"
		seed.ContactWays[0].User[0] = "changed"
		seed.JoinWays[0].ChatIDList[0] = "changed"
		seed.AcquisitionLinks[0].UserList[0] = "changed"
		seed.GroupWelcomes[0].Attachments[0].Title = "changed"
		seed.MassSends[0].TaskList[0].SendList[0].Status = 3
		seed.MassSends[0].Attachments[0].MediaID = "changed"
		seed.Moments[0].TaskList[0].CustomerList[0] = "changed"
		seed.TagGroups[0].Tag[0].Name = "changed"
		seed.Members[0].Department[0] = 99
	}

	assert.Equal(t, before, tenant(srv))
	assert.Equal(t, "spring-poster", srv.Received("wmAnLan")[0].Attachments[0].MediaID)
}

func BenchmarkSeed(b *testing.B) {
	now := time.Now()
	seed := wecomtest.TenThousandCustomers(now)
	text, err := seed.MarshalJSON()
	require.NoError(b, err)
	b.Run("make", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			wecomtest.TenThousandCustomers(now)
		}
	})
	b.Run("load", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			srv := wecomtest.NewServer()
			srv.Seed().Load(seed)
			srv.Close()
		}
	})
	b.Run("parse", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			if _, err := wecomtest.ParseSeed(text, now); err != nil {
				b.Fatal(err)
			}
		}
	})
}
