package message

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/wecomkit/wecom-go/internal/codec"
	"github.com/wecomkit/wecom-go/wecom"
)

var opSend = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/message/send", Doc: 90236}

// ToAll in ToUser sends to every member who can see the app. ToParty and ToTag
// are ignored then. [MiniProgramNotice] cannot be sent so.
const ToAll = "@all"

// SendRequest says what an app sends to which members. At least one of ToUser,
// ToParty and ToTag is needed.
type SendRequest struct {
	ToUser  []string `json:"touser,omitzero"`  // members, at most 1,000, or just ToAll
	ToParty []int64  `json:"toparty,omitzero"` // departments, at most 100
	ToTag   []int64  `json:"totag,omitzero"`   // directory tags, at most 100
	AgentID int64    `json:"agentid,omitzero"` // the app; not needed for MiniProgramNotice
	Body    AppBody  `json:"-"`                // what is sent: goes out as msgtype and the field it names
	Safe    Safe     `json:"safe,omitzero"`    // not for voice, cards, news, markdown and mini program notices

	// EnableIDTrans replaces ids in the body by names: $userName=USERID$,
	// $userAlias=USERID$, $userAliasOrName=USERID$, $departmentName=ID$.
	EnableIDTrans wecom.Bool01 `json:"enable_id_trans,omitzero"`

	// EnableDuplicateCheck makes WeCom drop a message that equals one sent
	// within DuplicateCheckInterval. With it a message whose reply was lost
	// can be sent again.
	EnableDuplicateCheck   wecom.Bool01  `json:"enable_duplicate_check,omitzero"`
	DuplicateCheckInterval wecom.Seconds `json:"duplicate_check_interval,omitzero"` // default 30 minutes, at most 4 hours
}

// MarshalJSON writes the wire form: recipients joined by "|", the body beside
// its msgtype.
func (r SendRequest) MarshalJSON() ([]byte, error) {
	for _, id := range r.ToUser {
		if strings.Contains(id, "|") {
			return nil, fmt.Errorf("message: ToUser: %.64q is not one id", id)
		}
	}
	type plain SendRequest
	return withBody("SendRequest", struct {
		plain

		ToUser  IDs `json:"touser,omitzero"`
		ToParty IDs `json:"toparty,omitzero"`
		ToTag   IDs `json:"totag,omitzero"`
	}{plain(r), r.ToUser, decimal(r.ToParty), decimal(r.ToTag)}, r.Body)
}

func decimal(ids []int64) IDs {
	if ids == nil {
		return nil
	}
	list := make(IDs, len(ids))
	for i, id := range ids {
		list[i] = strconv.FormatInt(id, 10)
	}
	return list
}

// IDs is a list of ids that the wire writes as one string, joined by "|".
type IDs []string

// MarshalJSON writes one string.
func (l IDs) MarshalJSON() ([]byte, error) { return codec.AppendPart(nil, strings.Join(l, "|")) }

// UnmarshalJSON reads a joined string or an array. Empty parts are left out.
func (l *IDs) UnmarshalJSON(b []byte) error {
	var joined string
	if len(b) > 0 && b[0] == '[' {
		var parts []string
		if err := codec.Decode(b, &parts); err != nil {
			return err
		}
		joined = strings.Join(parts, "|")
	} else if err := codec.Decode(b, &joined); err != nil {
		return err
	}
	*l = nil
	for id := range strings.SplitSeq(joined, "|") {
		if id = strings.TrimSpace(id); id != "" {
			*l = append(*l, id)
		}
	}
	return nil
}

// Safe is how far an app message may be passed on.
type Safe int

// How far an app message may be passed on.
const (
	SafeOff      Safe = 0 // 可对外分享
	SafeOn       Safe = 1 // 不能分享且内容显示水印
	SafeCorpOnly Safe = 2 // 仅限在企业内分享; MPNews only
)

// String returns the constant's name without its prefix.
func (s Safe) String() string {
	switch s {
	case SafeOff:
		return "Off"
	case SafeOn:
		return "On"
	case SafeCorpOnly:
		return "CorpOnly"
	}
	return "Safe(" + strconv.Itoa(int(s)) + ")"
}

// SendResult names the message and the recipients who did not get it.
type SendResult struct {
	InvalidUser    IDs    `json:"invaliduser"`    // unknown or outside the app's visible range; in lower case
	InvalidParty   IDs    `json:"invalidparty"`   // departments
	InvalidTag     IDs    `json:"invalidtag"`     // directory tags
	UnlicensedUser IDs    `json:"unlicenseduser"` // without a licence for the basic interfaces, or with an expired one; in lower case
	MsgID          string `json:"msgid"`          // for Recall
	ResponseCode   string `json:"response_code"`  // updates a template card with buttons, a vote or a menu: once, within 72 hours
}

// Partial reports whether some recipients did not get the message.
func (r *SendResult) Partial() bool {
	return len(r.InvalidUser)+len(r.InvalidParty)+len(r.InvalidTag)+len(r.UnlicensedUser) > 0
}

// Send sends a message from an app to members.
//
// 「发送应用消息」 https://developer.work.weixin.qq.com/document/path/90236
//
// Recipients who are unknown, outside the app's visible range or without a
// licence are named in the result; the others get the message, and that is not
// an error: look at [SendResult.Partial]. Fails with
// [wecom.CodeAllRecipientsInvalid] if nobody is left.
//
// An app may send as many messages a day as the corp's account limit times 200,
// counted per recipient. A member gets at most 30 messages a minute and 1,000
// an hour from an app; WeCom drops the rest without an error.
//
// An error that matches [wecom.ErrOutcomeUnknown] means that the reply was
// lost and the message may have been sent.
func (s *Service) Send(ctx context.Context, req SendRequest) (*SendResult, error) {
	return wecom.Do[SendResult](ctx, s.client, opSend, req)
}
