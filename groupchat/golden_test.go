package groupchat_test

import (
	"testing"

	"github.com/wecomkit/wecom-go/groupchat"
	"github.com/wecomkit/wecom-go/internal/golden"
)

func TestGolden(t *testing.T) {
	t.Parallel()
	type group struct { // what the reply wraps and Get returns
		GroupChat groupchat.Group `json:"group_chat"`
	}
	golden.Run(t, []golden.Case{
		{Op: "list", Request: new(groupchat.ListRequest), Response: new(groupchat.ListResult)},
		{Op: "get", Request: new(groupchat.GetRequest), Response: new(group)},
	})
}
