package wecomtest_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestLists(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	assert.Empty(t, srv.Members())
	assert.Empty(t, srv.Customers())
	srv.AddMember(wecomtest.Member{UserID: "zed"})
	srv.AddMember(wecomtest.Member{UserID: "alice", Department: []int64{1}})
	zoe := srv.AddCustomer("alice", wecomtest.Customer{Name: "Zoe"})
	yan := srv.AddCustomer("zed", wecomtest.Customer{Name: "Yan"})
	group := srv.Seed().TagGroup(wecomtest.TagGroup{GroupName: "level", Tag: []wecomtest.Tag{{Name: "VIP"}}})
	chats := []string{
		srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "alice"}),
		srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "zed"}),
	}
	robot := srv.AddRobot(wecomtest.Robot{Name: "R"})
	bot := srv.AddAIBot(wecomtest.AIBot{Name: "B"})
	suite := srv.AddSuite(wecomtest.Suite{Name: "S"})
	app := srv.AddApp(wecomtest.App{Name: "second"})
	c := newCaller(t, srv)
	msg := c.ok("externalcontact/add_msg_template", object{"sender": "alice", "external_userid": []string{zoe}, "text": object{"content": "sale"}}).at("msgid")
	way := c.ok("externalcontact/add_contact_way", object{"type": 1, "scene": 2, "user": []string{"alice"}}).at("config_id")
	join := c.ok("externalcontact/groupchat/add_join_way", object{"scene": 2, "chat_id_list": chats}).at("config_id")
	greet := c.ok("externalcontact/group_welcome_template/add", object{"text": object{"content": "hi"}}).at("template_id")
	link := c.ok("externalcontact/customer_acquisition/create_link", object{"link_name": "fair", "range": object{"user_list": []string{"alice"}}}).at("link.link_id")
	moment := srv.Act().PostMoment("alice", wecomtest.Moment{Text: "spring"})
	media := srv.Seed().Media(wecomtest.Media{Type: "file", FileName: "a.txt", Data: []byte("hello")})

	ids := func(list any) []any {
		data, err := json.Marshal(list)
		require.NoError(t, err)
		var rows []map[string]any
		require.NoError(t, json.Unmarshal(data, &rows))
		out := []any{}
		for _, r := range rows {
			for name := range strings.FieldsSeq("external_userid userid group_id chat_id key aibotid suite_id msgid config_id template_id link_id moment_id media_id agentid") {
				if v, ok := r[name]; ok {
					out = append(out, v)
					break
				}
			}
		}
		return out
	}
	assert.Equal(t, []any{"zed", "alice"}, ids(srv.Members()))
	assert.Equal(t, []any{zoe, yan}, ids(srv.Customers()))
	assert.Equal(t, []any{group.GroupID}, ids(srv.TagGroups()))
	assert.Equal(t, []any{chats[0], chats[1]}, ids(srv.GroupChats()))
	assert.Equal(t, []any{robot}, ids(srv.Robots()))
	assert.Equal(t, []any{bot}, ids(srv.AIBots()))
	assert.Equal(t, []any{suite.SuiteID}, ids(srv.Suites()))
	assert.Equal(t, []any{float64(srv.App().AgentID), float64(app.AgentID)}, ids(srv.Apps()))
	assert.Equal(t, []any{msg}, ids(srv.MassSends()))
	assert.Equal(t, []any{way}, ids(srv.ContactWays()))
	assert.Equal(t, []any{join}, ids(srv.JoinWays()))
	assert.Equal(t, []any{greet}, ids(srv.GroupWelcomes()))
	assert.Equal(t, []any{link}, ids(srv.AcquisitionLinks()))
	assert.Equal(t, []any{moment}, ids(srv.Moments()))
	assert.Equal(t, []any{media}, ids(srv.MediaFiles()))
	assert.Empty(t, srv.AppChats())

	srv.Members()[1].Department[0] = 9
	assert.Equal(t, []int64{1}, srv.Member("alice").Department, "lists are copies")
	srv.Act().DismissGroupChat(chats[0])
	assert.Equal(t, []any{chats[1]}, ids(srv.GroupChats()))
	assert.Len(t, srv.Corps(), 1)
	other := srv.AddCorp("Other Ltd")
	assert.Equal(t, []*wecomtest.Server{srv, other}, srv.Corps())
	assert.Equal(t, "Other Ltd", other.CorpName())
}
