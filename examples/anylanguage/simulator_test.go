package anylanguage_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const patience = time.Minute // for a program, on a machine that does much else

// programs is where wecomsim is, built once for all tests.
var programs string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "anylanguage")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	programs = dir
	build := exec.Command("go", "build", "-o", filepath.Join(dir, "wecomsim"), "github.com/wecomkit/wecom-go/wecom/cmd/wecomsim")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// A simulator is wecomsim serve, and the environment that it tells programs to
// run in.
type simulator struct {
	t   *testing.T
	url string
	env []string
}

func serve(t *testing.T) *simulator {
	t.Helper()
	p := start(t, nil, filepath.Join(programs, "wecomsim"), "serve", "--addr", "127.0.0.1:0")
	s := &simulator{t: t, env: []string{"PATH=" + programs + ":" + os.Getenv("PATH")}}
	for range 2 {
		line := p.waitFor("export ")
		for _, pair := range regexp.MustCompile(`\w+=\S+`).FindAllString(line, -1) {
			s.env = append(s.env, pair)
			if url, ok := strings.CutPrefix(pair, "WECOM_BASE_URL="); ok {
				s.url = url
			}
		}
	}
	require.NotEmpty(t, s.url)
	return s
}

// in returns the simulator for a subtest.
func (s *simulator) in(t *testing.T) *simulator { return &simulator{t, s.url, s.env} }

// get reads what a path shows.
func (s *simulator) get(path string, out any) {
	s.t.Helper()
	res, err := http.Get(s.url + path)
	require.NoError(s.t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(s.t, err)
	require.Equal(s.t, http.StatusOK, res.StatusCode, "%s", body)
	require.NoError(s.t, json.Unmarshal(body, out), "%s", body)
}

// run runs a program as a user would, with more variables than the simulator's.
func (s *simulator) run(env []string, name string, args ...string) (stdout, stderr string, code int) {
	s.t.Helper()
	cmd := exec.CommandContext(s.t.Context(), name, args...)
	cmd.Env = append(append([]string(nil), s.env...), env...)
	if !strings.Contains(name, "/") {
		cmd.Path = filepath.Join(programs, name)
		cmd.Err = nil
		cmd.Env = append(cmd.Env, "WECOMSIM_URL="+s.url)
	}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	require.NotNil(s.t, cmd.ProcessState, "%v", err)
	return strings.TrimSuffix(out.String(), "\n"), errs.String(), cmd.ProcessState.ExitCode()
}

// do runs what must not fail.
func (s *simulator) do(name string, args ...string) string {
	s.t.Helper()
	out, errs, code := s.run(nil, name, args...)
	require.Zero(s.t, code, "%s %v: %s%s", name, args, out, errs)
	return out
}

// addCustomer lets somebody add alice, and returns the external_userid.
func (s *simulator) addCustomer(name string) string {
	s.t.Helper()
	var done struct{ Result map[string]string }
	require.NoError(s.t, json.Unmarshal([]byte(s.do("wecomsim", "act", "-o", "json", "add-customer", "userid=alice", "name="+name)), &done))
	return done.Result["external_userid"]
}

// items reads a list under /_sim/.
func items[T any](s *simulator, path string) []T {
	s.t.Helper()
	var list struct{ Items []T }
	s.get("/_sim/"+path, &list)
	return list.Items
}

// problems is what WeCom would have overlooked.
func (s *simulator) problems() []string {
	s.t.Helper()
	var tenant struct{ Issues []string }
	s.get("/_sim/tenant", &tenant)
	return tenant.Issues
}

// A program runs beside the test.
type program struct {
	t     *testing.T
	lines *bufio.Scanner
	log   []string
}

func start(t *testing.T, env []string, name string, args ...string) *program {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	cmd.Stderr = cmd.Stdout
	require.NoError(t, cmd.Start())
	late := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	p := &program{t: t, lines: bufio.NewScanner(out)}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		for p.lines.Scan() {
			p.log = append(p.log, p.lines.Text())
		}
		assert.NoError(t, cmd.Wait(), "%s stops when asked to", name)
		late.Stop()
		if t.Failed() {
			t.Logf("%s printed:\n%s", name, strings.Join(p.log, "\n"))
		}
	})
	return p
}

// waitFor returns the next line with text in it.
func (p *program) waitFor(text string) string {
	p.t.Helper()
	for p.lines.Scan() {
		p.log = append(p.log, p.lines.Text())
		if strings.Contains(p.lines.Text(), text) {
			return p.lines.Text()
		}
	}
	require.Fail(p.t, "the program ended", "without %q:\n%s", text, strings.Join(p.log, "\n"))
	return ""
}
