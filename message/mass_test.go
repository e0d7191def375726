package message_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A segment that matched nobody must not become a message to everybody.
func TestAddMsgTemplateToAnEmptySegmentIsNotSent(t *testing.T) {
	t.Parallel()
	for _, req := range []message.AddMsgTemplateRequest{
		{ExternalUserID: []string{}, Sender: "alice"},
		{ChatIDList: []string{}, ChatType: message.ChatTypeGroup, Sender: "alice"},
		{TagFilter: message.TagFilter{GroupList: []message.TagFilterGroup{}}, Sender: "alice"},
		{TagFilter: message.TagFilter{GroupList: []message.TagFilterGroup{{TagList: []string{"et1"}}, {}}}, Sender: "alice"},
	} {
		srv := wecomtest.New(t)
		req.Text = message.Text{Content: "hello"}

		_, err := message.New(srv.NewClient()).AddMsgTemplate(t.Context(), req)

		require.ErrorIs(t, err, wecom.ErrInvalidRequest)
		assert.ErrorContains(t, err, "not sent by the client")
		assert.Zero(t, srv.Calls().Len())
	}
}
