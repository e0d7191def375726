package isvtest_test

import (
	"context"
	"errors"
	"iter"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/isv"
	"github.com/wecomkit/wecom-go/wecom/isv/isvtest"
)

// A broken store is a MemoryStore but for what its functions replace.
type broken struct {
	isv.MemoryStore

	ticket    func(s *isv.MemoryStore, suiteID string) (isv.Ticket, error)
	putTicket func(s *isv.MemoryStore, suiteID string, t isv.Ticket) error
	tenant    func(s *isv.MemoryStore, suiteID, corpID string) (isv.Tenant, error)
	put       func(s *isv.MemoryStore, t isv.Tenant) error
	remove    func(s *isv.MemoryStore, suiteID, corpID string) error
	walk      func(s *isv.MemoryStore, suiteID string) iter.Seq2[isv.Tenant, error]
}

func (b *broken) Ticket(ctx context.Context, suiteID string) (isv.Ticket, error) {
	if b.ticket != nil {
		return b.ticket(&b.MemoryStore, suiteID)
	}
	return b.MemoryStore.Ticket(ctx, suiteID)
}

func (b *broken) PutTicket(ctx context.Context, suiteID string, t isv.Ticket) error {
	if b.putTicket != nil {
		return b.putTicket(&b.MemoryStore, suiteID, t)
	}
	return b.MemoryStore.PutTicket(ctx, suiteID, t)
}

func (b *broken) Tenant(ctx context.Context, suiteID, corpID string) (isv.Tenant, error) {
	if b.tenant != nil {
		return b.tenant(&b.MemoryStore, suiteID, corpID)
	}
	return b.MemoryStore.Tenant(ctx, suiteID, corpID)
}

func (b *broken) PutTenant(ctx context.Context, t isv.Tenant) error {
	if b.put != nil {
		return b.put(&b.MemoryStore, t)
	}
	return b.MemoryStore.PutTenant(ctx, t)
}

func (b *broken) DeleteTenant(ctx context.Context, suiteID, corpID string) error {
	if b.remove != nil {
		return b.remove(&b.MemoryStore, suiteID, corpID)
	}
	return b.MemoryStore.DeleteTenant(ctx, suiteID, corpID)
}

func (b *broken) Tenants(ctx context.Context, suiteID string) iter.Seq2[isv.Tenant, error] {
	if b.walk != nil {
		return b.walk(&b.MemoryStore, suiteID)
	}
	return b.MemoryStore.Tenants(ctx, suiteID)
}

// brokenStores are stores by the check that must find them out.
func brokenStores() map[string]*broken {
	ctx := context.Background()
	return map[string]*broken{
		"a missing ticket is the zero Ticket and no error": {
			ticket: func(s *isv.MemoryStore, suiteID string) (isv.Ticket, error) {
				t, _ := s.Ticket(ctx, suiteID)
				if t.Value == "" {
					return t, errors.New("no rows")
				}
				return t, nil
			},
		},
		"what is put is got": {
			putTicket: func(s *isv.MemoryStore, suiteID string, t isv.Ticket) error {
				t.Value = t.Value[:min(len(t.Value), 255)]
				return s.PutTicket(ctx, suiteID, t)
			},
		},
		"a newer ticket replaces an older one": {
			putTicket: func(s *isv.MemoryStore, suiteID string, t isv.Ticket) error {
				if old, _ := s.Ticket(ctx, suiteID); old.Pushed.Equal(t.Pushed) {
					return nil
				}
				return s.PutTicket(ctx, suiteID, t)
			},
		},
		"an older ticket does not replace a newer one": {
			putTicket: func(s *isv.MemoryStore, suiteID string, t isv.Ticket) error {
				if old, _ := s.Ticket(ctx, suiteID); old.Pushed.After(t.Pushed) {
					t.Pushed = old.Pushed
				}
				return s.PutTicket(ctx, suiteID, t)
			},
		},
		"of many at once the newest stays": {
			putTicket: func(s *isv.MemoryStore, suiteID string, t isv.Ticket) error {
				if t.Pushed.Minute() == 49 {
					return nil // met another
				}
				return s.PutTicket(ctx, suiteID, t)
			},
		},
		"suites are kept apart": {
			ticket: func(s *isv.MemoryStore, suiteID string) (isv.Ticket, error) {
				return s.Ticket(ctx, strings.TrimSuffix(suiteID, "x"))
			},
			putTicket: func(s *isv.MemoryStore, suiteID string, t isv.Ticket) error {
				return s.PutTicket(ctx, strings.TrimSuffix(suiteID, "x"), t)
			},
		},
		"a missing tenant is ErrNotAuthorized": {
			tenant: func(s *isv.MemoryStore, suiteID, corpID string) (isv.Tenant, error) {
				t, err := s.Tenant(ctx, suiteID, corpID)
				if err != nil {
					return t, errors.New("no rows")
				}
				return t, nil
			},
		},
		"what is put is got, with every field": {
			put: func(s *isv.MemoryStore, t isv.Tenant) error {
				t.CorpName = ""
				return s.PutTenant(ctx, t)
			},
		},
		"a permanent code of 512 bytes is kept whole": {
			put: func(s *isv.MemoryStore, t isv.Tenant) error {
				t.PermanentCode = t.PermanentCode[:min(len(t.PermanentCode), 255)]
				return s.PutTenant(ctx, t)
			},
		},
		"a tenant that is put again is replaced": {
			put: func(s *isv.MemoryStore, t isv.Tenant) error {
				if _, err := s.Tenant(ctx, t.SuiteID, t.CorpID); err == nil {
					return nil
				}
				return s.PutTenant(ctx, t)
			},
		},
		"a deleted tenant is gone, and may be deleted again": {
			remove: func(s *isv.MemoryStore, suiteID, corpID string) error {
				if _, err := s.Tenant(ctx, suiteID, corpID); err != nil {
					return err
				}
				return s.DeleteTenant(ctx, suiteID, corpID)
			},
		},
		"suites and corps are kept apart": {
			walk: func(s *isv.MemoryStore, suiteID string) iter.Seq2[isv.Tenant, error] {
				return func(yield func(isv.Tenant, error) bool) {
					for t, err := range s.Tenants(ctx, suiteID) {
						if !yield(t, err) {
							return
						}
					}
					for t, err := range s.Tenants(ctx, suiteID+"x") {
						if !yield(t, err) {
							return
						}
					}
				}
			},
		},
		"corps whose ids differ in case are kept apart": {
			tenant: func(s *isv.MemoryStore, suiteID, corpID string) (isv.Tenant, error) {
				return s.Tenant(ctx, suiteID, strings.ToLower(corpID))
			},
			put: func(s *isv.MemoryStore, t isv.Tenant) error {
				t.CorpID = strings.ToLower(t.CorpID)
				return s.PutTenant(ctx, t)
			},
		},
		"all tenants of a suite are walked over, once each": {
			walk: func(s *isv.MemoryStore, suiteID string) iter.Seq2[isv.Tenant, error] {
				return func(yield func(isv.Tenant, error) bool) {
					n := 0
					for t, err := range s.Tenants(ctx, suiteID) {
						if n++; n > 100 || !yield(t, err) {
							return
						}
					}
				}
			},
		},
		"a walk may end early": {
			walk: func(s *isv.MemoryStore, suiteID string) iter.Seq2[isv.Tenant, error] {
				return func(yield func(isv.Tenant, error) bool) {
					for t, err := range s.Tenants(ctx, suiteID) {
						yield(t, err)
					}
				}
			},
		},
		"a walk leaves the store to others": func() *broken {
			var mu sync.Mutex
			return &broken{
				tenant: func(s *isv.MemoryStore, suiteID, corpID string) (isv.Tenant, error) {
					mu.Lock()
					defer mu.Unlock()
					return s.Tenant(ctx, suiteID, corpID)
				},
				walk: func(s *isv.MemoryStore, suiteID string) iter.Seq2[isv.Tenant, error] {
					return func(yield func(isv.Tenant, error) bool) {
						mu.Lock()
						defer mu.Unlock()
						s.Tenants(ctx, suiteID)(yield)
					}
				},
			}
		}(),
		"many goroutines at once": {
			put: func(s *isv.MemoryStore, t isv.Tenant) error {
				if t.CorpID == "ww17" {
					return nil // met another
				}
				return s.PutTenant(ctx, t)
			},
		},
		"a cancelled ctx ends a walk": {
			walk: func(s *isv.MemoryStore, suiteID string) iter.Seq2[isv.Tenant, error] { return s.Tenants(ctx, suiteID) },
		},
	}
}

// A suite that cannot fail proves nothing. This test runs itself once more for
// each broken store.
func TestSuiteFindsBrokenStores(t *testing.T) {
	const variable = "ISVTEST_BROKEN"
	if name := os.Getenv(variable); name != "" {
		store := brokenStores()[name]
		if store.ticket != nil || store.putTicket != nil {
			isvtest.TestTicketStore(t, func(*testing.T) isv.TicketStore { return store })
		} else {
			isvtest.TestTenantStore(t, func(*testing.T) isv.TenantStore { return brokenStores()[name] }) // one may hang
		}
		return
	}
	t.Parallel()
	self, err := os.Executable()
	require.NoError(t, err)
	for name := range brokenStores() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestSuiteFindsBrokenStores$")
			cmd.Env = append(os.Environ(), variable+"="+name)
			out, err := cmd.CombinedOutput()
			var failed *exec.ExitError
			require.ErrorAs(t, err, &failed, "%s", out)
			assert.Contains(t, string(out), "--- FAIL: TestSuiteFindsBrokenStores/"+strings.ReplaceAll(name, " ", "_"))
		})
	}
}
