package isv

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Ticket is the suite_ticket that WeCom pushes every ten minutes and that a
// suite_access_token is bought with. It is good for half an hour. Printing a
// Ticket, with any verb, never shows its value.
type Ticket struct {
	Value  string
	Pushed time.Time // when WeCom made it
}

// String never shows the value.
func (t Ticket) String() string {
	if t.Value == "" {
		return "isv.Ticket{}"
	}
	return "isv.Ticket{redacted, pushed " + t.Pushed.UTC().Format(time.RFC3339) + "}"
}

// Format never shows the value, whatever the verb.
func (t Ticket) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(t.String())) }

// LogValue never shows the value.
func (t Ticket) LogValue() slog.Value { return slog.StringValue(t.String()) }

// MarshalJSON fails, so that no dump shows the ticket: write the fields.
func (t Ticket) MarshalJSON() ([]byte, error) { return nil, errMarshalSecret }

// MarshalText fails, as MarshalJSON does.
func (t Ticket) MarshalText() ([]byte, error) { return nil, errMarshalSecret }

// A TicketStore keeps the newest ticket of each suite, for all processes and
// over restarts: without it a restarted process waits up to ten minutes for
// the next one. Implementations are safe for concurrent use and pass
// isvtest.TestTicketStore.
type TicketStore interface {
	// Ticket returns the ticket of a suite, or the zero Ticket if there is none.
	Ticket(ctx context.Context, suiteID string) (Ticket, error)
	// PutTicket keeps t, unless the one that is there was pushed later: of two
	// pushes the older may arrive last.
	PutTicket(ctx context.Context, suiteID string, t Ticket) error
}

// A Tenant is one corp that has authorised a suite. The permanent code is a
// credential: it acts as the app in that corp until the corp cancels. Printing
// a Tenant, with any verb, never shows it.
type Tenant struct {
	SuiteID       string
	CorpID        string // as this provider knows it
	PermanentCode string
	AgentID       int64     // of the app in the corp; 0 if WeCom named none
	CorpName      string    // when it authorised
	Authorized    time.Time // when, as WeCom or, after an install page, this process tells it
}

// String never shows the permanent code.
func (t Tenant) String() string { return "isv.Tenant{" + t.SuiteID + " " + t.CorpID + "}" }

// Format never shows the permanent code, whatever the verb.
func (t Tenant) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(t.String())) }

// LogValue never shows the permanent code.
func (t Tenant) LogValue() slog.Value {
	return slog.GroupValue(slog.String("suiteid", t.SuiteID), slog.String("corpid", t.CorpID))
}

// MarshalJSON fails, so that no dump shows the permanent code: write the fields.
func (t Tenant) MarshalJSON() ([]byte, error) { return nil, errMarshalSecret }

// MarshalText fails, as MarshalJSON does.
func (t Tenant) MarshalText() ([]byte, error) { return nil, errMarshalSecret }

// A TenantStore keeps who has authorised. Losing a permanent code means asking
// the corp to authorise again, so it belongs into a database; [Sealed]
// encrypts what one keeps. Implementations are safe for concurrent use and
// pass isvtest.TestTenantStore.
type TenantStore interface {
	// Tenant returns one tenant, or an error that matches [ErrNotAuthorized].
	Tenant(ctx context.Context, suiteID, corpID string) (Tenant, error)
	// PutTenant adds or replaces a tenant.
	PutTenant(ctx context.Context, t Tenant) error
	// DeleteTenant forgets a tenant, if it is there.
	DeleteTenant(ctx context.Context, suiteID, corpID string) error
	// Tenants walks over a suite's tenants in any order. Tenants that come or
	// go meanwhile may be missing or not.
	Tenants(ctx context.Context, suiteID string) iter.Seq2[Tenant, error]
}

// A MemoryStore is a [TicketStore] and a [TenantStore] in this process's
// memory, for tests and trials. The zero value is ready.
type MemoryStore struct {
	mu      sync.Mutex // guards the maps
	tickets map[string]heldTicket
	tenants map[[2]string]heldTenant // by suite and corp
}

// heldTicket and heldTenant are what they are named after, behind functions.
type (
	heldTicket struct {
		value  secretText
		pushed time.Time
	}
	heldTenant struct {
		code   secretText
		tenant Tenant // without the code
	}
)

// Format shows no secret, whatever the verb.
func (s *MemoryStore) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("isv.MemoryStore")) }

// Ticket returns the ticket of a suite, or the zero Ticket.
func (s *MemoryStore) Ticket(_ context.Context, suiteID string) (Ticket, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.tickets[suiteID]
	if !ok {
		return Ticket{}, nil
	}
	return Ticket{Value: t.value(), Pushed: t.pushed}, nil
}

// PutTicket keeps t, unless the one that is there was pushed later.
func (s *MemoryStore) PutTicket(_ context.Context, suiteID string, t Ticket) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if old, ok := s.tickets[suiteID]; ok && t.Pushed.Before(old.pushed) {
		return nil
	}
	if s.tickets == nil {
		s.tickets = map[string]heldTicket{}
	}
	s.tickets[suiteID] = heldTicket{secret(t.Value), t.Pushed}
	return nil
}

// Tenant returns one tenant.
func (s *MemoryStore) Tenant(_ context.Context, suiteID, corpID string) (Tenant, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	held, ok := s.tenants[[2]string{suiteID, corpID}]
	if !ok {
		return Tenant{}, NotAuthorized(suiteID, corpID)
	}
	return held.whole(), nil
}

// PutTenant adds or replaces a tenant.
func (s *MemoryStore) PutTenant(_ context.Context, t Tenant) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tenants == nil {
		s.tenants = map[[2]string]heldTenant{}
	}
	code := secret(t.PermanentCode)
	t.PermanentCode = ""
	s.tenants[[2]string{t.SuiteID, t.CorpID}] = heldTenant{code, t}
	return nil
}

// DeleteTenant forgets a tenant.
func (s *MemoryStore) DeleteTenant(_ context.Context, suiteID, corpID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.tenants, [2]string{suiteID, corpID})
	return nil
}

// Tenants walks over a suite's tenants by corp id.
func (s *MemoryStore) Tenants(ctx context.Context, suiteID string) iter.Seq2[Tenant, error] {
	return func(yield func(Tenant, error) bool) {
		s.mu.Lock()
		all := slices.Collect(maps.Values(s.tenants))
		s.mu.Unlock()
		slices.SortFunc(all, func(a, b heldTenant) int { return strings.Compare(a.tenant.CorpID, b.tenant.CorpID) })
		for _, held := range all {
			if held.tenant.SuiteID != suiteID {
				continue
			}
			if err := ctx.Err(); err != nil {
				yield(Tenant{}, err)
				return
			}
			if !yield(held.whole(), nil) {
				return
			}
		}
	}
}

func (h heldTenant) whole() Tenant {
	t := h.tenant
	t.PermanentCode = h.code()
	return t
}
