package wecomtest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// TestTwins plays the same on a server and on one that was restored from it:
// calls of every endpoint and acts of all people, with arguments that may be
// right. Each answer is the same, and so is what they know in the end.
func TestTwins(t *testing.T) {
	t.Parallel()
	for name, build := range corpora() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := &player{t: t, known: map[string][]string{}}
			origin := p.twin(snapshot(t, build(t)))
			origin.Clock().Freeze(origin.Clock().Now())
			(&caller{t: t, srv: origin}).gettoken(origin.CorpID(), origin.Credential().Secret)
			for round := range uint64(2) {
				p.learn(snapshot(t, origin))
				for i := range uint64(200) {
					p.learn(p.move(origin, rand.New(rand.NewPCG(round, i))))
				}
			}

			data := snapshot(t, origin)
			twin := p.twin(data)

			require.Equal(t, data, snapshot(t, twin))
			require.Equal(t, shown(origin, p.all), shown(twin, p.all))
			p.learn(data)
			for i := range uint64(400) {
				want := p.move(origin, rand.New(rand.NewPCG(99, i)))
				got := p.move(twin, rand.New(rand.NewPCG(99, i)))
				require.Equal(t, want, got, "move %d", i)
			}
			require.Equal(t, snapshot(t, origin), snapshot(t, twin))
		})
	}
}

// player plays the people and programs of a server, at random.
type player struct {
	t      *testing.T
	known  map[string][]string // values by the names of fields
	all    []string            // values of any
	tokens map[string][]string // by the parameter
}

// twin is a server with what a snapshot holds.
func (p *player) twin(data string) *wecomtest.Server {
	srv := wecomtest.NewServer(wecomtest.WithLenient())
	p.t.Cleanup(srv.Close)
	require.NoError(p.t, srv.Restore([]byte(data)))
	return srv
}

// plain is a field's name in one of the ways in which it is written.
func plain(name string) string {
	name = strings.ReplaceAll(strings.ToLower(name), "_", "")
	name = strings.TrimSuffix(strings.TrimSuffix(name, "list"), "s")
	switch name {
	case "user", "sender", "owner", "newowner", "touser", "creator", "admin", "handoveruserid", "takeoveruserid", "userid", "memberid":
		return "userid"
	case "addtag", "removetag", "tag", "id":
		return "tagid"
	case "corpid", "authcorpid", "serviceid":
		return "corpid"
	case "department", "party", "toparty", "partyid":
		return "department"
	}
	return name
}

// learn notes values of a snapshot or a reply.
func (p *player) learn(text string) {
	var v any
	if json.Unmarshal([]byte(text), &v) != nil {
		return
	}
	p.note("", v)
	top, _ := v.(map[string]any)
	corps, _ := top["corps"].([]any)
	if len(corps) == 0 {
		return
	}
	keys := func(v any, path ...string) []string {
		for _, name := range path {
			m, _ := v.(map[string]any)
			v = m[name]
		}
		m, _ := v.(map[string]any)
		return slices.Sorted(maps.Keys(m))
	}
	p.tokens = map[string][]string{
		"access_token":          keys(corps[0], "tokens"),
		"suite_access_token":    keys(v, "state", "providers", "suiteTokens"),
		"provider_access_token": keys(v, "state", "providers", "tokens"),
		"key":                   keys(corps[0], "robots"),
	}
}

func (p *player) note(name string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			p.note(key, v[key])
		}
	case []any:
		for _, v := range v {
			p.note(name, v)
		}
	case string:
		name = plain(name)
		if v != "" && len(v) < 300 && !slices.Contains(p.known[name], v) && len(p.known[name]) < 30 {
			p.known[name] = append(p.known[name], v)
			p.all = append(p.all, v)
		}
	}
}

// text is a value for a field.
func (p *player) text(r *rand.Rand, name string) string {
	list := p.known[plain(name)]
	for of := range strings.FieldsSeq("externaluserid userid chatid mediaid msgid") {
		if len(list) == 0 && strings.HasSuffix(plain(name), of) {
			list = p.known[of]
		}
	}
	switch {
	case len(list) > 0 && r.IntN(10) > 0:
		return list[r.IntN(len(list))]
	case len(p.all) > 0 && r.IntN(10) == 0:
		return p.all[r.IntN(len(p.all))]
	default:
		return "text " + fmt.Sprint(r.IntN(4))
	}
}

// move does one thing and tells what came of it.
func (p *player) move(srv *wecomtest.Server, r *rand.Rand) string {
	switch n := r.IntN(20); {
	case n == 0:
		srv.Clock().Advance(time.Duration(r.IntN(48)) * time.Hour)
		return srv.Clock().Now().UTC().Format(time.RFC3339Nano)
	case n < 8:
		corps := srv.Corps()
		return p.method(srv, reflect.ValueOf(corps[r.IntN(len(corps))].Act()), r)
	case n < 10:
		return p.method(srv, reflect.ValueOf(srv.Seed()), r)
	default:
		return p.call(srv, r)
	}
}

// method calls one of v's methods.
func (p *player) method(srv *wecomtest.Server, v reflect.Value, r *rand.Rand) (out string) {
	i := r.IntN(v.NumMethod())
	m := v.Method(i)
	defer func() {
		if misuse, ok := recover().(*wecomtest.MisuseError); ok {
			out = misuse.Error()
		}
	}()
	args := make([]reflect.Value, 0, m.Type().NumIn())
	for in := range m.Type().Ins() {
		args = append(args, p.value(srv, r, in, v.Type().Method(i).Name, 0))
	}
	results := []any{v.Type().Method(i).Name}
	call := m.Call
	if m.Type().IsVariadic() {
		call = m.CallSlice
	}
	for _, res := range call(args) {
		results = append(results, res.Interface())
	}
	text, err := json.Marshal(results)
	return string(text) + fmt.Sprint(err)
}

// value is any of a type.
func (p *player) value(srv *wecomtest.Server, r *rand.Rand, t reflect.Type, name string, depth int) reflect.Value {
	v := reflect.New(t).Elem()
	switch {
	case t == reflect.TypeFor[*wecomtest.Server]():
		corps := srv.Corps()
		return reflect.ValueOf(corps[r.IntN(len(corps))])
	case t == reflect.TypeFor[time.Time]():
		return reflect.ValueOf(srv.Clock().Now().Add(time.Duration(r.IntN(40)-10) * 24 * time.Hour))
	case t == reflect.TypeFor[func(*wecomtest.Follow)]():
		return reflect.ValueOf(func(f *wecomtest.Follow) { f.Remark = p.text(r, "remark") })
	case t == reflect.TypeFor[json.RawMessage]():
		return reflect.ValueOf(json.RawMessage(`{"a":1}`))
	}
	switch t.Kind() {
	case reflect.String:
		v.SetString(p.text(r, name))
	case reflect.Bool:
		v.SetBool(r.IntN(3) == 0)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(r.IntN(4)))
	case reflect.Slice:
		if depth > 3 {
			return v
		}
		for range r.IntN(3) {
			v = reflect.Append(v, p.value(srv, r, t.Elem(), name, depth+1))
		}
	case reflect.Struct:
		for f := range t.Fields() {
			if f.IsExported() && r.IntN(2) == 0 {
				v.FieldByIndex(f.Index).Set(p.value(srv, r, f.Type, f.Name, depth+1))
			}
		}
	default: // stays zero
	}
	return v
}

// call sends a request with arguments as the table has them.
func (p *player) call(srv *wecomtest.Server, r *rand.Rand) string {
	all := srv.Coverage()
	at := all[r.IntN(len(all))]
	for !at.Stateful {
		at = all[r.IntN(len(all))]
	}
	e, err := srv.Endpoint(at.Path)
	require.NoError(p.t, err)
	query := url.Values{}
	name, list, _ := strings.Cut(e.Token, "=")
	if list = strings.Trim(list, "<>"); list == "" {
		list = name
	}
	if tokens := p.tokens[list]; len(tokens) > 0 && name != "none" {
		query.Set(name, tokens[r.IntN(len(tokens))])
	}
	for k, v := range p.fields(srv, r, e.Query) {
		query.Set(k, fmt.Sprint(v))
	}
	body, contentType := io.Reader(http.NoBody), ""
	switch {
	case len(e.Upload) > 0:
		var form bytes.Buffer
		w := multipart.NewWriter(&form)
		require.NoError(p.t, w.SetBoundary("boundary"))
		part, err := w.CreateFormFile("media", "a.png")
		require.NoError(p.t, err)
		_, _ = io.WriteString(part, pngHead+strings.Repeat("x", r.IntN(20)))
		_ = w.Close()
		body, contentType = &form, w.FormDataContentType()
	case e.Method == http.MethodPost:
		data, err := json.Marshal(p.fields(srv, r, e.Body))
		require.NoError(p.t, err)
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(p.t.Context(), e.Method, srv.URL()+e.Path+"?"+query.Encode(), body)
	require.NoError(p.t, err)
	req.Header.Set("Content-Type", contentType)
	res, err := srv.HTTPClient().Do(req)
	require.NoError(p.t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	require.NoError(p.t, err)
	var reply map[string]any
	if json.Unmarshal(text, &reply) != nil {
		return fmt.Sprintf("%s %x", e.Op, text)
	}
	delete(reply, "errmsg") // has the number of the call
	text, err = json.Marshal(object{"op": e.Op, "reply": reply})
	require.NoError(p.t, err)
	return string(text)
}

func (p *player) fields(srv *wecomtest.Server, r *rand.Rand, list []wecomtest.Field) map[string]any {
	out := map[string]any{}
	for i := range list {
		if f := &list[i]; f.Required && r.IntN(30) > 0 || r.IntN(2) == 0 {
			out[f.Name] = p.field(srv, r, f, f.Name)
		}
	}
	return out
}

func (p *player) field(srv *wecomtest.Server, r *rand.Rand, f *wecomtest.Field, name string) any {
	if len(f.Enum) > 0 && r.IntN(20) > 0 {
		return f.Enum[r.IntN(len(f.Enum))]
	}
	switch f.Type {
	case "string":
		return p.text(r, name)
	case "int", "float":
		if f.Min != nil {
			return *f.Min + int64(r.IntN(3))
		}
		return r.IntN(4)
	case "bool":
		return r.IntN(2) == 0
	case "bool01":
		return r.IntN(2)
	case "unix":
		return srv.Clock().Now().Unix() + int64(r.IntN(40)-20)*86400
	case "array":
		out := []any{}
		for range max(f.MinItems, 1+r.IntN(2)) {
			out = append(out, p.field(srv, r, f.Items, name))
		}
		return out
	case "object":
		return p.fields(srv, r, f.Fields)
	default:
		return map[string]any{}
	}
}

// shown is what a server's getters show: those without arguments, and those of
// one id, with every value that there is.
func shown(srv *wecomtest.Server, ids []string) map[string]string {
	own := []string{"Act", "Calls", "Clock", "Coverage", "Corps", "Deliveries", "Delivery", "Faults", "Limits", "Mishaps", "Problems", "PushTicket", "Seed", "URL"}
	out := map[string]string{}
	for _, corp := range srv.Corps() {
		v := reflect.ValueOf(corp)
		for i := range v.NumMethod() {
			name, m := v.Type().Method(i).Name, v.Method(i)
			of := m.Type()
			if of.NumOut() != 1 || strings.HasPrefix(name, "Add") || slices.Contains(own, name) {
				continue
			}
			switch kind := of.Out(0).Kind(); {
			case kind != reflect.Struct && kind != reflect.Slice && kind != reflect.String:
			case of.NumIn() == 0:
				out[corp.CorpID()+" "+name] = show(m)
			case of.NumIn() == 1 && of.In(0).Kind() == reflect.String:
				for _, id := range ids {
					out[corp.CorpID()+" "+name+" "+id] = show(m, reflect.ValueOf(id))
				}
			}
		}
	}
	return out
}

func show(m reflect.Value, args ...reflect.Value) (out string) {
	defer func() {
		if misuse, ok := recover().(*wecomtest.MisuseError); ok {
			out = misuse.Error()
		}
	}()
	text, err := json.Marshal(m.Call(args)[0].Interface())
	return string(text) + fmt.Sprint(err)
}
