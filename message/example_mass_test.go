package message_test

import (
	"context"
	"fmt"

	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A mass message is a task: members confirm it, and only then does it go out.
// What became of it is read back member by member.
func Example_mass() {
	sim := wecomtest.NewServer()
	defer sim.Close()
	alice := sim.AddMember(wecomtest.Member{UserID: "alice"})
	zoe, tom := sim.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"}), sim.AddCustomer(alice, wecomtest.Customer{Name: "Tom"})
	client, err := wecom.New(sim.Credential(), sim.Options()...)
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, messages := context.Background(), message.New(client)

	created, err := messages.AddMsgTemplate(ctx, message.AddMsgTemplateRequest{
		ExternalUserID: []string{zoe, tom, "wmStranger"},
		Text:           message.Text{Content: "Tea tasting on Sunday"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("cannot be reached:", created.FailList)

	sim.Act().ConfirmSend(created.MsgID, alice) // Alice presses the button

	for task, err := range messages.AllGroupMsgTasks(ctx, message.GetGroupMsgTaskRequest{MsgID: created.MsgID}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(task.UserID, task.Status)
		sent := 0
		for send, err := range messages.AllGroupMsgSendResults(ctx, message.GetGroupMsgSendResultRequest{MsgID: created.MsgID, UserID: task.UserID}) {
			if err != nil {
				fmt.Println(err)
				return
			}
			if send.Status == message.SendStatusSent {
				sent++
			}
		}
		fmt.Println("customers who got it:", sent)
	}
	// Output:
	// cannot be reached: [wmStranger]
	// alice Sent
	// customers who got it: 2
}
