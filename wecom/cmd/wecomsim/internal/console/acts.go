package console

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
)

// An actGroup is what people can do about one thing.
type actGroup struct {
	Name string
	Acts []actLink
}

type actLink struct{ Verb, About, Link string }

func (v *visit) acts() (string, any, error) {
	var groups []actGroup
	for _, a := range api.Acts() {
		if n := len(groups); n == 0 || groups[n-1].Name != a.Group {
			groups = append(groups, actGroup{Name: a.Group})
		}
		g := &groups[len(groups)-1]
		g.Acts = append(g.Acts, actLink{a.Verb, a.About, v.Link("acts", a.Verb)})
	}
	return "Acts", groups, nil
}

// An actPage is the form of one act.
type actPage struct {
	Verb, Group, About string
	Fields             []field
}

func (v *visit) act() (string, any, error) {
	verb := v.r.PathValue("verb")
	i := slices.IndexFunc(api.Acts(), func(a api.Act) bool { return a.Verb == verb })
	if i < 0 {
		return "", nil, &api.Error{Status: http.StatusNotFound, Message: "Nobody can " + verb + "."}
	}
	a := api.Acts()[i]
	p := actPage{Verb: a.Verb, Group: a.Group, About: a.About}
	examples := examplesOf("/_sim/acts/" + verb)
	for _, arg := range a.Args() {
		f, err := v.field(arg)
		if err != nil {
			return "", nil, err
		}
		f.Example = examples[arg.Name]
		p.Fields = append(p.Fields, f)
	}
	return a.About, p, nil
}

// A field is one argument in a form.
type field struct {
	api.Arg
	Label   string
	Control string // select, checks, list (to choose or type), text, lines, json, number, bool or time
	Wire    string // what the script makes of it: string, integer, number, boolean, lines or json
	Options []option
	Value   string
	Example string
}

// fewOptions is how many one may look through at once.
const fewOptions = 60

func (v *visit) field(arg api.Arg) (field, error) {
	options, err := v.options(arg.Kind, arg.Name)
	f := field{
		Arg: arg, Label: strings.ReplaceAll(arg.Name, "_", " "), Options: options, Wire: arg.Type, Value: v.query(arg.Name),
	}
	for i := range f.Options {
		f.Options[i].On = slices.Contains(strings.Split(f.Value, ","), f.Options[i].Value)
	}
	few := 0 < len(options) && len(options) <= fewOptions
	switch {
	case arg.Type == "array" && arg.Items == "string":
		f.Wire, f.Control = "lines", "lines"
		if few {
			f.Control = "checks"
		}
	case arg.Type == "array", arg.Type == "object", arg.Type == "":
		f.Wire, f.Control = "json", "json"
	case arg.Type == "boolean":
		f.Control = "bool"
	case few && arg.Kind != "person":
		f.Control = "select"
	case arg.Kind != "":
		f.Control = "list"
	case arg.Format == "date-time":
		f.Control = "time"
		if f.Value == "" && arg.Required {
			f.Value = v.Clock.Now.Add(30 * 24 * time.Hour).Format(time.RFC3339)
		}
	case arg.Type == "integer", arg.Type == "number":
		f.Control = "number"
	case arg.Name == "text" || arg.Name == "notice":
		f.Control = "lines"
	default:
		f.Control = "text"
	}
	return f, err
}

// examplesOf are examples of the lists and objects that a route takes, as the
// OpenAPI document describes them.
func examplesOf(path string) map[string]string {
	d := api.OpenAPI()
	out := make(map[string]string)
	item := d.Paths[path]["post"]
	if item == nil || item.RequestBody == nil {
		return out
	}
	schema := resolve(d, item.RequestBody.Content["application/json"].Schema)
	for name, p := range schema.Properties {
		if p = resolve(d, p); p.Type == "object" || p.Type == "array" && resolve(d, p.Items).Type == "object" {
			text, err := json.MarshalIndent(exampleOf(d, p, 0), "", "  ")
			if err == nil {
				out[name] = string(text)
			}
		}
	}
	return out
}

func resolve(d *api.Document, s *api.Schema) *api.Schema {
	if name, ok := strings.CutPrefix(s.Ref, "#/components/schemas/"); ok {
		return d.Components.Schemas[name]
	}
	return s
}

// maxDepth ends examples of what holds itself.
const maxDepth = 4

func exampleOf(d *api.Document, s *api.Schema, depth int) any {
	s = resolve(d, s)
	switch s.Type {
	case "object":
		m := make(map[string]any)
		for name, p := range s.Properties {
			if depth < maxDepth {
				m[name] = exampleOf(d, p, depth+1)
			}
		}
		return m
	case "array":
		if depth >= maxDepth {
			return []any{}
		}
		return []any{exampleOf(d, s.Items, depth+1)}
	case "integer", "number":
		return 0
	case "boolean":
		return false
	default:
		return ""
	}
}
