//go:build unix

package console_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestCurlIsTheCall runs what the page gives to copy in a shell whose curl
// prints its arguments.
func TestCurlIsTheCall(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.act("add-member", object{"userid": "it's", "name": "A"})
	w.call("externalcontact/remark", object{"userid": "it's $HOME", "external_userid": "`x` \"y\"", "remark": "&\\"})
	page := w.show("/_sim/console/calls?open=2")
	_, rest, _ := strings.Cut(page, `<div class="block">`)
	command, _, _ := strings.Cut(rest, "</div>")
	_, command, _ = strings.Cut(command, "<code>")
	command = text("<code>" + strings.ReplaceAll(command, "\n", "\u2028"))
	command = strings.ReplaceAll(command, "\u2028", "\n")
	cmd := exec.CommandContext(t.Context(), "sh", "-c", `curl() { for a in "$@"; do printf '%s\n' "$a"; done; }; ACCESS_TOKEN=t0; `+command)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s\n%s", command, out)
	args := strings.Split(strings.TrimSpace(string(out)), "\n")
	assert.Equal(t, "http://sim.test/cgi-bin/externalcontact/remark?access_token=t0", args[0])
	assert.JSONEq(t, `{"userid":"it's $HOME","external_userid":"`+"`x`"+` \"y\"","remark":"&\\"}`, args[len(args)-1])
}
