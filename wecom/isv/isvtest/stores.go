// Package isvtest checks that a store of package isv keeps what it promises:
//
//	func TestStore(t *testing.T) {
//		isvtest.TestTenantStore(t, func(t *testing.T) isv.TenantStore { return mystore.New(…) })
//	}
package isvtest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wecomkit/wecom-go/wecom/isv"
)

// TestTicketStore checks the store that newStore makes. Stores may share a
// backend: each check uses suites of its own.
func TestTicketStore(t *testing.T, newStore func(t *testing.T) isv.TicketStore) {
	t.Helper()
	checks := []struct {
		name  string
		check func(*testing.T, isv.TicketStore, string)
	}{
		{"a missing ticket is the zero Ticket and no error", ticketMissing},
		{"what is put is got", ticketRoundTrip},
		{"a newer ticket replaces an older one", ticketNewer},
		{"an older ticket does not replace a newer one", ticketOlder},
		{"of many at once the newest stays", ticketRace},
		{"suites are kept apart", ticketApart},
	}
	for i, c := range checks {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.check(t, newStore(t), fmt.Sprintf("ww%d%d", time.Now().UnixNano(), i))
		})
	}
}

// TestTenantStore checks the store that newStore makes. Stores may share a
// backend: each check uses suites of its own.
func TestTenantStore(t *testing.T, newStore func(t *testing.T) isv.TenantStore) {
	t.Helper()
	checks := []struct {
		name  string
		check func(*testing.T, isv.TenantStore, string)
	}{
		{"a missing tenant is ErrNotAuthorized", tenantMissing},
		{"what is put is got, with every field", tenantRoundTrip},
		{"a permanent code of 512 bytes is kept whole", tenantLongCode},
		{"a tenant that is put again is replaced", tenantReplaced},
		{"a deleted tenant is gone, and may be deleted again", tenantDeleted},
		{"suites and corps are kept apart", tenantApart},
		{"corps whose ids differ in case are kept apart", tenantCase},
		{"all tenants of a suite are walked over, once each", tenantWalk},
		{"a walk may end early", tenantWalkEnds},
		{"a walk leaves the store to others", tenantWalkOpen},
		{"many goroutines at once", tenantRace},
		{"a cancelled ctx ends a walk", tenantWalkCancelled},
	}
	for i, c := range checks {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.check(t, newStore(t), fmt.Sprintf("ww%d%d", time.Now().UnixNano(), i))
		})
	}
}

func noon() time.Time { return time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC) }

func ticket(value string, minute int) isv.Ticket {
	return isv.Ticket{Value: value, Pushed: noon().Add(time.Duration(minute) * time.Minute)}
}

func putTicket(t *testing.T, s isv.TicketStore, suite string, tk isv.Ticket) {
	t.Helper()
	if err := s.PutTicket(t.Context(), suite, tk); err != nil {
		t.Fatalf("PutTicket: %v", err)
	}
}

func wantTicket(t *testing.T, s isv.TicketStore, suite string, want isv.Ticket) {
	t.Helper()
	got, err := s.Ticket(t.Context(), suite)
	if err != nil {
		t.Fatalf("Ticket: %v", err)
	}
	if got.Value != want.Value || !got.Pushed.Equal(want.Pushed) {
		t.Errorf("the ticket is another one: pushed %v, want %v", got.Pushed, want.Pushed)
	}
}

func ticketMissing(t *testing.T, s isv.TicketStore, suite string) {
	wantTicket(t, s, suite, isv.Ticket{})
}

func ticketRoundTrip(t *testing.T, s isv.TicketStore, suite string) {
	long := make([]byte, 512)
	for i := range long {
		long[i] = byte('a' + i%26)
	}
	putTicket(t, s, suite, ticket(string(long), 0))
	wantTicket(t, s, suite, ticket(string(long), 0))
}

func ticketNewer(t *testing.T, s isv.TicketStore, suite string) {
	putTicket(t, s, suite, ticket("one", 0))
	putTicket(t, s, suite, ticket("two", 10))
	wantTicket(t, s, suite, ticket("two", 10))
	putTicket(t, s, suite, ticket("three", 10))
	wantTicket(t, s, suite, ticket("three", 10))
}

func ticketOlder(t *testing.T, s isv.TicketStore, suite string) {
	putTicket(t, s, suite, ticket("two", 10))
	putTicket(t, s, suite, ticket("one", 0))
	wantTicket(t, s, suite, ticket("two", 10))
}

func ticketRace(t *testing.T, s isv.TicketStore, suite string) {
	const n = 50
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			if err := s.PutTicket(t.Context(), suite, ticket(fmt.Sprint(i), i)); err != nil {
				t.Errorf("PutTicket: %v", err)
			}
		})
	}
	wg.Wait()
	wantTicket(t, s, suite, ticket(fmt.Sprint(n-1), n-1))
}

func ticketApart(t *testing.T, s isv.TicketStore, suite string) {
	putTicket(t, s, suite, ticket("one", 0))
	putTicket(t, s, suite+"x", ticket("two", 0))
	wantTicket(t, s, suite, ticket("one", 0))
	wantTicket(t, s, suite+"x", ticket("two", 0))
}

func tenant(suite, corp string) isv.Tenant {
	return isv.Tenant{
		SuiteID: suite, CorpID: corp, PermanentCode: "code of " + corp, AgentID: 1000002,
		CorpName: "名字 <&> " + corp, Authorized: noon(),
	}
}

func putTenant(t *testing.T, s isv.TenantStore, v isv.Tenant) {
	t.Helper()
	if err := s.PutTenant(t.Context(), v); err != nil {
		t.Fatalf("PutTenant: %v", err)
	}
}

func wantTenant(t *testing.T, s isv.TenantStore, want isv.Tenant) {
	t.Helper()
	got, err := s.Tenant(t.Context(), want.SuiteID, want.CorpID)
	if err != nil {
		t.Fatalf("Tenant: %v", err)
	}
	if !same(got, want) {
		t.Errorf("tenant %s of suite %s came back changed", want.CorpID, want.SuiteID)
	}
}

func wantNoTenant(t *testing.T, s isv.TenantStore, suite, corp string) {
	t.Helper()
	if _, err := s.Tenant(t.Context(), suite, corp); !errors.Is(err, isv.ErrNotAuthorized) {
		t.Errorf("Tenant: %v, want an error that matches ErrNotAuthorized", err)
	}
}

func same(a, b isv.Tenant) bool {
	ta, tb := a.Authorized, b.Authorized
	a.Authorized, b.Authorized = time.Time{}, time.Time{}
	return a == b && ta.Equal(tb)
}

func tenantMissing(t *testing.T, s isv.TenantStore, suite string) {
	wantNoTenant(t, s, suite, "ww1")
}

func tenantRoundTrip(t *testing.T, s isv.TenantStore, suite string) {
	putTenant(t, s, tenant(suite, "ww1"))
	wantTenant(t, s, tenant(suite, "ww1"))
}

func tenantLongCode(t *testing.T, s isv.TenantStore, suite string) {
	long := tenant(suite, "ww1")
	long.PermanentCode = strings.Repeat("aB3-_z", 86)[:512]
	putTenant(t, s, long)
	wantTenant(t, s, long)
}

func tenantReplaced(t *testing.T, s isv.TenantStore, suite string) {
	putTenant(t, s, tenant(suite, "ww1"))
	again := tenant(suite, "ww1")
	again.PermanentCode, again.AgentID, again.CorpName, again.Authorized = "new code", 0, "", noon().Add(time.Hour)
	putTenant(t, s, again)
	wantTenant(t, s, again)
}

func tenantDeleted(t *testing.T, s isv.TenantStore, suite string) {
	putTenant(t, s, tenant(suite, "ww1"))
	putTenant(t, s, tenant(suite, "ww2"))
	for range 2 {
		if err := s.DeleteTenant(t.Context(), suite, "ww1"); err != nil {
			t.Fatalf("DeleteTenant: %v", err)
		}
		wantNoTenant(t, s, suite, "ww1")
	}
	wantTenant(t, s, tenant(suite, "ww2"))
}

func tenantApart(t *testing.T, s isv.TenantStore, suite string) {
	putTenant(t, s, tenant(suite, "ww1"))
	putTenant(t, s, tenant(suite+"x", "ww2"))
	wantNoTenant(t, s, suite, "ww2")
	wantNoTenant(t, s, suite+"x", "ww1")
	if got := walk(t, s, suite); len(got) != 1 || !same(got[0], tenant(suite, "ww1")) {
		t.Errorf("a walk over one suite brings %v", got)
	}
}

// The ids that a provider knows corps by are case-sensitive, and columns of
// databases are often not.
func tenantCase(t *testing.T, s isv.TenantStore, suite string) {
	putTenant(t, s, tenant(suite, "wpABC"))
	wantNoTenant(t, s, suite, "wpabc")
	putTenant(t, s, tenant(suite, "wpabc"))
	wantTenant(t, s, tenant(suite, "wpABC"))
	wantTenant(t, s, tenant(suite, "wpabc"))
}

func tenantWalk(t *testing.T, s isv.TenantStore, suite string) {
	const n = 250 // more than a store reads at once
	for i := range n {
		putTenant(t, s, tenant(suite, fmt.Sprintf("ww%03d", i)))
	}
	seen := map[string]int{}
	for _, v := range walk(t, s, suite) {
		seen[v.CorpID]++
		if !same(v, tenant(suite, v.CorpID)) {
			t.Errorf("tenant %s came back changed", v.CorpID)
		}
	}
	for corp, times := range seen {
		if times != 1 {
			t.Errorf("tenant %s came %d times", corp, times)
		}
	}
	if len(seen) != n {
		t.Errorf("%d tenants came, want %d", len(seen), n)
	}
}

func walk(t *testing.T, s isv.TenantStore, suite string) []isv.Tenant {
	t.Helper()
	var all []isv.Tenant
	for v, err := range s.Tenants(t.Context(), suite) {
		if err != nil {
			t.Fatalf("Tenants: %v", err)
		}
		all = append(all, v)
	}
	return all
}

func tenantWalkEnds(t *testing.T, s isv.TenantStore, suite string) {
	for i := range 5 {
		putTenant(t, s, tenant(suite, fmt.Sprintf("ww%d", i)))
	}
	n := 0
	for _, err := range s.Tenants(t.Context(), suite) {
		if err != nil {
			t.Fatalf("Tenants: %v", err)
		}
		if n++; n == 2 {
			break
		}
	}
	if len(walk(t, s, suite)) != 5 {
		t.Error("the next walk is not whole")
	}
}

// A job over all corps asks for the client of each.
func tenantWalkOpen(t *testing.T, s isv.TenantStore, suite string) {
	for i := range 3 {
		putTenant(t, s, tenant(suite, fmt.Sprintf("ww%d", i)))
	}
	done := make(chan error, 1)
	go func() { // to its end, or that of the test if it hangs
		for v, err := range s.Tenants(t.Context(), suite) {
			if err == nil {
				_, err = s.Tenant(t.Context(), suite, v.CorpID)
			}
			if err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("reading a tenant during a walk: %v", err)
		}
	case <-time.After(5 * time.Second):
		t.Error("reading a tenant during a walk hangs")
	}
}

func tenantRace(t *testing.T, s isv.TenantStore, suite string) {
	var wg sync.WaitGroup
	for i := range 20 {
		corp := fmt.Sprintf("ww%d", i)
		wg.Go(func() {
			if err := s.PutTenant(t.Context(), tenant(suite, corp)); err != nil {
				t.Errorf("PutTenant: %v", err)
			}
			if got, err := s.Tenant(t.Context(), suite, corp); err != nil || !same(got, tenant(suite, corp)) {
				t.Errorf("Tenant %s: changed, or %v", corp, err)
			}
			for _, err := range s.Tenants(t.Context(), suite) {
				if err != nil {
					t.Errorf("Tenants: %v", err)
				}
			}
			if i%2 == 0 {
				if err := s.DeleteTenant(t.Context(), suite, corp); err != nil {
					t.Errorf("DeleteTenant: %v", err)
				}
			}
		})
	}
	wg.Wait()
	if got := len(walk(t, s, suite)); got != 10 {
		t.Errorf("%d tenants are left, want 10", got)
	}
}

func tenantWalkCancelled(t *testing.T, s isv.TenantStore, suite string) {
	for i := range 5 {
		putTenant(t, s, tenant(suite, fmt.Sprintf("ww%d", i)))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var last error
	for _, err := range s.Tenants(ctx, suite) {
		last = err
	}
	if !errors.Is(last, context.Canceled) {
		t.Errorf("a walk with an ended ctx ends with %v", last)
	}
}
