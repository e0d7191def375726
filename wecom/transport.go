package wecom

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
)

// A sendContext carries the credential from the send step to the transport,
// past resty and net/http, whose errors and logs print URLs.
type sendContext struct {
	context.Context //nolint:containedctx // it is a context

	secret string // encoded query part
	token  string // raw value, to be found in replies; empty without one
	write  bool

	// Of a write only: whether the transport was asked in time, and what
	// net/http's says of its connection.
	asked, wanted, connected atomic.Bool

	open   func() (io.ReadCloser, error) // the body of an upload; nil if net/http has it
	rewind bool                          // open works more than once
	size   int64                         // of that body
}

type sendKey struct{}

func (s *sendContext) Value(key any) any {
	if key == (sendKey{}) {
		return s
	}
	return s.Context.Value(key)
}

// watch has net/http's transport report whether it got as far as a connection:
// a write that never had one did not run, however the attempt ended. Other
// transports report nothing, and nothing is concluded of them.
func (s *sendContext) watch(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { s.wanted.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { s.connected.Store(true) },
	})
}

// unconnected reports that the transport was not asked before the attempt was
// over, or that net/http looked for a connection in vain.
func (s *sendContext) unconnected() bool {
	return s.write && !s.asked.Load() || s.wanted.Load() && !s.connected.Load()
}

// String keeps the credential out of printed contexts.
func (s *sendContext) String() string { return "wecom.sendContext" }

// Format keeps the credential out of printed contexts.
func (s *sendContext) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// redact removes the credential from a text that came from outside.
func (s *sendContext) redact(text string) string {
	for _, secret := range s.secrets() {
		text = strings.ReplaceAll(text, secret, "[redacted]")
	}
	return text
}

func (s *sendContext) secrets() []string {
	var all []string
	if s.token != "" {
		all = append(all, s.token)
	}
	for pair := range strings.SplitSeq(s.secret, "&") {
		name, escaped, _ := strings.Cut(pair, "=")
		if escaped == "" || name == "corpid" {
			continue
		}
		all = append(all, escaped)
		if plain, err := url.QueryUnescape(escaped); err == nil {
			all = append(all, plain)
		}
	}
	return all
}

// A credentialTransport puts the credential on the request at the last moment.
type credentialTransport struct{ base http.RoundTripper }

func (t *credentialTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	base := t.base
	if base == nil {
		base = http.DefaultTransport
	}
	sc, ok := req.Context().Value(sendKey{}).(*sendContext)
	if !ok {
		return base.RoundTrip(req)
	}
	ctx := req.Context()
	if sc.write {
		if err := ctx.Err(); err != nil {
			if req.Body != nil {
				_ = req.Body.Close()
			}
			return nil, err
		}
		sc.asked.Store(true)
		ctx = sc.watch(ctx)
	}
	out := req.WithContext(ctx) // a shallow copy
	if sc.secret != "" {
		u := *req.URL
		if u.RawQuery == "" {
			u.RawQuery = sc.secret
		} else {
			u.RawQuery = sc.secret + "&" + u.RawQuery
		}
		out.URL = &u
	}
	if sc.open != nil {
		body, err := sc.open()
		if err != nil {
			return nil, err
		}
		out.Body, out.ContentLength, out.GetBody = body, sc.size, nil
		if sc.rewind {
			out.GetBody = sc.open // for a kept connection that broke before the first byte
		}
	}
	if sc.write && req.Method == http.MethodGet {
		// net/http repeats a GET by itself when a kept connection breaks,
		// unless it has a body it cannot rewind.
		out.Body = io.NopCloser(strings.NewReader(""))
	}
	resp, err := base.RoundTrip(out)
	if err != nil {
		return nil, sc.scrub(err)
	}
	resp.Request = req
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Error-Msg") != "" || !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
		sc.scrubHeader(resp.Header) // a redirect names the whole URL
	}
	return resp, nil
}

func (s *sendContext) scrubHeader(h http.Header) {
	for name, values := range h {
		for i, v := range values {
			h[name][i] = s.redact(v)
		}
	}
}

// scrub returns err, or a redacted stand-in if it shows a credential: in its
// text, or in what %+v or %#v make of it or of an error that it wraps.
func (s *sendContext) scrub(err error) error {
	text := err.Error()
	clean := hideUserinfo(s.redact(text))
	if clean == text && !s.shownBy(err) {
		return err
	}
	return &scrubbedError{text: clean, err: err}
}

func (s *sendContext) shownBy(err error) bool {
	if text := fmt.Sprintf("%+v %#v", err, err); s.redact(text) != text {
		return true
	}
	switch e := err.(type) { //nolint:errorlint // it walks the tree itself
	case interface{ Unwrap() error }:
		inner := e.Unwrap()
		return inner != nil && s.shownBy(inner)
	case interface{ Unwrap() []error }:
		return slices.ContainsFunc(e.Unwrap(), s.shownBy)
	}
	return false
}

// hideUserinfo removes the user and password of URLs from text: the address of
// a proxy has them, and shows in the error if it is malformed.
func hideUserinfo(text string) string {
	if !strings.Contains(text, "@") {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		end := strings.IndexAny(text, " \t\r\n\"'<>")
		if end < 0 {
			end = len(text)
		}
		word := text[:end]
		if at := strings.LastIndexByte(word, '@'); at >= 0 && strings.Contains(word[:at], ":") {
			scheme := strings.Index(word[:at], "://") + len("://")
			if scheme < len("://") {
				scheme = 0
			}
			word = word[:scheme] + "[redacted]" + word[at:]
		}
		b.WriteString(word)
		if end < len(text) {
			b.WriteByte(text[end])
			end++
		}
		text = text[end:]
	}
	return b.String()
}

// A scrubbedError answers errors.Is for its cause without handing it out.
type scrubbedError struct {
	text string
	err  error
}

func (e *scrubbedError) Error() string        { return e.text }
func (e *scrubbedError) Is(target error) bool { return errors.Is(e.err, target) }
func (e *scrubbedError) Timeout() bool {
	t, ok := errors.AsType[net.Error](e.err)
	return ok && t.Timeout()
}

// Format shows the redacted text, whatever the verb.
func (e *scrubbedError) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(e.text)) }
