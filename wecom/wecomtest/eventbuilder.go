package wecomtest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// An eventBuilder fills in one event. The caller holds s.mu.
type eventBuilder struct {
	s         *Server
	row       *eventRow
	overrides []Override
	used      map[int]bool // of overrides

	form     EventForm
	member   *Member // nil if the corp has none, as what follows
	customer *Customer
	chat     *groupChat
	app      *app
	welcome  string // made once for all forms
	message  int64
}

// eventBuilder chooses whom the event is about: what the overrides name, else
// the corp's first.
func (s *Server) eventBuilder(row *eventRow, overrides []Override) *eventBuilder {
	b := &eventBuilder{s: s, row: row, used: make(map[int]bool), app: s.corp.apps[0]}
	c := s.corp
	b.member, b.customer = c.members.byID[row.named("member", overrides)], c.customers.byID[row.named("customer", overrides)]
	b.choosePair()
	if b.chat = c.groupChats.byID[row.named("groupChat", overrides)]; b.chat == nil && len(c.groupChats.order) > 0 {
		b.chat = c.groupChats.order[0]
	}
	s.deliverMu.Lock()
	defer s.deliverMu.Unlock()
	for _, cb := range slices.Backward(s.callbacks) {
		a := cb.app
		if cb.suite != nil {
			a = s.corp.appOf(cb.suite)
		}
		if a != nil && a.corpID == s.corp.id && (cb.suite != nil || slices.Contains(row.Forms, cb.form)) {
			b.app = a
		}
	}
	return b
}

// choosePair finds the first member with a customer, or the other of those two
// that is known, or just the first member.
func (b *eventBuilder) choosePair() {
	c := b.s.corp
	var first *Member
	for _, id := range c.members.order {
		m := c.members.byID[id]
		if m.Left || b.member != nil && b.member != m {
			continue
		}
		first = cmp.Or(first, m)
		for _, cust := range c.customers.byMember[id] {
			if b.customer == nil || b.customer == cust {
				b.member, b.customer = m, cust
				return
			}
		}
	}
	b.member = cmp.Or(b.member, first)
}

// named returns the id that an override gives what the event is about.
func (r *eventRow) named(of string, overrides []Override) string {
	for _, o := range overrides {
		el := element(r.Elements, o.path)
		id, ok := o.value.(string)
		if ok && (el != nil && el.Of == of || o.path == "FromUserName" && of == "member" && r.From == "member") {
			return id
		}
	}
	return ""
}

func (b *eventBuilder) userID(sample string) string {
	if b.member == nil {
		return sample
	}
	return b.member.UserID
}

// agentID is the app that the event is for, if it is for one.
func (b *eventBuilder) agentID() int64 {
	for _, el := range b.row.Elements {
		if el.Of == "agent" {
			return b.app.AgentID
		}
	}
	return 0
}

// elements builds the event's elements in one form.
func (b *eventBuilder) elements(form EventForm) ([]Element, error) {
	b.form = form
	list := b.build(b.row.Elements, 0)
	for i, o := range b.overrides {
		path, err := parsePath(o.path)
		if err != nil {
			return nil, err
		}
		changed, err := b.set(list, b.row.Elements, path, o)
		switch {
		case err != nil:
			return nil, fmt.Errorf("wecomtest: %s: %s: %w", b.row.Name, o.path, err)
		case changed != nil:
			b.used[i], list = true, changed
		}
	}
	return folded(list), nil
}

// unused fails for an override of an element that the event does not have.
func (b *eventBuilder) unused() error {
	for i, o := range b.overrides {
		if !b.used[i] {
			return fmt.Errorf("wecomtest: %s has no %q; nearest: %s", b.row.Name, o.path, strings.Join(closest(o.path, b.row.paths(), '.', 3), ", "))
		}
	}
	return nil
}

// build writes elements as the page shows them, those in the n-th repetition of
// what surrounds them.
func (b *eventBuilder) build(rows []eventElement, n int) []Element {
	var list []Element
	for i := range rows {
		el := &rows[i]
		if el.Absent || el.Only > 0 && el.Only != n+1 || el.Form != "" && el.Form != b.form {
			continue
		}
		if !el.Repeat {
			if v, ok := b.value(el, n); ok {
				list = append(list, Element{el.Name, v})
			}
			continue
		}
		for _, v := range b.values(el) {
			list = append(list, Element{el.Name, v})
		}
	}
	return list
}

// values are those of a repeated element.
func (b *eventBuilder) values(el *eventElement) []any {
	if el.Of == "groupMember" && b.chat != nil {
		ids := []any{}
		for _, m := range b.chat.MemberList {
			if m.UserID != b.chat.Owner && len(ids) < len(el.Values) {
				ids = append(ids, m.UserID)
			}
		}
		if len(ids) == 0 {
			ids = append(ids, b.chat.Owner)
		}
		return ids
	}
	var list []any
	for i := range max(el.Times, len(el.Values)) {
		v, _ := b.value(el, i)
		list = append(list, v)
	}
	return list
}

// value is what an element holds, unless it is left out.
func (b *eventBuilder) value(el *eventElement, n int) (v any, ok bool) {
	if el.Type == "head" {
		return nil, true
	}
	if len(el.Elements) > 0 {
		return b.build(el.Elements, n), true
	}
	sample := el.Value
	if len(el.Values) > 0 {
		sample = el.Values[n%len(el.Values)]
	}
	if el.Of != "" {
		if v, ok, known := b.object(el.Of); known {
			return v, ok
		}
	}
	switch number, isNumber := sample.(float64); {
	case el.Type == "unix" && !isNumber:
		return b.s.clock.Now().Unix() + el.After, true
	case isNumber && el.Type != "float":
		return int64(number), true
	case sample == nil:
		return "", true
	default:
		return sample, true
	}
}

// object is something that the corp has, if it has one; ok is false if the
// event is to be without it.
func (b *eventBuilder) object(of string) (v any, ok, known bool) {
	c := b.s.corp
	switch of {
	case "corp":
		return c.id, true, true
	case "agent":
		return b.app.AgentID, true, true
	case "msgid":
		if b.message == 0 {
			c.ids["msgid"]++
			b.message = 7000000000000000 + int64(c.ids["msgid"])
		}
		return b.message, true, true
	case "tag", "tagGroup":
		return b.tag(of)
	case "link":
		if len(c.links.order) > 0 {
			return c.links.order[0].LinkID, true, true
		}
	case "groupChat":
		if b.chat != nil {
			return b.chat.ChatID, true, true
		}
	case "memberVersion":
		if b.chat != nil {
			return b.chat.MemberVersion, true, true
		}
	default:
		return b.person(of)
	}
	return nil, false, false
}

func (b *eventBuilder) person(of string) (v any, ok, known bool) {
	c := b.s.corp
	switch {
	case of == "customer" && b.customer != nil:
		return b.customer.ExternalUserID, true, true
	case of == "welcome" && b.customer != nil:
		if b.welcome == "" && b.customer.Type != weComUser {
			b.welcome = c.issueWelcome(b.userID(""), b.customer, b.s.clock.Now())
		}
		return b.welcome, b.welcome != "", true
	case b.member == nil:
	case of == "member":
		return b.member.UserID, true, true
	case of == "memberName" && b.member.Name != "":
		return b.member.Name, true, true
	case of == "memberDepartment" && len(b.member.Department) > 0:
		ids := make([]string, 0, len(b.member.Department))
		for _, id := range b.member.Department {
			ids = append(ids, strconv.FormatInt(id, 10))
		}
		return strings.Join(ids, ","), true, true
	case of == "member2":
		for _, id := range c.members.order {
			if m := c.members.byID[id]; m != b.member && !m.Left {
				return id, true, true
			}
		}
	}
	return nil, false, false
}

func (b *eventBuilder) tag(of string) (v any, ok, known bool) {
	for _, g := range b.s.corp.tags.groups {
		if g.Deleted || of == "tag" && len(g.tags) == 0 {
			continue
		}
		if of == "tagGroup" {
			return g.GroupID, true, true
		}
		for _, t := range g.tags {
			if !t.Deleted {
				return t.ID, true, true
			}
		}
	}
	return nil, false, false
}
