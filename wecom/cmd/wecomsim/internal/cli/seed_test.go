package cli_test

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/cli"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// desk is a simulator that runs, and the command line beside it.
type desk struct {
	t   *testing.T
	srv *wecomtest.Server
	url string
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	srv := wecomtest.NewServer()
	t.Cleanup(srv.Close)
	a := api.New(srv)
	t.Cleanup(a.Close)
	web := httptest.NewServer(a)
	t.Cleanup(web.Close)
	return &desk{t, srv, web.URL}
}

// run runs a command line.
func (d *desk) run(args ...string) (code int, stdout, stderr string) {
	var out, wrong bytes.Buffer
	code = cli.Main(d.t.Context(), note(args), cli.Env{
		Stdout: &out, Stderr: &wrong, Now: time.Now,
		Getenv: func(name string) string { return map[string]string{"WECOMSIM_URL": d.url}[name] },
	})
	return code, out.String(), wrong.String()
}

func (d *desk) ok(args ...string) string {
	d.t.Helper()
	code, out, wrong := d.run(args...)
	require.Equal(d.t, cli.ExitOK, code, wrong)
	return out
}

func (d *desk) fails(code int, args ...string) string {
	d.t.Helper()
	got, _, wrong := d.run(args...)
	require.Equal(d.t, code, got)
	return wrong
}

func (d *desk) file(text string) string {
	d.t.Helper()
	name := filepath.Join(d.t.TempDir(), "tenant.json")
	require.NoError(d.t, os.WriteFile(name, []byte(text), 0o600))
	return name
}

func TestSeedCommand(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	own := d.file(d.ok("seed", "show", "small-shop"))
	bad := d.file(`{"version": 1, "members": [{"user": "alice"}], "moments": [{"creator": 1}]}`)

	assert.Contains(t, d.ok("seed"), "messy  ")
	assert.Equal(t, "5 members, 13 customers, 3 tag groups, 2 group chats\n", d.ok("seed", "check", own))
	assert.Equal(t, "wecomsim seed: "+bad+":\n\tmembers[0].user: is not known; nearest: userid\n\tmoments[0].creator: want a string, not 1\n", d.fails(cli.ExitFailed, "seed", "check", bad))
	var schema map[string]any
	require.NoError(t, json.Unmarshal([]byte(d.ok("seed", "schema")), &schema))
	assert.Empty(t, d.srv.Members(), "nothing is put in so far")

	assert.Contains(t, d.ok("seed", "load", own, "-o", "json"), `"customers": 13`)
	d.ok("seed", "load", "messy")
	other := d.srv.AddCorp("Other")
	d.ok("seed", "load", "small-shop", "--corp", other.CorpID())
	assert.Len(t, d.srv.Members(), 13)
	assert.Len(t, other.Members(), 5)

	assert.Contains(t, d.fails(cli.ExitFailed, "seed", "load", bad), "members[0].user")
	assert.Contains(t, d.fails(cli.ExitFailed, "seed", "load", "messy"), "already")
	assert.Contains(t, d.fails(cli.ExitFailed, "seed", "load", "tidy"), "wecomsim seed list tells")
	assert.Contains(t, d.fails(cli.ExitFailed, "seed", "show", "tidy"), "there are small-shop, messy")
	d.fails(cli.ExitFailed, "seed", "check", "tidy")
	d.fails(cli.ExitUsage, "seed", "list", "--corp", "x")
	d.fails(cli.ExitUsage, "seed", "grow")
	assert.Contains(t, d.fails(cli.ExitFailed, "serve", "--addr", "127.0.0.1:0", "--seed", bad), "--seed "+bad+":\n\tmembers[0].user")
	assert.Contains(t, d.fails(cli.ExitFailed, "serve", "--addr", "127.0.0.1:0", "--seed", "messy", "--seed", "messy"), "already")
}

func TestChaosCommand(t *testing.T) {
	t.Parallel()
	d := newDesk(t)

	assert.Equal(t, "1  flaky-nat  seed 7  struck 0  at work\n", d.ok("chaos", "start", "flaky-nat", "--seed", "7"))
	d.ok("chaos", "start", "rush-hour")
	assert.Contains(t, d.ok("chaos"), "  callbacks    duplicate         15 %  struck 0\n")
	d.ok("chaos", "stop", "1")
	assert.Equal(t, []bool{true, false}, []bool{d.srv.AllChaos()[0].State().Stopped, d.srv.AllChaos()[1].State().Stopped})
	assert.Contains(t, d.ok("chaos", "stop", "-o", "json"), `"stopped": true`)
	assert.True(t, d.srv.AllChaos()[1].State().Stopped)
	assert.Contains(t, d.ok("chaos", "profiles"), "token-storm\n  calls with a token  revoke token")

	assert.Contains(t, d.fails(cli.ExitFailed, "chaos", "start", "monday"), `no chaos profile "monday"`)
	d.fails(cli.ExitFailed, "chaos", "stop", "9")
	d.fails(cli.ExitUsage, "chaos", "start")
	d.fails(cli.ExitUsage, "chaos", "list", "--seed", "7")
	d.fails(cli.ExitUsage, "chaos", "start", "flaky-nat", "--seed", "x")
}
