package callback

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/wecomkit/wecom-go/wecom"
)

// FileInboxOptions change what [OpenFileInbox] opens. The zero value of each
// field is its default.
type FileInboxOptions struct {
	// MaxUnfinished is how many entries may be unfinished before Append fails
	// with [ErrInboxFull]: 100,000 if it is 0. Each takes some 400 bytes of
	// memory; its event is on disk only.
	MaxUnfinished int

	// Retention is for how long the key of an entry stays known after Done:
	// five minutes, which is also the least.
	Retention time.Duration

	// Salvage opens an inbox that is corrupt with what can be read of it, and
	// keeps the damaged file, renamed to end in .corrupt. What is missing is
	// logged at Error.
	Salvage bool

	// Logger is told at Warn of trouble with the disk that no caller hears of,
	// and at Error of what is lost.
	Logger *slog.Logger

	Clock wecom.Clock // the system's
}

// A FileInbox is an [Inbox] in a directory of the local disk, for one process
// at a time. It is safe for concurrent use. It has one goroutine, while there
// is something to write.
//
// Append and Done return when the disk has confirmed that the change is
// stored; all changes that are made meanwhile share the next confirmation. So
// it takes as many events a second as there are requests at once times the
// confirmations the disk can give. A disk that is full makes Append fail until
// there is room again.
//
// The directory holds the text of events, which is personal data. Only its
// owner can read it. The text of an event that is done goes from the disk
// minutes after, with the next event that comes or at the next open, unless an
// older one is still unfinished.
type FileInbox struct {
	dir       string
	clock     wecom.Clock
	logger    *slog.Logger
	retention time.Duration
	limit     int
	lock      io.Closer
	writer    sync.WaitGroup // the one goroutine
	disk      *segments      // of the writer

	mu         sync.Mutex                       // guards all below
	items      map[string]*item                 // by key: unfinished, or done and still known
	unfinished int                              // of items
	ready      itemHeap                         // those to take, by rank
	delayed    itemHeap                         // those that wait for their time, by time
	done       []*item                          // in the order in which they were done
	seq        uint64                           // the last one given out
	waiters    map[*context.CancelFunc]struct{} // wake those who wait in Take
	next       *batch                           // what the writer writes next
	changed    map[*item]struct{}               // whose state is to be written with it
	writing    bool
	closed     bool
}

// An item is what is known of an entry without reading its event. The
// FileInbox's mu guards it.
type item struct {
	key      string
	seq      uint64 // names it in the records
	rank     uint64 // its place in the order of taking
	state    entryState
	attempts int
	at       time.Time // when it is due; when it was done
	index    int       // in its heap; -1 if it is in none
	batch    *batch    // that makes its last change durable; nil when that is over

	seg  *segment // where its event is; nil before that is durable
	off  int64
	size int
}

// A batch is what is written and synced at once.
type batch struct {
	appended []pending
	sync     bool          // somebody waits for it to be durable
	done     chan struct{} // closed when it is written, or could not be
	err      error         // set before done is closed
}

// A pending entry is one that is not written yet.
type pending struct {
	item  *item
	entry Entry
}

var errInboxClosed = fmt.Errorf("callback: the inbox is closed: %w", fs.ErrClosed)

// Append implements [Inbox].
func (f *FileInbox) Append(ctx context.Context, e Entry) (added bool, err error) {
	if n := payloadLen(e); n > maxPayload {
		return false, fmt.Errorf("callback: an inbox entry of %d bytes", n)
	}
	if err := ctx.Err(); err != nil {
		return false, err
	}
	b, added, err := f.append(e)
	if b != nil && err == nil {
		err = b.wait(ctx)
	}
	return added && err == nil, err
}

// append returns the batch that makes e durable; nil if it is.
func (f *FileInbox) append(e Entry) (b *batch, added bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil, false, errInboxClosed
	}
	f.forget()
	if it, ok := f.items[e.Key]; ok {
		return it.batch, false, nil
	}
	if f.unfinished >= f.limit {
		return nil, false, fmt.Errorf("%w: %d entries are unfinished", ErrInboxFull, f.unfinished)
	}
	f.seq++
	it := &item{key: e.Key, seq: f.seq, rank: f.seq, index: -1}
	it.batch = f.join(true)
	f.items[e.Key] = it
	f.unfinished++
	e.Body = slices.Clone(e.Body)
	it.batch.appended = append(it.batch.appended, pending{it, e})
	return it.batch, true, nil
}

// Take implements [Inbox].
func (f *FileInbox) Take(ctx context.Context) (Entry, error) {
	it, attempts, err := f.take(ctx)
	if err != nil {
		return Entry{}, err
	}
	e, err := f.read(it)
	if err != nil {
		f.setAside(it)
		return Entry{}, err
	}
	e.Attempts = attempts
	return e, nil
}

func (f *FileInbox) take(ctx context.Context) (*item, int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for {
		if err := ctx.Err(); err != nil {
			return nil, 0, err
		}
		if f.closed {
			return nil, 0, errInboxClosed
		}
		now := f.clock.Now()
		for len(f.delayed.items) > 0 && !f.delayed.items[0].at.After(now) {
			f.seq++ // behind those that came meanwhile
			it := f.delayed.pop()
			it.rank = f.seq
			f.ready.push(it)
		}
		if len(f.ready.items) > 0 {
			it := f.ready.pop()
			it.state = stateTaken
			it.attempts++
			f.change(it, false)
			return it, it.attempts, nil
		}
		f.sleep(ctx, now)
	}
}

// sleep waits until there may be something to take.
func (f *FileInbox) sleep(ctx context.Context, now time.Time) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	f.waiters[&cancel] = struct{}{}
	defer delete(f.waiters, &cancel)
	var due time.Duration
	if len(f.delayed.items) > 0 {
		due = f.delayed.items[0].at.Sub(now)
	}
	f.mu.Unlock()
	defer f.mu.Lock()
	if due > 0 {
		_ = f.clock.Sleep(ctx, due) // take looks at ctx
	} else {
		<-ctx.Done()
	}
}

func (f *FileInbox) wake() {
	for cancel := range f.waiters {
		(*cancel)()
	}
}

// setAside gives back an item that cannot be read.
func (f *FileInbox) setAside(it *item) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if it.state == stateTaken && !f.closed {
		f.giveBack(it, f.clock.Now().Add(lastBackoff), false)
	}
}

// Done implements [Inbox].
func (f *FileInbox) Done(ctx context.Context, key string) error {
	return f.settle(ctx, key, func(it *item) {
		if it.state == stateDone {
			return
		}
		f.ready.remove(it)
		f.delayed.remove(it)
		it.seg.bytes -= it.bytes()
		it.state, it.at = stateDone, f.clock.Now()
		it.seg.bytes += it.bytes()
		f.unfinished--
		f.done = append(f.done, it)
		f.change(it, true)
	})
}

// Release implements [Inbox].
func (f *FileInbox) Release(ctx context.Context, key string, at time.Time) error {
	return f.settle(ctx, key, func(it *item) {
		if it.state == stateTaken {
			f.giveBack(it, at, true)
		}
	})
}

// settle changes an item, and waits until all that was changed about it is
// durable.
func (f *FileInbox) settle(ctx context.Context, key string, change func(*item)) error {
	b, err := f.settling(key, change)
	if b == nil || err != nil {
		return err
	}
	return b.wait(ctx)
}

func (f *FileInbox) settling(key string, change func(*item)) (*batch, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil, errInboxClosed
	}
	it, ok := f.items[key]
	if !ok || it.seg == nil {
		return nil, nil
	}
	change(it)
	if _, owed := f.changed[it]; owed { // by a write that failed
		f.change(it, true)
	}
	return it.batch, nil
}

func (f *FileInbox) giveBack(it *item, at time.Time, sync bool) {
	it.state, it.at = stateWaiting, at
	f.line(it)
	f.change(it, sync)
	f.wake()
}

// line puts an item that waits where it is found when it is due.
func (f *FileInbox) line(it *item) {
	if it.at.After(f.clock.Now()) {
		f.delayed.push(it)
	} else {
		f.ready.push(it)
	}
}

// Len is how many entries are unfinished, for metrics and health checks.
func (f *FileInbox) Len() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.unfinished
}

// Close ends what waits in Take and closes the files. What is unfinished waits
// for the next open. Close the [Handler] before.
func (f *FileInbox) Close() error {
	f.mu.Lock()
	if f.closed {
		f.mu.Unlock()
		return nil
	}
	f.closed = true
	f.wake()
	f.mu.Unlock()
	f.writer.Wait()
	return errors.Join(f.disk.close(), f.lock.Close())
}

// change has the state of an item written, and durable if sync is set.
func (f *FileInbox) change(it *item, sync bool) {
	f.changed[it] = struct{}{}
	it.batch = f.join(sync)
}

// join returns the next batch, and sees to it that it is written.
func (f *FileInbox) join(sync bool) *batch {
	if f.next == nil {
		f.next = &batch{done: make(chan struct{})}
	}
	f.next.sync = f.next.sync || sync
	if !f.writing {
		f.writing = true
		f.writer.Go(f.write)
	}
	return f.next
}

func (b *batch) wait(ctx context.Context) error {
	select {
	case <-b.done:
		return b.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// forget drops the keys that need not be known any more.
func (f *FileInbox) forget() {
	end := f.clock.Now().Add(-f.retention)
	n := 0
	for n < len(f.done) && !f.done[n].at.After(end) {
		it := f.done[n]
		it.seg.live--
		it.seg.bytes -= it.bytes()
		delete(f.items, it.key)
		f.done[n] = nil
		n++
	}
	f.done = f.done[n:]
}
