package callback_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// newSimBot is a robot that the simulator's people talk to.
func newSimBot(t *testing.T, sim *wecomtest.Server, opts ...callback.Option) (*callback.Handler, string, callback.Keys) {
	t.Helper()
	id := sim.AddAIBot(wecomtest.AIBot{Name: "RobotA"})
	keys := callback.Keys(sim.AIBotKeys(id))
	keys.ReceiveID = callback.NoReceiveID
	h, err := callback.NewHandler(keys, opts...)
	require.NoError(t, err)
	return h, id, keys
}

// The simulator has its own reading of the robots' pages: it checks, decrypts
// and shows what the robot says.
func TestRobotOnTheSimulator(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sim := wecomtest.New(t)
		h, bot, keys := newSimBot(t, sim, callback.WithWorkers(1, 1))
		responder, err := callback.NewRobotResponder(sim.Options()...)
		require.NoError(t, err)
		streams := callback.NewRobotStreams(h, 10, nil)
		feedback := callback.RobotFeedback{ID: "f1"}

		callback.OnReply(h, func(context.Context, *callback.RobotEnterChat) (callback.Reply, error) {
			return callback.RobotTextReply{Content: "hello"}, nil
		})
		callback.OnReply(h, func(ctx context.Context, m *callback.RobotTextMessage) (callback.Reply, error) {
			reply, err := streams.Start(ctx, func(ctx context.Context, w *callback.RobotStreamWriter) error {
				for i := range 3 {
					fmt.Fprintf(w, "%d ", i)
					time.Sleep(1500 * time.Millisecond)
				}
				if err := responder.Respond(ctx, m.ResponseURL, callback.RobotMarkdown{Content: "**later**"}); err != nil {
					return err
				}
				assert.Error(t, responder.Respond(ctx, m.ResponseURL, callback.RobotMarkdown{Content: "too often"}))
				return w.AddImage(png())
			})
			reply.Feedback = feedback
			return reply, err
		})
		callback.OnReply(h, func(_ context.Context, m *callback.RobotImageMessage) (callback.Reply, error) {
			resp, err := sim.HTTPClient().Get(m.Image.URL)
			if err != nil {
				return nil, err
			}
			defer resp.Body.Close()
			r, err := keys.DecryptFile(resp.Body, 1000)
			if err != nil {
				return nil, err
			}
			data, err := io.ReadAll(r)
			return callback.RobotStreamReply{ID: "s-image", Finish: true, Content: fmt.Sprintf("%q", data)}, err
		})
		callback.OnReply(h, func(context.Context, *callback.RobotVoiceMessage) (callback.Reply, error) {
			card := vote(t)
			card.Checkbox.Disable = false
			return callback.RobotTemplateCardReply{TemplateCard: card}, nil
		})
		callback.OnReply(h, func(_ context.Context, e *callback.RobotTemplateCardEvent) (callback.Reply, error) {
			assert.Equal(t, []callback.RobotSelectedItem{{QuestionKey: "question_key", OptionIDs: []string{"id_two"}}}, e.SelectedItems)
			card := vote(t)
			card.TaskID, card.MainTitle.Title = "", "voted"
			return callback.RobotUpdateTemplateCardReply{TemplateCard: card}, nil
		})
		var rated *callback.RobotFeedbackEvent
		callback.On(h, func(_ context.Context, e *callback.RobotFeedbackEvent) error {
			rated = e
			return nil
		})
		require.NoError(t, sim.SetCallback(wecomtest.Callback{AIBotID: bot, Handler: h}))

		alice, people := sim.AddMember(wecomtest.Member{UserID: "alice"}), sim.Act()
		people.EnterAIBotChat(alice, bot)
		people.WriteToAIBot(alice, bot, wecomtest.AIBotContent{Text: "count"})
		time.Sleep(2500 * time.Millisecond)
		stream := sim.AIBotChat(bot, alice, "")[2]
		assert.Equal(t, "0 1 ", stream.Text)
		assert.False(t, stream.Finished)
		require.NoError(t, streams.Close(t.Context()))
		synctest.Wait() // for the last answer on its way
		chat := sim.AIBotChat(bot, alice, "")
		require.Len(t, chat, 4)
		assert.Equal(t, "hello", chat[0].Text)
		assert.Equal(t, "0 1 2 ", chat[2].Text)
		assert.Equal(t, [][]byte{png()}, chat[2].Images)
		assert.True(t, chat[2].Finished)
		assert.Equal(t, "**later**", chat[3].Text)

		people.RateAIBot(alice, chat[2].ID, wecomtest.AIBotFeedback{Type: 2, Content: "no", InaccurateReasonList: []int{1}})
		people.WriteToAIBot(alice, bot, wecomtest.AIBotContent{MsgType: "image", Data: png()})
		people.WriteToAIBot(alice, bot, wecomtest.AIBotContent{MsgType: "voice", Text: "vote"})
		time.Sleep(10 * time.Second)
		require.NotNil(t, rated)
		assert.Equal(t, feedback.ID, rated.ID)
		assert.Equal(t, []callback.RobotInaccurateReason{callback.RobotInaccurateIrrelevant}, rated.InaccurateReasonList)
		chat = sim.AIBotChat(bot, alice, "")
		require.Len(t, chat, 8)
		assert.Equal(t, fmt.Sprintf("%q", png()), chat[5].Text)

		people.ClickAIBotCard(alice, chat[7].ID, "submit_key", wecomtest.Selection{QuestionKey: "question_key", OptionID: []string{"id_two"}})
		time.Sleep(time.Second)
		assert.Contains(t, string(sim.AIBotChat(bot, alice, "")[7].Card), "voted")
		assert.Empty(t, sim.Problems())
	})
}

// A robot that fails leaves WeCom's questions without an answer, or the user
// with an apology.
func TestRobotFailsOnTheSimulator(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sim := wecomtest.New(t)
		h, bot, _ := newSimBot(t, sim)
		streams := callback.NewRobotStreams(h, 10, func(err error) string { return "Sorry: " + err.Error() })
		callback.OnReply(h, func(ctx context.Context, _ *callback.RobotTextMessage) (callback.Reply, error) {
			return streams.Start(ctx, func(context.Context, *callback.RobotStreamWriter) error { return errors.New("no model") })
		})
		require.NoError(t, sim.SetCallback(wecomtest.Callback{AIBotID: bot, Handler: h}))
		alice := sim.AddMember(wecomtest.Member{UserID: "alice"})
		sim.Act().MentionAIBot(alice, bot, "group1", wecomtest.AIBotContent{Text: "hi"})
		sim.WaitDeliveries(1)
		require.NoError(t, streams.Close(t.Context()))
		synctest.Wait()
		chat := sim.AIBotChat(bot, alice, "group1")
		require.Len(t, chat, 2)
		assert.Equal(t, "Sorry: no model", chat[1].Text)
		assert.True(t, chat[1].Finished)
	})
}
