package wecomtest

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An Override gives an element of an event another value than its page shows.
type Override struct {
	path  string
	value any
	text  bool // value is the text of whatever type the element has
}

// Set puts a value at a path, such as "State", "ScanCodeInfo.ScanType" or
// "MemChangeList.Item[0]". It must have the element's type: a string, an
// integer, a float, a bool; seconds or a [time.Time] for a time; a string or
// []string for a list with commas. A slice replaces a repeated element as a
// whole, the index after the last one adds one, and nil leaves an element out.
// FromUserName and CreateTime, of the head, can be set, too.
func Set(path string, value any) Override { return Override{path: path, value: value} }

// SetText puts a value at a path like [Set], written as text: 3, true, a,b.
func SetText(path, text string) Override { return Override{path: path, value: text, text: true} }

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
