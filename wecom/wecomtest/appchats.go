package wecomtest

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// An AppChat is a group of members that an app made: 应用群聊会话.
type AppChat struct {
	ChatID   string   `json:"chat_id"`
	Name     string   `json:"name,omitzero"`
	Owner    string   `json:"owner,omitzero"`
	UserList []string `json:"user_list,omitzero"`
	AgentID  int64    `json:"agentid,omitzero"` // of the app that made it
}

// An AppChatMessage is what the app wrote into an [AppChat].
type AppChatMessage struct {
	Time    time.Time       `json:"time"`
	MsgType string          `json:"msgtype,omitzero"`
	Text    string          `json:"text,omitzero"`   // of text and markdown
	Body    json.RawMessage `json:"body,omitzero"`   // the object named like MsgType, as it was sent
	Safe    int             `json:"safe,omitzero"`   // 1 confidential
	Missed  []string        `json:"missed,omitzero"` // userids who had too many messages of the app and did not get it
}

const (
	maxAppChatName    = 50 // characters
	minAppChatUsers   = 2
	maxAppChatUsers   = 2000
	appChatsPerDay    = 1000 // of the corp
	appChatsPerMinute = 20_000
	appChatsPerHour   = 150_000 // recipients, of a small corp
	chatMinuteLimit   = 200     // messages of one app to one member
	chatDayLimit      = 10_000
)

type appChatStore struct {
	byID    map[string]*appChat
	created tally // of the day
	minute  tally // recipients
	hour    tally
	got     map[appRecipient]*recipientTally
}

type appChat struct {
	AppChat
	messages []AppChatMessage
}

// recipientTally is how many messages of one app a member got in chats.
type recipientTally struct{ minute, day tally }

// tally counts within one window of time.
type tally struct {
	start int64
	n     int
}

// add counts n more, unless that were more than most in the window.
func (t *tally) add(start time.Time, n, most int) bool {
	if t.start != start.Unix() {
		*t = tally{start: start.Unix()}
	}
	if t.n+n > most {
		return false
	}
	t.n += n
	return true
}

func newAppChatStore() appChatStore {
	return appChatStore{byID: make(map[string]*appChat), got: make(map[appRecipient]*recipientTally)}
}

// take counts a message to a member, unless they have had as many of the app
// as they may: WeCom drops what is more and says nothing.
func (s *appChatStore) take(to appRecipient, now time.Time) bool {
	got := s.got[to]
	if got == nil {
		got = &recipientTally{}
		s.got[to] = got
	}
	return got.minute.add(now.Truncate(time.Minute), 1, chatMinuteLimit) && got.day.add(chinaDay(now), 1, chatDayLimit)
}

// tidy drops members who left the corp, and gives a chat whose owner is gone
// to the next member.
func (g *appChat) tidy(c *corp) {
	g.UserList = slices.DeleteFunc(g.UserList, func(id string) bool { return c.members.byID[id].Left })
	if !slices.Contains(g.UserList, g.Owner) && len(g.UserList) > 0 {
		g.Owner = g.UserList[0]
	}
}

func appChatHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/appchat/create": handle(createAppChat),
		"/cgi-bin/appchat/update": handle(updateAppChat),
		"/cgi-bin/appchat/get":    handle(getAppChat),
		"/cgi-bin/appchat/send":   handle(sendAppChatMessage),
	}
}

type appChatWire struct {
	ChatID   string   `json:"chatid"`
	Name     string   `json:"name"`
	Owner    string   `json:"owner"`
	UserList []string `json:"userlist"`
}

type createAppChatReply struct {
	ChatID string `json:"chatid"`
}

func createAppChat(x *exchange, req appChatWire) (any, error) {
	store := &x.corp.appChats
	users, err := x.chatUsers(req.UserList)
	switch {
	case x.app.Visible != nil:
		return nil, Refuse(60011, "no privilege to access/modify contact/party/agent")
	case err != nil:
		return nil, err
	case len(users) < minAppChatUsers:
		return nil, Refuse(86006, "wecomtest: a chat has two members at least")
	case strings.Trim(req.ChatID, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") != "":
		return nil, Refuse(86001, "invalid chatid")
	case store.byID[req.ChatID] != nil:
		return nil, Refuse(86215, "chatid existed")
	}
	g := &appChat{AppChat: AppChat{
		ChatID:   req.ChatID,
		Name:     cutChars(req.Name, maxAppChatName),
		Owner:    users[0],
		UserList: users,
		AgentID:  x.app.AgentID,
	}}
	if req.Owner != "" {
		g.Owner = x.corp.userID(req.Owner)
	}
	if !slices.Contains(users, g.Owner) {
		return nil, Refuse(86005, "wecomtest: the owner is not in userlist")
	}
	if !store.created.add(chinaDay(x.now), 1, appChatsPerDay) {
		return nil, Refuse(45009, "api freq out of limit")
	}
	if g.ChatID == "" {
		g.ChatID = x.corp.nextID("wrapp")
	}
	store.byID[g.ChatID] = g
	return createAppChatReply{g.ChatID}, nil
}

// chatUsers reads a list of members who are there.
func (x *exchange) chatUsers(ids []string) ([]string, error) {
	users := make([]string, 0, len(ids))
	for _, id := range ids {
		userID := x.corp.userID(id)
		if userID == "" {
			return nil, Refuse(86007, "wecomtest: userlist has somebody who is no member")
		}
		users = append(users, userID)
	}
	return unique(users), nil
}

// cutChars shortens s to n characters.
func cutChars(s string, n int) string {
	runes := []rune(s)
	return string(runes[:min(n, len(runes))])
}

type updateAppChatRequest struct {
	ChatID      string   `json:"chatid"`
	Name        string   `json:"name"`
	Owner       string   `json:"owner"`
	AddUserList []string `json:"add_user_list"`
	DelUserList []string `json:"del_user_list"`
}

func updateAppChat(x *exchange, req updateAppChatRequest) (any, error) {
	g, err := x.ownAppChat(req.ChatID)
	if err != nil {
		return nil, err
	}
	added, err := x.chatUsers(req.AddUserList)
	if err != nil {
		return nil, err
	}
	users := slices.DeleteFunc(unique(slices.Concat(g.UserList, added)), func(id string) bool {
		return slices.ContainsFunc(req.DelUserList, func(gone string) bool { return strings.EqualFold(gone, id) })
	})
	owner := g.Owner
	if req.Owner != "" {
		owner = x.corp.userID(req.Owner)
	}
	switch {
	case len(users) < minAppChatUsers, len(users) > maxAppChatUsers:
		return nil, Refuse(86006, "wecomtest: a chat has 2 to 2,000 members")
	case req.Owner != "" && !slices.Contains(users, owner):
		return nil, Refuse(86005, "wecomtest: the owner is not in the chat")
	}
	g.UserList, g.Owner = users, owner
	if req.Name != "" {
		g.Name = cutChars(req.Name, maxAppChatName)
	}
	g.tidy(x.corp)
	return nil, nil
}

// ownAppChat returns a chat that the app made.
func (x *exchange) ownAppChat(chatID string) (*appChat, error) {
	g := x.corp.appChats.byID[chatID]
	switch {
	case x.app.Visible != nil:
		return nil, Refuse(60011, "no privilege to access/modify contact/party/agent")
	case g == nil:
		return nil, Refuse(86003, "chatid not exist")
	case g.AgentID != x.app.AgentID:
		return nil, Refuse(86008, "wecomtest: another app made the chat")
	}
	g.tidy(x.corp)
	return g, nil
}

type getAppChatReply struct {
	ChatInfo appChatWire `json:"chat_info"`
}

func getAppChat(x *exchange, _ struct{}) (any, error) {
	g, err := x.ownAppChat(x.query.Get("chatid"))
	if err != nil {
		return nil, err
	}
	return getAppChatReply{appChatWire{g.ChatID, g.Name, g.Owner, g.UserList}}, nil
}

type sendAppChatMessageRequest struct {
	ChatID  string `json:"chatid"`
	MsgType string `json:"msgtype"`
	Safe    int    `json:"safe"`
}

func sendAppChatMessage(x *exchange, req sendAppChatMessageRequest) (any, error) {
	g, err := x.ownAppChat(req.ChatID)
	if err != nil {
		return nil, err
	}
	body, raw, err := x.messageBody(req.MsgType)
	if err != nil {
		return nil, err
	}
	store, n := &x.corp.appChats, len(g.UserList)
	if !store.minute.add(x.now.Truncate(time.Minute), n, appChatsPerMinute) ||
		!store.hour.add(x.now.Truncate(time.Hour), n, appChatsPerHour) {
		return nil, Refuse(45009, "api freq out of limit")
	}
	m := AppChatMessage{Time: x.now, MsgType: req.MsgType, Text: str(body, "content"), Body: raw, Safe: req.Safe}
	for _, userID := range g.UserList {
		if !store.take(appRecipient{g.AgentID, userID}, x.now) {
			m.Missed = append(m.Missed, userID)
		}
	}
	g.messages = append(g.messages, m)
	return nil, nil
}

// AppChat returns a copy of an app's chat, or the zero AppChat.
func (s *Server) AppChat(chatID string) AppChat {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.corp.appChats.byID[chatID]
	if g == nil {
		return AppChat{}
	}
	g.tidy(s.corp)
	out := g.AppChat
	out.UserList = slices.Clone(g.UserList)
	return out
}

// AppChatMessages returns what the app wrote into its chat, oldest first.
func (s *Server) AppChatMessages(chatID string) []AppChatMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []AppChatMessage{}
	if g := s.corp.appChats.byID[chatID]; g != nil {
		for _, m := range g.messages {
			m.Body, m.Missed = slices.Clone(m.Body), slices.Clone(m.Missed)
			list = append(list, m)
		}
	}
	return list
}

// LeaveAppChat lets a member leave an app's chat. WeCom tells nobody.
func (a Actor) LeaveAppChat(chatID, userID string) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	g := a.s.corp.appChats.byID[chatID]
	if g == nil || !slices.Contains(g.UserList, userID) {
		a.s.fatalf("wecomtest: %q is not in app chat %q", userID, chatID)
	}
	g.UserList = slices.DeleteFunc(g.UserList, func(id string) bool { return id == userID })
	g.tidy(a.s.corp)
}
