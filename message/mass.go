package message

import (
	"context"
	"net/http"
	"slices"

	"github.com/wecomkit/wecom-go/wecom"
)

var opAddMsgTemplate = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/add_msg_template", Doc: 92135}

// AddMsgTemplateRequest says what is sent to which customers or customer
// groups. Text and Attachments must not both be empty.
//
// For customers, give ExternalUserID or TagFilter, or Sender with AllCustomers.
type AddMsgTemplateRequest struct {
	ChatType       ChatType    `json:"chat_type,omitzero"`       // zero is ChatTypeSingle
	ExternalUserID []string    `json:"external_userid,omitzero"` // customers, at most 10,000; TagFilter is ignored then
	ChatIDList     []string    `json:"chat_id_list,omitzero"`    // customer groups, at most 2,000; nil lets Sender choose; needs WeCom 4.1.10 at their side
	TagFilter      TagFilter   `json:"tag_filter,omitzero"`      // customers by tag
	Sender         string      `json:"sender,omitzero"`          // the member who sends; required for groups
	AllowSelect    bool        `json:"allow_select,omitzero"`    // the member may change the list of customers; not for groups
	Text           Text        `json:"text,omitzero"`            // at most 4,000 bytes
	Attachments    Attachments `json:"attachments,omitzero"`     // at most 9

	// AllCustomers must be set to send to all customers of Sender, which is how
	// WeCom reads a request with neither ExternalUserID nor TagFilter.
	AllCustomers bool `json:"-"`
}

// ChatType is whom a mass message is for.
type ChatType string

// The kinds of mass message.
const (
	ChatTypeSingle ChatType = "single" // 发送给客户
	ChatTypeGroup  ChatType = "group"  // 发送给客户群
)

// TagFilter selects the customers who match every group.
type TagFilter struct {
	GroupList []TagFilterGroup `json:"group_list,omitzero"`
}

// TagFilterGroup matches customers who have any of its tags.
type TagFilterGroup struct {
	TagList []string `json:"tag_list,omitzero"` // at most 100; corp tags and tags of rule groups
}

// AddMsgTemplateResult names the mass message and whom it cannot reach.
type AddMsgTemplateResult struct {
	FailList []string `json:"fail_list"` // customers or groups that are unknown or cannot be sent to
	MsgID    string   `json:"msgid"`     // for GetGroupMsgTask and GetGroupMsgSendResult
}

// Partial reports whether the message cannot reach everybody it was meant for.
func (r *AddMsgTemplateResult) Partial() bool { return len(r.FailList) > 0 }

// AddMsgTemplate asks members to send a message to their customers or customer
// groups.
//
// 「创建企业群发」 https://developer.work.weixin.qq.com/document/path/92135
//
// It only creates a task: WeCom shows it to the members, and each message goes
// out when the member confirms. A customer of several members hears from the
// one who last talked to them. A customer or group receives at most as many
// mass messages a month as the month has days (the console can change this to
// seven a week or one a day); what goes beyond is not delivered. Read the
// outcome with [Service.AllGroupMsgTasks] and [Service.AllGroupMsgSendResults].
//
// Customers and groups that cannot be sent to are in FailList; that is not an
// error. Fails with [wecom.CodeNoCustomerToSend] if nobody is left.
//
// A request that selects nobody is refused before it is sent, so that the
// message of a segment that matched nobody does not go to all customers of
// Sender: an ExternalUserID, ChatIDList or TagFilter that is given but empty,
// and Sender alone without AllCustomers.
func (s *Service) AddMsgTemplate(ctx context.Context, req AddMsgTemplateRequest) (*AddMsgTemplateResult, error) {
	if why := req.selectsNobody(); why != "" {
		return nil, &wecom.Error{Op: opAddMsgTemplate, Code: wecom.CodeInvalidArgument, Msg: why, Client: true}
	}
	return wecom.Do[AddMsgTemplateResult](ctx, s.client, opAddMsgTemplate, req)
}

// selectsNobody says why WeCom must not see r, or "".
func (r *AddMsgTemplateRequest) selectsNobody() string {
	switch {
	case empty(r.ExternalUserID) || empty(r.ChatIDList) || r.TagFilter.empty():
		return "external_userid, chat_id_list or tag_filter is empty: leave it nil, or do not call"
	case r.ChatType != ChatTypeGroup && r.Sender != "" && !r.AllCustomers && r.ExternalUserID == nil && r.TagFilter.GroupList == nil:
		return "nothing selects customers of sender: set AllCustomers to send to all of them"
	}
	return ""
}

// empty reports whether list was given and names nobody.
func empty[T any](list []T) bool { return list != nil && len(list) == 0 }

// empty reports whether f was given and selects by nothing.
func (f TagFilter) empty() bool {
	return empty(f.GroupList) || slices.ContainsFunc(f.GroupList, func(g TagFilterGroup) bool { return len(g.TagList) == 0 })
}
