package wecom

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-resty/resty/v2"
)

const (
	userAgent     = "wecom-go (+https://github.com/wecomkit/wecom-go)"
	jsonType      = "application/json; charset=utf-8"
	maxReply      = 64 << 20 // bytes of a JSON reply
	pooledReplies = 1 << 20  // larger buffers are left to the garbage collector
)

// A sender is the resty client of one Client and what it reuses.
type sender struct {
	rest    *resty.Client
	buffers sync.Pool // of *bytes.Buffer
}

func newSender(h *http.Client) *sender {
	own := *h
	own.Transport = &credentialTransport{base: h.Transport}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	rest := resty.NewWithClient(&own).
		SetDisableWarn(true).
		SetLogger(silentLogger{}).
		SetHeader("User-Agent", userAgent)
	return &sender{rest: rest}
}

func (s *sender) buffer() *bytes.Buffer {
	if b, ok := s.buffers.Get().(*bytes.Buffer); ok {
		b.Reset()
		return b
	}
	return new(bytes.Buffer)
}

func (s *sender) recycle(b *bytes.Buffer) {
	if b.Cap() <= pooledReplies {
		s.buffers.Put(b)
	}
}

// silentLogger keeps resty quiet: the client logs by itself, without URLs.
type silentLogger struct{}

func (silentLogger) Errorf(string, ...any) {}
func (silentLogger) Warnf(string, ...any)  {}
func (silentLogger) Debugf(string, ...any) {}

// send puts the request on the wire and hands the reply to decode or the sink.
func (k *call) send(ctx context.Context, a *Attempt, tok Token) error {
	c := k.client
	attempt, cancel, timer := boundAttempt(ctx, c.timeout, k.sink != nil || k.file != nil)
	sc := &sendContext{
		Context: attempt,
		write:   !k.op.Read,
	}
	if k.secret != nil {
		sc.secret = k.secret()
	}
	if param := k.op.Auth.param(); param != "" {
		sc.token = tok.Value
		own := sc.secret
		sc.secret = param + "=" + url.QueryEscape(tok.Value)
		if own != "" {
			sc.secret += "&" + own
		}
	}

	r := c.sender.rest.R().SetContext(sc).SetDoNotParseResponse(true) //nolint:contextcheck // sc is made of ctx
	switch {
	case k.file != nil:
		// The body joins in the transport: resty would read it into memory.
		sc.size = k.file.total
		sc.open = func() (io.ReadCloser, error) {
			return k.file.open(func() { timer.Reset(c.timeout) })
		}
		sc.rewind = k.file.seeker != nil
		r.SetHeader("Content-Type", k.file.contentType).SetBody(strings.NewReader(""))
	case k.op.Method != http.MethodGet:
		r.SetHeader("Content-Type", jsonType).SetBody(bytes.NewReader(k.body))
	}
	for name, value := range k.header {
		r.SetHeader(name, value)
	}

	target := c.baseURL + k.op.Path
	if k.query != "" {
		target += "?" + k.query
	}
	resp, err := r.Execute(k.op.Method, target)
	if err != nil {
		bad := k.file.release()
		err = k.transportError(sc, err) //nolint:contextcheck // sc is made of ctx
		cancel()
		if bad != nil {
			return fmt.Errorf("wecom: %s: %w", k.op.Path, bad)
		}
		return err
	}
	raw := resp.RawResponse
	a.HTTPStatus = raw.StatusCode
	if k.sink != nil {
		timer.Stop()
		raw.Body = &streamBody{body: raw.Body, attempt: sc, cancel: cancel, timer: timer, patience: c.timeout}
		if err := k.sink(raw, sc); err != nil {
			_ = raw.Body.Close()
			return err
		}
		return nil
	}
	defer cancel()
	defer k.file.release() //nolint:errcheck // the reply counts
	defer raw.Body.Close() //nolint:errcheck // what was read counts

	buf := c.sender.buffer()
	defer c.sender.recycle(buf)
	if n, err := buf.ReadFrom(io.LimitReader(raw.Body, maxReply+1)); err != nil {
		return k.transportError(sc, sc.scrub(err)) //nolint:contextcheck // sc is made of ctx
	} else if n > maxReply {
		return k.foreignReply(raw, fmt.Errorf("reply is over %d bytes", maxReply))
	}
	return k.decode(raw, sc, buf.Bytes())
}

// errTimedOut is the cause of an attempt's end when its time is up.
var errTimedOut = errors.New("attempt timed out")

// boundAttempt bounds one attempt. That of a stream has a timer, to be put
// back whenever something moves: how long a file takes depends on its size.
func boundAttempt(ctx context.Context, d time.Duration, stream bool) (context.Context, context.CancelFunc, *time.Timer) {
	if !stream {
		ctx, cancel := context.WithTimeoutCause(ctx, d, errTimedOut)
		return ctx, cancel, nil
	}
	ctx, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(d, func() { cancel(errTimedOut) })
	return ctx, func() { timer.Stop(); cancel(nil) }, timer
}

// transportError says what is known of a call whose reply did not arrive.
func (k *call) transportError(sc *sendContext, err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err // its URL says nothing that Op does not
	}
	sent := !sc.unconnected() && !provablyUnsent(err)
	if context.Cause(sc) == errTimedOut { //nolint:errorlint // never wrapped
		err = fmt.Errorf("the attempt's %v are over: %w", k.client.timeout, context.DeadlineExceeded)
	}
	return &TransportError{Op: k.op, Sent: sent, Err: err}
}

// provablyUnsent reports whether err arose before a byte of the request could
// have left: while connecting, or while checking the server's certificate.
func provablyUnsent(err error) bool {
	if s, ok := errors.AsType[*scrubbedError](err); ok {
		return provablyUnsent(s.err)
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && (op.Op == "dial" || op.Op == "proxyconnect" || op.Op == "socks connect") {
		return true
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return true
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return true
	}
	_, ok := errors.AsType[x509.HostnameError](err)
	return ok
}

// foreignReply is a reply that WeCom would not send. The body stays out of it:
// an error page may show the URL, and with it the token.
func (k *call) foreignReply(resp *http.Response, err error) error {
	e := &TransportError{Op: k.op, HTTPStatus: resp.StatusCode, Sent: true, Err: err}
	if text := resp.Header.Get("Retry-After"); text != "" {
		e.RetryAt = retryAfter(text, k.client.clock.Now())
	}
	return e
}

// retryAfter reads the header of that name: seconds or a date. It returns the
// zero time for anything else.
func retryAfter(text string, now time.Time) time.Time {
	if n, err := strconv.ParseUint(text, 10, 31); err == nil {
		return now.Add(time.Duration(n) * time.Second)
	}
	date, err := http.ParseTime(text)
	if err != nil {
		return time.Time{}
	}
	return date
}

// A sendContext carries the credential from the send step to the transport,
// past resty and net/http, whose errors and logs print URLs.
type sendContext struct {
	context.Context //nolint:containedctx // it is a context

	secret string // encoded query part
	token  string // raw value, to be found in replies; empty without one
	write  bool

	// Of a write only: what net/http's transport says of its connection.
	wanted, connected atomic.Bool

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

// unconnected reports that net/http looked for a connection in vain.
func (s *sendContext) unconnected() bool { return s.wanted.Load() && !s.connected.Load() }

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

// A streamBody is a reply that the caller reads: not all of it, but each read
// must come to an end in time.
type streamBody struct {
	body     io.ReadCloser
	attempt  *sendContext
	cancel   context.CancelFunc
	timer    *time.Timer // ends attempt
	patience time.Duration
}

func (b *streamBody) Read(p []byte) (int, error) {
	b.timer.Reset(b.patience)
	n, err := b.body.Read(p)
	b.timer.Stop()
	switch {
	case err == nil || err == io.EOF: //nolint:errorlint // as io.Reader has it
	case context.Cause(b.attempt) == errTimedOut: //nolint:errorlint // never wrapped
		err = fmt.Errorf("nothing came for %v: %w", b.patience, context.DeadlineExceeded)
	default:
		err = b.attempt.scrub(err)
	}
	return n, err
}

func (b *streamBody) Close() error {
	err := b.body.Close()
	b.cancel()
	return err
}
