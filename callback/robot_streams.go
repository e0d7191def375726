package callback

import (
	"bytes"
	"container/list"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/wecomkit/wecom-go/wecom"
)

const (
	robotPatience = 6 * time.Minute  // after the message WeCom asks no more
	robotLastAsk  = 15 * time.Second // of it are left for the last refresh
	robotApology  = "抱歉，回答中断了，请重试。"
)

var (
	// ErrRobotStreamsFull: as many streams as [NewRobotStreams] allows run
	// already. It wraps [ErrRedeliver].
	ErrRobotStreamsFull = fmt.Errorf("callback: too many robot streams: %w", ErrRedeliver)
	// ErrRobotStreamFull: a stream has 20,480 bytes, which is all that WeCom
	// takes.
	ErrRobotStreamFull = errors.New("callback: the robot stream is full")
	// ErrNoRobotStream: WeCom asks for a stream that is not in this process,
	// because it runs in another or that process has ended.
	ErrNoRobotStream = errors.New("callback: no such robot stream")
)

var errOver = errors.New("callback: the robot stream is over")

// RobotStreams answers messages to an intelligent robot while the answer is
// still being written, as by a language model:
//
//	streams := callback.NewRobotStreams(h, 100, nil)
//	callback.OnReply(h, func(ctx context.Context, m *callback.RobotTextMessage) (callback.Reply, error) {
//		return streams.Start(ctx, func(ctx context.Context, w *callback.RobotStreamWriter) error {
//			return model.Answer(ctx, m.Text.Content, w)
//		})
//	})
//
// The handler returns at once; the function runs on, and each refresh by WeCom
// gets what it has written so far. It has until six minutes after the message.
//
// Streams live in this process: they need all callbacks of a robot to come to
// one. They end with it, so call [RobotStreams.Close] first and stop serving
// afterwards. RobotStreams are safe for concurrent use.
type RobotStreams struct {
	limit  int
	failed func(error) string
	logger *slog.Logger
	clock  wecom.Clock

	mu      sync.Mutex
	closed  bool                     // guarded by mu
	streams map[string]*list.Element // by id; guarded by mu
	order   *list.List               // of *liveStream, oldest first; guarded by mu
}

// A liveStream is one stream. Its owner's mu guards all of it that changes.
type liveStream struct {
	id       string
	began    time.Time
	cancel   context.CancelFunc
	text     []byte
	images   []RobotStreamImage
	finished bool          // its function has returned
	told     bool          // and WeCom knows
	settled  chan struct{} // closed when told
	ended    chan struct{} // closed when finished
}

// NewRobotStreams makes streams for the robot behind h and answers its
// refreshes: h must not have another handler for [RobotStream]. At most limit
// streams run at a time.
//
// What failed returns is added to the text for the user to read when a stream
// cannot go on: its function failed or panicked, time is up, or the stream is
// not here ([ErrNoRobotStream]). A nil failed says sorry, in Chinese.
func NewRobotStreams(h *Handler, limit int, failed func(err error) string) *RobotStreams {
	if failed == nil {
		failed = func(error) string { return robotApology }
	}
	s := &RobotStreams{
		limit:   max(limit, 1),
		failed:  failed,
		logger:  h.logger,
		clock:   h.clock,
		streams: make(map[string]*list.Element),
		order:   list.New(),
	}
	OnReply(h, s.refresh)
	return s
}

// Start runs produce, which writes the answer to the message in hand, and
// returns the first reply, to which a Feedback may be added. Its ctx has the
// values of ctx, but ends when WeCom stops waiting or Close runs out of time.
//
// Start fails with [ErrRobotStreamsFull], and after Close with [ErrClosed]. Both
// wrap [ErrRedeliver]: a handler that returns them makes WeCom try again.
func (s *RobotStreams) Start(ctx context.Context, produce func(ctx context.Context, w *RobotStreamWriter) error) (RobotStreamReply, error) {
	now := s.clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return RobotStreamReply{}, fmt.Errorf("%w: %w", ErrClosed, ErrRedeliver)
	}
	if !s.makeRoom(now) {
		return RobotStreamReply{}, ErrRobotStreamsFull
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), robotPatience-robotLastAsk)
	l := &liveStream{id: rand.Text(), began: now, cancel: cancel, settled: make(chan struct{}), ended: make(chan struct{})}
	s.streams[l.id] = s.order.PushBack(l)
	go s.run(ctx, l, produce) // ends with ctx; Close waits for it
	return RobotStreamReply{ID: l.id}, nil
}

// makeRoom forgets what WeCom does not ask for any more, and if that is not
// enough the oldest answer that it has got to the end. The caller holds s.mu.
func (s *RobotStreams) makeRoom(now time.Time) bool {
	var told *list.Element
	for el := s.order.Front(); el != nil; {
		next, l := el.Next(), streamOf(el)
		switch {
		case l.expired(now):
			s.forget(el)
		case l.told && told == nil:
			told = el
		}
		el = next
	}
	if len(s.streams) >= s.limit && told != nil {
		s.forget(told)
	}
	return len(s.streams) < s.limit
}

// expired reports that a is finished and will not be asked for.
func (l *liveStream) expired(now time.Time) bool {
	return l.finished && now.Sub(l.began) > robotPatience
}

func (s *RobotStreams) forget(el *list.Element) {
	s.order.Remove(el)
	delete(s.streams, streamOf(el).id)
}

func streamOf(el *list.Element) *liveStream {
	return el.Value.(*liveStream) //nolint:forcetypeassert // the list holds nothing else
}

func (s *RobotStreams) run(ctx context.Context, l *liveStream, produce func(context.Context, *RobotStreamWriter) error) {
	err := errors.New("callback: the function of a robot stream ended its goroutine")
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("callback: the function of a robot stream panicked: %v", v)
			s.logger.ErrorContext(ctx, "callback: the function of a robot stream panicked", "panic", v, "stack", string(debug.Stack()))
		} else if err != nil {
			s.logger.ErrorContext(ctx, "callback: the function of a robot stream failed", "err", err)
		}
		l.cancel()
		s.finish(l, err)
	}()
	err = produce(ctx, &RobotStreamWriter{s: s, l: l})
}

func (s *RobotStreams) finish(l *liveStream, err error) {
	apology := ""
	if err != nil {
		apology = s.apologise(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if apology != "" {
		if len(l.text) > 0 {
			apology = "\n\n" + apology
		}
		apology = apology[:min(len(apology), maxRobotContent)]
		l.text = append(l.text[:min(len(l.text), maxRobotContent-len(apology))], apology...)
	}
	l.finished = true
	close(l.ended)
}

// apologise returns what the user reads instead of an answer.
func (s *RobotStreams) apologise(err error) (text string) {
	defer func() {
		if v := recover(); v != nil {
			text = robotApology
		}
	}()
	return s.failed(err)
}

// refresh answers WeCom's question how a stream goes on.
func (s *RobotStreams) refresh(_ context.Context, e *RobotStream) (Reply, error) {
	if r, ok := s.soFar(e.ID); ok {
		return r, nil
	}
	return RobotStreamReply{ID: e.ID, Finish: true, Content: showable([]byte(s.apologise(ErrNoRobotStream)))}, nil
}

func (s *RobotStreams) soFar(id string) (RobotStreamReply, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	el, ok := s.streams[id]
	if !ok {
		return RobotStreamReply{}, false
	}
	l := streamOf(el)
	r := RobotStreamReply{ID: l.id, Finish: l.finished, Content: showable(l.text)}
	if l.finished {
		r.MsgItem = l.images
		if !l.told {
			l.told = true
			close(l.settled)
		}
	}
	return r, true
}

// showable drops what is no text, such as half a character at the end.
func showable(text []byte) string {
	text = text[:min(len(text), maxRobotContent)]
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' {
			return -1
		}
		return r
	}, string(bytes.ToValidUTF8(text, nil)))
}

// Close starts no more streams, and waits until those that run are finished and
// WeCom has fetched their ends. Keep serving callbacks until it returns. When
// ctx ends first, the functions' contexts are cancelled.
func (s *RobotStreams) Close(ctx context.Context) error {
	now := s.clock.Now()
	s.mu.Lock()
	s.closed = true
	var open []*liveStream
	for el := s.order.Front(); el != nil; el = el.Next() {
		if l := streamOf(el); !l.told && !l.expired(now) {
			open = append(open, l)
		}
	}
	s.mu.Unlock()

	for i, l := range open {
		select {
		case <-l.settled:
			continue
		case <-ctx.Done():
		}
		return s.abandon(ctx, open[i:])
	}
	return nil
}

// abandon cancels the functions that still run and gives them a moment to end.
func (s *RobotStreams) abandon(ctx context.Context, open []*liveStream) error {
	grace := time.NewTimer(closeGrace)
	defer grace.Stop()
	for _, l := range open {
		l.cancel()
	}
	n := 0
	for _, l := range open {
		select {
		case <-l.settled:
			continue
		case <-l.ended:
		case <-grace.C:
			grace.Reset(0) // for those that follow
		}
		n++
	}
	if n == 0 {
		return nil
	}
	return fmt.Errorf("callback: closed with %d robot streams unfinished or unread: %w", n, context.Cause(ctx))
}

// A RobotStreamWriter takes the text of a stream, in Markdown, as it comes. It
// is an [io.Writer], safe for concurrent use.
type RobotStreamWriter struct {
	s *RobotStreams
	l *liveStream
}

// Write adds to the text. What does not fit into 20,480 bytes is cut off, with
// [ErrRobotStreamFull]. Control characters and what is not UTF-8 are left out.
func (w *RobotStreamWriter) Write(p []byte) (int, error) {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	if w.l.finished {
		return 0, errOver
	}
	n := min(len(p), maxRobotContent-len(w.l.text))
	w.l.text = append(w.l.text, p[:n]...)
	if n < len(p) {
		return n, ErrRobotStreamFull
	}
	return n, nil
}

// WriteString is Write for a string.
func (w *RobotStreamWriter) WriteString(text string) (int, error) { return w.Write([]byte(text)) }

// Reset takes back the text, to write another instead.
func (w *RobotStreamWriter) Reset() {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	if !w.l.finished {
		w.l.text = w.l.text[:0]
	}
}

// AddImage shows a picture below the text when the stream ends: a JPG or PNG
// file of at most 10 MB, and ten of them at most. The data is not copied.
func (w *RobotStreamWriter) AddImage(data []byte) error {
	image := RobotStreamImage{Data: data}
	if err := image.check(); err != nil {
		return fmt.Errorf("callback: AddImage: %w", err)
	}
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	switch {
	case w.l.finished:
		return errOver
	case len(w.l.images) == maxRobotImages:
		return fmt.Errorf("callback: AddImage: there are %d images already", maxRobotImages)
	}
	w.l.images = append(w.l.images, image)
	return nil
}
