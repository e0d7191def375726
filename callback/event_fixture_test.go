package callback_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/internal/eventcheck"
	"github.com/wecomkit/wecom-go/wecom"
)

// fixtures has one file for each event and variant, and each of its forms:
// what the official page's sample shows, with every element that its table
// names. The file's name is the kind and, if there are several, the form.
const fixtures = "testdata/events"

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
			assert.Empty(t, eventcheck.Differences(e, body))
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
		kind := eventcheck.Respell(e.Head().Kind())
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
	return strings.Split(eventcheck.Respell(strings.ToLower(name)), "_")
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
type treeElement = eventcheck.Element

func readTree(t *testing.T, body []byte) treeElement {
	t.Helper()
	root, err := eventcheck.Read(body)
	require.NoError(t, err)
	return root
}
