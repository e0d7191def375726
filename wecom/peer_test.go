package wecom_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
)

// A peer is a scripted WeCom behind a RoundTripper: no goroutine, no port, so
// that it works in a synctest bubble and faults can be put where they belong.
type peer struct {
	// token answers gettoken; the default hands out tok-1, tok-2, …
	token func(n int) string
	// serve answers everything else; the default is success.
	serve func(r *http.Request, n int) string
	// fault, if set, sees each request first and may fail it.
	fault func(r *http.Request) error
	// after, if set, may drop the answer of a request that was carried out.
	after func(r *http.Request) error

	mu    sync.Mutex
	calls map[string]int
	seen  []string // path?query of each request
}

const ok = `{"errcode":0,"errmsg":"ok"}`

func (p *peer) RoundTrip(r *http.Request) (*http.Response, error) {
	if p.fault != nil {
		if err := p.fault(r); err != nil {
			return nil, err
		}
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	p.mu.Lock()
	if p.calls == nil {
		p.calls = map[string]int{}
	}
	p.calls[r.URL.Path]++
	n := p.calls[r.URL.Path]
	p.seen = append(p.seen, r.URL.RequestURI())
	p.mu.Unlock()

	reply := ok
	switch {
	case r.URL.Path == "/cgi-bin/gettoken" && p.token != nil:
		reply = p.token(n)
	case r.URL.Path == "/cgi-bin/gettoken":
		reply = tokenReply(fmt.Sprintf("tok-%d", n), 7200)
	case p.serve != nil:
		reply = p.serve(r, n)
	}
	if p.after != nil {
		if err := p.after(r); err != nil {
			return nil, err
		}
	}
	if err := r.Context().Err(); err != nil { // ended while the script waited
		return nil, err
	}
	w := httptest.NewRecorder()
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	_, _ = io.WriteString(w, reply)
	res := w.Result()
	res.Request = r
	return res, nil
}

func (p *peer) count(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.calls[path]
}

func (p *peer) tokens() int { return p.count("/cgi-bin/gettoken") }

var cred = wecom.Credential{CorpID: "wwcorp", Secret: "s3cr3t-of-the-app"}

func (p *peer) client(t testing.TB, opts ...wecom.Option) *wecom.Client {
	t.Helper()
	return p.clientOf(t, cred, opts...)
}

func (p *peer) clientOf(t testing.TB, cred wecom.Credential, opts ...wecom.Option) *wecom.Client {
	t.Helper()
	opts = append([]wecom.Option{
		wecom.WithLogger(slog.New(slog.NewJSONHandler(&leaks, &slog.HandlerOptions{Level: slog.LevelDebug}))),
		wecom.WithBaseURL("https://wecom.test/prefix"),
		wecom.WithHTTPClient(&http.Client{Transport: stripPrefix{p}}),
	}, opts...)
	c, err := wecom.New(cred, opts...)
	require.NoError(t, err)
	wecom.DebugResty(c, &leaks)
	return c
}

// stripPrefix takes the base URL's path off, as a reverse proxy does.
type stripPrefix struct{ next http.RoundTripper }

func (s stripPrefix) RoundTrip(r *http.Request) (*http.Response, error) {
	path, found := strings.CutPrefix(r.URL.Path, "/prefix")
	if !found {
		return nil, fmt.Errorf("path %q has lost the base URL's prefix", r.URL.Path)
	}
	out := r.Clone(r.Context())
	out.URL.Path = path
	return s.next.RoundTrip(out)
}

func tokenReply(value string, expiresIn int) string {
	return fmt.Sprintf(`{"errcode":0,"errmsg":"ok","access_token":%q,"expires_in":%d}`, value, expiresIn)
}

func refusal(code int) string {
	return fmt.Sprintf(`{"errcode":%d,"errmsg":"refused, hint: [1600654685300241153285437], from ip: 203.0.113.7, more info at https://open.work.weixin.qq.com/devtool/query?e=%d"}`, code, code)
}

var (
	opRead  = wecom.Operation{Method: http.MethodGet, Path: "/cgi-bin/test/get", Read: true}
	opWrite = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/test/send"}
)

func call(ctx context.Context, c *wecom.Client, op wecom.Operation) error {
	_, err := wecom.Do[wecom.Empty](ctx, c, op, nil)
	if err != nil {
		leaks.show(err)
	}
	return err
}

// A logBook keeps every log line as text.
type logBook struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logBook) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *logBook) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func (b *logBook) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(b, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// refuseTokens answers 40014 to the tokens in the set.
func refuseTokens(revoked map[string]bool) func(*http.Request, int) string {
	return func(r *http.Request, _ int) string {
		if revoked[r.URL.Query().Get("access_token")] {
			return refusal(40014)
		}
		return ok
	}
}
