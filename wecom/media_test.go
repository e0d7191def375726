package wecom_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
)

// A mediaServer is a scripted WeCom on a real port: what happens to streams
// depends on net/http. It keeps what it was sent.
type mediaServer struct {
	media wecom.MediaService

	mu    sync.Mutex
	calls []mediaCall // without gettoken
}

type mediaCall struct {
	method, uri string
	header      http.Header
	length      int64
	body        string
}

// newMediaServer answers the n-th call, from 1, with answer. A panic in
// answer with [http.ErrAbortHandler] breaks the connection.
func newMediaServer(t *testing.T, answer func(w http.ResponseWriter, n int)) *mediaServer {
	t.Helper()
	s := &mediaServer{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/cgi-bin/gettoken" {
			_, _ = io.WriteString(w, tokenReply("tok-media", 7200))
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // the client gave up
		}
		s.mu.Lock()
		s.calls = append(s.calls, mediaCall{r.Method, r.URL.RequestURI(), r.Header, r.ContentLength, string(body)})
		n := len(s.calls)
		s.mu.Unlock()
		answer(w, n)
	}))
	t.Cleanup(srv.Close)
	c, err := wecom.New(cred,
		wecom.WithLogger(slog.New(slog.NewJSONHandler(&leaks, &slog.HandlerOptions{Level: slog.LevelDebug}))),
		wecom.WithBaseURL(srv.URL),
		wecom.WithHTTPClient(&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}),
		wecom.WithRetry(wecom.Retry{MinBackoff: 1, MaxBackoff: 2}),
	)
	require.NoError(t, err)
	wecom.DebugResty(c, &leaks)
	s.media = c.Media()
	return s
}

// answering gives every call the same JSON.
func answering(reply string) func(http.ResponseWriter, int) {
	return func(w http.ResponseWriter, _ int) {
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		_, _ = io.WriteString(w, reply)
	}
}

// expiredOnce refuses the first call's token and then gives reply.
func expiredOnce(reply string) func(http.ResponseWriter, int) {
	return func(w http.ResponseWriter, n int) {
		if n == 1 {
			answering(refusal(42001))(w, n)
			return
		}
		answering(reply)(w, n)
	}
}

func (s *mediaServer) all() []mediaCall {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls
}

// only returns the one call there was.
func (s *mediaServer) only(t *testing.T) mediaCall {
	t.Helper()
	calls := s.all()
	require.Len(t, calls, 1)
	return calls[0]
}

// plainBody returns the body with BOUNDARY for its boundary and \n for CRLF.
func (c mediaCall) plainBody(t *testing.T) string {
	t.Helper()
	boundary, found := strings.CutPrefix(c.header.Get("Content-Type"), "multipart/form-data; boundary=")
	require.True(t, found, c.header)
	require.NotContains(t, strings.ReplaceAll(c.body, "\r\n", ""), "\n", "bare line feeds")
	return strings.NewReplacer(boundary, "BOUNDARY", "\r\n", "\n").Replace(c.body)
}

// streamOnly hides every method of a reader but Read.
type streamOnly struct{ io.Reader }

func TestMediaCallsWhoseReplyIsLost(t *testing.T) {
	t.Parallel()
	file := func() wecom.File { return wecom.File{Name: "a.png", Reader: strings.NewReader("a picture")} }
	type ctx = context.Context
	only := func(_ any, err error) error { return err }
	tests := []struct {
		path string
		call func(ctx, wecom.MediaService) error
		sent int
	}{
		{"upload", func(ctx ctx, m wecom.MediaService) error { return only(m.Upload(ctx, wecom.MediaTypeImage, file())) }, 1},
		{"upload_attachment", func(ctx ctx, m wecom.MediaService) error {
			return only(m.UploadAttachment(ctx, wecom.MediaTypeImage, wecom.AttachmentTypeMoment, file()))
		}, 1},
		{"uploadimg", func(ctx ctx, m wecom.MediaService) error { return only(m.UploadImage(ctx, file())) }, 1},
		{"upload_by_url", func(ctx ctx, m wecom.MediaService) error {
			return only(m.UploadByURL(ctx, wecom.UploadByURLRequest{}))
		}, 1},
		{"get", func(ctx ctx, m wecom.MediaService) error {
			return only(m.Get(ctx, wecom.GetMediaRequest{MediaID: "M"}))
		}, 3},
		{"get/jssdk", func(ctx ctx, m wecom.MediaService) error { return only(m.GetJSSDK(ctx, "M")) }, 3},
		{"get_upload_by_url_result", func(ctx ctx, m wecom.MediaService) error { return only(m.GetUploadByURLResult(ctx, "J")) }, 3},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			t.Parallel()
			p := &peer{after: func(r *http.Request) error {
				if strings.Contains(r.URL.Path, "/media/") {
					return io.ErrUnexpectedEOF
				}
				return nil
			}}
			c := p.client(t, wecom.WithRetry(wecom.Retry{MinBackoff: 1, MaxBackoff: 2}))
			err := tt.call(t.Context(), c.Media())
			leaks.show(err)
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
			assert.Equal(t, tt.sent == 1, errors.Is(err, wecom.ErrOutcomeUnknown))
			assert.Equal(t, tt.sent, p.count("/cgi-bin/media/"+tt.path))
		})
	}
}
