package apicheck_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/internal/eventcheck"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// Every event that the simulator's table has, in each form, is read by package
// callback into a type of its own, each element into the field of its name, and
// the same from XML and from JSON.
func TestEventsAreTyped(t *testing.T) {
	t.Parallel()
	xml, json := emitEverything(t, false), emitEverything(t, true)
	require.Len(t, json, len(xml))
	seen := map[string]bool{}
	for i, d := range xml {
		e, err := callback.Parse([]byte(d.Body))
		require.NoError(t, err)
		kind := e.Head().Kind()
		seen[kind] = true
		if _, unknown := e.(*callback.Unknown); unknown {
			t.Errorf("package callback has no type for %s", kind)
			continue
		}
		for _, err := range eventcheck.Differences(e, []byte(d.Body)) {
			t.Errorf("%s (%s): %v", kind, d.Event.Form, err)
		}
		same, err := callback.Parse([]byte(json[i].Body))
		require.NoError(t, err)
		e.Head().Raw, same.Head().Raw = "", ""
		assert.Equal(t, e, same, "%s in JSON", kind)
	}
	for _, r := range eventTable(t) {
		assert.True(t, seen[r.Name], "%s was emitted under another name", r.Name)
	}
}

// Every type of package callback is one that the simulator can emit, but for
// those that only intelligent robots get: people talk to them in other ways.
func TestEventTypesAreEmitted(t *testing.T) {
	t.Parallel()
	emitted := map[string]bool{}
	note := func(body []byte) {
		e, err := callback.Parse(body)
		require.NoError(t, err)
		emitted[reflect.TypeOf(e).Elem().Name()] = true
	}
	for _, d := range emitEverything(t, false) {
		note([]byte(d.Body))
	}
	robots, err := filepath.Glob("../../callback/testdata/events/*+robot.json")
	require.NoError(t, err)
	require.NotEmpty(t, robots)
	for _, file := range robots {
		body, err := os.ReadFile(file)
		require.NoError(t, err)
		note(body)
	}
	for _, name := range eventTypes(t) {
		assert.True(t, emitted[name], "the simulator emits no callback.%s", name)
	}
}

// emitEverything returns each event of the table as it reaches an app of the
// corp, a third-party app, and a provider.
func emitEverything(t *testing.T, inJSON bool) []wecomtest.Delivery {
	t.Helper()
	srv := wecomtest.New(t)
	srv.Clock().Freeze(time.Unix(1700000000, 0))
	scopes := []wecomtest.Scope{wecomtest.ScopeContact, wecomtest.ScopeDirectory, wecomtest.ScopeSchool}
	own, suite := srv.AddApp(wecomtest.App{Scopes: scopes}), srv.AddApp(wecomtest.App{Scopes: scopes})
	for _, cb := range []wecomtest.Callback{
		{AgentID: own.AgentID, Keys: srv.Keys()},
		{AgentID: suite.AgentID, Keys: srv.SuiteKeys("wwsuite"), SuiteID: "wwsuite"},
		{AgentID: own.AgentID, Keys: srv.SuiteKeys("wwprovider"), ServiceCorpID: "wwprovider"},
	} {
		h, err := callback.NewHandler(callback.Keys(cb.Keys), callback.WithClock(srv.Clock()))
		require.NoError(t, err)
		cb.Handler, cb.JSON = h, inJSON
		require.NoError(t, srv.SetCallback(cb))
	}
	for _, name := range srv.EventNames() {
		srv.Trigger(name)
	}
	srv.WaitDeliveries(len(srv.Deliveries()))
	return srv.Deliveries()
}

// eventTypes are the names of the types that package callback has for events.
func eventTypes(t *testing.T) []string {
	t.Helper()
	const path = module + "/callback"
	list := listPackages(t)
	i := slices.IndexFunc(list.packages, func(p goPackage) bool { return p.ImportPath == path })
	require.GreaterOrEqual(t, i, 0)
	_, pkg, _ := list.check(t, token.NewFileSet(), list.packages[i])
	event, ok := pkg.Scope().Lookup("Event").Type().Underlying().(*types.Interface)
	require.True(t, ok)
	var names []string
	for _, name := range pkg.Scope().Names() {
		typ, ok := pkg.Scope().Lookup(name).(*types.TypeName)
		if ok && typ.Exported() && name != "Unknown" && types.Implements(types.NewPointer(typ.Type()), event) && !types.IsInterface(typ.Type()) {
			names = append(names, name)
		}
	}
	require.NotEmpty(t, names)
	return names
}

// An eventRow is one event of the simulator's table.
type eventRow struct {
	Name   string   `json:"name"`
	Doc    []int    `json:"doc"`
	Read   string   `json:"read"`
	Forms  []string `json:"forms"`
	Scopes []string `json:"scopes"`
	Answer string   `json:"answer"`
	Note   string   `json:"note"`
}

func eventTable(t *testing.T) []eventRow {
	t.Helper()
	files, err := filepath.Glob("../../wecom/wecomtest/spec/events/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	var all []eventRow
	for _, file := range files {
		body, err := os.ReadFile(file)
		require.NoError(t, err)
		var rows []eventRow
		require.NoError(t, json.Unmarshal(body, &rows), file)
		all = append(all, rows...)
	}
	slices.SortFunc(all, func(a, b eventRow) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// writeEvents writes the part of FIDELITY.md about events.
func writeEvents(b *bytes.Buffer, rows []eventRow) {
	unread := 0
	for _, r := range rows {
		if r.Read == "" {
			unread++
		}
	}
	fmt.Fprintf(b, "\n## Events\n\n`Server.Trigger` sends %d events and messages by these names, each as the sample of its page looks.\n"+
		"%d of them were not compared with a page; the last column says where they are from. The forms are `corp`\n"+
		"(Event, CreateTime), `suite` (InfoType, SuiteId: 指令回调) and `provider` (InfoType, ServiceCorpId: 系统事件接收URL).\n"+
		"No name needs a switch of the console: whoever has the scope hears it.\n\n", len(rows), unread)
	b.WriteString("| event | read | forms | scope | answer | note |\n|---|---|---|---|---|---|\n")
	for _, r := range rows {
		fmt.Fprintf(b, "| [`%s`](https://developer.work.weixin.qq.com/document/path/%d) | %s | %s | %s | %s | %s |\n",
			r.Name, r.Doc[0], orNo(r.Read), strings.Join(r.Forms, " "), strings.Join(r.Scopes, " or "), r.Answer, strings.ReplaceAll(r.Note, "|", `\|`))
	}
}
