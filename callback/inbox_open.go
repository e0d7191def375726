package callback

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	defaultUnfinished = 100_000
	minRetention      = 5 * time.Minute

	segmentSuffix = ".seg"
	corruptSuffix = ".corrupt"

	// calmAttempts is how often an entry is taken before it is held back when
	// the process dies with it again.
	calmAttempts = 2
)

// OpenFileInbox opens the inbox in dir, which it makes if need be; nil options
// are the defaults. It fails if another process has it open, and with
// [ErrInboxCorrupt] if something in it that was stored cannot be read. The
// rest of a write that was interrupted is no such thing.
func OpenFileInbox(dir string, opts *FileInboxOptions) (*FileInbox, error) {
	var o FileInboxOptions
	if opts != nil {
		o = *opts
	}
	if dir == "" || o.MaxUnfinished < 0 || o.Retention < 0 {
		return nil, errors.New("callback: OpenFileInbox: want a directory, and no negative options")
	}
	if o.Clock == nil {
		o.Clock = systemClock{}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	f := &FileInbox{
		dir:       dir,
		clock:     o.Clock,
		logger:    o.Logger,
		retention: max(o.Retention, minRetention),
		limit:     cmp.Or(o.MaxUnfinished, defaultUnfinished),
		disk:      &segments{dir: dir, create: createFile, rotate: rotateSize},
		items:     make(map[string]*item),
		ready:     itemHeap{less: byRank},
		delayed:   itemHeap{less: byTime},
		waiters:   make(map[*context.CancelFunc]struct{}),
		changed:   make(map[*item]struct{}),
	}
	if err := f.open(o.Salvage); err != nil {
		return nil, fmt.Errorf("callback: opening the inbox %s: %w", dir, err)
	}
	return f, nil
}

func (f *FileInbox) open(salvage bool) error {
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return err
	}
	lock, ok, err := lockFile(filepath.Join(f.dir, "lock"))
	if err != nil {
		return err
	}
	if !ok {
		return errors.New("another process has it open")
	}
	f.lock = lock
	if err := f.load(salvage); err != nil {
		return errors.Join(err, lock.Close())
	}
	return nil
}

// load reads what is in the directory.
func (f *FileInbox) load(salvage bool) error {
	l := loader{inbox: f, bySeq: make(map[uint64]*item)}
	if err := l.find(); err != nil {
		return err
	}
	for i, seg := range f.disk.all {
		if err := l.read(seg, i); err != nil {
			return err
		}
	}
	if len(l.damages) > 0 && !salvage {
		return errors.Join(l.damages...)
	}
	l.finish()
	if len(l.damages) > 0 {
		return f.salvage(l.damages)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tidy()
	return nil
}

// salvage writes everything again that could be read.
func (f *FileInbox) salvage(damages []error) error {
	for _, err := range damages {
		f.logger.LogAttrs(context.Background(), slog.LevelError, "callback: a part of the inbox is lost", slog.Any("err", err))
	}
	for range len(f.disk.all) {
		if err := f.move(); err != nil {
			return err
		}
		if err := f.disk.remove(); err != nil {
			return err
		}
	}
	return nil
}

// A loader reads the segments of an inbox.
type loader struct {
	inbox   *FileInbox
	bySeq   map[uint64]*item
	damages []error
}

// find lists the segments and reads their headers.
func (l *loader) find() error {
	disk := l.inbox.disk
	files, err := os.ReadDir(disk.dir)
	if err != nil {
		return err
	}
	var numbers []uint64
	for _, file := range files {
		name, ok := strings.CutSuffix(file.Name(), segmentSuffix)
		if n, err := strconv.ParseUint(name, 10, 64); ok && err == nil {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	for i, n := range numbers {
		if i > 0 && n != numbers[i-1]+1 {
			l.damages = append(l.damages, fmt.Errorf("%w: %s is missing", ErrInboxCorrupt, disk.path(numbers[i-1]+1)))
		}
		if err := l.header(n, i == len(numbers)-1); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) header(number uint64, last bool) error {
	disk := l.inbox.disk
	seg := &segment{path: disk.path(number)}
	data, err := readStart(seg.path)
	if err != nil {
		return err
	}
	seg.header, err = readHeader(data)
	if err == nil && seg.header.number != number {
		err = errHeader
	}
	if err != nil && last && len(data) <= headerLen { // the process died when it made this one
		return errors.Join(os.Remove(seg.path), syncDir(disk.dir))
	}
	if err != nil {
		seg.header, seg.damaged = segmentHeader{}, true
		l.damages = append(l.damages, fmt.Errorf("%w: %s: %w", ErrInboxCorrupt, seg.path, err))
	}
	disk.all, disk.last = append(disk.all, seg), number
	return nil
}

// readStart reads what a header takes, and a byte more.
func readStart(path string) ([]byte, error) {
	file, err := os.Open(path) //nolint:gosec // the caller chose the directory
	if err != nil {
		return nil, err
	}
	b := make([]byte, headerLen+1)
	n, _ := file.ReadAt(b, 0) // a header that cannot be read is none
	return b[:n], file.Close()
}

// read reads the records of the i-th segment.
func (l *loader) read(seg *segment, i int) error {
	data, err := os.ReadFile(seg.path)
	if err != nil {
		return err
	}
	end, sealed := l.end(seg, i)
	if sealed && end > int64(len(data)) {
		l.damaged(seg, int64(len(data)), end)
		sealed = false
	}
	if sealed {
		data = data[:end]
	}
	seg.size = int64(len(data))
	if seg.header.number == 0 || len(data) < headerLen {
		return nil // nothing can be read, or nothing counts
	}
	for offset := int64(headerLen); ; {
		offset = seg.header.scan(data, offset, func(r record, off int64, n int) { l.apply(seg, r, off, n) })
		if offset >= int64(len(data)) {
			return nil
		}
		mark, ok := seg.header.findMark(data, offset)
		switch {
		case ok:
			l.damaged(seg, offset, mark)
			offset = mark
		case !sealed:
			l.inbox.logger.LogAttrs(context.Background(), slog.LevelWarn, "callback: cut off what was not stored to its end",
				slog.String("file", seg.path), slog.Int64("bytes", int64(len(data))-offset))
			seg.size = offset
			return nil
		default:
			l.damaged(seg, offset, int64(len(data)))
			return nil
		}
	}
}

// end is how much of the i-th segment counts, as the one after it says.
func (l *loader) end(seg *segment, i int) (end int64, known bool) {
	all := l.inbox.disk.all
	if i+1 == len(all) || seg.header.number == 0 || all[i+1].header.number != seg.header.number+1 {
		return 0, false
	}
	return all[i+1].header.before, true
}

func (l *loader) damaged(seg *segment, from, to int64) {
	seg.damaged = true
	l.damages = append(l.damages, damage{seg.path, from, to})
}

// apply does what a record says. Of one key the last entry counts: the ones
// before were done and forgotten, or moved, or were not acknowledged.
func (l *loader) apply(seg *segment, r record, off int64, n int) {
	f := l.inbox
	f.seq = max(f.seq, r.seq)
	it := l.bySeq[r.seq]
	switch r.kind {
	case recordEntry:
		it = &item{key: r.entry.Key, seq: r.seq, index: -1, seg: seg, off: off, size: n}
		l.bySeq[r.seq] = it
		f.items[it.key] = it
	case recordState:
		if it == nil { // its entry was done and is forgotten
			return
		}
	default:
		return
	}
	it.state, it.attempts, it.at = r.state, r.attempts, r.at
}

// finish brings what was read in order.
func (l *loader) finish() {
	f := l.inbox
	now := f.clock.Now()
	for _, it := range f.items {
		it.rank = it.seq
		it.seg.live++
		it.seg.bytes += it.bytes()
		if it.state == stateDone {
			f.done = append(f.done, it)
			continue
		}
		if it.state == stateTaken && it.attempts > calmAttempts {
			it.at = now.Add(backoff(it.attempts - calmAttempts))
		}
		it.state = stateWaiting
		f.unfinished++
		f.line(it)
	}
	slices.SortFunc(f.done, func(a, b *item) int { return a.at.Compare(b.at) })
}
