package message_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/message"
)

func TestEnumStrings(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		// values counts up from the first, the last one being unknown
		values []fmt.Stringer
		want   []string
	}{
		{"FilterType", upTo[message.FilterType](3), []string{"Corp", "Member", "All", "FilterType(3)"}},
		{"CreateType", upTo[message.CreateType](2), []string{"Corp", "Member", "CreateType(2)"}},
		{"TaskStatus", upTo[message.TaskStatus](3), []string{"Unsent", "TaskStatus(1)", "Sent", "TaskStatus(3)"}},
		{"SendStatus", upTo[message.SendStatus](4), []string{"Unsent", "Sent", "NotFriend", "AlreadyReceived", "SendStatus(4)"}},
		{"Safe", upTo[message.Safe](3), []string{"Off", "On", "CorpOnly", "Safe(3)"}},
		{"RecvScope", upTo[message.RecvScope](3), []string{"Parents", "Students", "Both", "RecvScope(3)"}},
		{"SubscribeMode", upTo[message.SubscribeMode](3), []string{"SubscribeMode(0)", "Open", "Closed", "SubscribeMode(3)"}},
		{"TimeType", upTo[message.TimeType](2), []string{"Today", "Yesterday", "TimeType(2)"}},
		{"CardColor", upTo[message.CardColor](4), []string{"Gray", "Black", "Red", "Green", "CardColor(4)"}},
		{"CardLinkType", upTo[message.CardLinkType](3), []string{"None", "URL", "MiniProgram", "CardLinkType(3)"}},
		{"CardContentType", upTo[message.CardContentType](4), []string{"Text", "URL", "File", "Member", "CardContentType(4)"}},
		{"CardButtonType", upTo[message.CardButtonType](2), []string{"Callback", "URL", "CardButtonType(2)"}},
		{"CardCheckboxMode", upTo[message.CardCheckboxMode](2), []string{"Single", "Multiple", "CardCheckboxMode(2)"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, v := range tt.values {
				got = append(got, v.String())
			}
			assert.Equal(t, tt.want, got)
		})
	}
}

// upTo returns 0 to last as values of E.
func upTo[E interface {
	~int
	fmt.Stringer
}](last int) []fmt.Stringer {
	var all []fmt.Stringer
	for i := range last + 1 {
		all = append(all, E(i))
	}
	return all
}
