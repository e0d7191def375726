// Package leakcheck fails a test binary that leaves goroutines behind.
package leakcheck

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

const patience = 5 * time.Second

// Main runs the tests, and after them each check; it exits with a failure if a
// check complains or a goroutine that runs code of this module is left.
func Main(m *testing.M, checks ...func() error) {
	code := m.Run()
	for _, check := range append(checks, goroutines) {
		if err := check(); err != nil && code == 0 {
			fmt.Fprintln(os.Stderr, "FAIL:", err)
			code = 1
		}
	}
	os.Exit(code)
}

func goroutines() error {
	var left []string
	for end := time.Now().Add(patience); ; <-time.After(10 * time.Millisecond) {
		if left = ours(); len(left) == 0 {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("%d goroutines left behind:\n\n%s", len(left), strings.Join(left, "\n\n"))
		}
	}
}

// ours returns the stacks of goroutines that this module started, without the
// one that asks.
func ours() []string {
	buf := make([]byte, 1<<20)
	for n := runtime.Stack(buf, true); n == len(buf); n = runtime.Stack(buf, true) {
		buf = make([]byte, 2*len(buf))
	}
	var found []string
	for i, stack := range strings.Split(strings.TrimRight(string(buf), "\x00"), "\n\n") {
		if i > 0 && strings.Contains(stack, "github.com/wecomkit/wecom-go/") {
			found = append(found, stack)
		}
	}
	return found
}
