package wecom

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/wecomkit/wecom-go/internal/codec"
)

var opMediaGet = Operation{Method: http.MethodGet, Path: "/cgi-bin/media/get", Doc: 90254, Read: true}

// GetMediaRequest says which file to download, and how much of it.
type GetMediaRequest struct {
	MediaID string `json:"media_id"`

	// Offset and Length choose a part of the file; both zero is all of it,
	// Length 0 is up to the end. Some media are stored encrypted: their parts
	// must begin and end at multiples of 16, so better let all do.
	Offset int64 `json:"-"`
	Length int64 `json:"-"` // bytes; the last part may turn out shorter

	// MaxSize refuses a longer reply, whatever the server announces. 0 is
	// 200 MB, the most that WeCom keeps.
	MaxSize int64 `json:"-"`
}

const defaultMaxSize = 200 * mebibyte

// Get downloads a file, as a stream that the caller closes. Any app of the
// corp can get a media_id, for three days.
//
// 「获取临时素材」 https://developer.work.weixin.qq.com/document/path/90254
//
// A file over 20 MB has to be fetched in parts of at most 20 MB, else WeCom
// answers [CodeDownloadTooLarge]. Ask for parts until one is the last:
//
//	req := wecom.GetMediaRequest{MediaID: id, Length: 16 << 20}
//	for {
//		part, err := media.Get(ctx, req)
//		if err != nil {
//			return err
//		}
//		n, err := io.Copy(w, part)
//		part.Close()
//		if err != nil {
//			return err // or ask for this part again
//		}
//		req.Offset += n
//		if req.Offset == part.Total {
//			return nil
//		}
//	}
//
// Once Get has returned, ctx ends the download too; nothing is retried from
// there, because only the caller knows what it has kept.
func (s MediaService) Get(ctx context.Context, req GetMediaRequest) (*MediaStream, error) {
	return s.download(ctx, opMediaGet, req)
}

var opMediaGetJSSDK = Operation{Method: http.MethodGet, Path: "/cgi-bin/media/get/jssdk", Doc: 90255, Read: true}

// GetJSSDK downloads a voice recording that a web page uploaded with
// uploadVoice of the JS-SDK, in high definition: speex at 16 kHz, where
// [MediaService.Get] has AMR at 8 kHz. The caller closes the stream.
//
// 「获取高清语音素材」 https://developer.work.weixin.qq.com/document/path/90255
func (s MediaService) GetJSSDK(ctx context.Context, mediaID string) (*MediaStream, error) {
	return s.download(ctx, opMediaGetJSSDK, GetMediaRequest{MediaID: mediaID})
}

// A MediaStream is a file, or a part of one, on its way from WeCom. Read it to
// [io.EOF] and close it: a stream that broke off, was cut short, is over the
// limit or brings nothing for the time of [WithTimeout] ends in another error.
// One goroutine at a time may read.
type MediaStream struct {
	Filename    string // last element only, so safe to join to a directory; may be empty
	ContentType string
	Size        int64 // bytes in this stream; -1 if the server does not say
	Offset      int64 // where the stream begins in the file
	Total       int64 // bytes in the whole file; -1 if the server does not say

	op   Operation
	body io.Reader
	raw  io.Closer
	read int64
	max  int64
	err  error // what ended the stream
}

// Read reads the next bytes.
func (m *MediaStream) Read(p []byte) (int, error) {
	if m.err != nil {
		return 0, m.err
	}
	n, err := m.body.Read(p)
	m.read += int64(n)
	if over := m.read - m.max; over > 0 {
		n -= int(over)
		m.read, m.err = m.max, tooLong(m.op, m.max)
		return n, m.err
	}
	whole := errors.Is(err, io.EOF)
	if whole && m.Size >= 0 && m.read != m.Size {
		whole, err = false, io.ErrUnexpectedEOF
	}
	if err != nil && !whole {
		err = fmt.Errorf("wecom: %s: the file broke off after %d bytes of %d: %w", m.op.Path, m.read, m.Size, err)
	}
	m.err = err
	return n, err
}

// Close ends the download, finished or not.
func (m *MediaStream) Close() error {
	if m.err == nil {
		m.err = errors.New("wecom: " + m.op.Path + ": read after Close")
	}
	return m.raw.Close()
}

func tooLong(op Operation, limit int64) error {
	return fmt.Errorf("wecom: %s: the file has more than MaxSize, %d bytes", op.Path, limit)
}

func (s MediaService) download(ctx context.Context, op Operation, req GetMediaRequest) (*MediaStream, error) {
	if req.Offset < 0 || req.Length < 0 || req.MaxSize < 0 {
		return nil, fmt.Errorf("wecom: %s: negative Offset, Length or MaxSize", op.Path)
	}
	if req.MaxSize == 0 {
		req.MaxSize = defaultMaxSize
	}
	var m *MediaStream
	k := call{client: s.client, op: op, header: map[string]string{
		"Accept-Encoding": "identity", // Content-Length is the file's then
	}}
	if r := req.rangeHeader(); r != "" {
		k.header["Range"] = r
	}
	k.sink = func(resp *http.Response, sc *sendContext) (err error) {
		m, err = k.stream(resp, sc, req)
		return err
	}
	if err := k.encode(req); err != nil {
		return nil, err
	}
	if err := k.run(ctx); err != nil {
		return nil, err
	}
	return m, nil
}

func (r GetMediaRequest) rangeHeader() string {
	if r.Offset == 0 && r.Length == 0 {
		return ""
	}
	h := "bytes=" + strconv.FormatInt(r.Offset, 10) + "-"
	if r.Length > 0 {
		h += strconv.FormatInt(r.Offset+r.Length-1, 10)
	}
	return h
}

// stream makes a MediaStream of a reply, unless it is a refusal.
func (k *call) stream(resp *http.Response, sc *sendContext, req GetMediaRequest) (*MediaStream, error) {
	body, err := k.refusal(resp, sc)
	if err != nil {
		return nil, err
	}
	m := &MediaStream{
		Filename:    dispositionName(resp.Header.Get("Content-Disposition")),
		ContentType: resp.Header.Get("Content-Type"),
		Size:        resp.ContentLength,
		Total:       resp.ContentLength,
		op:          k.op,
		body:        body,
		raw:         resp.Body,
		max:         req.MaxSize,
	}
	if resp.StatusCode == http.StatusPartialContent {
		if err := m.locate(resp.Header.Get("Content-Range")); err != nil {
			return nil, k.foreignReply(resp, err)
		}
	}
	switch {
	case m.Offset != req.Offset:
		return nil, k.foreignReply(resp, fmt.Errorf("answered from byte %d, not %d: is there a proxy that drops Range?", m.Offset, req.Offset))
	case req.Length > 0 && m.Size > req.Length && resp.StatusCode == http.StatusPartialContent:
		return nil, k.foreignReply(resp, fmt.Errorf("answered %d bytes, not %d", m.Size, req.Length))
	case req.rangeHeader() == "" && m.Size != m.Total:
		return nil, k.foreignReply(resp, fmt.Errorf("answered %d of %d bytes, though all were asked for", m.Size, m.Total))
	case m.Size == 0:
		return nil, k.foreignReply(resp, errors.New("answered an empty file, which WeCom does not take"))
	case m.Size > m.max:
		return nil, tooLong(k.op, m.max)
	}
	return m, nil
}

// locate reads a Content-Range: bytes 0-1023/2048.
func (m *MediaStream) locate(header string) error {
	unit, rest, _ := strings.Cut(header, " ")
	span, total, _ := strings.Cut(rest, "/")
	from, to, _ := strings.Cut(span, "-")
	first, err1 := strconv.ParseUint(from, 10, 62)
	last, err2 := strconv.ParseUint(to, 10, 62)
	whole, err3 := strconv.ParseInt(total, 10, 64)
	if total == "*" {
		whole, err3 = -1, nil
	}
	if !strings.EqualFold(unit, "bytes") || errors.Join(err1, err2, err3) != nil || last < first || whole >= 0 && int64(last) >= whole {
		return fmt.Errorf("answered a part with Content-Range %.60q", header)
	}
	size := int64(last-first) + 1
	if m.Size >= 0 && m.Size != size {
		return fmt.Errorf("answered %d bytes with Content-Range %.60q", m.Size, header)
	}
	m.Offset, m.Size, m.Total = int64(first), size, whole
	return nil
}

// maxRefusal is more than any errmsg has.
const maxRefusal = 4 << 10

// refusal tells a file from a JSON reply that says why there is none. Both
// come with status 200, and a file may be JSON itself; but a file has a
// Content-Disposition, and a refusal is short and has an errcode.
func (k *call) refusal(resp *http.Response, sc *sendContext) (io.Reader, error) {
	switch {
	case resp.StatusCode == http.StatusPartialContent:
		return resp.Body, nil
	case resp.StatusCode == http.StatusRequestedRangeNotSatisfiable:
		return nil, k.foreignReply(resp, errors.New("answered 416: the part begins at or after the end of the file"))
	case resp.StatusCode == http.StatusOK && resp.Header.Get("Content-Disposition") != "" && !refusedByHeader(resp.Header):
		return resp.Body, nil
	}
	body := bufio.NewReaderSize(resp.Body, maxRefusal)
	text, err := body.Peek(1)
	if err == nil && (text[0] == '{' || resp.StatusCode != http.StatusOK) {
		text, err = body.Peek(maxRefusal)
	}
	if err != nil && err != io.EOF {
		return nil, &TransportError{Op: k.op, Sent: true, Err: err}
	}
	if resp.StatusCode != http.StatusOK {
		return nil, k.decode(resp, sc, text)
	}
	if code, _, ok := codec.Status(text); ok && code != 0 && err == io.EOF {
		return nil, k.decode(resp, sc, text)
	}
	if resp.Header.Get("Content-Disposition") == "" && strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		return nil, k.foreignReply(resp, errors.New("answered a web page, not a file: is there a proxy in between?"))
	}
	return body, nil
}

// refusedByHeader reads what WeCom repeats of an errcode in the header.
func refusedByHeader(h http.Header) bool {
	code := h.Get("Error-Code")
	return code != "" && code != "0"
}
