package callback_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
)

// sampleCard is the sample of a card, changed.
func sampleCard[C callback.RobotTemplateCard](t *testing.T, kind callback.RobotCardType, change func(c *C)) callback.RobotTemplateCard {
	t.Helper()
	var card C
	require.NoError(t, json.Unmarshal(robotSample(t, "card."+string(kind)), &card))
	change(&card)
	return card
}

func TestRobotCardsThatWeComWouldDrop(t *testing.T) {
	t.Parallel()
	type (
		text     = callback.RobotTextNoticeCard
		news     = callback.RobotNewsNoticeCard
		buttons  = callback.RobotButtonInteractionCard
		voting   = callback.RobotVoteInteractionCard
		multiple = callback.RobotMultipleInteractionCard
	)
	textCard := func(f func(c *text)) callback.RobotTemplateCard { return sampleCard(t, "text_notice", f) }
	newsCard := func(f func(c *news)) callback.RobotTemplateCard { return sampleCard(t, "news_notice", f) }
	buttonCard := func(f func(c *buttons)) callback.RobotTemplateCard { return sampleCard(t, "button_interaction", f) }
	voteCard := func(f func(c *voting)) callback.RobotTemplateCard { return sampleCard(t, "vote_interaction", f) }
	multipleCard := func(f func(c *multiple)) callback.RobotTemplateCard {
		return sampleCard(t, "multiple_interaction", f)
	}
	long := func(n int) string { return strings.Repeat("a", n) }
	for _, tt := range []struct {
		name string
		card callback.RobotTemplateCard
		want string // in the error; empty if WeCom takes it
	}{
		{"title only", textCard(func(c *text) { c.SubTitleText = "" }), ""},
		{"sub title only", textCard(func(c *text) { c.MainTitle.Title = "" }), ""},
		{"no title", textCard(func(c *text) { c.SubTitleText, c.MainTitle.Title = "", "" }), "MainTitle.Title and SubTitleText are empty"},
		{"no menu and no task", textCard(func(c *text) { c.ActionMenu, c.TaskID = callback.CardActionMenu{}, "" }), ""},
		{"menu without task", textCard(func(c *text) { c.TaskID = "" }), "TaskID is empty, which an ActionMenu needs"},
		{"menu without text", textCard(func(c *text) { c.ActionMenu.Desc = "" }), "ActionMenu.Desc is empty"},
		{"menu without entries", textCard(func(c *text) { c.ActionMenu.ActionList = nil }), "ActionMenu.ActionList has 0 items, want 1 to 3"},
		{"menu of four", textCard(func(c *text) { c.ActionMenu.ActionList = make([]callback.CardMenuAction, 4) }), "ActionMenu.ActionList has 4 items"},
		{"entry without text", textCard(func(c *text) { c.ActionMenu.ActionList[0].Text = "" }), "ActionMenu.ActionList.Text is empty"},
		{"longest key", textCard(func(c *text) { c.ActionMenu.ActionList[0].Key = long(1024) }), ""},
		{"key too long", textCard(func(c *text) { c.ActionMenu.ActionList[0].Key = long(1025) }), "ActionMenu.ActionList.Key has 1025 bytes, at most 1024 are allowed"},
		{"two keys alike", textCard(func(c *text) { c.ActionMenu.ActionList[0].Key = c.ActionMenu.ActionList[1].Key }), `ActionMenu.ActionList.Key \"action_key2\" is not unique`},
		{"longest task", textCard(func(c *text) { c.TaskID = long(126) + "-@" }), ""},
		{"task too long", textCard(func(c *text) { c.TaskID = long(129) }), "TaskID has 129 bytes"},
		{"task with a space", textCard(func(c *text) { c.TaskID = "a b" }), `TaskID \"a b\" has something else than`},
		{"quote without url", textCard(func(c *text) { c.QuoteArea.URL = "" }), "QuoteArea.URL is empty"},
		{"quote without appid", textCard(func(c *text) { c.QuoteArea.Type, c.QuoteArea.AppID = callback.CardLinkMiniProgram, "" }), "QuoteArea.AppID is empty"},
		{"seven lines", textCard(func(c *text) { c.HorizontalContentList = slices.Repeat(c.HorizontalContentList[:1], 7) }), "HorizontalContentList has 7 items, want 0 to 6"},
		{"line without name", textCard(func(c *text) { c.HorizontalContentList[0].KeyName = "" }), "HorizontalContentList.KeyName is empty"},
		{"line without url", textCard(func(c *text) { c.HorizontalContentList[1].URL = "" }), "HorizontalContentList.URL is empty"},
		{"line without userid", textCard(func(c *text) { c.HorizontalContentList[2].UserID = "" }), "HorizontalContentList.UserID is empty"},
		{"line with a file", textCard(func(c *text) { c.HorizontalContentList[0].Type = callback.CardContentFile }), "which robots do not have"},
		{"four links", textCard(func(c *text) { c.JumpList = slices.Repeat(c.JumpList[:1], 4) }), "JumpList has 4 items"},
		{"link without title", textCard(func(c *text) { c.JumpList[0].Title = "" }), "JumpList.Title is empty"},
		{"link without url", textCard(func(c *text) { c.JumpList[0].URL = "" }), "JumpList.URL is empty"},
		{"link without appid", textCard(func(c *text) { c.JumpList[1].AppID = "" }), "JumpList.AppID is empty"},
		{"link without question", textCard(func(c *text) { c.JumpList[2].Question = "" }), "JumpList.Question is empty"},
		{"question too long", textCard(func(c *text) { c.JumpList[2].Question = long(201) }), "JumpList.Question has 201 bytes"},
		{"no action", textCard(func(c *text) { c.CardAction = callback.CardAction{} }), "CardAction.Type is 0"},
		{"action without url", textCard(func(c *text) { c.CardAction.URL = "" }), "CardAction.URL is empty"},
		{"feedback too long", textCard(func(c *text) { c.Feedback.ID = long(257) }), "Feedback.ID has 257 bytes"},

		{"news without title", newsCard(func(c *news) { c.MainTitle.Title = "" }), "MainTitle.Title is empty"},
		{"large picture only", newsCard(func(c *news) { c.ImageTextArea = callback.CardImageTextArea{} }), ""},
		{"small picture only", newsCard(func(c *news) { c.CardImage = callback.CardImage{} }), ""},
		{"no picture", newsCard(func(c *news) { c.CardImage, c.ImageTextArea = callback.CardImage{}, callback.CardImageTextArea{} }), "CardImage and ImageTextArea are empty"},
		{"picture without url", newsCard(func(c *news) { c.CardImage.URL = "" }), "CardImage.URL is empty"},
		{"picture too wide", newsCard(func(c *news) { c.CardImage.AspectRatio = 2.26 }), "CardImage.AspectRatio is 2.26, want 1.3 to 2.25"},
		{"small picture without url", newsCard(func(c *news) { c.ImageTextArea.ImageURL = "" }), "ImageTextArea.ImageURL is empty"},
		{"small picture without link", newsCard(func(c *news) { c.ImageTextArea.URL = "" }), "ImageTextArea.URL is empty"},
		{"five paragraphs", newsCard(func(c *news) { c.VerticalContentList = slices.Repeat(c.VerticalContentList, 5) }), "VerticalContentList has 5 items"},
		{"paragraph without title", newsCard(func(c *news) { c.VerticalContentList[0].Title = "" }), "VerticalContentList.Title is empty"},
		{"news without action", newsCard(func(c *news) { c.CardAction.Type = callback.CardLinkQuestion }), "CardAction.Type is 3"},

		{"no buttons", buttonCard(func(c *buttons) { c.ButtonList = nil }), "ButtonList has 0 items, want 1 to 6"},
		{"seven buttons", buttonCard(func(c *buttons) { c.ButtonList = make([]callback.CardButton, 7) }), "ButtonList has 7 items"},
		{"button without text", buttonCard(func(c *buttons) { c.ButtonList[0].Text = "" }), "ButtonList.Text is empty"},
		{"button without key", buttonCard(func(c *buttons) { c.ButtonList[0].Key = "" }), "ButtonList.Key is empty"},
		{"two buttons alike", buttonCard(func(c *buttons) { c.ButtonList[0].Key = c.ButtonList[1].Key }), "ButtonList.Key"},
		{"buttons without action and selection", buttonCard(func(c *buttons) { c.CardAction, c.ButtonSelection = callback.CardAction{}, callback.CardSelect{} }), ""},
		{"buttons without task", buttonCard(func(c *buttons) { c.ActionMenu, c.TaskID = callback.CardActionMenu{}, "" }), "TaskID is empty"},
		{"buttons without title", buttonCard(func(c *buttons) { c.SubTitleText, c.MainTitle.Title = "", "" }), "MainTitle.Title and SubTitleText are empty"},
		{"selection without key", buttonCard(func(c *buttons) { c.ButtonSelection.QuestionKey = "" }), "ButtonSelection.QuestionKey is empty"},
		{"selection of eleven", buttonCard(func(c *buttons) { c.ButtonSelection.OptionList = make([]callback.CardOption, 11) }), "ButtonSelection.OptionList has 11 items, want 1 to 10"},
		{"option id too long", buttonCard(func(c *buttons) { c.ButtonSelection.OptionList[0].ID = long(129) }), "ButtonSelection.OptionList.ID has 129 bytes"},
		{"option without text", buttonCard(func(c *buttons) { c.ButtonSelection.OptionList[0].Text = "" }), "ButtonSelection.OptionList.Text is empty"},

		{"vote without title", voteCard(func(c *voting) { c.MainTitle.Title = "" }), "MainTitle.Title is empty"},
		{"vote without key", voteCard(func(c *voting) { c.Checkbox.QuestionKey = "" }), "Checkbox.QuestionKey is empty"},
		{"vote without options", voteCard(func(c *voting) { c.Checkbox.OptionList = nil }), "Checkbox.OptionList has 0 items, want 1 to 20"},
		{"two options alike", voteCard(func(c *voting) { c.Checkbox.OptionList[0].ID = c.Checkbox.OptionList[1].ID }), "Checkbox.OptionList.ID"},
		{"vote without button text", voteCard(func(c *voting) { c.SubmitButton.Text = "" }), "SubmitButton.Text is empty"},
		{"vote without button key", voteCard(func(c *voting) { c.SubmitButton.Key = "" }), "SubmitButton.Key is empty"},
		{"vote without task", voteCard(func(c *voting) { c.TaskID = "" }), "TaskID is empty"},

		{"choices without title", multipleCard(func(c *multiple) { c.MainTitle.Title = "" }), "MainTitle.Title is empty"},
		{"no choices", multipleCard(func(c *multiple) { c.SelectList = nil }), "SelectList has 0 items, want 1 to 3"},
		{"four choices", multipleCard(func(c *multiple) { c.SelectList = slices.Repeat(c.SelectList, 2) }), "SelectList has 4 items"},
		{"two choices alike", multipleCard(func(c *multiple) { c.SelectList[0].QuestionKey = c.SelectList[1].QuestionKey }), "SelectList.QuestionKey"},
		{"choices without button", multipleCard(func(c *multiple) { c.SubmitButton = callback.CardSubmitButton{} }), "SubmitButton.Text is empty"},
		{"choices without task", multipleCard(func(c *multiple) { c.TaskID = "" }), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for body, reply := range map[string]callback.Reply{
				said("m1"):            callback.RobotTemplateCardReply{TemplateCard: tt.card},
				asked("m1", "s1"):     callback.RobotStreamWithTemplateCardReply{TemplateCard: tt.card},
				happened("brand_new"): callback.RobotUpdateTemplateCardReply{TemplateCard: tt.card},
			} {
				var log bytes.Buffer
				h := newRobot(t, callback.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
				callback.OnReply(h, func(context.Context, callback.Event) (callback.Reply, error) { return reply, nil })
				res := tellRobot(t, h, body)
				if tt.want == "" {
					assert.Equal(t, http.StatusOK, res.status, log.String())
					continue
				}
				assert.Equal(t, outcome{status: http.StatusInternalServerError}, res, "%T", reply)
				assert.Contains(t, log.String(), tt.want)
			}
		})
	}
}

// The card that replaces another has its task id, unless it says so itself.
func TestUpdatedCardsKeepTheTask(t *testing.T) {
	t.Parallel()
	for _, card := range []callback.RobotTemplateCard{
		sampleCard(t, "text_notice", func(c *callback.RobotTextNoticeCard) { c.TaskID = "" }),
		sampleCard(t, "news_notice", func(c *callback.RobotNewsNoticeCard) { c.TaskID = "" }),
		sampleCard(t, "button_interaction", func(c *callback.RobotButtonInteractionCard) { c.TaskID = "" }),
		sampleCard(t, "vote_interaction", func(c *callback.RobotVoteInteractionCard) { c.TaskID = "" }),
		sampleCard(t, "multiple_interaction", func(c *callback.RobotMultipleInteractionCard) { c.TaskID = "" }),
	} {
		var got struct {
			TemplateCard struct {
				TaskID string `json:"task_id"`
			} `json:"template_card"`
		}
		require.NoError(t, json.Unmarshal([]byte(replied(t, clickedCard(), callback.RobotUpdateTemplateCardReply{TemplateCard: card})), &got))
		assert.Equal(t, "task_id", got.TemplateCard.TaskID, "%T", card)
	}
}

func TestRobotFeedbackNames(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "RobotFeedbackType(0) Accurate Inaccurate Withdrawn", fmt.Sprint(
		callback.RobotFeedbackType(0), " ", callback.RobotFeedbackAccurate, " ", callback.RobotFeedbackInaccurate, " ", callback.RobotFeedbackWithdrawn))
	assert.Equal(t, "[RobotInaccurateReason(0) Irrelevant Incomplete Wrong Analysis]", fmt.Sprint([]callback.RobotInaccurateReason{0, 1, 2, 3, 4}))
}
