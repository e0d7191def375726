package wecom

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"
)

var opGetToken = Operation{Method: http.MethodGet, Path: "/cgi-bin/gettoken", Doc: 91039, Read: true, Auth: AuthNone}

// assumedLife is how long a token is taken to live if WeCom does not say.
const assumedLife = 5 * time.Minute

type getTokenResult struct {
	AccessToken string `json:"access_token"`
	ExpiresIn   int64  `json:"expires_in"` // seconds
}

// GetToken asks WeCom for a token of cred, past all caches. It is for the Fetch
// of a [NewTokenCache]: the tokens of c itself need no asking.
//
// 「获取access_token」 https://developer.work.weixin.qq.com/document/path/91039
//
// Fails with an error that matches [ErrInvalidCredential] if the corp id or
// the secret is wrong: WeCom bans the address of who asks so too often.
func (c *Client) GetToken(ctx context.Context, cred Credential) (Token, error) {
	if err := cred.check(true); err != nil {
		return Token{}, err
	}
	return c.tokenFetcher(cred)(ctx)
}

// tokenFetcher asks WeCom for a token of cred.
func (c *Client) tokenFetcher(cred Credential) func(context.Context) (Token, error) {
	query := secret("corpid=" + url.QueryEscape(cred.CorpID) + "&corpsecret=" + url.QueryEscape(cred.Secret))
	return func(ctx context.Context) (Token, error) {
		var res getTokenResult
		k := call{client: c, op: opGetToken, out: &res, secret: query}
		asked := c.clock.Now()
		if err := k.run(ctx); err != nil {
			return Token{}, err
		}
		if res.AccessToken == "" {
			return Token{}, errors.New("wecom: " + opGetToken.Path + ": answered success without a token")
		}
		life := time.Duration(min(res.ExpiresIn, int64(maxLifetime/time.Second))) * time.Second
		if life <= 0 {
			life = assumedLife
		}
		return Token{Value: res.AccessToken, ExpiresAt: asked.Add(life)}, nil
	}
}
