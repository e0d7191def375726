package readme_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestGuide does what docs/wecomsim.md does, command by command, and holds what
// is printed against what the guide says is printed. "…" there is anything.
func TestGuide(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/wecomsim.md")
	require.NoError(t, err)
	g := newGuide(t)
	done := 0
	for _, block := range regexp.MustCompile("(?ms)^```console\n(.*?)^```$").FindAllStringSubmatch(string(text), -1) {
		for _, step := range strings.Split("\n"+block[1], "\n$ ")[1:] {
			command, want, _ := strings.Cut(step+"\n", "\n")
			g.do(g.here(command), g.here(strings.TrimRight(want, "\n")))
			done++
		}
	}
	assert.Greater(t, done, 20, "the guide has lost its commands")
}

// guide is somebody who reads the guide and has free ports.
type guide struct {
	t       *testing.T
	bin     string // where the programs are
	dir     string // where files are written
	env     []string
	address *strings.Replacer // of the guide's addresses by those that are free
	program string            // the address of the application
	wecom   string            // that of the simulator
}

func newGuide(t *testing.T) *guide {
	t.Helper()
	g := &guide{t: t, bin: t.TempDir(), dir: t.TempDir(), wecom: freeAddress(t), program: freeAddress(t)}
	g.address = strings.NewReplacer("127.0.0.1:7070", g.wecom, "127.0.0.1:8080", g.program)
	g.env = append(os.Environ(), "WECOMSIM_URL=http://"+g.wecom, "ADDR="+g.program)
	build := exec.CommandContext(t.Context(), "go", "build", "-o", g.bin+string(filepath.Separator),
		"./wecom/cmd/wecomsim", "./examples/callback-server")
	build.Dir = filepath.Join("..", "..")
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return g
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

func (g *guide) here(text string) string { return g.address.Replace(text) }

func (g *guide) do(command, want string) {
	g.t.Helper()
	words := strings.Fields(command)
	switch {
	case words[0] == "export":
		g.env = append(g.env, words[1:]...)
	case words[0] == "curl":
		g.prints(command, want, func() string { return g.curl(strings.Trim(words[1], "'")) })
	case command == "go run ./examples/callback-server":
		g.start("callback-server")
		g.listens(g.program)
	case strings.HasPrefix(command, "wecomsim serve"):
		out := g.start("wecomsim", append(words[1:], "--addr", g.wecom)...)
		g.prints(command, want, out)
	case words[0] == "wecomsim":
		g.prints(command, want, func() string { return g.wecomsim(words[1:]) })
	case strings.HasPrefix(command, "go install github.com/wecomkit/wecom-go/wecom/cmd/wecomsim@"):
	default:
		require.Fail(g.t, "the guide has a command that this test does not know", command)
	}
}

// prints looks at what a command prints. Callbacks are handled after they are
// answered, so that a command that only shows may be asked again.
func (g *guide) prints(command, want string, run func() string) {
	g.t.Helper()
	const tries = 100
	got := ""
	for i := range tries {
		got = strings.TrimRight(run(), "\n")
		if likes(want, got) {
			return
		}
		if !strings.HasPrefix(command, "wecomsim show") && !strings.HasPrefix(command, "wecomsim calls") && !strings.HasPrefix(command, "wecomsim serve") {
			break
		}
		wait(g.t.Context(), time.Duration(i)*5*time.Millisecond)
	}
	assert.Fail(g.t, "the guide says otherwise", "$ %s\n%s\n\nwant\n%s", command, got, want)
}

// likes reports whether a text is what the guide says, in which "…" is
// anything: alone on a line any lines.
func likes(want, got string) bool {
	pattern := "\n" + regexp.QuoteMeta(want) + "\n"
	pattern = strings.ReplaceAll(pattern, "\n…\n", "\n(?:.*\n)*")
	pattern = strings.ReplaceAll(pattern, "…", ".*")
	return regexp.MustCompile(`\A` + pattern + `\z`).MatchString("\n" + got + "\n")
}

func (g *guide) wecomsim(args []string) string {
	g.t.Helper()
	var file string
	if n := len(args); n > 2 && args[n-2] == ">" {
		args, file = args[:n-2], args[n-1]
	}
	cmd := g.command("wecomsim", args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(g.t, err, "wecomsim %s: %s", strings.Join(args, " "), stderr.String())
	if file == "" {
		return string(out)
	}
	require.NoError(g.t, os.WriteFile(filepath.Join(g.dir, file), out, 0o600))
	return ""
}

func (g *guide) curl(url string) string {
	g.t.Helper()
	req, err := http.NewRequestWithContext(g.t.Context(), http.MethodGet, url, http.NoBody)
	require.NoError(g.t, err)
	client := http.Client{Transport: new(http.Transport)}
	defer client.CloseIdleConnections()
	res, err := client.Do(req)
	require.NoError(g.t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(g.t, err)
	return string(body)
}

func (g *guide) command(name string, args ...string) *exec.Cmd {
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	cmd := exec.CommandContext(g.t.Context(), filepath.Join(g.bin, name), args...)
	cmd.Dir, cmd.Env = g.dir, g.env
	return cmd
}

// start runs a program until the test ends, and returns what shows its output.
func (g *guide) start(name string, args ...string) func() string {
	g.t.Helper()
	cmd := g.command(name, args...)
	out := new(output)
	cmd.Stdout, cmd.Stderr = out, out
	require.NoError(g.t, cmd.Start())
	g.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if g.t.Failed() {
			g.t.Logf("%s printed:\n%s", name, out)
		}
	})
	return out.String
}

func (g *guide) listens(address string) {
	g.t.Helper()
	for i := range 100 {
		conn, err := new(net.Dialer).DialContext(g.t.Context(), "tcp", address)
		if err == nil {
			_ = conn.Close()
			return
		}
		wait(g.t.Context(), time.Duration(i)*5*time.Millisecond)
	}
	require.Fail(g.t, "nobody listens", address)
}

// wait is for other processes, which no clock of this one moves.
func wait(ctx context.Context, d time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	<-ctx.Done()
}

// output is what a process that goes on has printed.
type output struct {
	mu   sync.Mutex
	text strings.Builder
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

func TestGuideIsCompared(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		want, got string
		likes     bool
	}{
		{"a\n…\nb", "a\nx\ny\nb", true},
		{"a\n…\nb", "a\nb", true},
		{"a … b", "a x b", true},
		{"a … b", "a \n b", false},
		{"…", "", true},
		{"", "x", false},
		{"a", "a\nb", false},
	} {
		assert.Equal(t, test.likes, likes(test.want, test.got), fmt.Sprint(test))
	}
}
