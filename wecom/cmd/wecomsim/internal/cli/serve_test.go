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

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/cli"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// serve starts a simulator at a free port and returns what a program learns.
func serve(t *testing.T, flags ...string) (*running, cli.Welcome) {
	t.Helper()
	r := nowhere(t).start(append([]string{"serve", "--addr", "127.0.0.1:0", "-o", "json"}, flags...)...)
	r.out.shows(t, "}\n", 1)
	var known cli.Welcome
	require.NoError(t, json.Unmarshal([]byte(r.out.String()), &known))
	return r, known
}

// Who lets other machines in is told.
func TestServeToOthers(t *testing.T) {
	t.Parallel()
	r, known := serve(t, "--addr", "0.0.0.0:0")
	r.errors.shows(t, "Other machines can reach this address", 1)
	assert.Contains(t, getJSON(t, known.BaseURL+"/_sim/tenant"), "corps")
}

func getJSON(t *testing.T, url string) object {
	t.Helper()
	res, err := http.Get(url)
	require.NoError(t, err)
	defer res.Body.Close()
	var reply object
	require.NoError(t, json.NewDecoder(res.Body).Decode(&reply))
	return reply
}

// What serve prints is enough to call it, to be called by it, and to play its
// people.
func TestServe(t *testing.T) {
	t.Parallel()
	r, known := serve(t)
	w := nowhere(t, "WECOMSIM_URL", known.BaseURL)
	token, _ := getJSON(t, known.BaseURL+"/cgi-bin/gettoken?corpid="+known.CorpID+"&corpsecret="+known.Secret)["access_token"].(string)
	assert.NotEmpty(t, token)
	assert.Equal(t, "3.1.0", getJSON(t, known.OpenAPI)["openapi"])
	res, err := http.Get(known.Console)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	assert.Equal(t, http.StatusOK, res.StatusCode)
	assert.Contains(t, res.Header.Get("Content-Type"), "text/html")
	app := w.applicationWith(wecomtest.Keys{Token: known.Token, EncodingAESKey: known.EncodingAESKey, ReceiveID: known.CorpID})
	assert.Contains(t, w.ok("callback", "set", app.URL), "app 1000002")
	assert.InDelta(t, 1000002, known.AgentID, 0)

	taken := strings.TrimPrefix(known.BaseURL, "http://")
	assert.Equal(t, "wecomsim serve: "+taken+" is taken: is another wecomsim running? --addr 127.0.0.1:0 takes any free port\n",
		w.fails(cli.ExitFailed, "serve", "--addr", taken))

	follower := w.start("calls", "--follow", "--limit", "9")
	follower.out.shows(t, "gettoken", 1)
	assert.Equal(t, cli.ExitOK, r.end(), "though somebody watches")
	assert.Empty(t, r.errors.String())
	follower.errors.shows(t, "waiting for it", 1)
	assert.Equal(t, cli.ExitOK, follower.end())
}

func TestServeWelcomes(t *testing.T) {
	t.Parallel()
	r := nowhere(t).start("serve", "--addr", "127.0.0.1:0")
	r.out.shows(t, "Ctrl-C", 1)
	text := r.out.String()
	for _, what := range []string{
		"WeCom is at http://127.0.0.1:", "in place of https://qyapi.weixin.qq.com", "corp id           wwSIM0000000000001", "agent id          1000002",
		"secret            ", "callback token    ", "EncodingAESKey    ", "curl 'http", "/_sim/,",
		"  export WECOM_BASE_URL=http://127.0.0.1:", " WECOM_CORP_ID=wwSIM0000000000001 WECOM_SECRET=", "  export WECOM_CALLBACK_TOKEN=", " WECOM_CALLBACK_AES_KEY=", "/_sim/openapi.json", "no login",
	} {
		assert.Contains(t, text, what)
	}
	assert.Equal(t, cli.ExitOK, r.end())
}

func TestServeEverywhere(t *testing.T) {
	t.Parallel()
	r := nowhere(t).start("serve", "--addr", ":0", "-o", "json")
	r.out.shows(t, "http://localhost:", 1)
	assert.Equal(t, cli.ExitOK, r.end())
	assert.Contains(t, nowhere(t).fails(cli.ExitFailed, "serve", "--addr", "256.0.0.1:80"), "256.0.0.1")
}

// An application cannot start before it knows what serve prints.
func TestServeAwaitsTheApplication(t *testing.T) {
	t.Parallel()
	keys := wecomtest.Keys{Token: "mine", EncodingAESKey: strings.Repeat("c", 42) + "E", ReceiveID: "wwSIM0000000000001"}
	app := &gate{t: t}
	app.open(http.NotFoundHandler())
	app.close()
	url := "http://" + app.addr + "/hook"
	r := nowhere(t).start("serve", "--addr=127.0.0.1:0", "--callback", url, "--token", keys.Token, "--aes-key", keys.EncodingAESKey)
	r.out.shows(t, "Nobody listens at "+url+" yet", 1)
	assert.Contains(t, r.out.String(), "callback token    mine\n")
	app.open(acknowledger(keys))
	r.out.shows(t, "Callbacks go to "+url+", which has passed the check.\n", 1)
	app.close()
	assert.Equal(t, cli.ExitOK, r.end())
	assert.Empty(t, r.errors.String())

	r = nowhere(t).start("serve", "--addr", "127.0.0.1:0", "--callback", url, "-o", "json")
	r.errors.shows(t, "Nobody listens", 1)
	assert.True(t, json.Valid([]byte(r.out.String())), "it says so elsewhere")
	assert.Equal(t, cli.ExitOK, r.end(), "while it waits")
}

// An application that does not pass is told why, and can try again.
func TestServeWithABrokenApplication(t *testing.T) {
	t.Parallel()
	broken := true
	var good http.Handler
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if broken {
			_, _ = io.WriteString(w, "hello")
			return
		}
		good.ServeHTTP(w, r)
	}))
	defer app.Close()
	r, known := serve(t, "--callback", app.URL)
	good = acknowledger(wecomtest.Keys{Token: known.Token, EncodingAESKey: known.EncodingAESKey, ReceiveID: known.CorpID})
	r.errors.shows(t, "wecomsim callback set "+app.URL+" tries again\n", 1)
	assert.Contains(t, r.errors.String(), `wecomsim serve: callback: echo check: want 200 "5927782489442352469", got 200 "hello"`+"\nwecomsim doctor --base-url "+app.URL)
	w := nowhere(t, "WECOMSIM_URL", known.BaseURL)
	assert.Empty(t, w.ok("callback"))
	broken = false
	w.ok("callback", "set", app.URL)
	assert.Equal(t, cli.ExitOK, r.end())
}

func TestServeOptions(t *testing.T) {
	t.Parallel()
	r, known := serve(t, "--official-limits", "--log-bytes", "4000")
	w := nowhere(t, "WECOMSIM_URL", known.BaseURL)
	token, _ := getJSON(t, known.BaseURL+"/cgi-bin/gettoken?corpid="+known.CorpID+"&corpsecret="+known.Secret)["access_token"].(string)
	for range 5 {
		getJSON(t, known.BaseURL+"/cgi-bin/externalcontact/get_follow_user_list?access_token="+token)
	}
	assert.Contains(t, w.ok("limits"), "5 of 10000 in 1m0s, 5 of 150000 in 1h0m0s")
	assert.Contains(t, w.ok("calls"), " left")
	assert.Contains(t, w.fails(cli.ExitFailed, "calls", "1"), "no longer")
	app := w.applicationWith(wecomtest.Keys{Token: known.Token, EncodingAESKey: known.EncodingAESKey, ReceiveID: known.CorpID})
	w.ok("callback", "set", app.URL)
	for range 5 {
		w.ok("trigger", "text")
	}
	assert.Contains(t, w.fails(cli.ExitFailed, "deliveries", "1"), "no longer")
	assert.Contains(t, w.fails(cli.ExitFailed, "deliveries", "replay", "1"), "no longer")
	assert.Contains(t, w.ok("deliveries", "5"), "callback 5")
	assert.Equal(t, cli.ExitOK, r.end())
}

// What a caller leaves open does not keep serve from ending.
func TestServeEndsWithOpenConnections(t *testing.T) {
	t.Parallel()
	r, known := serve(t)
	conn, err := net.Dial("tcp", strings.TrimPrefix(known.BaseURL, "http://"))
	require.NoError(t, err)
	defer conn.Close()
	_, err = io.WriteString(conn, "POST /cgi-bin/externalcontact/remark HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
	require.NoError(t, err)
	w := nowhere(t, "WECOMSIM_URL", known.BaseURL)
	w.ok("fault", "add", "gettoken", "--hang")
	go func() { _, _ = http.Get(known.BaseURL + "/cgi-bin/gettoken") }()
	w.ok("clock")
	assert.Equal(t, cli.ExitOK, r.end())
}
