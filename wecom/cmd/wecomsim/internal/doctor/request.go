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
	query := maps.Clone(s.query)
	query.Set("msg_signature", strings.Repeat("0", 40))
	return sealed{s.encrypted, query}
}

// ask sends the check of a URL.
func (d *Doctor) ask(ctx context.Context, s sealed) answer {
	query := maps.Clone(s.query)
	query.Set("echostr", s.encrypted)
	return d.send(ctx, http.MethodGet, query, "")
}

// tell sends an event.
func (d *Doctor) tell(ctx context.Context, s sealed) answer {
	return d.send(ctx, http.MethodPost, s.query, fmt.Sprintf(
		"<xml><ToUserName><![CDATA[%s]]></ToUserName><AgentID><![CDATA[1000002]]></AgentID><Encrypt><![CDATA[%s]]></Encrypt></xml>",
		d.Keys.ReceiveID, s.encrypted))
}

func (d *Doctor) send(ctx context.Context, method string, query url.Values, body string) (out answer) {
	limit := d.Timeout
	if limit == 0 {
		limit = eventLimit
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
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
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "text/xml")
	}
	transport := &http.Transport{DisableKeepAlives: true, DisableCompression: true}
	defer transport.CloseIdleConnections()
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
		return "there is no answer in time", "answer first and work afterwards"
	}
	if _, ok := errors.AsType[*net.DNSError](a.err); ok {
		return "the host has no address: " + a.err.Error(), "look at the name in the URL, and its DNS entry"
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](a.err); ok {
		return "the certificate is not valid: " + a.err.Error(), "install one of a public authority, with its whole chain"
	}
	if op, ok := errors.AsType[*net.OpError](a.err); ok && op.Op == "dial" {
		return "nobody listens at the address: " + a.err.Error(), "start the application, and look at host and port in the URL"
	}
	return "the connection ends without an answer: " + a.err.Error(), "look for a panic or a time-out in the application's log"
}
