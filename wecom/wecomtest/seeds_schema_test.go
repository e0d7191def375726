package wecomtest_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// jsonSchema judges JSON by a JSON Schema, as any other program would: it
// shares nothing with ParseSeed. It knows the keywords that seed.schema.json
// uses, and no others.
type jsonSchema struct {
	t        testing.TB
	root     map[string]any
	patterns map[string]*regexp.Regexp
}

func seedSchema(t testing.TB) *jsonSchema {
	t.Helper()
	s := &jsonSchema{t: t, patterns: make(map[string]*regexp.Regexp)}
	text, err := fs.ReadFile(wecomtest.SeedFiles(), "seed.schema.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &s.root))
	return s
}

// accepts reports whether a document is valid.
func (s *jsonSchema) accepts(doc string) bool {
	var v any
	return json.Unmarshal([]byte(doc), &v) == nil && s.valid(s.root, v)
}

func (s *jsonSchema) resolve(schema map[string]any) map[string]any {
	for schema["$ref"] != nil {
		name := strings.TrimPrefix(schema["$ref"].(string), "#/$defs/")
		schema = s.root["$defs"].(map[string]any)[name].(map[string]any)
	}
	return schema
}

func (s *jsonSchema) valid(schema map[string]any, v any) bool {
	schema = s.resolve(schema)
	for keyword, arg := range schema {
		if !s.holds(schema, keyword, arg, v) {
			return false
		}
	}
	return true
}

func (s *jsonSchema) holds(schema map[string]any, keyword string, arg, v any) bool {
	number, isNumber := v.(float64)
	text, isText := v.(string)
	array, _ := v.([]any)
	object, _ := v.(map[string]any)
	switch keyword {
	case "type":
		return typeOf(v) == arg || arg == "number" && isNumber
	case "enum":
		return slices.Contains(arg.([]any), v)
	case "minimum":
		return !isNumber || number >= arg.(float64)
	case "maximum":
		return !isNumber || number <= arg.(float64)
	case "minLength":
		return !isText || utf8.RuneCountInString(text) >= int(arg.(float64))
	case "pattern":
		if s.patterns[arg.(string)] == nil {
			s.patterns[arg.(string)] = regexp.MustCompile(arg.(string))
		}
		return !isText || s.patterns[arg.(string)].MatchString(text)
	case "minItems":
		return v == nil || typeOf(v) != "array" || len(array) >= int(arg.(float64))
	case "items":
		return !slices.ContainsFunc(array, func(item any) bool { return !s.valid(arg.(map[string]any), item) })
	case "required":
		return typeOf(v) != "object" || !slices.ContainsFunc(arg.([]any), func(name any) bool { _, ok := object[name.(string)]; return !ok })
	case "properties":
		for name, p := range arg.(map[string]any) {
			if value, ok := object[name]; ok && !s.valid(p.(map[string]any), value) {
				return false
			}
		}
		return true
	case "additionalProperties":
		properties := schema["properties"].(map[string]any)
		for name := range object {
			if properties[name] == nil {
				return false
			}
		}
		return true
	case "$schema", "$id", "$defs", "title", "description", "examples", "contentEncoding":
		return true
	}
	panic("seed.schema.json uses " + keyword + ", which this test does not know")
}

func typeOf(v any) string {
	switch v := v.(type) {
	case map[string]any:
		return "object"
	case []any:
		return "array"
	case string:
		return "string"
	case bool:
		return "boolean"
	case float64:
		if v == math.Trunc(v) {
			return "integer"
		}
		return "number"
	}
	return "null"
}

// TestSeedSchemaFitsTheTypes holds the schema against the Go types, field by
// field.
func TestSeedSchemaFitsTheTypes(t *testing.T) {
	t.Parallel()
	s := seedSchema(t)
	s.fits("seed", s.root, reflect.TypeFor[wecomtest.Seed](), "$schema", "version")
}

// left out of seeds: there are no rule groups in them.
var notInSeeds = map[string]bool{"TagGroup.strategy_id": true}

func (s *jsonSchema) fits(path string, schema map[string]any, typ reflect.Type, besides ...string) {
	ref, _ := schema["$ref"].(string)
	schema = s.resolve(schema)
	for typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	switch {
	case typ == reflect.TypeFor[time.Time]():
		assert.Equal(s.t, "#/$defs/time", ref, path)
		return
	case typ == reflect.TypeFor[time.Duration]():
		assert.Equal(s.t, "#/$defs/span", ref, path)
		return
	case typ == reflect.TypeFor[[]byte]():
		assert.Equal(s.t, "#/$defs/base64", ref, path)
		return
	}
	switch typ.Kind() {
	case reflect.String:
		assert.Equal(s.t, "string", schema["type"], path)
	case reflect.Bool:
		assert.Equal(s.t, "boolean", schema["type"], path)
	case reflect.Int, reflect.Int64:
		assert.Equal(s.t, "integer", schema["type"], path)
		if schema["enum"] == nil {
			assert.NotNil(s.t, schema["minimum"], path)
			assert.LessOrEqual(s.t, schema["maximum"], float64(1<<53), path)
		}
	case reflect.Slice:
		assert.Equal(s.t, "array", schema["type"], path)
		s.fits(path+"[]", schema["items"].(map[string]any), typ.Elem())
	case reflect.Struct:
		s.fitsStruct(path, schema, typ, besides)
	default:
		s.t.Errorf("%s: what is %s in a schema?", path, typ)
	}
}

func (s *jsonSchema) fitsStruct(path string, schema map[string]any, typ reflect.Type, besides []string) {
	assert.Equal(s.t, "object", schema["type"], path)
	assert.Equal(s.t, false, schema["additionalProperties"], path)
	properties := schema["properties"].(map[string]any)
	names := slices.Clone(besides)
	for f := range typ.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || notInSeeds[typ.Name()+"."+name] {
			continue
		}
		names = append(names, name)
		if p, ok := properties[name].(map[string]any); assert.True(s.t, ok, "%s.%s is not in the schema", path, name) {
			s.fits(path+"."+name, p, f.Type)
		}
	}
	assert.ElementsMatch(s.t, names, slices.Collect(maps.Keys(properties)), path)
	for _, name := range schemaRequired(schema) {
		assert.Contains(s.t, properties, name, path)
	}
}

func schemaRequired(schema map[string]any) []string {
	var names []string
	list, _ := schema["required"].([]any)
	for _, name := range list {
		names = append(names, fmt.Sprint(name))
	}
	return names
}
