package wecomtest

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"

	"github.com/wecomkit/wecom-go/wecom"
)

const (
	officialHost = "qyapi.weixin.qq.com"
	memHost      = "wecom.sim"

	// memPrefix stands before every path of the in-memory URL, so that a
	// client which drops the path of its base URL shows.
	memPrefix = "/proxy"
)

// A Server is a WeCom server with one corp. Make one per test: it is cheap.
// It is safe for concurrent use.
//
// [Server.AddCorp] adds corps that share all with the first but what a corp
// has for itself: each is a Server of its own.
type Server struct {
	*world

	corp *corp // guarded by mu
}

// world is what all corps of one server share.
type world struct {
	t      TB // nil outside tests
	set    settings
	clock  *Clock
	log    *callLog
	limits *Limits

	handlers map[string]handler

	mu        sync.Mutex              // guards what follows, and the corps while a handler runs
	state                             // with the corps, what Restore replaces
	servers   []*Server               // one for each corp; [0] is the server's own
	restores  int                     // that were made
	alarms    map[*appointment]func() // end what the clock is set to
	customs   map[string]func(Call) (any, error)
	pageSizes map[string]int

	deliverMu  sync.Mutex // guards what follows, and the queues; taken under mu
	callbacks  []*callback
	deliveries deliveryLog
	delivered  chan struct{} // closed at the next attempt, if somebody waits

	faultMu sync.Mutex // guards what follows, every Fault, Mishap and Chaos
	faults  []*Fault
	mishaps []*Mishap
	chaos   []*Chaos
	refuse  int // connections

	reportMu sync.Mutex // guards what follows; taken last
	problems []string
	closed   bool

	mem    *memListener
	http   *http.Server
	client *http.Client
	done   context.Context // ends when Close begins
	cancel context.CancelFunc
	owned  sync.WaitGroup // goroutines and calls that Close waits for

	addrMu sync.Mutex // guards tcp
	tcp    net.Listener

	newsMu sync.Mutex    // guards news; taken last
	news   chan struct{} // closed at the next thing to see, if somebody watches
}

// New starts a server that closes itself at the end of the test, and fails the
// test for what a real corp would suffer in silence: unknown endpoints, unknown
// fields, faults that never struck. A failed test logs every call.
func New(t TB, opts ...Option) *Server {
	t.Helper()
	s := newServer(t, opts)
	t.Cleanup(func() {
		t.Helper()
		s.finish()
		if t.Failed() {
			s.log.print(t)
			s.printDeliveries(t)
			s.printChaos(t)
		}
		s.Close()
	})
	s.sow(s.set.seeds)
	return s
}

// NewServer starts a server outside a test. Call Close when done;
// [Server.Problems] lists what New would fail a test for.
func NewServer(opts ...Option) *Server {
	s := newServer(nil, opts)
	sown := false
	defer func() {
		if !sown {
			s.Close()
		}
	}()
	s.sow(s.set.seeds)
	sown = true
	return s
}

func newServer(t TB, opts []Option) *Server {
	set := defaultSettings()
	for _, opt := range opts {
		opt(&set)
	}
	s := &Server{world: &world{
		t:          t,
		set:        set,
		clock:      &Clock{},
		log:        newCallLog(set.logBytes),
		handlers:   handlers(),
		state:      newState(),
		mem:        newMemListener(),
		deliveries: deliveryLog{max: set.deliveryBytes},
	}}
	s.found("")
	s.clock.settle = s.settle
	s.limits = newLimits(s)
	s.done, s.cancel = context.WithCancel(context.Background())
	//nolint:gosec // it serves tests
	s.http = &http.Server{Handler: s.Handler(), ErrorLog: log.New(io.Discard, "", 0)}
	s.client = &http.Client{
		Transport: &http.Transport{
			DialContext:         s.dial,
			DialTLSContext:      s.dial, // the simulator's memory needs no TLS
			MaxIdleConnsPerHost: 64,
			DisableCompression:  true,
		},
	}
	s.owned.Go(func() { _ = s.http.Serve(s.mem) })
	return s
}

// dial connects to the simulator, under its own name or WeCom's, and to
// nothing else: a test must not reach the network by mistake.
func (s *Server) dial(ctx context.Context, _, addr string) (net.Conn, error) {
	host, _, _ := net.SplitHostPort(addr)
	if host == memHost || host == officialHost {
		if s.refuseDial() {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
		}
		return s.mem.dial(ctx, memIP+":40000")
	}
	s.addrMu.Lock()
	tcp := s.tcp
	s.addrMu.Unlock()
	if tcp != nil && addr == tcp.Addr().String() {
		return new(net.Dialer).DialContext(ctx, "tcp", addr)
	}
	return nil, fmt.Errorf("wecomtest: %s is not the simulator", addr)
}

// Start also listens on a TCP address, such as "127.0.0.1:0". [Server.URL] is
// the address from then on.
func (s *Server) Start(addr string) error {
	l, err := new(net.ListenConfig).Listen(s.done, "tcp", addr)
	if err != nil {
		return err
	}
	s.addrMu.Lock()
	defer s.addrMu.Unlock()
	if s.tcp != nil {
		_ = l.Close()
		return fmt.Errorf("wecomtest: already listening on %s", s.tcp.Addr())
	}
	s.tcp = l
	s.owned.Go(func() { _ = s.http.Serve(l) })
	return nil
}

// Close ends every call, delivery and goroutine of the server.
func (s *Server) Close() {
	s.reportMu.Lock()
	s.closed = true // no goroutine is added from here on
	s.reportMu.Unlock()
	s.cancel()
	_ = s.mem.Close()
	_ = s.http.Close()
	s.client.CloseIdleConnections()
	s.clock.stop()
	s.owned.Wait()
}

// Handler returns the server as an http.Handler, to mount elsewhere.
func (s *Server) Handler() http.Handler { return http.HandlerFunc(s.serve) }

// URL is the base URL for clients: the TCP address after [Server.Start], and
// before it that of [WithURL], or a name that only [Server.HTTPClient] can reach.
func (s *Server) URL() string {
	s.addrMu.Lock()
	defer s.addrMu.Unlock()
	if s.tcp != nil {
		return "http://" + s.tcp.Addr().String() + memPrefix
	}
	if s.set.url != "" {
		return s.set.url
	}
	return "http://" + memHost + memPrefix
}

// HTTPClient returns an HTTP client that reaches the simulator under
// [Server.URL] and, for code with a fixed host, under
// https://qyapi.weixin.qq.com. It reaches nothing else.
func (s *Server) HTTPClient() *http.Client { return s.client }

// Clock returns the time that the server lives by.
func (s *Server) Clock() *Clock { return s.clock }

// Credential returns the corp's id and the secret of its first app, which may
// call the customer APIs.
func (s *Server) Credential() wecom.Credential {
	s.mu.Lock()
	defer s.mu.Unlock()
	return wecom.Credential{CorpID: s.corp.id, Secret: s.corp.apps[0].Secret}
}

// Options point a client at the simulator and its clock.
func (s *Server) Options() []wecom.Option {
	return []wecom.Option{
		wecom.WithBaseURL(s.URL()),
		wecom.WithHTTPClient(s.client),
		wecom.WithClock(s.clock),
	}
}

// NewClient returns a client of the first app. Options given here come after
// those of [Server.Options].
func (s *Server) NewClient(opts ...wecom.Option) *wecom.Client {
	s.helper()
	client, err := wecom.New(s.Credential(), append(s.Options(), opts...)...)
	if err != nil {
		s.fatalf("wecomtest: NewClient: %v", err)
	}
	return client
}

const maxProblems = 1000

// Problems lists what went wrong without an errcode to tell of it: the latest
// thousand.
func (s *Server) Problems() []string {
	s.reportMu.Lock()
	defer s.reportMu.Unlock()
	return slices.Clone(s.problems)
}

// finish reports what only the end of a test can show.
func (s *Server) finish() {
	s.helper()
	s.unusedFaults()
	s.heldBack()
}

// problemf fails the test, unless the server is lenient.
func (s *Server) problemf(format string, args ...any) {
	s.helper()
	msg := "wecomtest: " + fmt.Sprintf(format, args...)
	s.reportMu.Lock()
	defer s.reportMu.Unlock()
	s.problems = append(s.problems, msg)
	if n := len(s.problems) - maxProblems; n > 0 {
		s.problems = slices.Delete(s.problems, 0, n)
	}
	if s.t != nil && !s.set.lenient && !s.closed {
		s.t.Errorf("%s", msg)
	}
}

// begin adds one goroutine or call to those that Close waits for. The caller
// calls s.owned.Done. It returns false once Close has begun.
func (s *Server) begin() bool {
	s.reportMu.Lock()
	defer s.reportMu.Unlock()
	if s.closed {
		return false
	}
	s.owned.Add(1)
	return true
}

// A MisuseError is what a Server of [NewServer] panics with where one of [New] would
// end the test: somebody asked for what cannot be, such as an act of a member
// whom the corp does not have.
type MisuseError struct{ msg string }

func (m *MisuseError) Error() string { return m.msg }

// fatalf ends the test; outside a test a misuse of the simulator panics.
func (s *Server) fatalf(format string, args ...any) {
	if s.t == nil {
		panic(&MisuseError{fmt.Sprintf(format, args...)})
	}
	s.t.Helper()
	s.t.Fatalf(format, args...)
}

func (s *Server) helper() {
	if s.t != nil {
		s.t.Helper()
	}
}

// op resolves the name of an operation; an unknown one ends the test.
func (s *Server) op(name string) string {
	s.helper()
	path := fullPath(name)
	if spec.find(path) == nil && s.custom(path) == nil {
		s.fatalf("wecomtest: no operation %q; nearest: %s", name, strings.Join(nearest(name, 3), ", "))
	}
	return path
}
