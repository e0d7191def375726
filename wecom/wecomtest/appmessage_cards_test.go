package wecomtest_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// with returns a copy that has one more field, or none of that name if val is
// nil.
func (o object) with(name string, val any) object {
	out := maps.Clone(o)
	if out == nil {
		out = object{}
	}
	out[name] = val
	if val == nil {
		delete(out, name)
	}
	return out
}

func contains(list []string, s string) bool { return slices.Contains(list, s) }

// card is a message to alice.
func card(fields object) object {
	return object{"touser": "alice", "agentid": 1000002, "msgtype": "template_card", "template_card": fields}
}

// cards are the smallest card of each type.
func cards() map[string]object {
	title, action := object{"title": "a"}, object{"type": 1, "url": "https://a.example"}
	submit := object{"text": "send", "key": "k"}
	options := []object{{"id": "1", "text": "one"}}
	return map[string]object{
		"text_notice": {"card_type": "text_notice", "sub_title_text": "a", "card_action": action},
		"news_notice": {"card_type": "news_notice", "main_title": title, "card_action": action, "card_image": object{"url": "https://a.example"}},
		"button_interaction": {
			"card_type": "button_interaction", "main_title": title, "task_id": "t1", "button_list": []object{{"text": "yes", "key": "y"}},
		},
		"vote_interaction": {
			"card_type": "vote_interaction", "main_title": title, "task_id": "t2", "submit_button": submit,
			"checkbox": object{"question_key": "q", "option_list": []object{{"id": "1", "text": "one", "is_checked": true}}},
		},
		"multiple_interaction": {
			"card_type": "multiple_interaction", "main_title": title, "task_id": "t3", "submit_button": submit,
			"select_list": []object{{"question_key": "q", "option_list": options}},
		},
	}
}

func TestCards(t *testing.T) {
	t.Parallel()
	srv := listening(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	c := newCaller(t, srv)
	for cardType, fields := range cards() {
		r := c.ok(sendOp, card(fields))
		assert.Equal(t, strings.HasSuffix(cardType, "_interaction"), r.text("response_code") != "", cardType)
	}
	menu := cards()["text_notice"].with("task_id", "t4").with("action_menu", object{"action_list": []object{{"text": "a", "key": "k"}}})

	assert.NotEmpty(t, c.ok(sendOp, card(menu)).text("response_code"), "a notice with a menu")
	assert.Len(t, srv.AppMessages("alice"), 6)
}

func TestCardsThatCallBackNeedACallback(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	c := newCaller(t, srv)

	assert.Zero(t, c.send(sendOp, card(cards()["text_notice"])).code())
	assert.Equal(t, 43012, c.send(sendOp, card(cards()["vote_interaction"])).code())
}

func TestCardRefusals(t *testing.T) {
	t.Parallel()
	srv := listening(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	c := newCaller(t, srv)
	c.ok(sendOp, card(cards()["vote_interaction"]))
	text, news := cards()["text_notice"], cards()["news_notice"]
	button, vote, multi := cards()["button_interaction"], cards()["vote_interaction"], cards()["multiple_interaction"]
	menu := object{"action_list": []object{{"text": "a", "key": "k"}, {"text": "b", "key": "k"}}}
	row := func(fields object) []object { return []object{fields.with("keyname", "a")} }
	tests := []struct {
		name string
		card object
		want int
	}{
		{"unknown type", text.with("card_type", "poster"), 42031},
		{"no title", text.with("sub_title_text", nil), 42033},
		{"news without title", news.with("main_title", nil).with("sub_title_text", "a"), 42033},
		{"no card_action", text.with("card_action", nil), 42045},
		{"card_action that leads nowhere", text.with("card_action", object{"type": 0}), 42045},
		{"card_action without url", text.with("card_action", object{"type": 1}), 42028},
		{"card_action without appid", text.with("card_action", object{"type": 2}), 42030},
		{"news without picture", news.with("card_image", nil), 42044},
		{"picture without url", news.with("card_image", object{}), 42044},
		{"jump without url", text.with("jump_list", []object{{"title": "a", "type": 1}}), 42028},
		{"four jumps", text.with("jump_list", []object{{"title": "a"}, {"title": "a"}, {"title": "a"}, {"title": "a"}}), 42042},
		{"row without keyname", text.with("horizontal_content_list", []object{{"value": "a"}}), 42027},
		{"row without url", text.with("horizontal_content_list", row(object{"type": 1})), 42028},
		{"row without media_id", text.with("horizontal_content_list", row(object{"type": 2})), 42029},
		{"row with an unknown file", text.with("horizontal_content_list", row(object{"type": 2, "media_id": "nope"})), 40007},
		{"row without userid", text.with("horizontal_content_list", row(object{"type": 3})), 42050},
		{"no task_id", button.with("task_id", nil), 42014},
		{"task_id of other characters", button.with("task_id", "t 1"), 42014},
		{"task_id used before", vote, 42014},
		{"menu without task_id", text.with("action_menu", menu), 42014},
		{"two menu items with one key", text.with("task_id", "m1").with("action_menu", menu), 42051},
		{"no button", button.with("button_list", nil), 42038},
		{"button without key", button.with("button_list", []object{{"text": "a"}}), 42039},
		{"two buttons with one key", button.with("button_list", []object{{"text": "a", "key": "k"}, {"text": "b", "key": "k"}}), 42039},
		{"button without url", button.with("button_list", []object{{"text": "a", "type": 1}}), 42028},
		{"vote without checkbox", vote.with("task_id", "v1").with("checkbox", nil), 42043},
		{"vote without submit_button", vote.with("task_id", "v1").with("submit_button", nil), 42049},
		{"submit_button without key", multi.with("submit_button", object{"text": "send"}), 42046},
		{"no select_list", multi.with("select_list", nil), 42047},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, c.send(sendOp, card(tt.card)).code(), tt.name)
	}
	assert.Len(t, srv.AppMessages("alice"), 1)
}
