package groupchat_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/groupchat"
	"github.com/wecomkit/wecom-go/internal/codec"
)

func TestRequestsOnTheWire(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		req  any
		want string
	}{
		{"limit is required", groupchat.ListRequest{}, `{"limit":0}`},
		{"owners", groupchat.ListRequest{OwnerFilter: groupchat.OwnerFilter{UserIDList: []string{"a"}}, Limit: 10}, `{"owner_filter":{"userid_list":["a"]},"limit":10}`},
		{"names are not asked for", groupchat.GetRequest{ChatID: "wr1"}, `{"chat_id":"wr1"}`},
		{"names are asked for", groupchat.GetRequest{ChatID: "wr1", NeedName: true}, `{"chat_id":"wr1","need_name":1}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := codec.AppendJSON(nil, tt.req)
			require.NoError(t, err)
			assert.Equal(t, tt.want, string(got))
		})
	}
}

func TestEnums(t *testing.T) {
	t.Parallel()
	tests := []struct{ known, unknown, name string }{
		{groupchat.StatusNormal.String(), groupchat.Status(99).String(), "Status"},
		{groupchat.StatusFilterInherited.String(), groupchat.StatusFilter(99).String(), "StatusFilter"},
		{groupchat.MemberTypeExternal.String(), groupchat.MemberType(99).String(), "MemberType"},
		{groupchat.JoinSceneQRCode.String(), groupchat.JoinScene(99).String(), "JoinScene"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			assert.NotContains(t, tt.known, "(")
			assert.Equal(t, tt.name+"(99)", tt.unknown)
		})
	}
}
