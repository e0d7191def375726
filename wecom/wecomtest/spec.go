package wecomtest

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// endpoint is one row of the spec table. spec/README.md explains the columns.
type endpoint struct {
	Method     string   `json:"method"`
	Path       string   `json:"path"`
	Doc        []int    `json:"doc"`
	Token      string   `json:"token"`
	Scope      Scope    `json:"scope"`
	Read       string   `json:"read"`
	Deprecated string   `json:"deprecated"`
	Raw        bool     `json:"raw"`
	Page       pageRule `json:"page"`
	Limits     []window `json:"limits"`
	AppLimits  []window `json:"appLimits"`
	NoBase     bool     `json:"noBase"`
	InFlight   int      `json:"inFlight"`
	OneAtATime []string `json:"oneAtATime"`
	Note       string   `json:"note"`
	Query      []field  `json:"query"`
	Request    []field  `json:"request"`
	Multipart  []field  `json:"multipart"`
	Response   []field  `json:"response"`
}

// window allows N calls in Per.
type window struct {
	N   int    `json:"n"`
	Per string `json:"per"`
}

// pageRule is how an endpoint treats its limit.
type pageRule struct {
	Default int    `json:"default"`
	Max     int    `json:"max"`
	Over    string `json:"over"` // default, max or refuse
}

// field is one parameter, of a request or a reply.
type field struct {
	Name       string  `json:"name"`
	Type       string  `json:"type"`
	Required   bool    `json:"required"`
	Loose      bool    `json:"loose"`
	Note       string  `json:"note"`
	Deprecated string  `json:"deprecated"`
	Recursive  string  `json:"recursive"`
	MaxBytes   int     `json:"maxBytes"`
	MaxChars   int     `json:"maxChars"`
	MinItems   int     `json:"minItems"`
	MaxItems   int     `json:"maxItems"`
	Min        *int64  `json:"min"`
	Max        *int64  `json:"max"`
	Enum       []any   `json:"enum"`
	Empty      bool    `json:"empty"`
	Code       int     `json:"code"`
	Missing    int     `json:"missing"`
	Items      *field  `json:"items"`
	Fields     []field `json:"fields"`
}

//go:embed spec/*.json spec/events/*.json
var specFiles embed.FS

// spec is the table, shared by all servers of the process and never changed:
// an area is parsed when it is first asked for.
var spec specTable //nolint:gochecknoglobals // a cache of embedded files

type specTable struct {
	mu    sync.RWMutex
	areas map[string]map[string]*endpoint // by area, then path
}

// find returns the row of path, or nil.
func (t *specTable) find(path string) *endpoint {
	rest, ok := strings.CutPrefix(path, "/cgi-bin/")
	if !ok {
		return nil
	}
	area, _, ok := strings.Cut(rest, "/")
	if !ok {
		area = "base"
	}
	return t.area(area)[path]
}

func (t *specTable) area(name string) map[string]*endpoint {
	t.mu.RLock()
	rows, ok := t.areas[name]
	t.mu.RUnlock()
	if ok {
		return rows
	}
	data, err := specFiles.ReadFile("spec/" + name + ".json")
	if err != nil {
		return nil // no such area
	}
	var list []endpoint
	if err := json.Unmarshal(data, &list); err != nil {
		panic(fmt.Sprintf("wecomtest: spec/%s.json: %v", name, err))
	}
	rows = make(map[string]*endpoint, len(list))
	for i := range list {
		rows[list[i].Path] = &list[i]
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.areas == nil {
		t.areas = make(map[string]map[string]*endpoint)
	}
	t.areas[name] = rows
	return rows
}

// all returns every row in the order of their paths.
func (t *specTable) all() []*endpoint {
	files, err := specFiles.ReadDir("spec")
	if err != nil {
		panic("wecomtest: embedded spec: " + err.Error())
	}
	var rows []*endpoint
	for _, f := range files {
		if name, ok := strings.CutSuffix(f.Name(), ".json"); ok {
			rows = slices.AppendSeq(rows, maps.Values(t.area(name)))
		}
	}
	slices.SortFunc(rows, func(a, b *endpoint) int { return strings.Compare(a.Path, b.Path) })
	return rows
}

// fullPath turns externalcontact/get into /cgi-bin/externalcontact/get.
func fullPath(op string) string {
	if strings.HasPrefix(op, "/") {
		return op
	}
	return "/cgi-bin/" + op
}

func shortPath(path string) string { return strings.TrimPrefix(path, "/cgi-bin/") }

// nearest returns up to n known operations that look most like op.
func nearest(op string, n int) []string {
	rows := spec.all()
	names := make([]string, 0, len(rows))
	for _, e := range rows {
		names = append(names, shortPath(e.Path))
	}
	return closest(shortPath(op), names, 0, n)
}

// closest returns up to n of the names that look most like name. With a
// separator, what stands after its last occurrence counts as a name, too.
func closest(name string, names []string, separator byte, n int) []string {
	type near struct {
		name     string
		distance int
	}
	list := make([]near, 0, len(names))
	for _, other := range names {
		d := distance(name, other)
		if i := strings.LastIndexByte(other, separator); separator != 0 && i >= 0 {
			d = min(d, distance(name[strings.LastIndexByte(name, separator)+1:], other[i+1:])+1)
		}
		list = append(list, near{other, d})
	}
	slices.SortStableFunc(list, func(a, b near) int { return a.distance - b.distance })
	found := make([]string, 0, n)
	for _, x := range list[:min(n, len(list))] {
		found = append(found, x.name)
	}
	return found
}

// distance is how many characters must be added, dropped or changed to make a
// into b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
