package wecomtest

import (
	"slices"
	"time"
)

const (
	maxReminders = 3
	reminderSpan = 24 * time.Hour
)

type groupMsgRequest struct {
	MsgID string `json:"msgid"`
}

// remindGroupMsgSend asks everybody once more who has not sent.
func remindGroupMsgSend(x *exchange, req groupMsgRequest) (any, error) {
	m, err := x.runningMassSend(req.MsgID)
	if err != nil {
		return nil, err
	}
	m.reminders = slices.DeleteFunc(m.reminders, func(t time.Time) bool { return x.now.Sub(t) >= reminderSpan })
	if len(m.reminders) >= maxReminders {
		return nil, Refuse(41094, "wecomtest: three reminders in 24 hours")
	}
	m.reminders = append(m.reminders, x.now)
	for _, t := range m.visible(x) {
		if t.Status != taskSent {
			t.Reminded++
			t.ignored = false
		}
	}
	return nil, nil
}

// cancelGroupMsgSend stops those who have not sent. What was sent stays.
func cancelGroupMsgSend(x *exchange, req groupMsgRequest) (any, error) {
	m, err := x.runningMassSend(req.MsgID)
	if err != nil {
		return nil, err
	}
	m.Cancelled = true
	return nil, nil
}

// runningMassSend returns an app's mass send that was not cancelled.
func (x *exchange) runningMassSend(msgID string) (*massSend, error) {
	m := x.corp.massSends.byID[msgID]
	switch {
	case m == nil, m.Creator != "", len(m.visible(x)) == 0:
		return nil, Refuse(41047, "invalid mass msg id")
	case m.Cancelled:
		return nil, Refuse(41093, "wecomtest: the mass send was cancelled")
	}
	return m, nil
}
