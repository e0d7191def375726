package message

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"time"

	"github.com/wecomkit/wecom-go/wecom"
)

// GroupMsgOutcome is what finally became of a mass message for one customer or
// group.
type GroupMsgOutcome struct {
	GroupMsgSend

	MsgID string // the mass message
}

// errLoopLeft says that the caller wants no more rows.
var errLoopLeft = errors.New("loop left")

const (
	firstGroupMsgPoll = 2 * time.Second
	slowGroupMsgPoll  = time.Minute
	groupMsgSettles   = 10 * time.Minute // after a member has confirmed
)

// WaitGroupMsg yields what becomes of mass messages, customer by customer, as
// members confirm them: the rows of [Service.AllGroupMsgSendResults], each once,
// as soon as Status is no longer SendStatusUnsent. Customers who are unsent ten
// minutes after their member confirmed have been left out, which AllowSelect
// allows, and are yielded as they are. It ends when every member has confirmed.
//
// Members may take days, or never confirm: bound the wait with ctx. When that
// ends, the error matches ctx.Err(), and [Service.AllGroupMsgTasks] tells whom
// it waited for. To range again, in another process for instance, begins at the
// first row.
//
// It asks for the tasks of each message less and less often, at last once a
// minute, and for the results of a member once they have confirmed.
func (s *Service) WaitGroupMsg(ctx context.Context, msgID []string) iter.Seq2[GroupMsgOutcome, error] {
	return func(yield func(GroupMsgOutcome, error) bool) {
		open := make([]*groupMsgWatch, len(msgID))
		emit := func(o GroupMsgOutcome) error {
			if !yield(o, nil) {
				return errLoopLeft
			}
			return nil
		}
		for i, id := range msgID {
			open[i] = &groupMsgWatch{s: s, msgID: id, done: map[string]bool{}, rows: map[groupMsgRow]bool{}}
		}
		for pause := firstGroupMsgPoll; ; pause = min(2*pause, slowGroupMsgPoll) {
			var still []*groupMsgWatch
			for _, w := range open {
				done, err := w.look(ctx, emit)
				if errors.Is(err, errLoopLeft) {
					return
				}
				if err != nil {
					yield(GroupMsgOutcome{}, err)
					return
				}
				if !done {
					still = append(still, w)
				}
			}
			if open = still; len(open) == 0 {
				return
			}
			if err := s.client.Clock().Sleep(ctx, pause); err != nil {
				yield(GroupMsgOutcome{}, fmt.Errorf("message: %d of %d mass messages are not confirmed by every member: %w", len(open), len(msgID), err))
				return
			}
		}
	}
}

// A groupMsgWatch is how far the wait for one mass message is.
type groupMsgWatch struct {
	s     *Service
	msgID string
	done  map[string]bool      // members whose rows are all yielded
	rows  map[groupMsgRow]bool // yielded, of the others
}

type groupMsgRow struct{ userID, externalUserID, chatID string }

// look emits what is final and new, and reports whether everything is.
func (w *groupMsgWatch) look(ctx context.Context, emit func(GroupMsgOutcome) error) (bool, error) {
	final := true
	for task, err := range w.s.AllGroupMsgTasks(ctx, GetGroupMsgTaskRequest{MsgID: w.msgID}) {
		switch {
		case wecom.IsCode(err, wecom.CodeMassMsgDispatching):
			return false, nil
		case err != nil:
			return false, err
		case w.done[task.UserID]:
			continue
		case task.Status != TaskStatusSent:
			final = false
			continue
		}
		done, err := w.lookAt(ctx, task, emit)
		if err != nil {
			return false, err
		}
		final = final && done
	}
	return final, nil
}

// lookAt does the same for one member who has confirmed.
func (w *groupMsgWatch) lookAt(ctx context.Context, task GroupMsgTask, emit func(GroupMsgOutcome) error) (bool, error) {
	final := true
	settled := !task.SendTime.IsZero() && w.s.client.Clock().Now().Sub(task.SendTime.Time) >= groupMsgSettles
	for send, err := range w.s.AllGroupMsgSendResults(ctx, GetGroupMsgSendResultRequest{MsgID: w.msgID, UserID: task.UserID}) {
		row := groupMsgRow{task.UserID, send.ExternalUserID, send.ChatID}
		switch {
		case wecom.IsCode(err, wecom.CodeMassMsgDispatching):
			return false, nil
		case err != nil:
			return false, err
		case send.Status == SendStatusUnsent && !settled:
			final = false
			continue
		case w.rows[row]:
			continue
		}
		w.rows[row] = true
		if err := emit(GroupMsgOutcome{GroupMsgSend: send, MsgID: w.msgID}); err != nil {
			return false, err
		}
	}
	if final {
		w.done[task.UserID] = true
		maps.DeleteFunc(w.rows, func(row groupMsgRow, _ bool) bool { return row.userID == task.UserID })
	}
	return final, nil
}
