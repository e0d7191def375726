package wecomtest_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// sendingCards is a robot that answers every message with a card, of task ids
// that count up, and events with what update says.
func sendingCards(srv *wecomtest.Server, card object, update func(msg reply) object) *aiBot {
	n := 0
	return newAIBot(srv, func(msg reply) object {
		if msg.text("msgtype") != "event" {
			n++
			return withCard(card.with("task_id", "task"+string(rune('0'+n))))
		}
		if update == nil {
			return nil
		}
		return update(msg)
	})
}

// sentCard is the id of the card that a member sees at the end of a chat.
func sentCard(srv *wecomtest.Server, b *aiBot, userID, chatID string) string {
	srv.WaitDeliveries(len(srv.Deliveries()))
	list := srv.AIBotChat(b.id, userID, chatID)
	return list[len(list)-1].ID
}

func title(t *testing.T, m wecomtest.AIBotMessage) string {
	t.Helper()
	var card struct {
		MainTitle struct {
			Title string `json:"title"`
		} `json:"main_title"`
	}
	require.NoError(t, json.Unmarshal(m.Card, &card))
	return card.MainTitle.Title
}

func TestAIBotHearsOfClicks(t *testing.T) {
	t.Parallel()
	one := func(key, id string) wecomtest.Selection {
		return wecomtest.Selection{QuestionKey: key, OptionID: []string{id}}
	}
	selected := func(items ...any) any { return map[string]any{"selected_item": items} }
	item := func(key string, ids ...any) any {
		return map[string]any{"question_key": key, "option_ids": map[string]any{"option_id": ids}}
	}
	for _, tt := range []struct {
		cardType, key string
		act           func(a wecomtest.Actor, id, key string) string
		want          any
	}{
		{"button_interaction", "BUTTONKEYTWO", func(a wecomtest.Actor, id, key string) string {
			return a.ClickAIBotCard("alice", id, key, one("q1", "id_two"))
		}, selected(item("q1", "id_two"))},
		{"vote_interaction", "submit_key", func(a wecomtest.Actor, id, key string) string {
			return a.ClickAIBotCard("alice", id, key, wecomtest.Selection{QuestionKey: "q1", OptionID: []string{"id_one", "id_two"}})
		}, selected(item("q1", "id_one", "id_two"))},
		{"multiple_interaction", "submit_key", func(a wecomtest.Actor, id, key string) string {
			return a.ClickAIBotCard("alice", id, key, one("q1", "id_one"), one("q2", "id_two"))
		}, selected(item("q1", "id_one"), item("q2", "id_two"))},
		{"text_notice", "action_key2", func(a wecomtest.Actor, id, key string) string {
			return a.ClickAIBotCardMenu("alice", id, key)
		}, nil},
	} {
		t.Run(tt.cardType, func(t *testing.T) {
			t.Parallel()
			srv := wecomtest.New(t)
			srv.Clock().Freeze(time.Unix(1700000000, 0))
			b := sendingCards(srv, aiBotCards()[tt.cardType], nil)
			srv.Act().MentionAIBot("bob", b.id, "group1", text("ask us"))

			msgID := tt.act(srv.Act(), sentCard(srv, b, "alice", "group1"), tt.key)

			msg := b.heard(2)
			click := map[string]any{"card_type": tt.cardType, "event_key": tt.key, "task_id": "task1"}
			if tt.want != nil {
				click["selected_items"] = tt.want
			}
			assert.Equal(t, map[string]any{
				"msgid": msgID, "create_time": 1700000000.0, "aibotid": b.id, "chatid": "group1", "chattype": "group",
				"from": map[string]any{"userid": "alice"}, "response_url": msg.text("response_url"), "msgtype": "event",
				"event": map[string]any{"eventtype": "template_card_event", "template_card_event": click},
			}, msg.JSON)
		})
	}
}

// TestClicksAreSentOnce is what page 101027 says of template_card_event.
func TestClicksAreSentOnce(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	b := sendingCards(srv, aiBotCards()["text_notice"], func(reply) object { panic(http.ErrAbortHandler) })
	srv.Act().WriteToAIBot("alice", b.id, text("hi"))

	srv.Act().ClickAIBotCardMenu("alice", sentCard(srv, b, "alice", ""), "action_key1")
	srv.WaitDeliveries(2)

	d := srv.Deliveries()[1]
	assert.Len(t, d.Attempts, 1)
	assert.True(t, d.Done)
	assert.False(t, d.Delivered())
}

func TestUpdatedCards(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	var to []string
	b := sendingCards(srv, aiBotCards()["button_interaction"], func(msg reply) object {
		out := update(aiBotCards()["text_notice"].within("main_title", "title", "done").
			with("task_id", msg.at("event.template_card_event.task_id")).with("feedback", object{"id": "f9"}))
		if len(to) > 0 {
			out["userids"] = to
		}
		return out
	})
	srv.Act().MentionAIBot("bob", b.id, "group1", text("ask us"))
	id := sentCard(srv, b, "bob", "group1")
	now := func(userID string) wecomtest.AIBotMessage {
		srv.WaitDeliveries(len(srv.Deliveries()))
		return srv.AIBotChat(b.id, userID, "group1")[1]
	}

	to = []string{"ALICE"}
	srv.Act().ClickAIBotCard("alice", id, "BUTTONKEYONE")
	assert.Equal(t, "done", title(t, now("alice")))
	assert.Equal(t, "f9", now("alice").FeedbackID)
	assert.Equal(t, "welcome", title(t, now("bob")))
	assert.Empty(t, now("bob").FeedbackID)

	to = nil
	srv.Act().ClickAIBotCard("bob", id, "BUTTONKEYONE")
	assert.Equal(t, "done", title(t, now("bob")))
	assert.Equal(t, "done", title(t, now("alice")))
}

// TestUpdatesOfNobodysCard name somebody whom the corp does not know.
func TestUpdatesOfNobodysCard(t *testing.T) {
	t.Parallel()
	r := record(t, func(srv *wecomtest.Server) {
		b := sendingCards(srv, aiBotCards()["vote_interaction"], func(reply) object {
			return update(aiBotCards()["vote_interaction"].with("task_id", "task1")).with("userids", []string{"zoe"})
		})
		srv.Act().MentionAIBot("bob", b.id, "group1", text("ask us"))
		srv.Act().ClickAIBotCard("alice", sentCard(srv, b, "bob", "group1"), "submit_key")
		srv.WaitDeliveries(2)
	})

	require.Len(t, r.errors, 1)
	assert.Contains(t, r.errors[0], `reply to template_card_event: userids: no member "zoe"`)
}

func TestAIBotHearsOfRatings(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.Clock().Freeze(time.Unix(1700000000, 0))
	b := newAIBot(srv, func(msg reply) object {
		if msg.text("msgtype") == "event" {
			return nil
		}
		out := stream(msg.text("msgid"), "hi", true)
		if msg.text("text.content") == "rate me" {
			out = out.within("stream", "feedback", object{"id": "f1"})
		}
		return out
	})
	srv.Act().WriteToAIBot("alice", b.id, text("rate me"))
	srv.Act().WriteToAIBot("alice", b.id, text("do not"))
	srv.WaitDeliveries(2)
	chat := srv.AIBotChat(b.id, "alice", "")
	rate := func(i int, f wecomtest.AIBotFeedback) string { return srv.Act().RateAIBot("alice", chat[i].ID, f) }
	rated, unrated := 1, 3

	assert.Equal(t, "f1", chat[rated].FeedbackID)
	assert.Empty(t, rate(unrated, wecomtest.AIBotFeedback{Type: 1}))
	bad := rate(rated, wecomtest.AIBotFeedback{Type: 2, Content: "more, please", InaccurateReasonList: []int{2, 4}})
	rate(rated, wecomtest.AIBotFeedback{Type: 3})

	assert.Equal(t, `{"msgid":"`+bad+`","create_time":1700000000,"aibotid":"`+b.id+`","chattype":"single","from":{"userid":"alice"},`+
		`"msgtype":"event","event":{"eventtype":"feedback_event","feedback_event":{"id":"f1","type":2,"content":"more, please",`+
		`"inaccurate_reason_list":[2,4]}}}`, b.heard(3).Body)
	assert.Equal(t, map[string]any{"id": "f1", "type": 3.0}, b.heard(4).at("event.feedback_event"))
}

func TestWhatNobodyCanDoWithAIBotMessages(t *testing.T) {
	t.Parallel()
	pick := func(key string, ids ...string) wecomtest.Selection {
		return wecomtest.Selection{QuestionKey: key, OptionID: ids}
	}
	for _, tt := range []struct {
		name string
		act  func(a wecomtest.Actor, mine, card string)
		want string
	}{
		{"another's chat", func(a wecomtest.Actor, _, card string) { a.ClickAIBotCard("bob", card, "submit_key") }, `"bob" sees no message`},
		{"one's own message", func(a wecomtest.Actor, mine, _ string) { a.ClickAIBotCard("alice", mine, "submit_key") }, `"alice" sees no message`},
		{"a text", func(a wecomtest.Actor, mine, _ string) { a.RateAIBot("alice", mine, wecomtest.AIBotFeedback{Type: 1}) }, `"alice" sees no message`},
		{"an unknown button", func(a wecomtest.Actor, _, card string) { a.ClickAIBotCard("alice", card, "x") }, `no button "x"`},
		{"an unknown action", func(a wecomtest.Actor, _, card string) { a.ClickAIBotCardMenu("alice", card, "x") }, `menu has no "x"`},
		{"an unknown question", func(a wecomtest.Actor, _, card string) { a.ClickAIBotCard("alice", card, "submit_key", pick("x")) }, `no question "x"`},
		{"an unknown option", func(a wecomtest.Actor, _, card string) {
			a.ClickAIBotCard("alice", card, "submit_key", pick("q1", "x"))
		}, `no option "x"`},
		{"two options", func(a wecomtest.Actor, _, card string) {
			a.ClickAIBotCard("alice", card, "submit_key", pick("q1", "id_one", "id_two"))
		}, `takes no such answer`},
		{"a fourth kind of rating", func(a wecomtest.Actor, _, card string) { a.RateAIBot("alice", card, wecomtest.AIBotFeedback{Type: 4}) }, "nobody can rate"},
		{"praise in words", func(a wecomtest.Actor, _, card string) {
			a.RateAIBot("alice", card, wecomtest.AIBotFeedback{Type: 1, Content: "good"})
		}, "nobody can rate"},
		{"a fifth reason", func(a wecomtest.Actor, _, card string) {
			a.RateAIBot("alice", card, wecomtest.AIBotFeedback{Type: 2, InaccurateReasonList: []int{5}})
		}, "nobody can rate"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := record(t, func(srv *wecomtest.Server) {
				b := sendingCards(srv, aiBotCards()["multiple_interaction"], nil)
				mine := srv.Act().WriteToAIBot("alice", b.id, text("hi"))
				tt.act(srv.Act(), mine, sentCard(srv, b, "alice", ""))
			})
			assert.Contains(t, r.fatal, tt.want)
			assert.Empty(t, r.errors)
		})
	}
	r := record(t, func(srv *wecomtest.Server) {
		b := newAIBot(srv, func(reply) object { return stream("s1", "", true) })
		srv.Act().WriteToAIBot("alice", b.id, text("hi"))
		srv.Act().ClickAIBotCard("alice", sentCard(srv, b, "alice", ""), "submit_key")
	})
	assert.Contains(t, r.fatal, "is no card")
}

func TestAIBotChatReturnsCopies(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	b := newAIBot(srv, func(reply) object {
		return stream("s1", "", true).within("stream", "msg_item", []object{robotImage(pngHead)}).
			with("msgtype", "stream_with_template_card").with("template_card", aiBotCards()["text_notice"])
	})
	srv.Act().WriteToAIBot("alice", b.id, text("hi"))
	srv.WaitDeliveries(1)

	list := srv.AIBotChat(b.id, "alice", "")
	list[1].Images[0][0], list[2].Card[0] = 'x', 'x'

	assert.Equal(t, pngHead, string(srv.AIBotChat(b.id, "alice", "")[1].Images[0]))
	assert.Equal(t, byte('{'), srv.AIBotChat(b.id, "alice", "")[2].Card[0])
}

// respond lets a robot use a response_url.
func respond(t *testing.T, srv *wecomtest.Server, address string, fields object) reply {
	t.Helper()
	body, err := json.Marshal(fields)
	require.NoError(t, err)
	u, err := url.Parse(address)
	require.NoError(t, err)
	c := &caller{t: t, srv: srv}
	return c.do(http.MethodPost, "aibot/response", u.Query(), string(body))
}

func markdown(content string) object {
	return object{"msgtype": "markdown", "markdown": object{"content": content}}
}

func TestAIBotAnswersLater(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.Clock().Freeze(time.Unix(1700000000, 0))
	b := newAIBot(srv, nil)
	srv.Act().WriteToAIBot("alice", b.id, text("hi"))
	first := b.heard(1).text("response_url")
	srv.Clock().Advance(time.Hour - time.Second)

	r := respond(t, srv, first, markdown("# hello").within("markdown", "feedback", object{"id": "f1"}))

	require.Zero(t, r.code(), r.Body)
	got := srv.AIBotChat(b.id, "alice", "")
	assert.Equal(t, wecomtest.AIBotMessage{
		ID: got[1].ID, Time: srv.Clock().Now(), MsgType: "markdown", Text: "# hello", FeedbackID: "f1", Finished: true,
	}, got[1])
	assert.Equal(t, 60140, respond(t, srv, first, markdown("again")).code(), "once")

	srv.Act().WriteToAIBot("alice", b.id, text("hi"))
	second := b.heard(2).text("response_url")
	assert.Equal(t, 40063, respond(t, srv, second, object{"msgtype": "markdown"}).code())
	assert.Equal(t, 40063, respond(t, srv, second, object{"msgtype": "template_card"}).code())
	assert.Equal(t, 40008, respond(t, srv, second, object{"msgtype": "text"}).code())
	assert.Equal(t, 42045, respond(t, srv, second, withCard(aiBotCards()["text_notice"].with("card_action", nil))).code())
	assert.Equal(t, 60140, respond(t, srv, second+"x", markdown("hi")).code(), "another code")
	assert.Equal(t, 60140, respond(t, srv, "", markdown("hi")).code(), "no code")
	require.Zero(t, respond(t, srv, second, withCard(aiBotCards()["text_notice"])).code(), "refused calls do not use it up")

	srv.Act().WriteToAIBot("alice", b.id, text("hi"))
	third := b.heard(3).text("response_url")
	assert.Equal(t, 42014, respond(t, srv, third, withCard(aiBotCards()["text_notice"])).code(), "a used task_id")
	srv.Clock().Advance(time.Hour)
	assert.Equal(t, 60140, respond(t, srv, third, markdown("hi")).code(), "after an hour")
	assert.Len(t, srv.AIBotChat(b.id, "alice", ""), 5)
}

// TestLaterAnswersInAGroupQuote what they answer; of a card, an empty message
// does that.
func TestLaterAnswersInAGroupQuote(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	b := newAIBot(srv, nil)
	id := srv.Act().MentionAIBot("alice", b.id, "group1", text("hi"))
	require.Zero(t, respond(t, srv, b.heard(1).text("response_url"), withCard(aiBotCards()["vote_interaction"])).code())
	card := srv.AIBotChat(b.id, "bob", "group1")[2].ID
	srv.Act().ClickAIBotCard("bob", card, "submit_key")
	require.Zero(t, respond(t, srv, b.heard(2).text("response_url"), markdown("thanks")).code())

	types, quotes := []string{}, []string{}
	for _, m := range srv.AIBotChat(b.id, "alice", "group1") {
		types = append(types, m.MsgType)
		quotes = append(quotes, m.QuoteID)
	}
	assert.Equal(t, []string{"text", "markdown", "template_card", "markdown"}, types)
	assert.Equal(t, []string{"", id, "", card}, quotes)
}

func TestOddCardsByResponseURLFailTheTest(t *testing.T) {
	t.Parallel()
	r := record(t, func(srv *wecomtest.Server) {
		b := newAIBot(srv, nil)
		srv.Act().WriteToAIBot("alice", b.id, text("hi"))
		vote := aiBotCards()["vote_interaction"]
		assert.Zero(t, respond(t, srv, b.heard(1).text("response_url"), withCard(vote.with("sub_title_text", "x"))).code())
	})

	assert.Equal(t, []string{"wecomtest: aibot/response: template_card.sub_title_text is not a field of a vote_interaction"}, r.errors)
}

// TestResponseURLByTCP has a robot of its own HTTP client.
func TestResponseURLByTCP(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	require.NoError(t, srv.Start("127.0.0.1:0"))
	b := newAIBot(srv, nil)
	srv.Act().WriteToAIBot("alice", b.id, wecomtest.AIBotContent{MsgType: "file", Data: []byte("plans")})

	assert.Contains(t, b.heard(1).text("response_url"), srv.URL())
	res, err := http.Get(b.heard(1).text("file.url"))
	require.NoError(t, err)
	defer res.Body.Close()
	assert.Equal(t, http.StatusOK, res.StatusCode)
}
