package moment_test

import (
	"context"
	"fmt"
	"time"

	"github.com/wecomkit/wecom-go/moment"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A shop publishes a moment: a job makes the task, a member confirms it, and
// then her customers see it.
func Example_publish() {
	sim := wecomtest.NewServer()
	defer sim.Close()
	alice := sim.AddMember(wecomtest.Member{UserID: "alice"})
	zoe := sim.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
	client, err := wecom.New(sim.Credential(), sim.Options()...)
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, moments := context.Background(), moment.New(client)

	task, err := moments.AddTask(ctx, moment.AddTaskRequest{
		Text:         moment.Text{Content: "The new tea is here."},
		VisibleRange: moment.VisibleRange{SenderList: moment.SenderList{UserList: []string{alice, "bob"}}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	sim.Clock().Advance(5 * time.Second) // the job takes its time
	outcome, err := moments.WaitTask(ctx, task.JobID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("cannot publish:", outcome.InvalidSenderList.UserList)

	sim.Act().PublishMoment(outcome.MomentID, alice) // Alice presses the button
	for _, m := range sim.MomentsSeen(zoe) {
		fmt.Println("Zoe reads:", m.Text)
	}
	// Output:
	// cannot publish: [bob]
	// Zoe reads: The new tea is here.
}
