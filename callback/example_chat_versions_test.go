package callback_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"sync"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/groupchat"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// Who is in a group, kept by its events alone. WeCom loses one of them here;
// the version on the next tells, and the group is read again.
func ExampleChatVersions() {
	sim := wecomtest.NewServer()
	defer sim.Close()
	groups := groupchat.New(sim.NewClient())
	var members sync.Map // a table, in real life
	versions := callback.NewChatVersions(10_000)

	changed := func(ctx context.Context, e *callback.UpdateExternalChat) error {
		order := versions.Check(e)
		fmt.Println(e.UpdateDetail, e.MemChangeList, order)
		switch order {
		case callback.ChatNext:
			for _, id := range e.MemChangeList {
				if e.UpdateDetail == callback.UpdateDetailAddMember {
					members.Store(id, true)
				} else {
					members.Delete(id)
				}
			}
			versions.Set(e.Corp(), e.ChatID, e.CurMemVer)
		case callback.ChatFirst, callback.ChatGap:
			group, err := groups.Get(ctx, groupchat.GetRequest{ChatID: e.ChatID})
			if err != nil {
				return err // still a gap when the next event comes
			}
			members.Clear()
			for _, m := range group.MemberList {
				members.Store(m.UserID, true)
			}
			versions.Set(e.Corp(), e.ChatID, group.MemberVersion)
		case callback.ChatSeen: // we have it already
		}
		return nil
	}
	h, err := callback.NewHandler(callback.Keys(sim.Keys()))
	if err != nil {
		fmt.Println(err)
		return
	}
	callback.On(h, changed)
	srv := httptest.NewServer(h)
	defer srv.Close()
	if err := sim.SetCallback(wecomtest.Callback{URL: srv.URL}); err != nil {
		fmt.Println(err)
		return
	}

	chat := sim.Seed().GroupChat(wecomtest.GroupChat{Owner: sim.AddMember(wecomtest.Member{UserID: "alice"})})
	sim.Deliver().After(2).Times(1).Lose()
	for i, name := range []string{"wmZoe", "wmTom", "wmYan", "wmLee"} {
		customer := sim.Seed().Customer(wecomtest.Customer{ExternalUserID: name})
		sim.Act().JoinGroupChat(chat, wecomtest.GroupMember{UserID: customer})
		sim.WaitDeliveries(i + 1)
	}
	sim.Act().LeaveGroupChat(chat, "wmZoe")
	sim.WaitDeliveries(5)

	for _, id := range []string{"alice", "wmZoe", "wmTom", "wmYan", "wmLee"} {
		_, in := members.Load(id)
		fmt.Println(id, in)
	}
	// Output:
	// add_member [wmZoe] first
	// add_member [wmTom] next
	// add_member [wmLee] gap
	// del_member [wmZoe] next
	// alice true
	// wmZoe false
	// wmTom true
	// wmYan true
	// wmLee true
}
