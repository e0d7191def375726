package console

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A callRow is a call in the log.
type callRow struct {
	wecomtest.Call
	App    string
	Link   string // opens or closes it
	Soft   bool   // on the page where one is
	Open   *openCall
	Failed bool
}

// An openCall is a call with all that is known of it.
type openCall struct {
	Curl  string
	Spec  string // address of the operation's page
	Query []pair
	Token string // the parameter with the token
}

type pair struct{ Name, Value string }

func (v *visit) callRow(c *wecomtest.Call) callRow {
	row := callRow{Call: *c, Failed: c.Code != 0 || c.Fault != "" || c.HTTPStatus != 200}
	row.Link = v.Link("calls", "", "open", strconv.Itoa(c.N)) + "#call-" + strconv.Itoa(c.N)
	row.App = v.appName(c.CorpID, c.AgentID)
	return row
}

func (v *visit) calls() (string, any, error) {
	p := struct {
		Rows  []callRow
		Pager pager
		Ops   []string
		Codes []int
		Op    string
		Code  string
		Text  string
		Wrong string
	}{Op: strings.TrimSpace(v.query("op")), Code: v.query("code"), Text: v.query("q")}
	in := api.CallsIn{Page: v.part(), Op: p.Op, Text: p.Text, Corp: v.in.Corp}
	if n, err := strconv.Atoi(p.Code); err == nil {
		in.Code = &n
	}
	list, err := v.api.Calls(v.ctx, in)
	if err != nil {
		p.Wrong = err.Error()
	}
	open := v.query("open")
	for i := range list.Items {
		row := v.callRow(&list.Items[i])
		row.Soft = true
		n := strconv.Itoa(row.N)
		row.Link = v.With("open", n) + "#call-" + n
		if n == open {
			row.Link = v.With("open", "") + "#call-" + n
			row.Open = v.openCall(&row.Call)
		}
		p.Rows = append(p.Rows, row)
	}
	p.Pager = v.pager(in.Page, len(list.Items), list.Total)
	p.Ops, p.Codes, err = v.seenCalls()
	return "Calls", p, err
}

// seenCalls are the operations and errcodes that the log holds.
func (v *visit) seenCalls() (ops []string, codes []int, err error) {
	list, err := v.api.Calls(v.ctx, api.CallsIn{Page: api.Page{Limit: all}})
	seen, answered := make(map[string]bool), make(map[int]bool)
	for i := range list.Items {
		seen[list.Items[i].Op] = true
		answered[list.Items[i].Code] = true
	}
	return slices.Sorted(maps.Keys(seen)), slices.Sorted(maps.Keys(answered)), err
}

func (v *visit) openCall(c *wecomtest.Call) *openCall {
	out := &openCall{}
	if e, err := v.api.Spec(v.ctx, api.SpecIn{Op: c.Op}); err == nil {
		out.Token = e.Token
		out.Spec = v.Link("spec/"+e.Op, "")
	}
	for _, name := range slices.Sorted(maps.Keys(c.Query)) {
		for _, value := range c.Query[name] {
			out.Query = append(out.Query, pair{name, value})
		}
	}
	out.Curl = curl(v.BaseURL, c)
	return out
}

// hidden is what the log has in place of tokens and secrets.
const hidden = "REDACTED"

// curl is a call as a command for a shell. What the log does not show are
// variables: access_token is "$ACCESS_TOKEN".
func curl(base string, c *wecomtest.Call) string {
	var b strings.Builder
	path := c.Op
	if !strings.HasPrefix(path, "/") {
		path = "/cgi-bin/" + path
	}
	b.WriteString("curl '" + base + path)
	mark := "?"
	for _, name := range slices.Sorted(maps.Keys(c.Query)) {
		for _, value := range c.Query[name] {
			b.WriteString(mark + url.QueryEscape(name) + "=")
			mark = "&"
			if value == hidden {
				b.WriteString(`'"$` + strings.ToUpper(name) + `"'`)
			} else {
				b.WriteString(url.QueryEscape(value))
			}
		}
	}
	b.WriteString("'")
	switch {
	case c.Method != http.MethodPost:
	case strings.HasPrefix(c.Body, "file "):
		name, _, _ := strings.Cut(strings.TrimPrefix(c.Body, "file "), ", ")
		if text, err := strconv.Unquote(name); err == nil {
			name = text
		}
		b.WriteString(" \\\n  -F media=@" + quoted(name))
	default:
		b.WriteString(" \\\n  -H 'Content-Type: application/json' \\\n  -d " + quoted(compact(c.Body)))
	}
	return b.String()
}

// quoted is a text between quotes of a shell.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// compact is JSON on one line.
func compact(text string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(json.RawMessage(text)); err != nil {
		return text
	}
	return strings.TrimSuffix(b.String(), "\n")
}
