package callback

import "sync/atomic"

// Stats counts what a handler has seen since it was made, for metrics and
// health checks.
type Stats struct {
	Refused    uint64 // requests that were not WeCom's, or did not open with our keys
	Received   uint64 // authentic events, repetitions included
	Duplicates uint64 // acknowledged before, and not handled again
	Handled    uint64 // handlers that succeeded
	Failed     uint64 // handlers that failed or panicked
	Unanswered uint64 // left to a redelivery
	Lost       uint64 // acknowledged, and dropped by Close
}

type counters struct {
	refused, received, duplicates, handled, failed, unanswered, lost atomic.Uint64
}

// Stats returns the counts so far.
func (h *Handler) Stats() Stats {
	return Stats{
		Refused:    h.stats.refused.Load(),
		Received:   h.stats.received.Load(),
		Duplicates: h.stats.duplicates.Load(),
		Handled:    h.stats.handled.Load(),
		Failed:     h.stats.failed.Load(),
		Unanswered: h.stats.unanswered.Load(),
		Lost:       h.stats.lost.Load(),
	}
}
