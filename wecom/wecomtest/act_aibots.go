package wecomtest

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// AIBotContent is what a member sends to an intelligent robot, or quotes.
type AIBotContent struct {
	MsgType string         `json:"msgtype,omitzero"` // text, image, mixed, voice, file or video; "" is text
	Text    string         `json:"text,omitzero"`    // of a text; of a voice message, what was understood
	Data    []byte         `json:"data,omitzero"`    // of an image, a file and a video
	Items   []AIBotContent `json:"items,omitzero"`   // of mixed: texts and images
	Quote   *AIBotContent  `json:"quote,omitzero"`   // of a text or mixed: the message that it quotes
}

// AIBotFeedback is how a member rates what an intelligent robot said.
type AIBotFeedback struct {
	Type                 int    `json:"type"`                            // 1 is accurate, 2 is not, 3 takes either back
	Content              string `json:"content,omitzero"`                // of type 2
	InaccurateReasonList []int  `json:"inaccurate_reason_list,omitzero"` // of type 2: 1 off the question, 2 incomplete, 3 wrong, 4 wrong analysis
}

// WriteToAIBot lets a member write to an intelligent robot in the chat of the
// two, and returns the msgid. The robot hears of it and may answer at once, in
// a stream, or by the response_url. Of one member three messages may wait for
// the end of their answers; a fourth ends the test, as nobody can send it.
//
// Here as in all that people do with robots, callbacks that are under way first
// get the moment that [Clock.Advance] gives them: people read what is answered
// before they go on.
func (a Actor) WriteToAIBot(userID, aibotID string, c AIBotContent) string {
	a.s.helper()
	a.s.settle() // people read before they go on
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	return a.s.writeToAIBot(userID, aibotID, "", c)
}

// MentionAIBot is [Actor.WriteToAIBot] in a group that the robot is in: a text
// or mixed, which begins with @ and its name. The chatid is any text.
func (a Actor) MentionAIBot(userID, aibotID, chatID string, c AIBotContent) string {
	a.s.helper()
	a.s.settle() // people read before they go on
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	c.MsgType = cmp.Or(c.MsgType, "text")
	if chatID == "" || c.MsgType != "text" && c.MsgType != "mixed" {
		a.s.fatalf("wecomtest: robots are mentioned in a group, in a text or mixed")
	}
	at := "@" + a.s.aiBot(aibotID).Name
	switch i := slices.IndexFunc(c.Items, func(it AIBotContent) bool { return cmp.Or(it.MsgType, "text") == "text" }); {
	case strings.Contains(c.words(), at):
	case c.MsgType == "text":
		c.Text = at + " " + c.Text
	case i >= 0:
		c.Items = slices.Clone(c.Items)
		c.Items[i].Text = at + " " + c.Items[i].Text
	default:
		c.Items = slices.Insert(slices.Clone(c.Items), 0, AIBotContent{Text: at})
	}
	return a.s.writeToAIBot(userID, aibotID, chatID, c)
}

// writeToAIBot puts a message into a chat and tells the robot. The caller
// holds s.mu.
func (s *Server) writeToAIBot(userID, aibotID, chatID string, c AIBotContent) string {
	s.helper()
	s.member(userID)
	b, chat := s.aiBot(aibotID), chatOf(userID, chatID)
	now := s.clock.Now()
	if b.open(userID, now) >= maxAIBotTurns {
		s.fatalf("wecomtest: %q has %d messages with the robot under way, and WeCom takes no more", userID, maxAIBotTurns)
	}
	in := b.newCallback(userID, chat)
	in.aiBotBody = s.aiBotBody(b, c)
	if c.Quote != nil {
		if in.MsgType != "text" && in.MsgType != "mixed" {
			s.fatalf("wecomtest: only a text or mixed quotes")
		}
		in.Quote = new(s.aiBotBody(b, *c.Quote))
	}
	b.add(s, chat, AIBotMessage{ID: in.MsgID, UserID: userID, MsgType: in.MsgType, Text: c.words(), Finished: true})
	if len(c.Data) > maxAIBotFile {
		return in.MsgID // WeCom tells robots of no larger files
	}
	t := &aiBotTurn{s: s, bot: b, chat: chat, userID: userID, msgType: in.MsgType, began: now}
	in.ResponseURL = s.responseURL(b, chat, in.MsgID)
	if b.tell(s, Event{MsgType: in.MsgType, FromUserName: userID}, in, false, t.first) {
		b.turns[userID] = append(b.turns[userID], t)
	}
	return in.MsgID
}

// words are the texts of a message.
func (c AIBotContent) words() string {
	texts := make([]string, 0, 1+len(c.Items))
	for _, it := range append([]AIBotContent{c}, c.Items...) {
		if it.Text != "" {
			texts = append(texts, it.Text)
		}
	}
	return strings.Join(texts, "\n")
}

// aiBotBody writes what people send. The caller holds s.mu.
func (s *Server) aiBotBody(b *aiBot, c AIBotContent) aiBotBody {
	s.helper()
	out := aiBotBody{MsgType: cmp.Or(c.MsgType, "text")}
	file := func() *aiBotURL {
		if len(c.Data) == 0 {
			s.fatalf("wecomtest: a message of type %s without Data", c.MsgType)
		}
		if len(c.Data) > maxAIBotFile {
			return nil
		}
		u, err := s.aiBotURL(b, c.Data)
		if err != nil {
			s.fatalf("%v", err)
		}
		return u
	}
	switch out.MsgType {
	case "text":
		out.Text = &aiBotText{c.Text}
	case "voice":
		out.Voice = &aiBotText{c.Text}
	case "image":
		out.Image = file()
	case "file":
		out.File = file()
	case "video":
		out.Video = file()
	case "mixed":
		out.Mixed = &aiBotMixed{}
		for _, it := range c.Items {
			if typ := cmp.Or(it.MsgType, "text"); typ != "text" && typ != "image" {
				s.fatalf("wecomtest: mixed holds texts and images, no %s", typ)
			}
			out.Mixed.Items = append(out.Mixed.Items, s.aiBotBody(b, it))
		}
	default:
		s.fatalf("wecomtest: nobody can send a %s to a robot", out.MsgType)
	}
	return out
}

// EnterAIBotChat lets a member open their chat with an intelligent robot. The
// first time in a day (in China) the robot hears of it and may answer with a
// welcome; the msgid is returned, or "" at other times.
func (a Actor) EnterAIBotChat(userID, aibotID string) string {
	a.s.helper()
	a.s.settle() // people read before they go on
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	a.s.member(userID)
	b, chat, today := a.s.aiBot(aibotID), chatOf(userID, ""), midnight(a.s.clock.Now())
	if b.entered[userID].Equal(today) {
		return ""
	}
	b.entered[userID] = today
	in := b.newCallback(userID, chat)
	in.ChatType = ""
	return b.event(a.s, "enter_chat", in, nil, false, func(reply map[string]any) {
		r := b.read(a.s, "enter_chat", reply, "text", "template_card")
		if r == nil {
			return
		}
		if text := object(r.args, "text"); text != nil {
			b.add(a.s, chat, AIBotMessage{MsgType: "text", Text: str(text, "content"), Finished: true})
		}
		r.addCard(chat)
	})
}

// ClickAIBotCard lets a member click the button of an intelligent robot's card
// that has the key, or submit it with what they selected. The robot hears of
// it, in one attempt, and may answer with another card in its place. The msgid
// is returned.
func (a Actor) ClickAIBotCard(userID, messageID, key string, selected ...Selection) string {
	a.s.helper()
	a.s.settle() // people read before they go on
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	m, card := a.s.aiBotCard(userID, messageID)
	if key == "" || !slices.Contains(append(slices.Clone(card.ButtonList), card.SubmitButton), cardKey{Key: key}) {
		a.s.fatalf("wecomtest: the card has no button %q", key)
	}
	a.s.checkSelections(card.cardBody, selected)
	click := card.click(key)
	for _, sel := range selected {
		if click.SelectedItems == nil {
			click.SelectedItems = &aiBotSelections{}
		}
		item := aiBotSelection{QuestionKey: sel.QuestionKey}
		item.OptionIDs.OptionID = append([]string{}, sel.OptionID...)
		click.SelectedItems.SelectedItem = append(click.SelectedItems.SelectedItem, item)
	}
	return m.clicked(a.s, userID, click)
}

// ClickAIBotCardMenu lets a member choose from the menu in the corner of an
// intelligent robot's card. It is [Actor.ClickAIBotCard] for the menu.
func (a Actor) ClickAIBotCardMenu(userID, messageID, key string) string {
	a.s.helper()
	a.s.settle() // people read before they go on
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	m, card := a.s.aiBotCard(userID, messageID)
	if !slices.ContainsFunc(card.ActionMenu.ActionList, func(k cardKey) bool { return k.Key == key }) {
		a.s.fatalf("wecomtest: the card's menu has no %q", key)
	}
	return m.clicked(a.s, userID, card.click(key))
}

// RateAIBot lets a member rate a message of an intelligent robot. The robot
// hears of it if the message has a feedback id; the msgid is returned, or "".
func (a Actor) RateAIBot(userID, messageID string, f AIBotFeedback) string {
	a.s.helper()
	a.s.settle() // people read before they go on
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	m := a.s.aiBotMessage(userID, messageID)
	wrong := slices.ContainsFunc(f.InaccurateReasonList, func(n int) bool { return n < 1 || n > 4 })
	if f.Type < 1 || f.Type > 3 || wrong || f.Type != 2 && (f.Content != "" || len(f.InaccurateReasonList) > 0) {
		a.s.fatalf("wecomtest: nobody can rate a message like this: %+v", f)
	}
	id := m.shown(userID).FeedbackID
	if id == "" {
		return ""
	}
	in := m.bot.newCallback(userID, m.chat)
	more := &aiBotEvent{Feedback: &aiBotRating{id, f.Type, f.Content, slices.Clone(f.InaccurateReasonList)}}
	return m.bot.event(a.s, "feedback_event", in, more, false, func(reply map[string]any) {
		m.bot.read(a.s, "feedback_event", reply) // which takes no reply
	})
}

// aiBotEvent is what happened, other than a message.
type aiBotEvent struct {
	EventType string       `json:"eventtype"`
	Card      *aiBotClick  `json:"template_card_event,omitempty"`
	Feedback  *aiBotRating `json:"feedback_event,omitempty"`
}

type aiBotClick struct {
	CardType      string           `json:"card_type"`
	EventKey      string           `json:"event_key"`
	TaskID        string           `json:"task_id"`
	SelectedItems *aiBotSelections `json:"selected_items,omitempty"`
}

type aiBotSelections struct {
	SelectedItem []aiBotSelection `json:"selected_item"`
}

type aiBotSelection struct {
	QuestionKey string `json:"question_key"`
	OptionIDs   struct {
		OptionID []string `json:"option_id"`
	} `json:"option_ids"`
}

type aiBotRating struct {
	ID                   string `json:"id"`
	Type                 int    `json:"type"`
	Content              string `json:"content,omitempty"`
	InaccurateReasonList []int  `json:"inaccurate_reason_list,omitempty"`
}

// event tells a robot of an event and returns its msgid. The caller holds s.mu.
func (b *aiBot) event(s *Server, name string, in *aiBotCallback, more *aiBotEvent, once bool, answer func(map[string]any)) string {
	in.CreateTime, in.MsgType = s.clock.Now().Unix(), "event"
	in.Event = &aiBotEvent{}
	if more != nil {
		in.Event = more
	}
	in.Event.EventType = name
	b.tell(s, Event{MsgType: "event", Event: name, FromUserName: in.From.UserID}, in, once, answer)
	return in.MsgID
}

// clickable is a card as people see it.
type clickable struct {
	cardBody
	TaskID string `json:"task_id"`
}

func (c clickable) click(key string) *aiBotClick {
	return &aiBotClick{CardType: c.CardType, EventKey: key, TaskID: c.TaskID}
}

// clicked tells the robot of a click. The caller holds s.mu.
func (m *aiBotMessage) clicked(s *Server, userID string, click *aiBotClick) string {
	in := m.bot.newCallback(userID, m.chat)
	in.ResponseURL = s.responseURL(m.bot, m.chat, m.ID)
	return m.bot.event(s, "template_card_event", in, &aiBotEvent{Card: click}, true, func(reply map[string]any) {
		if r := m.bot.read(s, "template_card_event", reply, updateCard); r != nil {
			r.updateCard(m, click.TaskID)
		}
	})
}

// aiBotMessage returns a robot's message that a member can see. The caller
// holds s.mu.
func (s *Server) aiBotMessage(userID, messageID string) *aiBotMessage {
	s.helper()
	s.member(userID)
	m := s.corp.aiBots.messages[messageID]
	if m == nil || m.UserID != "" || m.chat.userID != "" && m.chat.userID != userID {
		s.fatalf("wecomtest: %q sees no message %q of a robot", userID, messageID)
	}
	return m
}

// aiBotCard returns a card that a member can see. The caller holds s.mu.
func (s *Server) aiBotCard(userID, messageID string) (*aiBotMessage, clickable) {
	s.helper()
	m := s.aiBotMessage(userID, messageID)
	var card clickable
	if err := json.Unmarshal(m.shown(userID).Card, &card); err != nil {
		s.fatalf("wecomtest: message %q is no card", messageID)
	}
	return m, card
}

// open is how many of a member's messages are under way.
func (b *aiBot) open(userID string, now time.Time) int {
	b.turns[userID] = slices.DeleteFunc(b.turns[userID], func(t *aiBotTurn) bool { return t.over(now) })
	return len(b.turns[userID])
}
