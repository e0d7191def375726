package api

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
)

// A Route is one thing that the API does.
type Route struct {
	Method  string
	Path    string // with {names} as http.ServeMux takes them
	Group   string
	Summary string

	in     reflect.Type
	also   reflect.Type // more of the URL's parameters; nil: none
	out    reflect.Type // nil: a stream
	status int
	serve  func(a *API, w http.ResponseWriter, r *http.Request) error
}

// handler answers the route's requests.
func (r Route) handler(a *API) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if err := r.serve(a, w, req); err != nil {
			writeError(w, err)
		}
	})
}

// answers makes a route of a function over structs.
func answers[In, Out any](method, path, summary string, f func(*API, context.Context, In) (Out, error)) Route {
	return Route{
		Method: method, Path: Prefix + path, Summary: summary,
		in: reflect.TypeFor[In](), out: reflect.TypeFor[Out](), status: http.StatusOK,
		serve: func(a *API, w http.ResponseWriter, r *http.Request) error {
			var in In
			if err := decode(r, &in); err != nil {
				return err
			}
			var out Out
			var err error
			if misuse := try(func() { out, err = f(a, r.Context(), in) }); misuse != nil {
				err = misuse
			}
			if err != nil {
				return err
			}
			return writeJSON(w, http.StatusOK, out)
		},
	}
}

// streams makes a route that answers with server-sent events until the client
// has had enough.
func streams[In any](path, summary string, f func(*API, *stream, In) error) Route {
	return Route{
		Method: http.MethodGet, Path: Prefix + path, Summary: summary, in: reflect.TypeFor[In](), status: http.StatusOK,
		serve: func(a *API, w http.ResponseWriter, r *http.Request) error {
			var in In
			if err := decode(r, &in); err != nil {
				return err
			}
			ctx, cancel := context.WithCancel(r.Context())
			defer cancel()
			defer context.AfterFunc(a.done, cancel)()
			return f(a, &stream{ctx: ctx, w: w, id: r.Header.Get("Last-Event-ID")}, in)
		},
	}
}

func writeJSON(w http.ResponseWriter, status int, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return errorf(http.StatusInternalServerError, "the answer does not encode: %v", err)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(data, '\n'))
	return nil
}

func writeError(w http.ResponseWriter, err error) {
	e := asError(err)
	_ = writeJSON(w, e.Status, e) // it encodes
}
