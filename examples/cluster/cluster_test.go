package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A short form of the proof. The program is built first, so that it runs as it
// is and not with what the test was built with: a race detector in eight
// processes tells little but how slow they are.
func TestProof(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "cluster")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".").CombinedOutput()
	require.NoError(t, err, "%s", out)

	tests := []struct {
		name  string
		args  string
		redis string
	}{
		{"redis-server", "-goroutines 25 -window 10s -limit 2000", "redis-server, started here"},
		{"miniredis", "-redis miniredis -processes 3 -kill 1 -goroutines 10 -window 5s -limit 200", "miniredis, in this process"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			out, err := exec.CommandContext(t.Context(), program, strings.Fields(tt.args)...).CombinedOutput()

			require.NoError(t, err, "%s", out)
			assert.Contains(t, string(out), "Redis: "+tt.redis)
			assert.Equal(t, 2, strings.Count(string(out), "gettoken: 1   45009: 0"), "%s", out)
			t.Logf("%s", out)
		})
	}
}
