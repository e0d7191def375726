package cassette

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A Difference is something in which a recording and the simulator's table of
// the official API do not agree: one of the two is to be corrected.
type Difference struct {
	N     int    // interaction, from 1; the first of those that have it
	Times int    // how many values have it
	Op    string // externalcontact/get
	Where string // request.body.text.content, response.header.Error-Code
	What  string // unknown, type or missing: no page has it, it is of another type, it should be there
	Type  string // of the recorded value: string, number, bool, array, object, null
	Want  string // type, in the table's words; "" if it has none
}

const (
	unknown   = "unknown"
	otherType = "type"
	missing   = "missing"
)

// String writes the difference in one line.
func (d Difference) String() string {
	text := fmt.Sprintf("%s: %s: ", d.Op, d.Where)
	switch d.What {
	case missing:
		text += "missing, want " + d.Want
	case otherType:
		text += d.Type + ", want " + d.Want
	default:
		text += "unknown " + d.Type
	}
	if d.Times > 1 {
		return fmt.Sprintf("%s (interaction %d, %d times)", text, d.N, d.Times)
	}
	return fmt.Sprintf("%s (interaction %d)", text, d.N)
}

// Check holds a recording against the simulator's table: every field of every
// request and response. Whether it comes from WeCom itself is for the reader to
// know. What differs is listed once, in the order of the recording.
func Check(c *Cassette) []Difference {
	k := &checker{table: newTable(), seen: make(map[Difference]int)}
	for i := range c.Interactions {
		k.n = i + 1
		k.interaction(&c.Interactions[i])
	}
	return k.list
}

type checker struct {
	table *table
	n     int
	op    string
	root  []wecomtest.Field
	seen  map[Difference]int // where it is in list, by what it is
	list  []Difference
}

func (k *checker) add(d Difference) {
	d.Op = k.op
	if at, again := k.seen[d]; again {
		k.list[at].Times++
		return
	}
	k.seen[d] = len(k.list)
	d.N, d.Times = k.n, 1
	k.list = append(k.list, d)
}

func (k *checker) interaction(in *Interaction) {
	req, res := &in.Request, &in.Response
	k.op = strings.TrimPrefix(req.Path, "/cgi-bin/")
	e := k.table.find(req.Path)
	if e == nil {
		k.add(Difference{Where: "request.path", What: unknown, Type: "endpoint"})
		return
	}
	if req.Method != e.Method {
		k.add(Difference{Where: "request.method", What: otherType, Type: req.Method, Want: e.Method})
		return
	}
	k.query(req, e)
	k.parts(req, e)
	if req.Body != nil || len(e.Body) > 0 {
		k.document("request.body", req.Body, e.Body, true)
	}
	switch {
	case e.File:
		if res.Body != nil && res.Code() == 0 {
			k.add(Difference{Where: "response.body", What: otherType, Type: "object", Want: "file"})
		}
	case res.Body == nil:
		k.add(Difference{Where: "response.body", What: missing, Want: "object"})
	default:
		k.document("response.body", res.Body, status(e.Response), res.Code() == 0)
	}
}

// status adds what every response has.
func status(list []wecomtest.Field) []wecomtest.Field {
	return append([]wecomtest.Field{{Name: "errcode", Type: "int"}, {Name: "errmsg", Type: "string"}}, list...)
}

func (k *checker) query(req *Request, e *wecomtest.Endpoint) {
	for _, name := range sortedKeys(req.Query) {
		if f := fieldOf(e.Query, name); f == nil && !takesToken(e, name) && name != "debug" {
			k.add(Difference{Where: "request.query." + name, What: unknown, Type: "string"})
		}
	}
	for i := range e.Query {
		if f := &e.Query[i]; f.Required && req.Query[f.Name] == "" {
			k.add(Difference{Where: "request.query." + f.Name, What: missing, Want: f.Type})
		}
	}
}

// takesToken reports whether a parameter holds the token. Its table may say
// a=<b>: a token b under the name a.
func takesToken(e *wecomtest.Endpoint, name string) bool {
	token, _, _ := strings.Cut(e.Token, "=")
	return name == token || strings.HasSuffix(name, "access_token")
}

func (k *checker) parts(req *Request, e *wecomtest.Endpoint) {
	for _, p := range req.Parts {
		if fieldOf(e.Upload, p.Name) == nil {
			k.add(Difference{Where: "request.part." + p.Name, What: unknown, Type: "part"})
		}
	}
	for i := range e.Upload {
		f := &e.Upload[i]
		if f.Required && !slices.ContainsFunc(req.Parts, func(p Part) bool { return p.Name == f.Name }) {
			k.add(Difference{Where: "request.part." + f.Name, What: missing, Want: f.Type})
		}
	}
	if req.File != nil {
		k.add(Difference{Where: "request.body", What: otherType, Type: "something else", Want: "object"})
	}
}

// document checks a body; whole says that nothing may be missing.
func (k *checker) document(at string, body any, fields []wecomtest.Field, whole bool) {
	m, ok := body.(map[string]any)
	if !ok && body != nil {
		k.add(Difference{Where: at, What: otherType, Type: typeOf(body), Want: "object"})
		return
	}
	k.root = fields
	k.object(at, m, fields, whole)
}

func (k *checker) object(at string, m map[string]any, fields []wecomtest.Field, whole bool) {
	for _, name := range sortedKeys(m) {
		f := fieldOf(fields, name)
		if f == nil {
			k.add(Difference{Where: at + "." + name, What: unknown, Type: typeOf(m[name])})
			continue
		}
		k.value(at+"."+name, m[name], f, whole)
	}
	for i := range fields {
		if _, ok := m[fields[i].Name]; !ok && whole && fields[i].Required {
			k.add(Difference{Where: at + "." + fields[i].Name, What: missing, Want: fields[i].Type})
		}
	}
}

func (k *checker) value(at string, v any, f *wecomtest.Field, whole bool) {
	if !fits(v, f.Type) && (!f.Loose || !fits(respelled(v), f.Type)) {
		k.add(Difference{Where: at, What: otherType, Type: typeOf(v), Want: f.Type})
		return
	}
	switch v := v.(type) {
	case map[string]any:
		if fields := partsOf(f, k.root); f.Type == "object" && len(fields) > 0 {
			k.object(at, v, fields, whole)
		}
	case []any:
		for i := range v {
			if f.Items != nil {
				k.value(at+"[]", v[i], f.Items, whole)
			}
		}
	}
}

// fits reports whether a value is of a type of the table.
func fits(v any, want string) bool {
	switch want {
	case "any":
		return true
	case "int", "unix", "bool01":
		n, ok := v.(json.Number)
		return ok && !strings.ContainsAny(n.String(), ".eE") && (want != "bool01" || n == "0" || n == "1")
	case "float":
		want = "number"
	case "map":
		want = "object"
	}
	return typeOf(v) == want
}

// respelled turns a text with a number into the number, and the other way round.
func respelled(v any) any {
	switch v := v.(type) {
	case string:
		var n json.Number
		if json.Unmarshal([]byte(v), &n) == nil {
			return n
		}
	case json.Number:
		return v.String()
	}
	return v
}

// typeOf names the JSON type of a value.
func typeOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "bool"
	case json.Number, float64, int:
		return "number"
	case string:
		return "string"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	}
	return cmp.Or(fmt.Sprintf("%T", v), "?")
}
