package callback

import (
	"context"
	"runtime/debug"
	"time"
)

// A Delivery is one request and what became of it, as a [WithObserver]
// function sees it. Nothing in it is the event's content, unless a handler
// puts that into its error.
type Delivery struct {
	Kind    string // [Header.Kind]; it and the next two are empty if the request was refused
	CorpID  string // the tenant's, as [TenantFrom] tells
	SuiteID string
	Start   time.Time     // when the request came; with an inbox, the first that brought the event
	Queued  time.Duration // until the handler began, or all the time if none did
	Elapsed time.Duration // from Start until the outcome was known, Queued included
	Outcome Outcome
	Err     error // why; nil if the event was handled, ignored or a duplicate
}

// An Outcome is what became of a delivery.
type Outcome string

// The outcomes.
const (
	OutcomeHandled    Outcome = "handled"    // the handler succeeded
	OutcomeFailed     Outcome = "failed"     // the handler failed; for [ErrRedeliver] the event comes again, but not to workers
	OutcomePanicked   Outcome = "panicked"   // the handler panicked, or ended its goroutine
	OutcomeDuplicate  Outcome = "duplicate"  // acknowledged before, and not handled again
	OutcomeIgnored    Outcome = "ignored"    // acknowledged; it has no handler
	OutcomeRefused    Outcome = "refused"    // not WeCom's, or it did not open with our keys
	OutcomeUnanswered Outcome = "unanswered" // left to a redelivery: [ErrQueueFull], [ErrClosed], or still in hand from before
	OutcomeLost       Outcome = "lost"       // acknowledged, and dropped by Close: [ErrClosed]
	OutcomePostponed  Outcome = "postponed"  // stays in the inbox: the handler returned [ErrRedeliver], or [ErrClosed]
)

// observe reports what became of a delivery. It is called once for each.
func (h *Handler) observe(ctx context.Context, d delivery, o Outcome, err error) {
	h.stats.count(o)
	if h.observer == nil {
		return
	}
	seen := Delivery{Start: d.start, Outcome: o, Err: err}
	seen.Elapsed = h.clock.Now().Sub(d.start)
	seen.Queued = seen.Elapsed
	if !d.began.IsZero() {
		seen.Queued = d.began.Sub(d.start)
	}
	if d.event != nil {
		seen.Kind = d.event.Head().Kind()
		tenant, _ := TenantFrom(ctx)
		seen.CorpID, seen.SuiteID = tenant.CorpID, tenant.SuiteID
	}
	defer func() {
		if v := recover(); v != nil {
			h.logger.ErrorContext(ctx, "callback: the observer panicked", "panic", v, "stack", string(debug.Stack()))
		}
	}()
	h.observer(ctx, seen)
}
