package wecomtest

import (
	"cmp"
	"fmt"
	"slices"
)

// AddCorp adds another corp behind the same address, and returns it: a Server
// with members, customers, apps and callbacks of its own. It shares everything
// else with s: the network, the clock, faults, limits, suites, and the logs of
// calls and deliveries, which name the corp.
//
//	other := srv.AddCorp("Other Ltd")
//	bob := other.AddMember(wecomtest.Member{Name: "Bob"})
//	client := other.NewClient()
func (s *Server) AddCorp(name string) *Server {
	s.mu.Lock()
	defer s.mu.Unlock()
	child := &Server{world: s.world}
	child.found(name)
	return child
}

// CorpID returns the corp's own id. A provider's apps know the corp by another
// one: see [Server.OpenCorpID].
func (s *Server) CorpID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.corp.id
}

// found makes the server's corp and its first app. The caller holds s.mu, or
// nobody else knows the server.
func (s *Server) found(name string) {
	n := len(s.servers) + 1
	s.corp = newCorp(fmt.Sprintf("wwSIM%013d", n))
	s.corp.number = n
	s.corp.name = cmp.Or(name, fmt.Sprintf("Corp %d", n))
	s.corp.addApp(App{Name: "wecomtest", Scopes: []Scope{ScopeContact, ScopeSchool}})
	s.servers = append(s.servers, s)
	s.routes.corps[s.corp.id] = address{server: s}
}

// routes find the corp that a call is about.
type routes struct {
	corps  map[string]address // by the ids that corps are known by
	tokens map[string]*Server // by access_token
}

// address is a corp, and the provider who knows it by that id. The corp itself
// is known by its own.
type address struct {
	server   *Server
	provider *provider
}

func newRoutes() routes {
	return routes{corps: make(map[string]address), tokens: make(map[string]*Server)}
}

// route makes the corp that the call is about the call's. The caller holds
// s.mu. A call that is about none, or about an unknown one, is the first
// corp's.
func (x *exchange) route() {
	x.token = x.query.Get(x.spec.tokenName())
	var found *Server
	switch {
	case x.spec.Token == "access_token":
		found = x.s.routes.tokens[x.token]
	case x.spec.Token == "key":
		found = x.s.serverWhere(func(c *corp) bool { return c.robots[x.token] != nil })
	case x.path == "/cgi-bin/gettoken":
		found = x.s.routes.corps[x.query.Get("corpid")].server
	case x.path == "/cgi-bin/aibot/response":
		code := x.query.Get("response_code")
		found = x.s.serverWhere(func(c *corp) bool { return c.aiBots.codes[code] != nil })
	}
	x.s = x.s.servers[0]
	x.corp = x.s.corp
	if found != nil {
		x.enter(found)
	}
}

// enter makes a corp the one that the call is about.
func (x *exchange) enter(s *Server) { x.s, x.corp, x.about = s, s.corp, s.corp.id }

// serverWhere finds a corp, or nil.
func (w *world) serverWhere(f func(c *corp) bool) *Server {
	i := slices.IndexFunc(w.servers, func(s *Server) bool { return f(s.corp) })
	if i < 0 {
		return nil
	}
	return w.servers[i]
}

// tokenName is the query parameter that holds the token.
func (e *endpoint) tokenName() string {
	if e.Token == providerAsAccessToken {
		return "access_token"
	}
	return e.Token
}
