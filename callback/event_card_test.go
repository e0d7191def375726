package callback_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/callback"
)

// Pages spell OptionIds in two ways.
func TestCardAnswers(t *testing.T) {
	t.Parallel()
	const head = "<xml><Event>template_card_event</Event>"
	tests := []struct {
		name, body string
		want       callback.TemplateCardEvent
	}{
		{
			"both spellings",
			"<CardType>vote_interaction</CardType><SelectedItems>" +
				"<SelectedItem><QuestionKey>q1</QuestionKey><OptionIds><OptionId>a</OptionId><OptionId>b</OptionId></OptionIds></SelectedItem>" +
				"<SelectedItem><QuestionKey>q2</QuestionKey><OpitonIds><OpitonId>c</OpitonId></OpitonIds></SelectedItem></SelectedItems>",
			callback.TemplateCardEvent{CardType: callback.CardTypeVoteInteraction, SelectedItems: []callback.SelectedItem{
				{QuestionKey: "q1", OptionIDs: []string{"a", "b"}}, {QuestionKey: "q2", OptionIDs: []string{"c"}},
			}},
		},
		{
			"nothing chosen", "<CardType> button_interaction </CardType><SelectedItems></SelectedItems>",
			callback.TemplateCardEvent{CardType: callback.CardTypeButtonInteraction},
		},
		{
			"a question without answer", "<SelectedItems><SelectedItem><QuestionKey>q</QuestionKey><OptionIds/></SelectedItem></SelectedItems>",
			callback.TemplateCardEvent{SelectedItems: []callback.SelectedItem{{QuestionKey: "q"}}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, *parseAs[callback.TemplateCardEvent](t, head+tt.body+"</xml>"))
		})
	}
}
