package isv

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"time"

	"github.com/wecomkit/wecom-go/wecom"
)

// A tenantClient is the client of one corp and the permanent code that it was
// made for.
type tenantClient struct {
	client *wecom.Client
	code   secretText
}

// Client returns a client that calls WeCom as the suite in one corp: every
// package of this module works on it as on any other. It fails with
// [ErrNotAuthorized] if the corp has not authorised the suite.
//
// Ask for it with each request rather than keep it: that costs one look into
// the [TenantStore], finds a cancelled or renewed authorisation at once, and
// all clients of one corp share its token. A client that is kept fails with
// [ErrNotAuthorized] when its token ends. While the store fails, or does not
// answer within five seconds, corps that were asked for before go on with what
// is known of them.
func (s *Suite) Client(ctx context.Context, corpID string) (*wecom.Client, error) {
	t, err := s.Tenant(ctx, corpID)
	if err != nil && !errors.Is(err, ErrNotAuthorized) && ctx.Err() == nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		if known, ok := s.clients[corpID]; ok {
			s.goOn(ctx, corpID, withhold(err, known.code()))
			return known.client, nil
		}
	}
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if known, ok := s.clients[corpID]; ok && known.code() == t.PermanentCode {
		return known.client, nil
	}
	code := secret(t.PermanentCode)
	tokens, err := s.cfg.newCache(s.bare, "access_token", s.id+"/"+corpID, t.PermanentCode, func(ctx context.Context) (wecom.Token, error) {
		return s.fetchCorpToken(ctx, corpID, code)
	})
	if err != nil {
		return nil, err
	}
	c, err := s.bare.As(corpID, tokens)
	if err != nil {
		return nil, err
	}
	s.clients[corpID] = tenantClient{c, code}
	return c, nil
}

// storeTimeout is how long a read of a [TenantStore] may take, so that there
// is time left to go on without one that hangs.
const storeTimeout = 5 * time.Second

// Tenant returns what the [TenantStore] has of a corp: the agentid of the app
// there, without which no message can be sent and no page signed, and the name.
// It fails with [ErrNotAuthorized] if the corp has not authorised the suite.
func (s *Suite) Tenant(ctx context.Context, corpID string) (Tenant, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	t, err := s.cfg.tenants.Tenant(ctx, s.id, corpID)
	switch {
	case errors.Is(err, ErrNotAuthorized):
		s.forget(corpID) // a client of one that is gone
		return Tenant{}, err
	case err != nil:
		return Tenant{}, fmt.Errorf("isv: reading tenant %s of suite %s: %w", corpID, s.id, err)
	case t.PermanentCode == "":
		return Tenant{}, fmt.Errorf("isv: the tenant store has no permanent code of corp %s", corpID)
	}
	return t, nil
}

func (s *Suite) goOn(ctx context.Context, corpID string, err error) {
	s.cfg.logger.WarnContext(ctx, "isv: tenant store failed, going on without it", "suite", s.id, "corp", corpID, "err", err)
}

// forget drops what is known of a corp that is no tenant. An exchange that is
// forgotten, too, is not repeated for a late create_auth; one whose permanent
// code is still to be stored is no tenant yet, and stays.
func (s *Suite) forget(corpID string) {
	s.forgetTrades(corpID, func(t *traded) bool { return t.kept })
}

func (s *Suite) forgetTrades(corpID string, which func(*traded) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.clients, corpID)
	maps.DeleteFunc(s.traded, func(_ string, t *traded) bool { return t.of(corpID) && which(t) })
}

var opGetCorpToken = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/service/get_corp_token", Doc: 90605,
	Read: true, Auth: wecom.AuthSuiteAccessToken,
}

type getCorpTokenRequest struct {
	AuthCorpID    string `json:"auth_corpid"`
	PermanentCode string `json:"permanent_code"`
}

type getCorpTokenResult struct {
	AccessToken string        `json:"access_token"`
	ExpiresIn   wecom.Seconds `json:"expires_in"`
}

// fetchCorpToken asks WeCom for an access_token of one corp. A delegated app
// is an app of the corp, with the permanent code as its secret. The code is the
// store's, which may be newer than the given one.
//
// 「获取企业凭证」 https://developer.work.weixin.qq.com/document/path/90605
func (s *Suite) fetchCorpToken(ctx context.Context, corpID string, code secretText) (wecom.Token, error) {
	t, err := s.Tenant(ctx, corpID)
	switch {
	case errors.Is(err, ErrNotAuthorized):
		return wecom.Token{}, err
	case err != nil:
		s.goOn(ctx, corpID, withhold(err, code()))
		t.PermanentCode = code()
	}
	if s.cfg.template {
		c, err := s.bare.As(corpID, noTokens{}) // whose limits the call counts under
		if err != nil {
			return wecom.Token{}, err
		}
		return c.GetToken(ctx, wecom.Credential{CorpID: corpID, Secret: t.PermanentCode})
	}
	asked := s.bare.Clock().Now()
	res, err := wecom.Do[getCorpTokenResult](ctx, s.self, opGetCorpToken, getCorpTokenRequest{AuthCorpID: corpID, PermanentCode: t.PermanentCode})
	if err != nil {
		return wecom.Token{}, err
	}
	return newToken(opGetCorpToken, res.AccessToken, asked, res.ExpiresIn)
}
