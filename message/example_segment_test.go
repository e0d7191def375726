package message_test

import (
	"context"
	"fmt"
	"time"

	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// Two members are to write to those of their customers who carry two tags. What
// becomes of it is told customer by customer, as the members confirm.
func Example_segment() {
	sim := wecomtest.NewServer()
	defer sim.Close()
	tags := sim.Seed().TagGroup(wecomtest.TagGroup{GroupName: "g", Tag: []wecomtest.Tag{{ID: "etGold", Name: "gold"}, {ID: "etNorth", Name: "north"}}}).Tag
	for member, customer := range map[string]string{"alice": "wmZoe", "bob": "wmAmy"} {
		sim.AddMember(wecomtest.Member{UserID: member})
		sim.Seed().Customer(wecomtest.Customer{ExternalUserID: customer, FollowUser: []wecomtest.Follow{{UserID: member, TagID: []string{tags[0].ID, tags[1].ID}}}})
	}
	client, err := wecom.New(sim.Credential(), sim.Options()...)
	if err != nil {
		fmt.Println(err)
		return
	}
	messages := message.New(client)
	ctx, cancel := context.WithTimeout(context.Background(), 24*time.Hour)
	defer cancel()

	tasks, err := messages.AddMsgTemplateBySender(ctx, []string{"alice", "bob", "ghost"}, message.AddMsgTemplateRequest{
		TagFilter: message.TaggedWith("etGold", "etNorth"),
		Text:      message.Text{Content: "Tea tasting on Sunday"},
	})
	if err != nil { // nobody at all was asked
		fmt.Println(err)
		return
	}
	for _, task := range tasks {
		fmt.Println(task.Sender, "asked:", task.Err == nil)
	}

	sim.Act().ConfirmSend(tasks[0].MsgID, "alice") // the members press the button
	sim.Act().ConfirmSend(tasks[1].MsgID, "bob")

	for sent, err := range messages.WaitGroupMsg(ctx, tasks.MsgID()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(sent.UserID, sent.ExternalUserID, sent.Status)
	}
	// Output:
	// alice asked: true
	// bob asked: true
	// ghost asked: false
	// alice wmZoe Sent
	// bob wmAmy Sent
}
