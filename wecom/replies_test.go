package wecom_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
)

// overHTTP serves calls, but for gettoken, over a real connection.
func overHTTP(t *testing.T, serve http.HandlerFunc, opts ...wecom.Option) *wecom.Client {
	t.Helper()
	srv := httptest.NewServer(serve)
	t.Cleanup(srv.Close)
	c, err := wecom.New(cred, append([]wecom.Option{
		wecom.WithBaseURL(srv.URL), wecom.WithTokenSource(fixedToken("tok-1")),
		wecom.WithHTTPClient(srv.Client()), wecom.WithRetry(wecom.Retry{MinBackoff: time.Millisecond}),
	}, opts...)...)
	require.NoError(t, err)
	return c
}

func TestRepliesOfAllShapes(t *testing.T) {
	t.Parallel()
	type result struct {
		Name string `json:"name"`
	}
	const reply = `{"errcode":0,"errmsg":"ok","name":"张三"}`
	send := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) }
	}
	tests := []struct {
		name  string
		serve http.HandlerFunc
		want  string
	}{
		{"plain", send(reply), "张三"},
		{"byte-order mark", send("\xef\xbb\xbf" + reply), "张三"},
		{"white space around", send("\r\n " + reply + "\n"), "张三"},
		{"not UTF-8", send(`{"errcode":0,"name":"` + "\xd5\xc5" + `"}`), "\ufffd\ufffd"},
		{"no errcode", send(`{"name":"张三"}`), "张三"},
		{"gzip", func(w http.ResponseWriter, r *http.Request) {
			if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
				http.Error(w, "not asked for", http.StatusNotAcceptable)
				return
			}
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = io.WriteString(z, reply)
			_ = z.Close()
		}, "张三"},
		{"in pieces", func(w http.ResponseWriter, _ *http.Request) {
			for _, b := range []byte(reply) {
				_, _ = w.Write([]byte{b})
				_ = http.NewResponseController(w).Flush()
			}
		}, "张三"},
		{"8 MB", send(`{"errcode":0,"pad":"` + strings.Repeat("x", 8<<20) + `","name":"张三"}`), "张三"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := wecom.Do[result](t.Context(), overHTTP(t, test.serve), opRead, nil)
			require.NoError(t, err)
			assert.Equal(t, test.want, got.Name)
		})
	}
}

// A reply that breaks off leaves the outcome of a write unknown, however much
// of it came; one that never ends is not read for ever.
func TestRepliesThatAreNotWhole(t *testing.T) {
	t.Parallel()
	breakOff := func(length int, text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(length))
			_, _ = io.WriteString(w, text)
		}
	}
	tests := []struct {
		name  string
		serve http.HandlerFunc
		reads int32
		want  string
	}{
		{"cut in the middle", breakOff(100, `{"errcode":0,"errmsg":"ok","na`), 3, "unexpected EOF"},
		{"cut before the errcode", breakOff(100, `{"err`), 3, "unexpected EOF"},
		{"cut chunk", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"errcode":0`)
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}, 3, "EOF"},
		{"endless", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"errcode":0,"pad":"`)
			pad := []byte(strings.Repeat("x", 1<<20))
			for range 70 {
				_, _ = w.Write(pad)
			}
		}, 1, "over 67108864 bytes"},
		{"gzip bomb", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			var member bytes.Buffer
			z := gzip.NewWriter(&member)
			_, _ = z.Write(make([]byte, 1<<20))
			_ = z.Close()
			for range 70 { // gzip members may follow each other
				_, _ = w.Write(member.Bytes())
			}
		}, 1, "over 67108864 bytes"},
		{"gzip that is none", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = io.WriteString(w, ok)
		}, 3, "gzip"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int32
			c := overHTTP(t, func(w http.ResponseWriter, r *http.Request) {
				calls.Add(1)
				test.serve(w, r)
			})
			for op, want := range map[*wecom.Operation]int32{&opRead: test.reads, &opWrite: 1} {
				calls.Store(0)
				err := call(t.Context(), c, *op)
				require.ErrorContains(t, err, test.want)
				assert.Equal(t, want, calls.Load(), op.Path)
				if op == &opWrite {
					require.ErrorIs(t, err, wecom.ErrOutcomeUnknown)
				}
			}
		})
	}
}

// The caller's http.Client is used as it is, but for redirects, and not changed.
func TestHTTPClientIsHonoured(t *testing.T) {
	t.Parallel()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	h := &http.Client{Jar: jar, Timeout: 100 * time.Millisecond}
	var cookies atomic.Int32
	c := overHTTP(t, func(w http.ResponseWriter, r *http.Request) {
		if _, err := r.Cookie("gateway"); err == nil {
			cookies.Add(1)
		}
		http.SetCookie(w, &http.Cookie{Name: "gateway", Value: "1"})
		if r.Method == http.MethodPost {
			_, _ = io.Copy(io.Discard, r.Body) // only then does the server see that the client is gone
			<-r.Context().Done()
		}
		_, _ = io.WriteString(w, ok)
	}, wecom.WithHTTPClient(h))

	require.NoError(t, call(t.Context(), c, opRead))
	require.NoError(t, call(t.Context(), c, opRead))
	assert.EqualValues(t, 1, cookies.Load(), "the jar is used")
	err = call(t.Context(), c, opWrite)
	require.ErrorContains(t, err, "Client.Timeout")
	require.ErrorIs(t, err, wecom.ErrOutcomeUnknown)
	var timeout interface{ Timeout() bool }
	require.ErrorAs(t, err, &timeout)
	assert.True(t, timeout.Timeout())
	deadline := make(chan bool, 1)
	c = overHTTP(t, nil, wecom.WithHTTPClient(&http.Client{Timeout: time.Minute, Transport: replyTransport(func(r *http.Request) *http.Response {
		end, has := r.Context().Deadline()
		deadline <- has && time.Until(end) <= time.Minute
		return &http.Response{StatusCode: http.StatusBadRequest, Body: http.NoBody}
	})}), wecom.WithTimeout(time.Hour))
	require.Error(t, call(t.Context(), c, opWrite))
	assert.True(t, <-deadline, "any transport sees the client's Timeout")
	assert.Nil(t, h.Transport, "not changed")
	assert.Nil(t, h.CheckRedirect, "not changed")
}
