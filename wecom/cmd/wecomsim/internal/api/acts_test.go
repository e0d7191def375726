package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func wecomtestMedia() wecomtest.Media {
	return wecomtest.Media{Type: "file", FileName: "a.txt", Data: []byte("hello")}
}

// TestActsTakeTheirArguments gives each act all that it takes. Most cannot be
// done so, but the simulator says why, and nothing breaks.
func TestActsTakeTheirArguments(t *testing.T) {
	t.Parallel()
	d := readDocument(t, newWorld(t))
	for _, c := range api.Acts() {
		t.Run(c.Verb, func(t *testing.T) {
			t.Parallel()
			w := populated(t)
			var of operation
			for _, o := range d.operations() {
				if o.path == api.Prefix+"acts/"+c.Verb {
					of = o
				}
			}
			body, _ := d.example(of.schema("requestBody")).(object)
			r := w.do("POST", "acts/"+c.Verb, body)
			if r.Status == http.StatusOK {
				assert.Empty(t, d.check(c.Verb, r.at(""), object{}))
				return
			}
			msg, _ := r.at("error").(string)
			assert.Contains(t, []int{http.StatusBadRequest, http.StatusNotFound}, r.Status, msg)
			assert.False(t, strings.HasPrefix(msg, "body: ") && c.Verb != "set-mass-send-rule", msg)
		})
	}
}

func TestActsChangeTheCorp(t *testing.T) {
	t.Parallel()
	w := populated(t)
	group := w.srv.TagGroups()[0]
	chat := w.srv.GroupChats()[0].ChatID
	act := func(verb string, args object) reply {
		t.Helper()
		return w.ok("POST", "acts/"+verb, args)
	}

	zoe := w.srv.Customer("wmZoe")
	assert.Equal(t, "Zoe", zoe.Name)
	assert.Equal(t, "fair", zoe.FollowUser[0].State)
	assert.Equal(t, 1, zoe.FollowUser[0].AddWay)

	act("edit-customer", object{"userid": "alice", "external_userid": "wmZoe", "remark": "VIP Zoe", "tag_id": []string{group.Tag[0].ID}})
	zoe = w.srv.Customer("wmZoe")
	assert.Equal(t, "VIP Zoe", zoe.FollowUser[0].Remark)
	assert.Equal(t, []string{group.Tag[0].ID}, zoe.FollowUser[0].TagID)
	act("edit-customer", object{"userid": "alice", "external_userid": "wmZoe", "description": "likes tea"})
	assert.Equal(t, "VIP Zoe", w.srv.Customer("wmZoe").FollowUser[0].Remark, "what is not given stays")
	act("edit-customer", object{"userid": "alice", "external_userid": "wmZoe", "remark": ""})
	assert.Empty(t, w.srv.Customer("wmZoe").FollowUser[0].Remark, "what is given empty goes")

	act("write-to-member", object{"userid": "alice", "external_userid": "wmZoe", "text": "tea?"})
	act("write-to-customer", object{"userid": "alice", "external_userid": "wmZoe", "text": "yes"})
	talk := w.get("conversations?userid=alice&external_userid=wmZoe")
	assert.Equal(t, []any{"wmZoe", "tea?", "alice", "yes"}, []any{talk.at("items.0.from"), talk.at("items.0.text"), talk.at("items.1.from"), talk.at("items.1.text")})
	act("chat-in-group", object{"chat_id": chat, "userid": "wmZoe", "text": "hello all"})
	assert.Equal(t, "hello all", w.get("conversations?chat_id="+chat).at("items.0.text"))

	added := act("add-customer", object{"userid": "alice", "name": "Yan", "type": 2, "corp_name": "Other"}).at("result.external_userid").(string)
	assert.True(t, strings.HasPrefix(added, "wo"), added)
	act("join-group-chat", object{"chat_id": chat, "userids": []string{added}, "join_scene": 3, "state": "poster"})
	members := w.srv.GroupChat(chat).MemberList
	assert.Equal(t, "poster", members[len(members)-1].State)
	act("rename-group-chat", object{"chat_id": chat, "name": "green tea"})
	assert.Equal(t, "green tea", w.get("groupchats/"+chat).at("name"))

	app := act("add-app", object{"name": "second", "scopes": []string{"contact"}})
	assert.NotEmpty(t, app.at("result.app.secret"))
	suite := act("add-suite", object{"name": "S"}).at("result.suite.suite_id").(string)
	act("authorize-suite", object{"suite_id": suite, "scopes": []string{"contact"}, "visible": []string{"alice"}})
	assert.NotEmpty(t, w.get("suites").at("items.0.permanent_code"))
	act("change-authorization", object{"suite_id": suite, "visible": []string{"alice", "bob"}})
	apps := w.srv.Apps()
	assert.Equal(t, []string{"alice", "bob"}, apps[len(apps)-1].Visible)
	assert.Contains(t, apps[len(apps)-1].Scopes, wecomtest.ScopeContact)

	act("set-mass-send-rule", object{"rule": "daily"})
	assert.Contains(t, w.refused(http.StatusBadRequest, "POST", "acts/set-mass-send-rule", object{"rule": "never"}), "monthly, weekly or daily")
	act("leave", object{"userid": "alice"})
	assert.True(t, w.srv.Member("alice").Left)
	require.Contains(t, w.refused(http.StatusBadRequest, "POST", "acts/leave", object{"userid": "bob"}), `no member "bob"`)
	assert.Contains(t, w.refused(http.StatusNotFound, "POST", "acts/fly", object{}), "nothing at /_sim/acts/fly")
}

func TestActsOfAnotherCorp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := w.ok("POST", "corps", object{"name": "Other Ltd"}).at("corpid").(string)
	w.ok("POST", "acts/add-member?corp="+other, object{"userid": "bob"})
	assert.Empty(t, w.srv.Members())
	assert.InDelta(t, 1.0, w.get("members?corp="+other).at("total"), 0)
	assert.Equal(t, "bob", w.get("members/bob?corp="+other).at("userid"))
	w.refused(http.StatusNotFound, "GET", "members/bob", nil)
	assert.Contains(t, w.refused(http.StatusNotFound, "POST", "acts/add-member?corp=ww0", object{}), `no corp "ww0"`)
	assert.Equal(t, "Other Ltd", w.get("tenant").at("corps.1.name"))

	chain := w.ok("POST", "acts/create-chain", object{"name": "up"}).at("result.chain_id")
	w.ok("POST", "acts/join-chain", object{"chain_id": chain, "other_corpid": other})
	w.refused(http.StatusNotFound, "POST", "acts/join-chain", object{"chain_id": chain, "other_corpid": "ww0"})
}

func TestActTellsWhatItCaused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.srv.Callback(w.acknowledge())
	assert.Equal(t, []any{}, w.ok("POST", "acts/add-member", object{"userid": "alice"}).at("deliveries"))
	r := w.ok("POST", "acts/add-customer", object{"userid": "alice"})
	assert.Equal(t, []any{1.0}, r.at("deliveries"))
	d := w.get("deliveries/1?wait=10s")
	assert.Equal(t, true, d.at("ok"))
	assert.Equal(t, "change_external_contact/add_external_contact", d.at("event"))
	chat := w.ok("POST", "acts/create-group-chat", object{"owner": "alice"}).at("result.chat_id")
	assert.Equal(t, []any{3.0}, w.ok("POST", "acts/rename-group-chat", object{"chat_id": chat, "name": "x"}).at("deliveries"))
}

// The console calls the methods, not the routes.
func TestActAsAMethod(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	out, err := w.api.Act(api.InCorp{}, "add-member", []byte(`{"userid":"alice"}`))
	require.NoError(t, err)
	assert.Equal(t, []int{}, out.Deliveries)
	_, err = w.api.Act(api.InCorp{}, "fly", []byte(`{}`))
	require.EqualError(t, err, "nobody can fly")
	_, err = w.api.Act(api.InCorp{}, "leave", []byte(`[]`))
	require.ErrorContains(t, err, "want a JSON object")
}
