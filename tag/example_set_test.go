package tag_test

import (
	"context"
	"fmt"

	"github.com/wecomkit/wecom-go/tag"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A shop's own system knows which tags a customer should have, and brings WeCom
// in line with it every night. Where nothing differs, nothing is written.
func ExampleService_Set() {
	srv := wecomtest.NewServer()
	defer srv.Close()
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	zoe := srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})

	ctx := context.Background()
	tags := tag.New(srv.NewClient())
	group, err := tags.AddCorpTag(ctx, tag.AddCorpTagRequest{GroupName: "level", Tag: []tag.AddCorpTag{{Name: "new"}, {Name: "vip"}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fresh, vip := group.Tag[0].ID, group.Tag[1].ID

	for _, night := range [][]string{{fresh}, {vip}, {vip}} {
		changed, err := tags.Set(ctx, tag.SetRequest{UserID: alice, ExternalUserID: zoe, TagID: night})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(len(changed.AddTag), "added,", len(changed.RemoveTag), "removed")
	}

	// Output:
	// 1 added, 0 removed
	// 1 added, 1 removed
	// 0 added, 0 removed
}
