package redisstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/wecomkit/wecom-go/wecom/isv"
)

// A SuiteStore is an [isv.TicketStore] and an [isv.TenantStore]. Each suite's
// ticket is one key and its tenants are one hash, with a field for each corp,
// which is read in pages of a hundred. Nothing of it expires.
//
// A permanent code that is lost must be asked of the corp again: keep tenants
// in a Redis that writes to disk (appendonly yes) and is backed up, or in a
// database. Without Redis each call fails within a second; tokens that a
// process already has serve it until they end.
type SuiteStore struct {
	settings

	client redis.UniversalClient
	newer  *redis.Script
}

var (
	_ isv.TicketStore = (*SuiteStore)(nil)
	_ isv.TenantStore = (*SuiteStore)(nil)
)

// NewSuiteStore makes a SuiteStore.
func NewSuiteStore(client redis.UniversalClient, opts ...Option) (*SuiteStore, error) {
	s, err := newSettings(client, opts)
	if err != nil {
		return nil, err
	}
	return &SuiteStore{settings: s, client: client, newer: redis.NewScript(newerScript)}, nil
}

// newerScript keeps a ticket unless there is one that was pushed later.
const newerScript = `
local there = redis.call('HGET', KEYS[1], 'pushed')
if there and tonumber(there) > tonumber(ARGV[1]) then
  return 0
end
redis.call('HSET', KEYS[1], 'pushed', ARGV[1], 'ticket', ARGV[2])
return 1`

func (s *SuiteStore) ticketKey(suiteID string) string { return s.prefix + "ticket:" + suiteID }

// Ticket returns the ticket of a suite, or the zero Ticket.
func (s *SuiteStore) Ticket(ctx context.Context, suiteID string) (isv.Ticket, error) {
	const what = "reading a suite ticket"
	name := s.ticketKey(suiteID)
	stored, err := ask(ctx, what, nil, func(ctx context.Context) (string, error) {
		return s.client.HGet(ctx, name, "ticket").Result()
	})
	if errors.Is(err, redis.Nil) {
		return isv.Ticket{}, nil
	}
	if err != nil {
		return isv.Ticket{}, err
	}
	text, err := s.keys.open(name, stored)
	if err != nil {
		return isv.Ticket{}, failed(what, err)
	}
	pushed, value, err := unstamp(text)
	if err != nil {
		return isv.Ticket{}, failed(what, err)
	}
	return isv.Ticket{Value: value, Pushed: pushed}, nil
}

// PutTicket keeps t, unless the one that is there was pushed later.
func (s *SuiteStore) PutTicket(ctx context.Context, suiteID string, t isv.Ticket) error {
	name := s.ticketKey(suiteID)
	sealed := s.keys.seal(name, stamped(t.Pushed, t.Value))
	_, err := ask(ctx, "storing a suite ticket", nil, func(ctx context.Context) (int, error) {
		return s.newer.Run(ctx, s.client, []string{name}, t.Pushed.UnixMicro(), sealed).Int()
	})
	return err
}

// A tenantRecord is what is stored of a tenant.
type tenantRecord struct {
	PermanentCode string    `json:"permanent_code"`
	AgentID       int64     `json:"agentid,omitzero"`
	CorpName      string    `json:"corp_name,omitzero"`
	Authorized    time.Time `json:"authorized,omitzero"`
}

func (s *SuiteStore) tenantsKey(suiteID string) string { return s.prefix + "tenants:" + suiteID }

// Tenant returns one tenant.
func (s *SuiteStore) Tenant(ctx context.Context, suiteID, corpID string) (isv.Tenant, error) {
	stored, err := ask(ctx, "reading a tenant", nil, func(ctx context.Context) (string, error) {
		return s.client.HGet(ctx, s.tenantsKey(suiteID), corpID).Result()
	})
	if errors.Is(err, redis.Nil) {
		return isv.Tenant{}, isv.NotAuthorized(suiteID, corpID)
	}
	if err != nil {
		return isv.Tenant{}, err
	}
	return s.tenant(suiteID, corpID, stored)
}

// PutTenant adds or replaces a tenant.
func (s *SuiteStore) PutTenant(ctx context.Context, t isv.Tenant) error {
	const what = "storing a tenant"
	text, err := json.Marshal(tenantRecord{t.PermanentCode, t.AgentID, t.CorpName, t.Authorized})
	if err != nil {
		return failed(what, fmt.Errorf("corp %s: it cannot be encoded", t.CorpID))
	}
	name := s.tenantsKey(t.SuiteID)
	sealed := s.keys.seal(tenantPlace(name, t.CorpID), string(text))
	_, err = ask(ctx, what, nil, func(ctx context.Context) (int64, error) {
		return s.client.HSet(ctx, name, t.CorpID, sealed).Result()
	})
	return err
}

// DeleteTenant forgets a tenant.
func (s *SuiteStore) DeleteTenant(ctx context.Context, suiteID, corpID string) error {
	_, err := ask(ctx, "deleting a tenant", nil, func(ctx context.Context) (int64, error) {
		return s.client.HDel(ctx, s.tenantsKey(suiteID), corpID).Result()
	})
	return err
}

// A page is an answer to HSCAN.
type page struct {
	pairs  []string // field, value, field, value
	cursor uint64   // of the next page; 0 after the last
}

const pageSize = 100

// Tenants walks over a suite's tenants in no order. A walk ends with the first
// error.
func (s *SuiteStore) Tenants(ctx context.Context, suiteID string) iter.Seq2[isv.Tenant, error] {
	return func(yield func(isv.Tenant, error) bool) {
		seen := map[string]struct{}{} // a page may repeat what another one had
		for cursor := uint64(0); ; {
			p, err := ask(ctx, "reading tenants", nil, func(ctx context.Context) (page, error) {
				pairs, next, err := s.client.HScan(ctx, s.tenantsKey(suiteID), cursor, "", pageSize).Result()
				return page{pairs, next}, err
			})
			if err != nil {
				yield(isv.Tenant{}, err)
				return
			}
			if !s.yieldPage(ctx, suiteID, p, seen, yield) || p.cursor == 0 {
				return
			}
			cursor = p.cursor
		}
	}
}

// yieldPage reports whether the walk goes on.
func (s *SuiteStore) yieldPage(ctx context.Context, suiteID string, p page, seen map[string]struct{}, yield func(isv.Tenant, error) bool) bool {
	for i := 0; i+1 < len(p.pairs); i += 2 {
		corpID := p.pairs[i]
		if _, again := seen[corpID]; again {
			continue
		}
		seen[corpID] = struct{}{}
		t, err := s.tenant(suiteID, corpID, p.pairs[i+1])
		if err == nil && ctx.Err() != nil {
			t, err = isv.Tenant{}, failed("reading tenants", ctx.Err())
		}
		if !yield(t, err) || err != nil {
			return false
		}
	}
	return true
}

func (s *SuiteStore) tenant(suiteID, corpID, stored string) (isv.Tenant, error) {
	text, err := s.keys.open(tenantPlace(s.tenantsKey(suiteID), corpID), stored)
	if err != nil {
		return isv.Tenant{}, failed("reading tenant "+corpID, err)
	}
	var r tenantRecord
	if json.Unmarshal([]byte(text), &r) != nil { // whose error may repeat the text
		return isv.Tenant{}, failed("reading tenant "+corpID, errRubbish)
	}
	return isv.Tenant{
		SuiteID: suiteID, CorpID: corpID, PermanentCode: r.PermanentCode,
		AgentID: r.AgentID, CorpName: r.CorpName, Authorized: r.Authorized,
	}, nil
}

func tenantPlace(key, corpID string) string { return key + "\x00" + corpID }
