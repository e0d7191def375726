package wecom_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
)

// sending answers every call with a file.
func sending(header map[string]string, body string) func(http.ResponseWriter, int) {
	return func(w http.ResponseWriter, _ int) {
		status := http.StatusOK
		for name, value := range header {
			w.Header().Set(name, value)
			if name == "Content-Range" {
				status = http.StatusPartialContent
			}
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func attached(name string) map[string]string {
	return map[string]string{"Content-Disposition": `attachment; filename="` + name + `"`}
}

func TestGetMedia(t *testing.T) {
	t.Parallel()
	s := newMediaServer(t, sending(map[string]string{
		"Content-Type":        "image/jpeg",
		"Content-Disposition": `attachment; filename="MEDIA_ID.jpg"`,
	}, "a picture"))

	m, err := s.media.Get(t.Context(), wecom.GetMediaRequest{MediaID: "3*1*a&b"})

	require.NoError(t, err)
	leaks.show(m)
	leaks.show(s.media)
	assert.Equal(t, "MEDIA_ID.jpg", m.Filename)
	assert.Equal(t, "image/jpeg", m.ContentType)
	assert.EqualValues(t, 9, m.Size)
	assert.EqualValues(t, 9, m.Total)
	assert.Zero(t, m.Offset)
	b, err := io.ReadAll(m)
	require.NoError(t, err)
	assert.Equal(t, "a picture", string(b))
	require.NoError(t, m.Close())
	c := s.only(t)
	assert.Equal(t, "GET", c.method)
	assert.Equal(t, "/cgi-bin/media/get?access_token=tok-media&media_id=3%2A1%2Aa%26b", c.uri)
	assert.Empty(t, c.header.Get("Range"))
}

func TestGetJSSDK(t *testing.T) {
	t.Parallel()
	s := newMediaServer(t, sending(map[string]string{
		"Content-Type":        "voice/speex",
		"Content-Disposition": `attachment; filename="XXX"`,
	}, "a voice"))

	m, err := s.media.GetJSSDK(t.Context(), "VOICE")

	require.NoError(t, err)
	defer m.Close()
	b, err := io.ReadAll(m)
	require.NoError(t, err)
	assert.Equal(t, "a voice", string(b))
	assert.Equal(t, "voice/speex", m.ContentType)
	assert.Equal(t, "/cgi-bin/media/get/jssdk?access_token=tok-media&media_id=VOICE", s.only(t).uri)
}

func TestGetMediaThatIsRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		header map[string]string
	}{
		{"as documented", map[string]string{"Content-Type": "application/json; charset=UTF-8"}},
		{"as text", map[string]string{"Content-Type": "text/plain"}},
		{"without a type", map[string]string{"Content-Type": ""}},
		{"with a header that says so", map[string]string{"Error-Code": "40007", "Error-Msg": "invalid media_id", "Content-Disposition": "attachment"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newMediaServer(t, sending(tt.header, `{"errcode":40007,"errmsg":"invalid media_id, hint: [1600654685300241153285437], from ip: 1.2.3.4"}`))

			m, err := s.media.Get(t.Context(), wecom.GetMediaRequest{MediaID: "GONE"})

			assert.Nil(t, m)
			require.True(t, wecom.IsCode(err, wecom.CodeInvalidMediaID), "%v", err)
			e, _ := errors.AsType[*wecom.Error](err)
			assert.Equal(t, "1600654685300241153285437", e.Hint)
			assert.Equal(t, 1, e.Attempts)
			assert.Len(t, s.all(), 1)
		})
	}
}

func TestGetMediaThatLooksLikeARefusal(t *testing.T) {
	t.Parallel()
	const log = `{"errcode":40007,"errmsg":"invalid media_id"}`
	tests := []struct {
		name   string
		header map[string]string
		body   string
	}{
		{"a stored refusal", attached("log.json"), log},
		{"its Error-Code is 0", map[string]string{"Content-Disposition": "attachment", "Error-Code": "0"}, log},
		{"JSON without a name", map[string]string{"Content-Type": "application/json"}, `{"name":"张三","errcode":0}`},
		{"a JSON array", map[string]string{"Content-Type": "application/json"}, `[{"errcode":40007}]`},
		{"too long for a refusal", map[string]string{"Content-Type": "application/json"}, `{"errcode":40007,"data":"` + strings.Repeat("x", 5000) + `"}`},
		{"not quite JSON", map[string]string{"Content-Type": "text/plain"}, `{{template}}`},
		{"a web page with a name", map[string]string{"Content-Type": "text/html", "Content-Disposition": `attachment; filename="a.html"`}, "<html>"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newMediaServer(t, sending(tt.header, tt.body))
			m, err := s.media.Get(t.Context(), wecom.GetMediaRequest{MediaID: "FILE"})
			require.NoError(t, err)
			defer m.Close()
			b, err := io.ReadAll(m)
			require.NoError(t, err)
			assert.Equal(t, tt.body, string(b))
		})
	}
}

func TestGetMediaIsReplayedWithANewToken(t *testing.T) {
	t.Parallel()
	for _, code := range []int{42001, 40014} {
		t.Run(strconv.Itoa(code), func(t *testing.T) {
			t.Parallel()
			s := newMediaServer(t, func(w http.ResponseWriter, n int) {
				if n == 1 {
					answering(refusal(code))(w, n)
					return
				}
				sending(attached("a.txt"), "the file")(w, n)
			})
			m, err := s.media.Get(t.Context(), wecom.GetMediaRequest{MediaID: "FILE"})
			require.NoError(t, err)
			defer m.Close()
			b, err := io.ReadAll(m)
			require.NoError(t, err)
			assert.Equal(t, "the file", string(b))
			assert.Len(t, s.all(), 2)
		})
	}
}

func TestGetMediaThatIsNotWeComs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		answer func(http.ResponseWriter, int)
		want   string
		calls  int
	}{
		{"a portal's page", sending(map[string]string{"Content-Type": "text/html; charset=utf-8"}, "<html>log in"), "a web page, not a file", 1},
		{"an empty file", sending(attached("a.txt"), ""), "an empty file", 1},
		{"502", status(http.StatusBadGateway), "answered 502", 3},
		{"404", status(http.StatusNotFound), "answered 404", 1},
		{"416", status(http.StatusRequestedRangeNotSatisfiable), "begins at or after the end", 1},
		{"a part without Content-Range", status(http.StatusPartialContent), "Content-Range", 1},
		{"a redirect", status(http.StatusFound), "a redirect", 1},
		{"no reply", func(http.ResponseWriter, int) { panic(http.ErrAbortHandler) }, "EOF", 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newMediaServer(t, tt.answer)
			_, err := s.media.Get(t.Context(), wecom.GetMediaRequest{MediaID: "FILE"})
			_, transport := errors.AsType[*wecom.TransportError](err)
			require.True(t, transport, "%v", err)
			require.ErrorContains(t, err, tt.want)
			assert.Len(t, s.all(), tt.calls)
		})
	}
}

func status(code int) func(http.ResponseWriter, int) {
	return func(w http.ResponseWriter, _ int) { w.WriteHeader(code) }
}

func TestGetMediaThatBreaksOff(t *testing.T) {
	t.Parallel()
	s := newMediaServer(t, func(w http.ResponseWriter, _ int) {
		w.Header().Set("Content-Disposition", "attachment")
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "only this")
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})

	m, err := s.media.Get(t.Context(), wecom.GetMediaRequest{MediaID: "FILE"})
	require.NoError(t, err)
	defer m.Close()
	b, err := io.ReadAll(m)

	leaks.show(err)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.ErrorContains(t, err, "wecom: /cgi-bin/media/get: the file broke off after 9 bytes of 100")
	require.NotErrorIs(t, err, wecom.ErrOutcomeUnknown, "a download changes nothing")
	assert.Equal(t, "only this", string(b))
	_, again := m.Read(make([]byte, 1))
	assert.Equal(t, err, again)
	assert.Len(t, s.all(), 1, "what has been read cannot be taken back")
}

// A transport other than net/http's may end a short body with a plain EOF.
func TestGetMediaShorterThanAnnounced(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		header map[string]string
		status int
	}{
		{"than Content-Length", map[string]string{"Content-Length": "100"}, http.StatusOK},
		{"than Content-Range", map[string]string{"Content-Range": "bytes 0-99/100"}, http.StatusPartialContent},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, err := wecom.New(cred, wecom.WithTokenSource(fixedToken("tok-1")), wecom.WithHTTPClient(&http.Client{
				Transport: handlerTransport(func(w http.ResponseWriter, _ *http.Request) {
					for name, value := range tt.header {
						w.Header().Set(name, value)
					}
					w.Header().Set("Content-Disposition", "attachment")
					w.WriteHeader(tt.status)
					_, _ = io.WriteString(w, "only this")
				}),
			}))
			require.NoError(t, err)
			m, err := c.Media().Get(t.Context(), wecom.GetMediaRequest{MediaID: "FILE"})
			require.NoError(t, err)
			defer m.Close()
			_, err = io.ReadAll(m)
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		})
	}
}

func TestGetMediaRefusalThatBreaksOffIsRetried(t *testing.T) {
	t.Parallel()
	s := newMediaServer(t, func(w http.ResponseWriter, n int) {
		if n == 1 {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, `{"errcode":40007`)
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}
		answering(refusal(40007))(w, n)
	})

	_, err := s.media.Get(t.Context(), wecom.GetMediaRequest{MediaID: "FILE"})

	require.True(t, wecom.IsCode(err, wecom.CodeInvalidMediaID), "%v", err)
	assert.Len(t, s.all(), 2)
}

func TestGetMediaOverMaxSize(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		announce bool
		max      int64
		want     string // read before the error; "-" is none at all
	}{
		{"announced", true, 8, "-"},
		{"not announced", false, 8, "too long"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newMediaServer(t, func(w http.ResponseWriter, _ int) {
				w.Header().Set("Content-Disposition", "attachment")
				if !tt.announce {
					w.(http.Flusher).Flush()
				}
				_, _ = io.WriteString(w, "too long at all")
			})
			m, err := s.media.Get(t.Context(), wecom.GetMediaRequest{MediaID: "FILE", MaxSize: tt.max})
			if !tt.announce {
				require.NoError(t, err)
				defer m.Close()
				assert.EqualValues(t, -1, m.Size)
				var b []byte
				b, err = io.ReadAll(m)
				assert.Equal(t, tt.want, string(b))
			}
			require.EqualError(t, err, "wecom: /cgi-bin/media/get: the file has more than MaxSize, 8 bytes")
		})
	}
}

func TestGetMediaOfExactlyMaxSize(t *testing.T) {
	t.Parallel()
	s := newMediaServer(t, func(w http.ResponseWriter, _ int) {
		w.(http.Flusher).Flush()
		_, _ = io.WriteString(w, "12345678")
	})
	m, err := s.media.Get(t.Context(), wecom.GetMediaRequest{MediaID: "FILE", MaxSize: 8})
	require.NoError(t, err)
	defer m.Close()
	b, err := io.ReadAll(m)
	require.NoError(t, err)
	assert.Equal(t, "12345678", string(b))
}

func TestGetMediaInParts(t *testing.T) {
	t.Parallel()
	const file = "0123456789abcdef0123456789ABCDEF0123"
	s := newMediaServer(t, func(w http.ResponseWriter, n int) {
		from := 16 * (n - 1)
		to := min(from+16, len(file))
		sending(map[string]string{
			"Content-Range":       "bytes " + strconv.Itoa(from) + "-" + strconv.Itoa(to-1) + "/" + strconv.Itoa(len(file)),
			"Content-Disposition": `attachment; filename="a.txt"`,
		}, file[from:to])(w, n)
	})

	var all strings.Builder
	req := wecom.GetMediaRequest{MediaID: "FILE", Length: 16}
	for {
		part, err := s.media.Get(t.Context(), req)
		require.NoError(t, err)
		assert.Equal(t, req.Offset, part.Offset)
		n, err := io.Copy(&all, part)
		require.NoError(t, err)
		require.NoError(t, part.Close())
		assert.Equal(t, part.Size, n)
		if req.Offset += n; req.Offset == part.Total {
			break
		}
	}

	assert.Equal(t, file, all.String())
	var ranges []string
	for _, c := range s.all() {
		ranges = append(ranges, c.header.Get("Range"))
	}
	assert.Equal(t, []string{"bytes=0-15", "bytes=16-31", "bytes=32-47"}, ranges)
}

func TestGetMediaRanges(t *testing.T) {
	t.Parallel()
	part := func(contentRange string) map[string]string {
		return map[string]string{"Content-Range": contentRange}
	}
	tests := []struct {
		name   string
		req    wecom.GetMediaRequest
		header map[string]string
		body   string
		sent   string // Range
		want   string // part of the error; empty for none
	}{
		{"from an offset to the end", wecom.GetMediaRequest{Offset: 32}, part("bytes 32-35/36"), "0123", "bytes=32-", ""},
		{"length of the file unknown", wecom.GetMediaRequest{Offset: 32}, part("bytes 32-35/*"), "0123", "bytes=32-", ""},
		{"a small file comes whole", wecom.GetMediaRequest{Length: 16}, attached("a"), "0123", "bytes=0-15", ""},
		{"Range was dropped", wecom.GetMediaRequest{Offset: 16, Length: 16}, attached("a"), "0123", "bytes=16-31", "answered from byte 0, not 16"},
		{"another part", wecom.GetMediaRequest{Offset: 16, Length: 16}, part("bytes 0-3/36"), "0123", "bytes=16-31", "answered from byte 0, not 16"},
		{"more than asked for", wecom.GetMediaRequest{Length: 2}, part("bytes 0-3/36"), "0123", "bytes=0-1", "answered 4 bytes, not 2"},
		{"a part nobody asked for", wecom.GetMediaRequest{}, part("bytes 0-3/36"), "0123", "", "answered 4 of 36 bytes"},
		{"all as a part", wecom.GetMediaRequest{}, part("bytes 0-3/4"), "0123", "", ""},
		{"length and range differ", wecom.GetMediaRequest{Length: 16}, part("bytes 0-4/36"), "0123", "bytes=0-15", "answered 4 bytes with Content-Range"},
		{"range beyond the file", wecom.GetMediaRequest{Length: 16}, part("bytes 0-3/4294967296x"), "0123", "bytes=0-15", "Content-Range"},
		{"end before the start", wecom.GetMediaRequest{Length: 16}, part("bytes 3-0/4"), "0123", "bytes=0-15", "Content-Range"},
		{"end beyond the total", wecom.GetMediaRequest{Length: 16}, part("bytes 0-3/3"), "0123", "bytes=0-15", "Content-Range"},
		{"other units", wecom.GetMediaRequest{Length: 16}, part("lines 0-3/4"), "0123", "bytes=0-15", "Content-Range"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newMediaServer(t, sending(tt.header, tt.body))
			m, err := s.media.Get(t.Context(), tt.req)
			assert.Equal(t, tt.sent, s.only(t).header.Get("Range"))
			if tt.want != "" {
				require.ErrorContains(t, err, tt.want)
				return
			}
			require.NoError(t, err)
			b, err := io.ReadAll(m)
			require.NoError(t, err)
			require.NoError(t, m.Close())
			assert.Equal(t, tt.body, string(b))
		})
	}
}

func TestGetMediaRefusesNegativeNumbers(t *testing.T) {
	t.Parallel()
	s := newMediaServer(t, nil)
	for _, req := range []wecom.GetMediaRequest{{Offset: -1}, {Length: -1}, {MaxSize: -1}} {
		_, err := s.media.Get(t.Context(), req)
		require.ErrorContains(t, err, "negative")
	}
	assert.Empty(t, s.all())
}

func TestGetMediaEndsWithCtx(t *testing.T) {
	t.Parallel()
	s := newMediaServer(t, func(w http.ResponseWriter, _ int) {
		w.Header().Set("Content-Disposition", "attachment")
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "only this")
		w.(http.Flusher).Flush()
	})
	ctx, cancel := context.WithCancel(t.Context())
	m, err := s.media.Get(ctx, wecom.GetMediaRequest{MediaID: "FILE"})
	require.NoError(t, err)
	defer m.Close()
	cancel()

	_, err = io.ReadAll(m)

	require.Error(t, err)
	require.NotErrorIs(t, err, context.DeadlineExceeded)
}

func TestGetMediaAfterClose(t *testing.T) {
	t.Parallel()
	s := newMediaServer(t, sending(attached("a"), "a file"))
	m, err := s.media.Get(t.Context(), wecom.GetMediaRequest{MediaID: "FILE"})
	require.NoError(t, err)
	require.NoError(t, m.Close())

	_, err = m.Read(make([]byte, 8))

	require.ErrorContains(t, err, "read after Close")
}

func TestDownloadMayTakeLongButNotStall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, err := wecom.New(cred, wecom.WithTokenSource(fixedToken("tok-1")), wecom.WithTimeout(10*time.Second),
			wecom.WithHTTPClient(&http.Client{Transport: roundTripFunc(func(r *http.Request) (*http.Response, error) {
				pieces := 0
				return &http.Response{
					StatusCode:    http.StatusOK,
					Header:        http.Header{"Content-Disposition": {"attachment"}},
					ContentLength: 100,
					Request:       r,
					Body: io.NopCloser(readerFunc(func(p []byte) (int, error) {
						if pieces++; pieces > 20 {
							<-r.Context().Done()
							return 0, r.Context().Err()
						}
						time.Sleep(9 * time.Second) // in the bubble: a slow line
						p[0] = 'x'
						return 1, nil
					})),
				}, nil
			})}))
		require.NoError(t, err)
		start := time.Now()
		m, err := c.Media().Get(t.Context(), wecom.GetMediaRequest{MediaID: "FILE"})
		require.NoError(t, err)
		time.Sleep(time.Hour) // a slow reader is no stall
		b, err := io.ReadAll(m)

		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "the file broke off after 20 bytes of 100: nothing came for 10s")
		assert.Len(t, b, 20)
		assert.Equal(t, time.Hour+190*time.Second, time.Since(start))
		require.NoError(t, m.Close())
	})
}

func TestDownloadDoesNotHoldTheFile(t *testing.T) { //nolint:paralleltest // counts allocations
	const size = 10 << 20
	c, err := wecom.New(cred, wecom.WithTokenSource(fixedToken("tok-1")), wecom.WithHTTPClient(&http.Client{
		Transport: roundTripFunc(func(r *http.Request) (*http.Response, error) {
			return &http.Response{
				StatusCode:    http.StatusOK,
				Header:        http.Header{},
				ContentLength: size,
				Request:       r,
				Body:          io.NopCloser(io.NewSectionReader(zeroes{}, 0, size)),
			}, nil
		}),
	}))
	require.NoError(t, err)
	m, err := c.Media().Get(t.Context(), wecom.GetMediaRequest{MediaID: "FILE"})
	require.NoError(t, err)
	defer m.Close()
	buf := make([]byte, 32<<10)

	perRead := testing.AllocsPerRun(100, func() { _, err = m.Read(buf) })

	require.NoError(t, err)
	assert.Zero(t, perRead)
}
