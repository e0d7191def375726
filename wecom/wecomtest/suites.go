package wecomtest

import (
	"fmt"
	"slices"
	"time"
)

// A Suite is what a provider makes for many corps: a third-party app (第三方应用),
// or a template of apps that are developed for each corp (代开发应用模板).
// [Actor.AuthorizeSuite] lets a corp install it.
type Suite struct {
	SuiteID    string   `json:"suite_id,omitzero"`    // "" is a made-up one
	Secret     string   `json:"secret,omitzero"`      // "" is a made-up one
	Name       string   `json:"name,omitzero"`        //
	ProviderID string   `json:"provider_id,omitzero"` // the corpid of who made it; "" is the first provider
	Template   bool     `json:"template,omitzero"`    // of delegated apps
	Scopes     []Scope  `json:"scopes,omitzero"`      // what a corp that installs it grants; nil is ScopeContact
	TrustedIPs []string `json:"trusted_ips,omitzero"` // nil is any
	TryDays    int      `json:"try_days,omitzero"`    // how long a corp may try a third-party app that costs something; 0 is one that does not

	// RedirectDomains are where the install page may send the browser back to;
	// nil is anywhere.
	RedirectDomains []string `json:"redirect_domains,omitzero"`
}

type suite struct {
	Suite
	provider *provider
	keys     Keys
	token    issued
	tickets  ticketStore
	codes    int  // auth codes and pre-auth codes that were given out
	newChats bool // corps that authorise it begin with the new ids of group chats
}

// AddSuite lets a provider make a third-party app or a template, and returns it
// with its id and secret.
//
//	suite := srv.AddSuite(wecomtest.Suite{Name: "Greeter"})
//	srv.SetCallback(wecomtest.Callback{SuiteID: suite.SuiteID, Handler: h}) // h knows srv.SuiteKeys(suite.SuiteID)
//	srv.Act().AuthorizeSuite(suite.SuiteID, wecomtest.Authorization{})
func (s *Server) AddSuite(in Suite) Suite {
	s.helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.provider(in.ProviderID)
	in = in.clone()
	in.ProviderID = p.CorpID
	if in.SuiteID == "" {
		prefix := "ww"
		if in.Template {
			prefix = "dk"
		}
		in.SuiteID = fmt.Sprintf("%sSIM8%012d", prefix, len(s.providers.suites)+1)
	}
	if s.providers.suite(in.SuiteID) != nil {
		s.fatalf("wecomtest: suite %q is there already", in.SuiteID)
	}
	if in.Secret == "" {
		in.Secret = opaque(in.SuiteID, "secret", 0, 43)
	}
	if in.Scopes == nil {
		in.Scopes = []Scope{ScopeContact}
	}
	su := &suite{Suite: in, provider: p, keys: makeKeys(in.SuiteID, "")}
	su.keys.ReceiveID, su.keys.SuiteID = "", in.SuiteID
	s.providers.suites = append(s.providers.suites, su)
	return su.clone()
}

func (su Suite) clone() Suite {
	su.Scopes = slices.Clone(su.Scopes)
	su.TrustedIPs = slices.Clone(su.TrustedIPs)
	su.RedirectDomains = slices.Clone(su.RedirectDomains)
	return su
}

func (st *providerStore) suite(id string) *suite {
	i := slices.IndexFunc(st.suites, func(su *suite) bool { return su.SuiteID == id })
	if i < 0 {
		return nil
	}
	return st.suites[i]
}

// suite returns one that must exist. The caller holds s.mu.
func (s *Server) suite(id string) *suite {
	s.helper()
	su := s.providers.suite(id)
	if su == nil {
		s.fatalf("wecomtest: no suite %q", id)
	}
	return su
}

func suiteHandlers() map[string]handler {
	return map[string]handler{"/cgi-bin/service/get_suite_token": handle(getSuiteToken)}
}

type getSuiteTokenRequest struct {
	SuiteID     string `json:"suite_id"`
	SuiteSecret string `json:"suite_secret"`
	SuiteTicket string `json:"suite_ticket"`
}

type getSuiteTokenReply struct {
	SuiteAccessToken string `json:"suite_access_token"`
	ExpiresIn        int    `json:"expires_in"`
}

// getSuiteToken answers without an errcode, as WeCom does when all is well.
func getSuiteToken(x *exchange, req getSuiteTokenRequest) (any, error) {
	su := x.s.providers.suite(req.SuiteID)
	switch {
	case su == nil:
		return nil, Refuse(40083, "invalid suiteid")
	case su.Secret != req.SuiteSecret:
		return nil, Refuse(40080, "invalid suite_secret")
	case !su.tickets.valid(req.SuiteTicket, x.now):
		return nil, Refuse(40085, "invalid suite_ticket")
	}
	if err := trusted(su.TrustedIPs, x.ip); err != nil {
		return nil, err
	}
	seconds, fresh := su.token.renew(x.now, su.SuiteID, "suite_access_token")
	if fresh {
		x.s.providers.suiteTokens[su.token.value] = su
	}
	return bareReply(getSuiteTokenReply{su.token.value, seconds})
}

// authoriseSuite checks a suite_access_token.
func (x *exchange) authoriseSuite() error {
	su, ok := x.s.providers.suiteTokens[x.token]
	switch {
	case x.token == "":
		return Refuse(41022, "suite_access_token missing")
	case !ok, su.token.value == x.token && su.token.revoked:
		return Refuse(40082, "invalid suite_access_token")
	case !su.token.valid(x.token), !x.now.Before(su.token.expires):
		return Refuse(42009, "suite_access_token expired")
	}
	x.suite, x.provider = su, su.provider
	return trusted(su.TrustedIPs, x.ip)
}

const (
	suiteTicketEvery = 10 * time.Minute
	suiteTicketLife  = 30 * time.Minute
)

// ticketStore has the suite_tickets of one suite.
type ticketStore struct {
	list  []ticket // those that may still be valid, oldest first
	given int
	next  *appointment // the next push; nil if nobody ever listened
}

type ticket struct {
	value  string
	pushed time.Time
}

func (t *ticketStore) valid(value string, now time.Time) bool {
	return slices.ContainsFunc(t.list, func(k ticket) bool { return k.value == value && now.Sub(k.pushed) < suiteTicketLife })
}

// PushTicket sends a suite a new suite_ticket, as the button of the provider's
// console does, and returns it. By itself WeCom sends one when the suite's
// callback is set up and then every ten minutes.
func (s *Server) PushTicket(suiteID string) string {
	s.helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pushTicket(s.suite(suiteID))
}

// pushTicket makes a ticket and sends it. The caller holds s.mu.
func (s *Server) pushTicket(su *suite) string {
	now := s.clock.Now()
	t := &su.tickets
	t.given++
	k := ticket{opaque(su.SuiteID, "suite_ticket", t.given, 64), now}
	t.list = append(slices.DeleteFunc(t.list, func(k ticket) bool { return now.Sub(k.pushed) >= suiteTicketLife }), k)
	s.emit(Event{Event: "suite_ticket", Form: FormSuite, suiteOnly: su, Elements: []Element{
		{Name: "SuiteId"}, {Name: "InfoType"}, {Name: "TimeStamp"}, {"SuiteTicket", k.value},
	}})
	return k.value
}

// keepTickets pushes a ticket now and every ten minutes from now on. The
// caller holds s.mu.
func (s *Server) keepTickets(su *suite) {
	s.cancelLater(su.tickets.next)
	s.pushTicket(su)
	su.tickets.next = s.later(suiteTicketEvery, ticketPush{su})
}

// ticketPush is the next push of a suite's ticket.
type ticketPush struct{ suite *suite }

func (p ticketPush) run(s *Server) { s.keepTickets(p.suite) }
