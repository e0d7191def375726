package callback_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/callback/callbacktest"
)

func openInbox(t testing.TB, dir string, opts *callback.FileInboxOptions) *callback.FileInbox {
	t.Helper()
	inbox, err := callback.OpenFileInbox(dir, opts)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, inbox.Close()) })
	return inbox
}

func TestFileInbox(t *testing.T) {
	t.Parallel()
	callbacktest.TestInbox(t, func(t *testing.T) callbacktest.Storage {
		dir, clock := t.TempDir(), newHandClock()
		return callbacktest.Storage{
			Open:    func() callback.Inbox { return openInbox(t, dir, &callback.FileInboxOptions{Clock: clock}) },
			Kill:    func(i callback.Inbox) { require.NoError(t, i.(*callback.FileInbox).Close()) },
			Advance: clock.advance,
		}
	})
}

// A handClock is moved by hand.
type handClock struct {
	mu    sync.Mutex
	now   time.Time
	moved chan struct{} // closed when it is
}

func newHandClock() *handClock {
	return &handClock{now: time.Unix(1763733600, 0), moved: make(chan struct{})}
}

func (c *handClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *handClock) advance(d time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	close(c.moved)
	c.moved = make(chan struct{})
	return c.now
}

func (c *handClock) Sleep(ctx context.Context, d time.Duration) error {
	for end := c.Now().Add(d); ; {
		c.mu.Lock()
		late, moved := !c.now.Before(end), c.moved
		c.mu.Unlock()
		if late {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func put(t testing.TB, inbox callback.Inbox, keys ...string) {
	t.Helper()
	for _, key := range keys {
		added, err := inbox.Append(t.Context(), callback.Entry{Key: key, Body: []byte("<xml>" + key + "</xml>"), Received: time.Unix(1763733600, 0)})
		require.NoError(t, err)
		assert.True(t, added, key)
	}
}

// left takes what is unfinished.
func left(t testing.TB, inbox *callback.FileInbox) []string {
	t.Helper()
	var keys []string
	for range inbox.Len() {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		e, err := inbox.Take(ctx)
		cancel()
		require.NoError(t, err)
		assert.Equal(t, "<xml>"+e.Key+"</xml>", string(e.Body))
		keys = append(keys, e.Key)
	}
	return keys
}

func segmentsOf(t testing.TB, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.seg"))
	require.NoError(t, err)
	slices.Sort(files)
	return files
}

// stored is a directory with a, b, c in the inbox: a done, b taken once.
// grown tells how long its one file was after each step.
func stored(t testing.TB) (dir string, grown []int64) {
	t.Helper()
	dir = t.TempDir()
	inbox := openInbox(t, dir, nil)
	step := func() {
		info, err := os.Stat(segmentsOf(t, dir)[0])
		require.NoError(t, err)
		grown = append(grown, info.Size())
	}
	for _, key := range []string{"a", "b", "c"} {
		put(t, inbox, key)
		step()
	}
	for range 2 {
		_, err := inbox.Take(t.Context())
		require.NoError(t, err)
	}
	require.NoError(t, inbox.Done(t.Context(), "a"))
	step()
	require.NoError(t, inbox.Close())
	step()
	require.Len(t, segmentsOf(t, dir), 1)
	return dir, grown
}

// The process or the machine may stop in the middle of any write: what was
// stored before is there, the rest is not, and nothing is in the way of more.
func TestInboxTornAnywhere(t *testing.T) {
	t.Parallel()
	dir, grown := stored(t)
	whole, err := os.ReadFile(segmentsOf(t, dir)[0])
	require.NoError(t, err)
	for cut := range len(whole) + 1 {
		for name, tail := range map[string][]byte{"nothing": nil, "zeros": make([]byte, 30), "rubbish": bytes.Repeat([]byte{1, 2, 3}, 10)} {
			if tail != nil && (cut < 40 || cut%10 > 0) {
				continue // nothing was written behind a header that was not stored; and a tenth will do
			}
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, fmt.Sprintf("%020d.seg", 1)), slices.Concat(whole[:cut], tail), 0o600))
			var want []string
			for i, key := range []string{"a", "b", "c"} {
				if int64(cut) >= grown[i] {
					want = append(want, key)
				}
			}
			inbox := openInbox(t, dir, nil)
			got := left(t, inbox)
			slices.Sort(got)
			if int64(cut) >= grown[3] || len(got) < len(want) && int64(cut) > grown[2] {
				want = want[1:] // it is done, though Done may not have returned
			}
			require.Equal(t, want, got, "cut off at %d, then %s", cut, name)
			put(t, inbox, "more")
			require.NoError(t, inbox.Close())
			inbox = openInbox(t, dir, nil)
			require.Equal(t, len(want)+1, inbox.Len())
			require.NoError(t, inbox.Close())
		}
	}
}

// Whichever byte goes bad: after an orderly end nothing is dropped in silence.
func TestInboxCorruptAnywhere(t *testing.T) {
	t.Parallel()
	dir, grown := stored(t)
	name := segmentsOf(t, dir)[0]
	whole, err := os.ReadFile(name)
	require.NoError(t, err)
	for i := range grown[3] {
		bad := slices.Clone(whole)
		bad[i] ^= 1 << (i % 8)
		require.NoError(t, os.WriteFile(name, bad, 0o600))
		_, err := callback.OpenFileInbox(dir, nil)
		require.ErrorIs(t, err, callback.ErrInboxCorrupt, "byte %d", i)
		require.ErrorContains(t, err, name)
	}
	require.NoError(t, os.WriteFile(name, whole, 0o600))
	assert.Equal(t, 2, openInbox(t, dir, nil).Len(), "nothing was changed by the attempts")
}

func TestInboxSalvage(t *testing.T) {
	t.Parallel()
	dir, grown := stored(t)
	name := segmentsOf(t, dir)[0]
	whole, err := os.ReadFile(name)
	require.NoError(t, err)
	i := bytes.Index(whole, []byte("<xml>b</xml>"))
	require.Positive(t, i)
	require.Less(t, int64(i), grown[1])
	whole[i] ^= 1
	require.NoError(t, os.WriteFile(name, whole, 0o600))

	var log bytes.Buffer
	inbox := openInbox(t, dir, &callback.FileInboxOptions{Salvage: true, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	assert.Contains(t, log.String(), "level=ERROR")
	assert.Contains(t, log.String(), "is lost")
	assert.NotContains(t, log.String(), "<xml>")
	assert.Equal(t, []string{"c"}, left(t, inbox))
	added, err := inbox.Append(t.Context(), callback.Entry{Key: "a"})
	require.NoError(t, err)
	assert.False(t, added, "what was done is known")
	require.NoError(t, inbox.Close())

	kept, err := os.ReadFile(name + ".corrupt")
	require.NoError(t, err)
	assert.Equal(t, whole, kept)
	assert.Equal(t, 1, openInbox(t, dir, nil).Len(), "it opens as usual from then on")
}

func TestInboxFileMissing(t *testing.T) {
	t.Parallel()
	dir, clock := t.TempDir(), newHandClock()
	for i := range 3 { // a file is not continued after a new start
		inbox := openInbox(t, dir, &callback.FileInboxOptions{Clock: clock})
		put(t, inbox, fmt.Sprint(i))
		require.NoError(t, inbox.Close())
	}
	files := segmentsOf(t, dir)
	require.Len(t, files, 3)
	whole, err := os.ReadFile(files[1])
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(files[1], whole[:len(whole)-1], 0o600))
	_, err = callback.OpenFileInbox(dir, nil)
	require.ErrorIs(t, err, callback.ErrInboxCorrupt, "shorter than it was")
	for _, i := range []int{len(whole) - 1, 60} { // the mark at its end, and its entry
		bad := slices.Clone(whole)
		bad[i] ^= 1
		require.NoError(t, os.WriteFile(files[1], bad, 0o600))
		_, err = callback.OpenFileInbox(dir, nil)
		require.ErrorIs(t, err, callback.ErrInboxCorrupt)
	}
	require.NoError(t, os.Remove(files[1]))
	_, err = callback.OpenFileInbox(dir, nil)
	require.ErrorIs(t, err, callback.ErrInboxCorrupt)
	require.ErrorContains(t, err, "missing")
	inbox := openInbox(t, dir, &callback.FileInboxOptions{Salvage: true})
	assert.Equal(t, []string{"0", "2"}, left(t, inbox))
}

func TestInboxIsForOneProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	inbox := openInbox(t, dir, nil)
	_, err := callback.OpenFileInbox(dir, nil)
	require.ErrorContains(t, err, "another process has it open")
	put(t, inbox, "a")
	require.NoError(t, inbox.Close())
	assert.Equal(t, 1, openInbox(t, dir, nil).Len())
}

func TestInboxEntryPrintsNoEvent(t *testing.T) {
	t.Parallel()
	e := callback.Entry{Key: "key", Body: []byte("SECRET"), Attempts: 2}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("entry", "entry", e)
	for _, s := range []string{fmt.Sprint(e), fmt.Sprintf("%+v %#v %s %x %d", e, e, e, e, e), log.String()} {
		assert.Contains(t, s, "callback.Entry{key, 6 bytes, attempt 2}")
		assert.NotContains(t, s, "SECRET")
		assert.NotContains(t, s, "83 69 67")
		assert.NotContains(t, s, "534543")
	}
}

func TestInboxIsPrivate(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		return // whose files are private by where they are
	}
	dir := filepath.Join(t.TempDir(), "deep", "inbox")
	put(t, openInbox(t, dir, nil), "a")
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		require.NoError(t, err)
		info, err := d.Info()
		require.NoError(t, err)
		assert.Zero(t, info.Mode().Perm()&0o077, path)
		return nil
	}))
}

func TestInboxIsFull(t *testing.T) {
	t.Parallel()
	inbox := openInbox(t, t.TempDir(), &callback.FileInboxOptions{MaxUnfinished: 2})
	put(t, inbox, "a", "b")
	added, err := inbox.Append(t.Context(), callback.Entry{Key: "c"})
	require.ErrorIs(t, err, callback.ErrInboxFull)
	assert.False(t, added)
	added, err = inbox.Append(t.Context(), callback.Entry{Key: "a"})
	require.NoError(t, err, "it is there, full or not")
	assert.False(t, added)
	require.NoError(t, inbox.Done(t.Context(), "b"))
	put(t, inbox, "c")
}

func TestInboxForgets(t *testing.T) {
	t.Parallel()
	dir, clock := t.TempDir(), newHandClock()
	inbox := openInbox(t, dir, &callback.FileInboxOptions{Clock: clock, Retention: 10 * time.Minute})
	put(t, inbox, "a")
	require.NoError(t, inbox.Done(t.Context(), "a"))
	clock.advance(10*time.Minute - time.Second)
	added, err := inbox.Append(t.Context(), callback.Entry{Key: "a"})
	require.NoError(t, err)
	assert.False(t, added)
	clock.advance(time.Second)
	put(t, inbox, "a")
	require.NoError(t, inbox.Close())
	inbox = openInbox(t, dir, &callback.FileInboxOptions{Clock: clock})
	assert.Equal(t, []string{"a"}, left(t, inbox), "it has nothing to do with the one before")
	require.NoError(t, inbox.Done(t.Context(), "a"))

	clock.advance(time.Hour)
	put(t, inbox, "b")
	require.NoError(t, inbox.Done(t.Context(), "b"))
	require.NoError(t, inbox.Close())
	clock.advance(time.Hour)
	inbox = openInbox(t, dir, &callback.FileInboxOptions{Clock: clock})
	assert.Empty(t, segmentsOf(t, dir), "no event stays on the disk")
	put(t, inbox, "a", "b")
}

// An entry that its process dies with is held back, longer each time.
func TestInboxHoldsBackWhatKills(t *testing.T) {
	t.Parallel()
	dir, clock := t.TempDir(), newHandClock()
	inbox := openInbox(t, dir, &callback.FileInboxOptions{Clock: clock})
	put(t, inbox, "poison")
	for i, wait := range []time.Duration{0, 0, 0, time.Second, 2 * time.Second, 4 * time.Second} {
		if wait > 0 {
			clock.advance(wait - 1)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
			_, err := inbox.Take(ctx)
			cancel()
			require.ErrorIs(t, err, context.DeadlineExceeded)
			clock.advance(1)
		}
		e, err := inbox.Take(t.Context())
		require.NoError(t, err)
		assert.Equal(t, i+1, e.Attempts)
		require.NoError(t, inbox.Close())
		inbox = openInbox(t, dir, &callback.FileInboxOptions{Clock: clock})
	}
}

func TestInboxClosed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		inbox := openInbox(t, t.TempDir(), nil)
		put(t, inbox, "a")
		_, err := inbox.Take(t.Context())
		require.NoError(t, err)
		var wg sync.WaitGroup
		wg.Go(func() {
			_, err := inbox.Take(t.Context())
			assert.ErrorIs(t, err, fs.ErrClosed)
		})
		synctest.Wait()
		require.NoError(t, inbox.Close())
		wg.Wait()
		require.NoError(t, inbox.Close())
		_, err = inbox.Append(t.Context(), callback.Entry{Key: "b"})
		require.ErrorIs(t, err, fs.ErrClosed)
		_, err = inbox.Take(t.Context())
		require.ErrorIs(t, err, fs.ErrClosed)
		require.ErrorIs(t, inbox.Done(t.Context(), "a"), fs.ErrClosed)
		require.ErrorIs(t, inbox.Release(t.Context(), "a", time.Time{}), fs.ErrClosed)
	})
}

func TestInboxRefuses(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	for name, open := range map[string]func() (*callback.FileInbox, error){
		"no directory": func() (*callback.FileInbox, error) { return callback.OpenFileInbox("", nil) },
		"a file":       func() (*callback.FileInbox, error) { return callback.OpenFileInbox(file, nil) },
		"a negative limit": func() (*callback.FileInbox, error) {
			return callback.OpenFileInbox(t.TempDir(), &callback.FileInboxOptions{MaxUnfinished: -1})
		},
		"negative retention": func() (*callback.FileInbox, error) {
			return callback.OpenFileInbox(t.TempDir(), &callback.FileInboxOptions{Retention: -1})
		},
	} {
		_, err := open()
		assert.ErrorContains(t, err, "callback: ", name)
	}
	_, err := openInbox(t, t.TempDir(), nil).Append(t.Context(), callback.Entry{Key: strings.Repeat("k", 17<<20)})
	require.ErrorContains(t, err, "bytes")
}

// An entry that cannot be read any more is reported, and not in the way.
func TestInboxEntryGoesBad(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	inbox := openInbox(t, dir, nil)
	put(t, inbox, "a", "b")
	name := segmentsOf(t, dir)[0]
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	file, err := os.OpenFile(name, os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = file.WriteAt([]byte("?"), int64(bytes.Index(data, []byte("<xml>a</xml>"))))
	require.NoError(t, err)
	require.NoError(t, file.Close())
	_, err = inbox.Take(t.Context())
	require.ErrorIs(t, err, callback.ErrInboxCorrupt)
	e, err := inbox.Take(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "b", e.Key)
	assert.Equal(t, 2, inbox.Len())
}
