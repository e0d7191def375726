package wecom

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"
)

// A File is what an upload sends. It is read as it is sent and never held in
// memory as a whole, unless its size cannot be known.
//
// A Reader that is also an [io.Seeker] (an [os.File], a [bytes.Reader]) is
// read from its current position, and again from there if the call has to be
// repeated with a new token. Any other Reader is sent at most once.
// Closing the file is the caller's business. When the call has returned nothing
// reads from it any more; a Read that hangs therefore holds up the call.
type File struct {
	// Name is what members and customers see; its extension tells them and
	// WeCom the format. A path is cut to its last element.
	Name string

	Reader io.Reader

	// Size is how many bytes Reader has left, no more and no fewer. 0 finds
	// out: by seeking, by Len or Stat, and if nothing helps by reading the
	// file into memory.
	Size int64
}

// sizeRange is what an endpoint takes as one kind of file.
type sizeRange struct {
	kind         string
	min, max     int64 // a max of 0 is left to the server
	small, large Code  // what WeCom refuses others with
}

const (
	mebibyte      = 1 << 20
	minFile       = 6             // bytes, but for pictures with a URL
	maxUnmeasured = 20 * mebibyte // read into memory if the endpoint has no maximum
)

// check refuses what the endpoint would refuse after the upload, with the same
// code; the caller adds Op.
func (r sizeRange) check(name string, size int64) error {
	switch {
	case size < r.min:
		return &Error{Code: r.small, Client: true, Msg: fmt.Sprintf("%q has %d bytes; WeCom takes files of %d bytes and more", name, size, r.min)}
	case r.max > 0 && size > r.max:
		return r.tooLarge(name, fmt.Sprintf("%d bytes", size))
	}
	return nil
}

func (r sizeRange) tooLarge(name, size string) error {
	return &Error{Code: r.large, Client: true, Msg: fmt.Sprintf("%q has %s; the limit for %s is %d (%d MB)", name, size, r.kind, r.max, r.max/mebibyte)}
}

var (
	errFileTaken = errors.New("the attempt that was reading the file is over")
	errFileSpent = errors.New("File.Reader cannot be rewound")
)

// A multipartFile is the body of an upload: one file between a head and a
// tail. Each attempt opens it anew.
type multipartFile struct {
	name        string
	contentType string // of the request
	head, tail  string
	size        int64 // of the file
	total       int64 // of the body

	reader io.Reader
	seeker io.Seeker // nil if reader cannot be rewound
	start  int64     // where seeker stood

	current *attemptBody
	touched atomic.Bool // something of reader has been read
}

func newMultipartFile(field string, f File, limit sizeRange) (*multipartFile, error) {
	name := baseName(f.Name)
	switch {
	case name == "":
		return nil, errors.New("File.Name is missing: WeCom shows it, and tells the format by it")
	case !utf8.ValidString(name):
		return nil, fmt.Errorf("File.Name %q is not UTF-8", name)
	case f.Reader == nil:
		return nil, fmt.Errorf("%q: File.Reader is nil", name)
	case f.Size < 0:
		return nil, fmt.Errorf("%q: File.Size is negative", name)
	}
	m := &multipartFile{name: name, reader: f.Reader}
	if err := m.measure(f.Size, limit); err != nil {
		return nil, err
	}
	if err := limit.check(name, m.size); err != nil {
		return nil, err
	}
	boundary := "wecom-go-" + rand.Text()
	m.contentType = "multipart/form-data; boundary=" + boundary
	m.head = multipartHead(boundary, field, name, m.size)
	m.tail = "\r\n--" + boundary + "--\r\n"
	m.total = int64(len(m.head)) + m.size + int64(len(m.tail))
	return m, nil
}

// multipartHead is all that stands before the file. WeCom's servers do not
// follow RFC 7578: a name goes out as raw UTF-8, and filelength is wanted.
func multipartHead(boundary, field, name string, size int64) string {
	return "--" + boundary + "\r\n" +
		`Content-Disposition: form-data; name="` + field + `"; filename="` + quoteName(name) + `"; filelength=` + strconv.FormatInt(size, 10) + "\r\n" +
		"Content-Type: " + typeByName(name) + "\r\n\r\n"
}

// baseName cuts a path, whichever system it comes from.
func baseName(name string) string { return name[strings.LastIndexAny(name, `/\`)+1:] }

// quoteName makes name safe between quotes; everything that does no harm stays.
func quoteName(name string) string {
	var b strings.Builder
	for i := range len(name) {
		switch c := name[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c == 0x7f:
			fmt.Fprintf(&b, "%%%02X", c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func typeByName(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".jpg", ".jpeg":
		return "image/jpeg"
	case ".png":
		return "image/png"
	case ".amr":
		return "audio/amr"
	case ".mp4":
		return "video/mp4"
	}
	return "application/octet-stream"
}

// measure finds how many bytes the reader has left.
func (m *multipartFile) measure(stated int64, limit sizeRange) error {
	size, known := m.sizeBySeeking()
	switch {
	case known && stated != 0 && stated != size:
		return fmt.Errorf("%q: File.Reader has %d bytes left, File.Size says %d", m.name, size, stated)
	case !known && stated != 0:
		size, known = stated, true
	case !known:
		size, known = sizeByAsking(m.reader)
	}
	if known {
		m.size = size
		return nil
	}
	return m.readAll(limit)
}

// readAll is for a reader whose size cannot be known otherwise.
func (m *multipartFile) readAll(limit sizeRange) error {
	room := limit.max
	if room == 0 {
		room = maxUnmeasured
	}
	b, err := io.ReadAll(io.LimitReader(m.reader, room+1))
	switch {
	case err != nil:
		return fmt.Errorf("reading %q: %w", m.name, err)
	case int64(len(b)) > room && limit.max > 0:
		return limit.tooLarge(m.name, "more")
	case int64(len(b)) > room:
		return fmt.Errorf("%q has more than %d bytes (%d MB); set File.Size to send it, if WeCom takes it", m.name, room, room/mebibyte)
	}
	r := bytes.NewReader(b)
	m.reader, m.seeker, m.start, m.size = r, r, 0, int64(len(b))
	return nil
}

func (m *multipartFile) sizeBySeeking() (int64, bool) {
	s, ok := m.reader.(io.Seeker)
	if !ok {
		return 0, false
	}
	start, err := s.Seek(0, io.SeekCurrent)
	if err != nil { // a pipe is an os.File too
		return 0, false
	}
	end, err := s.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, false
	}
	if _, err := s.Seek(start, io.SeekStart); err != nil {
		return 0, false
	}
	m.seeker, m.start = s, start
	return max(end-start, 0), true
}

func sizeByAsking(r io.Reader) (int64, bool) {
	switch r := r.(type) {
	case interface{ Len() int }:
		return int64(r.Len()), true
	case interface{ Stat() (fs.FileInfo, error) }:
		if info, err := r.Stat(); err == nil && info.Mode().IsRegular() {
			return info.Size(), true
		}
	}
	return 0, false
}

// spent reports whether the file cannot be sent again.
func (m *multipartFile) spent() bool { return m != nil && m.seeker == nil && m.touched.Load() }

// open begins an attempt. moved is called whenever a piece has been read.
func (m *multipartFile) open(moved func()) (io.ReadCloser, error) {
	if m.current != nil {
		_ = m.current.end()
	}
	b := &attemptBody{moved: moved}
	m.current = b
	if m.touched.Load() {
		if b.failed = m.rewind(); b.failed != nil {
			return nil, b.failed
		}
	}
	b.r = io.MultiReader(strings.NewReader(m.head), &exactReader{file: m, left: m.size}, strings.NewReader(m.tail))
	return b, nil
}

func (m *multipartFile) rewind() error {
	if m.seeker == nil {
		return errFileSpent
	}
	if _, err := m.seeker.Seek(m.start, io.SeekStart); err != nil {
		return fmt.Errorf("rewinding %q: %w", m.name, err)
	}
	m.touched.Store(false)
	return nil
}

// release ends the attempt and returns what reading the file failed with.
func (m *multipartFile) release() error {
	if m == nil || m.current == nil {
		return nil
	}
	return m.current.end()
}

// An attemptBody is a multipartFile as one attempt reads it.
type attemptBody struct {
	moved func()
	over  atomic.Bool

	mu     sync.Mutex // held during a read
	r      io.Reader
	failed error
}

func (b *attemptBody) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.over.Load() {
		return 0, errFileTaken
	}
	n, err := b.r.Read(p)
	if err != nil && err != io.EOF {
		b.failed = err
	}
	b.moved()
	return n, err
}

// end takes the file away from the transport, which may go on reading when the
// reply is in already. It waits for a read that is under way.
func (b *attemptBody) end() error {
	b.over.Store(true)
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.failed
}

// Close leaves the file open: it is the caller's.
func (b *attemptBody) Close() error {
	b.over.Store(true)
	return nil
}

// An exactReader reads a file that must have as many bytes as was announced.
type exactReader struct {
	file *multipartFile
	left int64
}

func (r *exactReader) Read(p []byte) (int, error) {
	r.file.touched.Store(true)
	n, err := r.file.reader.Read(p)
	r.left -= int64(n)
	switch {
	case r.left < 0:
		return 0, fmt.Errorf("%q has more than the %d bytes that File.Size says", r.file.name, r.file.size)
	case err == io.EOF && r.left > 0:
		return n, fmt.Errorf("%q ended after %d of %d bytes: %w", r.file.name, r.file.size-r.left, r.file.size, io.ErrUnexpectedEOF)
	case err != nil && err != io.EOF:
		return n, fmt.Errorf("reading %q: %w", r.file.name, err)
	}
	return n, err
}
