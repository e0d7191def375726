package apicheck_test

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/types"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const endpointsFile = "../../docs/endpoints.md"

// A method is what users call to reach an operation.
type method struct {
	name  string // Service.Get
	title string // of the official page
}

var titles = regexp.MustCompile(`「((?:[^「」]|「[^」]*」)+)」`) // a title may quote another

// readMethods finds the exported methods whose bodies name an operation.
func (src *sources) readMethods(info *types.Info, ops map[types.Object]operation, f *ast.File) {
	for _, decl := range f.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || fn.Body == nil || !fn.Name.IsExported() {
			continue
		}
		name := fn.Name.Name
		if fn.Recv != nil {
			receiver := types.ExprString(fn.Recv.List[0].Type)
			name = strings.TrimPrefix(receiver, "*") + "." + name
		}
		title := ""
		if m := titles.FindStringSubmatch(fn.Doc.Text()); m != nil {
			title = m[1]
		}
		ast.Inspect(fn.Body, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				if op, ok := ops[info.Uses[id]]; ok {
					src.methods[op.path] = append(src.methods[op.path], method{name, title})
				}
			}
			return true
		})
	}
}

// listed holds docs/endpoints.md against the operations and the simulator.
func listed(t *testing.T, src sources) {
	t.Helper()
	text := endpointList(src)
	if *update {
		require.NoError(t, os.MkdirAll("../../docs", 0o755))
		require.NoError(t, os.WriteFile(endpointsFile, []byte(text), 0o644))
	}
	file, err := os.ReadFile(endpointsFile)
	require.NoError(t, err)
	assert.Equal(t, string(file), text, "run: go test ./internal/apicheck -update")
}

func endpointList(src sources) string {
	known := coverage()
	byPackage, home := map[string][]operation{}, map[string]string{}
	for _, op := range src.operations {
		pkg, _, _ := strings.Cut(op.name, ".")
		if home[op.path] != "" {
			continue // a package that reads a part of it
		}
		home[op.path] = pkg
		byPackage[pkg] = append(byPackage[pkg], op)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# Endpoints\n\nEvery endpoint that this module has a method for: %d. Any other is one [`wecom.Do`](../README.md#use-it) away.\n\n", len(home))
	b.WriteString("The simulator validates, remembers and refuses for each of them. The last column is the day on which its row was\n" +
		"read from the official page, if that could be had; [FIDELITY.md](../wecom/wecomtest/FIDELITY.md) has more.\n")
	for _, pkg := range []string{"wecom", "contact", "directory", "tag", "groupchat", "moment", "message", "callback", "isv", "jssdk"} {
		ops := byPackage[pkg]
		if len(ops) == 0 {
			continue
		}
		delete(byPackage, pkg)
		fmt.Fprintf(&b, "\n## %s (%d)\n\n| method | endpoint | official page | page read |\n|---|---|---|---|\n", pkg, len(ops))
		for _, op := range ops {
			m := firstMethod(src.methods[op.path])
			fmt.Fprintf(&b, "| %s | %s `%s` | [%s](https://developer.work.weixin.qq.com/document/path/%d) | %s |\n",
				m.name, op.method, strings.TrimPrefix(op.path, "/cgi-bin/"), cmp.Or(m.title, "page"), op.doc, cmp.Or(known[op.path].Read, "–"))
		}
	}
	for pkg := range byPackage {
		fmt.Fprintf(&b, "\nno section for %s\n", pkg)
	}
	return b.String()
}

// firstMethod prefers the page method to the iterator over it.
func firstMethod(all []method) method {
	if len(all) == 0 {
		return method{name: "by itself"}
	}
	m := slices.MinFunc(all, func(a, b method) int { return cmp.Compare(rank(a), rank(b)) })
	return method{"`" + m.name + "`", m.title}
}

func rank(m method) int {
	if m.title == "" || strings.Contains(m.name, ".All") {
		return 1
	}
	return 0
}
