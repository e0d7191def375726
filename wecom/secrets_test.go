package wecom_test

import (
	"context"
	"encoding"
	"encoding/json"
	"encoding/xml"
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
var secretMarks = []string{"s3cr3t", "tok-"}

// leaks sees every log line, resty's included, and every error of the suite.
var leaks leakGuard

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
	if err, ok := v.(error); ok {
		g.showTree(err)
	}
}

func (g *leakGuard) showTree(err error) {
	fmt.Fprintf(g, "%v\n%+v\n%#v", err, err, err)
	switch e := err.(type) { //nolint:errorlint // it walks the tree itself
	case interface{ Unwrap() error }:
		if inner := e.Unwrap(); inner != nil {
			g.showTree(inner)
		}
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			g.showTree(inner)
		}
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
	var embedded struct { // a MemoryStore by value, as a mutex is used
		plain  struct{ Store wecom.MemoryStore }
		holder struct{ store wecom.MemoryStore }
		slice  []struct{ wecom.MemoryStore }
	}
	embedded.slice = make([]struct{ wecom.MemoryStore }, 1)
	for _, s := range []*wecom.MemoryStore{&embedded.plain.Store, &embedded.holder.store, &embedded.slice[0].MemoryStore} {
		require.NoError(t, s.Set(t.Context(), "key", tok))
	}
	type holder struct {
		Cred   wecom.Credential
		Token  wecom.Token
		Client *wecom.Client
		hidden *wecom.Client
	}
	for _, v := range []any{
		cred, &cred, tok, &tok, c, *c, c.Background(), store, limiter,
		holder{cred, tok, c, c}, []wecom.Credential{cred}, map[string]wecom.Token{"x": tok},
		&embedded.holder, []any{&embedded.plain}, embedded.slice,
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

func TestMarshalledValuesHoldNoSecret(t *testing.T) {
	t.Parallel()
	c := (&peer{}).client(t)
	tok, err := c.Token(t.Context())
	require.NoError(t, err)
	type dump struct {
		XMLName xml.Name `json:"-" xml:"dump"`
		Cred    wecom.Credential
		Client  *wecom.Client
	}
	for name, marshal := range map[string]func(any) ([]byte, error){"json": json.Marshal, "xml": xml.Marshal, "text": marshalText} {
		for _, v := range []any{cred, &cred, c, dump{Cred: cred, Client: c}, wecom.Attempt{Op: opRead}} {
			text, err := marshal(v)
			leaks.show(string(text))
			assert.NotContains(t, string(text), "s3cr3t", "%s of %T", name, v)
			if err == nil && name != "text" {
				assert.NotEmpty(t, text, "%s of %T", name, v)
			}
		}
		text, err := marshal(tok)
		require.Error(t, err, "%s: a Token is not kept by half", name)
		leaks.show(string(text))
		leaks.show(err)
	}
	text, err := json.Marshal(wecom.Credential{CorpID: "ww\a\x00\"", Secret: "s3cr3t"})
	require.NoError(t, err)
	assert.JSONEq(t, `{"corpid":"ww\u0007\u0000\""}`, string(text))
}

func marshalText(v any) ([]byte, error) {
	m, ok := v.(encoding.TextMarshaler)
	if !ok {
		return nil, nil
	}
	return m.MarshalText()
}

// A tellingError says little and knows more.
type tellingError struct{ URL string }

func (tellingError) Error() string { return "lost" }

// A tellingBody breaks off with an error that names the URL.
type tellingBody struct{ url string }

func (b tellingBody) Read([]byte) (int, error) { return 0, errors.New("lost " + b.url) }
func (tellingBody) Close() error               { return nil }

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
		{"transport with a telling error", func(*testing.T) []wecom.Option {
			p := &peer{fault: func(r *http.Request) error { return fmt.Errorf("peer: %w", tellingError{r.URL.String()}) }}
			return []wecom.Option{wecom.WithHTTPClient(&http.Client{Transport: p})}
		}},
		{"transport with a telling error behind a pointer", func(*testing.T) []wecom.Option {
			p := &peer{fault: func(r *http.Request) error {
				return errors.Join(io.EOF, fmt.Errorf("peer: %w", &tellingError{r.URL.String()}))
			}}
			return []wecom.Option{wecom.WithHTTPClient(&http.Client{Transport: p})}
		}},
		{"body that breaks off and names the URL", func(*testing.T) []wecom.Option {
			return []wecom.Option{wecom.WithHTTPClient(&http.Client{Transport: replyTransport(func(r *http.Request) *http.Response {
				return &http.Response{StatusCode: http.StatusOK, Body: tellingBody{r.URL.String()}}
			})})}
		}},
		{"content type that names the token", func(*testing.T) []wecom.Option {
			return []wecom.Option{wecom.WithHTTPClient(&http.Client{Transport: replyTransport(func(r *http.Request) *http.Response {
				q := r.URL.Query()
				return &http.Response{
					StatusCode: http.StatusOK, Body: http.NoBody,
					Header: http.Header{"Content-Type": {strings.Repeat(" ", 35) + q.Get("access_token") + q.Get("corpsecret")}},
				}
			})})}
		}},
		{"proxy whose password cannot be read", func(*testing.T) []wecom.Option {
			proxy := func(*http.Request) (*url.URL, error) { // as http.ProxyFromEnvironment says it
				address := fmt.Sprintf("http://me:%s@proxy.test:3128", "s3cr3t%zz")
				_, err := url.Parse(address)
				return nil, fmt.Errorf("invalid proxy address %q: %w", address, err)
			}
			return []wecom.Option{wecom.WithHTTPClient(&http.Client{Transport: &http.Transport{Proxy: proxy}})}
		}},
		{"proxy that refuses its password", func(t *testing.T) []wecom.Option {
			t.Helper()
			srv := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusProxyAuthRequired) })
			address, err := url.Parse(strings.Replace(srv.URL, "//", "//me:s3cr3t@", 1))
			require.NoError(t, err)
			return []wecom.Option{wecom.WithHTTPClient(&http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(address)}})}
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

// A replyTransport answers with what it makes of a request.
type replyTransport func(*http.Request) *http.Response

func (f replyTransport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r), nil }

func TestStoreErrorsHoldNoToken(t *testing.T) {
	t.Parallel()
	long := "tok-" + strings.Repeat("0123456789", 20)
	tests := []struct {
		name string
		get  func(context.Context) (wecom.Token, error)
	}{
		{"of a token that is known", func(context.Context) (wecom.Token, error) {
			return wecom.Token{Value: "tok-1", ExpiresAt: time.Now()}, errors.New("cannot decode tok-1")
		}},
		{"of a token that is not", func(context.Context) (wecom.Token, error) {
			return wecom.Token{}, fmt.Errorf("sql: cannot scan %q into time.Time", long)
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var log logBook
			store := brokenStore{
				get: test.get,
				set: func(context.Context) error { return errors.New("ERR wrong number of arguments for SET tok-1") },
				lock: func(context.Context) (func(), error) {
					return nil, errors.New("lock is gone")
				},
			}
			p := &peer{}
			require.NoError(t, call(t.Context(), p.client(t, wecom.WithTokenStore(store), wecom.WithLogger(log.logger())), opRead))
			for _, text := range []string{`"step":"get"`, "wrong number of arguments", "lock is gone"} {
				assert.Contains(t, log.String(), text)
			}
			assert.NotContains(t, log.String(), "tok-")
		})
	}
}

// A call that brings its own credential is protected like any other.
func TestCredentialInTheRequestIsHidden(t *testing.T) {
	t.Parallel()
	op := wecom.Operation{Method: http.MethodGet, Path: "/cgi-bin/test/own", Read: true, Auth: wecom.AuthNone}
	withToken := op
	withToken.Auth = wecom.AuthAccessToken
	req := map[string]string{"provider_access_token": "tok-mine", "suite_secret": "s3cr3t", "type": "1"}
	tests := []struct {
		name  string
		op    wecom.Operation
		serve func(*http.Request, int) string
		after func(*http.Request) error
	}{
		{"refused", op, func(r *http.Request, _ int) string {
			return fmt.Sprintf(`{"errcode":40058,"errmsg":%q}`, "bad 1: "+r.URL.RawQuery)
		}, nil},
		{"lost", op, nil, func(r *http.Request) error { return errors.New("lost 1: " + r.URL.String()) }},
		{"refused, with the client's token", withToken, func(r *http.Request, _ int) string {
			return fmt.Sprintf(`{"errcode":40058,"errmsg":%q}`, "bad 1: "+r.URL.RawQuery)
		}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := &peer{serve: test.serve, after: test.after}
			c := p.client(t, wecom.WithRetry(wecom.Retry{Attempts: 1}), wecom.WithTokenSource(fixedToken("tok-1")))
			_, err := wecom.Do[wecom.Empty](t.Context(), c, test.op, req)
			require.ErrorContains(t, err, " 1: ")
			assert.NotContains(t, err.Error(), "tok-")
			assert.NotContains(t, err.Error(), "s3cr3t")
			leaks.show(err)
			sent, err := url.Parse(p.seen[0])
			require.NoError(t, err)
			want := url.Values{"provider_access_token": {"tok-mine"}, "suite_secret": {"s3cr3t"}, "type": {"1"}}
			if test.op.Auth == wecom.AuthAccessToken {
				want.Set("access_token", "tok-1")
			}
			assert.Equal(t, want, sent.Query())
		})
	}
}
