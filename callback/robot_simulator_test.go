package callback_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// simulated is a robot of the simulator with this package's handler behind it,
// whom alice talks to. The simulator fails the test for every reply that WeCom
// would not take.
func simulated(t *testing.T) (*wecomtest.Server, string, *callback.Handler) {
	t.Helper()
	srv := wecomtest.New(t)
	srv.Clock().Freeze(time.Unix(1700000000, 0))
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	bot := srv.AddAIBot(wecomtest.AIBot{Name: "RobotA"})
	k := srv.AIBotKeys(bot)
	keys := callback.Keys{Token: k.Token, EncodingAESKey: k.EncodingAESKey, ReceiveID: callback.NoReceiveID}
	h, err := callback.NewHandler(keys, callback.WithClock(srv.Clock()))
	require.NoError(t, err)
	require.NoError(t, srv.SetCallback(wecomtest.Callback{AIBotID: bot, Handler: h}))
	return srv, bot, h
}

// One robot streams, sends cards, updates them, welcomes and hears of ratings.
func TestRobotOnTheSimulator(t *testing.T) {
	t.Parallel()
	srv, bot, h := simulated(t)
	callback.OnReply(h, func(_ context.Context, e *callback.RobotEnterChat) (callback.Reply, error) {
		return callback.RobotTextReply{Content: "hello " + e.From.UserID}, nil
	})
	callback.OnReply(h, func(_ context.Context, e *callback.RobotTextMessage) (callback.Reply, error) {
		return callback.RobotStreamReply{ID: "s1", Content: "1", Feedback: callback.RobotFeedback{ID: "f1"}}, nil
	})
	refreshes := 0
	callback.OnReply(h, func(_ context.Context, e *callback.RobotStream) (callback.Reply, error) {
		if refreshes++; refreshes < 3 {
			return callback.RobotStreamReply{ID: e.ID, Content: "12"}, nil
		}
		return callback.RobotStreamReply{ID: e.ID, Content: "123", Finish: true, MsgItem: []callback.RobotStreamImage{{Data: []byte("\x89PNG\r\n\x1a\n")}}}, nil
	})
	rated := make(chan string, 1)
	callback.On(h, func(_ context.Context, e *callback.RobotFeedbackEvent) error {
		rated <- e.ID
		return nil
	})

	srv.Deliver().Of("text").Duplicate()
	srv.Act().EnterAIBotChat("alice", bot)
	srv.Act().WriteToAIBot("alice", bot, wecomtest.AIBotContent{Text: "count"})
	srv.Clock().Advance(3 * time.Second)

	chat := srv.AIBotChat(bot, "alice", "")
	require.Len(t, chat, 3)
	assert.Equal(t, "hello alice", chat[0].Text)
	assert.Equal(t, "123", chat[2].Text)
	assert.True(t, chat[2].Finished)
	assert.Len(t, chat[2].Images, 1)
	srv.Act().RateAIBot("alice", chat[2].ID, wecomtest.AIBotFeedback{Type: 1})
	srv.WaitDeliveries(6)
	assert.Equal(t, "f1", <-rated)
}

// Cards of each type are sent, pressed and replaced.
func TestRobotCardsOnTheSimulator(t *testing.T) {
	t.Parallel()
	for cardType, card := range map[callback.RobotCardType]callback.RobotTemplateCard{
		callback.RobotCardTextNotice:          new(callback.RobotTextNoticeCard),
		callback.RobotCardNewsNotice:          new(callback.RobotNewsNoticeCard),
		callback.RobotCardButtonInteraction:   new(callback.RobotButtonInteractionCard),
		callback.RobotCardVoteInteraction:     new(callback.RobotVoteInteractionCard),
		callback.RobotCardMultipleInteraction: new(callback.RobotMultipleInteractionCard),
	} {
		t.Run(string(cardType), func(t *testing.T) {
			t.Parallel()
			sample := strings.ReplaceAll(string(robotSample(t, "card."+string(cardType))), `"disable": true`, `"disable": false`) // of updates only
			require.NoError(t, json.Unmarshal([]byte(sample), card))
			srv, bot, h := simulated(t)
			callback.OnReply(h, func(context.Context, *callback.RobotTextMessage) (callback.Reply, error) {
				return callback.RobotStreamWithTemplateCardReply{Stream: callback.RobotStreamReply{ID: "s1", Finish: true}, TemplateCard: card}, nil
			})
			callback.OnReply(h, func(_ context.Context, e *callback.RobotTemplateCardEvent) (callback.Reply, error) {
				assert.Equal(t, cardType, e.CardType)
				return callback.RobotUpdateTemplateCardReply{UserIDs: []string{e.From.UserID}, TemplateCard: callback.RobotTextNoticeCard{
					MainTitle: callback.CardMainTitle{Title: "done"}, TaskID: e.TaskID,
					CardAction: callback.CardAction{Type: callback.CardLinkURL, URL: "https://example.com"},
				}}, nil
			})

			srv.Act().MentionAIBot("alice", bot, "group1", wecomtest.AIBotContent{Text: "ask"})
			srv.WaitDeliveries(1)
			sent := srv.AIBotChat(bot, "alice", "group1")[2]
			var keys struct {
				ActionMenu struct {
					ActionList []struct{ Key string } `json:"action_list"`
				} `json:"action_menu"`
				SubmitButton struct{ Key string } `json:"submit_button"`
			}
			require.NoError(t, json.Unmarshal(sent.Card, &keys))
			if key := keys.SubmitButton.Key; key != "" {
				srv.Act().ClickAIBotCard("alice", sent.ID, key)
			} else {
				srv.Act().ClickAIBotCardMenu("alice", sent.ID, keys.ActionMenu.ActionList[0].Key)
			}
			srv.WaitDeliveries(2)

			assert.Contains(t, string(srv.AIBotChat(bot, "alice", "group1")[2].Card), `"title":"done"`)
		})
	}
}
