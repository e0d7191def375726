package cli_test

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/cli"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestFollowCalls(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.token()
	w.token()
	all := w.start("calls", "--follow", "--limit=1")
	all.out.shows(t, "gettoken  ok\n", 1)
	refused := w.start("calls", "--follow", "--op", "gettoken", "--code", "40013", "--limit", "100")
	lines := w.start("calls", "--follow", "-o", "json", "--limit", "100")
	lines.out.shows(t, "\n", 2)
	w.token()
	w.call("gettoken?corpid=ww0&corpsecret=x")
	w.call("externalcontact/get_follow_user_list")
	all.out.shows(t, "\n", 4)
	assert.Contains(t, all.out.String(), "   2  ", "the latest one")
	assert.NotContains(t, all.out.String(), "   1  ")
	refused.out.shows(t, "errcode 40013", 1)
	lines.out.shows(t, "\n", 5)
	for _, r := range []*running{all, refused, lines} {
		assert.Equal(t, cli.ExitOK, r.end())
		assert.Empty(t, r.errors.String())
	}
	assert.Equal(t, 1, strings.Count(refused.out.String(), "\n"))
	for line := range strings.Lines(lines.out.String()) {
		var c wecomtest.Call
		require.NoError(t, json.Unmarshal([]byte(line), &c), line)
		assert.NotZero(t, c.N)
	}
	assert.Contains(t, w.fails(cli.ExitFailed, "calls", "--follow", "--op", "gettokn"), "nearest: gettoken")
}

func TestFollowDeliveries(t *testing.T) {
	t.Parallel()
	w := peopled(t)
	w.srv.Callback(acknowledger(w.srv.Keys()))
	w.ok("trigger", "text")
	all := w.start("deliveries", "--follow", "--limit", "5")
	texts := w.start("deliveries", "--follow", "--event", "text", "-o=json", "--limit=5")
	all.out.shows(t, "callback 1  text  to app 1000002: 200", 1)
	w.ok("trigger", "image")
	w.ok("trigger", "text")
	all.out.shows(t, "callback 3  text", 1)
	texts.out.shows(t, "\n", 2)
	assert.Equal(t, cli.ExitOK, all.end())
	assert.Equal(t, cli.ExitOK, texts.end())
	assert.Equal(t, 3, strings.Count(all.out.String(), "\n"), "once each, when it is done")
	for line := range strings.Lines(texts.out.String()) {
		var d api.Delivery
		require.NoError(t, json.Unmarshal([]byte(line), &d), line)
		assert.Equal(t, "text", d.Event)
	}
}

// gate is an address at which a simulator comes and goes.
type gate struct {
	t    *testing.T
	addr string
	web  *http.Server
	in   net.Listener
}

func (g *gate) open(h http.Handler) {
	g.t.Helper()
	if g.addr == "" {
		g.addr = "127.0.0.1:0"
	}
	l, err := net.Listen("tcp", g.addr)
	require.NoError(g.t, err)
	g.addr, g.in = l.Addr().String(), l
	g.web = &http.Server{Handler: h}
	go g.web.Serve(l)
}

func (g *gate) close() {
	_ = g.web.Close()
	_ = g.in.Close() // Serve may not have begun
}

// Who watches a simulator that is started anew goes on with what the new one
// has; who watches one that was only out of reach misses nothing.
func TestFollowersComeBack(t *testing.T) {
	t.Parallel()
	first := newWorld(t)
	first.token()
	g := &gate{t: t}
	g.open(first.api)
	w := nowhere(t, "WECOMSIM_URL", g.addr)
	calls := w.start("calls", "--follow", "--limit", "9")
	calls.out.shows(t, "\n", 1)

	g.close()
	calls.errors.shows(t, "nobody answers at "+g.addr, 1)
	first.token() // while nobody listened
	g.open(first.api)
	calls.out.shows(t, "\n", 2)
	assert.Contains(t, calls.out.String(), "   2  ")

	g.close()
	calls.errors.shows(t, "nobody answers", 2)
	second := newWorld(t)
	second.token()
	g.open(second.api)
	calls.out.shows(t, "\n", 3)
	assert.Equal(t, 2, strings.Count(calls.out.String(), "   1  "), "the first call of each")
	g.close()
	assert.Equal(t, cli.ExitOK, calls.end())
	assert.LessOrEqual(t, strings.Count(calls.errors.String(), "\n"), 3, "once for each time that it went away")
}

// lines are the words of each line, without the time.
func lines(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		out = append(out, strings.TrimSpace(line))
	}
	return out
}

func TestListen(t *testing.T) {
	t.Parallel()
	w := peopled(t)
	var types []string
	good := acknowledger(w.srv.Keys())
	app := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		types = append(types, r.Method+" "+r.Header.Get("Content-Type"))
		good.ServeHTTP(rw, r)
	}))
	defer app.Close()
	l := w.start("listen", "--forward-to", app.URL+"/hook?app=1", "--agent", "1000002", "--corp="+w.srv.CorpID())
	l.out.shows(t, "ready: the application has passed the check; callbacks of "+w.srv.CorpID()+" go to "+app.URL, 1)
	assert.Contains(t, w.ok("callback"), "wecomsim listen")
	w.ok("act", "delete-member", "userid=alice", "external_userid=wmZoe")
	l.out.shows(t, "POST change_external_contact/del_follow_user  → 200 in ", 1)
	assert.True(t, w.srv.Delivery(1).Delivered())
	assert.Equal(t, cli.ExitOK, l.end())
	assert.Empty(t, l.errors.String())
	shown := lines(l.out.String())
	require.Len(t, shown, 3)
	assert.Regexp(t, `^\d\d:\d\d:\d\d  GET  check of the URL  → 200 in `, shown[0])
	assert.Equal(t, []string{"GET ", "POST text/xml"}, types)
}

func TestListenForOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	suite := w.srv.AddSuite(wecomtest.Suite{Name: "CRM"}).SuiteID
	robot := w.srv.AddAIBot(wecomtest.AIBot{Name: "helper"})
	provider := w.srv.Provider().CorpID
	suiteKeys := w.srv.SuiteKeys(suite)
	suiteKeys.ReceiveID, suiteKeys.SuiteID = provider, ""
	mine := w.srv.Keys()
	mine.Token, mine.EncodingAESKey = "mine", strings.Repeat("c", 42)+"E"
	for _, tt := range []struct {
		flags []string
		keys  wecomtest.Keys
	}{
		{[]string{"--suite", suite}, suiteKeys},
		{[]string{"--robot", robot}, w.srv.AIBotKeys(robot)},
		{[]string{"--provider", provider}, w.srv.ProviderKeys(provider)},
		{[]string{"--token", "mine", "--aes-key", mine.EncodingAESKey, "--json"}, mine},
	} {
		l := w.start(append([]string{"listen", "--forward-to", w.applicationWith(tt.keys).URL}, tt.flags...)...)
		l.out.shows(t, "ready", 1)
		assert.Equal(t, cli.ExitOK, l.end())
	}
}

func TestListenRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	app := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(rw, "hello") }))
	defer app.Close()
	l := w.start("listen", "--forward-to", app.URL)
	assert.Equal(t, cli.ExitFailed, l.exit())
	assert.Contains(t, l.errors.String(), `got 200 "hello"; wecomsim doctor --base-url `+app.URL+" tells more")
	assert.Contains(t, w.fails(cli.ExitFailed, "listen", "--forward-to", app.URL, "--robot", "x"), "x")
}

// A listener outlives its simulator, and its application.
func TestListenersComeBack(t *testing.T) {
	t.Parallel()
	first := peopled(t)
	g := &gate{t: t}
	g.open(first.api)
	app := &gate{t: t}
	app.open(acknowledger(first.srv.Keys()))
	w := nowhere(t, "WECOMSIM_URL", g.addr)
	l := w.start("listen", "--forward-to", "http://"+app.addr)
	l.out.shows(t, "ready", 1)
	g.close()
	l.errors.shows(t, "waiting for it", 1)
	second := peopled(t)
	g.open(second.api)
	l.out.shows(t, "ready", 2)

	app.close()
	done := make(chan string)
	go func() { done <- second.ok("act", "delete-member", "userid=alice", "external_userid=wmZoe") }()
	app.open(acknowledger(first.srv.Keys()))
	assert.Contains(t, <-done, ": 200 in", "it was brought when the application was back")
	assert.Equal(t, cli.ExitOK, l.end())
	g.close()
	app.close()
}

// Whatever is not meant to go on for ever fails if it is interrupted.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 1)
	web := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		<-r.Context().Done()
	}))
	defer web.Close()
	w := nowhere(t, "WECOMSIM_URL", web.URL)
	for _, line := range []string{"calls", "act add-member", "doctor --base-url http://127.0.0.1:1"} {
		r := w.start(strings.Fields(line)...)
		<-asked
		assert.Equal(t, cli.ExitFailed, r.end(), line)
		assert.Contains(t, r.errors.String(), ": interrupted\n")
	}
	for _, line := range []string{"calls --follow", "deliveries --follow", "listen --forward-to http://127.0.0.1:1"} {
		r := w.start(strings.Fields(line)...)
		<-asked
		assert.Equal(t, cli.ExitOK, r.end(), line)
		assert.Empty(t, r.errors.String())
	}
}
