package wecomtest

import (
	"encoding/json"
	"slices"
)

// A Selection is what a member picked in one question of a card.
type Selection struct {
	QuestionKey string   `json:"question_key"`
	OptionID    []string `json:"option_id,omitzero"`
}

// cardBody is what people can click in a card.
type cardBody struct {
	CardType   string `json:"card_type"`
	ActionMenu struct {
		ActionList []cardKey `json:"action_list"`
	} `json:"action_menu"`
	ButtonList   []cardKey `json:"button_list"`
	SubmitButton cardKey   `json:"submit_button"`
	Btn          []cardKey `json:"btn"` // of an interactive_taskcard

	ButtonSelection cardQuestion   `json:"button_selection"`
	Checkbox        cardQuestion   `json:"checkbox"`
	SelectList      []cardQuestion `json:"select_list"`
}

type cardKey struct {
	Type int    `json:"type"` // 1 opens a page, and nobody is told
	Key  string `json:"key"`
}

type cardQuestion struct {
	QuestionKey string `json:"question_key"`
	Mode        int    `json:"mode"` // 1 allows several
	Disable     bool   `json:"disable"`
	OptionList  []struct {
		ID string `json:"id"`
	} `json:"option_list"`
}

// ClickCard lets a member click the button of a card that has the key, or
// submit it with what they selected. The app hears of it with a new
// response_code, which is returned; an interactive_taskcard has none.
func (a Actor) ClickCard(userID, msgID, key string, selected ...Selection) string {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	m, taskID, card := a.s.card(userID, msgID)
	if now := a.s.corp.appMessages.cards.updates[cardOf{m.MsgID, userID}]; now != nil && now.replaceName != "" {
		a.s.fatalf("wecomtest: the card says %q and cannot be clicked", now.replaceName)
	}
	buttons := append(slices.Concat(card.ButtonList, card.Btn), card.SubmitButton)
	if key == "" || !slices.Contains(buttons, cardKey{Key: key}) {
		a.s.fatalf("wecomtest: the card has no button %q that calls back", key)
	}
	a.s.checkSelections(card, selected)
	if m.MsgType != "template_card" {
		a.s.emit(cardEvent("taskcard_click", m, userID,
			Element{"EventKey", key}, Element{"TaskId", taskID}, Element{"AgentID", m.AgentID}))
		return ""
	}
	items := make([]Element, 0, len(selected))
	for _, sel := range selected {
		ids := make([]Element, 0, len(sel.OptionID))
		for _, id := range sel.OptionID {
			ids = append(ids, Element{"OptionId", id})
		}
		items = append(items, Element{"SelectedItem", []Element{{"QuestionKey", sel.QuestionKey}, {"OptionIds", ids}}})
	}
	return a.s.answerCard("template_card_event", m, userID, key, taskID, card.CardType, Element{"SelectedItems", items})
}

// ClickCardMenu lets a member choose from the menu in the corner of a card,
// and returns the response_code that the app hears.
func (a Actor) ClickCardMenu(userID, msgID, key string) string {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	m, taskID, card := a.s.card(userID, msgID)
	if !slices.ContainsFunc(card.ActionMenu.ActionList, func(k cardKey) bool { return k.Key == key }) {
		a.s.fatalf("wecomtest: the card's menu has no %q", key)
	}
	return a.s.answerCard("template_card_menu_event", m, userID, key, taskID, card.CardType)
}

// answerCard tells the app of a click. The caller holds s.mu.
func (s *Server) answerCard(event string, m *AppMessage, userID, key, taskID, cardType string, more ...Element) string {
	code := s.corp.responseCode(m, s.clock.Now())
	s.emit(cardEvent(event, m, userID, slices.Concat([]Element{
		{"EventKey", key},
		{"TaskId", taskID},
		{"CardType", cardType},
		{"ResponseCode", code},
		{"AgentID", m.AgentID},
	}, more)...))
	return code
}

func cardEvent(event string, m *AppMessage, userID string, elements ...Element) Event {
	return Event{Event: event, FromUserName: userID, AgentID: m.AgentID, Elements: elements}
}

// card returns a card as a member sees it, who must have it, and its task_id.
// The caller holds s.mu.
func (s *Server) card(userID, msgID string) (m *AppMessage, taskID string, card cardBody) {
	s.helper()
	s.member(userID)
	m = s.corp.appMessages.byID[msgID]
	switch {
	case m == nil, !slices.Contains(s.corp.appMessages.byMember[userID], m):
		s.fatalf("wecomtest: %q has no app message %q", userID, msgID)
	case m.Recalled:
		s.fatalf("wecomtest: app message %q was recalled", msgID)
	}
	for key, sent := range s.corp.appMessages.cards.byTask {
		if sent == m {
			taskID = key.taskID
		}
	}
	body := m.Body
	if now := s.corp.appMessages.cards.updates[cardOf{m.MsgID, userID}]; now != nil && now.body != nil {
		body = now.body
	}
	if err := json.Unmarshal(body, &card); err != nil {
		s.fatalf("wecomtest: app message %q is no card: %v", msgID, err)
	}
	return m, taskID, card
}

// checkSelections fails if a member cannot select this in the card.
func (s *Server) checkSelections(card cardBody, selected []Selection) {
	s.helper()
	questions := append(slices.Clone(card.SelectList), card.ButtonSelection, card.Checkbox)
	for _, sel := range selected {
		i := slices.IndexFunc(questions, func(q cardQuestion) bool { return q.QuestionKey == sel.QuestionKey })
		if sel.QuestionKey == "" || i < 0 {
			s.fatalf("wecomtest: the card has no question %q", sel.QuestionKey)
		}
		q := questions[i]
		if q.Disable || len(sel.OptionID) > 1 && q.Mode == 0 {
			s.fatalf("wecomtest: the question %q takes no such answer", sel.QuestionKey)
		}
		for _, id := range sel.OptionID {
			if !slices.ContainsFunc(q.OptionList, func(o struct {
				ID string `json:"id"`
			}) bool {
				return o.ID == id
			}) {
				s.fatalf("wecomtest: the question %q has no option %q", sel.QuestionKey, id)
			}
		}
	}
}
