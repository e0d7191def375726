package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/cli"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

type object = map[string]any

// used are the commands that tests have run, and "command --flag".
var used sync.Map

// world is a simulator whose API is served.
type world struct {
	t   *testing.T
	srv *wecomtest.Server
	api *api.API
	url string
	env map[string]string

	stdin string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	srv := wecomtest.NewServer()
	t.Cleanup(srv.Close)
	w := &world{t: t, srv: srv, api: api.New(srv, api.WithBaseURL("http://sim.test"))}
	web := httptest.NewServer(w.api)
	t.Cleanup(web.Close)
	t.Cleanup(w.api.Close) // before: streams end
	w.url = web.URL
	w.env = map[string]string{"WECOMSIM_URL": web.URL}
	return w
}

// peopled is a world with alice, her customer Zoe, a tag and a group chat.
func peopled(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.ok("act", "add-member", "userid=alice", "name=Alice")
	w.ok("act", "add-customer", "userid=alice", "name=Zoe", "external_userid=wmZoe", "state=fair")
	w.ok("act", "add-tag-group", "group_name=level", "tags=VIP,new")
	w.ok("act", "create-group-chat", "owner=alice", "name=tea", "userids=wmZoe")
	return w
}

// nowhere is a world without a simulator.
func nowhere(t *testing.T, env ...string) *world {
	t.Helper()
	w := &world{t: t, env: map[string]string{}}
	for i := 0; i < len(env); i += 2 {
		w.env[env[i]] = env[i+1]
	}
	return w
}

// result is what a command left behind.
type result struct {
	t              *testing.T
	code           int
	stdout, stderr string
}

// run runs a command line to its end.
func (w *world) run(args ...string) result {
	w.t.Helper()
	var out, complaints bytes.Buffer
	code := cli.Main(w.t.Context(), note(args), cli.Env{Stdin: strings.NewReader(w.stdin), Stdout: &out, Stderr: &complaints, Getenv: w.getenv, Now: still(), Sleep: sleep})
	r := result{w.t, code, out.String(), complaints.String()}
	line := strings.Join(args, " ")
	assert.NotContains(w.t, r.stdout+r.stderr, "\x1b", line)
	for text := range strings.Lines(r.stdout) {
		if !strings.HasPrefix(text, "\t") {
			assert.Equal(w.t, strings.TrimRight(text, " \n")+"\n", text, "%s: spaces at the end, or no line", line)
		}
	}
	return r
}

// still is a time that stands, so that a busy machine makes nothing slow.
func still() func() time.Time {
	now := time.Now()
	return func() time.Time { return now }
}

// sleep is a hundred times as fast as the system's clock.
func sleep(ctx context.Context, d time.Duration) error {
	ctx, cancel := context.WithTimeoutCause(ctx, d/100, errAwake)
	defer cancel()
	<-ctx.Done()
	if errors.Is(context.Cause(ctx), errAwake) {
		return nil
	}
	return ctx.Err()
}

var errAwake = errors.New("awake")

func (w *world) getenv(name string) string { return w.env[name] }

// note remembers which flags were used.
func note(args []string) []string {
	if len(args) == 0 {
		return args
	}
	used.Store(args[0], true)
	for _, arg := range args[1:] {
		if name, _, _ := strings.Cut(arg, "="); strings.HasPrefix(name, "-") {
			used.Store(args[0]+" "+name, true)
		}
	}
	return args
}

// ok runs a command line that succeeds and says nothing on stderr.
func (w *world) ok(args ...string) string {
	w.t.Helper()
	r := w.run(args...)
	require.Equal(w.t, cli.ExitOK, r.code, "%q: %s", args, r.stderr)
	assert.Empty(w.t, r.stderr, "%q", args)
	return r.stdout
}

// fails runs a command line that does not, and prints nothing but why.
func (w *world) fails(code int, args ...string) string {
	w.t.Helper()
	r := w.run(args...)
	assert.Equal(w.t, code, r.code, "%q: %s", args, r.stderr)
	assert.Empty(w.t, r.stdout, "%q", args)
	assert.NotContains(w.t, r.stderr, "%!", "%q", args)
	return r.stderr
}

// json runs a command line with -o json and decodes what it prints. It is run
// again to see that a reading command prints the same bytes.
func (w *world) json(args ...string) any {
	w.t.Helper()
	text := w.ok(slices.Insert(slices.Clone(args), 1, "-o", "json")...)
	var v any
	require.NoError(w.t, json.Unmarshal([]byte(text), &v), text)
	return v
}

// at returns what stands at a path such as items.0.name.
func at(v any, path string) any {
	for name := range strings.SplitSeq(path, ".") {
		switch in := v.(type) {
		case object:
			v = in[name]
		case []any:
			i := int(name[0] - '0')
			if i >= len(in) {
				return nil
			}
			v = in[i]
		default:
			return nil
		}
	}
	return v
}

// call makes a call to the simulator as a program does.
func (w *world) call(path string) string {
	w.t.Helper()
	req := httptest.NewRequest(http.MethodGet, "/cgi-bin/"+path, http.NoBody)
	rec := httptest.NewRecorder()
	w.srv.Handler().ServeHTTP(rec, req)
	return rec.Body.String()
}

// token fetches an access token.
func (w *world) token() string {
	w.t.Helper()
	cred := w.srv.Credential()
	var reply object
	require.NoError(w.t, json.Unmarshal([]byte(w.call("gettoken?corpid="+cred.CorpID+"&corpsecret="+cred.Secret)), &reply))
	token, _ := reply["access_token"].(string)
	return token
}

// application is one that passes the check and takes every event.
func (w *world) application() *httptest.Server { return w.applicationWith(w.srv.Keys()) }

func (w *world) applicationWith(keys wecomtest.Keys) *httptest.Server {
	app := httptest.NewServer(acknowledger(keys))
	w.t.Cleanup(app.Close)
	return app
}

func acknowledger(keys wecomtest.Keys) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if echo := r.URL.Query().Get("echostr"); echo != "" {
			text, err := keys.Decrypt(echo)
			if err != nil {
				http.Error(w, err.Error(), http.StatusForbidden)
				return
			}
			_, _ = io.WriteString(w, text)
		}
	})
}

// A running command goes on until it is interrupted.
type running struct {
	t           *testing.T
	out, errors *screen
	interrupt   context.CancelFunc
	ended       chan int
}

// start runs a command in the background, until the test ends at the latest.
func (w *world) start(args ...string) *running {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	r := &running{t: w.t, out: newScreen(), errors: newScreen(), interrupt: cancel, ended: make(chan int, 1)}
	env := cli.Env{Stdout: r.out, Stderr: r.errors, Getenv: w.getenv, Now: still(), Sleep: sleep}
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.ended <- cli.Main(ctx, note(args), env)
	}()
	w.t.Cleanup(func() {
		cancel()
		<-done
	})
	return r
}

// end interrupts the command, as Ctrl-C does, and returns its exit code.
func (r *running) end() int {
	r.interrupt()
	return r.exit()
}

func (r *running) exit() int {
	r.t.Helper()
	select {
	case code := <-r.ended:
		return code
	case <-time.After(patience):
		require.Fail(r.t, "the command does not end")
		return -1
	}
}

const patience = 10 * time.Second

// screen is what a running command prints.
type screen struct {
	mu   sync.Mutex // guards all below
	text strings.Builder
	news chan struct{}
}

func newScreen() *screen { return &screen{news: make(chan struct{})} }

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.Write(p)
	close(s.news)
	s.news = make(chan struct{})
	return len(p), nil
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// shows waits until the screen shows a text, so many times.
func (s *screen) shows(t *testing.T, text string, times int) {
	t.Helper()
	late := time.After(patience)
	for {
		s.mu.Lock()
		now, news := s.text.String(), s.news
		s.mu.Unlock()
		if strings.Count(now, text) >= times {
			return
		}
		select {
		case <-news:
		case <-late:
			require.Fail(t, "the screen does not show it", "%q\n%s", text, now)
		}
	}
}
