package wecomtest

import (
	"math"
	"slices"
	"time"
)

// behaviorStore counts what members did with their customers.
type behaviorStore map[memberDay]*behavior

// memberDay is one member's day, which begins at midnight in China.
type memberDay struct {
	userID string
	day    int64
}

type behavior struct {
	applies   int // friend requests
	contacts  int // new customers
	messages  int // written
	negatives int // customers who deleted the member
	chats     map[string]*dayChat
}

// dayChat is one day of a member's chat with a customer.
type dayChat struct {
	wrote  bool          // the member did
	asked  time.Time     // when the customer began the chat; zero if the member did
	answer time.Duration // how long the customer waited
}

// of returns the counts of a member's day.
func (s behaviorStore) of(userID string, now time.Time) *behavior {
	key := memberDay{userID, midnight(now).Unix()}
	if s[key] == nil {
		s[key] = &behavior{chats: make(map[string]*dayChat)}
	}
	return s[key]
}

func (s behaviorStore) chat(userID, externalUserID string, now time.Time) *dayChat {
	chats := s.of(userID, now).chats
	if chats[externalUserID] == nil {
		chats[externalUserID] = &dayChat{}
	}
	return chats[externalUserID]
}

// asked counts a message of a customer's.
func (s behaviorStore) asked(userID, externalUserID string, now time.Time) {
	if c := s.chat(userID, externalUserID, now); !c.wrote && c.asked.IsZero() {
		c.asked = now
	}
}

// wrote counts a message of a member's.
func (s behaviorStore) wrote(userID, externalUserID string, now time.Time) {
	s.of(userID, now).messages++
	c := s.chat(userID, externalUserID, now)
	if !c.wrote && !c.asked.IsZero() {
		c.answer = now.Sub(c.asked)
	}
	c.wrote = true
}

func behaviorHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/externalcontact/get_user_behavior_data": handle(getUserBehaviorData),
	}
}

type getUserBehaviorDataRequest struct {
	UserID    []string `json:"userid"`
	PartyID   []int64  `json:"partyid"`
	StartTime int64    `json:"start_time"`
	EndTime   int64    `json:"end_time"`
}

type getUserBehaviorDataReply struct {
	BehaviorData []behaviorWire `json:"behavior_data"`
}

// behaviorWire has the two figures about answers only if a customer began a
// chat.
type behaviorWire struct {
	StatTime            int64    `json:"stat_time"`
	ChatCnt             int      `json:"chat_cnt"`
	MessageCnt          int      `json:"message_cnt"`
	ReplyPercentage     *float64 `json:"reply_percentage,omitempty"`
	AvgReplyTime        *int64   `json:"avg_reply_time,omitempty"`
	NegativeFeedbackCnt int      `json:"negative_feedback_cnt"`
	NewApplyCnt         int      `json:"new_apply_cnt"`
	NewContactCnt       int      `json:"new_contact_cnt"`
}

func getUserBehaviorData(x *exchange, req getUserBehaviorDataRequest) (any, error) {
	from, to, err := x.days(req.StartTime, req.EndTime)
	if err != nil {
		return nil, err
	}
	if len(req.UserID) == 0 && len(req.PartyID) == 0 {
		return nil, Refuse(40063, "wecomtest: neither userid nor partyid")
	}
	if err := x.checkRange(rangeWire{req.UserID, req.PartyID}); err != nil {
		return nil, err
	}
	users := slices.DeleteFunc(x.corp.usersIn(req.UserID, req.PartyID), func(id string) bool { return !x.app.sees(id) })
	reply := getUserBehaviorDataReply{}
	for d := from; !d.After(to); d = d.AddDate(0, 0, 1) {
		reply.BehaviorData = append(reply.BehaviorData, x.corp.behaviors.sum(users, d))
	}
	return reply, nil
}

const (
	statisticSpan = 30 * 24 * time.Hour
	statisticPast = 180 // days
)

// days returns the first and the last day of a statistic.
func (x *exchange) days(start, end int64) (from, to time.Time, err error) {
	from, to = midnight(time.Unix(start, 0)), midnight(time.Unix(end, 0))
	switch {
	case to.Before(from):
		err = Refuse(40058, "wecomtest: end_time is before start_time")
	case to.Sub(from) > statisticSpan:
		err = Refuse(40058, "wecomtest: more than 30 days lie between start_time and end_time")
	case from.Before(midnight(x.now).AddDate(0, 0, -statisticPast)):
		err = Refuse(40058, "wecomtest: start_time is more than 180 days ago")
	}
	return from, to, err
}

// sum adds up one day of several members.
func (s behaviorStore) sum(users []string, d time.Time) behaviorWire {
	w := behaviorWire{StatTime: d.Unix()}
	asked, answered, waited := 0, 0, time.Duration(0)
	for _, id := range users {
		b := s[memberDay{id, d.Unix()}]
		if b == nil {
			continue
		}
		w.MessageCnt += b.messages
		w.NegativeFeedbackCnt += b.negatives
		w.NewApplyCnt += b.applies
		w.NewContactCnt += b.contacts
		for _, c := range b.chats {
			if c.wrote {
				w.ChatCnt++
			}
			if !c.asked.IsZero() {
				asked++
				if c.wrote {
					answered++
					waited += c.answer
				}
			}
		}
	}
	if asked > 0 {
		percentage := math.Round(10000*float64(answered)/float64(asked)) / 100
		w.ReplyPercentage, w.AvgReplyTime = &percentage, new(int64)
		if answered > 0 {
			*w.AvgReplyTime = int64(waited.Minutes()) / int64(answered)
		}
	}
	return w
}
