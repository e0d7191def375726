package api

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// A Schema is the part of JSON Schema that the API needs.
type Schema struct {
	Ref         string             `json:"$ref,omitempty"`
	Type        string             `json:"type,omitempty"`
	Format      string             `json:"format,omitempty"`
	Description string             `json:"description,omitempty"`
	Properties  map[string]*Schema `json:"properties,omitempty"`
	Required    []string           `json:"required,omitempty"`
	Items       *Schema            `json:"items,omitempty"`
	Additional  *Schema            `json:"additionalProperties,omitempty"`
	Closed      bool               `json:"-"` // no other properties
	Kind        string             `json:"x-kind,omitempty"`
}

// MarshalJSON writes a closed schema as one without further properties.
func (s *Schema) MarshalJSON() ([]byte, error) {
	type open Schema
	if !s.Closed {
		return json.Marshal((*open)(s))
	}
	return json.Marshal(struct {
		*open
		Additional bool `json:"additionalProperties"`
	}{(*open)(s), false})
}

// A Duration is a span of time as Go writes it: 2h, 90s, 1m30s.
type Duration time.Duration

// MarshalText writes it as Go does.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads it as Go does.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("want a duration such as 90s or 2h, not %q", text)
	}
	*d = Duration(v)
	return nil
}

// components collects the schemas of structs by their names.
type components map[string]*component

type component struct {
	of     reflect.Type
	schema *Schema
}

// schemaOf describes a type as encoding/json writes it. Structs go into named,
// unless it is nil.
func schemaOf(t reflect.Type, named components) *Schema {
	switch t {
	case reflect.TypeFor[time.Time]():
		return &Schema{Type: "string", Format: "date-time"}
	case reflect.TypeFor[Duration]():
		return &Schema{Type: "string", Format: "duration", Description: "as Go writes it: 2h, 90s, 1m30s"}
	case reflect.TypeFor[json.RawMessage]():
		return &Schema{}
	case reflect.TypeFor[[]byte]():
		return &Schema{Type: "string", Format: "base64"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem(), named)
	case reflect.String:
		return &Schema{Type: "string"}
	case reflect.Bool:
		return &Schema{Type: "boolean"}
	case reflect.Float32, reflect.Float64:
		return &Schema{Type: "number"}
	case reflect.Slice, reflect.Array:
		if named == nil {
			return &Schema{Type: "array"}
		}
		return &Schema{Type: "array", Items: schemaOf(t.Elem(), named)}
	case reflect.Map:
		if named == nil {
			return &Schema{Type: "object"}
		}
		return &Schema{Type: "object", Additional: schemaOf(t.Elem(), named)}
	case reflect.Interface:
		return &Schema{}
	case reflect.Struct:
		return structSchema(t, named)
	default:
		return &Schema{Type: "integer"}
	}
}

func structSchema(t reflect.Type, named components) *Schema {
	if named == nil {
		return &Schema{Type: "object"}
	}
	name := componentName(t)
	if name == "" {
		return object(t, named)
	}
	switch known := named[name]; {
	case known == nil:
		c := &component{of: t} // it may hold itself
		named[name] = c
		c.schema = object(t, named)
	case known.of != t:
		panic("two types of the API are called " + name)
	}
	return &Schema{Ref: "#/components/schemas/" + name}
}

// componentName is the name of a struct, or "" for one that has none.
func componentName(t reflect.Type) string {
	name, _, generic := strings.Cut(t.Name(), "[")
	if !generic {
		return name
	}
	_, of, _ := strings.Cut(t.Name(), "[")
	of = strings.TrimSuffix(of, "]")
	return of[strings.LastIndexByte(of, '.')+1:] + name
}

// object describes the fields of a struct, which has no others.
func object(t reflect.Type, named components) *Schema {
	s := &Schema{Type: "object", Properties: make(map[string]*Schema), Closed: true}
	depth := make(map[string]int)
	for _, f := range reflect.VisibleFields(t) {
		name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" || !f.IsExported() || name == "-" || name == "" {
			continue
		}
		if d, ok := depth[name]; ok && d < len(f.Index) {
			continue // an outer field hides it
		}
		depth[name] = len(f.Index)
		p := schemaOf(f.Type, named)
		if about := f.Tag.Get("about"); about != "" {
			p.Description = about
		}
		p.Kind = f.Tag.Get("kind")
		s.Properties[name] = p
		if !strings.Contains(rest, "omitzero") && !strings.Contains(rest, "omitempty") {
			s.Required = append(s.Required, name)
		}
	}
	return s
}
