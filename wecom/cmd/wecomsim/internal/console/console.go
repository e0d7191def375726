// Package console is the page at /_sim/: a WeCom to look at and to act in.
//
// Pages are rendered on the server, from what the methods of the API return;
// what is done on them is done by posting to the API. A page that is open hears
// of news by GET /_sim/events and fetches those of its panels anew that they
// concern.
package console

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strings"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
)

// root begins the path of every page but the first.
const root = api.Prefix + "console/"

// policy keeps the page to what comes from here.
const policy = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"

//go:embed templates assets
var files embed.FS

// A Page is one screen.
type Page struct {
	Path    string // of its address, with {names} as http.ServeMux takes them
	Section string // what it is of in the navigation
	file    string // its template
	load    func(*visit) (title string, data any, err error)
}

// Pages lists the screens.
func Pages() []Page {
	return []Page{
		{api.Prefix + "{$}", "overview", "overview", (*visit).overview},
		{root + "members", "members", "members", (*visit).members},
		{root + "members/{userid}", "members", "member", (*visit).member},
		{root + "customers", "customers", "customers", (*visit).customers},
		{root + "customers/{external_userid}", "customers", "customer", (*visit).customer},
		{root + "tags", "tags", "tags", (*visit).tags},
		{root + "groupchats", "groupchats", "groupchats", (*visit).groupChats},
		{root + "groupchats/{chat_id}", "groupchats", "groupchat", (*visit).groupChat},
		{root + "moments", "moments", "moments", (*visit).moments},
		{root + "masssends", "masssends", "masssends", (*visit).massSends},
		{root + "ways", "ways", "ways", (*visit).ways},
		{root + "apps", "apps", "apps", (*visit).apps},
		{root + "acts", "acts", "acts", (*visit).acts},
		{root + "acts/{verb}", "acts", "act", (*visit).act},
		{root + "calls", "calls", "calls", (*visit).calls},
		{root + "deliveries", "deliveries", "deliveries", (*visit).deliveries},
		{root + "trigger", "deliveries", "trigger", (*visit).trigger},
		{root + "faults", "faults", "faults", (*visit).faults},
		{root + "clock", "clock", "clock", (*visit).clock},
		{root + "server", "server", "server", (*visit).server},
		{root + "spec", "spec", "specs", (*visit).specs},
		{root + "spec/{op...}", "spec", "spec", (*visit).spec},
	}
}

// console serves the pages over an API.
type console struct {
	api    *api.API
	mux    *http.ServeMux
	failed *template.Template // says why there is no page
}

// New returns the console of an API: what [api.WithConsole] takes.
func New(a *api.API) http.Handler {
	c := &console{api: a, mux: http.NewServeMux()}
	base := template.Must(template.New("").Funcs(funcs()).ParseFS(files, "templates/layout.html", "templates/parts.html"))
	c.failed = template.Must(template.Must(base.Clone()).ParseFS(files, "templates/failed.html"))
	for _, p := range Pages() {
		t := template.Must(template.Must(base.Clone()).ParseFS(files, "templates/"+p.file+".html"))
		c.mux.Handle("GET "+p.Path, c.page(p, t))
	}
	c.mux.Handle("GET "+api.Prefix, c.page(Page{load: (*visit).nowhere}, c.failed))
	c.mux.HandleFunc("GET "+root+"media/{media_id}", c.media)
	assets, err := fs.Sub(files, "assets")
	if err != nil {
		panic(err) // it is embedded
	}
	c.mux.Handle("GET "+root+"assets/", http.StripPrefix(root+"assets/", fresh(http.FileServerFS(assets))))
	return c
}

// ServeHTTP answers with a page, or a part of one.
func (c *console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	c.mux.ServeHTTP(w, r)
}

// fresh lets nobody keep an asset of another version.
func fresh(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		h.ServeHTTP(w, r)
	})
}

// page answers with a page. With a header Console-Panels it answers with those
// panels of the page only.
func (c *console) page(p Page, t *template.Template) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := c.visit(p, r)
		if err == nil {
			v.Title, v.Data, err = p.load(v)
		}
		status, t := http.StatusOK, t
		if err != nil {
			status, t = http.StatusBadRequest, c.failed
			if e, ok := errors.AsType[*api.Error](err); ok {
				status = e.Status
			}
			v.Title, v.Data = http.StatusText(status), err.Error()
		}
		body := new(bytes.Buffer)
		for _, name := range wanted(r, err != nil) {
			if t.Lookup(name) == nil {
				status = http.StatusBadRequest
				fmt.Fprintf(body, "no %s on this page", template.HTMLEscapeString(name))
				break
			}
			if err := t.ExecuteTemplate(body, name, v); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Vary", "Console-Panels, Cookie")
		w.WriteHeader(status)
		_, _ = body.WriteTo(w)
	})
}

// wanted are the templates that a request asks for.
func wanted(r *http.Request, failed bool) []string {
	panels := r.Header.Get("Console-Panels")
	if panels == "" || failed {
		return []string{"layout"}
	}
	var names []string
	for name := range strings.SplitSeq(panels, ",") {
		names = append(names, "panel:"+name)
	}
	return names
}

func (*visit) nowhere() (string, any, error) {
	return "", nil, &api.Error{Status: http.StatusNotFound, Message: "There is no such page."}
}
