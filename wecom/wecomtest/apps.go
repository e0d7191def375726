package wecomtest

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"time"

	"github.com/wecomkit/wecom-go/wecom"
)

// A Scope is a right that the console gives to an app's secret.
type Scope string

const (
	ScopeContact   Scope = "contact"   // 客户联系: the app is on the list of callers
	ScopeDirectory Scope = "directory" // 通讯录同步: the app may change the directory
	ScopeComponent Scope = "component" // 获客助手组件: the app is a provider's, and sees acquisition links it was granted
	ScopeMarketing Scope = "marketing" // 营销获客: the app brings customers
	ScopeProvider  Scope = "provider"  // the app is a service provider's: 第三方应用 or 代开发应用
	ScopeSchool    Scope = "school"    // 家校沟通: the app writes to parents and students
)

// An App is one secret of the corp and what it may do.
type App struct {
	AgentID    int64    `json:"agentid,omitzero"` // 0 is the next free one
	Name       string   `json:"name,omitzero"`    //
	Secret     string   `json:"secret,omitzero"`  // "" is a made-up one
	Scopes     []Scope  `json:"scopes,omitzero"`
	Visible    []string `json:"visible,omitzero"`     // userids in the app's 可见范围; nil is everyone
	TrustedIPs []string `json:"trusted_ips,omitzero"` // nil is any

	TrustedDomains []string `json:"trusted_domains,omitzero"` // 可信域名 of pages and logins; nil is any
}

type app struct {
	App
	corpID  string
	install *install // how it came into the corp; nil is by the corp itself
	current string   // the token that gettoken gave last
	issued  int
	window  []time.Time // gettoken calls, if they are limited
}

type accessToken struct {
	app     *app
	expires time.Time
	revoked bool
}

const tokenLife = 2 * time.Hour

// AddApp adds an app to the corp and returns it with its secret.
func (s *Server) AddApp(a App) App {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.corp.addApp(a).clone()
}

// App returns the corp's first app, whose client [Server.NewClient] makes.
func (s *Server) App() App {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.corp.apps[0].clone()
}

// CredentialOf returns the credential of one app.
func (s *Server) CredentialOf(a App) wecom.Credential {
	s.mu.Lock()
	defer s.mu.Unlock()
	return wecom.Credential{CorpID: s.corp.id, Secret: a.Secret}
}

// RevokeTokens ends every token of the corp's apps, as WeCom may at any time:
// it answers 40014 to them from now on.
func (s *Server) RevokeTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.corp.apps {
		s.corp.revoke(a)
	}
}

// revoke ends every token of an app.
func (c *corp) revoke(a *app) {
	for _, tok := range c.tokens {
		if tok.app == a {
			tok.revoked = true
		}
	}
	a.current = ""
}

func (a App) clone() App {
	a.Scopes = slices.Clone(a.Scopes)
	a.Visible = slices.Clone(a.Visible)
	a.TrustedIPs = slices.Clone(a.TrustedIPs)
	a.TrustedDomains = slices.Clone(a.TrustedDomains)
	return a
}

// provider is who made the app, or nil.
func (a *app) provider() *provider {
	if a.install == nil {
		return nil
	}
	return a.install.suite.provider
}

func (c *corp) addApp(a App) *app {
	a = a.clone()
	if a.AgentID == 0 {
		a.AgentID = 1000002
		for slices.ContainsFunc(c.apps, func(b *app) bool { return b.AgentID == a.AgentID }) {
			a.AgentID++
		}
	}
	if a.Secret == "" {
		a.Secret = c.opaque("secret", int(a.AgentID), 32)
	}
	added := &app{App: a, corpID: c.id}
	c.apps = append(c.apps, added)
	return added
}

// opaque makes a text that looks random and is always the same.
func (c *corp) opaque(kind string, n, length int) string { return opaque(c.id, kind, n, length) }

func opaque(owner, kind string, n, length int) string {
	var out string
	for i := 0; len(out) < length; i++ {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s %s %d %d", owner, kind, n, i))
		out += base64.RawURLEncoding.EncodeToString(sum[:])
	}
	return out[:length]
}

func tokenHandlers() map[string]handler {
	return map[string]handler{"/cgi-bin/gettoken": handle(getToken)}
}

type getTokenRequest struct {
	CorpID     string `json:"corpid"`
	CorpSecret string `json:"corpsecret"`
}

type getTokenReply struct {
	AccessToken string `json:"access_token"`
	ExpiresIn   int    `json:"expires_in"`
}

func getToken(x *exchange, req getTokenRequest) (any, error) {
	c := x.corp
	if until, ok := c.banned[x.ip]; ok && x.now.Before(until) {
		return nil, Refuse(45009, "wecomtest: too many wrong secrets from this address")
	}
	a, err := x.appOf(req)
	if err != nil {
		c.countWrongSecret(x)
		return nil, err
	}
	if err := a.trusts(x.ip); err != nil {
		return nil, err
	}
	token, seconds, err := x.newToken(a)
	if err != nil {
		return nil, err
	}
	return getTokenReply{token, seconds}, nil
}

// newToken gives out a token of an app of the corp.
func (x *exchange) newToken(a *app) (token string, seconds int, err error) {
	c := x.corp
	if n := x.s.set.tokenCalls; n > 0 {
		a.window = slices.DeleteFunc(a.window, func(t time.Time) bool { return x.now.Sub(t) >= x.s.set.tokenCallsPer })
		if len(a.window) >= n {
			return "", 0, Refuse(45009, "api freq out of limit")
		}
		a.window = append(a.window, x.now)
	}
	if tok := c.tokens[a.current]; x.s.set.sameToken && tok != nil && x.now.Before(tok.expires) {
		return a.current, int(tok.expires.Sub(x.now) / time.Second), nil
	}
	a.issued++
	a.current = c.appToken(a, a.issued)
	if a.issued > maxTokens {
		old := c.appToken(a, a.issued-maxTokens)
		delete(c.tokens, old)
		delete(x.s.routes.tokens, old)
	}
	c.tokens[a.current] = &accessToken{app: a, expires: x.now.Add(tokenLife)}
	x.s.routes.tokens[a.current] = x.s
	return a.current, int(tokenLife / time.Second), nil
}

// appToken is the n-th token of an app.
func (c *corp) appToken(a *app, n int) string {
	return c.opaque(fmt.Sprintf("token %d", a.AgentID), n, 214)
}

// appOf finds the app by its secret. A delegated app's is the permanent code,
// and its provider knows the corp by another id.
func (x *exchange) appOf(req getTokenRequest) (*app, error) {
	at, known := x.s.routes.corps[req.CorpID]
	switch {
	case req.CorpID == "":
		return nil, Refuse(41002, "corpid missing")
	case req.CorpSecret == "":
		return nil, Refuse(41004, "corpsecret missing")
	case !known:
		return nil, Refuse(40013, "invalid corpid")
	}
	for _, a := range x.corp.apps {
		if a.Secret == req.CorpSecret && a.provider() == at.provider {
			return a, nil
		}
	}
	return nil, Refuse(40001, "invalid credential")
}

// countWrongSecret bans the address after too many wrong tries in an hour.
func (c *corp) countWrongSecret(x *exchange) {
	tries := slices.DeleteFunc(c.wrong[x.ip], func(t time.Time) bool { return x.now.Sub(t) >= time.Hour })
	tries = append(tries, x.now)
	if len(tries) > x.s.set.wrongSecrets {
		c.banned[x.ip] = x.now.Add(time.Hour)
		tries = nil
	}
	c.wrong[x.ip] = tries
}

func (a *app) trusts(ip string) error { return trusted(a.TrustedIPs, ip) }

func trusted(ips []string, ip string) error {
	if len(ips) == 0 || slices.Contains(ips, ip) {
		return nil
	}
	return Refuse(60020, "not allow to access from your ip")
}

// authorise checks the token and what its app may do.
func (x *exchange) authorise() error {
	if x.spec.Token == "none" {
		return nil
	}
	if x.spec.Token == "key" {
		if x.token == "" {
			return Refuse(93000, "invalid webhook url")
		}
		return nil // no app's: the handler knows the robots
	}
	tok := x.corp.tokens[x.token]
	switch x.spec.Token {
	case "access_token":
	case "suite_access_token":
		return x.authoriseSuite()
	case "provider_access_token", providerAsAccessToken:
		return x.authoriseProvider()
	default:
		return x.foreign(tok)
	}
	switch {
	case x.token == "":
		return Refuse(41001, "access_token missing")
	case tok == nil, tok.revoked:
		return Refuse(40014, "invalid access_token")
	case !x.now.Before(tok.expires):
		return Refuse(42001, "access_token expired")
	}
	x.app = tok.app
	x.provider = x.app.provider()
	if err := x.app.trusts(x.ip); err != nil {
		return err
	}
	if s := x.spec.Scope; s != "" && !slices.Contains(x.app.Scopes, s) {
		return Refuse(48002, "api forbidden")
	}
	return nil
}

// foreign checks a token that the simulator does not issue: a device's. It only
// knows that a corp's own is none.
func (x *exchange) foreign(tok *accessToken) error {
	switch {
	case x.token == "":
		return Refuse(41001, x.spec.Token+" missing")
	case tok != nil:
		return Refuse(40014, "invalid "+x.spec.Token)
	}
	return nil
}

// sees reports whether a member is in the app's visible range.
func (a *app) sees(userID string) bool {
	return a.Visible == nil || slices.Contains(a.Visible, userID)
}
