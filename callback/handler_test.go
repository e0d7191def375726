package callback_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
)

// newHandler takes requests of any age: the tests sign with times of long ago.
func newHandler(t testing.TB, opts ...callback.Option) *callback.Handler {
	t.Helper()
	h, err := callback.NewHandler(testKeys, append([]callback.Option{callback.WithTimestampTolerance(0)}, opts...)...)
	require.NoError(t, err)
	return h
}

// An outcome is what WeCom sees of a request.
type outcome struct {
	status  int
	body    string
	dropped bool // the connection ended without an answer
}

var (
	acknowledged = outcome{status: http.StatusOK}
	dropped      = outcome{dropped: true}
)

func send(h http.Handler, r *http.Request) (got outcome) {
	defer func() {
		if v := recover(); v != nil {
			if v != http.ErrAbortHandler { //nolint:errorlint // net/http compares so
				panic(v)
			}
			got = dropped
		}
	}()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return outcome{status: w.Code, body: w.Body.String()}
}

func request(t testing.TB, keys callback.Keys, body string) *http.Request {
	t.Helper()
	env := seal(t, keys, body)
	return httptest.NewRequest(http.MethodPost, "/wecom?"+env.Query().Encode(), bytes.NewReader(env.XML()))
}

func deliver(t testing.TB, h http.Handler, body string) outcome {
	t.Helper()
	return send(h, request(t, testKeys, body))
}

// event makes a different event for every state.
func event(state string) string {
	body, _ := corpForm("change_external_contact/add_external_contact", cdata("UserID", "alice", "State", state))
	return body
}

func TestURLCheck(t *testing.T) {
	t.Parallel()
	h := newHandler(t)
	env := seal(t, testKeys, "1616140317555161061")
	query := env.Query()
	query.Set("echostr", env.Encrypt)

	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/wecom?tenant=7&"+query.Encode(), strings.NewReader("ignored")))
	assert.Equal(t, http.StatusOK, w.Code)
	assert.Equal(t, "1616140317555161061", w.Body.String())
	assert.Equal(t, "text/plain; charset=utf-8", w.Header().Get("Content-Type"))

	query.Set("msg_signature", strings.Repeat("0", 40))
	assert.Equal(t, outcome{status: http.StatusForbidden}, send(h, httptest.NewRequest(http.MethodGet, "/wecom?"+query.Encode(), http.NoBody)))
	assert.Equal(t, outcome{status: http.StatusBadRequest}, send(h, httptest.NewRequest(http.MethodGet, "/wecom", http.NoBody)))
}

// The signature of an event, or of an answer to one, fits a URL check as well.
// Whoever got hold of one does not get it opened.
func TestURLCheckOpensNoEvent(t *testing.T) {
	t.Parallel()
	for _, body := range []string{addExternalContactXML, "\ufeff\n" + addExternalContactXML, `{"msgid":"1","aibotid":"a"}`} {
		var log bytes.Buffer
		h := newHandler(t, callback.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		env := seal(t, testKeys, body)
		query := env.Query()
		query.Set("echostr", env.Encrypt)
		assert.Equal(t, outcome{status: http.StatusForbidden}, send(h, httptest.NewRequest(http.MethodGet, "/?"+query.Encode(), http.NoBody)))
		assert.Contains(t, log.String(), "level=WARN")
		assert.EqualValues(t, 1, h.Stats().Refused)
	}
}

func TestDispatchByType(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	h := newHandler(t, callback.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	var got []string
	callback.On(h, func(_ context.Context, e *callback.AddExternalContact) error {
		got = append(got, "added "+e.State)
		return nil
	})
	callback.On(h, func(_ context.Context, e *callback.Unknown) error {
		got = append(got, "unknown "+e.Kind())
		return nil
	})
	callback.On(h, func(_ context.Context, e callback.Event) error {
		got = append(got, "rest "+e.Head().Kind())
		return nil
	})
	for _, body := range []string{
		event("fair"), "<xml><Event>brand_new</Event></xml>", "<xml><Event>enter_agent</Event></xml>", "neither XML nor JSON",
	} {
		assert.Equal(t, acknowledged, deliver(t, h, body))
	}
	assert.Equal(t, []string{"added fair", "unknown brand_new", "rest enter_agent", "unknown "}, got)
	assert.Equal(t, callback.Stats{Received: 4, Handled: 4}, h.Stats())
	assert.Equal(t, 1, strings.Count(log.String(), "authentic but unreadable"))
}

func TestJSONCallback(t *testing.T) {
	t.Parallel()
	h := newHandler(t)
	var got []string
	callback.On(h, func(_ context.Context, e *callback.TextMessage) error {
		got = append(got, e.Content)
		return nil
	})
	env := seal(t, testKeys, `{"MsgType":"text","MsgId":1,"Content":"你好"}`)
	for _, body := range []string{`{"tousername":"x","encrypt":"` + env.Encrypt + `","agentid":"218"}`} {
		r := httptest.NewRequest(http.MethodPost, "/wecom?"+env.Query().Encode(), strings.NewReader(body))
		r.Header.Set("Content-Type", "text/html") // is not looked at
		assert.Equal(t, acknowledged, send(h, r))
	}
	assert.Equal(t, []string{"你好"}, got)
}

func TestNobodyWantsIt(t *testing.T) {
	t.Parallel()
	h := newHandler(t)
	assert.Equal(t, acknowledged, deliver(t, h, event("a")))
	assert.Equal(t, acknowledged, deliver(t, h, "<xml><Event>brand_new</Event></xml>"))
	assert.Equal(t, outcome{status: http.StatusOK, body: "success"}, deliver(t, h, "<xml><InfoType>brand_new</InfoType></xml>"))
}

func TestReplies(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		reply callback.Reply
		body  string
		want  string
	}{
		{"usual", nil, "<xml><Event>enter_agent</Event></xml>", ""},
		{"usual for a suite", nil, "<xml><InfoType>enter_agent</InfoType></xml>", "success"},
		{"success", callback.ReplySuccess, "<xml><Event>enter_agent</Event></xml>", "success"},
		{"empty for a suite", callback.ReplyEmpty, "<xml><InfoType>enter_agent</InfoType></xml>", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newHandler(t, callback.WithWorkers(1, 1)) // makes no difference
			callback.OnReply(h, func(context.Context, *callback.EnterAgent) (callback.Reply, error) { return tt.reply, nil })
			assert.Equal(t, outcome{status: http.StatusOK, body: tt.want}, deliver(t, h, tt.body))
		})
	}
}

// What is authentic and unreadable is not lost: the handler gets all of it.
func TestUnreadableEventKeepsItsText(t *testing.T) {
	t.Parallel()
	h := newHandler(t)
	var raw string
	callback.On(h, func(_ context.Context, e *callback.Unknown) error {
		raw = e.Raw
		return nil
	})
	assert.Equal(t, acknowledged, deliver(t, h, "<xml><broken>"))
	assert.Equal(t, "<xml><broken>", raw)
}

// A handler that ends its goroutine, as a failed assertion does, has failed: a
// repetition does not wait for it.
func TestHandlerEndsItsGoroutine(t *testing.T) {
	t.Parallel()
	for _, opts := range [][]callback.Option{nil, {callback.WithWorkers(1, 1)}} {
		synctest.Test(t, func(t *testing.T) {
			h, n := newHandler(t, opts...), 0
			callback.On(h, func(context.Context, *callback.AddExternalContact) error {
				if n++; n == 1 {
					runtime.Goexit()
				}
				return nil
			})
			r, first := request(t, testKeys, event("a")), make(chan struct{})
			go func() {
				defer close(first)
				send(h, r)
			}()
			<-first
			synctest.Wait()
			start := time.Now()
			assert.Equal(t, acknowledged, deliver(t, h, event("a")))
			assert.Zero(t, time.Since(start))
			require.NoError(t, h.Close(t.Context()))
			assert.Equal(t, 2, n)
			assert.Equal(t, callback.Stats{Received: 2, Handled: 1, Failed: 1}, h.Stats())
		})
	}
}

func TestRefusalsSayNothing(t *testing.T) {
	t.Parallel()
	wrongID := testKeys
	wrongID.ReceiveID = "wwother"
	wrongKey := testKeys
	wrongKey.EncodingAESKey = otherKeys.EncodingAESKey
	post := func(query, body string) *http.Request {
		return httptest.NewRequest(http.MethodPost, "/wecom?"+query, strings.NewReader(body))
	}
	tests := []struct {
		name  string
		r     *http.Request
		want  int
		level string
	}{
		{"no query", post("", pageBody), http.StatusBadRequest, "DEBUG"},
		{"no body", post(pageQuery, ""), http.StatusBadRequest, "DEBUG"},
		{"echostr instead of a body", post(pageQuery+"&echostr="+url.QueryEscape(pageEncrypt), " "), http.StatusBadRequest, "DEBUG"},
		{"garbage", post(pageQuery, "GET / HTTP/1.0"), http.StatusBadRequest, "DEBUG"},
		{"a body that breaks off", httptest.NewRequest(http.MethodPost, "/wecom?"+pageQuery, brokenReader{}), http.StatusBadRequest, "DEBUG"},
		{"too large", post(pageQuery, strings.Repeat("x", 1<<20+1)), http.StatusRequestEntityTooLarge, "DEBUG"},
		{"forged", post(strings.Replace(pageQuery, "nonce=1", "nonce=2", 1), pageBody), http.StatusForbidden, "DEBUG"},
		{"for another app", request(t, otherKeys, "x"), http.StatusForbidden, "DEBUG"},
		{"with another AES key", request(t, wrongKey, "x"), http.StatusForbidden, "WARN"},
		{"for another corp", request(t, wrongID, "x"), http.StatusForbidden, "WARN"},
		{"PUT", httptest.NewRequest(http.MethodPut, "/wecom?"+pageQuery, strings.NewReader(pageBody)), http.StatusMethodNotAllowed, ""},
		{"HEAD", httptest.NewRequest(http.MethodHead, "/wecom?"+pageQuery, http.NoBody), http.StatusMethodNotAllowed, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			h := newHandler(t, callback.WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
			callback.On(h, func(_ context.Context, e callback.Event) error {
				t.Errorf("got %T", e)
				return nil
			})
			assert.Equal(t, outcome{status: tt.want}, send(h, tt.r))
			if tt.level == "" {
				assert.Empty(t, log.String())
				return
			}
			assert.Contains(t, log.String(), "level="+tt.level)
			assert.EqualValues(t, 1, h.Stats().Refused)
			assertNoSecret(t, log.String(), testKeys)
		})
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestMethodNotAllowed(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	newHandler(t).ServeHTTP(w, httptest.NewRequest(http.MethodDelete, "/", http.NoBody))
	assert.Equal(t, http.StatusMethodNotAllowed, w.Code)
	assert.Equal(t, "GET, POST", w.Header().Get("Allow"))
}

func TestContentTypes(t *testing.T) {
	t.Parallel()
	body, _ := corpForm("text", "<MsgId>1</MsgId>")
	env := seal(t, testKeys, body)
	tests := []struct {
		name, request, want string
		reply               callback.Reply
	}{
		{"XML", string(env.XML()), "application/xml; charset=utf-8", callback.TextReply{}},
		{"JSON", string(env.JSON()), "application/json; charset=utf-8", callback.TextReply{}},
		{"a word", string(env.JSON()), "text/plain; charset=utf-8", callback.PlainReply("{}")},
		{"a word that looks like more", string(env.XML()), "text/plain; charset=utf-8", callback.PlainReply("<html>")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newHandler(t)
			callback.OnReply(h, func(context.Context, *callback.TextMessage) (callback.Reply, error) { return tt.reply, nil })
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/?"+env.Query().Encode(), strings.NewReader(tt.request)))
			assert.Equal(t, http.StatusOK, w.Code)
			assert.Equal(t, tt.want, w.Header().Get("Content-Type"))
		})
	}
}

func TestLargestBody(t *testing.T) {
	t.Parallel()
	h := newHandler(t)
	pad := strings.Repeat(" ", 1<<20-len(pageBody))
	assert.Equal(t, acknowledged, send(h, httptest.NewRequest(http.MethodPost, "/?"+pageQuery, strings.NewReader(pageBody+pad))))
}

func TestHandlerFails(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	h := newHandler(t, callback.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	fail := errors.New("database is down")
	callback.On(h, func(context.Context, *callback.AddExternalContact) error { return fail })

	assert.Equal(t, outcome{status: http.StatusInternalServerError}, deliver(t, h, event("a")))
	assert.Contains(t, log.String(), "level=ERROR")
	assert.Contains(t, log.String(), "database is down")
	assert.Contains(t, log.String(), "change_external_contact/add_external_contact")

	fail = nil
	assert.Equal(t, acknowledged, deliver(t, h, event("a")), "a failed event is not a duplicate")
	assert.Equal(t, callback.Stats{Received: 2, Handled: 1, Failed: 1}, h.Stats())
}

func TestHandlerPanics(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	h := newHandler(t, callback.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	callback.On(h, func(_ context.Context, e *callback.AddExternalContact) error {
		parts := strings.Split(e.State, "-")
		if e.State == "bad" {
			e.State = parts[1]
		}
		return nil
	})
	assert.Equal(t, outcome{status: http.StatusInternalServerError}, deliver(t, h, event("bad")))
	assert.Contains(t, log.String(), "index out of range")
	assert.Contains(t, log.String(), "handler_test.go", "with a stack")
	assert.Equal(t, acknowledged, deliver(t, h, event("good")))
}

func TestRegisterTwice(t *testing.T) {
	t.Parallel()
	h := newHandler(t)
	on := func() { callback.On(h, func(context.Context, *callback.TextMessage) error { return nil }) }
	on()
	assert.PanicsWithValue(t, "callback: a second handler for *callback.TextMessage", on)
	assert.Panics(t, func() {
		callback.OnReply(h, func(context.Context, *callback.TextMessage) (callback.Reply, error) { return nil, nil })
	})
}

// What no event can be is not waited for in vain.
func TestRegisterForNothing(t *testing.T) {
	t.Parallel()
	type mine struct{ *callback.TextMessage }
	type some interface{ callback.Event }
	h := newHandler(t)
	assert.PanicsWithValue(t, "callback: no event is a callback_test.mine", func() {
		callback.On(h, func(context.Context, mine) error { return nil })
	})
	assert.Panics(t, func() { callback.On(h, func(context.Context, *mine) error { return nil }) })
	assert.Panics(t, func() { callback.On(h, func(context.Context, some) error { return nil }) })
	assert.Panics(t, func() { callback.On[*callback.TextMessage](h, nil) })
	assert.Panics(t, func() { callback.OnReply[*callback.TextMessage](h, nil) })
}

func TestRegisterWhileServing(t *testing.T) {
	t.Parallel()
	h := newHandler(t)
	r := request(t, testKeys, event("a"))
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 100 {
			send(h, r.Clone(context.Background()))
		}
	}()
	callback.On(h, func(context.Context, *callback.AddExternalContact) error { return nil })
	callback.On(h, func(context.Context, *callback.Unknown) error { return nil })
	<-done
}

func TestTimestampTolerance(t *testing.T) {
	t.Parallel()
	clock := &fixedClock{now: time.Unix(1763733600, 0)} // when seal signs
	h := newHandler(t, callback.WithTimestampTolerance(time.Minute), callback.WithClock(clock))
	for _, off := range []time.Duration{0, time.Minute, -time.Minute} {
		clock.now = time.Unix(1763733600, 0).Add(off)
		assert.Equal(t, acknowledged, deliver(t, h, event("a")), off)
	}
	for _, off := range []time.Duration{61 * time.Second, -61 * time.Second} {
		clock.now = time.Unix(1763733600, 0).Add(off)
		assert.Equal(t, outcome{status: http.StatusForbidden}, deliver(t, h, event("a")), off)
	}
}

// Without an option, what is recorded does not open minutes later; and while it
// opens its mark is kept.
func TestTimestampToleranceByDefault(t *testing.T) {
	t.Parallel()
	clock := &fixedClock{now: time.Unix(1763733600, 0)} // when seal signs
	h, err := callback.NewHandler(testKeys, callback.WithClock(clock))
	require.NoError(t, err)
	handled := 0
	callback.On(h, func(context.Context, *callback.AddExternalContact) error { handled++; return nil })
	for _, off := range []time.Duration{-5 * time.Minute, 0, 5 * time.Minute} {
		clock.now = time.Unix(1763733600, 0).Add(off)
		assert.Equal(t, acknowledged, deliver(t, h, addExternalContactXML), off)
	}
	for _, off := range []time.Duration{-6 * time.Minute, 6 * time.Minute} {
		clock.now = time.Unix(1763733600, 0).Add(off)
		assert.Equal(t, outcome{status: http.StatusForbidden}, deliver(t, h, addExternalContactXML), off)
	}
	assert.Equal(t, 1, handled)
}

type fixedClock struct{ now time.Time }

func (c *fixedClock) Now() time.Time { return c.now }

func (c *fixedClock) Sleep(context.Context, time.Duration) error { return nil }

func TestNewHandlerRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		opt  callback.Option
	}{
		{"bad further keys", callback.WithKeys(callback.Keys{})},
		{"no workers", callback.WithWorkers(0, 1)},
		{"no queue", callback.WithWorkers(1, 0)},
		{"nil middleware", callback.WithMiddleware(nil)},
		{"nil observer", callback.WithObserver(nil)},
		{"nil order", callback.WithOrder(nil)},
		{"nil store", callback.WithDedupe(nil, time.Minute)},
		{"no ttl", callback.WithDedupe(callback.NewMemoryStore(1, nil), 0)},
		{"negative tolerance", callback.WithTimestampTolerance(-time.Minute)},
		{"nil logger", callback.WithLogger(nil)},
		{"nil clock", callback.WithClock(nil)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h, err := callback.NewHandler(testKeys, tt.opt)
			require.Error(t, err)
			assert.Nil(t, h)
		})
	}
}

func TestHandlerWithSeveralKeys(t *testing.T) {
	t.Parallel()
	h := newHandler(t, callback.WithKeys(otherKeys))
	n := 0
	callback.On(h, func(context.Context, *callback.AddExternalContact) error { n++; return nil })
	assert.Equal(t, acknowledged, send(h, request(t, testKeys, event("a"))))
	assert.Equal(t, acknowledged, send(h, request(t, otherKeys, event("a"))), "another app's event, not a repetition")
	assert.Equal(t, 2, n)
}
