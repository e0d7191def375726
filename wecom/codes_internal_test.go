package wecom

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// constants reads the Code… constants from the generated file.
func constants(t *testing.T) map[string]Code {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "codes_gen.go", nil, 0)
	require.NoError(t, err)
	codes := map[string]Code{}
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(spec.Names[0].Name, "Code") {
			return true
		}
		code, err := strconv.Atoi(source(spec.Values[0]))
		require.NoError(t, err)
		codes[strings.TrimPrefix(spec.Names[0].Name, "Code")] = Code(code)
		return true
	})
	return codes
}

func source(e ast.Expr) string {
	if u, ok := e.(*ast.UnaryExpr); ok {
		return u.Op.String() + source(u.X)
	}
	return e.(*ast.BasicLit).Value
}

func TestEveryConstantIsInTheTableOnce(t *testing.T) {
	t.Parallel()
	want := constants(t)
	require.Len(t, want, 1631)
	require.Len(t, codeTable, len(want))
	for i, row := range codeTable {
		assert.Equal(t, want[row.name], row.code, row.name)
		assert.NotEmpty(t, row.meaning, row.name)
		assert.Same(t, &codeTable[i], row.code.info(), row.name)
		if i > 0 {
			assert.Less(t, codeTable[i-1].code, row.code)
		}
	}
}

func TestEveryActionRowHasItsAction(t *testing.T) {
	t.Parallel()
	want := map[string]action{
		"refresh_replay_once":     actionRefresh,
		"backoff_short_max3":      actionBackoff,
		"serialize_retry":         actionSerialize,
		"retry_after_delay":       actionDelay,
		"wait_window":             actionWindow,
		"never_fix_config":        actionFixConfig,
		"never_fix_request":       actionFixRequest,
		"never_treat_as_done":     actionDone,
		"never_customer_must_act": actionCustomer,
		"restart_user_flow":       actionRestartFlow,
		"restart_paging":          actionRestartPaging,
		"refresh_ticket":          actionRefreshTicket,
		"wait_for_push":           actionAwaitPush,
	}
	tsv, err := os.ReadFile("../internal/gen/errcodes/actions.tsv")
	require.NoError(t, err)
	rows := 0
	for line := range strings.Lines(string(tsv)) {
		f := strings.Split(line, "\t")
		code, err := strconv.Atoi(f[0])
		require.NoError(t, err)
		require.Contains(t, want, f[2])
		assert.Equal(t, want[f[2]], Code(code).action(), f[0])
		assert.NotEmpty(t, Code(code).Advice(), f[0])
		rows++
	}
	others := 0
	for _, row := range codeTable {
		if row.action != actionNever {
			others++
		}
	}
	assert.Equal(t, rows, others, "codes without a row must not be acted on")
	assert.Equal(t, actionNever, Code(99).action())
}

func TestEveryRefusalHasOneClass(t *testing.T) {
	t.Parallel()
	for _, row := range codeTable {
		assert.Equal(t, row.class == classOther, row.code.sentinel() == nil, row.name)
	}
	// What a caller waits for must be a thing that waiting helps with.
	for _, row := range codeTable {
		if errors.Is(row.code.sentinel(), ErrRateLimited) {
			assert.Contains(t, []action{actionWindow, actionSerialize}, row.action, row.name)
		}
	}
}

func TestAdviceReadsAsPartOfASentence(t *testing.T) {
	t.Parallel()
	for _, row := range codeTable {
		for _, s := range []string{row.meaning, row.code.Advice()} {
			assert.Equal(t, strings.TrimRight(s, ".!;, \n"), s, row.name)
		}
	}
}

func BenchmarkCodeLookup(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if CodeNotExternalContact.action() != actionFixRequest {
			b.Fatal("wrong action")
		}
	}
}
