package cassette

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"

	"net"
	"net/http"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// maxBody bounds a request and a response, as the largest documented upload does.
const maxBody = 32 << 20

// ErrTooLarge is that a request or a response is larger than a recording holds.
var ErrTooLarge = fmt.Errorf("cassette: a body of more than %d MB", maxBody>>20)

var errAborted = errors.New("the answer was not read to its end")

// A Recorder stands between a program and WeCom and writes down what they say
// to each other, with pseudonyms: see the package. It is an http.Handler, a
// reverse proxy for programs in any language, and an http.RoundTripper for a
// [http.Client]. What it sees is real: calls change real data. It is safe for
// concurrent use.
type Recorder struct {
	upstream  *url.URL
	transport http.RoundTripper
	proxy     *httputil.ReverseProxy
	observe   func(Outcome)
	observing sync.Mutex // held during observe

	mu       sync.Mutex // guards all below
	veil     *veil
	begun    int
	finished []numbered
}

// numbered is an interaction and its place among the calls.
type numbered struct {
	n int
	Interaction
	raw   *exchange // if more of it may be found to be somebody's; else nil
	known int       // how much was known to be when it was written
}

// exchange is a call as it was.
type exchange struct {
	req Request
	res Response
}

// An Outcome is what a [Recorder] did with a call. It holds no secret.
type Outcome struct {
	N      int    // 1 is the first call
	Name   string // GET externalcontact/get
	Status int
	Code   int   // errcode
	Err    error // why the call is not in the recording; nil if it is
}

// A RecordOption changes what [NewRecorder] makes.
type RecordOption func(*Recorder)

// WithTransport sends calls through another transport than
// [http.DefaultTransport]'s like.
func WithTransport(t http.RoundTripper) RecordOption {
	return func(r *Recorder) { r.transport = t }
}

// WithKept keeps the text of fields, named content or text.content, but for
// what is known to be somebody's name, id or number by the end of the recording,
// in any case of its letters, and escaped as in URLs.
func WithKept(fields ...string) RecordOption {
	return func(r *Recorder) { r.veil.keep = append(r.veil.keep, fields...) }
}

// WithMedia keeps the data of files, which otherwise leave their size and hash.
// What is in them is not looked at.
func WithMedia() RecordOption {
	return func(r *Recorder) { r.veil.media = true }
}

// WithOutcomes calls f after each call, one at a time.
func WithOutcomes(f func(Outcome)) RecordOption {
	return func(r *Recorder) { r.observe = f }
}

// NewRecorder returns a recorder of calls to upstream, such as
// https://qyapi.weixin.qq.com. Without TLS it can only be on this machine.
func NewRecorder(upstream string, opts ...RecordOption) (*Recorder, error) {
	u, err := url.Parse(upstream)
	switch {
	case err != nil || u.Host == "" || u.RawQuery != "" || u.User != nil:
		return nil, fmt.Errorf("cassette: upstream %q: want https://host", upstream)
	case u.Scheme == "https", u.Scheme == "http" && isLocal(u.Hostname()):
	default:
		return nil, fmt.Errorf("cassette: upstream %q: want https, because tokens go there", upstream)
	}
	var key [32]byte
	_, _ = rand.Read(key[:]) // it never fails
	r := &Recorder{upstream: u, veil: &veil{pseudonyms: newPseudonyms(key), table: newTable()}}
	for _, opt := range opts {
		opt(r)
	}
	if r.transport == nil {
		r.transport = defaultTransport()
	}
	r.proxy = &httputil.ReverseProxy{
		Rewrite:      func(p *httputil.ProxyRequest) { p.Out.URL.RawQuery = p.In.URL.RawQuery }, // RoundTrip says where to
		Transport:    r,
		ErrorLog:     log.New(io.Discard, "", 0), // RoundTrip tells of errors
		ErrorHandler: refuse,
	}
	return r, nil
}

// isLocal reports whether a host is this machine, or the simulator in memory.
func isLocal(host string) bool {
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback() || host == "localhost" || host == "wecom.sim"
}

// defaultTransport is net/http's, which checks certificates and heeds proxies.
func defaultTransport() http.RoundTripper {
	if t, ok := http.DefaultTransport.(*http.Transport); ok {
		t = t.Clone()
		t.DisableCompression = true
		return t
	}
	return http.DefaultTransport
}

// refuse answers a program whose call did not get through.
func refuse(w http.ResponseWriter, _ *http.Request, err error) {
	status := http.StatusBadGateway
	if errors.Is(err, ErrTooLarge) {
		status = http.StatusRequestEntityTooLarge
	}
	http.Error(w, "cassette: the call did not get through", status)
}

// Close lets go of connections. What was recorded stays.
func (r *Recorder) Close() {
	if t, ok := r.transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// Cassette returns the calls that have ended, in the order in which they began.
func (r *Recorder) Cassette() *Cassette {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lookAgain()
	list := slices.Clone(r.finished)
	slices.SortFunc(list, func(a, b numbered) int { return a.n - b.n })
	c := &Cassette{Version: version, Interactions: make([]Interaction, 0, len(list))}
	for _, in := range list {
		c.Interactions = append(c.Interactions, in.Interaction)
	}
	return c
}

// lookAgain writes interactions anew in which there may be what later ones have
// shown to be somebody's. r.mu is held.
func (r *Recorder) lookAgain() {
	for again := true; again; {
		again = false
		for i := range r.finished {
			if in := &r.finished[i]; in.raw != nil && in.known < len(r.veil.sensitive) {
				in.known, again = len(r.veil.sensitive), true
				in.Interaction = r.veil.interaction(&in.raw.req, &in.raw.res)
			}
		}
	}
}

// Pseudonym returns what a text is called in the recording.
func (r *Recorder) Pseudonym(text string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.veil.value(text)
}

// ServeHTTP sends a call on, and its answer back.
func (r *Recorder) ServeHTTP(w http.ResponseWriter, req *http.Request) { r.proxy.ServeHTTP(w, req) }

// RoundTrip sends a call on and returns the answer. The call is recorded when
// the answer's body has been read to its end. Redirects are not followed.
func (r *Recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	r.mu.Lock()
	r.begun++
	t := &tape{r: r, n: r.begun, path: req.URL.Path}
	r.mu.Unlock()
	out := req.Clone(req.Context())
	out.URL.Scheme, out.URL.Host, out.Host = r.upstream.Scheme, r.upstream.Host, r.upstream.Host
	out.URL.Path, out.URL.RawPath = strings.TrimSuffix(r.upstream.Path, "/")+req.URL.Path, ""
	out.Header.Set("Accept-Encoding", "identity")
	out.GetBody = nil // else the transport could send what was not seen
	t.req = out
	if req.ContentLength > maxBody {
		closeBody(req)
		return nil, t.fail(ErrTooLarge)
	}
	if req.Body != nil && req.Body != http.NoBody {
		t.asked = &capture{rc: req.Body, want: req.ContentLength}
		out.Body = t.asked
	}
	res, err := r.transport.RoundTrip(out)
	if err != nil {
		return nil, t.fail(err)
	}
	t.res = res
	t.answered = &capture{rc: res.Body, want: res.ContentLength, done: t.done}
	if req.Method == http.MethodHead {
		t.answered.want = 0
	}
	res.Body = t.answered
	return res, nil
}

func closeBody(req *http.Request) {
	if req.Body != nil {
		_ = req.Body.Close()
	}
}

// A tape is one call on its way.
type tape struct {
	r    *Recorder
	n    int
	path string
	req  *http.Request
	res  *http.Response

	asked, answered *capture
}

// fail tells that a call is not recorded, and returns the error.
func (t *tape) fail(err error) error {
	t.tell(Outcome{N: t.n, Name: t.name(), Err: plain(err)})
	return err
}

var errBroken = errors.New("the connection to WeCom broke")

// plain returns an error that holds nothing of a request or an answer, as those
// of net/http may.
func plain(err error) error {
	for _, known := range []error{ErrTooLarge, errAborted, context.Canceled, context.DeadlineExceeded, io.ErrUnexpectedEOF} {
		if errors.Is(err, known) {
			return known
		}
	}
	if wrong, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return wrong
	}
	if wrong, ok := errors.AsType[*net.OpError](err); ok {
		return wrong
	}
	return errBroken
}

// name is the call's; of a path that no page has, nothing is said.
func (t *tape) name() string {
	if t.r.veil.table.find(t.path) == nil {
		return t.req.Method + " (unknown)"
	}
	return (&Request{Method: t.req.Method, Path: t.path}).name()
}

func (t *tape) tell(o Outcome) {
	if t.r.observe != nil {
		t.r.observing.Lock()
		defer t.r.observing.Unlock()
		t.r.observe(o)
	}
}

// done records the call, now that its answer has ended.
func (t *tape) done(err error) {
	var asked []byte
	if t.asked != nil {
		var wrong error
		if asked, wrong = t.asked.all(); err == nil {
			err = wrong
		}
	}
	if err != nil {
		_ = t.fail(err)
		return
	}
	answered, _ := t.answered.all() // it has ended well
	req := canonical(t.req, t.path, asked)
	res := Response{Status: t.res.StatusCode, Header: headers(t.res.Header)}
	if v, err := parseJSON(answered, maxDepth); err == nil && isDocument(v) && v != nil && t.res.Header.Get("Content-Disposition") == "" {
		res.Body = v
	} else if len(answered) > 0 {
		res.File = fileOf(answered)
		res.File.Data = answered
	}
	r := t.r
	r.mu.Lock()
	one := numbered{n: t.n, known: len(r.veil.sensitive)}
	one.Interaction = r.veil.interaction(&req, &res)
	if r.veil.open {
		one.raw = &exchange{req, res}
		if !r.veil.media {
			one.raw.drop()
		}
	}
	r.finished = append(r.finished, one)
	r.mu.Unlock()
	t.tell(Outcome{N: t.n, Name: t.name(), Status: res.Status, Code: res.Code()})
}

// drop forgets what is in files.
func (e *exchange) drop() {
	for i := range e.req.Parts {
		if p := &e.req.Parts[i]; p.FileName != "" {
			p.Data = nil
		}
	}
	if e.res.File != nil {
		e.res.File.Data = nil
	}
}

// capture keeps what is read through it.
type capture struct {
	rc   io.ReadCloser
	want int64           // bytes; negative if nobody knows
	done func(err error) // called once; nil: nobody asks

	mu    sync.Mutex // guards all below
	buf   bytes.Buffer
	err   error
	whole bool // read to its end
	ended bool
}

func (c *capture) Read(p []byte) (int, error) {
	n, err := c.rc.Read(p)
	c.mu.Lock()
	_, _ = c.buf.Write(p[:n])
	if c.buf.Len() > maxBody {
		n, err = 0, ErrTooLarge
	}
	if errors.Is(err, io.EOF) {
		c.whole = true
	} else if err != nil {
		c.err = err
	}
	c.mu.Unlock()
	if err != nil {
		c.end()
	}
	return n, err
}

// Close ends the body.
func (c *capture) Close() error {
	err := c.rc.Close()
	c.end()
	return err
}

// end tells what became of the body, once.
func (c *capture) end() {
	c.mu.Lock()
	first := !c.ended
	c.ended = true
	c.mu.Unlock()
	if first && c.done != nil {
		_, err := c.all()
		c.done(err)
	}
}

// all returns what was read. A body that was not read to its end has been given
// up.
func (c *capture) all() ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil && !c.whole && int64(c.buf.Len()) != c.want {
		return nil, errAborted
	}
	return c.buf.Bytes(), c.err
}
