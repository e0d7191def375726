package isv

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strconv"
	"sync"

	"github.com/wecomkit/wecom-go/internal/paging"
	"github.com/wecomkit/wecom-go/wecom"
)

// A CorpGroup finds the corps to which a corp upstream (上下游, 企业互联, 局校互联)
// shares an app, and calls as the app in each. It needs no provider: the client
// that it is made with is that of the upstream corp's own or delegated app.
//
// A CorpGroup is safe for concurrent use, starts no goroutine by itself and needs
// no Close. Keep it: it keeps the tokens of the corps.
type CorpGroup struct {
	client  *wecom.Client
	cfg     config
	mu      sync.Mutex
	clients map[ChildApp]*wecom.Client // guarded by mu
}

// NewCorpGroup makes one for the upstream corp of client. It takes
// [WithTokenStore] and [WithLogger].
func NewCorpGroup(client *wecom.Client, opts ...Option) (*CorpGroup, error) {
	if client == nil {
		return nil, errors.New("isv: NewCorpGroup: nil client")
	}
	cfg, err := newConfig(newCorpGroup, opts)
	if err != nil {
		return nil, err
	}
	return &CorpGroup{client: client, cfg: cfg, clients: map[ChildApp]*wecom.Client{}}, nil
}

// BusinessType says what ties corps together.
type BusinessType int

// The ties.
const (
	BusinessTypeGroup BusinessType = 0 // 企业互联/局校互联
	BusinessTypeChain BusinessType = 1 // 上下游企业
)

// A ChildApp is a shared app in a corp downstream.
type ChildApp struct {
	CorpID       string
	AgentID      int64 // of the app there: [CorpGroup.AllAppShares] tells it
	BusinessType BusinessType
}

// Client returns a client that calls WeCom as a shared app in a corp downstream.
// It reads the directory there and what else the app may. Clients of one app
// share its token.
func (g *CorpGroup) Client(app ChildApp) (*wecom.Client, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if c, ok := g.clients[app]; ok {
		return c, nil
	}
	owner := fmt.Sprintf("%s/%s/%d/%d", g.client.CorpID(), app.CorpID, app.AgentID, app.BusinessType)
	tokens, err := g.cfg.newCache(g.client, "access_token", owner, "", func(ctx context.Context) (wecom.Token, error) {
		return g.fetchToken(ctx, app)
	})
	if err != nil {
		return nil, err
	}
	c, err := g.client.As(app.CorpID, tokens)
	if err != nil {
		return nil, fmt.Errorf("isv: CorpGroup: %w", err)
	}
	g.clients[app] = c
	return c, nil
}

var opGetChildToken = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/corpgroup/corp/gettoken", Doc: 93359, Read: true}

type getChildTokenRequest struct {
	CorpID       string       `json:"corpid"`
	AgentID      int64        `json:"agentid"`
	BusinessType BusinessType `json:"business_type,omitzero"`
}

type getChildTokenResult struct {
	AccessToken string        `json:"access_token"`
	ExpiresIn   wecom.Seconds `json:"expires_in"`
}

// fetchToken asks WeCom for an access_token of a corp downstream.
//
// 「获取下级/下游企业的access_token」 https://developer.work.weixin.qq.com/document/path/93359
func (g *CorpGroup) fetchToken(ctx context.Context, app ChildApp) (wecom.Token, error) {
	asked := g.client.Clock().Now()
	res, err := wecom.Do[getChildTokenResult](ctx, g.client, opGetChildToken, getChildTokenRequest(app))
	if err != nil {
		return wecom.Token{}, err
	}
	return newToken(opGetChildToken, res.AccessToken, asked, res.ExpiresIn)
}

var opListAppShareInfo = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/corpgroup/corp/list_app_share_info", Doc: 93403, Read: true}

// ListAppShareInfoRequest says which shares to list.
type ListAppShareInfoRequest struct {
	AgentID      int64        `json:"agentid"` // of the app upstream
	BusinessType BusinessType `json:"business_type,omitzero"`
	CorpID       string       `json:"corpid,omitzero"` // only with this corp
	Limit        int          `json:"limit,omitzero"`  // at most 100; 0 is all at once
	Cursor       string       `json:"cursor,omitzero"`
}

// ListAppShareInfoResult is a page of shares.
type ListAppShareInfoResult struct {
	CorpList   []AppShare   `json:"corp_list"`
	NextCursor string       `json:"next_cursor"`
	Ending     wecom.Bool01 `json:"ending"`
}

// An AppShare is a corp to which an app is shared.
type AppShare struct {
	CorpID   string `json:"corpid"`
	CorpName string `json:"corp_name"`
	AgentID  int64  `json:"agentid"` // of the app there
}

// ListAppShareInfo returns one page of the corps to which an app is shared;
// [CorpGroup.AllAppShares] walks. A corp that must confirm the share first is not
// among them until it does.
//
// 「获取应用共享信息」 https://developer.work.weixin.qq.com/document/path/93403
func (g *CorpGroup) ListAppShareInfo(ctx context.Context, req ListAppShareInfoRequest) (*ListAppShareInfoResult, error) {
	return wecom.Do[ListAppShareInfoResult](ctx, g.client, opListAppShareInfo, req)
}

// AllAppShares walks over the corps of [CorpGroup.ListAppShareInfo].
func (g *CorpGroup) AllAppShares(ctx context.Context, req ListAppShareInfoRequest) iter.Seq2[AppShare, error] {
	return paging.All(func(cursor string) ([]AppShare, string, error) {
		req := req
		req.Cursor, req.Limit = cmp.Or(cursor, req.Cursor), cmp.Or(req.Limit, 100)
		res, err := g.ListAppShareInfo(ctx, req)
		if err != nil {
			return nil, "", err
		}
		return res.CorpList, more(!bool(res.Ending), res.NextCursor), nil
	})
}

var opGetChainList = wecom.Operation{Method: http.MethodGet, Path: "/cgi-bin/corpgroup/corp/get_chain_list", Doc: 95820, Read: true}

// GetChainListResult has chains.
type GetChainListResult struct {
	Chains []Chain `json:"chains"`
}

// A Chain (上下游) is a corp upstream with those downstream of it.
type Chain struct {
	ChainID   string `json:"chain_id"`
	ChainName string `json:"chain_name"`
}

// GetChainList returns the chains of the corp that the app sees.
//
// 「获取上下游列表」 https://developer.work.weixin.qq.com/document/path/95820
func (g *CorpGroup) GetChainList(ctx context.Context) (*GetChainListResult, error) {
	return wecom.Do[GetChainListResult](ctx, g.client, opGetChainList, nil)
}

var opGetChainGroup = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/corpgroup/corp/get_chain_group", Doc: 95820, Read: true}

type getChainGroupRequest struct {
	ChainID string `json:"chain_id"`
	GroupID int64  `json:"groupid,omitzero"`
}

// GetChainGroupResult has the groups of a chain.
type GetChainGroupResult struct {
	Groups []ChainGroup `json:"groups"`
}

// A ChainGroup is a group of corps in a chain.
type ChainGroup struct {
	GroupID   int64  `json:"groupid"`
	GroupName string `json:"group_name"`
	ParentID  int64  `json:"parentid"` // 1 is the root
	Order     int64  `json:"order"`    // the largest comes first
}

// GetChainGroup returns a group of a chain, or all if groupID is 0.
//
// 「获取上下游通讯录分组」 https://developer.work.weixin.qq.com/document/path/95820
func (g *CorpGroup) GetChainGroup(ctx context.Context, chainID string, groupID int64) (*GetChainGroupResult, error) {
	return wecom.Do[GetChainGroupResult](ctx, g.client, opGetChainGroup, getChainGroupRequest{chainID, groupID})
}

var opGetChainCorpInfoList = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/corpgroup/corp/get_chain_corpinfo_list", Doc: 95820, Read: true}

// GetChainCorpInfoListRequest says which corps to list.
type GetChainCorpInfoListRequest struct {
	ChainID     string `json:"chain_id"`
	GroupID     int64  `json:"groupid,omitzero"`      // this group only, without those in it; 0 is the root
	NeedPending bool   `json:"need_pending,omitzero"` // also those that have not joined yet
	Limit       int    `json:"limit,omitzero"`        // 0 is all at once
	Cursor      string `json:"cursor,omitzero"`
}

// GetChainCorpInfoListResult is a page of corps.
type GetChainCorpInfoListResult struct {
	GroupCorps []ChainCorp `json:"group_corps"`
	NextCursor string      `json:"next_cursor"`
	HasMore    bool        `json:"has_more"`
}

// A ChainCorp is a corp of a chain.
type ChainCorp struct {
	GroupID       int64        `json:"groupid"`
	CorpID        string       `json:"corpid"`         // once it has joined
	PendingCorpID string       `json:"pending_corpid"` // until then
	CorpName      string       `json:"corp_name"`
	CustomID      string       `json:"custom_id"`     // the upstream corp's own id for it
	InviteUserID  string       `json:"invite_userid"` // for apps listed under 上下游「可调用接口的应用」 only
	IsJoined      wecom.Bool01 `json:"is_joined"`
}

// GetChainCorpInfoList returns one page of the corps of a chain's group;
// [CorpGroup.AllChainCorps] walks. Those of the groups in it are asked for one by
// one.
//
// 「获取企业上下游通讯录分组下的企业详情列表」 https://developer.work.weixin.qq.com/document/path/95820
func (g *CorpGroup) GetChainCorpInfoList(ctx context.Context, req GetChainCorpInfoListRequest) (*GetChainCorpInfoListResult, error) {
	return wecom.Do[GetChainCorpInfoListResult](ctx, g.client, opGetChainCorpInfoList, req)
}

// AllChainCorps walks over the corps of [CorpGroup.GetChainCorpInfoList].
func (g *CorpGroup) AllChainCorps(ctx context.Context, req GetChainCorpInfoListRequest) iter.Seq2[ChainCorp, error] {
	return paging.All(func(cursor string) ([]ChainCorp, string, error) {
		req := req
		req.Cursor, req.Limit = cmp.Or(cursor, req.Cursor), cmp.Or(req.Limit, 100)
		res, err := g.GetChainCorpInfoList(ctx, req)
		if err != nil {
			return nil, "", err
		}
		return res.GroupCorps, more(res.HasMore, res.NextCursor), nil
	})
}

var opGetChainCorpInfo = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/corpgroup/corp/get_chain_corpinfo", Doc: 95820, Read: true}

// GetChainCorpInfoRequest says which corp to read, by one of its ids.
type GetChainCorpInfoRequest struct {
	ChainID       string `json:"chain_id"`
	CorpID        string `json:"corpid,omitzero"`
	PendingCorpID string `json:"pending_corpid,omitzero"`
}

// ChainCorpInfo is a corp of a chain.
type ChainCorpInfo struct {
	CorpName            string        `json:"corp_name"`
	QualificationStatus Qualification `json:"qualification_status"`
	CustomID            string        `json:"custom_id"` // the upstream corp's own id for it
	GroupID             int64         `json:"groupid"`
	IsJoined            bool          `json:"is_joined"`
}

// Qualification says whether WeCom has checked who a corp is.
type Qualification int

// The states.
const (
	QualificationNone      Qualification = 1 // 未验证
	QualificationVerified  Qualification = 2 // 已验证
	QualificationCertified Qualification = 3 // 已认证
)

// GetChainCorpInfo returns a corp of a chain.
//
// 「获取企业上下游通讯录下的企业信息」 https://developer.work.weixin.qq.com/document/path/95820
func (g *CorpGroup) GetChainCorpInfo(ctx context.Context, req GetChainCorpInfoRequest) (*ChainCorpInfo, error) {
	return wecom.Do[ChainCorpInfo](ctx, g.client, opGetChainCorpInfo, req)
}

// String says which app of which corp it is.
func (a ChildApp) String() string {
	return "isv.ChildApp{" + a.CorpID + " " + strconv.FormatInt(a.AgentID, 10) + "}"
}
