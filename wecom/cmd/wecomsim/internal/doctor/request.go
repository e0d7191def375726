package doctor

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// An answer is what the application answered to one request.
type answer struct {
	status  int // 0 if it did not
	body    string
	header  http.Header
	elapsed time.Duration
	err     error
}

// same reports whether two answers look alike.
func (a *answer) same(b *answer) bool {
	return a.status == b.status && a.body == b.body && (a.err == nil) == (b.err == nil)
}

// sealed is a text as WeCom sends it: encrypted and signed.
type sealed struct {
	encrypted string
	query     url.Values
}

// seal encrypts and signs a text.
func (d *Doctor) seal(keys wecomtest.Keys, text string, at time.Time) (sealed, error) {
	encrypted, err := keys.Encrypt(d.Random(), text)
	if err != nil {
		return sealed{}, err
	}
	return d.sign(keys, encrypted, at), nil
}

func (d *Doctor) sign(keys wecomtest.Keys, encrypted string, at time.Time) sealed {
	random := d.Random()
	timestamp, nonce := strconv.FormatInt(at.Unix(), 10), strconv.Itoa(int(binary.BigEndian.Uint32(random[:])))
	return sealed{encrypted, url.Values{
		"msg_signature": {keys.Sign(timestamp, nonce, encrypted)}, "timestamp": {timestamp}, "nonce": {nonce},
	}}
}

// forged is the same with a signature that is not its own.
func (s sealed) forged() sealed {
	return sealed{s.encrypted, s.with("msg_signature", strings.Repeat("0", 40))}
}

// with is the query with one more value.
func (s sealed) with(name, value string) url.Values {
	query := maps.Clone(s.query)
	query.Set(name, value)
	return query
}

// ask sends the check of a URL.
func (d *Doctor) ask(ctx context.Context, s sealed) answer {
	return d.send(ctx, http.MethodGet, s.with("echostr", s.encrypted), "")
}

// body is that of an event: without AgentID, which only the events of an app
// itself have.
func (d *Doctor) body(encrypted string) string {
	if d.Robot {
		return fmt.Sprintf(`{"encrypt":%q}`, encrypted)
	}
	return fmt.Sprintf("<xml><ToUserName><![CDATA[%s]]></ToUserName><Encrypt><![CDATA[%s]]></Encrypt></xml>", d.Keys.ReceiveID, encrypted)
}

// tell sends an event.
func (d *Doctor) tell(ctx context.Context, s sealed) answer {
	return d.send(ctx, http.MethodPost, s.query, d.body(s.encrypted))
}

func (d *Doctor) send(ctx context.Context, method string, query url.Values, body string) (out answer) {
	ctx, cancel := context.WithTimeout(ctx, eventLimit)
	defer cancel()
	target, err := url.Parse(d.URL)
	if err != nil {
		return answer{err: err}
	}
	own := target.Query()
	maps.Copy(own, query)
	target.RawQuery = own.Encode()
	req, err := http.NewRequestWithContext(ctx, method, target.String(), strings.NewReader(body))
	if err != nil {
		return answer{err: err}
	}
	switch {
	case method != http.MethodPost:
	case d.Robot:
		req.Header.Set("Content-Type", "application/json")
	default:
		req.Header.Set("Content-Type", "text/xml")
	}
	transport := d.Transport
	if transport == nil {
		transport = &http.Transport{DisableKeepAlives: true, DisableCompression: true}
	}
	start := d.Now()
	res, err := transport.RoundTrip(req) // follows no redirect, as WeCom
	defer func() { out.elapsed = d.Now().Sub(start) }()
	if err != nil {
		return answer{err: err}
	}
	data, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	_ = res.Body.Close()
	return answer{status: res.StatusCode, header: res.Header, body: string(data), err: err}
}

// failure puts why there is no answer into words.
func (a *answer) failure() (message, advice string) {
	if errors.Is(a.err, context.DeadlineExceeded) {
		return fmt.Sprintf("there is no answer within %d seconds, after which WeCom hangs up", eventLimit/time.Second), "answer first and work afterwards"
	}
	if _, ok := errors.AsType[*net.DNSError](a.err); ok {
		return "the host has no address: " + a.err.Error(), "look at the name in the URL, and its DNS entry"
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](a.err); ok {
		return "the certificate is not valid: " + a.err.Error(), "install one of a public authority, with its whole chain"
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](a.err); ok {
		return "the port speaks no TLS", "write http in the URL, or let the application, or a proxy before it, speak TLS"
	}
	if op, ok := errors.AsType[*net.OpError](a.err); ok && op.Op == "dial" {
		return "nobody listens at the address: " + a.err.Error(), "start the application, and look at host and port in the URL"
	}
	return "the connection ends without an answer: " + a.err.Error(), "look for a panic or a time-out in the application's log"
}
