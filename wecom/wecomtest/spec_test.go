package wecomtest_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type specRow struct {
	Method, Path, Token, Scope, Read, Deprecated, Note string

	Doc  []int
	Raw  bool
	Page struct {
		Default, Max int
		Over         string
	}
	Limits, AppLimits []specLimit

	NoBase     bool
	InFlight   int
	OneAtATime []string

	Query, Request, Multipart, Response []specField
}

type specLimit struct {
	N   int
	Per string
}

type specField struct {
	Name, Type, Note, Deprecated, Recursive string

	Required, Loose, Empty bool
	MaxBytes, MaxChars     int
	MinItems, MaxItems     int
	Min, Max               *int64
	Enum                   []any
	Code, Missing          int
	Items                  *specField
	Fields                 []specField
}

func TestSpecTable(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("spec/*.json")
	require.NoError(t, err)
	seen := make(map[string]bool)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		dec := json.NewDecoder(bytes.NewReader(data))
		dec.DisallowUnknownFields()
		var rows []specRow
		require.NoError(t, dec.Decode(&rows), file)
		area := strings.TrimSuffix(filepath.Base(file), ".json")
		for _, row := range rows {
			want := "/cgi-bin/" + area + "/"
			if area == "base" {
				want = "/cgi-bin/"
			}
			assert.True(t, strings.HasPrefix(row.Path, want), "%s stands in %s", row.Path, file)
			assert.False(t, seen[row.Path], "%s stands twice", row.Path)
			seen[row.Path] = true
			assert.Contains(t, []string{"GET", "POST"}, row.Method, row.Path)
			assert.Contains(t, []string{"", "contact", "directory", "component", "marketing", "provider", "school"}, row.Scope, row.Path)
			assert.Contains(t, []string{"", "default", "max", "refuse"}, row.Page.Over, row.Path)
			if row.Page.Default != row.Page.Max {
				assert.NotEmpty(t, row.Page.Over, "%s: what a limit over the maximum falls to", row.Path)
			}
			for _, limit := range slices.Concat(row.Limits, row.AppLimits) {
				assert.Positive(t, limit.N, row.Path)
				_, err := time.ParseDuration(limit.Per)
				assert.NoError(t, err, row.Path)
			}
			for _, fields := range [][]specField{row.Query, row.Request, row.Multipart, row.Response} {
				checkFields(t, row.Path, fields)
			}
		}
	}
	assert.GreaterOrEqual(t, len(seen), 744)
}

func checkFields(t *testing.T, at string, fields []specField) {
	t.Helper()
	types := []string{"string", "int", "float", "bool", "bool01", "unix", "array", "object", "map", "any", "file"}
	names := make(map[string]bool)
	for _, f := range fields {
		at := at + "." + f.Name
		assert.False(t, names[f.Name], "%s stands twice", at)
		names[f.Name] = true
		assert.True(t, slices.Contains(types, f.Type), "%s has type %q", at, f.Type)
		if f.Type == "array" {
			require.NotNil(t, f.Items, at)
			checkFields(t, at, []specField{*f.Items})
		}
		checkFields(t, at, f.Fields)
	}
}
