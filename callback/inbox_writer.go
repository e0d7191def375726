package callback

import (
	"context"
	"fmt"
	"log/slog"
)

// maxSegments is how many segments there may be before room is made.
const maxSegments = 8

// read reads the entry of an item, which may be moved meanwhile.
func (f *FileInbox) read(it *item) (Entry, error) {
	for {
		f.mu.Lock()
		seg, off, size := it.seg, it.off, it.size
		f.mu.Unlock()
		e, err := seg.entry(off, size)
		if err == nil {
			return e, nil
		}
		f.mu.Lock()
		moved := it.seg != seg
		f.mu.Unlock()
		if !moved {
			return Entry{}, fmt.Errorf("callback: reading an entry of the inbox: %w", err)
		}
	}
}

// write writes batch after batch while there is one.
func (f *FileInbox) write() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.next != nil {
		b := f.next
		f.next = nil
		changes := f.changes(b)
		f.mu.Unlock()
		b.err = f.disk.write(changes, b.sync)
		if b.err != nil {
			b.err = fmt.Errorf("callback: writing the inbox: %w", b.err)
			if !b.sync {
				f.warn("write", b.err)
			}
		}
		f.mu.Lock()
		f.written(b, changes)
		close(b.done)
		f.tidy()
	}
	f.writing = false
}

// warn logs what no caller hears of.
func (f *FileInbox) warn(cannot string, err error) {
	f.logger.LogAttrs(context.Background(), slog.LevelWarn, "callback: trouble with the disk of the inbox",
		slog.String("cannot", cannot), slog.Any("err", err))
}

// changes are the records of a batch, as of now.
func (f *FileInbox) changes(b *batch) []change {
	changes := make([]change, 0, len(b.appended)+len(f.changed))
	for _, p := range b.appended {
		changes = append(changes, change{item: p.item, record: p.item.record(p.entry)})
	}
	for it := range f.changed {
		r := it.record(Entry{})
		r.kind = recordState
		changes = append(changes, change{item: it, record: r})
	}
	clear(f.changed)
	return changes
}

// record is the record of an item and its entry.
func (it *item) record(e Entry) record {
	e.Key = it.key
	return record{kind: recordEntry, seq: it.seq, state: it.state, attempts: it.attempts, at: it.at, entry: e}
}

// bytes is how long the record of the item would be if it were written again.
func (it *item) bytes() int64 {
	if it.state == stateDone {
		return int64(recordHead + payloadLen(Entry{Key: it.key}))
	}
	return int64(it.size)
}

func (f *FileInbox) written(b *batch, changes []change) {
	for _, c := range changes {
		it := c.item
		if it.batch == b {
			it.batch = nil
		}
		switch {
		case b.err != nil && c.record.kind == recordState:
			f.changed[it] = struct{}{} // to be written with whatever comes next
		case b.err != nil:
			delete(f.items, it.key)
			f.unfinished--
		case c.record.kind == recordEntry:
			f.locate(c)
			f.ready.push(it)
		}
	}
	if b.err == nil && len(b.appended) > 0 {
		f.wake()
	}
}

// locate notes where the entry of an item is now.
func (f *FileInbox) locate(c change) {
	it := c.item
	if it.seg != nil {
		it.seg.live--
		it.seg.bytes -= it.bytes()
	}
	it.seg, it.off, it.size = f.disk.active, c.off, c.size
	it.seg.live++
	it.seg.bytes += it.bytes()
}

// tidy begins a new segment when the active one is large or old enough, and
// removes the oldest when nothing in it is needed: there, or any more after
// what is needed has been written again.
func (f *FileInbox) tidy() {
	f.forget()
	now := f.clock.Now()
	if seg := f.disk.active; seg != nil && seg.begun.IsZero() {
		seg.begun = now
	} else if seg != nil && (seg.size >= f.disk.rotate || now.Sub(seg.begun) >= f.retention) {
		f.unlocked("begin a new file", f.disk.seal)
	}
	if f.crowded() {
		f.unlocked("move entries", f.move)
	}
	for len(f.disk.all) > 0 && f.disk.all[0] != f.disk.active && f.disk.all[0].live == 0 {
		if !f.unlocked("remove a file", f.disk.remove) {
			return
		}
	}
}

// unlocked does what takes its time. It is done again later if it fails.
func (f *FileInbox) unlocked(what string, do func() error) bool {
	f.mu.Unlock()
	defer f.mu.Lock()
	if err := do(); err != nil {
		f.warn(what, err)
		return false
	}
	return true
}

// crowded reports whether more than half of what is on the disk is of no use,
// and that is much, or in many files.
func (f *FileInbox) crowded() bool {
	if len(f.disk.all) < 2 || f.disk.all[0].damaged || f.disk.all[0].live == 0 {
		return false
	}
	var size, used int64
	for _, seg := range f.disk.all {
		size += seg.size
		used += seg.bytes
	}
	return size > 2*used && (size > 2*used+2*f.disk.rotate || len(f.disk.all) > maxSegments)
}

// move writes again what is needed of the oldest segment.
func (f *FileInbox) move() error {
	old := f.disk.all[0]
	changes, err := f.moves(old)
	if err == nil && len(changes) > 0 {
		err = f.disk.write(changes, true)
	}
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range changes {
		if f.items[c.item.key] == c.item { // it may be forgotten by now
			f.locate(c)
		}
	}
	return nil
}

func (f *FileInbox) moves(old *segment) ([]change, error) {
	data := make([]byte, old.size)
	if err := old.read(data, 0); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	var changes []change
	for _, it := range f.items {
		if it.seg != old {
			continue
		}
		var e Entry
		if it.state != stateDone {
			r, n, err := old.header.read(data[it.off:], it.off)
			if err != nil || n != it.size {
				old.damaged = true // it stays until all that is in it is done
				return nil, damage{old.path, it.off, it.off + int64(it.size)}
			}
			e = r.entry
		}
		changes = append(changes, change{item: it, record: it.record(e)})
	}
	return changes, nil
}
