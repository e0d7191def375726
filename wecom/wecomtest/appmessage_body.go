package wecomtest

import (
	"encoding/json"
	"slices"
	"strings"
)

// appMessageBody checks what the spec table cannot say: files, and which
// fields go together.
func (x *exchange) appMessageBody(msgType string, body map[string]any) error {
	switch msgType {
	case "image", "voice", "video", "file":
		return x.usable(str(body, "media_id"), msgType, 0)
	case "mpnews":
		for _, article := range objects(body, "articles") {
			if err := x.usable(str(article, "thumb_media_id"), "image", 0); err != nil {
				return err
			}
		}
	case "news":
		for _, article := range objects(body, "articles") {
			if str(article, "url") == "" && (str(article, "appid") == "" || str(article, "pagepath") == "") {
				return Refuse(40063, "wecomtest: an article has neither url nor appid and pagepath")
			}
		}
	case "template_card":
		return checkCard(body, newCardNeeds(str(body, "card_type")), x.usableFile)
	}
	return nil
}

func (x *exchange) usableFile(mediaID string) error { return x.usable(mediaID, "file", 0) }

func str(m map[string]any, name string) string {
	s, _ := m[name].(string)
	return s
}

func object(m map[string]any, name string) map[string]any {
	sub, _ := m[name].(map[string]any)
	return sub
}

func objects(m map[string]any, name string) []map[string]any {
	list, _ := m[name].([]any)
	out := make([]map[string]any, 0, len(list))
	for _, v := range list {
		if o, ok := v.(map[string]any); ok {
			out = append(out, o)
		}
	}
	return out
}

// linkType is the type of a link, or 0 if it has none.
func linkType(m map[string]any) int64 {
	n, _ := m["type"].(json.Number)
	i, _ := n.Int64() // 0 if there is none
	return i
}

// validTaskID allows digits, letters and _-@.
func validTaskID(id string) bool {
	const allowed = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-@"
	return strings.Trim(id, allowed) == ""
}

// cardNeed is what a card must have, one of the names at least, and the errcode
// if it has not.
type cardNeed struct {
	code  int
	names []string
}

func cardNeeds(cardType string) []cardNeed {
	action := cardNeed{42045, []string{"card_action"}}
	switch cardType {
	case "text_notice":
		return []cardNeed{action}
	case "news_notice":
		return []cardNeed{{42044, []string{"card_image", "image_text_area"}}, action}
	case "button_interaction":
		return []cardNeed{{42038, []string{"button_list"}}}
	case "vote_interaction":
		return []cardNeed{{42043, []string{"checkbox"}}}
	default: // multiple_interaction
		return []cardNeed{{42047, []string{"select_list"}}}
	}
}

// newCardNeeds are cardNeeds of a card that does not take the place of another
// one: that has the task_id already, and may do without submit_button.
func newCardNeeds(cardType string) []cardNeed {
	needs := cardNeeds(cardType)
	if !strings.HasSuffix(cardType, "_notice") {
		needs = slices.Insert(needs, 0, cardNeed{42014, []string{"task_id"}})
	}
	if cardType == "vote_interaction" || cardType == "multiple_interaction" {
		needs = append(needs, cardNeed{42049, []string{"submit_button"}})
	}
	return needs
}

// checkCard checks a card; file checks the media_id of one that can be
// downloaded.
func checkCard(card map[string]any, needs []cardNeed, file func(mediaID string) error) error {
	cardType := str(card, "card_type")
	title := str(object(card, "main_title"), "title")
	if title == "" && (cardType != "text_notice" || str(card, "sub_title_text") == "") {
		return Refuse(42033, "wecomtest: the card has no title")
	}
	for _, need := range needs {
		if !slices.ContainsFunc(need.names, func(name string) bool { return card[name] != nil }) {
			return Refuse(need.code, "wecomtest: the card has no "+need.names[0])
		}
	}
	if err := checkCardKeys(card); err != nil {
		return err
	}
	return checkCardLinks(card, file)
}

// checkTaskID checks the task_id of a card that is new.
func (x *exchange) checkTaskID(msgType string, card map[string]any) error {
	taskID := str(card, "task_id")
	used := x.corp.appMessages.cards.byTask[cardTask{x.app.AgentID, taskID}] != nil
	switch {
	case taskID == "" && card["action_menu"] != nil:
		return Refuse(42014, "wecomtest: a card with action_menu needs a task_id")
	case taskID != "" && (!validTaskID(taskID) || used):
		return Refuse(42014, "wecomtest: task_id is not valid, or was used before")
	case msgType == "template_card" && card != nil && answers(card) && !x.s.hasCallback(x.app):
		return Refuse(43012, "wecomtest: cards that call back need a callback")
	}
	return nil
}

// answers reports whether people can answer a card, so that it has a
// response_code.
func answers(card map[string]any) bool {
	return !strings.HasSuffix(str(card, "card_type"), "_notice") || card["action_menu"] != nil
}

func checkCardKeys(card map[string]any) error {
	seen := make(map[string]bool)
	for _, action := range objects(object(card, "action_menu"), "action_list") {
		if key := str(action, "key"); seen[key] {
			return Refuse(42051, "wecomtest: two actions have one key")
		}
		seen[str(action, "key")] = true
	}
	clear(seen)
	for _, button := range objects(card, "button_list") {
		key := str(button, "key")
		switch {
		case linkType(button) == 1 && str(button, "url") == "":
			return Refuse(42028, "wecomtest: a button has no url")
		case linkType(button) == 0 && (key == "" || seen[key]):
			return Refuse(42039, "wecomtest: a button has no key of its own")
		}
		seen[key] = true
	}
	return nil
}

// checkCardLinks checks that each link has what its type needs.
func checkCardLinks(card map[string]any, file func(mediaID string) error) error {
	links := slices.Concat(
		[]map[string]any{object(card, "quote_area"), object(card, "image_text_area"), object(card, "card_action")},
		objects(card, "jump_list"))
	for _, link := range links {
		switch {
		case linkType(link) == 1 && str(link, "url") == "":
			return Refuse(42028, "wecomtest: a link has no url")
		case linkType(link) == 2 && str(link, "appid") == "":
			return Refuse(42030, "wecomtest: a link has no appid")
		}
	}
	if strings.HasSuffix(str(card, "card_type"), "_notice") && linkType(object(card, "card_action")) == 0 {
		return Refuse(42045, "wecomtest: card_action leads nowhere")
	}
	for _, row := range objects(card, "horizontal_content_list") {
		switch linkType(row) {
		case 1:
			if str(row, "url") == "" {
				return Refuse(42028, "wecomtest: a row has no url")
			}
		case 2:
			if str(row, "media_id") == "" {
				return Refuse(42029, "wecomtest: a row has no media_id")
			}
			if err := file(str(row, "media_id")); err != nil {
				return err
			}
		case 3:
			if str(row, "userid") == "" {
				return Refuse(42050, "wecomtest: a row has no userid")
			}
		}
	}
	return nil
}

// hasCallback reports whether an app has a callback. The caller holds s.mu.
func (s *Server) hasCallback(a *app) bool {
	s.deliverMu.Lock()
	defer s.deliverMu.Unlock()
	return slices.ContainsFunc(s.callbacks, func(cb *callback) bool { return cb.app == a })
}
