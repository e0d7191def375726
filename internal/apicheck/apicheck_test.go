package apicheck_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
)

// An endpoint is one row of the simulator's table.
type endpoint struct {
	Method   string  `json:"method"`
	Path     string  `json:"path"`
	Doc      []int   `json:"doc"`
	Token    string  `json:"token"`
	Query    []field `json:"query"`
	Request  []field `json:"request"`
	Response []field `json:"response"`
	Note     string  `json:"note"`
}

type field struct {
	Name     string  `json:"name"`
	Type     string  `json:"type"`
	Required bool    `json:"required"`
	Empty    bool    `json:"empty"`
	Items    *field  `json:"items"`
	Fields   []field `json:"fields"`
	Code     int     `json:"code"`
	Missing  int     `json:"missing"`
}

func table(t *testing.T) map[string]endpoint {
	t.Helper()
	files, err := filepath.Glob("../../wecom/wecomtest/spec/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	all := map[string]endpoint{}
	for _, file := range files {
		body, err := os.ReadFile(file)
		require.NoError(t, err)
		var rows []endpoint
		require.NoError(t, json.Unmarshal(body, &rows), file)
		for _, row := range rows {
			all[row.Path] = row
		}
	}
	return all
}

// An operation is a wecom.Operation value in the sources.
type operation struct {
	name         string // package.variable
	method, path string
	doc          int
	read         bool
	token        string // the query parameter of the credential, or none
}

// A use is a call wecom.Do[T](ctx, client, op, req), or a wecom.Upload with the
// query in req.
type use struct {
	op       operation
	pos      string
	upload   bool
	req, res types.Type
}

func TestOperations(t *testing.T) {
	t.Parallel()
	src := loadSources(t)
	require.NotEmpty(t, src.operations)
	require.NotEmpty(t, src.uses)

	t.Run("follow the table", func(t *testing.T) {
		t.Parallel()
		followTheTable(t, src)
	})
	t.Run("have a handler in the simulator", func(t *testing.T) {
		t.Parallel()
		everyOperationIsSimulated(t, src)
	})
	t.Run("hold all paths", func(t *testing.T) {
		t.Parallel()
		assert.Empty(t, src.strayPaths, "a path outside an Operation")
	})
	t.Run("are listed in docs/endpoints.md", func(t *testing.T) {
		t.Parallel()
		listed(t, src)
	})
	t.Run("are repeated after a lost reply only if they read", func(t *testing.T) {
		t.Parallel()
		onlyReadsAreRepeated(t, src)
	})
}

func followTheTable(t *testing.T, src sources) {
	t.Helper()
	rows := table(t)
	for _, op := range src.operations {
		row, ok := rows[op.path]
		if !ok {
			t.Errorf("%s: %s: no such endpoint in the table", op.path, op.name)
			continue
		}
		assert.Equal(t, row.Method, op.method, "method of %s, against the table", op.name)
		assert.Equal(t, row.Token, op.token, "credential of %s, against the table", op.name)
		assert.Contains(t, row.Doc, op.doc, "page of %s, against the table", op.name)
	}
	shared := documented{}
	for _, u := range src.uses {
		c := comparison{shared: shared, noting: true, differ: func(string, string, ...any) {}}
		c.use(u, rows[u.op.path])
	}
	// A package may read a part of a reply that another one reads whole: what
	// is missing counts where the least is.
	missing := map[string][]difference{}
	for _, u := range src.uses {
		c := comparison{pos: u.pos, shared: shared, differ: func(what, format string, args ...any) {
			t.Errorf("%s: %s %s: %s", u.pos, u.op.path, what, fmt.Sprintf(format, args...))
		}}
		c.use(u, rows[u.op.path])
		if least, ok := missing[u.op.path]; !ok || len(c.missing) < len(least) {
			missing[u.op.path] = c.missing
		}
	}
	for path, list := range missing {
		for _, d := range list {
			t.Errorf("%s %s: %s", path, d.what, d.text)
		}
	}
}

// A comparison walks a type and its row together.
type comparison struct {
	request bool
	noting  bool // fills shared
	pos     string
	shared  documented
	differ  func(what, format string, args ...any)
	missing []difference // of a reply
}

// documented has, for each type, one set of fields for each place of the table
// that it stands for. What is sent and what comes back may share a type: a
// field that only one of the places has is right if it is optional.
type documented map[string][]map[string]bool

func (d documented) note(typ types.Type, want []field) {
	names := map[string]bool{}
	for _, f := range want {
		names[f.Name] = true
	}
	d[typ.String()] = append(d[typ.String()], names)
}

// somewhere and everywhere report where typ is documented with the field.
func (d documented) somewhere(typ types.Type, name string) bool {
	return slices.ContainsFunc(d[typ.String()], func(names map[string]bool) bool { return names[name] })
}

func (d documented) everywhere(typ types.Type, name string) bool {
	return !slices.ContainsFunc(d[typ.String()], func(names map[string]bool) bool { return !names[name] })
}

type difference struct{ what, text string }

func (c *comparison) use(u use, row endpoint) {
	sent := row.Request
	if row.Method == http.MethodGet || u.upload {
		sent = row.Query
	}
	c.request = true
	c.object("request", u.req, sent)
	c.request = false
	c.object("response", u.res, row.Response)
}

func (c *comparison) object(at string, typ types.Type, want []field) {
	if typ == nil || opaque(typ) {
		if typ == nil && len(want) > 0 {
			c.differ(at, "sends nothing, the table has %d fields", len(want))
		}
		return
	}
	members, ok := jsonMembers(typ)
	if !ok {
		c.differ(at, "%s is no struct", typ)
		return
	}
	if c.noting {
		c.shared.note(typ, want)
	}
	for _, f := range want {
		m, ok := members[f.Name]
		if !ok && c.request {
			c.differ(at+"."+f.Name, "missing in %s", typ)
			continue
		}
		if !ok {
			c.missing = append(c.missing, difference{at + "." + f.Name, fmt.Sprintf("%s: missing in %s", c.pos, typ)})
			continue
		}
		if c.request && f.Required && m.optional && c.shared.everywhere(typ, f.Name) {
			c.differ(at+"."+f.Name, "is required, and %s may leave it out", typ)
		}
		if c.request && !f.Required && !m.optional && len(members) > 1 { // an object of one field is left out as a whole
			c.differ(at+"."+f.Name, "is optional, and %s always sends it", typ)
		}
		c.value(at+"."+f.Name, m.typ, f)
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if !slices.ContainsFunc(want, func(f field) bool { return f.Name == name }) &&
			(!c.shared.somewhere(typ, name) || c.request && !members[name].optional) {
			c.differ(at+"."+name, "in %s, not in the table", typ)
		}
	}
}

func (c *comparison) value(at string, typ types.Type, want field) {
	if opaque(typ) {
		return
	}
	if p, ok := types.Unalias(typ).(*types.Pointer); ok {
		typ = p.Elem()
	}
	switch want.Type {
	case "object":
		if len(want.Fields) > 0 {
			c.object(at, typ, want.Fields)
		}
	case "array":
		list, ok := typ.Underlying().(*types.Slice)
		if !ok {
			c.differ(at, "%s is no list", typ)
			return
		}
		if want.Items != nil {
			c.value(at+"[]", list.Elem(), *want.Items)
		}
	default:
		if kinds, ok := scalars()[want.Type]; ok && !slices.Contains(kinds, kind(typ)) {
			c.differ(at, "%s for %s", typ, want.Type)
		}
	}
}

// scalars says which Go kinds carry which type of the table.
func scalars() map[string][]string {
	return map[string][]string{
		"string": {"string"},
		"int":    {"int", "wecom.Seconds"},
		"float":  {"float"},
		"bool":   {"bool"},
		"bool01": {"wecom.Bool01", "int"},
		"unix":   {"wecom.UnixTime"},
	}
}

func kind(typ types.Type) string {
	if name := named(typ); name == "wecom.UnixTime" || name == "wecom.Bool01" || name == "wecom.Seconds" {
		return name
	}
	basic, ok := typ.Underlying().(*types.Basic)
	switch {
	case !ok:
		return "other"
	case basic.Info()&types.IsInteger != 0:
		return "int"
	case basic.Info()&types.IsFloat != 0:
		return "float"
	case basic.Info()&types.IsBoolean != 0:
		return "bool"
	case basic.Info()&types.IsString != 0:
		return "string"
	}
	return "other"
}

// opaque reports whether a type writes or reads itself, so that its fields say
// nothing: message bodies, raw JSON, what the caller brings along.
func opaque(typ types.Type) bool {
	switch named(typ) {
	case "wecom.UnixTime", "wecom.Bool01", "wecom.Seconds":
		return false
	case "json.RawMessage":
		return true
	}
	if _, ok := typ.Underlying().(*types.Interface); ok {
		return true
	}
	for _, method := range []string{"MarshalJSON", "UnmarshalJSON"} {
		if obj, _, _ := types.LookupFieldOrMethod(typ, true, nil, method); obj != nil {
			if _, ok := obj.(*types.Func); ok {
				return true
			}
		}
	}
	return false
}

func named(typ types.Type) string {
	n, ok := types.Unalias(typ).(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return ""
	}
	return n.Obj().Pkg().Name() + "." + n.Obj().Name()
}

type member struct {
	typ      types.Type
	optional bool
}

// jsonMembers returns what a struct writes, by name.
func jsonMembers(typ types.Type) (map[string]member, bool) {
	if p, ok := types.Unalias(typ).(*types.Pointer); ok {
		typ = p.Elem()
	}
	s, ok := typ.Underlying().(*types.Struct)
	if !ok {
		return nil, false
	}
	members := map[string]member{}
	for i := range s.NumFields() {
		name, options, _ := strings.Cut(reflect.StructTag(s.Tag(i)).Get("json"), ",")
		switch {
		case name == "-":
		case name == "" && s.Field(i).Embedded():
			inner, _ := jsonMembers(s.Field(i).Type())
			maps.Copy(members, inner)
		default:
			members[cmp.Or(name, s.Field(i).Name())] = member{s.Field(i).Type(), strings.Contains(options, "omitzero")}
		}
	}
	return members, true
}

// constantOf returns the value of a constant expression as a string.
func constantOf(info *types.Info, e ast.Expr) string {
	v := info.Types[e].Value
	if v == nil {
		return ""
	}
	if v.Kind() == constant.String {
		return constant.StringVal(v)
	}
	return v.String()
}

// tokens says which query parameter stands for which wecom.Auth.
func tokens() map[string]string {
	return map[string]string{
		"":                                    "access_token",
		auth(wecom.AuthAccessToken):           "access_token",
		auth(wecom.AuthNone):                  "none",
		auth(wecom.AuthSuiteAccessToken):      "suite_access_token",
		auth(wecom.AuthWebhookKey):            "key",
		auth(wecom.AuthProviderAccessToken):   "provider_access_token",
		auth(wecom.AuthProviderAsAccessToken): "access_token=<provider_access_token>",
		auth(wecom.AuthResponseCode):          "none", // the table has it among the query
	}
}

func auth(a wecom.Auth) string { return strconv.Itoa(int(a)) }

// operationOf reads a composite literal of type wecom.Operation.
func operationOf(info *types.Info, lit *ast.CompositeLit) operation {
	op := operation{token: tokens()[""]}
	for _, e := range lit.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		key, ok := kv.Key.(*ast.Ident)
		if !ok {
			continue
		}
		switch key.Name {
		case "Method":
			op.method = constantOf(info, kv.Value)
		case "Path":
			op.path = constantOf(info, kv.Value)
		case "Doc":
			op.doc, _ = strconv.Atoi(constantOf(info, kv.Value))
		case "Read":
			op.read = constantOf(info, kv.Value) == "true"
		case "Auth":
			op.token = tokens()[constantOf(info, kv.Value)]
		}
	}
	return op
}
