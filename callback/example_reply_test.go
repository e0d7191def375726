package callback_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A member who writes to the app gets an answer at once. It is part of the
// answer to the callback, encrypted, and needs no call of the API.
func ExampleOnReply() {
	sim := wecomtest.NewServer()
	defer sim.Close()

	h, err := callback.NewHandler(callback.Keys(sim.Keys()))
	if err != nil {
		fmt.Println(err)
		return
	}
	callback.OnReply(h, func(_ context.Context, m *callback.TextMessage) (callback.Reply, error) {
		if !strings.Contains(m.Content, "open") {
			return nil, nil // no reply
		}
		return callback.TextReply{Content: "We are open from nine to six."}, nil
	})
	sim.Callback(h)

	sim.AddMember(wecomtest.Member{UserID: "alice"})
	sim.Emit(wecomtest.Event{MsgType: "text", FromUserName: "alice", Elements: []wecomtest.Element{
		{Name: "Content", Value: "When do you open?"}, {Name: "MsgId", Value: 1},
	}})
	sim.WaitDeliveries(1)

	_, reply, _ := strings.Cut(sim.Deliveries()[0].Attempts[0].Reply, "<Content>")
	fmt.Println(strings.TrimSuffix(reply, "</Content></xml>"))
	// Output: <![CDATA[We are open from nine to six.]]>
}
