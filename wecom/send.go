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
	"net/url"
	"strconv"
	"strings"
	"sync"
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
