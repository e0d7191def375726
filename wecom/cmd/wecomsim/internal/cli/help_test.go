package cli_test

import (
	"flag"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/cli"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares a text with a file, or writes the file.
func golden(t *testing.T, name, text string) {
	t.Helper()
	name = filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
	}
	want, err := os.ReadFile(name)
	require.NoError(t, err, "go test -update writes it")
	assert.Equal(t, string(want), text, "go test -update writes %s anew", name)
}

func TestHelp(t *testing.T) {
	t.Parallel()
	w := nowhere(t)
	overview := w.ok("help")
	golden(t, "help/overview.txt", overview)
	for _, flag := range []string{"-h", "-help", "--help"} {
		assert.Equal(t, overview, w.ok(flag))
	}
	assert.Equal(t, overview, w.fails(cli.ExitUsage), "without a command")
	for _, cmd := range cli.Commands() {
		assert.Contains(t, overview, "wecomsim "+cmd.Name+" ")
		text := w.ok("help", cmd.Name)
		golden(t, "help/"+cmd.Name+".txt", text)
		for _, flag := range []string{"-h", "--help"} {
			assert.Equal(t, text, w.ok(cmd.Name, flag))
		}
		for _, flag := range cmd.Flags() {
			assert.Contains(t, text, "\n    "+flag, cmd.Name)
		}
		before, examples, _ := strings.Cut(text, "\nEXAMPLES\n")
		assert.Contains(t, examples, "wecomsim "+cmd.Name, "an example of %s", cmd.Name)
		_, before, _ = strings.Cut(before, "SYNOPSIS")
		for line := range strings.Lines(before) {
			assert.LessOrEqual(t, len(line), 81, "%s: %s", cmd.Name, line)
		}
	}
	assert.Contains(t, w.fails(cli.ExitUsage, "help", "falt"), "did you mean fault?")
	assert.Contains(t, w.fails(cli.ExitUsage, "help", "act", "fault"), `unexpected "fault"`)
	assert.Contains(t, w.fails(cli.ExitUsage, "caals"), "did you mean calls?")
	assert.NotContains(t, w.fails(cli.ExitUsage, "frobnicate"), "did you mean")
}

// The examples of the manual run.
func TestExamplesParse(t *testing.T) {
	t.Parallel()
	for _, cmd := range cli.Commands() {
		for _, e := range cmd.Examples {
			for line := range strings.SplitSeq(e.Line, "\n") {
				line = strings.TrimSpace(line)
				words := strings.Fields(strings.ReplaceAll(line, "'", ""))
				if words[0] != "wecomsim" {
					assert.Contains(t, line, "wecomsim "+cmd.Name)
					continue
				}
				known := slices.ContainsFunc(cli.Commands(), func(c cli.Command) bool {
					for _, word := range words[2:] {
						if strings.HasPrefix(word, "-") && word != "-1" && !slices.Contains(c.Flags(), word) {
							return false
						}
					}
					return c.Name == words[1]
				})
				assert.True(t, known, line)
			}
		}
	}
}

func TestCompletion(t *testing.T) {
	t.Parallel()
	w := nowhere(t)
	for _, shell := range []string{"bash", "zsh", "fish"} {
		script := w.ok("completion", shell)
		golden(t, "completion/wecomsim."+shell, script)
		for _, cmd := range cli.Commands() {
			for _, word := range append(cmd.Words, cmd.Flags()...) {
				if shell == "fish" {
					word = strings.TrimLeft(word, "-")
				}
				assert.Contains(t, script, word, "%s: %s", shell, cmd.Name)
			}
		}
		for _, quote := range []string{`"`, "`"} {
			assert.Zero(t, strings.Count(script, quote)%2, "%s: an odd number of %s", shell, quote)
		}
		for line := range strings.Lines(script) {
			assert.Zero(t, strings.Count(strings.NewReplacer(`'\''`, "", `\'`, "").Replace(line), "'")%2, "%s: %s", shell, line)
		}
		assert.Equal(t, strings.Count(script, "("), strings.Count(script, ")")-cases(shell), "%s: brackets", shell)
	}
	assert.Contains(t, w.fails(cli.ExitUsage, "completion"), "want bash, zsh or fish")
	assert.Contains(t, w.fails(cli.ExitUsage, "completion", "tcsh"), "want bash, zsh or fish")
}

// cases is how many brackets end a pattern that none began.
func cases(shell string) int {
	switch shell {
	case "bash":
		return len(cli.Commands()) + 1
	case "zsh":
		return len(cli.Commands())
	}
	return 0
}

// unclaimed are routes for which there is no command, and why.
func unclaimed() map[string]string {
	return map[string]string{}
}

// Everything that the API does a command can do, and the other way round.
func TestCommandsAndRoutes(t *testing.T) {
	t.Parallel()
	claimed := make(map[string]string)
	for _, cmd := range cli.Commands() {
		for _, route := range cmd.Routes {
			claimed[route] = cmd.Name
		}
		if cmd.Server {
			assert.NotEmpty(t, cmd.Routes, cmd.Name)
		}
	}
	maps.Copy(claimed, unclaimed())
	exists := make(map[string]bool)
	for _, r := range api.Routes() {
		path := strings.TrimPrefix(r.Path, api.Prefix)
		if r.Group == "acts" && r.Method == http.MethodPost {
			path = "acts/*"
		}
		name := r.Method + " " + path
		if _, ok := claimed[name]; !ok {
			if i := strings.LastIndex(name, "/{"); i >= 0 {
				name = name[:i] + "/{id}"
			}
		}
		exists[name] = true
		_, ok := claimed[name]
		assert.True(t, ok, "no command is for %s %s", r.Method, r.Path)
	}
	for _, name := range slices.Sorted(maps.Keys(claimed)) {
		assert.True(t, exists[name], "%s is for %s, which is no route", claimed[name], name)
	}
}
