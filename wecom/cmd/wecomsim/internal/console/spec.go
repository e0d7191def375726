package console

import (
	"slices"
	"strconv"
	"strings"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A specRow is an endpoint in the list.
type specRow struct {
	wecomtest.Coverage
	Op, Link string
}

func (v *visit) specs() (string, any, error) {
	p := struct {
		Rows  []specRow
		Pager pager
	}{}
	list, err := v.api.Specs(v.ctx, api.SpecsIn{Page: v.part(), Text: strings.TrimSpace(v.query("q"))})
	for _, c := range list.Items {
		op := strings.TrimPrefix(c.Path, "/cgi-bin/")
		p.Rows = append(p.Rows, specRow{c, op, v.Link("spec/"+op, "")})
	}
	p.Pager = v.pager(v.part(), len(list.Items), list.Total)
	return "Specification", p, err
}

// A specPage is one endpoint.
type specPage struct {
	api.Spec
	Parts []specPart
	Calls string // address of the calls of it
}

// A specPart is a group of fields: query, body, upload or response.
type specPart struct {
	Name    string
	Fields  []specField
	Example string
}

// A specField is a field in its place, with its limits in words.
type specField struct {
	wecomtest.Field
	Depth  int
	Limits []string
}

func (v *visit) spec() (string, any, error) {
	s, err := v.api.Spec(v.ctx, api.SpecIn{Op: v.r.PathValue("op")})
	if err != nil {
		return "", nil, err
	}
	p := specPage{Spec: s, Calls: v.Link("calls", "", "op", s.Op)}
	example := s.RequestExample
	for _, part := range []specPart{{"Query", rowsOf(s.Query), ""}, {"Body", rowsOf(s.Body), ""}, {"Upload", rowsOf(s.Upload), ""}} {
		if len(part.Fields) > 0 {
			part.Example, example = example, ""
			p.Parts = append(p.Parts, part)
		}
	}
	p.Parts = append(p.Parts, specPart{"Response", rowsOf(s.Response), s.ResponseExample})
	return s.Op, p, nil
}

func rowsOf(fields []wecomtest.Field) []specField {
	var rows []specField
	for i := range fields {
		rows = appendRows(rows, &fields[i], 0)
	}
	return rows
}

// appendRows adds a field and what is in it.
func appendRows(rows []specField, f *wecomtest.Field, depth int) []specField {
	row := specField{Field: *f, Depth: min(depth, maxIndent), Limits: limitsOf(f)}
	inner := f.Fields
	if f.Items != nil {
		row.Type = "array of " + f.Items.Type
		row.Limits = append(row.Limits, limitsOf(f.Items)...)
		inner = slices.Concat(inner, f.Items.Fields)
		if f.Items.Items != nil {
			rows = append(rows, row)
			return appendRows(rows, f.Items, depth+1)
		}
	}
	rows = append(rows, row)
	for i := range inner {
		rows = appendRows(rows, &inner[i], depth+1)
	}
	return rows
}

// maxIndent is how deep a field is shown at most.
const maxIndent = 6

func limitsOf(f *wecomtest.Field) []string {
	var list []string
	add := func(given bool, text string) {
		if given {
			list = append(list, text)
		}
	}
	add(f.MaxBytes > 0, count(f.MaxBytes, "byte", "bytes")+" at most")
	add(f.MaxChars > 0, count(f.MaxChars, "character", "characters")+" at most")
	add(f.MinItems > 0, strconv.Itoa(f.MinItems)+" at least")
	add(f.MaxItems > 0, strconv.Itoa(f.MaxItems)+" at most")
	if f.Min != nil {
		add(true, "from "+strconv.FormatInt(*f.Min, 10))
	}
	if f.Max != nil {
		add(true, "to "+strconv.FormatInt(*f.Max, 10))
	}
	if len(f.Enum) > 0 {
		var values []string
		for _, v := range f.Enum {
			values = append(values, compactValue(v))
		}
		add(true, "one of "+strings.Join(values, ", "))
	}
	add(f.Loose, "other spellings pass, such as a quoted number")
	add(f.Recursive != "", "like "+f.Recursive)
	add(f.Deprecated != "", "deprecated: "+f.Deprecated)
	return list
}
