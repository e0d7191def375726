package wecomtest_test

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// recorder is a test that may fail without failing this one.
type recorder struct {
	mu      sync.Mutex
	errors  []string
	fatal   string
	logs    []string
	cleanup []func()
}

func (r *recorder) Helper() {}

func (r *recorder) Cleanup(f func()) { r.cleanup = append(r.cleanup, f) }

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.mu.Lock()
	r.fatal = fmt.Sprintf(format, args...)
	r.mu.Unlock()
	runtime.Goexit()
}

func (r *recorder) Logf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.logs = append(r.logs, fmt.Sprintf(format, args...))
}

func (r *recorder) Failed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.errors) > 0 || r.fatal != ""
}

func (r *recorder) all() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(append(append([]string{r.fatal}, r.errors...), r.logs...), "\n")
}

// record runs f as a test of its own, to its end.
func record(t *testing.T, f func(srv *wecomtest.Server), opts ...wecomtest.Option) *recorder {
	t.Helper()
	r := &recorder{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		f(wecomtest.New(r, opts...))
	}()
	<-done
	for _, c := range r.cleanup {
		c()
	}
	return r
}
