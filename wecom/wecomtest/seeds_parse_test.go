package wecomtest_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// noon is when these seeds are made.
func noon() time.Time { return time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC) }

// seedText is a seed file around what a test is about.
func seedText(rest string) string { return `{"version":1,` + rest + `}` }

// TestBadSeeds lists the mistakes that a seed may have, and which of them the
// schema shows to other programs.
func TestBadSeeds(t *testing.T) {
	t.Parallel()
	const people = `"members":[{"userid":"alice"},{"userid":"bob"}],"customers":[{"external_userid":"wmZoe","follow_user":[{"userid":"alice"}]},{"external_userid":"wmYan"}],`
	for _, tt := range []struct {
		name     string
		seed     string
		problems []string
		schema   bool // accepts it
	}{
		{"no JSON", `{"version":1,`, []string{`line 1: unexpected EOF`}, false},
		{"nothing", ``, []string{`line 1: unexpected EOF`}, false},
		{"syntax", "{\n\"version\":1,\n}", []string{`line 3: invalid character '}'`}, false},
		{"another encoding", "{\"version\":1,\n\"corp\":{\"name\":\"\xc9\xcc\xb5\xea\"}}", []string{`line 2: this is not UTF-8, as JSON is; save the file in that encoding`}, true},
		{"UTF-16", "\xff\xfe{\x00}\x00", []string{`line 1: this is not UTF-8, as JSON is; save the file in that encoding`}, false},
		{"more", "{\"version\":1}\n\n{}", []string{`line 3: more follows the end of the seed`}, false},
		{"twice", "{\"version\":1,\"members\":[],\n\"members\":[]}", []string{`line 2: "members" is there twice`}, true},
		{"deep", seedText(`"corp":` + strings.Repeat("[", 30) + strings.Repeat("]", 30)), []string{`line 1: no seed is nested so deeply`}, false},
		{"no object", `[]`, []string{`want an object, not an array`}, false},
		{"no version", `{"members":[{"user":"x"}]}`, []string{`version: is missing; want 1`}, false},
		{"newer version", `{"version":2,"departments":[]}`, []string{`version: want 1, not 2`}, false},
		{"version as a text", `{"version":"1"}`, []string{`version: want 1, not "1"`}, false},
		{"unknown field", seedText(`"member":[]`), []string{`member: is not known; nearest: members`}, false},
		{"unknown field inside", seedText(`"customers":[{"folow_user":[]}]`), []string{`customers[0].folow_user: is not known; nearest: follow_user`}, false},
		{"field with a capital", seedText(`"members":[{"UserID":"alice"}]`), []string{`members[0].UserID: is not known; nearest: userid`}, false},
		{"rule groups", seedText(`"tag_groups":[{"strategy_id":1,"tag":[{}]}]`), []string{`tag_groups[0].strategy_id: is not known; nearest: agentid`}, false},
		{"wrong types", seedText(`"corp":"x","members":{},"customers":[{"name":1,"type":"1","follow_user":[{"userid":"a","deleted":"yes","tag_id":"et1"}]}],"media":[{"type":"image","data":7}]`), []string{
			`corp: want an object, not "x"`,
			`customers[0].follow_user[0].deleted: want a boolean, not "yes"`,
			`customers[0].follow_user[0].tag_id: want an array, not "et1"`,
			`customers[0].name: want a string, not 1`,
			`customers[0].type: want an integer, not "1"`,
			`media[0].data: want a string, not 7`,
			`members: want an array, not an object`,
		}, false},
		{"null", seedText(`"members":[null],"corp":null`), []string{`corp: want an object, not null`, `members[0]: want an object, not null`}, false},
		{"fraction", seedText(`"tag_groups":[{"order":1.5,"tag":[{}]}]`), []string{`tag_groups[0].order: want an integer, not 1.5`}, false},
		{"out of range", seedText(`"tag_groups":[{"order":-1,"tag":[{"order":4294967296}]}],"customers":[{"type":3}]`), []string{
			`customers[0].type: want one of 0, 1, 2, not 3`,
			`tag_groups[0].order: want 0 or more, not -1`,
			`tag_groups[0].tag[0].order: want 4294967295 or less, not 4294967296`,
		}, false},
		{"huge number", seedText(`"members":[{"customer_limit":1e999}]`), []string{`members[0].customer_limit: want an integer, not 1e999`}, false},
		{"missing fields", seedText(`"customers":[{"follow_user":[{}]}],"media":[{}],"tag_groups":[{}]`), []string{
			`customers[0].follow_user[0].userid: is missing`, `media[0].type: is missing`, `tag_groups[0].tag: is missing`,
		}, false},
		{"empty id", seedText(`"customers":[{"follow_user":[{"userid":"","tag_id":[""]}]}]`), []string{
			`customers[0].follow_user[0].tag_id[0]: must not be empty`, `customers[0].follow_user[0].userid: must not be empty`,
		}, false},
		{"times", seedText(`"customers":[{"follow_user":[{"userid":"a","create_time":"3 days ago"},{"userid":"b","create_time":"-"},{"userid":"c","create_time":"72h"},{"userid":"d","create_time":1700000000}]}]`), []string{
			`customers[0].follow_user[0].create_time: want a time such as "2026-03-01T10:00:00+08:00" or "-72h", not "3 days ago"`,
			`customers[0].follow_user[1].create_time: want a time such as "2026-03-01T10:00:00+08:00" or "-72h", not "-"`,
			`customers[0].follow_user[2].create_time: want a time such as "2026-03-01T10:00:00+08:00" or "-72h", not "72h"`,
			`customers[0].follow_user[3].create_time: want a string, not 1700000000`,
		}, false},
		{"a day that is none", seedText(`"members":[{"left_time":"2026-02-30T10:00:00Z"}]`), []string{`members[0].left_time: want a time, not "2026-02-30T10:00:00Z"`}, true},
		{"spans", seedText(`"contact_ways":[{"party":[1],"expires_in":"soon","chat_expires_in":3600}]`), []string{
			`contact_ways[0].chat_expires_in: want a string, not 3600`, `contact_ways[0].expires_in: want a span of time such as "14d" or "24h", not "soon"`,
		}, false},
		{"base64", seedText(`"media":[{"type":"image","data":"a b"}]`), []string{`media[0].data: want base64, not "a b"`}, false},
		{"unknown words", seedText(`"apps":[{"scopes":["everything"]}],"media":[{"type":"gif"}],"mass_sends":[{"chat_type":"both"}]`), []string{
			`apps[0].scopes[0]: want one of contact, directory, component, marketing, provider, school, not "everything"`,
			`mass_sends[0].chat_type: want one of single, group, not "both"`,
			`media[0].type: want one of image, voice, video, file, not "gif"`,
		}, false},

		{"no member", seedText(`"customers":[{"follow_user":[{"userid":"bob"}]}]`), []string{`customers[0].follow_user[0].userid: no member "bob"`}, true},
		{"no tag", seedText(people + `"tag_groups":[{"group_id":"et1","tag":[{"id":"et2"}]}],"moments":[{"tag_list":["et1","et2"]}]`), []string{`moments[0].tag_list[0]: no tag "et1"`}, true},
		{"oper_userid", seedText(`"members":[{"userid":"alice"}],"customers":[{"follow_user":[{"userid":"alice","oper_userid":"carl"}]}]`), []string{`customers[0].follow_user[0].oper_userid: no member or customer "carl"`}, true},
		{"ids twice", seedText(`"apps":[{"agentid":5},{"agentid":5}],"members":[{"userid":"a"},{"userid":"a"}],"customers":[{"external_userid":"wm1"},{"external_userid":"wm1"}]`), []string{
			`apps[1].agentid: the app "5" is there already: apps[0].agentid`,
			`members[1].userid: the member "a" is there already: members[0].userid`,
			`customers[1].external_userid: the customer "wm1" is there already: customers[0].external_userid`,
		}, true},
		{"tag ids twice", seedText(`"tag_groups":[{"group_id":"g","group_name":"1","tag":[{"id":"t","name":"1"},{"id":"t","name":"2"}]},{"group_id":"g","group_name":"2","tag":[{}]}]`), []string{
			`tag_groups[0].tag[1].id: the tag "t" is there already: tag_groups[0].tag[0].id`, `tag_groups[1].group_id: the tag group "g" is there already: tag_groups[0].group_id`,
		}, true},
		{"tag names twice", seedText(`"tag_groups":[{"group_name":"1","tag":[{"name":"A"},{"name":"A","deleted":true},{"name":"A"}]},{"group_name":"1","tag":[{}]}]`), []string{
			`tag_groups[0].tag[2].name: another tag of the group is called "A"`, `tag_groups[1].group_name: another group is called "1"`,
		}, true},
		{"empty tag group", seedText(`"tag_groups":[{"group_name":"1","tag":[]}]`), []string{`tag_groups[0].tag: must not be empty`}, false},
		{"followed twice", seedText(`"members":[{"userid":"a"}],"customers":[{"follow_user":[{"userid":"a"},{"userid":"a"}]}]`), []string{`customers[0].follow_user[1].userid: "a" follows the customer already`}, true},
		{"first app", seedText(`"apps":[{"agentid":1000002}]`), []string{`apps[0].agentid: 1000002 is the corp's first app, which is there already`}, true},
		{"apps", seedText(people + `"apps":[{"secret":"s"},{"secret":"s","visible":["alice","alice","carl"]}],"join_ways":[{"agentid":7},{"agentid":1000002}]`), []string{
			`apps[1].secret: another app has it`, `apps[1].visible[1]: "alice" is in the list already`, `apps[1].visible[2]: no member "carl"`, `join_ways[0].agentid: no app "7"`,
		}, true},
		{"member tags", seedText(`"member_tags":[{"tagid":1,"userlist":["x"]},{"tagid":1}]`), []string{`member_tags[1].tagid: the member tag "1" is there already: member_tags[0].tagid`, `member_tags[0].userlist[0]: no member "x"`}, true},
		{"friend requests", seedText(people + `"friend_requests":[{"userid":"alice","external_userid":"wmZoe"},{"userid":"bob","external_userid":"wmZoe"},{"userid":"bob","external_userid":"wmZoe","invited":true},{"userid":"x","external_userid":"y"}]`), []string{
			`friend_requests[0]: "alice" and "wmZoe" are friends already, or are asked already`,
			`friend_requests[2]: "bob" and "wmZoe" are friends already, or are asked already`,
			`friend_requests[3].userid: no member "x"`, `friend_requests[3].external_userid: no customer "y"`,
		}, true},
		{"group chats", seedText(people + `"group_chats":[{"owner":"wmZoe"},{"owner":"alice","admin_list":["bob"],"member_list":[{"userid":"wmX"},{"userid":"wmX","type":2},{"userid":"wmZoe","invitor":"carl"}]}]`), []string{
			`group_chats[0].owner: no member "wmZoe"`,
			`group_chats[1].member_list[0].userid: no member or customer "wmX"; somebody whom the corp does not know has "type": 2`,
			`group_chats[1].member_list[1].userid: "wmX" is in the group chat already`,
			`group_chats[1].member_list[2].invitor: no member "carl"`,
			`group_chats[1].admin_list[0]: "bob" is not in the group chat`,
		}, true},
		{"group welcomes", seedText(people + `"group_chats":[{"chat_id":"wr1","owner":"bob"}],"group_welcomes":[{"text":"hi","chat_id":["wr1","wr2"]},{"chat_id":["wr1"]}]`), []string{
			`group_welcomes[0].chat_id[1]: no group chat "wr2"`, `group_welcomes[1]: has neither text nor attachment`, `group_welcomes[1].chat_id[0]: "wr1" has a greeting already`,
		}, true},
		{"attachments", seedText(`"media":[{"media_id":"m","type":"file"}],"group_welcomes":[{"attachments":[{"msgtype":"image","media_id":"m"},{"msgtype":"miniprogram","media_id":"n"}]}]`), []string{
			`group_welcomes[0].attachments[0].media_id: want an image, and "m" is of the type file`, `group_welcomes[0].attachments[1].media_id: no media "n"`,
		}, true},
		{"ways to nobody", seedText(people + `"contact_ways":[{},{"type":1,"user":["alice","bob"]},{"user":["x"]}],"acquisition_links":[{},{"user_list":["x"],"priority_userid_list":["y"]}],"join_ways":[{"chat_id_list":["wr1"]}]`), []string{
			`contact_ways[0]: leads to nobody: want user or party`, `contact_ways[1].user: a contact way of type 1 is for one member`, `contact_ways[2].user[0]: no member "x"`,
			`join_ways[0].chat_id_list[0]: no group chat "wr1"`,
			`acquisition_links[0]: leads to nobody: want user_list or department_list`, `acquisition_links[1].user_list[0]: no member "x"`, `acquisition_links[1].priority_userid_list[0]: no member "y"`,
		}, true},
		{"mass sends", seedText(people + `"mass_sends":[{"creator":"x","task_list":[{"userid":"alice","send_list":[{"external_userid":"wmX"}]},{"userid":"alice"},{"userid":"y"}]},{"chat_type":"group","task_list":[{"userid":"bob","send_list":[{"external_userid":"wmZoe"}]}]}]`), []string{
			`mass_sends[0].creator: no member "x"`, `mass_sends[0].task_list[0].send_list[0].external_userid: no customer "wmX"`, `mass_sends[0].task_list[1].userid: "alice" has a task already`,
			`mass_sends[0].task_list[2].userid: no member "y"`, `mass_sends[1].task_list[0].send_list[0].chat_id: no group chat ""`,
		}, true},
		{"moments", seedText(people + `"moments":[{"creator":"x","task_list":[{"userid":"alice","customer_list":["wmX"],"like_list":[{}],"comment_list":[{"userid":"y"},{"external_userid":"z"}]},{"userid":"alice"}]}]`), []string{
			`moments[0].creator: no member "x"`, `moments[0].task_list[0].customer_list[0]: no customer "wmX"`, `moments[0].task_list[0].comment_list[0].userid: no member "y"`,
			`moments[0].task_list[0].comment_list[1].external_userid: no customer "z"`, `moments[0].task_list[0].like_list[0]: want userid or external_userid`, `moments[0].task_list[1].userid: "alice" has a task already`,
		}, true},
		{"conversations", seedText(people + `"conversations":[{"userid":"bob","external_userid":"wmZoe","messages":[]},{"userid":"alice","chat_id":"wr1","messages":[]},{"chat_id":"wr1","messages":[]},{"userid":"alice","external_userid":"wmZoe","messages":[{"from":"bob","text":"hi"},{"from":"alice"},{"from":"alice","text":"x","attachments":[{"msgtype":"link"}]}]}]`), []string{
			`conversations[0]: "wmZoe" is no customer of "bob"`, `conversations[1]: want userid and external_userid, or chat_id`, `conversations[2].chat_id: no group chat "wr1"`,
			`conversations[3].messages[0].from: want "alice" or "wmZoe", not "bob"`, `conversations[3].messages[1]: says nothing`, `conversations[3].messages[2].attachments: what people type is text`,
		}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			seed, err := wecomtest.ParseSeed([]byte(tt.seed), noon())

			bad := &wecomtest.SeedError{}
			require.ErrorAs(t, err, &bad)
			for i, p := range bad.Problems {
				bad.Problems[i], _, _ = strings.Cut(p, " looking for") // encoding/json's words
			}
			assert.Equal(t, tt.problems, bad.Problems)
			assert.Empty(t, seed)
			assert.Equal(t, tt.schema, seedSchema(t).accepts(tt.seed), "what the schema says")
		})
	}
}

func TestSeedTellsOfTwentyMistakesAtMost(t *testing.T) {
	t.Parallel()

	_, err := wecomtest.ParseSeed([]byte(seedText(`"customers":[`+strings.Repeat(`{"x":1},`, 99)+`{}]`)), noon())
	_, err2 := wecomtest.ParseSeed([]byte(seedText(`"moments":[`+strings.Repeat(`{"creator":"x"},`, 99)+`{}]`)), noon())

	for _, err := range []error{err, err2} {
		bad := &wecomtest.SeedError{}
		require.ErrorAs(t, err, &bad)
		assert.Len(t, bad.Problems, 20)
		assert.Contains(t, err.Error(), "wecomtest: seed:\n\t")
	}
}

// TestGoodSeeds holds ParseSeed and the schema against what is there already.
func TestGoodSeeds(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"small-shop.json", "messy.json", "ten-thousand-customers.json", "nothing"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var text []byte
			var err error
			switch name {
			case "nothing":
				text = []byte(`{"version":1}`)
			case "ten-thousand-customers.json":
				text, err = json.Marshal(wecomtest.TenThousandCustomers(noon()))
			default:
				text, err = os.ReadFile("seeds/" + name)
			}
			require.NoError(t, err)

			seed, err := wecomtest.ParseSeed(text, noon())
			require.NoError(t, err)
			assert.True(t, seedSchema(t).accepts(string(text)))

			written, err := json.Marshal(seed)
			require.NoError(t, err)
			again, err := wecomtest.ParseSeed(written, time.Time{})
			require.NoError(t, err, "what is written can be read")
			assert.True(t, assert.ObjectsAreEqual(seed, again)) // rather than megabytes of differences
			assert.True(t, string(written) == string(text) || seedSchema(t).accepts(string(written)))
		})
	}
}

// TestSeedOfNotepad: a byte order mark and the ends of Windows' lines are no
// mistakes.
func TestSeedOfNotepad(t *testing.T) {
	t.Parallel()

	seed, err := wecomtest.ParseSeed([]byte("\ufeff{\r\n\"version\": 1,\r\n\"corp\": {\"name\": \"商店\"}\r\n}\r\n"), noon())
	require.NoError(t, err)
	assert.Equal(t, "商店", seed.Corp.Name)

	_, err = wecomtest.ParseSeed([]byte("\ufeff{\r\n\"version\": 1,\r\n}"), noon())
	require.ErrorContains(t, err, "line 3: ")
}

func TestSeedTimes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Time{
		"2026-02-01T08:00:00+08:00":      time.Date(2026, time.February, 1, 0, 0, 0, 0, time.UTC),
		"2026-02-01T08:00:00.123456789Z": time.Date(2026, time.February, 1, 8, 0, 0, 123456789, time.UTC),
		"-72h":                           noon().Add(-72 * time.Hour),
		"-90d":                           noon().AddDate(0, 0, -90),
		"-1d2h3m4s":                      noon().Add(-26*time.Hour - 3*time.Minute - 4*time.Second),
		"+30m":                           noon().Add(30 * time.Minute),
		"-0s":                            noon(),
		"-99999d":                        noon().AddDate(0, 0, -99999),
	} {
		text := seedText(`"members":[{"userid":"a","left_time":"` + text + `"}]`)
		assert.True(t, seedSchema(t).accepts(text))
		seed, err := wecomtest.ParseSeed([]byte(text), noon().Add(123*time.Millisecond))
		require.NoError(t, err)
		assert.WithinDuration(t, want, seed.Members[0].LeftTime, 0, text)
	}
	seed, err := wecomtest.ParseSeed([]byte(seedText(`"contact_ways":[{"party":[1],"expires_in":"1d12h","chat_expires_in":"90s"}]`)), noon())
	require.NoError(t, err)
	assert.Equal(t, 36*time.Hour, seed.ContactWays[0].ExpiresIn)
	assert.Equal(t, 90*time.Second, seed.ContactWays[0].ChatExpiresIn)
}

// TestSeedNumbers: what JSON calls an integer, a seed may have.
func TestSeedNumbers(t *testing.T) {
	t.Parallel()
	text := seedText(`"tag_groups":[{"order":1e3,"tag":[{"order":2.0}]}]`)

	seed, err := wecomtest.ParseSeed([]byte(text), noon())

	require.NoError(t, err)
	assert.True(t, seedSchema(t).accepts(text))
	assert.Equal(t, int64(1000), seed.TagGroups[0].Order)
	assert.Equal(t, int64(2), seed.TagGroups[0].Tag[0].Order)
}

// FuzzParseSeed reads anything. What it takes must load into a new corp, and
// read the same once it is written.
func FuzzParseSeed(f *testing.F) {
	for _, name := range []string{"small-shop.json", "messy.json"} {
		text, err := os.ReadFile("seeds/" + name)
		require.NoError(f, err)
		f.Add(text)
	}
	for _, text := range []string{
		`{"version":1}`, `{"version":1,"members":[{"userid":"member2"},{}],"customers":[{"follow_user":[{"userid":"member2","create_time":"-72h"}]}]}`,
		seedText(`"apps":[{},{"agentid":1000003}],"contact_ways":[{"party":[1],"is_temp":true,"expires_in":"1h"}]`),
		seedText(`"customers":[{"external_userid":"wmSIM00000000000000000001"},{}]`),
	} {
		f.Add([]byte(text))
	}
	schema := seedSchema(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		seed, err := wecomtest.ParseSeed(text, noon())
		if err != nil {
			bad := &wecomtest.SeedError{}
			require.ErrorAs(t, err, &bad)
			require.NotEmpty(t, bad.Problems)
			return
		}
		require.True(t, schema.accepts(string(text)), "the schema must take what ParseSeed takes")
		written, err := json.Marshal(seed)
		require.NoError(t, err)
		again, err := wecomtest.ParseSeed(written, noon())
		require.NoError(t, err, string(written))
		rewritten, err := json.Marshal(again)
		require.NoError(t, err)
		require.Equal(t, string(written), string(rewritten))

		srv := wecomtest.NewServer()
		defer srv.Close()
		loaded := srv.Seed().Load(seed)
		require.Len(t, srv.Members(), len(seed.Members))
		require.Len(t, srv.Customers(), len(seed.Customers))
		require.Len(t, srv.Apps(), 1+len(seed.Apps))
		require.Empty(t, srv.Problems())
		require.Panics(t, func() {
			if len(loaded.Members)+len(loaded.Customers) == 0 {
				panic("nothing that could be there twice")
			}
			srv.Seed().Load(wecomtest.Seed{Members: loaded.Members, Customers: loaded.Customers})
		}, "all ids are taken")
	})
}
