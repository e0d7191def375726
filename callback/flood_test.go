package callback_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
)

// A pipeListener hands out one end of in-memory connections, whose deadlines
// run on the clock of the bubble.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error { close(l.closed); return nil }

func (*pipeListener) Addr() net.Addr { return &net.TCPAddr{} }

func (l *pipeListener) dial() net.Conn {
	ours, theirs := net.Pipe()
	l.conns <- theirs
	return ours
}

// A body that trickles in is cut off when WeCom would have hung up, by a
// server without any time limits of its own; and events come through meanwhile.
func TestSlowBodyIsCutOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		handled := 0
		h := newHandler(t)
		callback.On(h, func(context.Context, *callback.AddExternalContact) error { handled++; return nil })
		l := serve(t, h)

		const slow = 50
		start := time.Now()
		ended := make(chan time.Duration, slow)
		for range slow {
			c := l.dial()
			go func() {
				_, err := fmt.Fprintf(c, "POST /?%s HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n", pageQuery)
				for err == nil {
					time.Sleep(time.Second)
					_, err = io.WriteString(c, "<")
				}
				ended <- time.Since(start)
			}()
			go func() { _, _ = io.Copy(io.Discard, c) }()
		}
		time.Sleep(time.Second)
		client := &http.Client{Transport: &http.Transport{
			DialContext: func(context.Context, string, string) (net.Conn, error) { return l.dial(), nil },
		}}
		query, body := honest(t)
		before := time.Now()
		resp, err := client.Post("http://x/?"+query, "text/xml", strings.NewReader(body))
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		assert.Equal(t, http.StatusOK, resp.StatusCode)
		assert.Zero(t, time.Since(before), "an event waits for strangers")
		assert.Equal(t, 1, handled)
		client.CloseIdleConnections()

		for range slow {
			assert.LessOrEqual(t, <-ended, 10*time.Second)
		}
		synctest.Wait()
		assert.EqualValues(t, slow, h.Stats().Refused)
	})
}

// A stranger's body is not waited for either, signed or not, whatever the
// method: the server would read it before the answer.
func TestSlowBodyOfARefusedRequest(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"POST /", "POST /?" + pageQuery, "GET /?" + pageQuery, "PUT /"} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := serve(t, newHandler(t))
				c := l.dial()
				start := time.Now()
				_, err := fmt.Fprintf(c, "%s HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n", line)
				require.NoError(t, err)
				go func() { _, _ = io.Copy(io.Discard, c) }()
				for err == nil && time.Since(start) < time.Minute {
					time.Sleep(time.Second)
					_, err = io.WriteString(c, "<")
				}
				assert.LessOrEqual(t, time.Since(start), 10*time.Second)
			})
		})
	}
}

// serve runs a server without time limits of its own until the test ends.
func serve(t *testing.T, h http.Handler) *pipeListener {
	t.Helper()
	l := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	server := &http.Server{Handler: h}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	return l
}

// What cannot be a callback is refused before its body is read.
func TestBodyOfAStrangerIsNotRead(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, query string
		length      int64
		want        int
	}{
		{"no signature", "timestamp=1&nonce=2", 100, http.StatusBadRequest},
		{"too large", pageQuery, 2 * megabyte, http.StatusRequestEntityTooLarge},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodPost, "/?"+tt.query, unreadable{t})
			r.ContentLength = tt.length
			w := httptest.NewRecorder()

			newHandler(t).ServeHTTP(w, r)

			assert.Equal(t, tt.want, w.Code)
			assert.Empty(t, w.Body.String())
		})
	}
}

type unreadable struct{ t *testing.T }

func (u unreadable) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, errors.New("unreadable")
}

// honest makes a request that WeCom might send.
func honest(t testing.TB) (query, body string) {
	t.Helper()
	codec, err := callback.NewCodec(testKeys)
	require.NoError(t, err)
	env, err := codec.Encrypt(callback.Message{Body: []byte(addExternalContactXML)}, time.Unix(1763733600, 0))
	require.NoError(t, err)
	return env.Query().Encode(), string(env.XML())
}

// BenchmarkForged is what a forged request costs: the answer to how many a
// core withstands.
func BenchmarkForged(b *testing.B) {
	h := newHandler(b)
	_, body := honest(b)
	b.ReportAllocs()
	for b.Loop() {
		if code := post(h, body); code != http.StatusForbidden {
			b.Fatal(code)
		}
	}
}

// BenchmarkHonest is the time of an honest request over loopback TCP, alone and
// while strangers post 10,000 forged ones a second over connections of their own.
func BenchmarkHonest(b *testing.B) {
	for _, forged := range []int{0, 10_000} {
		b.Run(fmt.Sprintf("forged=%d", forged), func(b *testing.B) {
			h := newHandler(b, callback.WithoutDedupe())
			server := httptest.NewServer(h)
			defer server.Close()
			stop := flood(b, server.Listener.Addr().String(), forged)
			query, body := honest(b)
			var times []time.Duration
			for b.Loop() {
				start := time.Now()
				resp, err := server.Client().Post(server.URL+"/?"+query, "text/xml", strings.NewReader(body))
				if err != nil || resp.StatusCode != http.StatusOK {
					b.Fatal(resp, err)
				}
				resp.Body.Close()
				times = append(times, time.Since(start))
			}
			b.StopTimer()
			sent := stop()
			slices.Sort(times)
			b.ReportMetric(float64(times[len(times)*99/100].Microseconds()), "p99-µs")
			b.ReportMetric(sent, "forged/s")
		})
	}
}

// flood posts forged requests at the given rate until stop, which returns the
// rate that was reached.
func flood(b *testing.B, addr string, perSecond int) (stop func() (rate float64)) {
	b.Helper()
	if perSecond == 0 {
		return func() float64 { return 0 }
	}
	const strangers = 4
	_, body := honest(b)
	request := fmt.Sprintf("POST /?%s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", pageQuery, len(body), body)
	ctx, cancel := context.WithCancel(b.Context())
	counts := make(chan int)
	start := time.Now()
	for range strangers {
		go func() {
			sent := 0
			defer func() { counts <- sent }()
			c, err := net.Dial("tcp", addr)
			if err != nil {
				return
			}
			defer c.Close()
			replies := bufio.NewReader(c)
			for begun := time.Now(); ctx.Err() == nil; {
				for due := int(time.Since(begun).Seconds() * float64(perSecond) / strangers); sent < due; sent++ {
					if _, err := io.WriteString(c, request); err != nil {
						return
					}
					resp, err := http.ReadResponse(replies, nil)
					if err != nil {
						return
					}
					resp.Body.Close()
				}
				time.Sleep(time.Millisecond)
			}
		}()
	}
	return func() float64 {
		took := time.Since(start).Seconds()
		cancel()
		total := 0
		for range strangers {
			total += <-counts
		}
		return float64(total) / took
	}
}
