package callback

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A brokenDisk makes files that fail as they are told.
type brokenDisk struct {
	mu       sync.Mutex
	full     bool          // no write succeeds, but half of it is there
	stuck    bool          // nor can what was written be taken back
	noSync   bool          // syncs fail
	noCreate bool          // no file can be made
	syncs    int           // how many there were
	hold     chan struct{} // syncs wait until it is closed
}

type brokenFile struct {
	*os.File
	disk *brokenDisk
}

func (d *brokenDisk) set(f func(d *brokenDisk)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f(d)
}

func (d *brokenDisk) heal() { d.full, d.stuck, d.noSync, d.noCreate = false, false, false, false }

func (d *brokenDisk) create(path string) (segmentFile, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.noCreate {
		return nil, syscall.ENOSPC
	}
	file, err := createFile(path)
	if err != nil {
		return nil, err
	}
	return brokenFile{file.(*os.File), d}, nil
}

func (f brokenFile) WriteAt(b []byte, off int64) (int, error) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.disk.full && off > 0 {
		n, _ := f.File.WriteAt(b[:len(b)/2], off)
		return n, syscall.ENOSPC
	}
	return f.File.WriteAt(b, off)
}

func (f brokenFile) Truncate(size int64) error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.disk.stuck {
		return syscall.EIO
	}
	return f.File.Truncate(size)
}

func (f brokenFile) Sync() error {
	f.disk.mu.Lock()
	f.disk.syncs++
	noSync, hold := f.disk.noSync, f.disk.hold
	f.disk.mu.Unlock()
	if hold != nil {
		<-hold
	}
	if noSync {
		return syscall.EIO
	}
	return f.File.Sync()
}

func openOn(t testing.TB, dir string, disk *brokenDisk, opts *FileInboxOptions) *FileInbox {
	t.Helper()
	f, err := OpenFileInbox(dir, opts)
	require.NoError(t, err)
	f.disk.create = disk.create
	if seg := f.disk.active; seg != nil { // to open an inbox may tidy it
		seg.file = brokenFile{seg.file.(*os.File), disk}
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// takeAll takes what there is.
func takeAll(t testing.TB, f *FileInbox) []string {
	t.Helper()
	keys := []string{}
	for f.waiting() > 0 {
		e, err := f.Take(t.Context())
		require.NoError(t, err)
		keys = append(keys, e.Key)
	}
	return keys
}

func (f *FileInbox) waiting() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.ready.items)
}

// What could not be stored is refused, and known again when there is room.
func TestInboxOnABadDisk(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		breaks func(d *brokenDisk)
	}{
		{"full", func(d *brokenDisk) { d.full = true }},
		{"full, and not to be taken back", func(d *brokenDisk) { d.full, d.stuck = true, true }},
		{"full, for a new file too", func(d *brokenDisk) { d.full, d.stuck, d.noCreate = true, true, true }},
		{"that loses what it has", func(d *brokenDisk) { d.noSync = true }},
		{"that loses what it has, and not to be taken back", func(d *brokenDisk) { d.noSync, d.stuck = true, true }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir, disk := t.TempDir(), &brokenDisk{}
			f := openOn(t, dir, disk, nil)
			add := func(key string) error {
				added, err := f.Append(t.Context(), Entry{Key: key, Body: []byte(key)})
				assert.Equal(t, err == nil, added)
				return err
			}
			require.NoError(t, add("before"))
			require.NoError(t, add("done"))
			_, err := f.Take(t.Context())
			require.NoError(t, err)
			_, err = f.Take(t.Context())
			require.NoError(t, err)

			disk.set(tt.breaks)
			for range 20 {
				require.Error(t, add("meanwhile"))
			}
			require.Error(t, f.Done(t.Context(), "done"))
			require.Error(t, f.Done(t.Context(), "done"), "it is not durable yet")
			assert.Equal(t, 1, f.Len())

			disk.set((*brokenDisk).heal)
			require.NoError(t, add("meanwhile"))
			require.NoError(t, add("after"))
			assert.Equal(t, []string{"meanwhile", "after"}, takeAll(t, f))
			files, err := os.ReadDir(dir)
			require.NoError(t, err)
			assert.LessOrEqual(t, len(files), 4, "failures leave no files")

			require.NoError(t, f.Close())
			f = openOn(t, dir, disk, nil)
			assert.Equal(t, []string{"before", "meanwhile", "after"}, takeAll(t, f), "what was done is written late, and not lost")
		})
	}
}

// All that comes while the disk is busy is stored by its next sync.
func TestInboxCommitsInGroups(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		disk := &brokenDisk{}
		f := openOn(t, t.TempDir(), disk, nil)
		_, err := f.Append(t.Context(), Entry{Key: "warm"})
		require.NoError(t, err)
		release := make(chan struct{})
		disk.set(func(d *brokenDisk) { d.hold, d.syncs = release, 0 })
		var wg sync.WaitGroup
		for i := range 100 {
			wg.Go(func() {
				added, err := f.Append(t.Context(), Entry{Key: fmt.Sprint(i)})
				assert.NoError(t, err)
				assert.True(t, added)
			})
			if i == 0 {
				synctest.Wait() // this one is written alone
			}
		}
		synctest.Wait()
		close(release)
		wg.Wait()
		assert.Equal(t, 2, disk.syncs)
		require.NoError(t, f.Close())
	})
}

// Who cannot wait any longer for a slow disk is told so; the entry is stored
// all the same, and not taken before.
func TestInboxOnASlowDisk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		disk := &brokenDisk{hold: make(chan struct{})}
		f := openOn(t, t.TempDir(), disk, nil)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		added, err := f.Append(ctx, Entry{Key: "a"})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.False(t, added)
		assert.Zero(t, f.waiting())
		var wg sync.WaitGroup
		wg.Go(func() {
			added, err := f.Append(t.Context(), Entry{Key: "a"})
			assert.NoError(t, err)
			assert.False(t, added, "known, and durable by now")
		})
		synctest.Wait()
		close(disk.hold)
		wg.Wait()
		assert.Equal(t, []string{"a"}, takeAll(t, f))
		require.NoError(t, f.Close())
	})
}

// What an inbox does to make room may fail as well: that costs a log line and
// room, and is done when the disk is well again.
func TestInboxTidiesOnABadDisk(t *testing.T) {
	t.Parallel()
	for name, breaks := range map[string]func(d *brokenDisk){
		"full":                   func(d *brokenDisk) { d.full, d.noCreate = true, true },
		"that loses what it has": func(d *brokenDisk) { d.noSync = true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				dir, disk := t.TempDir(), &brokenDisk{}
				f := openOn(t, dir, disk, &FileInboxOptions{Logger: slog.New(slog.NewTextHandler(&log, nil))})
				f.disk.rotate = 1 << 10
				add := func(key string) error {
					_, err := f.Append(t.Context(), Entry{Key: key, Body: make([]byte, 100)})
					synctest.Wait()
					return err
				}
				require.NoError(t, add("stays"))
				fill(t, f, add, 30)
				disk.set(breaks)
				time.Sleep(minRetention) // the active file is old now, and all but one entry forgotten
				_, err := f.Take(t.Context())
				require.NoError(t, err)
				synctest.Wait()
				require.Error(t, add("refused"))
				assert.Contains(t, log.String(), "level=WARN")
				disk.set((*brokenDisk).heal)
				fill(t, f, add, 30)
				assert.LessOrEqual(t, len(f.disk.all), maxSegments+1)
				require.NoError(t, f.Close())
				f = openOn(t, dir, disk, nil)
				assert.Equal(t, []string{"stays"}, takeAll(t, f))
				require.NoError(t, f.Close())
			})
		})
	}
}

// fill has n entries done behind the first one.
func fill(t *testing.T, f *FileInbox, add func(key string) error, n int) {
	t.Helper()
	for range n {
		key := randomKey()
		require.NoError(t, add(key))
		require.NoError(t, f.Done(t.Context(), key))
		synctest.Wait()
	}
}

// A file that goes bad stays until what is in it is done, and is kept then.
func TestInboxDoesNotMoveWhatIsBad(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		dir, disk := t.TempDir(), &brokenDisk{}
		f := openOn(t, dir, disk, &FileInboxOptions{Logger: slog.New(slog.NewTextHandler(&log, nil))})
		f.disk.rotate = 1 << 10
		add := func(key string) error {
			_, err := f.Append(t.Context(), Entry{Key: key, Body: make([]byte, 100)})
			synctest.Wait()
			return err
		}
		require.NoError(t, add("bad"))
		first := f.disk.all[0]
		_, err := first.file.WriteAt([]byte{1}, f.items["bad"].off+int64(f.items["bad"].size)-1)
		require.NoError(t, err)
		fill(t, f, add, 100)
		assert.Same(t, first, f.disk.all[0])
		assert.Equal(t, 1, strings.Count(log.String(), ErrInboxCorrupt.Error()))
		require.NoError(t, f.Done(t.Context(), "bad"))
		time.Sleep(minRetention)
		fill(t, f, add, 1)
		assert.NotSame(t, first, f.disk.all[0])
		_, err = os.Stat(first.path + corruptSuffix)
		require.NoError(t, err)
		require.NoError(t, f.Close())
	})
}

// An inbox does what a map would do, whatever happens to its process and its
// disk, and however it turns over its files.
func TestInboxAgainstAModel(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			runModel(t, rand.New(rand.NewPCG(seed, 0)))
		})
	}
}

func runModel(t *testing.T, random *rand.Rand) {
	t.Helper()
	dir, disk, now := t.TempDir(), &brokenDisk{}, time.Unix(1763733600, 0)
	var shown atomic.Int64 // now, for the inbox's goroutine
	clock := clockFunc(func() time.Time { return time.Unix(0, shown.Load()) })
	open := func() *FileInbox {
		shown.Store(now.UnixNano())
		f := openOn(t, dir, disk, &FileInboxOptions{Clock: clock})
		f.disk.rotate = 4 << 10
		return f
	}
	f := open()
	body := func(key string) string { return fmt.Sprintf("%s %0*d", key, 10+len(key)*20, 0) }
	waiting, inHand, done := map[string]bool{}, map[string]bool{}, map[string]time.Time{}
	n := 0
	pick := func(from map[string]bool) string {
		keys := slices.Sorted(maps.Keys(from))
		return keys[random.IntN(len(keys))]
	}
	for range 3000 {
		now = now.Add(time.Duration(random.IntN(2000)) * time.Millisecond)
		shown.Store(now.UnixNano())
		switch dice := random.IntN(100); {
		case dice < 40:
			n++
			key := fmt.Sprint(n)
			_, err := f.Append(t.Context(), Entry{Key: key, Body: []byte(body(key)), Received: now})
			require.NoError(t, err)
			waiting[key] = true
		case dice < 65 && len(waiting) > 0:
			e, err := f.Take(t.Context())
			require.NoError(t, err)
			require.True(t, waiting[e.Key], e.Key)
			require.Equal(t, body(e.Key), string(e.Body))
			delete(waiting, e.Key)
			inHand[e.Key] = true
		case dice < 88 && len(inHand) > 0:
			key := pick(inHand)
			require.NoError(t, f.Done(t.Context(), key))
			delete(inHand, key)
			done[key] = now
		case dice < 94 && len(inHand) > 0:
			key := pick(inHand)
			require.NoError(t, f.Release(t.Context(), key, now))
			delete(inHand, key)
			waiting[key] = true
		case dice < 96 && len(done) > 0:
			key := slices.Sorted(maps.Keys(done))[random.IntN(len(done))]
			if now.Sub(done[key]) < minRetention {
				added, err := f.Append(t.Context(), Entry{Key: key})
				require.NoError(t, err)
				require.False(t, added)
			}
			delete(done, key)
		case dice < 98:
			disk.set(func(d *brokenDisk) { d.full, d.stuck = true, dice == 97 })
			_, err := f.Append(t.Context(), Entry{Key: "refused"})
			require.Error(t, err)
			disk.set((*brokenDisk).heal)
		case dice < 99:
			require.NoError(t, f.Close())
			f = open()
			maps.Copy(waiting, inHand)
			clear(inHand)
			// What a process died with several times is held back.
			for _, it := range f.items {
				if it.state == stateWaiting && it.index >= 0 && it.at.After(now) {
					now = it.at
				}
			}
		}
		require.Equal(t, len(waiting)+len(inHand), f.Len())
	}
	require.NoError(t, f.Close()) // and the writer is done
	var size, used int64
	for _, seg := range f.disk.all {
		size += seg.size
		used += seg.bytes
	}
	assert.LessOrEqual(t, size, 2*used+4*f.disk.rotate)
	assert.Greater(t, f.disk.last, uint64(3*maxSegments), "files were turned over")
}

type clockFunc func() time.Time

func (c clockFunc) Now() time.Time { return c() }

func (c clockFunc) Sleep(ctx context.Context, _ time.Duration) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestSegmentRecords(t *testing.T) {
	t.Parallel()
	h := segmentHeader{number: 7, before: 1234, nonce: 42}
	got, err := readHeader(h.encode())
	require.NoError(t, err)
	assert.Equal(t, h, got)

	at := time.Unix(1763733600, 5)
	records := []record{
		{kind: recordMark},
		{kind: recordEntry, seq: 1, entry: Entry{Key: "k", Body: []byte("<xml/>"), Tenant: Tenant{SuiteID: "s", CorpID: "c"}, Received: at}},
		{kind: recordState, seq: 1, state: stateTaken, attempts: 3},
		{kind: recordState, seq: 1, state: stateDone, attempts: 3, at: at},
	}
	data := h.encode()
	for _, r := range records {
		data = h.append(data, 0, r)
	}
	i := 0
	end := h.scan(data, int64(headerLen), func(r record, _ int64, _ int) {
		assert.Equal(t, records[i], r)
		i++
	})
	assert.Len(t, records, i)
	assert.EqualValues(t, len(data), end)

	for name, err := range map[string]error{
		"elsewhere":             second(h.read(data[headerLen:], int64(headerLen)+1)),
		"in another segment":    second(segmentHeader{nonce: 43}.read(data[headerLen:], int64(headerLen))),
		"cut short":             second(h.read(data[headerLen:headerLen+recordHead], int64(headerLen))),
		"an empty header":       headerError(nil),
		"a header cut short":    headerError(data[:headerLen-1]),
		"a header that is none": headerError(make([]byte, headerLen)),
	} {
		require.Error(t, err, name)
	}
}

func second(_ record, _ int, err error) error { return err }

func headerError(b []byte) error {
	_, err := readHeader(b)
	return err
}

// FuzzInboxSegment opens an inbox with any bytes for a segment, alone or
// behind what was stored: it opens or is corrupt, panics in no case, and
// never loses what was stored before.
func FuzzInboxSegment(f *testing.F) {
	h := segmentHeader{number: 1, nonce: 42}
	start := h.append(h.encode(), 0, record{kind: recordMark})
	start = h.append(start, 0, record{kind: recordEntry, seq: 1, entry: Entry{Key: "first", Body: []byte("<xml/>")}})
	f.Add([]byte{}, false)
	f.Add(start, false)
	f.Add(start[:headerLen], false)
	more := h.append(slices.Clone(start), 0, record{kind: recordMark})
	more = h.append(more, 0, record{kind: recordState, seq: 1, state: stateTaken, attempts: 1})
	more = h.append(more, 0, record{kind: recordEntry, seq: 2, state: stateDone, entry: Entry{Key: "second"}})
	more = h.append(more, 0, record{kind: recordState, seq: 9, state: stateDone})
	f.Add(more[len(start):], true)
	f.Add(more[len(start)+1:], true)
	f.Add(more[len(start):len(more)-1], true)
	f.Fuzz(func(t *testing.T, data []byte, behind bool) {
		if behind {
			data = append(slices.Clone(start), data...)
		}
		dir := t.TempDir()
		name := filepath.Join(dir, fmt.Sprintf("%020d%s", 1, segmentSuffix))
		require.NoError(t, os.WriteFile(name, data, 0o600))
		clock := clockFunc(func() time.Time { return time.Unix(1763733600, 0) })
		inbox, err := OpenFileInbox(dir, &FileInboxOptions{Clock: clock})
		if err != nil {
			require.ErrorIs(t, err, ErrInboxCorrupt)
			inbox, err = OpenFileInbox(dir, &FileInboxOptions{Clock: clock, Salvage: true})
			require.NoError(t, err)
		}
		_, known := inbox.items["first"]
		require.True(t, known || !behind)
		before := inbox.Len()
		added, err := inbox.Append(t.Context(), Entry{Key: "new", Body: data})
		require.NoError(t, err)
		require.NoError(t, inbox.Close())
		inbox, err = OpenFileInbox(dir, &FileInboxOptions{Clock: clock})
		require.NoError(t, err)
		if added {
			before++
		}
		require.Equal(t, before, inbox.Len())
		require.NoError(t, inbox.Close())
	})
}

func BenchmarkInboxAppend(b *testing.B) {
	body := make([]byte, 600)
	b.Run("parallel", func(b *testing.B) {
		inbox := openOn(b, b.TempDir(), &brokenDisk{}, &FileInboxOptions{MaxUnfinished: 1 << 30})
		inbox.disk.create = createFile
		b.ReportAllocs()
		b.SetParallelism(32)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, err := inbox.Append(b.Context(), Entry{Key: randomKey(), Body: body}); err != nil {
					b.Error(err)
				}
			}
		})
	})
	b.Run("one after the other", func(b *testing.B) {
		inbox := openOn(b, b.TempDir(), &brokenDisk{}, &FileInboxOptions{MaxUnfinished: 1 << 30})
		inbox.disk.create = createFile
		b.ReportAllocs()
		for b.Loop() {
			if _, err := inbox.Append(b.Context(), Entry{Key: randomKey(), Body: body}); err != nil {
				b.Fatal(err)
			}
		}
	})
	// What it costs without an inbox: an event is written and synced.
	b.Run("floor", func(b *testing.B) {
		file, err := os.Create(filepath.Join(b.TempDir(), "events"))
		require.NoError(b, err)
		b.Cleanup(func() { _ = file.Close() })
		b.ReportAllocs()
		for b.Loop() {
			_, err := file.Write(body)
			if err = errors.Join(err, file.Sync()); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func randomKey() string { return fmt.Sprintf("%016x%016x", rand.Uint64(), rand.Uint64()) }
