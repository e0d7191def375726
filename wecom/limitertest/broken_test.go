package limitertest_test

import (
	"context"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/limitertest"
)

// A broken limiter is a LocalLimiter but for what its functions replace.
type broken struct {
	wecom.Limiter

	acquire func(l wecom.Limiter, ctx context.Context, req wecom.LimitRequest) (func(), error)
	refused func(l wecom.Limiter, ctx context.Context, req wecom.LimitRequest) time.Time
}

func (b *broken) Acquire(ctx context.Context, req wecom.LimitRequest) (func(), error) {
	if b.acquire == nil {
		return b.Limiter.Acquire(ctx, req)
	}
	return b.acquire(b.Limiter, ctx, req)
}

func (b *broken) Refused(ctx context.Context, req wecom.LimitRequest) time.Time {
	if b.refused == nil {
		return b.Limiter.Refused(ctx, req)
	}
	return b.refused(b.Limiter, ctx, req)
}

// altered calls Acquire with a changed request.
func altered(change func(*wecom.LimitRequest)) broken {
	return broken{acquire: func(l wecom.Limiter, ctx context.Context, req wecom.LimitRequest) (func(), error) {
		req.Op.Limits = slices.Clone(req.Op.Limits)
		change(&req)
		return l.Acquire(ctx, req)
	}}
}

// inContext calls Acquire with another ctx.
func inContext(change func(context.Context) context.Context) broken {
	return broken{acquire: func(l wecom.Limiter, ctx context.Context, req wecom.LimitRequest) (func(), error) {
		return l.Acquire(change(ctx), req)
	}}
}

// timeless hides the deadline of a ctx.
type timeless struct{ context.Context }

func (timeless) Deadline() (time.Time, bool) { return time.Time{}, false }

// fixed starts anew at the end of each window, counted from the first call.
func fixed() broken {
	var mu sync.Mutex
	var now wecom.Limiter
	var since time.Time
	return broken{acquire: func(_ wecom.Limiter, ctx context.Context, req wecom.LimitRequest) (func(), error) {
		for {
			mu.Lock()
			if per := req.Op.Limits[0].Per; now == nil || time.Since(since) > per {
				now, since = wecom.NewLimiter(), time.Now()
			}
			l, ends := now, since.Add(req.Op.Limits[0].Per)
			mu.Unlock()
			window, cancel := context.WithDeadline(ctx, ends)
			release, err := l.Acquire(window, req)
			cancel()
			if err == nil || ctx.Err() != nil {
				return release, err
			}
			<-time.After(time.Until(ends))
		}
	}}
}

// inTurn asks for the corp first and for the IP afterwards.
func inTurn() broken {
	corps := wecom.NewLimiter(wecom.LimiterPerIP())
	return broken{acquire: func(l wecom.Limiter, ctx context.Context, req wecom.LimitRequest) (func(), error) {
		if _, err := corps.Acquire(ctx, req); err != nil {
			return nil, err
		}
		req.Op.Limits = []wecom.Limit{{}}
		return l.Acquire(ctx, req)
	}}
}

// brokenLimiters are limiters by the check that must find them out.
func brokenLimiters() map[string][]broken {
	scaled := func(by int) broken {
		return altered(func(r *wecom.LimitRequest) {
			for i := range r.Op.Limits {
				r.Op.Limits[i].N = r.Op.Limits[i].N * by / 100
			}
		})
	}
	return map[string][]broken{
		"no window holds more than its limit and nearly all is used": {scaled(110), scaled(90)},
		"a window starts anywhere":                                   {fixed()},
		"several windows at once": {
			altered(func(r *wecom.LimitRequest) { r.Op.Limits = r.Op.Limits[:1] }),
			altered(func(r *wecom.LimitRequest) { r.Op.Limits = r.Op.Limits[1:] }),
		},
		"the windows of an IP hold for all corps": {
			altered(func(r *wecom.LimitRequest) { r.Egress = r.CorpID }),
		},
		"calls are kept apart by server, path, corp and egress": {
			altered(func(r *wecom.LimitRequest) { r.BaseURL = "" }),
			altered(func(r *wecom.LimitRequest) { r.Op.Path = "" }),
			altered(func(r *wecom.LimitRequest) { r.CorpID = "" }),
			altered(func(r *wecom.LimitRequest) { r.Egress = "" }),
		},
		"a call that is not let through is counted nowhere": {inTurn()},
		"a call under no limit goes at once":                {altered(func(r *wecom.LimitRequest) { r.Op.Limits[0].N = 10 })},
		"a deadline before there is room fails at once": {
			inContext(func(ctx context.Context) context.Context { return timeless{ctx} }),
		},
		"a deadline after there is room waits": {
			inContext(func(ctx context.Context) context.Context {
				ctx, cancel := context.WithTimeout(ctx, 0)
				_ = cancel
				return ctx
			}),
		},
		"a ctx that has ended is not let through": {inContext(context.WithoutCancel)},
		"a ctx that ends meanwhile ends the wait": {inContext(context.WithoutCancel)},
		"no more calls in flight than the cap":    {altered(func(r *wecom.LimitRequest) { r.Op.InFlight++ })},
		"a place in flight is waited for as long as ctx lasts": {
			inContext(func(ctx context.Context) context.Context { return timeless{context.WithoutCancel(ctx)} }),
		},
		"background calls leave a tenth of a window": {altered(func(r *wecom.LimitRequest) { r.Background = false })},
		"background calls leave a place in flight":   {altered(func(r *wecom.LimitRequest) { r.Background = false })},
		"background calls go behind all others":      {altered(func(r *wecom.LimitRequest) { r.Background = false })},
		"a refusal closes the API for that corp": {
			{refused: func(wecom.Limiter, context.Context, wecom.LimitRequest) time.Time { return time.Now().Add(time.Minute) }},
			{refused: func(l wecom.Limiter, ctx context.Context, r wecom.LimitRequest) time.Time {
				r.CorpID = "wwlimitertest2"
				return l.Refused(ctx, r)
			}},
		},
		"a refusal reaches those who wait": {altered(func(r *wecom.LimitRequest) { r.WaitBlock = true })},
		"a closed API opens again":         {altered(func(r *wecom.LimitRequest) { r.WaitBlock = false })},
		"who is refused late says nothing new": {
			{refused: func(l wecom.Limiter, ctx context.Context, r wecom.LimitRequest) time.Time {
				_, _ = l.Acquire(ctx, r) // as if this one had been let through just now
				return l.Refused(ctx, r)
			}},
		},
		"a refusal long after a block is a new one": {altered(func(r *wecom.LimitRequest) { r.CorpID = "wwlimitertest2" })},
		"a long block ends when WeCom says": {
			{refused: func(l wecom.Limiter, ctx context.Context, r wecom.LimitRequest) time.Time {
				return l.Refused(ctx, r).Add(time.Hour)
			}},
		},
	}
}

// A suite that cannot fail proves nothing. This test runs itself once more for
// each broken limiter.
//
//nolint:tparallel // as the inner run it only hands its t on
func TestSuiteFindsBrokenLimiters(t *testing.T) {
	const name, number = "LIMITERTEST_BROKEN", "LIMITERTEST_NUMBER"
	if name := os.Getenv(name); name != "" {
		b := brokenLimiters()[name][len(os.Getenv(number))]
		limitertest.Run(t, func(t *testing.T, perIP ...wecom.Limit) limitertest.Rig {
			rig := local(t, perIP...)
			b := b
			b.Limiter = rig.Machine()
			return limitertest.Rig{Machine: func() wecom.Limiter { return &b }, Pass: rig.Pass}
		})
		return
	}
	t.Parallel()
	self, err := os.Executable()
	require.NoError(t, err)
	type result struct {
		out []byte
		err error
	}
	for check, list := range brokenLimiters() {
		for i := range list {
			inner := "TestSuiteFindsBrokenLimiters/" + strings.ReplaceAll(check, " ", "_")
			only := "^" + strings.ReplaceAll(regexp.QuoteMeta(inner), "/", "$/^") + "$"
			cmd := exec.CommandContext(t.Context(), self, "-test.run="+only)
			cmd.Env = append(os.Environ(), name+"="+check, number+"="+strings.Repeat("i", i))
			done := make(chan result, 1)
			go func() { // all at once: they do little but wait
				out, err := cmd.CombinedOutput()
				done <- result{out, err}
			}()
			t.Run(check, func(t *testing.T) {
				t.Parallel()
				r := <-done
				var failed *exec.ExitError
				require.ErrorAs(t, r.err, &failed, "%s", r.out)
				assert.Contains(t, string(r.out), "--- FAIL: "+inner)
			})
		}
	}
}
