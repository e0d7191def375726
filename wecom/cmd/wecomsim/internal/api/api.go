// Package api is the simulator over HTTP: what a Go test does with a
// wecomtest.Server, any program does with the routes under /_sim/.
//
// Each route is one row of the table in routes.go, with a Go method behind it
// that takes and returns plain structs. The OpenAPI document is made of the same
// rows. Whoever is in the same process, such as the console, calls the methods.
package api

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"
	"sync"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// Prefix begins the path of every route.
const Prefix = "/_sim/"

// An API serves one simulator. It is safe for concurrent use.
type API struct {
	srv     *wecomtest.Server
	baseURL string
	hosts   []string // names that the API has
	console http.Handler
	mux     *http.ServeMux
	news    changeLog

	run    string     // names this run of the program
	acting sync.Mutex // one act or event at a time, so that what it caused is known
	start  Snapshot   // what reset goes back to; guarded by acting
	lost   error      // why there is none

	done   context.Context // ends when Close begins
	cancel context.CancelFunc
	relays relays
}

// An Option changes what New makes.
type Option func(*API)

// WithBaseURL says where clients reach the simulator, for those who ask.
func WithBaseURL(url string) Option { return func(a *API) { a.baseURL = strings.TrimSuffix(url, "/") } }

// WithHost has the API answer to a name that could be one of the web.
func WithHost(name string) Option { return func(a *API) { a.hosts = append(a.hosts, name) } }

// WithConsole serves a page at /_sim/ itself and at what lies under
// /_sim/console/.
func WithConsole(console func(*API) http.Handler) Option {
	return func(a *API) { a.console = console(a) }
}

// New returns the API of a simulator, which stays the caller's to close.
func New(srv *wecomtest.Server, opts ...Option) *API {
	a := &API{srv: srv, mux: http.NewServeMux(), run: rand.Text()}
	a.done, a.cancel = context.WithCancel(context.Background())
	for _, opt := range opts {
		opt(a)
	}
	for _, r := range Routes() {
		a.mux.Handle(r.Method+" "+r.Path, r.handler(a))
	}
	a.mux.HandleFunc("GET "+Prefix+"openapi.json", serveOpenAPI)
	a.mux.HandleFunc(Prefix, a.rest)
	a.mux.Handle("GET /{$}", http.RedirectHandler(Prefix, http.StatusSeeOther))
	a.Begin()
	return a
}

// Close ends what streams. The simulator stays open.
func (a *API) Close() { a.cancel() }

// ServeHTTP answers under /_sim/ itself, and elsewhere lets the simulator
// answer. Pages of other sites get nothing: see origin.go.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/" && !strings.HasPrefix(r.URL.Path+"/", Prefix) {
		a.srv.Handler().ServeHTTP(w, r) // past the mux, which would redirect //cgi-bin/…
		return
	}
	if err := a.strange(r); err != nil {
		writeError(w, err)
		return
	}
	a.mux.ServeHTTP(w, r)
}

// rest answers what is under /_sim/ and no route.
func (a *API) rest(w http.ResponseWriter, r *http.Request) {
	if a.console != nil && (r.URL.Path == Prefix || strings.HasPrefix(r.URL.Path, Prefix+"console/")) {
		a.console.ServeHTTP(w, r)
		return
	}
	if methods := methodsOf(r.URL.Path); len(methods) > 0 {
		w.Header().Set("Allow", strings.Join(methods, ", "))
		writeError(w, errorf(http.StatusMethodNotAllowed, "%s takes %s", r.URL.Path, strings.Join(methods, " and ")))
		return
	}
	writeError(w, errorf(http.StatusNotFound, "nothing at %s: %sopenapi.json lists what there is", r.URL.Path, Prefix))
}
