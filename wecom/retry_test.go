package wecom_test

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
)

func TestRetryByClassOfCode(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		code   int
		reads  int // tries in all
		writes int
	}{
		{"system busy, three times at most", -1, 3, 3},
		{"data version conflict", 6000, 3, 3},
		{"too parallel", 45033, 3, 3},
		{"two calls change one record", 45035, 3, 3},
		{"record not ready yet", 41063, 3, 1},
		{"welcome being sent by another app", 41096, 3, 1},
		{"not a customer", 84061, 1, 1},
		{"not permitted", 48002, 1, 1},
		{"address not trusted", 60020, 1, 1},
		{"wrong request", 40058, 1, 1},
		{"welcome code used", 41051, 1, 1},
		{"unknown code", 987654321, 1, 1},
		{"rate limit, not asked to wait", 45009, 1, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := &peer{serve: func(*http.Request, int) string { return refusal(test.code) }}
				for op, want := range map[*wecom.Operation]int{&opRead: test.reads, &opWrite: test.writes} {
					err := call(t.Context(), p.client(t), *op)
					e, isError := errors.AsType[*wecom.Error](err)
					require.True(t, isError, "%v", err)
					assert.Equal(t, wecom.Code(test.code), e.Code)
					assert.Equal(t, want, e.Attempts)
					assert.Equal(t, want, p.count(op.Path))
					assert.Equal(t, "203.0.113.7", e.IP)
				}
			})
		})
	}
}

func TestRetrySucceedsAfterBusy(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &peer{serve: func(_ *http.Request, n int) string {
			if n < 3 {
				return refusal(-1)
			}
			return ok
		}}
		start := time.Now()
		require.NoError(t, call(t.Context(), p.client(t), opWrite))
		assert.Equal(t, 3, p.count(opWrite.Path))
		assert.Greater(t, time.Since(start), 300*time.Millisecond*9/10, "paused before each retry")
		assert.Less(t, time.Since(start), time.Second)
	})
}

// A call that waited for a busy server may find that its token has ended once
// more: that it was replayed before says nothing of the new token.
func TestTokenEndsAgainWhileWeComIsBusy(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &peer{serve: func(_ *http.Request, n int) string {
			if codes := []int{40014, -1, 42001}; n <= len(codes) {
				return refusal(codes[n-1])
			}
			return ok
		}}

		require.NoError(t, call(t.Context(), p.client(t), opWrite))

		assert.Equal(t, 4, p.count(opWrite.Path))
		assert.Equal(t, 3, p.tokens())
	})
}

func TestRetryGivesUpBeforeTheDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &peer{serve: func(*http.Request, int) string { return refusal(-1) }}
		ctx, cancel := context.WithTimeout(t.Context(), 150*time.Millisecond)
		defer cancel()
		start := time.Now()
		err := call(ctx, p.client(t, wecom.WithRetry(wecom.Retry{MinBackoff: time.Second})), opRead)
		require.ErrorIs(t, err, wecom.ErrBusy, "the caller learns what WeCom said")
		assert.Zero(t, time.Since(start), "no pause that cannot be followed by a try")
	})
}

func TestRetryCanBeTurnedOff(t *testing.T) {
	t.Parallel()
	p := &peer{serve: func(*http.Request, int) string { return refusal(-1) }}
	require.Error(t, call(t.Context(), p.client(t, wecom.WithRetry(wecom.Retry{Attempts: 1})), opRead))
	assert.Equal(t, 1, p.count(opRead.Path))
}

func TestRateLimitClosesTheAPI(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &peer{serve: func(r *http.Request, n int) string {
			if n == 1 && r.URL.Path == opRead.Path {
				return refusal(45009)
			}
			return ok
		}}
		c := p.client(t)
		start := time.Now()

		err := call(t.Context(), c, opRead)
		require.ErrorIs(t, err, wecom.ErrRateLimited)
		e, _ := errors.AsType[*wecom.Error](err)
		assert.False(t, e.Client, "WeCom refused this one")
		assert.Equal(t, start.Add(time.Minute), e.RetryAt)

		err = call(t.Context(), c, opRead)
		require.ErrorIs(t, err, wecom.ErrRateLimited)
		e, _ = errors.AsType[*wecom.Error](err)
		assert.True(t, e.Client, "this one was not sent")
		assert.Equal(t, 1, p.count(opRead.Path))
		require.NoError(t, call(t.Context(), c, opWrite), "other APIs stay open")

		time.Sleep(time.Minute)
		require.NoError(t, call(t.Context(), c, opRead))
	})
}

func TestRateLimitIsWaitedOutOnRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &peer{serve: func(_ *http.Request, n int) string {
			if n == 1 {
				return refusal(45009)
			}
			return ok
		}}
		c := p.client(t, wecom.WithRetry(wecom.Retry{WaitBlock: true}))
		start := time.Now()
		require.NoError(t, call(t.Context(), c, opWrite))
		assert.Equal(t, time.Minute, time.Since(start))

		p.calls[opWrite.Path] = 0
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		start = time.Now()
		require.ErrorIs(t, call(ctx, c, opWrite), wecom.ErrRateLimited)
		assert.Zero(t, time.Since(start), "no wait for what cannot come in time")
	})
}

func TestLostReply(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		err   error
		sent  bool // the request may have left
		reads int
	}{
		{"connection reset", &net.OpError{Op: "read", Err: errors.New("connection reset by peer")}, true, 3},
		{"closed in the middle", io.ErrUnexpectedEOF, true, 3},
		{"bad record in the middle", fmt.Errorf("reading: %w", tls.RecordHeaderError{Msg: "oversized record received"}), true, 3},
		{"not dialled", &net.OpError{Op: "dial", Err: errors.New("connection refused")}, false, 3},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				tries := map[string]int{}
				p := &peer{fault: func(r *http.Request) error {
					tries[r.URL.Path]++
					if r.URL.Path == "/cgi-bin/gettoken" {
						return nil
					}
					return test.err
				}}
				c := p.client(t)

				readErr, writeErr := call(t.Context(), c, opRead), call(t.Context(), c, opWrite)

				require.ErrorIs(t, readErr, test.err)
				require.ErrorIs(t, writeErr, test.err)
				assert.Equal(t, test.reads, tries[opRead.Path])
				assert.NotErrorIs(t, readErr, wecom.ErrOutcomeUnknown, "a read changes nothing")
				if test.sent {
					assert.Equal(t, 1, tries[opWrite.Path], "a write that may have run is not repeated")
					assert.ErrorIs(t, writeErr, wecom.ErrOutcomeUnknown)
				} else {
					assert.Equal(t, 3, tries[opWrite.Path], "a write that cannot have run is")
					assert.NotErrorIs(t, writeErr, wecom.ErrOutcomeUnknown)
				}
			})
		})
	}
}

func TestServerErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		status int
		body   string
		reads  int
		want   string
	}{
		{"bad gateway", 502, "<html>", 3, "502"},
		{"unavailable", 503, "", 3, "503"},
		{"redirect", 302, "", 1, "redirect"},
		{"not found", 404, "<html>", 1, "404"},
		{"a page instead of JSON", 200, "<html><body>hello</body></html>", 1, "not a JSON object"},
		{"empty", 200, "", 1, "not a JSON object"},
		{"a refusal with an odd status", 500, refusal(84061), 1, "84061"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var tries atomic.Int32
				transport := handlerTransport(func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path == "/cgi-bin/gettoken" {
						_, _ = io.WriteString(w, tokenReply("tok-1", 7200))
						return
					}
					tries.Add(1)
					w.Header().Set("Location", "https://elsewhere.test/")
					w.WriteHeader(test.status)
					_, _ = io.WriteString(w, test.body)
				})
				c, err := wecom.New(cred, wecom.WithHTTPClient(&http.Client{Transport: transport}))
				require.NoError(t, err)

				require.ErrorContains(t, call(t.Context(), c, opRead), test.want)
				assert.EqualValues(t, test.reads, tries.Load())
				tries.Store(0)
				require.ErrorContains(t, call(t.Context(), c, opWrite), test.want)
				assert.EqualValues(t, 1, tries.Load(), "a write is not repeated")
			})
		})
	}
}

// handlerTransport answers from a handler, in memory.
type handlerTransport http.HandlerFunc

func (h handlerTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	h(w, r)
	res := w.Result()
	res.Request = r
	return res, nil
}

func TestAttemptTimesOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hang := false
		p := &peer{fault: func(r *http.Request) error {
			if !hang {
				return nil
			}
			<-r.Context().Done()
			return r.Context().Err()
		}}
		c := p.client(t, wecom.WithTimeout(3*time.Second))
		require.NoError(t, call(t.Context(), c, opWrite))
		hang = true
		start := time.Now()
		err := call(t.Context(), c, opWrite)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, wecom.ErrOutcomeUnknown)
		require.ErrorContains(t, err, "3s")
		assert.Equal(t, 3*time.Second, time.Since(start))
	})
}

// A GET that writes must not be repeated by net/http when a kept connection
// breaks under it.
func TestWriteByGetIsNotRepeatedByTheTransport(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var arrived atomic.Int32
	srv := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/cgi-bin/gettoken" {
			_, _ = io.WriteString(w, tokenReply("tok-1", 7200))
			return
		}
		arrived.Add(1)
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_ = conn.Close() // carried out, and the reply lost
		}
	})}
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(ln) }()
	t.Cleanup(func() { _ = srv.Close(); <-done })
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	c, err := wecom.New(cred, wecom.WithBaseURL("http://"+ln.Addr().String()), wecom.WithHTTPClient(&http.Client{Transport: transport}))
	require.NoError(t, err)
	_, err = c.Token(t.Context()) // leaves a kept connection behind
	require.NoError(t, err)

	err = call(t.Context(), c, wecom.Operation{Method: http.MethodGet, Path: "/cgi-bin/user/delete"})

	require.ErrorIs(t, err, wecom.ErrOutcomeUnknown)
	assert.EqualValues(t, 1, arrived.Load())
}

// A write that never had a connection cannot have run, even if the attempt
// ended by its own time-out and no error says "dial".
func TestWriteWithoutAConnectionIsRepeated(t *testing.T) {
	t.Parallel()
	hang := func(hangs int32) func(context.Context, string, string) (net.Conn, error) {
		var dials atomic.Int32
		return func(ctx context.Context, network, address string) (net.Conn, error) {
			if dials.Add(1) <= hangs {
				<-ctx.Done()
				return nil, ctx.Err()
			}
			return new(net.Dialer).DialContext(ctx, network, address)
		}
	}
	refusingProxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
	}))
	t.Cleanup(refusingProxy.Close)
	proxy, err := url.Parse(refusingProxy.URL)
	require.NoError(t, err)
	tests := []struct {
		name      string
		transport *http.Transport
		base      string // "" is a server that works
		slow      time.Duration
		arrived   int32
		check     func(*testing.T, error)
	}{
		{"dial hangs once", &http.Transport{DialContext: hang(1)}, "", 0, 1, func(t *testing.T, err error) {
			t.Helper()
			require.NoError(t, err)
		}},
		{"dial hangs for good", &http.Transport{DialContext: hang(100)}, "", 0, 0, func(t *testing.T, err error) {
			t.Helper()
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.NotErrorIs(t, err, wecom.ErrOutcomeUnknown)
			require.ErrorContains(t, err, "tried 3 times")
		}},
		{"proxy opens no tunnel", &http.Transport{Proxy: http.ProxyURL(proxy)}, "https://wecom.test", 0, 0, func(t *testing.T, err error) {
			t.Helper()
			require.NotErrorIs(t, err, wecom.ErrOutcomeUnknown)
			require.ErrorContains(t, err, "not sent: Forbidden (tried 3 times)")
		}},
		{"reply hangs", &http.Transport{}, "", time.Second, 1, func(t *testing.T, err error) {
			t.Helper()
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.ErrorIs(t, err, wecom.ErrOutcomeUnknown)
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var arrived atomic.Int32
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				arrived.Add(1)
				select {
				case <-time.After(test.slow):
				case <-r.Context().Done():
				}
				_, _ = io.WriteString(w, ok)
			}))
			t.Cleanup(srv.Close)
			t.Cleanup(test.transport.CloseIdleConnections)
			c, err := wecom.New(cred, wecom.WithTokenSource(fixedToken("tok-1")), wecom.WithTimeout(100*time.Millisecond),
				wecom.WithBaseURL(cmp.Or(test.base, srv.URL)), wecom.WithHTTPClient(&http.Client{Transport: test.transport}),
				wecom.WithRetry(wecom.Retry{MinBackoff: time.Millisecond}))
			require.NoError(t, err)

			err = call(t.Context(), c, opWrite)

			test.check(t, err)
			assert.Equal(t, test.arrived, arrived.Load())
		})
	}
}

// The official text allows three tries after -1, whatever the policy says of
// lost replies.
func TestBusyServerIsAskedThreeTimesAtMost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &peer{
			serve: func(*http.Request, int) string { return refusal(-1) },
			after: func(r *http.Request) error {
				if r.URL.Path == opGet.Path {
					return io.ErrUnexpectedEOF
				}
				return nil
			},
		}
		c := p.client(t, wecom.WithRetry(wecom.Retry{Attempts: 6}))
		require.ErrorIs(t, call(t.Context(), c, opRead), wecom.ErrBusy)
		assert.Equal(t, 3, p.count(opRead.Path))
		require.ErrorIs(t, call(t.Context(), c, opGet), io.ErrUnexpectedEOF)
		assert.Equal(t, 6, p.count(opGet.Path))
	})
}

// WeCom refuses with status 200. An errcode under a 5xx is a gateway's, and
// says nothing certain of what happened behind it.
func TestBusyGatewayDoesNotRepeatAWrite(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		calls := map[string]int{}
		c, err := wecom.New(cred, wecom.WithTokenSource(fixedToken("tok-1")), wecom.WithHTTPClient(&http.Client{
			Transport: handlerTransport(func(w http.ResponseWriter, r *http.Request) {
				calls[r.URL.Path]++
				w.WriteHeader(http.StatusGatewayTimeout)
				_, _ = io.WriteString(w, refusal(-1))
			}),
		}))
		require.NoError(t, err)
		require.ErrorIs(t, call(t.Context(), c, opRead), wecom.ErrBusy)
		assert.Equal(t, 3, calls[opRead.Path])
		err = call(t.Context(), c, opWrite)
		require.ErrorIs(t, err, wecom.ErrBusy)
		require.ErrorIs(t, err, wecom.ErrOutcomeUnknown)
		require.ErrorContains(t, err, "look before repeating it")
		assert.Equal(t, 1, calls[opWrite.Path])
	})
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		status int
		header string
		tries  int
		wait   time.Duration // between two tries, at least
	}{
		{"seconds", 503, "3", 3, 3 * time.Second},
		{"of a limit", 429, "3", 3, 3 * time.Second},
		{"date", 503, "Sat, 01 Jan 2000 00:00:04 GMT", 2, 4 * time.Second},
		{"longer than a pause may be", 503, "60", 1, 0},
		{"past", 503, "Sat, 01 Jan 1999 00:00:00 GMT", 3, 100 * time.Millisecond},
		{"rubbish", 503, "soon", 3, 100 * time.Millisecond},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now() // 2000-01-01 in a bubble
				var tries []time.Time
				c, err := wecom.New(cred, wecom.WithTokenSource(fixedToken("tok-1")), wecom.WithHTTPClient(&http.Client{
					Transport: handlerTransport(func(w http.ResponseWriter, _ *http.Request) {
						tries = append(tries, time.Now())
						if len(tries) == 2 && test.name == "date" {
							_, _ = io.WriteString(w, ok)
							return
						}
						w.Header().Set("Retry-After", test.header)
						w.WriteHeader(test.status)
					}),
				}))
				require.NoError(t, err)
				err = call(t.Context(), c, opRead)
				require.Len(t, tries, test.tries)
				for i := range tries[1:] {
					assert.GreaterOrEqual(t, tries[i+1].Sub(tries[i]), test.wait)
				}
				if test.tries == 1 {
					lost, isLost := errors.AsType[*wecom.TransportError](err)
					require.True(t, isLost)
					assert.Equal(t, start.Add(time.Minute), lost.RetryAt)
					require.ErrorContains(t, err, "asks to wait until 2000-01-01T00:01:00Z")
				}
			})
		})
	}
}

// A limiter that sees no reason to wait must not turn WaitBlock into a loop.
func TestWaitBlockIsNoLoop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &peer{serve: func(*http.Request, int) string { return refusal(45009) }}
		c := p.client(t, wecom.WithRetry(wecom.Retry{WaitBlock: true}), wecom.WithLimiter(openLimiter{}))
		require.ErrorIs(t, call(t.Context(), c, opRead), wecom.ErrRateLimited)
		assert.Equal(t, 3, p.count(opRead.Path))
	})
}

// An openLimiter never waits.
type openLimiter struct{}

func (openLimiter) Acquire(context.Context, wecom.LimitRequest) (func(), error) {
	return func() {}, nil
}

func (openLimiter) Refused(context.Context, wecom.LimitRequest) time.Time { return time.Now() }

// No redirect is followed, whatever its kind and whatever the http.Client says.
func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		var arrived atomic.Int32
		h := &http.Client{
			Transport: handlerTransport(func(w http.ResponseWriter, r *http.Request) {
				arrived.Add(1)
				w.Header().Set("Location", "https://evil.test"+r.URL.RequestURI())
				w.WriteHeader(status)
			}),
			CheckRedirect: func(*http.Request, []*http.Request) error { return nil },
		}
		c, err := wecom.New(cred, wecom.WithTokenSource(fixedToken("tok-1")), wecom.WithHTTPClient(h))
		require.NoError(t, err)
		for _, op := range []wecom.Operation{opRead, opWrite} {
			arrived.Store(0)
			require.ErrorContains(t, call(t.Context(), c, op), "redirect")
			assert.EqualValues(t, 1, arrived.Load(), "%d %s", status, op.Method)
		}
	}
}

// Nor does HTTP/2 repeat a write, be it a POST or a GET, whose stream the server
// broke off.
func TestWriteOverHTTP2IsNotRepeated(t *testing.T) {
	t.Parallel()
	var protocol, arrived atomic.Int32
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		protocol.Store(int32(r.ProtoMajor))
		arrived.Add(1)
		panic(http.ErrAbortHandler) // carried out, and the reply lost
	}))
	srv.EnableHTTP2 = true
	srv.StartTLS()
	t.Cleanup(srv.Close)
	c, err := wecom.New(cred, wecom.WithBaseURL(srv.URL), wecom.WithHTTPClient(srv.Client()),
		wecom.WithTokenSource(fixedToken("tok-1")), wecom.WithRetry(wecom.Retry{MinBackoff: time.Millisecond}))
	require.NoError(t, err)
	getThatWrites := wecom.Operation{Method: http.MethodGet, Path: "/cgi-bin/user/delete"}
	for op, want := range map[*wecom.Operation]int32{&opWrite: 1, &getThatWrites: 1, &opRead: 3} {
		for range 3 { // the first on a new connection, the others on a kept one
			arrived.Store(0)
			err := call(t.Context(), c, *op)
			require.Error(t, err)
			assert.Equal(t, !op.Read, errors.Is(err, wecom.ErrOutcomeUnknown))
			assert.Equal(t, want, arrived.Load(), "%s %s", op.Method, op.Path)
		}
	}
	assert.EqualValues(t, 2, protocol.Load())
}

// A ctx's deadline is of the system's clock, whatever clock the client waits by.
func TestRetryMeasuresTheDeadlineByTheSystemClock(t *testing.T) {
	t.Parallel()
	for _, by := range []time.Duration{-48 * time.Hour, 48 * time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			p := &peer{serve: func(*http.Request, int) string { return refusal(-1) }}
			c := p.client(t, wecom.WithClock(shiftedClock{by}), wecom.WithRetry(wecom.Retry{MinBackoff: 2 * time.Second}))
			long, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			require.ErrorIs(t, call(long, c, opRead), wecom.ErrBusy)
			assert.Equal(t, 3, p.count(opRead.Path), "there is time for retries")
			short, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			require.ErrorIs(t, call(short, c, opWrite), wecom.ErrBusy)
			assert.Equal(t, 1, p.count(opWrite.Path), "there is none")
		})
	}
}
