package tag

import (
	"context"
	"net/http"

	"github.com/wecomkit/wecom-go/wecom"
)

// WeCom refuses more than five mark_tag calls of a corp at once with 45033.
var opMark = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/mark_tag", Doc: 92118, InFlight: 5}

// MarkRequest changes the tags that a member has put on a customer. At least
// one of AddTag and RemoveTag must be set.
type MarkRequest struct {
	UserID         string   `json:"userid"`              // the member
	ExternalUserID string   `json:"external_userid"`     // the customer
	AddTag         []string `json:"add_tag,omitzero"`    // ids of corp tags, or rule-group tags of this app
	RemoveTag      []string `json:"remove_tag,omitzero"` // ids
}

// Mark puts tags on a customer of a member, and takes others off.
//
// 「编辑客户企业标签」 https://developer.work.weixin.qq.com/document/path/92118
//
// A member can put 3,000 tags on one customer. At most five calls of a corp
// run at once; the client queues the others. Calls for one member and one
// customer that overlap can fail with [wecom.CodeConcurrentConflict]: put all
// changes into one call, or make one after the other.
// Fails with [wecom.CodeNotExternalContact] if the member has not added the
// customer, and with [wecom.CodeInvalidTagID] if there is no such tag.
func (s *Service) Mark(ctx context.Context, req MarkRequest) error {
	_, err := wecom.Do[wecom.Empty](ctx, s.client, opMark, req)
	return err
}
