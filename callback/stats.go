package callback

import "sync/atomic"

// Stats counts what a handler has seen since it was made, for a health check.
// For metrics there is [WithObserver], which tells more. What an inbox kept
// from an earlier process is not in Received.
type Stats struct {
	Refused    uint64 // requests that were not WeCom's, or did not open with our keys
	Received   uint64 // authentic events, repetitions included: the sum of those below, and of what is in hand
	Handled    uint64 // handlers that succeeded
	Failed     uint64 // handlers that failed or panicked
	Duplicates uint64 // acknowledged before, and not handled again
	Ignored    uint64 // acknowledged, without a handler
	Unanswered uint64 // left to a redelivery
	Lost       uint64 // acknowledged, and dropped by Close
	Postponed  uint64 // attempts after which the event stayed in the inbox; not in the sum
}

type counters struct {
	refused, received, handled, failed, duplicates, ignored, unanswered, lost, postponed atomic.Uint64
}

func (c *counters) count(o Outcome) {
	switch o {
	case OutcomeRefused:
		c.refused.Add(1)
	case OutcomeHandled:
		c.handled.Add(1)
	case OutcomeFailed, OutcomePanicked:
		c.failed.Add(1)
	case OutcomeDuplicate:
		c.duplicates.Add(1)
	case OutcomeIgnored:
		c.ignored.Add(1)
	case OutcomeUnanswered:
		c.unanswered.Add(1)
	case OutcomeLost:
		c.lost.Add(1)
	case OutcomePostponed:
		c.postponed.Add(1)
	}
}

// Stats returns the counts so far.
func (h *Handler) Stats() Stats {
	return Stats{
		Refused:    h.stats.refused.Load(),
		Received:   h.stats.received.Load(),
		Handled:    h.stats.handled.Load(),
		Failed:     h.stats.failed.Load(),
		Duplicates: h.stats.duplicates.Load(),
		Ignored:    h.stats.ignored.Load(),
		Unanswered: h.stats.unanswered.Load(),
		Lost:       h.stats.lost.Load(),
		Postponed:  h.stats.postponed.Load(),
	}
}
