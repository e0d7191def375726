package message

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/wecomkit/wecom-go/wecom"
)

// TaggedWith selects the customers who have each of these tags, which may be
// corp tags or tags of rule groups.
func TaggedWith(tagID ...string) TagFilter {
	f := TagFilter{GroupList: make([]TagFilterGroup, len(tagID))}
	for i, id := range tagID {
		f.GroupList[i].TagList = []string{id}
	}
	return f
}

// SenderTask is the mass message of one member.
type SenderTask struct {
	Sender   string   // the member
	MsgID    string   // empty if Err is set
	FailList []string // customers or groups that are unknown or cannot be sent to
	Err      error    // why the member was not asked
}

// SenderTasks is what became of an [Service.AddMsgTemplateBySender].
type SenderTasks []SenderTask

// MsgID returns the ids of the mass messages that were created.
func (t SenderTasks) MsgID() []string {
	var ids []string
	for _, task := range t {
		if task.Err == nil {
			ids = append(ids, task.MsgID)
		}
	}
	return ids
}

// Partial reports whether some members were not asked, or some customers or
// groups cannot be reached.
func (t SenderTasks) Partial() bool {
	for _, task := range t {
		if task.Err != nil || len(task.FailList) > 0 {
			return true
		}
	}
	return false
}

// AddMsgTemplateBySender asks each of several members to send the same message
// to those of their own customers, or groups, whom req selects: it is
// [Service.AddMsgTemplate] with each sender in turn, and req.Sender is ignored.
// With [Service.WaitGroupMsg] the outcome follows:
//
//	tasks, err := messages.AddMsgTemplateBySender(ctx, []string{"alice", "bob"}, message.AddMsgTemplateRequest{
//		TagFilter: message.TaggedWith("etGold", "etNorth"), // both tags
//		Text:      message.Text{Content: "Tea on Sunday?"},
//	})
//	...
//	for sent, err := range messages.WaitGroupMsg(ctx, tasks.MsgID()) {
//
// A failure for one member does not stop the others: it is in the member's
// task, [wecom.CodeNoCustomerToSend] for one who has no such customer. It is an
// error only if nobody at all was asked, and an empty sender, which would mean
// all members, is refused before anything is sent. A customer of two of the members may
// hear from both.
//
// Do not call it again for members whose task has no Err, or one that matches
// [wecom.ErrOutcomeUnknown]: they would be asked twice.
func (s *Service) AddMsgTemplateBySender(ctx context.Context, sender []string, req AddMsgTemplateRequest) (SenderTasks, error) {
	if len(sender) == 0 || slices.Contains(sender, "") {
		const why = "nobody, or a member without a name, is no sender: WeCom would ask all members"
		return nil, &wecom.Error{Op: opAddMsgTemplate, Code: wecom.CodeInvalidArgument, Msg: why, Client: true}
	}
	tasks, asked := make(SenderTasks, 0, len(sender)), map[string]bool{}
	var failures []error
	for _, userID := range sender {
		if asked[userID] {
			continue
		}
		asked[userID] = true
		req.Sender = userID
		task := SenderTask{Sender: userID}
		if res, err := s.AddMsgTemplate(ctx, req); err != nil {
			task.Err = err
			failures = append(failures, fmt.Errorf("%s: %w", userID, err))
		} else {
			task.MsgID, task.FailList = res.MsgID, res.FailList
		}
		tasks = append(tasks, task)
	}
	if len(failures) == len(tasks) {
		return tasks, errors.Join(failures...)
	}
	return tasks, nil
}
