package message_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/internal/codec"
	"github.com/wecomkit/wecom-go/message"
)

func TestSendRequestRecipients(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		req  message.SendRequest
		want string
	}{
		{"everybody", message.SendRequest{ToUser: []string{message.ToAll}}, `{"touser":"@all",`},
		{"departments", message.SendRequest{ToParty: []int64{7, 8}}, `{"toparty":"7|8",`},
		{"tags", message.SendRequest{ToTag: []int64{9}}, `{"totag":"9",`},
		{"nobody", message.SendRequest{}, `{`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.req.Body = message.Text{Content: "hi"}
			b, err := codec.AppendJSON(nil, tt.req)
			require.NoError(t, err)
			assert.Equal(t, tt.want+`"msgtype":"text","text":{"content":"hi"}}`, string(b))
		})
	}
}

func TestSendRequestIsNotEscaped(t *testing.T) {
	t.Parallel()
	b, err := codec.AppendJSON(nil, message.SendRequest{Body: &message.TextCard{Title: "<a&b>", Description: "一"}})
	require.NoError(t, err)
	assert.NotContains(t, string(b), `\u`)
}

func TestSendRequestThatCannotBeSent(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, want string
		req        message.SendRequest
	}{
		{"no body", "no Body", message.SendRequest{}},
		{"nil body", "no Body", message.SendRequest{Body: (*message.Text)(nil)}},
		{"two ids in one", `"a|b" is not one id`, message.SendRequest{ToUser: []string{"a|b"}, Body: message.Text{}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := codec.AppendJSON(nil, tt.req)
			assert.ErrorContains(t, err, tt.want)
		})
	}
}

func TestIDs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, wire string
		want       message.IDs
	}{
		{"joined", `"a|b"`, message.IDs{"a", "b"}},
		{"spaced", `"a | b |"`, message.IDs{"a", "b"}},
		{"empty", `""`, nil},
		{"null", `null`, nil},
		{"array", `["a","b"]`, message.IDs{"a", "b"}},
		{"empty array", `[]`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			res := message.SendResult{InvalidUser: message.IDs{"stale"}}
			require.NoError(t, codec.Decode([]byte(`{"invaliduser":`+tt.wire+`}`), &res))
			assert.Equal(t, tt.want, res.InvalidUser)
			assert.Equal(t, tt.want != nil, res.Partial())
		})
	}
}
