package apicheck_test

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// simulator is what the sources of wecomtest say of its endpoints and people.
type simulator struct {
	info     *types.Info
	bodies   map[types.Object]*ast.FuncDecl
	handlers map[string]ast.Expr // by path
	refuses  map[parameter]string
	tells    map[parameter]string
}

func loadSimulator(t *testing.T) simulator {
	t.Helper()
	const path = module + "/wecom/wecomtest"
	list := listPackages(t)
	i := slices.IndexFunc(list.packages, func(p goPackage) bool { return p.ImportPath == path })
	require.GreaterOrEqual(t, i, 0)
	fset := token.NewFileSet()
	files, _, info := list.check(t, fset, list.packages[i])

	sim := simulator{info: info, bodies: map[types.Object]*ast.FuncDecl{}, handlers: map[string]ast.Expr{}}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				sim.bodies[info.Defs[n.Name]] = n
			case *ast.CompositeLit:
				if m, ok := info.TypeOf(n).(*types.Map); !ok || named(m.Elem()) != "wecomtest.handler" {
					return true
				}
				for _, e := range n.Elts {
					if kv, ok := e.(*ast.KeyValueExpr); ok {
						sim.handlers[sim.key(kv.Key)] = kv.Value
					}
				}
			}
			return true
		})
	}
	require.NotEmpty(t, sim.handlers)
	sim.refuses, sim.tells = sim.refusing(), sim.telling()
	return sim
}

// reach calls visit with every node of root and of the functions of the
// package that it mentions, directly or not. A task that it makes for later is
// one of them.
func (sim simulator) reach(root ast.Node, visit func(ast.Node)) {
	seen := map[types.Object]bool{}
	var walk func(ast.Node)
	walk = func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			if n == nil {
				return false
			}
			visit(n)
			var f *types.Func
			switch n := n.(type) {
			case *ast.Ident:
				f, _ = sim.info.Uses[n].(*types.Func)
			case *ast.CompositeLit:
				f = sim.task(n)
			}
			if f == nil || seen[f.Origin()] || sim.bodies[f.Origin()] == nil {
				return true
			}
			seen[f.Origin()] = true
			walk(sim.bodies[f.Origin()])
			return true
		})
	}
	walk(root)
}

// task is what a value does when it is due, or nil.
func (sim simulator) task(lit *ast.CompositeLit) *types.Func {
	of, ok := sim.info.TypeOf(lit).(*types.Named)
	if !ok {
		return nil
	}
	run, _, _ := types.LookupFieldOrMethod(of, true, of.Obj().Pkg(), "run")
	f, _ := run.(*types.Func)
	return f
}

// handler is what answers a path: an entry of a map whose key is the path, or
// ends like it where the rest of the key is chosen at run time.
func (sim simulator) handler(path string) ast.Expr {
	if h := sim.handlers[path]; h != nil {
		return h
	}
	return sim.handlers[keyEnd+path[strings.LastIndexByte(path, '/')+1:]]
}

// keyEnd stands before the constant end of a key.
const keyEnd = "*"

// key is the path that a key of a handler map says.
func (sim simulator) key(e ast.Expr) string {
	if sum, ok := e.(*ast.BinaryExpr); ok && sim.info.Types[e].Value == nil {
		return keyEnd + constantOf(sim.info, sum.Y)
	}
	return constantOf(sim.info, e)
}

// codes are the errcodes that a handler itself answers a call with: constants
// that it hands to Refuse, or to what hands them on.
func (sim simulator) codes(path string) []string {
	found := map[string]bool{}
	sim.reach(sim.handler(path), func(n ast.Node) {
		sim.arguments(n, func(f *types.Func, i int, arg ast.Expr) {
			if v := sim.info.Types[arg].Value; v != nil && v.Kind() == constant.Int && sim.refuses[parameter{f, i}] != "" {
				found[v.String()] = true
			}
		})
		if kv, ok := n.(*ast.KeyValueExpr); ok { // of tables of what a body needs
			if name, ok := kv.Key.(*ast.Ident); ok && name.Name == "code" {
				if v := constantOf(sim.info, kv.Value); v != "" {
					found[v] = true
				}
			}
		}
	})
	return slices.Sorted(maps.Keys(found))
}

// parameter is one of a function.
type parameter struct {
	f *types.Func
	i int
}

// refusing are the parameters that become an errcode.
func (sim simulator) refusing() map[parameter]string {
	seeds := map[parameter]string{}
	for obj, decl := range sim.bodies {
		if f, ok := obj.(*types.Func); ok && f.Name() == "Refuse" && decl.Recv == nil {
			seeds[parameter{f, 0}] = "errcode"
		}
	}
	return sim.spread(seeds)
}

// telling are the parameters that become the name of an event, with what
// stands before it.
func (sim simulator) telling() map[parameter]string {
	seeds := map[parameter]string{}
	for obj, decl := range sim.bodies {
		f, ok := obj.(*types.Func)
		if !ok {
			continue
		}
		ast.Inspect(decl, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok || named(sim.info.TypeOf(lit)) != "wecomtest.Event" {
				return true
			}
			event, change := sim.eventOf(lit)
			before := ""
			if change != nil {
				before, event = constantOf(sim.info, event)+"/", change
			}
			if i := sim.parameterOf(f, event); i >= 0 {
				seeds[parameter{f, i}] = before
			}
			return true
		})
	}
	return sim.spread(seeds)
}

// spread adds every parameter that is handed on to one of the seeds.
func (sim simulator) spread(seeds map[parameter]string) map[parameter]string {
	for grown := true; grown; {
		grown = false
		for obj, decl := range sim.bodies {
			f, ok := obj.(*types.Func)
			if !ok {
				continue
			}
			ast.Inspect(decl, func(n ast.Node) bool {
				sim.arguments(n, func(to *types.Func, i int, arg ast.Expr) {
					mark, ok := seeds[parameter{to, i}]
					if j := sim.parameterOf(f, arg); ok && j >= 0 {
						if _, known := seeds[parameter{f, j}]; !known {
							seeds[parameter{f, j}], grown = mark, true
						}
					}
				})
				return true
			})
		}
	}
	return seeds
}

// parameterOf is which parameter of f an expression is, or -1.
func (sim simulator) parameterOf(f *types.Func, e ast.Expr) int {
	id, ok := e.(*ast.Ident)
	if !ok {
		return -1
	}
	for i := range f.Signature().Params().Len() {
		if sim.info.Uses[id] == f.Signature().Params().At(i) {
			return i
		}
	}
	return -1
}

// arguments visits those of a call of one of the package's functions.
func (sim simulator) arguments(n ast.Node, visit func(f *types.Func, i int, arg ast.Expr)) {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return
	}
	f := sim.callee(call)
	if f == nil || sim.bodies[f.Origin()] == nil {
		return
	}
	for i := range min(f.Signature().Params().Len(), len(call.Args)) {
		visit(f.Origin(), i, call.Args[i])
	}
}

func (sim simulator) callee(call *ast.CallExpr) *types.Func {
	fun := ast.Unparen(call.Fun)
	if sel, ok := fun.(*ast.SelectorExpr); ok {
		fun = sel.Sel
	}
	id, ok := fun.(*ast.Ident)
	if !ok {
		return nil
	}
	f, _ := sim.info.Uses[id].(*types.Func)
	return f
}

// An act is something that people do: a method of Actor.
type act struct {
	name   string
	events []string // that an app is told
}

func (sim simulator) acts() []act {
	var list []act
	for obj, decl := range sim.bodies {
		f, ok := obj.(*types.Func)
		if !ok || !f.Exported() || f.Signature().Recv() == nil || named(f.Signature().Recv().Type()) != "wecomtest.Actor" {
			continue
		}
		events := map[string]bool{}
		sim.reach(decl, func(n ast.Node) { sim.event(n, events) })
		list = append(list, act{f.Name(), slices.Sorted(maps.Keys(events))})
	}
	slices.SortFunc(list, func(a, b act) int { return strings.Compare(a.name, b.name) })
	return list
}

// event notes the event that n names: in a literal, or by a constant for a
// parameter that becomes the name.
func (sim simulator) event(n ast.Node, events map[string]bool) {
	if lit, ok := n.(*ast.CompositeLit); ok && named(sim.info.TypeOf(lit)) == "wecomtest.Event" {
		event, change := sim.eventOf(lit)
		name := constantOf(sim.info, event)
		if change != nil && name != "" {
			if c := constantOf(sim.info, change); c != "" {
				events[name+"/"+c] = true
			}
		} else if name != "" {
			events[name] = true
		}
	}
	sim.arguments(n, func(f *types.Func, i int, arg ast.Expr) {
		before, ok := sim.tells[parameter{f, i}]
		if name := constantOf(sim.info, arg); ok && name != "" {
			events[before+name] = true
		}
	})
}

// eventOf returns the names in a literal Event.
func (sim simulator) eventOf(lit *ast.CompositeLit) (event, change ast.Expr) {
	for _, e := range lit.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		switch key, _ := kv.Key.(*ast.Ident); key.Name {
		case "Event":
			event = kv.Value
		case "ChangeType":
			change = kv.Value
		}
	}
	return event, change
}
