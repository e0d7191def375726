package wecomtest

import (
	"fmt"
	"slices"
	"time"
)

// A Provider is a service provider (服务商): a corp that makes apps for others.
type Provider struct {
	CorpID     string   `json:"corpid,omitzero"`      // "" is a made-up one
	Secret     string   `json:"secret,omitzero"`      // the ProviderSecret; "" is a made-up one
	Name       string   `json:"name,omitzero"`        //
	TrustedIPs []string `json:"trusted_ips,omitzero"` // nil is any
	Balance    int64    `json:"balance,omitzero"`     // of the account that pays for licenses, in fen
}

type provider struct {
	Provider
	first bool
	token issued
	keys  Keys
}

// issued is a token that lives for two hours, and is given out again so long.
type issued struct {
	value   string
	n       int
	expires time.Time
	revoked bool
}

// providerStore is what WeCom knows of providers and their apps.
type providerStore struct {
	list   []*provider
	suites []*suite

	tokens      map[string]*provider // by each token they ever had
	suiteTokens map[string]*suite    // the same

	preAuthCodes map[string]*preAuthCode
	authCodes    map[string]*authCode

	logins     map[string]*suiteLogin // by their codes and tickets
	loginCodes int                    // given out

	templates map[string]*RegisterTemplate // by template_id
	registers map[string]*registerCode     // by register_code
	authLinks map[string]*authLink         // by URL
	jobs      map[string]*translateJob     // by jobid
	files     map[string]*provider         // whose they are, by media_id
	uploads   int

	registersGiven, authLinksGiven int

	orders      []*suiteOrder
	ordersGiven int

	licenses licenseStore
}

func newProviderStore() providerStore {
	return providerStore{
		tokens:       make(map[string]*provider),
		suiteTokens:  make(map[string]*suite),
		preAuthCodes: make(map[string]*preAuthCode),
		authCodes:    make(map[string]*authCode),
		logins:       make(map[string]*suiteLogin),
		templates:    make(map[string]*RegisterTemplate),
		registers:    make(map[string]*registerCode),
		authLinks:    make(map[string]*authLink),
		jobs:         make(map[string]*translateJob),
		files:        make(map[string]*provider),
		licenses:     newLicenseStore(),
	}
}

// providerAsAccessToken is how the table writes that a provider's token goes by
// the name access_token.
const providerAsAccessToken = "access_token=<provider_access_token>"

// AddProvider adds a service provider and returns it with its secret. A server
// needs one only if a test has several: see [Server.Provider].
func (s *Server) AddProvider(p Provider) Provider {
	s.helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.providers.byID(p.CorpID) != nil {
		s.fatalf("wecomtest: provider %q is there already", p.CorpID)
	}
	return s.providers.add(p).clone()
}

// Provider returns the first service provider, who makes every suite that names
// no other. There is one without [Server.AddProvider], too.
func (s *Server) Provider() Provider {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.providers.first().clone()
}

// ProviderKeys returns the keys of a provider's 系统事件接收URL.
func (s *Server) ProviderKeys(providerID string) Keys {
	s.helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.provider(providerID).keys
}

// OpenCorpID returns the id by which a provider and its apps know the corp; ""
// stands for the first provider. It is not the corp's own id: WeCom encrypts
// that for each provider.
func (s *Server) OpenCorpID(providerID string) string {
	s.helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.openCorpID(s.provider(providerID))
}

// openCorpID makes the id known. The caller holds s.mu.
func (s *Server) openCorpID(p *provider) string {
	id := "wp" + opaque(p.CorpID, "corp "+s.corp.id, 0, 30)
	s.routes.corps[id] = address{s, p}
	return id
}

// provider returns one that must exist; "" is the first. The caller holds s.mu.
func (s *Server) provider(id string) *provider {
	s.helper()
	if id == "" {
		return s.providers.first()
	}
	p := s.providers.byID(id)
	if p == nil {
		s.fatalf("wecomtest: no provider %q", id)
	}
	return p
}

func (st *providerStore) byID(id string) *provider {
	i := slices.IndexFunc(st.list, func(p *provider) bool { return p.CorpID == id })
	if i < 0 {
		return nil
	}
	return st.list[i]
}

func (st *providerStore) first() *provider {
	if len(st.list) == 0 {
		return st.add(Provider{Name: "Provider"})
	}
	return st.list[0]
}

func (st *providerStore) add(in Provider) *provider {
	p := &provider{Provider: in.clone(), first: len(st.list) == 0}
	if p.CorpID == "" {
		p.CorpID = fmt.Sprintf("wwSIM9%012d", len(st.list)+1)
	}
	if p.Secret == "" {
		p.Secret = opaque(p.CorpID, "ProviderSecret", 0, 64)
	}
	p.keys = makeKeys(p.CorpID, "")
	p.keys.ReceiveID = p.CorpID
	st.list = append(st.list, p)
	return p
}

func (p Provider) clone() Provider {
	p.TrustedIPs = slices.Clone(p.TrustedIPs)
	return p
}

// RevokeProviderTokens ends every token of providers and suites, as WeCom may
// at any time. The tokens of corps stay.
func (s *Server) RevokeProviderTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.providers.list {
		p.token.revoked = true
	}
	for _, su := range s.providers.suites {
		su.token.revoked = true
	}
}

// renew makes a new token if there is none that is valid, and returns how long
// it is.
func (t *issued) renew(now time.Time, owner, kind string) (seconds int, fresh bool) {
	if t.value == "" || t.revoked || !now.Before(t.expires) {
		t.n++
		*t = issued{value: opaque(owner, kind, t.n, 138), n: t.n, expires: now.Add(tokenLife)}
		fresh = true
	}
	return int(t.expires.Sub(now) / time.Second), fresh
}

// valid reports whether a token that its owner had is still good.
func (t *issued) valid(token string) bool { return t.value == token && !t.revoked }

func providerHandlers() map[string]handler {
	return map[string]handler{"/cgi-bin/service/get_provider_token": handle(getProviderToken)}
}

type getProviderTokenRequest struct {
	CorpID         string `json:"corpid"`
	ProviderSecret string `json:"provider_secret"`
}

type getProviderTokenReply struct {
	ProviderAccessToken string `json:"provider_access_token"`
	ExpiresIn           int    `json:"expires_in"`
}

func getProviderToken(x *exchange, req getProviderTokenRequest) (any, error) {
	p := x.s.providers.byID(req.CorpID)
	switch {
	case p == nil:
		return nil, Refuse(40013, "invalid corpid")
	case p.Secret != req.ProviderSecret:
		return nil, Refuse(40001, "invalid credential")
	}
	if err := trusted(p.TrustedIPs, x.ip); err != nil {
		return nil, err
	}
	seconds, fresh := p.token.renew(x.now, p.CorpID, "provider_access_token")
	if fresh {
		x.s.providers.tokens[p.token.value] = p
	}
	return getProviderTokenReply{p.token.value, seconds}, nil
}

// authoriseProvider checks a provider_access_token.
func (x *exchange) authoriseProvider() error {
	p, ok := x.s.providers.tokens[x.token]
	switch {
	case x.token == "":
		return Refuse(41001, x.spec.tokenName()+" missing")
	case !ok, p.token.value == x.token && p.token.revoked:
		return Refuse(40014, "invalid provider_access_token")
	case !p.token.valid(x.token), !x.now.Before(p.token.expires):
		return Refuse(42001, "provider_access_token expired")
	}
	x.provider = p
	return trusted(p.TrustedIPs, x.ip)
}

// tenant makes the corp that a provider knows by that id the one that the call
// is about.
func (x *exchange) tenant(openCorpID string) bool {
	at := x.s.routes.corps[openCorpID]
	if at.server == nil || at.provider == nil || at.provider != x.provider {
		return false
	}
	x.enter(at.server)
	return true
}
