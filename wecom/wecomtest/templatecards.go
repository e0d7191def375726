package wecomtest

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// responseLife is how long a response_code may be used.
const responseLife = 72 * time.Hour

// cardStore keeps what cards were sent and what became of them.
type cardStore struct {
	byTask  map[cardTask]*AppMessage
	codes   map[string]*responseCode
	updates map[cardOf]*cardUpdate
}

type cardTask struct {
	agentID int64
	taskID  string
}

// cardOf is a card as one member sees it.
type cardOf struct{ msgID, userID string }

type cardUpdate struct {
	replaceName string
	body        json.RawMessage // nil if it is still the first one
}

// responseCode is the right to update a card, once.
type responseCode struct {
	m      *AppMessage
	issued time.Time
	used   bool
}

func newCardStore() cardStore {
	return cardStore{
		byTask:  make(map[cardTask]*AppMessage),
		codes:   make(map[string]*responseCode),
		updates: make(map[cardOf]*cardUpdate),
	}
}

func (c *corp) responseCode(m *AppMessage, now time.Time) string {
	codes := c.appMessages.cards.codes
	code := c.opaque("response code", len(codes)+1, 64)
	codes[code] = &responseCode{m: m, issued: now}
	return code
}

type updateTemplateCardRequest struct {
	UserIDs      []string          `json:"userids"`
	PartyIDs     []int64           `json:"partyids"`
	TagIDs       []int64           `json:"tagids"`
	AtAll        int               `json:"atall"`
	AgentID      int64             `json:"agentid"`
	ResponseCode string            `json:"response_code"`
	Button       *cardButtonUpdate `json:"button"`
}

type cardButtonUpdate struct {
	ReplaceName string `json:"replace_name"`
}

type updateCardReply struct {
	InvalidUser []string `json:"invaliduser,omitempty"`
}

func updateTemplateCard(x *exchange, req updateTemplateCardRequest) (any, error) {
	code := x.corp.appMessages.cards.codes[req.ResponseCode]
	switch {
	case req.AgentID != x.app.AgentID:
		return nil, Refuse(301002, "not allow operate another agent with this accesstoken")
	case code == nil, code.used, x.now.Sub(code.issued) >= responseLife:
		return nil, Refuse(60140, "invalid response_code")
	case code.m.AgentID != x.app.AgentID:
		return nil, Refuse(42015, "wecomtest: another app sent the card")
	}
	update, err := x.cardUpdate(req, code.m)
	if err != nil {
		return nil, err
	}
	to, invalid, err := x.cardTargets(req, code.m)
	if err != nil {
		return nil, err
	}
	code.used = true
	for _, userID := range to {
		x.corp.appMessages.cards.updates[cardOf{code.m.MsgID, userID}] = update
	}
	return updateCardReply{invalid}, nil
}

// cardUpdate reads what the card becomes.
func (x *exchange) cardUpdate(req updateTemplateCardRequest, m *AppMessage) (*cardUpdate, error) {
	card, ok := x.args["template_card"].(map[string]any)
	if !ok {
		switch {
		case req.Button == nil:
			return nil, Refuse(40063, "wecomtest: neither button nor template_card")
		case strings.HasSuffix(cardType(m.Body), "_notice"):
			return nil, Refuse(40058, "wecomtest: the card has no button to update")
		}
		return &cardUpdate{replaceName: req.Button.ReplaceName}, nil
	}
	if err := checkCard(card, cardNeeds(str(card, "card_type")), x.usableFile); err != nil {
		return nil, err
	}
	raw, err := json.Marshal(card)
	if err != nil {
		return nil, err
	}
	return &cardUpdate{replaceName: str(card, "replace_text"), body: raw}, nil
}

func cardType(body json.RawMessage) string {
	var card struct {
		CardType string `json:"card_type"`
	}
	_ = json.Unmarshal(body, &card) // it was checked when it came
	return card.CardType
}

// cardTargets returns whose card changes, and who was named in vain.
func (x *exchange) cardTargets(req updateTemplateCardRequest, m *AppMessage) (to, invalid []string, err error) {
	has := func(userID string) bool { return slices.Contains(x.corp.appMessages.byMember[userID], m) }
	if req.AtAll == 1 {
		for userID := range x.corp.appMessages.byMember {
			if has(userID) {
				to = append(to, userID)
			}
		}
		return to, nil, nil
	}
	if len(req.UserIDs)+len(req.PartyIDs)+len(req.TagIDs) == 0 {
		return nil, nil, Refuse(82101, "wecomtest: no userids, partyids, tagids or atall")
	}
	to, invalid = x.cardUsers(req.UserIDs, m)
	for _, id := range req.PartyIDs {
		to = append(to, slices.DeleteFunc(x.department(id), func(userID string) bool { return !has(userID) })...)
	}
	for _, id := range req.TagIDs {
		to = append(to, slices.DeleteFunc(x.memberTag(id), func(userID string) bool { return !has(userID) })...)
	}
	if len(to) == 0 {
		return nil, nil, Refuse(82102, "wecomtest: nobody named has the card")
	}
	return to, invalid, nil
}

// cardUsers tells who has the message from who has not, or is out of sight.
func (x *exchange) cardUsers(userIDs []string, m *AppMessage) (to, invalid []string) {
	for _, id := range userIDs {
		userID := x.corp.userID(id)
		if userID == "" || !x.app.sees(userID) || !slices.Contains(x.corp.appMessages.byMember[userID], m) {
			invalid = append(invalid, strings.ToLower(id))
			continue
		}
		to = append(to, userID)
	}
	return to, invalid
}

type updateTaskCardRequest struct {
	UserIDs     []string `json:"userids"`
	AgentID     int64    `json:"agentid"`
	TaskID      string   `json:"task_id"`
	ReplaceName string   `json:"replace_name"`
}

// updateTaskCard changes the button of an interactive_taskcard, the kind of
// card that came before template_card.
func updateTaskCard(x *exchange, req updateTaskCardRequest) (any, error) {
	m := x.corp.appMessages.cards.byTask[cardTask{x.app.AgentID, req.TaskID}]
	switch {
	case req.AgentID != x.app.AgentID:
		return nil, Refuse(301002, "not allow operate another agent with this accesstoken")
	case m == nil, m.MsgType != "interactive_taskcard":
		return nil, Refuse(42016, "wecomtest: no task card of this task_id")
	}
	to, invalid := x.cardUsers(req.UserIDs, m)
	for _, userID := range to {
		x.corp.appMessages.cards.updates[cardOf{m.MsgID, userID}] = &cardUpdate{replaceName: req.ReplaceName}
	}
	return updateCardReply{invalid}, nil
}
