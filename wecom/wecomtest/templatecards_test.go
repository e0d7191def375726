package wecomtest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

const updateCardOp = "message/update_template_card"

// carded is a server with a card of the type, sent to alice and bob.
func carded(t *testing.T, cardType string) (srv *wecomtest.Server, c *caller, sent reply) {
	t.Helper()
	srv = listening(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	srv.AddMember(wecomtest.Member{UserID: "bob", Department: []int64{2}})
	srv.AddMember(wecomtest.Member{UserID: "carol"})
	srv.Seed().MemberTag(7, "bob")
	c = newCaller(t, srv)
	return srv, c, c.ok(sendOp, card(cards()[cardType]).with("touser", "alice|bob"))
}

// done greys out the button.
func done(code string, fields object) object {
	return fields.with("agentid", 1000002).with("response_code", code).with("button", object{"replace_name": "done"})
}

// greyed is what the button says to each member who has the card.
func greyed(srv *wecomtest.Server) map[string]string {
	says := make(map[string]string)
	for _, userID := range []string{"alice", "bob"} {
		says[userID] = srv.AppMessages(userID)[0].ReplaceName
	}
	return says
}

func TestUpdateCardOfSome(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		targets object
		want    map[string]string
		invalid any
	}{
		{"members", object{"userids": []string{"ALICE", "Carol", "Nobody"}}, map[string]string{"alice": "done", "bob": ""}, []any{"carol", "nobody"}},
		{"a department", object{"partyids": []int{2}}, map[string]string{"alice": "", "bob": "done"}, nil},
		{"a tag", object{"tagids": []int{7}}, map[string]string{"alice": "", "bob": "done"}, nil},
		{"everybody", object{"atall": 1}, map[string]string{"alice": "done", "bob": "done"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv, c, sent := carded(t, "button_interaction")

			r := c.ok(updateCardOp, done(sent.text("response_code"), tt.targets))

			assert.Equal(t, tt.want, greyed(srv))
			assert.Equal(t, tt.invalid, r.at("invaliduser"))
		})
	}
}

func TestUpdateWithAnotherCard(t *testing.T) {
	t.Parallel()
	srv, c, sent := carded(t, "button_interaction")
	vote := cards()["vote_interaction"].with("task_id", nil).with("submit_button", nil).with("replace_text", "thanks")

	c.ok(updateCardOp, object{"agentid": 1000002, "response_code": sent.text("response_code"), "userids": []string{"alice"}, "template_card": vote})

	alice, bob := srv.AppMessages("alice")[0], srv.AppMessages("bob")[0]
	assert.Contains(t, string(alice.Body), `"vote_interaction"`)
	assert.Equal(t, "thanks", alice.ReplaceName)
	assert.Contains(t, string(bob.Body), `"button_interaction"`)
}

func TestResponseCodeWorksOnceWithin72Hours(t *testing.T) {
	t.Parallel()
	srv, c, sent := carded(t, "button_interaction")
	click := srv.Act().ClickCard("alice", sent.text("msgid"), "y")
	all := object{"atall": 1}

	c.ok(updateCardOp, done(sent.text("response_code"), all))
	assert.Equal(t, 60140, c.send(updateCardOp, done(sent.text("response_code"), all)).code())
	srv.Clock().Advance(72 * time.Hour)
	assert.Equal(t, 60140, newCaller(t, srv).send(updateCardOp, done(click, all)).code())
}

func TestUpdateCardRefusals(t *testing.T) {
	t.Parallel()
	srv, c, sent := carded(t, "button_interaction")
	app := srv.AddApp(wecomtest.App{})
	other := &caller{t: t, srv: srv}
	other.token = other.fetchToken(app.Secret)
	code, alice := sent.text("response_code"), object{"userids": []string{"alice"}}
	menu := cards()["text_notice"].with("task_id", "m1").with("action_menu", object{"action_list": []object{{"text": "a", "key": "k"}}})
	menuCode := c.ok(sendOp, card(menu)).text("response_code")
	tests := []struct {
		name string
		c    *caller
		body object
		want int
	}{
		{"no agentid", c, done(code, alice).with("agentid", nil), 41011},
		{"another agentid", c, done(code, alice).with("agentid", 1), 301002},
		{"no code", c, done(code, alice).with("response_code", nil), 60140},
		{"unknown code", c, done("nope", alice), 60140},
		{"another app's card", other, done(code, alice).with("agentid", app.AgentID), 42015},
		{"nothing new", c, done(code, alice).with("button", nil), 40063},
		{"the button of a notice", c, done(menuCode, alice), 40058},
		{"nobody", c, done(code, nil), 82101},
		{"nobody who has it", c, done(code, object{"userids": []string{"carol"}}), 82102},
		{"a card without title", c, done(code, alice).with("template_card", cards()["vote_interaction"].with("task_id", nil).with("main_title", nil)), 42033},
		{"a card without checkbox", c, done(code, alice).with("template_card", cards()["vote_interaction"].with("task_id", nil).with("checkbox", nil)), 42043},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, tt.c.send(updateCardOp, tt.body).code(), tt.name)
	}
	c.ok(updateCardOp, done(code, alice))
}

func TestClickedButtonIsHeard(t *testing.T) {
	t.Parallel()
	srv, c, sent := carded(t, "button_interaction")

	code := srv.Act().ClickCard("bob", sent.text("msgid"), "y")
	srv.WaitDeliveries(1)

	d := srv.Deliveries()[0]
	assert.Equal(t, "bob", d.Event.FromUserName)
	assert.EqualValues(t, 1000002, d.AgentID)
	assert.Equal(t, []string{
		"template_card_event  EventKey=y TaskId=t1 CardType=button_interaction ResponseCode=" + code + " AgentID=1000002 SelectedItems=[]",
	}, heard(srv))
	c.ok(updateCardOp, done(code, object{"userids": []string{"bob"}}))
	assert.Equal(t, map[string]string{"alice": "", "bob": "done"}, greyed(srv))
}

func TestSubmittedChoicesAreHeard(t *testing.T) {
	t.Parallel()
	srv, _, sent := carded(t, "multiple_interaction")

	srv.Act().ClickCard("alice", sent.text("msgid"), "k", wecomtest.Selection{QuestionKey: "q", OptionID: []string{"1"}})
	srv.WaitDeliveries(1)

	assert.Contains(t, srv.Deliveries()[0].Body, "<SelectedItems><SelectedItem><QuestionKey><![CDATA[q]]></QuestionKey>"+
		"<OptionIds><OptionId><![CDATA[1]]></OptionId></OptionIds></SelectedItem></SelectedItems>")
}

func TestClickedMenuIsHeard(t *testing.T) {
	t.Parallel()
	srv, c, _ := carded(t, "button_interaction")
	menu := cards()["news_notice"].with("task_id", "m1").with("action_menu", object{"action_list": []object{{"text": "a", "key": "k"}}})
	sent := c.ok(sendOp, card(menu))

	code := srv.Act().ClickCardMenu("alice", sent.text("msgid"), "k")
	srv.WaitDeliveries(1)

	assert.Equal(t, []string{
		"template_card_menu_event  EventKey=k TaskId=m1 CardType=news_notice ResponseCode=" + code + " AgentID=1000002",
	}, heard(srv))
}

func TestTaskCard(t *testing.T) {
	t.Parallel()
	srv, c, _ := carded(t, "button_interaction")
	sent := c.ok(sendOp, object{"touser": "alice|bob", "agentid": 1000002, "msgtype": "interactive_taskcard", "interactive_taskcard": object{
		"title": "a", "description": "b", "url": "https://a.example", "task_id": "old1", "btn": []object{{"key": "y", "name": "yes"}},
	}})
	update := object{"agentid": 1000002, "task_id": "old1", "userids": []string{"alice", "Carol"}, "replace_name": "done"}

	assert.Empty(t, srv.Act().ClickCard("alice", sent.text("msgid"), "y"))
	r := c.ok("message/update_taskcard", update)

	srv.WaitDeliveries(1)
	assert.Equal(t, []string{"taskcard_click  EventKey=y TaskId=old1 AgentID=1000002"}, heard(srv))
	assert.Equal(t, []any{"carol"}, r.at("invaliduser"))
	assert.Equal(t, "done", srv.AppMessages("alice")[1].ReplaceName)
	assert.Empty(t, srv.AppMessages("bob")[1].ReplaceName)
	assert.Equal(t, 42016, c.send("message/update_taskcard", update.with("task_id", "t1")).code(), "a template card")
	assert.Equal(t, 301002, c.send("message/update_taskcard", update.with("agentid", 1)).code())
}

func TestImpossibleClicks(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, want string
		click      func(srv *wecomtest.Server, a wecomtest.Actor, msgID string)
	}{
		{"a button that is not there", `no button "n"`, func(_ *wecomtest.Server, a wecomtest.Actor, id string) { a.ClickCard("alice", id, "n") }},
		{"no button", `no button ""`, func(_ *wecomtest.Server, a wecomtest.Actor, id string) { a.ClickCard("alice", id, "") }},
		{"a menu that is not there", `menu has no "k"`, func(_ *wecomtest.Server, a wecomtest.Actor, id string) { a.ClickCardMenu("alice", id, "k") }},
		{"without the card", "has no app message", func(_ *wecomtest.Server, a wecomtest.Actor, id string) { a.ClickCard("bob", id, "k") }},
		{"an unknown question", `no question "p"`, func(_ *wecomtest.Server, a wecomtest.Actor, id string) {
			a.ClickCard("alice", id, "k", wecomtest.Selection{QuestionKey: "p"})
		}},
		{"an unknown option", `no option "2"`, func(_ *wecomtest.Server, a wecomtest.Actor, id string) {
			a.ClickCard("alice", id, "k", wecomtest.Selection{QuestionKey: "q", OptionID: []string{"2"}})
		}},
		{"two of one", "no such answer", func(_ *wecomtest.Server, a wecomtest.Actor, id string) {
			a.ClickCard("alice", id, "k", wecomtest.Selection{QuestionKey: "q", OptionID: []string{"1", "1"}})
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := record(t, func(srv *wecomtest.Server) {
				srv.Callback(newReceiver(t, srv))
				srv.AddMember(wecomtest.Member{UserID: "alice"})
				srv.AddMember(wecomtest.Member{UserID: "bob"})
				tt.click(srv, srv.Act(), newCaller(t, srv).ok(sendOp, card(cards()["vote_interaction"])).text("msgid"))
			})

			assert.Contains(t, r.fatal, tt.want)
		})
	}
}

func TestGreyedCardCannotBeClicked(t *testing.T) {
	t.Parallel()
	r := record(t, func(srv *wecomtest.Server) {
		srv.Callback(newReceiver(t, srv))
		srv.AddMember(wecomtest.Member{UserID: "alice"})
		c := newCaller(t, srv)
		sent := c.ok(sendOp, card(cards()["button_interaction"]))
		c.ok(updateCardOp, done(sent.text("response_code"), object{"atall": 1}))
		srv.Act().ClickCard("alice", sent.text("msgid"), "y")
	})

	assert.Contains(t, r.fatal, `says "done"`)
}

func TestMessageStatistics(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	srv.Clock().Freeze(time.Date(2026, 11, 20, 15, 59, 0, 0, time.UTC)) // a minute to midnight in China
	app := srv.AddApp(wecomtest.App{Name: "Shop"})
	other := &caller{t: t, srv: srv}
	other.token = other.fetchToken(app.Secret)
	c := newCaller(t, srv)
	c.ok(sendOp, note(object{"touser": "alice|bob|nobody"}))
	srv.Clock().Advance(time.Minute)
	other.ok(sendOp, note(object{"agentid": app.AgentID, "touser": "alice"}))

	today := c.ok("message/get_statistics", object{})
	yesterday := c.ok("message/get_statistics", object{"time_type": 1})

	assert.Equal(t, []any{float64(app.AgentID)}, today.list("statistics", "agentid"))
	assert.Equal(t, []any{"Shop"}, today.list("statistics", "app_name"))
	assert.Equal(t, []any{1.0}, today.list("statistics", "count"))
	require.Equal(t, []any{1000002.0}, yesterday.list("statistics", "agentid"))
	assert.Equal(t, []any{2.0}, yesterday.list("statistics", "count"))
}
