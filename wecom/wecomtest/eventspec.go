package wecomtest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// eventRow is one event of the table, as its page shows it. spec/README.md
// explains the columns.
type eventRow struct {
	Name     string         `json:"name"`
	Kind     string         `json:"kind"`
	Title    string         `json:"title"`
	Doc      []int          `json:"doc"`
	Read     string         `json:"read"`
	Forms    []EventForm    `json:"forms"`
	Scopes   []Scope        `json:"scopes"`
	From     string         `json:"from"`
	Answer   string         `json:"answer"`
	Within   string         `json:"within"`
	Note     string         `json:"note"`
	Elements []eventElement `json:"elements"`
}

// eventElement is one element of an event.
type eventElement struct {
	Name     string         `json:"name"`
	Type     string         `json:"type"`
	Required bool           `json:"required"`
	Repeat   bool           `json:"repeat"`
	Absent   bool           `json:"absent"`
	Form     EventForm      `json:"form"`
	Of       string         `json:"of"`
	Value    any            `json:"value"`
	Values   []any          `json:"values"`
	Times    int            `json:"times"`
	After    int64          `json:"after"`
	Only     int            `json:"only"`
	Elements []eventElement `json:"elements"`
}

// event returns the names that the row is found by: the event and its change,
// or the type of a message.
func (r *eventRow) event() (msgType, event, change string) {
	if r.Kind == "message" {
		return r.Name, "", ""
	}
	event, change, _ = strings.Cut(r.Name, "/")
	return "event", event, change
}

// element returns the row's element of that name, or nil.
func element(list []eventElement, name string) *eventElement {
	for i := range list {
		if list[i].Name == name {
			return &list[i]
		}
	}
	return nil
}

// quoted reports whether a number stands in CDATA, as the page has it.
func (el *eventElement) quoted() bool {
	_, text := el.Value.(string)
	return text && (el.Type == "int" || el.Type == "float")
}

// events is the table, shared by all servers of the process and never changed.
var events = sync.OnceValue(readEvents) //nolint:gochecknoglobals // a cache of embedded files

type eventTable struct {
	rows   []*eventRow // by name
	byName map[string]*eventRow
	byKind map[string]*eventRow // by event alone: the first of its changes
}

func readEvents() *eventTable {
	files, err := specFiles.ReadDir("spec/events")
	if err != nil {
		panic("wecomtest: embedded spec: " + err.Error())
	}
	t := &eventTable{byName: make(map[string]*eventRow), byKind: make(map[string]*eventRow)}
	for _, f := range files {
		data, err := specFiles.ReadFile("spec/events/" + f.Name())
		if err != nil {
			panic("wecomtest: embedded spec: " + err.Error())
		}
		var rows []*eventRow
		if err := json.Unmarshal(data, &rows); err != nil {
			panic(fmt.Sprintf("wecomtest: spec/events/%s: %v", f.Name(), err))
		}
		t.rows = append(t.rows, rows...)
	}
	slices.SortFunc(t.rows, func(a, b *eventRow) int { return strings.Compare(a.Name, b.Name) })
	for _, r := range t.rows {
		t.byName[r.Name] = r
		if _, event, _ := r.event(); t.byKind[event] == nil {
			t.byKind[event] = r
		}
	}
	return t
}

// of returns the row of an event, of another change of it if the table does
// not know this one, or nil.
func (t *eventTable) of(e Event) *eventRow {
	if e.Event == "" {
		if r := t.byName[e.MsgType]; r != nil && r.Kind == "message" {
			return r
		}
		return nil
	}
	if r := t.byName[e.kind()]; r != nil {
		return r
	}
	return t.byKind[e.Event]
}

// nearest returns the n names that look most like name.
func (t *eventTable) nearest(name string, n int) []string {
	names := make([]string, 0, len(t.rows))
	for _, r := range t.rows {
		names = append(names, r.Name)
	}
	return closest(name, names, '/', n)
}

// paths lists where the row's elements stand, in one of these forms.
func (r *eventRow) paths() []string {
	list := []string{"FromUserName", "CreateTime", "TimeStamp"}
	var walk func(prefix string, in []eventElement)
	walk = func(prefix string, in []eventElement) {
		for i := range in {
			el := &in[i]
			if el.Type == "head" {
				continue
			}
			path := prefix + el.Name
			if el.Repeat {
				path += "[0]"
			}
			if len(el.Elements) == 0 {
				list = append(list, path)
			}
			walk(path+".", el.Elements)
		}
	}
	walk("", r.Elements)
	return list
}

// EventNames lists the events and messages that [Server.Trigger] knows: what
// the official pages document, by WeCom's own words.
func (*Server) EventNames() []string {
	names := make([]string, 0, len(events().rows))
	for _, r := range events().rows {
		names = append(names, r.Name)
	}
	return names
}
