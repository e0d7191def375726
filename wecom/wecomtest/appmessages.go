package wecomtest

import (
	"crypto/sha256"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// An AppMessage is what an app wrote to a member.
type AppMessage struct {
	MsgID    string          `json:"msgid"`
	AgentID  int64           `json:"agentid,omitzero"`
	Time     time.Time       `json:"time,omitzero"`
	MsgType  string          `json:"msgtype,omitzero"`
	Text     string          `json:"text,omitzero"` // of text and markdown, cut to what is shown
	Body     json.RawMessage `json:"body,omitzero"` // the object named like MsgType, as it was sent
	Safe     int             `json:"safe,omitzero"` // 1 confidential, 2 not beyond the corp (mpnews only)
	Recalled bool            `json:"recalled,omitzero"`

	ReplaceName string `json:"replace_name,omitzero"` // what the button of a card says since an update, and can be clicked no more
}

const (
	maxAppText     = 2048 // bytes
	recallLife     = 24 * time.Hour
	maxPerMinute   = 30 // messages of one app to one member
	maxPerHour     = 1000
	duplicateLife  = 1800 // seconds, unless the request says otherwise
	maxUsers       = 1000
	maxParties     = 100
	maxMemberTags  = 100
	safeInsideCorp = 2
)

type appMessageStore struct {
	byID     map[string]*AppMessage
	byMember map[string][]*AppMessage
	times    map[appRecipient][]time.Time // of the last hour's messages
	contents map[appContent]time.Time     // when the member got it last
	tags     map[int64][]string           // the directory's tags: userids
	sent     map[appDay]int               // messages that members got
	cards    cardStore
}

type appRecipient struct {
	agentID int64
	userID  string
}

type appContent struct {
	appRecipient
	sum [sha256.Size]byte
}

func newAppMessageStore() appMessageStore {
	return appMessageStore{
		byID:     make(map[string]*AppMessage),
		byMember: make(map[string][]*AppMessage),
		times:    make(map[appRecipient][]time.Time),
		contents: make(map[appContent]time.Time),
		tags:     make(map[int64][]string),
		sent:     make(map[appDay]int),
		cards:    newCardStore(),
	}
}

// take counts a message to a member, unless they have had as many of the app
// as they may: WeCom drops what is more and says nothing.
func (s *appMessageStore) take(to appRecipient, now time.Time) bool {
	hour := slices.DeleteFunc(s.times[to], func(t time.Time) bool { return now.Sub(t) >= time.Hour })
	minute := 0
	for _, t := range hour {
		if now.Sub(t) < time.Minute {
			minute++
		}
	}
	ok := len(hour) < maxPerHour && minute < maxPerMinute
	if ok {
		hour = append(hour, now)
	}
	s.times[to] = hour
	return ok
}

func appMessageHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/message/send":                 handle(sendAppMessage),
		"/cgi-bin/message/recall":               handle(recallAppMessage),
		"/cgi-bin/message/update_template_card": handle(updateTemplateCard),
		"/cgi-bin/message/update_taskcard":      handle(updateTaskCard),
		"/cgi-bin/message/get_statistics":       handle(getMessageStatistics),
	}
}

type sendAppMessageRequest struct {
	ToUser  string `json:"touser"`
	ToParty string `json:"toparty"`
	ToTag   string `json:"totag"`
	MsgType string `json:"msgtype"`
	AgentID *int64 `json:"agentid"`
	Safe    int    `json:"safe"`
	duplicateCheck
}

// duplicateCheck asks that nobody gets the same message twice in a while.
type duplicateCheck struct {
	EnableDuplicateCheck   int   `json:"enable_duplicate_check"`
	DuplicateCheckInterval int64 `json:"duplicate_check_interval"`
}

type sendAppMessageReply struct {
	InvalidUser    string `json:"invaliduser,omitempty"`
	InvalidParty   string `json:"invalidparty,omitempty"`
	InvalidTag     string `json:"invalidtag,omitempty"`
	UnlicensedUser string `json:"unlicenseduser,omitempty"`
	MsgID          string `json:"msgid"`
	ResponseCode   string `json:"response_code,omitempty"`
}

func sendAppMessage(x *exchange, req sendAppMessageRequest) (any, error) {
	switch {
	case req.AgentID == nil && req.MsgType != "miniprogram_notice":
		return nil, Refuse(41011, "agentid missing")
	case req.AgentID != nil && *req.AgentID != x.app.AgentID:
		return nil, Refuse(301002, "not allow operate another agent with this accesstoken")
	case req.Safe == safeInsideCorp && req.MsgType != "mpnews":
		return nil, Refuse(40058, "wecomtest: safe is 2, but this is no mpnews")
	}
	if err := x.checkTaskID(req.MsgType, object(x.args, req.MsgType)); err != nil {
		return nil, err
	}
	body, raw, err := x.messageBody(req.MsgType)
	if err != nil {
		return nil, err
	}
	to, reply, err := x.recipients(req)
	if err != nil {
		return nil, err
	}
	m := x.addAppMessage(req.MsgType, body, raw, req.Safe)
	reply.MsgID = m.MsgID
	if taskID := str(body, "task_id"); taskID != "" {
		x.corp.appMessages.cards.byTask[cardTask{m.AgentID, taskID}] = m
	}
	if req.MsgType == "template_card" && answers(body) {
		reply.ResponseCode = x.corp.responseCode(m, x.now)
	}
	for _, userID := range to {
		if !x.duplicate(req.duplicateCheck, userID) {
			x.deliver(m, userID)
		}
	}
	return reply, nil
}

// messageBody returns the object named like the msgtype, and how it was sent.
func (x *exchange) messageBody(msgType string) (body map[string]any, raw json.RawMessage, err error) {
	body, ok := x.args[msgType].(map[string]any)
	if !ok {
		return nil, nil, Refuse(40063, "wecomtest: "+msgType+" is missing")
	}
	if err := x.appMessageBody(msgType, body); err != nil {
		return nil, nil, err
	}
	raw, err = json.Marshal(body)
	return body, raw, err
}

// addAppMessage makes a message that nobody has got yet.
func (x *exchange) addAppMessage(msgType string, body map[string]any, raw json.RawMessage, safe int) *AppMessage {
	store := &x.corp.appMessages
	m := &AppMessage{
		MsgID:   x.corp.opaque("app message", len(store.byID)+1, 64),
		AgentID: x.app.AgentID,
		Time:    x.now,
		MsgType: msgType,
		Text:    cut(str(body, "content"), maxAppText),
		Body:    raw,
		Safe:    safe,
	}
	store.byID[m.MsgID] = m
	return m
}

// deliver gives a message to a member, or silently does not if they had too
// many.
func (x *exchange) deliver(m *AppMessage, userID string) {
	store := &x.corp.appMessages
	if !store.take(appRecipient{m.AgentID, userID}, x.now) {
		return
	}
	store.byMember[userID] = append(store.byMember[userID], m)
	store.sent[newAppDay(m.AgentID, x.now)]++
}

// duplicate reports whether the member got the same message within the
// interval, if the request asks for the check.
func (x *exchange) duplicate(req duplicateCheck, userID string) bool {
	if req.EnableDuplicateCheck == 0 {
		return false
	}
	interval := req.DuplicateCheckInterval
	if interval == 0 {
		interval = duplicateLife
	}
	whole, err := json.Marshal(x.args) // in the order of the names
	if err != nil {
		return false
	}
	key := appContent{appRecipient{x.app.AgentID, userID}, sha256.Sum256(whole)}
	last, ok := x.corp.appMessages.contents[key]
	if ok && x.now.Sub(last) < time.Duration(interval)*time.Second {
		return true
	}
	x.corp.appMessages.contents[key] = x.now
	return false
}

// recipients returns whom the message reaches, each once, and the reply that
// names the others.
func (x *exchange) recipients(req sendAppMessageRequest) (to []string, reply sendAppMessageReply, err error) {
	users, parties, tags := pipeList(req.ToUser), pipeList(req.ToParty), pipeList(req.ToTag)
	everyone := slices.Equal(users, []string{"@all"})
	switch {
	case len(users)+len(parties)+len(tags) == 0:
		return nil, reply, Refuse(82001, "wecomtest: no user, party or tag is given")
	case len(users) > maxUsers:
		return nil, reply, Refuse(40032, "invalid userid list size")
	case len(parties) > maxParties:
		return nil, reply, Refuse(82002, "invalid party list size")
	case len(tags) > maxMemberTags:
		return nil, reply, Refuse(82003, "invalid tag list size")
	case everyone && req.MsgType == "miniprogram_notice":
		return nil, reply, Refuse(40058, "wecomtest: a miniprogram_notice cannot go to @all")
	case everyone:
		users, parties, tags = x.corp.members.order, nil, nil
	}
	var named, noUser, unlicensed []string
	for _, id := range users {
		if userID := x.corp.userID(id); userID != "" && x.app.sees(userID) {
			named = append(named, userID)
		} else if !everyone {
			noUser = append(noUser, strings.ToLower(id))
		}
	}
	group := func(ids []string, members func(int64) []string) (invalid []string) {
		for _, id := range ids {
			n, err := strconv.ParseInt(id, 10, 64)
			in := members(n)
			if err != nil || len(in) == 0 {
				invalid = append(invalid, id)
			}
			named = append(named, in...)
		}
		return invalid
	}
	noParty, noTag := group(parties, x.department), group(tags, x.memberTag)
	for _, userID := range unique(named) {
		if x.corp.members.byID[userID].Unlicensed {
			unlicensed = append(unlicensed, strings.ToLower(userID))
			continue
		}
		to = append(to, userID)
	}
	if len(to) == 0 {
		return nil, reply, Refuse(81013, "user & party & tag all invalid")
	}
	join := func(list []string) string { return strings.Join(list, "|") }
	return to, sendAppMessageReply{
		InvalidUser:    join(noUser),
		InvalidParty:   join(noParty),
		InvalidTag:     join(noTag),
		UnlicensedUser: join(unlicensed),
	}, nil
}

// userID finds a member who is there, whatever the case of the id.
func (c *corp) userID(id string) string {
	if m := c.members.byID[id]; m != nil && !m.Left {
		return id
	}
	for _, userID := range c.members.order {
		if strings.EqualFold(userID, id) && !c.members.byID[userID].Left {
			return userID
		}
	}
	return ""
}

// memberTag returns the members of a directory tag whom the app sees.
func (x *exchange) memberTag(id int64) []string {
	var users []string
	for _, userID := range x.corp.appMessages.tags[id] {
		if !x.corp.members.byID[userID].Left && x.app.sees(userID) {
			users = append(users, userID)
		}
	}
	return users
}

// pipeList reads "a|b | c".
func pipeList(s string) []string {
	var list []string
	for part := range strings.SplitSeq(s, "|") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// cut shortens s to n bytes of whole characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

type recallAppMessageRequest struct {
	MsgID string `json:"msgid"`
}

func recallAppMessage(x *exchange, req recallAppMessageRequest) (any, error) {
	m := x.corp.appMessages.byID[req.MsgID]
	switch {
	case m == nil:
		return nil, Refuse(40058, "wecomtest: no such msgid")
	case m.AgentID != x.app.AgentID:
		return nil, Refuse(301002, "not allow operate another agent with this accesstoken")
	case x.now.Sub(m.Time) >= recallLife:
		return nil, Refuse(42052, "wecomtest: the message is over 24 hours old")
	}
	m.Recalled = true
	return nil, nil
}

// AppMessages returns what apps wrote to a member, oldest first, cards as the
// last update left them.
func (s *Server) AppMessages(userID string) []AppMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []AppMessage{}
	for _, m := range s.corp.appMessages.byMember[userID] {
		out := *m
		if now := s.corp.appMessages.cards.updates[cardOf{m.MsgID, userID}]; now != nil {
			out.ReplaceName = now.replaceName
			if now.body != nil {
				out.Body = now.body
			}
		}
		out.Body = slices.Clone(out.Body)
		list = append(list, out)
	}
	return list
}

// MemberTag adds a tag of the directory, which app messages may go to.
func (d Seeder) MemberTag(tagID int64, userIDs ...string) {
	d.s.helper()
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	for _, id := range userIDs {
		d.s.member(id)
	}
	d.s.corp.appMessages.tags[tagID] = slices.Clone(userIDs)
}
