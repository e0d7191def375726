package wecomtest

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// An AIBot is an intelligent robot (智能机器人) that members talk to, alone or
// by mentioning it in a group. It belongs to the corp and its maker is a super
// administrator, so that it hears of plain userids.
//
//	bot := srv.AddAIBot(wecomtest.AIBot{Name: "RobotA"})
//	err := srv.SetCallback(wecomtest.Callback{AIBotID: bot, Handler: h}) // knows srv.AIBotKeys(bot)
//	srv.Act().WriteToAIBot(alice, bot, wecomtest.AIBotContent{Text: "hello"})
//	srv.WaitDeliveries(1)
//	srv.AIBotChat(bot, alice, "") // what she wrote, and what the robot answered
//
// What it answers is checked against the pages: WeCom drops what it does not
// understand, and the test fails.
type AIBot struct {
	AIBotID string `json:"aibotid,omitzero"` // "" is the next one
	Name    string `json:"name,omitzero"`    // "" is the id
}

// An AIBotMessage is a message in a chat with an intelligent robot, as one
// member sees it.
type AIBotMessage struct {
	ID         string          `json:"id"` // of a member's message the msgid of its callback
	Time       time.Time       `json:"time,omitzero"`
	UserID     string          `json:"userid,omitzero"`      // who wrote it; "" is the robot
	MsgType    string          `json:"msgtype,omitzero"`     // text, image, mixed, voice, file, video, stream, markdown, template_card
	Text       string          `json:"text,omitzero"`        // shown now; of mixed its texts
	Images     [][]byte        `json:"images,omitzero"`      // at the end of a stream
	Finished   bool            `json:"finished,omitzero"`    // false for a stream that has not ended
	Card       json.RawMessage `json:"card,omitzero"`        // shown now
	StreamID   string          `json:"stream_id,omitzero"`   //
	FeedbackID string          `json:"feedback_id,omitzero"` // "" is a message that cannot be rated
	QuoteID    string          `json:"quote_id,omitzero"`    // of the message that the robot quotes
}

const (
	maxAIBotTurns = 3               // of one member, under way
	maxAIBotTime  = 6 * time.Minute // from a member's message to the end of the stream that answers it
	maxAIBotFile  = 100 * megabyte  // that a robot is told of
	aiBotFileLife = 5 * time.Minute // of a download's URL
	aiBotURLLife  = time.Hour       // of a response_url
	maxAIBotImage = 10 * megabyte   // image at the end of a stream
	maxSeconds    = 100_000_000_000 // larger timestamps are no seconds
)

// aiBotStore has the intelligent robots and what was sent by and to them.
type aiBotStore struct {
	byID     map[string]*aiBot
	messages map[string]*aiBotMessage
	codes    map[string]*aiBotCode // by response_code
	files    map[string]*aiBotFile // by path
}

func newAIBotStore() aiBotStore {
	return aiBotStore{
		byID:     make(map[string]*aiBot),
		messages: make(map[string]*aiBotMessage),
		codes:    make(map[string]*aiBotCode),
		files:    make(map[string]*aiBotFile),
	}
}

type aiBot struct {
	AIBot
	keys    Keys
	chats   map[aiBotChat][]*aiBotMessage
	turns   map[string][]*aiBotTurn // by userid
	entered map[string]time.Time    // the day of a member's latest enter_chat
	streams map[string]bool         // ids that were used
	tasks   map[string]bool         // task_ids that were used
	ids     map[string]int          // given out, by kind
}

// aiBotChat is a group, or the chat with one member.
type aiBotChat struct{ userID, chatID string }

type aiBotMessage struct {
	AIBotMessage
	bot  *aiBot
	chat aiBotChat
	seen map[string]aiBotCard // by userid, if an update changed what they see
}

// aiBotCard is a card and how it can be rated.
type aiBotCard struct {
	card       json.RawMessage
	feedbackID string
}

// aiBotCode is the right to answer a callback later, once.
type aiBotCode struct {
	bot    *aiBot
	chat   aiBotChat
	about  string // the message that it answers
	issued time.Time
	used   bool
}

// AddAIBot adds an intelligent robot to the corp and returns its aibotid.
// [Server.SetCallback] says where it listens.
func (s *Server) AddAIBot(b AIBot) string {
	s.helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	b.AIBotID = s.corp.idOr(b.AIBotID, "aib")
	b.Name = cmp.Or(b.Name, b.AIBotID)
	if s.corp.aiBots.byID[b.AIBotID] != nil {
		s.fatalf("wecomtest: AddAIBot: %q is there already", b.AIBotID)
	}
	keys := s.corp.keys("aibot " + b.AIBotID + " ")
	keys.ReceiveID = "" // the corp's own robots have none
	s.corp.aiBots.byID[b.AIBotID] = &aiBot{
		AIBot:   b,
		keys:    keys,
		chats:   make(map[aiBotChat][]*aiBotMessage),
		turns:   make(map[string][]*aiBotTurn),
		entered: make(map[string]time.Time),
		streams: make(map[string]bool),
		tasks:   make(map[string]bool),
		ids:     make(map[string]int),
	}
	return b.AIBotID
}

// AIBotKeys returns the keys of an intelligent robot's callback. Their
// ReceiveID is empty.
func (s *Server) AIBotKeys(aibotID string) Keys {
	s.helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.aiBot(aibotID).keys
}

// AIBotChat returns what a member sees in their chat with an intelligent
// robot, oldest first; with a chatID, what they see of it in a group.
func (s *Server) AIBotChat(aibotID, userID, chatID string) []AIBotMessage {
	s.helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.aiBot(aibotID)
	s.member(userID)
	list := []AIBotMessage{}
	for _, m := range b.chats[chatOf(userID, chatID)] {
		list = append(list, m.shown(userID))
	}
	return list
}

// shown is a copy of a message as a member sees it.
func (m *aiBotMessage) shown(userID string) AIBotMessage {
	out := m.AIBotMessage
	if now, ok := m.seen[userID]; ok {
		out.Card, out.FeedbackID = now.card, now.feedbackID
	}
	out.Card = slices.Clone(out.Card)
	out.Images = slices.Clone(out.Images)
	for i := range out.Images {
		out.Images[i] = slices.Clone(out.Images[i])
	}
	return out
}

func chatOf(userID, chatID string) aiBotChat {
	if chatID != "" {
		return aiBotChat{chatID: chatID}
	}
	return aiBotChat{userID: userID}
}

// aiBot returns a robot that must exist. The caller holds s.mu.
func (s *Server) aiBot(id string) *aiBot {
	s.helper()
	b := s.corp.aiBots.byID[id]
	if b == nil {
		s.fatalf("wecomtest: no intelligent robot %q", id)
	}
	return b
}

// msgID makes an id as robots get them. What they are told and what they say
// are counted apart: the two come in no certain order.
func (b *aiBot) msgID(kind string) string {
	b.ids[kind]++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %s %d", b.AIBotID, kind, b.ids[kind]))
	return base64.StdEncoding.EncodeToString(sum[:23])
}

// add puts a message into a chat. The caller holds s.mu.
func (b *aiBot) add(s *Server, chat aiBotChat, m AIBotMessage) *aiBotMessage {
	if m.ID == "" {
		m.ID = b.msgID("said")
	}
	m.Time = s.clock.Now()
	added := &aiBotMessage{AIBotMessage: m, bot: b, chat: chat}
	b.chats[chat] = append(b.chats[chat], added)
	s.corp.aiBots.messages[m.ID] = added
	return added
}

// aiBotCallback is what a robot is told. Fields stand as in the pages' samples,
// which leave chattype out of enter_chat, other than the table above them.
type aiBotCallback struct {
	MsgID       string    `json:"msgid"`
	CreateTime  int64     `json:"create_time,omitempty"`
	AIBotID     string    `json:"aibotid"`
	ChatID      string    `json:"chatid,omitempty"`
	ChatType    string    `json:"chattype,omitempty"`
	From        aiBotFrom `json:"from"`
	ResponseURL string    `json:"response_url,omitempty"`
	aiBotBody
	Quote  *aiBotBody   `json:"quote,omitempty"`
	Event  *aiBotEvent  `json:"event,omitempty"`
	Stream *aiBotStream `json:"stream,omitempty"`
}

type aiBotFrom struct {
	UserID string `json:"userid"`
}

type aiBotStream struct {
	ID string `json:"id"`
}

type aiBotBody struct {
	MsgType string      `json:"msgtype"`
	Text    *aiBotText  `json:"text,omitempty"`
	Voice   *aiBotText  `json:"voice,omitempty"`
	Image   *aiBotURL   `json:"image,omitempty"`
	File    *aiBotURL   `json:"file,omitempty"`
	Video   *aiBotURL   `json:"video,omitempty"`
	Mixed   *aiBotMixed `json:"mixed,omitempty"`
}

type aiBotText struct {
	Content string `json:"content"`
}

type aiBotURL struct {
	URL string `json:"url"`
}

type aiBotMixed struct {
	Items []aiBotBody `json:"msg_item"`
}

// newCallback begins a callback about somebody in a chat. The caller holds
// s.mu.
func (b *aiBot) newCallback(userID string, chat aiBotChat) *aiBotCallback {
	in := &aiBotCallback{
		MsgID: b.msgID("told"), AIBotID: b.AIBotID, From: aiBotFrom{userID}, ChatID: chat.chatID, ChatType: "single",
	}
	if chat.chatID != "" {
		in.ChatType = "group"
	}
	return in
}

// tell sends a robot a callback, and calls answer, with the corp locked, with
// what it says to that: nil is nothing. A callback that is sent once is answered
// with nothing, too, if there is no answer in time. tell reports whether the
// robot listens. The caller holds s.mu.
func (b *aiBot) tell(s *Server, e Event, in *aiBotCallback, once bool, answer func(reply map[string]any)) bool {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(in); err != nil {
		s.problemf("callback of robot %s: %v", b.AIBotID, err)
		return false
	}
	s.deliverMu.Lock()
	defer s.deliverMu.Unlock()
	cb := s.aiBotCallback(b)
	if cb == nil {
		return false
	}
	restores := s.restores
	answered := func(a Attempt) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.restores != restores {
			return // it would answer what is no more
		}
		var reply map[string]any
		if a.Reply != "" {
			reply, _ = parseBody([]byte(a.Reply)) // passiveJSON has checked it
		}
		answer(reply)
	}
	w := s.mishap(e)
	d := &Delivery{
		AIBotID: b.AIBotID,
		Event:   e, Body: string(bytes.TrimSpace(body.Bytes())), Mishap: w.String(),
	}
	s.deliveries.add(d, origin{})
	if w.lost {
		s.clock.afterFunc(callbackLimit, func() { answered(Attempt{}) })
	}
	cb.post(&parcel{d: d, way: w, copies: w.copies, once: once, answered: answered, receiveID: cb.keys.ReceiveID})
	return true
}

// aiBotCallback returns where a robot listens, or nil. The caller holds
// s.deliverMu.
func (s *Server) aiBotCallback(b *aiBot) *callback {
	for _, cb := range s.callbacks {
		if cb.bot == b {
			return cb
		}
	}
	return nil
}
