package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A visit is one request for a page: what its template sees.
type visit struct {
	Title   string
	Section string
	Theme   string // light or dark; "" is what the system says
	BaseURL string
	Corp    api.Corp // that the page is about
	Corps   []api.Corp
	Issues  []string
	Clock   api.Clock
	Data    any // of this page

	api  *api.API
	ctx  context.Context
	r    *http.Request
	in   api.InCorp      // the corp, unless it is the first
	seen map[string]face // people, by id
	file map[string]api.MediaFile
}

// visit reads what every page shows.
func (c *console) visit(p Page, r *http.Request) (*visit, error) {
	v := &visit{Section: p.Section, api: c.api, ctx: r.Context(), r: r, seen: make(map[string]face)}
	if theme, err := r.Cookie("theme"); err == nil && (theme.Value == "light" || theme.Value == "dark") {
		v.Theme = theme.Value
	}
	t, err := c.api.Tenant(v.ctx, api.None{})
	if err != nil {
		return v, err
	}
	v.BaseURL, v.Corps, v.Issues, v.Corp = t.BaseURL, t.Corps, t.Issues, t.Corps[0]
	if v.BaseURL == "" {
		v.BaseURL = "http://" + r.Host
	}
	if v.Clock, err = c.api.Clock(v.ctx, api.None{}); err != nil {
		return v, err
	}
	id := r.URL.Query().Get("corp")
	if id == "" || id == v.Corp.CorpID {
		return v, nil
	}
	i := slices.IndexFunc(t.Corps, func(corp api.Corp) bool { return corp.CorpID == id })
	if i < 0 {
		return v, &api.Error{Status: http.StatusNotFound, Message: "There is no corp " + id + "."}
	}
	v.Corp, v.in.Corp = t.Corps[i], id
	return v, nil
}

// query is a parameter of the page's address.
func (v *visit) query(name string) string { return v.r.URL.Query().Get(name) }

// Link is the address of a page of the console, in the same corp: Link
// "customers" .ID "as" "member" is the path customers/{.ID} with as=member if
// there is an even number of names and values after the first two. The path
// alone is Link "customers".
func (v *visit) Link(page string, id string, params ...string) string {
	path := root + page
	if page == "" {
		path = api.Prefix
	}
	if id != "" {
		path += "/" + url.PathEscape(id)
	}
	q := make(url.Values)
	if v.in.Corp != "" {
		q.Set("corp", v.in.Corp)
	}
	for pair := range slices.Chunk(params, 2) {
		if pair[1] != "" {
			q.Set(pair[0], pair[1])
		}
	}
	return address(path, q)
}

// Then is where to go when an act has been done: the page of the thing whose
// id is called so in what came of it. More names become parameters.
func (v *visit) Then(page, id string, names ...string) string {
	path, mark := root+page+"/{"+id+"}", "?"
	if v.in.Corp != "" {
		path, mark = path+"?corp="+url.QueryEscape(v.in.Corp), "&"
	}
	for _, name := range names {
		path, mark = path+mark+name+"={"+name+"}", "&"
	}
	return path
}

// With is the address of this page with other parameters; an empty value leaves
// one out.
func (v *visit) With(params ...string) string {
	q := v.r.URL.Query()
	for pair := range slices.Chunk(params, 2) {
		q.Del(pair[0])
		if pair[1] != "" {
			q.Set(pair[0], pair[1])
		}
	}
	return address(v.r.URL.EscapedPath(), q)
}

// Here is the path of this page, for forms that set its parameters.
func (v *visit) Here() string { return v.r.URL.EscapedPath() }

// Query is a parameter of this page's address.
func (v *visit) Query(name string) string { return v.query(name) }

// Act is where to post an act in this corp.
func (v *visit) Act(verb string) string { return v.inCorp(api.Prefix + "acts/" + verb) }

// Post is where to post to a route of the API that is about a corp.
func (v *visit) Post(path string) string { return v.inCorp(api.Prefix + path) }

func (v *visit) inCorp(path string) string {
	if v.in.Corp == "" {
		return path
	}
	return address(path, url.Values{"corp": {v.in.Corp}})
}

// InOther is the first page of another corp.
func (v *visit) InOther(corpID string) string {
	if corpID == v.Corps[0].CorpID {
		return api.Prefix
	}
	return address(api.Prefix, url.Values{"corp": {corpID}})
}

func address(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// A face is how somebody is shown.
type face struct {
	ID, Name string
	Initial  string
	Hue      int // of the picture, one of eight
	Customer bool
	Link     string
	Gone     bool // has left the corp, or is nobody whom it knows
}

func newFace(id, name string) face {
	f := face{ID: id, Name: strings.TrimSpace(name)}
	if f.Name == "" {
		f.Name = id
	}
	for _, r := range f.Name {
		f.Initial = strings.ToUpper(string(r))
		break
	}
	for _, b := range []byte(id) {
		f.Hue = (f.Hue*31 + int(b)) % hues
	}
	return f
}

const hues = 8

// Face is that of a member or of a customer.
func (v *visit) Face(id string) face {
	if f, ok := v.seen[id]; ok {
		return f
	}
	f := newFace(id, "")
	if m, err := v.api.Member(v.ctx, api.InMember{InCorp: v.in, UserID: id}); err == nil {
		f = newFace(id, m.Name)
		f.Link, f.Gone = v.Link("members", id), m.Left
	} else if c, err := v.api.Customer(v.ctx, api.InCustomer{InCorp: v.in, ExternalUserID: id}); err == nil {
		f = newFace(id, c.Name)
		f.Link, f.Customer = v.Link("customers", id), true
	} else {
		f.Gone = true
	}
	v.seen[id] = f
	return f
}

// faces are those of several people.
func (v *visit) faces(ids []string) []face {
	var list []face
	for _, id := range ids {
		list = append(list, v.Face(id))
	}
	return list
}

// whole asks for all of a list.
func (v *visit) whole() api.InList { return api.InList{InCorp: v.in, Page: api.Page{Limit: all}} }

// all is more than there is of anything.
const all = 1 << 30

// A pager leads through a long list.
type pager struct {
	From, To, Total int
	Before, After   string // addresses; "" at the ends
}

// perPage is how much of a list a page shows.
const perPage = 50

// part reads which part of a list the page is to show.
func (v *visit) part() api.Page {
	offset, err := strconv.Atoi(v.query("offset"))
	if err != nil || offset < 0 {
		offset = 0
	}
	return api.Page{Offset: offset, Limit: perPage}
}

func (v *visit) pager(p api.Page, shown, total int) pager {
	out := pager{From: p.Offset + 1, To: p.Offset + shown, Total: total}
	if p.Offset > 0 {
		before := ""
		if p.Offset > p.Limit {
			before = strconv.Itoa(p.Offset - p.Limit)
		}
		out.Before = v.With("offset", before)
	}
	if out.To < total {
		out.After = v.With("offset", strconv.Itoa(out.To))
	}
	return out
}

// newest turns a list around: the API has the oldest first.
func newest[T any](list []T) []T {
	list = slices.Clone(list)
	slices.Reverse(list)
	return list
}

// membersOf lists the members who have not left.
func (v *visit) present() ([]wecomtest.Member, error) {
	list, err := v.api.Members(v.ctx, v.whole())
	return slices.DeleteFunc(list.Items, func(m wecomtest.Member) bool { return m.Left }), err
}
