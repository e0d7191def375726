package message

import (
	"context"
	"net/http"

	"github.com/wecomkit/wecom-go/wecom"
)

var opSendLinkedCorp = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/linkedcorp/message/send", Doc: 90250}

// SendLinkedCorpRequest says what an app sends to members of this corp and of
// corps that are linked to it (互联企业). At least one of ToUser, ToParty, ToTag
// and ToAll is needed.
type SendLinkedCorpRequest struct {
	ToUser  []string       `json:"touser,omitzero"`  // at most 1,000: corpid/userid, or userid in this corp
	ToParty []string       `json:"toparty,omitzero"` // at most 100: linkedid/partyid, or partyid in this corp
	ToTag   []string       `json:"totag,omitzero"`   // directory tags of this corp, at most 100
	ToAll   wecom.Bool01   `json:"toall,omitzero"`   // everybody who can see the app
	AgentID int64          `json:"agentid"`          // the app
	Body    LinkedCorpBody `json:"-"`                // what is sent: goes out as msgtype and the field it names
	Safe    wecom.Bool01   `json:"safe,omitzero"`    // cannot be passed on and has a watermark
}

// MarshalJSON writes the body beside its msgtype.
func (r SendLinkedCorpRequest) MarshalJSON() ([]byte, error) {
	type plain SendLinkedCorpRequest
	return withBody("SendLinkedCorpRequest", plain(r), r.Body)
}

// A LinkedCorpBody is what an app says to members of linked corps. It is one of
// [Text], [Image], [Voice], [Video], [File], [TextCard], [News], [MPNews],
// [Markdown] and [MiniProgramNotice].
type LinkedCorpBody interface {
	msgType() string
	linkedCorpBody()
}

func (Text) linkedCorpBody()              {}
func (Image) linkedCorpBody()             {}
func (Voice) linkedCorpBody()             {}
func (Video) linkedCorpBody()             {}
func (File) linkedCorpBody()              {}
func (TextCard) linkedCorpBody()          {}
func (News) linkedCorpBody()              {}
func (MPNews) linkedCorpBody()            {}
func (Markdown) linkedCorpBody()          {}
func (MiniProgramNotice) linkedCorpBody() {}

// SendLinkedCorpResult names the recipients who did not get the message.
type SendLinkedCorpResult struct {
	InvalidUser  []string `json:"invaliduser"`  // unknown, or outside the app's visible range
	InvalidParty []string `json:"invalidparty"` // departments
	InvalidTag   []string `json:"invalidtag"`   // directory tags
}

// Partial reports whether some recipients did not get the message.
func (r *SendLinkedCorpResult) Partial() bool {
	return len(r.InvalidUser)+len(r.InvalidParty)+len(r.InvalidTag) > 0
}

// SendLinkedCorp sends a message from an app to members of this corp and of
// corps that are linked to it.
//
// 「发送应用消息」 https://developer.work.weixin.qq.com/document/path/90250
//
// Recipients who are unknown or outside the app's visible range are named in
// the result; the others get the message, and that is not an error: look at
// [SendLinkedCorpResult.Partial].
//
// An error that matches [wecom.ErrOutcomeUnknown] means that the reply was lost
// and the message may have been sent.
func (s *Service) SendLinkedCorp(ctx context.Context, req SendLinkedCorpRequest) (*SendLinkedCorpResult, error) {
	return wecom.Do[SendLinkedCorpResult](ctx, s.client, opSendLinkedCorp, req)
}
