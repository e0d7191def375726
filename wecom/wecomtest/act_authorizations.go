package wecomtest

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"
)

// An Authorization is what an administrator grants when a corp installs a
// suite.
type Authorization struct {
	Admin    string   `json:"admin,omitzero"`     // userid of the administrator; "" is nobody known
	Visible  []string `json:"visible,omitzero"`   // userids in the app's 可见范围; nil is everyone
	Scopes   []Scope  `json:"scopes,omitzero"`    // nil is Suite.Scopes
	ByMember bool     `json:"by_member,omitzero"` // members authorise for themselves (成员授权)
	State    string   `json:"state,omitzero"`     // of the QR code by which a template is installed
}

// AuthorizeSuite lets an administrator of the corp install a suite from the app
// market, or a template by its QR code. The suite hears create_auth, with a code
// for the permanent code of the corp. It returns the app that the corp has now.
func (a Actor) AuthorizeSuite(suiteID string, auth Authorization) App {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	su := a.s.suite(suiteID)
	added := a.s.install(su, auth)
	a.s.tellCode(added, "create_auth", auth.State)
	return added.clone()
}

// AuthorizeByLink lets an administrator follow a link to the install page, as
// the provider's site makes one with a pre-auth code, and install the suite. It
// returns where the page sends the browser: to redirect_uri, with the auth code.
// The suite hears nothing by callback, as the page of create_auth says. Of a
// link that WeCom would refuse it returns the error.
//
// 「企业授权应用」 https://developer.work.weixin.qq.com/document/path/90597
func (a Actor) AuthorizeByLink(link string, auth Authorization) (redirect string, err error) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	l, err := a.s.installLink(link)
	if err != nil {
		return "", err
	}
	added := a.s.install(l.suite, auth)
	added.install.test = l.code.test
	delete(a.s.providers.preAuthCodes, l.preAuthCode)
	q := l.redirect.Query()
	q.Set("auth_code", a.s.authCode(added))
	q.Set("expires_in", "600")
	q.Set("state", l.state)
	l.redirect.RawQuery = q.Encode()
	return l.redirect.String(), nil
}

// installLink is a link to the install page, taken apart.
type installLink struct {
	suite       *suite
	preAuthCode string
	code        *preAuthCode
	redirect    *url.URL
	state       string
}

const maxAuthState = 128

// installLink reads a link. The caller holds s.mu.
func (s *Server) installLink(link string) (*installLink, error) {
	u, err := url.Parse(link)
	if err != nil {
		return nil, Refuse(40058, "wecomtest: install page: "+err.Error())
	}
	if u.Scheme != "https" || u.Host != "open.work.weixin.qq.com" || u.Path != "/3rdapp/install" {
		return nil, Refuse(40058, "wecomtest: install page: "+u.Scheme+"://"+u.Host+u.Path+" is not it")
	}
	q := u.Query()
	for name := range q {
		if !slices.Contains([]string{"suite_id", "pre_auth_code", "redirect_uri", "state"}, name) {
			s.problemf("install page: %s is none of its parameters", name)
		}
	}
	l := &installLink{suite: s.providers.suite(q.Get("suite_id")), preAuthCode: q.Get("pre_auth_code"), state: q.Get("state")}
	if l.suite == nil {
		return nil, Refuse(40083, "invalid suiteid")
	}
	if l.code, err = s.preAuthCode(l.preAuthCode, l.suite, s.clock.Now()); err != nil {
		return nil, err
	}
	if len(l.state) > maxAuthState || strings.ContainsFunc(l.state, notAlnum) {
		return nil, Refuse(40058, "wecomtest: install page: state is not of at most 128 letters and digits")
	}
	l.redirect, err = url.Parse(q.Get("redirect_uri"))
	if err != nil || l.redirect.Host == "" {
		return nil, Refuse(50001, "wecomtest: install page: redirect_uri is no absolute URL")
	}
	if !l.suite.trusts(l.redirect) {
		return nil, Refuse(50001, "wecomtest: install page: redirect_uri is not in the suite's domains")
	}
	return l, nil
}

func notAlnum(r rune) bool {
	return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
}

// install adds a suite's app to the corp. The caller holds s.mu.
func (s *Server) install(su *suite, auth Authorization) *app {
	s.helper()
	if s.corp.appOf(su) != nil {
		s.fatalf("wecomtest: the corp has authorised suite %s already", su.SuiteID)
	}
	if auth.Admin != "" {
		s.member(auth.Admin)
	}
	scopes := auth.Scopes
	if scopes == nil {
		scopes = su.Scopes
	}
	added := s.corp.addApp(App{
		Name: cmp.Or(su.Name, su.SuiteID), Visible: auth.Visible, TrustedIPs: su.TrustedIPs,
		Scopes: append(slices.Clone(scopes), ScopeProvider),
	})
	added.install = &install{suite: su, admin: auth.Admin, byMember: auth.ByMember, state: auth.State}
	if su.TryDays > 0 {
		added.install.tryEnd = s.clock.Now().Add(time.Duration(su.TryDays) * oneDay)
	}
	if trials, of := s.providers.licenses.trials, (licenseHolder{s.corp.id, su.SuiteID}); trials[of].IsZero() {
		trials[of] = s.clock.Now()
	}
	added.newPermanentCode()
	s.openCorpID(su.provider)
	if su.newChats {
		s.corp.chatUpgrades.at[added.AgentID] = s.clock.Now()
	}
	return added
}

// tellCode sends the suite an event with an auth code. The caller holds s.mu.
func (s *Server) tellCode(a *app, event, state string) {
	list := []Element{{Name: "SuiteId"}, {"AuthCode", s.authCode(a)}, {Name: "InfoType"}, {Name: "TimeStamp"}}
	if state != "" {
		list = append(list, Element{"State", state})
	}
	s.emit(Event{Event: event, Form: FormSuite, suiteOnly: a.install.suite, Elements: list})
}

// ChangeAuthorization lets an administrator of the corp change what a suite's
// app may see and do. The suite hears change_auth.
func (a Actor) ChangeAuthorization(suiteID string, change func(*Authorization)) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	installed := a.s.installed(suiteID)
	auth := Authorization{
		Admin: installed.install.admin, ByMember: installed.install.byMember, State: installed.install.state,
		Visible: slices.Clone(installed.Visible), Scopes: slices.DeleteFunc(slices.Clone(installed.Scopes), isProvider),
	}
	change(&auth)
	installed.install.admin, installed.install.byMember = auth.Admin, auth.ByMember
	installed.Visible = slices.Clone(auth.Visible)
	installed.Scopes = append(slices.DeleteFunc(slices.Clone(auth.Scopes), isProvider), ScopeProvider)
	a.s.tellSuite(installed.install.suite, "change_auth")
}

func isProvider(s Scope) bool { return s == ScopeProvider }

// CancelAuthorization lets an administrator of the corp remove a suite's app.
// Its permanent code and its tokens are worth nothing from now on. The suite
// hears cancel_auth.
func (a Actor) CancelAuthorization(suiteID string) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	installed := a.s.installed(suiteID)
	a.s.corp.revoke(installed)
	a.s.corp.apps = slices.DeleteFunc(a.s.corp.apps, func(b *app) bool { return b == installed })
	a.s.tellSuite(installed.install.suite, "cancel_auth")
}

// ResetPermanentCode lets the provider fetch a new secret for the corp's app of
// a template (重新获取secret). The old one is worth nothing from now on; tokens
// stay. The template hears reset_permanent_code.
func (a Actor) ResetPermanentCode(suiteID string) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	installed := a.s.installed(suiteID)
	if !installed.install.suite.Template {
		a.s.fatalf("wecomtest: suite %s is no template: its permanent code cannot be reset", suiteID)
	}
	installed.newPermanentCode()
	a.s.tellCode(installed, "reset_permanent_code", "")
}

// installed returns the corp's app of a suite, which must be there. The caller
// holds s.mu.
func (s *Server) installed(suiteID string) *app {
	s.helper()
	a := s.corp.appOf(s.suite(suiteID))
	if a == nil {
		s.fatalf("wecomtest: the corp has not authorised suite %s", suiteID)
	}
	return a
}

// tellSuite sends a suite an event about the corp. The caller holds s.mu.
func (s *Server) tellSuite(su *suite, event string, more ...Element) {
	list := append([]Element{{Name: "SuiteId"}, {Name: "InfoType"}, {Name: "TimeStamp"}, {Name: "AuthCorpId"}}, more...)
	s.emit(Event{Event: event, Form: FormSuite, suiteOnly: su, Elements: list})
}

// PermanentCode returns the permanent code of the corp's app of a suite, for
// tests that do not fetch it, or "" if the corp has not authorised the suite.
func (s *Server) PermanentCode(suiteID string) string {
	s.helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.corp.appOf(s.suite(suiteID)); a != nil {
		return a.install.permanentCode
	}
	return ""
}
