package wecomtest

import (
	"crypto/sha1" //nolint:gosec // WeCom signs pages with it
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// A PageSignature is what a page hands to the WeCom client it runs in.
type PageSignature struct {
	AgentID   int64  // of getAgentConfigSignature; 0 is getConfigSignature
	URL       string // of the page, as its address bar has it
	NonceStr  string
	Timestamp int64 // unix seconds
	Signature string
}

const ticketLife = 2 * time.Hour

// pageTicketStore has the tickets that pages are signed with: one for the corp
// and one for each app.
type pageTicketStore struct {
	corp   pageTicket
	agent  map[int64]*pageTicket
	issued int
}

type pageTicket struct {
	value   string
	expires time.Time
}

func newPageTicketStore() pageTicketStore {
	return pageTicketStore{agent: make(map[int64]*pageTicket)}
}

func pageTicketHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/get_jsapi_ticket": handle(getJSAPITicket),
		"/cgi-bin/ticket/get":       handle(getAgentTicket),
	}
}

type pageTicketReply struct {
	Ticket    string `json:"ticket"`
	ExpiresIn int    `json:"expires_in"`
}

func getJSAPITicket(x *exchange, _ struct{}) (any, error) {
	return x.pageTicket(&x.corp.pageTickets.corp)
}

func getAgentTicket(x *exchange, _ struct{}) (any, error) {
	t := x.corp.pageTickets.agent[x.app.AgentID]
	if t == nil {
		t = &pageTicket{}
		x.corp.pageTickets.agent[x.app.AgentID] = t
	}
	return x.pageTicket(t)
}

// pageTicket answers with a ticket as long as it is valid, and then with a new
// one.
func (x *exchange) pageTicket(t *pageTicket) (any, error) {
	if !x.now.Before(t.expires) {
		x.corp.pageTickets.issued++
		*t = pageTicket{x.corp.opaque("jsapi_ticket", x.corp.pageTickets.issued, 86), x.now.Add(ticketLife)}
	}
	return pageTicketReply{t.value, int(t.expires.Sub(x.now) / time.Second)}, nil
}

// RevokePageTickets ends every ticket that pages are signed with. No call tells
// an app of it: only its pages hear that their signatures are wrong.
func (s *Server) RevokePageTickets() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.corp.pageTickets.corp.expires = time.Time{}
	for _, t := range s.corp.pageTickets.agent {
		t.expires = time.Time{}
	}
}

// CheckPageSignature judges a page as the WeCom client does before it lets the
// page call its functions. The error is a [*Refusal].
func (s *Server) CheckPageSignature(p PageSignature) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen, _, _ := strings.Cut(p.URL, "#")
	page, err := url.Parse(seen)
	if err != nil || page.Host == "" {
		return Refuse(40093, "wecomtest: no page has the URL "+p.URL)
	}
	ticket, apps := &s.corp.pageTickets.corp, s.corp.apps
	if p.AgentID != 0 {
		a := s.corp.agent(p.AgentID)
		if a == nil {
			return Refuse(40056, "invalid agentid")
		}
		ticket, apps = s.corp.pageTickets.agent[p.AgentID], []*app{a}
	}
	if !slices.ContainsFunc(apps, func(a *app) bool { return a.trustsHost(page.Hostname()) }) {
		return Refuse(80001, "wecomtest: "+page.Hostname()+" is no trusted domain")
	}
	if ticket == nil || !s.clock.Now().Before(ticket.expires) {
		return Refuse(40093, "invalid signature: wecomtest: there is no ticket that it could be made with")
	}
	text := fmt.Sprintf("jsapi_ticket=%s&noncestr=%s&timestamp=%d&url=%s", ticket.value, p.NonceStr, p.Timestamp, seen)
	sum := sha1.Sum([]byte(text)) //nolint:gosec // see the import
	if subtle.ConstantTimeCompare([]byte(hex.EncodeToString(sum[:])), []byte(p.Signature)) == 0 {
		return Refuse(40093, "invalid signature")
	}
	return nil
}

// agent returns the app with the agentid, or nil.
func (c *corp) agent(agentID int64) *app {
	i := slices.IndexFunc(c.apps, func(a *app) bool { return a.AgentID == agentID })
	if i < 0 {
		return nil
	}
	return c.apps[i]
}

// trustsHost reports whether pages of a host, or of a part of it, are the app's.
func (a *app) trustsHost(host string) bool {
	return len(a.TrustedDomains) == 0 || slices.ContainsFunc(a.TrustedDomains, func(domain string) bool {
		return host == domain || strings.HasSuffix(host, "."+domain)
	})
}
