package cli_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/cli"
)

func TestMisuse(t *testing.T) {
	t.Parallel()
	w := peopled(t)
	for _, tt := range []struct{ line, says string }{
		{"act add-membr", "nobody can add-membr (did you mean add-member?)"},
		{"act frobnicate", "nobody can frobnicate;"},
		{"act add-customer usrid=alice", "add-customer takes no usrid (did you mean userid?); wecomsim act add-customer --args lists what it takes"},
		{"act add-customer name=Zoe", "add-customer needs userid;"},
		{"act add-customer alice", `want key=value, not "alice"`},
		{"act add-customer userid=alice userid=bob", "userid is there twice"},
		{"act add-member userid=x department=1,two", `department: want integer,..., not "1,two"`},
		{"act add-member userid=x no_contact=perhaps", `no_contact: want boolean, not "perhaps"`},
		{"act add-member userid=x department=[1", `department: want integer,..., not "[1"`},
		{"trigger", "want one event"},
		{"trigger text image", "want one event"},
		{"trigger --list text", "want one event"},
		{"trigger --list --set a=b", "trigger --list takes no --set"},
		{"trigger text --set Content", `--set "Content": want path=value`},
		{"trigger text --set Content=1 --set Content=2", `--set "Content=2": it is there twice`},
		{"listen", "--forward-to: want the callback URL"},
		{"listen --forward-to localhost:8080", "--forward-to: want the callback URL"},
		{"listen --forward-to http://127.0.0.1:1 now", `unexpected "now"`},
		{"doctor", "--base-url: want the callback URL"},
		{"doctor http://127.0.0.1:1", `unexpected "http://127.0.0.1:1"`},
		{"doctor --base-url http://127.0.0.1:1 --suite a --robot b", "want one of them"},
		{"calls one", `want the number of a call, not "one"`},
		{"calls 1 2", `unexpected "2"`},
		{"calls 1 --follow", `unexpected "1"`},
		{"calls 1 --op gettoken", "calls <number> takes no --op"},
		{"calls --limit 0", "--limit: want 1 or more"},
		{"calls --limit many", `--limit "many": it cannot be read`},
		{"calls --code ok", `--code "ok": want a number`},
		{"deliveries one", `want the number of a callback, not "one"`},
		{"deliveries replay one", `want the number of a callback, not "one"`},
		{"deliveries replay", `want the number of a callback, not "replay"`},
		{"deliveries replay 1 --event text", "deliveries replay takes no --event"},
		{"deliveries 1 --limit 2", "deliveries <number> takes no --limit"},
		{"deliveries 1 2", `unexpected "2"`},
		{"deliveries --limit 0", "--limit: want 1 or more"},
		{"fault add", "want add <operation>, list or rm <number>"},
		{"fault ad gettoken", "want add <operation>"},
		{"fault rm x", `want the number of a fault, not "x"`},
		{"fault rm 1 --lost", "fault rm takes no --lost"},
		{"fault --code -1", "fault list takes no --code"},
		{"fault add gettoken --code x", `--code "x": want a number`},
		{"fault add gettoken --where corpid", `--where "corpid": want path=value`},
		{"fault add gettoken --where a=1 --where a=2", "it is there twice"},
		{"fault add gettoken --delay soon", `--delay "soon": it cannot be read`},
		{"mishap ad", "want add [event ...], list or rm <number>"},
		{"mishap rm x", `want the number of a mishap, not "x"`},
		{"mishap list --lose", "mishap list takes no --lose"},
		{"limits set", "want set <operation>, reset or nothing"},
		{"limits reset --max 1", "takes no --max"},
		{"limits --max 1", "takes no --max"},
		{"corp new Tea", "want list or add <name>"},
		{"serve now", `unexpected "now"`},
		{"serve --addr 7070", "--addr: want host:port"},
		{"serve --token x", "are those of --callback"},
		{"serve --callback localhost:8080", "--callback: want a URL such as"},
		{"serve --callback http://localhost:8080 --aes-key short", "--aes-key: EncodingAESKey is not 43 letters and digits"},
		{"serve --log-bytes -1", "--log-bytes: want 0 or more"},
		{"serve --server x", "no flag --server"},
		{"spec -o yaml externalcontact/get", `-o "yaml": want text or json`},
		{"calls --lmit 3", "no flag --lmit (did you mean --limit?)"},
		{"calls --op", "--op needs a value"},
		{"calls --server ftp://x", "--server: want a URL such as http://127.0.0.1:7070"},
		{"calls --server http://", "--server: want a URL such as"},
	} {
		said := w.fails(cli.ExitUsage, strings.Fields(tt.line)...)
		assert.Contains(t, said, tt.says, tt.line)
		command := strings.Fields(tt.line)[0]
		assert.True(t, strings.HasSuffix(said, "\nwecomsim help "+command+" tells how it is used\n"), said)
		assert.True(t, strings.HasPrefix(said, "wecomsim "+command+": "), said)
	}
	for _, tt := range []struct{ line, says string }{
		{"act add-customer userid=bob", `no member "bob"`},
		{"trigger txt", `no event "txt"; nearest: text,`},
		{"trigger text", "there is none"},
		{"trigger text --set Contnt=x", `text has no "Contnt"; nearest: Content,`},
	} {
		assert.Contains(t, w.fails(cli.ExitFailed, strings.Fields(tt.line)...), tt.says, tt.line)
	}
}

// clients are command lines of all commands that ask a simulator.
func clients() []string {
	return []string{
		"act", "act add-member", "trigger text", "trigger --list", "calls", "calls 1", "calls --follow", "calls --op gettoken --follow",
		"deliveries", "deliveries 1", "deliveries --follow", "deliveries replay 1", "deliveries --event text",
		"show", "show members", "show members alice", "callback", "callback set http://127.0.0.1:1", "callback rm", "corp", "corp add x",
		"fault", "fault add gettoken --lost", "fault rm 1", "mishap", "mishap add --lose", "mishap rm 1", "limits", "limits reset",
		"seed load messy", "chaos", "chaos start flaky-nat", "chaos stop", "chaos stop 1", "chaos profiles",
		"limits set gettoken --max 1", "clock", "clock advance 1h", "clock freeze", "clock unfreeze",
		"listen --forward-to http://127.0.0.1:1", "doctor --base-url http://127.0.0.1:1",
		"doctor --base-url http://127.0.0.1:1 --suite x", "doctor --base-url http://127.0.0.1:1 --robot x",
	}
}

func TestNobodyAnswers(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	addr := closed.Addr().String()
	for _, line := range clients() {
		said := nowhere(t).fails(cli.ExitOffline, append(strings.Fields(line), "--server", addr)...)
		assert.Contains(t, said, "nobody answers at "+addr+": is wecomsim serve running?", line)
	}
}

// Something else than wecomsim may listen at the address.
func TestSomebodyElseAnswers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		handler http.HandlerFunc
		code    int
		says    string
	}{
		{"a page", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "<!DOCTYPE html><h1>It works!</h1>")
		}, cli.ExitFailed, "does not answer like wecomsim"},
		{"a page that is not there", func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }, cli.ExitFailed, "does not answer like wecomsim: 404 Not Found"},
		{"JSON of its own", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, `{"message":"no"}`, http.StatusBadRequest) }, cli.ExitFailed, "does not answer like wecomsim: 400 Bad Request"},
		{"half of an answer", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"items":[`) }, cli.ExitFailed, "does not answer like wecomsim"},
		{"nothing", func(http.ResponseWriter, *http.Request) {}, cli.ExitFailed, "does not answer like wecomsim"},
		{"a list", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `[1,2]`) }, cli.ExitFailed, "does not answer like wecomsim"},
		{"a proxy with nobody behind", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusBadGateway) }, cli.ExitOffline, "502 Bad Gateway"},
		{"one who hangs up", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, cli.ExitOffline, "nobody answers"},
		{"one who sends everybody away", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }, cli.ExitOffline, "redirect"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			web := httptest.NewServer(tt.handler)
			defer web.Close()
			w := nowhere(t, "WECOMSIM_URL", web.URL)
			for _, line := range clients() {
				assert.Contains(t, w.fails(tt.code, strings.Fields(line)...), tt.says, line)
			}
		})
	}
}

// Wherever the simulator is written, it is found.
func TestServer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	host := strings.TrimPrefix(w.url, "http://")
	for _, server := range []string{w.url, w.url + "/", host, w.url + "/_sim", w.url + "/_sim/"} {
		assert.Empty(t, nowhere(t).ok("calls", "--server", server), server)
		assert.Empty(t, nowhere(t, "WECOMSIM_URL", server).ok("calls"), server)
	}
	assert.Empty(t, nowhere(t, "WECOMSIM_URL", "http://127.0.0.1:1").ok("calls", "--server", host), "the flag counts")
}
