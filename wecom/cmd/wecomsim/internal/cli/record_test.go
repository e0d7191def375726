package cli_test

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/cli"
	"github.com/wecomkit/wecom-go/wecom/wecomtest/cassette"
)

// ask makes a call as a program in any language does.
func ask(t *testing.T, base, path, body string) (status int, answer string) {
	t.Helper()
	method := http.MethodGet
	if body != "" {
		method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(t.Context(), method, base+"/cgi-bin/"+path, strings.NewReader(body))
	require.NoError(t, err)
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res.StatusCode, string(text)
}

// exported is a variable that a command prints for a program.
func exported(t *testing.T, r *running, name string) string {
	t.Helper()
	r.out.shows(t, "Ctrl-C", 1)
	m := regexp.MustCompile(name + `=(\S+)`).FindStringSubmatch(r.out.String())
	require.NotNil(t, m, r.out.String())
	return m[1]
}

func TestRecordAndReplay(t *testing.T) {
	t.Parallel()
	w := peopled(t)
	file := filepath.Join(t.TempDir(), "story.json")
	rec := w.start("record", "--upstream", w.url, "--out", file, "--keep", "text.content", "--listen", "127.0.0.1:0")
	base := exported(t, rec, "WECOM_BASE_URL")
	assert.Contains(t, rec.out.String(), "This is real traffic")

	cred, token := w.srv.Credential(), w.token()
	_, answer := ask(t, base, "gettoken?corpid="+cred.CorpID+"&corpsecret="+cred.Secret, "")
	assert.Contains(t, answer, `"expires_in":7200`)
	_, answer = ask(t, base, "externalcontact/list?access_token="+token+"&userid=alice", "")
	assert.Contains(t, answer, "wmZoe", "the program sees what WeCom says")
	_, answer = ask(t, base, "externalcontact/add_msg_template?access_token="+token, `{"external_userid":["wmZoe"],"text":{"content":"春茶到店"}}`)
	assert.Contains(t, answer, "msgid")
	_, answer = ask(t, base, "externalcontact/list?access_token=wrong&userid=alice", "")
	assert.Contains(t, answer, "40014")
	assert.Equal(t, cli.ExitOK, rec.end())
	assert.Contains(t, rec.out.String(), "   3  POST externalcontact/add_msg_template  200\n   4  GET externalcontact/list  200, errcode 40014\n")
	assert.Contains(t, rec.out.String(), "4 calls are in "+file+"\n")
	assert.NotContains(t, rec.out.String()+rec.errors.String(), token)

	info, err := os.Stat(file)
	require.NoError(t, err)
	if runtime.GOOS != "windows" {
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	for _, secret := range []string{cred.CorpID, cred.Secret, token, "alice", "wmZoe"} {
		assert.NotContains(t, string(text), secret)
	}
	assert.Contains(t, string(text), "春茶到店", "it was to be kept")

	assert.Equal(t, "4 calls, as the official pages say\n", w.ok("replay", "--check", file))
	recording, err := cassette.Decode(text)
	require.NoError(t, err)
	who := recording.Interactions[1].Request.Query["userid"]

	t.Run("as it was", func(t *testing.T) {
		t.Parallel()
		r := nowhere(t).start("replay", file, "--listen", "127.0.0.1:0")
		base := exported(t, r, "WECOM_BASE_URL")
		corp, secret := exported(t, r, "WECOM_CORP_ID"), exported(t, r, "WECOM_SECRET")
		for range 2 { // clients ask for tokens when they please
			_, answer := ask(t, base, "gettoken?corpid="+corp+"&corpsecret="+secret, "")
			assert.Contains(t, answer, `"expires_in":7200`)
		}
		_, first := ask(t, base, "externalcontact/list?access_token=mine&userid="+who, "")
		assert.Contains(t, first, `"external_userid":[`)
		_, second := ask(t, base, "externalcontact/list?access_token=mine&userid="+who, "")
		assert.Contains(t, second, "40014", "the same again, in the order of the recording")
		status, _ := ask(t, base, "externalcontact/add_msg_template?access_token=mine", body(t, recording))
		assert.Equal(t, http.StatusOK, status)
		assert.Equal(t, cli.ExitOK, r.end())
		assert.Contains(t, r.out.String(), "every call of the recording was made, and no other")
	})

	t.Run("otherwise", func(t *testing.T) {
		t.Parallel()
		r := nowhere(t).start("replay", file)
		base := exported(t, r, "WECOM_BASE_URL")
		status, answer := ask(t, base, "externalcontact/list?access_token=mine&userid=alice", "")
		assert.Equal(t, http.StatusNotFound, status)
		assert.Contains(t, answer, "not in the recording")
		assert.Equal(t, cli.ExitFailed, r.end())
		assert.Contains(t, r.out.String(), "  - query.userid = \""+who+"\"\n  + query.userid = \"alice\"\n")
		assert.Contains(t, r.out.String(), "nobody made POST externalcontact/add_msg_template\n")
		assert.Contains(t, r.errors.String(), "1 requests were not in the recording, 3 of the recording were not made")
	})
}

func body(t *testing.T, recording *cassette.Cassette) string {
	t.Helper()
	m, ok := recording.Interactions[2].Request.Body.(map[string]any)
	require.True(t, ok)
	ids, ok := m["external_userid"].([]any)
	require.True(t, ok)
	return `{"text":{"content":"春茶到店"},"external_userid":["` + ids[0].(string) + `"]}`
}

func TestRecordInADirectory(t *testing.T) {
	t.Parallel()
	w := peopled(t)
	dir := t.TempDir()
	rec := w.start("record", "--upstream", w.url, "--out", dir, "--media")
	base := exported(t, rec, "WECOM_BASE_URL")
	media := url.Values{"access_token": {w.token()}, "media_id": {"none"}}
	_, answer := ask(t, base, "media/get?"+media.Encode(), "")
	assert.Contains(t, answer, "40007")
	assert.Equal(t, cli.ExitOK, rec.end())
	list, err := filepath.Glob(dir + "/recording-*.json")
	require.NoError(t, err)
	require.Len(t, list, 1)

	idle := w.start("record", "--upstream", w.url, "--out", filepath.Join(dir, "idle.json"))
	idle.out.shows(t, "Ctrl-C", 1)
	assert.Equal(t, cli.ExitOK, idle.end())
	assert.Contains(t, idle.out.String(), "nothing was recorded")
	assert.NoFileExists(t, filepath.Join(dir, "idle.json"))

	assert.Contains(t, w.fails(cli.ExitFailed, "record", "--out", list[0]), "is there already")
	assert.Contains(t, w.fails(cli.ExitFailed, "record", "--out", dir+"/none/x.json"), "--out: ")
	assert.Contains(t, w.fails(cli.ExitUsage, "record"), "--out: want a file or a directory")
	assert.Contains(t, w.fails(cli.ExitUsage, "record", "--out", dir+"/x.json", "--upstream", "http://qyapi.weixin.qq.com"), "want https")
	assert.Contains(t, w.fails(cli.ExitUsage, "record", "--out", dir+"/x.json", "x"), `unexpected "x"`)
	assert.Contains(t, w.fails(cli.ExitFailed, "record", "--out", dir+"/x.json", "--listen", "256.0.0.1:0"), "256.0.0.1")
}

// What stands before the upstream cannot be reached: the program is told, and
// nothing is recorded.
func TestRecordWithoutUpstream(t *testing.T) {
	t.Parallel()
	rec := nowhere(t).start("record", "--upstream", "http://127.0.0.1:1", "--out", filepath.Join(t.TempDir(), "x.json"), "--listen", ":0")
	base := exported(t, rec, "WECOM_BASE_URL")
	assert.Contains(t, rec.errors.String(), "Other machines can reach this address.")
	status, _ := ask(t, base, "gettoken?corpid=ww1&corpsecret=SECRET", "")
	assert.Equal(t, http.StatusBadGateway, status)
	rec.out.shows(t, "   1  GET gettoken  not recorded: dial tcp 127.0.0.1:1: ", 1)
	assert.Equal(t, cli.ExitOK, rec.end())
	assert.NotContains(t, rec.out.String(), "SECRET")
}

func TestReplayOfWhatIsNoRecording(t *testing.T) {
	t.Parallel()
	w := nowhere(t)
	name := filepath.Join(t.TempDir(), "x.json")
	assert.Contains(t, w.fails(cli.ExitFailed, "replay", name), "wecomsim replay: "+name+": ")
	require.NoError(t, os.WriteFile(name, []byte(`{"version": 1, "interactions": [{"request": {"method": "GET", "path": "/cgi-bin/getcallbackip", "query": {"access_token": "x"}},
		"response": {"status": 200, "body": {"errcode": 0, "errmsg": "ok", "ip_list": [], "mood": "fine"}}}]}`), 0o600))
	r := w.run("replay", "--check", name)
	assert.Equal(t, cli.ExitFound, r.code)
	assert.Equal(t, "getcallbackip: response.body.mood: unknown string (interaction 1)\n", r.stdout)
	assert.Empty(t, r.stderr)
	require.NoError(t, os.WriteFile(name, []byte(`{"version": 7}`), 0o600))
	assert.Contains(t, w.fails(cli.ExitFailed, "replay", "--check", name), "version 7, want 1")
	assert.Contains(t, w.fails(cli.ExitUsage, "replay"), "want one file")
}
