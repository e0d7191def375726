package cli_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/cli"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestSnapshot(t *testing.T) {
	t.Parallel()
	w := peopled(t)
	w.srv.Clock().Freeze(time.Now().Add(-3 * time.Hour))
	file := filepath.Join(t.TempDir(), "shop.json")

	assert.Empty(t, w.ok("snapshot", "save", file))
	text := readFile(t, file)
	assert.True(t, json.Valid([]byte(text)))
	assert.Contains(t, text, "\n      ", "to be read, and compared line by line")
	if info, err := os.Stat(file); runtime.GOOS != "windows" {
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "it holds secrets")
	}
	w.ok("snapshot", "save", file)
	assert.Equal(t, text, readFile(t, file), "the same state is the same bytes")
	assert.Equal(t, text, nowhere(t).ok("snapshot", "save", "-", "--server", w.url))

	w.ok("act", "leave", "userid=alice")
	out := w.ok("snapshot", "load", file)
	assert.False(t, w.srv.Member("alice").Left)
	assert.Regexp(t, `^wwSIM0000000000001  Corp 1: 1 members, 1 customers, 1 group chats
it is \S+
the system's clock is 3h0m\d+s ahead: wecomsim clock advance 3h0m\d+s lets that time pass
$`, out)

	other := newWorld(t)
	other.stdin = text
	assert.InDelta(t, 1, at(other.json("snapshot", "load", "-"), "corps.0.counts.members"), 0)
	assert.Equal(t, "Alice", other.srv.Member("alice").Name)
}

func TestSnapshotFails(t *testing.T) {
	t.Parallel()
	w := peopled(t)
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad.json")
	write := func(text string) { require.NoError(t, os.WriteFile(bad, []byte(text), 0o600)) }
	write("PK")
	assert.Equal(t, "wecomsim snapshot: "+bad+" is no snapshot: it is not JSON\n", w.fails(cli.ExitFailed, "snapshot", "load", bad))
	write(`{"version":99,"corps":[],"state":{}}`)
	assert.Contains(t, w.fails(cli.ExitFailed, "snapshot", "load", bad), bad+": body: Restore: the snapshot is of version 99; this is version 1, and reads no other")
	assert.Contains(t, w.fails(cli.ExitFailed, "snapshot", "load", filepath.Join(dir, "none")), "no such file")
	assert.Contains(t, w.fails(cli.ExitFailed, "snapshot", "save", filepath.Join(dir, "none", "x")), "no such file")
	for _, args := range [][]string{{}, {"save"}, {"load", "a", "b"}, {"keep", "a"}} {
		assert.Contains(t, w.fails(cli.ExitUsage, append([]string{"snapshot"}, args...)...), "want save <file> or load <file>")
	}
	assert.Equal(t, "Alice", w.srv.Member("alice").Name)
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(text)
}

func TestResetCommand(t *testing.T) {
	t.Parallel()
	w := peopled(t)
	w.ok("fault", "add", "externalcontact/list", "--code", "45009")

	out := w.ok("reset")

	assert.Regexp(t, `^wwSIM0000000000001  Corp 1: 0 members, 0 customers, 0 group chats\nit is \S+\n$`, out)
	assert.Empty(t, w.srv.Members())
	assert.Empty(t, w.srv.Faults())
	assert.InDelta(t, 0, at(w.json("reset", "--server", w.url), "corps.0.counts.members"), 0)
	assert.Contains(t, w.fails(cli.ExitUsage, "reset", "all"), `unexpected "all"`)
}

// TestServePersists: what a simulator knew when it ended, the next one knows.
func TestServePersists(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "shop.json")
	r, known := serve(t, "--persist", file, "--seed", "small-shop")
	assert.Equal(t, file, known.Persist)
	w := nowhere(t, "WECOMSIM_URL", known.BaseURL)
	keys := wecomtest.Keys{Token: "mine", EncodingAESKey: known.EncodingAESKey, ReceiveID: known.CorpID}
	app := httptest.NewServer(acknowledger(keys))
	defer app.Close()
	w.ok("callback", "set", app.URL, "--token", "mine")
	members := len(w.json("show", "members").(object)["items"].([]any))
	token := getJSON(t, known.BaseURL+"/cgi-bin/gettoken?corpid="+known.CorpID+"&corpsecret="+known.Secret)["access_token"].(string)
	w.ok("act", "add-member", "userid=carol", "name=Carol")
	assert.Equal(t, cli.ExitOK, r.end())
	assert.Empty(t, r.errors.String())
	assert.Contains(t, readFile(t, file), `"carol"`)

	r, known = serve(t, "--persist", file, "--seed", "small-shop")
	assert.Equal(t, "wecomsim serve: goes on with "+file+"; --seed is for a new file\n", r.errors.String())
	assert.Equal(t, "mine", known.Token, "the callback has keys of its own")
	w = nowhere(t, "WECOMSIM_URL", known.BaseURL)
	assert.Len(t, w.json("show", "members").(object)["items"], members+1)
	assert.Contains(t, w.ok("callback"), app.URL)
	assert.InDelta(t, 0, getJSON(t, known.BaseURL+"/cgi-bin/externalcontact/get_follow_user_list?access_token="+token)["errcode"], 0, "programs go on, too")
	w.ok("act", "add-member", "userid=dave")
	w.ok("reset")
	assert.Len(t, w.json("show", "members").(object)["items"], members+1, "back to what the file held")
	assert.Equal(t, cli.ExitOK, r.end())
}

// TestServeSavesAfterChanges: who kills it loses a few seconds.
func TestServeSavesAfterChanges(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "shop.json")
	r := nowhere(t).start("serve", "--addr", "127.0.0.1:0", "--persist="+file)
	r.out.shows(t, "keeps all in "+file, 1)
	base := strings.TrimSuffix(strings.Fields(r.out.String())[3], ",")
	w := nowhere(t, "WECOMSIM_URL", base)
	assert.NotContains(t, readFile(t, file), `"carol"`)
	w.ok("act", "add-member", "userid=carol")
	assert.Eventually(t, func() bool { return strings.Contains(readFile(t, file), `"carol"`) }, patience, 10*time.Millisecond)
	assert.Equal(t, cli.ExitOK, r.end())
	left, err := os.ReadDir(filepath.Dir(file))
	require.NoError(t, err)
	assert.Len(t, left, 1, "nothing else is left behind")
}

// TestServeLetsTimePass: what fell due while nobody served happens when it goes
// on.
func TestServeLetsTimePass(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "shop.json")
	srv := wecomtest.NewServer()
	defer srv.Close()
	srv.Clock().Freeze(time.Now().Add(-48 * time.Hour))
	srv.Clock().Unfreeze()
	alice, bob := srv.AddMember(wecomtest.Member{UserID: "alice"}), srv.AddMember(wecomtest.Member{UserID: "bob"})
	zoe := srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
	_, err := wecom.Do[wecom.Empty](t.Context(), srv.NewClient(), wecom.Operation{
		Method: http.MethodPost, Path: "/cgi-bin/externalcontact/transfer_customer", Doc: 92125,
	}, object{"handover_userid": alice, "takeover_userid": bob, "external_userid": []string{zoe}})
	require.NoError(t, err)
	data, err := srv.Snapshot()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, data, 0o600))

	r, known := serve(t, "--persist", file)

	w := nowhere(t, "WECOMSIM_URL", known.BaseURL)
	now, err := time.Parse(time.RFC3339, strings.TrimSpace(w.ok("clock")))
	require.NoError(t, err)
	assert.WithinDuration(t, time.Now(), now, time.Minute)
	assert.Equal(t, "bob", at(w.json("show", "customers", zoe), "follow_user.0.userid"), "the transfer has come to pass")
	assert.Equal(t, cli.ExitOK, r.end())
}

// TestServeLeavesWhatItCannotRead: a file that is not a snapshot stays.
func TestServeLeavesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "notes.txt")
	require.NoError(t, os.WriteFile(file, []byte("dear diary"), 0o600))
	msg := nowhere(t).fails(cli.ExitFailed, "serve", "--addr", "127.0.0.1:0", "--persist", file)
	assert.Equal(t, "wecomsim serve: --persist "+file+": Restore: this is no snapshot: it does not begin with its version; it stays as it is: give another file to begin anew\n", msg)
	assert.Equal(t, "dear diary", readFile(t, file))
	assert.Contains(t, nowhere(t).fails(cli.ExitFailed, "serve", "--addr", "127.0.0.1:0", "--persist", dir), "--persist "+dir)
	assert.Contains(t, nowhere(t).fails(cli.ExitFailed, "serve", "--addr", "127.0.0.1:0", "--persist", filepath.Join(dir, "none", "x")), "--persist: ")
}
