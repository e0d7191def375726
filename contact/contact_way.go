package contact

import (
	"cmp"
	"context"
	"iter"
	"net/http"
	"strconv"

	"github.com/wecomkit/wecom-go/internal/paging"
	"github.com/wecomkit/wecom-go/wecom"
)

var opAddContactWay = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/add_contact_way", Doc: 92228}

// AddContactWayRequest describes a contact way (「联系我」): a QR code or a
// mini-program button by which customers add members.
type AddContactWayRequest struct {
	Type       ContactWayType  `json:"type"`
	Scene      ContactWayScene `json:"scene"`
	Style      int             `json:"style,omitzero"`       // look of the button: 1 to 3 for a single member, 1 or 2 for several
	Remark     string          `json:"remark,omitzero"`      // a note to yourself, at most 30 characters
	SkipVerify *bool           `json:"skip_verify,omitzero"` // customers need no approval; nil is true
	State      string          `json:"state,omitzero"`       // names the channel, at most 30 characters; comes back in events and in FollowInfo
	User       []string        `json:"user,omitzero"`        // userids; exactly one for ContactWayTypeSingle
	Party      []int64         `json:"party,omitzero"`       // department ids, for ContactWayTypeMultiple

	IsTemp        bool          `json:"is_temp,omitzero"`         // makes a temporary chat; medical corps only, single member only
	ExpiresIn     wecom.Seconds `json:"expires_in,omitzero"`      // life of a temporary QR code, at most 14 days; 0 is 7 days
	ChatExpiresIn wecom.Seconds `json:"chat_expires_in,omitzero"` // life of a temporary chat, at most 14 days; 0 is 24 hours
	UnionID       string        `json:"unionid,omitzero"`         // the only customer who may open the temporary chat; empty is anyone
	Conclusions   *Conclusions  `json:"conclusions,omitzero"`     // sent when a temporary chat ends

	IsExclusive bool  `json:"is_exclusive,omitzero"` // customers of one outside corp come to one member, where possible
	MarkSource  *bool `json:"mark_source,omitzero"`  // for 营销获客 apps: record the app as the source; nil is true
}

// AddContactWayResult is a new contact way. Keep ConfigID: contact ways made by
// API are not shown in the console, and without it one can be neither changed
// nor deleted.
type AddContactWayResult struct {
	ConfigID string `json:"config_id"`
	QRCode   string `json:"qr_code"` // URL of the picture, for ContactWaySceneQRCode
}

// A ContactWayType says how many members a contact way leads to.
type ContactWayType int

const (
	ContactWayTypeSingle   ContactWayType = 1 // 单人
	ContactWayTypeMultiple ContactWayType = 2 // 多人
)

// String returns the constant's name without its prefix.
func (t ContactWayType) String() string {
	switch t {
	case ContactWayTypeSingle:
		return "Single"
	case ContactWayTypeMultiple:
		return "Multiple"
	default:
		return "ContactWayType(" + strconv.Itoa(int(t)) + ")"
	}
}

// A ContactWayScene says where customers meet a contact way.
type ContactWayScene int

const (
	ContactWaySceneMiniProgram ContactWayScene = 1 // 在小程序中联系
	ContactWaySceneQRCode      ContactWayScene = 2 // 通过二维码联系
)

// String returns the constant's name without its prefix.
func (s ContactWayScene) String() string {
	switch s {
	case ContactWaySceneMiniProgram:
		return "MiniProgram"
	case ContactWaySceneQRCode:
		return "QRCode"
	default:
		return "ContactWayScene(" + strconv.Itoa(int(s)) + ")"
	}
}

// Conclusions is what a customer is sent when a temporary chat ends: Text, and
// as a second message one of Image, Link and MiniProgram. If several of these
// are set, WeCom takes the first.
type Conclusions struct {
	Text        *ConclusionText        `json:"text,omitzero"`
	Image       *ConclusionImage       `json:"image,omitzero"`
	Link        *ConclusionLink        `json:"link,omitzero"`
	MiniProgram *ConclusionMiniProgram `json:"miniprogram,omitzero"`
}

// A ConclusionText is a text message.
type ConclusionText struct {
	Content string `json:"content"` // at most 4,000 bytes
}

// A ConclusionImage is an image: MediaID when it is set, PicURL when it is read
// back.
type ConclusionImage struct {
	MediaID string `json:"media_id,omitzero"`
	PicURL  string `json:"pic_url,omitzero"`
}

// A ConclusionLink is a link with a preview.
type ConclusionLink struct {
	Title  string `json:"title,omitzero"` // at most 128 bytes
	PicURL string `json:"picurl,omitzero"`
	Desc   string `json:"desc,omitzero"` // at most 512 bytes
	URL    string `json:"url"`
}

// A ConclusionMiniProgram is a page of a mini-program that is bound to the
// corp.
type ConclusionMiniProgram struct {
	Title      string `json:"title,omitzero"`        // at most 64 bytes
	PicMediaID string `json:"pic_media_id,omitzero"` // cover, best 520 × 416
	AppID      string `json:"appid"`
	Page       string `json:"page"`
}

// AddContactWay makes a contact way.
//
// 「配置客户联系「联系我」方式」 https://developer.work.weixin.qq.com/document/path/92228
//
// A corp may have 500,000 of them, and make 100,000 temporary ones a day. One
// leads to at most 100 members, those of its departments included; they must
// be visible to the app, active, real-name checked and allowed to have
// customers. A temporary QR code works once.
// Fails with [wecom.CodeContactWayLimit] when the 500,000 are used up, and with
// [wecom.CodeContactWayUserLimit] for too many members.
func (s *Service) AddContactWay(ctx context.Context, req AddContactWayRequest) (*AddContactWayResult, error) {
	return wecom.Do[AddContactWayResult](ctx, s.client, opAddContactWay, req)
}

var opGetContactWay = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/get_contact_way", Doc: 92228, Read: true}

type getContactWayRequest struct {
	ConfigID string `json:"config_id"`
}

type getContactWayResult struct {
	ContactWay ContactWay `json:"contact_way"`
}

// A ContactWay is a contact way as WeCom keeps it.
type ContactWay struct {
	ConfigID      string          `json:"config_id"`
	Type          ContactWayType  `json:"type"`
	Scene         ContactWayScene `json:"scene"`
	Style         int             `json:"style"` // for ContactWaySceneMiniProgram
	Remark        string          `json:"remark"`
	SkipVerify    bool            `json:"skip_verify"`
	State         string          `json:"state"`
	QRCode        string          `json:"qr_code"` // URL of the picture, for ContactWaySceneQRCode
	User          []string        `json:"user"`
	Party         []int64         `json:"party"`
	IsTemp        bool            `json:"is_temp"`
	ExpiresIn     wecom.Seconds   `json:"expires_in"`
	ChatExpiresIn wecom.Seconds   `json:"chat_expires_in"`
	UnionID       string          `json:"unionid"`
	IsExclusive   bool            `json:"is_exclusive"` // not on the official page
	MarkSource    bool            `json:"mark_source"`  // 营销获客 apps only
	Conclusions   *Conclusions    `json:"conclusions"`
}

// GetContactWay returns one contact way.
//
// 「获取企业已配置的「联系我」方式」 https://developer.work.weixin.qq.com/document/path/92228
//
// Fails with [wecom.CodeInvalidContactWayConfigID] if there is none.
func (s *Service) GetContactWay(ctx context.Context, configID string) (*ContactWay, error) {
	res, err := wecom.Do[getContactWayResult](ctx, s.client, opGetContactWay, getContactWayRequest{ConfigID: configID})
	if err != nil {
		return nil, err
	}
	return &res.ContactWay, nil
}

var opListContactWay = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/list_contact_way", Doc: 92228, Read: true}

// ListContactWayRequest selects contact ways by when they were made.
type ListContactWayRequest struct {
	StartTime wecom.UnixTime `json:"start_time,omitzero"` // zero is 90 days ago
	EndTime   wecom.UnixTime `json:"end_time,omitzero"`   // zero is now
	Cursor    string         `json:"cursor,omitzero"`     // NextCursor of the page before; empty for the first
	Limit     int            `json:"limit,omitzero"`      // page size, at most 1,000; 0 is 100
}

// ListContactWayResult is one page of contact ways.
type ListContactWayResult struct {
	ContactWay []ListedContactWay `json:"contact_way"`
	NextCursor string             `json:"next_cursor"` // empty after the last page
}

// A ListedContactWay is what a list tells about a contact way.
type ListedContactWay struct {
	ConfigID string `json:"config_id"`
}

// ListContactWay returns a page of the corp's contact ways.
//
// 「获取企业已配置的「联系我」列表」 https://developer.work.weixin.qq.com/document/path/92228
//
// Temporary ones, and those made before 2021-07-10, are not listed.
func (s *Service) ListContactWay(ctx context.Context, req ListContactWayRequest) (*ListContactWayResult, error) {
	return wecom.Do[ListContactWayResult](ctx, s.client, opListContactWay, req)
}

// AllContactWays walks the corp's contact ways from req.Cursor on. A zero Limit
// is 1,000 here, to save calls.
//
// 「获取企业已配置的「联系我」列表」 https://developer.work.weixin.qq.com/document/path/92228
func (s *Service) AllContactWays(ctx context.Context, req ListContactWayRequest) iter.Seq2[ListedContactWay, error] {
	return paging.All(func(cursor string) ([]ListedContactWay, string, error) {
		req := req
		req.Cursor, req.Limit = cmp.Or(cursor, req.Cursor), cmp.Or(req.Limit, 1000)
		res, err := s.ListContactWay(ctx, req)
		if err != nil {
			return nil, "", err
		}
		return res.ContactWay, res.NextCursor, nil
	})
}

var opUpdateContactWay = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/update_contact_way", Doc: 92228}

// UpdateContactWayRequest changes a contact way. A nil or zero field stays as
// it is, but for UnionID and perhaps MarkSource; new("") clears a text.
type UpdateContactWayRequest struct {
	ConfigID   string   `json:"config_id"`
	Remark     *string  `json:"remark,omitzero"` // at most 30 characters
	SkipVerify *bool    `json:"skip_verify,omitzero"`
	Style      int      `json:"style,omitzero"` // for ContactWaySceneMiniProgram
	State      *string  `json:"state,omitzero"` // at most 30 characters
	User       []string `json:"user,omitzero"`  // replaces all userids
	Party      []int64  `json:"party,omitzero"` // replaces all department ids; for ContactWayTypeMultiple

	ExpiresIn     wecom.Seconds `json:"expires_in,omitzero"`      // temporary chats only
	ChatExpiresIn wecom.Seconds `json:"chat_expires_in,omitzero"` // temporary chats only
	UnionID       string        `json:"unionid,omitzero"`         // temporary chats only; empty lets anyone open it, so repeat it to keep it
	Conclusions   *Conclusions  `json:"conclusions,omitzero"`     // temporary chats only

	MarkSource *bool `json:"mark_source,omitzero"` // only the 营销获客 app that made the contact way may change it; the page calls true the default here, too
}

// UpdateContactWay changes a contact way.
//
// 「更新企业已配置的「联系我」方式」 https://developer.work.weixin.qq.com/document/path/92228
//
// A temporary one that has run out cannot be changed any more.
// Fails with [wecom.CodeInvalidContactWayConfigID] if there is none.
func (s *Service) UpdateContactWay(ctx context.Context, req UpdateContactWayRequest) error {
	_, err := wecom.Do[wecom.Empty](ctx, s.client, opUpdateContactWay, req)
	return err
}

var opDelContactWay = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/del_contact_way", Doc: 92228}

type delContactWayRequest struct {
	ConfigID string `json:"config_id"`
}

// DelContactWay deletes a contact way; its QR code or button stops working.
//
// 「删除企业已配置的「联系我」方式」 https://developer.work.weixin.qq.com/document/path/92228
//
// Fails with [wecom.CodeInvalidContactWayConfigID] if there is none.
func (s *Service) DelContactWay(ctx context.Context, configID string) error {
	_, err := wecom.Do[wecom.Empty](ctx, s.client, opDelContactWay, delContactWayRequest{ConfigID: configID})
	return err
}

var opCloseTempChat = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/close_temp_chat", Doc: 92228}

type closeTempChatRequest struct {
	UserID         string `json:"userid"`
	ExternalUserID string `json:"external_userid"`
}

// CloseTempChat ends the temporary chat of a member and a customer, after
// sending them the conclusions of its contact way.
//
// 「结束临时会话」 https://developer.work.weixin.qq.com/document/path/92228
//
// Only a temporary chat that is still open can be closed.
func (s *Service) CloseTempChat(ctx context.Context, userID, externalUserID string) error {
	_, err := wecom.Do[wecom.Empty](ctx, s.client, opCloseTempChat, closeTempChatRequest{UserID: userID, ExternalUserID: externalUserID})
	return err
}
