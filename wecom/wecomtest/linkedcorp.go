package wecomtest

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// linkedStore knows the members of linked corps (互联企业), whose ids hold the
// corpid: "wwLinked/zoe".
type linkedStore struct {
	order   []string            // userids
	byParty map[string][]string // userids, by "linkedid/partyid"
}

func newLinkedStore() linkedStore { return linkedStore{byParty: make(map[string][]string)} }

func linkedHandlers() map[string]handler {
	return map[string]handler{"/cgi-bin/linkedcorp/message/send": handle(sendLinkedMessage)}
}

type sendLinkedMessageRequest struct {
	ToUser  []string          `json:"touser"`
	ToParty []string          `json:"toparty"`
	ToTag   []json.RawMessage `json:"totag"` // texts or numbers
	ToAll   int               `json:"toall"`
	MsgType string            `json:"msgtype"`
	AgentID int64             `json:"agentid"`
	Safe    int               `json:"safe"`
}

type sendLinkedMessageReply struct {
	InvalidUser  []string `json:"invaliduser,omitempty"`
	InvalidParty []string `json:"invalidparty,omitempty"`
	InvalidTag   []string `json:"invalidtag,omitempty"`
}

func sendLinkedMessage(x *exchange, req sendLinkedMessageRequest) (any, error) {
	switch {
	case req.AgentID != x.app.AgentID:
		return nil, Refuse(301002, "not allow operate another agent with this accesstoken")
	case req.ToAll == 0 && len(req.ToUser)+len(req.ToParty)+len(req.ToTag) == 0:
		return nil, Refuse(82001, "wecomtest: no user, party or tag is given")
	}
	body, raw, err := x.messageBody(req.MsgType)
	if err != nil {
		return nil, err
	}
	to, reply := x.linkedRecipients(req)
	if len(to) == 0 {
		return nil, Refuse(81013, "user & party & tag all invalid")
	}
	m := x.addAppMessage(req.MsgType, body, raw, req.Safe)
	for _, userID := range to {
		x.deliver(m, userID)
	}
	return reply, nil
}

// linkedRecipients returns whom the message reaches, in this corp and in those
// that are linked, and the reply that names the others.
func (x *exchange) linkedRecipients(req sendLinkedMessageRequest) (to []string, reply sendLinkedMessageReply) {
	if req.ToAll == 1 {
		for _, userID := range x.corp.members.order {
			if !x.corp.members.byID[userID].Left && x.app.sees(userID) {
				to = append(to, userID)
			}
		}
		return slices.Concat(to, x.corp.linked.order), reply
	}
	for _, id := range req.ToUser {
		userID := x.linkedUser(id)
		if userID == "" {
			reply.InvalidUser = append(reply.InvalidUser, strings.ToLower(id))
			continue
		}
		to = append(to, userID)
	}
	for _, id := range req.ToParty {
		users := x.corp.linked.byParty[id]
		if n, err := strconv.ParseInt(id, 10, 64); err == nil {
			users = x.department(n)
		}
		if len(users) == 0 {
			reply.InvalidParty = append(reply.InvalidParty, id)
		}
		to = append(to, users...)
	}
	for _, raw := range req.ToTag {
		id := strings.Trim(string(raw), `"`)
		n, err := strconv.ParseInt(id, 10, 64)
		users := x.memberTag(n)
		if err != nil || len(users) == 0 {
			reply.InvalidTag = append(reply.InvalidTag, id)
		}
		to = append(to, users...)
	}
	return unique(to), reply
}

// linkedUser finds a member of this corp or of a linked one, or returns "".
func (x *exchange) linkedUser(id string) string {
	for _, userID := range x.corp.linked.order {
		if strings.EqualFold(userID, id) {
			return userID
		}
	}
	if userID := x.corp.userID(id); userID != "" && x.app.sees(userID) {
		return userID
	}
	return ""
}

// LinkedMember adds a member of a linked corp, such as "wwLinked/zoe", to
// parties such as "linked1/2". [Server.AppMessages] tells what they got.
func (d Seeder) LinkedMember(userID string, partyIDs ...string) {
	d.s.helper()
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	for _, id := range append([]string{userID}, partyIDs...) {
		if before, after, ok := strings.Cut(id, "/"); !ok || before == "" || after == "" {
			d.s.fatalf("wecomtest: LinkedMember: %q is no id of a linked corp", id)
		}
	}
	store := &d.s.corp.linked
	store.order = append(store.order, userID)
	for _, id := range partyIDs {
		store.byParty[id] = append(store.byParty[id], userID)
	}
}
