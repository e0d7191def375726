package wecomtest

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
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
		if cb.app != nil && slices.Contains(row.Forms, cb.form) {
			b.app = cb.app
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

// headOverride reports whether an override is about the event's head.
func (b *eventBuilder) headOverride(e *Event, o Override) (bool, error) {
	if element(b.row.Elements, o.path) != nil && element(b.row.Elements, o.path).Type != "head" {
		return false, nil
	}
	el := eventElement{Name: o.path, Type: "string"}
	switch o.path {
	case "FromUserName", "AuthCorpId", "SuiteId", "ServiceCorpId", "ToUserName":
	case "CreateTime", "TimeStamp":
		el.Type = "unix"
	default:
		return false, nil
	}
	if !slices.ContainsFunc(b.row.Forms, func(f EventForm) bool { return slices.Contains(heads(f), o.path) }) || o.path == "FromUserName" && e.anonymous {
		return false, nil
	}
	v, err := b.convert(&el, o)
	if err != nil || v == nil {
		return true, err
	}
	if e.head == nil {
		e.head = make(map[string]any)
	}
	e.head[o.path] = v
	if o.path == "FromUserName" {
		e.FromUserName = fmt.Sprint(v)
	}
	return true, nil
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

// A step is one name of a path, and which of that name.
type step struct {
	name  string
	index int // -1: none is said
}

// parsePath reads a.b[1].c, as [Fault.Where] does.
func parsePath(path string) ([]step, error) {
	var steps []step
	for part := range strings.SplitSeq(path, ".") {
		name, index, has := strings.Cut(part, "[")
		s := step{name, -1}
		if has {
			n, err := strconv.Atoi(strings.TrimSuffix(index, "]"))
			if err != nil || n < 0 || !strings.HasSuffix(index, "]") {
				return nil, fmt.Errorf("wecomtest: path %q: want an index like [0]", path)
			}
			s.index = n
		}
		steps = append(steps, s)
	}
	return steps, nil
}

// set puts the override's value into list, whose rows these are. It returns
// nil if there is no such element.
func (b *eventBuilder) set(list []Element, rows []eventElement, path []step, o Override) ([]Element, error) {
	here := path[0]
	el := element(rows, here.name)
	switch {
	case el == nil, el.Type == "head", el.Form != "" && el.Form != b.form:
		return nil, nil
	case here.index >= 0 && !el.Repeat:
		return nil, fmt.Errorf("there is only one <%s>", el.Name)
	case len(path) > 1 && len(el.Elements) == 0:
		return nil, nil
	}
	var at []int // of the elements with that name
	for i := range list {
		if list[i].Name == el.Name {
			at = append(at, i)
		}
	}
	if here.index > len(at) {
		return nil, fmt.Errorf("there are %d of <%s>", len(at), el.Name)
	}
	if len(path) == 1 {
		return b.replace(list, rows, el, here.index, at, o)
	}
	n := max(here.index, 0)
	if n == len(at) {
		pos := position(list, rows, el, at)
		list, at = slices.Insert(list, pos, Element{el.Name, b.build(el.Elements, n)}), append(at, pos)
	}
	inner, err := b.set(list[at[n]].Value.([]Element), el.Elements, path[1:], o) //nolint:forcetypeassert // el has elements
	if inner == nil || err != nil {
		return nil, err
	}
	list[at[n]].Value = inner
	return list, nil
}

// replace puts the override's value in the place of one element, or of all of
// that name.
func (b *eventBuilder) replace(list []Element, rows []eventElement, el *eventElement, index int, at []int, o Override) ([]Element, error) {
	if o.value != nil && len(el.Elements) > 0 {
		return nil, fmt.Errorf("it has elements: set %s.%s or another", o.path, el.Elements[0].Name)
	}
	values, err := b.convertAll(el, index, o)
	if err != nil {
		return nil, err
	}
	pos := position(list, rows, el, at)
	if index >= 0 {
		if index < len(at) {
			pos, at = at[index], at[index:index+1]
		} else {
			at = nil
		}
	}
	for _, i := range slices.Backward(at) {
		list = slices.Delete(list, i, i+1)
	}
	if len(at) > 0 {
		pos = at[0]
	}
	for i, v := range values {
		list = slices.Insert(list, pos+i, Element{el.Name, v})
	}
	if list == nil {
		list = []Element{}
	}
	return list, nil
}

// position is where the next element of that name belongs.
func position(list []Element, rows []eventElement, el *eventElement, at []int) int {
	if len(at) > 0 {
		return at[len(at)-1] + 1
	}
	order := slices.IndexFunc(rows, func(r eventElement) bool { return r.Name == el.Name })
	for i := range list {
		if slices.IndexFunc(rows, func(r eventElement) bool { return r.Name == list[i].Name }) > order {
			return i
		}
	}
	return len(list)
}

// convertAll gives the values that an override has for one name: several if it
// is repeated and the value a list, none for nil.
func (b *eventBuilder) convertAll(el *eventElement, index int, o Override) ([]any, error) {
	if o.value == nil {
		return nil, nil
	}
	all := []Override{o}
	v := reflect.ValueOf(o.value)
	switch {
	case !el.Repeat || index >= 0:
	case v.Kind() == reflect.Slice:
		all = nil
		for i := range v.Len() {
			all = append(all, Override{o.path, v.Index(i).Interface(), false})
		}
	case o.text:
		all = nil
		for part := range strings.SplitSeq(v.String(), ",") {
			all = append(all, Override{o.path, part, true})
		}
	}
	values := make([]any, 0, len(all))
	for _, one := range all {
		c, err := b.convert(el, one)
		if err != nil {
			return nil, err
		}
		values = append(values, c)
	}
	return values, nil
}

// convert gives an override's value the element's type.
func (b *eventBuilder) convert(el *eventElement, o Override) (any, error) {
	if o.value == nil {
		return nil, nil
	}
	v, err := typed(el.Type, o)
	if err != nil {
		return nil, err
	}
	if el.quoted() {
		return bare(v), nil
	}
	return v, nil
}

func typed(want string, o Override) (any, error) {
	v := reflect.ValueOf(o.value)
	if o.text {
		return parsed(want, v.String())
	}
	wrong := fmt.Errorf("wants %s, not the %T %v", article(want), o.value, o.value)
	at, isTime := o.value.(time.Time)
	switch {
	case want == "unix" && isTime:
		return at.Unix(), nil
	case want == "list" && v.Kind() == reflect.Slice:
		parts := make([]string, 0, v.Len())
		for i := range v.Len() {
			parts = append(parts, fmt.Sprint(v.Index(i)))
		}
		return strings.Join(parts, ","), nil
	case want == "string" || want == "list":
		if v.Kind() == reflect.String {
			return v.String(), nil
		}
	case want == "bool":
		if v.Kind() == reflect.Bool {
			return v.Bool(), nil
		}
	case v.CanInt() && want == "float":
		return float64(v.Int()), nil
	case v.CanFloat() && want == "float":
		return v.Float(), nil
	case v.CanInt():
		return v.Int(), nil
	}
	return nil, wrong
}

// parsed reads a value from its text.
func parsed(want, text string) (v any, err error) {
	switch want {
	case "int", "unix":
		v, err = strconv.ParseInt(text, 10, 64)
	case "float":
		v, err = strconv.ParseFloat(text, 64)
	case "bool":
		v, err = strconv.ParseBool(text)
	default:
		return text, nil
	}
	if err != nil {
		return nil, fmt.Errorf("wants %s, not %q", article(want), text)
	}
	return v, nil
}

func article(want string) string {
	switch want {
	case "int":
		return "an integer"
	case "unix":
		return "a time in seconds"
	case "list":
		return "a list with commas"
	default:
		return "a " + want
	}
}

// folded turns elements that hold nothing but <Item>s of text into []string.
func folded(list []Element) []Element {
	for i := range list {
		inner, ok := list[i].Value.([]Element)
		if !ok {
			continue
		}
		items := make([]string, 0, len(inner))
		for _, el := range inner {
			if text, ok := el.Value.(string); ok && el.Name == "Item" {
				items = append(items, text)
			}
		}
		if len(inner) > 0 && len(items) == len(inner) {
			list[i].Value = items
		} else {
			list[i].Value = folded(inner)
		}
	}
	return list
}
