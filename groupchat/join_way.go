package groupchat

import (
	"context"
	"net/http"
	"strconv"

	"github.com/wecomkit/wecom-go/wecom"
)

var opAddJoinWay = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/groupchat/add_join_way", Doc: 92229}

// AddJoinWayRequest describes a join way (「加入群聊」): a QR code or a
// mini-program button by which customers come into a group.
type AddJoinWayRequest struct {
	Scene          JoinWayScene  `json:"scene"`
	Remark         string        `json:"remark,omitzero"`           // a note to yourself; what is beyond 30 characters is cut off
	AutoCreateRoom *wecom.Bool01 `json:"auto_create_room,omitzero"` // make another group when all are full; nil is true
	RoomBaseName   string        `json:"room_base_name,omitzero"`   // how new groups are called, before their number; at most 40 characters
	RoomBaseID     *int64        `json:"room_base_id,omitzero"`     // number of the first new group
	ChatIDList     []string      `json:"chat_id_list"`              // the groups, at most 5
	State          string        `json:"state,omitzero"`            // names the channel, at most 30 characters; comes back in Member.State
	MarkSource     *bool         `json:"mark_source,omitzero"`      // for 营销获客 apps: record the app as the source; nil is true
}

// AddJoinWayResult is a new join way. Keep ConfigID: no endpoint lists join
// ways, and those made by API are not shown in the console.
type AddJoinWayResult struct {
	ConfigID string `json:"config_id"`
}

// A JoinWayScene says where customers meet a join way.
type JoinWayScene int

const (
	JoinWaySceneMiniProgram JoinWayScene = 1 // 群的小程序插件
	JoinWaySceneQRCode      JoinWayScene = 2 // 群的二维码插件
)

// String returns the constant's name without its prefix.
func (s JoinWayScene) String() string {
	switch s {
	case JoinWaySceneMiniProgram:
		return "MiniProgram"
	case JoinWaySceneQRCode:
		return "QRCode"
	default:
		return "JoinWayScene(" + strconv.Itoa(int(s)) + ")"
	}
}

// AddJoinWay makes a join way.
//
// 「配置客户群进群方式」 https://developer.work.weixin.qq.com/document/path/92229
//
// [Service.GetJoinWay] has the address of its QR code. With RoomBaseName "tea"
// and RoomBaseID 10 new groups are called tea10, tea11 and so on. A corp may
// have 500,000 join ways and contact ways together. An app that a provider made
// needs the advanced interface 「加入群聊」.
// Fails with [wecom.CodeContactWayLimit] when the 500,000 are used up, and with
// [wecom.CodeTooManyJoinWayGroups] for more than five groups.
func (s *Service) AddJoinWay(ctx context.Context, req AddJoinWayRequest) (*AddJoinWayResult, error) {
	return wecom.Do[AddJoinWayResult](ctx, s.client, opAddJoinWay, req)
}

var opGetJoinWay = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/groupchat/get_join_way", Doc: 92229, Read: true}

type getJoinWayRequest struct {
	ConfigID string `json:"config_id"`
}

type getJoinWayResult struct {
	JoinWay JoinWay `json:"join_way"`
}

// A JoinWay is a join way as WeCom keeps it.
type JoinWay struct {
	ConfigID       string       `json:"config_id"`
	Scene          JoinWayScene `json:"scene"`
	Remark         string       `json:"remark"`
	AutoCreateRoom wecom.Bool01 `json:"auto_create_room"`
	RoomBaseName   string       `json:"room_base_name"`
	RoomBaseID     int64        `json:"room_base_id"`
	ChatIDList     []string     `json:"chat_id_list"`
	QRCode         string       `json:"qr_code"` // URL of the QR code, or of the mini-program plugin
	State          string       `json:"state"`
	MarkSource     bool         `json:"mark_source"` // 营销获客 apps only
}

// GetJoinWay returns one join way. An app sees only those that it made itself.
//
// 「获取客户群进群方式配置」 https://developer.work.weixin.qq.com/document/path/92229
//
// Fails with [wecom.CodeInvalidContactWayConfigID] if there is none.
func (s *Service) GetJoinWay(ctx context.Context, configID string) (*JoinWay, error) {
	res, err := wecom.Do[getJoinWayResult](ctx, s.client, opGetJoinWay, getJoinWayRequest{ConfigID: configID})
	if err != nil {
		return nil, err
	}
	return &res.JoinWay, nil
}

var opUpdateJoinWay = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/groupchat/update_join_way", Doc: 92229}

// UpdateJoinWayRequest describes a join way anew: what is left out does not
// stay, but becomes what it would be in a new one.
type UpdateJoinWayRequest struct {
	ConfigID       string        `json:"config_id"`
	Scene          JoinWayScene  `json:"scene"`
	Remark         string        `json:"remark,omitzero"`           // what is beyond 30 characters is cut off
	AutoCreateRoom *wecom.Bool01 `json:"auto_create_room,omitzero"` // nil is true
	RoomBaseName   string        `json:"room_base_name,omitzero"`   // at most 40 characters
	RoomBaseID     *int64        `json:"room_base_id,omitzero"`
	ChatIDList     []string      `json:"chat_id_list"`         // at most 5
	State          string        `json:"state,omitzero"`       // at most 30 characters
	MarkSource     *bool         `json:"mark_source,omitzero"` // nil is true; only the app that made the join way can change it
}

// UpdateJoinWay replaces a join way's settings.
//
// 「更新客户群进群方式配置」 https://developer.work.weixin.qq.com/document/path/92229
//
// To change one thing, read the rest with [Service.GetJoinWay] and send it
// along. An app can change only what it made itself.
// Fails with [wecom.CodeInvalidContactWayConfigID] if there is none.
func (s *Service) UpdateJoinWay(ctx context.Context, req UpdateJoinWayRequest) error {
	_, err := wecom.Do[wecom.Empty](ctx, s.client, opUpdateJoinWay, req)
	return err
}

var opDelJoinWay = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/groupchat/del_join_way", Doc: 92229}

type delJoinWayRequest struct {
	ConfigID string `json:"config_id"`
}

// DelJoinWay deletes a join way. An app can delete only what it made itself.
//
// 「删除客户群进群方式配置」 https://developer.work.weixin.qq.com/document/path/92229
//
// Fails with [wecom.CodeInvalidContactWayConfigID] if there is none.
func (s *Service) DelJoinWay(ctx context.Context, configID string) error {
	_, err := wecom.Do[wecom.Empty](ctx, s.client, opDelJoinWay, delJoinWayRequest{ConfigID: configID})
	return err
}
