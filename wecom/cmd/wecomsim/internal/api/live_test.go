package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A news is one server-sent event.
type news struct {
	id, event string
	data      object
}

// watcher reads a stream.
type watcher struct {
	t     *testing.T
	lines *bufio.Reader
	stop  context.CancelFunc
}

// watch opens a stream of a server.
func watch(t *testing.T, base, path, last string) *watcher {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/_sim/"+path, nil)
	require.NoError(t, err)
	req.Header.Set("Last-Event-ID", last)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	res, err := transport.RoundTrip(req)
	require.NoError(t, err)
	t.Cleanup(func() {
		cancel()
		_ = res.Body.Close()
	})
	require.Equal(t, http.StatusOK, res.StatusCode)
	require.Equal(t, "text/event-stream; charset=utf-8", res.Header.Get("Content-Type"))
	return &watcher{t, bufio.NewReader(res.Body), cancel}
}

// next reads one event.
func (w *watcher) next() news {
	w.t.Helper()
	var n news
	for {
		line, err := w.lines.ReadString('\n')
		require.NoError(w.t, err)
		line = strings.TrimSuffix(line, "\n")
		switch name, value, _ := strings.Cut(line, ": "); name {
		case "id":
			n.id = value
		case "event":
			n.event = value
		case "data":
			require.NoError(w.t, json.Unmarshal([]byte(value), &n.data))
		case "":
			if line == "" && n.event != "" {
				return n
			}
		}
	}
}

// served is a world behind a real server.
func served(t *testing.T, w *world) string {
	t.Helper()
	web := httptest.NewServer(w.api)
	t.Cleanup(web.Close)
	t.Cleanup(w.api.Close) // before: streams end
	return web.URL
}

func TestWatch(t *testing.T) {
	t.Parallel()
	w := populated(t)
	w.srv.Callback(w.acknowledge())
	base := served(t, w)
	w.token()
	eye := watch(t, base, "events", "")

	w.token()
	n := eye.next()
	assert.Equal(t, []any{"call", "gettoken", 2.0}, []any{n.event, n.data["op"], n.data["n"]}, "what was before is not told")

	w.ok("POST", "acts/delete-member", object{"userid": "alice", "external_userid": "wmZoe"})
	seen := make(map[string]object)
	for seen["change"] == nil || seen["delivery"] == nil || seen["delivery"]["done"] != true {
		n = eye.next()
		seen[n.event] = n.data
	}
	assert.Equal(t, object{"what": "act", "name": "delete-member"}, seen["change"])
	assert.Equal(t, "change_external_contact/del_follow_user", seen["delivery"]["event"])

	// Who comes back hears what happened meanwhile.
	eye.stop()
	w.token()
	w.token()
	back := watch(t, base, "events", n.id)
	for _, number := range []float64{3, 4} {
		m := back.next()
		assert.Equal(t, []any{"call", number}, []any{m.event, m.data["n"]})
	}
	last := watch(t, base, "events?last=1", "")
	got := []string{last.next().event, last.next().event}
	assert.ElementsMatch(t, []string{"call", "delivery"}, got)
}

func TestWatchForgetsWhatIsOld(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	base := served(t, w)
	for range 1100 {
		w.ok("POST", "clock/advance", object{"by": "1ms"})
	}
	eye := watch(t, base, "events", "another run-17-2-3")
	first := eye.next()
	assert.True(t, strings.HasSuffix(first.id, "-0-1-101"), "a thousand changes are kept, and who saw another run sees them: %s", first.id)
}

// Who watches goes on where the log of deliveries has dropped some.
func TestWatchSkipsWhatIsGone(t *testing.T) {
	t.Parallel()
	srv := wecomtest.NewServer(wecomtest.WithDeliveryLog(1))
	t.Cleanup(srv.Close)
	w := &world{t: t, srv: srv, api: api.New(srv)}
	w.ok("POST", "acts/add-member", object{"userid": "alice", "name": "Alice"})
	srv.Callback(w.acknowledge())
	for range 3 {
		r := w.ok("POST", "acts/add-customer", object{"userid": "alice", "name": "Zoe"})
		n := int(r.at("deliveries").([]any)[0].(float64))
		w.get(fmt.Sprintf("deliveries/%d?wait=10s", n))
	}
	assert.Contains(t, w.refused(http.StatusNotFound, "GET", "deliveries/1", nil), "no longer")
	assert.Contains(t, w.refused(http.StatusNotFound, "GET", "deliveries/4", nil), "no delivery 4")
	eye := watch(t, served(t, w), "events?last=3", "")
	for n := eye.next(); ; n = eye.next() {
		if n.event == "delivery" {
			assert.EqualValues(t, 3, n.data["n"])
			return
		}
	}
}

func TestStreamsEndWithTheAPI(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	base := served(t, w)
	eye := watch(t, base, "events", "")
	w.api.Close()
	_, err := eye.lines.ReadString('\n')
	require.ErrorIs(t, err, io.EOF)
}

// answer answers a relayed callback as an application does.
func (w *world) answer(req object, status int, body string) reply {
	w.t.Helper()
	return w.do("POST", fmt.Sprintf("listen/%v/%v", req["listener"], req["n"]), object{"status": status, "body": body})
}

func TestListen(t *testing.T) {
	t.Parallel()
	w := populated(t)
	base := served(t, w)
	ear := watch(t, base, "listen", "")
	check := ear.next()
	require.Equal(t, "request", check.event)
	assert.Equal(t, "GET", check.data["method"])
	query := httptest.NewRequest(http.MethodGet, "/?"+check.data["query"].(string), nil).URL.Query()
	text, err := w.srv.Keys().Decrypt(query.Get("echostr"))
	require.NoError(t, err)
	assert.Equal(t, http.StatusBadRequest, w.answer(check.data, 99, "").Status)
	require.Equal(t, http.StatusOK, w.answer(check.data, 200, text).Status)
	ready := ear.next()
	assert.Equal(t, "ready", ready.event)
	assert.Equal(t, w.srv.Keys().Token, ready.data["keys"].(object)["token"])

	w.ok("POST", "acts/delete-member", object{"userid": "alice", "external_userid": "wmZoe"})
	post := ear.next()
	assert.Equal(t, "POST", post.data["method"])
	assert.Equal(t, "text/xml", post.data["header"].(object)["Content-Type"])
	assert.Contains(t, post.data["body"], "<Encrypt>")
	// The application is down: WeCom sends it again.
	w.ok("POST", fmt.Sprintf("listen/%v/%v", post.data["listener"], post.data["n"]), object{"error": "connection refused"})
	again := ear.next()
	assert.Equal(t, post.data["body"], again.data["body"])
	require.Equal(t, http.StatusOK, w.answer(again.data, 200, "").Status)
	assert.Equal(t, true, w.get("deliveries/1?wait=10s").at("ok"))
	assert.Equal(t, http.StatusGone, w.answer(again.data, 200, "").Status, "it was answered")
	assert.Equal(t, http.StatusNotFound, w.do("POST", "listen/nobody/1", object{"status": 200}).Status)

	ear.stop()
	for {
		changed := w.srv.Changed()
		if len(w.srv.Callbacks()) == 0 {
			break // who listens no more hears no more
		}
		<-changed
	}
}

func TestListenersMustPassTheCheck(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	base := served(t, w)
	ear := watch(t, base, "listen?token=mine&json=true", "")
	check := ear.next()
	w.answer(check.data, 200, "hello")
	no := ear.next()
	assert.Equal(t, "error", no.event)
	assert.Contains(t, no.data["error"], "hello")
	_, err := ear.lines.ReadString('\n')
	require.ErrorIs(t, err, io.EOF)
	assert.Empty(t, w.srv.Callbacks())

	assert.Contains(t, w.refused(http.StatusNotFound, "GET", "listen?corp=ww0", nil), "no corp")
	assert.Contains(t, w.refused(http.StatusBadRequest, "GET", "listen?aibotid=x&token=t", nil), "no intelligent robot")
}

// Somebody else may have set another callback meanwhile.
func TestAListenerTakesNoneButItsOwnAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	base := served(t, w)
	ear := watch(t, base, "listen", "")
	check := ear.next()
	query := httptest.NewRequest(http.MethodGet, "/?"+check.data["query"].(string), nil).URL.Query()
	text, err := w.srv.Keys().Decrypt(query.Get("echostr"))
	require.NoError(t, err)
	w.answer(check.data, 200, text)
	require.Equal(t, "ready", ear.next().event)
	w.srv.Callback(w.acknowledge())
	w.api.Close()
	_, err = io.Copy(io.Discard, ear.lines)
	require.NoError(t, err)
	assert.Len(t, w.srv.Callbacks(), 1)
}
