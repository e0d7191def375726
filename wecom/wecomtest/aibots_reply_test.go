package wecomtest_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// aiBotCards has a card of each type, after the samples on page 101032.
func aiBotCards() map[string]object {
	link := "https://work.weixin.qq.com/?from=openApi"
	menu := object{"desc": "more", "action_list": []object{{"text": "push", "key": "action_key1"}, {"text": "stop", "key": "action_key2"}}}
	title := object{"title": "welcome", "desc": "a friend invites you"}
	source := object{"icon_url": "https://a.example/0", "desc": "WeCom", "desc_color": 0}
	quote := object{"type": 1, "url": link, "appid": "APPID", "pagepath": "PAGEPATH", "title": "quoted", "quote_text": "Jack: fine\nBalian: super!"}
	rows := []object{{"keyname": "from", "value": "Zhang"}, {"keyname": "site", "value": "click", "type": 1, "url": link}, {"keyname": "who", "type": 3, "userid": "alice"}}
	jumps := []object{
		{"type": 1, "url": link, "title": "site"},
		{"type": 2, "appid": "APPID", "pagepath": "PAGEPATH", "title": "program"},
		{"type": 3, "title": "ask", "question": "how do I log in"},
	}
	action := object{"type": 1, "url": link, "appid": "APPID", "pagepath": "PAGEPATH"}
	options := []object{{"id": "id_one", "text": "one"}, {"id": "id_two", "text": "two"}}
	submit := object{"text": "submit", "key": "submit_key"}
	return map[string]object{
		"text_notice": {
			"card_type": "text_notice", "source": source, "action_menu": menu, "main_title": title,
			"emphasis_content": object{"title": "100", "desc": "meaning"}, "quote_area": quote, "sub_title_text": "get it",
			"horizontal_content_list": rows, "jump_list": jumps, "card_action": action, "task_id": "task_id",
		},
		"news_notice": {
			"card_type": "news_notice", "source": source, "action_menu": menu, "main_title": title,
			"card_image":            object{"url": "https://a.example/0", "aspect_ratio": 2.25},
			"image_text_area":       object{"type": 1, "url": link, "title": "t", "desc": "d", "image_url": "https://a.example/0"},
			"quote_area":            quote,
			"vertical_content_list": []object{{"title": "t", "desc": "d"}}, "horizontal_content_list": rows,
			"jump_list": jumps, "card_action": action, "task_id": "task_id",
		},
		"button_interaction": {
			"card_type": "button_interaction", "source": source, "action_menu": menu, "main_title": title, "quote_area": quote,
			"sub_title_text": "get it", "horizontal_content_list": rows,
			"button_selection": object{"question_key": "q1", "title": "you are", "disable": false, "option_list": options, "selected_id": "id_one"},
			"button_list":      []object{{"text": "1", "style": 4, "key": "BUTTONKEYONE"}, {"text": "2", "style": 1, "key": "BUTTONKEYTWO"}},
			"card_action":      action, "task_id": "task_id",
		},
		"vote_interaction": {
			"card_type": "vote_interaction", "source": source, "main_title": title, "submit_button": submit, "task_id": "task_id",
			"checkbox": object{"question_key": "q1", "disable": false, "mode": 1, "option_list": []object{
				{"id": "id_one", "text": "one"}, {"id": "id_two", "text": "two", "is_checked": true},
			}},
		},
		"multiple_interaction": {
			"card_type": "multiple_interaction", "source": source, "main_title": title, "submit_button": submit, "task_id": "task_id",
			"select_list": []object{
				{"question_key": "q1", "title": "t", "disable": false, "selected_id": "id_one", "option_list": options},
				{"question_key": "q2", "option_list": options},
			},
		},
	}
}

// withCard is a template_card reply.
func withCard(card object) object { return object{"msgtype": "template_card", "template_card": card} }

// written is a robot that answers what alice writes with this.
func written(out object) func(srv *wecomtest.Server) {
	return func(srv *wecomtest.Server) {
		b := newAIBot(srv, func(reply) object { return out })
		srv.Act().WriteToAIBot("alice", b.id, text("hi"))
		srv.WaitDeliveries(1)
	}
}

// refreshed is a robot that answers with this when it is asked for the rest of
// the stream s1, which began with the feedback id f1.
func refreshed(out object) func(srv *wecomtest.Server) {
	return func(srv *wecomtest.Server) {
		srv.Clock().Freeze(time.Unix(1700000000, 0))
		b := newAIBot(srv, func(msg reply) object {
			if msg.text("msgtype") == "stream" {
				return out
			}
			return stream("s1", "", false).within("stream", "feedback", object{"id": "f1"})
		})
		srv.Act().WriteToAIBot("alice", b.id, text("hi"))
		srv.Clock().Advance(time.Second)
	}
}

// entered is a robot that welcomes alice with this.
func entered(out object) func(srv *wecomtest.Server) {
	return func(srv *wecomtest.Server) {
		b := newAIBot(srv, func(reply) object { return out })
		srv.Act().EnterAIBotChat("alice", b.id)
		srv.WaitDeliveries(1)
	}
}

// clicked is a robot that answers alice's click with this.
func clicked(out object) func(srv *wecomtest.Server) {
	return func(srv *wecomtest.Server) {
		b := newAIBot(srv, func(msg reply) object {
			if msg.text("msgtype") == "event" {
				return out
			}
			return withCard(aiBotCards()["vote_interaction"])
		})
		srv.Act().WriteToAIBot("alice", b.id, text("hi"))
		srv.WaitDeliveries(1)
		srv.Act().ClickAIBotCard("alice", srv.AIBotChat(b.id, "alice", "")[1].ID, "submit_key")
		srv.WaitDeliveries(2)
	}
}

// rated is a robot that answers alice's rating with this.
func rated(out object) func(srv *wecomtest.Server) {
	return func(srv *wecomtest.Server) {
		b := newAIBot(srv, func(msg reply) object {
			if msg.text("msgtype") == "event" {
				return out
			}
			return stream("s1", "", true).within("stream", "feedback", object{"id": "f1"})
		})
		srv.Act().WriteToAIBot("alice", b.id, text("hi"))
		srv.WaitDeliveries(1)
		srv.Act().RateAIBot("alice", srv.AIBotChat(b.id, "alice", "")[1].ID, wecomtest.AIBotFeedback{Type: 1})
		srv.WaitDeliveries(2)
	}
}

// within changes a field of an object in the object.
func (o object) within(name, field string, val any) object {
	inner, _ := o[name].(object)
	return o.with(name, inner.with(field, val))
}

func update(card object) object {
	return object{"response_type": "update_template_card", "template_card": card}
}

// TestRepliesThatWeComTakes has each kind of reply where it is allowed.
func TestRepliesThatWeComTakes(t *testing.T) {
	t.Parallel()
	full := stream("s1", strings.Repeat("a", 20480), true).
		within("stream", "msg_item", []object{robotImage(pngHead)}).within("stream", "feedback", object{"id": strings.Repeat("f", 256)})
	both := stream("s1", "", false).with("msgtype", "stream_with_template_card")
	card := aiBotCards()["vote_interaction"].with("feedback", object{"id": "f2"})
	tests := map[string]func(*wecomtest.Server){
		"nothing to a message":          written(nil),
		"a stream":                      written(full),
		"a stream and a card":           written(both.with("template_card", card)),
		"a stream and no card":          written(both),
		"nothing to a refresh":          refreshed(nil),
		"a refresh without id":          refreshed(object{"msgtype": "stream", "stream": object{"finish": true}}),
		"a refresh with its feedback":   refreshed(stream("s1", "", true).within("stream", "feedback", object{"id": "f1"})),
		"a card with a refresh":         refreshed(both.with("template_card", card)),
		"nothing to enter_chat":         entered(nil),
		"a welcome":                     entered(object{"msgtype": "text", "text": object{"content": "hi"}}),
		"nothing to a click":            clicked(nil),
		"an update":                     clicked(update(card)),
		"an update to a disabled one":   clicked(update(card.within("checkbox", "disable", true))),
		"nothing to a rating":           rated(nil),
		"a card without a task":         written(withCard(aiBotCards()["multiple_interaction"].with("task_id", nil))),
		"a notice without a menu":       written(withCard(aiBotCards()["text_notice"].with("task_id", nil).with("action_menu", nil))),
		"a notice without a main_title": written(withCard(aiBotCards()["text_notice"].with("main_title", nil))),
	}
	for name, card := range aiBotCards() {
		tests["a "+name] = written(withCard(card.with("feedback", object{"id": "f2"})))
		tests["a "+name+" as welcome"] = entered(withCard(card))
	}
	for name, run := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := record(t, run)
			assert.Empty(t, r.all())
		})
	}
}

// TestRepliesThatWeComDrops has each kind of reply that nobody would see, or
// not as it was meant. The test with such a robot fails.
func TestRepliesThatWeComDrops(t *testing.T) {
	t.Parallel()
	both := stream("s1", "", false).with("msgtype", "stream_with_template_card")
	item := func(images ...object) object { return stream("s1", "", true).within("stream", "msg_item", images) }
	wrong := robotImage(pngHead).within("image", "md5", "0")
	vote, button := aiBotCards()["vote_interaction"], aiBotCards()["button_interaction"]
	notice, news, multiple := aiBotCards()["text_notice"], aiBotCards()["news_notice"], aiBotCards()["multiple_interaction"]
	options := func(n int) []object {
		list := []object{}
		for i := range n {
			list = append(list, object{"id": strings.Repeat("i", i+1), "text": "t"})
		}
		return list
	}
	many := func(n int, o object) []object {
		list := []object{}
		for range n {
			list = append(list, o)
		}
		return list
	}
	tests := []struct {
		name string
		run  func(*wecomtest.Server)
		want string
	}{
		{"text to a message", written(object{"msgtype": "text", "text": object{"content": "hi"}}), `reply to a text message: "text" where WeCom takes stream or template_card or stream_with_template_card`},
		{"no msgtype", written(object{"stream": object{"id": "s1"}}), `"" where WeCom takes`},
		{"update to a message", written(update(vote)), `"update_template_card" where`},
		{"card to a refresh", refreshed(withCard(vote)), `reply to a stream refresh: "template_card" where WeCom takes stream or stream_with_template_card`},
		{"stream to enter_chat", entered(stream("s1", "", true)), `reply to enter_chat: "stream" where WeCom takes text or template_card`},
		{"stream to a click", clicked(stream("s1", "", true)), `reply to template_card_event: "stream" where WeCom takes update_template_card`},
		{"stream to a rating", rated(stream("s2", "", true)), `reply to feedback_event: "stream" where WeCom takes nothing`},

		{"an unknown field", written(stream("s1", "", true).within("stream", "text", "hi")), "stream.text is not a field of this request"},
		{"no stream", written(object{"msgtype": "stream"}), "stream is missing"},
		{"no id", written(object{"msgtype": "stream", "stream": object{"content": "hi"}}), "stream.id is missing in the first reply"},
		{"finish as number", written(stream("s1", "", true).within("stream", "finish", 1)), "stream.finish is not true or false"},
		{"a long content", written(stream("s1", strings.Repeat("a", 20481), true)), "stream.content has 20481 bytes, at most 20480 are allowed"},
		{"a long feedback", written(stream("s1", "", true).within("stream", "feedback", object{"id": strings.Repeat("f", 257)})), "stream.feedback.id has 257 bytes"},
		{"an image too early", written(item(robotImage(pngHead)).within("stream", "finish", false)), "stream.msg_item comes before finish is true"},
		{"eleven images", written(item(many(11, robotImage(pngHead))...)), "stream.msg_item has 11 elements, at most 10 are allowed"},
		{"a text item", written(item(object{"msgtype": "text", "image": robotImage(pngHead)["image"]})), "stream.msg_item[0].msgtype is not one of [image]"},
		{"a wrong md5", written(item(robotImage(pngHead), wrong)), "stream.msg_item[1].image.md5 is not of this image"},
		{"no base64", written(item(wrong.within("image", "base64", "?"))), "stream.msg_item[0].image.base64 is no base64"},
		{"a GIF", written(item(robotImage("GIF89a"))), "stream.msg_item[0].image is neither JPG nor PNG"},
		{"a large image", written(item(robotImage(pngHead + strings.Repeat("a", 10<<20)))), "stream.msg_item[0].image is over 10 MB"},

		{"another stream", refreshed(stream("s2", "", true)), `stream.id is "s2", asked was for "s1"`},
		{"a late feedback", refreshed(stream("s1", "", true).within("stream", "feedback", object{"id": "f2"})), "stream.feedback counts in the first reply only"},
		{"a card with nothing", written(both.with("template_card", object{})), "template_card.card_type is missing"},

		{"a welcome with feedback", entered(withCard(vote.with("feedback", object{"id": "f1"}))), "template_card.feedback is not a field of a welcome"},
		{"an empty welcome", entered(object{"msgtype": "text", "text": object{"content": ""}}), "text.content is empty"},
		{"another task", clicked(update(vote.with("task_id", "other"))), `template_card.task_id is "other", that of the callback "task_id"`},
		{"no task", clicked(update(vote.with("task_id", nil))), "template_card has no task_id"},
		{"userids in a single chat", clicked(update(vote).with("userids", []string{"alice"})), "userids has an effect in groups only"},

		{"an unknown card", written(withCard(vote.with("card_type", "card"))), "template_card.card_type is not one of"},
		{"a vote with a link", written(withCard(vote.with("card_action", notice["card_action"]))), "template_card.card_action is not a field of a vote_interaction"},
		{"no title", written(withCard(vote.with("main_title", object{"desc": "d"}))), "template_card has neither main_title.title nor sub_title_text"},
		{"a button without main_title", written(withCard(button.with("main_title", nil))), "template_card has no main_title"},
		{"no card_action", written(withCard(notice.with("card_action", nil))), "template_card has no card_action"},
		{"a card_action to nowhere", written(withCard(notice.with("card_action", object{"type": 0}))), "card_action leads nowhere"},
		{"a card_action without url", written(withCard(notice.with("card_action", object{"type": 1}))), "a link has no url"},
		{"no picture", written(withCard(news.with("card_image", nil).with("image_text_area", nil))), "template_card has no card_image or image_text_area"},
		{"a narrow picture", written(withCard(news.within("card_image", "aspect_ratio", 1.2))), "template_card.card_image.aspect_ratio is 1.2, 1.3 to 2.25 is allowed"},
		{"no button", written(withCard(button.with("button_list", nil))), "template_card has no button_list"},
		{"seven buttons", written(withCard(button.with("button_list", many(7, object{"text": "t", "key": "k"})))), "template_card.button_list has 7 elements"},
		{"two buttons of one key", written(withCard(button.with("button_list", many(2, object{"text": "t", "key": "k"})))), "a button has no key of its own"},
		{"a menu without task", written(withCard(notice.with("task_id", nil))), "template_card has an action_menu and no task_id"},
		{"a task in Chinese", written(withCard(vote.with("task_id", "任务"))), "template_card.task_id holds more than"},
		{"a long task", written(withCard(vote.with("task_id", strings.Repeat("t", 129)))), "template_card.task_id has 129 bytes"},
		{"a button without task", written(withCard(button.with("task_id", nil).with("action_menu", nil))), "template_card has no task_id"},
		{"no checkbox", written(withCard(vote.with("checkbox", nil))), "template_card has no checkbox"},
		{"no submit_button", written(withCard(vote.with("submit_button", nil))), "template_card has no submit_button"},
		{"21 options", written(withCard(vote.within("checkbox", "option_list", options(21)))), "template_card.checkbox.option_list has 21 elements"},
		{"two options of one id", written(withCard(vote.within("checkbox", "option_list", append(options(2), options(1)...)))), `template_card has two options "i" in the question "q1"`},
		{"11 options", written(withCard(button.within("button_selection", "option_list", options(11)))), "template_card.button_selection.option_list has 11 elements"},
		{"four questions", written(withCard(multiple.with("select_list", many(4, object{"question_key": "q", "option_list": options(1)})))), "template_card.select_list has 4 elements"},
		{"two questions of one key", written(withCard(multiple.with("select_list", many(2, object{"question_key": "q", "option_list": options(1)})))), `template_card asks two questions with the key "q"`},
		{"a new card that is disabled", written(withCard(vote.within("checkbox", "disable", true))), "template_card: disable of the question q1 has an effect in an update only"},
		{"a jump without question", written(withCard(notice.with("jump_list", []object{{"type": 3, "title": "t"}}))), "template_card.jump_list[0] has no question"},
		{"a long question", written(withCard(notice.with("jump_list", []object{{"type": 3, "title": "t", "question": strings.Repeat("q", 201)}}))), "template_card.jump_list[0].question has 201 bytes"},
		{"four actions", written(withCard(notice.within("action_menu", "action_list", many(4, object{"text": "t", "key": "k"})))), "template_card.action_menu.action_list has 4 elements"},
		{"a file in a row", written(withCard(notice.with("horizontal_content_list", []object{{"type": 2, "keyname": "k"}}))), "template_card.horizontal_content_list[0].type is not one of [0 1 3]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := record(t, tt.run)
			require.Empty(t, r.fatal)
			require.Len(t, r.errors, 1)
			assert.Contains(t, r.errors[0], "wecomtest: callback of robot aibSIM00000000000000000001: reply to ")
			assert.Contains(t, r.errors[0], tt.want)
		})
	}
}

// TestDroppedRepliesAreNotSeen looks at what a member sees of a reply that WeCom
// drops, and of one that it takes in part.
func TestDroppedRepliesAreNotSeen(t *testing.T) {
	t.Parallel()
	srv := wecomtest.NewServer()
	defer srv.Close()
	outs := []object{
		stream("s1", "too long"+strings.Repeat("a", 20480), true),
		stream("s2", "seen", true).within("stream", "text", "nobody reads this"),
		stream("s2", "used", true),
	}
	b := newAIBot(srv, func(reply) object {
		out := outs[0]
		outs = outs[1:]
		return out
	})

	for range 3 {
		srv.Act().WriteToAIBot("alice", b.id, text("hi"))
	}
	srv.WaitDeliveries(3)

	assert.Equal(t, []string{"hi", "hi", "seen", "hi"}, b.said("alice", ""))
	require.Len(t, srv.Problems(), 3)
	assert.Contains(t, srv.Problems()[2], `stream.id "s2" is not new`)
}

func TestOneCardToAMessage(t *testing.T) {
	t.Parallel()
	card := aiBotCards()["vote_interaction"]
	srv := wecomtest.NewServer()
	defer srv.Close()
	srv.Clock().Freeze(time.Unix(1700000000, 0))
	n := 0
	b := newAIBot(srv, func(reply) object {
		n++
		out := stream("s1", "", n == 4).with("msgtype", "stream_with_template_card")
		if n > 1 {
			out["template_card"] = card.with("task_id", strings.Repeat("t", n))
		}
		return out
	})

	srv.Act().WriteToAIBot("alice", b.id, text("hi"))
	srv.Clock().Advance(3 * time.Second)
	n = 4
	srv.Act().WriteToAIBot("alice", b.id, text("once more"))
	srv.WaitDeliveries(5)

	require.Len(t, srv.AIBotChat(b.id, "alice", ""), 4)
	assert.Contains(t, srv.Problems()[0], "reply to a stream refresh: the message was answered with a template_card before")
}

// TestTaskIDsAreUsedOnce is about all cards of a robot.
func TestTaskIDsAreUsedOnce(t *testing.T) {
	t.Parallel()
	r := record(t, func(srv *wecomtest.Server) {
		b := newAIBot(srv, func(reply) object { return withCard(aiBotCards()["text_notice"]) })
		srv.Act().WriteToAIBot("alice", b.id, text("hi"))
		srv.Act().WriteToAIBot("bob", b.id, text("hi"))
		srv.WaitDeliveries(2)
		assert.Len(t, srv.AIBotChat(b.id, "bob", ""), 1)
	})

	require.Len(t, r.errors, 1)
	assert.Contains(t, r.errors[0], "template_card.task_id task_id was used before")
}

func TestEnvelopesThatWeComDrops(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		make func(b *aiBot, nonce, encrypted string) string
		want string
	}{
		{"plain text", func(*aiBot, string, string) string { return "success" }, "neither empty nor JSON: success"},
		{"XML", func(*aiBot, string, string) string { return "<xml></xml>" }, "neither empty nor JSON: <xml></xml>"},
		{"plain JSON", func(*aiBot, string, string) string { return `{"encrypt":""}` }, "encrypt is empty"},
		{"no nonce", func(b *aiBot, _, e string) string { return envelope(e, b.sign("1", "", e), "1", "") }, "nonce is empty"},
		{"a nonce of its own", func(b *aiBot, _, e string) string { return envelope(e, b.sign("1", "7", e), "1", "7") }, `nonce is "7", that of the callback`},
		{"milliseconds", func(b *aiBot, n, e string) string {
			return envelope(e, b.sign("1700000000000", n, e), "1700000000000", n)
		}, "timestamp is 1700000000000, at most"},
		{"a text as timestamp", func(b *aiBot, n, e string) string { return envelope(e, b.sign("1", n, e), `"1"`, n) }, "timestamp is not a number"},
		{"another's signature", func(b *aiBot, n, e string) string { return envelope(e, b.sign("2", n, e), "1", n) }, "wrong signature"},
		{"an unknown field", func(b *aiBot, n, e string) string {
			return `{"msg":"",` + envelope(e, b.sign("1", n, e), "1", n)[1:]
		}, "msg is not a field of this request"},
		{"for a corp", func(b *aiBot, n, _ string) string {
			e := b.sealFor("{}", "wwSIM0000000000001")
			return envelope(e, b.sign("1", n, e), "1", n)
		}, "reply is encrypted for another receiver"},
		{"no object", func(b *aiBot, n, _ string) string {
			e := b.seal("hi")
			return envelope(e, b.sign("1", n, e), "1", n)
		}, "the message is no JSON object in UTF-8: hi"},
		{"no UTF-8", func(b *aiBot, n, _ string) string {
			e := b.seal("{\"msgtype\":\"\xff\"}")
			return envelope(e, b.sign("1", n, e), "1", n)
		}, "the message is no JSON object in UTF-8"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := record(t, func(srv *wecomtest.Server) {
				b := newAIBot(srv, func(reply) object { return stream("s1", "", true) })
				b.write = func(w http.ResponseWriter, nonce, encrypted string) {
					_, _ = io.WriteString(w, tt.make(b, nonce, encrypted))
				}
				srv.Act().WriteToAIBot("alice", b.id, text("hi"))
				srv.WaitDeliveries(1)
			})
			require.Len(t, r.errors, 1)
			assert.Contains(t, r.errors[0], "wecomtest: callback of robot aibSIM00000000000000000001: passive reply: ")
			assert.Contains(t, r.errors[0], tt.want)
		})
	}
}

// TestErrorsOfARobotAreNoReplies lets a robot refuse a callback in words.
func TestErrorsOfARobotAreNoReplies(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	b := newAIBot(srv, func(reply) object { return object{} })
	b.write = func(w http.ResponseWriter, _, _ string) { http.Error(w, "not now", http.StatusServiceUnavailable) }

	srv.Act().WriteToAIBot("alice", b.id, text("hi"))
	srv.WaitDeliveries(1)

	assert.Equal(t, http.StatusServiceUnavailable, srv.Deliveries()[0].Attempts[0].Status)
	assert.Len(t, srv.Deliveries()[0].Attempts, 1)
}
