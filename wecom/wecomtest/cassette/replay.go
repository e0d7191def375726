package cassette

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A Player answers as WeCom did in a recording, and only what it was asked
// there: method, path, parameters and body must be the same but for who calls.
// Each call is answered once for each time that it was recorded, in that order.
// It is an http.Handler and an http.RoundTripper, and safe for concurrent use.
//
// Tokens are not part of a story: a client asks for one when it pleases, and
// calls that give some are answered as often as they come.
type Player struct {
	t     wecomtest.TB // nil outside tests
	table *table
	tape  []Interaction
	keys  []string // of the requests, in the form in which they are compared

	mu       sync.Mutex // guards all below
	played   []bool
	problems []string
	ended    bool
}

// New plays a recording in a test. A request that is not in it fails the test
// with what is different, and so does a call of it that nobody makes.
func New(t wecomtest.TB, fsys fs.FS, name string) *Player {
	t.Helper()
	c, err := Load(fsys, name)
	if err != nil {
		t.Fatalf("%v", err)
	}
	p := NewPlayer(c)
	p.t = t
	t.Cleanup(func() {
		t.Helper()
		p.mu.Lock()
		p.ended = true
		p.mu.Unlock()
		for _, in := range p.Unused() {
			t.Errorf("cassette: %s: nobody made %s", name, in.String())
		}
	})
	return p
}

// NewPlayer plays a recording outside tests. [Player.Problems] and
// [Player.Unused] tell what New would fail a test for.
func NewPlayer(c *Cassette) *Player {
	p := &Player{table: newTable(), tape: slices.Clone(c.Interactions), played: make([]bool, len(c.Interactions))}
	for i := range p.tape {
		p.keys = append(p.keys, p.tape[i].Request.key(p.table))
	}
	return p
}

// key is the form in which requests are compared.
func (r *Request) key(t *table) string {
	m := r.masked(t)
	text, err := json.Marshal(&m)
	if err != nil {
		return "" // it came out of JSON
	}
	return string(text)
}

// Problems lists the requests that were not in the recording, with what was
// different.
func (p *Player) Problems() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.problems)
}

// Unused returns the calls of the recording that nobody made. Those for tokens
// are no part of it.
func (p *Player) Unused() []Interaction {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []Interaction
	for i := range p.tape {
		if _, token := givesToken(p.table.find(p.tape[i].Request.Path)); !p.played[i] && !token {
			list = append(list, p.tape[i])
		}
	}
	return list
}

// Credential is of the corp whose token was recorded first, with a secret that
// is nobody's.
func (p *Player) Credential() wecom.Credential {
	for i := range p.tape {
		if id := p.tape[i].Request.Query["corpid"]; id != "" {
			return wecom.Credential{CorpID: id, Secret: "replayed"}
		}
	}
	return wecom.Credential{CorpID: "wwREPLAYED", Secret: "replayed"}
}

// HTTPClient returns a client whose every request the player answers.
func (p *Player) HTTPClient() *http.Client { return &http.Client{Transport: p} }

// NewClient returns a client of the SDK that the player answers. Options given
// here come after its own.
func (p *Player) NewClient(opts ...wecom.Option) *wecom.Client {
	if p.t != nil {
		p.t.Helper()
	}
	client, err := wecom.New(p.Credential(), append([]wecom.Option{wecom.WithHTTPClient(p.HTTPClient())}, opts...)...)
	if err != nil {
		if p.t == nil {
			panic(err) // the options are wrong
		}
		p.t.Fatalf("%v", err)
	}
	return client
}

// RoundTrip answers a request.
func (p *Player) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := p.answer(req)
	if err != nil {
		return nil, err
	}
	header := make(http.Header)
	for name, val := range res.Header {
		header.Set(name, val)
	}
	body := res.bytes()
	return &http.Response{
		Status: fmt.Sprintf("%d %s", res.Status, http.StatusText(res.Status)), StatusCode: res.Status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Request: req,
	}, nil
}

// ServeHTTP answers a request.
func (p *Player) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	res, err := p.answer(req)
	if err != nil {
		http.Error(w, "cassette: the request cannot be read", http.StatusBadRequest)
		return
	}
	for name, val := range res.Header {
		w.Header().Set(name, val)
	}
	w.WriteHeader(res.Status)
	_, _ = w.Write(res.bytes()) //nolint:gosec // it is what was recorded, for a program
}

// bytes is the body. That of a file which was not kept is as long.
func (r *Response) bytes() []byte {
	switch {
	case r.Body != nil:
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(r.Body); err != nil {
			return nil // it came out of JSON, so it goes into it
		}
		return bytes.TrimSpace(b.Bytes())
	case r.File == nil:
		return nil
	case r.File.Data != nil:
		return r.File.Data
	}
	return bytes.Repeat([]byte("."), int(r.File.Size))
}

func (p *Player) answer(r *http.Request) (*Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		body, err = io.ReadAll(io.LimitReader(r.Body, maxBody+1))
		_ = r.Body.Close()
		if err != nil {
			return nil, err
		}
		if len(body) > maxBody {
			return nil, ErrTooLarge
		}
	}
	req := canonical(r, r.URL.Path, body)
	key := req.key(p.table)
	tokenName, token := givesToken(p.table.find(req.Path))
	p.mu.Lock()
	last := -1
	for i := range p.tape {
		if p.keys[i] != key {
			continue
		}
		if last = i; !p.played[i] {
			p.played[i] = true
			p.mu.Unlock()
			return &p.tape[i].Response, nil
		}
	}
	p.mu.Unlock()
	switch {
	case last >= 0 && token:
		return &p.tape[last].Response, nil
	case token && !p.has(req.Path):
		return &Response{Status: http.StatusOK, Body: map[string]any{
			"errcode": 0, "errmsg": "ok", tokenName: "replayed", "expires_in": 7200,
		}}, nil
	}
	return p.missing(&req, key), nil
}

func (p *Player) has(path string) bool {
	return slices.ContainsFunc(p.tape, func(in Interaction) bool { return in.Request.Path == path })
}

// missing answers a request that is not in the recording, in a way that no
// client tries again.
func (p *Player) missing(req *Request, key string) *Response {
	text := p.explain(req, key)
	p.problem(text)
	return &Response{
		Status: http.StatusNotFound,
		Header: map[string]string{"Content-Type": "application/json; charset=UTF-8"},
		Body:   map[string]any{"errcode": http.StatusNotFound, "errmsg": "cassette: " + text},
	}
}

func (p *Player) problem(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.problems = append(p.problems, text)
	if p.t != nil && !p.ended {
		p.t.Helper()
		p.t.Errorf("cassette: %s", text)
	}
}

// What a message shows at most.
const (
	maxLines = 30
	maxLine  = 120 // bytes, where nothing is compared
)

// explain says what is different from the recorded call that is most like it.
func (p *Player) explain(req *Request, key string) string {
	p.mu.Lock()
	played := slices.Clone(p.played)
	p.mu.Unlock()
	masked := req.masked(p.table)
	got := masked.lines()
	var nearest []string
	best, times := -1, 0
	for i := range p.tape {
		if p.keys[i] == key {
			times++
		}
		if in := &p.tape[i].Request; in.Path == req.Path && in.Method == req.Method {
			recorded := in.masked(p.table)
			changes := diff(recorded.lines(), got)
			if best < 0 || len(changes) < len(nearest) || len(changes) == len(nearest) && played[best] && !played[i] {
				best, nearest = i, changes
			}
		}
	}
	switch {
	case times > 0:
		return fmt.Sprintf("%s was asked once more than the %d times that it was recorded%s", req.name(), times, indented(got))
	case best < 0:
		return fmt.Sprintf("%s is not in the recording, which has %s%s", req.name(), p.operations(), indented(got))
	}
	return fmt.Sprintf("%s is not in the recording; of interaction %d (-) it differs (+) in%s", req.name(), best+1, indented(nearest))
}

// operations lists what was recorded.
func (p *Player) operations() string {
	var names []string
	for i := range p.tape {
		names = append(names, p.tape[i].Request.name())
	}
	slices.Sort(names)
	if names = slices.Compact(names); names == nil {
		return "nothing"
	}
	return strings.Join(names, ", ")
}

// String shows the request, one value to a line.
func (in Interaction) String() string {
	lines := in.Request.lines()
	for i, line := range lines {
		if len(line) > maxLine {
			lines[i] = strings.ToValidUTF8(line[:maxLine], "") + "…"
		}
	}
	return in.Request.name() + indented(lines)
}

// lines writes a request, one value to a line.
func (r *Request) lines() []string {
	var list []string
	for _, name := range sortedKeys(r.Query) {
		list = append(list, fmt.Sprintf("query.%s = %q", name, r.Query[name]))
	}
	if r.Range != "" {
		list = append(list, "range = "+r.Range)
	}
	flatten("body", r.Body, &list)
	for i, part := range r.Parts {
		list = append(list, fmt.Sprintf("part[%d] = %q, filename %q, %s, %d bytes, sha256 %s", i, part.Name, part.FileName, part.Type, part.Size, part.SHA256))
	}
	if r.File != nil {
		list = append(list, fmt.Sprintf("body = no JSON, %d bytes, sha256 %s", r.File.Size, r.File.SHA256))
	}
	return list
}

func flatten(at string, v any, list *[]string) {
	switch v := v.(type) {
	case nil:
		if at != "body" {
			*list = append(*list, at+" = null")
		}
		return
	case map[string]any:
		for _, name := range sortedKeys(v) {
			flatten(at+"."+name, v[name], list)
		}
		if len(v) > 0 {
			return
		}
	case []any:
		for i := range v {
			flatten(fmt.Sprintf("%s[%d]", at, i), v[i], list)
		}
		if len(v) > 0 {
			return
		}
	case string:
		*list = append(*list, fmt.Sprintf("%s = %q", at, v))
		return
	}
	text, err := json.Marshal(v)
	*list = append(*list, at+" = "+cmp.Or(string(text), fmt.Sprint(err)))
}

// diff returns the lines that only one has.
func diff(want, got []string) []string {
	out := append(without("- ", want, got), without("+ ", got, want)...)
	slices.SortStableFunc(out, func(a, b string) int { return cmp.Compare(valuePath(a), valuePath(b)) })
	return out
}

// without returns the lines that others lack.
func without(sign string, lines, others []string) []string {
	has := make(map[string]bool, len(others))
	for _, line := range others {
		has[line] = true
	}
	var out []string
	for _, line := range lines {
		if !has[line] {
			out = append(out, sign+line)
		}
	}
	return out
}

func valuePath(line string) string {
	at, _, _ := strings.Cut(line[2:], " = ")
	return at
}

func indented(lines []string) string {
	var b strings.Builder
	for i, line := range lines {
		if i == maxLines {
			fmt.Fprintf(&b, "\n  … and %d more", len(lines)-maxLines)
			break
		}
		b.WriteString("\n  " + line)
	}
	return b.String()
}
