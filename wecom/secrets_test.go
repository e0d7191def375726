package wecom_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/internal/leakcheck"
	"github.com/wecomkit/wecom-go/wecom"
)

// secretMarks stand in every secret and token of this package's tests, and
// nowhere else.
var secretMarks = []string{"s3cr3t", "tok-"} //nolint:gochecknoglobals // never changed

// leaks sees every log line, resty's included, and every error of the suite.
var leaks leakGuard //nolint:gochecknoglobals // TestMain asks it last

func TestMain(m *testing.M) { leakcheck.Main(m, leaks.verdict) }

// A leakGuard is a writer that looks for secrets in what it is given.
type leakGuard struct {
	mu    sync.Mutex
	seen  int
	found []string
}

func (g *leakGuard) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.seen++
	for _, mark := range secretMarks {
		if strings.Contains(string(p), mark) && len(g.found) < 10 {
			g.found = append(g.found, string(p))
		}
	}
	return len(p), nil
}

func (g *leakGuard) verdict() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.found) > 0 {
		return fmt.Errorf("secrets in logs, errors or printed values:\n%s", strings.Join(g.found, "\n---\n"))
	}
	return nil
}

// show prints v in every way that a program might.
func (g *leakGuard) show(v any) {
	fmt.Fprintf(g, "%v\n%+v\n%#v\n%s\n%q\n%x\n%d", v, v, v, v, v, v, v)
	logger := slog.New(slog.NewTextHandler(g, nil))
	logger.Info("value", "v", v)
	slog.New(slog.NewJSONHandler(g, nil)).Info("value", "v", v)
	for err, ok := v.(error); ok && err != nil; err = errors.Unwrap(err) {
		fmt.Fprintf(g, "%v\n%+v\n%#v", err, err, err)
	}
}

func TestGuardFindsLeaks(t *testing.T) {
	t.Parallel()
	var g leakGuard
	require.NoError(t, g.verdict())
	g.show(struct{ s string }{"s3cr3t"})
	require.Error(t, g.verdict())
}

func TestPrintedValuesHoldNoSecret(t *testing.T) {
	t.Parallel()
	p := &peer{}
	store := new(wecom.MemoryStore)
	c := p.client(t, wecom.WithTokenStore(store))
	tok, err := c.Token(t.Context())
	require.NoError(t, err)
	limiter := wecom.NewLimiter()
	type holder struct {
		Cred   wecom.Credential
		Token  wecom.Token
		Client *wecom.Client
		hidden *wecom.Client
	}
	for _, v := range []any{
		cred, &cred, tok, &tok, c, *c, c.Background(), store, limiter,
		holder{cred, tok, c, c}, []wecom.Credential{cred}, map[string]wecom.Token{"x": tok},
		wecom.WithTokenStore(store), wecom.Attempt{Op: opRead},
	} {
		leaks.show(v)
		text := fmt.Sprintf("%v|%+v|%#v|%s|%q|%x", v, v, v, v, v, v)
		for _, mark := range secretMarks {
			assert.NotContains(t, text, mark, "%T", v)
			assert.NotContains(t, text, fmt.Sprintf("%x", mark), "%T in hex", v)
		}
	}
	assert.Contains(t, fmt.Sprint(cred, c), "wwcorp", "the corp may be seen")
}

func TestFailuresHoldNoSecret(t *testing.T) {
	t.Parallel()
	serve := func(t *testing.T, h http.HandlerFunc) *httptest.Server {
		t.Helper()
		srv := httptest.NewServer(h)
		t.Cleanup(srv.Close)
		return srv
	}
	echo := func(status int) http.HandlerFunc { // a proxy's page that shows the URL
		return func(w http.ResponseWriter, r *http.Request) {
			if status == http.StatusFound {
				w.Header().Set("Location", r.URL.String())
			}
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "cannot serve "+r.URL.String())
		}
	}
	tests := []struct {
		name string
		opts func(*testing.T) []wecom.Option
	}{
		{"dial error", func(*testing.T) []wecom.Option { return []wecom.Option{wecom.WithBaseURL("http://127.0.0.1:1")} }},
		{"unknown host", func(*testing.T) []wecom.Option {
			dialer := &net.Dialer{Resolver: &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
				return nil, errors.New("no name server")
			}}}
			return []wecom.Option{wecom.WithHTTPClient(&http.Client{Transport: &http.Transport{DialContext: dialer.DialContext}})}
		}},
		{"time-out", func(t *testing.T) []wecom.Option {
			t.Helper()
			srv := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
			return []wecom.Option{wecom.WithBaseURL(srv.URL), wecom.WithTimeout(20 * time.Millisecond)}
		}},
		{"redirect", func(t *testing.T) []wecom.Option {
			t.Helper()
			return []wecom.Option{wecom.WithBaseURL(serve(t, echo(http.StatusFound)).URL)}
		}},
		{"error page that shows the URL", func(t *testing.T) []wecom.Option {
			t.Helper()
			return []wecom.Option{wecom.WithBaseURL(serve(t, echo(http.StatusBadGateway)).URL)}
		}},
		{"page that shows the URL", func(t *testing.T) []wecom.Option {
			t.Helper()
			return []wecom.Option{wecom.WithBaseURL(serve(t, echo(http.StatusOK)).URL)}
		}},
		{"refusal that shows the URL", func(t *testing.T) []wecom.Option {
			t.Helper()
			srv := serve(t, func(w http.ResponseWriter, r *http.Request) {
				_, _ = fmt.Fprintf(w, `{"errcode":40058,"errmsg":%q}`, "bad: "+r.URL.RawQuery+" "+r.URL.Query().Get("corpsecret"))
			})
			return []wecom.Option{wecom.WithBaseURL(srv.URL)}
		}},
		{"certificate nobody signed", func(t *testing.T) []wecom.Option {
			t.Helper()
			srv := httptest.NewUnstartedServer(echo(http.StatusOK))
			srv.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
			srv.StartTLS()
			t.Cleanup(srv.Close)
			return []wecom.Option{wecom.WithBaseURL(srv.URL)}
		}},
		{"TLS to a plain server", func(t *testing.T) []wecom.Option {
			t.Helper()
			return []wecom.Option{wecom.WithBaseURL(strings.Replace(serve(t, echo(http.StatusOK)).URL, "http:", "https:", 1))}
		}},
		{"transport that puts the URL in its error", func(*testing.T) []wecom.Option {
			p := &peer{fault: func(r *http.Request) error {
				return &url.Error{Op: r.Method, URL: r.URL.String(), Err: fmt.Errorf("lost %s", r.URL.Query())}
			}}
			return []wecom.Option{wecom.WithHTTPClient(&http.Client{Transport: p})}
		}},
	}
	odd := wecom.Credential{CorpID: "wwcorp", Secret: "s3cr3t with+odd&chars=%"}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			// once on the way to a token, once with a token in hand
			for _, source := range []wecom.Option{nil, wecom.WithTokenSource(fixedToken("tok-odd+&=%chars"))} {
				opts := append(test.opts(t), wecom.WithLogger(slog.New(slog.NewJSONHandler(&leaks, &slog.HandlerOptions{Level: slog.LevelDebug}))),
					wecom.WithRetry(wecom.Retry{MinBackoff: time.Millisecond}),
					wecom.WithObserver(func(_ context.Context, a wecom.Attempt) { leaks.show(a); leaks.show(a.Err) }))
				if source != nil {
					opts = append(opts, source)
				}
				c, err := wecom.New(odd, opts...)
				require.NoError(t, err)
				wecom.DebugResty(c, &leaks)
				err = call(t.Context(), c, opRead)
				require.Error(t, err)
				leaks.show(err)
				text := fmt.Sprintf("%v %+v %#v", err, err, err)
				for _, mark := range append(secretMarks, url.QueryEscape("s3cr3t with"), "odd%2B") {
					assert.NotContains(t, text, mark)
				}
			}
		})
	}
}
