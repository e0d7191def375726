package isv

import (
	"context"
	"net/http"

	"github.com/wecomkit/wecom-go/wecom"
)

var opCorpIDToOpenCorpID = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/service/corpid_to_opencorpid", Doc: 97061, Read: true, Auth: wecom.AuthProviderAccessToken,
}

type corpIDToOpenCorpIDRequest struct {
	CorpID string `json:"corpid"`
}

type corpIDToOpenCorpIDResult struct {
	OpenCorpID string `json:"open_corpid"`
}

// CorpIDToOpenCorpID returns the id by which the provider knows a corp that has
// authorised one of its apps.
//
// 「明文corpid转换为加密corpid」 https://developer.work.weixin.qq.com/document/path/97061
func (p *Provider) CorpIDToOpenCorpID(ctx context.Context, corpID string) (string, error) {
	res, err := wecom.Do[corpIDToOpenCorpIDResult](ctx, p.self, opCorpIDToOpenCorpID, corpIDToOpenCorpIDRequest{corpID})
	if err != nil {
		return "", err
	}
	return res.OpenCorpID, nil
}

var opUnionIDToExternalUserID3rd = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/service/externalcontact/unionid_to_external_userid_3rd", Doc: 95878,
	Read: true, Auth: wecom.AuthSuiteAccessToken,
}

// UnionIDToExternalUserID3rdRequest says whom to find.
type UnionIDToExternalUserID3rdRequest struct {
	UnionID string `json:"unionid"`
	OpenID  string `json:"openid"`          // from the same mini-program or account as UnionID
	CorpID  string `json:"corpid,omitzero"` // faster with it, and required for members of customer groups; "" looks in all corps
}

// UnionIDToExternalUserID3rdResult has the customers that a person is.
type UnionIDToExternalUserID3rdResult struct {
	ExternalUserIDInfo []ExternalUserIDInfo `json:"external_userid_info"`
}

// ExternalUserIDInfo is a person as a customer of one corp.
type ExternalUserIDInfo struct {
	CorpID         string `json:"corpid"`
	ExternalUserID string `json:"external_userid"`
}

// UnionIDToExternalUserID3rd finds somebody who uses the provider's mini-program
// or official account among the customers of the corps that have authorised the
// suite.
//
// 「第三方主体unionid转换为第三方external_userid」 https://developer.work.weixin.qq.com/document/path/95878
//
// A provider may call it 50,000 times an hour and 240,000 times a day, each time
// for what a person does, and not in bulk.
func (s *Suite) UnionIDToExternalUserID3rd(ctx context.Context, req UnionIDToExternalUserID3rdRequest) (*UnionIDToExternalUserID3rdResult, error) {
	return wecom.Do[UnionIDToExternalUserID3rdResult](ctx, s.self, opUnionIDToExternalUserID3rd, req)
}

var opFinishExternalUserIDMigration = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/service/externalcontact/finish_external_userid_migration", Doc: 95327,
	Read: true, // says the same again
	Auth: wecom.AuthProviderAccessToken,
}

type finishExternalUserIDMigrationRequest struct {
	CorpID string `json:"corpid"`
}

// FinishExternalUserIDMigration says that the provider has converted all
// external_userids of a corp, so that WeCom uses the new ones from now on.
// [Provider.FinishOpenIDMigration] does so for all kinds of ids.
//
// 「设置迁移完成」 https://developer.work.weixin.qq.com/document/path/95327
//
// There is no way back.
func (p *Provider) FinishExternalUserIDMigration(ctx context.Context, corpID string) error {
	_, err := wecom.Do[wecom.Empty](ctx, p.self, opFinishExternalUserIDMigration, finishExternalUserIDMigrationRequest{corpID})
	return err
}

var opFinishOpenIDMigration = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/service/finish_openid_migration", Doc: 99375,
	Read: true, // says the same again
	Auth: wecom.AuthProviderAccessToken,
}

// FinishOpenIDMigrationRequest says which ids are converted.
type FinishOpenIDMigrationRequest struct {
	CorpID     string       `json:"corpid"`
	AgentID    int64        `json:"agentid,omitzero"` // of a delegated app; 0 is all third-party apps of the provider
	OpenIDType []OpenIDType `json:"openid_type"`
}

// OpenIDType is a kind of ids.
type OpenIDType int

// The kinds.
const (
	OpenIDTypeUser     OpenIDType = 1 // userid与corpid
	OpenIDTypeExternal OpenIDType = 3 // external_userid; of delegated apps also external_tagid, kfid and msgid
)

// FinishOpenIDMigration says that the provider has converted all ids of some
// kinds that it has of a corp, so that WeCom uses the new ones from now on.
//
// 「ID迁移完成状态的设置」 https://developer.work.weixin.qq.com/document/path/99375
//
// There is no way back. After that of [OpenIDTypeExternal] no unionid is
// returned for the corp's customers.
func (p *Provider) FinishOpenIDMigration(ctx context.Context, req FinishOpenIDMigrationRequest) error {
	_, err := wecom.Do[wecom.Empty](ctx, p.self, opFinishOpenIDMigration, req)
	return err
}
