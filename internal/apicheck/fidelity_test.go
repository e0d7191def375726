package apicheck_test

import (
	"bytes"
	_ "embed"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

const fidelityFile = "../../wecom/wecomtest/FIDELITY.md"

var update = flag.Bool("update", false, "write FIDELITY.md and docs/endpoints.md anew")

//go:embed testdata/fidelity.md
var fidelityHead string

// FIDELITY.md says what the simulator says, and of every operation.
func TestFidelity(t *testing.T) {
	t.Parallel()
	got := fidelity(t)
	if *update {
		require.NoError(t, os.WriteFile(fidelityFile, got, 0o644))
	}
	want, err := os.ReadFile(fidelityFile)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got), "run: go test ./internal/apicheck -update")
}

func TestPeopleAreKnown(t *testing.T) {
	t.Parallel()
	acts, rows := people(), table(t)
	for _, a := range loadSimulator(t).acts() {
		assert.Contains(t, acts, a.name, "people() does not speak of Actor.%s", a.name)
		delete(acts, a.name)
	}
	assert.Empty(t, slices.Sorted(maps.Keys(acts)), "people() speaks of what Actor has no method for")
	for name, list := range people() {
		for _, pattern := range list {
			assert.True(t, slices.ContainsFunc(slices.Collect(maps.Keys(rows)), func(path string) bool { return matches(pattern, path) }),
				"%s: no endpoint %s", name, pattern)
		}
	}
}

// everyOperationIsSimulated lets no Operation be without a row in the table and
// a handler that remembers.
func everyOperationIsSimulated(t *testing.T, src sources) {
	t.Helper()
	known := coverage()
	for _, op := range src.operations {
		c, ok := known[op.path]
		assert.True(t, ok, "%s: the simulator does not know %s", op.name, op.path)
		assert.True(t, c.Stateful, "%s: %s has no handler", op.name, op.path)
	}
}

func coverage() map[string]wecomtest.Coverage {
	srv := wecomtest.NewServer()
	defer srv.Close()
	known := map[string]wecomtest.Coverage{}
	for _, c := range srv.Coverage() {
		known[c.Path] = c
	}
	return known
}

func fidelity(t *testing.T) []byte {
	t.Helper()
	sim, rows, known := loadSimulator(t), table(t), coverage()
	operations := map[string]string{}
	for _, op := range loadSources(t).operations {
		operations[op.path] = op.name
	}
	acts := sim.acts()
	shown, rest := []string{}, 0
	for _, path := range slices.Sorted(maps.Keys(rows)) {
		if known[path].Stateful || operations[path] != "" {
			shown = append(shown, path)
		} else {
			rest++
		}
	}

	var b bytes.Buffer
	b.WriteString(fidelityHead)
	fmt.Fprintf(&b, "\n## Endpoints\n\n%d endpoints have a memory or an Operation in this module. The other %d of the table check the\n"+
		"request and answer their documented shape with nothing in it.\n\n", len(shown), rest)
	b.WriteString("| endpoint | read | stateful | people | errcodes |\n|---|---|---|---|---|\n")
	for _, path := range shown {
		fmt.Fprintf(&b, "| [`%s`](https://developer.work.weixin.qq.com/document/path/%d) | %s | %s | %s | %s |\n",
			short(path), rows[path].Doc[0], orNo(known[path].Read), yesNo(known[path].Stateful), peopleOf(path, acts), codesOf(sim, rows[path]))
	}
	b.WriteString("\n## People\n\nWhat each method of `Server.Act()` tells the apps that may hear of it.\n\n| method | callbacks |\n|---|---|\n")
	for _, a := range acts {
		fmt.Fprintf(&b, "| `%s` | %s |\n", a.name, code(a.events))
	}
	writeEvents(&b, eventTable(t))
	b.WriteString("\n## Guesses\n\nWhat a handler does where the page is silent.\n\n| endpoint | guess |\n|---|---|\n")
	for _, path := range shown {
		if _, guess, ok := strings.Cut(rows[path].Note, "guess: "); ok {
			fmt.Fprintf(&b, "| `%s` | %s |\n", short(path), strings.ReplaceAll(guess, "|", `\|`))
		}
	}
	return b.Bytes()
}

// peopleOf names the acts that an endpoint shows.
func peopleOf(path string, acts []act) string {
	var names []string
	for _, a := range acts {
		if slices.ContainsFunc(people()[a.name], func(pattern string) bool { return matches(pattern, path) }) {
			names = append(names, a.name)
		}
	}
	return code(names)
}

func matches(pattern, path string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(short(path), prefix)
	}
	return short(path) == pattern
}

// codesOf lists the errcodes of an endpoint beyond those of all: what its
// handler refuses with, and what its row says of single fields.
func codesOf(sim simulator, row endpoint) string {
	found := map[int]bool{}
	if h := sim.handler(row.Path); h != nil {
		for _, c := range sim.codes(row.Path) {
			n, _ := strconv.Atoi(c)
			found[n] = true
		}
	}
	for _, fields := range [][]field{row.Query, row.Request} {
		fieldCodes(fields, found)
	}
	for _, common := range []int{40058, 40063} {
		delete(found, common)
	}
	var list []string
	for _, n := range slices.Sorted(maps.Keys(found)) {
		list = append(list, strconv.Itoa(n))
	}
	return strings.Join(list, " ")
}

func fieldCodes(fields []field, found map[int]bool) {
	for _, f := range fields {
		for _, c := range []int{f.Code, f.Missing} {
			if c != 0 {
				found[c] = true
			}
		}
		if f.Items != nil {
			fieldCodes([]field{*f.Items}, found)
		}
		fieldCodes(f.Fields, found)
	}
}

func short(path string) string { return strings.TrimPrefix(path, "/cgi-bin/") }

func code(names []string) string {
	quoted := make([]string, 0, len(names))
	for _, n := range names {
		quoted = append(quoted, "`"+n+"`")
	}
	return strings.Join(quoted, " ")
}

func orNo(s string) string {
	if s == "" {
		return "no"
	}
	return s
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
