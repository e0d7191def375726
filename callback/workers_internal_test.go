package callback

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A job that is queued while the last goroutine is on its way out runs.
func TestPoolPassesTheQueueOn(t *testing.T) {
	t.Parallel()
	p := newPool(1, 1)
	p.running = 1 // a goroutine that has found the queue empty and not left yet
	done := make(chan struct{})
	require.NoError(t, p.submit(t.Context(), func() { close(done) }))
	p.leave()
	<-done
}
