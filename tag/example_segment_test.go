package tag_test

import (
	"context"
	"fmt"

	"github.com/wecomkit/wecom-go/tag"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A shop tags the customers of its autumn sale, so that a mass message can
// reach them later. The tag's group is made along with it, if need be.
func Example_segment() {
	srv := wecomtest.NewServer()
	defer srv.Close()
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	zoe := srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})

	ctx := context.Background()
	tags := tag.New(srv.NewClient())

	group, err := tags.AddCorpTag(ctx, tag.AddCorpTagRequest{GroupName: "campaign", Tag: []tag.AddCorpTag{{Name: "autumn sale"}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	sale := group.Tag[0]
	if err := tags.Mark(ctx, tag.MarkRequest{UserID: alice, ExternalUserID: zoe, AddTag: []string{sale.ID}}); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(group.GroupName, "/", sale.Name)

	// Output:
	// campaign / autumn sale
}
