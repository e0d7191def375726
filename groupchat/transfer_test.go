package groupchat_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/groupchat"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A group that cannot move is no error of the call.
func TestTransfersThatFailInPart(t *testing.T) {
	t.Parallel()
	type transfer = func(*groupchat.Service, context.Context, groupchat.TransferRequest) (*groupchat.TransferResult, error)
	tests := []struct {
		name, op string
		call     transfer
	}{
		{"owner has left", "externalcontact/groupchat/transfer", (*groupchat.Service).Transfer},
		{"owner is at work", "externalcontact/groupchat/onjob_transfer", (*groupchat.Service).OnjobTransfer},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv := wecomtest.New(t)
			srv.Handle(tt.op, func(c wecomtest.Call) (any, error) {
				assert.Equal(t, "wr2", c.Value("chat_id_list[1]"))
				assert.Equal(t, "bob", c.Value("new_owner"))
				return map[string]any{"failed_chat_list": []any{map[string]any{"chat_id": "wr2", "errcode": 90500, "errmsg": "not resigned"}}}, nil
			})

			got, err := tt.call(groupchat.New(srv.NewClient()), t.Context(), groupchat.TransferRequest{ChatIDList: []string{"wr1", "wr2"}, NewOwner: "bob"})

			require.NoError(t, err)
			assert.True(t, got.Partial())
			assert.Equal(t, []groupchat.FailedChat{{ChatID: "wr2", ErrCode: wecom.CodeGroupOwnerNotLeft, ErrMsg: "not resigned"}}, got.FailedChatList)
			assert.False(t, new(groupchat.TransferResult).Partial())
		})
	}
}
