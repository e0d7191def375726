package groupchat_test

import (
	"context"
	"fmt"

	"github.com/wecomkit/wecom-go/groupchat"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// How many customers does each group of a member reach? Owners are named,
// because listing the groups of everybody fails in a large corp.
func Example_members() {
	srv := wecomtest.NewServer()
	defer srv.Close()
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	zoe, yan := srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"}), srv.AddCustomer(alice, wecomtest.Customer{Name: "Yan"})
	srv.Seed().GroupChat(wecomtest.GroupChat{Name: "regulars", Owner: alice, MemberList: []wecomtest.GroupMember{{UserID: zoe}, {UserID: yan}}})
	srv.Seed().GroupChat(wecomtest.GroupChat{Name: "new", Owner: alice})

	ctx := context.Background()
	groups := groupchat.New(srv.NewClient())

	req := groupchat.ListRequest{OwnerFilter: groupchat.OwnerFilter{UserIDList: []string{alice}}}
	for listed, err := range groups.All(ctx, req) {
		if err != nil {
			fmt.Println(err)
			return
		}
		group, err := groups.Get(ctx, groupchat.GetRequest{ChatID: listed.ChatID})
		if err != nil {
			fmt.Println(err)
			return
		}
		customers := 0
		for _, m := range group.MemberList {
			if m.Type == groupchat.MemberTypeExternal {
				customers++
			}
		}
		fmt.Println(group.Name, customers)
	}

	// Output:
	// regulars 2
	// new 0
}
