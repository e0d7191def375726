package message_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// sentCard is a card with buttons that Alice and Bob got.
type sentCard struct {
	srv        *wecomtest.Server
	messages   *message.Service
	alice, bob string
	agentID    int64
	*message.SendResult
}

func sendCard(t *testing.T) *sentCard {
	t.Helper()
	srv := wecomtest.New(t)
	c := &sentCard{srv: srv, alice: srv.AddMember(wecomtest.Member{UserID: "alice"}), bob: srv.AddMember(wecomtest.Member{UserID: "bob"})}
	srv.AddMember(wecomtest.Member{UserID: "carol"})
	c.messages, c.agentID = bot(t, srv, wecomtest.App{Name: "bot"})
	h, err := callback.NewHandler(callback.Keys(srv.Keys()))
	require.NoError(t, err)
	require.NoError(t, srv.SetCallback(wecomtest.Callback{Handler: h, AgentID: c.agentID}))
	c.SendResult, err = c.messages.Send(t.Context(), message.SendRequest{ToUser: []string{c.alice, c.bob}, AgentID: c.agentID, Body: message.ButtonInteractionCard{
		MainTitle: title(), TaskID: "t1", ButtonList: []message.CardButton{{Text: "take", Key: "take"}},
	}})
	require.NoError(t, err)
	return c
}

// last is Alice's card.
func (c *sentCard) last(t *testing.T) wecomtest.AppMessage {
	t.Helper()
	got := c.srv.AppMessages(c.alice)
	require.Len(t, got, 1)
	return got[0]
}

func TestGreyOutACard(t *testing.T) {
	t.Parallel()
	c := sendCard(t)

	res, err := c.messages.UpdateTemplateCard(t.Context(), message.UpdateTemplateCardRequest{
		UserIDs: []string{c.alice, "carol", "ghost"}, AgentID: c.agentID, ResponseCode: c.ResponseCode, Button: message.CardReplacement{ReplaceName: "taken"},
	})

	require.NoError(t, err)
	assert.True(t, res.Partial())
	assert.Equal(t, []string{"carol", "ghost"}, res.InvalidUser)
	assert.Equal(t, "taken", c.last(t).ReplaceName)
	assert.Empty(t, c.srv.AppMessages(c.bob)[0].ReplaceName, "not named")
}

func TestResponseCodesWorkOnce(t *testing.T) {
	t.Parallel()
	c := sendCard(t)
	update := func(code string) error {
		_, err := c.messages.UpdateTemplateCard(t.Context(), message.UpdateTemplateCardRequest{
			AtAll: true, AgentID: c.agentID, ResponseCode: code, TemplateCard: message.TextNoticeCard{
				SubTitleText: "taken", CardAction: message.CardAction{Type: message.CardLinkURL, URL: "https://shop.example"},
			},
		})
		return err
	}
	clicked := c.srv.Act().ClickCard(c.alice, c.MsgID, "take")

	require.NoError(t, update(c.ResponseCode))
	require.NoError(t, update(clicked), "each tap brings a code of its own")

	err := update(c.ResponseCode)
	assert.True(t, wecom.IsCode(err, wecom.CodeInvalidResponseCode), "%v", err)
}

func TestResponseCodesLiveThreeDays(t *testing.T) {
	t.Parallel()
	c := sendCard(t)
	c.srv.Clock().Advance(72 * time.Hour)

	_, err := c.messages.UpdateTemplateCard(t.Context(), message.UpdateTemplateCardRequest{
		AtAll: true, AgentID: c.agentID, ResponseCode: c.ResponseCode, Button: message.CardReplacement{ReplaceName: "taken"},
	})

	assert.True(t, wecom.IsCode(err, wecom.CodeInvalidResponseCode), "%v", err)
}

// A repeat after a lost reply would use up a code that is gone already.
func TestCardUpdateWithALostReplyIsNotRepeated(t *testing.T) {
	t.Parallel()
	c := sendCard(t)
	c.srv.Fault("message/update_template_card").Lost()

	_, err := c.messages.UpdateTemplateCard(t.Context(), message.UpdateTemplateCardRequest{
		AtAll: true, AgentID: c.agentID, ResponseCode: c.ResponseCode, Button: message.CardReplacement{ReplaceName: "taken"},
	})

	require.ErrorIs(t, err, wecom.ErrOutcomeUnknown)
	assert.Equal(t, "taken", c.last(t).ReplaceName)
}

// The simulator reads each card by its own table.
func TestACardBecomesAnyOther(t *testing.T) {
	t.Parallel()
	link := message.CardAction{Type: message.CardLinkURL, URL: "https://shop.example"}
	choice := message.CardSelect{QuestionKey: "q", OptionList: []message.CardOption{{ID: "o", Text: "one"}}, Disable: true}
	for _, tt := range []struct {
		cardType string
		card     message.TemplateCard
		grey     string
	}{
		{"text_notice", message.TextNoticeCard{MainTitle: title(), CardAction: link}, ""},
		{"news_notice", message.NewsNoticeCard{MainTitle: title(), CardImage: message.CardImage{URL: "https://pic.example/1.jpg"}, CardAction: link}, ""},
		{"button_interaction", message.ButtonInteractionCard{MainTitle: title(), ButtonList: []message.CardButton{{Text: "b", Key: "k"}}, ReplaceText: "done"}, "done"},
		{"vote_interaction", message.VoteInteractionCard{
			MainTitle:   title(),
			Checkbox:    message.CardCheckbox{QuestionKey: "q", OptionList: []message.CardCheckboxOption{{ID: "o", Text: "one", IsChecked: true}}, Disable: true},
			ReplaceText: "voted",
		}, "voted"},
		{"multiple_interaction", message.MultipleInteractionCard{MainTitle: title(), SelectList: []message.CardSelect{choice}, SubmitButton: message.CardSubmitButton{Text: "go", Key: "k"}}, ""},
	} {
		t.Run(tt.cardType, func(t *testing.T) {
			t.Parallel()
			c := sendCard(t)

			res, err := c.messages.UpdateTemplateCard(t.Context(), message.UpdateTemplateCardRequest{
				AtAll: true, AgentID: c.agentID, ResponseCode: c.ResponseCode, EnableIDTrans: true, TemplateCard: tt.card,
			})

			require.NoError(t, err)
			assert.False(t, res.Partial())
			var body struct {
				CardType string `json:"card_type"`
			}
			require.NoError(t, json.Unmarshal(c.last(t).Body, &body))
			assert.Equal(t, tt.cardType, body.CardType)
			assert.Equal(t, tt.grey, c.last(t).ReplaceName)
		})
	}
}

func TestUpdateTaskCardOfNobody(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	messages, agentID := bot(t, srv, wecomtest.App{Name: "bot"})

	_, err := messages.UpdateTaskCard(t.Context(), message.UpdateTaskCardRequest{UserIDs: []string{"alice"}, AgentID: agentID, TaskID: "t1", ReplaceName: "done"})

	assert.True(t, wecom.IsCode(err, wecom.CodeTaskCardNotFound), "%v", err)
}

func TestStatisticsOfTodayAndYesterday(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice, bob := srv.AddMember(wecomtest.Member{UserID: "alice"}), srv.AddMember(wecomtest.Member{UserID: "bob"})
	messages, agentID := bot(t, srv, wecomtest.App{Name: "bot"})
	_, err := messages.Send(t.Context(), message.SendRequest{ToUser: []string{alice, bob}, AgentID: agentID, Body: message.Text{Content: "hi"}})
	require.NoError(t, err)
	count := func(day message.TimeType) int64 {
		res, err := messages.GetStatistics(t.Context(), day)
		require.NoError(t, err)
		for _, app := range res.Statistics {
			if app.AgentID == agentID {
				assert.Equal(t, "bot", app.AppName)
				return app.Count
			}
		}
		return 0
	}

	assert.EqualValues(t, 2, count(message.TimeTypeToday))
	srv.Clock().Advance(24 * time.Hour)
	assert.Zero(t, count(message.TimeTypeToday))
	assert.EqualValues(t, 2, count(message.TimeTypeYesterday))
}
