package isv_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/internal/leakcheck"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/isv"
)

func TestMain(m *testing.M) { leakcheck.Main(m) }

const (
	suiteToken    = "/cgi-bin/service/get_suite_token"
	providerToken = "/cgi-bin/service/get_provider_token"
	permanentCode = "/cgi-bin/service/v2/get_permanent_code"
	authInfo      = "/cgi-bin/service/v2/get_auth_info"
	corpToken     = "/cgi-bin/service/get_corp_token"
	ownToken      = "/cgi-bin/gettoken"
	someCall      = "/cgi-bin/test/get"
)

const (
	ok   = `{"errcode":0,"errmsg":"ok"}`
	lost = "" // the connection breaks instead of an answer
)

// A peer is a scripted WeCom behind a RoundTripper, for what the simulator
// cannot be made to do.
type peer struct {
	// serve answers a path instead of what the peer would; n counts its calls.
	serve map[string]func(c call) string

	mu     sync.Mutex
	calls  []call
	counts map[string]int
	used   map[string]bool // auth codes
}

// A call is what arrived at the peer.
type call struct {
	path  string
	query string
	token string // whatever its name
	body  map[string]string
	n     int // of this path, from 1
}

func (p *peer) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	c := call{path: r.URL.Path, query: r.URL.RawQuery, body: map[string]string{}}
	for _, name := range []string{"access_token", "suite_access_token", "provider_access_token"} {
		c.token += r.URL.Query().Get(name)
	}
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		values := map[string]any{}
		_ = json.Unmarshal(body, &values)
		for name, v := range values {
			c.body[name] = fmt.Sprint(v)
		}
	}
	p.mu.Lock()
	if p.counts == nil {
		p.counts = map[string]int{}
	}
	p.counts[c.path]++
	c.n = p.counts[c.path]
	p.calls = append(p.calls, c)
	serve := p.serve[c.path]
	if serve == nil {
		serve = p.usual
	}
	p.mu.Unlock()

	reply := serve(c)
	if reply == lost {
		return nil, io.ErrUnexpectedEOF
	}
	w := httptest.NewRecorder()
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	_, _ = io.WriteString(w, reply)
	res := w.Result()
	res.Request = r
	return res, nil
}

func (p *peer) usual(c call) string {
	switch c.path {
	case suiteToken:
		return fmt.Sprintf(`{"suite_access_token":"suite-token-%d","expires_in":7200}`, c.n)
	case providerToken:
		return fmt.Sprintf(`{"errcode":0,"provider_access_token":"provider-token-%d","expires_in":7200}`, c.n)
	case corpToken:
		return fmt.Sprintf(`{"access_token":"%s-token-%d","expires_in":7200}`, c.body["auth_corpid"], c.n)
	case ownToken:
		return fmt.Sprintf(`{"errcode":0,"access_token":"own-token-%d","expires_in":7200}`, c.n)
	case permanentCode:
		p.mu.Lock()
		defer p.mu.Unlock()
		code := c.body["auth_code"]
		if p.used[code] {
			return refusal(40078)
		}
		if p.used == nil {
			p.used = map[string]bool{}
		}
		p.used[code] = true
		corp, _, _ := strings.Cut(code, ":")
		return fmt.Sprintf(`{"errcode":0,"permanent_code":"s3cr3t-for-%s","auth_corp_info":{"corpid":%q,"corp_name":"Tea"},"auth_user_info":{"userid":"boss"}}`, code, corp)
	case authInfo:
		return fmt.Sprintf(`{"errcode":0,"auth_corp_info":{"corpid":%q,"corp_name":"Tea","corp_full_name":"Tea Ltd"},"auth_info":{"agent":[{"agentid":1000007,"name":"Greeter"}]}}`, c.body["auth_corpid"])
	default:
		return ok
	}
}

func refusal(code int) string {
	return fmt.Sprintf(`{"errcode":%d,"errmsg":"refused, hint: [1600654685300241153285437], from ip: 203.0.113.7"}`, code)
}

// to returns the calls of a path.
func (p *peer) to(path string) []call {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []call
	for _, c := range p.calls {
		if c.path == path {
			list = append(list, c)
		}
	}
	return list
}

// on has a path answered by f.
func (p *peer) on(path string, f func(c call) string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.serve == nil {
		p.serve = map[string]func(c call) string{}
	}
	p.serve[path] = f
}

// refuse has a path refuse a token from now on.
func (p *peer) refuse(path, token string, code int) {
	p.on(path, func(c call) string {
		if c.token == token {
			return refusal(code)
		}
		return p.usual(c)
	})
}

func (p *peer) options(log io.Writer) isv.Option {
	return isv.WithClientOptions(
		wecom.WithBaseURL("https://wecom.test"),
		wecom.WithHTTPClient(&http.Client{Transport: p}),
		wecom.WithLogger(slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))),
	)
}

// suite makes a suite that calls the peer and has a ticket. Whatever it logs
// must hold no secret.
func (p *peer) suite(t *testing.T, opts ...isv.Option) *isv.Suite {
	t.Helper()
	s := p.freshSuite(t, opts...)
	require.NoError(t, s.TakeTicket(t.Context(), ticketEvent("s3cr3t-ticket", time.Now())))
	return s
}

// freshSuite is a suite without a ticket.
func (p *peer) freshSuite(t *testing.T, opts ...isv.Option) *isv.Suite {
	t.Helper()
	log := new(logBook)
	t.Cleanup(func() { require.NotContains(t, log.String(), "s3cr3t") })
	opts = append([]isv.Option{
		p.options(log),
		isv.WithLogger(slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))),
	}, opts...)
	s, err := isv.NewSuite(isv.SuiteCredential{SuiteID: "wwsuite", Secret: "s3cr3t-of-the-suite"}, opts...)
	require.NoError(t, err)
	return s
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

func head(kind string, at time.Time) callback.Header {
	return callback.Header{InfoType: kind, SuiteID: "wwsuite", TimeStamp: wecom.NewUnixTime(at)}
}

func ticketEvent(value string, at time.Time) *callback.SuiteTicket {
	return &callback.SuiteTicket{Header: head("suite_ticket", at), SuiteTicket: value}
}

// authEvent carries a code of the corp; the peer reads the corp out of it.
func authEvent(code string, at time.Time) *callback.CreateAuth {
	return &callback.CreateAuth{Header: head("create_auth", at), AuthCode: code}
}

func cancelEvent(at time.Time) *callback.CancelAuth {
	e := &callback.CancelAuth{Header: head("cancel_auth", at)}
	e.AuthCorpID = "wwcorp"
	return e
}

func changeEvent(corp string, at time.Time) *callback.ChangeAuth {
	e := &callback.ChangeAuth{Header: head("change_auth", at)}
	e.AuthCorpID = corp
	return e
}

func opSome() wecom.Operation {
	return wecom.Operation{Method: http.MethodGet, Path: someCall, Read: true}
}
