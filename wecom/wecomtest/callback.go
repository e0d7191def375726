package wecomtest

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

const (
	echoLimit     = time.Second     // for the answer to the echo check
	callbackLimit = 5 * time.Second // for the answer to an event
	maxAttempts   = 4               // the first delivery and three more
)

// A Callback is where an app hears of what people do.
//
// With the SuiteID of [Server.AddSuite] it is that suite's, as its 指令回调 and its
// 数据回调 at once, and hears of every corp that has installed it: in [FormSuite] of
// whatever has that form, and of all else as an app of the corp does. With the
// ServiceCorpID of a provider it is the 系统事件接收URL and hears in [FormProvider].
//
// For an app of the corp that plays a third-party app, SuiteID is any other id
// and makes the callback its 指令回调, to which a second one, without, is the
// 数据回调.
type Callback struct {
	Handler http.Handler // either the handler itself
	URL     string       // or where it listens
	Client  *http.Client // for URL; nil is a plain one
	Keys    Keys         // zero is Server.Keys, Server.SuiteKeys with a SuiteID, Server.ProviderKeys with a provider
	AgentID int64        // of the app; 0 is the first app
	AIBotID string       // of an intelligent robot, in place of an app
	JSON    bool         // events come as JSON, in JSON

	SuiteID       string // the suite, or the third-party app that AgentID is in this corp
	ServiceCorpID string // the provider, whose id the echo check is for

	Unchecked bool // it passed the echo check before: none is made
}

// callback is a Callback at work.
type callback struct {
	given Callback
	s     *Server
	app   *app   // whose it is, or
	bot   *aiBot // whose it is, or
	suite *suite // whose it is, in all corps, or

	provider *provider // whose it is

	stop   func() // ends the server of a handler
	json   bool   // bodies are JSON
	keys   Keys
	url    *url.URL
	client *http.Client

	form       EventForm
	suiteID    string
	providerID string

	oldKeys Keys // of before they were changed

	randoms atomic.Int64 // used by the echo check, then by run

	// guarded by s.deliverMu
	queue    []*parcel
	held     *parcel // that the next one overtakes
	running  bool
	gone     bool // removed: nothing is sent again
	attempts int  // requests made
	awaited  int  // the last of them that Clock.Advance gave time to
}

// A parcel is a delivery that is not done, and what is sent: the same bytes
// each time.
type parcel struct {
	d        *Delivery
	way      way
	copies   int           // to send once it is answered
	once     bool          // not sent again for want of an answer
	answered func(Attempt) // takes in the first answer, or that there will be none; may be nil
	keys     Keys

	receiveID string     // whom it is encrypted for
	query     url.Values // nil before the first attempt
	body      []byte
}

// Callback sends the first app's events to a handler that knows
// [Server.Keys], after the echo check that the console makes. A handler that
// does not pass it ends the test.
func (s *Server) Callback(h http.Handler) {
	s.helper()
	if err := s.SetCallback(Callback{Handler: h}); err != nil {
		s.fatalf("%v", err)
	}
}

// SetCallback sends an app's events to a handler or a URL, after the echo
// check that the console makes.
func (s *Server) SetCallback(in Callback) error {
	cb, err := s.newCallback(in)
	if err != nil {
		return err
	}
	if !in.Unchecked {
		if err := cb.echo(); err != nil {
			cb.stop()
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	checked := cb
	if cb, err = cb.again(s.corp, &s.state); err != nil { // Restore came meanwhile
		checked.stop()
		return err
	}
	s.listen(cb)
	if cb.suite != nil {
		s.keepTickets(cb.suite)
	}
	return nil
}

// listen puts a callback in the place of its owner's last one.
func (s *Server) listen(cb *callback) {
	s.deliverMu.Lock()
	defer s.deliverMu.Unlock()
	if i := slices.IndexFunc(s.callbacks, cb.same); i >= 0 {
		s.callbacks[i] = cb
		return
	}
	s.callbacks = append(s.callbacks, cb)
}

// same reports whether both are the same owner's.
func (cb *callback) same(old *callback) bool {
	return old.app == cb.app && old.bot == cb.bot && old.suite == cb.suite && old.provider == cb.provider && old.form == cb.form
}

func (s *Server) newCallback(in Callback) (*callback, error) {
	cb := startCallback(s, in)
	if err := cb.belong(); err != nil {
		return nil, err
	}
	if in.Handler != nil {
		return cb, cb.serve(in.Handler)
	}
	return cb, cb.reach()
}

// startCallback makes a callback that has yet to belong to somebody.
func startCallback(s *Server, in Callback) *callback {
	return &callback{
		given: in, stop: func() {}, s: s, keys: in.Keys, client: in.Client, json: in.JSON,
		form: FormCorp, suiteID: in.SuiteID, providerID: in.ServiceCorpID,
	}
}

// reach makes a callback one that is a URL.
func (cb *callback) reach() (err error) {
	if cb.url, err = url.Parse(cb.given.URL); err != nil || cb.url.Host == "" {
		return errors.New("wecomtest: callback: want a Handler or an absolute URL")
	}
	if cb.client == nil {
		transport := &http.Transport{Proxy: http.ProxyFromEnvironment}
		closing := context.AfterFunc(cb.s.done, transport.CloseIdleConnections)
		cb.stop = func() {
			if closing() {
				transport.CloseIdleConnections()
			}
		}
		cb.client = newCallbackClient(transport)
	}
	return nil
}

// belong finds whose callback it is, and the keys.
func (cb *callback) belong() error {
	cb.s.mu.Lock()
	defer cb.s.mu.Unlock()
	return cb.belongIn(cb.s.corp, &cb.s.state)
}

// belongIn finds whose callback it is in a corp. The caller holds s.mu.
func (cb *callback) belongIn(c *corp, of *state) error {
	in := cb.given
	if cb.suite = of.providers.suite(in.SuiteID); cb.suite != nil {
		cb.form, cb.providerID = FormSuite, cb.suite.ProviderID
		cb.useKeys(cb.suite.keys, makeKeys(in.SuiteID, "old "))
		return nil
	}
	if p := of.providers.byID(in.ServiceCorpID); p != nil && in.SuiteID == "" {
		cb.provider, cb.form = p, FormProvider
		cb.useKeys(p.keys, makeKeys(p.CorpID, "old "))
		return nil
	}
	cb.oldKeys = c.keys("old ")
	own := c.keys("")
	if in.AIBotID != "" {
		if cb.bot = c.aiBots.byID[in.AIBotID]; cb.bot == nil {
			return fmt.Errorf("wecomtest: no intelligent robot %q", in.AIBotID)
		}
		own, cb.json = cb.bot.keys, true
	} else {
		i := slices.IndexFunc(c.apps, func(a *app) bool { return in.AgentID == 0 || a.AgentID == in.AgentID })
		if i < 0 {
			return fmt.Errorf("wecomtest: no app %d", in.AgentID)
		}
		cb.app = c.apps[i]
	}
	switch {
	case in.SuiteID != "":
		cb.form, cb.oldKeys, own = FormSuite, c.suiteKeys("old ", in.SuiteID), c.suiteKeys("", in.SuiteID)
	case in.ServiceCorpID != "":
		cb.form, own.ReceiveID = FormProvider, in.ServiceCorpID
	}
	if cb.keys == (Keys{}) {
		cb.keys = own
	}
	if cb.keys.SuiteID != "" && cb.keys.ReceiveID == "" {
		cb.keys.ReceiveID = cmp.Or(in.SuiteID, c.id)
	}
	return nil
}

// useKeys takes keys that are the owner's unless the caller has set others.
func (cb *callback) useKeys(own, old Keys) {
	cb.oldKeys = old
	if cb.keys == (Keys{}) {
		cb.keys = own
	}
}

// owner is the id of whose callback it is.
func (cb *callback) owner() string {
	switch {
	case cb.bot != nil:
		return cb.bot.AIBotID
	case cb.suite != nil:
		return cb.suite.SuiteID
	case cb.provider != nil:
		return cb.provider.CorpID
	default:
		return strconv.FormatInt(cb.app.AgentID, 10)
	}
}

// serve puts the handler behind a real HTTP server in memory.
func (cb *callback) serve(h http.Handler) error {
	l := newMemListener()
	//nolint:gosec // its only client is the simulator
	server := &http.Server{Handler: h, ErrorLog: log.New(complaints{cb.s}, "callback: ", 0)}
	transport := &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return l.dial(ctx, callbackIP+":50000") },
	}
	if !cb.s.begin() {
		return http.ErrServerClosed
	}
	go func() {
		defer cb.s.owned.Done()
		_ = server.Serve(l)
	}()
	end := func() {
		_ = server.Close()
		transport.CloseIdleConnections()
	}
	closing := context.AfterFunc(cb.s.done, end)
	cb.stop = func() {
		if closing() {
			end()
		}
	}
	cb.url = &url.URL{Scheme: "http", Host: "callback.sim", Path: "/"}
	cb.client = newCallbackClient(transport)
	return nil
}

// newCallbackClient follows no redirect: no page says that WeCom would.
func newCallbackClient(transport http.RoundTripper) *http.Client {
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// echo makes the check that the console makes before it saves a URL.
func (cb *callback) echo() error {
	want := "5927782489442352469" // a number, as WeCom sends one
	keys := cb.keys
	keys.ReceiveID = cmp.Or(cb.providerID, keys.ReceiveID)
	encrypted, err := keys.Encrypt(cb.random(), want)
	if err != nil {
		return err
	}
	query := cb.signed(cb.keys, encrypted, cb.s.clock.Now())
	query.Set("echostr", encrypted)
	ctx, cancel := context.WithCancelCause(cb.s.done)
	defer cancel(nil)
	// On a frozen clock a second never passes.
	timer := time.AfterFunc(echoLimit, func() { cancel(errSlow) })
	defer timer.Stop()
	res := cb.send(ctx, http.MethodGet, query, nil, echoLimit)
	switch {
	case res.Err != "":
		return fmt.Errorf("wecomtest: callback: echo check: %s", res.Err)
	case res.Status != http.StatusOK || res.Response != want:
		hint := ""
		if off := time.Until(cb.s.clock.Now()).Round(time.Second); off.Abs() >= time.Minute {
			hint = fmt.Sprintf(": the simulator's clock is %v off the system's; a handler that looks at timestamps needs Server.Clock", off)
		}
		return fmt.Errorf("wecomtest: callback: echo check: want 200 %q, got %d %q%s", want, res.Status, res.Response, hint)
	}
	return nil
}

// signed makes the query of a request with that text.
func (cb *callback) signed(keys Keys, encrypted string, at time.Time) url.Values {
	timestamp := strconv.FormatInt(at.Unix(), 10)
	random := cb.random()
	nonce := strconv.FormatUint(uint64(binary.BigEndian.Uint32(random[:])), 10)
	return url.Values{
		"msg_signature": {keys.Sign(timestamp, nonce, encrypted)},
		"timestamp":     {timestamp},
		"nonce":         {nonce},
	}
}

// random returns the next 16 of the bytes that stand for random ones: the
// same ones in every run. Only one delivery of a callback runs at a time.
func (cb *callback) random() [16]byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "random %s %d", cb.owner(), cb.randoms.Add(1)))
	return [16]byte(sum[:16])
}

// envelope is the body of a callback.
func (cb *callback) envelope(p *parcel, encrypted string) []byte {
	if cb.bot != nil {
		return fmt.Appendf(nil, `{"encrypt":%q}`, encrypted)
	}
	agent := ""
	if e := p.d.Event; e.AgentID != 0 && e.Form == FormCorp {
		agent = strconv.FormatInt(e.AgentID, 10)
	}
	if cb.json {
		var b bytes.Buffer
		writeJSONElements(&b, []Element{{"tousername", p.receiveID}, {"encrypt", encrypted}, {"agentid", agent}})
		return b.Bytes()
	}
	list := []Element{{"ToUserName", p.receiveID}}
	if agent != "" {
		list = append(list, Element{"AgentID", agent})
	}
	var b strings.Builder
	b.WriteString("<xml>")
	writeElements(&b, append(list, Element{"Encrypt", encrypted}))
	b.WriteString("</xml>")
	return []byte(b.String())
}

// send makes one request, with the time that WeCom allows for it.
func (cb *callback) send(ctx context.Context, method string, query url.Values, body []byte, limit time.Duration) Attempt {
	start := cb.s.clock.Now()
	out := Attempt{Time: start}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := cb.s.clock.afterFunc(limit, func() {
		cb.s.deliverMu.Lock()
		cb.awaited = 0 // the next attempt is on its way
		cb.s.deliverMu.Unlock()
		cancel(errSlow)
	})
	defer stop()
	u := *cb.url
	own := u.Query()
	maps.Copy(own, query)
	u.RawQuery = own.Encode()
	req, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(body))
	if err != nil {
		out.Err = err.Error()
		return out
	}
	switch {
	case body == nil:
	case cb.json:
		req.Header.Set("Content-Type", "application/json")
	default:
		req.Header.Set("Content-Type", "text/xml")
	}
	res, err := cb.client.Do(req)
	if err == nil {
		out.Status = res.StatusCode
		var data []byte
		data, err = io.ReadAll(io.LimitReader(res.Body, cb.maxAnswer()))
		_ = res.Body.Close()
		out.Response = string(data)
	}
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err // without the query, which only hides what is wrong
	}
	if err != nil {
		out.Status = 0
		out.Err = "connection failed: " + err.Error()
		if errors.Is(context.Cause(ctx), errSlow) {
			out.Err = fmt.Sprintf("no answer within %v", limit)
		}
	}
	out.Elapsed = cb.s.clock.Now().Sub(start)
	return out
}

// maxAnswer is how much of an answer is read: a robot's may hold ten images,
// which are encoded twice.
func (cb *callback) maxAnswer() int64 {
	if cb.bot != nil {
		return 20 * maxAIBotImage
	}
	return megabyte
}

// complaints fail the test for what an http.Server logs: a handler panicked.
type complaints struct{ s *Server }

func (c complaints) Write(line []byte) (int, error) {
	c.s.problemf("%s", bytes.TrimSpace(line))
	return len(line), nil
}

var errSlow = errors.New("too slow")
