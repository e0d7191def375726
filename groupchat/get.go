package groupchat

import (
	"context"
	"net/http"
	"strconv"

	"github.com/wecomkit/wecom-go/wecom"
)

var opGet = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/groupchat/get", Doc: 92122, Read: true}

// GetRequest asks for one customer group.
type GetRequest struct {
	ChatID   string       `json:"chat_id"`
	NeedName wecom.Bool01 `json:"need_name,omitzero"` // fills Member.Name
}

type getResult struct {
	GroupChat Group `json:"group_chat"`
}

// A Group is a customer group.
type Group struct {
	ChatID     string         `json:"chat_id"`
	Name       string         `json:"name"`
	Owner      string         `json:"owner"` // userid
	CreateTime wecom.UnixTime `json:"create_time"`
	Notice     string         `json:"notice"`
	MemberList []Member       `json:"member_list"`
	AdminList  []Admin        `json:"admin_list"`
	// MemberVersion changes with MemberList. Events carry it too, so that an
	// unchanged list need not be read again.
	MemberVersion string `json:"member_version"`
}

// A Member is a person in a group.
type Member struct {
	UserID        string         `json:"userid"` // an external_userid for MemberTypeExternal
	Type          MemberType     `json:"type"`
	UnionID       string         `json:"unionid"` // WeChat users only, once the corp has bound a WeChat developer id; not for third-party apps
	JoinTime      wecom.UnixTime `json:"join_time"`
	JoinScene     JoinScene      `json:"join_scene"`
	Invitor       *Invitor       `json:"invitor"` // nil unless a member of the corp invited them
	GroupNickname string         `json:"group_nickname"`
	Name          string         `json:"name"`  // only with NeedName
	State         string         `json:"state"` // of the join way by which they came
}

// An Invitor is who invited a person into a group.
type Invitor struct {
	UserID string `json:"userid"`
}

// An Admin is an administrator of a group.
type Admin struct {
	UserID string `json:"userid"`
}

// A MemberType tells members of the corp from outsiders.
type MemberType int

const (
	MemberTypeInternal MemberType = 1 // 企业成员
	MemberTypeExternal MemberType = 2 // 外部联系人
)

// String returns the constant's name without its prefix.
func (t MemberType) String() string {
	switch t {
	case MemberTypeInternal:
		return "Internal"
	case MemberTypeExternal:
		return "External"
	default:
		return "MemberType(" + strconv.Itoa(int(t)) + ")"
	}
}

// A JoinScene is how a person came into a group. The change_external_chat event
// uses other numbers for the same thing.
type JoinScene int

const (
	JoinSceneInvited JoinScene = 1 // 由群成员邀请入群（直接邀请入群）
	JoinSceneLink    JoinScene = 2 // 由群成员邀请入群（通过邀请链接入群）
	JoinSceneQRCode  JoinScene = 3 // 通过扫描群二维码入群
)

// String returns the constant's name without its prefix.
func (s JoinScene) String() string {
	switch s {
	case JoinSceneInvited:
		return "Invited"
	case JoinSceneLink:
		return "Link"
	case JoinSceneQRCode:
		return "QRCode"
	default:
		return "JoinScene(" + strconv.Itoa(int(s)) + ")"
	}
}

// Get returns one customer group with all its members.
//
// 「获取客户群详情」 https://developer.work.weixin.qq.com/document/path/92122
//
// The owner must be visible to the app. Right after a change_external_chat
// event the reply can still be old: compare MemberVersion, and try again in a
// few seconds.
// Fails with [wecom.CodeChatIDNotFound] if there is no such chat, with
// [wecom.CodeGroupDismissed] if it is no more, and with
// [wecom.CodeNotCustomerGroup] if it is no customer group.
func (s *Service) Get(ctx context.Context, req GetRequest) (*Group, error) {
	res, err := wecom.Do[getResult](ctx, s.client, opGet, req)
	if err != nil {
		return nil, err
	}
	return &res.GroupChat, nil
}
