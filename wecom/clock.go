package wecom

import (
	"context"
	"time"
)

// A Clock tells the time and waits. The default is the system's; the simulator
// hands out its own, so that tests can let two hours pass at once.
// Implementations are safe for concurrent use.
type Clock interface {
	Now() time.Time
	// Sleep returns nil after d, or ctx.Err() as soon as ctx ends.
	Sleep(ctx context.Context, d time.Duration) error
}

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() } //nolint:forbidigo // this is the one that others inject

func (systemClock) Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
