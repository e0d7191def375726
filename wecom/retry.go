package wecom

import (
	"context"
	"math/rand/v2"
	"net/http"
	"time"
)

// Retry says how failed calls are tried again. Zero fields take the defaults.
//
// What may be retried is not a setting. WeCom's refusals are retried by the
// class of their code: a refused token is replaced and the call replayed once,
// or twice if the replacement came from a [TokenStore]; a busy server or too
// much parallelism is waited out briefly. A call whose reply was lost is retried
// if its [Operation] is a Read, and otherwise only if it provably never left. A
// Retry-After from a proxy is obeyed if it is within MaxBackoff; one that is
// longer ends the call.
type Retry struct {
	Attempts   int           // tries in all, the first included; default 3, 1 is no retry; a busy WeCom gets 3 at most
	MinBackoff time.Duration // first pause, doubled each time and jittered; default 200 ms
	MaxBackoff time.Duration // longest pause; default 5 s

	// WaitBlock waits out the block after WeCom answered 45009, as long as
	// ctx allows, instead of failing with ErrRateLimited.
	WaitBlock bool
}

func (r Retry) withDefaults() Retry {
	if r.Attempts == 0 {
		r.Attempts = 3
	}
	if r.MinBackoff == 0 {
		r.MinBackoff = 200 * time.Millisecond
	}
	if r.MaxBackoff == 0 {
		r.MaxBackoff = max(5*time.Second, r.MinBackoff)
	}
	return r
}

// run makes attempts until one succeeds or the last must not be repeated.
func (k *call) run(ctx context.Context) error {
	c := k.client
	if err := c.ready(); err != nil {
		return err
	}
	if err := k.op.check(); err != nil {
		return err
	}
	for tries := 1; ; tries++ {
		a := Attempt{Op: k.op, CorpID: c.corpID, Number: tries, Start: c.clock.Now()}
		a.Err = k.attempt(ctx, &a)
		if a.Err != nil {
			a.Retry, a.Backoff = k.again(ctx, &a)
			if a.Retry && k.file.spent() {
				a.Retry, a.Backoff, k.spent = false, 0, true
			}
		}
		k.observe(ctx, &a)
		if a.Retry && (a.Backoff == 0 || c.clock.Sleep(ctx, a.Backoff) == nil) {
			continue
		}
		if !a.unsent { // an error from before the send step may be shared with other callers
			countAttempts(a.Err, tries)
		}
		return a.Err
	}
}

// again decides whether the failed attempt a is followed by another, and after
// how long.
func (k *call) again(ctx context.Context, a *Attempt) (bool, time.Duration) {
	if ctx.Err() != nil || a.unsent {
		return false, 0
	}
	switch e := a.Err.(type) { //nolint:errorlint // made by this attempt, not wrapped
	case *Error:
		return k.againRefused(ctx, e)
	case *TransportError:
		return k.againLost(ctx, e)
	default:
		return false, 0
	}
}

// againRefused decides after a refusal, by the class of its code.
func (k *call) againRefused(ctx context.Context, e *Error) (bool, time.Duration) {
	r := k.client.retry
	action := e.Code.action()
	if action != actionRefresh {
		k.refreshes = 0 // WeCom took this token; when the next one is refused, that is new
	}
	switch action {
	case actionRefresh:
		if !k.op.Auth.renews() || !k.refreshable() {
			return false, 0
		}
		k.refreshes++
		return true, 0 // refused has dropped the token
	case actionWindow:
		if !r.WaitBlock || e.RetryAt.IsZero() {
			return false, 0
		}
		if !e.RetryAt.After(k.client.clock.Now()) { // a limiter that knows no block
			return k.backoff(ctx, r.Attempts, 0)
		}
		return true, 0 // admit waits
	case actionBackoff:
		if e.outcomeUnknown() {
			return false, 0
		}
		return k.backoff(ctx, min(r.Attempts, busyAttempts), 0)
	case actionSerialize:
		return k.backoff(ctx, r.Attempts, 0)
	case actionDelay:
		if k.op.Read {
			return k.backoff(ctx, r.Attempts, 0)
		}
	default: // to send the same again cannot help
	}
	return false, 0
}

// refreshable reports whether another token may help where one was refused. One
// replay is WeCom's advice. If its token came from a store, it may have been as
// old as the first and ended with it: then the next one counts.
func (k *call) refreshable() bool {
	return k.refreshes == 0 || k.refreshes == 1 && k.shared
}

// againLost decides after a reply that did not come or was not WeCom's.
func (k *call) againLost(ctx context.Context, e *TransportError) (bool, time.Duration) {
	passing := e.HTTPStatus == 0 || e.HTTPStatus >= http.StatusInternalServerError || e.HTTPStatus == http.StatusTooManyRequests
	if !passing || e.Sent && !k.op.Read {
		return false, 0
	}
	var least time.Duration
	if !e.RetryAt.IsZero() {
		least = e.RetryAt.Sub(k.client.clock.Now())
	}
	return k.backoff(ctx, k.client.retry.Attempts, least)
}

// busyAttempts is the official maximum for codes such as -1.
const busyAttempts = 3

// backoff allows another attempt after a pause, if policy and ctx do. The pause
// is at least as long as given.
func (k *call) backoff(ctx context.Context, attempts int, least time.Duration) (bool, time.Duration) {
	r := k.client.retry
	k.backoffs++
	if k.backoffs >= attempts || least > r.MaxBackoff {
		return false, 0
	}
	pause := r.MinBackoff << (k.backoffs - 1)
	if pause > r.MaxBackoff || pause <= 0 {
		pause = r.MaxBackoff
	}
	pause = max(pause/2+rand.N(pause/2+1), least) //nolint:gosec // jitter
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= pause {
		return false, 0
	}
	return true, pause
}

func countAttempts(err error, n int) {
	switch e := err.(type) { //nolint:errorlint // made by this call, not wrapped
	case *Error:
		e.Attempts = n
	case *TransportError:
		e.Attempts = n
	}
}
