package wecom_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
)

const uploaded = `{"errcode":0,"errmsg":"","type":"file","media_id":"MEDIA-1","created_at":"1380000000"}`

func TestUploadOnTheWire(t *testing.T) {
	t.Parallel()
	s := newMediaServer(t, answering(uploaded))

	up, err := s.media.Upload(t.Context(), wecom.MediaTypeFile, wecom.File{Name: "wework.txt", Reader: strings.NewReader("mytext")})

	require.NoError(t, err)
	assert.Equal(t, &wecom.UploadedMedia{Type: wecom.MediaTypeFile, MediaID: "MEDIA-1", CreatedAt: wecom.NewUnixTime(time.Unix(1380000000, 0))}, up)
	c := s.only(t)
	assert.Equal(t, "POST", c.method)
	assert.Equal(t, "/cgi-bin/media/upload?access_token=tok-media&type=file", c.uri)
	assert.EqualValues(t, len(c.body), c.length, "a known length, not chunks")
	assert.Equal(t, `--BOUNDARY
Content-Disposition: form-data; name="media"; filename="wework.txt"; filelength=6
Content-Type: application/octet-stream

mytext
--BOUNDARY--
`, c.plainBody(t))
}

func TestUploadAttachmentOnTheWire(t *testing.T) {
	t.Parallel()
	s := newMediaServer(t, answering(`{"errcode":0,"errmsg":"","type":"image","media_id":"MEDIA-2","created_at":1380000000}`))

	up, err := s.media.UploadAttachment(t.Context(), wecom.MediaTypeImage, wecom.AttachmentTypeMoment, wecom.File{Name: "新品.PNG", Reader: strings.NewReader("a picture")})

	require.NoError(t, err)
	assert.Equal(t, "MEDIA-2", up.MediaID)
	assert.EqualValues(t, 1380000000, up.CreatedAt.Unix())
	c := s.only(t)
	assert.Equal(t, "/cgi-bin/media/upload_attachment?access_token=tok-media&attachment_type=1&media_type=image", c.uri)
	assert.Equal(t, `--BOUNDARY
Content-Disposition: form-data; name="media"; filename="新品.PNG"; filelength=9
Content-Type: image/png

a picture
--BOUNDARY--
`, c.plainBody(t))
}

func TestUploadImageOnTheWire(t *testing.T) {
	t.Parallel()
	s := newMediaServer(t, answering(`{"errcode":0,"errmsg":"","url":"http://p.qpic.cn/pic/1/0"}`))

	img, err := s.media.UploadImage(t.Context(), wecom.File{Name: "a.jpeg", Reader: strings.NewReader("a picture")})

	require.NoError(t, err)
	assert.Equal(t, "http://p.qpic.cn/pic/1/0", img.URL)
	c := s.only(t)
	assert.Equal(t, "/cgi-bin/media/uploadimg?access_token=tok-media", c.uri)
	assert.Contains(t, c.plainBody(t), "name=\"media\"; filename=\"a.jpeg\"; filelength=9\nContent-Type: image/jpeg\n\na picture\n")
}

func TestUploadNames(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"Chinese stays raw", "报价单（终稿）.xlsx", `filename="报价单（终稿）.xlsx"`},
		{"a path is cut", "/home/alice/私密/a.txt", `filename="a.txt"`},
		{"a Windows path too", `C:\Users\alice\a.txt`, `filename="a.txt"`},
		{"quotes", `he said "hi".txt`, `filename="he said \"hi\".txt"`},
		{"line breaks", "a\r\nX-Evil: 1\r\n\r\n.txt", `filename="a%0D%0AX-Evil: 1%0D%0A%0D%0A.txt"`},
		{"control characters", "a\x00\x7f.txt", `filename="a%00%7F.txt"`},
		{"percent signs and semicolons stay", "100%;x=1.txt", `filename="100%;x=1.txt"`},
		{"a leading dot", ".env", `filename=".env"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newMediaServer(t, answering(uploaded))
			_, err := s.media.Upload(t.Context(), wecom.MediaTypeFile, wecom.File{Name: tt.in, Reader: strings.NewReader("mytext")})
			require.NoError(t, err)
			assert.Contains(t, s.only(t).plainBody(t), "name=\"media\"; "+tt.want+"; filelength=6\n")
		})
	}
}

func TestUploadRefusedBeforeAnyCall(t *testing.T) {
	t.Parallel()
	const mb = 1 << 20
	ofSize := func(n int64) io.Reader { return io.NewSectionReader(zeroes{}, 0, n) }
	file := func(n int64) wecom.File { return wecom.File{Name: "x.bin", Reader: ofSize(n)} }
	upload := func(typ wecom.MediaType, f wecom.File) func(context.Context, wecom.MediaService) error {
		return func(ctx context.Context, m wecom.MediaService) error {
			_, err := m.Upload(ctx, typ, f)
			return err
		}
	}
	attach := func(typ wecom.MediaType, f wecom.File) func(context.Context, wecom.MediaService) error {
		return func(ctx context.Context, m wecom.MediaService) error {
			_, err := m.UploadAttachment(ctx, typ, wecom.AttachmentTypeMoment, f)
			return err
		}
	}
	image := func(f wecom.File) func(context.Context, wecom.MediaService) error {
		return func(ctx context.Context, m wecom.MediaService) error {
			_, err := m.UploadImage(ctx, f)
			return err
		}
	}
	tests := []struct {
		name string
		call func(context.Context, wecom.MediaService) error
		want string // part of the error
	}{
		{"5 bytes", upload(wecom.MediaTypeFile, file(5)), `: "x.bin" has 5 bytes; WeCom takes files of 6 bytes and more`},
		{"empty", upload(wecom.MediaTypeFile, file(0)), "has 0 bytes"},
		{"image", upload(wecom.MediaTypeImage, file(10*mb+1)), `: "x.bin" has 10485761 bytes; the limit for image is 10485760 (10 MB)`},
		{"voice", upload(wecom.MediaTypeVoice, file(2*mb+1)), "the limit for voice is 2097152 (2 MB)"},
		{"video", upload(wecom.MediaTypeVideo, file(10*mb+1)), "the limit for video is 10485760 (10 MB)"},
		{"file", upload(wecom.MediaTypeFile, file(20*mb+1)), "the limit for file is 20971520 (20 MB)"},
		{"attached file", attach(wecom.MediaTypeFile, file(10*mb+1)), `: "x.bin" has 10485761 bytes; the limit for file is 10485760 (10 MB)`},
		{"attached image", attach(wecom.MediaTypeImage, file(3)), "/cgi-bin/media/upload_attachment"},
		{"a picture with a URL of 4 bytes", image(file(4)), `: "x.bin" has 4 bytes; WeCom takes files of 5 bytes and more`},
		{"picture with a URL", image(file(2*mb + 1)), `: "x.bin" has 2097153 bytes`},
		{"a stream over the limit", upload(wecom.MediaTypeVoice, wecom.File{Name: "x.amr", Reader: streamOnly{ofSize(2*mb + 1)}}), `"x.amr" has more; the limit for voice is 2097152 (2 MB)`},
		{"a stream of a type without a limit", upload("hologram", wecom.File{Name: "x.holo", Reader: streamOnly{ofSize(20*mb + 1)}}), "set File.Size"},
		{"a stream that fails", upload(wecom.MediaTypeVoice, wecom.File{Name: "x.amr", Reader: iotest.ErrReader(errors.New("disk on fire"))}), `reading "x.amr": disk on fire`},
		{"wrong Size", upload(wecom.MediaTypeFile, wecom.File{Name: "x", Reader: ofSize(10), Size: 11}), `"x": File.Reader has 10 bytes left, File.Size says 11`},
		{"negative Size", upload(wecom.MediaTypeFile, wecom.File{Name: "x", Reader: ofSize(10), Size: -1}), "File.Size is negative"},
		{"no name", upload(wecom.MediaTypeFile, wecom.File{Reader: ofSize(10)}), "File.Name is missing"},
		{"only a directory", upload(wecom.MediaTypeFile, wecom.File{Name: "dir/", Reader: ofSize(10)}), "File.Name is missing"},
		{"name in GBK", upload(wecom.MediaTypeFile, wecom.File{Name: "\xce\xc4.txt", Reader: ofSize(10)}), "is not UTF-8"},
		{"no reader", upload(wecom.MediaTypeFile, wecom.File{Name: "x"}), "File.Reader is nil"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newMediaServer(t, answering(uploaded))
			require.ErrorContains(t, tt.call(t.Context(), s.media), tt.want)
			assert.Empty(t, s.all())
		})
	}
}

// The client refuses a size with the code that WeCom has for it.
func TestUploadOfAWrongSize(t *testing.T) {
	t.Parallel()
	tiny, huge := func() io.Reader { return strings.NewReader("tiny") }, func() io.Reader { return io.NewSectionReader(zeroes{}, 0, 10<<20+1) }
	upload := func(ctx context.Context, m wecom.MediaService, f wecom.File) error {
		_, err := m.Upload(ctx, wecom.MediaTypeVideo, f)
		return err
	}
	attach := func(ctx context.Context, m wecom.MediaService, f wecom.File) error {
		_, err := m.UploadAttachment(ctx, wecom.MediaTypeVideo, wecom.AttachmentTypeMoment, f)
		return err
	}
	image := func(ctx context.Context, m wecom.MediaService, f wecom.File) error {
		_, err := m.UploadImage(ctx, f)
		return err
	}
	tests := []struct {
		name   string
		call   func(context.Context, wecom.MediaService, wecom.File) error
		reader io.Reader
		want   wecom.Code
	}{
		{"small file", upload, tiny(), wecom.CodeInvalidFileSize},
		{"large file", upload, huge(), wecom.CodeMediaTooLarge},
		{"large stream", upload, streamOnly{huge()}, wecom.CodeMediaTooLarge},
		{"small attachment", attach, tiny(), wecom.CodeInvalidFileSize},
		{"large attachment", attach, huge(), wecom.CodeAttachmentTooLarge},
		{"small picture", image, tiny(), wecom.CodeInvalidImageSize},
		{"large picture", image, huge(), wecom.CodeInvalidImageSize},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newMediaServer(t, answering(uploaded))

			err := tt.call(t.Context(), s.media, wecom.File{Name: "x.mp4", Reader: tt.reader})

			assert.True(t, wecom.IsCode(err, tt.want), "%v", err)
			require.ErrorIs(t, err, wecom.ErrInvalidRequest)
			require.ErrorContains(t, err, "wecom: /cgi-bin/media/upload")
			require.ErrorContains(t, err, "not sent by the client")
			assert.Empty(t, s.all())
		})
	}
}

func TestUploadAtTheLimits(t *testing.T) {
	t.Parallel()
	s := newMediaServer(t, answering(uploaded))
	for _, size := range []int64{6, 2 << 20} {
		_, err := s.media.Upload(t.Context(), wecom.MediaTypeVoice, wecom.File{Name: "x.amr", Reader: io.NewSectionReader(zeroes{}, 0, size)})
		require.NoError(t, err)
	}
	_, err := s.media.UploadImage(t.Context(), wecom.File{Name: "x.png", Reader: io.NewSectionReader(zeroes{}, 0, 5)})
	require.NoError(t, err)
	assert.Len(t, s.all(), 3)
}

func TestUploadFindsTheSize(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, "a.txt")
	require.NoError(t, os.WriteFile(name, []byte("0123456789"), 0o600))
	open := func(t *testing.T) *os.File {
		t.Helper()
		f, err := os.Open(name)
		require.NoError(t, err)
		t.Cleanup(func() { _ = f.Close() })
		return f
	}
	tests := []struct {
		name   string
		reader func(t *testing.T) io.Reader
		size   int64
		want   string
	}{
		{"an open file", func(t *testing.T) io.Reader { return open(t) }, 0, "0123456789"},
		{"a file read in part", func(t *testing.T) io.Reader {
			f := open(t)
			_, err := f.Seek(3, io.SeekStart)
			require.NoError(t, err)
			return f
		}, 0, "3456789"},
		{"a buffer", func(*testing.T) io.Reader { return bytes.NewBufferString("in a buffer") }, 0, "in a buffer"},
		{"fs.File without Seek", func(t *testing.T) io.Reader {
			f, err := fstest.MapFS{"x": {Data: []byte("of an fs")}}.Open("x")
			require.NoError(t, err)
			stat := f.(statOnly)
			return struct{ statOnly }{stat}
		}, 0, "of an fs"},
		{"a stream, Size given", func(*testing.T) io.Reader { return streamOnly{strings.NewReader("streamed")} }, 8, "streamed"},
		{"a stream of unknown size", func(*testing.T) io.Reader { return streamOnly{strings.NewReader("unknown")} }, 0, "unknown"},
		{"a pipe, which cannot seek", func(t *testing.T) io.Reader {
			r, w, err := os.Pipe()
			require.NoError(t, err)
			t.Cleanup(func() { _ = r.Close() })
			_, err = w.WriteString("through a pipe")
			require.NoError(t, err)
			require.NoError(t, w.Close())
			return r
		}, 0, "through a pipe"},
		{"one byte at a time", func(*testing.T) io.Reader { return iotest.OneByteReader(strings.NewReader("dripping")) }, 8, "dripping"},
		{"data together with EOF", func(*testing.T) io.Reader { return iotest.DataErrReader(strings.NewReader("at once")) }, 7, "at once"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newMediaServer(t, answering(uploaded))
			_, err := s.media.Upload(t.Context(), wecom.MediaTypeFile, wecom.File{Name: "a.txt", Reader: tt.reader(t), Size: tt.size})
			require.NoError(t, err)
			c := s.only(t)
			assert.EqualValues(t, len(c.body), c.length)
			assert.Contains(t, c.plainBody(t), "\n\n"+tt.want+"\n--BOUNDARY--\n")
		})
	}
}

// statOnly is an fs.File that shows no Seek.
type statOnly interface {
	io.Reader
	Stat() (os.FileInfo, error)
}

func TestUploadIsReplayedWithANewToken(t *testing.T) {
	t.Parallel()
	s := newMediaServer(t, expiredOnce(uploaded))
	r := strings.NewReader("skip mytext")
	_, err := r.Seek(5, io.SeekStart)
	require.NoError(t, err)

	_, err = s.media.Upload(t.Context(), wecom.MediaTypeFile, wecom.File{Name: "a.txt", Reader: r})

	require.NoError(t, err)
	calls := s.all()
	require.Len(t, calls, 2)
	assert.Contains(t, calls[0].body, "\r\n\r\nmytext\r\n--")
	assert.Equal(t, calls[0].body, calls[1].body)
}

func TestUploadFromAStreamIsNotReplayed(t *testing.T) {
	t.Parallel()
	s := newMediaServer(t, expiredOnce(uploaded))

	_, err := s.media.Upload(t.Context(), wecom.MediaTypeFile, wecom.File{Name: "a.txt", Reader: streamOnly{strings.NewReader("mytext")}, Size: 6})

	require.ErrorIs(t, err, wecom.ErrInvalidToken)
	assert.True(t, wecom.IsCode(err, wecom.CodeAccessTokenExpired))
	require.ErrorContains(t, err, "File.Reader cannot be rewound; pass an io.ReadSeeker")
	assert.Len(t, s.all(), 1)

	_, err = s.media.Upload(t.Context(), wecom.MediaTypeFile, wecom.File{Name: "a.txt", Reader: strings.NewReader("mytext")})
	require.NoError(t, err, "the stale token is gone")
}

func TestUploadOfAFileThatIsGoneBeforeTheReplay(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "a.mp4")
	require.NoError(t, os.WriteFile(name, []byte("mytext"), 0o600))
	f, err := os.Open(name)
	require.NoError(t, err)
	s := newMediaServer(t, func(w http.ResponseWriter, n int) {
		_ = f.Close()
		answering(refusal(42001))(w, n)
	})

	_, err = s.media.Upload(t.Context(), wecom.MediaTypeVideo, wecom.File{Name: name, Reader: f})

	require.ErrorIs(t, err, os.ErrClosed)
	require.ErrorContains(t, err, `wecom: /cgi-bin/media/upload: rewinding "a.mp4"`)
	assert.Contains(t, s.only(t).body, "Content-Type: video/mp4\r\n")
}

func TestUploadFromAStreamInMemoryIsReplayed(t *testing.T) {
	t.Parallel()
	s := newMediaServer(t, expiredOnce(uploaded))

	_, err := s.media.Upload(t.Context(), wecom.MediaTypeFile, wecom.File{Name: "a.txt", Reader: streamOnly{strings.NewReader("mytext")}})

	require.NoError(t, err)
	assert.Len(t, s.all(), 2)
}

func TestUploadFromAStreamSurvivesAFailedDial(t *testing.T) {
	t.Parallel()
	tries := 0
	p := &peer{
		fault: func(r *http.Request) error {
			if tries++; r.URL.Path == "/cgi-bin/media/upload" && tries < 4 {
				return &net.OpError{Op: "dial", Err: errors.New("connection refused")}
			}
			return nil
		},
		serve: func(*http.Request, int) string { return uploaded },
	}
	m := p.client(t, wecom.WithRetry(wecom.Retry{MinBackoff: 1, MaxBackoff: 2})).Media()

	_, err := m.Upload(t.Context(), wecom.MediaTypeFile, wecom.File{Name: "a.txt", Reader: streamOnly{strings.NewReader("mytext")}, Size: 6})

	require.NoError(t, err, "nothing of the stream had been read")
	assert.Equal(t, 4, tries, "the token and three tries")
}

func TestUploadIsNotRepeatedAfterALostReply(t *testing.T) {
	t.Parallel()
	s := newMediaServer(t, func(http.ResponseWriter, int) { panic(http.ErrAbortHandler) })

	_, err := s.media.Upload(t.Context(), wecom.MediaTypeFile, wecom.File{Name: "a.txt", Reader: strings.NewReader("mytext")})

	leaks.show(err)
	require.ErrorIs(t, err, wecom.ErrOutcomeUnknown)
	assert.Len(t, s.all(), 1)
}

func TestUploadOfAFileThatIsNotAsAnnounced(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		reader io.Reader
		want   string
	}{
		{"too short", strings.NewReader("mytext"), `"a.txt" ended after 6 of 10 bytes`},
		{"too long", strings.NewReader("mytext and more"), `"a.txt" has more than the 10 bytes that File.Size says`},
		{"fails", io.MultiReader(strings.NewReader("mytext"), iotest.ErrReader(errors.New("disk on fire"))), `reading "a.txt": disk on fire`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newMediaServer(t, answering(uploaded))
			_, err := s.media.Upload(t.Context(), wecom.MediaTypeFile, wecom.File{Name: "a.txt", Reader: streamOnly{tt.reader}, Size: 10})
			require.ErrorContains(t, err, "wecom: /cgi-bin/media/upload: "+tt.want)
			require.NotErrorIs(t, err, wecom.ErrOutcomeUnknown, "WeCom cannot have taken half a request")
			assert.Empty(t, s.all())
		})
	}
}

// The whole of a file that was given Size and may be rewound goes out again
// when net/http asks for it, on a kept connection that broke.
func TestUploadCanBeResentByTheTransport(t *testing.T) {
	t.Parallel()
	bodies := make(chan string, 2)
	p := &peer{serve: func(*http.Request, int) string { return uploaded }}
	c, err := wecom.New(cred, wecom.WithHTTPClient(&http.Client{Transport: roundTripFunc(func(r *http.Request) (*http.Response, error) {
		if r.URL.Path != "/cgi-bin/media/upload" {
			return p.RoundTrip(r)
		}
		first, err := io.ReadAll(io.LimitReader(r.Body, 200))
		if err != nil {
			return nil, err
		}
		_ = r.Body.Close()
		again, err := r.GetBody()
		if err != nil {
			return nil, err
		}
		defer again.Close()
		if _, err := r.Body.Read(make([]byte, 1)); err == nil {
			return nil, errors.New("two bodies read one file")
		}
		second, err := io.ReadAll(again)
		bodies <- string(first)
		bodies <- string(second)
		if err != nil {
			return nil, err
		}
		r.Body = nil
		return p.RoundTrip(r)
	})}))
	require.NoError(t, err)

	_, err = c.Media().Upload(t.Context(), wecom.MediaTypeFile, wecom.File{Name: "a.txt", Reader: strings.NewReader("mytext")})

	require.NoError(t, err)
	first, second := <-bodies, <-bodies
	assert.Equal(t, first, second[:len(first)])
	assert.Contains(t, second, "\r\n\r\nmytext\r\n--")
}

type roundTripFunc func(*http.Request) (*http.Response, error)

func (f roundTripFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A server may answer before it has read the file, and net/http goes on
// reading then. Once Upload has returned the file is the caller's again.
func TestUploadLeavesTheFileAloneWhenItReturns(t *testing.T) {
	t.Parallel()
	const size = 8 << 20
	p := &peer{serve: func(*http.Request, int) string { return refusal(40004) }}
	done := make(chan struct{})
	c, err := wecom.New(cred, wecom.WithHTTPClient(&http.Client{Transport: roundTripFunc(func(r *http.Request) (*http.Response, error) {
		if r.URL.Path != "/cgi-bin/media/upload" {
			return p.RoundTrip(r)
		}
		begun := make(chan struct{})
		body := r.Body
		go func() {
			defer close(done)
			buf := make([]byte, 512)
			_, _ = body.Read(buf)
			close(begun)
			_, _ = io.CopyBuffer(io.Discard, struct{ io.Reader }{body}, buf)
		}()
		<-begun
		r.Body = nil
		return p.RoundTrip(r)
	})}))
	require.NoError(t, err)
	file := &countingReader{Reader: io.NewSectionReader(zeroes{}, 0, size)}

	_, err = c.Media().Upload(t.Context(), wecom.MediaTypeFile, wecom.File{Name: "a.txt", Reader: file, Size: size})

	require.True(t, wecom.IsCode(err, wecom.CodeInvalidMediaType), "%v", err)
	read := file.n // a race with the transport shows here, under -race
	<-done
	assert.Equal(t, read, file.n)
}

type countingReader struct {
	io.Reader

	n int
}

func (r *countingReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.n += n
	return n, err
}

func TestUploadMayTakeLongButNotStall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var stall atomic.Bool
		p := &peer{serve: func(*http.Request, int) string { return uploaded }}
		c, err := wecom.New(cred, wecom.WithTimeout(10*time.Second), wecom.WithHTTPClient(&http.Client{Transport: roundTripFunc(func(r *http.Request) (*http.Response, error) {
			if r.URL.Path != "/cgi-bin/media/upload" {
				return p.RoundTrip(r)
			}
			for buf := make([]byte, 1<<20); ; {
				time.Sleep(9 * time.Second) // in the bubble: a slow line
				if _, err := r.Body.Read(buf); err != nil {
					break
				}
				if stall.Load() {
					<-r.Context().Done()
				}
				if err := r.Context().Err(); err != nil {
					return nil, err
				}
			}
			r.Body = nil
			return p.RoundTrip(r)
		})}))
		require.NoError(t, err)
		file := func() wecom.File {
			return wecom.File{Name: "a.txt", Reader: io.NewSectionReader(zeroes{}, 0, 10<<20)}
		}
		start := time.Now()
		_, err = c.Media().Upload(t.Context(), wecom.MediaTypeFile, file())
		require.NoError(t, err)
		assert.Greater(t, time.Since(start), 90*time.Second)

		stall.Store(true)
		start = time.Now()
		_, err = c.Media().Upload(t.Context(), wecom.MediaTypeFile, file())
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, wecom.ErrOutcomeUnknown)
		assert.Equal(t, 19*time.Second, time.Since(start))
	})
}

func TestUploadObeysCtx(t *testing.T) {
	t.Parallel()
	s := newMediaServer(t, answering(uploaded))
	ctx, cancel := context.WithCancel(t.Context())
	file := readerFunc(func(p []byte) (int, error) {
		cancel()
		return 1, nil
	})

	_, err := s.media.Upload(ctx, wecom.MediaTypeFile, wecom.File{Name: "a.txt", Reader: file, Size: 20 << 20})

	require.ErrorIs(t, err, context.Canceled)
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestUploadDoesNotHoldTheFile(t *testing.T) { //nolint:paralleltest // measures what the process allocates
	const size = 10 << 20
	p := &peer{}
	c, err := wecom.New(cred, wecom.WithHTTPClient(&http.Client{Transport: roundTripFunc(func(r *http.Request) (*http.Response, error) {
		if r.Body == nil || r.URL.Path != "/cgi-bin/media/upload" {
			return p.RoundTrip(r)
		}
		n, err := io.Copy(io.Discard, r.Body)
		if err != nil || n != r.ContentLength || n < size {
			return nil, errors.New("not the whole file came")
		}
		r.Body = nil
		return p.RoundTrip(r)
	})}))
	require.NoError(t, err)
	_, err = c.Token(t.Context())
	require.NoError(t, err)

	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err = c.Media().Upload(t.Context(), wecom.MediaTypeImage, wecom.File{Name: "a.png", Reader: io.NewSectionReader(zeroes{}, 0, size)})
	runtime.ReadMemStats(&after)

	require.NoError(t, err)
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(256<<10))
}

// zeroes is endless.
type zeroes struct{}

func (zeroes) ReadAt(p []byte, _ int64) (int, error) {
	clear(p)
	return len(p), nil
}
