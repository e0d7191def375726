package callback_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
)

// A shown is what a stream's reply tells WeCom.
type shown struct {
	ID      string            `json:"id"`
	Finish  bool              `json:"finish"`
	Content string            `json:"content"`
	MsgItem []json.RawMessage `json:"msg_item"`
}

func streamOf(t *testing.T, res outcome) shown {
	t.Helper()
	var reply struct {
		Stream shown `json:"stream"`
	}
	require.NotEmpty(t, res.body)
	require.NoError(t, json.Unmarshal([]byte(openJSON(t, res.body)), &reply))
	return reply.Stream
}

type produce = func(context.Context, *callback.RobotStreamWriter) error

// A chat is a robot that answers every message by f, in a synctest bubble.
type chat struct {
	t       *testing.T
	h       *callback.Handler
	streams *callback.RobotStreams
	log     bytes.Buffer
	n       int
}

func newChat(t *testing.T, limit int, failed func(error) string, f produce) *chat {
	t.Helper()
	c := &chat{t: t}
	c.h = newRobot(t, callback.WithLogger(slog.New(slog.NewTextHandler(&c.log, nil))), callback.WithWorkers(1, 1))
	c.streams = callback.NewRobotStreams(c.h, limit, failed)
	callback.OnReply(c.h, func(ctx context.Context, _ *callback.RobotTextMessage) (callback.Reply, error) {
		return c.streams.Start(ctx, f)
	})
	return c
}

// say starts a stream.
func (c *chat) say() shown {
	c.t.Helper()
	c.n++
	first := streamOf(c.t, tellRobot(c.t, c.h, said(fmt.Sprint("m", c.n))))
	require.NotEmpty(c.t, first.ID)
	require.False(c.t, first.Finish)
	return first
}

// ask is what WeCom does every second.
func (c *chat) ask(id string) shown {
	c.t.Helper()
	synctest.Wait()
	got := streamOf(c.t, tellRobot(c.t, c.h, asked("r", id)))
	require.Equal(c.t, id, got.ID)
	return got
}

// end asks until the stream is finished.
func (c *chat) end(id string) shown {
	c.t.Helper()
	for {
		got := c.ask(id)
		if got.Finish {
			return got
		}
		time.Sleep(time.Second)
	}
}

func TestRobotStreams(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		words := make(chan string)
		c := newChat(t, 10, nil, func(ctx context.Context, w *callback.RobotStreamWriter) error {
			tenant, ok := callback.TenantFrom(ctx)
			assert.True(t, ok, "values of the handler's context, as %v, live on", tenant)
			for word := range words {
				if word == "" {
					w.Reset()
					continue
				}
				n, err := w.WriteString(word)
				assert.NoError(t, err)
				assert.Equal(t, len(word), n)
			}
			return w.AddImage(png())
		})
		first := c.say()
		assert.Empty(t, first.Content)
		words <- "thinking"
		assert.Equal(t, "thinking", c.ask(first.ID).Content)
		words <- ""
		words <- "a客"[:2]
		assert.Equal(t, "a", c.ask(first.ID).Content, "half a character waits for the rest")
		words <- "a客"[2:] + "\x00\x1b\xff\t\n"
		assert.Equal(t, shown{ID: first.ID, Content: "a客\t\n"}, c.ask(first.ID))
		close(words)
		for range 2 {
			last := c.ask(first.ID)
			assert.True(t, last.Finish)
			assert.Equal(t, "a客\t\n", last.Content)
			assert.Len(t, last.MsgItem, 1, "an answer that was lost is given again")
		}
		require.NoError(t, c.streams.Close(t.Context()))
		assert.Empty(t, c.log.String())
	})
}

func TestRobotStreamsFail(t *testing.T) {
	t.Parallel()
	say := func(err error) string { return "Sorry: " + err.Error() }
	for _, tt := range []struct {
		name   string
		failed func(error) string
		f      produce
		want   string
	}{
		{"with nothing said", say, func(context.Context, *callback.RobotStreamWriter) error { return errors.New("no model") }, "Sorry: no model"},
		{"half way", say, func(_ context.Context, w *callback.RobotStreamWriter) error {
			fmt.Fprint(w, "It is")
			return errors.New("no model")
		}, "It is\n\nSorry: no model"},
		{"in the usual words", nil, func(context.Context, *callback.RobotStreamWriter) error { return errors.New("no model") }, "抱歉，回答中断了，请重试。"},
		{"without a word", func(error) string { return "" }, func(_ context.Context, w *callback.RobotStreamWriter) error {
			fmt.Fprint(w, "It is")
			return errors.New("no model")
		}, "It is"},
		{"by a panic", say, func(context.Context, *callback.RobotStreamWriter) error { panic("no model") }, "Sorry: callback: the function of a robot stream panicked: no model"},
		{"by its goroutine", say, func(context.Context, *callback.RobotStreamWriter) error { runtime.Goexit(); return nil }, "Sorry: callback: the function of a robot stream ended its goroutine"},
		{"twice", func(error) string { panic("no words") }, func(context.Context, *callback.RobotStreamWriter) error { panic("no model") }, "抱歉，回答中断了，请重试。"},
		{"when time is up", say, func(ctx context.Context, _ *callback.RobotStreamWriter) error { <-ctx.Done(); return ctx.Err() }, "Sorry: context deadline exceeded"},
		{"with too many words", say, func(_ context.Context, w *callback.RobotStreamWriter) error {
			_, err := w.WriteString(strings.Repeat("长", 10000))
			return err
		}, strings.Repeat("长", (20480-2-len("Sorry: "+callback.ErrRobotStreamFull.Error()))/3) + "\n\nSorry: " + callback.ErrRobotStreamFull.Error()},
		{"with a long excuse", func(error) string { return strings.Repeat("长", 10000) }, func(context.Context, *callback.RobotStreamWriter) error {
			return errors.New("no model")
		}, strings.Repeat("长", 20480/3)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := newChat(t, 10, tt.failed, tt.f)
				began := time.Now()
				first := c.say()
				assert.Equal(t, tt.want, c.end(first.ID).Content)
				assert.Less(t, time.Since(began), 6*time.Minute, "WeCom still asks")
				assert.Contains(t, c.log.String(), "level=ERROR")
			})
		})
	}
}

// What does not fit is cut off, and whoever does not mind goes on.
func TestRobotStreamFull(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		text := strings.Repeat("长", 10000)
		var late *callback.RobotStreamWriter
		c := newChat(t, 10, nil, func(_ context.Context, w *callback.RobotStreamWriter) error {
			n, err := w.WriteString(text)
			assert.ErrorIs(t, err, callback.ErrRobotStreamFull)
			assert.Equal(t, 20480, n)
			assert.Error(t, w.AddImage([]byte("GIF89a")))
			for i := range 11 {
				assert.Equal(t, i == 10, w.AddImage(png()) != nil)
			}
			late = w
			return nil
		})
		last := c.end(c.say().ID)
		assert.Equal(t, text[:20478], last.Content)
		assert.Len(t, last.MsgItem, 10)
		_, err := late.WriteString("x")
		require.Error(t, err)
		require.Error(t, late.AddImage(png()))
		late.Reset()
		assert.Equal(t, last, c.ask(last.ID))
	})
}

func TestRobotStreamsAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{}, 10)
		c := newChat(t, 2, nil, func(context.Context, *callback.RobotStreamWriter) error { <-release; return nil })
		one, two := c.say(), c.say()
		began := time.Now()
		assert.Equal(t, dropped, tellRobot(t, c.h, said("late")), "WeCom tries again")
		assert.Equal(t, 6*time.Second, time.Since(began))
		release <- struct{}{}
		release <- struct{}{}
		synctest.Wait()
		assert.Equal(t, dropped, tellRobot(t, c.h, said("late")), "both have not been read to the end")
		c.end(one.ID)
		three := streamOf(t, tellRobot(t, c.h, said("late")))
		assert.Equal(t, "抱歉，回答中断了，请重试。", c.ask(one.ID).Content, "it made room")
		time.Sleep(6*time.Minute + time.Second)
		c.say()
		assert.Equal(t, "抱歉，回答中断了，请重试。", c.ask(two.ID).Content, "WeCom does not ask for it any more")
		assert.False(t, c.ask(three.ID).Finish, "it still runs, though its time is over")
		assert.Equal(t, dropped, tellRobot(t, c.h, said("later")))
		release <- struct{}{}
		release <- struct{}{}
		synctest.Wait()
	})
}

func TestRobotStreamOfAnotherProcess(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newChat(t, 2, func(err error) string { return fmt.Sprint(errors.Is(err, callback.ErrNoRobotStream)) + "\xff" }, nil)
		assert.Equal(t, shown{ID: "strange", Finish: true, Content: "true"}, c.ask("strange"))
	})
}

func TestCloseRobotStreams(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		c := newChat(t, 10, nil, func(_ context.Context, w *callback.RobotStreamWriter) error {
			<-release
			fmt.Fprint(w, "done")
			return nil
		})
		first := c.say()
		closed := make(chan error)
		go func() { closed <- c.streams.Close(context.Background()) }()
		synctest.Wait()
		assert.Equal(t, dropped, tellRobot(t, c.h, said("late")))
		close(release)
		synctest.Wait()
		select {
		case <-closed:
			t.Error("closed before the end was read")
		default:
		}
		assert.Equal(t, "done", c.ask(first.ID).Content)
		require.NoError(t, <-closed)
		require.NoError(t, c.streams.Close(t.Context()), "once more")
	})
}

func TestCloseRobotStreamsInAHurry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stubborn := make(chan struct{})
		c := newChat(t, 10, nil, nil)
		start := func(f produce) string {
			r, err := c.streams.Start(t.Context(), f)
			require.NoError(t, err)
			return r.ID
		}
		start(func(context.Context, *callback.RobotStreamWriter) error { <-stubborn; return nil })
		start(func(context.Context, *callback.RobotStreamWriter) error { <-stubborn; return nil })
		unread := start(func(context.Context, *callback.RobotStreamWriter) error { return nil })
		polite := start(func(ctx context.Context, _ *callback.RobotStreamWriter) error { <-ctx.Done(); return ctx.Err() })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()

		err := c.streams.Close(ctx)

		require.ErrorContains(t, err, "closed with 4 robot streams unfinished or unread")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, 2*time.Second, time.Since(began), "one for ctx, one for all who are asked to end")
		assert.True(t, c.ask(polite).Finish)
		assert.True(t, c.ask(unread).Finish)
		_, err = c.streams.Start(t.Context(), nil)
		require.ErrorIs(t, err, callback.ErrClosed)
		require.ErrorIs(t, err, callback.ErrRedeliver)
		close(stubborn)
		synctest.Wait()
		time.Sleep(7 * time.Minute)
		require.NoError(t, c.streams.Close(t.Context()), "nobody asks any more")
	})
}

func TestRobotStreamsOwnTheRefreshes(t *testing.T) {
	t.Parallel()
	h := newRobot(t)
	callback.NewRobotStreams(h, 0, nil)
	assert.Panics(t, func() { callback.NewRobotStreams(h, 0, nil) })
}

// FuzzRobotStreamText writes what no model should: whatever it is, WeCom gets
// an answer, and of proper text all of it.
func FuzzRobotStreamText(f *testing.F) {
	f.Add([]byte("plain **text**\n"), 3)
	f.Add([]byte("客\u2028\ufffd\U0001F600"), 1)
	f.Add([]byte("\x00\x1b[0m\xff\xe5\xae\"\\<>&\x7f"), 2)
	f.Add(bytes.Repeat([]byte("长"), 7000), 4096)
	f.Fuzz(func(t *testing.T, text []byte, cut int) {
		h := newRobot(t)
		streams, wrote := callback.NewRobotStreams(h, 1, nil), make(chan struct{})
		cut = min(max(cut, 0), len(text))
		first, err := streams.Start(t.Context(), func(_ context.Context, w *callback.RobotStreamWriter) error {
			_, _ = w.Write(text[:cut])
			wrote <- struct{}{}
			_, _ = w.Write(text[cut:])
			return nil
		})
		require.NoError(t, err)
		<-wrote
		half := streamOf(t, tellRobot(t, h, asked("m1", first.ID)))
		last := half
		for !last.Finish {
			last = streamOf(t, tellRobot(t, h, asked("m2", first.ID)))
		}
		require.True(t, strings.HasPrefix(last.Content, half.Content))
		if proper := utf8.Valid(text) && !bytes.ContainsFunc(text, unicode.IsControl); proper && len(text) <= 20480 {
			require.Equal(t, string(text), last.Content)
		}
		require.NoError(t, streams.Close(t.Context()))
	})
}
