package message

import (
	"context"
	"net/http"

	"github.com/wecomkit/wecom-go/wecom"
)

var opUpdateTemplateCard = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/message/update_template_card", Doc: 94888}

// UpdateTemplateCardRequest says what a template card becomes, and for whom:
// the members, departments and tags named, or with AtAll everybody who got it.
// Give Button or TemplateCard.
type UpdateTemplateCardRequest struct {
	UserIDs       []string        `json:"userids,omitzero"`  // members, at most 1,000
	PartyIDs      []int64         `json:"partyids,omitzero"` // departments, at most 100
	TagIDs        []int64         `json:"tagids,omitzero"`   // directory tags, at most 100
	AtAll         wecom.Bool01    `json:"atall,omitzero"`
	AgentID       int64           `json:"agentid"`       // the app that sent the card
	ResponseCode  string          `json:"response_code"` // from SendResult or from the event of a tap; works once, within 72 hours
	EnableIDTrans wecom.Bool01    `json:"enable_id_trans,omitzero"`
	Button        CardReplacement `json:"button,omitzero"`        // greys the buttons out; not for notices
	TemplateCard  TemplateCard    `json:"template_card,omitzero"` // the new card, of any type
}

// CardReplacement is what the buttons of a card give way to.
type CardReplacement struct {
	ReplaceName string `json:"replace_name"`
}

// UpdateTemplateCardResult names the members whose card stays as it was.
type UpdateTemplateCardResult struct {
	InvalidUser []string `json:"invaliduser"` // unknown, outside the app's visible range, or without the card; in lower case
}

// Partial reports whether the card of some members stays as it was.
func (r *UpdateTemplateCardResult) Partial() bool { return len(r.InvalidUser) > 0 }

// UpdateTemplateCard changes a template card that was sent.
//
// 「更新模版卡片消息」 https://developer.work.weixin.qq.com/document/path/94888
//
// [ButtonInteractionCard], [VoteInteractionCard] and [MultipleInteractionCard]
// can be updated, and [TextNoticeCard] and [NewsNoticeCard] that have an
// ActionMenu. Each update uses up a code: [Service.Send] returns one, and each
// event of a member's tap brings another. A code lives 72 hours.
//
// Members whose card could not be changed are named in the result; that is not
// an error. Fails with [wecom.CodeInvalidResponseCode] if the code is wrong, used
// up or too old. An error that matches [wecom.ErrOutcomeUnknown] means that the reply
// was lost: the card may have changed, and then the code is used up.
func (s *Service) UpdateTemplateCard(ctx context.Context, req UpdateTemplateCardRequest) (*UpdateTemplateCardResult, error) {
	return wecom.Do[UpdateTemplateCardResult](ctx, s.client, opUpdateTemplateCard, req)
}

var opUpdateTaskCard = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/message/update_taskcard", Doc: 91579}

// UpdateTaskCardRequest says how the buttons of a task card are replaced, and
// for whom.
type UpdateTaskCardRequest struct {
	UserIDs        []string `json:"userids,omitzero"` // members, at most 1,000
	AgentID        int64    `json:"agentid"`          // the app that sent the card
	TaskID         string   `json:"task_id"`          // of the card
	OriginalTaskID string   `json:"original_task_id,omitzero"`
	ReplaceName    string   `json:"replace_name"` // the text of the button
}

// UpdateTaskCardResult names the members whose card stays as it was.
type UpdateTaskCardResult struct {
	InvalidUser []string `json:"invaliduser"` // unknown, outside the app's visible range, or without the card; in lower case
}

// Partial reports whether the card of some members stays as it was.
func (r *UpdateTaskCardResult) Partial() bool { return len(r.InvalidUser) > 0 }

// UpdateTaskCard replaces the buttons of a task card (任务卡片), the forerunner
// of template cards. Those have [Service.UpdateTemplateCard].
//
// 「更新任务卡片消息状态」 https://developer.work.weixin.qq.com/document/path/91579
//
// Fails with [wecom.CodeTaskCardNotFound] if the app has sent no such card.
func (s *Service) UpdateTaskCard(ctx context.Context, req UpdateTaskCardRequest) (*UpdateTaskCardResult, error) {
	return wecom.Do[UpdateTaskCardResult](ctx, s.client, opUpdateTaskCard, req)
}
