package cassette

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A table is what the simulator has read of the official pages.
type table struct {
	sim *wecomtest.Server // closed: only its table is asked

	mu    sync.Mutex // guards all below
	ops   map[string]*wecomtest.Endpoint
	names map[string]bool // of every field and parameter
}

func newTable() *table {
	sim := wecomtest.NewServer()
	sim.Close()
	return &table{sim: sim, ops: make(map[string]*wecomtest.Endpoint)}
}

// find returns the row of a path, or nil.
func (t *table) find(path string) *wecomtest.Endpoint {
	t.mu.Lock()
	defer t.mu.Unlock()
	e, known := t.ops[path]
	if !known {
		if found, err := t.sim.Endpoint(path); err == nil {
			e = &found
		}
		t.ops[path] = e
	}
	return e
}

// named reports whether some page has a field of the name.
func (t *table) named(name string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.names == nil {
		t.names = map[string]bool{"errcode": true, "errmsg": true}
		for _, c := range t.sim.Coverage() {
			e, err := t.sim.Endpoint(c.Path)
			if err != nil {
				continue // cannot be: Coverage lists what there is
			}
			t.names[e.Token] = true
			for _, list := range [][]wecomtest.Field{e.Query, e.Body, e.Upload, e.Response} {
				t.gather(list)
			}
		}
	}
	return t.names[name]
}

func (t *table) gather(list []wecomtest.Field) {
	for i := range list {
		t.names[list[i].Name] = true
		t.gather(list[i].Fields)
		if list[i].Items != nil {
			t.gather(list[i].Items.Fields)
		}
	}
}

// fieldOf returns the field of a name, or nil.
func fieldOf(list []wecomtest.Field, name string) *wecomtest.Field {
	i := slices.IndexFunc(list, func(f wecomtest.Field) bool { return f.Name == name })
	if i < 0 {
		return nil
	}
	return &list[i]
}

// partsOf returns the fields of an object that f describes. A recursive one has
// those of another field, named by its path from the root: controls[].value.
func partsOf(f *wecomtest.Field, root []wecomtest.Field) []wecomtest.Field {
	if f == nil {
		return nil
	}
	if f.Recursive == "" {
		return f.Fields
	}
	list := root
	for name := range strings.SplitSeq(f.Recursive, ".") {
		at := fieldOf(list, strings.TrimSuffix(name, "[]"))
		if at != nil && strings.HasSuffix(name, "[]") {
			at = at.Items
		}
		if at == nil {
			return nil
		}
		list = at.Fields
	}
	return list
}

// itemOf describes the elements of an array.
func itemOf(f *wecomtest.Field) *wecomtest.Field {
	if f == nil {
		return nil
	}
	return f.Items
}

// givesToken reports whether an endpoint is one that clients get tokens from,
// when they please.
func givesToken(e *wecomtest.Endpoint) (name string, ok bool) {
	if e == nil || !strings.HasSuffix(e.Path, "token") {
		return "", false
	}
	for i := range e.Response {
		if strings.HasSuffix(e.Response[i].Name, "access_token") {
			return e.Response[i].Name, true
		}
	}
	return "", false
}

// credential reports whether a parameter or field says who calls, and not what
// for. It takes no part in matching.
func credential(name string) bool { return credentials.MatchString(name) }

var credentials = regexp.MustCompile(`(^|_|corp)secret$|access_token$|^(suite|model)_ticket$`)
