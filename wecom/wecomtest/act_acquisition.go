package wecomtest

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// addWayLink is 通过获客链接添加.
const addWayLink = 16

// maxChannel is how many bytes of a customer_channel count.
const maxChannel = 64

// visit is somebody on the page of an acquisition link.
type visit struct {
	link    *acquisitionLink
	channel string
	cust    *Customer
	once    *onceKey
}

// OpenAcquisitionLink lets somebody open an acquisition link as it was
// published: its URL, or the weixin:// form of it, with a customer_channel
// and, of a component, comp_scene and once_key. It returns the
// external_userid. Real corps of some business categories only are told that
// it was opened.
func (a Actor) OpenAcquisitionLink(link string, cust Customer) string {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	return a.s.open(link, cust).cust.ExternalUserID
}

// AddByAcquisitionLink lets somebody open an acquisition link and ask to be a
// friend. It returns the member whom WeCom picked and the external_userid.
//
// Without verification they are friends at once; with it nothing more happens
// until [Actor.AcceptCustomer]. A friend of a member of the link, or of one
// who has priority, stays with that one, and nothing happens. If no member of
// the link can take a customer, the link's app is told and userID is "".
//
// A new customer takes one of the corp's quota: see
// [Actor.BuyAcquisitionQuota].
func (a Actor) AddByAcquisitionLink(link string, cust Customer) (userID, externalUserID string) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	v := a.s.open(link, cust)
	c := a.s.corp
	externalUserID = v.cust.ExternalUserID
	if id := v.link.friend(c, v.cust); id != "" {
		return id, externalUserID
	}
	if userID = v.link.pick(c); userID == "" {
		if !v.link.down {
			v.link.down = true
			a.s.emit(linkEvent(v.link, "link_unavailable"))
		}
		return "", externalUserID
	}
	v.link.down = false
	if v.once == nil && c.links.balance() == 0 {
		a.s.fatalf("wecomtest: the corp has no quota for customers by links: buy some with Act().BuyAcquisitionQuota")
	}
	a.s.emit(linkEvent(v.link, "friend_request", v.state()...))
	f := Follow{UserID: userID, State: v.channel, AddWay: addWayLink, OperUserID: externalUserID}
	if v.link.SkipVerify {
		a.s.befriend(v.cust, f)
		a.s.acquired(v, userID)
	} else {
		c.contactWays.pending[relationKey{userID, externalUserID}] = friendRequest{follow: f, visit: v}
	}
	return userID, externalUserID
}

// open counts a click. The caller holds s.mu.
func (s *Server) open(link string, cust Customer) *visit {
	s.helper()
	c, now := s.corp, s.clock.Now()
	v := s.parseLink(link)
	v.cust = c.customers.known(c, now, cust)
	v.link.visits = append(v.link.visits, linkVisit{day: midnight(now).Unix(), cust: v.cust})
	if v.cust.Type != weComUser {
		s.emit(linkEvent(v.link, "open_profile", v.state()...))
	}
	return v
}

// parseLink reads a link that must work.
func (s *Server) parseLink(link string) *visit {
	s.helper()
	if inner, ok := strings.CutPrefix(link, "weixin://biz/ww/profile/"); ok {
		link, _ = url.QueryUnescape(inner)
	}
	u, err := url.Parse(link)
	if err != nil || !strings.HasPrefix(link, linkPrefix) {
		s.fatalf("wecomtest: %q is not the URL of an acquisition link", link)
	}
	v := &visit{link: s.corp.links.byID[strings.TrimPrefix(u.Path, "/ca/")]}
	if v.link == nil {
		s.fatalf("wecomtest: no acquisition link %q", link)
	}
	query := u.Query()
	for name := range query {
		if !slices.Contains([]string{"customer_channel", "comp_scene", "once_key"}, name) {
			s.fatalf("wecomtest: acquisition links have no parameter %q", name)
		}
	}
	v.channel = query.Get("customer_channel")
	if len(v.channel) > maxChannel {
		v.channel = strings.ToValidUTF8(v.channel[:maxChannel], "")
	}
	if query.Has("once_key") {
		v.once = s.corp.links.onceKeys[query.Get("once_key")]
		if v.once == nil || v.once.used || v.once.linkID != v.link.LinkID || !s.clock.Now().Before(v.once.expires) {
			s.fatalf("wecomtest: once_key %q is unknown, used or expired", query.Get("once_key"))
		}
	}
	return v
}

// state is the element that tells of the customer_channel.
func (v *visit) state() []Element {
	if v.channel == "" {
		return nil
	}
	return []Element{{"State", v.channel}}
}

// friend returns the member who keeps somebody that is a friend already.
func (l *acquisitionLink) friend(c *corp, cust *Customer) string {
	users := l.users(c)
	if l.PriorityType == priorityListed {
		users = append(users, l.PriorityUserIDList...)
	}
	for i := range cust.FollowUser {
		f := &cust.FollowUser[i]
		prior := l.PriorityType == priorityCorp || slices.Contains(users, f.UserID)
		if prior && !f.Deleted && c.members.byID[f.UserID].follows() {
			return f.UserID
		}
	}
	return ""
}

// pick chooses a member for a new customer: they take turns. It returns "" if
// nobody can take one.
func (l *acquisitionLink) pick(c *corp) string {
	users := slices.DeleteFunc(l.users(c), func(id string) bool {
		m := c.members.byID[id]
		return !m.follows() || m.fit() != nil || c.full(id)
	})
	if len(users) == 0 {
		return ""
	}
	id := users[l.turn%len(users)]
	l.turn++
	return id
}

// acquired notes that a visit led to a customer, and what it costs. The caller
// holds s.mu.
func (s *Server) acquired(v *visit, userID string) {
	links := &s.corp.links
	key := relationKey{userID, v.cust.ExternalUserID}
	if old := links.from[key]; old != nil {
		old.link.customers = slices.DeleteFunc(old.link.customers, func(lc *linkCustomer) bool { return lc == old })
	}
	lc := &linkCustomer{link: v.link, cust: v.cust, userID: userID, state: v.channel}
	links.from[key] = lc
	v.link.customers = append(v.link.customers, lc)
	v.link.visits = append(v.link.visits, linkVisit{day: midnight(s.clock.Now()).Unix(), cust: v.cust, new: true})
	if v.once != nil {
		v.once.used = true
		return
	}
	before := links.balance()
	links.used++
	if i := slices.IndexFunc(links.quotas, func(q *acquisitionQuota) bool { return q.balance > 0 }); i >= 0 {
		links.quotas[i].balance--
	}
	s.quotaFell(before)
}

// lowQuota is below which WeCom warns.
const lowQuota = 20

// quotaFell tells that little is left, or nothing. The caller holds s.mu.
func (s *Server) quotaFell(before int) {
	switch now := s.corp.links.balance(); {
	case now == 0 && before > 0:
		s.emit(acquisitionEvent("balance_exhausted"))
	case now < lowQuota && before >= lowQuota:
		s.emit(acquisitionEvent("balance_low"))
	}
}

// BuyAcquisitionQuota lets an administrator buy n customers by acquisition
// links, to be used before expires. WeCom tells when the quota was empty
// before, when it falls below 20, when it is used up, and 14, 7, 3, 2 and 1
// days before it expires.
func (a Actor) BuyAcquisitionQuota(n int, expires time.Time) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	c, now := a.s.corp, a.s.clock.Now()
	if n <= 0 || !expires.After(now) {
		a.s.fatalf("wecomtest: BuyAcquisitionQuota: nothing to buy, or it has expired")
	}
	empty := c.links.balance() == 0
	q := &acquisitionQuota{expires: expires, balance: n}
	c.links.quotas = append(c.links.quotas, q)
	slices.SortStableFunc(c.links.quotas, func(a, b *acquisitionQuota) int { return a.expires.Compare(b.expires) })
	if empty {
		a.s.emit(acquisitionEvent("balance_increased"))
	}
	for _, days := range []int{14, 7, 3, 2, 1, 0} {
		if at := expires.AddDate(0, 0, -days); at.After(now) {
			a.s.later(at.Sub(now), quotaEnd{q, days})
		}
	}
}

// quotaEnd ends a quota, or warns some days before.
type quotaEnd struct {
	quota *acquisitionQuota
	days  int
}

func (e quotaEnd) run(s *Server) {
	q := e.quota
	switch {
	case q.balance == 0: // used up
	case e.days > 0:
		s.emit(acquisitionEvent("quota_expire_soon", Element{"ExpireTime", q.expires.Unix()}, Element{"ExpireQuotaNum", q.balance}))
	default:
		before := s.corp.links.balance()
		q.balance = 0
		s.quotaFell(before)
	}
}

// DeleteAcquisitionLink lets an administrator delete an acquisition link, of
// which its app is told.
func (a Actor) DeleteAcquisitionLink(linkID string) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	l := a.s.corp.links.byID[linkID]
	if l == nil {
		a.s.fatalf("wecomtest: no acquisition link %q", linkID)
	}
	a.s.corp.links.remove(l)
	a.s.emit(linkEvent(l, "delete_link"))
}

// GrantComponent lets an administrator grant acquisition links to a component.
func (a Actor) GrantComponent(agentID int64, c AcquisitionComponent) {
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	c.LinkID, c.AuthApps = slices.Clone(c.LinkID), slices.Clone(c.AuthApps)
	a.s.corp.links.components[agentID] = c
}

// SetAcquisitionPermit lets an administrator choose whom a 营销获客 app may
// bring customers to.
func (a Actor) SetAcquisitionPermit(agentID int64, p AcquisitionPermit) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	for _, id := range p.UserList {
		a.s.member(id)
	}
	p.UserList, p.DepartmentList, p.TagList = slices.Clone(p.UserList), slices.Clone(p.DepartmentList), slices.Clone(p.TagList)
	a.s.corp.links.permits[agentID] = p
}

// heardFrom tells of a customer who came by a link and writes. The caller
// holds s.mu.
func (s *Server) heardFrom(cust *Customer, userID string) {
	links := &s.corp.links
	lc := links.from[relationKey{userID, cust.ExternalUserID}]
	if lc == nil {
		return
	}
	lc.received++
	switch {
	case cust.Type == weComUser:
	case lc.received == 1:
		s.emit(lc.event("customer_start_chat"))
	case slices.Contains([]int{3, 5, 10}, lc.received):
		key := s.corp.opaque("chat key", s.corp.count("chat key"), 32)
		links.chatKeys[key] = chatKey{from: lc, received: lc.received, expires: s.clock.Now().Add(chatKeyLife)}
		s.emit(linkEvent(lc.link, "message_from_customer", Element{"ChatKey", key}))
	}
}

// lost tells of a customer who came by a link and deletes the member. The
// caller holds s.mu.
func (s *Server) lost(userID, externalUserID string) {
	lc := s.corp.links.from[relationKey{userID, externalUserID}]
	if lc == nil || lc.cust.Type == weComUser {
		return
	}
	v := visit{channel: lc.state}
	s.emit(lc.event("del_follow_user", v.state()...))
}

// acquisitionEvent is a customer_acquisition event.
func acquisitionEvent(change string, more ...Element) Event {
	return Event{Event: "customer_acquisition", ChangeType: change, Elements: more}
}

// linkEvent is told to the app that made the link.
func linkEvent(l *acquisitionLink, change string, more ...Element) Event {
	e := acquisitionEvent(change, slices.Insert(more, 0, Element{"LinkId", l.LinkID})...)
	e.only = l.AgentID
	return e
}

// event is a linkEvent about a customer.
func (lc *linkCustomer) event(change string, more ...Element) Event {
	e := linkEvent(lc.link, change, more...)
	e.Elements = slices.Insert(e.Elements, 0, Element{"UserID", lc.userID}, Element{"ExternalUserID", lc.cust.ExternalUserID})
	return e
}
