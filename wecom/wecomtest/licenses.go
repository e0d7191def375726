package wecomtest

import (
	"slices"
	"time"
)

// A License is one account (接口许可账号) that a provider has bought for the corp.
type License struct {
	ActiveCode string    `json:"active_code"`
	Type       int       `json:"type"`            // 1 基础账号, 2 互通账号
	Status     int       `json:"status"`          // 1 unused, 2 active, 3 expired, 4 to be passed on, 5 merged into another, 6 given to a corp downstream
	UserID     string    `json:"userid,omitzero"` // whose it is
	ActiveTime time.Time `json:"active_time,omitzero"`
	ExpireTime time.Time `json:"expire_time,omitzero"`
}

// What an account may be, and how it stands.
const (
	licenseBase     = 1
	licenseExternal = 2

	licenseUnused  = 1
	licenseActive  = 2
	licenseExpired = 3
	licensePassOn  = 4
	licenseMerged  = 5
	licenseShared  = 6
)

const (
	licenseRenewWithin = 20 * oneDay      // only an account that ends so soon can be renewed by another
	licenseLongest     = 5 * 365 * oneDay // of all that are added up
	licenseMonth       = 31 * oneDay      // as WeCom counts them
	licenseTransferGap = 30 * oneDay      // between two transfers
	licenseTrial       = 90 * oneDay      // of an app, without any license
)

// licenseStore is what providers bought.
type licenseStore struct {
	orders []*licenseOrder
	codes  map[string]*licenseCode
	jobs   map[string]*licenseJob
	auto   map[licenseHolder]bool      // whether accounts are activated by use
	trials map[licenseHolder]time.Time // when a suite's app first came into a corp
	given  int                         // orders, jobs and codes so far
}

// licenseHolder is a corp, and a provider or suite in it.
type licenseHolder struct{ corpID, of string }

func newLicenseStore() licenseStore {
	return licenseStore{
		codes: make(map[string]*licenseCode), jobs: make(map[string]*licenseJob),
		auto: make(map[licenseHolder]bool), trials: make(map[licenseHolder]time.Time),
	}
}

// licenseCode is one account.
type licenseCode struct {
	code     string
	provider *provider
	server   *Server // for whom it was bought
	sharedTo *Server // downstream, to whom it was given
	kind     int
	length   time.Duration
	created  time.Time
	void     bool // the order was refunded

	userID     string // of the corp that has it
	active     time.Time
	expires    time.Time
	mergedTo   *licenseCode
	mergedFrom *licenseCode
	moved      time.Time // when it was transferred last
}

// holder is the corp that may use the account.
func (c *licenseCode) holder() *Server {
	if c.sharedTo != nil {
		return c.sharedTo
	}
	return c.server
}

func (c *licenseCode) status(now time.Time) int {
	switch {
	case c.mergedTo != nil:
		return licenseMerged
	case c.userID == "" && c.sharedTo != nil:
		return licenseShared
	case c.userID == "":
		return licenseUnused
	case !now.Before(c.expires):
		return licenseExpired
	case c.toPassOn(now):
		return licensePassOn
	default:
		return licenseActive
	}
}

// toPassOn reports whether the account waits for another member: theirs has
// left before today, and accounts are activated by use.
func (c *licenseCode) toPassOn(now time.Time) bool {
	m := c.holder().corp.members.byID[c.userID]
	return m != nil && m.Left && m.LeftTime.Before(midnight(now)) && c.holder().providers.licenses.auto[licenseHolder{c.holder().corp.id, c.provider.CorpID}]
}

// left is how long the account is still good.
func (c *licenseCode) left(now time.Time) time.Duration { return max(0, c.expires.Sub(now)) }

// of lists the accounts that a corp has of a provider, as they were made.
func (st *licenseStore) of(p *provider, s *Server) []*licenseCode {
	var list []*licenseCode
	for _, o := range st.orders {
		for _, c := range o.codes {
			if c.provider == p && c.holder() == s && !c.void {
				list = append(list, c)
			}
		}
	}
	return list
}

// bound returns a member's account of a kind, or nil.
func (st *licenseStore) bound(p *provider, s *Server, userID string, kind int) *licenseCode {
	for _, c := range st.of(p, s) {
		if c.userID == userID && c.kind == kind && c.mergedTo == nil {
			return c
		}
	}
	return nil
}

// bind gives an unused account to a member. What is left of the old one is
// added, and the old one is worth nothing from now on.
func (st *licenseStore) bind(c *licenseCode, userID string, now time.Time) error {
	old := st.bound(c.provider, c.holder(), userID, c.kind)
	length := c.length
	if old != nil {
		if old.left(now) > licenseRenewWithin {
			return Refuse(701082, "wecomtest: the old license has more than 20 days left")
		}
		length += old.left(now)
	}
	if length > licenseLongest {
		return Refuse(701030, "wecomtest: the license would last for more than five years")
	}
	c.userID, c.active, c.expires = userID, now, now.Add(length)
	if old != nil {
		old.mergedTo, c.mergedFrom = c, old
		if old.left(now) > 0 {
			old.expires = now
		}
	}
	return nil
}

// Licenses returns the accounts that a provider has bought for the corp, or
// that it was given by a corp upstream; "" stands for the first provider.
func (s *Server) Licenses(providerID string) []License {
	s.helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.Now()
	list := []License{}
	for _, c := range s.providers.licenses.of(s.provider(providerID), s) {
		list = append(list, License{c.code, c.kind, c.status(now), c.userID, c.active, c.expires})
	}
	return list
}

// licensed reports whether a member may use a provider's apps.
func (s *Server) licensed(p *provider, userID string, now time.Time) bool {
	return slices.ContainsFunc([]int{licenseBase, licenseExternal}, func(kind int) bool {
		c := s.providers.licenses.bound(p, s, userID, kind)
		return c != nil && now.Before(c.expires)
	})
}
