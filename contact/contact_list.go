package contact

import (
	"cmp"
	"context"
	"iter"
	"net/http"

	"github.com/wecomkit/wecom-go/internal/paging"
	"github.com/wecomkit/wecom-go/wecom"
)

var opContactList = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/contact_list", Doc: 99434, Read: true}

// ListServedContactRequest asks for one page of the people whom the corp has
// served.
type ListServedContactRequest struct {
	Cursor string `json:"cursor,omitzero"` // NextCursor of the page before, for 4 hours; empty for the first
	Limit  int    `json:"limit,omitzero"`  // page size; 0 is 1,000
}

// ListServedContactResult is one page of the people whom the corp has served.
type ListServedContactResult struct {
	InfoList   []ServedContact `json:"info_list"`
	NextCursor string          `json:"next_cursor"` // empty after the last page
}

// A ServedContact is a person outside the corp, with one member who added them
// or one group chat that they are in. Someone with several comes several times.
type ServedContact struct {
	IsCustomer     bool   `json:"is_customer"`     // a member marked them as a customer
	ExternalUserID string `json:"external_userid"` // customers only
	// TmpOpenID tells people apart within one walk, customers or not. It lives
	// 4 hours, and the next walk gives everybody another one.
	TmpOpenID    string         `json:"tmp_openid"`
	Name         string         `json:"name"`          // of others than customers, masked
	FollowUserID string         `json:"follow_userid"` // the member who added them, or the owner of their group chat
	ChatID       string         `json:"chat_id"`       // of a customer group
	ChatName     string         `json:"chat_name"`     // of any other group chat
	AddTime      wecom.UnixTime `json:"add_time"`      // when they were first added, or joined the group chat
}

// ListServedContact returns a page of all people whom the corp has served:
// customers, and others that members or their group chats know.
//
// 「获取已服务的外部联系人」 https://developer.work.weixin.qq.com/document/path/99434
//
// The first page begins a new walk: a cursor or TmpOpenID of another walk means
// nothing in it. Only a corp's own app may call it.
func (s *Service) ListServedContact(ctx context.Context, req ListServedContactRequest) (*ListServedContactResult, error) {
	return wecom.Do[ListServedContactResult](ctx, s.client, opContactList, req)
}

// AllServedContacts walks all people whom the corp has served, from req.Cursor
// on.
//
// 「获取已服务的外部联系人」 https://developer.work.weixin.qq.com/document/path/99434
func (s *Service) AllServedContacts(ctx context.Context, req ListServedContactRequest) iter.Seq2[ServedContact, error] {
	return paging.All(func(cursor string) ([]ServedContact, string, error) {
		req := req
		req.Cursor, req.Limit = cmp.Or(cursor, req.Cursor), cmp.Or(req.Limit, 1000)
		res, err := s.ListServedContact(ctx, req)
		if err != nil {
			return nil, "", err
		}
		return res.InfoList, res.NextCursor, nil
	})
}
