package wecomtest

import (
	"slices"
	"time"
)

// A ChatMessage is a message as the people in a chat see it. WeCom shows its
// text and each attachment as a message of their own.
type ChatMessage struct {
	Time        time.Time    `json:"time"`
	From        string       `json:"from"`          // userid or external_userid of who wrote or sent it
	Kind        Kind         `json:"kind,omitzero"` // of what an app had a part in; "" is typed by hand
	MsgID       string       `json:"msgid,omitzero"`
	Text        string       `json:"text,omitzero"`
	Attachments []Attachment `json:"attachments,omitzero"`
}

// typedStore is what people wrote by hand and said the words of.
type typedStore struct {
	single map[relationKey][]typedMessage
	group  map[string][]typedMessage // by chat_id
}

// typedMessage came after that many of receivedStore.
type typedMessage struct {
	ChatMessage
	after int
}

func newTypedStore() typedStore {
	return typedStore{single: make(map[relationKey][]typedMessage), group: make(map[string][]typedMessage)}
}

// typed keeps the words that somebody wrote in the chat of two.
func (c *corp) typed(key relationKey, from string, now time.Time, texts []string) {
	list := c.typing.single[key]
	c.typing.single[key] = append(list, typedMessages(from, now, texts, len(c.received[key.externalUserID]))...)
}

// typedInGroup keeps the words that somebody wrote in a group chat.
func (c *corp) typedInGroup(chatID, from string, now time.Time, texts []string) {
	list := c.typing.group[chatID]
	c.typing.group[chatID] = append(list, typedMessages(from, now, texts, len(c.received[chatID]))...)
}

func typedMessages(from string, now time.Time, texts []string, after int) []typedMessage {
	list := make([]typedMessage, 0, len(texts))
	for _, text := range texts {
		list = append(list, typedMessage{ChatMessage{Time: now, From: from, Text: text}, after})
	}
	return list
}

// Conversation returns what a member and a customer see in their chat, oldest
// first: what they wrote to each other, if the words are known, and what
// [Server.Received] tells of this member.
func (s *Server) Conversation(userID, externalUserID string) []ChatMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.merged(s.corp.typing.single[relationKey{userID, externalUserID}], s.corp.received[externalUserID], userID)
}

// GroupConversation returns what everybody in a group chat sees, oldest first.
func (s *Server) GroupConversation(chatID string) []ChatMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.merged(s.corp.typing.group[chatID], s.corp.received[chatID], "")
}

// merged puts what people typed between what they received, from one member
// unless it is "". The caller holds s.mu.
func (s *Server) merged(typed []typedMessage, received []Received, from string) []ChatMessage {
	list, now := []ChatMessage{}, s.clock.Now()
	for i := range len(received) + 1 {
		for len(typed) > 0 && typed[0].after <= i {
			list, typed = append(list, typed[0].ChatMessage), typed[1:]
		}
		if i < len(received) && (from == "" || received[i].UserID == from) {
			r := &received[i]
			list = append(list, ChatMessage{r.Time, r.UserID, r.Kind, r.MsgID, r.Text, slices.Clone(r.Attachments)})
		}
	}
	list = slices.DeleteFunc(list, func(m ChatMessage) bool { return m.Time.After(now) }) // on its way
	slices.SortStableFunc(list, func(a, b ChatMessage) int { return a.Time.Compare(b.Time) })
	return list
}
