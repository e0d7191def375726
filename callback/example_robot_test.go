package callback_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A model that takes its time to answer.
func answer(ctx context.Context, question string, w io.Writer) error {
	for word := range strings.FieldsSeq("You asked: " + question + ". **42**, of course.") {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
		if _, err := fmt.Fprint(w, word, " "); err != nil {
			return err
		}
	}
	return nil
}

// An intelligent robot that answers with a language model. The user watches the
// answer grow.
func ExampleRobotStreams() {
	sim := wecomtest.NewServer(wecomtest.WithStreamRefresh(20 * time.Millisecond))
	defer sim.Close()
	bot := sim.AddAIBot(wecomtest.AIBot{Name: "Oracle"})
	keys := callback.Keys(sim.AIBotKeys(bot))
	keys.ReceiveID = callback.NoReceiveID // as for all robots of the corp itself

	h, err := callback.NewHandler(keys)
	if err != nil {
		fmt.Println(err)
		return
	}
	streams := callback.NewRobotStreams(h, 100, func(error) string { return "Sorry, please ask again." })
	callback.OnReply(h, func(ctx context.Context, m *callback.RobotTextMessage) (callback.Reply, error) {
		return streams.Start(ctx, func(ctx context.Context, w *callback.RobotStreamWriter) error {
			return answer(ctx, m.Text.Content, w)
		})
	})
	if err := sim.SetCallback(wecomtest.Callback{AIBotID: bot, Handler: h}); err != nil {
		fmt.Println(err)
		return
	}

	alice := sim.AddMember(wecomtest.Member{UserID: "alice"})
	sim.Act().WriteToAIBot(alice, bot, wecomtest.AIBotContent{Text: "What is the answer"})
	sim.WaitDeliveries(1)
	if err := streams.Close(context.Background()); err != nil { // before the server stops
		fmt.Println(err)
	}
	sim.Clock().Advance(time.Second) // the last answer arrives
	for _, m := range sim.AIBotChat(bot, alice, "") {
		fmt.Println(m.UserID+":", m.Text)
	}
	// Output:
	// alice: What is the answer
	// : You asked: What is the answer. **42**, of course.
}
