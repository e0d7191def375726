package callback

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"
)

const rotateSize = 8 << 20

// A segment is one file of a [FileInbox].
type segment struct {
	header  segmentHeader
	path    string
	file    segmentFile // closed when the next segment begins; nil if this process did not make it
	size    int64       // where the next record goes
	synced  int64       // how much of that is certain to be there
	begun   time.Time   // about when it was
	damaged bool        // a part of it cannot be read

	// The FileInbox's mu guards these.
	live  int   // items that are known from it
	bytes int64 // what they would take in another segment
}

// A segmentFile is an [os.File], or one that breaks in tests.
type segmentFile interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Sync() error
	Truncate(size int64) error
}

func createFile(path string) (segmentFile, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o600) //nolint:gosec // the caller chose the directory
}

// segments are all files of a [FileInbox]. They belong to the goroutine that
// writes.
type segments struct {
	dir    string
	create func(path string) (segmentFile, error)
	rotate int64 // the size at which a new one begins

	all    []*segment // oldest first
	active *segment   // the last of all, or nil if that takes no more
	last   uint64     // the number of the last one
	buf    []byte
}

// A change is a record to be written, and about what.
type change struct {
	item   *item
	record record
	off    int64 // set by write
	size   int
}

// write appends the changes to the active segment. After an error none of them
// counts; that some are found later is harmless, but not so that they are
// found in part.
func (s *segments) write(changes []change, sync bool) error {
	seg, err := s.open()
	if err != nil {
		return err
	}
	buf := s.buf[:0]
	if seg.size == seg.synced {
		buf = seg.header.append(buf, seg.size, record{kind: recordMark})
	}
	for i := range changes {
		c, start := &changes[i], len(buf)
		buf = seg.header.append(buf, seg.size, c.record)
		c.off, c.size = seg.size+int64(start), len(buf)-start
	}
	if s.buf = buf; cap(buf) > rotateSize {
		s.buf = nil
	}
	if _, err := seg.file.WriteAt(buf, seg.size); err != nil {
		if seg.file.Truncate(seg.size) != nil {
			s.abandon()
		}
		return err
	}
	if sync {
		if err := seg.file.Sync(); err != nil {
			s.abandon() // what a failed sync leaves behind, no later one repairs
			return err
		}
		seg.synced = seg.size + int64(len(buf))
	}
	seg.size += int64(len(buf))
	return nil
}

// open returns the segment to write to.
func (s *segments) open() (*segment, error) {
	if s.active != nil {
		return s.active, nil
	}
	header := segmentHeader{number: s.last + 1, nonce: rand.Uint64()} //nolint:gosec // tells segments apart, and keeps nothing secret
	if n := len(s.all); n > 0 {
		header.before = s.all[n-1].size
	}
	seg := &segment{header: header, path: s.path(header.number), size: int64(headerLen), synced: int64(headerLen)}
	file, err := s.create(seg.path)
	if err != nil {
		return nil, err
	}
	_, err = file.WriteAt(header.encode(), 0)
	if err == nil {
		err = errors.Join(file.Sync(), syncDir(s.dir))
	}
	if err != nil {
		return nil, errors.Join(err, file.Close(), os.Remove(seg.path))
	}
	seg.file = file
	s.all, s.active, s.last = append(s.all, seg), seg, header.number
	return seg, nil
}

func (s *segments) path(number uint64) string {
	return filepath.Join(s.dir, fmt.Sprintf("%020d.seg", number))
}

// abandon ends the active segment after an error.
func (s *segments) abandon() {
	seg := s.active
	s.active = nil
	seg.size = seg.synced
	_ = seg.file.Truncate(seg.size) // the next segment says where this one ends
	_ = seg.file.Close()
	if seg.size == int64(headerLen) && os.Remove(seg.path) == nil {
		s.all = s.all[:len(s.all)-1]
		s.last--
	}
}

// seal ends the active segment.
func (s *segments) seal() error {
	seg := s.active
	if seg == nil {
		return nil
	}
	if seg.size > seg.synced {
		if err := seg.file.Sync(); err != nil {
			s.abandon()
			return err
		}
		seg.synced = seg.size
	}
	s.active = nil
	return seg.file.Close()
}

// close ends the active segment with a mark, which tells the next open that
// nothing is missing.
func (s *segments) close() error {
	if s.active == nil {
		return nil
	}
	if err := s.active.file.Sync(); err != nil {
		s.abandon()
		return err
	}
	s.active.synced = s.active.size
	return errors.Join(s.write(nil, true), s.seal())
}

// remove deletes the oldest segment, or keeps it under another name if it is damaged.
func (s *segments) remove() error {
	old := s.all[0]
	var err error
	if old.damaged {
		err = os.Rename(old.path, old.path+corruptSuffix)
	} else {
		err = os.Remove(old.path)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	s.all = s.all[1:]
	return syncDir(s.dir) // before the next one goes: there may be no gap
}

// read fills b with what is at an offset of the segment.
func (seg *segment) read(b []byte, off int64) error {
	if seg.file != nil {
		_, err := seg.file.ReadAt(b, off)
		if !errors.Is(err, fs.ErrClosed) {
			return err
		}
	}
	file, err := os.Open(seg.path)
	if err != nil {
		return err
	}
	_, err = file.ReadAt(b, off)
	return errors.Join(err, file.Close())
}

// entry reads the entry at an offset of the segment.
func (seg *segment) entry(off int64, size int) (Entry, error) {
	b := make([]byte, size)
	if err := seg.read(b, off); err != nil {
		return Entry{}, err
	}
	r, n, err := seg.header.read(b, off)
	if err != nil || n != size || r.kind != recordEntry {
		return Entry{}, damage{seg.path, off, off + int64(size)}
	}
	return r.entry, nil
}
