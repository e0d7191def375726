package callback_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/wecom"
)

// fixtures has one file for each event and variant, and each of its forms:
// what the official page's sample shows, with every element that its table
// names. The file's name is the kind and, if there are several, the form.
const fixtures = "testdata/events"

// misspelt are official names, and words of them, that are spelled right in Go.
var misspelt = map[string]string{
	"opitonids": "optionids",
	"opitonid":  "optionid",

	"deparmtment":      "department",
	"editon":           "edition",
	"filed":            "field",
	"statuchangeevent": "statuschangeevent",
}

// TestFixtures reads every fixture twice, by Parse and by encoding/xml or
// encoding/json, and finds each element that the second has in the Go field of
// the same name.
func TestFixtures(t *testing.T) {
	t.Parallel()
	for _, file := range fixtureFiles(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			body, err := os.ReadFile(file)
			require.NoError(t, err)
			e, err := callback.Parse(body)
			require.NoError(t, err)
			require.NotEqual(t, "*callback.Unknown", fmt.Sprintf("%T", e))
			kind, _, _ := strings.Cut(strings.TrimSuffix(filepath.Base(file), filepath.Ext(file)), "+")
			assert.Equal(t, kind, strings.ReplaceAll(e.Head().Kind(), "/", "."), "the file is named after the event")

			v := reflect.ValueOf(e).Elem()
			for _, word := range words(e.Head()) {
				assert.Contains(t, strings.ToLower(v.Type().Name()), word, "the type is named after the event")
			}
			tree := readTree(t, body)
			tree.Children = unfold(tree.Children)
			for _, el := range tree.Children {
				assert.NoError(t, holds(v, el))
			}
			assert.Empty(t, invented(v, tree), "fields without an element")
		})
	}
}

// TestFixturesCoverEveryField fails for a field that no fixture of its type
// fills: it is misnamed, or there is no sample of it.
func TestFixturesCoverEveryField(t *testing.T) {
	t.Parallel()
	filled, all := map[string]bool{}, map[string]bool{}
	for _, file := range fixtureFiles(t) {
		body, err := os.ReadFile(file)
		require.NoError(t, err)
		e, err := callback.Parse(body)
		require.NoError(t, err)
		v := reflect.ValueOf(e).Elem()
		walkFields(v, v.Type().Name(), filled, all)
	}
	for name := range all {
		assert.True(t, filled[name], "no fixture fills %s", name)
	}
}

// TestFixturesHaveTypesOfTheirOwn fails for two variants that share a type.
func TestFixturesHaveTypesOfTheirOwn(t *testing.T) {
	t.Parallel()
	kinds := map[reflect.Type]string{}
	for _, file := range fixtureFiles(t) {
		body, err := os.ReadFile(file)
		require.NoError(t, err)
		e, err := callback.Parse(body)
		require.NoError(t, err)
		kind := e.Head().Kind()
		for wrong, right := range misspelt {
			kind = strings.ReplaceAll(kind, wrong, right)
		}
		if other, ok := kinds[reflect.TypeOf(e)]; ok {
			assert.Equal(t, other, kind, "%T", e)
		}
		kinds[reflect.TypeOf(e)] = kind
	}
}

// words are those that tell the event from its neighbours: of its change, or
// of its name if it has no changes.
func words(h *callback.Header) []string {
	name := h.ChangeType
	if name == "" {
		name = h.Kind()
	}
	list := strings.Split(strings.ToLower(name), "_")
	for i, word := range list {
		if right, ok := misspelt[word]; ok {
			list[i] = right
		}
	}
	return list
}

func fixtureFiles(t testing.TB) []string {
	t.Helper()
	var files []string
	for _, pattern := range []string{"*.xml", "*.json"} {
		found, err := filepath.Glob(filepath.Join(fixtures, pattern))
		require.NoError(t, err)
		require.NotEmpty(t, found)
		files = append(files, found...)
	}
	return files
}

func walkFields(v reflect.Value, path string, filled, all map[string]bool) {
	for i := range v.NumField() {
		f, name := v.Field(i), path+"."+v.Type().Field(i).Name
		if f.Type() == reflect.TypeFor[callback.Header]() {
			continue
		}
		if f.Kind() == reflect.Pointer && !f.IsNil() {
			f = f.Elem()
		}
		all[name] = true
		if !f.IsZero() {
			filled[name] = true
		}
		switch {
		case f.Type() == reflect.TypeFor[wecom.UnixTime]():
		case f.Kind() == reflect.Struct:
			walkFields(f, name, filled, all)
		case f.Kind() == reflect.Slice && f.Type().Elem().Kind() == reflect.Struct:
			for j := range f.Len() {
				walkFields(f.Index(j), name+"[]", filled, all)
			}
		}
	}
}

// A treeElement is one element as encoding/xml or encoding/json sees it.
type treeElement struct {
	XMLName  xml.Name
	Text     string        `xml:",chardata"`
	Children []treeElement `xml:",any"`
}

func readTree(t *testing.T, body []byte) treeElement {
	t.Helper()
	if body[0] == '{' {
		dec := json.NewDecoder(bytes.NewReader(body))
		dec.UseNumber()
		var object map[string]any
		require.NoError(t, dec.Decode(&object))
		return treeOf("", object)
	}
	var root treeElement
	require.NoError(t, xml.NewDecoder(bytes.NewReader(body)).Decode(&root))
	return root
}

// treeOf is a JSON value as the same tree: an array repeats its element.
func treeOf(name string, value any) treeElement {
	el := treeElement{XMLName: xml.Name{Local: name}}
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

// folded are objects of a robot's callbacks whose members are fields of the
// event itself.
var folded = map[string]bool{"event": true, "stream": true, "template_card_event": true, "feedback_event": true}

func unfold(elements []treeElement) []treeElement {
	var all []treeElement
	for _, el := range elements {
		switch name := el.XMLName.Local; {
		case folded[name] && len(el.Children) > 0:
			all = append(all, unfold(el.Children)...)
			continue
		case name == "eventtype":
			el.XMLName.Local = "Event"
		case name == "from":
			user := el.Children[slices.IndexFunc(el.Children, func(c treeElement) bool { return c.XMLName.Local == "userid" })]
			user.XMLName.Local = "FromUserName"
			all = append(all, user)
		}
		all = append(all, el)
	}
	return all
}

// holds looks for el in the field of v that has its name.
func holds(v reflect.Value, el treeElement) error {
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
func invented(v reflect.Value, root treeElement) []string {
	var names []string
	for _, field := range reflect.VisibleFields(v.Type()) {
		if field.Anonymous || field.Name == "Raw" || v.FieldByIndex(field.Index).IsZero() {
			continue
		}
		named := func(el treeElement) bool { return fieldName(el.XMLName.Local) == strings.ToLower(field.Name) }
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
	name = strings.ToLower(strings.ReplaceAll(name, "_", ""))
	if right, ok := misspelt[name]; ok {
		return right
	}
	return name
}

func equals(f reflect.Value, el treeElement) error {
	text := strings.TrimSpace(el.Text)
	if len(el.Children) > 0 {
		text = ""
	}
	if f.Type() == reflect.TypeFor[wecom.UnixTime]() {
		got := f.Interface().(wecom.UnixTime)
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
			return fmt.Errorf("is nil")
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
func among(list reflect.Value, el treeElement) error {
	if list.Type().Elem().Kind() == reflect.Struct {
		items := []treeElement{el}
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
func wraps(item reflect.Type, el treeElement) bool {
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
