package wecomtest

import (
	"slices"
	"time"
)

// PayLicenseOrder lets the provider pay an order of licenses in its console.
// The provider hears license_pay_success.
func (a Actor) PayLicenseOrder(orderID string) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	a.s.payLicenses(a.s.licenseOrder(orderID, orderUnpaid), a.s.clock.Now())
}

// RefundLicenseOrder lets the provider have its money back for a paid order:
// its accounts are worth nothing from now on. The provider hears license_refund.
func (a Actor) RefundLicenseOrder(orderID string) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	o := a.s.licenseOrder(orderID, orderPaid)
	if o.kind == licenseOrderUnion {
		a.s.fatalf("wecomtest: the order %q is of several corps: refund theirs", orderID)
	}
	o.status = orderRefunded
	for _, c := range o.codes {
		c.void = true
	}
	o.server.tellProvider(o.provider, "license_refund", Element{Name: "ServiceCorpId"}, Element{Name: "InfoType"}, Element{Name: "AuthCorpId"},
		Element{"OrderId", o.id}, Element{"OrderStatus", orderRefunded}, Element{Name: "TimeStamp"})
}

// licenseOrder returns an order that must be in that state. The caller holds
// s.mu.
func (s *Server) licenseOrder(id string, status int) *licenseOrder {
	s.helper()
	list := s.providers.licenses.orders
	i := slices.IndexFunc(list, func(o *licenseOrder) bool { return o.id == id })
	if i < 0 || list[i].status != status {
		s.fatalf("wecomtest: there is no order %q of licenses with the status %d", id, status)
	}
	return list[i]
}

// payLicenses makes what was ordered. The caller holds s.mu.
func (s *Server) payLicenses(o *licenseOrder, now time.Time) {
	o.status, o.paid = orderPaid, now
	for _, p := range o.parts {
		p.status, p.paid = orderPaid, now
		s.makeLicenses(p, now)
	}
	s.makeLicenses(o, now)
	list := []Element{{Name: "ServiceCorpId"}, {Name: "InfoType"}}
	at := s.servers[0]
	if o.server != nil {
		at, list = o.server, append(list, Element{Name: "AuthCorpId"})
	}
	at.tellProvider(o.provider, "license_pay_success", append(list, Element{"OrderId", o.id}, Element{"BuyerUserId", o.buyer}, Element{Name: "TimeStamp"})...)
}

// makeLicenses makes the accounts of one corp, or renews theirs.
func (s *Server) makeLicenses(o *licenseOrder, now time.Time) {
	st := &s.providers.licenses
	if o.kind == licenseOrderNew {
		for i := range o.count.BaseCount + o.count.ExternalContactCount {
			kind := licenseBase
			if i >= o.count.BaseCount {
				kind = licenseExternal
			}
			c := &licenseCode{
				code: "LA" + st.nextID(o.provider, "code", 30), provider: o.provider, server: o.server, kind: kind, length: o.duration.length(), created: now,
			}
			st.codes[c.code] = c
			o.codes = append(o.codes, c)
		}
	}
	for _, r := range o.renews {
		c := st.bound(o.provider, o.server, r.userID, r.kind)
		switch {
		case c == nil: // given to somebody else in the meantime
		case o.duration.NewExpireTime != 0:
			c.expires = time.Unix(o.duration.NewExpireTime, 0)
		case c.expires.Before(now):
			c.expires = now.Add(o.duration.length())
		default:
			c.expires = c.expires.Add(o.duration.length())
		}
	}
}

// UseSuite lets a member open a suite's app. Without a license, and after the
// app's trial, that activates an unused one if the provider has switched that
// on, and the provider hears auto_activate; otherwise the app hears
// unlicensed_notify.
func (a Actor) UseSuite(suiteID, userID string) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	opened, now := a.s.installed(suiteID), a.s.clock.Now()
	m := a.s.member(userID)
	su := opened.install.suite
	trial := a.s.providers.licenses.trials[licenseHolder{a.s.corp.id, suiteID}]
	if !opened.sees(m.UserID) || now.Sub(trial) < licenseTrial || a.s.licensed(su.provider, m.UserID, now) {
		return
	}
	if !a.s.autoActivate(su.provider, m.UserID, now) {
		a.s.emit(Event{
			Event: "unlicensed_notify", Form: FormCorp, AgentID: opened.AgentID,
			FromUserName: a.s.corp.openUserID(su.provider, m.UserID),
		})
	}
}

// autoActivate gives a member an unused account, and reports whether there is
// one. The caller holds s.mu.
func (s *Server) autoActivate(p *provider, userID string, now time.Time) bool {
	const never, expired, byUse = 1, 3, 1
	st := &s.providers.licenses
	if !st.auto[licenseHolder{s.corp.id, p.CorpID}] {
		return false
	}
	codes := st.of(p, s)
	i := slices.IndexFunc(codes, func(c *licenseCode) bool { return c.kind == licenseBase && c.userID == "" })
	if i < 0 {
		return false
	}
	c := codes[i]
	old := st.bound(p, s, userID, licenseBase)
	if err := st.bind(c, userID, now); err != nil {
		return false
	}
	account := []Element{
		{"ActiveCode", c.code}, {"Type", c.kind}, {"ExpireTime", c.expires.Unix()}, {"UserId", s.corp.openUserID(p, userID)},
	}
	if old == nil {
		account = append(account, Element{"PreviousStatus", never})
	} else {
		account = append(account, Element{"PreviousStatus", expired}, Element{"PreviousActiveCode", old.code})
	}
	s.tellProvider(p, "auto_activate", Element{Name: "ServiceCorpId"}, Element{Name: "InfoType"}, Element{Name: "AuthCorpId"},
		Element{"Scene", byUse}, Element{Name: "TimeStamp"}, Element{"AccountList", account})
	return true
}
