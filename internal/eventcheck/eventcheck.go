// Package eventcheck compares an event of package callback with the document
// that it was read from. It is for tests.
package eventcheck

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wecomkit/wecom-go/wecom"
)

// Differences lists the elements of the document that are not in the event's
// field of the same name, and the fields that no element fills. The event is a
// pointer to a struct.
func Differences(event any, body []byte) []error {
	root, err := Read(body)
	if err != nil {
		return []error{err}
	}
	root.Children = unfold(root.Children)
	v := reflect.ValueOf(event).Elem()
	var list []error
	for _, el := range root.Children {
		if err := holds(v, el); err != nil {
			list = append(list, err)
		}
	}
	for _, name := range invented(v, root) {
		list = append(list, fmt.Errorf("%s.%s is set without an element", v.Type(), name))
	}
	return list
}

// Respell spells official names, and words of them, as Go does where WeCom
// misspells them.
func Respell(name string) string {
	return strings.NewReplacer(
		"opitonid", "optionid",
		"deparmtment", "department",
		"editon", "edition",
		"filed", "field",
		"statuchangeevent", "statuschangeevent",
	).Replace(name)
}

// An Element is one element as encoding/xml or encoding/json sees it.
type Element struct {
	XMLName  xml.Name
	Text     string    `xml:",chardata"`
	Children []Element `xml:",any"`
}

// Read reads a document.
func Read(body []byte) (Element, error) {
	if len(body) > 0 && body[0] == '{' {
		dec := json.NewDecoder(bytes.NewReader(body))
		dec.UseNumber()
		var object map[string]any
		err := dec.Decode(&object)
		return treeOf("", object), err
	}
	var root Element
	err := xml.NewDecoder(bytes.NewReader(body)).Decode(&root)
	return root, err
}

// treeOf is a JSON value as the same tree: an array repeats its element.
func treeOf(name string, value any) Element {
	el := Element{XMLName: xml.Name{Local: name}}
	object, ok := value.(map[string]any)
	if !ok {
		el.Text = fmt.Sprint(value)
		return el
	}
	for name, value := range object {
		items, ok := value.([]any)
		if !ok {
			items = []any{value}
		}
		for _, item := range items {
			el.Children = append(el.Children, treeOf(name, item))
		}
	}
	return el
}

// folded reports whether an object of a robot's callbacks has members that are
// fields of the event itself.
func folded(name string) bool {
	return slices.Contains([]string{"event", "stream", "template_card_event", "feedback_event"}, name)
}

func unfold(elements []Element) []Element {
	var all []Element
	for _, el := range elements {
		switch name := el.XMLName.Local; {
		case folded(name) && len(el.Children) > 0:
			all = append(all, unfold(el.Children)...)
			continue
		case name == "eventtype":
			el.XMLName.Local = "Event"
		case name == "from":
			user := el.Children[slices.IndexFunc(el.Children, func(c Element) bool { return c.XMLName.Local == "userid" })]
			user.XMLName.Local = "FromUserName"
			all = append(all, user)
		}
		all = append(all, el)
	}
	return all
}

// holds looks for el in the field of v that has its name.
func holds(v reflect.Value, el Element) error {
	f, ok := fieldNamed(v, el.XMLName.Local)
	if !ok {
		return fmt.Errorf("%s has no field for <%s>", v.Type(), el.XMLName.Local)
	}
	if err := equals(f, el); err != nil {
		return fmt.Errorf("%s, element <%s>: %w", v.Type(), el.XMLName.Local, err)
	}
	return nil
}

// invented lists the fields that are set although no element has their name.
func invented(v reflect.Value, root Element) []string {
	var names []string
	for _, field := range reflect.VisibleFields(v.Type()) {
		if field.Anonymous || field.Name == "Raw" || v.FieldByIndex(field.Index).IsZero() {
			continue
		}
		named := func(el Element) bool { return fieldName(el.XMLName.Local) == strings.ToLower(field.Name) }
		if !slices.ContainsFunc(root.Children, named) {
			names = append(names, field.Name)
		}
	}
	return names
}

func fieldNamed(v reflect.Value, name string) (reflect.Value, bool) {
	name = fieldName(name)
	f := v.FieldByNameFunc(func(field string) bool { return strings.ToLower(field) == name })
	return f, f.IsValid()
}

// fieldName is an element's name as its Go field has it, in lower case.
func fieldName(name string) string {
	return Respell(strings.ToLower(strings.ReplaceAll(name, "_", "")))
}

func equals(f reflect.Value, el Element) error {
	text := strings.TrimSpace(el.Text)
	if len(el.Children) > 0 {
		text = ""
	}
	if got, ok := reflect.TypeAssert[wecom.UnixTime](f); ok {
		if got.IsZero() {
			return same(text, "0")
		}
		return same(text, strconv.FormatInt(got.Unix(), 10))
	}
	if d, ok := reflect.TypeAssert[time.Duration](f); ok {
		return same(text, strconv.FormatFloat(d.Seconds(), 'f', -1, 64))
	}
	switch f.Kind() {
	case reflect.Pointer:
		if f.IsNil() {
			return errors.New("is nil")
		}
		return equals(f.Elem(), el)
	case reflect.String:
		return same(text, strings.TrimSpace(f.String()))
	case reflect.Int, reflect.Int64:
		return same(text, strconv.FormatInt(f.Int(), 10))
	case reflect.Float64:
		want, err := strconv.ParseFloat(text, 64)
		if err != nil || want != f.Float() {
			return fmt.Errorf("%v instead of %s", f.Float(), text)
		}
		return nil
	case reflect.Bool:
		want, err := strconv.ParseBool(text)
		if err != nil || want != f.Bool() {
			return fmt.Errorf("%v instead of %s", f.Bool(), text)
		}
		return nil
	case reflect.Struct:
		for _, c := range el.Children {
			if err := holds(f, c); err != nil {
				return err
			}
		}
		return nil
	case reflect.Slice:
		return among(f, el)
	default:
		return fmt.Errorf("a fixture cannot check a %s", f.Type())
	}
}

// among looks for el in a list: as one of its values, as a list of values
// with commas, or as an element around all of them.
func among(list reflect.Value, el Element) error {
	if list.Type().Elem().Kind() == reflect.Struct {
		items := []Element{el}
		if wraps(list.Type().Elem(), el) {
			items = el.Children
		}
		for _, item := range items {
			if !slices.ContainsFunc(slices.Collect(list.Seq()), func(i reflect.Value) bool { return equals(list.Index(int(i.Int())), item) == nil }) {
				return fmt.Errorf("no value of %v is <%s>", list, item.XMLName.Local)
			}
		}
		return nil
	}
	values := strings.Split(el.Text, ",")
	if len(el.Children) > 0 {
		values = nil
		for _, c := range el.Children {
			values = append(values, c.Text)
		}
	}
	for _, want := range values {
		want = strings.TrimSpace(want)
		if want == "" {
			continue
		}
		if !slices.ContainsFunc(slices.Collect(list.Seq()), func(i reflect.Value) bool { return plain(list.Index(int(i.Int()))) == want }) {
			return fmt.Errorf("%v lacks %q", list, want)
		}
	}
	return nil
}

// plain is a value as the wire has it, without the name of a constant.
func plain(v reflect.Value) string {
	if v.CanInt() {
		return strconv.FormatInt(v.Int(), 10)
	}
	return fmt.Sprint(v)
}

// wraps reports whether el is not an item itself, but what surrounds the items.
func wraps(item reflect.Type, el Element) bool {
	for _, c := range el.Children {
		if _, ok := fieldNamed(reflect.New(item).Elem(), c.XMLName.Local); ok {
			return false
		}
	}
	return len(el.Children) > 0
}

func same(want, got string) error {
	if want == "" && got == "0" || want == got {
		return nil
	}
	return fmt.Errorf("%q instead of %q", got, want)
}
