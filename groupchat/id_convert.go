package groupchat

import (
	"context"
	"net/http"

	"github.com/wecomkit/wecom-go/wecom"
)

var opOpenGIDToChatID = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/opengid_to_chatid", Doc: 94822, Read: true}

type openGIDToChatIDRequest struct {
	OpenGID string `json:"opengid"`
}

type openGIDToChatIDResult struct {
	ChatID string `json:"chat_id"`
}

// OpenGIDToChatID returns the chat_id of the customer group in which WeChat
// opened a mini-program; openGID is what the mini-program gets from
// wx.getGroupEnterInfo.
//
// 「客户群opengid转换」 https://developer.work.weixin.qq.com/document/path/94822
//
// The group must be one of this corp, and its owner visible to the app.
// Fails with [wecom.CodeOpenGIDNotFound] if there is no such group, and with
// [wecom.CodeNotWeComCustomerGroup] if it is no customer group.
func (s *Service) OpenGIDToChatID(ctx context.Context, openGID string) (string, error) {
	res, err := wecom.Do[openGIDToChatIDResult](ctx, s.client, opOpenGIDToChatID, openGIDToChatIDRequest{OpenGID: openGID})
	if err != nil {
		return "", err
	}
	return res.ChatID, nil
}

var opGetNewExternalUserID = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/groupchat/get_new_external_userid", Doc: 97107, Read: true}

// GetNewExternalUserIDRequest names people in a group whom the corp knows by
// another id than the service provider.
type GetNewExternalUserIDRequest struct {
	ChatID             string   `json:"chat_id"`
	ExternalUserIDList []string `json:"external_userid_list"` // the corp's ids; at most 1,000, best 200
}

type getNewExternalUserIDResult struct {
	Items []NewExternalUserID `json:"items"`
}

// A NewExternalUserID is one person's id in two worlds.
type NewExternalUserID struct {
	ExternalUserID    string `json:"external_userid"`     // as the corp knows them
	NewExternalUserID string `json:"new_external_userid"` // as the service provider knows them
}

// GetNewExternalUserID turns the corp's ids of people in a group into those of
// the service provider. It is for people who are in the group without being a
// customer of a member; customers have an endpoint of their own.
//
// 「转换客户群成员external_userid」 https://developer.work.weixin.qq.com/document/path/97107
//
// Only service providers' apps may call it, third-party apps no longer once
// they have completed the migration of their ids. The group's owner must be
// visible to the app. What is already an id of the provider comes back
// unchanged.
func (s *Service) GetNewExternalUserID(ctx context.Context, req GetNewExternalUserIDRequest) ([]NewExternalUserID, error) {
	res, err := wecom.Do[getNewExternalUserIDResult](ctx, s.client, opGetNewExternalUserID, req)
	if err != nil {
		return nil, err
	}
	return res.Items, nil
}
