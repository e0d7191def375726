package wecom_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
)

func opRobot() wecom.Operation {
	return wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/webhook/send", Auth: wecom.AuthWebhookKey, Limits: []wecom.Limit{{N: 2, Per: time.Minute}}}
}

func webhook(t *testing.T, p *peer, address string, opts ...wecom.Option) *wecom.Client {
	t.Helper()
	opts = append(opts, wecom.WithHTTPClient(&http.Client{Transport: p}), wecom.WithLogger(slog.New(slog.NewJSONHandler(&leaks, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	c, err := wecom.NewWebhook(address, opts...)
	require.NoError(t, err)
	return c
}

func TestWebhookAddresses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, address, host string }{
		{"key", "tok-robot", "qyapi.weixin.qq.com"},
		{"key with a line break", "tok-robot\n", "qyapi.weixin.qq.com"},
		{"address", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=tok-robot", "qyapi.weixin.qq.com"},
		{"private deployment", "https://wecom.example/base/cgi-bin/webhook/send?key=tok-robot&debug=1", "wecom.example/base"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var seen string
			p := &peer{fault: func(r *http.Request) error {
				seen = r.URL.Host + r.URL.RequestURI()
				return nil
			}}

			require.NoError(t, call(t.Context(), webhook(t, p, tt.address), opRobot()))

			assert.Equal(t, tt.host+"/cgi-bin/webhook/send?key=tok-robot", seen)
		})
	}
}

func TestWebhookWithABaseURL(t *testing.T) {
	t.Parallel()
	var host string
	p := &peer{fault: func(r *http.Request) error { host = r.URL.Host; return nil }}
	c := webhook(t, p, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=tok-robot", wecom.WithBaseURL("https://proxy.example"))

	require.NoError(t, call(t.Context(), c, opRobot()))

	assert.Equal(t, "proxy.example", host)
}

func TestWebhookWithoutAKey(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"", " ", "tok-a tok-b", "qyapi.weixin.qq.com/cgi-bin/webhook/send?key=tok-robot",
		"https://qyapi.weixin.qq.com/cgi-bin/webhook/send", "https:///?key=tok-robot", "https://%zz/?key=tok-robot", "ftp://host/?key=tok-robot",
	} {
		_, err := wecom.NewWebhook(address)
		require.Error(t, err, address)
		assert.NotContains(t, err.Error(), "tok-")
		leaks.show(err)
	}
}

// A robot's client knows nothing but its key, and nobody else's holds one.
func TestWebhookKeysAndTokensAreNotMixed(t *testing.T) {
	t.Parallel()
	p := &peer{}

	require.ErrorContains(t, call(t.Context(), webhook(t, p, "tok-robot"), opRead), "needs access_token, and the client has key")
	require.ErrorContains(t, call(t.Context(), p.client(t), opRobot()), "needs key, and the client has access_token")

	assert.Zero(t, p.count(opRead.Path)+p.count(opRobot().Path))
}

// A key cannot be replaced, so a refused call is not replayed.
func TestRefusedWebhookKeyIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	for _, code := range []int{40014, 93000} {
		p := &peer{serve: func(*http.Request, int) string { return refusal(code) }}

		err := call(t.Context(), webhook(t, p, "tok-robot"), opRobot())

		require.Error(t, err)
		assert.Equal(t, 1, p.count(opRobot().Path))
	}
}

func TestRobotsHaveLimitsOfTheirOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, limiter, start := &peer{}, wecom.NewLimiter(), time.Now()
		one, two := webhook(t, p, "tok-one", wecom.WithLimiter(limiter)), webhook(t, p, "tok-two", wecom.WithLimiter(limiter))
		for range 2 {
			require.NoError(t, call(t.Context(), one, opRobot()))
			require.NoError(t, call(t.Context(), two, opRobot()))
		}
		assert.Zero(t, time.Since(start))

		require.NoError(t, call(t.Context(), one, opRobot()))

		assert.GreaterOrEqual(t, time.Since(start), time.Minute)
	})
}

func TestWebhookKeyIsNotShown(t *testing.T) {
	t.Parallel()
	p := &peer{
		serve: func(r *http.Request, _ int) string {
			return fmt.Sprintf(`{"errcode":93000,"errmsg":%q}`, "bad "+r.URL.RawQuery)
		},
	}
	c := webhook(t, p, "tok-robot+%", wecom.WithObserver(func(_ context.Context, a wecom.Attempt) { leaks.show(a); leaks.show(a.Err) }))
	err := call(t.Context(), c, opRobot())
	require.Error(t, err)
	p.fault = func(r *http.Request) error { return fmt.Errorf("dial %s: %w", r.URL, io.ErrUnexpectedEOF) }
	lost := call(t.Context(), c, opRobot())
	require.Error(t, lost)
	tok, err2 := c.Token(t.Context())
	require.NoError(t, err2)

	for _, v := range []any{c, *c, err, lost, tok, wecom.Attempt{CorpID: c.CorpID()}} {
		leaks.show(v)
		assert.NotContains(t, fmt.Sprintf("%v %+v %#v", v, v, v), "tok-", "%T", v)
	}
	assert.True(t, strings.HasPrefix(c.CorpID(), "webhook-"), c.CorpID())
}
