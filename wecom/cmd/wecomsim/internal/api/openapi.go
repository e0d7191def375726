package api

import (
	"net/http"
	"reflect"
	"strings"
)

// serveOpenAPI writes the document.
func serveOpenAPI(w http.ResponseWriter, _ *http.Request) {
	if err := writeJSON(w, http.StatusOK, OpenAPI()); err != nil {
		writeError(w, err)
	}
}

// A Document is an OpenAPI document.
type Document struct {
	OpenAPI    string                           `json:"openapi"`
	Info       map[string]string                `json:"info"`
	Paths      map[string]map[string]*Operation `json:"paths"`
	Components struct {
		Schemas map[string]*Schema `json:"schemas"`
	} `json:"components"`
}

// An Operation is a route in the document.
type Operation struct {
	OperationID string              `json:"operationId"`
	Tags        []string            `json:"tags"`
	Summary     string              `json:"summary"`
	Parameters  []Parameter         `json:"parameters,omitempty"`
	RequestBody *Content            `json:"requestBody,omitempty"`
	Responses   map[string]*Content `json:"responses"`
}

// A Parameter is one in the URL.
type Parameter struct {
	Name        string  `json:"name"`
	In          string  `json:"in"`
	Required    bool    `json:"required,omitempty"`
	Description string  `json:"description,omitempty"`
	Schema      *Schema `json:"schema"`
	Explode     *bool   `json:"explode,omitempty"`
}

// A Content is a body.
type Content struct {
	Description string               `json:"description,omitempty"`
	Required    bool                 `json:"required,omitempty"`
	Content     map[string]MediaType `json:"content,omitempty"`
}

// A MediaType is a body in one format.
type MediaType struct {
	Schema *Schema `json:"schema"`
}

// OpenAPI describes the routes.
func OpenAPI() *Document {
	d := &Document{
		OpenAPI: "3.1.0",
		Info: map[string]string{
			"title": "wecomsim", "version": "1",
			"description": "A simulator of WeCom: what people do in its client and consoles, and what a test wants to know. The API of WeCom itself is at the other paths.",
		},
		Paths: make(map[string]map[string]*Operation),
	}
	named := make(components)
	failure := &Content{"not done, and why", false, jsonContent(schemaOf(reflect.TypeFor[Error](), named))}
	for _, r := range Routes() {
		path := strings.ReplaceAll(r.Path, "...}", "}")
		if d.Paths[path] == nil {
			d.Paths[path] = make(map[string]*Operation)
		}
		op := r.operation(named)
		op.Responses["4XX"] = failure
		d.Paths[path][strings.ToLower(r.Method)] = op
	}
	d.Components.Schemas = make(map[string]*Schema, len(named))
	for name, c := range named {
		d.Components.Schemas[name] = c.schema
	}
	return d
}

func jsonContent(s *Schema) map[string]MediaType {
	return map[string]MediaType{"application/json": {s}}
}

func (r Route) operation(named components) *Operation {
	op := &Operation{
		OperationID: strings.ToLower(r.Method) + " " + strings.TrimPrefix(r.Path, Prefix),
		Tags:        []string{r.Group}, Summary: r.Summary,
		Responses: make(map[string]*Content),
	}
	op.OperationID = strings.NewReplacer(" ", "-", "/", "-", "{", "", "}", "", "...", "").Replace(op.OperationID)
	list := parameters(r.in)
	if r.also != nil {
		list = append(list, parameters(r.also)...)
	}
	for _, p := range list {
		if p.In == "body" {
			continue
		}
		s := schemaOf(p.Type, named)
		s.Kind = p.Kind
		param := Parameter{Name: strings.TrimSuffix(p.Name, "..."), In: p.In, Required: p.Required, Description: p.About, Schema: s}
		if s.Type == "array" {
			param.Explode = new(false)
		}
		op.Parameters = append(op.Parameters, param)
	}
	if r.Method == http.MethodPost {
		op.RequestBody = &Content{Required: hasBody(list), Content: jsonContent(schemaOf(r.in, named))}
	}
	ok := &Content{Description: "done"}
	if r.out == nil {
		ok.Content = map[string]MediaType{"text/event-stream": {&Schema{Type: "string"}}}
	} else {
		ok.Content = jsonContent(schemaOf(r.out, named))
	}
	op.Responses["200"] = ok
	return op
}
