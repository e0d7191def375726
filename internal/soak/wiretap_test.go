package soak_test

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
)

// A wiretap is a transport that learns every secret which passes, and a writer
// that keeps what is logged.
type wiretap struct {
	base   http.RoundTripper
	tokens *tokenWatch

	mu      sync.Mutex
	secrets map[string]bool // guarded by mu
	said    bytes.Buffer    // guarded by mu
}

func newWiretap(base http.RoundTripper) *wiretap {
	return &wiretap{base: base, tokens: newTokenWatch(), secrets: make(map[string]bool)}
}

func (w *wiretap) secret(values ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, v := range values {
		if len(v) >= 8 { // shorter ones stand in ordinary words
			w.secrets[v] = true
		}
	}
}

func (w *wiretap) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.said.Write(p)
}

// show keeps all that can be printed of an error.
func (w *wiretap) show(err error) {
	if err == nil {
		return
	}
	fmt.Fprintf(w, "%v\n%+v\n%#v\n", err, err, err)
	switch e := err.(type) { //nolint:errorlint // it walks the tree itself
	case interface{ Unwrap() error }:
		w.show(e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			w.show(inner)
		}
	}
}

// secretNames are of parameters and fields that hold secrets.
var secretNames = regexp.MustCompile(`"([a-z_]*(?:token|secret|ticket|permanent_code|auth_code|session_key))"\s*:\s*"([^"]+)"`)

func (w *wiretap) overhear(text []byte) {
	for _, m := range secretNames.FindAllSubmatch(text, -1) {
		w.secret(string(m[2]))
	}
}

func (w *wiretap) RoundTrip(req *http.Request) (*http.Response, error) {
	for name, values := range req.URL.Query() {
		if secretNames.MatchString(fmt.Sprintf("%q:%q", name, "x")) || name == "key" || name == "code" {
			w.secret(values...)
		}
	}
	if req.GetBody != nil && req.Method == http.MethodPost && !strings.HasPrefix(req.Header.Get("Content-Type"), "multipart/") {
		if body, err := req.GetBody(); err == nil {
			text, _ := io.ReadAll(body)
			w.overhear(text)
		}
	}
	w.tokens.asks(req, 1)
	resp, err := w.base.RoundTrip(req)
	w.tokens.asks(req, -1)
	if err == nil && strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
		resp.Body = &overheard{ReadCloser: resp.Body, w: w, req: req}
	}
	return resp, err
}

// An overheard body is searched for secrets once it is read.
type overheard struct {
	io.ReadCloser

	w    *wiretap
	req  *http.Request
	text []byte
}

func (o *overheard) Read(p []byte) (int, error) {
	n, err := o.ReadCloser.Read(p)
	o.text = append(o.text, p[:n]...)
	if err != nil {
		o.w.overhear(o.text)
		o.w.tokens.answered(o.req, o.text)
	}
	return n, err
}

// check looks for the secrets in what was said.
func (w *wiretap) check(r *run) {
	w.mu.Lock()
	defer w.mu.Unlock()
	r.t.Helper()
	said := w.said.String()
	assert.NotEmpty(r, w.secrets, "nothing was overheard")
	assert.NotEmpty(r, said, "nothing was logged")
	for _, s := range slices.Sorted(maps.Keys(w.secrets)) {
		for _, form := range []string{s, url.QueryEscape(s)} {
			if before, after, ok := strings.Cut(said, form); ok {
				after, _, _ = strings.Cut(after, "\n")
				assert.Fail(r, "a secret shows", "%.1000s[secret]%.1000s", before[strings.LastIndexByte(before, '\n')+1:], after)
				break
			}
		}
	}
}

func TestWiretapHears(t *testing.T) {
	t.Parallel()
	w := newWiretap(nil)
	w.overhear([]byte(`{"errcode":0,"access_token":"tok-12345678","expires_in":7200}`))
	w.show(fmt.Errorf("outer: %w", &url.Error{Op: "Get", URL: "https://x?access_token=tok-12345678", Err: io.EOF}))
	assert.Contains(t, w.said.String(), "tok-12345678")
	assert.Contains(t, w.secrets, "tok-12345678")
}
