package wecomtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// aiBotCardField is the template card of the table, which all replies share.
func aiBotCardField() field {
	for _, f := range spec.find("/cgi-bin/aibot/response").Request {
		if f.Name == "template_card" {
			return f
		}
	}
	panic("wecomtest: spec/aibot.json has no template_card")
}

// aiBotCardParts are what a card of the type must have, and what else it may.
func aiBotCardParts(cardType string) (needs []cardNeed, parts []string) {
	title, task := cardNeed{42033, []string{"main_title"}}, cardNeed{42014, []string{"task_id"}}
	action, submit := cardNeed{42045, []string{"card_action"}}, cardNeed{42049, []string{"submit_button"}}
	switch cardType {
	case "text_notice":
		return []cardNeed{action}, []string{
			"action_menu", "main_title", "emphasis_content", "quote_area", "sub_title_text", "horizontal_content_list", "jump_list", "task_id",
		}
	case "news_notice":
		return []cardNeed{title, {42044, []string{"card_image", "image_text_area"}}, action}, []string{
			"action_menu", "quote_area", "vertical_content_list", "horizontal_content_list", "jump_list", "task_id",
		}
	case "button_interaction":
		return []cardNeed{title, {42038, []string{"button_list"}}, task}, []string{
			"action_menu", "quote_area", "sub_title_text", "horizontal_content_list", "button_selection", "card_action",
		}
	case "vote_interaction":
		return []cardNeed{title, {42043, []string{"checkbox"}}, submit, task}, nil
	default: // multiple_interaction
		return []cardNeed{title, {42047, []string{"select_list"}}, submit}, []string{"task_id"}
	}
}

// aiBotCard checks what the table cannot say of a card.
func (v *validator) aiBotCard(card map[string]any, update bool) {
	cardType := str(card, "card_type")
	needs, parts := aiBotCardParts(cardType)
	if str(object(card, "main_title"), "title") == "" && str(card, "sub_title_text") == "" {
		v.refusef(42033, "template_card", "has neither main_title.title nor sub_title_text")
	}
	parts = append(parts, "card_type", "source", "feedback")
	for _, need := range needs {
		if !slices.ContainsFunc(need.names, func(name string) bool { return card[name] != nil && card[name] != "" }) {
			v.refusef(need.code, "template_card", "has no %s", strings.Join(need.names, " or "))
		}
		parts = append(parts, need.names...)
	}
	for _, name := range slices.Sorted(maps.Keys(card)) {
		if !slices.Contains(parts, name) {
			v.odd = append(v.odd, "template_card."+name+" is not a field of a "+cardType)
		}
	}
	switch taskID := str(card, "task_id"); {
	case taskID == "" && card["action_menu"] != nil:
		v.refusef(42014, "template_card", "has an action_menu and no task_id")
	case !validTaskID(taskID):
		v.refusef(42014, "template_card.task_id", "holds more than digits, letters and _-@")
	}
	v.aiBotQuestions(card, update)
	v.aiBotLinks(card)
	if ratio, ok := object(card, "card_image")["aspect_ratio"].(json.Number); ok {
		if r, err := ratio.Float64(); err != nil || r < 1.3 || r > 2.25 {
			v.refusef(40058, "template_card.card_image.aspect_ratio", "is %s, 1.3 to 2.25 is allowed", ratio)
		}
	}
}

// aiBotQuestions checks what people are asked in a card.
func (v *validator) aiBotQuestions(card map[string]any, update bool) {
	questions := append(objects(card, "select_list"), object(card, "button_selection"), object(card, "checkbox"))
	keys := make(map[string]bool)
	for _, q := range questions {
		if q == nil {
			continue
		}
		key := str(q, "question_key")
		if keys[key] {
			v.refusef(42043, "template_card", "asks two questions with the key %q", key)
		}
		keys[key] = true
		ids := make(map[string]bool)
		for _, option := range objects(q, "option_list") {
			if id := str(option, "id"); ids[id] {
				v.refusef(42040, "template_card", "has two options %q in the question %q", id, key)
			}
			ids[str(option, "id")] = true
		}
		if disable, _ := q["disable"].(bool); disable && !update {
			v.odd = append(v.odd, "template_card: disable of the question "+key+" has an effect in an update only")
		}
	}
}

// aiBotLinks checks keys and links of a card.
func (v *validator) aiBotLinks(card map[string]any) {
	for i, jump := range objects(card, "jump_list") {
		if linkType(jump) == 3 && str(jump, "question") == "" {
			v.refusef(42028, fmt.Sprintf("template_card.jump_list[%d]", i), "has no question")
		}
	}
	noFiles := func(string) error { return nil } // no row of these cards has a file
	for _, err := range []error{checkCardKeys(card), checkCardLinks(card, noFiles)} {
		if r, ok := errors.AsType[*Refusal](err); ok && v.refusal == nil {
			v.refusal = r
		}
	}
}
