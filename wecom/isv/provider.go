package isv

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/wecomkit/wecom-go/wecom"
)

// A Provider is the service provider (服务商) itself: it buys licenses, founds
// corps, converts ids and searches directories.
//
// A Provider is safe for concurrent use, starts no goroutine by itself and needs
// no Close. Printing it shows its corp and nothing else.
type Provider struct {
	corpID string
	bare   *wecom.Client // carries nothing
	self   *wecom.Client // carries the provider_access_token
	secret secretText
}

// NewProvider makes a provider. It sends nothing.
func NewProvider(cred ProviderCredential, opts ...Option) (*Provider, error) {
	if err := check("ProviderCredential", "CorpID", cred.CorpID, cred.Secret); err != nil {
		return nil, err
	}
	cfg, err := newConfig(newProvider, opts)
	if err != nil {
		return nil, err
	}
	p := &Provider{corpID: cred.CorpID, secret: secret(cred.Secret)}
	if p.bare, err = cfg.newClient(cred.CorpID); err != nil {
		return nil, err
	}
	tokens, err := cfg.newCache(p.bare, "provider_access_token", p.corpID, cred.Secret, p.fetchToken)
	if err != nil {
		return nil, err
	}
	p.self, err = p.bare.As(p.corpID, typedTokens{tokens, wecom.AuthProviderAccessToken})
	return p, err
}

// CorpID returns the provider's own corp id.
func (p *Provider) CorpID() string { return p.corpID }

// Self returns the client that calls as the provider, with its
// provider_access_token: for [wecom.Do] on an endpoint that has no method here.
func (p *Provider) Self() *wecom.Client { return p.self }

// String shows the corp only.
func (p *Provider) String() string { return "isv.Provider{" + p.corpID + "}" }

// Format shows the corp only, whatever the verb.
func (p *Provider) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(p.String())) }

// LogValue shows the corp only.
func (p *Provider) LogValue() slog.Value { return slog.StringValue(p.String()) }

var opGetProviderToken = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/service/get_provider_token", Doc: 91200,
	Read: true, Auth: wecom.AuthNone,
}

type getProviderTokenRequest struct {
	CorpID         string `json:"corpid"`
	ProviderSecret string `json:"provider_secret"`
}

type getProviderTokenResult struct {
	ProviderAccessToken string        `json:"provider_access_token"`
	ExpiresIn           wecom.Seconds `json:"expires_in"`
}

// fetchToken asks WeCom for a provider_access_token.
//
// 「服务商的凭证」 https://developer.work.weixin.qq.com/document/path/91200
func (p *Provider) fetchToken(ctx context.Context) (wecom.Token, error) {
	asked := p.bare.Clock().Now()
	res, err := wecom.Do[getProviderTokenResult](ctx, p.bare, opGetProviderToken, getProviderTokenRequest{CorpID: p.corpID, ProviderSecret: p.secret()})
	if err != nil {
		return wecom.Token{}, err
	}
	return newToken(opGetProviderToken, res.ProviderAccessToken, asked, res.ExpiresIn)
}

var opGetAccountBalance = wecom.Operation{
	Method: http.MethodGet, Path: "/cgi-bin/service/get_account_balance", Doc: 100137,
	Read: true, Auth: wecom.AuthProviderAccessToken,
}

type getAccountBalanceResult struct {
	Balance int64 `json:"balance"`
}

// GetAccountBalance returns what the provider has paid in, in 分.
//
// 「充值账户余额查询」 https://developer.work.weixin.qq.com/document/path/100137
func (p *Provider) GetAccountBalance(ctx context.Context) (int64, error) {
	res, err := wecom.Do[getAccountBalanceResult](ctx, p.self, opGetAccountBalance, nil)
	if err != nil {
		return 0, err
	}
	return res.Balance, nil
}
