package cli_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/cli"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func callbackKeys(k wecomtest.Keys) callback.Keys {
	return callback.Keys{Token: k.Token, EncodingAESKey: k.EncodingAESKey, ReceiveID: cmp.Or(k.ReceiveID, callback.NoReceiveID)}
}

func handler(t *testing.T, keys wecomtest.Keys) *callback.Handler {
	t.Helper()
	h, err := callback.NewHandler(callbackKeys(keys))
	require.NoError(t, err)
	return h
}

func TestDoctor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	app := httptest.NewServer(handler(t, w.srv.Keys()))
	defer app.Close()
	out := w.ok("doctor", "--base-url", app.URL)
	assert.Regexp(t, `^ok    echo: the check of the URL is answered`, out)
	assert.True(t, strings.HasSuffix(out, "\nNothing is wrong.\n"), out)

	// The same with keys that no simulator knows.
	keys := wecomtest.Keys{Token: "mine", EncodingAESKey: strings.Repeat("c", 42) + "E", ReceiveID: "ww1"}
	app = httptest.NewServer(handler(t, keys))
	defer app.Close()
	nowhere(t).ok("doctor", "--base-url", app.URL, "--token", keys.Token, "--aes-key", keys.EncodingAESKey, "--receive-id", "ww1")
	env := []string{"WECOM_CALLBACK_TOKEN", keys.Token, "WECOM_CALLBACK_AES_KEY", keys.EncodingAESKey}
	nowhere(t, append(env, "WECOM_CORP_ID", "ww1")...).ok("doctor", "--base-url", app.URL)
	assert.Contains(t, nowhere(t, env...).fails(cli.ExitUsage, "doctor", "--base-url", app.URL), "--receive-id: want the corp id")
	assert.Contains(t, nowhere(t, "WECOMSIM_URL", "http://127.0.0.1:1").fails(cli.ExitOffline, "doctor", "--base-url", app.URL),
		"give --token, --aes-key and --receive-id, or start a simulator that has them: nobody answers")

	r := w.run("doctor", "--base-url", app.URL)
	assert.Equal(t, cli.ExitFound, r.code)
	assert.Empty(t, r.stderr)
	assert.Regexp(t, `^fail  echo: the application refuses the check with 403 .*\n      it answers a wrong Token, EncodingAESKey and receive id alike`, r.stdout)
	assert.True(t, strings.HasSuffix(r.stdout, "\nWeCom would not get along with this application.\n"))
	r = w.run("doctor", "--base-url", app.URL, "-o", "json")
	assert.Equal(t, cli.ExitFound, r.code)
	var list []object
	require.NoError(t, json.Unmarshal([]byte(r.stdout), &list))
	assert.Equal(t, []any{"echo", "fail"}, []any{list[0]["check"], list[0]["level"]})
	for _, line := range lines(r.stdout) {
		assert.LessOrEqual(t, len(line), 400)
	}

	// Warnings alone are no failure.
	good := acknowledger(w.srv.Keys()) // believes any signature of an event, and old timestamps
	lax := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if echo := q.Get("echostr"); echo != "" && w.srv.Keys().Sign(q.Get("timestamp"), q.Get("nonce"), echo) != q.Get("msg_signature") {
			rw.WriteHeader(http.StatusForbidden)
			return
		}
		good.ServeHTTP(rw, r)
	}))
	defer lax.Close()
	out = w.ok("doctor", "--base-url", lax.URL)
	assert.Contains(t, out, "\nwarn  timestamp: ")
	assert.True(t, strings.HasSuffix(out, "\nIt works with WeCom; the warnings are worth a look.\n"), out)
}

func TestDoctorOfOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	suite := w.srv.AddSuite(wecomtest.Suite{Name: "CRM"}).SuiteID
	keys := w.srv.SuiteKeys(suite)
	keys.ReceiveID, keys.SuiteID = suite, ""
	mux := http.NewServeMux()
	mux.Handle("GET /", handler(t, keys))
	mux.Handle("POST /", http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		handler(t, keys).ServeHTTP(rec, r)
		rw.WriteHeader(rec.Code)
		if rec.Code == http.StatusOK {
			_, _ = io.WriteString(rw, "success")
		}
	}))
	app := httptest.NewServer(mux)
	defer app.Close()
	w.ok("doctor", "--base-url", app.URL, "--suite", suite)
	assert.Contains(t, w.fails(cli.ExitFailed, "doctor", "--base-url", app.URL, "--suite", "ww0"), `the simulator has no suite "ww0"`)

	robot := w.srv.AddAIBot(wecomtest.AIBot{Name: "helper"})
	keys = w.srv.AIBotKeys(robot)
	bot := httptest.NewServer(handler(t, keys))
	defer bot.Close()
	out := w.ok("doctor", "--base-url", bot.URL, "--robot", robot)
	assert.Contains(t, out, "Nothing is wrong.")
	nowhere(t).ok("doctor", "--base-url", bot.URL, "--robot", "any", "--token", keys.Token, "--aes-key", keys.EncodingAESKey)
	assert.Contains(t, w.fails(cli.ExitFailed, "doctor", "--base-url", bot.URL, "--robot", "x"), `the simulator has no intelligent robot "x"`)

	// A personal third-party app has an empty receive id.
	empty := httptest.NewServer(handler(t, wecomtest.Keys{Token: keys.Token, EncodingAESKey: keys.EncodingAESKey}))
	defer empty.Close()
	out = nowhere(t).ok("doctor", "--base-url", empty.URL, "--token", keys.Token, "--aes-key", keys.EncodingAESKey, "--receive-id", "")
	assert.NotContains(t, out, "fail")
}

// greeter is an application that calls WeCom for each new customer: once for
// each event, or as often as it comes.
type greeter struct {
	world *world
	keys  wecomtest.Keys
	once  bool

	mu   sync.Mutex // guards seen
	seen map[string]bool
}

func (g *greeter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	data, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(data))
	rec := httptest.NewRecorder()
	handler(g.world.t, g.keys).ServeHTTP(rec, r)
	w.WriteHeader(rec.Code)
	_, _ = w.Write(rec.Body.Bytes())
	if rec.Code != http.StatusOK || r.Method != http.MethodPost {
		return
	}
	encrypted, _, _ := strings.Cut(string(data[bytes.Index(data, []byte("<Encrypt>"))+len("<Encrypt>"):]), "</Encrypt>")
	encrypted = strings.TrimSuffix(strings.TrimPrefix(encrypted, "<![CDATA["), "]]>")
	text, err := g.keys.Decrypt(encrypted)
	assert.NoError(g.world.t, err)
	_, code, found := strings.Cut(text, "<WelcomeCode><![CDATA[")
	if !found {
		return
	}
	code, _, _ = strings.Cut(code, "]]")
	g.mu.Lock()
	known := g.seen[text]
	g.seen[text] = true
	g.mu.Unlock()
	if g.once && known {
		return
	}
	body := fmt.Sprintf(`{"welcome_code":%q,"text":{"content":"hello"}}`, code)
	req := httptest.NewRequest(http.MethodPost, "/cgi-bin/externalcontact/send_welcome_msg?access_token="+g.world.token(), strings.NewReader(body))
	g.world.srv.Handler().ServeHTTP(httptest.NewRecorder(), req)
}

func TestDoctorTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	g := &greeter{world: w, keys: w.srv.Keys(), seen: make(map[string]bool)}
	app := httptest.NewServer(g)
	defer app.Close()
	r := w.run("doctor", "--base-url", app.URL, "--twice")
	assert.Equal(t, cli.ExitFound, r.code)
	assert.Contains(t, r.stdout, "fail  twice: an event cannot be sent twice: the simulator's events do not go to "+app.URL)

	w.ok("callback", "set", app.URL)
	r = w.run("doctor", "--base-url", app.URL, "--twice")
	assert.Equal(t, cli.ExitFound, r.code, r.stderr)
	assert.Contains(t, r.stdout, "fail  twice: an event that came twice made the application do something twice: externalcontact/send_welcome_msg\n      handle each event once")
	assert.NotContains(t, r.stdout, "warn")

	g.once = true
	out := w.ok("doctor", "--base-url", app.URL, "--twice")
	assert.Contains(t, out, "ok    twice: an event that came twice was handled once: externalcontact/send_welcome_msg\n")
	assert.Equal(t, 2, strings.Count(w.ok("mishap"), "happened 1 of 1"), "none is left")
}
