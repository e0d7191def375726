package apicheck_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/wecomkit/wecom-go"

// sources is what the module's packages say of the API.
type sources struct {
	operations []operation
	uses       []use
	strayPaths []string // where a path stands outside an Operation
	methods    map[string][]method
}

type goPackage struct {
	ImportPath, Dir, Export string
	GoFiles                 []string
}

// packageList is what the go command says of the module and what it imports.
type packageList struct {
	exports  map[string]string // files with the types of a package, by path
	packages []goPackage       // of the module
}

func listPackages(t *testing.T) packageList {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles", "./...")
	cmd.Dir = filepath.Join("..", "..")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	require.NoError(t, err)
	list := packageList{exports: map[string]string{}}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else {
			require.NoError(t, err)
		}
		list.exports[p.ImportPath] = p.Export
		if strings.HasPrefix(p.ImportPath, module+"/") {
			list.packages = append(list.packages, p)
		}
	}
}

// check parses and type-checks a package, with the types of what it imports.
func (l packageList) check(t *testing.T, fset *token.FileSet, p goPackage) ([]*ast.File, *types.Package, *types.Info) {
	t.Helper()
	var files []*ast.File
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution|parser.ParseComments)
		require.NoError(t, err)
		files = append(files, f)
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{},
		Uses:  map[*ast.Ident]types.Object{},
		Defs:  map[*ast.Ident]types.Object{},
	}
	conf := types.Config{Importer: importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(l.exports[path]) })}
	pkg, err := conf.Check(p.ImportPath, fset, files, info)
	require.NoError(t, err)
	return files, pkg, info
}

// loadSources reads the packages that make calls.
func loadSources(t *testing.T) sources {
	t.Helper()
	src := sources{methods: map[string][]method{}}
	list := listPackages(t)
	for _, p := range list.packages {
		if callsWecom(p.ImportPath) {
			src.read(t, list, p)
		}
	}
	return src
}

// callsWecom reports whether a package has operations: the core and the
// capability packages, but neither the simulator, nor tools, nor examples.
func callsWecom(path string) bool {
	rest, ok := strings.CutPrefix(path, module+"/")
	if !ok {
		return false
	}
	return !slices.ContainsFunc(strings.Split(rest, "/"), func(part string) bool {
		return slices.Contains([]string{"internal", "examples", "cmd", "wecomtest", "tokenstoretest", "limitertest"}, part)
	})
}

func (src *sources) read(t *testing.T, list packageList, p goPackage) {
	t.Helper()
	fset := token.NewFileSet()
	files, pkg, info := list.check(t, fset, p)
	at := func(n ast.Node) string {
		pos := fset.Position(n.Pos())
		pos.Filename = pkg.Name() + "/" + filepath.Base(pos.Filename)
		return pos.String()
	}
	ops, inOperation := map[types.Object]operation{}, map[ast.Node]bool{}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			for i, name := range spec.Names {
				if i >= len(spec.Values) {
					break
				}
				lit, ok := spec.Values[i].(*ast.CompositeLit)
				if !ok || named(info.TypeOf(lit)) != "wecom.Operation" {
					continue
				}
				op := operationOf(info, lit)
				op.name = pkg.Name() + "." + name.Name
				ops[info.Defs[name]] = op
				src.operations = append(src.operations, op)
				ast.Inspect(lit, func(n ast.Node) bool { inOperation[n] = true; return true })
			}
			return true
		})
	}
	for _, f := range files {
		src.readMethods(info, ops, f)
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				if n.Kind == token.STRING && strings.HasPrefix(strings.Trim(n.Value, "`\""), "/cgi-bin/") && !inOperation[n] {
					src.strayPaths = append(src.strayPaths, at(n))
				}
			case *ast.CallExpr:
				src.readCall(info, ops, n, at)
			}
			return true
		})
	}
}

// readCall notes n if it is wecom.Do[T](ctx, client, op, req) or
// wecom.Upload[T](ctx, client, op, query, file, maxSize).
func (src *sources) readCall(info *types.Info, ops map[types.Object]operation, n *ast.CallExpr, at func(ast.Node) string) {
	index, ok := n.Fun.(*ast.IndexExpr)
	if !ok || len(n.Args) < 4 {
		return
	}
	name, ok := index.X.(*ast.Ident)
	if sel, isSel := index.X.(*ast.SelectorExpr); isSel {
		name, ok = sel.Sel, true
	}
	if !ok || name.Name != "Do" && name.Name != "Upload" {
		return
	}
	do := info.Uses[name]
	if do == nil || do.Pkg() == nil || do.Pkg().Path() != module+"/wecom" {
		return
	}
	opName, ok := n.Args[2].(*ast.Ident)
	if !ok {
		return // chosen at run time
	}
	op, ok := ops[info.Uses[opName]]
	if !ok {
		return
	}
	u := use{op: op, pos: at(n), upload: name.Name == "Upload", req: info.TypeOf(n.Args[3]), res: info.TypeOf(index.Index)}
	if basic, ok := u.req.(*types.Basic); ok && basic.Kind() == types.UntypedNil {
		u.req = nil
	}
	src.uses = append(src.uses, u)
}
