package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/wecomkit/wecom-go/wecom"
)

// A narrator prints the story, and under each sentence what crossed the wire.
type narrator struct {
	out io.Writer

	mu       sync.Mutex // guards what follows; calls are made by several goroutines
	chapter  int
	calls    int
	refused  int
	byPath   map[string]int
	limited  time.Duration
	longest  time.Duration
	slowPath string
}

func newNarrator(out io.Writer) *narrator { return &narrator{out: out, byPath: map[string]int{}} }

func (n *narrator) headlinef(format string, args ...any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.chapter++
	fmt.Fprintf(n.out, "\n%d. %s\n", n.chapter, fmt.Sprintf(format, args...))
}

func (n *narrator) sayf(format string, args ...any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	fmt.Fprintf(n.out, "   %s\n", fmt.Sprintf(format, args...))
}

// observe prints one attempt of a call. It is the client's observer.
func (n *narrator) observe(_ context.Context, a wecom.Attempt) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.calls++
	n.byPath[a.Op.Path]++
	n.limited += a.LimitWait
	if took := a.Elapsed - a.TokenWait - a.LimitWait; took > n.longest {
		n.longest, n.slowPath = took, a.Op.Path
	}
	result := "ok"
	if a.Err != nil {
		n.refused++
		result = fmt.Sprintf("%d %s", int(a.Code), a.Code)
		if a.Code == 0 {
			result = "failed"
		}
	}
	fmt.Fprintf(n.out, "     → %-4s %-48s %-10s %v\n", a.Op.Method, short(a.Op.Path), result, a.Elapsed.Round(10*time.Microsecond))
}

// received prints one callback.
func (n *narrator) received(kind string, took time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	fmt.Fprintf(n.out, "     ← %-53s %-10s %v\n", "callback "+kind, "handled", took.Round(10*time.Microsecond))
}

func (n *narrator) sum() {
	n.mu.Lock()
	defer n.mu.Unlock()
	fmt.Fprintf(n.out, "   %d calls to %d endpoints, %d refused, %d access token fetched, %v spent waiting for rate limits.\n",
		n.calls, len(n.byPath), n.refused, n.byPath["/cgi-bin/gettoken"], n.limited.Round(time.Millisecond))
	fmt.Fprintf(n.out, "   The slowest was %s with %v.\n", short(n.slowPath), n.longest.Round(10*time.Microsecond))
}

func short(path string) string { return strings.TrimPrefix(path, "/cgi-bin/") }
