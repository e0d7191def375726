package contact

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/wecomkit/wecom-go/wecom"
)

var opConvertUnionIDToExternalUserID = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/idconvert/unionid_to_external_userid", Doc: 97108, Read: true,
	Limits: []wecom.Limit{{N: 10_000, Per: time.Minute}, {N: 100_000, Per: time.Hour}, {N: 480_000, Per: 24 * time.Hour}},
}

// ConvertUnionIDToExternalUserIDRequest names a WeChat user as one mini-program
// or official account knows them. Both ids come from the same one.
type ConvertUnionIDToExternalUserIDRequest struct {
	UnionID     string      `json:"unionid"`
	OpenID      string      `json:"openid"`
	SubjectType SubjectType `json:"subject_type,omitzero"` // whose mini-program or official account it is
	// MassCallTicket lifts the special limits while a provider takes over the
	// data of a new corp: it can be had once, from corp/apply_mass_call_ticket.
	MassCallTicket string `json:"mass_call_ticket,omitzero"`
}

// A SubjectType says who owns a mini-program or official account.
type SubjectType int

const (
	SubjectTypeCorp     SubjectType = 0 // 企业
	SubjectTypeProvider SubjectType = 1 // 服务商
)

// String returns the constant's name without its prefix.
func (t SubjectType) String() string {
	switch t {
	case SubjectTypeCorp:
		return "Corp"
	case SubjectTypeProvider:
		return "Provider"
	default:
		return "SubjectType(" + strconv.Itoa(int(t)) + ")"
	}
}

// A ConvertedUnionID is the id under which a WeChat user is known: as a
// customer, or pending.
type ConvertedUnionID struct {
	ExternalUserID string `json:"external_userid"` // empty for who is no customer that the app sees
	PendingID      string `json:"pending_id"`      // good for 90 days; no call takes it for an external_userid
}

// ConvertUnionIDToExternalUserID returns the external_userid of a WeChat user,
// or a pending id while the user is no customer that the app sees. Only
// third-party apps and apps developed on the corp's behalf may call.
//
// 「unionid转换为第三方external_userid」 https://developer.work.weixin.qq.com/document/path/97108
//
// Keep the answer instead of asking again. When a pending user comes,
// [Service.ConvertExternalUserIDToPendingID] tells which one it was.
//
// Limited to 100,000 calls an hour, 480,000 a day and 7,500,000 a month: of a
// corp over all its providers for SubjectTypeCorp, of a provider over all its
// corps for SubjectTypeProvider. The client keeps the windows of an hour and a
// day for itself, with a MassCallTicket too.
//
// The corp, the mini-program and its WeChat open platform account are
// verified; the latter two belong to the corp or to the provider. To a 营销获客
// app all but the customers that it brought are pending.
// Fails with [wecom.CodeInvalidUnionID], [wecom.CodeOpenIDUnionIDMismatch] or
// [wecom.CodeMiniProgramEntityMismatch] for ids that do not belong together.
func (s *Service) ConvertUnionIDToExternalUserID(ctx context.Context, req ConvertUnionIDToExternalUserIDRequest) (*ConvertedUnionID, error) {
	return wecom.Do[ConvertedUnionID](ctx, s.client, opConvertUnionIDToExternalUserID, req)
}

var opConvertExternalUserIDToPendingID = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/idconvert/batch/external_userid_to_pending_id", Doc: 97108, Read: true}

// ConvertExternalUserIDToPendingIDRequest names customers.
type ConvertExternalUserIDToPendingIDRequest struct {
	ExternalUserID []string `json:"external_userid"` // at most 100
	// ChatID looks at the members of one group chat and leaves out all others.
	// The app must see its owner then, else a member who follows the customer.
	ChatID string `json:"chat_id,omitzero"`
}

type convertExternalUserIDToPendingIDResult struct {
	Result []PendingContact `json:"result"`
}

// A PendingContact is a customer who was pending before.
type PendingContact struct {
	ExternalUserID string `json:"external_userid"`
	PendingID      string `json:"pending_id"` // from ConvertUnionIDToExternalUserID
}

// ConvertExternalUserIDToPendingID returns the pending ids that stood for
// customers before they came. Who had none, or one of more than 90 days ago,
// is left out; a 营销获客 app is told of the customers that it brought. Only
// third-party apps and apps developed on the corp's behalf may call.
//
// 「external_userid查询pending_id」 https://developer.work.weixin.qq.com/document/path/97108
//
// Ask when a customer comes, and so learn their unionid: it is the one for
// which ConvertUnionIDToExternalUserID gave that pending id.
func (s *Service) ConvertExternalUserIDToPendingID(ctx context.Context, req ConvertExternalUserIDToPendingIDRequest) ([]PendingContact, error) {
	res, err := wecom.Do[convertExternalUserIDToPendingIDResult](ctx, s.client, opConvertExternalUserIDToPendingID, req)
	if err != nil {
		return nil, err
	}
	return res.Result, nil
}

// A UnionIDMatch is what an app may know of a WeChat user.
type UnionIDMatch struct {
	ExternalUserID string // empty while the user is pending
	PendingID      string // keep it while the user is pending
	// Contact is nil while the user is pending, and for who is known from a
	// group chat or a 微信客服 session alone.
	Contact *Contact
}

// Pending reports whether the user is no customer yet, or none that the app
// sees.
func (m *UnionIDMatch) Pending() bool { return m.ExternalUserID == "" }

// FindByUnionID finds the customer behind a WeChat user, whether known or
// pending, in at most two calls: [Service.ConvertUnionIDToExternalUserID] and,
// for who is known, [Service.Get]. Limits and conditions are theirs.
//
// It serves service providers: third-party apps and apps developed on the
// corp's behalf. A corp's own app may not call it, and need not: once the corp
// has bound its WeChat developer id, customers carry their UnionID in
// [Service.Get] and [Service.AllByUser], so that it can keep an index.
func (s *Service) FindByUnionID(ctx context.Context, req ConvertUnionIDToExternalUserIDRequest) (*UnionIDMatch, error) {
	ids, err := s.ConvertUnionIDToExternalUserID(ctx, req)
	if err != nil {
		return nil, err
	}
	match := &UnionIDMatch{ExternalUserID: ids.ExternalUserID, PendingID: ids.PendingID}
	if match.Pending() {
		return match, nil
	}
	match.Contact, err = s.Get(ctx, match.ExternalUserID)
	if err != nil && !wecom.IsCode(err, wecom.CodeNotExternalContact) {
		return nil, err
	}
	return match, nil
}
